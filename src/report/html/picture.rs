//! The interval of a change as a small picture; its numbers stand beside it as text.

use std::fmt::Write;

use serde::Serialize;

use crate::model::{Better, Comparison};
use crate::report::interval;
use crate::report::view::{Class, Row};

/// Half the width of a picture, of which the ends are left to arrows.
const HALF: f64 = 60.0;
const REACH: f64 = 55.0;
/// A log change that is drawn at the end at the latest: twice as slow.
const FURTHEST: f64 = std::f64::consts::LN_2;

/// An axis common to all pictures of a page: no change in the middle, worse on the right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// The log change at either end.
    end: f64,
}

impl Scale {
    /// Room for the estimates and margins of what needs a person; of everything where nothing does.
    pub(super) fn new(rows: &[Row<'_>]) -> Self {
        let needs = |row: &&Row<'_>| {
            use Class::{Improved, Level, Suspect, Waived, Worse};
            matches!(row.class, Level(_) | Worse | Waived | Suspect(_) | Improved)
        };
        let furthest = |rows: &mut dyn Iterator<Item = &Row<'_>>| {
            rows.filter_map(|row| interval::span(row.comparison))
                .map(|span| span.estimate.abs().max(2.0 * span.margin))
                .fold(0.0, f64::max)
        };
        let shown = furthest(&mut rows.iter().filter(needs));
        let furthest = if shown > 0.0 { shown } else { furthest(&mut rows.iter()) };
        Self { end: (1.2 * furthest).clamp(0.02, FURTHEST) }
    }

    fn x(self, at: f64) -> f64 {
        HALF + REACH * at / self.end
    }

    /// The picture of a comparison; `None` where there is no change to draw.
    pub(super) fn picture(self, comparison: &Comparison) -> Option<Picture> {
        let span = interval::span(comparison)?;
        let (first, last) = (HALF - REACH, HALF + REACH);
        let clamped = |x: f64| x.clamp(first, last);
        let low = span.low.map_or(f64::NEG_INFINITY, |low| self.x(low));
        let high = span.high.map_or(f64::INFINITY, |high| self.x(high));
        let (from, to) = (tenth(clamped(low)), tenth(clamped(high)));
        let mut line = format!("M{from} 8H{to}");
        // An end that is known has a bar across, any other an arrow.
        let _ = match low < first {
            true => write!(line, "M{} 5l-4 3 4 3", first + 1.0),
            false => write!(line, "M{from} 3v10"),
        };
        let _ = match high > last {
            true => write!(line, "M{} 5l4 3-4 3", last - 1.0),
            false => write!(line, "M{to} 3v10"),
        };
        let margin = tenth(clamped(self.x(span.margin)) - HALF);
        Some(Picture(margin, line, tenth(clamped(self.x(span.estimate)))))
    }
}

/// The margin as half the width of a band in the middle, the interval as a path with arrows where it runs on, and the
/// place of the estimate as a dot.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Picture(f64, String, f64);

impl Picture {
    /// The picture as an element. The script draws the same for the table of all benchmarks, of what is in sight.
    pub(super) fn svg(&self) -> String {
        let Self(margin, line, estimate) = self;
        let (left, width) = (tenth(HALF - margin), tenth(2.0 * margin));
        format!(
            "<svg viewBox=\"0 0 120 16\" aria-hidden=\"true\"><path class=\"mg\" d=\"M{left} 0h{width}v16h-{width}z\"/><path class=\"ln\" d=\"{line}\"/><circle cx=\"{estimate}\" cy=\"8\" r=\"3\"/></svg>"
        )
    }
}

/// The sign with which a relative change means worse.
pub(super) fn worse(better: Better) -> f64 {
    match better {
        Better::Lower => 1.0,
        Better::Higher => -1.0,
    }
}

/// A coordinate with one decimal.
pub(super) fn tenth(coordinate: f64) -> f64 {
    let rounded = (coordinate * 10.0).round() / 10.0;
    // Minus zero is zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{self, comparison};
    use crate::report::view::View;

    #[test]
    fn every_picture_stays_on_its_axis() {
        let report = samples::failing();
        let scale = Scale::new(&View::new(&report).rows);
        let mut rows = vec![
            comparison("slow", 100.0, 123.0, (0.20, 0.26)),
            comparison("same", 100.0, 100.0, (-0.01, 0.01)),
            comparison("wide", 100.0, 101.0, (-0.99, 30.0)),
        ];
        let mut open = comparison("open", 100.0, 123.0, (0.2, 0.26));
        open.change = open.change.map(|change| crate::model::Change { high: None, ..change });
        rows.push(open);
        let pictures: Vec<String> =
            rows.iter().map(|row| scale.picture(row).unwrap().svg()).collect();
        insta::assert_snapshot!(pictures.join("\n"));
    }
}
