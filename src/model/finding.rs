use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BenchmarkId, Metric, Severity, Statistic};

/// What a rule has to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The kind of rule: `regression`, `presence` …
    pub rule: String,
    /// The maintainers' id for the rule, if it has one.
    pub id: Option<String>,
    /// How bad it is; `none` where a waiver covers it.
    pub severity: Severity,
    /// The benchmark; null where the finding speaks of several.
    pub benchmark: Option<BenchmarkId>,
    /// The metric; null where the finding is not about one.
    pub metric: Option<Metric>,
    /// The statistic; null where the finding is not about one.
    #[serde(default)]
    pub statistic: Option<Statistic>,
    /// What is the matter, in a sentence.
    pub message: String,
    /// The waiver that covers it.
    pub waiver: Option<Waived>,
}

/// The waiver that covers a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waived {
    /// The severity it would have without.
    pub severity: Severity,
    /// The ceiling, as a fraction.
    pub up_to: f64,
    /// Why.
    pub reason: String,
    /// Where it is tracked.
    pub issue: Option<String>,
    /// The last day it holds.
    #[schemars(with = "String")]
    pub expires: Date,
}
