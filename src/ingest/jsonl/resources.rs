//! Samples of resources that name no benchmark: they belong to the one that was running.

use std::collections::{BTreeMap, BTreeSet};

use super::metrics::Numbers;
use super::moment::{Moment, Span};
use super::windows::{Whose, holds, union};
use crate::diag::{Code, Diagnostic};
use crate::model::{Metric, Unit};

/// One number of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// When it was taken.
    pub(super) moment: Moment,
    /// Where it stands.
    pub(super) line: u32,
    /// The number.
    pub(super) value: f64,
}

/// The samples of a file.
#[derive(Debug, Default)]
pub(super) struct Resources {
    /// By the value of `run`, metric and unit.
    series: BTreeMap<(Option<String>, Metric, Unit), Vec<Point>>,
    lines: u64,
    first: Option<Diagnostic>,
}

impl Resources {
    /// Adds the numbers of a line; `located` makes an error that points at it.
    pub(super) fn add(
        &mut self,
        (line, moment): (u32, Moment),
        run: Option<String>,
        numbers: BTreeMap<Metric, (Unit, Numbers)>,
        located: impl FnOnce() -> Diagnostic,
    ) {
        self.lines += 1;
        self.first.get_or_insert_with(located);
        for (metric, (unit, numbers)) in numbers {
            if let Numbers::Sample(value) = numbers {
                let series = self.series.entry((run.clone(), metric, unit)).or_default();
                series.push(Point { moment, line, value });
            }
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Whether each sample belongs to one run.
    pub(super) fn name_runs(&self) -> bool {
        self.series.keys().all(|(run, ..)| run.is_some())
    }

    /// The error where no benchmark of the file has a window.
    pub(super) fn without_windows(self) -> Option<Diagnostic> {
        let mut error = self.first?;
        if self.lines > 1 {
            error.message += &format!(" ({} lines)", self.lines);
        }
        Some(error)
    }

    /// Puts the samples into the order of time, whatever the order of the lines.
    pub(super) fn sort(&mut self) {
        for points in self.series.values_mut() {
            points.sort_by_key(|point| (point.moment, point.line));
        }
    }

    /// The samples in the windows of a benchmark, in the order of time; `run` is the value of `run` of its lines.
    pub(super) fn within(
        &self,
        run: Option<&str>,
        windows: &[Span],
    ) -> BTreeMap<(&Metric, Unit), Vec<Point>> {
        let mut found: BTreeMap<(&Metric, Unit), Vec<Point>> = BTreeMap::new();
        for ((own, metric, unit), points) in &self.series {
            if !is_together(own.as_deref(), run) {
                continue;
            }
            for window in windows {
                let from = points.partition_point(|point| point.moment < window.from);
                let to = points.partition_point(|point| point.moment <= window.to);
                let inside = points.get(from..to).unwrap_or_default();
                if !inside.is_empty() {
                    found.entry((metric, *unit)).or_default().extend(inside);
                }
            }
        }
        for points in found.values_mut() {
            points.sort_by_key(|point| (point.moment, point.line));
        }
        found
    }

    /// The warning for samples in no window; `run` gives the value of `run` of the lines of a benchmark.
    pub(super) fn outside<'a>(
        &self,
        windows: &BTreeMap<Whose, Vec<Span>>,
        run: &dyn Fn(u32) -> Option<&'a str>,
    ) -> Option<Diagnostic> {
        let mut all: BTreeMap<Option<&str>, Vec<Span>> = BTreeMap::new();
        let mut lines = BTreeSet::new();
        for ((own, ..), points) in &self.series {
            let spans = all.entry(own.as_deref()).or_insert_with(|| {
                let together = |whose: &Whose| is_together(own.as_deref(), run(whose.0));
                let windows = windows.iter().filter(|(whose, _)| together(whose));
                union(windows.flat_map(|(_, spans)| spans.iter().copied()).collect())
            });
            let outside = points.iter().filter(|point| !holds(spans, point.moment));
            lines.extend(outside.map(|point| point.line));
        }
        let first = lines.first()?;
        let message = match lines.len() {
            1 => "a resource sample was taken when no benchmark is known to have run".to_owned(),
            several => format!(
                "{several} resource samples were taken when no benchmark is known to have run; the first is here"
            ),
        };
        Some(Diagnostic::warning(Code::OutsideWindow, message).at(*first, 1).help(
            "they were left out; before, between and after benchmarks that is fine, else give the lines of the benchmarks `start` and `end`: the first statistics of a file do not tell when their benchmark began",
        ))
    }
}

/// Whether samples and benchmarks with these values of `run` belong together: one that says none goes with every one.
fn is_together(a: Option<&str>, b: Option<&str>) -> bool {
    a.is_none() || b.is_none() || a == b
}
