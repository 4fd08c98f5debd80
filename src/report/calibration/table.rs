//! A table of one name and several numbers.

use unicode_width::UnicodeWidthStr;

use crate::report::escape;

/// Between columns.
const GAP: usize = 2;
/// A name is not cut below this.
const NARROWEST: usize = 12;
/// The name and this many columns less one always stay.
const FEWEST: usize = 3;

/// Lines of a table, the name on the left and cut to what the numbers leave of `width`, numbers on the right; where
/// they leave too little, the last columns go. The first row holds the titles.
pub(super) fn lines(rows: &[Vec<String>], width: usize, indent: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths = vec![0; columns];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let room = |widths: &[usize]| {
        let numbers: usize = widths.iter().skip(1).map(|width| width + GAP).sum();
        width.saturating_sub(indent + numbers)
    };
    let least = widths.first().copied().unwrap_or(0).min(NARROWEST);
    while widths.len() > FEWEST && room(&widths) < least {
        widths.pop();
    }
    let name = room(&widths).max(least);
    if let Some(first) = widths.first_mut() {
        *first = (*first).min(name);
    }
    rows.iter().map(|row| line(row, &widths, indent)).collect()
}

fn line(row: &[String], widths: &[usize], indent: usize) -> String {
    let mut line = " ".repeat(indent);
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
        if column == 0 {
            let name = escape::terminal_cut(cell, width);
            line.push_str(&name);
            line.push_str(&" ".repeat(width.saturating_sub(name.width())));
        } else {
            line.push_str(&" ".repeat(GAP + width.saturating_sub(cell.width())));
            line.push_str(cell);
        }
    }
    line
}
