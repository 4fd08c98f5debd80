use dashmap::DashMap;
use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::identity::{Identity, fingerprint};
use super::reduce::{Reduced, reduce};
use super::series::{Key, Series, measurement};
use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{BenchmarkId, Measurement, Run};

/// So many locks share the benchmarks, so that two threads seldom want the same.
const SHARDS: usize = 256;

/// Takes runs as they are read, from any thread and in any order, and keeps one number a run and statistic.
#[derive(Debug)]
pub struct Collector<'a> {
    config: &'a Config,
    benchmarks: DashMap<BenchmarkId, Collected, RandomState>,
}

/// What was read of one benchmark.
#[derive(Debug)]
struct Collected {
    identity: Identity,
    /// A handful, in the order in which they turned up.
    series: Vec<(Key, Series)>,
}

impl Default for Collected {
    /// With room for base and head, which are all that most benchmarks have.
    fn default() -> Self {
        Self { identity: Identity::default(), series: Vec::with_capacity(2) }
    }
}

impl Collected {
    fn add(&mut self, run: &Run, reduced: &Reduced) {
        for number in &reduced.values {
            let known = self.series.iter_mut().find(|(key, _)| {
                key.statistic == number.statistic
                    && (key.side, key.stage) == (run.side, run.stage)
                    && key.metric == run.metric
            });
            if let Some((_, series)) = known {
                series.add(run, reduced, number);
                continue;
            }
            let key = Key {
                metric: run.metric.clone(),
                statistic: number.statistic,
                stage: run.stage,
                side: run.side,
            };
            let mut series = Series::new(run, reduced);
            series.add(run, reduced, number);
            self.series.push((key, series));
        }
    }
}

impl<'a> Collector<'a> {
    /// An empty collector; the configuration says which statistics its rules want.
    #[must_use]
    pub fn new(config: &'a Config) -> Self {
        Self {
            config,
            benchmarks: DashMap::with_hasher_and_shard_amount(RandomState::default(), SHARDS),
        }
    }

    /// Takes one run.
    pub fn take(&self, run: Run) {
        let fingerprint = fingerprint(&run);
        let reduced = reduce(&run, self.config);
        let mut collected = self.benchmarks.entry(run.benchmark.clone()).or_default();
        collected.identity.add(&run, fingerprint);
        collected.add(&run, &reduced);
    }

    /// The measurements, sorted by benchmark, metric, statistic, stage and side.
    ///
    /// Numbers that are none (zero where zero is no number, negative, not finite), duplicates and a comparison
    /// of a recording with itself are said in `diagnostics`.
    #[must_use]
    pub fn finish(self, diagnostics: &Diagnostics) -> Vec<Measurement> {
        let mut benchmarks: Vec<(BenchmarkId, Collected)> = self.benchmarks.into_iter().collect();
        benchmarks.par_sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        // Reading may have seen it already, by the paths.
        if Identity::same(benchmarks.iter().map(|(_, collected)| &collected.identity))
            && !diagnostics.contains(Code::SameRecording)
        {
            diagnostics.push(
                Diagnostic::error(Code::SameRecording, "base and head hold the same samples in every benchmark")
                    .help("both sides name one recording; measure the head revision, or name the other directory"),
            );
        }
        let made = benchmarks.into_par_iter().map(|(benchmark, Collected { mut series, .. })| {
            series.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            let made = series.into_iter();
            made.map(|(key, series)| measurement(&benchmark, key, series, diagnostics)).collect()
        });
        made.collect::<Vec<Vec<Measurement>>>().into_iter().flatten().collect()
    }
}
