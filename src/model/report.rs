use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Action, Comparison, Display, Finding, Levels, Measurement, Metric, Order, Severity, Statistic,
    Table,
};
use crate::diag::Diagnostic;

/// The version of the report format that this program writes and reads.
pub const SCHEMA: u32 = 1;

/// What the gate says in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing fails the build, and nothing that could is left open.
    Pass,
    /// An unwaived finding is at or above `fail-on`.
    Fail,
    /// A change that would fail the build cannot be excluded.
    Inconclusive,
    /// The inputs could not be read as they should.
    Error,
}

/// Everything benchgate found, in one file (schema 1).
///
/// It holds every number that a rule, a table or a plot needs, so that it can be rendered and decided
/// again without the inputs. Readers ignore fields they do not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this format: 1.
    pub schema: u32,
    /// The program that wrote it.
    pub tool: Tool,
    /// What the gate says.
    pub outcome: Outcome,
    /// The worst severity among the findings.
    pub severity: Severity,
    /// The exit code of the gate.
    pub exit_code: u8,
    /// Where the rules come from.
    pub config: ConfigInfo,
    /// The revision before the change.
    pub base: SideInfo,
    /// The revision with the change.
    pub head: SideInfo,
    /// How the runs of the two sides were taken.
    #[serde(default)]
    pub order: Order,
    /// One entry for each benchmark, metric and statistic.
    pub comparisons: Vec<Comparison>,
    /// What the comparisons stand on.
    pub measurements: Vec<Measurement>,
    /// What rules measured against what they ask for.
    #[serde(default)]
    pub tables: Vec<Table>,
    /// What the rules have to say, worst first.
    pub findings: Vec<Finding>,
    /// What was wrong with the inputs or the configuration.
    pub diagnostics: Vec<Diagnostic>,
    /// Set where the whole suite moved together.
    #[serde(default)]
    pub suite_shift: Option<SuiteShift>,
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `benchgate`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Where the rules come from, and the settings of the gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigInfo {
    /// The file, or `built-in`.
    pub source: String,
    /// The git revision it was read from; null for the working tree.
    pub revision: Option<String>,
    /// The lowest severity that fails the build.
    pub fail_on: Action,
    /// The chance that a pull request without any change fails.
    pub alpha: f64,
    /// Changes up to this are what the environment can do by itself.
    pub margin: f64,
    /// The team's words for the levels.
    #[serde(default)]
    pub display: Display,
    /// Whether one run a side, or sequential runs, may fail a build.
    #[serde(default)]
    pub one_run_decides: bool,
    /// The thresholds, for people.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
}

/// One regression rule, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Threshold {
    /// The glob it applies to; null for every benchmark.
    pub benchmarks: Option<String>,
    /// The metric.
    pub metric: Metric,
    /// The statistic; null for the default one.
    pub statistic: Option<Statistic>,
    /// The levels.
    pub levels: Levels,
}

/// What is known of one side.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SideInfo {
    /// A name for people: a branch, a tag, a path.
    pub name: String,
    /// The commit, if known.
    pub commit: Option<String>,
    /// Its date, if known.
    pub date: Option<String>,
    /// The machine it was measured on, if known.
    pub runner: Option<String>,
    /// How many runs (of the benchmark that has most).
    pub runs: u64,
    /// What is known of the machine.
    #[serde(default)]
    pub environment: BTreeMap<String, serde_json::Value>,
}

/// The whole suite moved: a statement about the machine or the build, not about one benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteShift {
    /// head/base - 1 of the median benchmark.
    pub estimate: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Two-sided p value against no shift.
    pub p_value: f64,
}
