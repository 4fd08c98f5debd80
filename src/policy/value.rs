use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::diag::quoted;
use crate::model::Unit;

/// A relative amount, written `5%`, held as a fraction (0.05); never negative.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(f64);

impl Percent {
    /// From a fraction: 0.05 is 5 %.
    #[must_use]
    pub const fn from_fraction(fraction: f64) -> Self {
        Self(fraction)
    }

    /// As a fraction.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number =
            |part: &str| part.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        if let Some(percent) = text.trim().strip_suffix('%').and_then(number) {
            return Ok(Self(percent / 100.0));
        }
        Err(match number(text) {
            Some(_) => format!(
                "{} is not a percentage; write it with its sign, like `{}%`",
                quoted(text),
                text.trim()
            ),
            None => format!("{} is not a percentage; write it like `5%`", quoted(text)),
        })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", (self.0 * 1e8).round() / 1e6)
    }
}

/// An amount with its unit, written `50ns`, `1.5ms`, `64MiB`, `100/s`, held in the stored unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// The amount, in `unit`.
    pub value: f64,
    /// The stored unit.
    pub unit: Unit,
}

impl FromStr for Quantity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        let split =
            trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let value: f64 = number.parse().map_err(|_| {
            format!(
                "{} is not an amount with a unit; write it like `50ns` or `64MiB`",
                quoted(text)
            )
        })?;
        let name = unit.trim();
        if name.is_empty() {
            return Ok(Self { value, unit: Unit::Count });
        }
        match Unit::parse(name) {
            Some((unit, factor)) => Ok(Self { value: value * factor, unit }),
            None => {
                let near = crate::diag::suggest(name, Unit::names())
                    .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
                Err(format!(
                    "{} is not a unit{near}; units are ns, us, ms, s, B, kB, MB, GB, KiB, MiB, GiB, %, /s",
                    quoted(name)
                ))
            }
        }
    }
}

/// Serde and schema of a value that is written as a string.
macro_rules! written {
    ($type:ident, $json:tt, $pattern:literal, $description:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": $json, "pattern": $pattern, "description": $description })
            }
        }
    };
}

written!(Percent, "string", r"^\s*[0-9]+(\.[0-9]+)?\s*%\s*$", "a percentage such as `5%`");
written!(
    Quantity,
    ["string", "number"],
    r"^\s*[0-9]+(\.[0-9]+)?\s*[A-Za-zµ%/_]*\s*$",
    "an amount with its unit, such as `50ns`, `1.5ms`, `64MiB` or `100/s`"
);

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_need_their_sign() {
        assert_eq!("5%".parse(), Ok(Percent(0.05)));
        assert_eq!(" 0.5 % ".parse(), Ok(Percent(0.005)));
        assert_eq!(
            "5".parse::<Percent>().unwrap_err(),
            "`5` is not a percentage; write it with its sign, like `5%`"
        );
        for bad in ["five", "-5%", "NaN%", "inf%", "%", "5%%"] {
            assert!(bad.parse::<Percent>().is_err(), "{bad}");
        }
        assert_eq!(Percent(0.07).to_string(), "7%");
    }

    #[test]
    fn quantities_are_held_in_the_stored_unit() {
        for (text, value, unit) in [
            ("50ns", 50.0, Unit::Nanoseconds),
            ("1.5ms", 1.5e6, Unit::Nanoseconds),
            ("64MiB", 67_108_864.0, Unit::Bytes),
            ("50MB", 5e7, Unit::Bytes),
            ("100/s", 100.0, Unit::PerSecond),
            ("12", 12.0, Unit::Count),
        ] {
            assert_eq!(text.parse(), Ok(Quantity { value, unit }), "{text}");
        }
        assert_eq!(
            "5 sec".parse::<Quantity>().unwrap_err(),
            "`sec` is not a unit; units are ns, us, ms, s, B, kB, MB, GB, KiB, MiB, GiB, %, /s"
        );
    }
}
