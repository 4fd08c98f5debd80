use crate::model::Table;

/// Adds a table to those that are there; one of the same kind and title takes its rows.
pub(super) fn merge(tables: &mut Vec<Table>, table: Table) {
    let alike = |known: &&mut Table| known.kind == table.kind && known.title == table.title;
    let Some(known) = tables.iter_mut().find(alike) else {
        tables.push(table);
        return;
    };
    for column in table.columns {
        if !known.columns.contains(&column) {
            known.columns.push(column);
        }
    }
    known.rows.extend(table.rows);
    known.notes.extend(table.notes);
    known.curves.extend(table.curves);
}
