/// A name as a key by which names are sorted as people count: numbers in them count as numbers, so that `run-9` comes
/// before `run-10`, whatever their length. Names that differ only in leading zeros have equal keys.
#[must_use]
pub fn natural(name: &str) -> Vec<(&str, usize, &str)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (before, from) = rest.split_at(text);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        let number = digits.trim_start_matches('0');
        parts.push((before, number.len(), number));
        rest = after;
    }
    parts
}
