//! How a cost grows with a size: the exponent with its interval, the class, a knee, the end of a load curve.
//!
//! [`analyse`] looks at one side ([`exponent`] at no more than the slope), [`paired_change`] and [`unpaired_change`] compare two, [`load`] follows a throughput
//! over a load. An exponent is the slope of ln T on ln n: 0 is constant, 1 linear, 2 quadratic. Differences of
//! exponents are additive; no logarithm is taken of them.

mod change;
mod class;
mod fit;
mod knee;
mod line;
mod load;

pub use change::{ExponentChange, paired_change, unpaired_change};
pub use class::Class;
pub use fit::{ALIKE, LawFit, fit, fits};
pub use knee::Knee;
pub use line::Exponent;
pub use load::{Degradation, LoadCurve, LoadPoint, Saturation, load};

use super::median;
use line::least_squares;

/// Exponents that differ by no more than this are the same: measured ones wander by that much with caches and overhead.
pub const MARGIN: f64 = 0.15;
/// An exponent needs at least this many sizes …
pub const FEWEST_SIZES: usize = 4;
/// … whose largest is at least this many times the smallest.
pub const LEAST_SPAN: f64 = 8.0;
/// Where the largest cost is less than this many times the constant part, the exponent is biased low.
pub const OVERHEAD: f64 = 10.0;

/// What was measured at one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// The size, above zero.
    pub n: f64,
    /// One cost a run, above zero, in the same order at every size.
    pub costs: Vec<f64>,
    /// The standard error of ln of the median cost, where the noise inside the runs tells one.
    pub error: Option<f64>,
}

/// Why an exponent cannot be had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lacking {
    /// There are only this many sizes.
    Sizes(usize),
    /// The largest size is only this many times the smallest.
    Span(f64),
    /// The sizes do not hold the same runs, or a number is not above zero.
    Numbers,
}

/// What one side shows of how a cost grows.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The slope of ln T on ln n.
    pub exponent: Exponent,
    /// The class that fits best and those that cannot be told from it, the slowest growing first; empty where the
    /// cost falls with the size.
    pub fits: Vec<LawFit>,
    /// How far the best law is from the points, as a relative root mean square.
    pub misfit: f64,
    /// The constant part, where it is so large that the exponent is biased low.
    pub overhead: Option<f64>,
    /// Where the growth changes.
    pub knee: Option<Knee>,
}

/// The exponent, class and knee of what was measured over at least four sizes that span a factor of 8.
///
/// `overhead` is the constant part of the cost where somebody knows it; else the constant part of the law that fits
/// best counts. The order of `sizes` does not matter; sizes below 1 leave the logarithmic classes out.
///
/// # Errors
/// What is lacking.
pub fn analyse(sizes: &[Size], overhead: Option<f64>) -> Result<Shape, Lacking> {
    let sizes = checked(sizes)?;
    let exponent = line::exponent(&sizes).ok_or(Lacking::Numbers)?;
    let points: Vec<(f64, f64)> = sizes.iter().map(|size| (size.n, median(&size.costs))).collect();
    let all = fits(&points);
    let best = all.first().copied();
    let misfit = best.map_or(0.0, |best| (best.rss / points.len() as f64).sqrt());
    let falls = exponent.high < -MARGIN;
    let fits = if falls { Vec::new() } else { fit::indistinguishable(&all, exponent.low > 0.0) };
    let grows = fits.iter().any(|fit| fit.class != Class::Constant);
    let constant = overhead.or(best.map(|best| best.a)).filter(|_| grows && !falls);
    let largest = points.iter().map(|&(_, cost)| cost).fold(0.0, f64::max);
    Ok(Shape {
        knee: knee::knee(&sizes, best),
        overhead: constant.filter(|constant| largest < OVERHEAD * constant),
        exponent,
        fits,
        misfit,
    })
}

/// The exponent alone, as of [`analyse`].
///
/// # Errors
/// What is lacking.
pub fn exponent(sizes: &[Size]) -> Result<Exponent, Lacking> {
    line::exponent(&checked(sizes)?).ok_or(Lacking::Numbers)
}

/// The sizes in ascending order, if they suffice.
fn checked(sizes: &[Size]) -> Result<Vec<Size>, Lacking> {
    let mut sizes = sizes.to_vec();
    sizes.sort_by(|a, b| a.n.total_cmp(&b.n));
    let runs = sizes.first().map_or(0, |size| size.costs.len());
    let usable = |size: &Size| {
        size.n.is_finite()
            && size.n > 0.0
            && size.costs.len() == runs
            && size.costs.iter().all(|cost| cost.is_finite() && *cost > 0.0)
    };
    let distinct = sizes.windows(2).all(|pair| matches!(pair, [a, b] if a.n < b.n));
    if sizes.len() < FEWEST_SIZES {
        return Err(Lacking::Sizes(sizes.len()));
    }
    if runs == 0 || !distinct || !sizes.iter().all(usable) {
        return Err(Lacking::Numbers);
    }
    match (sizes.first(), sizes.last()) {
        (Some(first), Some(last)) if last.n / first.n < LEAST_SPAN => {
            Err(Lacking::Span(last.n / first.n))
        }
        _ => Ok(sizes),
    }
}

#[cfg(test)]
mod tests;
