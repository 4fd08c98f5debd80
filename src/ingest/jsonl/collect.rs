//! The lines of a file, put together into runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::line::Record;
use super::metrics::Numbers;
use crate::diag::{Code, Level, quoted};
use crate::ingest::document::located;
use crate::ingest::format::{Input, Output};
use crate::ingest::lines::Line;
use crate::model::{BenchmarkId, Data, Metric, Origin, Run, Side, Stage, Summary, Unit};

/// Run, benchmark, metric and unit.
type Key = (u32, BenchmarkId, Metric, Unit);

/// What the lines so far said.
pub(super) struct Collector {
    file: Arc<str>,
    side: Side,
    first_block: u32,
    runs: BTreeMap<Option<String>, u32>,
    samples: BTreeMap<Key, (u32, Vec<f64>)>,
    summaries: Vec<(Key, u32, Summary)>,
    unread: BTreeSet<String>,
}

impl Collector {
    /// Nothing yet.
    pub(super) fn new(input: &Input<'_>, file: &str) -> Self {
        Self {
            file: Arc::from(file),
            side: input.side,
            first_block: input.first_block,
            runs: BTreeMap::new(),
            samples: BTreeMap::new(),
            summaries: Vec::new(),
            unread: BTreeSet::new(),
        }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &Line<'_>, record: Record, output: &Output<'_>) {
        for (name, at) in record.unread {
            if self.unread.contains(&name) {
                continue;
            }
            let text = String::from_utf8_lossy(line.bytes);
            let message = format!("the field {} was not read", quoted(&name));
            let mut warning =
                located(Code::UnreadField, &self.file, line.number, &text, at, message);
            warning.level = Level::Warning;
            output.say(warning.help(
                "say what it is under `inputs.jsonl`: a metric, a parameter, or a field to ignore",
            ));
            self.unread.insert(name);
        }
        let next = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        let run = *self.runs.entry(record.run).or_insert(next);
        for (metric, (unit, numbers)) in record.numbers {
            let key = (run, record.benchmark.clone(), metric, unit);
            match numbers {
                Numbers::Sample(sample) => {
                    let (_, samples) = self.samples.entry(key).or_insert((line.number, Vec::new()));
                    samples.push(sample);
                }
                Numbers::Summary(summary) => self.summaries.push((key, line.number, summary)),
            }
        }
    }

    /// Hands over the runs and says how many there are.
    pub(super) fn finish(mut self, output: &Output<'_>) -> u32 {
        // Statistics of samples that are at hand would be a second result under the same name.
        self.summaries.retain(|(key, ..)| !self.samples.contains_key(key));
        let samples = std::mem::take(&mut self.samples);
        for (key, (line, samples)) in samples {
            output.run(self.finished(key, line, Data::Values(samples)));
        }
        for (key, line, summary) in std::mem::take(&mut self.summaries) {
            output.run(self.finished(key, line, Data::Summary(summary)));
        }
        u32::try_from(self.runs.len()).unwrap_or(u32::MAX)
    }

    fn finished(&self, (run, benchmark, metric, unit): Key, line: u32, data: Data) -> Run {
        Run {
            side: self.side,
            block: self.first_block.saturating_add(run),
            stage: Stage::Screen,
            benchmark,
            metric,
            unit,
            data,
            throughput: None,
            at: Vec::new(),
            link: None,
            origin: Origin { file: Arc::clone(&self.file), line: Some(line) },
        }
    }
}
