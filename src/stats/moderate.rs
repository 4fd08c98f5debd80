//! Steadying the variance of one benchmark with what the suite knows of benchmarks as noisy inside their runs.

use super::special::{digamma, trigamma, trigamma_inverse};
use super::{Estimate, mean};

/// Fewer benchmarks than this say nothing about each other.
pub const FEWEST: usize = 10;

/// A prior with more degrees of freedom than this would drown the benchmark's own runs.
const MOST_DF: f64 = 50.0;

/// What a suite says about variances: `s0² = exp(level + slope·(ln spread - centre))` with `df` degrees of freedom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Degrees of freedom, at most 50.
    pub df: f64,
    level: f64,
    slope: f64,
    centre: f64,
}

impl Prior {
    /// Fits a scaled inverse chi-square prior to the variances of a suite, its level a line in the logarithm of
    /// the spread inside the runs (Smyth 2004, trended as in Phipson et al. 2016).
    ///
    /// A line that falls, a spread not known for every benchmark or equal for all gives a constant level. `None`
    /// for fewer than ten benchmarks with a positive variance. O(K).
    #[must_use]
    pub fn fit(suite: &[Estimate]) -> Option<Self> {
        let known: Vec<&Estimate> = suite.iter().filter(|e| e.variance > 0.0).collect();
        if known.len() < FEWEST {
            return None;
        }
        let logs: Vec<f64> = known
            .iter()
            .map(|e| e.variance.ln() - digamma(e.df / 2.0) + (e.df / 2.0).ln())
            .collect();
        let level = mean(&logs);
        let spreads: Option<Vec<f64>> =
            known.iter().map(|e| e.spread.filter(|s| *s > 0.0).map(f64::ln)).collect();
        let (slope, centre) = spreads.as_deref().map_or((0.0, 0.0), |x| rising_slope(x, &logs));
        let fitted = |i: usize| {
            level
                + slope
                    * (spreads.as_ref().map_or(0.0, |x| x.get(i).copied().unwrap_or(centre))
                        - centre)
        };
        let squares: f64 = logs.iter().enumerate().map(|(i, log)| (log - fitted(i)).powi(2)).sum();
        let parameters = if slope > 0.0 { 2.0 } else { 1.0 };
        let own = mean(&known.iter().map(|e| trigamma(e.df / 2.0)).collect::<Vec<_>>());
        let between = squares / (known.len() as f64 - parameters) - own;
        let df =
            if between <= 0.0 { MOST_DF } else { (2.0 * trigamma_inverse(between)).min(MOST_DF) };
        Some(Self { df, level: level + digamma(df / 2.0) - (df / 2.0).ln(), slope, centre })
    }

    /// The estimate with its variance shrunk towards the suite's: `(d0 s0² + d v)/(d0 + d)`.
    #[must_use]
    pub fn apply(&self, estimate: Estimate) -> Estimate {
        let x = estimate.spread.filter(|s| *s > 0.0).map_or(self.centre, f64::ln);
        let typical = (self.level + self.slope * (x - self.centre)).exp();
        let df = self.df + estimate.df;
        Estimate {
            variance: (self.df * typical + estimate.df * estimate.variance) / df,
            df,
            ..estimate
        }
    }
}

/// The least-squares slope and the mean of x; a slope that falls or cannot be told is 0.
fn rising_slope(x: &[f64], y: &[f64]) -> (f64, f64) {
    let (centre, level) = (mean(x), mean(y));
    let squares: f64 = x.iter().map(|x| (x - centre).powi(2)).sum();
    // Equal spreads leave rounding errors of this order, not a line.
    if squares <= 1e-18 {
        return (0.0, centre);
    }
    let slope = x.iter().zip(y).map(|(x, y)| (x - centre) * (y - level)).sum::<f64>() / squares;
    (slope.max(0.0), centre)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite() -> Vec<Estimate> {
        (0..12)
            .map(|i| {
                let i = f64::from(i);
                Estimate {
                    change: 0.0,
                    variance: 1e-4 * (1.0 + i) * (1.0 + 0.8 * (i * 1.7).sin()),
                    df: 5.0,
                    runs: 10.0,
                    spread: Some(0.01 * (1.0 + i).sqrt()),
                }
            })
            .collect()
    }

    /// Reference values: an independent implementation in Python with scipy 1.17.1 (`special.polygamma`, `optimize.brentq`).
    #[test]
    fn the_prior_meets_the_reference() {
        let suite = suite();
        let prior = Prior::fit(&suite).expect("a prior");
        assert!((prior.df / REFERENCE.0 - 1.0).abs() < 1e-8, "{prior:?}");
        let moderated = prior.apply(suite[3]);
        assert!((moderated.variance / REFERENCE.1 - 1.0).abs() < 1e-8, "{moderated:?}");
        assert_eq!(moderated.df, prior.df + 5.0);
    }

    #[test]
    fn without_spreads_the_level_is_constant() {
        let plain: Vec<Estimate> =
            suite().into_iter().map(|e| Estimate { spread: None, ..e }).collect();
        let prior = Prior::fit(&plain).expect("a prior");
        assert_eq!(prior.slope, 0.0);
        assert!((prior.df / REFERENCE_PLAIN.0 - 1.0).abs() < 1e-8, "{prior:?}");
        assert!((prior.apply(plain[3]).variance / REFERENCE_PLAIN.1 - 1.0).abs() < 1e-8);
    }

    #[test]
    fn nine_benchmarks_say_nothing() {
        assert_eq!(Prior::fit(&suite()[..9]), None);
    }

    #[test]
    fn a_variance_of_zero_takes_the_suites() {
        let mut all = suite();
        all[0].variance = 0.0;
        let prior = Prior::fit(&all).expect("a prior of the other eleven");
        assert!(prior.apply(all[0]).variance > 0.0);
    }

    const REFERENCE: (f64, f64) = (36.477_388_970_733_8, 0.000_377_129_404_032_937_3);
    const REFERENCE_PLAIN: (f64, f64) = (6.305_366_764_911_419, 0.000_297_467_617_284_710_9);
}
