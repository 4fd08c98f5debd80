//! Tables that no rule would make.

use proptest::prelude::*;

use super::HOSTILE;
use super::rules::{name, row, table, text};
use crate::model::Unit::Nanoseconds;
use crate::model::*;
use NumberKind::{Change, Factor, Plain, Share};

/// Tables whose every word wants to be something else.
pub(super) fn hostile_tables() -> Vec<Table> {
    let word = |i: usize| HOSTILE[i % HOSTILE.len()];
    let rows = (0..HOSTILE.len()).map(|i| {
        let mut row = row(
            Status::Missed,
            Severity::Warning,
            [
                ("benchmark", name(word(i))),
                (word(i), text(word(i + 1))),
                ("actual", Cell::Number(Number::amount(1.0, Nanoseconds))),
            ],
        );
        row.requirement = Some(word(i + 2).into());
        row
    });
    let mut columns = vec![("benchmark", word(3)), ("actual", "")];
    columns.extend(HOSTILE.iter().map(|word| (*word, *word)));
    let mut hostile = table(word(0), word(1), &columns, rows.collect());
    hostile.notes = HOSTILE.iter().map(|word| (*word).to_owned()).collect();
    let mut metrics = table("metrics", word(2), &columns, hostile.rows.clone());
    metrics.rows.truncate(2);
    vec![hostile, metrics, table("", word(6), &[], Vec::new())]
}

/// Any table: any words and numbers, in columns that are there.
pub(super) fn any_table(
    words: impl Strategy<Value = String> + Clone,
    number: impl Strategy<Value = f64> + Clone,
) -> impl Strategy<Value = Table> {
    let status = prop::option::of(prop::sample::select(vec![
        Status::Met,
        Status::Close,
        Status::Unproven,
        Status::Missed,
        Status::NotMeasured,
    ]));
    let kind = prop::sample::select(vec![Share, Change, Factor, Plain, NumberKind::Amount]);
    let cell = (words.clone(), number, kind, 0..5_usize).prop_map(|(word, value, kind, which)| {
        let number = Number { unit: Some(Nanoseconds), ..Number::of(kind, value) };
        match which {
            0 => Cell::Text(word),
            1 => Cell::Name(word),
            2 => Cell::Number(number.between(Some(value), None)),
            3 => Cell::AtLeast(number),
            _ => Cell::Margin { actual: value, limit: 1.0, better: Better::Higher },
        }
    });
    let row = (status, prop::collection::vec(cell, 3), prop::option::of(words.clone())).prop_map(
        |(status, cells, requirement)| TableRow {
            requirement,
            status,
            cells: ["a", "b", "c"].map(str::to_owned).into_iter().zip(cells).collect(),
            ..TableRow::default()
        },
    );
    let rows = prop::collection::vec(row, 0..40);
    (prop::collection::vec(words, 6), rows).prop_map(|(words, rows)| {
        let word = |i: usize| words.get(i).map_or("", String::as_str);
        let columns = [("a", word(0)), ("b", word(1)), ("c", word(2))];
        let mut table = table(word(3), word(4), &columns, rows);
        table.notes.push(word(5).to_owned());
        table
    })
}
