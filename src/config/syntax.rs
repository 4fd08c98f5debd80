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
    let behind = |open: Open| open.at..open.at + 1;

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
        Some(open @ Open { mark: '"' | '\'', .. }) => fault(
            format!(
                "this {} quote is not closed",
                if open.mark == '"' { "double" } else { "single" }
            ),
            "close it at the end of the text, on the same line",
            behind(open),
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
                behind(open),
            )
        }
        _ => match rest.chars().next() {
            Some(mark @ ('@' | '`' | '%')) => {
                fault(format!("a text cannot begin with `{mark}`"), "put it into quotes", span)
            }
            _ if parser.contains("mapping values are not allowed") => fault(
                "a second `: ` in one line, or a line that is indented too far".into(),
                "put a text that holds `: ` into quotes, and begin the keys of one map in the same column",
                span,
            ),
            _ => fault(
                crate::diag::visible(parser),
                "check the indentation, the brackets and the quotes here and in the line before",
                span,
            ),
        },
    }
}

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
