use crate::config::Config;
use crate::model::{Data, Run, Statistic, Summary, SummaryOf};
use crate::policy::Rule;
use crate::policy::rules::{NamedTest, Wanted};
use crate::stats;
use crate::stats::reduce::Samples;

/// A named test inside a single run keeps its samples, up to this many.
const MOST_VALUES: usize = 1_000;

/// One statistic of a run, with its 95 % interval inside the run where it is a percentile or a slope.
pub(super) struct Number {
    pub(super) statistic: Statistic,
    pub(super) value: f64,
    pub(super) interval: Option<(f64, f64)>,
}

/// One run reduced.
pub(super) struct Reduced {
    pub(super) values: Vec<Number>,
    pub(super) spread: Option<f64>,
    /// The standard deviation over the mean, where a rule wants it and there is one.
    pub(super) cv: Option<f64>,
    pub(super) samples: u64,
    pub(super) outliers: u64,
    /// The samples, where all are finite: the first run of a measurement shows their quantiles.
    pub(super) sorted: Option<Samples>,
    pub(super) kept: Vec<f64>,
    pub(super) averages: bool,
    pub(super) summary: Option<SummaryOf>,
}

/// Reduces a run to the statistics that rules may want of it.
pub(super) fn reduce(run: &Run, config: &Config) -> Reduced {
    let (samples, averages) = match &run.data {
        Data::Summary(summary) => return reduce_summary(run, summary, config),
        Data::Values(values) => (Samples::of(values), false),
        Data::Iterations { iters, times } => (Samples::new(weighted(iters, times)), true),
    };
    let sorted = samples.sorted();
    let finite = sorted.iter().all(|v| v.is_finite());
    let number = |(statistic, accept_averages): (Statistic, bool)| -> Option<Number> {
        let plain = |value| Some(Number { statistic, value, interval: None });
        if !finite {
            // The median says so; a slope that is missing beside it needs no complaint of its own.
            return if statistic == Statistic::Slope { None } else { plain(f64::NAN) };
        }
        match statistic {
            Statistic::Median => plain(samples.weighted_median()?),
            Statistic::Mean => plain(samples.weighted_mean()?),
            Statistic::Min => plain(*sorted.first()?),
            Statistic::Max => plain(*sorted.last()?),
            Statistic::Stddev => plain(samples.standard_deviation()?),
            Statistic::Slope => {
                let growth = stats::growth::growth(&run.at, &in_order(&run.data))?;
                let interval = Some((growth.low, growth.high));
                Some(Number { statistic, value: growth.slope, interval })
            }
            Statistic::Percentile(_) => {
                let q = statistic.quantile()?;
                if (sorted.len() as u64) < stats::quantile::samples_needed(q)
                    || (averages && !accept_averages)
                {
                    return None;
                }
                Some(Number {
                    statistic,
                    value: stats::quantile::quantile(sorted, q)?,
                    interval: stats::quantile::interval(sorted, q, 0.95),
                })
            }
        }
    };
    let wanted = wanted(run, config);
    let cv = || over_the_mean(samples.standard_deviation()?, samples.weighted_mean()?);
    Reduced {
        values: wanted.statistics().filter_map(number).collect(),
        spread: if finite { samples.spread() } else { None },
        cv: if finite && wanted.cv { cv() } else { None },
        samples: sorted.len() as u64,
        outliers: if finite { samples.outliers() } else { 0 },
        kept: if finite && sorted.len() <= MOST_VALUES && named_test(run, config) {
            in_order(&run.data)
        } else {
            Vec::new()
        },
        averages,
        summary: None,
        sorted: finite.then_some(samples),
    }
}

/// Totals over iterations as samples: each is divided by its iterations, and weighs as much as they are.
fn weighted(iters: &[f64], times: &[f64]) -> Vec<(f64, f64)> {
    times.iter().zip(iters).map(|(time, n)| (time / n, *n)).collect()
}

/// The samples of a run in their order.
fn in_order(data: &Data) -> Vec<f64> {
    match data {
        Data::Summary(_) => Vec::new(),
        Data::Values(values) => values.clone(),
        Data::Iterations { iters, times } => {
            weighted(iters, times).into_iter().map(|(value, _)| value).collect()
        }
    }
}

/// What rules want of a benchmark and metric beside the median.
fn wanted(run: &Run, config: &Config) -> Wanted {
    let mut wanted = Wanted::default();
    for rule in &config.rules {
        rule.value.wants(run.side, &run.benchmark, &run.metric, &mut wanted);
    }
    wanted
}

/// Whether a rule wants a named test for it, so that the samples of a single run must be kept.
fn named_test(run: &Run, config: &Config) -> bool {
    let named = |rule: &Rule| matches!(rule, Rule::Regression(rule) if rule.test != NamedTest::Auto && rule.covers(&run.benchmark, &run.metric));
    config.rules.iter().any(|rule| named(&rule.value))
}

/// A standard deviation over the mean; numbers that are all zero do not spread.
fn over_the_mean(deviation: f64, mean: f64) -> Option<f64> {
    if deviation == 0.0 && mean == 0.0 {
        return Some(0.0);
    }
    Some(deviation / mean).filter(|cv| cv.is_finite() && mean > 0.0 && deviation >= 0.0)
}

/// A summary already is reduced: each of its statistics is a number, its standard deviation the spread of the mean.
fn reduce_summary(run: &Run, summary: &Summary, config: &Config) -> Reduced {
    let both = summary.get(Statistic::Stddev).zip(summary.get(Statistic::Mean));
    let spread = both.and_then(|(deviation, mean)| over_the_mean(deviation, mean));
    Reduced {
        values: summary
            .statistics
            .iter()
            .map(|&(statistic, value)| Number { statistic, value, interval: None })
            .collect(),
        spread,
        cv: spread.filter(|_| wanted(run, config).cv),
        samples: summary.n.unwrap_or(0),
        outliers: 0,
        sorted: None,
        kept: Vec::new(),
        averages: false,
        summary: Some(summary.of),
    }
}
