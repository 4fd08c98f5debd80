//! The tables of the rules: their words from the view, bars for the parts of an overhead, plots of their curves.

use std::fmt::Write;

use minijinja::{Value, context};

use super::curve;
use super::picture::tenth;
use super::rows::safe;
use crate::model::{Cell, Number, NumberKind, Status, Table, TableRow};
use crate::report::view::{self, Section, View, Written};

/// Tables of a page, rows of one of them and of all, plots of one: more nobody reads, and whoever wrote the report
/// may have made any number of them.
const TABLES: usize = 60;
const ROWS: usize = 500;
const ALL_ROWS: usize = 5_000;
const PLOTS: usize = 40;
/// The kind of table whose parts are drawn as bars.
const OVERHEAD: &str = "overhead";
/// The width and the height of a bar.
const WIDTH: f64 = 112.0;
const HEIGHT: f64 = 8.0;

/// Every table with its plots.
pub(super) fn tables(view: &View<'_>) -> Vec<Value> {
    let mut room = ALL_ROWS;
    let tables = view.sections().iter().take(TABLES).map(|section| {
        let most = room.min(ROWS);
        room -= most.min(section.rows.len());
        table(section, most)
    });
    tables.collect()
}

fn table(section: &Section<'_>, most: usize) -> Value {
    let shown = view::most_important(section, most);
    let bars = Bars::of(section.table);
    // The first column of words names the row.
    let heads = section.columns.iter().position(|head| head.key != "requirement" && !head.right);
    let rows = shown.iter().filter_map(|&place| section.rows.get(place)).map(|line| {
        let columns = section.columns.iter().zip(&line.cells).enumerate();
        let cells = columns.map(|(i, (head, written))| {
            let status = (head.key == "status").then(|| line.row.status.map(status)).flatten();
            let bar = bars.as_ref().and_then(|bars| bars.bar(line.row, &head.key));
            context! {
                text => safe(words(written, head.right)),
                right => head.right,
                heads => Some(i) == heads,
                status,
                bar => safe(bar.unwrap_or_default()),
            }
        });
        context! { status => line.row.status.map(status), cells => cells.collect::<Vec<_>>() }
    });
    let rows: Vec<Value> = rows.collect();
    let columns = section.columns.iter().map(|head| {
        context! { title => safe(head.title.html()), right => head.right }
    });
    context! {
        title => safe(section.title.html()),
        summary => section.tally.as_str(),
        columns => columns.collect::<Vec<_>>(),
        left_out => section.rows.len().saturating_sub(rows.len()),
        rows,
        notes => section.notes.iter().map(|note| safe(note.html())).collect::<Vec<_>>(),
        plots => section.table.curves.iter().filter_map(curve::plot).take(PLOTS).collect::<Vec<_>>(),
    }
}

/// The words of a cell; an interval stands apart, so that it can go to a line of its own where there is little room.
/// A number stays beside its unit.
fn words(written: &Written, number: bool) -> String {
    let (full, short) = (written.full.html(), written.short.html());
    let whole = |text: &str| if number { text.replace(' ', "&nbsp;") } else { text.to_owned() };
    match full.strip_prefix(&short).map(str::trim_start) {
        Some(interval) if !interval.is_empty() => {
            format!("{} <span class=\"within\">{interval}</span>", whole(&short))
        }
        _ => whole(&full),
    }
}

/// A status as the style calls it.
fn status(status: Status) -> &'static str {
    match status {
        Status::Met => "met",
        Status::Close => "close",
        Status::Unproven => "unproven",
        Status::Missed => "missed",
        Status::NotMeasured => "not-measured",
    }
}

/// The scale that all bars of a table share.
struct Bars {
    low: f64,
    high: f64,
}

impl Bars {
    /// A scale for the parts in a table about overhead; `None` for any other table.
    fn of(table: &Table) -> Option<Self> {
        let parts = || table.rows.iter().flat_map(|row| row.cells.values()).filter_map(part);
        if table.kind != OVERHEAD || parts().count() < 2 {
            return None;
        }
        let limits = table.rows.iter().filter_map(limit);
        let ends = parts().flat_map(|n| [Some(n.value), n.low, n.high]).flatten().chain(limits);
        let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), n| (low.min(n), high.max(n)));
        (high > low && (high - low).is_finite()).then_some(Self { low, high })
    }

    fn x(&self, at: f64) -> f64 {
        tenth(WIDTH * ((at - self.low) / (self.high - self.low)).clamp(0.0, 1.0))
    }

    /// The bar of a row, with its limit as a line; the number stands beside it.
    fn bar(&self, row: &TableRow, key: &str) -> Option<String> {
        let number = part(row.cells.get(key)?)?;
        let (zero, end) = (self.x(0.0), self.x(number.value));
        let kind = if row.status == Some(Status::Missed) { "over" } else { "part" };
        let mut svg = format!(
            "<svg class=\"bar\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\"><rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/><rect class=\"{kind}\" x=\"{}\" width=\"{}\" height=\"{HEIGHT}\"/>",
            zero.min(end),
            tenth((end - zero).abs()),
        );
        if let Some(limit) = limit(row) {
            let _ = write!(svg, "<path class=\"ln\" d=\"M{} 0v{HEIGHT}\"/>", self.x(limit));
        }
        svg.push_str("</svg>");
        Some(svg)
    }
}

/// A part of a whole, or a change.
fn part(cell: &Cell) -> Option<&Number> {
    match cell {
        Cell::Number(number) if is_part(number) => Some(number),
        _ => None,
    }
}

/// The ceiling that a row sets for its part.
fn limit(row: &TableRow) -> Option<f64> {
    row.cells.values().find_map(|cell| match cell {
        Cell::AtMost(number) if is_part(number) => Some(number.value),
        _ => None,
    })
}

fn is_part(number: &Number) -> bool {
    matches!(number.kind, NumberKind::Share | NumberKind::Change) && number.value.is_finite()
}
