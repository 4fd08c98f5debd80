use std::fmt::Write as _;

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::number::{change, quantity, setting, share};
use crate::model::{Cell, Measurement, Number, Order, Table, Unit};
use crate::policy::rules::testing;
use crate::stats::reduce::side_interval;

fn rule(keys: Value) -> Overhead {
    testing::rule(keys)
}

/// A benchmark of head with one number a run, in ns.
fn head(benchmark: &str, per_run: &[f64]) -> Measurement {
    let (low, high) = side_interval(per_run).and_then(|(_, ends)| ends).unzip();
    let of = (Metric::time(), Statistic::Median, Unit::Nanoseconds);
    Measurement { low, high, ..Measurement::of_runs(Side::Head, benchmark, of, per_run) }
}

/// One run with an interval of 1 % around it.
fn single(benchmark: &str, value: f64) -> Measurement {
    let (low, high) = (Some(value * 0.99), Some(value * 1.01));
    Measurement { low, high, ..head(benchmark, &[value]) }
}

fn check(rule: &Overhead, measurements: &[Measurement]) -> Checked {
    testing::check(rule, measurements, Order::Unknown)
}

/// Findings and tables as plain text.
fn shown(checked: &Checked) -> String {
    let mut out = String::new();
    for finding in &checked.findings {
        let of = finding.benchmark.as_ref().map_or("-", BenchmarkId::as_str);
        let _ = writeln!(out, "{} {} {of}: {}", finding.severity, finding.rule, finding.message);
    }
    for table in &checked.tables {
        let titles: Vec<&str> = table.columns.iter().map(|column| column.title.as_str()).collect();
        let _ = writeln!(out, "\n{} ({}): {}", table.title, table.kind, titles.join(" | "));
        for row in &table.rows {
            let cell = |key: &str| row.cells.get(key).map_or(String::new(), words);
            let cells: Vec<String> = table.columns.iter().map(|column| cell(&column.key)).collect();
            let status = row.status.map_or(String::new(), |status| format!("{status:?}"));
            let _ = writeln!(out, "  {} | {status} {}", cells.join(" | "), row.severity);
        }
        for note in &table.notes {
            let _ = writeln!(out, "  {note}");
        }
    }
    out
}

fn words(cell: &Cell) -> String {
    let number = |number: &Number| {
        let word = |value: f64| match number.kind {
            NumberKind::Amount => quantity(value, number.unit.expect("a unit")),
            NumberKind::Share => share(value),
            _ => change(value),
        };
        let interval = number.low.zip(number.high);
        let interval = interval
            .map_or(String::new(), |(low, high)| format!(" ({} to {})", word(low), word(high)));
        format!("{}{interval}", word(number.value))
    };
    match cell {
        Cell::Text(text) | Cell::Name(text) => text.clone(),
        Cell::Number(value) => number(value),
        Cell::AtMost(limit) => format!("at most {}", setting(limit.value)),
        other => format!("{other:?}"),
    }
}

/// Five runs around a time.
fn five(benchmark: &str, time: f64) -> Measurement {
    head(benchmark, &[0.0, 0.004, -0.003, 0.001, -0.002].map(|noise| time * (1.0 + noise)))
}

/// RU-4: the parts of a message at three scales, their sum, and who contributes most.
#[test]
fn components_by_scale() {
    let measurements: Vec<Measurement> = [(1, 100e3, 1.0), (10, 110e3, 2.0), (100, 140e3, 4.0)]
        .into_iter()
        .flat_map(|(agents, whole, load)| {
            let id = |name: &str| format!("{name}/agent_count={agents}");
            [
                five(&id("full/complete"), whole),
                five(&id("metrics/record"), 300.0 * load),
                five(&id("health/check"), 100.0 * load),
                five(&id("shutdown/poll"), 50.0),
            ]
        })
        .collect();
    let rule = rule(json!({
        "name": "total overhead", "id": "NFR-7", "baseline": "full/complete/*",
        "components": "{metrics,health,shutdown}/**", "sum": "1%", "each": "0.8%", "tier": "must",
    }));
    assert_snapshot!("components_by_scale", shown(&check(&rule, &measurements)));
}

/// RU-4: variants of one benchmark, which stands within their glob, in levels.
#[test]
fn variants_over_one_benchmark() {
    let measurements = [
        five("policy/none", 1000.0),
        five("policy/basic", 1047.0),
        five("policy/strict", 1179.0),
        five("policy/audit", 1110.0),
    ];
    let rule = rule(json!({
        "baseline": "policy/none", "variants": "policy/*",
        "each": { "notice": "10%", "critical": "15%" }, "average": "5%", "maximum": "15%",
    }));
    assert_snapshot!("variants_over_one_benchmark", shown(&check(&rule, &measurements)));
}

/// RU-4: two recordings of one suite, one run each; one benchmark has no partner.
#[test]
fn two_recordings() {
    let measurements = [
        single("off/cache/hit", 100.0),
        single("off/dht/10", 200.0),
        single("off/dht/100", 400.0),
        single("on/cache/hit", 104.0),
        single("on/dht/10", 218.0),
        single("on/dht/100", 450.0),
        single("on/search", 100.0),
    ];
    let rule = rule(json!({
        "name": "telemetry", "baseline": "off/**", "variants": "on/**",
        "each": { "warning": "8%", "critical": "10%" }, "average": { "warning": "5%", "critical": "8%" },
        "maximum": { "critical": "15%" },
    }));
    assert_snapshot!("two_recordings", shown(&check(&rule, &measurements)));
}

/// A variant that was not measured does not pass for one that costs nothing.
#[test]
fn a_variant_that_was_lost() {
    let rule =
        rule(json!({ "baseline": "off/**", "variants": "on/**", "each": "8%", "average": "5%" }));
    let mut measurements =
        vec![single("off/a", 100.0), single("off/b", 200.0), single("on/b", 202.0)];
    let mut text = shown(&check(&rule, &measurements));
    measurements.push(single("off/c", 300.0));
    text.push_str(&shown(&check(&rule, &measurements)));
    assert_snapshot!("a_variant_that_was_lost", text);
}

/// Where more is better, overhead is what is lost.
#[test]
fn a_loss_of_throughput() {
    let rate =
        |m: Measurement| Measurement { metric: Metric::throughput(), unit: Unit::PerSecond, ..m };
    let measurements =
        [rate(five("plain", 1000.0)), rate(five("tls", 880.0)), rate(five("zip", 1020.0))];
    let rule = rule(json!({
        "baseline": "plain", "variants": "*", "metric": "throughput", "each": "10%", "sum": "5%",
    }));
    assert_snapshot!("a_loss_of_throughput", shown(&check(&rule, &measurements)));
}

#[test]
fn what_was_not_measured_is_said() {
    let p99 = rule(json!({
        "baseline": "off/*", "variants": "on/*", "statistic": "p99", "each": "5%",
    }));
    let averages = |m: Measurement| Measurement { averages: true, ..m };
    let measurements = [averages(five("off/a", 10.0)), averages(five("on/a", 10.0))];
    let mut text = shown(&check(&p99, &measurements));
    let nothing = rule(json!({
        "baseline": "off/*", "variants": "om/*", "each": { "critical": "5%" }, "id": "NFR-1",
    }));
    text.push_str(&shown(&check(&nothing, &measurements)));
    let alike = rule(json!({ "baseline": "off/*", "components": "on", "sum": "5%" }));
    let measurements = [five("off/a", 10.0), five("off/b", 10.0), five("on", 1.0)];
    text.push_str(&shown(&check(&alike, &measurements)));
    let zero = [
        Measurement { metric: Metric::new("cpu"), ..head("off/a", &[0.0]) },
        Measurement { metric: Metric::new("cpu"), ..head("on/a", &[1.0]) },
    ];
    let cpu =
        rule(json!({ "baseline": "off/*", "variants": "on/*", "metric": "cpu", "each": "5%" }));
    text.push_str(&shown(&check(&cpu, &zero)));
    assert_snapshot!("not_measured", text);
}

/// With proof asked for, an estimate beyond the limit is no finding.
#[test]
fn proof_may_be_asked_for() {
    let noisy = head("tls", &[110.0, 90.0, 140.0, 105.0, 120.0]);
    let measurements = [five("plain", 100.0), noisy];
    for (evidence, findings, status) in
        [("estimate", 1, Status::Missed), ("proven", 0, Status::Unproven)]
    {
        let rule = rule(json!({
            "baseline": "plain", "variants": "tls", "each": "5%", "evidence": evidence,
        }));
        let checked = check(&rule, &measurements);
        assert_eq!(checked.findings.len(), findings, "{evidence}");
        let row = checked.tables.iter().flat_map(|table| &table.rows).nth(1).expect("a row");
        assert_eq!(row.status, Some(status), "{evidence}");
    }
}

/// Beyond six scales a benchmark has a row, a total a row for each scale; `by` makes scales of strangers.
#[test]
fn many_scales_and_named_ones() {
    let many: Vec<Measurement> = (1..=7)
        .flat_map(|n| [single(&format!("plain/{n}"), 100.0), single(&format!("tls/{n}"), 101.0)])
        .collect();
    let sums = rule(json!({ "baseline": "plain/*", "components": "tls/*", "sum": "200%" }));
    let mut text = shown(&check(&sums, &many));
    let named: Vec<Measurement> = ["a/n=2", "b/n=2", "a/n=10", "a/n=30"]
        .iter()
        .flat_map(|id| [single(&format!("off/{id}"), 100.0), single(&format!("on/{id}"), 106.0)])
        .collect();
    let by = rule(json!({ "baseline": "off/**", "variants": "on/**", "by": "n", "average": "5%" }));
    text.push_str(&shown(&check(&by, &named)));
    let unknown =
        rule(json!({ "baseline": "off/a/*", "variants": "on/a/*", "by": "m", "average": "7%" }));
    text.push_str(&shown(&check(&unknown, &named)));
    assert_snapshot!("many_scales_and_named_ones", text);
}

#[test]
fn very_many_rows_are_left_out() {
    let measurements: Vec<Measurement> = (0..300)
        .flat_map(|i| {
            let slow = if i == 7 { 120.0 } else { 101.0 };
            [single(&format!("off/b{i}"), 100.0), single(&format!("on/b{i}"), slow)]
        })
        .collect();
    let rule =
        rule(json!({ "baseline": "off/*", "variants": "on/*", "each": "5%", "average": "5%" }));
    let checked = check(&rule, &measurements);
    assert_eq!((checked.left_out.len(), checked.findings.len()), (299, 1));
    let rows: Vec<&str> = checked
        .tables
        .iter()
        .flat_map(|table| &table.rows)
        .map(|row| row.benchmark.as_ref().map_or("average", BenchmarkId::as_str))
        .collect();
    assert_eq!(rows, ["average", "on/b7"]);
}

/// Columns that are put together must mean the same scale, and tables of two metrics are two.
#[test]
fn columns_are_named_by_their_scales() {
    let scales = |suite: &str, of: &[u32]| -> Vec<Measurement> {
        let pair = |n: &u32| ["plain", "tls"].map(|v| single(&format!("{suite}/{v}/n={n}"), 100.0));
        of.iter().flat_map(pair).collect()
    };
    let measurements = [scales("a", &[1, 10]), scales("b", &[10, 100])].concat();
    let keys = |suite: &str| -> Vec<String> {
        let rule = rule(json!({
            "name": "tls", "baseline": format!("{suite}/plain/*"), "variants": format!("{suite}/tls/*"),
            "each": "5%",
        }));
        let table = check(&rule, &measurements).tables.remove(0);
        table.columns.into_iter().map(|column| column.key).collect()
    };
    assert_eq!(keys("a"), ["benchmark", "scale:n=1", "scale:n=10", "limit"]);
    assert_eq!(keys("b"), ["benchmark", "scale:n=10", "scale:n=100", "limit"]);
    let memory = rule(json!({
        "name": "tls", "baseline": "a", "variants": "b", "metric": "memory", "each": "5%",
    }));
    assert_eq!(check(&memory, &measurements).tables[0].title, "tls (memory)");
}

/// A total without a part that other scales have would be too small.
#[test]
fn a_component_that_one_scale_lacks_leaves_its_total_open() {
    let measurements = [
        five("full/n=1", 1000.0),
        five("full/n=10", 1000.0),
        five("part/a/n=1", 100.0),
        five("part/a/n=10", 100.0),
        five("part/b/n=1", 100.0),
    ];
    let rule = rule(json!({
        "id": "V", "baseline": "full/*", "components": "part/**", "sum": "120%", "tier": "must",
    }));
    let checked = check(&rule, &measurements);
    assert_eq!(
        checked.findings.iter().map(|f| (f.severity, f.message.as_str())).collect::<Vec<_>>(),
        [(
            Severity::Critical,
            "Parts of full/*: the sum at n=10 cannot be measured: `part/b` was measured at other scales and not at this one"
        )]
    );
    let sum = checked.tables[0]
        .rows
        .iter()
        .find(|row| row.cells["benchmark"] == Cell::Text("sum".into()))
        .expect("a sum");
    assert_eq!(sum.status, Some(Status::NotMeasured));
}

/// Without a statistic of the rule all are held against that of the baseline.
#[test]
fn a_mean_is_not_held_against_a_percentile() {
    let p99 = |m: Measurement| Measurement { statistic: Statistic::Percentile(99_000), ..m };
    let rule = rule(json!({ "baseline": "plain", "variants": "tls", "each": "5%" }));
    let checked = check(&rule, &[five("plain", 100.0), p99(five("tls", 100.0))]);
    assert_eq!(checked.findings[0].message, "time cannot be measured: the data has no median");
    let both = [five("plain", 100.0), p99(five("plain", 150.0)), p99(five("tls", 150.0))];
    assert_eq!(check(&rule, &both).findings.len(), 1);
}

/// Proof that nothing could give is no silence.
#[test]
fn proof_without_an_interval_is_said() {
    let open = |id: &str, value: f64| Measurement { low: None, high: None, ..single(id, value) };
    let rule = rule(json!({
        "baseline": "plain", "variants": "tls", "each": "5%", "sum": "5%", "evidence": "proven",
    }));
    let checked = check(&rule, &[open("plain", 100.0), open("tls", 200.0)]);
    let kinds: Vec<&str> = checked.findings.iter().map(|f| f.rule.as_str()).collect();
    assert_eq!(kinds, ["not-measurable", "not-measurable"]);
}

#[test]
fn mistakes_are_said_at_their_keys() {
    let mut text = String::new();
    for keys in [
        json!({ "baseline": "a", "each": "5%" }),
        json!({ "baseline": "a", "variants": "b", "components": "c", "each": "5%" }),
        json!({ "baseline": "a", "variants": "b" }),
        json!({ "baseline": "a", "components": "b", "metric": "throughput", "sum": "5%" }),
        json!({ "baseline": "a", "variants": "b", "sum": { "warning": "8%", "critical": "5%" } }),
        json!({ "baseline": "a", "variants": "b", "each": {}, "tier": "must", "severity": "notice" }),
        json!({ "baseline": "a", "variants": "b", "sum": { "warning": "8%" }, "tier": "must" }),
        json!({ "baseline": "a", "variants": "b", "metric": "tiem", "each": "5%" }),
    ] {
        for problem in rule(keys).problems(&Declared::default()) {
            let _ = writeln!(text, "{}: {} ({})", problem.key, problem.message, problem.help);
        }
    }
    assert_snapshot!("mistakes", text);
}

/// Everything of a table that must not depend on order or unit.
fn outcome(rule: &Overhead, measurements: &[Measurement]) -> Vec<(String, String)> {
    let checked = check(rule, measurements);
    let rows = checked.tables.into_iter().flat_map(|Table { rows, .. }| rows);
    let overhead = |row: crate::model::TableRow| {
        let cell = |key: &str| row.cells.get(key).map_or(String::new(), words);
        (cell("benchmark"), format!("{:?} {}", row.status, cell("overhead")))
    };
    rows.map(overhead).collect()
}

proptest! {
    #[test]
    fn neither_order_nor_scale_change_anything(
        times in prop::collection::vec((50.0..200.0_f64, 50.0..200.0_f64), 1..8),
        parts: bool,
    ) {
        let key = if parts { "components" } else { "variants" };
        let mut keys = json!({ "baseline": "off/*", "each": "10%", "average": "5%", "maximum": "20%", "sum": "30%" });
        keys[key] = json!("on/*");
        let rule = rule(keys);
        let with = |factor: f64| -> Vec<Measurement> {
            let pair = |(i, (off, on)): (usize, &(f64, f64))| {
                [five(&format!("off/{i}x"), off * factor), five(&format!("on/{i}x"), on * factor)]
            };
            times.iter().enumerate().flat_map(pair).collect()
        };
        let only_sizes = |rows: Vec<(String, String)>| -> Vec<(String, String)> {
            rows.into_iter().filter(|(name, _)| !name.starts_with("off/")).collect()
        };
        let plain = only_sizes(outcome(&rule, &with(1.0)));
        let mut reversed = with(1.0);
        reversed.reverse();
        prop_assert_eq!(&plain, &only_sizes(outcome(&rule, &reversed)));
        prop_assert_eq!(&plain, &only_sizes(outcome(&rule, &with(2.0))));
    }
}
