use super::Size;
use crate::stats::special::t_quantile;
use crate::stats::{mean, median, variance};

/// A straight line through points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) slope: f64,
    /// The squared distance that is left beside the line.
    pub(super) left: f64,
    /// Variance of the slope from what is left; 0 for two points.
    pub(super) variance: f64,
}

/// Ordinary least squares. `None` where all abscissas are equal or there are fewer than two points. O(n).
pub(super) fn least_squares(points: &[(f64, f64)]) -> Option<Line> {
    let count = points.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| points.iter().map(part).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let squares: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    if points.len() < 2 || squares <= 0.0 {
        return None;
    }
    let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / squares;
    let left: f64 = points.iter().map(|p| (p.1 - y - slope * (p.0 - x)).powi(2)).sum();
    let variance = if points.len() > 2 { left / (count - 2.0) / squares } else { 0.0 };
    Some(Line { slope, left, variance })
}

/// The slope of ln T on ln n.
#[derive(Clone, Debug, PartialEq)]
pub struct Exponent {
    /// The mean of `per_run`.
    pub estimate: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// Its standard error.
    pub error: f64,
    /// Degrees of freedom of the standard error.
    pub df: f64,
    /// The exponent of each run.
    pub per_run: Vec<f64>,
}

/// The least-squares exponent of each run; of several the mean with a t interval over runs, of one with the interval of
/// the regression, or the one that the noise at the sizes makes where that is wider.
pub(super) fn exponent(sizes: &[Size]) -> Option<Exponent> {
    let runs = sizes.first()?.costs.len();
    let mut points: Vec<(f64, f64)> = sizes.iter().map(|size| (size.n.ln(), 0.0)).collect();
    let line = |run: usize| {
        for (point, size) in points.iter_mut().zip(sizes) {
            point.1 = size.costs.get(run)?.ln();
        }
        least_squares(&points)
    };
    let lines: Vec<Line> = (0..runs).filter_map(line).collect();
    let per_run: Vec<f64> = lines.iter().map(|line| line.slope).collect();
    let estimate = mean(&per_run);
    let (error, df) = match lines.as_slice() {
        [] => return None,
        [only] => {
            (only.variance.sqrt().max(of_noise(sizes).unwrap_or(0.0)), sizes.len() as f64 - 2.0)
        }
        _ => ((variance(&per_run) / runs as f64).sqrt(), runs as f64 - 1.0),
    };
    let reach = t_quantile(0.025, df) * error;
    Some(Exponent { estimate, low: estimate - reach, high: estimate + reach, error, df, per_run })
}

/// The standard error that the noise at each size gives the slope: `sqrt(Σ (x - x̄)² s²) / Σ (x - x̄)²`.
fn of_noise(sizes: &[Size]) -> Option<f64> {
    let logs: Vec<f64> = sizes.iter().map(|size| size.n.ln()).collect();
    let centre = mean(&logs);
    let mut squares = 0.0;
    let mut noise = 0.0;
    for (x, size) in logs.iter().zip(sizes) {
        let distance = (x - centre).powi(2);
        squares += distance;
        noise += distance * size.error?.powi(2);
    }
    (squares > 0.0).then(|| noise.sqrt() / squares)
}

/// ln n and the median over runs of ln T.
pub(super) fn typical(sizes: &[Size]) -> Vec<(f64, f64)> {
    sizes.iter().map(|size| (size.n.ln(), median(&size.costs).ln())).collect()
}
