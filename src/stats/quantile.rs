//! Quantiles of raw samples.

use super::special::beta_cdf;

/// From this many samples on the order statistic is as good as Harrell-Davis and far cheaper.
const MANY: usize = 10_000;

/// How many samples a run needs for quantile q: `10/(1 - q)`, so that ten lie beyond it (for q below one half, `10/q`).
#[must_use]
pub fn samples_needed(q: f64) -> u64 {
    // Rounded first: 10/(1 - 0.95) is 199.99999999999983 in floating point.
    (10.0 / q.min(1.0 - q) * 1e6).round().div_euclid(1e6).max(1.0) as u64
}

/// A quantile of sorted samples: Harrell & Davis (1982), a mean of all order statistics with beta weights, below
/// 10,000 samples; else the order statistic. `None` for no samples. `q` in (0, 1). O(n).
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let n = sorted.len();
    if n >= MANY {
        return sorted.get(((q * n as f64).ceil() as usize).clamp(1, n) - 1).copied();
    }
    let (a, b) = ((n as f64 + 1.0) * q, (n as f64 + 1.0) * (1.0 - q));
    let mut below = 0.0;
    let mut sum = 0.0;
    for (i, &value) in sorted.iter().enumerate() {
        let upto = if i + 1 == n { 1.0 } else { beta_cdf((i + 1) as f64 / n as f64, a, b) };
        sum += (upto - below) * value;
        below = upto;
    }
    (n > 0).then_some(sum)
}

/// The distribution-free interval of a quantile of sorted samples with at least `confidence`: two order
/// statistics whose ranks cut the tails of Bin(n, q) (David & Nagaraja 2003, 7.1).
///
/// `None` where the samples are too few for the confidence. `q` in (0, 1). O(log n).
#[must_use]
pub fn interval(sorted: &[f64], q: f64, confidence: f64) -> Option<(f64, f64)> {
    let n = sorted.len();
    let tail = (1.0 - confidence) / 2.0;
    // P(Bin(n, q) < r) = 1 - I_q(r, n - r + 1): the chance that the quantile lies below the r-th smallest sample.
    let below = |r: usize| 1.0 - beta_cdf(q, r as f64, (n - r + 1) as f64);
    let ranks: Vec<usize> = (1..=n).collect();
    let lower = ranks.partition_point(|&r| below(r) <= tail);
    let upper = ranks.partition_point(|&r| below(r) < 1.0 - tail);
    Some((*sorted.get(lower.checked_sub(1)?)?, *sorted.get(upper)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hundred() -> Vec<f64> {
        (1..=100).map(f64::from).collect()
    }

    /// Reference value: scipy 1.17.1, `stats.mstats.hdquantiles(range(1, 101), [0.95])`.
    #[test]
    fn harrell_davis_meets_scipy() {
        let value = quantile(&hundred(), 0.95).expect("samples");
        assert!((value / REFERENCE - 1.0).abs() < 1e-9, "{value}");
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.99), Some(7.0));
    }

    #[test]
    fn many_samples_take_the_order_statistic() {
        let many: Vec<f64> = (1..=20_000).map(f64::from).collect();
        assert_eq!(quantile(&many, 0.99), Some(19_800.0));
    }

    /// For n = 100 and the median the known 95 % ranks are 40 and 61 (Conover 1999, 3.2).
    #[test]
    fn the_interval_takes_the_binomial_ranks() {
        assert_eq!(interval(&hundred(), 0.5, 0.95), Some((40.0, 61.0)));
        assert_eq!(interval(&hundred()[..5], 0.95, 0.95), None);
    }

    #[test]
    fn ten_samples_must_lie_beyond() {
        assert_eq!(
            (samples_needed(0.95), samples_needed(0.99), samples_needed(0.5)),
            (200, 1000, 20)
        );
    }

    const REFERENCE: f64 = 95.499_979_878_399_76;
}
