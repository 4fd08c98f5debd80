//! Textbook t tests by name: two-sided, against no change, for those who ask for one.

use super::special::{t_quantile, t_upper_tail};
use super::{Evidence, mean, variance};

/// What a two-sided test says of the difference of logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoSided {
    /// ln(head/base).
    pub change: f64,
    /// Lower end of the interval of confidence 1 - alpha.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Two-sided p value against no change.
    pub p: f64,
}

/// The paired t test (Student 1908) on the differences of the blocks. `None` for fewer than two or no noise at all. O(n).
#[must_use]
pub fn paired_t(differences: &[f64], alpha: f64) -> Option<TwoSided> {
    let n = differences.len() as f64;
    let se = (variance(differences) / n).sqrt();
    two_sided(Evidence { change: mean(differences), se_low: se, se_high: se, df: n - 1.0 }, alpha)
}

/// Welch's (1947) t test on the logarithms of both sides. `None` for a side with fewer than two numbers or no noise at all. O(n).
#[must_use]
pub fn welch(base: &[f64], head: &[f64], alpha: f64) -> Option<TwoSided> {
    if base.len() < 2 || head.len() < 2 {
        return None;
    }
    let (nb, nh) = (base.len() as f64, head.len() as f64);
    let (b, h) = (variance(base) / nb, variance(head) / nh);
    let se = (b + h).sqrt();
    let df = (b + h).powi(2) / (b * b / (nb - 1.0) + h * h / (nh - 1.0));
    two_sided(Evidence { change: mean(head) - mean(base), se_low: se, se_high: se, df }, alpha)
}

fn two_sided(evidence: Evidence, alpha: f64) -> Option<TwoSided> {
    let Evidence { change, se_low: se, df, .. } = evidence;
    if se.is_nan() || se <= 0.0 || df.is_nan() || df < 1.0 {
        return None;
    }
    let reach = t_quantile(alpha / 2.0, df) * se;
    Some(TwoSided {
        change,
        low: change - reach,
        high: change + reach,
        p: (2.0 * t_upper_tail(change.abs() / se, df)).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: [f64; 6] = [0.10, 0.12, 0.09, 0.11, 0.13, 0.10];
    const HEAD: [f64; 5] = [0.15, 0.14, 0.18, 0.12, 0.16];

    /// Reference values: scipy 1.17.1, `stats.ttest_ind(HEAD, BASE, equal_var=False)`.
    #[test]
    fn welch_meets_scipy() {
        let t = welch(&BASE, &HEAD, 0.05).expect("a test");
        assert!((t.p / REFERENCE.0 - 1.0).abs() < 1e-8, "{t:?}");
        assert!((t.low / REFERENCE.1 - 1.0).abs() < 1e-7, "{t:?}");
        assert_eq!(welch(&BASE[..1], &HEAD, 0.05), None);
    }

    /// Reference value: scipy 1.17.1, `stats.ttest_1samp(HEAD, 0)`.
    #[test]
    fn paired_meets_scipy() {
        let t = paired_t(&HEAD, 0.05).expect("a test");
        assert!((t.p / REFERENCE.2 - 1.0).abs() < 1e-8, "{t:?}");
        assert_eq!(paired_t(&[0.1, 0.1], 0.05), None);
    }

    const REFERENCE: (f64, f64, f64) =
        (0.009_744_313_636_413_135, 0.013_836_233_153_283_56, 0.000_115_087_084_329_221_52);
}
