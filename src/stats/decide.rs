//! Interval, p values, the family, and how much more measuring would decide.

use super::special::{t_quantile, t_upper_tail};
use super::{Decision, Evidence};

/// The interval of confidence 1 - 2 alpha: `change ∓ t(1 - alpha, df)·se`. `alpha` in (0, 0.5]. Open where a standard error
/// is zero, or numbers beyond all measuring left none: nothing is known of the noise.
#[must_use]
pub fn interval(evidence: Evidence, alpha: f64) -> (f64, f64) {
    let Evidence { change, se_low, se_high, df } = evidence;
    if !is_known(evidence) {
        return (f64::NEG_INFINITY, f64::INFINITY);
    }
    let t = t_quantile(alpha, df);
    (change - t * se_low, change + t * se_high)
}

fn is_known(Evidence { change, se_low, se_high, df }: Evidence) -> bool {
    se_low > 0.0 && se_high > 0.0 && df > 0.0 && change.is_finite()
}

/// The [`interval`] of confidence 1 - 2 alpha and the one-sided p values against a margin.
///
/// `p_larger = P(T > (change - ln(1 + margin))/se)`, `p_smaller`
/// likewise the other way (two one-sided tests, Schuirmann 1987). `alpha` in (0, 0.5], `margin` >= 0 as a
/// fraction. Where nothing is known of the noise, p = 1.
#[must_use]
pub fn decide(evidence: Evidence, margin: f64, alpha: f64) -> Decision {
    let Evidence { change, se_low, se_high, df } = evidence;
    let (low, high) = interval(evidence, alpha);
    let lm = margin.ln_1p();
    let p_value = |beyond: f64, se: f64| {
        if is_known(evidence) { t_upper_tail((beyond - lm) / se, df) } else { 1.0 }
    };
    Decision {
        change,
        low,
        high,
        p_larger: p_value(change, se_low),
        p_smaller: p_value(-change, se_high),
    }
}

/// Holm's (1979) correction: adjusted p values in the order of the input, each at most 1.
///
/// Comparing them with alpha keeps the chance of even one false alarm in the family below alpha, whatever the
/// dependence. O(n log n).
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| at(p_values, a).total_cmp(&at(p_values, b)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut worst: f64 = 0.0;
    for (rank, index) in order.into_iter().enumerate() {
        worst = worst.max(((p_values.len() - rank) as f64 * at(p_values, index)).min(1.0));
        if let Some(slot) = adjusted.get_mut(index) {
            *slot = worst;
        }
    }
    adjusted
}

fn at(values: &[f64], index: usize) -> f64 {
    values.get(index).copied().unwrap_or(1.0)
}

/// How many more blocks would probably decide, if the estimate and the noise stay what they are.
///
/// The half width of the interval must shrink to the distance between the estimate and the nearer margin; it
/// shrinks with the square root of the blocks. `None` where that needs more than 1,000, which no one measures.
#[must_use]
pub fn more_blocks(decision: &Decision, margin: f64, blocks: u64) -> Option<u32> {
    let lm = margin.ln_1p();
    let width = (decision.high - decision.low) / 2.0;
    let room = (decision.change.abs() - lm).abs();
    if !width.is_finite() || room <= 0.0 || blocks == 0 {
        return None;
    }
    let needed = (blocks as f64 * (width / room).powi(2)).ceil() - blocks as f64;
    (needed <= 1000.0).then_some(needed.max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reference values: R 4.x documentation of `p.adjust`, method "holm".
    #[test]
    fn holm_meets_its_definition() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
        assert_eq!(holm(&[0.5, 0.9]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn nothing_is_decided_without_noise() {
        let d = decide(Evidence { change: 0.5, se_low: 0.0, se_high: 0.0, df: 4.0 }, 0.03, 0.01);
        assert_eq!((d.p_larger, d.p_smaller, d.high), (1.0, 1.0, f64::INFINITY));
    }

    #[test]
    fn nothing_is_decided_by_numbers_that_overflowed() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (change, se, df) in [(nan, 0.1, 4.0), (inf, 0.1, 4.0), (0.5, nan, 4.0), (0.5, 0.1, nan)]
        {
            let d = decide(Evidence { change, se_low: se, se_high: se, df }, 0.03, 0.01);
            assert_eq!((d.p_larger, d.p_smaller, d.high), (1.0, 1.0, inf));
        }
        let d = decide(Evidence { change: 0.5, se_low: inf, se_high: inf, df: 4.0 }, 0.03, 0.01);
        assert_eq!((d.p_larger, d.high), (0.5, inf));
        assert!(t_upper_tail(nan, 4.0).is_nan());
    }

    #[test]
    fn more_blocks_shrink_the_interval_to_the_margin() {
        let d = Decision { change: 0.0, low: -0.06, high: 0.06, p_larger: 1.0, p_smaller: 1.0 };
        // Twice as wide as the margin of ln 1.03: four times the blocks, and a little for ln 1.03 < 0.03.
        assert_eq!(more_blocks(&d, 0.03, 10), Some(32));
        assert_eq!(more_blocks(&Decision { change: 0.03_f64.ln_1p(), ..d }, 0.03, 10), None);
    }

    proptest! {
        #[test]
        fn a_larger_change_is_never_less_proven(change in -0.5f64..0.5, more in 0.0f64..0.5, se in 1e-4f64..0.2, df in 1f64..60.0) {
            let of = |change| decide(Evidence { change, se_low: se, se_high: se, df }, 0.03, 0.01);
            prop_assert!(of(change + more).p_larger <= of(change).p_larger + 1e-12);
        }

        #[test]
        fn holm_keeps_the_order_and_never_lowers(p in prop::collection::vec(0.0f64..=1.0, 1..40)) {
            let adjusted = holm(&p);
            for i in 0..p.len() {
                prop_assert!(adjusted[i] >= p[i]);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
                }
            }
        }
    }
}
