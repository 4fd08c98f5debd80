//! Markdown as a reader of comments sees it.

/// The Markdown without its code spans, in which nothing is linked, mentioned or loaded.
pub(crate) fn without_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find('`') {
        out.push_str(&rest[..start]);
        let fence: String = rest[start..].chars().take_while(|c| *c == '`').collect();
        let inside = &rest[start + fence.len()..];
        let end = inside.match_indices(&fence).map(|(at, _)| at).find(|at| {
            !inside[..*at].ends_with('`') && !inside[at + fence.len()..].starts_with('`')
        });
        let Some(end) = end else { return out + "`" + inside };
        rest = &inside[end + fence.len()..];
    }
    out + rest
}
