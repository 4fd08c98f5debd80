use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::identity::{Identity, fingerprint};
use super::reduce::reduce;
use super::series::{Key, Series, measurement};
use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Measurement, Run};

/// Takes runs as they are read, from any thread and in any order, and keeps one number a run and statistic.
#[derive(Debug)]
pub struct Collector<'a> {
    config: &'a Config,
    collected: Mutex<Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    files: HashMap<Arc<str>, u32>,
    series: BTreeMap<Key, Series>,
    identity: Identity,
}

impl<'a> Collector<'a> {
    /// An empty collector; the configuration says which statistics its rules want.
    #[must_use]
    pub fn new(config: &'a Config) -> Self {
        Self { config, collected: Mutex::default() }
    }

    /// Takes one run.
    pub fn take(&self, run: Run) {
        let fingerprint = fingerprint(&run);
        let reduced = reduce(&run, self.config);
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let next = collected.files.len() as u32;
        let file = *collected.files.entry(Arc::clone(&run.origin.file)).or_insert(next);
        collected.identity.add(&run, fingerprint);
        for number in &reduced.values {
            let key = Key {
                benchmark: run.benchmark.clone(),
                metric: run.metric.clone(),
                statistic: number.statistic,
                stage: run.stage,
                side: run.side,
            };
            let series = collected.series.entry(key).or_insert_with(|| Series::new(&run, &reduced));
            series.add(&run, &reduced, number, file);
        }
    }

    /// The measurements, sorted by benchmark, metric, statistic, stage and side.
    ///
    /// Numbers that are none (zero where zero is no number, negative, not finite), duplicates and a comparison
    /// of a recording with itself are said in `diagnostics`.
    #[must_use]
    pub fn finish(self, diagnostics: &Diagnostics) -> Vec<Measurement> {
        let collected = self.collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Reading may have seen it already, by the paths.
        if collected.identity.same() && !diagnostics.contains(Code::SameRecording) {
            diagnostics.push(
                Diagnostic::error(Code::SameRecording, "base and head hold the same samples in every benchmark")
                    .help("both sides name one recording; measure the head revision, or name the other directory"),
            );
        }
        let mut files: Vec<(Arc<str>, u32)> = collected.files.into_iter().collect();
        files.sort_unstable_by_key(|&(_, index)| index);
        let files: Vec<Arc<str>> = files.into_iter().map(|(file, _)| file).collect();
        collected
            .series
            .into_iter()
            .map(|(key, series)| measurement(key, series, &files, diagnostics))
            .collect()
    }
}
