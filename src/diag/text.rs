use std::fmt::Write;

/// Text of an unknown author made safe for a terminal and a log: control and bidirectional characters become
/// visible escapes, so that nothing can move the cursor, colour, hide or reorder what stands around it.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_invisible(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Control characters, bidirectional and other invisible format characters, line and paragraph separators, tags.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// [`visible`] text in backquotes, cut to a length that a message can hold.
#[must_use]
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 100;
    let mut shown = visible(text);
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The candidate that is most like a misspelt word, if any is like it at all.
#[must_use]
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness =
        |candidate: &str| strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase());
    candidates
        .into_iter()
        .map(|c| (likeness(c), c))
        .filter(|&(l, _)| l > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_is_left() {
        assert_eq!(
            visible("a\x1b[31mb\u{202e}c\n::error::"),
            "a\\u{1b}[31mb\\u{202e}c\\n::error::"
        );
        assert_eq!(visible("größe/µs"), "größe/µs");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(quoted(&"é".repeat(10_000)).chars().count(), 103);
    }

    #[test]
    fn misspelt_words_find_their_neighbour() {
        let keys = ["notice", "warning", "critical", "metric", "min-change"];
        assert_eq!(suggest("critcal", keys), Some("critical"));
        assert_eq!(suggest("min_change", keys), Some("min-change"));
        assert_eq!(suggest("zzz", keys), None);
    }
}
