use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{BenchmarkId, Data, Metric, Run, Side};

/// Whether base and head are the same recording: a sum of hashes that does not depend on order.
#[derive(Debug, Default)]
pub(super) struct Identity {
    base: HashMap<BenchmarkId, u64>,
    head: HashMap<BenchmarkId, u64>,
    too_small: bool,
}

impl Identity {
    /// Adds a run of a benchmark's time.
    pub(super) fn add(&mut self, run: &Run, fingerprint: Option<u64>) {
        if run.metric != Metric::time() {
            return;
        }
        match fingerprint {
            None => self.too_small = true,
            Some(hash) => {
                let side = match run.side {
                    Side::Base => &mut self.base,
                    Side::Head => &mut self.head,
                };
                // A name is copied only when it is new.
                match side.get_mut(&run.benchmark) {
                    Some(sum) => *sum = sum.wrapping_add(hash),
                    None => drop(side.insert(run.benchmark.clone(), hash)),
                }
            }
        }
    }

    /// Whether every benchmark has the same samples on both sides.
    pub(super) fn same(&self) -> bool {
        !self.too_small && !self.base.is_empty() && self.base == self.head
    }
}

/// A hash of five or more samples; equal for equal samples in equal order.
pub(super) fn fingerprint(run: &Run) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let mut hash = |values: &[f64]| values.iter().for_each(|v| v.to_bits().hash(&mut hasher));
    match &run.data {
        Data::Iterations { iters, times } if times.len() >= 5 => {
            hash(iters);
            hash(times);
        }
        Data::Values(values) if values.len() >= 5 => hash(values),
        Data::Iterations { .. } | Data::Values(_) | Data::Summary(_) => return None,
    }
    Some(hasher.finish())
}
