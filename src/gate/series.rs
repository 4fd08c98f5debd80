use super::reduce::{Number, Reduced};
use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{
    BenchmarkId, Measurement, Metric, Origin, Run, Side, Stage, Statistic, SummaryOf, Throughput,
    Unit,
};
use crate::stats::reduce::Samples;
use crate::stats::special::NORMAL_95;
use crate::stats::{few, growth, reduce};

/// What of a benchmark a measurement is; measurements are sorted by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) metric: Metric,
    pub(super) statistic: Statistic,
    pub(super) stage: Stage,
    pub(super) side: Side,
}

/// The runs of one measurement. They come in any order, so nothing here may depend on which of them came first.
#[derive(Debug)]
pub(super) struct Series {
    /// That of the run that comes first by block and place.
    unit: Unit,
    /// Whether another run has another.
    other_unit: bool,
    averages: bool,
    /// That of the same run, where all are summaries.
    summary: Option<SummaryOf>,
    throughput: Option<Throughput>,
    /// Whether any run has its standard deviation over the mean.
    has_cv: bool,
    entries: Vec<Entry>,
    first: Option<First>,
}

/// What is kept beyond its number of the run that comes first: by block, samples before summaries, place in the files.
#[derive(Debug)]
struct First {
    block: u32,
    from_summary: bool,
    origin: Origin,
    quantiles: Vec<f64>,
    /// The samples, where a named test may want them.
    values: Vec<f64>,
    /// The 95 % interval of a percentile or a slope.
    interval: Option<(f64, f64)>,
}

/// One run, as small as can be: there may be a million.
#[derive(Clone, Debug)]
struct Entry {
    origin: Origin,
    block: u32,
    samples: u32,
    outliers: u32,
    from_summary: bool,
    is_linked: bool,
    value: f64,
    /// NaN where there is none.
    spread: f64,
    /// NaN where there is none.
    cv: f64,
    link: u64,
}

impl Series {
    /// A series without runs, of the kind of this one.
    pub(super) fn new(run: &Run, reduced: &Reduced) -> Self {
        Self {
            unit: run.unit,
            other_unit: false,
            averages: reduced.averages,
            summary: reduced.summary,
            throughput: run.throughput,
            has_cv: false,
            entries: Vec::with_capacity(1),
            first: None,
        }
    }

    /// Adds a run.
    pub(super) fn add(&mut self, run: &Run, reduced: &Reduced, number: &Number) {
        self.other_unit |= self.unit != run.unit;
        self.averages |= reduced.averages;
        self.has_cv |= reduced.cv.is_some();
        if self.throughput != run.throughput {
            self.throughput = None;
        }
        self.entries.push(Entry {
            origin: run.origin.clone(),
            block: run.block,
            samples: u32::try_from(reduced.samples).unwrap_or(u32::MAX),
            outliers: u32::try_from(reduced.outliers).unwrap_or(u32::MAX),
            from_summary: reduced.summary.is_some(),
            value: number.value,
            spread: reduced.spread.unwrap_or(f64::NAN),
            cv: reduced.cv.unwrap_or(f64::NAN),
            is_linked: run.link.is_some(),
            link: run.link.unwrap_or_default(),
        });
        let from_summary = reduced.summary.is_some();
        let earlier = |first: &First| {
            (run.block, from_summary, &run.origin)
                < (first.block, first.from_summary, &first.origin)
        };
        if self.first.as_ref().is_none_or(earlier) {
            self.summary = self.summary.and(reduced.summary);
            self.unit = run.unit;
            self.first = Some(First {
                block: run.block,
                from_summary,
                origin: run.origin.clone(),
                // The samples are the same for every statistic of them; once is enough.
                quantiles: match number.statistic {
                    Statistic::Median => {
                        reduced.sorted.as_ref().map(Samples::quantiles).unwrap_or_default()
                    }
                    _ => Vec::new(),
                },
                values: reduced.kept.clone(),
                interval: number.interval,
            });
        } else {
            self.summary = reduced.summary.and(self.summary);
        }
    }
}

/// The measurement of a series: sorted, duplicates and impossible numbers taken out and said.
pub(super) fn measurement(
    benchmark: &BenchmarkId,
    key: Key,
    mut series: Series,
    diagnostics: &Diagnostics,
) -> Measurement {
    series.entries.sort_unstable_by(|a, b| {
        (a.block, a.from_summary, &a.origin)
            .cmp(&(b.block, b.from_summary, &b.origin))
            .then(a.value.total_cmp(&b.value))
    });
    let place = |diagnostic: Diagnostic, entry: &Entry| {
        let diagnostic = diagnostic.file(&*entry.origin.file);
        match entry.origin.line {
            Some(line) => diagnostic.at(line, 1),
            None => diagnostic,
        }
    };
    let what = || format!("{} {} of {}", key.metric, key.statistic, quoted(benchmark.as_str()));
    let first = series.first.take();
    let inside = first.as_ref().and_then(|first| first.interval);
    let (quantiles, values) =
        first.map(|first| (first.quantiles, first.values)).unwrap_or_default();
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
        cv: Vec::new(),
        blocks: Vec::new(),
        links: Vec::new(),
        quantiles,
        trials: Vec::new(),
        values: if series.entries.len() == 1 { values } else { Vec::new() },
        summary: series.summary,
        averages: series.averages,
        throughput: series.throughput,
        zero: 0,
        duplicated: 0,
        non_finite: 0,
        benchmark: benchmark.clone(),
        metric: key.metric.clone(),
        statistic: key.statistic,
    };
    if series.other_unit {
        let message = format!("{} comes in two units on one side", what());
        diagnostics
            .push(Diagnostic::error(Code::MixedUnits, message).help("give one metric one unit"));
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
        // A slope may be negative or zero: what it is the slope of may shrink or stay.
        let slope = key.statistic == Statistic::Slope;
        if !entry.value.is_finite() || entry.value < 0.0 && !slope {
            m.non_finite += 1;
            let message = format!("{} is negative or not a finite number", what());
            diagnostics.push(
                place(Diagnostic::warning(Code::NonFinite, message), entry)
                    .help("this run gives no number; look at what the benchmark measures"),
            );
            continue;
        }
        // Samples that are all alike have no spread, and what stays as it is has no slope; only a time of zero is none.
        let spread = key.statistic == Statistic::Stddev;
        if entry.value == 0.0 && key.metric.zero_is_invalid() && !slope && !spread {
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
        if series.has_cv {
            m.cv.push(Some(entry.cv).filter(|cv| cv.is_finite()));
        }
        m.blocks.push(entry.block);
        m.links.push(entry.is_linked.then_some(entry.link));
        m.trials.push(u64::from(entry.samples));
        m.samples += u64::from(entry.samples);
        m.outliers += u64::from(entry.outliers);
    }
    m.n = m.per_run.len() as u64;
    (m.estimate, m.low, m.high) = interval(&m, inside);
    m
}

/// The estimate of a measurement with its 95 % interval: between runs where there are several, inside the run where there is one.
fn interval(
    m: &Measurement,
    inside: Option<(f64, f64)>,
) -> (Option<f64>, Option<f64>, Option<f64>) {
    let sides = match m.statistic {
        Statistic::Slope => growth::side_interval(&m.per_run),
        _ => reduce::side_interval(&m.per_run),
    };
    let Some((estimate, between)) = sides else {
        return (None, None, None);
    };
    let single = || {
        if m.statistic == Statistic::Slope {
            return inside.filter(|_| m.per_run.len() == 1);
        }
        let (&[value], &[Some(spread)], &[samples]) =
            (m.per_run.as_slice(), m.noise.as_slice(), m.trials.as_slice())
        else {
            return None;
        };
        let variance = match m.statistic {
            Statistic::Median => few::median_variance(spread, samples as f64),
            Statistic::Mean => spread * spread / (samples as f64).max(1.0),
            Statistic::Percentile(_) => return inside,
            Statistic::Min | Statistic::Max | Statistic::Stddev | Statistic::Slope => return None,
        };
        let reach = NORMAL_95 * variance.sqrt();
        Some((value * (-reach).exp(), value * reach.exp()))
    };
    let ends = between.or_else(single).filter(|(low, high)| low.is_finite() && high.is_finite());
    (Some(estimate), ends.map(|(low, _)| low), ends.map(|(_, high)| high))
}
