use super::line::{least_squares, typical};
use super::{ALIKE, LawFit, MARGIN, Size};
use crate::stats::special::t_quantile;
use crate::stats::{mean, variance};

/// A curve is a knee only where chance gives one like it less often than this, two-sided.
const ALPHA: f64 = 0.01;
/// Squared distances below this are rounding.
const ROUNDING: f64 = 1e-18;

/// A size at which the growth changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knee {
    /// The size.
    pub n: f64,
    /// The exponent up to it.
    pub before: f64,
    /// The exponent from it on.
    pub after: f64,
}

/// The quadratic part of ln T over ln n, for one run or several.
struct Bend {
    estimate: f64,
    /// Half the width of its interval.
    reach: f64,
}

/// Where ln T has a significant quadratic term in ln n, the exponent changes by more than the margin, and the best law
/// (its constant part bends every curve) leaves more than [`ALIKE`] times the squared distance of two straight pieces:
/// the inner size at which the pieces fit best.
///
/// Needs 5 sizes, or 4 and several runs. O(sizes² + sizes · runs).
pub(super) fn knee(sizes: &[Size], best: Option<LawFit>) -> Option<Knee> {
    let points = typical(sizes);
    let x: Vec<f64> = points.iter().map(|p| p.0).collect();
    let bend = bend(sizes, &left_by_line(&x, |x, centre| (x - centre).powi(2))?)?;
    if bend.estimate.abs() <= bend.reach {
        return None;
    }
    let inner = sizes.get(1..sizes.len().checked_sub(1)?)?;
    let pieces = inner.iter().filter_map(|size| broken(&points, &x, size.n));
    let (distance, knee) = pieces.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let by_law = best.map_or(f64::INFINITY, |law| {
        sizes.iter().zip(&points).map(|(size, p)| (law.at(size.n).ln() - p.1).powi(2)).sum()
    });
    let seen = (knee.after - knee.before).abs() > MARGIN && by_law > ALIKE * distance.max(ROUNDING);
    seen.then_some(knee)
}

/// Two straight pieces that meet at a size, and the squared distance that they leave.
fn broken(points: &[(f64, f64)], x: &[f64], n: f64) -> Option<(f64, Knee)> {
    let hinge = |x: f64, _: f64| (x - n.ln()).max(0.0);
    let turned = left_by_line(x, hinge)?;
    let logs: Vec<f64> = points.iter().map(|p| p.1).collect();
    let turn = part(&turned, &logs);
    let straight: Vec<(f64, f64)> =
        points.iter().map(|&(x, y)| (x, y - turn * hinge(x, 0.0))).collect();
    let line = least_squares(&straight)?;
    Some((line.left, Knee { n, before: line.slope, after: line.slope + turn }))
}

/// What a straight line in x leaves of a function of x and its mean; `None` where nothing is left or there are fewer
/// than four points.
fn left_by_line(x: &[f64], of: impl Fn(f64, f64) -> f64) -> Option<Vec<f64>> {
    let centre = mean(x);
    let points: Vec<(f64, f64)> = x.iter().map(|&x| (x - centre, of(x, centre))).collect();
    let line = least_squares(&points)?;
    let middle = mean(&points.iter().map(|p| p.1).collect::<Vec<_>>());
    let left: Vec<f64> = points.iter().map(|p| p.1 - middle - line.slope * p.0).collect();
    (points.len() > 3 && line.left > 1e-12).then_some(left)
}

/// The least-squares coefficient of what a line left of a column (Frisch & Waugh 1933).
fn part(curved: &[f64], logs: &[f64]) -> f64 {
    let squares: f64 = curved.iter().map(|z| z * z).sum();
    curved.iter().zip(logs).map(|(z, y)| z * y).sum::<f64>() / squares
}

fn bend(sizes: &[Size], curved: &[f64]) -> Option<Bend> {
    let runs = sizes.first()?.costs.len();
    let logs = |run: usize| -> Vec<f64> {
        sizes.iter().filter_map(|size| size.costs.get(run)).map(|cost| cost.ln()).collect()
    };
    if runs > 1 {
        let parts: Vec<f64> = (0..runs).map(|run| part(curved, &logs(run))).collect();
        let error = (variance(&parts) / runs as f64).sqrt();
        let reach = t_quantile(ALPHA / 2.0, runs as f64 - 1.0) * error;
        return Some(Bend { estimate: mean(&parts), reach });
    }
    let logs = logs(0);
    let estimate = part(curved, &logs);
    let df = sizes.len().checked_sub(3).filter(|&df| df > 1)? as f64;
    let points: Vec<(f64, f64)> = sizes
        .iter()
        .zip(logs.iter().zip(curved))
        .map(|(size, (log, z))| (size.n.ln(), log - estimate * z))
        .collect();
    let line = least_squares(&points)?;
    let squares: f64 = curved.iter().map(|z| z * z).sum();
    let error = (line.left / df / squares).sqrt();
    let noise: Option<f64> = sizes
        .iter()
        .zip(curved)
        .map(|(size, z)| size.error.map(|error| (z * error).powi(2)))
        .sum::<Option<f64>>();
    let error = error.max(noise.map_or(0.0, |noise| noise.sqrt() / squares));
    Some(Bend { estimate, reach: t_quantile(ALPHA / 2.0, df) * error })
}
