use super::Class;

/// A class is named alone only if the next one leaves more than this many times the squared distance.
pub const ALIKE: f64 = 4.0;
/// Relative distances below this are rounding of the inputs.
const ROUNDING: f64 = 1e-10;

/// A law `T = a + b g(n)` fitted to points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LawFit {
    /// The class g.
    pub class: Class,
    /// The constant part, not negative.
    pub a: f64,
    /// The part that grows, not negative; 0 for [`Class::Constant`].
    pub b: f64,
    /// The weighted residual sum of squares, `Σ ((T - a - b g(n))/T)²`.
    pub rss: f64,
}

impl LawFit {
    /// The cost at a size.
    #[must_use]
    pub fn at(&self, n: f64) -> f64 {
        if self.b > 0.0 { self.a + self.b * self.class.at(n) } else { self.a }
    }

    /// Its residuals, of which rounding is no part.
    fn distance(&self) -> f64 {
        self.rss.max(ROUNDING * ROUNDING)
    }
}

/// One class fitted to points (size, cost), both above zero: least squares with weights 1/T² and neither part negative
/// (two columns of Lawson & Hanson 1974, chapter 23, in closed form).
///
/// `None` for no points, and where a logarithm meets sizes below 1. O(n).
#[must_use]
pub fn fit(class: Class, points: &[(f64, f64)]) -> Option<LawFit> {
    if points.is_empty() || class.is_logarithmic() && points.iter().any(|&(n, _)| n < 1.0) {
        return None;
    }
    // In units of the costs: ones for T, u for the constant, v for what grows.
    let scale = points.iter().map(|&(n, _)| class.at(n)).fold(0.0, f64::max);
    let u: Vec<f64> = points.iter().map(|&(_, cost)| 1.0 / cost).collect();
    let v: Vec<f64> = points.iter().map(|&(n, cost)| class.at(n) / scale / cost).collect();
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    let (uu, uv, vv) = (dot(&u, &u), dot(&u, &v), dot(&v, &v));
    let (u1, v1) = (u.iter().sum::<f64>(), v.iter().sum::<f64>());
    let law = |a: f64, b: f64| {
        let left = |(u, v): (&f64, &f64)| (1.0 - a * u - b * v).powi(2);
        let rss = u.iter().zip(&v).map(left).sum();
        LawFit { class, a, b: b / scale, rss }
    };
    let constant = law(u1 / uu, 0.0);
    if class == Class::Constant || !scale.is_finite() || scale <= 0.0 {
        return (class == Class::Constant).then_some(constant);
    }
    // What of v is not u: two steps, so that nearly parallel columns keep their digits.
    let part = uv / uu;
    let own: Vec<f64> = v.iter().zip(&u).map(|(v, u)| v - part * u).collect();
    let square = dot(&own, &own);
    let b = if square > 0.0 {
        own.iter().zip(&u).map(|(own, u)| own * (1.0 - u1 / uu * u)).sum::<f64>() / square
    } else {
        0.0
    };
    let a = (u1 - b * uv) / uu;
    Some(match (a >= 0.0, b > 0.0) {
        (true, true) => law(a, b),
        (false, true) => law(0.0, v1 / vv),
        _ => constant,
    })
}

/// Every class that can be fitted, the best first; equal ones in the order of their growth. Classes whose growing part
/// is zero are the constant one and left out.
#[must_use]
pub fn fits(points: &[(f64, f64)]) -> Vec<LawFit> {
    let mut fits: Vec<LawFit> = Class::ALL
        .into_iter()
        .filter_map(|class| fit(class, points))
        .filter(|fit| fit.class == Class::Constant || fit.b > 0.0)
        .collect();
    fits.sort_by(|a, b| a.distance().total_cmp(&b.distance()).then(a.class.cmp(&b.class)));
    fits
}

/// The best fit and those that leave at most [`ALIKE`] times its squared distance, the slowest growing first.
///
/// A constant is part of every law. Where it is among them it stands alone, or, where the cost is known to grow,
/// beside the best of the growing ones.
pub(super) fn indistinguishable(sorted: &[LawFit], grows: bool) -> Vec<LawFit> {
    let Some(best) = sorted.first() else { return Vec::new() };
    let near = |fit: &&LawFit| fit.distance() <= ALIKE * best.distance();
    let mut alike: Vec<LawFit> = sorted.iter().filter(near).copied().collect();
    if let Some(&constant) = alike.iter().find(|fit| fit.class == Class::Constant) {
        let growing = sorted.iter().find(|fit| fit.class != Class::Constant && grows);
        alike = std::iter::once(constant).chain(growing.copied()).collect();
    }
    alike.sort_by_key(|fit| fit.class);
    alike
}
