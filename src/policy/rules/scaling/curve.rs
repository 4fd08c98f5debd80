use super::Scaling;
use super::family::Family;
use crate::model::{Order, Point, Side, Unit};
use crate::policy::{Measured, Missing, Reading, RunNumber};
use crate::stats::scaling::{LoadPoint, Size};
use crate::stats::special::NORMAL_95;

/// What one side measured over the sizes of a family.
pub(super) struct Measurements<'a> {
    /// The readings by size, ascending.
    pub(super) readings: Vec<(f64, Reading<'a>)>,
    /// The sizes that have no number, ascending, and why.
    pub(super) missing: Vec<(f64, Missing)>,
}

impl<'a> Measurements<'a> {
    /// Reads every size that gives a number.
    pub(super) fn read(
        rule: &Scaling,
        measured: &Measured<'a>,
        side: Side,
        family: &Family<'_>,
    ) -> Self {
        let mut read = Self { readings: Vec::new(), missing: Vec::new() };
        for &(n, benchmark) in &family.sizes {
            match measured.read(side, benchmark, &rule.metric, rule.statistic, rule.accept_averages)
            {
                Ok(reading) => read.readings.push((n, reading)),
                Err(why) => read.missing.push((n, why)),
            }
        }
        read
    }

    /// What was measured at the sizes that another side has a number of too.
    pub(super) fn common(&self, other: &Self) -> Self {
        let shared = |n: f64| other.readings.iter().any(|&(known, _)| known == n);
        let readings = self.readings.iter().copied().filter(|&(n, _)| shared(n));
        Self { readings: readings.collect(), missing: Vec::new() }
    }

    pub(super) fn unit(&self) -> Option<Unit> {
        self.readings.first().map(|(_, reading)| reading.unit())
    }

    /// The sizes by run, with the blocks of the runs: those that hold every size, if there are two or more of them; else
    /// one run made of the estimates, with the noise that their intervals tell.
    pub(super) fn sizes(&self) -> (Vec<Size>, Vec<u32>) {
        let blocks = self.common_blocks();
        if blocks.len() < 2 {
            let size = |&(n, reading): &(f64, Reading<'_>)| Size {
                n,
                costs: vec![reading.estimate()],
                error: error(reading),
            };
            return (self.readings.iter().map(size).collect(), Vec::new());
        }
        let size = |&(n, reading): &(f64, Reading<'_>)| {
            let all = reading.blocks() == blocks;
            let common = |run: &RunNumber| all || blocks.binary_search(&run.block).is_ok();
            let costs = reading.runs().filter(common).map(|run| run.value);
            Size { n, costs: costs.collect(), error: None }
        };
        (self.readings.iter().map(size).collect(), blocks)
    }

    /// The blocks, ascending, of the runs that gave a number at every size.
    fn common_blocks(&self) -> Vec<u32> {
        let mut readings = self.readings.iter().map(|(_, reading)| reading.blocks());
        let mut common = readings.next().unwrap_or_default().to_vec();
        common.sort_unstable();
        for blocks in readings {
            if common != blocks {
                let mut blocks = blocks.to_vec();
                blocks.sort_unstable();
                common.retain(|block| blocks.binary_search(block).is_ok());
            }
        }
        common
    }

    /// The points of a load curve; without their noise where the estimates decide.
    pub(super) fn loads(&self, with_noise: bool) -> Vec<LoadPoint> {
        let point = |&(load, reading): &(f64, Reading<'_>)| LoadPoint {
            load,
            throughput: reading.estimate(),
            error: error(reading).filter(|_| with_noise),
        };
        self.readings.iter().map(point).collect()
    }

    /// The points of a plot.
    pub(super) fn points(&self) -> Vec<Point> {
        let point = |&(n, reading): &(f64, Reading<'_>)| {
            let (low, high) = reading.interval();
            Point { n, value: reading.estimate(), low, high }
        };
        self.readings.iter().map(point).collect()
    }
}

/// The standard error of the logarithm of a number, from its 95 % interval.
fn error(reading: Reading<'_>) -> Option<f64> {
    let (low, high) = reading.interval();
    let (low, high) = (low.filter(|low| *low > 0.0)?, high?);
    Some((high / low).ln() / 2.0 / NORMAL_95)
}

/// The differences of exponents (head minus base) of blocks that both sides hold, where blocks are pairs.
pub(super) fn differences(
    order: Order,
    (base, before): (&[u32], &[f64]),
    (head, after): (&[u32], &[f64]),
) -> Option<Vec<f64>> {
    if order != Order::Interleaved {
        return None;
    }
    let of = |block: &u32| {
        let index = base.binary_search(block).ok()?;
        before.get(index).copied()
    };
    let pairs: Vec<f64> =
        head.iter().zip(after).filter_map(|(block, after)| Some(after - of(block)?)).collect();
    (pairs.len() > 1).then_some(pairs)
}
