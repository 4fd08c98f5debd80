/// A name as a key by which names are sorted as people count: numbers in them count as numbers, so that `run-9` comes
/// before `run-10`, whatever their length. Names that differ only in leading zeros have equal keys.
///
/// Its bytes are the name with the length of each number in front of it, so that comparing them is comparing memory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Natural(Vec<u8>);

/// Makes the key of a name. O(length).
#[must_use]
pub fn natural(name: &str) -> Natural {
    let mut key = Vec::with_capacity(name.len() + 16);
    let mut rest = name.as_bytes();
    while !rest.is_empty() {
        let text = rest.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let (text, from) = rest.split_at(text);
        let digits = from.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, after) = from.split_at(digits);
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let number = digits.get(zeros..).unwrap_or_default();
        // No byte of UTF-8 is 255: one more of each leaves 0 for the end of the text, which comes before any other byte.
        key.extend(text.iter().map(|byte| byte + 1));
        key.push(0);
        key.extend((number.len() as u64).to_be_bytes());
        key.extend(number);
        rest = after;
    }
    Natural(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let names = [
            "", "1", "2", "10", "a", "a9", "a10", "a10b", "a\0", "a/9", "a/10", "a/10/b", "b", "ü",
        ];
        assert!(names.is_sorted_by(|a, b| natural(a) < natural(b)));
        assert_eq!(natural("a/010/b"), natural("a/10/b"));
        assert!(natural("a/009") < natural("a/10"));
        assert!(natural("a/1002") < natural("a/10010"));
        let huge = "9".repeat(400);
        assert!(natural(&huge) < natural(&format!("1{huge}")));
    }

    /// The same as lists: each text with the number behind it, as its length and its digits.
    fn parts(mut rest: &str) -> Vec<(&str, usize, &str)> {
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (text, from) =
                rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
            let (digits, after) =
                from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
            let number = digits.trim_start_matches('0');
            parts.push((text, number.len(), number));
            rest = after;
        }
        parts
    }

    proptest! {
        #[test]
        fn keys_are_ordered_as_texts_and_numbers(a in "[a\0é0-2]{0,8}", b in "[a\0é0-2]{0,8}") {
            prop_assert_eq!(natural(&a).cmp(&natural(&b)), parts(&a).cmp(&parts(&b)));
        }
    }
}
