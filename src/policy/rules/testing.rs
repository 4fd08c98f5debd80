//! What the tests of rules share.

use serde::de::DeserializeOwned;

use super::RuleKind;
use crate::model::{Measurement, Order, Table, TableRow};
use crate::policy::{Checked, Declared, Measured};

/// A rule from its keys.
pub(super) fn rule<R: DeserializeOwned>(keys: serde_json::Value) -> R {
    serde_json::from_value(keys).expect("a rule")
}

/// A gate with a margin of 3 % and no metric of its own.
fn declared() -> Declared {
    Declared { margin: 0.03, ..Declared::default() }
}

/// What a rule has to say of what was measured.
pub(super) fn check(rule: &impl RuleKind, measurements: &[Measurement], order: Order) -> Checked {
    let declared = declared();
    let measured = Measured::new(measurements, &declared).ordered(order);
    rule.check(&measured).expect("a rule that looks at what was measured")
}

/// A line a row of the first table, note and finding.
pub(super) fn said(
    rule: &impl RuleKind,
    measurements: &[Measurement],
    order: Order,
    cells: impl Fn(&Table, &TableRow) -> String,
) -> Vec<String> {
    let checked = check(rule, measurements, order);
    let table = checked.tables.first().expect("a table");
    let rows = table.rows.iter().map(|row| format!("{} = {:?}", cells(table, row), row.status));
    let notes = table.notes.iter().map(|note| format!("note: {note}"));
    let findings =
        checked.findings.iter().map(|f| format!("{} {}: {}", f.rule, f.severity, f.message));
    rows.chain(notes).chain(findings).collect()
}

/// What is wrong with a rule: its keys and messages.
pub(super) fn problems(rule: &impl RuleKind) -> Vec<String> {
    let found = rule.problems(&declared()).into_iter();
    found.map(|problem| format!("{}: {}", problem.key, problem.message)).collect()
}
