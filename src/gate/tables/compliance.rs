use std::collections::{BTreeMap, BTreeSet};

use super::used_columns;
use crate::model::number::thousands;
use crate::model::{Cell, Severity, Status, Table, TableRow};

/// The maintainers' requirements, as the rows of all rules tell of them.
#[derive(Debug, Default)]
pub(in crate::gate) struct Requirements(BTreeMap<String, Requirement>);

/// What is known of one requirement.
#[derive(Debug, Default)]
struct Requirement {
    kinds: Vec<&'static str>,
    /// The names of what was measured for it.
    names: BTreeSet<String>,
    /// The names of those that do not hold it.
    not_held: BTreeSet<String>,
    /// Whether all names are those of benchmarks.
    others: bool,
    status: Option<Status>,
    severity: Severity,
}

impl Requirements {
    /// Takes the rows of a rule's tables and those that it left out of the last one. Rows without a requirement do not
    /// count.
    pub(in crate::gate) fn take(
        &mut self,
        kind: &'static str,
        tables: &[Table],
        left_out: &[TableRow],
    ) {
        let listed = tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)));
        let unlisted = tables.last().into_iter();
        let unlisted = unlisted.flat_map(|table| left_out.iter().map(move |row| (table, row)));
        for (table, row) in listed.chain(unlisted) {
            let Some(id) = &row.requirement else { continue };
            self.0.entry(id.clone()).or_default().add(kind, table, row);
        }
    }

    /// The compliance matrix, sorted by id; `None` where no rule has one.
    pub(super) fn table(&self) -> Option<Table> {
        let rows: Vec<TableRow> = self.0.iter().map(|(id, of)| of.row(id)).collect();
        (!rows.is_empty()).then(|| Table {
            kind: "compliance".into(),
            title: "Requirements".into(),
            columns: used_columns(
                &[("requirement", "Id"), ("rule", "Rule"), ("benchmarks", "Benchmarks")],
                |_| true,
            ),
            rows,
            notes: Vec::new(),
            ..Table::default()
        })
    }
}

impl Requirement {
    fn add(&mut self, kind: &'static str, table: &Table, row: &TableRow) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        // Nothing was held against it: that holds nothing either.
        let Some(status) = row.status else { return };
        let first = table.columns.first().and_then(|column| row.cells.get(&column.key));
        let name = match (&row.benchmark, first) {
            (Some(benchmark), _) => benchmark.as_str().to_owned(),
            (None, Some(Cell::Name(name) | Cell::Text(name))) => name.clone(),
            (None, _) => table.title.clone(),
        };
        self.others |= row.benchmark.is_none();
        if !matches!(status, Status::Met | Status::Close) {
            self.not_held.insert(name.clone());
        }
        self.names.insert(name);
        self.severity = self.severity.max(row.severity);
        self.status = Some(self.status.map_or(status, |known| known.worse(status)));
    }

    fn row(&self, id: &str) -> TableRow {
        let all = self.names.len();
        let count = |n: usize| thousands(n as u64);
        let what = if self.others { "results" } else { "benchmarks" };
        let benchmarks = match (self.names.first(), self.not_held.len()) {
            (None, _) => Cell::Text("nothing was held against it".into()),
            (Some(only), _) if all == 1 => Cell::Name(only.clone()),
            (_, 0) => Cell::Text(format!("{} {what}", count(all))),
            (_, not) => {
                Cell::Text(format!("{} of {} {what} hold it", count(all - not), count(all)))
            }
        };
        TableRow {
            requirement: Some(id.to_owned()),
            benchmark: None,
            status: Some(self.status.unwrap_or(Status::NotMeasured)),
            severity: self.severity,
            cells: [
                ("requirement".into(), Cell::Name(id.to_owned())),
                ("rule".into(), Cell::Text(self.kinds.join(", "))),
                ("benchmarks".into(), benchmarks),
            ]
            .into(),
        }
    }
}
