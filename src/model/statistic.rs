use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Which one number stands for the samples of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// The weighted median; `p50` is read as this.
    Median,
    /// The mean.
    Mean,
    /// The smallest sample.
    Min,
    /// The largest sample.
    Max,
    /// The standard deviation.
    Stddev,
    /// The growth over time, in the unit of the metric an hour; negative where it shrinks. Only of samples that tell
    /// their times, and only where a rule asks; never compared as a ratio.
    Slope,
    /// A percentile other than 50, in thousandths of a percent: p95 is 95,000, p99.9 is 99,900.
    Percentile(u32),
}

impl Statistic {
    /// The part of the samples below this percentile, in (0, 1); `None` for what is not a percentile.
    #[must_use]
    pub fn quantile(self) -> Option<f64> {
        match self {
            Self::Percentile(thousandths) => Some(f64::from(thousandths) / 100_000.0),
            Self::Median | Self::Mean | Self::Min | Self::Max | Self::Stddev | Self::Slope => None,
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Median => f.write_str("median"),
            Self::Mean => f.write_str("mean"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
            Self::Stddev => f.write_str("stddev"),
            Self::Slope => f.write_str("slope"),
            Self::Percentile(thousandths) => write!(f, "p{}", f64::from(*thousandths) / 1000.0),
        }
    }
}

impl FromStr for Statistic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "`{text}` is not a statistic; use median, mean, min, max, stddev or a percentile such as p95"
            )
        };
        Ok(match text {
            "median" | "p50" => Self::Median,
            "mean" | "avg" | "average" => Self::Mean,
            "min" => Self::Min,
            "max" => Self::Max,
            "stddev" => Self::Stddev,
            "slope" => Self::Slope,
            _ => {
                let number = text.strip_prefix('p').ok_or_else(expected)?;
                if !number.starts_with(|c: char| c.is_ascii_digit())
                    || !number.chars().all(|c| c.is_ascii_digit() || c == '.')
                {
                    return Err(expected());
                }
                let percent: f64 = number.parse().map_err(|_| expected())?;
                let thousandths = (percent * 1000.0).round();
                if !(1.0..100_000.0).contains(&thousandths)
                    || (thousandths / 1000.0 - percent).abs() > 1e-9
                {
                    return Err(expected());
                }
                match thousandths as u32 {
                    50_000 => Self::Median,
                    other => Self::Percentile(other),
                }
            }
        })
    }
}

impl Serialize for Statistic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Statistic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Statistic {
    fn schema_name() -> Cow<'static, str> {
        "Statistic".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^(median|mean|avg|average|min|max|stddev|slope|p[0-9]{1,2}(\.[0-9]{1,3})?)$",
            "description": "`median`, `mean`, `min`, `max`, `stddev`, `slope` (the growth an hour), or a percentile such as `p95`",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_read_and_written_alike() {
        for (text, statistic, written) in [
            ("median", Statistic::Median, "median"),
            ("p50", Statistic::Median, "median"),
            ("avg", Statistic::Mean, "mean"),
            ("p95", Statistic::Percentile(95_000), "p95"),
            ("p99.9", Statistic::Percentile(99_900), "p99.9"),
            ("p5", Statistic::Percentile(5_000), "p5"),
        ] {
            assert_eq!(text.parse(), Ok(statistic), "{text}");
            assert_eq!(statistic.to_string(), written);
        }
        for bad in ["p", "p0", "p100", "p-5", "pNaN", "p1e1", "q95", "", "p99.99999"] {
            assert!(bad.parse::<Statistic>().is_err(), "{bad}");
        }
    }
}
