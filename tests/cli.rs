//! The other commands: explain, config, render, and what every command shares.

mod common;

use std::fs;

use benchgate::diag::{Code, ExitCode};
use benchgate::ingest;
use benchgate::policy::Rule;
use common::{benchgate, jsonl, said};

/// A recorded pair, one benchmark of which became slower.
const PAIR: [&str; 6] = [
    "--base",
    "fixtures/pairs/slower/base",
    "--head",
    "fixtures/pairs/slower/head",
    "--order",
    "interleaved",
];

#[test]
fn everything_has_an_explanation() {
    let rules = Rule::KINDS.iter().map(|kind| kind.name.to_owned());
    let formats = ingest::formats().iter().map(|format| format.name().to_owned());
    let codes = Code::ALL.iter().map(|code| code.name().to_owned());
    let exits = ExitCode::ALL.iter().map(|(exit, _)| exit.code().to_string());
    let listed = said(&benchgate(&["explain"]).output().expect("a run").stdout);
    for topic in rules.chain(formats).chain(codes).chain(exits) {
        let output = benchgate(&["explain", &topic]).output().expect("a run");
        assert_eq!(output.status.code(), Some(0), "{topic}");
        assert!(output.stdout.len() > 15, "{topic}: {}", said(&output.stdout));
        assert!(
            listed.lines().any(|line| line.split_whitespace().next() == Some(&topic)),
            "{topic} is not listed"
        );
    }
}

#[test]
fn rules_are_explained_from_their_own_documentation() {
    insta::assert_snapshot!(said(
        &benchgate(&["explain", "presence"]).output().expect("a run").stdout
    ));
}

#[test]
fn a_misspelt_topic_has_a_suggestion() {
    let output = benchgate(&["explain", "regresion"]).output().expect("a run");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(said(&output.stderr));
}

#[test]
fn the_help_of_compare_is_readable() {
    insta::assert_snapshot!(said(
        &benchgate(&["compare", "--help"]).output().expect("a run").stdout
    ));
}

#[test]
fn init_writes_a_file_that_checks_and_never_overwrites_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        benchgate(arguments).current_dir(folder.path()).output().expect("a run")
    };
    let none = run(&["config", "check"]);
    assert!(said(&none.stdout).starts_with("no configuration found"), "{}", said(&none.stdout));
    assert_eq!(run(&["config", "init"]).status.code(), Some(0));
    let check = run(&["config", "check"]);
    assert_eq!(check.status.code(), Some(0));
    assert_eq!(said(&check.stdout), "`benchgate.yml`: fine, 4 rules and 0 waivers\n");
    let again = run(&["config", "init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again.stderr).contains("`--force` overwrites it"), "{}", said(&again.stderr));
    assert_eq!(run(&["config", "init", "--force"]).status.code(), Some(0));
}

#[test]
fn a_configuration_that_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("bytes.yml"), b"version: \xff\n").expect("a file");
    for (file, expected) in [
        ("missing.yml", "there is no `missing.yml`"),
        ("bytes.yml", "not UTF-8"),
        (".", "cannot read `.`"),
    ] {
        let output = benchgate(&["config", "check", "--config", file])
            .current_dir(folder.path())
            .output()
            .expect("a run");
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(said(&output.stderr).contains(expected), "{file}: {}", said(&output.stderr));
    }
}

#[test]
fn the_schema_is_the_committed_one() {
    let printed = said(&benchgate(&["config", "schema"]).output().expect("a run").stdout);
    let committed =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/benchgate.schema.json"))
            .expect("the schema");
    assert_eq!(printed, committed);
}

#[test]
fn a_finished_report_is_rendered_in_every_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    benchgate(&["compare", "--date", "2026-11-21", "--out", &format!("json={}", at("r.json"))])
        .args(PAIR)
        .output()
        .expect("a run");
    for form in ["text", "markdown", "junit", "json"] {
        let output = benchgate(&[
            "render",
            "--report",
            &at("r.json"),
            "--format",
            form,
            "--date",
            "2026-11-21",
        ])
        .output()
        .expect("a run");
        assert_eq!(output.status.code(), Some(0), "{form}: {}", said(&output.stderr));
        if form == "json" {
            assert_eq!(said(&output.stdout), fs::read_to_string(at("r.json")).expect("a report"));
        } else {
            insta::assert_snapshot!(format!("render_{form}"), said(&output.stdout));
        }
    }
    fs::write(at("cut.json"), &fs::read_to_string(at("r.json")).expect("a report")[..500])
        .expect("a file");
    let output = benchgate(&["render", "--report", &at("cut.json")]).output().expect("a run");
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output.stderr).contains("[bad-report]"), "{}", said(&output.stderr));
    // The page has the style and the script in it; its own snapshots are in src/report/html.
    let written = at("report.html");
    let form = ["--format", "html", "--date", "2026-11-21", "--out", &written];
    let run = benchgate(&["render", "--report", &at("r.json")]).args(form).output();
    assert_eq!(run.expect("a run").status.code(), Some(0));
    let page = fs::read_to_string(&written).expect("a page");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    assert!(page.contains("<h1>1 benchmark slower than allowed</h1>"));
    let compared = at("compared.html");
    let out = format!("html={compared}");
    let run = benchgate(&["compare", "--date", "2026-11-21", "--out", &out]).args(PAIR).output();
    assert_eq!(run.expect("a run").status.code(), Some(1));
    assert_eq!(fs::read_to_string(compared).expect("a page"), page);
}

#[test]
fn colours_are_for_who_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("base.jsonl"), jsonl(&[("a", 1.0)])).expect("a file");
    fs::write(at("head.jsonl"), jsonl(&[("a", 2.0)])).expect("a file");
    let out = |colour: &str| {
        let output = benchgate(&[
            "compare",
            "--color",
            colour,
            "--base",
            &at("base.jsonl"),
            "--head",
            &at("head.jsonl"),
        ])
        .output()
        .expect("a run");
        said(&output.stdout)
    };
    assert!(out("always").contains('\u{1b}'));
    assert!(!out("auto").contains('\u{1b}'));
    assert!(!out("never").contains('\u{1b}'));
}

/// Quiet leaves the outcome, which is the last line of every report.
#[test]
fn quiet_prints_the_outcome() {
    let quiet = said(&benchgate(&["compare", "-q"]).args(PAIR).output().expect("a run").stdout);
    assert_eq!(quiet, "fail (exit code 1): 1 benchmark slower than allowed\n");
    let full = said(&benchgate(&["compare"]).args(PAIR).output().expect("a run").stdout);
    assert!(full.ends_with(&quiet), "{full}");
}

/// Arguments may come from anybody, as the inputs of an action do.
#[test]
fn a_wrong_argument_is_no_command_for_the_runner() {
    for argument in ["--##[group]x", "--x\n::add-mask::y", "--\u{1b}[31mred", "x\n  ::debug::z"] {
        for colour in ["never", "always"] {
            let output = benchgate(&["--color", colour, "explain", argument, argument])
                .output()
                .expect("a run");
            assert_eq!(output.status.code(), Some(2), "{argument}");
            let text = said(&output.stderr);
            assert!(!text.contains("##["), "{text}");
            assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
            assert!(colour == "always" || !text.contains('\u{1b}'), "{text}");
        }
    }
}
