use super::{Growth, words};
use crate::model::{
    BenchmarkId, Cell, Number, NumberKind, Order, Severity, Side, Status, TableRow,
};
use crate::policy::rules::Evidence;
use crate::policy::{Factor, Limit, Measured, Reading, Standing};
use crate::stats::growth::{Ends, excess_low, paired_excess_low};

/// Fewer interleaved blocks than this are not taken as pairs.
const FEWEST_BLOCKS: usize = 5;

impl Growth {
    /// Holds head's growth against multiples of base's, with a message for a finding.
    pub(super) fn leak(
        &self,
        measured: &Measured<'_>,
        benchmark: &BenchmarkId,
        limit: &Limit<Factor>,
        base: Reading<'_>,
        head: Reading<'_>,
        row: &mut TableRow,
    ) -> Option<(Standing, String)> {
        let levels = limit.levels(self.severity(), Factor::quotient);
        let (target, target_severity) = match limit {
            Limit::One(factor) => (factor.quotient(), self.severity()),
            Limit::ByLevel(_) => (levels.hardest()?, levels.highest()),
        };
        let (before, after) = (base.estimate(), head.estimate());
        if before > 0.0 && after > 0.0 {
            let ratio = Number::of(NumberKind::Factor, after / before);
            row.cells.insert("ratio".into(), Cell::Number(ratio));
        }
        let number = Number::of(NumberKind::Factor, target);
        row.cells.insert("ratio-limit".into(), Cell::AtMost(number));

        let level = measured.read(Side::Head, benchmark, &self.metric, None, false).ok();
        let hair = measured.margin() * level.map_or(0.0, |level| level.estimate().abs());
        // Of a base that grows, a multiple is a limit by itself; else any growth of head would be beyond it.
        let hair = if grows(measured.order(), base) { 0.0 } else { hair };
        let seen = |times: f64| after > hair && after > times * before.max(0.0);
        let proven = |times: f64| seen(times) && self.proven(measured, base, head, times);
        let counts = |times: f64| match self.evidence {
            Evidence::Proven => proven(times),
            Evidence::Estimate => seen(times),
        };
        let reached = Severity::LEVELS
            .into_iter()
            .filter(|&level| levels.get(level).is_some_and(&counts))
            .max()
            .unwrap_or_default();
        let status = match (seen(target), counts(target)) {
            (true, true) => Status::Missed,
            (true, false) => Status::Unproven,
            _ if reached > Severity::None => Status::Close,
            _ => Status::Met,
        };
        let severity =
            if status == Status::Missed { reached.max(target_severity) } else { reached };
        let passed = levels.get(severity).unwrap_or(target);
        let standing = Standing { status, severity, limit: passed };
        let slope = self.bounds(head.unit()).map(|bounds| bounds.target());
        Some((standing, words::leaks(&self.metric, base, head, passed, slope)))
    }

    /// Whether head grows more than so many times as fast as base, at 97.5 %.
    fn proven(
        &self,
        measured: &Measured<'_>,
        base: Reading<'_>,
        head: Reading<'_>,
        times: f64,
    ) -> bool {
        let low = match pairs(measured.order(), base, head) {
            Some(blocks) => paired_excess_low(&blocks, times),
            None => ends(base).zip(ends(head)).map(|(base, head)| excess_low(base, head, times)),
        };
        low.is_some_and(|low| low > 0.0)
    }
}

/// Whether a side is proven to grow, at 97.5 %.
fn grows(order: Order, slope: Reading<'_>) -> bool {
    let low = match pairs(order, slope, slope) {
        // Of nothing, so that the excess is the growth itself.
        Some(blocks) => paired_excess_low(&blocks, 0.0),
        None => slope.interval().0,
    };
    low.is_some_and(|low| low > 0.0)
}

fn ends(slope: Reading<'_>) -> Option<Ends> {
    let (low, high) = slope.interval();
    Some(Ends { value: slope.estimate(), low: low?, high: high? })
}

/// The growth of both sides in each block, where the runs were interleaved and there are enough of them.
fn pairs(order: Order, base: Reading<'_>, head: Reading<'_>) -> Option<Vec<(f64, f64)>> {
    if order != Order::Interleaved {
        return None;
    }
    let before: Vec<_> = base.runs().collect();
    let pair = |block: u32| before.iter().find(|run| run.block == block).map(|run| run.value);
    let pairs: Vec<(f64, f64)> =
        head.runs().filter_map(|run| Some((pair(run.block)?, run.value))).collect();
    (pairs.len() >= FEWEST_BLOCKS).then_some(pairs)
}
