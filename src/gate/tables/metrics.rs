use std::collections::BTreeMap;

use super::used_columns;
use crate::model::number::thousands;
use crate::model::{
    Better, Cell, Comparison, Metric, Number, NumberKind, Severity, Statistic, Table, TableRow,
};
use crate::stats::mean;

/// So many metrics are shown at most.
const MOST_METRICS: usize = 8;

/// What happened to each metric over all benchmarks; `None` where no metric has two that both sides have. Amounts of
/// unlike benchmarks say nothing together, so that without a base there is no table.
pub(super) fn table(comparisons: &[Comparison]) -> Option<Table> {
    let mut metrics: BTreeMap<&Metric, BTreeMap<Statistic, Vec<Changed<'_>>>> = BTreeMap::new();
    for comparison in comparisons.iter().filter(|comparison| !comparison.derived) {
        // Where a side is zero there is no ratio that could be averaged.
        let log = comparison.change.map(|change| change.estimate.ln_1p());
        let Some(log) = log.filter(|log| log.is_finite()) else { continue };
        let statistics = metrics.entry(&comparison.metric).or_default();
        statistics.entry(comparison.statistic).or_default().push((log, comparison));
    }
    // What no rule compares was measured for something else, and steps back behind what one does.
    let compared = |of: &Vec<Changed<'_>>| of.iter().any(|(_, comparison)| has_levels(comparison));
    if metrics.values().flat_map(BTreeMap::values).any(compared) {
        for statistics in metrics.values_mut() {
            statistics.retain(|_, of| compared(of));
        }
    }
    // The statistic that most benchmarks have stands for the metric, of several the one that comes first.
    let mut rows: Vec<(&Metric, Statistic, Vec<Changed<'_>>)> = metrics
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
            ("mean", "Mean change"),
            ("worst-change", "Worst"),
            ("worst", "In"),
            ("best-change", "Best"),
            ("best", "In"),
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

/// A comparison with the logarithm of its ratio.
type Changed<'c> = (f64, &'c Comparison);

fn has_levels(comparison: &Comparison) -> bool {
    Severity::LEVELS.iter().any(|&level| comparison.levels.get(level).is_some())
}

/// One metric: the geometric mean of its changes with the worst and the best.
fn row(metric: &Metric, statistic: Statistic, of: &[Changed<'_>]) -> TableRow {
    let change = |log: f64| Cell::Number(Number::of(NumberKind::Change, log.exp_m1()));
    let logs: Vec<f64> = of.iter().map(|(log, _)| *log).collect();
    let mut cells = BTreeMap::from([
        ("metric".to_owned(), Cell::Text(format!("{metric} {statistic}"))),
        ("benchmarks".to_owned(), Cell::Number(Number::of(NumberKind::Plain, of.len() as f64))),
        ("mean".to_owned(), change(mean(&logs))),
    ]);
    let better = of.first().map_or(Better::Lower, |(_, comparison)| comparison.better);
    let worse = |(log, _): &Changed<'_>| better.worse(*log);
    // Of equals the first in the order of the benchmarks.
    let worst = of.iter().rev().max_by(|a, b| worse(a).total_cmp(&worse(b)));
    let best = of.iter().min_by(|a, b| worse(a).total_cmp(&worse(b)));
    if let (Some((up, worst)), Some((down, best)), true) = (worst, best, of.len() > 1) {
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
