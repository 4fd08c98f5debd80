use super::Exponent;
use crate::stats::Evidence;
use crate::stats::decide::interval;
use crate::stats::paired::{Block, paired};

/// How the exponent of head differs from that of base.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentChange {
    /// Head minus base.
    pub estimate: f64,
    /// Lower end of its 95 % interval; may be infinite.
    pub low: f64,
    /// Upper end of its 95 % interval; may be infinite.
    pub high: f64,
    /// How many blocks it stands on; 0 where runs were not paired.
    pub blocks: usize,
}

/// From the differences (head minus base) of interleaved blocks: the trimmed paired t of [`paired`].
///
/// Differences that are all the same come from counters and are exact. `None` for fewer than two blocks.
#[must_use]
pub fn paired_change(differences: &[f64]) -> Option<ExponentChange> {
    let blocks: Vec<Block> =
        differences.iter().map(|&difference| Block { difference, spread: None }).collect();
    let estimate = paired(&blocks)?;
    if estimate.variance == 0.0 {
        return Some(exact(estimate.change, blocks.len()));
    }
    Some(uncertain(Evidence::from(estimate), blocks.len()))
}

/// From two sides whose runs are not paired: the standard errors of both, with the degrees of freedom of Welch (1947)
/// and Satterthwaite (1946). Where both errors are 0 the change is exact.
#[must_use]
pub fn unpaired_change(base: &Exponent, head: &Exponent) -> ExponentChange {
    let (b, h) = (base.error.powi(2), head.error.powi(2));
    let square = b + h;
    let change = head.estimate - base.estimate;
    if square == 0.0 {
        return exact(change, 0);
    }
    let df = square.powi(2) / (b * b / base.df + h * h / head.df);
    let se = square.sqrt();
    uncertain(Evidence { change, se_low: se, se_high: se, df }, 0)
}

/// A change without any noise.
fn exact(change: f64, blocks: usize) -> ExponentChange {
    ExponentChange { estimate: change, low: change, high: change, blocks }
}

fn uncertain(evidence: Evidence, blocks: usize) -> ExponentChange {
    let (low, high) = interval(evidence, 0.025);
    ExponentChange { estimate: evidence.change, low, high, blocks }
}
