use std::collections::BTreeMap;

use super::used_columns;
use crate::model::number::thousands;
use crate::model::{
    Better, Cell, Comparison, Metric, Number, NumberKind, Severity, Statistic, Table, TableRow,
};
use crate::stats::{mean, median};

/// So many metrics are shown at most.
const MOST_METRICS: usize = 8;

/// What happened to each metric over all benchmarks; `None` where no metric has two.
pub(super) fn table(comparisons: &[Comparison]) -> Option<Table> {
    let mut metrics: BTreeMap<&Metric, BTreeMap<Statistic, Vec<&Comparison>>> = BTreeMap::new();
    for comparison in comparisons.iter().filter(|comparison| !comparison.derived) {
        let statistics = metrics.entry(&comparison.metric).or_default();
        statistics.entry(comparison.statistic).or_default().push(comparison);
    }
    // The statistic that most benchmarks have stands for the metric, of several the one that comes first.
    let mut rows: Vec<(&Metric, Statistic, Vec<&Comparison>)> = metrics
        .into_iter()
        .filter_map(|(metric, statistics)| {
            let (statistic, of) = statistics.into_iter().rev().max_by_key(|(_, of)| of.len())?;
            Some((metric, statistic, of))
        })
        .collect();
    if !rows.iter().any(|(_, _, of)| of.len() > 1) {
        return None;
    }
    let place = |metric: &Metric| {
        Metric::KNOWN.iter().position(|known| known.name == metric.as_str()).unwrap_or(usize::MAX)
    };
    rows.sort_by_key(|(metric, _, _)| (place(metric), *metric));
    let left_out = rows.len().saturating_sub(MOST_METRICS);
    let rows: Vec<TableRow> = rows
        .into_iter()
        .take(MOST_METRICS)
        .map(|(metric, statistic, of)| row(metric, statistic, &of))
        .collect();
    let columns = used_columns(
        &[
            ("metric", "Metric"),
            ("benchmarks", "Benchmarks"),
            ("median", "Median"),
            ("mean", "Mean change"),
            ("worst", "Worst"),
            ("worst-change", "Its change"),
            ("best", "Best"),
            ("best-change", "Its change"),
        ],
        |key| rows.iter().any(|row| row.cells.contains_key(key)),
    );
    let note = format!("{} more metrics were measured", thousands(left_out as u64));
    Some(Table {
        kind: "metrics".into(),
        title: "Key metrics".into(),
        columns,
        rows,
        notes: (left_out > 0).then_some(note).into_iter().collect(),
        ..Table::default()
    })
}

/// One metric: the geometric mean of its changes with the worst and the best; without a base the median of head.
fn row(metric: &Metric, statistic: Statistic, of: &[&Comparison]) -> TableRow {
    // Where a side is zero there is no ratio that could be averaged.
    let ratio = |comparison: &&&Comparison| {
        comparison.change.map(|change| change.estimate.ln_1p()).filter(|log| log.is_finite())
    };
    let changed: Vec<(f64, &Comparison)> =
        of.iter().filter_map(|comparison| Some((ratio(&comparison)?, *comparison))).collect();
    let mut cells = BTreeMap::from([
        ("metric".to_owned(), Cell::Text(format!("{metric} {statistic}"))),
        ("benchmarks".to_owned(), Cell::Number(Number::of(NumberKind::Plain, of.len() as f64))),
    ]);
    let change = |log: f64| Cell::Number(Number::of(NumberKind::Change, log.exp_m1()));
    if changed.is_empty() {
        cells.extend(median_of_head(of).map(|median| ("median".to_owned(), median)));
    } else {
        let logs: Vec<f64> = changed.iter().map(|(log, _)| *log).collect();
        cells.insert("mean".into(), change(mean(&logs)));
    }
    let better = of.first().map_or(Better::Lower, |comparison| comparison.better);
    let worse = |(log, _): &(f64, &Comparison)| better.worse(*log);
    // Of equals the first in the order of the benchmarks.
    let worst = changed.iter().rev().max_by(|a, b| worse(a).total_cmp(&worse(b)));
    let best = changed.iter().min_by(|a, b| worse(a).total_cmp(&worse(b)));
    if let (Some((up, worst)), Some((down, best)), true) = (worst, best, changed.len() > 1) {
        let name = |comparison: &Comparison| Cell::Name(comparison.benchmark.as_str().to_owned());
        cells.extend([
            ("worst".into(), name(worst)),
            ("worst-change".into(), change(*up)),
            ("best".into(), name(best)),
            ("best-change".into(), change(*down)),
        ]);
    }
    TableRow { requirement: None, benchmark: None, status: None, severity: Severity::None, cells }
}

/// The median over the benchmarks of head; `None` where they have several units.
fn median_of_head(of: &[&Comparison]) -> Option<Cell> {
    let unit = of.first()?.unit;
    if of.iter().any(|comparison| comparison.unit != unit) {
        return None;
    }
    let values: Vec<f64> = of.iter().filter_map(|c| Some(c.head?.estimate)).collect();
    Some(median(&values))
        .filter(|median| median.is_finite())
        .map(|median| Cell::Number(Number::amount(median, unit)))
}
