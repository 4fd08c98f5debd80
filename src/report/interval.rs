//! An interval as a picture in text: it copies, greps, survives e-mail and dark mode.
//!
//! `······┊···╎····├●┤····▏`: `┊` is no change, `╎` the margin, `├─●─┤` the interval and the
//! estimate, `┼` where it crosses no change.
//! Left is better and right is worse, whichever way the metric counts. `◂` and `▸` stand where an interval
//! runs over the axis.

use crate::model::{Better, Comparison};

/// An axis common to all rows of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Left end, a log change with positive for worse.
    low: f64,
    /// Right end.
    high: f64,
    /// Columns of the picture without its end mark.
    width: usize,
}

/// The numbers of one picture, as log changes with positive for worse.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) estimate: f64,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    pub(crate) margin: f64,
}

/// Log changes beyond this (a factor of 1,000) are drawn at the end of the axis.
const LARGEST: f64 = 7.0;

fn log(fraction: f64) -> f64 {
    if fraction.is_nan() { 0.0 } else { fraction.max(-1.0).ln_1p().clamp(-LARGEST, LARGEST) }
}

/// What a picture of a comparison shows; `None` where there is no change to draw.
pub(crate) fn span(comparison: &Comparison) -> Option<Span> {
    let change = comparison.change?;
    let worse = |fraction: f64| comparison.better.worse(log(fraction));
    let (low, high) = match comparison.better {
        Better::Lower => (change.low.map(worse), change.high.map(worse)),
        Better::Higher => (change.high.map(worse), change.low.map(worse)),
    };
    let margin = log(comparison.margin.max(0.0));
    Some(Span { estimate: worse(change.estimate), low, high, margin })
}

impl Axis {
    /// An axis on which the estimates and margins of all rows have room; intervals may run over its ends.
    #[must_use]
    pub fn new<'a>(rows: impl IntoIterator<Item = &'a Comparison>, width: usize) -> Self {
        let spans: Vec<Span> = rows.into_iter().filter_map(span).collect();
        let furthest = |of: &dyn Fn(&Span) -> f64| spans.iter().map(of).fold(0.0, f64::max);
        let margin = furthest(&|s| s.margin);
        // An interval may use half as much room again as estimates and margins need; what is longer is cut.
        let room = 1.5 * furthest(&|s| s.estimate.abs().max(s.margin)).max(0.01);
        let high = furthest(&|s| s.high.unwrap_or(room).min(room).max(s.estimate)).max(margin);
        let low = furthest(&|s| (-s.low.unwrap_or(-room)).min(room).max(-s.estimate)).max(margin);
        let padding = 0.04 * (low + high);
        Self { low: -low - padding, high: high + padding, width: width.max(1) }
    }

    /// The column of a log change: below 0 or from `width` on where it is not on the axis.
    fn column(&self, at: f64) -> isize {
        let part = (at - self.low) / (self.high - self.low);
        (part * self.width as f64).floor() as isize
    }

    /// The picture of one comparison, `width + 1` columns; empty where there is no change to draw.
    #[must_use]
    pub fn picture(&self, comparison: &Comparison) -> String {
        let Some(span) = span(comparison) else { return String::new() };
        let mut cells = vec!['·'; self.width];
        let last = self.width.saturating_sub(1);
        let mut put = |column: isize, mark: char| {
            if let Some(cell) = usize::try_from(column).ok().and_then(|c| cells.get_mut(c)) {
                *cell = mark;
            }
        };
        put(self.column(-span.margin), '╎');
        put(self.column(span.margin), '╎');
        put(self.column(0.0), '┊');

        let low = span.low.map_or(-1, |low| self.column(low));
        let high = span.high.map_or(isize::MAX, |high| self.column(high));
        let (first, end) = (low.clamp(0, last as isize), high.clamp(0, last as isize));
        let zero = self.column(0.0);
        for column in first..=end {
            put(column, if column == zero { '┼' } else { '─' });
        }
        put(first, if low < 0 { '◂' } else { '├' });
        put(end, if high > last as isize { '▸' } else { '┤' });
        put(self.column(span.estimate).clamp(0, last as isize), '●');
        cells.into_iter().chain(['▏']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::comparison;

    fn rows(better: Better) -> Vec<Comparison> {
        let mut rows = vec![
            comparison("slow", 100.0, 123.0, (0.20, 0.26)),
            comparison("slower", 100.0, 110.0, (0.02, 0.19)),
            comparison("same", 100.0, 100.0, (-0.01, 0.01)),
            comparison("fast", 100.0, 92.0, (-0.1, -0.06)),
            comparison("wide", 100.0, 101.0, (-0.9, 30.0)),
        ];
        if let Some(change) = rows.get_mut(1).and_then(|row| row.change.as_mut()) {
            change.high = None;
        }
        for row in &mut rows {
            row.better = better;
        }
        rows
    }

    fn pictures(rows: &[Comparison]) -> String {
        let axis = Axis::new(rows, 30);
        rows.iter().map(|row| axis.picture(row) + "\n").collect()
    }

    #[test]
    fn all_rows_share_an_axis() {
        insta::assert_snapshot!(pictures(&rows(Better::Lower)));
    }

    #[test]
    fn where_more_is_better_the_picture_is_mirrored() {
        insta::assert_snapshot!(pictures(&rows(Better::Higher)));
    }

    #[test]
    fn nothing_to_draw_is_no_picture() {
        let mut row = comparison("a", 0.0, 1.0, (0.0, 0.0));
        row.change = None;
        assert_eq!(Axis::new([&row], 24).picture(&row), "");
    }

    proptest::proptest! {
        #[test]
        fn every_picture_is_as_wide_as_the_axis(
            estimate in proptest::num::f64::ANY, low in proptest::num::f64::ANY, high in proptest::num::f64::ANY,
            margin in proptest::num::f64::ANY, width in 0..60usize,
        ) {
            let mut row = comparison("a", 1.0, 1.0, (low, high));
            row.margin = margin;
            if let Some(change) = &mut row.change { change.estimate = estimate; }
            let picture = Axis::new([&row], width).picture(&row);
            proptest::prop_assert_eq!(picture.chars().count(), width.max(1) + 1);
            proptest::prop_assert!(picture.contains('●'));
        }
    }
}
