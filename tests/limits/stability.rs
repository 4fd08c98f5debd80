use benchgate::model::{Cell, Finding};
use proptest::prelude::*;

use super::*;

const RULE: &str =
    "  - stability: { cv: 6%, p95-over-p50: { notice: 5%, warning: 12% }, run-to-run: 1% }";

/// Five runs of 200 samples, of which each spreads more than the one before.
fn runs(scale: f64) -> Vec<Run> {
    let samples = |run: u32| -> Vec<f64> {
        let one = |i: u32| 100.0 + f64::from(i * 37 % 200) * 0.1 * (1.0 + f64::from(run) / 10.0);
        (0..200).map(|i| one(i) * scale).collect()
    };
    (0..5).map(|run| times("send", run, &samples(run))).collect()
}

fn number(report: &Report, key: &str) -> (f64, Option<f64>, Option<f64>) {
    let table = report.tables.last().expect("a table");
    match table.rows[0].cells[key] {
        Cell::Number(n) => (n.value, n.low, n.high),
        _ => panic!("{key} is no number"),
    }
}

/// numpy and scipy 1.16, x of each run, Student's t on the logarithms of the runs:
/// `x.std(ddof=1) / x.mean()`, `scipy.stats.mstats.hdquantiles(x, [.95])[0] / np.median(x) - 1`,
/// `1.4826 * np.median(abs(m - np.median(m))) / np.median(m)`.
#[test]
fn spreads_are_those_of_numpy() {
    let report = held(RULE, runs(1.0));
    let close = |found: f64, wanted: f64| {
        assert!((found / wanted - 1.0).abs() < 1e-9, "{found} is not {wanted}");
    };
    close(number(&report, "cv").0, 0.062_046_651_256_692_3);
    close(number(&report, "p95-over-p50").0, 0.096_480_257_278_393_38);
    close(number(&report, "run-to-run").0, 0.013_178_372_342_326_306);
    insta::assert_snapshot!(shown(&report));
}

#[test]
fn what_cannot_be_told_is_said() {
    let even = |n: u32| -> Vec<f64> { (0..n).map(|i| 100.0 + f64::from(i % 5)).collect() };
    let said =
        [(Statistic::Mean, 1e5), (Statistic::Stddev, 2e4), (Statistic::Percentile(95_000), 1.2e5)];
    let runs = vec![
        averages("criterion", 0, &even(200)),
        times("few", 0, &even(20)),
        times("same", 0, &[100.0; 200]),
        summary("told", "time", Unit::Nanoseconds, &said),
    ];
    let report = held(
        r#"
  - stability: { id: S-1, cv: 10%, p95-over-p50: 5%, run-to-run: 5%, tier: must }
  - stability: { benchmarks: gone, cv: 10% }
  - stability: { benchmarks: criterion, p95-over-p50: 5%, accept-averages: true }
"#,
        runs,
    );
    insta::assert_snapshot!(shown(&report));
}

/// A standard deviation over the mean needs both, and a mean above zero.
#[test]
fn what_a_summary_lacks_for_its_cv_is_named() {
    let bytes = |name, of: &[(Statistic, f64)]| summary(name, "memory", Unit::Bytes, of);
    let runs = vec![
        bytes("mean", &[(Statistic::Mean, 1e5)]),
        bytes("deviation", &[(Statistic::Stddev, 1e3)]),
        bytes("zero", &[(Statistic::Mean, 0.0), (Statistic::Stddev, 1e3)]),
    ];
    let report = held("\n  - stability: { metric: memory, cv: 10% }\n", runs);
    let said = |name: &str| {
        let about = |f: &&Finding| f.benchmark.as_ref().is_some_and(|of| of.as_str() == name);
        report.findings.iter().find(about).map(|f| f.message.clone()).unwrap_or_default()
    };
    assert_eq!(said("mean"), "stddev of memory cannot be measured: the data has no stddev");
    assert_eq!(said("deviation"), "mean of memory cannot be measured: the data has no mean");
    assert_eq!(said("zero"), "stddev of memory cannot be measured: no run gave a number");
}

/// Counters that agree spread by nothing at all, and so do zeros.
#[test]
fn what_is_always_the_same_is_stable() {
    let counter = |run| values("a", "instructions", Unit::Count, run, vec![5000.0]);
    let zero = |run| values("a", "error-rate", Unit::Ratio, run, vec![0.0; 3]);
    let report = held(
        r"
  - stability: { metric: instructions, run-to-run: 0%, tier: must }
  - stability: { metric: error-rate, cv: 10%, run-to-run: 0% }
",
        (0..5).flat_map(|run| [counter(run), zero(run)]).collect(),
    );
    assert_eq!((report.findings, report.exit_code), (Vec::new(), 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_faster_machine_is_not_steadier(scale in 0.01..100.0_f64, turn in 0..5_usize) {
        let plain = held(RULE, runs(1.0));
        let mut other = runs(scale);
        other.rotate_left(turn);
        let other = held(RULE, other);
        for key in ["cv", "p95-over-p50", "run-to-run"] {
            let (one, two) = (number(&plain, key).0, number(&other, key).0);
            prop_assert!((one / two - 1.0).abs() < 1e-6, "{key} {one} {two}");
        }
    }
}
