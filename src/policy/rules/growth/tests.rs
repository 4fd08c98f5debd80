use serde_json::json;

use super::*;
use crate::model::{Measurement, Order};
use crate::policy::rules::testing;

const MB: f64 = 1e6;

fn measurement(
    side: Side,
    benchmark: &str,
    statistic: Statistic,
    per_run: &[f64],
    ends: Option<(f64, f64)>,
) -> Measurement {
    let (low, high) = ends.unzip();
    let of = (memory(), statistic, Unit::Bytes);
    Measurement { low, high, ..Measurement::of_runs(side, benchmark, of, per_run) }
}

/// A benchmark of one run at 500 MB that grows by so many MB an hour, give or take.
fn soak(side: Side, name: &str, slope: f64, reach: f64) -> Vec<Measurement> {
    let ends = Some(((slope - reach) * MB, (slope + reach) * MB));
    vec![
        measurement(side, name, Statistic::Median, &[500.0 * MB], None),
        measurement(side, name, Statistic::Slope, &[slope * MB], ends),
    ]
}

fn rule(keys: serde_json::Value) -> Growth {
    testing::rule(keys)
}

/// What a rule says: a line a benchmark, note and finding.
fn said(rule: &Growth, measurements: &[Measurement], order: Order) -> Vec<String> {
    testing::said(rule, measurements, order, |_, row| {
        row.benchmark.as_ref().map_or(String::new(), ToString::to_string)
    })
}

#[test]
fn a_slope_fails_where_its_whole_interval_is_beyond() {
    let limit = rule(json!({ "slope": { "warning": "20MB/h", "critical": "50MB/h" } }));
    for (slope, reach, expected) in [
        (10.0, 5.0, vec!["soak = Some(Met)"]),
        (
            30.0,
            5.0,
            vec![
                "soak = Some(Close)",
                "growth warning: memory grows by 30.0 MB/h (25.0 to 35.0 MB/h), more than 20 MB/h",
            ],
        ),
        (
            60.0,
            5.0,
            vec![
                "soak = Some(Missed)",
                "growth critical: memory grows by 60.0 MB/h (55.0 to 65.0 MB/h), more than 50 MB/h",
            ],
        ),
        (
            60.0,
            15.0,
            vec![
                "soak = Some(Unproven)",
                "growth warning: memory grows by 60.0 MB/h (45.0 to 75.0 MB/h), more than 20 MB/h",
            ],
        ),
        (60.0, 100.0, vec!["soak = Some(Unproven)"]),
        (-60.0, 1.0, vec!["soak = Some(Met)"]),
    ] {
        assert_eq!(
            said(&limit, &soak(Side::Head, "soak", slope, reach), Order::Unknown),
            expected,
            "{slope} ± {reach}"
        );
    }
    let estimate = rule(json!({ "slope": "50MB/h", "tier": "must", "evidence": "estimate" }));
    assert_eq!(
        said(&estimate, &soak(Side::Head, "soak", 60.0, 100.0), Order::Unknown)[0],
        "soak = Some(Missed)"
    );
}

#[test]
fn a_leak_grows_faster_than_base() {
    let ratio = rule(json!({ "ratio": "1.5x" }));
    for (base, head, expected) in [
        ((20.0, 2.0), (28.0, 2.0), "soak = Some(Met)"),
        ((20.0, 2.0), (60.0, 5.0), "soak = Some(Missed)"),
        // More than 1.5 times as fast, but not proven.
        ((20.0, 10.0), (35.0, 10.0), "soak = Some(Unproven)"),
        // Base does not grow: head's growth must be proven, and more than 3 % of 500 MB.
        ((0.0, 1.0), (10.0, 2.0), "soak = Some(Met)"),
        ((0.0, 1.0), (20.0, 5.0), "soak = Some(Missed)"),
        ((-30.0, 1.0), (20.0, 5.0), "soak = Some(Missed)"),
        ((0.0, 1.0), (20.0, 25.0), "soak = Some(Unproven)"),
        ((10.0, 1.0), (-20.0, 5.0), "soak = Some(Met)"),
        // Base is proven to grow, so that three times as fast is a leak, however little it is of 500 MB.
        ((4.0, 0.5), (12.0, 1.0), "soak = Some(Missed)"),
        ((4.0, 4.5), (12.0, 1.0), "soak = Some(Met)"),
    ] {
        let mut both = soak(Side::Base, "soak", base.0, base.1);
        both.extend(soak(Side::Head, "soak", head.0, head.1));
        assert_eq!(said(&ratio, &both, Order::Unknown)[0], expected, "{base:?} {head:?}");
    }
    let mut both = soak(Side::Base, "soak", 20.0, 2.0);
    both.extend(soak(Side::Head, "soak", 60.0, 5.0));
    assert_eq!(
        said(&ratio, &both, Order::Unknown)[1],
        "growth warning: a suspected leak: memory grows by 57.2 MiB/h (52.5 to 62.0 MiB/h), 3x as fast as in base (19.1 MiB/h), more than 1.5x"
    );
    let levels = rule(json!({ "ratio": { "warning": "1.5x", "critical": "5x" } }));
    assert_eq!(said(&levels, &both, Order::Unknown)[0], "soak = Some(Close)");
    assert!(said(&levels, &both, Order::Unknown)[1].ends_with("more than 1.5x"));
    // A new benchmark has no base to be held against.
    assert_eq!(said(&ratio, &soak(Side::Head, "soak", 60.0, 5.0), Order::Unknown), ["soak = None"]);
}

#[test]
fn a_base_without_the_metric_is_not_measured() {
    let mut both = soak(Side::Head, "soak", 60.0, 5.0);
    let time = Measurement {
        metric: Metric::time(),
        ..measurement(Side::Base, "soak", Statistic::Median, &[5.0], None)
    };
    both.push(time);
    let finding = "not-measurable warning: slope of memory cannot be measured: base has the benchmark, but not this metric of it";
    let ratio = rule(json!({ "ratio": "1.5x" }));
    assert_eq!(said(&ratio, &both, Order::Unknown), ["soak = Some(NotMeasured)", finding]);
    // The slope holds, but half of what is asked for was not measured.
    let slope = rule(json!({ "slope": "100MB/h", "ratio": "1.5x" }));
    assert_eq!(said(&slope, &both, Order::Unknown), ["soak = Some(NotMeasured)", finding]);
    let missed = rule(json!({ "slope": "10MB/h", "ratio": "1.5x" }));
    assert_eq!(said(&missed, &both, Order::Unknown)[0], "soak = Some(Missed)");
}

#[test]
fn a_requirement_that_nothing_matches_has_a_row() {
    let named = rule(json!({ "id": "MEM-1", "benchmarks": "sook", "slope": "50MB/h" }));
    let measurements = soak(Side::Head, "soak", 1.0, 0.5);
    let checked = testing::check(&named, &measurements, Order::Unknown);
    let row = &checked.tables[0].rows[0];
    assert_eq!(
        (row.requirement.as_deref(), row.status, row.cells.get("benchmark")),
        (Some("MEM-1"), Some(Status::NotMeasured), Some(&Cell::Name("sook".into())))
    );
}

#[test]
fn interleaved_blocks_are_pairs() {
    let slopes = |of: [f64; 5]| of.map(|slope| slope * MB);
    let side = |side, per_run: [f64; 5]| {
        let ends = Some((-100.0 * MB, 100.0 * MB));
        [
            measurement(side, "soak", Statistic::Median, &[500.0 * MB; 5], None),
            measurement(side, "soak", Statistic::Slope, &slopes(per_run), ends),
        ]
    };
    // Noise that both sides of a block share.
    let both = [
        side(Side::Base, [10.0, 30.0, 20.0, 40.0, 50.0]),
        side(Side::Head, [50.0, 81.0, 65.0, 96.0, 110.0]),
    ]
    .concat();
    let ratio = rule(json!({ "ratio": "1.5x" }));
    assert_eq!(said(&ratio, &both, Order::Interleaved)[0], "soak = Some(Missed)");
    assert_eq!(said(&ratio, &both, Order::Sequential)[0], "soak = Some(Unproven)");
}

#[test]
fn samples_without_times_are_said() {
    let median = measurement(Side::Head, "build", Statistic::Median, &[MB], None);
    let named = rule(json!({ "benchmarks": "*", "slope": { "critical": "50MB/h" } }));
    let finding = "not-measurable critical: slope of memory cannot be measured: its samples tell no times; give each sample line a `timestamp`, at least 5 of them after the first fifth of the time";
    assert_eq!(
        said(&named, std::slice::from_ref(&median), Order::Unknown),
        ["build = Some(NotMeasured)", finding]
    );
    // A rule for everything means what can grow, as long as there is something.
    let all = rule(json!({ "slope": { "critical": "50MB/h" } }));
    assert_eq!(
        said(&all, std::slice::from_ref(&median), Order::Unknown),
        ["build = Some(NotMeasured)", finding]
    );
    let mut with_one = soak(Side::Head, "soak", 1.0, 0.5);
    with_one.push(median.clone());
    assert_eq!(
        said(&all, &with_one, Order::Unknown),
        [
            "soak = Some(Met)",
            "note: 1 benchmark gives memory without the times of its samples, so no growth"
        ]
    );
    // Base was measured without times.
    let mut without_base = soak(Side::Head, "soak", 60.0, 1.0);
    without_base.push(measurement(Side::Base, "soak", Statistic::Median, &[MB], None));
    let ratio = rule(json!({ "ratio": "1.5x" }));
    assert!(
        said(&ratio, &without_base, Order::Unknown)[1]
            .starts_with("not-measurable warning: slope of memory cannot")
    );
}

#[test]
fn mistakes_in_a_rule_are_found() {
    for (keys, expected) in [
        (json!({}), vec![": a growth rule needs a limit"]),
        (
            json!({ "slope": "50ms/h" }),
            vec!["slope: `slope` has a unit that `memory` is not measured in"],
        ),
        (
            json!({ "slope": { "warning": "50MB/h", "critical": "20MB/h" } }),
            vec!["slope: the levels of `slope` are out of order"],
        ),
        (json!({ "ratio": "0.5x" }), vec!["ratio: a growth below that of base is no leak"]),
        (
            json!({ "metric": "throughput", "ratio": "2x" }),
            vec!["metric: more of this metric is better, so that its growth is welcome"],
        ),
        (json!({ "slope": "50MB/h", "ratio": "1.5x", "tier": "must" }), vec![]),
    ] {
        assert_eq!(testing::problems(&rule(keys)), expected);
    }
}
