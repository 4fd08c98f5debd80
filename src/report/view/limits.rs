//! What rules that hold limits come to, counted: how many missed, how many met.

use crate::model::{Finding, Report, Severity, Status, Table, TableRow};
use crate::report::words::counted;

/// A kind of rule that holds limits.
struct Kind {
    /// The name of the rule in findings.
    rule: &'static str,
    /// The kind of its tables.
    table: &'static str,
    /// What one of its rows is called.
    noun: &'static str,
    /// Whether its tables have a row for everything it looks at, not only for what it complains of.
    complete: bool,
}

const KINDS: &[Kind] = &[
    Kind { rule: "budget", table: "targets", noun: "target", complete: true },
    Kind { rule: "relation", table: "relations", noun: "relation", complete: true },
    Kind { rule: "overhead", table: "overhead", noun: "overhead limit", complete: true },
    Kind { rule: "stability", table: "stability", noun: "stability limit", complete: false },
    Kind { rule: "scaling", table: "scaling", noun: "scaling limit", complete: true },
    Kind { rule: "growth", table: "growth", noun: "growth limit", complete: true },
];

/// Whether a finding is of a rule that holds limits.
pub(crate) fn holds_limits(finding: &Finding) -> bool {
    KINDS.iter().any(|kind| kind.rule == finding.rule)
}

/// The kind of table in which the findings of a rule have their rows.
pub(crate) fn table_of(rule: &str) -> Option<&'static str> {
    KINDS.iter().find(|kind| kind.rule == rule).map(|kind| kind.table)
}

/// What rules that hold limits complain of, counted by kind: `1 target missed`, `2 targets not measured`.
pub(super) fn missed(
    report: &Report,
    findings: &[&Finding],
    counts: impl Fn(Severity) -> bool,
) -> Vec<String> {
    let mut parts = Vec::new();
    for kind in KINDS {
        let found = |finding: &&&Finding| {
            finding.rule == kind.rule && finding.waiver.is_none() && counts(finding.severity)
        };
        let found = findings.iter().filter(found).count();
        if found == 0 {
            continue;
        }
        let rows = |status| {
            let rows = tables(report, kind.table).flat_map(|table| &table.rows);
            let told = |row: &&TableRow| row.severity > Severity::None && counts(row.severity);
            rows.filter(told).filter(|row| row.status == Some(status)).count()
        };
        // A row may have several findings; it is counted once, as in its table.
        let by_status = [Status::Missed, Status::Close, Status::NotMeasured].map(rows);
        let [missed, close, unmeasured] =
            if by_status == [0; 3] { [found, 0, 0] } else { by_status };
        for (count, word) in [(missed, "missed"), (close, "close"), (unmeasured, "not measured")] {
            if count > 0 {
                parts.push(format!("{} {word}", counted(count, kind.noun)));
            }
        }
    }
    parts
}

/// How many limits hold: `6 targets met`, `11 of 12 limits met`; `None` where there are none.
pub(super) fn met(report: &Report) -> Option<String> {
    let mut all = Vec::new();
    for kind in KINDS.iter().filter(|kind| kind.complete) {
        for table in tables(report, kind.table) {
            all.extend(table.statuses().map(|status| (kind.noun, status)));
        }
    }
    let (first, _) = all.first()?;
    let noun = if all.iter().all(|(noun, _)| noun == first) { first } else { "limit" };
    let holds = |status| matches!(status, Status::Met | Status::Close);
    let met = all.iter().filter(|(_, status)| holds(*status)).count();
    Some(if met == all.len() {
        format!("{} met", counted(met, noun))
    } else {
        format!("{met} of {} met", counted(all.len(), noun))
    })
}

fn tables<'r>(report: &'r Report, kind: &'static str) -> impl Iterator<Item = &'r Table> {
    report.tables.iter().filter(move |table| table.kind == kind)
}
