//! One line of `runs.jsonl`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::diag::quoted;
use crate::ingest::jsonl;
use crate::ingest::numbers::{Numbers, check_iterations, criterion_throughput};
use crate::model::{BenchmarkId, Data, Metric, Origin, Run, Side, Stage, Throughput};

/// The fields that benchgate reads; others are left alone.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a JSON object")]
pub(super) struct Record {
    side: Side,
    block: u32,
    benchmark: String,
    metric: String,
    unit: String,
    #[serde(default)]
    stage: Option<Stage>,
    #[serde(default)]
    iters: Option<Numbers>,
    #[serde(default)]
    times: Option<Numbers>,
    #[serde(default)]
    values: Option<Numbers>,
    #[serde(default)]
    at: Option<Numbers>,
    #[serde(default)]
    throughput: Value,
    #[serde(default)]
    extra: Option<Extra>,
}

/// What a runner notes beside the numbers.
#[derive(Debug, Default, Deserialize)]
#[serde(expecting = "an object")]
struct Extra {
    #[serde(default)]
    link_seed: Option<u64>,
}

impl Record {
    /// The run, its numbers converted to the stored unit.
    ///
    /// # Errors
    /// The field that does not fit, and a fragment that says why.
    pub(super) fn run(self, file: &Arc<str>, line: u32) -> Result<Run, (&'static str, String)> {
        let (unit, factor) = jsonl::unit(&self.unit)
            .ok_or_else(|| ("unit", format!("{} is not a unit", quoted(&self.unit))))?;
        let stored = |mut numbers: Vec<f64>| {
            if factor != 1.0 {
                numbers.iter_mut().for_each(|number| *number *= factor);
            }
            numbers
        };
        let data = match (self.iters, self.times, self.values) {
            (Some(Numbers(iters)), Some(Numbers(times)), None) => {
                let times = stored(times);
                check_iterations(&iters, &times).map_err(|reason| ("iters", reason))?;
                Data::Iterations { iters, times }
            }
            (None, None, Some(Numbers(values))) if values.is_empty() => {
                return Err(("values", "`values` is empty".into()));
            }
            (None, None, Some(Numbers(values))) => Data::Values(stored(values)),
            (None, None, None) => {
                return Err((
                    "",
                    "the line has no numbers: `iters` and `times`, or `values`".into(),
                ));
            }
            (_, _, Some(_)) => {
                return Err(("values", "`values` stands beside `iters` or `times`".into()));
            }
            (iters, ..) => {
                let there = if iters.is_some() { "iters" } else { "times" };
                return Err((
                    there,
                    "`iters` and `times` belong together, but one is missing".into(),
                ));
            }
        };
        let at = match self.at {
            Some(Numbers(at)) if !at.is_empty() => {
                seconds(at, &data).map_err(|reason| ("at", reason))?
            }
            _ => Vec::new(),
        };
        Ok(Run {
            side: self.side,
            block: self.block,
            stage: self.stage.unwrap_or_default(),
            benchmark: BenchmarkId::new(self.benchmark),
            metric: Metric::new(&self.metric),
            unit,
            data,
            throughput: throughput(&self.throughput).map_err(|reason| ("throughput", reason))?,
            at,
            link: self.extra.unwrap_or_default().link_seed,
            origin: Origin { file: Arc::clone(file), line: Some(line) },
        })
    }
}

/// When the numbers were taken, in seconds since the first of them.
fn seconds(at: Vec<f64>, data: &Data) -> Result<Vec<f64>, String> {
    let numbers = match data {
        Data::Iterations { times, .. } => times.len(),
        Data::Values(values) => values.len(),
        Data::Summary(_) => 0,
    };
    if at.len() != numbers {
        return Err(format!("`at` holds {} times for {numbers} numbers", at.len()));
    }
    if let Some(place) = at.iter().position(|second| !second.is_finite()) {
        return Err(format!("time {} of `at` is not a number", place + 1));
    }
    if let Some(place) = at.windows(2).position(|pair| matches!(pair, [a, b] if a > b)) {
        return Err(format!("time {} of `at` is before the one in front of it", place + 2));
    }
    let first = at.first().copied().unwrap_or_default();
    Ok(at.into_iter().map(|second| second - first).collect())
}

/// `{"amount":1024,"unit":"bytes_per_s"}`, or what criterion writes.
fn throughput(value: &Value) -> Result<Option<Throughput>, String> {
    if value.get("amount").is_none() {
        return Ok(criterion_throughput(value));
    }
    let throughput = Throughput::deserialize(value).map_err(|e| format!("`throughput`: {e}"))?;
    if throughput.amount > 0.0 {
        Ok(Some(throughput))
    } else {
        Err("the amount of `throughput` is not above zero".into())
    }
}
