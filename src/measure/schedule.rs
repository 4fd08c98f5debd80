//! In which order things run, and for how long: fixed by the seed and the budget, not by what was measured.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::model::{Side, Stage};

/// One benchmark's turn in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Which of the block's jobs.
    pub(super) job: usize,
    /// The side that runs first, or on the first core.
    pub(super) first: Side,
}

/// The turns of a block: every job once, in random order, with the side that goes first.
///
/// Over two blocks, an even one and the next, each side of a job goes first once: which one goes first in the
/// even block is random. So being first, if it matters, favours neither side.
pub(super) fn turns(seed: u64, stage: Stage, block: u32, jobs: usize) -> Vec<Turn> {
    let stage = match stage {
        Stage::Screen => 1,
        Stage::Confirm => 2,
    };
    let rng = |purpose: u64, number: u32| {
        let mixed = seed
            ^ (purpose << 34 | stage << 32 | u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ChaCha8Rng::seed_from_u64(mixed)
    };
    let mut coins = rng(1, block / 2);
    let base_first: Vec<bool> =
        (0..jobs).map(|_| coins.random::<bool>() ^ (block % 2 == 1)).collect();
    let mut turns: Vec<Turn> = base_first
        .into_iter()
        .enumerate()
        .map(|(job, base)| Turn { job, first: if base { Side::Base } else { Side::Head } })
        .collect();
    turns.shuffle(&mut rng(2, block));
    turns
}

/// The seed by which a link orders functions.
pub(super) fn link_seed(seed: u64, link: u32) -> u64 {
    // Linkers take 32 bits, and 0 means no shuffling to some of them.
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x6c69_6e6b);
    for _ in 0..link {
        rng.random_range(1..=u32::MAX);
    }
    u64::from(rng.random_range(1..=u32::MAX))
}

/// How many blocks to take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Budget {
    /// As many, and no more.
    pub(super) blocks: u32,
    /// So long, counted from the start of measuring.
    pub(super) time: Option<Duration>,
    /// At least so many, whatever they take.
    pub(super) fewest: u32,
}

impl Budget {
    /// Whether another block is to be taken, which takes about `next`, after `done` of them and when the whole measurement
    /// took `elapsed`.
    pub(super) fn allows(&self, done: u32, next: Duration, elapsed: Duration) -> bool {
        if done >= self.blocks {
            return false;
        }
        match self.time {
            Some(time) if done >= self.fewest.min(self.blocks) => elapsed + next <= time,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_order_and_another_gives_another() {
        let order = |seed, block| turns(seed, Stage::Screen, block, 12);
        assert_eq!(order(7, 3), order(7, 3));
        assert_ne!(order(7, 3), order(8, 3));
        assert_ne!(order(7, 3), order(7, 4));
        assert_ne!(order(7, 3), turns(7, Stage::Confirm, 3, 12));
    }

    #[test]
    fn every_job_has_one_turn_and_goes_first_as_often_on_either_side() {
        for seed in 0..50 {
            for pair in 0..5 {
                let even = turns(seed, Stage::Screen, 2 * pair, 9);
                let odd = turns(seed, Stage::Screen, 2 * pair + 1, 9);
                for job in 0..9 {
                    let first = |turns: &[Turn]| {
                        let found: Vec<Side> =
                            turns.iter().filter(|t| t.job == job).map(|t| t.first).collect();
                        assert_eq!(found.len(), 1);
                        *found.first().unwrap()
                    };
                    assert_ne!(first(&even), first(&odd));
                }
            }
        }
    }

    #[test]
    fn coins_and_orders_are_even() {
        let (mut base_first, mut first_job) = (0, [0; 4]);
        for seed in 0..1000 {
            let turns = turns(seed, Stage::Screen, 0, 4);
            base_first += turns.iter().filter(|t| t.first == Side::Base).count();
            first_job[turns.first().unwrap().job] += 1;
        }
        assert!((1900..2100).contains(&base_first), "{base_first}");
        assert!(first_job.iter().all(|n| (200..300).contains(n)), "{first_job:?}");
    }

    #[test]
    fn link_seeds_are_different_and_fit_the_linker() {
        let seeds: std::collections::BTreeSet<u64> =
            (0..20).map(|link| link_seed(3, link)).collect();
        assert_eq!(seeds.len(), 20);
        assert!(seeds.iter().all(|&seed| seed > 0 && seed <= u64::from(u32::MAX)));
        assert_eq!(link_seed(3, 5), link_seed(3, 5));
    }

    #[test]
    fn a_budget_takes_what_fits_but_never_less_than_the_fewest() {
        let seconds = Duration::from_secs;
        let budget = Budget { blocks: 20, time: Some(seconds(60)), fewest: 5 };
        for (done, next, elapsed, expected) in [
            (0, 0, 0, true),
            (4, 100, 400, true),
            (5, 10, 50, true),
            (5, 11, 55, false),
            (5, 80, 400, false),
            (20, 1, 1, false),
        ] {
            assert_eq!(
                budget.allows(done, seconds(next), seconds(elapsed)),
                expected,
                "{done} {next} {elapsed}"
            );
        }
        let blocks = Budget { blocks: 3, time: None, fewest: 5 };
        assert!(
            blocks.allows(2, seconds(1), seconds(1)) && !blocks.allows(3, seconds(1), seconds(1))
        );
    }
}
