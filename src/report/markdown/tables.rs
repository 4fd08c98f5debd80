//! The tables of the rules as a template sees them.

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::budget::RuleTable;
use super::context::nbsp;
use crate::model::Cell;
use crate::report::view::{Head, Line, Section, View, by_importance, has_compared, status_sign};

/// Tables in a comment; a report with more is for the other forms.
const TABLES: usize = 12;
/// Rows of a table.
const ROWS: usize = 100;
/// Notes of a table.
const NOTES: usize = 5;
/// Key metrics of at most so many rows stand where they are seen without unfolding.
const SHORT: usize = 6;

/// The first tables, each with its most important rows.
pub(super) fn tables(view: &View<'_>) -> Vec<RuleTable> {
    // Where nothing was compared, the tables are what the comment is about.
    let open = !has_compared(view.report);
    view.sections().iter().take(TABLES).map(|section| table(section, open)).collect()
}

fn table(section: &Section<'_>, open: bool) -> RuleTable {
    let unfolded = section.table.kind == "metrics" && section.rows.len() <= SHORT;
    let columns: Vec<Value> = section
        .columns
        .iter()
        .map(|head| context! { key => crate::report::escape::prose(&head.key), title => head.title.cell(), right => head.right })
        .collect();
    let notes: Vec<String> = section.notes.iter().take(NOTES).map(|note| note.markdown()).collect();
    let rows: Vec<(usize, Value)> = by_importance(section)
        .take(ROWS)
        .filter_map(|place| Some((place, row(section.rows.get(place)?, &section.columns))))
        .collect();
    RuleTable {
        frame: context! {
            kind => crate::report::escape::prose(&section.table.kind),
            title => section.title.markdown(),
            tally => section.tally.as_str(),
            summary => section.summary().summary(),
            columns, notes, unfolded, open,
        },
        unmet: section.rows.iter().filter(|line| !line.is_met()).count(),
        rows,
        total: section.rows.len(),
    }
}

fn row(line: &Line<'_>, columns: &[Head]) -> Value {
    let cells: Vec<String> = line
        .cells
        .iter()
        .zip(columns)
        .map(|(written, head)| match line.row.cells.get(&head.key) {
            Some(Cell::Text(_) | Cell::Name(_)) => written.full.cell(),
            Some(_) => number(&written.full.cell(), &written.short.cell()),
            None if head.key == "status" && !written.full.is_empty() => {
                format!("{}&nbsp;{}", status_sign(line.row), written.full.cell())
            }
            None if written.full.is_empty() => String::new(),
            None => written.full.cell(),
        })
        .collect();
    let severity = line.row.severity.name();
    context! { cells, status => Value::from(Serde(&line.row.status)), severity }
}

/// A number stays beside its unit; the interval behind it may go into the next line.
fn number(full: &str, short: &str) -> String {
    match full.strip_prefix(short).and_then(|rest| rest.strip_prefix(' ')) {
        Some(interval) => format!("{} {}", nbsp(short), nbsp(interval)),
        None => nbsp(full),
    }
}
