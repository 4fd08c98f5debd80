use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{
    BenchmarkId, Data, Measurement, Metric, Run, Side, Stage, Statistic, Summary, SummaryOf,
    Throughput, Unit,
};
use crate::policy::Rule;
use crate::policy::rules::NamedTest;
use crate::stats::{quantile, reduce};

/// A named test inside a single run keeps its samples, up to this many.
const MOST_VALUES: usize = 1_000;

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

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    benchmark: BenchmarkId,
    metric: Metric,
    statistic: Statistic,
    stage: Stage,
    side: Side,
}

/// The runs of one measurement.
#[derive(Debug)]
struct Series {
    unit: Unit,
    other_unit: bool,
    averages: bool,
    summary: Option<SummaryOf>,
    throughput: Option<Throughput>,
    entries: Vec<Entry>,
    links: Vec<(u32, u64)>,
    first: Option<First>,
}

/// What is kept of the run of the lowest block beyond its number.
#[derive(Debug, Default)]
struct First {
    block: u32,
    quantiles: Vec<f64>,
    /// The samples, where a named test may want them.
    values: Vec<f64>,
    /// The 95 % interval of a percentile.
    interval: Option<(f64, f64)>,
}

/// One run, as small as can be: there may be a million.
#[derive(Clone, Copy, Debug)]
struct Entry {
    block: u32,
    file: u32,
    line: u32,
    samples: u32,
    outliers: u32,
    from_summary: bool,
    value: f64,
    spread: f64,
}

/// Whether base and head are the same recording: a sum of hashes that does not depend on order.
#[derive(Debug, Default)]
struct Identity {
    base: HashMap<BenchmarkId, u64>,
    head: HashMap<BenchmarkId, u64>,
    too_small: bool,
}

/// One statistic of a run, with its 95 % interval inside the run where it is a percentile.
struct Number {
    statistic: Statistic,
    value: f64,
    interval: Option<(f64, f64)>,
}

/// One run reduced.
struct Reduced {
    values: Vec<Number>,
    spread: Option<f64>,
    samples: u64,
    outliers: u64,
    quantiles: Vec<f64>,
    kept: Vec<f64>,
    averages: bool,
    summary: Option<SummaryOf>,
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
        let reduced = self.reduce(&run);
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let next = collected.files.len() as u32;
        let file = *collected.files.entry(Arc::clone(&run.origin.file)).or_insert(next);
        collected.identity.add(&run, fingerprint);
        for Number { statistic, value, interval } in reduced.values {
            let key = Key {
                benchmark: run.benchmark.clone(),
                metric: run.metric.clone(),
                statistic,
                stage: run.stage,
                side: run.side,
            };
            let series = collected.series.entry(key).or_insert_with(|| Series {
                unit: run.unit,
                other_unit: false,
                averages: reduced.averages,
                summary: reduced.summary,
                throughput: run.throughput,
                entries: Vec::new(),
                links: Vec::new(),
                first: None,
            });
            series.other_unit |= series.unit != run.unit;
            series.averages |= reduced.averages;
            series.summary = series.summary.and(reduced.summary);
            if series.throughput != run.throughput {
                series.throughput = None;
            }
            series.entries.push(Entry {
                block: run.block,
                file,
                line: run.origin.line.unwrap_or(0),
                samples: u32::try_from(reduced.samples).unwrap_or(u32::MAX),
                outliers: u32::try_from(reduced.outliers).unwrap_or(u32::MAX),
                from_summary: reduced.summary.is_some(),
                value,
                spread: reduced.spread.unwrap_or(f64::NAN),
            });
            series.links.extend(run.link.map(|link| (run.block, link)));
            if series.first.as_ref().is_none_or(|first| run.block < first.block) {
                series.first = Some(First {
                    block: run.block,
                    quantiles: reduced.quantiles.clone(),
                    values: reduced.kept.clone(),
                    interval,
                });
            }
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

    /// The statistics that rules want of a benchmark and metric beside the default one, and whether percentiles
    /// of averages are accepted.
    fn wanted(&self, run: &Run) -> Vec<(Statistic, bool)> {
        let mut wanted: Vec<(Statistic, bool)> = vec![(Statistic::Median, true)];
        for rule in &self.config.rules {
            if let Rule::Regression(rule) = &rule.value
                && let Some(statistic) = rule.statistic
                && rule.covers(&run.benchmark, &run.metric)
            {
                wanted.retain(|&(known, _)| known != statistic || known == Statistic::Median);
                wanted.push((statistic, rule.accept_averages));
            }
        }
        wanted.dedup_by_key(|&mut (statistic, _)| statistic);
        wanted
    }

    /// Whether a rule wants a named test for it, so that the samples of a single run must be kept.
    fn named_test(&self, run: &Run) -> bool {
        self.config.rules.iter().any(|rule| {
            matches!(&rule.value, Rule::Regression(rule)
            if rule.test != NamedTest::Auto && rule.covers(&run.benchmark, &run.metric))
        })
    }

    fn reduce(&self, run: &Run) -> Reduced {
        let (samples, weights, averages) = match &run.data {
            Data::Summary(summary) => return reduce_summary(summary),
            Data::Values(values) => (values.clone(), vec![1.0; values.len()], false),
            Data::Iterations { iters, times } => (
                times.iter().zip(iters).map(|(time, iterations)| time / iterations).collect(),
                iters.clone(),
                true,
            ),
        };
        let mut sorted = samples.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let finite = samples.iter().all(|v| v.is_finite());
        let number = |(statistic, accept_averages): (Statistic, bool)| -> Option<Number> {
            let plain = |value| Some(Number { statistic, value, interval: None });
            if !finite {
                return plain(f64::NAN);
            }
            match statistic {
                Statistic::Median => plain(reduce::weighted_median(&samples, &weights)?),
                Statistic::Mean => plain(reduce::weighted_mean(&samples, &weights)?),
                Statistic::Min => plain(*sorted.first()?),
                Statistic::Max => plain(*sorted.last()?),
                Statistic::Stddev => plain(reduce::standard_deviation(&samples)?),
                Statistic::Percentile(_) => {
                    let q = statistic.quantile()?;
                    if (samples.len() as u64) < quantile::samples_needed(q)
                        || (averages && !accept_averages)
                    {
                        return None;
                    }
                    Some(Number {
                        statistic,
                        value: quantile::quantile(&sorted, q)?,
                        interval: quantile::interval(&sorted, q, 0.95),
                    })
                }
            }
        };
        Reduced {
            values: self.wanted(run).into_iter().filter_map(number).collect(),
            spread: if finite { reduce::spread(&samples) } else { None },
            samples: samples.len() as u64,
            outliers: if finite { reduce::outliers(&samples) } else { 0 },
            quantiles: if finite { reduce::quantiles(&samples) } else { Vec::new() },
            kept: if finite && samples.len() <= MOST_VALUES && self.named_test(run) {
                samples
            } else {
                Vec::new()
            },
            averages,
            summary: None,
        }
    }
}

/// A summary already is reduced: each of its statistics is a number, its standard deviation the spread of the mean.
fn reduce_summary(summary: &Summary) -> Reduced {
    let spread = match (summary.get(Statistic::Stddev), summary.get(Statistic::Mean)) {
        (Some(sd), Some(mean)) if mean > 0.0 && sd >= 0.0 => Some(sd / mean),
        _ => None,
    };
    Reduced {
        values: summary
            .statistics
            .iter()
            .map(|&(statistic, value)| Number { statistic, value, interval: None })
            .collect(),
        spread: spread.filter(|s| s.is_finite()),
        samples: summary.n.unwrap_or(0),
        outliers: 0,
        quantiles: Vec::new(),
        kept: Vec::new(),
        averages: false,
        summary: Some(summary.of),
    }
}

/// The measurement of a series: sorted, duplicates and impossible numbers taken out and said.
fn measurement(
    key: Key,
    mut series: Series,
    files: &[Arc<str>],
    diagnostics: &Diagnostics,
) -> Measurement {
    let name = |entry: &Entry| files.get(entry.file as usize).cloned().unwrap_or_default();
    series.entries.sort_by(|a, b| {
        (a.block, a.from_summary, name(a), a.line)
            .cmp(&(b.block, b.from_summary, name(b), b.line))
            .then(a.value.total_cmp(&b.value))
    });
    let links: HashMap<u32, u64> = mem::take(&mut series.links).into_iter().collect();
    let place = |diagnostic: Diagnostic, entry: &Entry| {
        let diagnostic = diagnostic.file(&*name(entry));
        if entry.line > 0 { diagnostic.at(entry.line, 1) } else { diagnostic }
    };
    let what = || format!("{} {} of {}", key.metric, key.statistic, quoted(key.benchmark.as_str()));
    let first = series.first.take().unwrap_or_default();
    let mut m = Measurement {
        side: key.side,
        unit: series.unit,
        estimate: None,
        low: None,
        high: None,
        n: 0,
        samples: 0,
        outliers: 0,
        stage: key.stage,
        per_run: Vec::new(),
        noise: Vec::new(),
        blocks: Vec::new(),
        links: Vec::new(),
        quantiles: first.quantiles,
        trials: Vec::new(),
        values: if series.entries.len() == 1 { first.values } else { Vec::new() },
        summary: series.summary,
        averages: series.averages,
        throughput: series.throughput,
        zero: 0,
        duplicated: 0,
        non_finite: 0,
        benchmark: key.benchmark.clone(),
        metric: key.metric.clone(),
        statistic: key.statistic,
    };
    if series.other_unit {
        let message = format!("{} comes in two units on one side", what());
        diagnostics
            .push(Diagnostic::error(Code::UnitMismatch, message).help("give one metric one unit"));
    }
    let mut last: Option<&Entry> = None;
    for entry in &series.entries {
        if let Some(kept) = last.filter(|kept| kept.block == entry.block) {
            // A run may give its samples and a summary of them: the samples say more.
            if entry.from_summary && !kept.from_summary {
                continue;
            }
            m.duplicated += 1;
            let message =
                format!("{} is measured twice in one run; only the first result is used", what());
            diagnostics.push(
                place(Diagnostic::warning(Code::DuplicateBenchmark, message), entry)
                    .help("give each benchmark its own id"),
            );
            continue;
        }
        last = Some(entry);
        if !entry.value.is_finite() || entry.value < 0.0 {
            m.non_finite += 1;
            let message = format!("{} is negative or not a finite number", what());
            diagnostics.push(
                place(Diagnostic::warning(Code::NonFinite, message), entry)
                    .help("this run gives no number; look at what the benchmark measures"),
            );
            continue;
        }
        if entry.value == 0.0 && key.metric.zero_is_invalid() {
            m.zero += 1;
            let message = format!("{} is zero", what());
            diagnostics.push(
                place(Diagnostic::warning(Code::ZeroValue, message), entry)
                    .help("nothing takes no time; the measured code was probably optimised away"),
            );
            continue;
        }
        m.per_run.push(entry.value);
        m.noise.push(Some(entry.spread).filter(|s| s.is_finite()));
        m.blocks.push(entry.block);
        m.links.push(links.get(&entry.block).copied());
        m.trials.push(u64::from(entry.samples));
        m.samples += u64::from(entry.samples);
        m.outliers += u64::from(entry.outliers);
    }
    m.n = m.per_run.len() as u64;
    (m.estimate, m.low, m.high) = interval(&m, first.interval);
    m
}

/// The estimate of a measurement with its 95 % interval: between runs where there are several, inside the run where there is one.
fn interval(
    m: &Measurement,
    of_percentile: Option<(f64, f64)>,
) -> (Option<f64>, Option<f64>, Option<f64>) {
    let Some((estimate, between)) = reduce::side_interval(&m.per_run) else {
        return (None, None, None);
    };
    let single = || {
        let (&[value], &[Some(spread)], &[samples]) =
            (m.per_run.as_slice(), m.noise.as_slice(), m.trials.as_slice())
        else {
            return None;
        };
        let variance = match m.statistic {
            Statistic::Median => crate::stats::few::median_variance(spread, samples as f64),
            Statistic::Mean => spread * spread / (samples as f64).max(1.0),
            Statistic::Percentile(_) => return of_percentile,
            Statistic::Min | Statistic::Max | Statistic::Stddev => return None,
        };
        let reach = 1.959_963_984_540_054 * variance.sqrt();
        Some((value * (-reach).exp(), value * reach.exp()))
    };
    let ends = between.or_else(single).filter(|(low, high)| low.is_finite() && high.is_finite());
    (Some(estimate), ends.map(|(low, _)| low), ends.map(|(_, high)| high))
}

impl Identity {
    fn add(&mut self, run: &Run, fingerprint: Option<u64>) {
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
                let sum = side.entry(run.benchmark.clone()).or_default();
                *sum = sum.wrapping_add(hash);
            }
        }
    }

    fn same(&self) -> bool {
        !self.too_small && !self.base.is_empty() && self.base == self.head
    }
}

/// A hash of five or more samples; equal for equal samples in equal order.
fn fingerprint(run: &Run) -> Option<u64> {
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
