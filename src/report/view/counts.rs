//! The line that counts everything, so that nothing is silently missing.

use std::collections::BTreeSet;

use super::row::{Class, Row};
use super::{decided, limits, some_names};
use crate::model::{BenchmarkId, Finding, Report, Severity, SideInfo};
use crate::report::number;
use crate::report::phrase::Phrase;
use crate::report::words::{counted, thousands};

/// `142 benchmarks against a1b2c3d (main): 2 critical, 1 faster, 139 unchanged (within ±3 %).`
pub(super) fn counts(report: &Report, rows: &[Row<'_>], others: &[&Finding]) -> Phrase {
    if rows.is_empty() && others.is_empty() && report.base == SideInfo::default() {
        return Phrase::of("Nothing was compared.");
    }
    let counted_rows = rows.iter().filter(|row| row.class != Class::Derived).count();
    let benchmarks: BTreeSet<_> = rows.iter().map(|row| &row.comparison.benchmark).collect();
    let what = Phrase::new().strong(counted(benchmarks.len(), "benchmark"));
    let what = if benchmarks.len() == counted_rows {
        what
    } else {
        what.text(format!(" in {}", counted(counted_rows, "comparison")))
    };
    let base_is_empty = decided::base_is_empty(report);
    let what = if base_is_empty {
        what.text(" of ").then(decided::revision(&report.head))
    } else {
        what.text(" against ").then(decided::revision(&report.base))
    };

    let mut parts = Vec::new();
    for severity in Severity::LEVELS.into_iter().rev() {
        let level = of(rows, Class::Level(std::cmp::Reverse(severity)));
        if !level.is_empty() {
            parts.push(
                Phrase::of(format!("{} ", number_of(&level)))
                    .word(report.config.display.word(severity)),
            );
        }
    }
    let (worse, free): (Vec<_>, Vec<_>) =
        of(rows, Class::Worse).into_iter().partition(|row| row.has_rule());
    let waived = of(rows, Class::Waived);
    for (rows, word) in [(worse, "worse below every level"), (waived, "waived")] {
        if !rows.is_empty() {
            parts.push(Phrase::of(format!("{} {word}", number_of(&rows))));
        }
    }
    parts.extend(named(&free, "worse without a rule"));
    let (suspects, free): (Vec<&Row<'_>>, Vec<_>) = rows
        .iter()
        .filter(|row| matches!(row.class, Class::Suspect(_)))
        .partition(|row| row.has_rule());
    let (open, more): (Vec<_>, Vec<_>) =
        of(rows, Class::Inconclusive).into_iter().partition(|row| row.has_rule());
    if !suspects.is_empty() {
        parts.push(Phrase::of(counted(suspects.len(), "suspect")));
    }
    let improved = of(rows, Class::Improved);
    if !improved.is_empty() {
        let faster =
            improved.iter().all(|row| super::direction(&row.comparison.metric).0 == "faster");
        parts.push(Phrase::of(format!(
            "{} {}",
            number_of(&improved),
            if faster { "faster" } else { "better" }
        )));
    }
    parts.extend(unchanged(&of(rows, Class::Unchanged)));
    parts.extend(inconclusive(&open));
    let undecided = free.len() + more.len();
    if undecided > 0 {
        let count = thousands(undecided as u64);
        parts.push(Phrase::of(format!("{count} undecided without a rule")));
    }
    parts.extend(named(&of(rows, Class::Removed), "missing"));
    if base_is_empty {
        parts.push(Phrase::of("nothing to compare with"));
    } else {
        parts.extend(named(&of(rows, Class::Added), "added"));
    }
    parts.extend(limits::missed(report, others, |_| true).into_iter().map(Phrase::of));
    let lone: BTreeSet<_> = rows
        .iter()
        .filter(|row| matches!(row.class, Class::Removed | Class::Added))
        .map(|row| &row.comparison.benchmark)
        .collect();
    let others = others
        .iter()
        .filter(|finding| !is_counted(finding, &lone) && !limits::holds_limits(finding))
        .count();
    if others > 0 {
        parts.push(Phrase::of(counted(others, "other finding")));
    }
    if parts.is_empty() {
        return what.text(": nothing was compared.");
    }
    what.text(": ").then(Phrase::join(parts, ", ")).text(".")
}

/// A presence finding about a benchmark that one side has not is already counted by name.
fn is_counted(finding: &Finding, lone: &BTreeSet<&BenchmarkId>) -> bool {
    finding.rule == "presence" && finding.benchmark.as_ref().is_some_and(|b| lone.contains(b))
}

/// How many, for people.
fn number_of(rows: &[&Row<'_>]) -> String {
    thousands(rows.len() as u64)
}

fn of<'r, 'a>(rows: &'r [Row<'a>], class: Class) -> Vec<&'r Row<'a>> {
    rows.iter().filter(|row| row.class == class).collect()
}

/// `121 unchanged (within ±3 %)`.
fn unchanged(rows: &[&Row<'_>]) -> Option<Phrase> {
    let margin = rows.first()?.comparison.margin;
    let same = rows.iter().all(|row| row.comparison.margin == margin);
    let within = if same {
        format!("within ±{}", number::setting(margin))
    } else {
        "each within its margin".to_owned()
    };
    Some(Phrase::of(format!("{} unchanged ({within})", number_of(rows))))
}

/// `16 inconclusive (at most +18 %: io/write)`.
fn inconclusive(rows: &[&Row<'_>]) -> Option<Phrase> {
    let worst = rows.first()?;
    let count = Phrase::of(format!("{} inconclusive", number_of(rows)));
    Some(match worst.at_most() {
        None => count,
        Some(at_most) if at_most.is_infinite() => {
            count.text(" (no upper limit: ").then(worst.name()).text(")")
        }
        Some(_) => {
            count.text(format!(" (at most {}: ", worst.at_most_text())).then(worst.name()).text(")")
        }
    })
}

/// `1 missing (codec/old)`.
fn named(rows: &[&Row<'_>], word: &str) -> Option<Phrase> {
    const MOST: usize = 3;
    let names: Vec<Phrase> = rows.iter().take(MOST + 1).map(|row| row.name()).collect();
    if names.is_empty() {
        return None;
    }
    let count = Phrase::of(format!("{} {word}", number_of(rows)));
    let shown = some_names(names.get(..names.len().min(MOST)).unwrap_or_default(), MOST);
    let more = rows.len().saturating_sub(MOST);
    let shown =
        if more > 0 { shown.text(format!(" and {} more", thousands(more as u64))) } else { shown };
    Some(count.text(" (").then(shown).text(")"))
}

/// The whole suite moved: said wherever the rows are, because it explains them.
pub(super) fn shift(report: &Report) -> Option<Phrase> {
    let shift = report.suite_shift?;
    let low = number::change(shift.low);
    let low = low.strip_suffix(" %").unwrap_or(&low);
    Some(Phrase::new().strong("The whole suite moved").text(format!(
        " by {} ({low} to {}): look at the machine and the build before you look at single benchmarks. Nothing was subtracted.",
        number::change(shift.estimate),
        number::change(shift.high),
    )))
}
