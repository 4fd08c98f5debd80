use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::diag::quoted;
use crate::stats::scaling::Class;

/// A class of growth as maintainers write it: `1`, `log n`, `n`, `n log n`, `n^2`, `n^3`, also `n²` or `O(n)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growing(pub Class);

/// The name of a class.
pub(super) fn name(class: Class) -> &'static str {
    match class {
        Class::Constant => "1",
        Class::Logarithmic => "log n",
        Class::Linear => "n",
        Class::Linearithmic => "n log n",
        Class::Quadratic => "n^2",
        Class::Cubic => "n^3",
    }
}

impl fmt::Display for Growing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name(self.0))
    }
}

impl FromStr for Growing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_lowercase();
        let inner =
            lower.strip_prefix("o(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(&lower);
        let plain: String =
            inner.chars().filter(|c| !matches!(c, ' ' | '·' | '*' | '(' | ')')).collect();
        Ok(Self(match plain.as_str() {
            "1" => Class::Constant,
            "logn" | "lnn" => Class::Logarithmic,
            "n" => Class::Linear,
            "nlogn" | "nlnn" => Class::Linearithmic,
            "n^2" | "n²" | "n2" => Class::Quadratic,
            "n^3" | "n³" | "n3" => Class::Cubic,
            _ => {
                return Err(format!(
                    "{} is not a class of growth; write 1, log n, n, n log n, n^2 or n^3",
                    quoted(text)
                ));
            }
        }))
    }
}

impl<'de> Deserialize<'de> for Growing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Growing {
    fn schema_name() -> Cow<'static, str> {
        "Growing".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": r"^\s*([Oo]\()?\s*(1|[Nn](\s*\^?\s*[23]|[²³])?|([Nn][ *·]*)?[Ll]([Oo][Gg]|[Nn])[ (]*[Nn]\)?)\s*\)?\s*$",
            "minimum": 1,
            "maximum": 1,
            "description": "a class of growth: `1`, `log n`, `n`, `n log n`, `n^2` or `n^3`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_read_in_all_spellings() {
        for (text, written) in [
            ("1", "1"),
            ("O(1)", "1"),
            ("log n", "log n"),
            ("O(log(n))", "log n"),
            ("O(log n)", "log n"),
            ("ln n", "log n"),
            ("n", "n"),
            ("O( N )", "n"),
            ("n log n", "n log n"),
            ("n*log(n)", "n log n"),
            ("n^2", "n^2"),
            ("n²", "n^2"),
            ("O(n³)", "n^3"),
        ] {
            assert_eq!(
                text.parse::<Growing>().map(|class| class.to_string()),
                Ok(written.into()),
                "{text}"
            );
        }
        assert_eq!(
            "2^n".parse::<Growing>().unwrap_err(),
            "`2^n` is not a class of growth; write 1, log n, n, n log n, n^2 or n^3"
        );
    }
}
