//! One comparison as a row of a table.

use std::cmp::Ordering;

use super::limits::holds_limits;
use crate::model::{
    Better, Comparison, Display, Finding, Measurement, Metric, Severity, Statistic, Verdict,
};
use crate::report::number;
use crate::report::phrase::Phrase;
use crate::report::words::counted;

/// What a row is to a reader, worst first: the order of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// A finding at a level.
    Level(std::cmp::Reverse<Severity>),
    /// Proven to be worse than the margin, but below every level.
    Worse,
    /// A finding that a waiver covers.
    Waived,
    /// Looks changed, not proven; the level it would have.
    Suspect(std::cmp::Reverse<Severity>),
    /// Only base has it.
    Removed,
    /// Only head has it.
    Added,
    /// Proven to be better.
    Improved,
    /// Not decided.
    Inconclusive,
    /// Within the margin.
    Unchanged,
    /// Another comparison written differently: listed, not counted.
    Derived,
}

/// A comparison, with what the findings say of it.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) comparison: &'a Comparison,
    pub(crate) finding: Option<&'a Finding>,
    pub(crate) class: Class,
    /// What `base` and `head` stand on.
    pub(crate) measured: [Option<&'a Measurement>; 2],
    /// Evenly spaced quantiles of the samples of their first runs, as far as these are known.
    pub(crate) quantiles: [&'a [f64]; 2],
}

impl<'a> Row<'a> {
    pub(crate) fn new(
        comparison: &'a Comparison,
        finding: Option<&'a Finding>,
        measured: [Option<&'a Measurement>; 2],
        quantiles: [&'a [f64]; 2],
    ) -> Self {
        let level = |severity| match severity {
            Severity::None => Class::Worse,
            severity => Class::Level(std::cmp::Reverse(severity)),
        };
        let class = match (finding, comparison.verdict) {
            (None, _) if comparison.derived => Class::Derived,
            (Some(Finding { waiver: Some(_), .. }), _) => Class::Waived,
            (Some(finding), _) => level(finding.severity),
            (None, Verdict::Regressed) => level(comparison.severity),
            (None, Verdict::Suspect) => Class::Suspect(std::cmp::Reverse(comparison.would_be)),
            (None, Verdict::Removed) => Class::Removed,
            (None, Verdict::Added) => Class::Added,
            (None, Verdict::Improved) => Class::Improved,
            (None, Verdict::Inconclusive) => Class::Inconclusive,
            (None, Verdict::Unchanged) => Class::Unchanged,
        };
        Self { comparison, finding, class, measured, quantiles }
    }

    /// Whether a rule sets a level for it, or a finding speaks of it.
    pub(crate) fn has_rule(&self) -> bool {
        self.finding.is_some()
            || Severity::LEVELS.iter().any(|&level| self.comparison.levels.get(level).is_some())
    }

    /// Benchmark, and metric and statistic where they are not the usual ones.
    pub(crate) fn name(&self) -> Phrase {
        let Comparison { benchmark, metric, statistic, .. } = self.comparison;
        full_name(benchmark.as_str(), Some(metric), Some(*statistic))
    }

    /// The first column in words: the level, or what became of it.
    pub(crate) fn label(&self, display: &Display) -> Phrase {
        let (better, worse) = direction(&self.comparison.metric);
        match self.class {
            Class::Level(std::cmp::Reverse(severity)) => Phrase::new().word(display.word(severity)),
            Class::Worse => Phrase::of(worse),
            Class::Waived => Phrase::of("waived"),
            Class::Suspect(std::cmp::Reverse(Severity::None)) => match self.magnitude() {
                Some(magnitude) if magnitude < 0.0 => Phrase::of(format!("{better}?")),
                _ => Phrase::of(format!("{worse}?")),
            },
            Class::Suspect(std::cmp::Reverse(severity)) => {
                Phrase::new().word(display.word(severity)).text("?")
            }
            Class::Removed => Phrase::of("missing"),
            Class::Added => Phrase::of("added"),
            Class::Improved => Phrase::of(better),
            Class::Inconclusive => Phrase::of("inconclusive"),
            Class::Unchanged => Phrase::of("unchanged"),
            Class::Derived => Phrase::of("as its time"),
        }
    }

    /// The same as a sign; empty where the word is enough.
    pub(crate) fn sign(&self) -> &'static str {
        match self.class {
            Class::Level(std::cmp::Reverse(severity)) => severity_sign(severity),
            Class::Worse => "⚪",
            Class::Waived => "☑️",
            Class::Suspect(_) => "❔",
            Class::Improved => "🟢",
            Class::Removed
            | Class::Added
            | Class::Inconclusive
            | Class::Unchanged
            | Class::Derived => "",
        }
    }

    /// Base and head in one unit; `–` where there is none.
    pub(crate) fn values(&self) -> (String, String) {
        let Comparison { base, head, unit, .. } = self.comparison;
        let none = || "–".to_owned();
        match (base, head) {
            (Some(base), Some(head)) => number::pair(base.estimate, head.estimate, *unit),
            (Some(base), None) => (number::quantity(base.estimate, *unit), none()),
            (None, Some(head)) => (none(), number::quantity(head.estimate, *unit)),
            (None, None) => (none(), none()),
        }
    }

    /// The relative change in the metric's own direction.
    pub(crate) fn change(&self) -> String {
        match (self.comparison.change, self.comparison.base, self.comparison.head) {
            (Some(change), ..) => number::change(change.estimate),
            (None, Some(_), Some(_)) => "n/a".to_owned(),
            (None, ..) => "–".to_owned(),
        }
    }

    /// The interval of the decision: `+8.1 … +11.6 %`.
    pub(crate) fn interval(&self) -> String {
        let Some(change) = self.comparison.change else { return "–".to_owned() };
        let end = |end: Option<f64>| end.map_or("…".to_owned(), number::change);
        match (change.low, change.high) {
            (None, None) => "–".to_owned(),
            (low, high) => {
                let low = end(low);
                let low = low.strip_suffix(" %").unwrap_or(&low).to_owned();
                format!("{low} to {}", end(high))
            }
        }
    }

    /// From, to, how much, how sure: `1.42 ms to 1.75 ms, +23.1 % (+20.2 to +26.1 %)`.
    pub(crate) fn summary(&self) -> String {
        let (base, head) = self.values();
        match (self.comparison.base, self.comparison.head, self.comparison.change) {
            (Some(_), Some(_), Some(_)) => {
                format!("{base} to {head}, {} ({})", self.change(), self.interval())
            }
            (Some(_), Some(_), None) => format!("{base} to {head}"),
            (Some(_), None, _) => format!("{base} on base, nothing on head"),
            (None, Some(_), _) => format!("nothing on base, {head} on head"),
            (None, None, _) => "nothing on either side".to_owned(),
        }
    }

    /// `estimate ± half the 95 % interval` of one side, as a part of the estimate.
    pub(crate) fn spread(&self, side: usize) -> Option<String> {
        let measured = (*self.measured.get(side)?)?;
        let (estimate, low, high) = (measured.estimate?, measured.low?, measured.high?);
        let half = (high - low) / 2.0 / estimate.abs();
        let text = number::change(half);
        half.is_finite().then(|| format!("±{}", text.trim_start_matches(['+', '\u{2212}'])))
    }

    /// How much worse it is by the estimate, as a fraction; negative where it is better.
    pub(crate) fn magnitude(&self) -> Option<f64> {
        let estimate = self.comparison.change?.estimate;
        Some(match self.comparison.better {
            Better::Lower => estimate,
            Better::Higher => -estimate,
        })
    }

    /// How much worse it can be at most, as a fraction; infinite where the interval has no end.
    pub(crate) fn at_most(&self) -> Option<f64> {
        let change = self.comparison.change?;
        Some(match self.comparison.better {
            Better::Lower => change.high.unwrap_or(f64::INFINITY),
            Better::Higher => change.low.map_or(f64::INFINITY, |low| -low),
        })
    }

    /// [`Row::at_most`] in words, in the metric's own direction.
    pub(crate) fn at_most_text(&self) -> String {
        let sign = match self.comparison.better {
            Better::Lower => 1.0,
            Better::Higher => -1.0,
        };
        self.at_most().map_or("n/a".to_owned(), |magnitude| number::at_most(magnitude, sign))
    }

    /// How many more blocks would probably decide it.
    pub(crate) fn would_decide(&self) -> String {
        match self.comparison.more_blocks {
            Some(blocks) => counted(blocks as usize, "more block"),
            None => "–".to_owned(),
        }
    }

    /// Worst first; among equals by name, so that the order is always the same.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let size = |row: &Self| match row.class {
            Class::Inconclusive => row.at_most().unwrap_or(0.0),
            Class::Improved => -row.magnitude().unwrap_or(0.0),
            Class::Unchanged | Class::Added | Class::Removed | Class::Derived => 0.0,
            Class::Level(_) | Class::Worse | Class::Waived | Class::Suspect(_) => {
                row.magnitude().unwrap_or(0.0)
            }
        };
        self.class.cmp(&other.class).then_with(|| size(other).total_cmp(&size(self))).then_with(
            || {
                let (a, b) = (self.comparison, other.comparison);
                (&a.benchmark, &a.metric, a.statistic).cmp(&(&b.benchmark, &b.metric, b.statistic))
            },
        )
    }
}

/// The sign of a level.
pub(crate) fn severity_sign(severity: Severity) -> &'static str {
    match severity {
        Severity::None => "⚪",
        Severity::Notice => "🟡",
        Severity::Warning => "🟠",
        Severity::Critical => "🔴",
    }
}

/// What a better and a worse number of a metric are called.
pub(crate) fn direction(metric: &Metric) -> (&'static str, &'static str) {
    if matches!(metric.as_str(), "time" | "throughput") {
        ("faster", "slower")
    } else {
        ("better", "worse")
    }
}

/// What a finding that has no row is about; `None` where it is about no single benchmark. The message of a rule that
/// holds limits tells metric and statistic itself.
pub(crate) fn finding_name(finding: &Finding) -> Option<Phrase> {
    let benchmark = finding.benchmark.as_ref()?.as_str();
    Some(if holds_limits(finding) {
        Phrase::new().name(benchmark)
    } else {
        full_name(benchmark, finding.metric.as_ref(), finding.statistic)
    })
}

/// A benchmark's name with metric and statistic where they are not time and the median.
pub(crate) fn full_name(
    benchmark: &str,
    metric: Option<&Metric>,
    statistic: Option<Statistic>,
) -> Phrase {
    let mut name = Phrase::new().name(benchmark);
    if let Some(metric) = metric.filter(|metric| **metric != Metric::time()) {
        name = name.text(" ").word(metric.as_str());
    }
    match statistic {
        Some(statistic) if statistic != Statistic::Median => name.text(format!(" {statistic}")),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn the_statistic_of_a_limit_is_said_once() {
        let finding = samples::small().findings.first().cloned().unwrap();
        let of = |rule: &str| {
            let statistic = Some(Statistic::Mean);
            let finding = Finding { rule: rule.into(), statistic, ..finding.clone() };
            let name = finding_name(&finding).unwrap().plain();
            name.ends_with(" mean")
        };
        for rule in ["budget", "stability", "growth"] {
            assert!(!of(rule), "{rule}");
        }
        assert!(of("regression") && of("not-measurable"));
        assert!(finding_name(&Finding { benchmark: None, ..finding }).is_none());
    }
}
