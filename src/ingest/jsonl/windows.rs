//! When each benchmark ran.

use std::collections::BTreeMap;

use super::moment::{Moment, Span};
use crate::model::BenchmarkId;

/// A run, by its position in the file, and a benchmark.
pub(super) type Whose = (u32, BenchmarkId);

/// The windows of the benchmarks of a file.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// From lines with `start` and `end`.
    stated: BTreeMap<Whose, Vec<Span>>,
    /// When statistics were written.
    closings: Vec<(Moment, Whose)>,
}

impl Windows {
    /// A line says from when to when the benchmark ran.
    pub(super) fn state(&mut self, whose: Whose, span: Span) {
        self.stated.entry(whose).or_default().push(span);
    }

    /// Statistics of the benchmark were written: it had ended.
    pub(super) fn close(&mut self, whose: Whose, moment: Moment) {
        self.closings.push((moment, whose));
    }

    /// The windows of each benchmark, sorted and apart from each other.
    ///
    /// What a line states holds before the time between samples, and this before the time between statistics.
    /// `sampled` is from when to when samples of a benchmark were taken.
    pub(super) fn finish(
        self,
        sampled: impl Iterator<Item = (Whose, Span)>,
    ) -> BTreeMap<Whose, Vec<Span>> {
        let mut windows = self.stated;
        let mut between: BTreeMap<Whose, Vec<Span>> = BTreeMap::new();
        for (whose, span) in sampled.filter(|(whose, _)| !windows.contains_key(whose)) {
            let spans = between.entry(whose).or_default();
            // Metrics of one benchmark are sampled by the same process.
            let whole = spans.pop().map_or(span, |known| known.with(span.from).with(span.to));
            spans.push(whole);
        }
        windows.append(&mut between);
        for (whose, span) in chain(self.closings) {
            if !windows.contains_key(&whose) {
                between.entry(whose).or_default().push(span);
            }
        }
        windows.append(&mut between);
        windows.values_mut().for_each(|spans| *spans = union(std::mem::take(spans)));
        windows
    }
}

/// The windows that end when statistics were written, each beginning where the one before it ended. What was written at
/// one moment ran in one window.
fn chain(mut closings: Vec<(Moment, Whose)>) -> impl Iterator<Item = (Whose, Span)> {
    closings.sort_unstable();
    let mut from = Moment::MIN;
    let mut last = None;
    closings.into_iter().map(move |(to, whose)| {
        from = match last {
            Some(last) if last < to => last + 1,
            _ => from,
        };
        last = Some(to);
        (whose, Span { from, to })
    })
}

/// The same moments in spans that are sorted and do not overlap.
pub(super) fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    spans.dedup_by(|next, known| {
        let touch = next.from <= known.to;
        if touch {
            *known = known.with(next.to);
        }
        touch
    });
    spans
}

/// Whether one of the spans, as [`union`] gives them, holds a moment.
pub(super) fn holds(spans: &[Span], moment: Moment) -> bool {
    let after = spans.partition_point(|span| span.from <= moment);
    let before = after.checked_sub(1).and_then(|at| spans.get(at));
    before.is_some_and(|span| moment <= span.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: Moment, to: Moment) -> Span {
        Span { from, to }
    }

    fn whose(name: &str) -> Whose {
        (0, name.into())
    }

    #[test]
    fn statistics_close_windows_one_after_the_other() {
        let mut windows = Windows::default();
        for (moment, name) in [(30, "c"), (10, "a"), (20, "b"), (20, "twin"), (40, "a")] {
            windows.close(whose(name), moment);
        }
        let found = windows.finish(std::iter::empty());
        let expected = [
            ("a", vec![span(Moment::MIN, 10), span(31, 40)]),
            ("b", vec![span(11, 20)]),
            ("c", vec![span(21, 30)]),
            ("twin", vec![span(11, 20)]),
        ];
        assert_eq!(found, expected.map(|(name, spans)| (whose(name), spans)).into());
    }

    #[test]
    fn what_is_stated_holds_before_samples_and_these_before_statistics() {
        let mut windows = Windows::default();
        windows.state(whose("a"), span(5, 7));
        windows.state(whose("a"), span(1, 2));
        for name in ["a", "b", "c"] {
            windows.close(whose(name), 100);
        }
        let sampled = [("a", span(0, 99)), ("b", span(3, 4)), ("b", span(8, 9))];
        let found = windows.finish(sampled.into_iter().map(|(name, span)| (whose(name), span)));
        let expected = [
            ("a", vec![span(1, 2), span(5, 7)]),
            ("b", vec![span(3, 9)]),
            ("c", vec![span(Moment::MIN, 100)]),
        ];
        assert_eq!(found, expected.map(|(name, spans)| (whose(name), spans)).into());
    }

    #[test]
    fn spans_that_touch_become_one() {
        let spans = union(vec![span(5, 9), span(1, 2), span(2, 3), span(6, 7), span(11, 11)]);
        assert_eq!(spans, [span(1, 3), span(5, 9), span(11, 11)]);
        let inside = (0..13).filter(|&moment| holds(&spans, moment)).collect::<Vec<_>>();
        assert_eq!(inside, [1, 2, 3, 5, 6, 7, 8, 9, 11]);
    }
}
