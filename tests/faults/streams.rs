//! Standard output and standard error that are full, closed, or read by nobody.

use std::process::Stdio;

use crate::common::said;
use crate::scene::{Scene, VERDICT, checked, compare_line};

/// What was asked for was not delivered, but the files are there.
#[test]
fn a_report_that_cannot_be_printed_is_an_error() {
    let scene = Scene::new();
    let output = scene.shell(&format!("{} --out text=report.txt > /dev/full", compare_line()));
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(scene.said(&output));
    assert!(scene.read("report.txt").ends_with(VERDICT));
    for command in
        ["explain time", "explain", "config schema", "config check", "compare --help", "--version"]
    {
        let output = scene.shell(&format!("\"$BENCHGATE\" {command} > /dev/full"));
        assert_eq!(output.status.code(), Some(2), "{command}: {}", scene.said(&output));
    }
}

/// No verdict depends on whether warnings can be printed.
#[test]
fn diagnostics_that_cannot_be_printed_change_nothing() {
    let scene = Scene::new();
    let compare = compare_line();
    for (end, code) in [
        ("2> /dev/full", 1),
        (">&-", 1),
        ("2>&-", 1),
        (">&- 2>&- <&-", 1),
        ("--head nowhere 2> /dev/full", 3),
        ("--config nowhere 2>&-", 2),
        ("--no-such-option 2> /dev/full", 2),
    ] {
        let output = scene.shell(&format!("{compare} {end}"));
        assert_eq!(output.status.code(), Some(code), "{end}");
    }
}

/// `benchgate compare … | head -1` in a shell that looks at every part of the line: the verdict counts, not the reader.
#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let scene = Scene::new();
    let report = ["--out", "json=report.json"];
    for (arguments, code) in [
        ([crate::scene::COMPARE, &["-v"], &report].concat(), 1),
        (vec!["render", "--report", "report.json", "--format", "html"], 0),
        (vec!["config", "schema"], 0),
        (vec!["explain", "time"], 2),
        (vec!["compare", "--help"], 0),
    ] {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("benchgate"));
        command.args(&arguments).current_dir(scene.at(".")).env_remove("RUST_BACKTRACE");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a run");
        drop(child.stdout.take());
        let output = checked(child.wait_with_output().expect("an end"));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output.stderr));
    }
    assert!(scene.read("report.json").ends_with("}\n"));
}
