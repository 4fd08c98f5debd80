use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time above zero, written `250ms`, `30s`, `10m` or `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timespan(SignedDuration);

impl Timespan {
    /// So many milliseconds; at least one.
    #[must_use]
    pub const fn from_millis(millis: u32) -> Self {
        Self(SignedDuration::from_millis(if millis == 0 { 1 } else { millis as i64 }))
    }

    /// So many seconds; at least one.
    #[must_use]
    pub const fn from_secs(secs: u32) -> Self {
        Self(SignedDuration::from_secs(if secs == 0 { 1 } else { secs as i64 }))
    }

    /// In seconds.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0.as_secs_f64()
    }

    /// As the standard library has it.
    #[must_use]
    pub fn as_duration(self) -> core::time::Duration {
        self.0.unsigned_abs()
    }
}

impl fmt::Display for Timespan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl FromStr for Timespan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span: SignedDuration = text.trim().parse().map_err(|_| {
            "not a length of time; write it like `250ms`, `30s`, `10m` or `1h 30m`".to_owned()
        })?;
        if span.is_positive() {
            Ok(Self(span))
        } else {
            Err("a length of time must be above zero".to_owned())
        }
    }
}

impl Serialize for Timespan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timespan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Timespan {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timespan".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time, e.g. `250ms`, `30s`, `10m`, `1h 30m`.",
            "examples": ["250ms", "30s", "10m", "1h 30m"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_they_are_read() {
        for (text, seconds) in
            [("250ms", 0.25), ("30s", 30.0), ("10m", 600.0), ("1h 30m", 5400.0), ("0.5s", 0.5)]
        {
            let span: Timespan = text.parse().unwrap();
            assert_eq!(span.as_secs_f64(), seconds, "{text}");
            assert_eq!(span.to_string().parse::<Timespan>().unwrap(), span, "{span}");
        }
        assert_eq!(Timespan::from_millis(250).to_string(), "250ms");
        assert_eq!(Timespan::from_secs(600).to_string(), "10m");
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for text in ["", "10", "ten minutes", "-5s", "0s", "5 %"] {
            assert!(text.parse::<Timespan>().is_err(), "{text}");
        }
    }
}
