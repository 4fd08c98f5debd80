use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Statistic, SummaryOf};

/// How JSONL fields are read; every list left out keeps its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct JsonlSettings {
    /// Fields that together name the benchmark, in this order.
    pub benchmark: Option<Vec<String>>,
    /// Fields that become part of the benchmark id as `name=value`; no other field does.
    pub parameters: Option<Vec<String>>,
    /// Fields to read as metrics, each with what it is; no other field is read as one.
    pub metrics: Option<BTreeMap<String, JsonlMetric>>,
    /// Fields to leave out, beside the usual context fields.
    pub ignore: Vec<String>,
    /// What the count of a statistics line counts.
    pub summary: JsonlSummary,
}

/// What one JSONL field holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JsonlMetric {
    /// The metric, e.g. `time`.
    pub metric: String,
    /// The unit the field is written in, e.g. `ms`.
    pub unit: String,
    /// Which statistic it is; the mean where nothing is said.
    pub statistic: Option<Statistic>,
}

/// What the count of a statistics line counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct JsonlSummary {
    /// `samples`: mean, standard deviation and n describe samples of one run. `runs`: each of the n is a run.
    pub of: SummaryOf,
    /// How many, where the lines do not say.
    pub n: Option<u64>,
}
