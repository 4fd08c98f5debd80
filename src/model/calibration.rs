use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BenchmarkId, ConfigInfo, Metric, SideInfo, Statistic, Tool};
use crate::diag::Diagnostic;

/// What the configured gate would do to pull requests without a change, and what it would find of changes of
/// known size: one file, schema 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calibration {
    /// The version of this format: 1.
    pub schema: u32,
    /// The program that wrote it.
    pub tool: Tool,
    /// The gate that was tried.
    pub config: ConfigInfo,
    /// Whether a gate that cannot tell fails the build.
    pub inconclusive_fails: bool,
    /// The sizes of change that were asked for, as fractions, ascending.
    pub inject: Vec<f64>,
    /// The seed of swaps and of the drawing of blocks; null where nothing was random.
    pub seed: Option<u64>,
    /// One entry for each run set, in the order of the command line.
    pub recordings: Vec<CalibratedRecording>,
}

/// What one recording of identical code says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibratedRecording {
    /// The run set, as the user named it.
    pub recording: String,
    /// What is known of the base side.
    pub base: SideInfo,
    /// What is known of the head side.
    pub head: SideInfo,
    /// How many blocks it holds.
    pub recorded_blocks: u32,
    /// How many blocks a window (a no-change pull request) has.
    pub blocks: u32,
    /// Disjoint windows: consecutive blocks, each used once. Their pull requests are independent.
    pub disjoint: FalseAlarms,
    /// Resampled windows: blocks drawn without replacement, sharing blocks with each other. Null where the sides
    /// are not swapped.
    pub resampled: Option<FalseAlarms>,
    /// Detection for each metric and statistic, over all its comparisons.
    pub detection: Vec<MetricDetection>,
    /// One entry for each benchmark, metric and statistic that a rule covers.
    pub comparisons: Vec<CalibratedComparison>,
    /// How large a change looks proven where there is none, in the comparison that is furthest from no change in each
    /// window: what 1 - alpha of the windows do not exceed, as a fraction.
    pub proven: Option<f64>,
    /// Comparisons that no rule covers, which are left out.
    pub without_rule: u64,
    /// What was wrong with the recording or the configuration.
    pub diagnostics: Vec<Diagnostic>,
}

impl CalibratedRecording {
    /// The windows on which every figure beside `disjoint` stands.
    #[must_use]
    pub fn windows(&self) -> &FalseAlarms {
        self.resampled.as_ref().unwrap_or(&self.disjoint)
    }
}

/// How often the gate alarms where nothing changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FalseAlarms {
    /// How many windows were decided.
    pub windows: u64,
    /// Windows that fail the build (exit code 1).
    pub failed: u64,
    /// Windows with any comparison `regressed`, whether it fails the build or not.
    pub regressed: u64,
    /// Windows whose outcome is `inconclusive`.
    pub inconclusive: u64,
    /// Comparisons `regressed`, summed over the windows.
    pub comparisons_regressed: u64,
    /// Windows that fail the build, by the kind of rule that makes them.
    pub failed_by_rule: BTreeMap<String, u64>,
    /// Upper 95 % confidence bound of the rate of `failed`; null for resampled windows, which carry none.
    pub failed_bound: Option<f64>,
    /// Upper 95 % confidence bound of the rate of `regressed`; null for resampled windows, which carry none.
    pub regressed_bound: Option<f64>,
}

/// What is found of a change of one size, as shares of windows (times comparisons) called `regressed`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Detected {
    /// The size of the change, as a fraction, in the worse direction.
    pub change: f64,
    /// Found where everything is worse by this much at once.
    pub together: f64,
    /// Found where one benchmark alone is worse by this much: Holm's correction is then at its strictest.
    pub alone: f64,
}

/// Detection of one metric and statistic over all benchmarks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricDetection {
    /// The metric.
    pub metric: Metric,
    /// The statistic.
    pub statistic: Statistic,
    /// How many comparisons it has.
    pub comparisons: u64,
    /// For each size of change, ascending; the sizes asked for are among them.
    pub detected: Vec<Detected>,
}

/// What the recording says of one benchmark, metric and statistic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibratedComparison {
    /// The benchmark.
    pub benchmark: BenchmarkId,
    /// The metric.
    pub metric: Metric,
    /// The statistic.
    pub statistic: Statistic,
    /// Whether it can fail the build.
    pub gating: bool,
    /// The margin that applies, as a fraction.
    pub margin: f64,
    /// The lowest threshold that fails the build, as a fraction; null where none does.
    pub lowest_failing: Option<f64>,
    /// No-change windows in which it is `regressed`.
    pub false_alarms: u64,
    /// The same among the disjoint windows.
    pub disjoint_false_alarms: u64,
    /// For each size of change, ascending.
    pub detected: Vec<Detected>,
    /// The smallest change that is found in four of five windows where this benchmark alone is worse, as a
    /// fraction, interpolated between the sizes tried (the margin where nothing moves at all); null where the largest
    /// size tried is not.
    pub smallest: Option<f64>,
    /// Whether `smallest` is beyond `lowest_failing`: a change that should fail the build is usually not found.
    pub too_noisy: bool,
    /// How far its estimate moves by itself: the change that 1 - alpha of the no-change windows do not exceed in
    /// either direction, as a fraction; null where no window gives a change.
    pub noise: Option<f64>,
    /// How large a change looks proven where there is none: what 1 - alpha of the no-change windows do not exceed
    /// with the end of the interval that is nearer to no change, as a fraction; 0 where the interval holds no change.
    /// Null where no window gives a change.
    pub proven: Option<f64>,
    /// A margin that covers `proven`: rounded up to the next half percent, at least one; 0 where nothing moves at
    /// all. Noise that the interval itself covers needs no margin.
    pub suggested_margin: Option<f64>,
    /// How many blocks would bring `smallest` down to `lowest_failing`, at least 5; null where no number does, more
    /// than 1,000 would, or nothing moves at all.
    pub suggested_blocks: Option<u32>,
}
