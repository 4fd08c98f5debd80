//! One line of `runs.jsonl`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Key;
use crate::model::{BenchmarkId, Data, Metric, Side, Stage, Throughput, Unit};

/// One run of one benchmark and metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The side.
    pub side: Side,
    /// The block, from 0.
    pub block: u32,
    /// The position of its process within the block, from 0.
    pub position: u32,
    /// The benchmark.
    pub benchmark: BenchmarkId,
    /// What was measured.
    pub metric: Metric,
    /// The unit of the numbers.
    pub unit: Unit,
    /// The numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// When each of the numbers was taken, in seconds since the first; empty where nobody knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<f64>,
    /// What one iteration processes, where the harness says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Throughput>,
    /// When the process was started.
    pub start: Timestamp,
    /// When it ended.
    pub end: Timestamp,
    /// Which look at the benchmark.
    #[serde(skip_serializing_if = "is_screen")]
    pub stage: Stage,
    /// What is known beside the numbers: `link_seed`, load, steal, core.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Value>,
}

/// The numbers of a line, in its unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Numbers {
    /// Iteration counts and totals, as criterion stores them.
    Iterations {
        /// Iterations of each sample.
        iters: Vec<f64>,
        /// Total of each sample.
        times: Vec<f64>,
    },
    /// Single samples.
    Values {
        /// The samples, in the order of time.
        values: Vec<f64>,
    },
}

impl Numbers {
    /// The numbers of a run; `None` for a summary, of which a run set can hold no samples.
    #[must_use]
    pub fn of(data: &Data) -> Option<Self> {
        match data {
            Data::Iterations { iters, times } => {
                Some(Self::Iterations { iters: iters.clone(), times: times.clone() })
            }
            Data::Values(values) => Some(Self::Values { values: values.clone() }),
            Data::Summary(_) => None,
        }
    }

    /// Why no reader could take the numbers, if so.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        let (numbers, others): (&[f64], &[f64]) = match self {
            Self::Iterations { iters, times } if iters.len() != times.len() => {
                return Some("there are not as many iteration counts as times");
            }
            Self::Iterations { iters, times } => (iters, times),
            Self::Values { values } => (values, &[]),
        };
        if numbers.is_empty() {
            return Some("there are no numbers");
        }
        let finite = numbers.iter().chain(others).all(|number| number.is_finite());
        (!finite).then_some("a number is infinite or not a number")
    }
}

impl Line {
    /// What makes it unique in the run set.
    #[must_use]
    pub fn key(&self) -> Key {
        Key {
            stage: self.stage,
            block: self.block,
            benchmark: self.benchmark.clone(),
            side: self.side,
            metric: self.metric.clone(),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_screen(stage: &Stage) -> bool {
    *stage == Stage::Screen
}
