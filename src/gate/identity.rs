use std::hash::{BuildHasher, Hasher};

use foldhash::quality::FixedState;

use crate::model::{Data, Metric, Run, Side};

/// What a benchmark's times on both sides were: sums of hashes that do not depend on order.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Identity {
    base: Option<u64>,
    head: Option<u64>,
    too_small: bool,
}

impl Identity {
    /// Adds a run of the benchmark's time.
    pub(super) fn add(&mut self, run: &Run, fingerprint: Option<u64>) {
        if run.metric != Metric::time() {
            return;
        }
        let side = match run.side {
            Side::Base => &mut self.base,
            Side::Head => &mut self.head,
        };
        match fingerprint {
            None => self.too_small = true,
            Some(hash) => *side = Some(side.unwrap_or_default().wrapping_add(hash)),
        }
    }

    /// Whether base and head are one recording: every benchmark has the same samples on both sides.
    pub(super) fn same<'a>(all: impl Iterator<Item = &'a Self> + Clone) -> bool {
        all.clone().any(|one| one.base.is_some())
            && all.into_iter().all(|one| !one.too_small && one.base == one.head)
    }
}

/// A hash of five or more samples; equal for equal samples in equal order. A harness that runs for a fixed time has equal
/// totals on both sides, so what they were divided by counts as well.
pub(super) fn fingerprint(run: &Run) -> Option<u64> {
    let (samples, divided_by): (&[f64], &[f64]) = match &run.data {
        Data::Iterations { iters, times } => (times, iters),
        Data::Values(values) => (values, &[]),
        Data::Summary(_) => return None,
    };
    let mut hasher = FixedState::default().build_hasher();
    for number in samples.iter().chain(divided_by) {
        hasher.write_u64(number.to_bits());
    }
    (samples.len() >= 5).then(|| hasher.finish())
}
