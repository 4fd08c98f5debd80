use crate::model::{Measurement, Statistic};
use crate::stats::few::median_variance;
use crate::stats::mean;
use crate::stats::special::NORMAL_95;

/// The variance of the logarithm of a side's number that its own samples show, downwards and upwards.
pub(super) struct Inside {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Inside {
    /// From the spread inside each run, or the interval of a percentile.
    pub(super) fn of(m: &Measurement) -> Self {
        let both = |variance: f64| Self { low: variance, high: variance };
        let average = |variance: fn(f64, f64) -> f64| {
            let runs = m.noise.iter().zip(&m.trials).map(|(spread, &samples)| {
                spread.map_or(0.0, |spread| variance(spread, samples as f64))
            });
            both(mean(&runs.collect::<Vec<f64>>()))
        };
        match m.statistic {
            Statistic::Median if m.summary.is_none() => average(median_variance),
            Statistic::Mean => average(|spread, samples| spread * spread / samples.max(1.0)),
            Statistic::Percentile(_) if m.n == 1 => {
                let value = m.per_run.first().copied().unwrap_or(1.0);
                let part = |end: Option<f64>| {
                    end.filter(|&e| e > 0.0).map_or(0.0, |e| ((e / value).ln() / NORMAL_95).powi(2))
                };
                Self { low: part(m.low), high: part(m.high) }
            }
            _ => both(0.0),
        }
    }
}
