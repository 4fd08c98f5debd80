use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The unit of a stored number. Inputs are converted on reading, so that one quantity has one unit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Nanoseconds.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Bytes.
    Bytes,
    /// A plain number of things.
    Count,
    /// A part of one.
    Ratio,
    /// A part of a hundred.
    Percent,
    /// Operations (or whatever the benchmark counts) a second.
    #[serde(rename = "per_s")]
    PerSecond,
    /// Bytes a second.
    #[serde(rename = "bytes_per_s")]
    BytesPerSecond,
    /// Bits a second.
    #[serde(rename = "bits_per_s")]
    BitsPerSecond,
}

impl Unit {
    /// Unit names as they appear in inputs, each with the stored unit and the factor to it.
    const NAMES: &'static [(&'static str, Unit, f64)] = &[
        ("ns", Unit::Nanoseconds, 1.0),
        ("us", Unit::Nanoseconds, 1e3),
        ("µs", Unit::Nanoseconds, 1e3),
        ("ms", Unit::Nanoseconds, 1e6),
        ("s", Unit::Nanoseconds, 1e9),
        ("bytes", Unit::Bytes, 1.0),
        ("b", Unit::Bytes, 1.0),
        ("kb", Unit::Bytes, 1e3),
        ("mb", Unit::Bytes, 1e6),
        ("gb", Unit::Bytes, 1e9),
        ("kib", Unit::Bytes, 1024.0),
        ("mib", Unit::Bytes, 1_048_576.0),
        ("gib", Unit::Bytes, 1_073_741_824.0),
        ("percent", Unit::Percent, 1.0),
        ("%", Unit::Percent, 1.0),
        ("ratio", Unit::Ratio, 1.0),
        ("count", Unit::Count, 1.0),
        ("per_s", Unit::PerSecond, 1.0),
        ("/s", Unit::PerSecond, 1.0),
        ("bytes_per_s", Unit::BytesPerSecond, 1.0),
        ("bits_per_s", Unit::BitsPerSecond, 1.0),
    ];

    /// Reads a unit as inputs spell it (any case): the stored unit and the factor that converts to it.
    #[must_use]
    pub fn parse(name: &str) -> Option<(Self, f64)> {
        let lower = name.to_lowercase();
        Self::NAMES
            .iter()
            .find(|(known, ..)| *known == lower)
            .map(|&(_, unit, factor)| (unit, factor))
            .or_else(|| {
                let amount = lower.strip_suffix("_per_s").or_else(|| lower.strip_suffix("/s"))?;
                match Self::parse(amount)? {
                    (Self::Bytes, factor) => Some((Self::BytesPerSecond, factor)),
                    _ => None,
                }
            })
    }

    /// What is measured in it, in the middle of a sentence: `bytes`, `parts of a hundred`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Nanoseconds => "nanoseconds",
            Self::Bytes => "bytes",
            Self::Count => "plain numbers",
            Self::Ratio => "parts of one",
            Self::Percent => "percent",
            Self::PerSecond => "operations a second",
            Self::BytesPerSecond => "bytes a second",
            Self::BitsPerSecond => "bits a second",
        }
    }

    /// Every spelling that [`Unit::parse`] takes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|&(name, ..)| name)
    }
}
