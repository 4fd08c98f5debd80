//! The gate from measurements to report: verdicts, levels, families, waivers, outcomes.
#![expect(clippy::expect_used, clippy::panic, reason = "what is not there is a failed test")]

use std::sync::Arc;

use benchgate::config::Config;
use benchgate::diag::{Code, Diagnostic, Diagnostics};
use benchgate::gate::{Collector, Facts, decide, decide_again, flagged};
use benchgate::model::{
    BenchmarkId, Comparison, Data, Finding, Metric, Order, Origin, Outcome, Report, Run, Severity,
    Side, SideInfo, Stage, Statistic, Summary, SummaryOf, TestKind, Throughput, Unit, Verdict,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 21);

/// Noise that is the same in every test: from -1 to 1, without a pattern over blocks and benchmarks.
fn noise(benchmark: usize, block: u32, side: Side) -> f64 {
    let x = (benchmark * 37 + block as usize * 17 + if side == Side::Head { 11 } else { 0 }) as f64;
    (x * 12.9898).sin()
}

/// A time run of 15 samples around `value` nanoseconds.
fn run(name: &str, side: Side, block: u32, value: f64) -> Run {
    let iters: Vec<f64> = (1..=15).map(|i| f64::from(i) * 10.0).collect();
    let wobble = |i: usize| 1.0 + 0.004 * ((i * 7 + block as usize) as f64).sin();
    let times = iters.iter().enumerate().map(|(i, n)| n * value * wobble(i)).collect();
    Run {
        side,
        block,
        stage: Stage::Screen,
        benchmark: BenchmarkId::new(name),
        metric: Metric::time(),
        unit: Unit::Nanoseconds,
        data: Data::Iterations { iters, times },
        throughput: None,
        at: Vec::new(),
        link: None,
        origin: Origin { file: Arc::from("runs"), line: Some(block + 1) },
    }
}

fn values(name: &str, metric: &str, unit: Unit, side: Side, block: u32, values: Vec<f64>) -> Run {
    Run {
        metric: Metric::new(metric),
        unit,
        data: Data::Values(values),
        ..run(name, side, block, 1.0)
    }
}

/// Twelve benchmarks in `blocks` blocks with 0.5 % of noise between runs; `change` multiplies the head of each.
fn suite(blocks: u32, change: impl Fn(usize) -> f64) -> Vec<Run> {
    let mut runs = Vec::new();
    for block in 0..blocks {
        for benchmark in 0..12 {
            for side in [Side::Base, Side::Head] {
                let factor = if side == Side::Head { change(benchmark) } else { 1.0 };
                let value = 100.0
                    * (benchmark + 1) as f64
                    * factor
                    * (1.0 + 0.005 * noise(benchmark, block, side));
                runs.push(run(&format!("group/b{benchmark:02}"), side, block, value));
            }
        }
    }
    runs
}

fn config(yaml: &str) -> Config {
    Config::parse("benchgate.yml", yaml, None)
        .unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}"))
}

fn decided(runs: Vec<Run>, order: Order, config: &Config) -> Report {
    let side = |name: &str| SideInfo { name: name.into(), ..SideInfo::default() };
    decided_on(runs, order, config, [side("main"), side("change")])
}

fn decided_on(runs: Vec<Run>, order: Order, config: &Config, sides: [SideInfo; 2]) -> Report {
    let [base, head] = sides;
    let diagnostics = Diagnostics::new();
    let collector = Collector::new(config);
    for run in runs {
        collector.take(run);
    }
    decide(Facts {
        measurements: collector.finish(&diagnostics),
        base,
        head,
        order,
        config,
        today: TODAY,
        allow_empty_base: false,
        diagnostics: diagnostics.into_vec(),
    })
}

fn interleaved(runs: Vec<Run>) -> Report {
    decided(runs, Order::Interleaved, &Config::built_in())
}

fn of<'a>(report: &'a Report, benchmark: &str) -> &'a Comparison {
    report.comparisons.iter().find(|c| c.benchmark.as_str() == benchmark).expect("the comparison")
}

fn messages(report: &Report) -> Vec<String> {
    let word = |f: &Finding| {
        format!(
            "{} {}: {}",
            f.severity,
            f.benchmark.as_ref().map_or("–", BenchmarkId::as_str),
            f.message
        )
    };
    report.findings.iter().map(word).collect()
}

fn codes(report: &Report) -> Vec<Code> {
    report.diagnostics.iter().map(|d| d.code).collect()
}

fn slower(benchmark: usize, factor: f64) -> impl Fn(usize) -> f64 {
    move |b| if b == benchmark { factor } else { 1.0 }
}

#[test]
fn a_clear_slowdown_in_ten_blocks_fails() {
    let report = interleaved(suite(10, slower(3, 1.25)));
    let c = of(&report, "group/b03");
    assert_eq!(
        (c.verdict, c.severity, c.test),
        (Verdict::Regressed, Severity::Critical, Some(TestKind::Paired))
    );
    assert!(c.gating && c.adjusted_p.is_some_and(|p| p < 0.01));
    assert_eq!((report.outcome, report.exit_code), (Outcome::Fail, 1));
    assert_eq!(
        messages(&report),
        ["critical group/b03: time median changed by +25.3 %; critical starts at 20 %"]
    );
    let unchanged = report.comparisons.iter().filter(|c| c.verdict == Verdict::Unchanged).count();
    assert_eq!(unchanged, 11);
}

#[test]
fn the_same_code_passes() {
    let report = interleaved(suite(10, |_| 1.0));
    assert_eq!((report.outcome, report.exit_code, report.findings.len()), (Outcome::Pass, 0, 0));
    assert!(report.comparisons.iter().all(|c| c.verdict == Verdict::Unchanged));
}

#[test]
fn one_run_a_side_is_at_most_suspect_and_names_its_level() {
    let report = decided(suite(1, slower(3, 1.6)), Order::Sequential, &Config::built_in());
    let c = of(&report, "group/b03");
    assert_eq!(
        (c.verdict, c.severity, c.would_be),
        (Verdict::Suspect, Severity::None, Severity::Critical)
    );
    assert!(c.notes.iter().any(|note| note.starts_with("one run a side")), "{:?}", c.notes);
    assert_eq!((report.exit_code, report.findings.len()), (0, 0));
}

#[test]
fn one_run_decides_where_the_configuration_says_so() {
    let config = config("version: 1\ngate: { one-run: decide }\n");
    let report = decided(suite(1, slower(3, 1.8)), Order::Sequential, &config);
    assert_eq!((of(&report, "group/b03").verdict, report.exit_code), (Verdict::Regressed, 1));
}

#[test]
fn sequential_runs_are_at_most_suspect() {
    let report = decided(suite(10, slower(3, 1.3)), Order::Sequential, &Config::built_in());
    let c = of(&report, "group/b03");
    assert_eq!((c.verdict, c.test, report.exit_code), (Verdict::Suspect, Some(TestKind::Trend), 0));
    let decide = config("version: 1\ngate: { one-run: decide }\n");
    assert_eq!(decided(suite(10, slower(3, 1.3)), Order::Sequential, &decide).exit_code, 1);
}

#[test]
fn runs_of_unknown_order_borrow_their_noise() {
    let report = decided(suite(10, slower(3, 1.3)), Order::Unknown, &Config::built_in());
    let c = of(&report, "group/b03");
    assert_eq!((c.verdict, c.test), (Verdict::Suspect, Some(TestKind::Few)));
    assert!(
        c.notes.iter().any(|note| note.contains("order of the runs is not known")),
        "{:?}",
        c.notes
    );
}

#[test]
fn four_blocks_are_at_most_suspect() {
    let report = interleaved(suite(4, slower(3, 1.3)));
    assert_eq!((of(&report, "group/b03").verdict, report.exit_code), (Verdict::Suspect, 0));
}

/// ME-3: another CPU or another compiler can look like a change.
#[test]
fn different_environments_give_suspects_at_most() {
    let here = |cpu: &str, rustc: &str| SideInfo {
        environment: [("cpu", cpu), ("rustc", rustc), ("load", cpu)]
            .map(|(key, value)| (key.to_owned(), value.into()))
            .into(),
        ..SideInfo::default()
    };
    let decide = config("version: 1\ngate: { one-run: decide }\n");
    let on = |base, head| {
        decided_on(suite(10, slower(3, 1.3)), Order::Interleaved, &decide, [base, head])
    };
    assert_eq!(on(here("7763", "1.95"), here("7763", "1.95")).exit_code, 1);
    for head in [here("9V74", "1.95"), here("7763", "1.96")] {
        let report = on(here("7763", "1.95"), head);
        let c = of(&report, "group/b03");
        assert_eq!(
            (c.verdict, c.would_be, report.exit_code),
            (Verdict::Suspect, Severity::Critical, 0)
        );
        assert_eq!(codes(&report), [Code::EnvironmentMismatch]);
        assert!(c.notes.iter().any(|note| note.contains("environments")), "{:?}", c.notes);
        let again = decide_again(report.clone(), &decide, TODAY, false);
        assert_eq!(again.diagnostics, report.diagnostics, "said once, not once each time");
    }
    let unknown = on(here("7763", "1.95"), SideInfo::default());
    assert_eq!(unknown.exit_code, 1, "what only one side knows is no difference");
}

#[test]
fn a_benchmark_alone_needs_no_suite() {
    let runs = suite(10, slower(0, 1.3))
        .into_iter()
        .filter(|run| run.benchmark.as_str() == "group/b00")
        .collect();
    assert_eq!(interleaved(runs).exit_code, 1);
}

#[test]
fn blocks_of_equal_links_count_once() {
    let linked = |links: u64| {
        let runs = suite(12, slower(3, 1.3));
        runs.into_iter()
            .map(|run| Run { link: Some(u64::from(run.block) % links), ..run })
            .collect::<Vec<_>>()
    };
    let few = interleaved(linked(4));
    assert_eq!(of(&few, "group/b03").verdict, Verdict::Suspect);
    assert!(of(&few, "group/b03").notes.iter().any(|n| n.contains("fewer than five links")));
    assert_eq!(of(&interleaved(linked(6)), "group/b03").verdict, Verdict::Regressed);
}

#[test]
fn only_the_fresh_look_can_fail() {
    let confirm = |factor: f64| {
        let mut runs = suite(5, |b| if b == 3 || b == 4 { 1.3 } else { 1.0 });
        let fresh = suite(10, slower(3, factor))
            .into_iter()
            .filter(|r| r.benchmark.as_str() == "group/b03");
        runs.extend(fresh.map(|run| Run { stage: Stage::Confirm, block: run.block + 5, ..run }));
        interleaved(runs)
    };
    let report = confirm(1.3);
    assert_eq!((of(&report, "group/b03").verdict, report.exit_code), (Verdict::Regressed, 1));
    let screened = of(&report, "group/b04");
    assert_eq!((screened.verdict, screened.adjusted_p), (Verdict::Suspect, None));
    assert!(screened.notes.iter().any(|n| n.contains("measured again")), "{:?}", screened.notes);
    assert_eq!(confirm(1.0).exit_code, 0);
}

#[test]
fn higher_is_better_for_throughput() {
    let runs = |factor: f64| {
        let one = |run: Run| {
            let Data::Iterations { iters, times } = &run.data else { unreachable!() };
            let rates = times.iter().zip(iters).map(|(t, n)| 1e9 / (t / n)).collect();
            Run {
                metric: Metric::throughput(),
                unit: Unit::PerSecond,
                data: Data::Values(rates),
                ..run
            }
        };
        suite(10, slower(2, factor)).into_iter().map(one).collect::<Vec<_>>()
    };
    let report = interleaved(runs(1.25));
    let c = of(&report, "group/b02");
    assert_eq!((c.verdict, c.severity), (Verdict::Regressed, Severity::Critical));
    assert!(c.change.is_some_and(|change| (change.estimate + 0.2).abs() < 0.01), "{:?}", c.change);
    assert_eq!(of(&interleaved(runs(0.8)), "group/b02").verdict, Verdict::Improved);
}

#[test]
fn a_throughput_that_is_the_time_is_shown_and_not_tested_again() {
    let with = |amount: fn(Side) -> f64| {
        let each = move |run: Run| Run {
            throughput: Some(Throughput { amount: amount(run.side), unit: Unit::BytesPerSecond }),
            ..run
        };
        interleaved(suite(10, slower(3, 1.3)).into_iter().map(each).collect())
    };
    let report = with(|_| 4096.0);
    let throughput: Vec<&Comparison> =
        report.comparisons.iter().filter(|c| c.metric == Metric::throughput()).collect();
    assert_eq!(throughput.len(), 12);
    assert!(throughput.iter().all(|c| c.derived && !c.gating && c.severity == Severity::None));
    // The corrected p value is that of the time.
    let time = of(&report, "group/b03").adjusted_p;
    let own = throughput.iter().find(|c| c.benchmark.as_str() == "group/b03");
    assert_eq!(own.map(|c| c.adjusted_p), Some(time));
    assert_eq!(report.findings.len(), 1);
    let b00 = throughput
        .iter()
        .find(|c| c.benchmark.as_str() == "group/b00")
        .and_then(|c| c.base)
        .expect("base");
    assert!((b00.estimate / (4096.0 / 100e-9) - 1.0).abs() < 0.01, "{b00:?}");

    // Twice the work in twice the time is the same throughput, which now is a number of its own.
    let report = with(|side| if side == Side::Head { 5324.8 } else { 4096.0 });
    let c = report
        .comparisons
        .iter()
        .find(|c| c.metric == Metric::throughput() && c.benchmark.as_str() == "group/b03");
    assert!(c.is_some_and(|c| !c.derived && c.gating && c.verdict == Verdict::Unchanged), "{c:?}");
}

/// A milder rule for the time, one that cannot fail, or one for another statistic must not take the teeth from the
/// rule for the throughput.
#[test]
fn a_throughput_that_is_the_time_holds_its_own_levels() {
    let each = |run: Run| Run {
        throughput: Some(Throughput { amount: 4096.0, unit: Unit::BytesPerSecond }),
        ..run
    };
    let throughput = "  - regression: { metric: throughput, warning: 5%, critical: 15% }\n";
    let said = |rules: &str| {
        let runs = suite(10, slower(3, 1.25)).into_iter().map(each).collect();
        let report =
            decided(runs, Order::Interleaved, &config(&format!("version: 1\nrules:\n{rules}")));
        let found: Vec<String> = report
            .findings
            .iter()
            .map(|f| {
                format!("{} {:?} {}", f.rule, f.metric.as_ref().map(Metric::as_str), f.severity)
            })
            .collect();
        (report.exit_code, found)
    };
    let critical = "regression Some(\"throughput\") critical".to_owned();
    let time =
        |rule: &str| said(&format!("  - regression: {{ metric: time, {rule} }}\n{throughput}"));
    assert_eq!(said(throughput), (1, vec![critical.clone()]));
    let (exit, found) = time("warning: 10%, critical: 28%");
    assert_eq!((exit, found.first()), (1, Some(&critical)), "{found:?}");
    assert_eq!(time("notice: 90%"), (1, vec![critical.clone()]));
    assert_eq!(time("statistic: min, critical: 500%"), (1, vec![critical]));
    // What it cannot compare it says.
    let other = said(
        "  - regression: { metric: time, notice: 90% }\n  - regression: { metric: throughput, statistic: mean, critical: 5% }\n",
    );
    assert_eq!(other, (1, vec!["not-measurable Some(\"throughput\") critical".to_owned()]));
}

#[test]
fn the_last_matching_rule_replaces_the_earlier_ones_whole() {
    let config = config(
        "version: 1\nrules:\n  - regression: { metric: time, notice: 5%, warning: 10%, critical: 20% }\n  \
         - regression: { benchmarks: \"group/b03\", metric: time, warning: 10% }\n",
    );
    let report = decided(suite(10, slower(3, 1.5)), Order::Interleaved, &config);
    let c = of(&report, "group/b03");
    assert_eq!((c.severity, c.gating, report.exit_code), (Severity::Warning, false, 0));
}

#[test]
fn a_change_below_min_change_has_no_level() {
    let config = config(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 20%, min-change: 50ns }\n",
    );
    let report = decided(
        suite(10, |b| if b == 0 || b == 9 { 1.3 } else { 1.0 }),
        Order::Interleaved,
        &config,
    );
    // 30 ns of 100 ns and 300 ns of 1,000 ns.
    assert_eq!(of(&report, "group/b00").severity, Severity::None);
    assert_eq!(of(&report, "group/b00").verdict, Verdict::Regressed);
    assert_eq!(of(&report, "group/b09").severity, Severity::Critical);
}

#[test]
fn a_waiver_covers_up_to_its_ceiling_through_its_last_day() {
    let waived = |up_to: &str, expires: &str, benchmark: &str| {
        let yaml = format!(
            "version: 1\nwaivers:\n  - {{ benchmark: {benchmark}, metric: time, up-to: {up_to}, reason: safer parser, expires: {expires} }}\n"
        );
        decided(suite(10, slower(3, 1.25)), Order::Interleaved, &config(&yaml))
    };
    let report = waived("30%", "2026-11-21", "group/b03");
    assert_eq!(
        (report.outcome, report.exit_code, report.severity),
        (Outcome::Pass, 0, Severity::None)
    );
    let finding = report.findings.first().expect("the finding stays listed");
    assert_eq!(finding.waiver.as_ref().map(|w| w.severity), Some(Severity::Critical));

    assert_eq!(waived("20%", "2026-12-31", "group/b03").exit_code, 1, "above the ceiling");
    let expired = waived("30%", "2026-11-20", "group/b03");
    assert_eq!((expired.exit_code, codes(&expired)), (1, vec![Code::ExpiredWaiver]));
    let unused = waived("30%", "2026-12-31", "group/b04");
    assert_eq!((unused.exit_code, codes(&unused)), (1, vec![Code::UnusedWaiver]));
}

#[test]
fn counters_are_compared_exactly() {
    let counter = |base: Vec<f64>, head: Vec<f64>| {
        let side = |side, all: Vec<f64>| {
            (0..).zip(all).map(move |(block, v)| {
                values("vm/add", "instructions", Unit::Count, side, block, vec![v])
            })
        };
        let config = config(
            "version: 1\nrules:\n  - regression: { metric: instructions, margin: 0%, critical: 0.5% }\n",
        );
        decided(
            side(Side::Base, base).chain(side(Side::Head, head)).collect(),
            Order::Sequential,
            &config,
        )
    };
    let report = counter(vec![1000.0; 2], vec![1010.0; 2]);
    let c = of(&report, "vm/add");
    assert_eq!(
        (c.verdict, c.test, c.p_value, report.exit_code),
        (Verdict::Regressed, Some(TestKind::Exact), Some(0.0), 1)
    );
    assert_eq!(
        of(&counter(vec![1000.0; 2], vec![1000.0; 2]), "vm/add").verdict,
        Verdict::Unchanged
    );
    // From nothing to something there is no relative change, and no doubt either.
    let from_zero = counter(vec![0.0; 2], vec![5.0; 2]);
    assert_eq!(
        (of(&from_zero, "vm/add").verdict, of(&from_zero, "vm/add").change, from_zero.exit_code),
        (Verdict::Regressed, None, 1)
    );
    // Runs that differ are not exact.
    assert_ne!(
        of(&counter(vec![1000.0, 1001.0], vec![1010.0; 2]), "vm/add").test,
        Some(TestKind::Exact)
    );
}

#[test]
fn error_rates_are_counts() {
    let rate = |side, percent: f64| Run {
        metric: Metric::new("error-rate"),
        unit: Unit::Percent,
        data: Data::Summary(Summary {
            of: SummaryOf::Samples,
            n: Some(5_000),
            statistics: vec![(Statistic::Mean, percent)],
        }),
        ..run("api/get", side, 0, 1.0)
    };
    let report = decided(
        vec![rate(Side::Base, 0.4), rate(Side::Head, 2.0)],
        Order::Sequential,
        &Config::built_in(),
    );
    let c = of(&report, "api/get");
    assert_eq!(
        (c.verdict, c.test, c.severity),
        (Verdict::Regressed, Some(TestKind::Counts), Severity::Critical)
    );
}

#[test]
fn a_percentile_of_averages_is_not_measurable() {
    let rule = |more: &str| {
        config(&format!(
            "version: 1\nrules:\n  - regression: {{ metric: time, statistic: p95, critical: 20%{more} }}\n"
        ))
    };
    let report = decided(suite(10, |_| 1.0), Order::Interleaved, &rule(""));
    insta::assert_snapshot!(messages(&report).join("\n"), @"critical –: p95 of time of `group/b00` and 11 more cannot be measured: its samples are averages over iterations; set `accept-averages: true` to take the percentile of the averages");
    assert_eq!(report.exit_code, 1);
    let report = decided(suite(10, |_| 1.0), Order::Interleaved, &rule(", accept-averages: true"));
    insta::assert_snapshot!(messages(&report).join("\n"), @"critical –: p95 of time of `group/b00` and 11 more cannot be measured: it needs 200 samples a run");
}

#[test]
fn percentiles_of_raw_samples_are_compared() {
    let config = config(
        "version: 1\nrules:\n  - regression: { metric: time, statistic: p95, critical: 20% }\n",
    );
    let latency = |side: Side, block: u32| {
        let tail = if side == Side::Head { 2.0 } else { 1.0 };
        let one = |i: u32| {
            1e6 * (1.0 + 0.01 * f64::from((i * 7 + block * 3) % 10))
                * if i.is_multiple_of(10) { 1.5 * tail } else { 1.0 }
        };
        values("api/get", "time", Unit::Nanoseconds, side, block, (0..400).map(one).collect())
    };
    let runs = (0..10)
        .flat_map(|block| [latency(Side::Base, block), latency(Side::Head, block)])
        .collect();
    let report = decided(runs, Order::Interleaved, &config);
    let c = of(&report, "api/get");
    assert_eq!((c.statistic, c.verdict), (Statistic::Percentile(95_000), Verdict::Regressed));
    assert!(c.change.is_some_and(|change| (change.estimate - 1.0).abs() < 0.05), "{:?}", c.change);
}

#[test]
fn named_tests_say_what_they_are() {
    let rule = |test: &str| {
        config(&format!(
            "version: 1\nrules:\n  - regression: {{ metric: time, critical: 2%, test: {test}, alpha: 5% }}\n"
        ))
    };
    for (test, kind) in [
        ("paired", TestKind::PairedT),
        ("welch", TestKind::Welch),
        ("mann-whitney", TestKind::MannWhitney),
    ] {
        let report = decided(suite(10, slower(3, 1.03)), Order::Interleaved, &rule(test));
        let c = of(&report, "group/b03");
        assert_eq!(
            (c.test, c.verdict, c.adjusted_p),
            (Some(kind), Verdict::Regressed, None),
            "{test}"
        );
        assert!(
            c.notes.iter().any(|n| n.contains("without margin and without correction")),
            "{:?}",
            c.notes
        );
    }
    let single = decided(suite(1, slower(3, 1.03)), Order::Sequential, &rule("mann-whitney"));
    let c = of(&single, "group/b03");
    assert_eq!(c.verdict, Verdict::Suspect);
    assert!(c.notes.iter().any(|n| n.starts_with("within-run")), "{:?}", c.notes);
}

#[test]
fn by_estimate_means_not_proven() {
    let config = config(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 20%, evidence: estimate }\n",
    );
    let report = decided(suite(1, slower(3, 1.25)), Order::Sequential, &config);
    let c = of(&report, "group/b03");
    assert_eq!((c.verdict, report.exit_code), (Verdict::Regressed, 1));
    assert!(c.notes.iter().any(|n| n.starts_with("not proven")), "{:?}", c.notes);
}

#[test]
fn what_cannot_be_excluded_is_inconclusive() {
    let noisy = |factor: f64| {
        let one = |b: u32, side: Side| {
            100.0 * (1.0 + 0.25 * noise(0, b, side)) * if side == Side::Head { factor } else { 1.0 }
        };
        (0..8)
            .flat_map(|b| {
                [Side::Base, Side::Head].map(|side| run("io/write", side, b, one(b, side)))
            })
            .collect::<Vec<_>>()
    };
    let report = interleaved(noisy(1.0));
    assert_eq!((report.outcome, report.exit_code), (Outcome::Inconclusive, 0));
    assert_eq!(of(&report, "io/write").verdict, Verdict::Inconclusive);
    let strict = config("version: 1\ngate: { inconclusive: fail }\n");
    assert_eq!(decided(noisy(1.0), Order::Interleaved, &strict).exit_code, 5);
    let never = config("version: 1\ngate: { fail-on: never }\n");
    assert_eq!(decided(noisy(3.0), Order::Interleaved, &never).outcome, Outcome::Pass);
}

#[test]
fn presence_speaks_of_what_is_missing_new_doubled_zero_or_no_number() {
    let mut runs = suite(6, |_| 1.0);
    runs.retain(|r| !(r.side == Side::Head && r.benchmark.as_str() == "group/b00"));
    runs.retain(|r| !(r.side == Side::Base && r.benchmark.as_str() == "group/b11"));
    for block in 0..6 {
        for side in [Side::Base, Side::Head] {
            let old = if side == Side::Base { "codec/encode_old" } else { "codec/encode_new" };
            runs.push(run(old, side, block, 500.0 + f64::from(block)));
        }
    }
    runs.push(run("group/b05", Side::Head, 2, 600.0));
    runs.push(run("group/zero", Side::Base, 0, 10.0));
    runs.push(run("group/zero", Side::Head, 0, 0.0));
    runs.push(run("group/nan", Side::Base, 0, 10.0));
    runs.push(run("group/nan", Side::Head, 0, f64::NAN));
    let added = config(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 20% }\n  - presence: { added: notice }\n",
    );
    let report = decided(runs, Order::Interleaved, &added);
    insta::assert_snapshot!(messages(&report).join("\n"), @r"
    critical group/b05: time is measured more than once in one run in head
    critical group/nan: time is negative or not a finite number in head
    warning codec/encode_old: missing in head; probably renamed to `codec/encode_new`
    warning group/b00: missing in head
    warning group/zero: time is zero in head
    notice group/b11: new in head
    ");
    assert_eq!(of(&report, "group/b00").verdict, Verdict::Removed);
    assert_eq!(of(&report, "group/b11").verdict, Verdict::Added);
}

#[test]
fn nothing_measured_is_never_a_pass() {
    let report = interleaved(Vec::new());
    assert_eq!(
        (report.outcome, report.exit_code, codes(&report)),
        (Outcome::Error, 3, vec![Code::NothingMeasured])
    );
    let one_side = suite(5, |_| 1.0).into_iter().filter(|run| run.side == Side::Base).collect();
    let report = interleaved(one_side);
    assert_eq!(
        (report.exit_code, codes(&report), report.findings.len()),
        (3, vec![Code::EmptySide], 0)
    );
}

#[test]
fn a_recording_compared_with_itself_is_an_error() {
    let base: Vec<Run> =
        suite(3, |_| 1.0).into_iter().filter(|run| run.side == Side::Base).collect();
    let head = base.iter().cloned().map(|run| Run { side: Side::Head, ..run });
    let report = interleaved(base.iter().cloned().chain(head).collect());
    assert_eq!((report.exit_code, codes(&report)), (3, vec![Code::SameRecording]));
}

#[test]
fn equal_totals_of_other_counts_are_no_recording_compared_with_itself() {
    // A harness that runs for a fixed time: only the counts tell the sides apart.
    let fixed = |side: Side, count: f64| {
        move |block: u32| Run {
            data: Data::Iterations {
                iters: vec![count + f64::from(block * 3 % 7); 6],
                times: vec![1e9; 6],
            },
            ..run("fixed", side, block, 1.0)
        }
    };
    let runs = (0..10).map(fixed(Side::Base, 1000.0)).chain((0..10).map(fixed(Side::Head, 500.0)));
    let report = interleaved(runs.collect());
    assert_eq!((report.outcome, codes(&report)), (Outcome::Fail, Vec::new()));
}

#[test]
fn the_order_in_which_runs_arrive_changes_nothing() {
    // Two results of one benchmark in one block, of which only the first in the file counts, with its link and unit.
    let twice = |line: u32, link: u64, value: f64| Run {
        link: Some(link),
        origin: Origin { file: Arc::from("runs"), line: Some(line) },
        ..run("twice", Side::Base, 0, value)
    };
    let late = Run { unit: Unit::Bytes, ..twice(2, 7, 120.0) };
    let runs = vec![late, twice(1, 5, 100.0), run("twice", Side::Head, 0, 100.0)];
    let reversed = runs.iter().rev().cloned().collect();
    let report = interleaved(runs);
    assert_eq!(report, interleaved(reversed));
    let base = report.measurements.iter().find(|m| m.side == Side::Base);
    assert_eq!(base.map(|m| (m.unit, m.links.clone())), Some((Unit::Nanoseconds, vec![Some(5)])));
}

#[test]
fn the_first_of_several_summaries_says_what_they_count() {
    let summary = |block: u32, of: SummaryOf| {
        let statistics = vec![(Statistic::Mean, 100.0), (Statistic::Stddev, 1.0)];
        let data = Data::Summary(Summary { of, n: Some(10), statistics });
        Run { data, ..run("counted", Side::Base, block, 100.0) }
    };
    let runs = vec![summary(1, SummaryOf::Runs), summary(0, SummaryOf::Samples)];
    let reversed = runs.iter().rev().cloned().collect();
    let report = interleaved(runs);
    assert_eq!(report, interleaved(reversed));
    let counted = report.measurements.first().and_then(|m| m.summary);
    assert_eq!(counted, Some(SummaryOf::Samples));
}

#[test]
fn a_rule_that_guards_nothing_is_said() {
    let config = config(
        "version: 1\nrules:\n  - regression: { benchmarks: \"parser/**\", metric: time, critical: 20% }\n",
    );
    let report = decided(suite(5, |_| 1.0), Order::Interleaved, &config);
    assert_eq!(codes(&report), [Code::NothingGated, Code::UnusedRule]);
    assert_eq!(report.diagnostics.iter().find_map(|d| d.line), Some(3));
}

#[test]
fn runs_without_a_partner_are_said() {
    let mut runs = suite(6, |_| 1.0);
    runs.retain(|r| !(r.block == 5 && r.side == Side::Head));
    let report = interleaved(runs);
    assert_eq!(codes(&report), [Code::IncompleteBlocks]);
    assert!(
        report.diagnostics[0].message.starts_with("12 runs have no partner"),
        "{:?}",
        report.diagnostics
    );
}

#[test]
fn a_suite_that_moves_together_is_said() {
    let report = interleaved(suite(10, |_| 1.06));
    assert!(
        report.suite_shift.is_some_and(|s| (s.estimate - 0.06).abs() < 0.01),
        "{:?}",
        report.suite_shift
    );
    assert_eq!(codes(&report), [Code::SuiteShift]);
    assert_eq!(interleaved(suite(10, slower(3, 1.5))).suite_shift, None);
}

/// What is measured again was chosen for looking slower, and is not the suite.
#[test]
fn a_second_look_at_one_benchmark_moves_no_suite() {
    let mut runs = suite(5, slower(3, 1.25));
    let again = suite(15, slower(3, 1.25)).into_iter();
    runs.extend(
        again
            .filter(|run| run.block >= 5 && run.benchmark.as_str() == "group/b03")
            .map(|run| Run { stage: Stage::Confirm, ..run }),
    );
    let report = interleaved(runs);
    assert_eq!((report.suite_shift, report.exit_code), (None, 1));
}

/// Twelve benchmarks of which some were looked at again, `change` times slower.
fn two_looks(again: &[usize], screen: u32, change: f64) -> Vec<Run> {
    let slow = |b: usize| if again.contains(&b) { change } else { 1.0 };
    let mut runs = suite(screen, slow);
    let names: Vec<String> = again.iter().map(|b| format!("group/b{b:02}")).collect();
    runs.extend(
        suite(screen + 10, slow)
            .into_iter()
            .filter(|run| run.block >= screen && names.iter().any(|n| n == run.benchmark.as_str()))
            .map(|run| Run { stage: Stage::Confirm, ..run }),
    );
    runs
}

/// The second look is no part of the suite, however many benchmarks are in it.
#[test]
fn the_suite_is_what_the_first_look_saw() {
    let report = interleaved(two_looks(&[0, 1, 2, 3, 4, 5, 6], 5, 1.3));
    let shift = report.suite_shift.map(|shift| shift.estimate);
    assert!(shift.is_none_or(|shift| shift > 0.1), "seven of twelve moved: {shift:?}");
    assert_eq!(interleaved(two_looks(&[0, 1, 2, 3, 4], 5, 1.3)).suite_shift, None);
}

/// What was not looked at again is never decided by too few blocks, not even where these may decide.
#[test]
fn what_is_not_confirmed_stays_a_suspect_where_one_run_decides() {
    let decide = config("version: 1\ngate: { one-run: decide }\n");
    let mut runs = two_looks(&[3], 3, 1.4);
    for run in &mut runs {
        if run.benchmark.as_str() == "group/b07"
            && run.side == Side::Head
            && let Data::Iterations { times, .. } = &mut run.data
        {
            times.iter_mut().for_each(|time| *time *= 1.5);
        }
    }
    let report = decided(runs, Order::Interleaved, &decide);
    assert_eq!(of(&report, "group/b03").verdict, Verdict::Regressed);
    let c = of(&report, "group/b07");
    assert_eq!(c.verdict, Verdict::Suspect);
    assert!(c.notes.iter().any(|note| note.contains("measured again")), "{:?}", c.notes);
}

/// A warning that cannot fail the build is not measured again, and stands.
#[test]
fn what_cannot_fail_is_decided_by_the_first_look() {
    let rules = config(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 20% }\n  - regression: { benchmarks: group/b07, metric: time, warning: 10% }\n",
    );
    let mut runs = two_looks(&[3], 8, 1.4);
    for run in &mut runs {
        if run.benchmark.as_str() == "group/b07"
            && run.side == Side::Head
            && let Data::Iterations { times, .. } = &mut run.data
        {
            times.iter_mut().for_each(|time| *time *= 1.3);
        }
    }
    let report = decided(runs, Order::Interleaved, &rules);
    assert_eq!(
        (of(&report, "group/b07").verdict, of(&report, "group/b07").severity),
        (Verdict::Regressed, Severity::Warning)
    );
}

/// A throughput that is compared by itself is looked at again, too.
#[test]
fn a_throughput_is_decided_by_the_second_look() {
    let rules =
        config("version: 1\nrules:\n  - regression: { metric: throughput, critical: 15% }\n");
    let amount = |run: Run| Run {
        throughput: Some(Throughput { amount: 1_000.0, unit: Unit::BytesPerSecond }),
        ..run
    };
    let runs = two_looks(&[3], 5, 1.4).into_iter().map(amount).collect();
    let report = decided(runs, Order::Interleaved, &rules);
    let of = |name: &str| {
        let wanted =
            |c: &&Comparison| c.benchmark.as_str() == name && c.metric == Metric::throughput();
        report.comparisons.iter().find(wanted).expect("the throughput")
    };
    assert_eq!((of("group/b03").verdict, report.exit_code), (Verdict::Regressed, 1));
}

/// A rule by which the estimate decides is settled by the second look, too.
#[test]
fn what_an_estimate_would_fail_is_looked_at_again() {
    let rules = config(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 20% }\n  - regression: { benchmarks: group/b07, metric: time, critical: 1%, margin: 0.5%, evidence: estimate }\n",
    );
    let mut runs = suite(5, |b| if b == 7 { 1.02 } else { 1.0 });
    for run in &mut runs {
        if run.benchmark.as_str() == "group/b07"
            && run.side == Side::Head
            && run.block == 0
            && let Data::Iterations { times, .. } = &mut run.data
        {
            times.iter_mut().for_each(|time| *time *= 1.4);
        }
    }
    let report = decided(runs, Order::Interleaved, &rules);
    assert_eq!(of(&report, "group/b07").verdict, Verdict::Regressed);
    assert!(flagged(&report).contains(&BenchmarkId::new("group/b07")));
}

/// ME-2: a second look is for what looks slower, and for what would leave the outcome open.
#[test]
fn what_looks_slower_or_is_undecided_is_looked_at_again() {
    let mut runs = suite(5, slower(3, 1.25));
    for run in &mut runs {
        if run.benchmark.as_str() == "group/b07"
            && run.side == Side::Head
            && let Data::Iterations { times, .. } = &mut run.data
        {
            // Now twice as fast, now half as fast again.
            let factor = if run.block % 2 == 0 { 0.5 } else { 1.4 };
            times.iter_mut().for_each(|time| *time *= factor);
        }
    }
    let report = interleaved(runs);
    assert_eq!(of(&report, "group/b07").verdict, Verdict::Inconclusive);
    let flagged = flagged(&report);
    let names: Vec<&str> = flagged.iter().map(BenchmarkId::as_str).collect();
    assert_eq!(names, ["group/b03", "group/b07"]);
}

#[test]
fn a_report_decides_itself_again() {
    let config = config(
        "version: 1\nrules:\n  - regression: { metric: time, notice: 5%, critical: 20% }\n  - regression: { metric: memory, critical: 5% }\n",
    );
    let report = decided(suite(10, slower(3, 1.3)), Order::Interleaved, &config);
    let text = benchgate::report::bundle::write(&report).expect("a bundle");
    let read = benchgate::report::bundle::read(&text, "report.json").expect("a report");
    assert_eq!(read, without_excerpts(report.clone()));
    let again = decide_again(read, &config, TODAY, false);
    assert_eq!(without_excerpts(again), without_excerpts(report));

    // A report that lies about its outcome is decided by its numbers.
    let mut lie = decided(suite(10, slower(3, 1.3)), Order::Interleaved, &config);
    (lie.outcome, lie.exit_code) = (Outcome::Pass, 0);
    lie.findings.clear();
    lie.comparisons.clear();
    assert_eq!(decide_again(lie, &config, TODAY, false).exit_code, 1);
}

#[test]
fn deciding_again_says_nothing_twice_and_forgets_no_mistake_of_reading() {
    let mut runs = suite(5, |_| 1.0);
    runs.iter_mut().rfind(|run| run.side == Side::Base).expect("a run").unit = Unit::Bytes;
    for run in runs.iter_mut().filter(|run| run.benchmark.as_str() == "group/b02") {
        run.metric = Metric::new("queue-depth");
    }
    let report = interleaved(runs);
    assert_eq!(codes(&report), [Code::UnknownMetric, Code::MixedUnits]);
    assert_eq!(report.outcome, Outcome::Error);
    let again = decide_again(report.clone(), &Config::built_in(), TODAY, false);
    assert_eq!(again, report);
    let declaring =
        config("version: 1\nmetrics: { queue-depth: { unit: count, better: lower } }\n");
    let again = decide_again(report, &declaring, TODAY, false);
    assert_eq!(codes(&again), [Code::MixedUnits]);
}

#[test]
fn a_run_that_held_nothing_is_not_forgotten_when_a_report_is_decided_again() {
    let mut report = interleaved(suite(6, |_| 1.0));
    let empty = Diagnostic::error(Code::NothingMeasured, "no measurement in it");
    report.diagnostics.push(empty.file("head/run-7"));
    let again = decide_again(report, &Config::built_in(), TODAY, false);
    assert_eq!((codes(&again), again.exit_code), (vec![Code::NothingMeasured], 3));
}

#[test]
fn both_looks_must_have_one_unit() {
    let mut again = suite(5, slower(3, 1.2));
    again.retain(|run| run.benchmark.as_str() == "group/b03");
    for run in &mut again {
        run.stage = Stage::Confirm;
        run.unit = if run.side == Side::Head { Unit::Bytes } else { run.unit };
    }
    let report = interleaved([suite(5, slower(3, 1.2)), again].concat());
    assert_eq!(codes(&report), [Code::UnitMismatch]);
    assert_eq!(report.outcome, Outcome::Error);
}

/// The lines that the terminal underlines are not part of the file.
fn without_excerpts(mut report: Report) -> Report {
    for diagnostic in &mut report.diagnostics {
        diagnostic.excerpt = None;
    }
    report
}

fn verdicts(report: &Report) -> Vec<(String, Verdict)> {
    report.comparisons.iter().map(|c| (c.benchmark.to_string(), c.verdict)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_changes_nothing(shuffled in Just(suite(6, slower(3, 1.2))).prop_shuffle()) {
        prop_assert_eq!(interleaved(suite(6, slower(3, 1.2))), interleaved(shuffled));
    }

    #[test]
    fn swapping_sides_turns_regressions_into_improvements(factor in 0.7f64..1.4) {
        let runs = suite(8, slower(3, factor));
        let swapped = runs.iter().cloned().map(|r| Run { side: if r.side == Side::Base { Side::Head } else { Side::Base }, ..r });
        let mirrored = |v: Verdict| match v {
            Verdict::Regressed => Verdict::Improved,
            Verdict::Improved => Verdict::Regressed,
            other => other,
        };
        let expected: Vec<_> = verdicts(&interleaved(runs.clone())).into_iter().map(|(b, v)| (b, mirrored(v))).collect();
        prop_assert_eq!(expected, verdicts(&interleaved(swapped.collect())));
    }

    #[test]
    fn scaling_both_sides_changes_nothing(factor in 0.7f64..1.4, scale in 1u32..1000) {
        let runs = suite(8, slower(3, factor));
        let scaled = runs.iter().cloned().map(|r| {
            let Data::Iterations { iters, times } = r.data else { unreachable!() };
            let times = times.into_iter().map(|t| t * f64::from(scale)).collect();
            Run { data: Data::Iterations { iters, times }, ..r }
        });
        prop_assert_eq!(verdicts(&interleaved(runs.clone())), verdicts(&interleaved(scaled.collect())));
    }

    #[test]
    fn a_larger_slowdown_is_never_a_milder_finding(small in 1.0f64..1.5, more in 1.0f64..1.5) {
        let severity = |factor| of(&interleaved(suite(8, slower(3, factor))), "group/b03").severity;
        prop_assert!(severity(small) <= severity(small * more));
    }
}

/// RU-8: runs whose samples tell their times are reduced to their growth where a rule asks for it, and only there.
#[test]
fn a_growth_rule_finds_the_leak_of_timestamped_samples() {
    let soak = |side, block, slope: f64| {
        let at: Vec<f64> = (0..240).map(|i| f64::from(i) * 30.0).collect();
        let value = |t: &f64| 5e8 + slope * t / 3600.0 + 1e5 * (t * 12.9898).sin();
        let samples = at.iter().map(value).collect();
        Run { at, ..values("soak", "memory", Unit::Bytes, side, block, samples) }
    };
    let runs = |head: f64| -> Vec<Run> {
        (0..3)
            .flat_map(|block| [soak(Side::Base, block, -1e6), soak(Side::Head, block, head)])
            .collect()
    };
    let leaks = config(
        "version: 1\nrules:\n  - growth: { metric: memory, slope: { critical: 50MB/h }, ratio: 1.5x }\n",
    );
    let changes = config("version: 1\nrules:\n  - regression: { metric: memory, critical: 20% }\n");
    let report_of = |config, runs| decided(runs, Order::Sequential, config);
    let report = report_of(&leaks, runs(62e6));
    let slopes: Vec<_> =
        report.measurements.iter().filter(|m| m.statistic == Statistic::Slope).collect();
    assert_eq!(slopes.len(), 2);
    assert!(slopes.iter().all(|m| m.non_finite == 0 && m.zero == 0 && m.n == 3));
    let messages: Vec<&str> = report.findings.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(report.outcome, Outcome::Fail, "{messages:?}");
    assert!(
        messages[0].starts_with("memory grows by 62.0 MB/h (62.0 to 62.0 MB/h), more than 50 MB/h"),
        "{messages:?}"
    );
    assert!(
        messages[1].starts_with("a suspected leak: ")
            && messages[1].ends_with("and does not grow in base"),
        "{messages:?}"
    );
    assert!(report.comparisons.iter().all(|c| c.statistic != Statistic::Slope));
    assert_eq!(report_of(&leaks, runs(2e6)).outcome, Outcome::Pass);
    assert!(
        report_of(&changes, runs(2e6)).measurements.iter().all(|m| m.statistic != Statistic::Slope)
    );
}
