//! What the figures advise: formulas.

use crate::model::FEWEST_BLOCKS;
use crate::stats::special::beta_quantile;

/// The part of the windows in which a change must be found to be called shown.
const SHOWN: f64 = 0.8;
/// The largest size on the grid; what is not shown there has no smallest change.
const GRID: [f64; 16] = [
    0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.10, 0.12, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50,
];
/// Margins are suggested in steps of this.
const STEP: f64 = 0.005;

/// The sizes of change to try: the grid and those that were asked for, ascending, each once.
pub(super) fn sizes(inject: &[f64]) -> Vec<f64> {
    let mut sizes: Vec<f64> = GRID.iter().chain(inject).copied().collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    sizes
}

/// Upper 95 % confidence bound of a rate of which `events` in `trials` independent windows were seen: Clopper &
/// Pearson (1934), one-sided; `1 - 0.05^(1/n)` for none of n. 1 where there are no trials.
pub(super) fn bound(events: u64, trials: u64) -> f64 {
    match (events, trials) {
        (events, trials) if events >= trials => 1.0,
        (0, trials) => 1.0 - 0.05_f64.powf(1.0 / trials as f64),
        (events, trials) => beta_quantile(0.95, events as f64 + 1.0, (trials - events) as f64),
    }
}

/// The smallest change that is found in four of five windows: where the share of windows, linear between the sizes
/// tried and 0 at no change, first reaches 80 %. `None` where it does not.
pub(super) fn smallest(shares: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    let mut last = (0.0, 0.0);
    for (size, share) in shares {
        if share >= SHOWN {
            let (before, at) = last;
            let part: f64 = (SHOWN - at) / (share - at);
            return Some(before + (size - before) * part.clamp(0.0, 1.0));
        }
        last = (size, share);
    }
    None
}

/// The smallest of the magnitudes that at least 1 - alpha of them do not exceed; `None` of none.
pub(super) fn within(mut magnitudes: Vec<f64>, alpha: f64) -> Option<f64> {
    magnitudes.sort_by(f64::total_cmp);
    let rank = ((1.0 - alpha) * magnitudes.len() as f64 - 1e-9).ceil().max(1.0) as usize;
    magnitudes.get(rank - 1).copied()
}

/// The margin that covers a change: rounded up to the next half percent, at least one.
pub(super) fn margin(change: f64) -> f64 {
    ((change / STEP - 1e-9).ceil().max(1.0) * STEP * 1e6).round() / 1e6
}

/// How many blocks bring the smallest change `shown` by `blocks` blocks down to `wanted`.
///
/// What lies between a change and the margin is noise, and shrinks with the square root of the blocks:
/// `blocks' = blocks · ((ln(1 + shown) - lm)/(ln(1 + wanted) - lm))²` with `lm = ln(1 + margin)`, rounded up, at least
/// 5. `None` where `wanted` is within the margin, or more than `most` would be needed. More blocks also mean more
/// degrees of freedom, so that this is rather too many than too few.
pub(super) fn blocks_for(
    shown: f64,
    wanted: f64,
    margin: f64,
    blocks: usize,
    most: u32,
) -> Option<u32> {
    let lm = margin.ln_1p();
    let room = wanted.ln_1p() - lm;
    if room <= 0.0 {
        return None;
    }
    let times = (shown.ln_1p() - lm).max(0.0) / room;
    let needed = (blocks as f64 * times * times - 1e-9).ceil().max(f64::from(FEWEST_BLOCKS));
    (needed <= f64::from(most)).then_some(needed as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values: scipy 1.17.1, `stats.beta.ppf(0.95, x + 1, n - x)`.
    #[test]
    fn bounds_meet_clopper_and_pearson() {
        for (events, trials, expected) in [
            (0, 2, 0.776_393_202_250_021),
            (0, 400, 0.007_461_332_4),
            (1, 4, 0.751_395_3),
            (2, 20, 0.282_618_5),
            (3, 3, 1.0),
            (0, 0, 1.0),
        ] {
            let found = bound(events, trials);
            assert!((found - expected).abs() < 1e-6, "{events} of {trials}: {found}");
        }
    }

    #[test]
    fn the_smallest_change_lies_where_four_of_five_find_it() {
        let of = |shares: &[(f64, f64)]| smallest(shares.iter().copied()).expect("a size");
        for (shares, expected) in [
            ([(0.05, 0.3), (0.10, 0.7), (0.20, 0.9)].as_slice(), 0.15),
            (&[(0.05, 0.8)], 0.05),
            (&[(0.05, 1.0)], 0.04),
        ] {
            assert!((of(shares) - expected).abs() < 1e-12, "{shares:?}");
        }
        assert_eq!(smallest([(0.05, 0.3), (0.5, 0.79)]), None);
    }

    #[test]
    fn almost_no_window_exceeds_it() {
        let magnitudes: Vec<f64> = (1..=400).rev().map(f64::from).collect();
        assert_eq!(within(magnitudes, 0.01), Some(396.0));
        assert_eq!(within(vec![0.2], 0.01), Some(0.2));
        assert_eq!(within(vec![], 0.01), None);
        assert_eq!(
            [0.0, 0.004, 0.005, 0.0051, 0.03].map(margin),
            [0.005, 0.005, 0.005, 0.01, 0.03]
        );
    }

    #[test]
    fn four_times_the_blocks_halve_what_lies_beyond_the_margin() {
        let shown = (2.0 * 1.2_f64.ln() - 1.03_f64.ln()).exp() - 1.0;
        assert_eq!(blocks_for(shown, 0.2, 0.03, 10, 1_000), Some(40));
        assert_eq!(blocks_for(shown, 0.2, 0.03, 10, 30), None);
        assert_eq!(blocks_for(0.05, 0.2, 0.03, 10, 1_000), Some(5));
        assert_eq!(blocks_for(0.05, 0.03, 0.03, 10, 1_000), None);
    }
}
