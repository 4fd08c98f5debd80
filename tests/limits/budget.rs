use super::*;

fn cache(micros: f64) -> Vec<Run> {
    (0..5).map(|block| times("cache/hit", block, &[micros, micros * 1.01, micros * 0.99])).collect()
}

#[test]
fn a_limit_is_a_ceiling_or_a_floor() {
    let mut runs = cache(128.67);
    runs.push(values("api", "throughput", Unit::PerSecond, 0, vec![88.0]));
    runs.push(values("api", "error-rate", Unit::Ratio, 0, vec![0.031]));
    runs.push(values("api", "memory", Unit::Bytes, 0, vec![3.9e7]));
    runs.push(values("api", "streams", Unit::Count, 0, vec![48.0]));
    let report = held(
        r#"
  - budget: { id: P-1, benchmarks: cache/hit, metric: time, limit: 200us, tier: must }
  - budget: { id: P-2, benchmarks: cache/hit, metric: time, limit: 100us, tier: quality }
  - budget: { benchmarks: api, metric: throughput, limit: 100/s, tier: must }
  - budget: { benchmarks: api, metric: error-rate, limit: 5%, tier: should }
  - budget: { benchmarks: api, metric: memory, limit: 0.5% of 8GB }
  - budget: { benchmarks: api, metric: streams, limit: 10 }
"#,
        runs,
    );
    insta::assert_snapshot!(shown(&report));
    assert_eq!(report.exit_code, 1);
}

/// RU-3: a warning band below the limit, and a critical level when it is exceeded by more than 20 % or 2x.
#[test]
fn levels_stand_in_front_of_a_limit_and_behind_it() {
    for (micros, levels, over) in [
        (0.7, "Met none", "Met none"),
        (0.85, "Close warning", "Met none"),
        (1.1, "Missed critical", "Missed notice"),
        (1.3, "Missed critical", "Missed warning"),
        (2.1, "Missed critical", "Missed critical"),
    ] {
        let standing = |rule: &str| {
            let report = held(rule, cache(micros * 1e3));
            let row = report.tables.last().and_then(|t| t.rows.first().cloned()).expect("a row");
            assert_eq!(report.severity, row.severity);
            format!("{:?} {}", row.status.expect("a status"), row.severity)
        };
        assert_eq!(
            standing(
                "  - budget: { benchmarks: cache/hit, limit: { warning: 0.8ms, critical: 1ms } }"
            ),
            levels
        );
        assert_eq!(
            standing(
                "  - budget: { benchmarks: cache/hit, limit: 1ms, tier: quality, over: { warning: 20%, critical: 2x } }"
            ),
            over
        );
    }
}

#[test]
fn messages_say_what_was_measured_and_what_is_asked_for() {
    let said = |rule: &str, run: Run| {
        let report = held(&format!("  - budget: {{ {rule} }}"), vec![run]);
        report.findings.first().map_or("–".into(), |f| f.message.clone())
    };
    let time = |micros: f64| times("a", 0, &[micros]);
    for (rule, run, message) in [
        ("limit: 1ms", time(1310.0), "median of time is 1.31 ms, 31 % over the limit of 1 ms"),
        ("limit: 1ms", time(2310.0), "median of time is 2.31 ms, 2.3x the limit of 1 ms"),
        (
            "limit: { notice: 1ms, critical: 2ms }",
            time(1310.0),
            "median of time is 1.31 ms, 31 % over 1 ms; the limit is 2 ms",
        ),
        (
            "metric: throughput, limit: 100/s",
            values("a", "throughput", Unit::PerSecond, 0, vec![40.0]),
            "median of throughput is 40.0 /s, 40 % of the limit of 100 /s",
        ),
        (
            "metric: error-rate, limit: 0%",
            values("a", "error-rate", Unit::Ratio, 0, vec![0.001]),
            "median of error-rate is 0.100 %, over the limit of 0 %",
        ),
        ("metric: streams, limit: 10ms", values("a", "streams", Unit::Count, 0, vec![10.0]), ""),
    ] {
        if !message.is_empty() {
            assert_eq!(said(rule, run), message, "{rule}");
        }
    }
}

#[test]
fn what_the_data_cannot_give_is_said() {
    let many: Vec<f64> = (0..200).map(|i| 900.0 + f64::from(i)).collect();
    let runs = || {
        vec![
            averages("criterion/a", 0, &many),
            averages("criterion/b", 0, &many),
            times("few", 0, &[1.0, 2.0]),
            summary("told", "time", Unit::Nanoseconds, &[(Statistic::Mean, 5e3)]),
            summary("bytes", "cpu", Unit::Percent, &[(Statistic::Mean, 4.0)]),
        ]
    };
    let report = held(
        r#"
  - budget: { id: A, benchmarks: "criterion/*", metric: time, statistic: p95, limit: 1ms, tier: must }
  - budget: { benchmarks: "criterion/a", metric: time, statistic: p95, limit: 1ms, accept-averages: true }
  - budget: { benchmarks: few, metric: time, statistic: p95, limit: 1ms }
  - budget: { benchmarks: told, metric: time, statistic: p95, limit: 1ms }
  - budget: { benchmarks: bytes, metric: cpu, limit: 10ms }
  - budget: { benchmarks: told, metric: memory, limit: 10MB }
  - budget: { id: B, benchmarks: toldd, metric: time, limit: 10ms, tier: must }
  - budget: { benchmarks: nothing, metric: time, limit: 10ms, severity: none }
"#,
        runs(),
    );
    insta::assert_snapshot!(shown(&report));
}

#[test]
fn proof_is_asked_for_where_the_rule_says_so() {
    let noisy = || -> Vec<Run> {
        [0.9, 1.0, 1.1, 1.2, 1.3]
            .iter()
            .zip(0..)
            .map(|(value, block)| times("a", block, &[value * 1e3]))
            .collect()
    };
    let status = |rule: &str| {
        let report = held(rule, noisy());
        let row = report.tables.last().and_then(|t| t.rows.first().cloned()).expect("a row");
        (format!("{:?}", row.status.expect("a status")), report.findings.len())
    };
    assert_eq!(status("  - budget: { limit: 1.05ms }"), ("Missed".into(), 1));
    assert_eq!(status("  - budget: { limit: 1.05ms, evidence: proven }"), ("Unproven".into(), 0));
    assert_eq!(status("  - budget: { limit: 0.5ms, evidence: proven }"), ("Missed".into(), 1));
}

#[test]
fn very_many_benchmarks_are_counted_and_not_listed() {
    let runs = |n: usize| -> Vec<Run> {
        let micros = |i: usize| if i == 7 { 3.0 } else { 1.0 };
        (0..n).map(|i| times(&format!("b{i:04}"), 0, &[micros(i)])).collect()
    };
    let rule = "  - budget: { id: ALL, metric: time, limit: 2us }";
    let table = |n| {
        let report = held(rule, runs(n));
        let targets = report.tables.iter().find(|t| t.kind == "targets").cloned().expect("targets");
        let matrix =
            report.tables.iter().find(|t| t.kind == "compliance").cloned().expect("the matrix");
        (targets.rows.len(), targets.notes, matrix.rows[0].cells["benchmarks"].clone())
    };
    let (rows, notes, matrix) = table(200);
    assert_eq!((rows, notes.len()), (200, 0));
    assert_eq!(format!("{matrix:?}"), r#"Text("199 of 200 benchmarks hold it")"#);
    let (rows, notes, matrix) = table(1200);
    assert_eq!(rows, 1);
    assert_eq!(notes, ["1,199 more benchmarks hold their limit of time and are not listed"]);
    assert_eq!(format!("{matrix:?}"), r#"Text("1,199 of 1,200 benchmarks hold it")"#);
}

/// A gate of targets only guards something; one whose targets match nothing does not.
#[test]
fn a_gate_without_regression_rules_guards_something() {
    let gated = |rules: &str| codes(&held(rules, cache(10.0)));
    assert_eq!(gated("  - budget: { limit: 1ms }"), []);
    assert_eq!(gated("  - budget: { benchmarks: other, limit: 1ms }"), [Code::NothingGated]);
    assert_eq!(
        gated("  - budget: { benchmarks: other, limit: 1ms, severity: none }"),
        [Code::NothingGated, Code::UnusedRule]
    );
}

/// Exact numbers are proof by themselves; what nothing could prove is said.
#[test]
fn proof_of_exact_numbers_and_of_none() {
    let count = || vec![values("a", "instructions", Unit::Count, 0, vec![5000.0])];
    let rule = "  - budget: { metric: instructions, limit: 1000, evidence: proven, tier: must }";
    let open = held(rule, count());
    assert_eq!((open.findings[0].rule.as_str(), open.exit_code), ("not-measurable", 1));
    insta::assert_snapshot!(open.findings[0].message);
    let twice = vec![
        values("a", "instructions", Unit::Count, 0, vec![5000.0]),
        values("a", "instructions", Unit::Count, 1, vec![5000.0]),
    ];
    let agree = held(rule, twice);
    assert_eq!((agree.findings[0].rule.as_str(), agree.exit_code), ("budget", 1));
    let exact = held(
        "  - budget: { metric: ticks, limit: 1000, evidence: proven, tier: must }",
        vec![values("a", "ticks", Unit::Count, 0, vec![5000.0])],
    );
    assert_eq!((exact.findings[0].rule.as_str(), exact.exit_code), ("budget", 1));
}

#[test]
fn what_was_not_measured_has_the_severity_of_the_highest_level() {
    let rule = "  - budget: { benchmarks: gone, limit: { notice: 1ms, critical: 2ms } }";
    let report = held(rule, vec![times("a", 0, &[1.0])]);
    let row = &report.tables.last().expect("a table").rows[0];
    assert_eq!(row.severity, benchgate::model::Severity::Critical);
}

/// Levels may say parts of one and of a hundred; other units are not mixed.
#[test]
fn levels_in_two_units_are_compared_as_one() {
    let cpu = |value| vec![values("a", "cpu", Unit::Ratio, 0, vec![value])];
    let rule = "  - budget: { metric: cpu, limit: { warning: 50%, critical: 0.9 } }";
    for (value, severity) in [(0.4, "none"), (0.6, "warning"), (0.95, "critical")] {
        assert_eq!(held(rule, cpu(value)).severity.to_string(), severity, "{value}");
    }
    let refused = |limit: &str| -> String {
        let yaml = format!("version: 1\nrules:\n  - budget: {{ metric: cpu, limit: {limit} }}\n");
        let diagnostics = Config::parse("benchgate.yml", &yaml, None).expect_err("refused");
        diagnostics[0].message.clone()
    };
    assert_eq!(
        refused("{ warning: 90%, critical: 0.5 }"),
        "the levels of `limit` are out of order"
    );
    assert_eq!(
        refused("{ warning: 1ms, critical: 50% }"),
        "the levels of `limit` are in units that cannot be compared"
    );
}
