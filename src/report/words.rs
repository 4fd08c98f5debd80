//! Counted nouns of reports: the one place that knows how their plurals are made.

pub(crate) use crate::model::number::thousands;

/// `1 benchmark`, `2 benchmarks`: a number and its noun.
pub(crate) fn counted(count: usize, singular: &str) -> String {
    let noun = match (count, singular) {
        (1, _) => singular.to_owned(),
        (_, noun) if noun.ends_with('s') => format!("{noun}es"),
        (_, noun) if noun.ends_with('y') => {
            format!("{}ies", noun.strip_suffix('y').unwrap_or(noun))
        }
        (_, noun) => format!("{noun}s"),
    };
    format!("{} {noun}", thousands(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!(counted(1, "benchmark"), "1 benchmark");
        assert_eq!(counted(0, "benchmark"), "0 benchmarks");
        assert_eq!(counted(12_345, "entry"), "12,345 entries");
        assert_eq!(counted(2, "loss"), "2 losses");
    }

    #[test]
    fn groups_of_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }
}
