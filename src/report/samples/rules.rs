//! Reports with tables of rules.

use super::shapes::{overhead, scaling};
use super::{failing, report};
use crate::model::Unit::{Bytes, Nanoseconds, PerSecond, Percent};
use crate::model::*;
use NumberKind::{Change, Factor, Plain, Share};

pub(super) fn table(
    kind: &str,
    title: &str,
    columns: &[(&str, &str)],
    rows: Vec<TableRow>,
) -> Table {
    let column = |&(key, title): &(&str, &str)| Column { key: key.into(), title: title.into() };
    Table {
        kind: kind.into(),
        title: title.into(),
        columns: columns.iter().map(column).collect(),
        rows,
        notes: Vec::new(),
        ..Table::default()
    }
}

pub(super) fn row<const N: usize>(
    status: impl Into<Option<Status>>,
    severity: Severity,
    cells: [(&str, Cell); N],
) -> TableRow {
    TableRow {
        requirement: None,
        benchmark: cells.iter().find_map(|(key, cell)| match cell {
            Cell::Name(name) if *key == "benchmark" => Some(name.as_str().into()),
            _ => None,
        }),
        status: status.into(),
        severity,
        cells: cells.into_iter().map(|(key, cell)| (key.to_owned(), cell)).collect(),
    }
}

pub(super) fn name(name: &str) -> Cell {
    Cell::Name(name.into())
}

pub(super) fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

fn change(value: f64, low: f64, high: f64) -> Cell {
    Cell::Number(Number::of(Change, value).between(Some(low), Some(high)))
}

const TARGETS: &[(&str, &str)] = &[
    ("benchmark", "Benchmark"),
    ("statistic", "Statistic"),
    ("target", "Target"),
    ("actual", "Actual"),
    ("margin", "Margin"),
];

/// One target; the limit is a ceiling of times and bytes, a floor of rates.
fn target(
    (id, benchmark, statistic): (&str, &str, &str),
    unit: Unit,
    limit: f64,
    actual: f64,
    (status, severity): (Status, Severity),
) -> TableRow {
    let better = if unit == PerSecond { Better::Higher } else { Better::Lower };
    let limit_cell = Number::amount(limit, unit);
    let actual_cell =
        Number::amount(actual, unit).between(Some(actual * 0.98), Some(actual * 1.03));
    let mut row = row(
        status,
        severity,
        [
            ("benchmark", name(benchmark)),
            ("statistic", text(statistic)),
            (
                "target",
                match better {
                    Better::Lower => Cell::AtMost(limit_cell),
                    Better::Higher => Cell::AtLeast(limit_cell),
                },
            ),
        ],
    );
    if status != Status::NotMeasured {
        row.cells.insert("actual".into(), Cell::Number(actual_cell));
        row.cells.insert("margin".into(), Cell::Margin { actual, limit, better });
    }
    row.requirement = Some(id.into());
    row
}

fn budget(row: &TableRow, message: &str) -> Finding {
    Finding {
        rule: "budget".into(),
        id: row.requirement.clone(),
        severity: row.severity,
        benchmark: row.benchmark.clone(),
        metric: Some(Metric::time()),
        statistic: None,
        message: message.into(),
        waiver: None,
    }
}

/// Targets that all hold, without a base to compare with.
pub(crate) fn targets() -> Report {
    let met = (Status::Met, Severity::None);
    let rows = vec![
        target(("NFR-P01", "event/latency", "mean"), Nanoseconds, 200e6, 1.25e6, met),
        target(("NFR-P01", "event/latency", "p95"), Nanoseconds, 300e6, 221.4e6, met),
        target(("NFR-P02", "stream/throughput", "median"), PerSecond, 100.0, 950.0, met),
        target(("NFR-P03", "server/memory", "max"), Bytes, 500e6, 321.7e6, met),
        target(
            ("NFR-P04", "container/start", "median"),
            Nanoseconds,
            200e3,
            128.67e3,
            (Status::Close, Severity::Notice),
        ),
        target(("NFR-P05", "server/errors", "mean"), Percent, 5.0, 0.31, met),
    ];
    let mut compliance = compliance(&[
        ("NFR-P01", "event/latency", Status::Met),
        ("NFR-P02", "stream/throughput", Status::Met),
        ("NFR-P03", "server/memory", Status::Met),
        ("NFR-P04", "container/start", Status::Close),
        ("NFR-P05", "server/errors", Status::Met),
    ]);
    compliance.rows.iter_mut().for_each(|row| row.severity = Severity::None);
    let mut report = report(Vec::new());
    report.tables = vec![table("targets", "Targets", TARGETS, rows), compliance];
    report.comparisons = ["event/latency", "stream/throughput", "server/memory"]
        .map(|name| super::lone(name, Side::Head))
        .to_vec();
    report.config.thresholds.clear();
    report.base = SideInfo { name: "base".into(), ..SideInfo::default() };
    report.findings = vec![budget(
        &report.tables[0].rows[4],
        "median of time is 129 µs, within the limit of 200 µs, beyond 100 µs",
    )];
    report.severity = Severity::Notice;
    report
}

fn compliance(rows: &[(&str, &str, Status)]) -> Table {
    let rows = rows
        .iter()
        .map(|&(id, benchmark, status)| {
            let severity = match status {
                Status::Missed => Severity::Critical,
                Status::NotMeasured => Severity::Warning,
                _ => Severity::None,
            };
            let mut row = row(
                status,
                severity,
                [
                    ("requirement", name(id)),
                    ("rule", text("budget")),
                    ("benchmarks", name(benchmark)),
                ],
            );
            row.requirement = Some(id.into());
            row
        })
        .collect();
    let columns = &[("requirement", "Requirement"), ("rule", "Rule"), ("benchmarks", "Benchmarks")];
    table("compliance", "Requirements", columns, rows)
}

fn relations() -> Table {
    let row = row(
        Status::Met,
        Severity::None,
        [
            ("faster", name("container/reuse")),
            ("than", name("container/create")),
            ("at_least", Cell::AtLeast(Number::of(Factor, 60.0))),
            ("actual", Cell::Number(Number::of(Factor, 74.2).between(Some(71.9), Some(76.4)))),
            ("margin", Cell::Margin { actual: 74.2, limit: 60.0, better: Better::Higher }),
        ],
    );
    let columns = &[
        ("faster", "Faster"),
        ("than", "Than"),
        ("at_least", "At least"),
        ("actual", "Actual"),
        ("margin", "Margin"),
    ];
    table("relations", "Relations", columns, vec![row])
}

fn stability() -> Table {
    let share = |value| Cell::Number(Number::of(Share, value));
    let row = row(
        Status::Missed,
        Severity::Notice,
        [
            ("benchmark", name("net/connect")),
            ("cv", share(0.143)),
            ("p95", change(0.081, 0.07, 0.094)),
            ("run_to_run", share(0.021)),
        ],
    );
    let columns = &[
        ("benchmark", "Benchmark"),
        ("cv", "Stddev of mean"),
        ("p95", "P95 over p50"),
        ("run_to_run", "Run to run"),
    ];
    let mut table = table("stability", "Stability", columns, vec![row]);
    table.notes = vec!["141 benchmarks are stable and not listed".into()];
    table
}

fn growth() -> Table {
    let slope = |value: f64| Number::slope(value, Bytes);
    let between =
        |value: f64| Cell::Number(slope(value).between(Some(value * 0.8), Some(value * 1.25)));
    let columns = &[
        ("benchmark", "Benchmark"),
        ("base", "Base"),
        ("head", "Head"),
        ("limit", "Limit"),
        ("ratio", "Head of base"),
    ];
    let rows = vec![
        row(
            Status::Unproven,
            Severity::Critical,
            [
                ("benchmark", name("load/soak memory")),
                ("base", between(11e6)),
                ("head", between(56e6)),
                ("limit", Cell::AtMost(slope(50e6))),
                ("ratio", Cell::Number(Number::of(Factor, 5.1))),
            ],
        ),
        row(
            Status::NotMeasured,
            Severity::Warning,
            [("benchmark", name("load/idle memory")), ("limit", Cell::AtMost(slope(50e6)))],
        ),
    ];
    table("growth", "Growth", columns, rows)
}

fn metrics() -> Table {
    let columns = &[
        ("metric", "Metric"),
        ("benchmarks", "Benchmarks"),
        ("change", "Change"),
        ("worst", "Worst"),
        ("worst_change", ""),
    ];
    let row = |metric: &str, count: f64, by: f64, worst: &str, worst_by: f64| {
        row(
            None,
            Severity::None,
            [
                ("metric", text(metric)),
                ("benchmarks", Cell::Number(Number::of(Plain, count))),
                ("change", Cell::Number(Number::of(Change, by))),
                ("worst", name(worst)),
                ("worst_change", Cell::Number(Number::of(Change, worst_by))),
            ],
        )
    };
    let rows = vec![
        row("time", 10.0, 0.042, "parser/large", 0.231),
        row("memory", 4.0, -0.01, "codec/encode", 0.02),
    ];
    table("metrics", "Key metrics", columns, rows)
}

/// Everything that rules can say, beside two regressions.
pub(crate) fn rules() -> Report {
    let mut report = failing();
    let targets = vec![
        target(
            ("NFR-P01", "event/latency", "p95"),
            Nanoseconds,
            300e6,
            336e6,
            (Status::Missed, Severity::Critical),
        ),
        target(
            ("NFR-P02", "cache/hit", "p99"),
            Nanoseconds,
            1e6,
            0.812e6,
            (Status::Met, Severity::None),
        ),
        target(
            ("NFR-P03", "stream/throughput", "median"),
            PerSecond,
            100.0,
            88.0,
            (Status::Unproven, Severity::Critical),
        ),
        target(
            ("NFR-P04", "container/start", "median"),
            Nanoseconds,
            200e3,
            188e3,
            (Status::Close, Severity::Notice),
        ),
        target(
            ("NFR-P06", "dht/lookup/1000000", "p95"),
            Nanoseconds,
            500e6,
            0.0,
            (Status::NotMeasured, Severity::Warning),
        ),
    ];
    report.findings.extend([
        budget(&targets[0], "p95 of time is 336 ms, 12 % over the limit of 300 ms"),
        budget(&targets[4], "nothing measured matches `dht/lookup/1000000`"),
        Finding {
            rule: "overhead".into(),
            metric: Some(Metric::time()),
            ..budget(
                &overhead().rows[3],
                "telemetry costs 1.29 % with agent_count=100, the limit is 1 %",
            )
        },
        Finding {
            rule: "scaling".into(),
            severity: Severity::Critical,
            ..budget(
                &scaling().rows[1],
                "search/scan/* grows like n^1.84 (1.78 to 1.90), declared is at most n",
            )
        },
        Finding {
            rule: "stability".into(),
            ..budget(
                &stability().rows[0],
                "the standard deviation is 14.3 % of the mean, the limit is 10 %",
            )
        },
    ]);
    report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    report.tables = vec![
        table("targets", "Targets", TARGETS, targets),
        compliance(&[
            ("NFR-P01", "event/latency", Status::Missed),
            ("NFR-P02", "cache/hit", Status::Met),
            ("NFR-P06", "dht/lookup/1000000", Status::NotMeasured),
        ]),
        overhead(),
        relations(),
        stability(),
        scaling(),
        growth(),
        metrics(),
    ];
    report.config.display = Display {
        notice: "review".into(),
        warning: "investigate".into(),
        critical: "block".into(),
    };
    report
}
