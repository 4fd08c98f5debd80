//! No-change pull requests, made of the blocks of a recording.

use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rand::{RngExt, SeedableRng};

use super::Method;

/// A block of the recording in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The position of the block in the recording, from 0.
    pub(super) block: usize,
    /// Whether its sides are swapped, for all benchmarks alike.
    pub(super) swapped: bool,
}

/// One no-change pull request: blocks in the order of the recording, each at most once.
pub(super) type Window = Vec<Place>;

/// The windows of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    /// No block is in two of them.
    pub(super) disjoint: Vec<Window>,
    /// Drawn independently; `None` where the sides are not swapped.
    pub(super) resampled: Option<Vec<Window>>,
}

/// Cuts `recorded` blocks into windows of `size`, 0 < `size` <= `recorded`.
pub(super) fn windows(recorded: usize, size: usize, method: &Method) -> Windows {
    let mut random = ChaCha8Rng::seed_from_u64(method.seed);
    if !method.swap {
        let first = (0..size).map(|block| Place { block, swapped: false }).collect();
        return Windows { disjoint: vec![first], resampled: None };
    }
    let swap = |blocks: Vec<usize>, random: &mut ChaCha8Rng| -> Window {
        blocks.into_iter().map(|block| Place { block, swapped: random.random() }).collect()
    };
    let all: Vec<usize> = (0..recorded).collect();
    // Neighbours in time, as a pull request's blocks are.
    let disjoint =
        all.chunks_exact(size).map(|blocks| swap(blocks.to_vec(), &mut random)).collect();
    let resampled = (0..method.windows)
        .map(|_| {
            let mut blocks = index::sample(&mut random, recorded, size).into_vec();
            blocks.sort_unstable();
            swap(blocks, &mut random)
        })
        .collect();
    Windows { disjoint, resampled: Some(resampled) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::calibrate::Blocks;

    fn method(seed: u64, swap: bool) -> Method {
        Method { blocks: Blocks::All, swap, windows: 50, seed, inject: vec![0.1] }
    }

    #[test]
    fn without_swaps_the_first_blocks_are_the_only_window() {
        let windows = windows(20, 10, &method(1, false));
        assert_eq!(windows.resampled, None);
        let expected: Window = (0..10).map(|block| Place { block, swapped: false }).collect();
        assert_eq!(windows.disjoint, [expected]);
    }

    #[test]
    fn the_seed_makes_the_windows() {
        let of = |seed| windows(20, 10, &method(seed, true));
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn each_block_is_drawn_and_swapped_about_equally_often() {
        let method = Method { windows: 4_000, ..method(3, true) };
        let drawn = windows(20, 10, &method).resampled.expect("resampled windows");
        for block in 0..20 {
            let of = |swapped| {
                drawn.iter().flatten().filter(|p| p.block == block && p.swapped == swapped).count()
            };
            // Binomial(4,000, 1/4) has a standard deviation of 27.
            for count in [of(false), of(true)] {
                assert!((860..=1140).contains(&count), "block {block}: {count}");
            }
        }
    }

    proptest! {
        #[test]
        fn blocks_are_in_order_and_never_twice(recorded in 2usize..60, part in 0.0f64..=1.0, seed: u64) {
            let size = 1 + ((recorded - 1) as f64 * part) as usize;
            let windows = windows(recorded, size, &method(seed, true));
            prop_assert_eq!(windows.disjoint.len(), recorded / size);
            let resampled = windows.resampled.expect("resampled windows");
            prop_assert_eq!(resampled.len(), 50);
            for window in windows.disjoint.iter().chain(&resampled) {
                prop_assert_eq!(window.len(), size);
                prop_assert!(window.iter().all(|place| place.block < recorded));
                prop_assert!(window.windows(2).all(|pair| pair[0].block < pair[1].block));
            }
            let used: Vec<usize> = windows.disjoint.iter().flatten().map(|place| place.block).collect();
            prop_assert_eq!(used.len(), used.iter().collect::<BTreeSet<_>>().len());
        }
    }
}
