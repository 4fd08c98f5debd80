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
    /// How many more hold it and are listed nowhere.
    left_out: usize,
    /// Whether all names are those of benchmarks.
    others: bool,
    status: Option<Status>,
    severity: Severity,
}

impl Requirements {
    /// Takes the rows of a rule's tables, and how many rows that hold it left out. Rows without a requirement do not
    /// count.
    pub(in crate::gate) fn take(&mut self, kind: &'static str, tables: &[Table], left_out: usize) {
        let rows = tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)));
        let mut own = None;
        for (table, row) in rows {
            let Some(id) = &row.requirement else { continue };
            let requirement = self.0.entry(id.clone()).or_default();
            requirement.add(kind, table, row);
            own = Some(id.clone());
        }
        if let Some(requirement) = own.and_then(|id| self.0.get_mut(&id)) {
            requirement.left_out += left_out;
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
            curves: Vec::new(),
        })
    }
}

impl Requirement {
    fn add(&mut self, kind: &'static str, table: &Table, row: &TableRow) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
        let first = table.columns.first().and_then(|column| row.cells.get(&column.key));
        let name = match (&row.benchmark, first) {
            (Some(benchmark), _) => benchmark.as_str().to_owned(),
            (None, Some(Cell::Name(name) | Cell::Text(name))) => name.clone(),
            (None, _) => table.title.clone(),
        };
        self.others |= row.benchmark.is_none();
        if !matches!(row.status, None | Some(Status::Met | Status::Close)) {
            self.not_held.insert(name.clone());
        }
        self.names.insert(name);
        self.severity = self.severity.max(row.severity);
        self.status = match (self.status, row.status) {
            (Some(one), Some(other)) => Some(one.worse(other)),
            (one, other) => one.or(other),
        };
    }

    fn row(&self, id: &str) -> TableRow {
        let all = self.names.len() + self.left_out;
        let count = |n: usize| thousands(n as u64);
        let what = if self.others { "results" } else { "benchmarks" };
        let benchmarks = match (self.names.first(), self.not_held.len()) {
            (Some(only), _) if all == 1 => Cell::Name(only.clone()),
            (_, 0) => Cell::Text(format!("{} {what}", count(all))),
            (_, not) => {
                Cell::Text(format!("{} of {} {what} hold it", count(all - not), count(all)))
            }
        };
        TableRow {
            requirement: Some(id.to_owned()),
            benchmark: None,
            status: self.status,
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
