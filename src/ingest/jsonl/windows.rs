//! When each benchmark ran.

use std::collections::{BTreeMap, BTreeSet};

use super::moment::{Moment, Span};
use crate::diag::{Code, Diagnostic};
use crate::model::BenchmarkId;

/// A run, by its position in the file, and a benchmark.
pub(super) type Whose = (u32, BenchmarkId);

/// How many benchmarks can share a window that is known from the moment of their statistics alone: operations of one
/// scenario do, but a harness that writes the statistics of all benchmarks at its end says of none when it ran.
const MOST_AT_ONCE: usize = 10;

/// The windows of the benchmarks of a file.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// From lines with `start` and `end`.
    stated: BTreeMap<Whose, Vec<Span>>,
    /// When statistics were written, in the order of the lines.
    closings: Vec<Closing>,
}

/// Statistics that were written.
#[derive(Clone, Debug)]
struct Closing {
    whose: Whose,
    /// `None` where it cannot be read.
    moment: Option<Moment>,
    line: u32,
}

/// What is known of the windows of a file.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The windows of each benchmark, sorted and apart from each other.
    pub(super) windows: BTreeMap<Whose, Vec<Span>>,
    /// Whether a line says anything of when a benchmark ran, even if no window could be made of it.
    pub(super) any: bool,
    /// Why there are fewer windows than expected.
    pub(super) crowded: Option<Diagnostic>,
}

impl Windows {
    /// A line says from when to when the benchmark ran.
    pub(super) fn state(&mut self, whose: Whose, span: Span) {
        self.stated.entry(whose).or_default().push(span);
    }

    /// Statistics of the benchmark were written in a line: it had ended.
    pub(super) fn close(&mut self, whose: Whose, moment: Option<Moment>, line: u32) {
        self.closings.push(Closing { whose, moment, line });
    }

    /// The windows of each benchmark.
    ///
    /// What a line states holds before the time between samples, and this before the time between statistics.
    /// `sampled` is from when to when samples of a benchmark were taken. `by_run` says that each run has a time of its
    /// own, because every sample of a resource belongs to one run: runs can then overlap.
    pub(super) fn finish(
        self,
        sampled: impl Iterator<Item = (Whose, Span)>,
        by_run: bool,
    ) -> Found {
        let mut windows = self.stated;
        let mut between: BTreeMap<Whose, Vec<Span>> = BTreeMap::new();
        for (whose, span) in sampled.filter(|(whose, _)| !windows.contains_key(whose)) {
            let spans = between.entry(whose).or_default();
            // Metrics of one benchmark are sampled by the same process.
            let whole = spans.pop().map_or(span, |known| known.with(span.from).with(span.to));
            spans.push(whole);
        }
        windows.append(&mut between);
        let group = |(run, _): &Whose| by_run.then_some(*run);
        let mut chains: BTreeMap<Option<u32>, Chain> = BTreeMap::new();
        for (whose, spans) in &windows {
            let chain = chains.entry(group(whose)).or_default();
            chain.ends.extend(spans.iter().map(|span| span.to));
        }
        let any = !windows.is_empty() || self.closings.iter().any(|it| it.moment.is_some());
        for closing in self.closings {
            let known = windows.contains_key(&closing.whose);
            chains.entry(group(&closing.whose)).or_default().add(closing, known);
        }
        let mut crowds = Vec::new();
        for chain in chains.into_values() {
            for (whose, span) in chain.windows(&mut crowds) {
                between.entry(whose).or_default().push(span);
            }
        }
        windows.append(&mut between);
        windows.values_mut().for_each(|spans| *spans = union(std::mem::take(spans)));
        Found { windows, any, crowded: crowded(&crowds) }
    }
}

/// What ended one after the other.
#[derive(Default)]
struct Chain {
    /// When something ended, however that is known.
    ends: BTreeSet<Moment>,
    /// The statistics of each moment.
    moments: BTreeMap<Moment, Closings>,
    /// Whether the last line had statistics of an unknown moment.
    unread: bool,
}

/// The statistics of one moment.
#[derive(Default)]
struct Closings {
    /// The benchmarks of which nothing else says when they ran.
    whose: BTreeSet<Whose>,
    line: u32,
    /// Whether statistics of an unknown moment stand before them: their benchmark ended somewhere in this window.
    blurred: bool,
}

impl Chain {
    fn add(&mut self, Closing { whose, moment, line }: Closing, known: bool) {
        let Some(moment) = moment else {
            self.unread |= !known;
            return;
        };
        self.ends.insert(moment);
        let closings = self.moments.entry(moment).or_default();
        closings.blurred |= std::mem::take(&mut self.unread);
        if !known {
            closings.whose.insert(whose);
            closings.line = line;
        }
    }

    /// The windows that end when statistics were written, each beginning where what was before it ended. What was written
    /// at one moment ran in one window. Where nothing ended before, nobody knows where the window begins, so there is none.
    ///
    /// `crowds` gets how many benchmarks have statistics of one moment and the last of their lines, where they are too many.
    fn windows(self, crowds: &mut Vec<(usize, u32)>) -> impl Iterator<Item = (Whose, Span)> {
        let Self { ends, moments, .. } = self;
        moments.into_iter().flat_map(move |(to, closings)| {
            let from = ends.range(..to).next_back().map(|end| end + 1);
            let crowded = closings.whose.len() > MOST_AT_ONCE;
            if crowded {
                crowds.push((closings.whose.len(), closings.line));
            }
            let span = from.filter(|_| !crowded && !closings.blurred);
            span.into_iter().flat_map(move |from| {
                closings.whose.clone().into_iter().map(move |whose| (whose, Span { from, to }))
            })
        })
    }
}

/// The warning where too many benchmarks have statistics of one moment.
fn crowded(crowds: &[(usize, u32)]) -> Option<Diagnostic> {
    let ((count, line), rest) = crowds.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        several => format!(", and so it is at {several} more"),
    };
    let message = format!(
        "{count} benchmarks have their statistics from one moment{more}: nobody knows when each of them ran"
    );
    Some(Diagnostic::warning(Code::OutsideWindow, message).at(*line, 1).help(format!(
        "they get no samples of resources, because more than {MOST_AT_ONCE} would share them; write the statistics when each benchmark ends, or give its lines `start` and `end`"
    )))
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

    /// The windows of statistics, sampled and stated spans of one run.
    fn found(
        closings: &[(Option<Moment>, &str)],
        sampled: &[(&str, Span)],
        stated: &[(&str, Span)],
    ) -> Vec<(String, Vec<Span>)> {
        let mut windows = Windows::default();
        for (name, span) in stated {
            windows.state(whose(name), *span);
        }
        for (moment, name) in closings {
            windows.close(whose(name), *moment, 1);
        }
        let sampled = sampled.iter().map(|(name, span)| (whose(name), *span));
        let found = windows.finish(sampled, false).windows;
        found.into_iter().map(|((_, name), spans)| (name.as_str().to_owned(), spans)).collect()
    }

    fn named<const N: usize>(expected: [(&str, Vec<Span>); N]) -> Vec<(String, Vec<Span>)> {
        expected.map(|(name, spans)| (name.to_owned(), spans)).into()
    }

    #[test]
    fn statistics_close_windows_one_after_the_other() {
        let closings = [(30, "c"), (10, "a"), (20, "b"), (20, "twin"), (40, "a")];
        let closings = closings.map(|(moment, name)| (Some(moment), name));
        let expected = [
            ("a", vec![span(31, 40)]),
            ("b", vec![span(11, 20)]),
            ("c", vec![span(21, 30)]),
            ("twin", vec![span(11, 20)]),
        ];
        assert_eq!(found(&closings, &[], &[]), named(expected), "nobody knows when a first began");
    }

    #[test]
    fn what_is_stated_holds_before_samples_and_these_before_statistics() {
        let closings = ["a", "b", "c"].map(|name| (Some(100), name));
        let sampled = [("a", span(0, 99)), ("b", span(3, 4)), ("b", span(8, 9))];
        let stated = [("a", span(5, 7)), ("a", span(1, 2))];
        let expected = [
            ("a", vec![span(1, 2), span(5, 7)]),
            ("b", vec![span(3, 9)]),
            ("c", vec![span(10, 100)]),
        ];
        assert_eq!(found(&closings, &sampled, &stated), named(expected));
    }

    #[test]
    fn windows_of_statistics_begin_where_any_benchmark_ended() {
        let closings = [(Some(10), "a"), (Some(100), "b"), (Some(200), "c")];
        let (sampled, stated) = ([("s", span(20, 50))], [("t", span(120, 150))]);
        let expected = [
            ("b", vec![span(51, 100)]),
            ("c", vec![span(151, 200)]),
            ("s", vec![span(20, 50)]),
            ("t", vec![span(120, 150)]),
        ];
        assert_eq!(found(&closings, &sampled, &stated), named(expected));
    }

    #[test]
    fn no_window_reaches_back_over_statistics_of_an_unknown_moment() {
        let closings =
            [(Some(10), "a"), (None, "b"), (Some(30), "c"), (Some(30), "d"), (Some(40), "e")];
        assert_eq!(found(&closings, &[], &[]), named([("e", vec![span(31, 40)])]));
        let stated = [("b", span(11, 20))];
        let expected = [
            ("b", vec![span(11, 20)]),
            ("c", vec![span(21, 30)]),
            ("d", vec![span(21, 30)]),
            ("e", vec![span(31, 40)]),
        ];
        assert_eq!(found(&closings, &[], &stated), named(expected));
    }

    #[test]
    fn runs_overlap_where_resources_belong_to_runs() {
        let windows = || {
            let mut windows = Windows::default();
            for (run, moment, name) in
                [(0, 10, "a"), (1, 12, "a"), (0, 20, "b"), (1, 22, "b"), (0, 30, "c")]
            {
                windows.close((run, name.into()), Some(moment), 1);
            }
            windows
        };
        let found = |by_run| windows().finish(std::iter::empty(), by_run).windows;
        let of = |run, name: &str, from, to| ((run, name.into()), vec![span(from, to)]);
        let apart = [of(0, "b", 11, 20), of(0, "c", 21, 30), of(1, "b", 13, 22)];
        assert_eq!(found(true), apart.into());
        let together =
            [of(0, "b", 13, 20), of(0, "c", 23, 30), of(1, "a", 11, 12), of(1, "b", 21, 22)];
        assert_eq!(found(false), together.into());
    }

    #[test]
    fn statistics_that_are_all_of_one_moment_say_nothing() {
        let at_once = |count: usize| {
            let mut windows = Windows::default();
            windows.close(whose("first"), Some(10), 1);
            for line in 2..count + 2 {
                windows.close(whose(&format!("b{line}")), Some(20), line as u32);
            }
            windows.close(whose("last"), Some(30), 99);
            windows.finish(std::iter::empty(), false)
        };
        let few = at_once(MOST_AT_ONCE);
        assert_eq!((few.windows.len(), few.crowded), (MOST_AT_ONCE + 1, None));
        let many = at_once(MOST_AT_ONCE + 1);
        assert_eq!(many.windows, [(whose("last"), vec![span(21, 30)])].into());
        let message = many.crowded.expect("a warning").message;
        insta::assert_snapshot!(message, @"11 benchmarks have their statistics from one moment: nobody knows when each of them ran");
    }

    #[test]
    fn spans_that_touch_become_one() {
        let spans = union(vec![span(5, 9), span(1, 2), span(2, 3), span(6, 7), span(11, 11)]);
        assert_eq!(spans, [span(1, 3), span(5, 9), span(11, 11)]);
        let inside = (0..13).filter(|&moment| holds(&spans, moment)).collect::<Vec<_>>();
        assert_eq!(inside, [1, 2, 3, 5, 6, 7, 8, 9, 11]);
    }
}
