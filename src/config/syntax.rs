//! Text that is not YAML: where the mistake was made, which is often not where the parser noticed it.

use std::ops::Range;

use super::error::Fault;
use super::source::Source;
use crate::diag::Code;

/// What stands open at a place in the text.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    /// The quote or bracket.
    mark: char,
    /// Where it stands.
    at: usize,
}

/// Says what is wrong at a place, in words that tell what to do about it.
pub(super) fn explain(parser: &str, source: &Source<'_>, span: Range<usize>) -> Fault {
    let text = source.text();
    let fault = |message: String, help: &str, span: Range<usize>| Fault {
        code: Code::ConfigSyntax,
        message,
        help: Some(help.to_owned()),
        span,
    };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
    let rest = text.get(span.start..).unwrap_or_default();
    let open = open_at(text, span.end);
    let mark = |open: Open| open.at..open.at + 1;

    if let Some(tab) = line
        .find('\t')
        .filter(|_| line.trim().is_empty())
        .or_else(|| (line.trim().is_empty() && rest.starts_with('\t')).then_some(line.len()))
    {
        let start = before.len() - line.len() + tab;
        let tabs = text.get(start..).unwrap_or_default();
        let end = start + tabs.len() - tabs.trim_start_matches('\t').len();
        return fault(
            "a tab in the indentation".into(),
            "YAML is indented with spaces; replace each tab with two of them",
            start..end,
        );
    }
    match open {
        Some(open @ Open { mark: '"' | '\'', .. }) if !parser.contains("escape") => fault(
            format!(
                "this {} quote is not closed",
                if open.mark == '"' { "double" } else { "single" }
            ),
            "close it at the end of the text, on the same line",
            mark(open),
        ),
        Some(open @ Open { mark: '{' | '[', .. })
            if parser.contains("flow") || rest.trim().is_empty() || rest.starts_with(':') =>
        {
            let (what, close) = if open.mark == '{' { ("map", '}') } else { ("list", ']') };
            fault(
                format!("this {what} is not closed, or a comma is missing in it"),
                &format!(
                    "the parser gave up at line {}; separate the entries with `,` and close with `{close}`",
                    source.line(span.start)
                ),
                mark(open),
            )
        }
        _ => {
            if let Some(mark) = rest.chars().next().filter(|mark| matches!(mark, '@' | '`' | '%')) {
                return fault(
                    format!("a text cannot begin with `{mark}`"),
                    "put it into quotes",
                    span,
                );
            }
            if parser.contains("mapping values are not allowed") {
                return second_colon(before, line, span);
            }
            match PHRASES.iter().find(|(phrase, ..)| parser.contains(phrase)) {
                Some((_, message, help)) => fault((*message).to_owned(), help, span),
                None => fault(
                    parser.to_owned(),
                    "check the indentation, the brackets and the quotes here and in the line before",
                    span,
                ),
            }
        }
    }
}

/// A colon where no key can be: because it is the second one of its line, or because the line belongs to a value
/// above, which is most often a key without a space behind its colon.
fn second_colon(before: &str, line: &str, span: Range<usize>) -> Fault {
    let above = before.get(..before.len() - line.len()).unwrap_or_default().trim_end();
    let above_start = above.rfind('\n').map_or(0, |at| at + 1);
    let above = above.get(above_start..).unwrap_or_default();
    let glued = above.find(':').filter(|_| !above.contains(": ") && !above.ends_with(':'));
    let (message, help, span) = if line.contains(": ") {
        (
            "a second `: ` in one line",
            "put a text that holds `: ` into quotes, and each key on a line of its own",
            span,
        )
    } else if let Some(colon) = glued {
        (
            "no space behind the colon",
            "write `key: value`, with a space",
            above_start + colon..above_start + colon + 1,
        )
    } else {
        (
            "this key is indented further than its map",
            "the keys of one map begin in the same column",
            span,
        )
    };
    Fault { code: Code::ConfigSyntax, message: message.into(), help: Some(help.into()), span }
}

/// Parts of what the parser says, and how a person would say it: the message and the help.
const PHRASES: &[(&str, &str, &str)] = &[
    (
        "expected key",
        "expected a key of the map above",
        "the keys of one map begin in the same column, each with `: ` behind it",
    ),
    (
        "Recursive reference",
        "an anchor that holds itself",
        "write out what is meant: an alias stands for what is above it, not for what it is in",
    ),
    (
        "expected ':'",
        "a key without `: ` behind it",
        "write `key: value`, with a space behind the colon",
    ),
    (
        "expected '-' indicator",
        "a list goes on without `- `",
        "begin each element of the list with `- ` in the same column, or indent this line as its parent",
    ),
    (
        "block sequence entries are not allowed",
        "a list cannot begin here",
        "put `- ` on a line of its own, below its key",
    ),
    (
        "trailing content after single-quoted",
        "text behind the closing quote",
        "inside single quotes a single quote is written twice, `''`; or use double quotes",
    ),
    (
        "trailing content after double-quoted",
        "text behind the closing quote",
        "inside double quotes a double quote is written `\\\"`; or use single quotes",
    ),
    (
        "unknown escape character",
        "no escape has this letter",
        "write `\\\\` for a backslash, or use single quotes, in which nothing is escaped",
    ),
    (
        "hexadecimal",
        "an escape needs hexadecimal digits behind it",
        "write `\\\\` for a backslash, or use single quotes, in which nothing is escaped",
    ),
    (
        "unexpected character",
        "a character that cannot stand here",
        "remove it, or put the text into double quotes and write the character as an escape, like `\\u0007`",
    ),
    (
        "too large or too complex",
        "the configuration is too large or nested too deeply",
        "keys and values behind an alias count each time it is used; write out what is meant",
    ),
    ("misplaced bracket", "this bracket closes nothing", "remove it, or open it before"),
    (
        "mismatched bracket",
        "this bracket does not match the one it closes",
        "`{` is closed by `}`, and `[` by `]`",
    ),
    (
        "recursion limit",
        "maps and lists are nested too deeply",
        "no setting is deeper than ten levels; is this the file you meant to name?",
    ),
    (
        "indent",
        "a line that is not indented as it should be",
        "a text over several lines is indented further than its key",
    ),
];

/// The innermost quote or bracket that is open at a byte. This is a lexer for the few things that matter: quotes
/// begin where a text begins, `#` behind a space is a comment, block texts are rare enough to be ignored.
fn open_at(text: &str, byte: usize) -> Option<Open> {
    let mut brackets: Vec<Open> = Vec::new();
    let mut quote: Option<Open> = None;
    let mut comment = false;
    let mut begins = true;
    let mut previous = '\n';
    let mut chars = text.char_indices().take_while(|&(at, _)| at < byte).peekable();
    while let Some((at, c)) = chars.next() {
        let here = Open { mark: c, at };
        if let Some(open) = quote {
            if c == '\\' && open.mark == '"' {
                chars.next();
            } else if c == open.mark {
                let doubled = c == '\'' && chars.next_if(|&(_, c)| c == '\'').is_some();
                quote = Some(open).filter(|_| doubled);
            }
        } else if comment {
            comment = c != '\n';
        } else if c == '#' && previous.is_whitespace() {
            comment = true;
        } else if begins && (c == '"' || c == '\'') {
            quote = Some(here);
        } else if c == '{' || c == '[' {
            if begins || !brackets.is_empty() {
                brackets.push(here);
            }
        } else if c == '}' || c == ']' {
            brackets.pop();
        }
        if !c.is_whitespace() || c == '\n' {
            let indicator = matches!(c, '{' | '[' | ',' | '\n' | '-' | '?');
            begins = indicator
                || (c == ':'
                    && text.get(at + 1..).is_some_and(|r| r.starts_with([' ', '\t', '\n'])));
        }
        previous = c;
    }
    quote.or_else(|| brackets.pop())
}

/// Where a list or map in brackets ends, given where its last entry ends; where it has no brackets, just there.
pub(super) fn closing(text: &str, start: usize, end: usize) -> usize {
    let close = match text.get(start..).and_then(|rest| rest.chars().next()) {
        Some('{') => '}',
        Some('[') => ']',
        _ => return end,
    };
    let from = end.max(start + 1);
    let mut comment = false;
    for (at, c) in text.get(from..).unwrap_or_default().char_indices() {
        match c {
            _ if comment => comment = c != '\n',
            '#' => comment = true,
            _ if c == close => return from + at + 1,
            _ if c == ',' || c.is_whitespace() => {}
            _ => break,
        }
    }
    end
}
