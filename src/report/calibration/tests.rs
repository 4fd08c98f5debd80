//! What people read of calibrations made by hand.

use super::*;
use crate::config::Config;
use crate::model::{
    CalibratedComparison, CalibratedRecording, Detected, FalseAlarms, Metric, MetricDetection,
    SideInfo, Statistic, Tool,
};

fn detected(alone: f64) -> Vec<Detected> {
    [0.1, 0.2].map(|change| Detected { change, together: 1.0, alone }).into()
}

/// A benchmark that shows `smallest`.
fn comparison(name: &str, smallest: Option<f64>) -> CalibratedComparison {
    CalibratedComparison {
        benchmark: name.into(),
        metric: Metric::time(),
        statistic: Statistic::Median,
        gating: true,
        margin: 0.03,
        lowest_failing: Some(0.2),
        false_alarms: 0,
        disjoint_false_alarms: 0,
        detected: detected(0.9),
        smallest,
        too_noisy: smallest.is_none_or(|s| s > 0.2),
        noise: Some(0.012),
        proven: Some(0.004),
        suggested_margin: Some(0.005),
        suggested_blocks: smallest.map(|s| if s > 0.2 { 38 } else { 6 }),
    }
}

fn calibration(comparisons: Vec<CalibratedComparison>) -> Calibration {
    let alarms = FalseAlarms { windows: 400, ..FalseAlarms::default() };
    Calibration {
        schema: 1,
        tool: Tool { name: "benchgate".into(), version: "0".into() },
        config: Config::built_in().info(),
        inconclusive_fails: false,
        inject: vec![0.1, 0.2],
        seed: Some(1),
        recordings: vec![CalibratedRecording {
            recording: "runs".into(),
            base: SideInfo::default(),
            head: SideInfo::default(),
            recorded_blocks: 40,
            blocks: 10,
            disjoint: FalseAlarms {
                windows: 4,
                failed_bound: Some(0.53),
                regressed_bound: Some(0.53),
                ..FalseAlarms::default()
            },
            resampled: Some(alarms),
            detection: vec![MetricDetection {
                metric: Metric::time(),
                statistic: Statistic::Median,
                comparisons: comparisons.len() as u64,
                detected: detected(0.9),
            }],
            comparisons,
            proven: Some(0.011),
            without_rule: 0,
            diagnostics: Vec::new(),
        }],
    }
}

fn advice(calibration: &Calibration) -> String {
    let sentences = advice::sentences(calibration, &calibration.recordings[0], 2);
    let line =
        |(change, text): &(bool, String)| format!("{}{text}", if *change { "! " } else { "" });
    sentences.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn changed(calibration: &Calibration, change: impl Fn(&mut CalibratedRecording)) -> Calibration {
    let mut changed = calibration.clone();
    changed.recordings.iter_mut().for_each(change);
    changed
}

#[test]
fn advice_says_what_to_change() {
    let fine = calibration(vec![comparison("a", Some(0.08)), comparison("b", Some(0.1))]);
    insta::assert_snapshot!(advice(&fine), @r"
    every benchmark shows the change that fails the build; 6 blocks would do
    the margins are wide enough: without a change hardly ever more than 1.1 % looks proven
    ");
    let noisy = calibration(vec![
        comparison("a", Some(0.08)),
        comparison("b", Some(0.4)),
        comparison("c", None),
        comparison("d\n::error::", None),
    ]);
    insta::assert_snapshot!(advice(&noisy), @r"
    ! too noisy to gate, 3 of 4 comparisons: b (20 %), c (20 %) and 1 more; what fails the build is usually not found there: about 38 blocks would do for all but 2; raise their levels, or let them only warn
    the margins are wide enough: without a change hardly ever more than 1.1 % looks proven
    ");
    let moving = changed(&fine, |r| {
        if let Some(first) = r.comparisons.first_mut() {
            (first.proven, first.suggested_margin) = (Some(0.041), Some(0.045));
        }
        r.resampled = Some(FalseAlarms {
            windows: 400,
            failed: 21,
            regressed: 30,
            failed_by_rule: [("regression".to_owned(), 21)].into(),
            ..FalseAlarms::default()
        });
        r.recorded_blocks = 12;
    });
    insta::assert_snapshot!(advice(&moving), @r"
    ! the resampled windows share most of their blocks; record 20 blocks or more for figures of windows of 10
    ! more than 1 % of the pull requests without a change fail by a regression: raise the margin, or find out what moves these benchmarks
    every benchmark shows the change that fails the build; 6 blocks would do
    ! 1 comparison looks changed by more than the margin without a change: a (`margin: 4.5%`); give a rule that margin, or find out what moves
    ");
    let few = changed(&fine, |r| r.blocks = 4);
    insta::assert_snapshot!(advice(&few), @"! windows of fewer than five blocks can only give suspects, so nothing is ever found: take five blocks or more, best ten");
}

#[test]
fn several_metrics_have_their_names_and_other_rules_are_named() {
    let memory = CalibratedComparison {
        metric: Metric::new("memory"),
        statistic: Statistic::Percentile(95_000),
        lowest_failing: None,
        too_noisy: false,
        ..comparison("a", None)
    };
    let several = changed(&calibration(vec![comparison("a", None), memory]), |r| {
        let mut second = r.detection[0].clone();
        second.metric = Metric::new("memory");
        second.statistic = Statistic::Percentile(95_000);
        r.detection.push(second);
        r.without_rule = 3;
        r.resampled = Some(FalseAlarms {
            windows: 400,
            failed: 400,
            inconclusive: 7,
            failed_by_rule: [("not-measurable".to_owned(), 400)].into(),
            ..FalseAlarms::default()
        });
    });
    let several = Calibration { inconclusive_fails: true, ..several };
    let look = Look { width: 90, colour: false, verbose: false, brief: false };
    insta::assert_snapshot!(render(&several, Form::Text, look).unwrap());
}

#[test]
fn a_narrow_terminal_cuts_names_and_keeps_numbers() {
    let long = comparison("a/very/long/name/of/a/benchmark/that/goes/on", Some(0.08));
    let look = Look { width: 60, colour: false, verbose: false, brief: false };
    insta::assert_snapshot!(render(&calibration(vec![long]), Form::Text, look).unwrap());
}

#[test]
fn noisy_rows_and_the_headline_are_coloured() {
    let look = Look { width: 100, colour: true, verbose: false, brief: false };
    let text = render(&calibration(vec![comparison("a", None)]), Form::Text, look).unwrap();
    assert!(text.starts_with("\u{1b}[1m\u{1b}[32mbenchgate: "), "{text:?}");
    assert!(text.contains("\u{1b}[33m  a "), "{text:?}");
}
