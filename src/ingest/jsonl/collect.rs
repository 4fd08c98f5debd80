//! The lines of a file, put together into runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::line::{Record, Subject};
use super::metrics::Numbers;
use super::moment::{EXPECTED, Span};
use super::resources::Resources;
use super::series::{Series, seconds};
use super::windows::{Whose, Windows};
use crate::diag::{Code, Diagnostic, Level, quoted};
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
    samples: BTreeMap<Key, Series>,
    summaries: Vec<(Key, u32, Summary)>,
    windows: Windows,
    resources: Resources,
    /// Statistics whose timestamp cannot be read: the first of them, and how many.
    undated: Option<(Diagnostic, u64)>,
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
            windows: Windows::default(),
            resources: Resources::default(),
            undated: None,
            unread: BTreeSet::new(),
        }
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &Line<'_>, record: Record, output: &Output<'_>) {
        let file = Arc::clone(&self.file);
        let located = |code: Code, at: usize, message: &str| {
            let text = String::from_utf8_lossy(line.bytes);
            located(code, &file, line.number, &text, at, message)
        };
        let warning = |code: Code, at: usize, message: &str| Diagnostic {
            level: Level::Warning,
            ..located(code, at, message)
        };
        for (name, at) in record.unread {
            if self.unread.contains(&name) {
                continue;
            }
            let message = format!("the field {} was not read", quoted(&name));
            output.say(warning(Code::UnreadField, at, &message).help(
                "say what it is under `inputs.jsonl`: a metric, a parameter, or a field to ignore",
            ));
            self.unread.insert(name);
        }
        let benchmark = match record.subject {
            Subject::Benchmark(benchmark) => benchmark,
            Subject::Running(moment) => {
                let nobody = || {
                    located(Code::BadLine, 0, "the line names no benchmark, and the file has none whose time it could belong to")
                        .help("samples of resources go to the benchmark that was running: give its lines a `timestamp`, or `start` and `end`; or name it in these lines")
                };
                let place = (line.number, moment);
                return self.resources.add(place, record.run, record.numbers, nobody);
            }
        };
        let next = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        let run = *self.runs.entry(record.run).or_insert(next);
        if let Some((span, at)) = record.window {
            if span.from <= span.to {
                self.windows.state((run, benchmark.clone()), span);
            } else {
                output.say(warning(Code::BadTimestamp, at, "`end` is before `start`").help(
                    "correct the times; until then nobody knows when the benchmark was running",
                ));
            }
        }
        let (mut moment, mut flaw) = (None, None);
        for (metric, (unit, numbers)) in record.numbers {
            let key = (run, benchmark.clone(), metric, unit);
            match numbers {
                Numbers::Sample(sample) => {
                    let series =
                        self.samples.entry(key).or_insert_with(|| Series::new(line.number));
                    flaw = series.add(sample, record.stamp).or(flaw);
                }
                Numbers::Summary(summary) => {
                    let end = record.window.map(|(span, _)| span.to);
                    let stamp = record.stamp;
                    moment = stamp.map(|stamp| stamp.moment.or(end)).or(end.map(Some));
                    self.summaries.push((key, line.number, summary));
                }
            }
        }
        if let Some(moment) = moment {
            if moment.is_none() {
                let at = record.stamp.map_or(0, |stamp| stamp.at);
                let first = || {
                    (warning(Code::BadTimestamp, at, "the timestamp cannot be read").help(format!("{EXPECTED}; without, nobody knows which samples of resources belong to these statistics, or to the next ones")), 0)
                };
                self.undated.get_or_insert_with(first).1 += 1;
            }
            self.windows.close((run, benchmark), moment, line.number);
        }
        if let Some(flaw) = flaw {
            let at = record.stamp.map_or(0, |stamp| stamp.at);
            output.say(warning(Code::BadTimestamp, at, flaw).help(format!("{EXPECTED}, in each line of the benchmark and in their order; without, growth over time cannot be judged")));
        }
    }

    /// Hands over the runs and says how many there are.
    pub(super) fn finish(mut self, output: &Output<'_>) -> u32 {
        self.finish_resources(output);
        // Statistics of samples that are at hand would be a second result under the same name.
        self.summaries.retain(|(key, ..)| !self.samples.contains_key(key));
        let samples = std::mem::take(&mut self.samples);
        for (key, series) in samples {
            let line = series.line;
            let (values, at) = series.finish();
            output.run(Run { at, ..self.finished(key, line, Data::Values(values)) });
        }
        for (key, line, summary) in std::mem::take(&mut self.summaries) {
            output.run(self.finished(key, line, Data::Summary(summary)));
        }
        u32::try_from(self.runs.len()).unwrap_or(u32::MAX)
    }

    /// Hands over the samples of resources, to each benchmark those that were taken while it ran.
    fn finish_resources(&mut self, output: &Output<'_>) {
        if self.resources.is_empty() {
            return;
        }
        let mut resources = std::mem::take(&mut self.resources);
        if let Some((mut warning, count)) = self.undated.take() {
            if count > 1 {
                warning.message += &format!(" ({count} lines of statistics)");
            }
            output.say(warning);
        }
        let known = std::mem::take(&mut self.windows).finish(self.sampled(), resources.name_runs());
        let windows = known.windows;
        if let Some(warning) = known.crowded {
            output.say(warning.file(&*self.file));
        }
        if !known.any {
            return resources.without_windows().into_iter().for_each(|error| output.say(error));
        }
        resources.sort();
        let names: BTreeMap<u32, &str> =
            self.runs.iter().filter_map(|(name, &run)| Some((run, name.as_deref()?))).collect();
        let name = |run: u32| names.get(&run).copied();
        // What the lines of a benchmark say of a resource is its own word.
        let samples = self.samples.keys();
        let own: BTreeSet<(u32, &BenchmarkId, &Metric)> = samples
            .chain(self.summaries.iter().map(|(key, ..)| key))
            .map(|(run, benchmark, metric, _)| (*run, benchmark, metric))
            .collect();
        for ((run, benchmark), spans) in &windows {
            for ((metric, unit), points) in resources.within(name(*run), spans) {
                let Some(first) = points.first() else { continue };
                if own.contains(&(*run, benchmark, metric)) {
                    continue;
                }
                let key = (*run, benchmark.clone(), metric.clone(), unit);
                let values = points.iter().map(|point| point.value).collect();
                let moments: Vec<_> = points.iter().map(|point| point.moment).collect();
                let done = self.finished(key, first.line, Data::Values(values));
                output.run(Run { at: seconds(&moments), ..done });
            }
        }
        if let Some(warning) = resources.outside(&windows, &name) {
            output.say(warning.file(&*self.file));
        }
    }

    /// From when to when samples of each benchmark and metric were taken.
    fn sampled(&self) -> impl Iterator<Item = (Whose, Span)> {
        self.samples.iter().filter_map(|((run, benchmark, ..), series)| {
            Some(((*run, benchmark.clone()), series.span?))
        })
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
