use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use super::{Declared, Percent, Problem};
use crate::model::{BenchmarkId, Comparison, Metric, Statistic};

/// A change that was made on purpose: regressions of exactly this benchmark and metric are listed without
/// consequence up to the ceiling, through the last day.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Waiver {
    /// The benchmark, exactly; no glob.
    pub benchmark: BenchmarkId,
    /// The metric it speaks of.
    #[serde(default = "Metric::time")]
    pub metric: Metric,
    /// The statistic it speaks of; left out, any.
    pub statistic: Option<Statistic>,
    /// The largest change that is accepted.
    pub up_to: Percent,
    /// Why it is accepted.
    #[serde(deserialize_with = "reason")]
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Where it is tracked: a link or a number.
    pub issue: Option<String>,
    /// The last day it holds, `YYYY-MM-DD`.
    #[serde(deserialize_with = "date")]
    #[schemars(with = "String", regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub expires: Date,
}

impl Waiver {
    /// Whether it speaks of this comparison, whatever its size.
    #[must_use]
    pub fn names(&self, comparison: &Comparison) -> bool {
        self.benchmark == comparison.benchmark
            && self.metric == comparison.metric
            && self.statistic.is_none_or(|s| s == comparison.statistic)
    }

    /// Whether its last day is over.
    #[must_use]
    pub fn expired(&self, today: Date) -> bool {
        today > self.expires
    }

    /// What is wrong with its values.
    #[must_use]
    pub fn problems(&self, declared: &Declared) -> Vec<Problem> {
        declared.unknown_metric(&self.metric).into_iter().collect()
    }
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let reason = String::deserialize(deserializer)?;
    if reason.trim().is_empty() {
        return Err(de::Error::custom(
            "a waiver needs a reason; say why the change is accepted, for whoever finds the waiver in a year",
        ));
    }
    Ok(reason)
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    let shape = text.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b });
    match text.parse() {
        Ok(date) if shape.eq(*b"0000-00-00") => Ok(date),
        _ => Err(de::Error::custom(format!(
            "{} is not a date; write year, month and day, like `2026-12-31`",
            crate::diag::quoted(&text)
        ))),
    }
}
