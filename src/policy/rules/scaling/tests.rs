use serde_json::json;

use super::*;
use crate::model::{Measurement, Order, Unit};
use crate::policy::rules::testing;

/// One number a run, at a size of a family.
fn measurement(side: Side, benchmark: &str, metric: &str, per_run: &[f64]) -> Measurement {
    let unit = if metric == "throughput" { Unit::PerSecond } else { Unit::Nanoseconds };
    let of = (Metric::new(metric), Statistic::Median, unit);
    Measurement::of_runs(side, benchmark, of, per_run)
}

/// A family of one run a size.
fn curve(
    side: Side,
    name: &str,
    metric: &str,
    sizes: &[f64],
    law: impl Fn(f64) -> f64,
) -> Vec<Measurement> {
    sizes.iter().map(|&n| measurement(side, &format!("{name}{n}"), metric, &[law(n)])).collect()
}

/// Five runs a size with noise that is the same in every test.
fn runs(side: Side, name: &str, sizes: &[f64], law: impl Fn(f64) -> f64) -> Vec<Measurement> {
    let noise = |run: u32, n: f64| {
        1.0 + 0.01 * (f64::from(run) * 7.3 + n + f64::from(u8::from(side == Side::Head))).sin()
    };
    let at = |n: f64| -> Vec<f64> { (0..5).map(|run| law(n) * noise(run, n)).collect() };
    sizes.iter().map(|&n| measurement(side, &format!("{name}{n}"), "time", &at(n))).collect()
}

fn rule(keys: serde_json::Value) -> Scaling {
    testing::rule(keys)
}

/// What a rule says: a line a row, note and finding.
fn said(rule: &Scaling, measurements: &[Measurement], order: Order) -> Vec<String> {
    let text = |row: &TableRow, key: &str| match row.cells.get(key) {
        Some(Cell::Text(text) | Cell::Name(text)) => text.clone(),
        Some(Cell::Number(number)) => format!("{:.2}", number.value),
        _ => "-".to_owned(),
    };
    testing::said(rule, measurements, order, |table, row| {
        let cells = table.columns.iter().map(|column| text(row, &column.key));
        cells.collect::<Vec<_>>().join(" | ")
    })
}

const SIZES: [f64; 4] = [10.0, 100.0, 1000.0, 10_000.0];

#[test]
fn a_declared_class_holds_or_not() {
    let declared = |class: &str| {
        rule(json!({ "benchmarks": "dht/lookup/*", "at-most": class, "tier": "must" }))
    };
    let head = |law: fn(f64) -> f64| curve(Side::Head, "dht/lookup/", "time", &SIZES, law);
    assert_eq!(
        said(&declared("log n"), &head(|n| 50.0 + 20.0 * n.ln()), Order::Unknown),
        ["dht/lookup/* | at most log n | 0.13 | log n = Some(Met)"]
    );
    assert_eq!(
        said(&declared("n log n"), &head(|n| 3.0 * n), Order::Unknown),
        ["dht/lookup/* | at most n log n | 1.00 | n = Some(Met)"]
    );
    assert_eq!(
        said(&declared("log n"), &head(|n| 3.0 * n), Order::Unknown),
        [
            "dht/lookup/* | at most log n | 1.00 | n = Some(Missed)",
            "scaling critical: time of `dht/lookup/*` grows with n^1.00 (1.00 to 1.00); at most log n is asked for, which is n^0.20 over these sizes",
        ]
    );
    // So much noise that the interval reaches the class.
    let noisy = |n: f64| n.powf(0.6) * if n == 100.0 { 9.0 } else { 1.0 };
    let lines = said(&declared("log n"), &head(noisy), Order::Unknown);
    assert!(
        lines.iter().all(|line| !line.starts_with("scaling"))
            && lines[0].ends_with("= Some(Unproven)"),
        "{lines:?}"
    );
    let estimate =
        rule(json!({ "benchmarks": "dht/lookup/*", "at-most": "log n", "evidence": "estimate" }));
    assert!(said(&estimate, &head(noisy), Order::Unknown)[0].ends_with("= Some(Missed)"));
}

#[test]
fn a_speedup_must_reach_its_class() {
    let linear = rule(
        json!({ "benchmarks": "pool/*", "metric": "throughput", "at-least": "n", "up-to": 8 }),
    );
    let sizes = [1.0, 2.0, 4.0, 8.0, 16.0];
    let head = |law: fn(f64) -> f64| curve(Side::Head, "pool/", "throughput", &sizes, law);
    assert_eq!(
        said(&linear, &head(|n| 100.0 * n.min(8.0)), Order::Unknown),
        ["pool/* | at least n | 1.00 | n = Some(Met)"]
    );
    assert_eq!(
        said(&linear, &head(|n| 100.0 * n.powf(0.7)), Order::Unknown)[1],
        "scaling warning: throughput of `pool/*` grows with n^0.70 (0.70 to 0.70); at least n is asked for, which is n^1.00 over these sizes"
    );
}

#[test]
fn what_cannot_be_told_is_said() {
    let declared = rule(json!({ "benchmarks": "a/*", "at-most": "n" }));
    let of = |sizes: &[f64]| {
        said(&declared, &curve(Side::Head, "a/", "time", sizes, |n| n), Order::Unknown)
    };
    assert_eq!(
        of(&[1.0, 10.0, 100.0]),
        [
            "a/* | at most n | - | - = Some(NotMeasured)",
            "note: `a/*`: it has 3 sizes that count; an exponent needs 4",
            "not-measurable warning: scaling of `a/*` cannot be measured: it has 3 sizes that count; an exponent needs 4",
        ]
    );
    assert!(
        of(&[1.0, 2.0, 3.0, 4.0])[2]
            .ends_with("its sizes span a factor of 4.00; an exponent needs 8")
    );
    let nothing = said(&declared, &curve(Side::Head, "b/", "time", &SIZES, |n| n), Order::Unknown);
    assert_eq!(
        nothing,
        [
            "a/* | at most n | - | - = Some(NotMeasured)",
            "not-measurable warning: scaling of `a/*` cannot be measured: nothing measured matches `a/*`",
        ]
    );
    let words = [measurement(Side::Head, "a/warm", "time", &[1.0])];
    assert_eq!(
        said(&declared, &words, Order::Unknown)[1],
        "note: `a/warm` has no number, or several; say with `parameter` which one is the size"
    );
    let mut doubled = curve(Side::Head, "a/", "time", &SIZES, |n| n);
    doubled.push(measurement(Side::Head, "a/1_000", "time", &[1.0]));
    assert!(
        said(&declared, &doubled, Order::Unknown)[2]
            .ends_with("`a/1000` and `a/1_000` have the same size")
    );
    // A rule that asks for nothing has nothing to complain about.
    let shown = rule(json!({ "benchmarks": "a/*" }));
    assert_eq!(
        said(&shown, &curve(Side::Head, "a/", "time", &[1.0], |n| n), Order::Unknown).len(),
        2
    );
}

#[test]
fn a_shape_that_became_worse_is_a_finding_where_it_is_proven() {
    let shown = rule(json!({ "benchmarks": "sort/*" }));
    let mut both = runs(Side::Base, "sort/", &SIZES, |n| 20.0 * n);
    both.extend(runs(Side::Head, "sort/", &SIZES, |n| 5.0 * n.powf(1.4)));
    let lines = said(&shown, &both, Order::Interleaved);
    assert!(lines[0].ends_with("= Some(Missed)"), "{lines:?}");
    assert!(
        lines[2].starts_with("scaling warning: time of `sort/*` grows faster than in base: with n^1.40 instead of n^1.00 (change 0."),
        "{lines:?}"
    );
    // The same numbers in sequence are no pairs and prove nothing; neither do four blocks.
    assert!(said(&shown, &both, Order::Sequential)[0].ends_with("= Some(Unproven)"));
    let four: Vec<Measurement> = both
        .iter()
        .map(|m| measurement(m.side, m.benchmark.as_str(), "time", &m.per_run[..4]))
        .collect();
    assert!(said(&shown, &four, Order::Interleaved)[0].ends_with("= Some(Unproven)"));
    // Better is no finding.
    let better: Vec<Measurement> = both
        .iter()
        .map(|m| Measurement {
            side: if m.side == Side::Base { Side::Head } else { Side::Base },
            ..m.clone()
        })
        .collect();
    assert!(said(&shown, &better, Order::Interleaved)[0].ends_with("| -0.40 = None"));
}

#[test]
fn a_load_curve_holds_up_to_its_load() {
    let holds = |load: f64| {
        rule(
            json!({ "id": "LOAD-4", "benchmarks": "load/users=*", "metric": "throughput", "degrades-after": load, "tier": "must", "evidence": "estimate" }),
        )
    };
    let law = |users: f64| if users <= 200.0 { 5.0 * users } else { 700.0 - users };
    let head = curve(Side::Head, "load/users=", "throughput", &[10.0, 50.0, 200.0, 400.0], law);
    let held = said(&holds(200.0), &head, Order::Unknown);
    assert_eq!(
        held,
        [
            "load/users=* | holds up to 200 | 0.62 | none fits = Some(Met)",
            "note: `load/users=*` saturates after 200 (n^−1.74 up to 400)",
            "note: `load/users=*` degrades at 400: 300 /s there, 70 % below 1.00 k/s at 200",
        ]
    );
    let failed = said(&holds(400.0), &head, Order::Unknown);
    assert_eq!(
        failed.last().map(String::as_str),
        Some(
            "scaling critical: throughput of `load/users=*` saturates after 200 (n^−1.74 up to 400) and degrades at 400: 300 /s there, 70 % below 1.00 k/s at 200; it must hold up to 400"
        )
    );
    let beyond = said(&holds(800.0), &head, Order::Unknown);
    assert!(
        beyond.last().is_some_and(|line| line.ends_with("its loads end at 400, before 800")),
        "{beyond:?}"
    );
    // Three loads give no exponent, but a load curve.
    let few = curve(Side::Head, "load/users=", "throughput", &[10.0, 50.0, 200.0], law);
    assert_eq!(
        said(&holds(200.0), &few, Order::Unknown),
        ["load/users=* | holds up to 200 | - | - = Some(Met)"]
    );
}

#[test]
fn a_fall_within_the_noise_is_not_accused() {
    let holds = |evidence: &str| {
        rule(
            json!({ "benchmarks": "load/*", "metric": "throughput", "degrades-after": 200, "evidence": evidence }),
        )
    };
    let mut head = curve(Side::Head, "load/", "throughput", &[10.0, 50.0, 100.0, 200.0], |n| {
        n.min(95.0 * n / 100.0)
    });
    head[3] = measurement(Side::Head, "load/200", "throughput", &[120.0]);
    for m in &mut head {
        let value = m.estimate.expect("a number");
        (m.low, m.high) = (Some(value * 0.5), Some(value * 2.0));
    }
    assert!(said(&holds("proven"), &head, Order::Unknown)[0].ends_with("= Some(Unproven)"));
    assert!(said(&holds("estimate"), &head, Order::Unknown)[0].ends_with("= Some(Missed)"));
}

#[test]
fn one_number_a_load_proves_nothing() {
    let head = |evidence: &str| {
        let holds = rule(
            json!({ "benchmarks": "load/*", "metric": "throughput", "degrades-after": 200, "evidence": evidence }),
        );
        let law = |n: f64| if n == 100.0 { 60.0 } else { n };
        let loads = [10.0, 50.0, 100.0, 200.0];
        said(&holds, &curve(Side::Head, "load/", "throughput", &loads, law), Order::Unknown)
    };
    assert_eq!(
        head("proven"),
        [
            "load/* | holds up to 200 | 0.94 | n to n^3 = Some(Unproven)",
            "note: `load/*` saturates after 50 (n^0.26 up to 100)",
            "note: `load/*`: nothing tells the noise of its numbers, so that this is not proven; measure each load in several runs, or write `evidence: estimate`",
        ]
    );
    assert!(head("estimate")[0].ends_with("= Some(Missed)"));
}

#[test]
fn what_is_proven_beyond_the_load_does_not_hide_doubt_before_it() {
    let holds = rule(
        json!({ "benchmarks": "load/*", "metric": "throughput", "degrades-after": 200, "tier": "must" }),
    );
    let law = |n: f64| match n {
        200.0 => 110.0,
        400.0 => 50.0,
        _ => n,
    };
    let loads = [10.0, 50.0, 100.0, 200.0, 400.0];
    let mut head = curve(Side::Head, "load/", "throughput", &loads, law);
    for m in &mut head {
        let reach = if m.benchmark.as_str() == "load/200" { 1.4 } else { 1.01 };
        let value = m.estimate.expect("a number");
        (m.low, m.high) = (Some(value / reach), Some(value * reach));
    }
    let lines = said(&holds, &head, Order::Unknown);
    assert!(lines[0].ends_with("= Some(Unproven)"), "{lines:?}");
    assert!(
        lines[1].starts_with("note: `load/*` saturates after 100")
            && lines[1].ends_with("which may be noise"),
        "{lines:?}"
    );
}

/// A cost that bends: linear up to 1,000 and quadratic beyond.
fn bent(n: f64) -> f64 {
    if n <= 1000.0 { 3.0 * n } else { 3.0 * n * n / 1000.0 }
}

#[test]
fn sizes_that_only_one_side_has_do_not_change_its_shape() {
    let shown = rule(json!({ "benchmarks": "sort/*" }));
    let both = |base: &[f64], head: &[f64]| {
        let mut both = runs(Side::Base, "sort/", base, bent);
        both.extend(runs(Side::Head, "sort/", head, bent));
        said(&shown, &both, Order::Interleaved)
    };
    let larger = [10.0, 100.0, 300.0, 1000.0, 10_000.0, 100_000.0];
    let lines = both(&larger[..4], &larger);
    assert!(lines[0].ends_with("= None"), "{lines:?}");
    assert!(
        lines.contains(
            &"note: `sort/*`: the change is that over the 4 sizes that both sides share".to_owned()
        ),
        "{lines:?}"
    );
    assert!(lines.iter().all(|line| !line.starts_with("scaling")), "{lines:?}");
    let few = both(&[1.0, 2.0, 300.0, 1000.0], &larger);
    assert!(few[0].ends_with("= None"), "{few:?}");
    let note =
        "note: `sort/*` is not compared with base: both sides share 2 sizes; an exponent needs 4";
    assert!(few.contains(&note.to_owned()), "{few:?}");
    let narrow =
        both(&[1000.0, 2000.0, 3000.0, 4000.0, 50_000.0], &[10.0, 1000.0, 2000.0, 3000.0, 4000.0]);
    let note = "note: `sort/*` is not compared with base: the sizes that both sides share span a factor of 4.00; an exponent needs 8";
    assert!(narrow.contains(&note.to_owned()), "{narrow:?}");
}

#[test]
fn a_size_without_its_number_is_not_passed_over() {
    let json = |class: serde_json::Value| {
        rule(json!({ "id": "S-1", "benchmarks": "a/*", "statistic": "p99", "at-most": class }))
    };
    let sizes = [10.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0];
    let mut head = curve(Side::Head, "a/", "time", &sizes, |n| n);
    for m in &mut head[1..5] {
        m.statistic = Statistic::Percentile(99_000);
    }
    assert_eq!(
        said(&json("n".into()), &head, Order::Unknown),
        [
            "a/* | at most n | - | - = Some(NotMeasured)",
            "note: `a/*`: it needs 1000 samples a run (at 10, 10,000)",
            "not-measurable warning: scaling of `a/*` cannot be measured: it needs 1000 samples a run (at 10, 10,000)",
        ]
    );
    // A rule that asks for nothing shows what there is.
    let shown = said(&json(serde_json::Value::Null), &head, Order::Unknown);
    assert_eq!(
        shown,
        ["a/* | - | 1.00 | n = None", "note: `a/*`: it needs 1000 samples a run (at 10, 10,000)"]
    );
}

#[test]
fn mistakes_in_a_rule_are_found() {
    let problems = |keys| testing::problems(&rule(keys));
    assert_eq!(
        problems(json!({ "benchmarks": "a/*", "at-most": "n", "up-to": 10 })),
        Vec::<String>::new()
    );
    for (json, expected) in [
        (
            json!({ "benchmarks": "a/*", "from": 10, "up-to": 40, "at-most": "n" }),
            "up-to: the sizes from 10 to 40 span a factor of less than 8",
        ),
        (
            json!({ "benchmarks": "a/*", "at-most": "n", "at-least": "n^2" }),
            "at-least: at least n^2 is more than at most n",
        ),
        (
            json!({ "benchmarks": "a/*", "at-least": "1" }),
            "at-least: everything grows at least as fast as a constant",
        ),
        (
            json!({ "benchmarks": "a/*", "metric": "throughput", "degrades-after": 0 }),
            "degrades-after: `degrades-after` is not above zero",
        ),
        (
            json!({ "benchmarks": "a/*", "degrades-after": 200 }),
            "metric: less of `time` is better, so that it has no load to degrade after",
        ),
        (
            json!({ "benchmarks": "a/*", "statistic": "slope" }),
            "statistic: a slope over time may be zero or negative, so it has no exponent",
        ),
        (
            json!({ "benchmarks": "a/*", "overhead": "5MB" }),
            "overhead: `overhead` has a unit that `time` is not measured in",
        ),
        (
            json!({ "benchmarks": "a/*", "tier": "must", "severity": "notice" }),
            "tier: a rule has a `severity` or a `tier`, not both",
        ),
    ] {
        assert_eq!(problems(json), [expected]);
    }
}
