use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::diag::quoted;
use crate::model::{Better, Unit};

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

/// How many times as much, written `60x`, `385%` or `1.5`; more than zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Factor(f64);

impl Factor {
    /// From a quotient: 60 is `60x`.
    #[must_use]
    pub const fn new(quotient: f64) -> Self {
        Self(quotient)
    }

    /// As a quotient.
    #[must_use]
    pub fn quotient(self) -> f64 {
        self.0
    }
}

impl FromStr for Factor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        let (number, scale) = match (trimmed.strip_suffix('%'), trimmed.strip_suffix(['x', '×'])) {
            (Some(percent), _) => (percent, 100.0),
            (_, Some(times)) => (times, 1.0),
            _ => (trimmed, 1.0),
        };
        let quotient = number.trim().parse::<f64>().ok().map(|number| number / scale);
        match quotient.filter(|quotient| quotient.is_finite() && *quotient > 0.0) {
            Some(quotient) => Ok(Self(quotient)),
            None => Err(format!("{} is not a factor; write it like `60x` or `385%`", quoted(text))),
        }
    }
}

/// How far beyond a limit, written `20%` or `2x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Excess {
    /// By this part of the limit, as a fraction; more than zero.
    Part(f64),
    /// This many times the limit; more than one.
    Times(f64),
}

impl Excess {
    /// The number that lies so far beyond a limit: above it where lower is better, below it where higher is.
    #[must_use]
    pub fn beyond(self, limit: f64, better: Better) -> f64 {
        match (self, better) {
            (Self::Part(part), Better::Lower) => limit * (1.0 + part),
            (Self::Part(part), Better::Higher) => limit * (1.0 - part),
            (Self::Times(times), Better::Lower) => limit * times,
            (Self::Times(times), Better::Higher) => limit / times,
        }
    }
}

impl FromStr for Excess {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |digits: &str, least: f64| {
            digits.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number > least)
        };
        let trimmed = text.trim();
        let part = trimmed.strip_suffix('%').and_then(|digits| number(digits, 0.0));
        let times = trimmed.strip_suffix(['x', '×']).and_then(|digits| number(digits, 1.0));
        match (part, times) {
            (Some(percent), _) => Ok(Self::Part(percent / 100.0)),
            (_, Some(times)) => Ok(Self::Times(times)),
            _ => Err(format!(
                "{} does not say how far beyond a limit; write it like `20%` or `2x`",
                quoted(text)
            )),
        }
    }
}

/// A growth over time, written `50MB/h`, held as an amount an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// The amount an hour, in `unit`.
    pub value: f64,
    /// The stored unit of what grows.
    pub unit: Unit,
}

impl FromStr for Slope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let per_hour = |per: &str| match per.trim() {
            "h" | "hour" => Some(1.0),
            "min" | "minute" => Some(60.0),
            "s" | "sec" | "second" => Some(3600.0),
            "d" | "day" => Some(1.0 / 24.0),
            _ => None,
        };
        let split = text.rsplit_once('/').and_then(|(amount, per)| Some((amount, per_hour(per)?)));
        let Some((amount, times)) = split else {
            return Err(format!("{} is not a growth; write it like `50MB/h`", quoted(text)));
        };
        let Quantity { value, unit } = amount.parse()?;
        Ok(Self { value: value * times, unit })
    }
}

impl Quantity {
    /// The amount in another unit of the same kind: parts of one and of a hundred are; `None` for others.
    #[must_use]
    pub fn in_unit(self, unit: Unit) -> Option<f64> {
        match (self.unit, unit) {
            (own, other) if own == other => Some(self.value),
            (Unit::Percent, Unit::Ratio) => Some(self.value / 100.0),
            (Unit::Ratio, Unit::Percent) => Some(self.value * 100.0),
            (Unit::Count, Unit::Ratio) => Some(self.value),
            _ => None,
        }
    }
}

impl FromStr for Quantity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        if let Some((part, whole)) = trimmed.split_once(" of ") {
            let part: Percent = part.parse()?;
            let whole: Self = whole.parse()?;
            return Ok(Self { value: part.fraction() * whole.value, ..whole });
        }
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
    r"^\s*([0-9]+(\.[0-9]+)?\s*%\s+of\s+)?[0-9]+(\.[0-9]+)?\s*[A-Za-zµ%/_]*\s*$",
    "an amount with its unit, such as `50ns`, `1.5ms`, `64MiB`, `100/s` or `0.5% of 8GB`"
);
written!(
    Factor,
    ["string", "number"],
    r"^\s*[0-9]+(\.[0-9]+)?\s*[x×%]?\s*$",
    "how many times as much, such as `60x` or `385%`"
);
written!(
    Excess,
    "string",
    r"^\s*[0-9]+(\.[0-9]+)?\s*[x×%]\s*$",
    "how far beyond a limit, such as `20%` or `2x`"
);
written!(
    Slope,
    "string",
    r"^\s*[0-9]+(\.[0-9]+)?\s*[A-Za-z%]*\s*/\s*(h|hour|min|minute|s|sec|second|d|day)\s*$",
    "a growth over time, such as `50MB/h`"
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
            ("0.5% of 8GB", 4e7, Unit::Bytes),
            ("10MB/s", 1e7, Unit::BytesPerSecond),
        ] {
            assert_eq!(text.parse(), Ok(Quantity { value, unit }), "{text}");
        }
        assert!("half of 8GB".parse::<Quantity>().is_err());
        assert_eq!(
            "5 sec".parse::<Quantity>().unwrap_err(),
            "`sec` is not a unit; units are ns, us, ms, s, B, kB, MB, GB, KiB, MiB, GiB, %, /s"
        );
    }

    #[test]
    fn factors_are_quotients_and_slopes_amounts_an_hour() {
        for (text, quotient) in [("60x", 60.0), ("385%", 3.85), (" 1.5 × ", 1.5), ("2", 2.0)] {
            assert_eq!(text.parse(), Ok(Factor(quotient)), "{text}");
        }
        for bad in ["0x", "-1x", "x", "NaN", "infx", "sixty"] {
            assert!(bad.parse::<Factor>().is_err(), "{bad}");
        }
        for (text, value) in [("50MB/h", 5e7), ("1MB/min", 6e7), ("1kB/s", 3.6e6), ("24MB/d", 1e6)]
        {
            assert_eq!(text.parse(), Ok(Slope { value, unit: Unit::Bytes }), "{text}");
        }
        assert_eq!(
            "50MB".parse::<Slope>().unwrap_err(),
            "`50MB` is not a growth; write it like `50MB/h`"
        );
    }

    #[test]
    fn an_excess_is_a_part_of_a_limit_or_times_it() {
        for (text, above, below) in
            [("20%", 1.2, 0.8), ("2x", 2.0, 0.5), (" 1.5 × ", 1.5, 1.0 / 1.5), ("50 %", 1.5, 0.5)]
        {
            let excess: Excess = text.parse().expect(text);
            assert_eq!(excess.beyond(1.0, Better::Lower), above, "{text}");
            assert_eq!(excess.beyond(1.0, Better::Higher), below, "{text}");
        }
        for bad in ["2", "0%", "1x", "0.5x", "-5%", "NaNx", "inf%", "x"] {
            assert!(bad.parse::<Excess>().is_err(), "{bad}");
        }
        assert_eq!(
            "2".parse::<Excess>().unwrap_err(),
            "`2` does not say how far beyond a limit; write it like `20%` or `2x`"
        );
    }
}
