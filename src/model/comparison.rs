use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, BenchmarkId, Better, Metric, Severity, Statistic, Unit};

/// Fewer blocks, or links of code layout, than these prove nothing: a change is a suspect at most.
pub const FEWEST_BLOCKS: u32 = 5;

/// What is said of one comparison.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Worse than the margin, and proven within the family.
    Regressed,
    /// Better than the margin, and proven within the family.
    Improved,
    /// The whole interval lies within the margin.
    Unchanged,
    /// The interval does not decide.
    Inconclusive,
    /// Looks changed, but the evidence is not enough to fail a build.
    Suspect,
    /// Only head has it.
    Added,
    /// Only base has it.
    Removed,
}

/// How a comparison was tested.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum TestKind {
    /// Weighted trimmed t on interleaved blocks.
    Paired,
    /// Least squares with a time trend on sequential runs.
    Trend,
    /// Noise between runs is borrowed, because too few runs tell.
    Few,
    /// Welch on summaries of runs.
    Summaries,
    /// Counters compared exactly.
    Exact,
    /// Counts out of trials, conditional binomial.
    Counts,
    /// The named paired t test.
    PairedT,
    /// The named Welch t test.
    Welch,
    /// The named Mann-Whitney U test.
    MannWhitney,
}

/// A relative change with the interval of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// head/base - 1: positive means a larger number.
    pub estimate: f64,
    /// Lower end; null where unbounded.
    pub low: Option<f64>,
    /// Upper end; null where unbounded.
    pub high: Option<f64>,
    /// The interval's confidence, two-sided.
    pub confidence: f64,
}

/// One side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SideEstimate {
    /// The number, in the comparison's unit.
    pub estimate: f64,
    /// How many runs it stands on.
    pub runs: u64,
    /// How many samples these hold.
    pub samples: u64,
}

/// Relative thresholds of the three levels, as fractions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Levels {
    /// From here on a notice.
    pub notice: Option<f64>,
    /// From here on a warning.
    pub warning: Option<f64>,
    /// From here on critical.
    pub critical: Option<f64>,
}

impl Levels {
    /// The threshold of one level.
    #[must_use]
    pub fn get(&self, severity: Severity) -> Option<f64> {
        match severity {
            Severity::None => None,
            Severity::Notice => self.notice,
            Severity::Warning => self.warning,
            Severity::Critical => self.critical,
        }
    }

    /// The highest level that a change of this magnitude reaches.
    #[must_use]
    pub fn reached(&self, magnitude: f64) -> Severity {
        Severity::LEVELS
            .into_iter()
            .rev()
            .find(|&level| self.get(level).is_some_and(|limit| magnitude >= limit))
            .unwrap_or_default()
    }

    /// The highest level whose limit a number is beyond: above it where lower is better, below it where higher is.
    #[must_use]
    pub fn beyond(&self, value: f64, better: Better) -> Severity {
        let beyond = |limit: f64| match better {
            Better::Lower => value > limit,
            Better::Higher => value < limit,
        };
        let levels = Severity::LEVELS.into_iter().rev();
        levels.into_iter().find(|&level| self.get(level).is_some_and(beyond)).unwrap_or_default()
    }

    /// The threshold of the highest level that is set.
    #[must_use]
    pub fn hardest(&self) -> Option<f64> {
        Severity::LEVELS.into_iter().rev().find_map(|level| self.get(level))
    }

    /// The lowest threshold from which on the build fails; `None` where no level does.
    #[must_use]
    pub fn lowest_failing(&self, fail_on: Action) -> Option<f64> {
        let failing = Severity::LEVELS.into_iter().filter(|&level| fail_on.fails(level));
        failing.filter_map(|level| self.get(level)).min_by(f64::total_cmp)
    }

    /// The highest level that is set at all.
    #[must_use]
    pub fn highest(&self) -> Severity {
        self.reached(f64::INFINITY)
    }
}

/// One benchmark, metric and statistic, base against head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// The benchmark.
    pub benchmark: BenchmarkId,
    /// What was measured.
    pub metric: Metric,
    /// Which number stands for a run.
    pub statistic: Statistic,
    /// The unit of both estimates.
    pub unit: Unit,
    /// Which way is worse.
    pub better: Better,
    /// Whether it can fail the build.
    pub gating: bool,
    /// Whether it is only another comparison written differently (a throughput that is the time divided into a constant): shown, not tested, not counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
    /// Base; null where only head has it.
    pub base: Option<SideEstimate>,
    /// Head; null where only base has it.
    pub head: Option<SideEstimate>,
    /// The relative change; null where one side is missing or base is zero.
    pub change: Option<Change>,
    /// How it was tested; null where nothing was.
    pub test: Option<TestKind>,
    /// One-sided p value against the margin, in the direction of the estimate (two-sided against zero for a named test).
    pub p_value: Option<f64>,
    /// The same after Holm's correction over the family.
    pub adjusted_p: Option<f64>,
    /// What is said of it.
    pub verdict: Verdict,
    /// The level that a regressed comparison reaches, else `none`.
    pub severity: Severity,
    /// The level that a suspect would have if it were proven.
    #[serde(default)]
    pub would_be: Severity,
    /// The margin within which it counts as unchanged, as a fraction.
    #[serde(default)]
    pub margin: f64,
    /// The thresholds that apply; all null where no rule does.
    #[serde(default)]
    pub levels: Levels,
    /// How many more blocks would probably decide an inconclusive comparison.
    #[serde(default)]
    pub more_blocks: Option<u32>,
    /// What a reader should know, in sentences.
    pub notes: Vec<String>,
}
