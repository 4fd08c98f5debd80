//! The verdict in words: the first line of every form.

use std::collections::BTreeSet;

use super::row::{Class, Row};
use super::{has_compared, limits};
use crate::diag::Diagnostic;
use crate::model::{Finding, Outcome, Report, Severity};
use crate::report::phrase::Phrase;
use crate::report::words::counted;

/// How the headline looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The build passes and nothing needs a person.
    Good,
    /// The build passes; somebody should look.
    Look,
    /// The build fails.
    Bad,
}

/// A sign and the verdict in words.
#[derive(Clone, Debug)]
pub(crate) struct Headline {
    pub(crate) sign: Sign,
    pub(crate) text: Phrase,
}

pub(super) fn headline(
    report: &Report,
    rows: &[Row<'_>],
    others: &[&Finding],
    errors: &[&Diagnostic],
) -> Headline {
    let (sign, text) = match report.outcome {
        Outcome::Error => (Sign::Bad, error(errors)),
        Outcome::Fail => (Sign::Bad, fail(report, rows, others)),
        Outcome::Inconclusive => {
            (if report.exit_code == 0 { Sign::Look } else { Sign::Bad }, inconclusive(report, rows))
        }
        Outcome::Pass
            if others.is_empty() && !has_compared(report) && limits::met(report).is_none() =>
        {
            (Sign::Look, Phrase::of("nothing was compared"))
        }
        Outcome::Pass => pass(report, rows, others),
    };
    Headline { sign, text }
}

fn error(errors: &[&Diagnostic]) -> Phrase {
    let Some(first) = errors.first() else {
        return Phrase::of("error: the inputs could not be read as they should");
    };
    let text = Phrase::of("error: ");
    let text = match super::place(first) {
        Some(place) => text.name(place).text(": "),
        None => text,
    };
    let text = text.words(first.message.as_str());
    match errors.len() - 1 {
        0 => text,
        more => text.text(format!(", and {}", counted(more, "more error"))),
    }
}

fn fail(report: &Report, rows: &[Row<'_>], others: &[&Finding]) -> Phrase {
    let fails = |severity| report.config.fail_on.fails(severity);
    let failing: Vec<_> = rows
        .iter()
        .filter(|row| matches!(row.class, Class::Level(std::cmp::Reverse(s)) if fails(s)))
        .collect();
    let benchmarks: BTreeSet<_> = failing.iter().map(|row| &row.comparison.benchmark).collect();
    let more = others
        .iter()
        .filter(|finding| finding.waiver.is_none() && fails(finding.severity))
        .filter(|finding| !limits::holds_limits(finding))
        .count();
    let worse = worse_word(failing.iter().map(|row| &row.comparison.metric));
    let mut parts = limits::missed(report, others, fails);
    if !benchmarks.is_empty() {
        parts.push(format!("{} {worse} than allowed", counted(benchmarks.len(), "benchmark")));
    }
    let text = parts.join(", ");
    Phrase::of(match (parts.is_empty(), more) {
        (true, 0) => "a finding fails the build".to_owned(),
        (true, 1) => "1 finding fails the build".to_owned(),
        (true, more) => format!("{} fail the build", counted(more, "finding")),
        (false, 0) => text,
        (false, more) => format!("{text}, and {}", counted(more, "other finding")),
    })
}

fn worse_word<'m>(mut metrics: impl Iterator<Item = &'m crate::model::Metric>) -> &'static str {
    if metrics.all(|metric| super::direction(metric).1 == "slower") { "slower" } else { "worse" }
}

fn inconclusive(report: &Report, rows: &[Row<'_>]) -> Phrase {
    let fails = |severity| report.config.fail_on.fails(severity);
    let (mut suspects, mut open) = (BTreeSet::new(), BTreeSet::new());
    let mut metrics = Vec::new();
    for row in rows {
        let limit = Severity::LEVELS
            .into_iter()
            .filter(|&level| fails(level))
            .find_map(|level| row.comparison.levels.get(level));
        let reaches = row.comparison.gating
            && limit.is_some_and(|limit| row.at_most().is_some_and(|at_most| at_most >= limit));
        match row.class {
            Class::Suspect(std::cmp::Reverse(would_be)) if fails(would_be) => {
                suspects.insert(&row.comparison.benchmark)
            }
            Class::Suspect(_) | Class::Inconclusive if reaches => {
                open.insert(&row.comparison.benchmark)
            }
            _ => continue,
        };
        metrics.push(&row.comparison.metric);
    }
    let open = open.difference(&suspects).count();
    let worse = worse_word(metrics.into_iter());
    let looks = |n: usize| {
        let verb = if n == 1 { "looks" } else { "look" };
        format!("{} {verb} {worse} than allowed, not proven", counted(n, "benchmark"))
    };
    let text = match (suspects.len(), open) {
        (0, 0) => "a regression that would fail the build cannot be excluded".to_owned(),
        (0, open) => format!("{} could be {worse} than allowed", counted(open, "benchmark")),
        (suspects, 0) => looks(suspects),
        (suspects, open) => format!("{}; {open} more could be", looks(suspects)),
    };
    Phrase::of(format!("inconclusive: {text}"))
}

fn pass(report: &Report, rows: &[Row<'_>], others: &[&Finding]) -> (Sign, Phrase) {
    let mut parts = Vec::new();
    for severity in Severity::LEVELS.into_iter().rev() {
        let in_rows = rows
            .iter()
            .filter(|row| row.class == Class::Level(std::cmp::Reverse(severity)))
            .count();
        let in_others = others.iter().filter(|finding| finding.severity == severity).count();
        if in_rows + in_others > 0 {
            parts.push(
                Phrase::of(format!("{} ", in_rows + in_others))
                    .word(report.config.display.word(severity)),
            );
        }
    }
    let (worse, free): (Vec<_>, Vec<_>) =
        rows.iter().filter(|row| row.class == Class::Worse).partition(|row| row.has_rule());
    for (rows, words) in [(worse, "below every level"), (free, "worse without a rule")] {
        if !rows.is_empty() {
            parts.push(Phrase::of(format!("{} {words}", rows.len())));
        }
    }
    let regressed = rows.iter().any(|row| matches!(row.class, Class::Level(_) | Class::Worse));
    let waived = rows.iter().filter(|row| row.class == Class::Waived).count();
    let suspects = rows
        .iter()
        .filter(
            |row| matches!(row.class, Class::Suspect(std::cmp::Reverse(s)) if s > Severity::None),
        )
        .count();
    if suspects > 0 {
        parts.push(Phrase::of(counted(suspects, "suspect")));
    }
    if waived > 0 {
        parts.push(Phrase::of(format!("{waived} waived")));
    }
    let sign = if parts.is_empty() || (!regressed && others.is_empty() && suspects == 0) {
        Sign::Good
    } else {
        Sign::Look
    };
    let compared = match (regressed, waived) {
        _ if !has_compared(report) => None,
        (true, _) => Some("no regression that fails the build"),
        (false, 0) => Some("no regressions"),
        (false, _) => Some("no regressions beyond those that are waived"),
    };
    let limits = limits::met(report);
    let text = match (compared, limits) {
        (Some(compared), Some(limits)) => Phrase::of(format!("{compared}, {limits}")),
        (Some(text), None) => Phrase::of(text),
        (None, Some(text)) => Phrase::of(text),
        (None, None) => Phrase::of("nothing was compared"),
    };
    (
        sign,
        if parts.is_empty() {
            text
        } else {
            text.text(" (").then(Phrase::join(parts, ", ")).text(")")
        },
    )
}
