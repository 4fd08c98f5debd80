//! Interleaved blocks, each with one base and one head run.

use super::{Estimate, median};

/// One block: the difference of the logarithms of its two runs, and how disturbed they were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// ln(head) - ln(base).
    pub difference: f64,
    /// Square root of the summed squared [`spread`](super::reduce::Samples::spread)s of both runs; `None` where a run carries one number.
    pub spread: Option<f64>,
}

/// The weighted trimmed mean of the blocks and its variance.
///
/// Tukey & McLaughlin's (1963) trimmed t, a quarter of the blocks (less half a block) trimmed in all, with
/// weights `1/(m² + s²)` scaled to mean 1: a block whose runs were disturbed inside counts less. `m` is the
/// median spread; without spreads all weights are 1. Trimming is symmetric in the sides: swapping them flips
/// the sign and nothing else.
///
/// `None` for fewer than two blocks. O(R log R) for R blocks.
#[must_use]
pub fn paired(blocks: &[Block]) -> Option<Estimate> {
    let count = blocks.len();
    if count < 2 {
        return None;
    }
    let mut blocks = blocks.to_vec();
    let spread_of = |block: &Block| block.spread.unwrap_or(0.0);
    blocks.sort_unstable_by(|a, b| {
        a.difference.total_cmp(&b.difference).then(spread_of(a).total_cmp(&spread_of(b)))
    });
    let spreads: Option<Vec<f64>> = blocks.iter().map(|block| block.spread).collect();
    let typical = spreads.as_deref().map(median);
    let raw: Vec<f64> = match (&spreads, typical) {
        (Some(spreads), Some(m)) => spreads.iter().map(|s| 1.0 / (m * m + s * s)).collect(),
        _ => vec![1.0; count],
    };
    let scale = super::mean(&raw);
    let mut weighted: Vec<(f64, f64)> =
        blocks.iter().zip(raw).map(|(block, weight)| (block.difference, weight / scale)).collect();
    share_weights_of_ties(&mut weighted);

    let trimmed = (count - 2) / 4;
    let kept = weighted.get(trimmed..count - trimmed)?;
    let (first, last) = (kept.first()?.0, kept.last()?.0);
    let kept_weight: f64 = kept.iter().map(|&(_, w)| w).sum();
    let change = kept.iter().map(|&(d, w)| d * w).sum::<f64>() / kept_weight;

    let winsorised = || weighted.iter().map(|&(d, w)| (d.clamp(first, last), w));
    let total: f64 = weighted.iter().map(|&(_, w)| w).sum();
    let centre = winsorised().map(|(d, w)| d * w).sum::<f64>() / total;
    let squares = winsorised().map(|(d, w)| w * (d - centre).powi(2)).sum::<f64>();
    let (runs, kept_count) = (count as f64, kept.len() as f64);
    let variance = (runs / kept_count).powi(2) * squares / (runs - 1.0) * kept_count / kept_weight;
    Some(Estimate { change, variance, df: kept_count - 1.0, runs, spread: typical })
}

/// Equal differences share their mean weight, so that the order of ties does not matter.
fn share_weights_of_ties(sorted: &mut [(f64, f64)]) {
    for ties in sorted.chunk_by_mut(|a, b| a.0 == b.0) {
        let shared = ties.iter().map(|&(_, w)| w).sum::<f64>() / ties.len() as f64;
        for (_, weight) in ties {
            *weight = shared;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(of: &[(f64, f64)]) -> Vec<Block> {
        of.iter().map(|&(difference, spread)| Block { difference, spread: Some(spread) }).collect()
    }

    /// Reference values: an independent implementation in Python with numpy 2, from the text of the method.
    #[test]
    fn ten_blocks_meet_the_reference() {
        let e = paired(&blocks(&[
            (0.11, 0.01),
            (0.09, 0.02),
            (0.10, 0.01),
            (0.30, 0.20),
            (0.08, 0.01),
            (0.12, 0.03),
            (0.10, 0.01),
            (-0.05, 0.15),
            (0.095, 0.01),
            (0.105, 0.02),
        ]))
        .expect("an estimate");
        assert!((e.change - REFERENCE.0).abs() < 1e-12, "{e:?}");
        assert!((e.variance - REFERENCE.1).abs() < 1e-12, "{e:?}");
        assert_eq!((e.df, e.runs, e.spread), (5.0, 10.0, Some(0.015)));
    }

    /// Without spreads and with fewer than six blocks nothing is trimmed or weighted: the ordinary paired t.
    #[test]
    fn few_plain_blocks_are_the_paired_t() {
        let plain: Vec<Block> =
            [0.1, 0.2, 0.4].iter().map(|&difference| Block { difference, spread: None }).collect();
        let e = paired(&plain).expect("an estimate");
        assert!((e.change - 0.7 / 3.0).abs() < 1e-15);
        assert!((e.variance - 0.023_333_333_333_333_334).abs() < 1e-15);
        assert_eq!(e.df, 2.0);
        assert_eq!(paired(&plain[..1]), None);
    }

    fn any_blocks() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec((-0.5f64..0.5, 1e-6f64..0.3), 2..40)
    }

    proptest! {
        #[test]
        fn swapping_sides_flips_the_sign(of in any_blocks()) {
            let swapped: Vec<(f64, f64)> = of.iter().map(|&(d, s)| (-d, s)).collect();
            let (a, b) = (paired(&blocks(&of)).expect("a"), paired(&blocks(&swapped)).expect("b"));
            prop_assert!((a.change + b.change).abs() < 1e-12);
            prop_assert!((a.variance - b.variance).abs() <= 1e-9 * a.variance);
        }

        #[test]
        fn order_of_blocks_changes_nothing(mut of in any_blocks()) {
            let before = paired(&blocks(&of));
            of.reverse();
            prop_assert_eq!(before, paired(&blocks(&of)));
        }

        /// The trimmed count stays the same only where R - 2 does not cross a multiple of 4.
        #[test]
        fn a_block_that_equals_the_estimate_leaves_it_unchanged(of in any_blocks()) {
            prop_assume!((of.len() - 2) / 4 == (of.len() - 1) / 4);
            let before = paired(&blocks(&of)).expect("an estimate");
            let mut more = of.clone();
            more.push((before.change, before.spread.expect("spreads")));
            let after = paired(&blocks(&more)).expect("an estimate");
            prop_assert!((after.change - before.change).abs() < 1e-9, "{} {}", before.change, after.change);
        }
    }

    const REFERENCE: (f64, f64) = (0.100_476_190_476_190_47, 0.000_116_673_855_917_528_35);
}
