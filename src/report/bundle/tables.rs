//! What the tables of a report may hold.

use std::collections::BTreeSet;

use super::check::{first, not_finite};
use crate::model::{Cell, Curve, Number, Table, TableRow};

/// Tables of a report.
const TABLES: usize = 1_000;
/// Columns of one table.
const COLUMNS: usize = 50;
/// Rows of all tables together.
const ROWS: usize = 200_000;
/// Notes of one table.
const NOTES: usize = 1_000;
/// Curves of all tables together.
const CURVES: usize = 20_000;
/// Points of one side of a curve.
const POINTS: usize = 1_000;
/// Laws that fit a curve.
const FITS: usize = 10;

/// The first thing that is wrong with the tables, with its place.
pub(super) fn problem(tables: &[Table]) -> Option<String> {
    let rows = tables.iter().map(|table| table.rows.len()).sum();
    let curves = tables.iter().map(|table| table.curves.len()).sum();
    too_many([("tables", tables.len(), TABLES)])
        .or_else(|| {
            too_many([("rows", rows, ROWS), ("curves", curves, CURVES)])
                .map(|what| format!("tables: {what} in all"))
        })
        .or_else(|| first(tables, "tables", table))
}

fn too_many<const N: usize>(lists: [(&str, usize, usize); N]) -> Option<String> {
    let list = lists.into_iter().find(|&(_, length, most)| length > most);
    list.map(|(name, length, most)| {
        format!("{length} {name}, more than the {most} that a report may hold")
    })
}

fn table(table: &Table) -> Option<String> {
    let keys: BTreeSet<&str> = table.columns.iter().map(|column| column.key.as_str()).collect();
    too_many([("columns", table.columns.len(), COLUMNS), ("notes", table.notes.len(), NOTES)])
        .or_else(|| first(&table.rows, "rows", |r| row(r, &keys)))
        .or_else(|| first(&table.curves, "curves", curve))
}

fn row(row: &TableRow, keys: &BTreeSet<&str>) -> Option<String> {
    row.cells.iter().find_map(|(key, cell)| {
        let shown = crate::diag::quoted(key);
        if !keys.contains(key.as_str()) {
            return Some(format!("the cell {shown} belongs to no column"));
        }
        numbers(cell).map(|what| format!("cell {shown}: {what}"))
    })
}

fn numbers(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(_) | Cell::Name(_) => None,
        Cell::Number(number) | Cell::AtMost(number) | Cell::AtLeast(number) => {
            let Number { value, low, high, .. } = *number;
            let ends = [("value", Some(value)), ("low", low), ("high", high)];
            not_finite(ends.into_iter().filter_map(|(name, number)| Some((name, number?))))
        }
        Cell::Margin { actual, limit, .. } => not_finite([("actual", *actual), ("limit", *limit)]),
    }
}

fn curve(curve: &Curve) -> Option<String> {
    let lists = [
        ("points in `head`", curve.head.len(), POINTS),
        ("points in `base`", curve.base.len(), POINTS),
        ("`fits`", curve.fits.len(), FITS),
    ];
    let points = curve.head.iter().chain(&curve.base).flat_map(|point| {
        [
            ("n", Some(point.n)),
            ("value", Some(point.value)),
            ("low", point.low),
            ("high", point.high),
        ]
    });
    let fits = curve.fits.iter().flat_map(|fit| [("a", Some(fit.a)), ("b", Some(fit.b))]);
    too_many(lists).or_else(|| {
        not_finite(points.chain(fits).filter_map(|(name, number)| Some((name, number?))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Column, NumberKind, Point, Unit};
    use crate::report::{bundle, samples};

    fn refused(change: impl Fn(&mut Table)) -> String {
        let mut report = samples::rules();
        change(report.tables.first_mut().unwrap());
        let refused = bundle::write(&report).unwrap_err().to_string();
        let text = serde_json::to_string(&report).unwrap();
        // What is not finite is null in JSON; everything else is refused on reading as well.
        if !refused.contains("finite") {
            assert!(refused.ends_with(&bundle::read(&text, "r.json").unwrap_err().message));
        }
        refused
    }

    #[test]
    fn what_no_table_holds_is_refused_with_its_place() {
        let cell = |cell: Cell| {
            move |table: &mut Table| {
                let row = table.rows.get_mut(1).unwrap();
                row.cells.insert("actual".into(), cell.clone());
            }
        };
        let number = Number::of(NumberKind::Share, 1.0);
        let curve = |n: f64, points: usize| Curve {
            name: "x".into(),
            parameter: "n".into(),
            unit: Unit::Nanoseconds,
            head: vec![Point { n, value: 1.0, low: None, high: None }; points],
            base: Vec::new(),
            fits: Vec::new(),
        };
        let all = [
            refused(cell(Cell::Number(Number { value: f64::NAN, ..number }))),
            refused(cell(Cell::AtMost(Number { high: Some(f64::INFINITY), ..number }))),
            refused(cell(Cell::Margin {
                actual: 1.0,
                limit: f64::NAN,
                better: crate::model::Better::Lower,
            })),
            refused(|table| {
                let row = table.rows.first_mut().unwrap();
                row.cells.insert("\u{1b}odd".into(), Cell::Text(String::new()));
            }),
            refused(|table| {
                table.columns =
                    (0..51).map(|i| Column { key: i.to_string(), title: String::new() }).collect();
            }),
            refused(|table| table.rows = vec![TableRow::default(); 200_001]),
            refused(|table| table.notes = vec![String::new(); 1_001]),
            refused(|table| table.curves.push(curve(f64::NAN, 1))),
            refused(|table| table.curves.push(curve(1.0, 1_001))),
        ];
        insta::assert_snapshot!(all.join("\n"));
    }
}
