use super::*;

/// Requirements that several rules share, that hold by half, that nothing measures.
#[test]
fn requirements_are_gathered_over_all_rules() {
    let report = held(
        r#"
  - budget: { id: NFR-1, benchmarks: "event/*", metric: time, limit: 200us, tier: must }
  - stability: { id: NFR-1, benchmarks: event/a, cv: 10% }
  - relation: { id: NFR-2, faster: event/a, than: event/b, at-least: 2x, tier: should }
  - budget: { id: NFR-3, benchmarks: gone, metric: memory, limit: 1MB, tier: quality }
  - budget: { benchmarks: "event/*", metric: time, limit: 1ms }
"#,
        vec![times("event/a", 0, &[100.0, 101.0, 99.0]), times("event/b", 0, &[210.0, 211.0])],
    );
    let matrix = Report {
        tables: report.tables.iter().filter(|t| t.kind == "compliance").cloned().collect(),
        ..report
    };
    insta::assert_snapshot!(shown(&matrix));
}

fn compliance(report: &Report) -> Vec<(String, String)> {
    let table = report.tables.iter().find(|t| t.kind == "compliance").expect("a matrix");
    let line = |row: &benchgate::model::TableRow| {
        let benchmarks = format!("{:?}", row.cells["benchmarks"]);
        (benchmarks, format!("{:?}", row.status.expect("a status")))
    };
    table.rows.iter().map(line).collect()
}

/// How many limits are met, and how many there are.
fn counted(report: &Report, kind: &str) -> (usize, usize) {
    let table = report.tables.iter().find(|t| t.kind == kind).expect("a table");
    let met = table.statuses().filter(|status| *status == benchgate::model::Status::Met);
    (met.count(), table.statuses().count())
}

fn many(slow: usize) -> Vec<Run> {
    let micros = |i: usize| if i < slow { 3.0 } else { 1.0 };
    (0..301).map(|i| times(&format!("c/{i:03}"), 0, &[micros(i)])).collect()
}

/// What is met by so many benchmarks that none is listed is met all the same, and counts.
#[test]
fn a_requirement_that_very_many_hold_is_in_the_matrix() {
    let report = held("  - budget: { id: ALL, benchmarks: \"c/*\", limit: 2us }", many(0));
    assert_eq!(compliance(&report), [(r#"Text("301 benchmarks")"#.into(), "Met".into())]);
    assert_eq!(counted(&report, "targets"), (301, 301));
}

#[test]
fn two_rules_of_one_requirement_count_a_benchmark_once() {
    let rule = "  - budget: { id: TWO, benchmarks: \"c/*\", limit: 2us }";
    let mean = "  - budget: { id: TWO, benchmarks: \"c/*\", limit: 2us, statistic: mean }";
    let report = held(&format!("{rule}\n{mean}"), many(1));
    assert_eq!(
        compliance(&report),
        [(r#"Text("300 of 301 benchmarks hold it")"#.into(), "Missed".into())]
    );
}

/// The parts of a sum are not asked for anything by themselves.
#[test]
fn rows_without_a_status_hold_nothing() {
    let mut runs = many(0);
    runs.push(times("whole", 0, &[100.0]));
    let report = held(
        "  - overhead: { id: SUM, name: x, baseline: whole, components: \"c/*\", sum: 20% }",
        runs,
    );
    assert_eq!(compliance(&report), [(r#"Name("sum")"#.into(), "Missed".into())]);
    assert_eq!(counted(&report, "overhead"), (0, 1));
}

#[test]
fn key_metrics_tell_the_mean_the_worst_and_the_best() {
    let both = |name: &str, base: f64, head: f64| {
        (0..5)
            .flat_map(move |block| {
                let wobble = 1.0 + 0.001 * f64::from(block);
                let at = |v: f64| times(name, block, &[v * wobble]);
                [Run { side: Side::Base, ..at(base) }, at(head)]
            })
            .collect::<Vec<Run>>()
    };
    let mut runs =
        [both("a", 100.0, 110.0), both("b", 100.0, 95.0), both("c", 100.0, 100.0)].concat();
    // No rule compares these, and they have no base.
    runs.push(values("a", "memory", Unit::Bytes, 0, vec![4e6]));
    runs.push(values("b", "memory", Unit::Bytes, 0, vec![6e6]));
    // No rule compares these.
    for (name, side) in [("a", Side::Base), ("a", Side::Head), ("b", Side::Base), ("b", Side::Head)]
    {
        runs.push(Run { side, ..values(name, "streams", Unit::Count, 0, vec![6.0]) });
    }
    let report = held("  - regression: { metric: time, critical: 20% }", runs.clone());
    let only = Report {
        tables: report.tables.iter().filter(|t| t.kind == "metrics").cloned().collect(),
        findings: Vec::new(),
        diagnostics: Vec::new(),
        ..report
    };
    insta::assert_snapshot!(shown(&only));
    let none_compared = held("  - budget: { limit: 1ms }", runs.clone());
    let metrics = none_compared.tables.iter().find(|table| table.kind == "metrics").unwrap();
    assert_eq!(metrics.rows.len(), 2, "time and streams");
    runs.retain(|run| run.side == Side::Head);
    let without_base = held("  - budget: { limit: 1ms }", runs);
    assert!(without_base.tables.iter().all(|table| table.kind != "metrics"));
    let single = held("  - budget: { limit: 1ms }", vec![times("a", 0, &[1.0])]);
    assert!(single.tables.iter().all(|table| table.kind != "metrics"));
}
