//! What was measured over a parameter, with the laws that fit: a plot with two logarithmic axes, in coordinates.
//!
//! On such axes a power of the parameter is a straight line, and its slope is the exponent.

use minijinja::{Value, context};

use super::picture::tenth;
use crate::model::{Curve, Fit, Point, Unit};
use crate::report::{escape, number};

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 440.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 252.0;
/// Points along the line of a fit.
const STEPS: u32 = 48;
/// Points and fits that are drawn.
const MOST_POINTS: usize = 500;
const MOST_FITS: usize = 4;
/// The fewest labels that tell what an axis is.
const FEWEST_TICKS: usize = 3;

/// A logarithmic axis between two coordinates.
#[derive(Clone, Copy, Debug)]
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis for all of these numbers; `None` where there are none.
    fn new(numbers: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let logs = numbers.filter(|&n| is_drawn(n)).map(f64::ln);
        let (low, high) = logs
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)));
        let padding = (0.04 * (high - low)).max(0.05);
        low.is_finite().then_some(Self { low: low - padding, high: high + padding, from, to })
    }

    fn at(self, number: f64) -> f64 {
        let part = (number.ln() - self.low) / (self.high - self.low);
        tenth(self.from + (self.to - self.from) * part.clamp(-0.5, 1.5))
    }

    /// Round numbers on the axis: powers of ten, or more of them where those are too few to tell what the axis is.
    fn ticks(self) -> Vec<f64> {
        let decades = (self.low / std::f64::consts::LN_10).floor() as i32
            ..=(self.high / std::f64::consts::LN_10).ceil() as i32;
        let of = |steps: &[f64]| -> Vec<f64> {
            let all = decades.clone().flat_map(|d| steps.iter().map(move |s| s * 10f64.powi(d)));
            all.filter(|n| (self.low..=self.high).contains(&n.ln())).collect()
        };
        let steps: [&[f64]; 3] =
            [&[1.0], &[1.0, 2.0, 5.0], &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]];
        let sets = steps.map(of);
        let enough = sets.iter().position(|ticks| ticks.len() >= FEWEST_TICKS);
        let [.., finest] = &sets;
        let ticks = enough.and_then(|i| sets.get(i)).unwrap_or(finest).clone();
        let every = ticks.len().div_ceil(9).max(1);
        ticks.into_iter().step_by(every).collect()
    }
}

/// Whether a number has a place on a logarithmic axis.
fn is_drawn(number: f64) -> bool {
    number.is_normal() && number > 0.0
}

/// The value of a law at a parameter.
fn law(fit: &Fit, n: f64) -> Option<f64> {
    let g = match fit.class.as_str() {
        "1" => 1.0,
        "log n" => n.ln(),
        "n" => n,
        "n log n" => n * n.ln(),
        "n^2" => n * n,
        "n^3" => n * n * n,
        _ => return None,
    };
    Some(fit.a + fit.b * g)
}

/// The plot of a curve; `None` where nothing of it has a place on the axes.
pub(super) fn plot(curve: &Curve) -> Option<Value> {
    let points =
        || curve.head.iter().chain(&curve.base).filter(|p| is_drawn(p.n) && is_drawn(p.value));
    let across = Axis::new(points().map(|p| p.n), LEFT, RIGHT)?;
    let values = points().flat_map(|p| [Some(p.value), p.low, p.high]).flatten();
    let up = Axis::new(values, BOTTOM, TOP)?;
    let smallest = points().map(|p| p.n).fold(f64::INFINITY, f64::min);
    let largest = points().map(|p| p.n).fold(0.0, f64::max);
    let fits: Vec<Value> = curve
        .fits
        .iter()
        .take(MOST_FITS)
        .filter_map(|fit| {
            let line = line(fit, across, up, smallest, largest)?;
            Some(context! { line, class => escape::cut(&fit.class, escape::WORD) })
        })
        .collect();
    let name = escape::cut_middle(&curve.name, escape::NAME);
    let parameter = escape::cut(&curve.parameter, escape::WORD);
    Some(context! {
        words => words(curve, &name, &parameter),
        name,
        parameter,
        width => WIDTH, height => HEIGHT, left => LEFT, right => RIGHT, top => TOP, bottom => BOTTOM,
        across => ticks(across, |n| number::limit(n, Unit::Count)),
        up => ticks(up, |n| number::limit(n, curve.unit)),
        base => marks(&curve.base, across, up),
        head => marks(&curve.head, across, up),
        fits,
    })
}

fn ticks(axis: Axis, label: impl Fn(f64) -> String) -> Vec<Value> {
    let tick = |n: f64| context! { at => axis.at(n), label => label(n) };
    axis.ticks().into_iter().map(tick).collect()
}

fn marks(points: &[Point], across: Axis, up: Axis) -> Vec<Value> {
    let drawn = points.iter().filter(|p| is_drawn(p.n) && is_drawn(p.value)).take(MOST_POINTS);
    let end = |end: Option<f64>| end.filter(|&end| is_drawn(end)).map(|end| up.at(end));
    drawn
        .map(|p| context! { x => across.at(p.n), y => up.at(p.value), low => end(p.low), high => end(p.high) })
        .collect()
}

/// The line of a law from the smallest to the largest parameter; `None` where it has none.
fn line(fit: &Fit, across: Axis, up: Axis, smallest: f64, largest: f64) -> Option<String> {
    let places = (0..=STEPS).filter_map(|i| {
        let n = (smallest.ln() + (largest / smallest).ln() * f64::from(i) / f64::from(STEPS)).exp();
        let value = law(fit, n).filter(|&value| is_drawn(value))?;
        Some(format!("{} {}", across.at(n), up.at(value)))
    });
    let places: Vec<String> = places.collect();
    (places.len() > 1).then(|| format!("M{}", places.join("L")))
}

/// What a reader who does not see the plot is told.
fn words(curve: &Curve, name: &str, parameter: &str) -> String {
    let ends = |points: &[Point]| {
        let drawn: Vec<&Point> =
            points.iter().filter(|p| is_drawn(p.n) && is_drawn(p.value)).collect();
        let (first, last) = (*drawn.first()?, *drawn.last()?);
        let at = |p: &Point| {
            let n = number::limit(p.n, Unit::Count);
            format!("{} at {parameter} = {n}", number::quantity(p.value, curve.unit))
        };
        Some(format!("{} to {}", at(first), at(last)))
    };
    let mut words = name.to_owned();
    for (side, points) in [("head", &curve.head), ("base", &curve.base)] {
        if let Some(ends) = ends(points) {
            words.push_str(&format!("; {side}: {ends}"));
        }
    }
    let classes: Vec<&str> =
        curve.fits.iter().take(MOST_FITS).map(|fit| fit.class.as_str()).collect();
    if !classes.is_empty() {
        words
            .push_str(&format!("; head fits {}", escape::cut(&classes.join(" or "), escape::NAME)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[(f64, f64)], class: &str, b: f64) -> Curve {
        let points = |factor: f64| {
            values
                .iter()
                .map(|&(n, v)| Point {
                    n,
                    value: v * factor,
                    low: Some(v * factor * 0.9),
                    high: None,
                })
                .collect()
        };
        Curve {
            name: "dht/lookup/*".into(),
            parameter: "n".into(),
            unit: Unit::Nanoseconds,
            head: points(1.0),
            base: points(0.8),
            fits: vec![Fit { class: class.into(), a: 0.0, b }],
        }
    }

    #[test]
    fn a_straight_law_is_a_straight_line() {
        let curve = curve(&[(10.0, 1e3), (100.0, 1e4), (1000.0, 1e5)], "n", 100.0);
        let plot = plot(&curve).unwrap();
        let line = plot.get_attr("fits").unwrap().get_item(&0.into()).unwrap();
        let line = line.get_attr("line").unwrap().to_string();
        let places: Vec<(f64, f64)> = line[1..]
            .split('L')
            .map(|place| {
                let (x, y) = place.split_once(' ').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            })
            .collect();
        let (first, last) = (places[0], places[places.len() - 1]);
        for (x, y) in &places {
            let expected = first.1 + (last.1 - first.1) * (x - first.0) / (last.0 - first.0);
            assert!((y - expected).abs() < 0.2, "{x} {y} {expected}");
        }
        insta::assert_snapshot!(plot.get_attr("words").unwrap().to_string(), @"dht/lookup/*; head: 1.00 µs at n = 10 to 100 µs at n = 1,000; base: 800 ns at n = 10 to 80.0 µs at n = 1,000; head fits n");
    }

    #[test]
    fn ticks_are_round_and_never_too_few() {
        let labels = |numbers: &[f64]| {
            let axis = Axis::new(numbers.iter().copied(), 0.0, 100.0).unwrap();
            axis.ticks().iter().map(|&n| number::limit(n, Unit::Count)).collect::<Vec<_>>()
        };
        assert_eq!(labels(&[1.0, 1000.0]), ["1", "10", "100", "1,000"]);
        assert_eq!(labels(&[2.0, 50.0]), ["2", "5", "10", "20", "50"]);
    }

    #[test]
    fn what_has_no_place_on_the_axes_is_left_out() {
        assert!(plot(&curve(&[(0.0, 1.0), (1.0, 0.0), (2.0, -1.0)], "n", 1.0)).is_none());
        let odd = curve(&[(0.0, 1.0), (1.0, 1.0), (8.0, f64::MAX)], "of another tool", 1.0);
        assert_eq!(plot(&odd).unwrap().get_attr("fits").unwrap().len(), Some(0));
    }
}
