//! Ratios of numbers of one side: what one benchmark takes of another.
//!
//! Two benchmarks that the same runs measured share what disturbed the run, so the run is a block and its two
//! numbers are a pair: [`paired`] on their logarithms, as for base and head. Where they share fewer than two
//! runs, the interval comes from the two intervals by the method of variance estimates recovery (MOVER: Zou &
//! Donner 2008; for ratios on logarithms Donner & Zou 2012), which takes the two as independent.

use std::borrow::Cow;

use super::Evidence;
use super::paired::{Block, paired};
use super::special::t_95;

/// One number of a benchmark and what is known of how sure it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amount {
    /// The number; not negative.
    pub value: f64,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// What each run gave.
    pub runs: Vec<Run>,
}

/// What one run gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Its block, or its position; two amounts of one block were measured by one run.
    pub block: u32,
    /// The number.
    pub value: f64,
    /// How disturbed it was inside itself, as a fraction; `None` where it holds one number.
    pub spread: Option<f64>,
}

/// Amounts of several benchmarks over the amount of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Fraction<'a> {
    /// What is added up above the line.
    pub over: Vec<&'a Amount>,
    /// What stands below it; above zero.
    pub under: &'a Amount,
}

/// A ratio with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio; 1 is equal, never negative.
    pub value: f64,
    /// Its interval; the upper end is infinite where what stands below the line may be zero.
    pub interval: Option<(f64, f64)>,
    /// What the interval stands on.
    pub basis: Basis,
}

/// What the interval of a [`Ratio`] stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// This many runs that measured all of the numbers.
    Blocks(usize),
    /// The intervals of the numbers, each from several runs.
    Intervals,
    /// The intervals of the numbers, some from the samples of a single run: what differs between runs is not in them.
    WithinRun,
    /// There is no interval.
    Nothing,
}

/// The ratio of one number to another. `None` where they are no amounts, or the one below the line is zero.
#[must_use]
pub fn ratio(over: &Amount, under: &Amount) -> Option<Ratio> {
    combine(&[Fraction { over: vec![over], under }], 1.0)
}

/// The sum of several numbers over one: what the parts take of the whole. `None` as for [`ratio`], and for no parts.
#[must_use]
pub fn sum(fraction: &Fraction<'_>) -> Option<Ratio> {
    combine(std::slice::from_ref(fraction), 1.0)
}

/// The mean of ratios, each number above a line over the number below it. Ratios over one number belong into
/// one [`Fraction`], so that what is common to them does not count as chance twice. `None` as for [`sum`].
#[must_use]
pub fn mean(fractions: &[Fraction<'_>]) -> Option<Ratio> {
    combine(fractions, fractions.iter().map(|fraction| fraction.over.len()).sum::<usize>() as f64)
}

/// The sum of all fractions, divided by a count.
fn combine(fractions: &[Fraction<'_>], count: f64) -> Option<Ratio> {
    let value = total(fractions)? / count;
    if !value.is_finite() {
        return None;
    }
    if let Some(ratio) = over_blocks(fractions, count) {
        return Some(ratio);
    }
    let interval = from_intervals(fractions).map(|(low, high)| (low / count, high / count));
    let single = |amount: &Amount| amount.runs.len() < 2;
    let basis = match interval {
        None => Basis::Nothing,
        Some(_) if amounts(fractions).any(single) => Basis::WithinRun,
        Some(_) => Basis::Intervals,
    };
    Some(Ratio { value, interval, basis })
}

/// Everything above and below the lines.
fn amounts<'a>(fractions: &[Fraction<'a>]) -> impl Iterator<Item = &'a Amount> {
    fractions.iter().flat_map(|fraction| fraction.over.iter().copied().chain([fraction.under]))
}

/// The sum of all fractions; `None` where a number is missing or no amount.
fn total(fractions: &[Fraction<'_>]) -> Option<f64> {
    let mut total = 0.0;
    for fraction in fractions {
        let mut over = 0.0;
        for part in &fraction.over {
            over += Some(part.value).filter(|value| *value >= 0.0)?;
        }
        total += over / Some(fraction.under.value).filter(|value| *value > 0.0)?;
    }
    (fractions.iter().all(|fraction| !fraction.over.is_empty()) && !fractions.is_empty())
        .then_some(total)
}

/// The ratio over the runs that all amounts have in common: [`paired`] on the logarithms.
fn over_blocks(fractions: &[Fraction<'_>], count: f64) -> Option<Ratio> {
    let all: Vec<Cow<'_, [Run]>> = amounts(fractions).map(by_block).collect();
    let mut of_block: Vec<Run> = Vec::with_capacity(all.len());
    let mut blocks: Vec<Block> = Vec::with_capacity(all.first()?.len());
    for (place, run) in all.first()?.iter().enumerate() {
        of_block.clear();
        of_block.extend(all.iter().map_while(|runs| find(runs, run.block, place)));
        if of_block.len() == all.len() {
            blocks.push(one_block(fractions, &of_block, count)?);
        }
    }
    let evidence = Evidence::from(paired(&blocks)?);
    let reach = t_95(evidence.df) * evidence.se_high;
    let value = evidence.change.exp();
    let interval = Some((value * (-reach).exp(), value * reach.exp()));
    reach.is_finite().then_some(Ratio { value, interval, basis: Basis::Blocks(blocks.len()) })
}

/// The runs of an amount in the order of their blocks.
fn by_block(amount: &Amount) -> Cow<'_, [Run]> {
    let mut runs = Cow::Borrowed(amount.runs.as_slice());
    if !runs.is_sorted_by_key(|run| run.block) {
        runs.to_mut().sort_by_key(|run| run.block);
    }
    runs
}

/// The run of a block, which mostly stands at the same place everywhere.
fn find(runs: &[Run], block: u32, place: usize) -> Option<Run> {
    let there = runs.get(place).filter(|run| run.block == block);
    there.copied().or_else(|| {
        let place = runs.binary_search_by_key(&block, |run| run.block).ok()?;
        runs.get(place).copied()
    })
}

/// A run's ratio as a logarithm, and how disturbed it was: the relative spreads as if they were independent.
/// `runs` are in the order of [`amounts`].
fn one_block(fractions: &[Fraction<'_>], runs: &[Run], count: f64) -> Option<Block> {
    let mut runs = runs.iter().copied();
    let (mut total, mut squares) = (0.0, Some(0.0));
    for fraction in fractions {
        let (mut over, mut over_squares) = (0.0, Some(0.0));
        for part in runs.by_ref().take(fraction.over.len()) {
            over += part.value;
            over_squares =
                over_squares.zip(part.spread).map(|(sum, s)| sum + (part.value * s).powi(2));
        }
        let Run { value: under, spread, .. } = runs.next()?;
        total += over / under;
        squares = squares
            .zip(over_squares)
            .zip(spread)
            .map(|((sum, above), s)| sum + (above + (over * s).powi(2)) / (under * under));
    }
    let difference = (total / count).ln();
    // Never zero, as in a run's own spread: a weight is one over its square.
    let spread = squares.map(|squares: f64| (squares.sqrt() / total).max(1e-6));
    difference.is_finite().then_some(Block { difference, spread })
}

/// MOVER: the sum above each line, the ratio on logarithms, then the sum of the ratios.
fn from_intervals(fractions: &[Fraction<'_>]) -> Option<(f64, f64)> {
    let ratios: Vec<Bounded> = fractions
        .iter()
        .map(|fraction| {
            let over: Vec<Bounded> =
                fraction.over.iter().copied().map(Bounded::of).collect::<Option<_>>()?;
            Bounded::sum(&over).over(Bounded::of(fraction.under)?)
        })
        .collect::<Option<_>>()?;
    let sum = Bounded::sum(&ratios);
    Some((sum.low, sum.high))
}

/// A number between its bounds.
#[derive(Clone, Copy)]
struct Bounded {
    value: f64,
    low: f64,
    high: f64,
}

impl Bounded {
    fn of(amount: &Amount) -> Option<Self> {
        let (low, high) = amount.interval?;
        let value = amount.value;
        (0.0 <= low && low <= value && value <= high).then_some(Self { value, low, high })
    }

    fn sum(of: &[Self]) -> Self {
        let root =
            |reach: fn(&Self) -> f64| of.iter().map(|x| reach(x).powi(2)).sum::<f64>().sqrt();
        let value = of.iter().map(|x| x.value).sum::<f64>();
        let low = (value - root(|x| x.value - x.low)).max(0.0);
        Self { value, low, high: value + root(|x| x.high - x.value) }
    }

    /// `None` where a number is zero, which has no logarithm.
    fn over(self, under: Self) -> Option<Self> {
        if self.value <= 0.0 || under.value <= 0.0 {
            return None;
        }
        let value = self.value / under.value;
        let low = (self.value / self.low).ln().hypot((under.high / under.value).ln());
        let high = (self.high / self.value).ln().hypot((under.value / under.low).ln());
        Some(Self { value, low: value * (-low).exp(), high: value * high.exp() })
    }
}

#[cfg(test)]
mod tests;
