//! The command by which the compiler links, as `--print link-args` writes it.

use std::ffi::OsString;
use std::path::Path;

use super::process::Command;

/// A linker with its environment and arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LinkLine {
    /// Variables that are set.
    set: Vec<(String, String)>,
    /// Variables that are taken away.
    unset: Vec<String>,
    program: String,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
}

impl LinkLine {
    /// Reads a line: `[env -u NAME …] NAME="value" … "program" "argument" …`, quoted as Rust quotes strings.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut found = Self::default();
        let mut words = Words { rest: line };
        let mut program = None;
        while program.is_none() {
            match words.next()? {
                Word::Bare("env") => {}
                Word::Bare("-u") => match words.next()? {
                    Word::Bare(name) => found.unset.push(name.to_owned()),
                    _ => return None,
                },
                Word::Bare(_) => return None,
                Word::Set(name, value) => found.set.push((name.to_owned(), value)),
                Word::Quoted(text) => program = Some(text),
            }
        }
        found.program = program?;
        while !words.rest.trim().is_empty() {
            match words.next()? {
                Word::Quoted(text) => found.arguments.push(text),
                _ => return None,
            }
        }
        Some(found)
    }

    /// The file that it writes.
    pub(super) fn output(&self) -> Option<&str> {
        let at = self.arguments.iter().position(|argument| argument == "-o")?;
        self.arguments.get(at + 1).map(String::as_str)
    }

    /// The same, writing another file, with one more argument.
    pub(super) fn command(&self, output: &Path, more: &str) -> Command {
        let mut command = Command::new(&self.program);
        let mut is_output = false;
        for argument in &self.arguments {
            let given: OsString =
                if is_output { output.as_os_str().to_owned() } else { argument.into() };
            is_output = argument == "-o";
            command.args.push(given);
        }
        command = command.arg(more);
        command.env = self.set.iter().map(|(name, value)| (name.into(), value.into())).collect();
        command.hide = self.unset.iter().map(Into::into).collect();
        command.sampled = false;
        command
    }
}

enum Word<'a> {
    Bare(&'a str),
    Quoted(String),
    Set(&'a str, String),
}

struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<Word<'a>> {
        self.rest = self.rest.trim_start();
        let bare = self.rest.find([' ', '"']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(bare)?;
        if !rest.starts_with('"') {
            self.rest = rest;
            return Some(Word::Bare(word)).filter(|_| !word.is_empty());
        }
        let (text, rest) = unquote(rest)?;
        self.rest = rest;
        match word.strip_suffix('=') {
            Some(name) => Some(Word::Set(name, text)),
            None if word.is_empty() => Some(Word::Quoted(text)),
            None => None,
        }
    }
}

/// A string in quotes and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, text.get(at + 2..)?)),
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                '0' => out.push('\0'),
                'u' => {
                    let code: String =
                        chars.by_ref().map(|(_, c)| c).take_while(|&c| c != '}').skip(1).collect();
                    out.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
                }
                escaped @ ('\\' | '"' | '\'') => out.push(escaped),
                _ => return None,
            },
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_read_and_written_to_another_file() {
        let line = r#"LC_ALL="C" PATH="/a b:/c" "cc" "-m64" "a \"b\".o" "-Wl,-rpath,$ORIGIN" "-o" "/t/suite-1" "-pie""#;
        let line = LinkLine::parse(line).unwrap();
        assert_eq!(line.output(), Some("/t/suite-1"));
        let command = line.command(Path::new("/l/0"), "-Wl,x=1");
        assert_eq!(command.line(), r#"cc -m64 a "b".o -Wl,-rpath,$ORIGIN -o /l/0 -pie -Wl,x=1"#);
        assert_eq!(command.env, [("LC_ALL".into(), "C".into()), ("PATH".into(), "/a b:/c".into())]);
    }

    #[test]
    fn variables_can_be_taken_away() {
        let line = LinkLine::parse(r#"env -u SDK VSLANG="1033" "cc" "-o" "x""#).unwrap();
        assert_eq!(line.unset, ["SDK"]);
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "",
            "warning: x",
            r#"{"reason":"build-finished","success":true}"#,
            r#"A="b"#,
            r#""cc" x"#,
        ] {
            assert_eq!(LinkLine::parse(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn every_argument_survives(arguments in proptest::collection::vec("\\PC*|[\\x00-\\x7f]*", 0..6)) {
            let line = arguments.iter().fold(String::from("\"cc\""), |line, a| format!("{line} {a:?}"));
            prop_assert_eq!(LinkLine::parse(&line).unwrap().arguments, arguments);
        }

        #[test]
        fn nothing_panics(line in "\\PC*") {
            let _ = LinkLine::parse(&line);
        }
    }
}
