//! Help that quotes the last lines of a program.

use super::escape;

/// How many quoted lines are shown, the last ones.
const LINES: usize = 20;
/// How many characters of a quoted line are shown.
const LINE: usize = 160;

/// Help as a sentence and the lines that it quotes.
pub(super) struct Help<'a> {
    pub(super) sentence: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Help<'a> {
    /// Parts what is said from the lines behind `  | ` that follow it.
    pub(super) fn of(help: &'a str) -> Self {
        let (sentence, rest) = help.split_once('\n').unwrap_or((help, ""));
        let lines: Vec<&str> =
            rest.lines().map(|line| line.strip_prefix("  | ").unwrap_or(line)).collect();
        let first = lines.len().saturating_sub(LINES);
        Self { sentence, lines: lines.into_iter().skip(first).collect() }
    }

    /// The quoted lines for a terminal or a log.
    pub(super) fn plain(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|line| escape::terminal(&escape::cut(line, LINE)))
    }

    /// The quoted lines as a Markdown code block inside of a list; `None` where there are none. In code nobody is
    /// mentioned, no line can end the block, and none is a command where the Markdown is printed to a log.
    pub(super) fn block(&self) -> Option<String> {
        if self.lines.is_empty() {
            return None;
        }
        let lines: Vec<String> = self.plain().collect();
        let longest = lines.iter().map(|line| escape::longest_run(line, '`')).max();
        let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
        let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
        Some(format!("  {fence}text\n{lines}  {fence}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_quotes_nothing() {
        let help = Help::of("write `{ key: value }`");
        assert_eq!(help.sentence, "write `{ key: value }`");
        assert_eq!((help.block(), help.plain().count()), (None, 0));
    }

    #[test]
    fn quoted_lines_do_not_leave_their_block() {
        let help =
            Help::of("it said:\n  | ::error::x\n  | ````\n  | @octocat \u{202e}\u{1b}[31m\n  |");
        assert_eq!(help.sentence, "it said:");
        insta::assert_snapshot!(help.block().unwrap_or_default());
    }

    #[test]
    fn the_last_lines_are_shown() {
        let text: String = (0..50).map(|i| format!("\n  | {i} {}", "x".repeat(500))).collect();
        let help = Help::of(&text);
        let lines: Vec<String> = help.plain().collect();
        assert_eq!(lines.len(), LINES);
        assert!(lines[0].starts_with("30 ") && lines[0].chars().count() <= LINE + 1);
    }
}
