use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BenchmarkId, Metric, Side, Stage, Statistic, SummaryOf, Throughput, Unit};

/// All runs of one side, benchmark, metric, statistic and stage, each reduced to one number.
///
/// A report holds them so that it can be decided again without the inputs. `per_run`, `noise`,
/// `blocks`, `links` and `trials` run in parallel, one entry a run; so does `cv` where it is not empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measurement {
    /// The side.
    pub side: Side,
    /// The benchmark.
    pub benchmark: BenchmarkId,
    /// What was measured.
    pub metric: Metric,
    /// Which number stands for a run.
    pub statistic: Statistic,
    /// The unit of `estimate`, `low`, `high`, `per_run`, `quantiles` and `values`.
    pub unit: Unit,
    /// The median of `per_run`; null where no run gave a number.
    pub estimate: Option<f64>,
    /// Lower end of the 95 % interval of the estimate.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval of the estimate.
    pub high: Option<f64>,
    /// How many runs gave a number.
    pub n: u64,
    /// How many samples these runs hold.
    #[serde(default)]
    pub samples: u64,
    /// How many of the samples lie outside Tukey's fences (1.5 interquartile ranges beyond the quartiles of their run).
    pub outliers: u64,
    /// Which look at the benchmark.
    #[serde(default)]
    pub stage: Stage,
    /// One number a run.
    pub per_run: Vec<f64>,
    /// How disturbed each run was inside itself: the relative spread of its samples; null where it holds one number.
    pub noise: Vec<Option<f64>>,
    /// The standard deviation of the samples of each run over their mean, where a rule asks for it; null where a run has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cv: Vec<Option<f64>>,
    /// The block of each run, or its position among its side's runs.
    pub blocks: Vec<u32>,
    /// The link seed of each run.
    pub links: Vec<Option<u64>>,
    /// 21 evenly spaced quantiles (0, 5 … 100 %) of the samples of the first run, for plots; only beside their median.
    #[serde(default)]
    pub quantiles: Vec<f64>,
    /// Samples of each run, for what needs their count.
    #[serde(default)]
    pub trials: Vec<u64>,
    /// The samples themselves, only for a named test inside a single run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
    /// Set where the input gave statistics only: what its count counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<SummaryOf>,
    /// Whether samples are averages over iterations, so that their quantiles are no latencies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub averages: bool,
    /// What one iteration processes; a throughput that is only the time divided into it is not tested again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Throughput>,
    /// Runs that gave zero where zero is no number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub zero: u64,
    /// Results beyond the first that one run gave under this name; only the first is kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicated: u64,
    /// Runs that gave a negative number or none that is finite.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub non_finite: u64,
}

#[cfg(test)]
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (low, high) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    Some(f64::midpoint(*sorted.get(low)?, *sorted.get(high)?))
}

#[cfg(test)]
impl Measurement {
    /// One number a run in a block of its own, without an interval, for tests.
    pub(crate) fn of_runs(
        side: Side,
        benchmark: &str,
        of: (Metric, Statistic, Unit),
        per_run: &[f64],
    ) -> Self {
        let (metric, statistic, unit) = of;
        let runs = per_run.len();
        Self {
            side,
            benchmark: benchmark.into(),
            metric,
            statistic,
            unit,
            estimate: median(per_run),
            low: None,
            high: None,
            n: runs as u64,
            samples: runs as u64,
            outliers: 0,
            stage: Stage::Screen,
            per_run: per_run.to_vec(),
            noise: vec![None; runs],
            cv: Vec::new(),
            blocks: (0..).take(runs).collect(),
            links: vec![None; runs],
            quantiles: Vec::new(),
            trials: vec![1; runs],
            values: Vec::new(),
            summary: None,
            averages: false,
            throughput: None,
            zero: 0,
            duplicated: 0,
            non_finite: 0,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}
