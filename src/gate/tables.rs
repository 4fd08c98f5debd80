mod compliance;
mod metrics;

pub(super) use compliance::Requirements;

use crate::model::{Column, Comparison, Table};

/// The tables of a report in the order in which they should be read: what happened to the metrics, which requirements
/// hold, and then what each kind of rule has to say.
pub(super) fn tables(
    comparisons: &[Comparison],
    requirements: &Requirements,
    of_rules: Vec<Table>,
) -> Vec<Table> {
    let mut tables: Vec<Table> =
        [metrics::table(comparisons), requirements.table()].into_iter().flatten().collect();
    tables.extend(of_rules);
    tables
}

/// Adds a table to those that are there; one of the same kind and title takes its rows.
pub(super) fn merge(tables: &mut Vec<Table>, table: Table) {
    let alike = |known: &&mut Table| known.kind == table.kind && known.title == table.title;
    let Some(known) = tables.iter_mut().find(alike) else {
        tables.push(table);
        return;
    };
    for column in table.columns {
        if !known.columns.iter().any(|known| known.key == column.key) {
            known.columns.push(column);
        }
    }
    known.rows.extend(table.rows);
    for note in table.notes {
        if !known.notes.contains(&note) {
            known.notes.push(note);
        }
    }
    known.curves.extend(table.curves);
    known.unlisted += table.unlisted;
}

/// Columns from their keys and titles, as far as a row has a cell for them.
fn used_columns(columns: &[(&str, &str)], used: impl Fn(&str) -> bool) -> Vec<Column> {
    let used = columns.iter().filter(|(key, _)| used(key));
    used.map(|&(key, title)| Column { key: key.into(), title: title.into() }).collect()
}
