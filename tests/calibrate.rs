//! `benchgate calibrate` as a maintainer calls it.

#![expect(clippy::expect_used, reason = "what cannot be read is a failed test")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use common::{benchgate, said};
use serde_json::Value;

const RECORDING: &str = "docs/examples/identical";

/// Benchmarks of the recording in docs/examples, each with its time in ns and how far a run may be off.
const SUITE: [(&str, f64, f64); 12] = [
    ("cache/hit", 96_000.0, 0.004),
    ("cache/miss", 410_000.0, 0.006),
    ("dht/lookup/100", 1_300_000.0, 0.008),
    ("dht/lookup/1000", 4_700_000.0, 0.010),
    ("hash/sha/4KiB", 12_400_000.0, 0.012),
    ("json/parse", 880_000.0, 0.016),
    ("json/serialize", 530_000.0, 0.020),
    ("parser/large", 31_000_000.0, 0.026),
    ("parser/small", 260_000.0, 0.034),
    ("queue/push", 71_000.0, 0.044),
    ("io/read", 2_900_000.0, 0.100),
    ("io/write", 3_800_000.0, 0.260),
];

/// Uniform in (-1, 1), by hash (splitmix64).
fn jitter(key: u64) -> f64 {
    let mut z = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// A recording of identical code: both sides move by themselves, the block moves them together.
fn recording(blocks: u64, factor: f64) -> String {
    let mut lines = String::new();
    for block in 0..blocks {
        for (index, &(name, time, off)) in (0u64..).zip(&SUITE) {
            for (side, key) in [("base", 0), ("head", 1)] {
                let run = index << 40 | block << 8 | key;
                let shared = 1.0 + 0.05 * jitter(block + 7_777);
                let own = 1.0 + off * jitter(run);
                let by = if side == "head" { factor } else { 1.0 };
                let values: Vec<String> = (0..5)
                    .map(|sample| {
                        let inside = 1.0 + 0.5 * off * jitter(run | (sample + 1) << 56);
                        // Whole nanoseconds are the same on every machine.
                        format!("{:.0}", time * shared * own * inside * by)
                    })
                    .collect();
                writeln!(
                    lines,
                    r#"{{"side":"{side}","block":{block},"position":{},"benchmark":"{name}","metric":"time","unit":"ns","values":[{}]}}"#,
                    2 * index + key,
                    values.join(",")
                )
                .expect("a string");
            }
        }
    }
    lines
}

fn write(folder: &Path, header: &str, runs: &str) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("runset.json"), header).expect("a file");
    fs::write(folder.join("runs.jsonl"), runs).expect("a file");
}

const HEADER: &str = "{\"schema\":1,\"base\":{\"name\":\"main\",\"commit\":\"4e27281\"},\"head\":{\"name\":\"main again\",\"commit\":\"4e27281\"}}\n";

fn calibrate(arguments: &[&str]) -> Command {
    benchgate(&[["calibrate", "--runs", RECORDING].as_slice(), arguments].concat())
}

fn output(arguments: &[&str]) -> String {
    let output = calibrate(arguments).output().expect("a run");
    assert_eq!((output.status.code(), said(&output.stderr)), (Some(0), String::new()));
    said(&output.stdout)
}

fn json(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("c.json");
    output(&[arguments, &["-q", "--out", &format!("json={}", file.display())]].concat());
    serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON")
}

/// The recording that documentation and tests read is the one made here; `BENCHGATE_UPDATE=1` writes it.
#[test]
fn the_recording_of_the_documentation_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDING);
    let runs = recording(24, 1.0);
    if std::env::var_os("BENCHGATE_UPDATE").is_some() {
        write(&folder, HEADER, &runs);
    }
    let found = fs::read_to_string(folder.join("runs.jsonl")).unwrap_or_default();
    assert!(found == runs, "`BENCHGATE_UPDATE=1 cargo test --test calibrate` writes it");
}

#[test]
fn the_text_begins_and_ends_with_what_matters() {
    insta::assert_snapshot!("text", output(&["--windows", "60"]));
}

#[test]
fn one_window_as_recorded() {
    insta::assert_snapshot!("no_swap_text", output(&["--no-swap", "--blocks", "all"]));
}

#[test]
fn narrow_and_quiet() {
    let quiet = output(&["-q", "--windows", "20"]);
    assert_eq!(quiet.lines().count(), 1);
    let all = output(&["--windows", "20"]);
    assert_eq!(all.lines().last(), quiet.lines().last());
}

/// ST-6: the figures as data; windows, bounds, detection, one entry for each benchmark.
#[test]
fn the_json_holds_every_figure() {
    let c = json(&["--windows", "20"]);
    assert_eq!(c["schema"], 1);
    assert_eq!(c["seed"], 1);
    let recording = &c["recordings"][0];
    insta::assert_json_snapshot!(
        "json_false_alarms",
        [&recording["disjoint"], &recording["resampled"]]
    );
    insta::assert_json_snapshot!("json_comparison", recording["comparisons"][3]);
    assert_eq!(recording["comparisons"].as_array().map(Vec::len), Some(12));
    let schema = serde_json::to_value(schemars::schema_for!(benchgate::model::Calibration))
        .expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a validator");
    let errors: Vec<String> = validator.iter_errors(&c).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let back: benchgate::model::Calibration =
        serde_json::from_value(c.clone()).expect("a calibration");
    assert_eq!(serde_json::to_value(back).expect("JSON"), c);
}

#[test]
fn the_plot_stands_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("c.svg");
    output(&["--windows", "20", "--out", &format!("svg={}", file.display())]);
    let svg = fs::read_to_string(file).expect("a file");
    for foreign in ["<script", "href", "url(", "@import"] {
        assert!(!svg.contains(foreign), "{foreign}");
    }
    insta::assert_snapshot!("svg", svg);
}

#[test]
fn the_seed_makes_the_figures() {
    let of = |seed: &str| json(&["--windows", "10", "--seed", seed]);
    assert_eq!(of("7").to_string(), of("7").to_string());
    assert_ne!(of("7")["recordings"][0]["comparisons"], of("8")["recordings"][0]["comparisons"]);
}

#[test]
fn the_configured_gate_is_tried() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("c.yml");
    fs::write(
        &config,
        "version: 1\ngate: { fail-on: notice, margin: 1% }\nrules:\n  - regression: { benchmarks: \"cache/*\", metric: time, notice: 2% }\n",
    )
    .expect("a file");
    let c = json(&[
        "--config",
        &config.display().to_string(),
        "--inject",
        "2%,1%,2%",
        "--windows",
        "20",
    ]);
    assert_eq!(c["inject"], serde_json::json!([0.01, 0.02]));
    let recording = &c["recordings"][0];
    assert_eq!(recording["comparisons"].as_array().map(Vec::len), Some(2));
    assert_eq!(recording["without_rule"], 10);
    assert_eq!(recording["comparisons"][0]["lowest_failing"], 0.02);
}

/// A recording whose head is slower is no identical code: swaps make it noise, without them it alarms.
#[test]
fn different_code_is_said_and_alarms_as_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = HEADER.replace("main again\",\"commit\":\"4e27281", "pr\",\"commit\":\"90ab12c");
    write(&folder.path().join("slower"), &header, &recording(10, 1.3));
    let run = |arguments: &[&str]| {
        let mut command = benchgate(&["calibrate", "--runs", "slower"]);
        command.args(arguments).current_dir(folder.path()).output().expect("a run")
    };
    let found = run(&["--no-swap", "-q"]);
    assert_eq!(found.status.code(), Some(0));
    insta::assert_snapshot!("different_code", said(&found.stderr) + &said(&found.stdout));
}

#[test]
fn several_recordings_follow_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["one", "two"] {
        write(&folder.path().join(name), HEADER, &recording(10, 1.0));
    }
    let found = benchgate(&["calibrate", "--windows", "20", "--runs", "one", "two", "-q"])
        .current_dir(folder.path())
        .output()
        .expect("a run");
    let text = said(&found.stdout);
    assert_eq!((found.status.code(), text.lines().count()), (Some(0), 2));
}

#[test]
fn what_is_wrong_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder.path().join("short"), HEADER, &recording(6, 1.0));
    write(&folder.path().join("broken"), HEADER, "{\"side\":\"base\"\n{}\n");
    write(&folder.path().join("empty"), HEADER, "");
    let bad = "version: 1\nrules:\n  - regression: { metric: time, critcal: 20% }\n";
    fs::write(folder.path().join("bad.yml"), bad).expect("a file");
    let mut all = String::new();
    for (arguments, code) in [
        (["--runs", "short"].as_slice(), 3),
        (&["--runs", "broken"], 3),
        (&["--runs", "empty"], 3),
        (&["--runs", "missing"], 3),
        (&["--runs", "short", "missing", "--blocks", "all"], 3),
        (&["--runs", "short", "--config", "bad.yml"], 2),
        (&["--runs", "short", "--blocks", "1"], 2),
        (&["--runs", "short", "--inject", "150%"], 2),
        (&["--runs", "short", "--inject", "0.2"], 2),
        (&["--runs", "short", "--blocks", "all", "--out", "png=a.png"], 2),
        (&[], 2),
    ] {
        let found = benchgate(&["calibrate"])
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("a run");
        assert_eq!(found.status.code(), Some(code), "{arguments:?}\n{}", said(&found.stderr));
        assert_eq!(said(&found.stdout), "", "{arguments:?}");
        writeln!(all, "$ calibrate {}\n{}", arguments.join(" "), said(&found.stderr))
            .expect("a string");
    }
    insta::assert_snapshot!("errors", all);
}

/// Names come from files that anybody may have written.
#[test]
fn hostile_names_stay_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = r"</title><script>alert(1)</script>\u001b[31m\n::error::x\u202e";
    let runs = recording(6, 1.0).replace("io/write", name);
    write(&folder.path().join("r"), HEADER, &runs);
    let found = benchgate(&[
        "calibrate",
        "--runs",
        "r",
        "--blocks",
        "all",
        "--windows",
        "20",
        "--out",
        "svg=c.svg",
    ])
    .current_dir(folder.path())
    .output()
    .expect("a run");
    assert_eq!(found.status.code(), Some(0));
    let svg = fs::read_to_string(folder.path().join("c.svg")).expect("a file");
    let text = said(&found.stdout);
    assert!(svg.contains("&lt;script&gt;") || svg.contains("&lt;&#x2f;script&gt;"), "{svg}");
    for (place, shown) in [("text", &text), ("svg", &svg)] {
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!shown.contains(odd), "{place}: {shown}");
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{place}: {shown}");
    }
    assert!(!svg.contains("<script"));
}
