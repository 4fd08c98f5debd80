use std::str::FromStr;

use crate::diag::quoted;

/// A named criterion baseline of head, read beside what head has otherwise: its benchmarks are called `NAME/…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What stands in front of its benchmark ids: one part of an id, without `/` and control characters.
    pub name: String,
    /// The baseline, as `cargo bench -- --save-baseline` named it.
    pub baseline: String,
}

impl FromStr for Variant {
    type Err = String;

    /// Reads `NAME=BASELINE`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, baseline) = text
            .split_once('=')
            .ok_or("expected NAME=BASELINE, e.g. `on=telemetry-on`".to_owned())?;
        if name.is_empty() || baseline.is_empty() {
            return Err("neither NAME nor BASELINE may be empty".into());
        }
        if name.contains('/') || name.chars().any(char::is_control) {
            let name = quoted(name);
            return Err(format!(
                "{name} is part of a benchmark id, so it cannot hold `/` or control characters"
            ));
        }
        Ok(Self { name: name.into(), baseline: baseline.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_a_name_and_a_baseline() {
        let read = |text: &str| text.parse::<Variant>().map(|it| (it.name, it.baseline));
        assert_eq!(read("on=telemetry-on"), Ok(("on".into(), "telemetry-on".into())));
        assert_eq!(read("a b=x=y"), Ok(("a b".into(), "x=y".into())));
        for text in ["on", "=x", "on=", "a/b=x", "a\n=x", ""] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
