//! The tables of the rules.

use minijinja::{Value, context};

use crate::report::view::View;

/// Every table with its plots.
pub(super) fn tables(view: &View<'_>) -> Vec<Value> {
    view.report.tables.iter().map(|table| {
        let plots: Vec<Value> = table.curves.iter().filter_map(super::curve::plot).collect();
        context! { title => table.title.clone(), plots }
    }).collect()
}
