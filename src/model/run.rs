use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BenchmarkId, Metric, Statistic, Unit};

/// One of the two revisions that are compared.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The revision before the change.
    Base,
    /// The revision with the change.
    Head,
}

impl Side {
    /// `base` or `head`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

/// Which look at a benchmark a run belongs to.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The first look, at every benchmark.
    #[default]
    Screen,
    /// Fresh blocks of the benchmarks that the screen flagged; where there are any, only they decide.
    Confirm,
}

/// One run of one benchmark and metric: what one process of the harness measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The side it belongs to.
    pub side: Side,
    /// The block in a run set, else the position among its side's runs, from 0.
    pub block: u32,
    /// Which look it belongs to.
    pub stage: Stage,
    /// The benchmark.
    pub benchmark: BenchmarkId,
    /// What was measured.
    pub metric: Metric,
    /// The unit of every number in `data`.
    pub unit: Unit,
    /// The numbers.
    pub data: Data,
    /// When each of the values was taken, in seconds since the first one of the run; empty where nobody knows.
    pub at: Vec<f64>,
    /// What one iteration processes, where the harness says so.
    pub throughput: Option<Throughput>,
    /// The seed by which this run's executable was linked.
    pub link: Option<u64>,
    /// Where it was read, for diagnostics.
    pub origin: Origin,
}

/// What one iteration processes; divided by its time it is a throughput.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Throughput {
    /// The amount an iteration.
    pub amount: f64,
    /// The unit of the quotient: `bytes_per_s`, `bits_per_s` or `per_s`.
    pub unit: Unit,
}

impl Throughput {
    /// What is processed a second where an iteration takes so many nanoseconds.
    #[must_use]
    pub fn per_second(self, nanoseconds: f64) -> f64 {
        self.amount / (nanoseconds * 1e-9)
    }
}

/// A file and, where there is one, a line (from 1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: Option<u32>,
}

/// The numbers of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Totals over iteration counts, as criterion stores them: each sample is `times[i] / iters[i]`, an average over iterations.
    Iterations {
        /// Iterations of each sample.
        iters: Vec<f64>,
        /// Total of each sample.
        times: Vec<f64>,
    },
    /// Single samples.
    Values(Vec<f64>),
    /// Statistics only; the samples are gone.
    Summary(Summary),
}

/// What the count of a summary counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SummaryOf {
    /// Mean and standard deviation describe samples of one run.
    #[default]
    Samples,
    /// Each of the n is a run.
    Runs,
}

/// Statistics of samples that are not at hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// What `n` counts.
    pub of: SummaryOf,
    /// How many samples (or runs) it describes.
    pub n: Option<u64>,
    /// The statistics, each once, in the run's unit.
    pub statistics: Vec<(Statistic, f64)>,
}

impl Summary {
    /// One of the statistics.
    #[must_use]
    pub fn get(&self, statistic: Statistic) -> Option<f64> {
        self.statistics.iter().find(|(known, _)| *known == statistic).map(|&(_, value)| value)
    }
}
