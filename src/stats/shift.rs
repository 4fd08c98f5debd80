//! A whole suite that moves together: a statement about the machine or the build.

use super::paired::{Block, paired};
use super::special::{t_quantile, t_upper_tail};
use super::{median, named::TwoSided};

/// A shift is said only where it is this certain (two-sided) …
const ALPHA: f64 = 0.01;
/// … and at least this large.
const SMALLEST: f64 = 0.01;

/// Whether the suite moved: per block the median difference over all benchmarks, then the t of [`paired`] on these.
///
/// `blocks` holds, for each block, the differences of all benchmarks measured in it. `None` where there are
/// fewer than five blocks or the shift is not both proven (1 %, two-sided) and above 1 %. O(B K log K).
#[must_use]
pub fn suite_shift(blocks: &[Vec<f64>]) -> Option<TwoSided> {
    let medians: Vec<Block> = blocks
        .iter()
        .filter(|d| !d.is_empty())
        .map(|d| Block { difference: median(d), spread: None })
        .collect();
    if medians.len() < 5 {
        return None;
    }
    let estimate = paired(&medians)?;
    let se = (estimate.variance / estimate.runs).sqrt();
    if se <= 0.0 || estimate.change.abs() <= SMALLEST {
        return None;
    }
    let p = 2.0 * t_upper_tail(estimate.change.abs() / se, estimate.df);
    let reach = t_quantile(ALPHA / 2.0, estimate.df) * se;
    (p <= ALPHA).then_some(TwoSided {
        change: estimate.change,
        low: estimate.change - reach,
        high: estimate.change + reach,
        p,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(shift: f64) -> Vec<Vec<f64>> {
        (0..8)
            .map(|b| {
                (0..11)
                    .map(|k| {
                        shift
                            + 0.004 * f64::from((b * 7 + k * 5) % 11 - 5)
                            + 0.001 * f64::from(b % 3)
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn a_suite_that_moves_is_seen_and_a_still_one_is_not() {
        let moved = suite_shift(&blocks(0.05)).expect("a shift");
        assert!((moved.change - 0.05).abs() < 0.01, "{moved:?}");
        assert_eq!(suite_shift(&blocks(0.0)), None);
        assert_eq!(suite_shift(&blocks(0.05)[..4]), None);
    }
}
