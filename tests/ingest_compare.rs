//! What `benchgate compare` takes beside two sides: baselines of head under a name, and no base at all.

#![expect(clippy::expect_used, reason = "a file that cannot be written is a failed test")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Output;

use common::{benchgate, said};

/// Two runs of head, each with two saved baselines and no other results.
fn telemetry(dir: &Path) {
    for run in 1..=2 {
        for (baseline, time) in [("telemetry-off", 100), ("telemetry-on", 104)] {
            let results = dir.join(format!("run-{run}/cache/hit/{baseline}"));
            fs::create_dir_all(&results).expect("a directory");
            let about = r#"{"full_id":"cache/hit","directory_name":"cache/hit"}"#;
            fs::write(results.join("benchmark.json"), about).expect("a file");
            let times: Vec<_> = (0..10).map(|i| time * 10 + i + run).collect();
            let sample = format!("{{\"iters\":{:?},\"times\":{times:?}}}", [10; 10]);
            fs::write(results.join("sample.json"), sample).expect("a file");
        }
    }
}

fn compare(dir: &Path, arguments: &[&str]) -> Output {
    let mut command = benchgate(&["compare"]);
    command.current_dir(dir).args(arguments).output().expect("a run")
}

fn report(dir: &Path) -> serde_json::Value {
    let text = fs::read_to_string(dir.join("report.json")).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn baselines_of_head_are_read_under_a_name_without_a_base() {
    let dir = tempfile::tempdir().expect("a directory");
    telemetry(dir.path());
    let output = compare(
        dir.path(),
        &[
            "--head",
            "run-1",
            "run-2",
            "--variant",
            "off=telemetry-off",
            "--variant",
            "on=telemetry-on",
            "--allow-empty-base",
            "--out",
            "json=report.json",
            "--out",
            "markdown=report.md",
        ],
    );
    assert_eq!(said(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    let report = report(dir.path());
    let measured = report["measurements"].as_array().expect("measurements");
    let found: Vec<_> = measured
        .iter()
        .map(|m| (m["benchmark"].as_str(), m["side"].as_str(), m["n"].as_u64()))
        .collect();
    let run = |name| (Some(name), Some("head"), Some(2));
    assert_eq!(found, [run("off/cache/hit"), run("on/cache/hit")]);
    // Presence has nothing to say: there is no base from which they could be missing.
    assert_eq!(report["findings"], serde_json::json!([]));
    insta::assert_snapshot!("variants_text", said(&output.stdout));
    let markdown = fs::read_to_string(dir.path().join("report.md")).expect("a report");
    insta::assert_snapshot!("variants_markdown", markdown);
}

/// What only head has beside a base is new, but nobody is told to do anything.
#[test]
fn variants_beside_a_base_are_no_findings() {
    let dir = tempfile::tempdir().expect("a directory");
    telemetry(dir.path());
    let output = compare(
        dir.path(),
        &[
            "--base",
            "run-1",
            "--base-name",
            "telemetry-off",
            "--head",
            "run-2",
            "--head-name",
            "telemetry-off",
            "--variant",
            "on=telemetry-on",
            "--out",
            "json=report.json",
        ],
    );
    assert_eq!(said(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(report(dir.path())["findings"], serde_json::json!([]));
}

#[test]
fn a_baseline_that_is_not_there_is_an_input_error() {
    let dir = tempfile::tempdir().expect("a directory");
    telemetry(dir.path());
    let output = compare(
        dir.path(),
        &["--head", "run-1", "--allow-empty-base", "--variant", "on=telemetry"],
    );
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(said(&output.stderr), @r"
    error: no benchmark has a baseline `telemetry` [missing-baseline]
    --> run-1
     = help: did you mean `telemetry-on`? name one with `--variant`; there are `telemetry-off`, `telemetry-on`
    ");
}

#[test]
fn a_benchmark_that_lost_a_variant_is_a_warning() {
    let dir = tempfile::tempdir().expect("a directory");
    telemetry(dir.path());
    let (hit, miss) = (dir.path().join("run-1/cache/hit"), dir.path().join("run-1/cache/miss"));
    fs::create_dir_all(miss.join("telemetry-off")).expect("a directory");
    let sample = fs::read(hit.join("telemetry-off/sample.json")).expect("a file");
    fs::write(miss.join("telemetry-off/sample.json"), sample).expect("a file");
    let about = r#"{"full_id":"cache/miss","directory_name":"cache/miss"}"#;
    fs::write(miss.join("telemetry-off/benchmark.json"), about).expect("a file");
    let variants = ["--variant", "off=telemetry-off", "--variant", "on=telemetry-on"];
    let output =
        compare(dir.path(), &[&["--head", "run-1", "--allow-empty-base"], &variants[..]].concat());
    insta::assert_snapshot!("lost_variant", said(&output.stderr));
}

#[test]
fn wrong_variants_and_sides_are_usage_errors() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = |arguments: &[&str]| {
        let output = compare(dir.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        said(&output.stderr).lines().take(2).collect::<Vec<_>>().join(" ")
    };
    let head = ["--head", "x", "--allow-empty-base", "--variant"];
    let with = |rest: &[&str]| first(&[&head, rest].concat());
    let said = [
        with(&["telemetry"]),
        with(&["a/b=x"]),
        with(&["on="]),
        with(&["on=x", "--variant", "on=y"]),
        with(&["off=x", "--variant", "on=x"]),
        first(&["--head", "x"]),
        first(&["--base", "x", "--allow-empty-base"]),
        first(&["--allow-empty-base"]),
        first(&["--runs", "x", "--variant", "on=x"]),
        first(&["--runs", "x", "--out", "json=r", "--out", "markdown=./r"]),
    ];
    insta::assert_snapshot!("usage", said.join("\n"));
}

#[test]
fn resources_of_the_benchmark_that_ran_are_decided_like_any_metric() {
    let dir = tempfile::tempdir().expect("a directory");
    let lines = |cpu: f64| {
        let mut text = String::new();
        for second in 0..30 {
            let cpu = cpu + f64::from(second % 3);
            text +=
                &format!("{{\"timestamp\":{},\"cpu_percent\":{cpu}}}\n", 1_772_366_400 + second);
        }
        text + "{\"benchmark\":\"send\",\"start\":1772366400,\"end\":1772366429,\"avg_ms\":1,\"n\":10}\n"
    };
    fs::write(dir.path().join("base.jsonl"), lines(20.0)).expect("a file");
    fs::write(dir.path().join("head.jsonl"), lines(60.0)).expect("a file");
    let rules =
        "version: 1\nrules:\n  - regression: { metric: cpu, critical: 50%, evidence: estimate }\n";
    fs::write(dir.path().join("benchgate.yml"), rules).expect("a file");
    let sides = ["--base", "base.jsonl", "--head", "head.jsonl", "--out", "json=report.json"];
    let output = compare(dir.path(), &sides);
    assert_eq!(said(&output.stderr), "");
    let report = report(dir.path());
    let cpu = report["comparisons"]
        .as_array()
        .and_then(|all| all.iter().find(|c| c["metric"] == "cpu"))
        .expect("a comparison");
    assert_eq!(cpu["benchmark"], "send");
    assert_eq!((&cpu["base"]["estimate"], &cpu["head"]["estimate"]), (&21.0.into(), &61.0.into()));
}
