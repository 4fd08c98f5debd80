use crate::stats::special::NORMAL_95;

/// A step whose exponent is below this no longer pays for itself: twice the load gives less than 1.41 times the throughput.
const SATURATED: f64 = 0.5;

/// The throughput at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoadPoint {
    /// The load, above zero.
    pub load: f64,
    /// The throughput, above zero.
    pub throughput: f64,
    /// The standard error of ln throughput, where there is one.
    pub error: Option<f64>,
}

/// How a throughput follows the load.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LoadCurve {
    /// Where it stops growing with the load.
    pub saturation: Option<Saturation>,
    /// Where it falls.
    pub degradation: Option<Degradation>,
}

/// The first step whose exponent is below one half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturation {
    /// The load up to which throughput follows.
    pub after: f64,
    /// The next load.
    pub next: f64,
    /// The exponent between them.
    pub exponent: f64,
    /// Whether the noise at both loads leaves no doubt at 97.5 %; `None` where nothing tells the noise.
    pub proven: Option<bool>,
}

/// The first load whose throughput lies below the best at a smaller load by more than the margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degradation {
    /// The load.
    pub load: f64,
    /// The throughput there.
    pub throughput: f64,
    /// The load of the best throughput before.
    pub best_load: f64,
    /// The best throughput before.
    pub best: f64,
    /// Whether the noise at both loads leaves no doubt at 97.5 %; `None` where nothing tells the noise.
    pub proven: Option<bool>,
}

/// Follows a load curve. `margin` >= 0 is a fraction. What is not proven is passed over for the first that is; where
/// nothing is, or points do not tell their noise, the first by the estimates is told.
///
/// The order of points does not matter; points that are not above zero are left out. O(n log n).
#[must_use]
pub fn load(points: &[LoadPoint], margin: f64) -> LoadCurve {
    let positive = |value: f64| value.is_finite() && value > 0.0;
    let mut points: Vec<LoadPoint> =
        points.iter().copied().filter(|p| positive(p.load) && positive(p.throughput)).collect();
    points.sort_by(|a, b| a.load.total_cmp(&b.load).then(a.throughput.total_cmp(&b.throughput)));
    let saturations: Vec<Saturation> = points
        .windows(2)
        .filter_map(|pair| if let [a, b] = pair { step(a, b) } else { None })
        .collect();
    let mut degradations = Vec::new();
    let mut best: Option<LoadPoint> = None;
    for point in points {
        let fall = best.and_then(|best| fall(&best, &point, margin));
        degradations.extend(fall);
        if best.is_none_or(|best| point.throughput > best.throughput) {
            best = Some(point);
        }
    }
    LoadCurve {
        saturation: first(&saturations, |s| s.proven),
        degradation: first(&degradations, |d| d.proven),
    }
}

/// The first that is proven, else the first.
fn first<T: Copy>(all: &[T], proven: impl Fn(&T) -> Option<bool>) -> Option<T> {
    all.iter().find(|one| proven(one) == Some(true)).or(all.first()).copied()
}

fn noise(a: &LoadPoint, b: &LoadPoint) -> Option<f64> {
    Some((a.error?.powi(2) + b.error?.powi(2)).sqrt() * NORMAL_95)
}

fn step(a: &LoadPoint, b: &LoadPoint) -> Option<Saturation> {
    let width = (b.load / a.load).ln();
    if width <= 0.0 {
        return None;
    }
    let gain = (b.throughput / a.throughput).ln();
    let exponent = gain / width;
    let proven = noise(a, b).map(|noise| (gain + noise) / width < SATURATED);
    (exponent < SATURATED).then_some(Saturation { after: a.load, next: b.load, exponent, proven })
}

fn fall(best: &LoadPoint, point: &LoadPoint, margin: f64) -> Option<Degradation> {
    let loss = (best.throughput / point.throughput).ln();
    let proven = noise(best, point).map(|noise| loss - noise > margin.ln_1p());
    (loss > margin.ln_1p()).then_some(Degradation {
        load: point.load,
        throughput: point.throughput,
        best_load: best.load,
        best: best.throughput,
        proven,
    })
}
