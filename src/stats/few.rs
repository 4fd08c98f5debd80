//! Too few runs to know the noise between runs: it is borrowed from the suite, or assumed.

use super::{Evidence, median};

/// The noise between runs (a standard deviation of logarithms) that is assumed where nothing tells: 2.5 %.
pub const ASSUMED: f64 = 0.025;

/// Fewer benchmarks than this do not tell the noise between runs.
pub const FEWEST: usize = 20;

/// The noise of one run that a suite shows: `1.4826 median|r - median r| / √2` over the log ratios of its
/// benchmarks, each standing for one run a side.
///
/// It holds the noise inside the runs as well. `None` for fewer than 20 benchmarks or a suite without any
/// spread. O(K log K).
#[must_use]
pub fn suite_noise(log_ratios: &[f64]) -> Option<f64> {
    if log_ratios.len() < FEWEST {
        return None;
    }
    let centre = median(log_ratios);
    let deviations: Vec<f64> = log_ratios.iter().map(|r| (r - centre).abs()).collect();
    Some(1.4826 * median(&deviations) / std::f64::consts::SQRT_2).filter(|noise| *noise > 0.0)
}

/// The variance inside the runs of both sides, towards the lower and the upper end of the change.
///
/// The two differ where the interval of a quantile is lopsided (the method of variance estimates recovery,
/// Zou & Donner 2008).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Within {
    /// Towards the lower end.
    pub low: f64,
    /// Towards the upper end.
    pub high: f64,
}

/// The evidence of `runs` runs a side (a harmonic mean) whose noise is borrowed: `se² = 2σ²/runs`, with σ from the
/// suite (3 degrees of freedom), else 2.5 % plus what the samples inside the runs show (4 degrees of freedom).
#[must_use]
pub fn few(change: f64, runs: f64, noise: Option<f64>, within: Within) -> Evidence {
    match noise {
        Some(sigma) => {
            let se = (2.0 * sigma * sigma / runs).sqrt();
            Evidence { change, se_low: se, se_high: se, df: 3.0 }
        }
        None => {
            let between = 2.0 * ASSUMED * ASSUMED / runs;
            Evidence {
                change,
                se_low: (between + within.low / runs).sqrt(),
                se_high: (between + within.high / runs).sqrt(),
                df: 4.0,
            }
        }
    }
}

/// The variance of the logarithm of a median of n samples with relative spread s: `π/2 · s²/n` (the asymptotic
/// variance of the median of a normal sample, Kendall & Stuart 1977, 10.29).
#[must_use]
pub fn median_variance(spread: f64, samples: f64) -> f64 {
    std::f64::consts::FRAC_PI_2 * spread * spread / samples.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_suite_two_and_a_half_percent_are_assumed() {
        let e = few(0.1, 1.0, None, Within { low: 1e-4, high: 4e-4 });
        assert!((e.se_low - (0.00125_f64 + 1e-4).sqrt()).abs() < 1e-15);
        assert!((e.se_high - (0.00125_f64 + 4e-4).sqrt()).abs() < 1e-15);
        assert_eq!(e.df, 4.0);
    }

    #[test]
    fn a_suite_tells_its_own_noise() {
        let ratios: Vec<f64> = (0..21).map(|i| f64::from(i - 10) * 0.01).collect();
        // The median absolute deviation of -10 … 10 is 5.
        let noise = suite_noise(&ratios).expect("enough benchmarks");
        assert!((noise - 1.4826 * 0.05 / 2f64.sqrt()).abs() < 1e-15);
        assert_eq!(few(0.0, 1.0, Some(noise), Within::default()).df, 3.0);
        assert_eq!(suite_noise(&ratios[..19]), None);
        assert_eq!(suite_noise(&[0.1; 30]), None);
    }
}
