use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::Config;
use crate::diag::{Level, render};
use crate::gate;
use crate::model::{Metric, Side, Statistic, Unit};

const FILE: &str = "benchgate-report.json";

fn measurement(benchmark: &str, side: Side, times: &[f64]) -> Measurement {
    let of = (Metric::time(), Statistic::Median, Unit::Nanoseconds);
    Measurement {
        estimate: times.first().copied(),
        samples: 100 * times.len() as u64,
        noise: vec![Some(0.01); times.len()],
        trials: vec![100; times.len()],
        ..Measurement::of_runs(side, benchmark, of, times)
    }
}

fn sample() -> Report {
    let mut report = gate::refuse(&Config::built_in(), Vec::new(), crate::diag::ExitCode::Input);
    report.measurements = vec![
        measurement("parse", Side::Base, &[100.0, 101.0]),
        measurement("parse", Side::Head, &[100.5, 100.2]),
    ];
    report
}

fn bytes(report: &Report) -> Vec<u8> {
    serde_json::to_vec(report).unwrap()
}

fn read(report: &Report) -> Result<Report, Diagnostic> {
    super::report(bytes(report), FILE)
}

#[test]
fn a_report_is_kept_without_what_it_decided() {
    let mut forged = sample();
    (forged.outcome, forged.exit_code) = (crate::model::Outcome::Pass, 0);
    forged.tables = vec![crate::model::Table {
        kind: "targets".into(),
        title: "All good".into(),
        ..Default::default()
    }];
    forged.suite_shift =
        Some(crate::model::SuiteShift { estimate: 0.0, low: 0.0, high: 0.0, p_value: 1.0 });
    forged.base.commit = Some("a1b2c3d".into());
    forged.head.commit = Some("[click](javascript:alert(1))".into());
    let kept = read(&forged).unwrap();
    assert_eq!(kept.measurements, forged.measurements);
    assert!(kept.comparisons.is_empty() && kept.findings.is_empty() && kept.tables.is_empty());
    assert_eq!(kept.suite_shift, None);
    assert_eq!((kept.base.commit.as_deref(), kept.head.commit), (Some("a1b2c3d"), None));
}

#[test]
fn what_no_report_holds_is_refused_and_never_repeated_at_length() {
    let change = |change: &dyn Fn(&mut Report)| {
        let mut report = sample();
        change(&mut report);
        read(&report).unwrap_err()
    };
    let long = "x".repeat(5 << 20);
    let first = |report: &mut Report, change: &dyn Fn(&mut Measurement)| {
        report.measurements.iter_mut().take(1).for_each(change);
    };
    let refused = [
        change(&|r| first(r, &|m| m.benchmark = long.as_str().into())),
        change(&|r| first(r, &|m| m.metric = Metric::new(&long))),
        change(&|r| first(r, &|m| m.n = u64::MAX)),
        change(&|r| first(r, &|m| m.trials = vec![u64::MAX, 1])),
        change(&|r| first(r, &|m| m.blocks = vec![0, u32::MAX])),
        change(&|r| first(r, &|m| m.samples = u64::MAX)),
        change(&|r| first(r, &|m| m.per_run = vec![-1.0, 1.0])),
        change(&|r| first(r, &|m| m.per_run = vec![0.0, 1.0])),
        change(&|r| first(r, &|m| m.per_run = vec![1e-300, 1.0])),
        change(&|r| first(r, &|m| m.noise = vec![Some(-0.1), None])),
        change(&|r| first(r, &|m| m.noise = vec![Some(1e308), None])),
        change(&|r| first(r, &|m| m.cv = vec![Some(-0.1), None])),
        change(&|r| first(r, &|m| m.cv = vec![Some(0.1)])),
        change(&|r| r.measurements.extend(sample().measurements)),
        change(&|r| r.base.name = long.clone()),
        change(&|r| r.head.date = Some(long.clone())),
        change(&|r| drop(r.head.environment.insert("cpu".into(), json!(long)))),
        change(&|r| r.base.environment = (0..101).map(|i| (i.to_string(), json!(i))).collect()),
        change(&|r| r.diagnostics = vec![Diagnostic::warning(Code::Stale, long.clone())]),
        change(&|r| {
            r.measurements =
                (0..20_001).map(|i| measurement(&i.to_string(), Side::Base, &[1.0])).collect();
        }),
    ];
    let shown: Vec<String> = refused.iter().map(|d| render(d, false)).collect();
    assert!(shown.iter().all(|text| text.len() < 1_000));
    assert!(refused.iter().all(|d| d.level == Level::Error && d.code == Code::BadReport));
    insta::assert_snapshot!(shown.join("\n\n"));
}

/// What a slope is of may shrink, or stay as it is.
#[test]
fn only_a_slope_may_be_negative_or_zero() {
    let mut report = sample();
    let shrinking = Measurement {
        statistic: Statistic::Slope,
        metric: Metric::new("memory"),
        unit: Unit::Bytes,
        low: Some(-5e6),
        ..measurement("soak", Side::Head, &[-2e6, 0.0])
    };
    report.measurements.push(shrinking.clone());
    assert!(read(&report).is_ok());
    report.measurements.push(Measurement { statistic: Statistic::Mean, ..shrinking });
    assert!(read(&report).is_err());
}

/// A command whose every call takes as long gives a deviation of zero, though no time is zero.
#[test]
fn a_standard_deviation_may_be_zero() {
    let mut report = sample();
    let even = measurement("even", Side::Head, &[0.0, 0.0]);
    report.measurements.push(Measurement { statistic: Statistic::Stddev, ..even.clone() });
    assert!(read(&report).is_ok());
    report.measurements.push(even);
    assert!(read(&report).is_err());
}

#[test]
fn numbers_that_are_none_are_refused() {
    let good = String::from_utf8(bytes(&sample())).unwrap();
    for number in ["NaN", "Infinity", "1e999", "null", "\"1\""] {
        let text = good.replacen("[100.0,101.0]", &format!("[{number},101.0]"), 1);
        assert_ne!(text, good);
        assert!(report(text.into_bytes(), FILE).is_err(), "{number}");
    }
    assert!(report(vec![b'{', 0xff, b'}'], FILE).is_err());
    let deep = "[".repeat(100_000);
    let text = good.replacen("\"tables\":[]", &format!("\"tables\":[{deep}"), 1);
    assert!(report(text.into_bytes(), FILE).is_err());
}

/// Whatever a stranger writes into it, the outcome is what the numbers and the rules of the base branch give.
#[test]
fn a_forged_outcome_is_decided_again() {
    let mut forged = sample();
    let slow = |times: &[f64]| times.iter().map(|time| time * 1.5).collect::<Vec<_>>();
    let times: Vec<f64> = (0..20).map(|i| 100.0 + f64::from(i % 5)).collect();
    forged.measurements = vec![
        measurement("parse", Side::Base, &times),
        measurement("parse", Side::Head, &slow(&times)),
    ];
    forged.order = crate::model::Order::Interleaved;
    (forged.outcome, forged.exit_code) = (crate::model::Outcome::Pass, 0);
    forged.config.alpha = 1e-300;
    forged.config.margin = 1e9;
    let decided = gate::decide_again(
        read(&forged).unwrap(),
        &Config::built_in(),
        jiff::civil::date(2026, 11, 21),
        false,
    );
    assert_eq!((decided.outcome, decided.exit_code), (crate::model::Outcome::Fail, 1));
}

/// Every value of a JSON document that is no list and no object, by its path.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(list) => list.iter_mut().flat_map(leaves).collect(),
        Value::Object(map) => map.values_mut().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

/// What stands in a report's place of a number, a word or nothing.
fn any_leaf() -> impl Strategy<Value = Value> {
    let number = prop::sample::select(vec![
        json!(0),
        json!(-1),
        json!(1),
        json!(1e308),
        json!(-1e308),
        json!(5e-324),
        json!(0.5),
        json!(1e-60),
        json!(1e60),
        json!(1e6),
        json!(1_000_000),
        json!(u32::MAX),
        json!(u64::MAX),
    ]);
    let word = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(""),
        json!("head"),
        json!("confirm"),
        json!("p99"),
        json!("mean"),
        json!("runs"),
        json!("percent"),
        json!("error-rate"),
        json!("instructions"),
        json!("sequential"),
    ]);
    prop_oneof![number, word]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    /// Whatever passes for a report can be decided and shown.
    #[test]
    fn a_changed_report_is_refused_or_decided(
        order in prop::sample::select(vec!["interleaved", "sequential", "unknown"]),
        runs in 1..8usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_leaf()), 0..6),
    ) {
        let mut report = sample();
        let times = |slower: f64| (0..runs).map(|i| slower * (100.0 + i as f64)).collect::<Vec<_>>();
        report.measurements = ["a", "b", "c"]
            .iter()
            .flat_map(|name| {
                [measurement(name, Side::Base, &times(1.0)), measurement(name, Side::Head, &times(1.2))]
            })
            .collect();
        let mut document = serde_json::to_value(&report).unwrap();
        document["order"] = json!(order);
        for (at, leaf) in changes {
            let mut places = leaves(&mut document["measurements"]);
            *places.swap_remove(at.index(places.len())) = leaf;
        }
        if let Ok(read) = super::report(document.to_string().into_bytes(), FILE) {
            let today = jiff::civil::date(2026, 11, 21);
            let decided = gate::decide_again(read, &Config::built_in(), today, false);
            for (form, _) in crate::report::Form::ALL {
                prop_assert!(crate::report::render(&decided, *form, &Default::default()).is_ok());
            }
        }
    }
}
