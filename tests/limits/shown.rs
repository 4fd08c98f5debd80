use std::fmt::Write;

use benchgate::model::{Cell, Number, Report};

/// Tables and findings as they are, with full numbers.
pub(crate) fn shown(report: &Report) -> String {
    let mut out = String::new();
    for table in &report.tables {
        let titles: Vec<&str> = table.columns.iter().map(|c| c.title.as_str()).collect();
        let _ = writeln!(out, "{} ({}): {}", table.title, table.kind, titles.join(" | "));
        for row in &table.rows {
            let cells =
                table.columns.iter().map(|c| row.cells.get(&c.key).map_or("–".into(), cell));
            let cells: Vec<String> = cells.collect();
            let status = row.status.map_or("–".into(), |status| format!("{status:?}"));
            let id = row.requirement.as_deref().map_or(String::new(), |id| format!("[{id}] "));
            let _ = writeln!(out, "  {id}{} => {status} {}", cells.join(" | "), row.severity);
        }
        for note in &table.notes {
            let _ = writeln!(out, "  note: {note}");
        }
    }
    for f in &report.findings {
        let id = f.id.as_deref().map_or(String::new(), |id| format!(" [{id}]"));
        let of = f.benchmark.as_ref().map_or("–", |b| b.as_str());
        let _ = writeln!(out, "{} {}{id} {of}: {}", f.severity, f.rule, f.message);
    }
    for d in &report.diagnostics {
        let _ = writeln!(out, "{}: {}", d.code.name(), d.message);
    }
    out
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Name(name) => format!("`{name}`"),
        Cell::Number(n) => number(n),
        Cell::AtMost(n) => format!("≤ {}", number(n)),
        Cell::AtLeast(n) => format!("≥ {}", number(n)),
        Cell::Margin { actual, limit, better } => {
            benchgate::model::number::margin(*actual, *limit, *better)
        }
    }
}

fn number(n: &Number) -> String {
    // Ten digits: the last ones are not the same on every machine.
    let digits = |v: f64| {
        let text = format!("{v:.10}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let unit = n.unit.map_or(String::new(), |unit| format!(" {unit:?}"));
    let interval = match (n.low, n.high) {
        (None, None) => String::new(),
        (low, high) => {
            let end = |end: Option<f64>| end.map_or("–".into(), |v| format!("{v:.4}"));
            format!(" ({} … {})", end(low), end(high))
        }
    };
    format!("{}{unit}{interval}", digits(n.value))
}
