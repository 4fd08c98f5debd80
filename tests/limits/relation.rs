use proptest::prelude::*;

use super::*;

const RULE: &str = "  - relation: { id: R-1, faster: container/reuse, than: container/create, at-least: 60x, tier: must }";

/// Five runs of create around 120 µs and of reuse a factor below it, both disturbed by the same machine.
fn containers(times_faster: f64) -> Vec<Run> {
    let run = |block: u32| {
        let machine = 1.0 + 0.1 * f64::from(block);
        [
            times("container/create", block, &[120.0 * machine]),
            times("container/reuse", block, &[120.0 * machine / times_faster]),
        ]
    };
    (0..5).flat_map(run).collect()
}

#[test]
fn a_factor_is_reached_or_not() {
    for (factor, status) in [(61.0, "Met"), (59.0, "Missed"), (0.8, "Missed")] {
        let report = held(RULE, containers(factor));
        let table = report.tables.last().expect("a table");
        assert_eq!(format!("{:?}", table.rows[0].status.expect("a status")), status, "{factor}");
    }
    insta::assert_snapshot!(shown(&held(RULE, containers(41.234))));
    let slower = held(RULE, containers(0.8));
    assert_eq!(
        slower.findings[0].message,
        "median of time is 1.25x slower than that of `container/create`; at least 60x is asked for"
    );
}

/// RU-5: 50 tasks reach 385 % of one task's throughput.
#[test]
fn of_throughput_the_larger_number_is_faster() {
    let rate = |name: &str, v: f64| values(name, "throughput", Unit::PerSecond, 0, vec![v]);
    let runs = vec![rate("tasks/1", 100.0), rate("tasks/50", 380.0)];
    let report = held(
        "  - relation: { faster: tasks/50, than: tasks/1, metric: throughput, at-least: 385% }",
        runs,
    );
    assert_eq!(
        report.findings[0].message,
        "median of throughput is 3.8x faster than that of `tasks/1`; at least 3.85x is asked for"
    );
}

#[test]
fn globs_are_matched_and_what_has_no_partner_is_said() {
    let runs = vec![
        times("warm/get/10", 0, &[1.0]),
        times("warm/get/100", 0, &[2.0]),
        times("warm/put/10", 0, &[2.0]),
        times("cold/get/10", 0, &[10.0]),
        times("cold/get/100", 0, &[10.0]),
    ];
    let report = held(
        r#"
  - relation: { faster: "warm/**", than: "cold/**", at-least: { warning: 8x, critical: 4x } }
  - relation: { id: R-2, faster: "hot/**", than: "cold/**", at-least: 2x }
  - relation: { faster: "warm/**", than: "icy/**", at-least: 2x, severity: notice }
  - relation: { faster: "warm/get/*", than: "cold/get/*", statistic: p95, at-least: 2x }
"#,
        runs,
    );
    insta::assert_snapshot!(shown(&report));
}

/// Nothing is less than something by any factor; nothing against nothing says nothing.
#[test]
fn zero_reaches_every_factor() {
    let rule = "  - relation: { faster: reuse, than: fresh, metric: streams, at-least: 2x }";
    let rule = rule.replace("streams", "allocations");
    for (reuse, fresh, status) in
        [(0.0, 50.0, "Met"), (0.0, 0.0, "NotMeasured"), (50.0, 0.0, "Missed")]
    {
        let count = |name: &str, v: f64| values(name, "allocations", Unit::Count, 0, vec![v]);
        let report = held(&rule, vec![count("reuse", reuse), count("fresh", fresh)]);
        let row = &report.tables.last().expect("a table").rows[0];
        assert_eq!(format!("{:?}", row.status.expect("a status")), status, "{reuse} {fresh}");
        assert_eq!(report.findings.is_empty(), status == "Met", "{reuse} {fresh}");
    }
}

#[test]
fn both_sides_of_a_pair_give_one_statistic() {
    let p99 = [(Statistic::Percentile(99_000), 1e7), (Statistic::Min, 1e6)];
    let mean = [(Statistic::Mean, 1e7), (Statistic::Stddev, 5e5)];
    let of = |name: &str, said: &[(Statistic, f64)]| summary(name, "time", Unit::Nanoseconds, said);
    let report = held(
        "  - relation: { faster: a/y, than: a/x, at-least: 1 }",
        vec![of("a/x", &p99), of("a/y", &mean)],
    );
    assert_eq!(report.findings[0].message, "time cannot be measured: the data has no mean");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A machine that is slower by any factor, and runs that are read in another order, change nothing.
    #[test]
    fn the_machine_and_the_order_count_for_nothing(factor in 1.0..100.0_f64, scale in 0.01..100.0_f64, turn in 0..10_usize) {
        let number = |runs: Vec<Run>| {
            let report = held(RULE, runs);
            let row = report.tables.last().expect("a table").rows[0].clone();
            (row.status, shown(&report).lines().count(), match row.cells["actual"] {
                benchgate::model::Cell::Number(n) => n.value,
                _ => f64::NAN,
            })
        };
        let plain = number(containers(factor));
        let mut turned = containers(factor);
        turned.rotate_left(turn);
        prop_assert_eq!(number(turned), plain);
        let scaled: Vec<Run> = containers(factor).into_iter().map(|run| match run.data {
            Data::Values(v) => Run { data: Data::Values(v.iter().map(|v| v * scale).collect()), ..run },
            _ => run,
        }).collect();
        let (_, _, value) = number(scaled);
        prop_assert!((value / plain.2 - 1.0).abs() < 1e-9);
    }
}
