//! Counters that the same code gives again exactly.

use super::Decision;

/// Whether the runs of one side agree to the last bit, and there are enough of them to say so.
#[must_use]
pub fn agree(per_run: &[f64], fewest: usize) -> bool {
    per_run.len() >= fewest && per_run.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}

/// Compares two exact numbers (not negative): beyond the margin p = 0, else 1; the interval is a point.
///
/// From zero to anything is an infinite change, from zero to zero none.
#[must_use]
pub fn exact(base: f64, head: f64, margin: f64) -> Decision {
    let change = if base == head { 0.0 } else { (head / base).ln() };
    // A change of exactly the margin is inside it, whatever the logarithm rounds to.
    let lm = margin.ln_1p() + 1e-12;
    let p = |beyond: bool| if beyond { 0.0 } else { 1.0 };
    Decision {
        change,
        low: change,
        high: change,
        p_larger: p(change > lm),
        p_smaller: p(change < -lm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_margin_is_certain() {
        for (base, head, larger, smaller) in [
            (100.0, 103.0, 1.0, 1.0),
            (100.0, 104.0, 0.0, 1.0),
            (104.0, 100.0, 1.0, 0.0),
            (0.0, 1.0, 0.0, 1.0),
            (0.0, 0.0, 1.0, 1.0),
            (5.0, 0.0, 1.0, 0.0),
        ] {
            let d = exact(base, head, 0.03);
            assert_eq!((d.p_larger, d.p_smaller), (larger, smaller), "{base} to {head}");
        }
    }

    #[test]
    fn agreement_needs_enough_equal_runs() {
        assert!(agree(&[5.0, 5.0], 2));
        assert!(!agree(&[5.0], 2));
        assert!(agree(&[5.0], 1));
        assert!(!agree(&[5.0, 6.0], 2));
    }
}
