//! Text of unknown authors, made harmless for each place it is written to.
//!
//! Benchmark names, messages, reasons, file names, environment values and display words all come from files that
//! anybody may have written. Nothing of them may start markup, mention a person, link an issue, load an image,
//! move a cursor or command a runner.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diag::visible;

/// How many characters of a name are shown.
pub const NAME: usize = 120;
/// How many characters of a single word are shown: a level, a metric, the name of a branch.
pub const WORD: usize = 40;
/// How many characters of a sentence are shown.
pub const SENTENCE: usize = 500;

/// [`visible`] text of at most `longest` characters; `…` stands for the rest.
#[must_use]
pub fn cut(text: &str, longest: usize) -> String {
    // Escapes make text longer, never shorter: what follows the first characters cannot be shown anyway.
    let end = text.char_indices().nth(longest + 1).map_or(text.len(), |(end, _)| end);
    let mut shown = visible(text.get(..end).unwrap_or(text));
    if let Some((at, _)) = shown.char_indices().nth(longest) {
        shown.truncate(at);
        shown.push('…');
    }
    shown
}

/// A name of at most `longest` characters, cut in the middle: benchmarks differ at their ends.
#[must_use]
pub fn cut_middle(name: &str, longest: usize) -> String {
    // Escapes make text longer, never shorter, so more characters than these from each end cannot be shown.
    let head_end = name.char_indices().nth(longest + 1).map(|(end, _)| end);
    let tail_start = name.char_indices().nth_back(longest).map(|(start, _)| start);
    let (Some(head_end), Some(tail_start)) = (head_end, tail_start) else {
        let shown = visible(name);
        return if shown.chars().count() <= longest {
            shown
        } else {
            joined(&shown, &shown, longest)
        };
    };
    let piece = |range: Option<&str>| visible(range.unwrap_or_default());
    joined(&piece(name.get(..head_end)), &piece(name.get(tail_start..)), longest)
}

/// The start of one text and the end of another, together `longest` characters with `…` between them.
fn joined(head: &str, tail: &str, longest: usize) -> String {
    let rest = longest.saturating_sub(1);
    let start: String = head.chars().take(rest.div_ceil(2)).collect();
    let skipped = tail.chars().count().saturating_sub(rest / 2);
    start + "…" + &tail.chars().skip(skipped).collect::<String>()
}

/// A Markdown code span outside a table. Inside code nobody is mentioned and nothing is linked.
#[must_use]
pub fn code(text: &str) -> String {
    code_of(&cut_middle(text, NAME))
}

/// A Markdown code span for a table cell, where a bare `|` would split the cell even inside code.
#[must_use]
pub fn code_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A code span of text that is visible already.
fn code_of(shown: &str) -> String {
    if shown.trim().is_empty() {
        return "(blank)".to_owned();
    }
    let fence = "`".repeat(longest_run(shown, '`') + 1);
    let space = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{shown}{space}{fence}")
}

/// The length of the longest run of a character.
pub(crate) fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// A sentence in Markdown, outside a table: what stands in backquotes becomes code, plain words stay plain words,
/// and any other part becomes code, too.
#[must_use]
pub fn prose(text: &str) -> String {
    prose_of(text, |part, first| is_calm(part) && !(first && starts_block(part)))
}

/// `calm` says whether a part can stay as it is; only the first one stands at the start of the line.
fn prose_of(text: &str, calm: impl Fn(&str, bool) -> bool) -> String {
    let shown = cut(text, SENTENCE);
    let mut out = String::with_capacity(shown.len());
    for (i, part) in shown.split('`').enumerate() {
        let inside = i % 2 == 1;
        if part.is_empty() {
            continue;
        }
        if !inside && calm(part, out.trim().is_empty()) {
            // Two code spans side by side would run together into one fence.
            out.push_str(part);
        } else {
            let (before, core, after) = trimmed(part);
            if out.ends_with('`') && before.is_empty() {
                out.push(' ');
            }
            out.push_str(before);
            if !core.is_empty() {
                out.push_str(&code_of(core));
            }
            out.push_str(after);
        }
    }
    let out = out.trim();
    if out.is_empty() { "(blank)".to_owned() } else { out.to_owned() }
}

/// [`prose`] for a table cell.
#[must_use]
pub fn prose_cell(text: &str) -> String {
    prose_of(text, |part, _| is_calm(part)).replace('|', "\\|")
}

/// Splits white space off both ends.
fn trimmed(part: &str) -> (&str, &str, &str) {
    let core = part.trim();
    let start = part.len() - part.trim_start().len();
    let end = (start + core.len()).min(part.len());
    let piece = |range: std::ops::Range<usize>| part.get(range).unwrap_or_default();
    (piece(0..start), core, piece(end..part.len()))
}

/// Whether text can stand in Markdown as it is: words and common punctuation that no Markdown dialect and no
/// linking of GitHub (people, issues, commits, addresses, emoji names) makes anything of.
fn is_calm(text: &str) -> bool {
    let harmless = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | ','
                    | '.'
                    | ';'
                    | ':'
                    | '('
                    | ')'
                    | '%'
                    | '±'
                    | '+'
                    | '\u{2212}'
                    | '-'
                    | '/'
                    | '\''
                    | '"'
                    | '?'
                    | '…'
                    | '–'
                    | '’'
                    | '≥'
                    | '≤'
                    | '^'
                    | '·'
            )
    };
    let word_is_linked = |word: &str| {
        let lower = word.to_lowercase();
        let commit = word.len() >= 7 && word.bytes().all(|b| b.is_ascii_hexdigit());
        commit || lower.contains("gh-") || lower.contains("www.") || lower.contains("://")
    };
    let colon_inside =
        text.split(' ').any(|w| w.trim_end_matches(':').contains(':') || w.ends_with("::"));
    // Inside a word these two are no markup.
    let inside_word = |at: usize, c: char| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + 1..).and_then(|after| after.chars().next());
        matches!(c, '_' | '=')
            && [before, after].iter().all(|c| c.is_some_and(char::is_alphanumeric))
    };
    text.char_indices().all(|(at, c)| harmless(c) || inside_word(at, c))
        && !colon_inside
        && !text.contains("--")
        && !text
            .split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '.' | ':' | '/'))
            .any(word_is_linked)
        && !text.split(|c: char| !c.is_alphanumeric()).any(word_is_linked)
}

/// Whether text would start a list if it stood at the start of a line.
fn starts_block(text: &str) -> bool {
    let text = text.trim_start();
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.starts_with(['+', '-']) || (number.len() < text.len() && number.starts_with(['.', ')']))
}

/// Text for HTML, in an element or a quoted attribute.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text as code in HTML.
#[must_use]
pub fn html_code(text: &str) -> String {
    format!("<code>{}</code>", html(text))
}

/// A sentence in HTML: what stands in backquotes becomes code.
#[must_use]
pub fn html_prose(text: &str) -> String {
    let shown = cut(text, SENTENCE);
    let paired = shown.matches('`').count() / 2 * 2;
    let mut out = String::with_capacity(shown.len());
    for (i, part) in shown.splitn(paired + 1, '`').enumerate() {
        match i % 2 {
            1 if !part.is_empty() => out.push_str(&html_code(part)),
            _ => out.push_str(&html(part)),
        }
    }
    if out.trim().is_empty() { "(blank)".to_owned() } else { out }
}

/// Foreign words in the summary of a fold, which GitHub takes as HTML: what is more than plain words becomes code, so
/// that nobody is mentioned and nothing is linked.
#[must_use]
pub(crate) fn summary(text: &str, longest: usize) -> String {
    let shown = cut(text, longest);
    match shown.trim() {
        "" => "(blank)".to_owned(),
        calm if is_calm(calm) => html(calm),
        other => format!("<code>{}</code>", html(other)),
    }
}

/// Text for XML: control characters, most of which XML cannot hold at all, become visible. The writer escapes the
/// markup.
#[must_use]
pub fn xml(text: &str) -> String {
    visible(text)
        .chars()
        .map(|c| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c })
        .collect()
}

/// Text for a terminal that may be the log of a continuous integration run: neither the terminal nor GitHub's
/// runner finds a command in it.
#[must_use]
pub fn terminal(text: &str) -> String {
    commandless(&visible(text))
}

/// Takes GitHub's workflow commands apart: `::name::` at the start of a line, `##[name]` anywhere in it.
pub(crate) fn commandless(shown: &str) -> String {
    let shown = shown.replace("##[", "##\\u{5b}");
    let start = shown.len() - shown.trim_start().len();
    match (shown.get(..start), shown.get(start..).and_then(|rest| rest.strip_prefix("::"))) {
        (Some(space), Some(rest)) => format!("{space}\\u{{3a}}:{rest}"),
        _ => shown,
    }
}

/// [`terminal`] text of at most `width` columns, cut in the middle.
#[must_use]
pub fn terminal_cut(text: &str, width: usize) -> String {
    let shown = terminal(&cut_middle(text, 4 * width + 4));
    if shown.width() <= width {
        return shown;
    }
    let room = width.saturating_sub(1);
    let fitting = |chars: &mut dyn Iterator<Item = char>, room: usize| -> String {
        let mut used = 0;
        chars
            .take_while(|c| {
                used += c.width().unwrap_or(0);
                used <= room
            })
            .collect()
    };
    let start = fitting(&mut shown.chars(), room.div_ceil(2));
    let end = fitting(&mut shown.chars().rev(), room - start.width());
    let end: String = end.chars().rev().collect();
    commandless(&format!("{start}…{end}"))
}

/// The data of a GitHub workflow command, what follows the second `::`.
#[must_use]
pub fn command_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command, as in `file=…`.
#[must_use]
pub fn command_property(text: &str) -> String {
    command_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A string for YAML, in double quotes on one line. It means exactly the text; what is invisible is written as an
/// escape.
#[must_use]
pub fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if visible(c.encode_utf8(&mut [0; 4])).starts_with("\\u{")
                || matches!(c, '\u{fffe}' | '\u{ffff}') =>
            {
                match u32::from(c) {
                    n if n <= 0xff => out.push_str(&format!("\\x{n:02x}")),
                    n if n <= 0xffff => out.push_str(&format!("\\u{n:04x}")),
                    n => out.push_str(&format!("\\U{n:08x}")),
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    // No command for a runner, should it stand in a log.
    out.replace("##[", "##\\x5b")
}

/// An address from the command line as the target of a Markdown link; `None` where it is no web address.
#[must_use]
pub fn link(url: &str) -> Option<String> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let plain = url.chars().all(|c| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`' | '(' | ')' | '|')
    });
    (web && plain).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOSTILE: &[&str] = &[
        "plain words, 23.1 % (really): yes",
        "a|b",
        "back`tick ``two``",
        "`",
        "<img src=x onerror=alert(1)>",
        "@team please look",
        "see #1 and GH-12 and a1b2c3d4",
        "https://example.org/ and www.example.org",
        "\x1b[31mred\x1b[0m",
        "a\u{202e}b\nc\r\nd",
        "::error::boo",
        "##[error]boo",
        "- not a list",
        "1. nor this",
        "![image](https://example.org/x.png)",
        ":tada: &#64;team",
        "unclosed `code",
        "wrong unit `ms` in `a|b`, use ns",
        "   ",
        "",
        "-->",
    ];

    #[test]
    fn code_spans_hold_anything() {
        let all: String = HOSTILE.iter().map(|text| code_cell(text) + "\n").collect();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn sentences_keep_their_words_and_lose_their_markup() {
        let all: String = HOSTILE.iter().map(|text| prose(text) + "\n").collect();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn runners_find_no_command() {
        let all: String = HOSTILE.iter().map(|text| terminal(text) + "\n").collect();
        insta::assert_snapshot!(all);
        assert_eq!(command_data("50 %\nof"), "50 %25%0Aof");
        assert_eq!(command_property("a:b,c"), "a%3Ab%2Cc");
    }

    #[test]
    fn other_forms() {
        assert_eq!(html("<a href='x'>&\"\n"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\n");
        assert_eq!(xml("a\0b\u{ffff}"), "a\\u{0}b\u{fffd}");
        assert_eq!(
            yaml("a\"b\\c\n\u{7f}\u{202e}\u{e0001}é"),
            r#""a\"b\\c\n\x7f\u202e\U000e0001é""#
        );
        assert_eq!(link("https://example.org/a?b=c").as_deref(), Some("https://example.org/a?b=c"));
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("https://example.org/) [x](y"), None);
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(cut(&"é".repeat(10_000), 5), "ééééé…");
        assert_eq!(cut_middle(&"é".repeat(10_000), 5), "éé…éé");
        assert_eq!(cut_middle("dht/lookup/1000", 15), "dht/lookup/1000");
        assert_eq!(cut_middle("dht/lookup/1000", 10), "dht/l…1000");
        assert_eq!(cut_middle(&"\n".repeat(6), 7), r"\n\…n\n");
        assert_eq!(terminal_cut("日本語の名前", 7), "日…名前");
        assert_eq!(terminal_cut("short", 7), "short");
    }

    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            prop::sample::select(HOSTILE).prop_map(str::to_owned),
            prop::sample::select(vec![
                "|", "`", "``", "\\", "\n", "@", "#", "<", "::", "##[", "\u{202e}"
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    /// Whether every `|` has a backslash before it.
    fn has_bare_pipe(text: &str) -> bool {
        text.match_indices('|')
            .any(|(at, _)| !text.get(..at).is_some_and(|before| before.ends_with('\\')))
    }

    fn is_clean(text: &str) -> bool {
        visible(text) == text
    }

    /// Whether Markdown or GitHub makes anything of a text; an underline between two letters is no emphasis.
    fn is_special(text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let between =
            |w: &[char]| w[1] == '_' && !(w[0].is_alphanumeric() && w[2].is_alphanumeric());
        text.contains(['@', '#', '<', '&', '*', '[', '\\'])
            || text.starts_with('_')
            || text.ends_with('_')
            || chars.windows(3).any(between)
    }

    proptest! {
        #[test]
        fn a_cell_stays_a_cell(text in nasty()) {
            for cell in [code_cell(&text), prose_cell(&text)] {
                prop_assert!(is_clean(&cell), "{cell}");
                prop_assert!(!has_bare_pipe(&cell), "{cell}");
                prop_assert!(!cell.is_empty());
            }
        }

        #[test]
        fn a_code_span_is_closed_by_its_own_fence_only(text in nasty()) {
            let span = code(&text);
            if span != "(blank)" {
                let fence = span.len() - span.trim_start_matches('`').len();
                let inner = span.get(fence..span.len() - fence).unwrap();
                prop_assert!(longest_run(inner, '`') < fence);
                prop_assert!(!inner.starts_with('`') && !inner.ends_with('`'));
            }
        }

        #[test]
        fn outside_code_nothing_of_a_sentence_is_special(text in nasty()) {
            let shown = prose(&text);
            let mut rest = shown.as_str();
            while let Some(at) = rest.find('`') {
                let (outside, tail) = rest.split_at(at);
                prop_assert!(!is_special(outside), "{shown}");
                let fence: String = tail.chars().take_while(|c| *c == '`').collect();
                let body = tail.get(fence.len()..).unwrap();
                let end = (0..body.len()).find(|&i| body.is_char_boundary(i)
                    && body.get(i..).unwrap().starts_with(&fence)
                    && !body.get(..i).unwrap().ends_with('`')
                    && !body.get(i + fence.len()..).unwrap().starts_with('`'));
                prop_assert!(end.is_some(), "unclosed: {shown}");
                rest = body.get(end.unwrap() + fence.len()..).unwrap();
            }
            prop_assert!(!is_special(rest), "{shown}");
        }

        #[test]
        fn a_terminal_line_is_no_command(text in nasty()) {
            let shown = terminal(&text);
            prop_assert!(is_clean(&shown) && !shown.contains("##[") && !shown.trim_start().starts_with("::"));
            prop_assert!(terminal_cut(&text, 20).width() <= 20);
        }

        #[test]
        fn yaml_is_read_back(text in nasty()) {
            let read: String = serde_saphyr::from_str(&yaml(&text)).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
