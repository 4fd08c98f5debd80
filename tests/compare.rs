//! `benchgate compare` as a workflow calls it: exit codes, reports, files.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{benchgate, jsonl, said};

const SLOWER: [&str; 6] = [
    "--order",
    "interleaved",
    "--base",
    "fixtures/pairs/slower/base",
    "--head",
    "fixtures/pairs/slower/head",
];

#[test]
fn a_real_slowdown_fails_with_1() {
    let today = ["--date", "2026-11-21"];
    let output = benchgate(&["compare", "--config", "fixtures/pairs/slower/benchgate.yml"])
        .args(today)
        .args(SLOWER)
        .output()
        .expect("a run");
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("slower_text", said(&output.stdout));
    assert_eq!(said(&output.stderr), "");
}

#[test]
fn the_same_code_passes_with_0() {
    let paths =
        ["--base", "fixtures/pairs/no-change/base", "--head", "fixtures/pairs/no-change/head"];
    let output =
        benchgate(&["compare", "--order", "interleaved"]).args(paths).output().expect("a run");
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!("no_change_text", said(&output.stdout));
}

#[test]
fn the_same_runs_without_an_order_are_at_most_suspect() {
    let output = benchgate(&[
        "compare",
        "-q",
        "--base",
        "fixtures/pairs/slower/base",
        "--head",
        "fixtures/pairs/slower/head",
    ])
    .output()
    .expect("a run");
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(said(&output.stdout));
}

/// One run a side never fails a build by default, and the report says what to do.
#[test]
fn one_run_a_side_is_suspect_and_decides_where_it_may() {
    let pair = [
        "--base",
        "fixtures/pairs/slower/base/run-2",
        "--head",
        "fixtures/pairs/slower/head/run-2",
    ];
    let output = benchgate(&["compare"]).args(pair).output().expect("a run");
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!("one_run_text", said(&output.stdout));

    // A calm pair with one clear slowdown: 25 benchmarks tell their own noise.
    let folder = tempfile::tempdir().expect("a folder");
    let (base, head) = (folder.path().join("base.jsonl"), folder.path().join("head.jsonl"));
    let line = |i: u32, factor: f64| {
        format!(
            "{{\"benchmark\":\"b{i:02}\",\"metric\":\"time\",\"unit\":\"ns\",\"value\":{}}}\n",
            1000.0 * factor
        )
    };
    let wobble = |i: u32| 1.0 + 0.002 * f64::from(i * 7 % 11);
    fs::write(&base, (0..25).map(|i| line(i, 1.0)).collect::<String>()).expect("base");
    fs::write(
        &head,
        (0..25).map(|i| line(i, if i == 4 { 1.5 } else { wobble(i) })).collect::<String>(),
    )
    .expect("head");
    let sides = ["--base", &base.display().to_string(), "--head", &head.display().to_string()];
    let exit = |more: &[&str]| {
        benchgate(&["compare"]).args(sides).args(more).output().expect("a run").status.code()
    };
    assert_eq!(exit(&[]), Some(0));
    assert_eq!(exit(&["--one-run", "decide"]), Some(1));
    let config = folder.path().join("benchgate.yml");
    fs::write(&config, "version: 1\ngate: { one-run: decide }\n").expect("a configuration");
    assert_eq!(exit(&["--config", &config.display().to_string()]), Some(1));
}

#[test]
fn inconclusive_fails_with_5_where_the_configuration_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("benchgate.yml");
    fs::write(&config, "version: 1\ngate: { inconclusive: fail }\n").expect("a configuration");
    let pair = [
        "--base",
        "fixtures/pairs/slower/base/run-9",
        "--head",
        "fixtures/pairs/slower/head/run-9",
    ];
    let output = benchgate(&["compare", "-q", "--config", &config.display().to_string()])
        .args(pair)
        .output()
        .expect("a run");
    assert_eq!(output.status.code(), Some(5));
    insta::assert_snapshot!(said(&output.stdout));
}

#[test]
fn a_wrong_command_line_is_2() {
    for arguments in [
        &["compare"][..],
        &["compare", "--base", "x"],
        &["compare", "--runs", "x", "--base", "y", "--head", "z"],
        &["compare", "--base", "x", "--head", "y", "--out", "pdf=x"],
        &["compare", "--base", "x", "--head", "y", "--date", "tomorrow"],
        &["no-such-command"],
    ] {
        let output = benchgate(arguments).output().expect("a run");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

/// Every kind of mistake in the configuration shows its place.
#[test]
fn a_wrong_configuration_is_2_and_shows_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, yaml) in [
        ("key", "version: 1\nrules:\n  - regression: { metric: time, critcal: 20% }\n"),
        (
            "unit",
            "version: 1\nrules:\n  - regression: { metric: time, critical: 20%, min-change: 50 nanos }\n",
        ),
        ("percent", "version: 1\ngate: { margin: 3 }\n"),
        (
            "glob",
            "version: 1\nrules:\n  - regression: { benchmarks: \"a[\", metric: time, critical: 20% }\n",
        ),
        (
            "date",
            "version: 1\nwaivers:\n  - { benchmark: a, metric: time, up-to: 5%, reason: why, expires: 2026-02-30 }\n",
        ),
        ("duplicate", "version: 1\ngate:\n  alpha: 1%\n  alpha: 2%\n"),
        (
            "margin",
            "version: 1\nrules:\n  - regression: { metric: time, notice: 2%, critical: 20% }\n",
        ),
        (
            "several",
            "version: 1\nrules:\n  - regression: { metric: tme, notice: 2%, warning: 10 }\n  - budgets: { limit: 1ms }\n",
        ),
    ] {
        let file = folder.path().join("benchgate.yml");
        fs::write(&file, yaml).expect("a configuration");
        let check = benchgate(&["config", "check", "--config", "benchgate.yml"])
            .current_dir(folder.path())
            .output()
            .expect("a run");
        assert_eq!(check.status.code(), Some(2), "{name}");
        insta::assert_snapshot!(format!("config_{name}"), said(&check.stderr));
        let compare = benchgate(&["compare", "--config", &file.display().to_string()])
            .args(SLOWER)
            .output()
            .expect("a run");
        assert_eq!(compare.status.code(), Some(2), "{name}");
    }
}

#[test]
fn unreadable_inputs_are_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(at("empty")).expect("a folder");
    fs::write(at("empty.jsonl"), "").expect("a file");
    fs::write(at("good.jsonl"), jsonl(&[("a", 1.0)])).expect("a file");
    fs::write(at("cut.jsonl"), &jsonl(&[("a", 1.0), ("b", 2.0)])[..60]).expect("a file");
    fs::write(at("text.txt"), "hello\n").expect("a file");
    for head in ["missing", "empty", "empty.jsonl", "cut.jsonl", "text.txt"] {
        let output =
            benchgate(&["compare", "-q", "--base", &at("good.jsonl"), "--head", &at(head)])
                .output()
                .expect("a run");
        assert_eq!(output.status.code(), Some(3), "{head}: {}", said(&output.stdout));
        assert!(said(&output.stderr).contains(head), "{head}: {}", said(&output.stderr));
    }
    let base = |more: &[&str]| {
        benchgate(&["compare", "-q", "--base", &at("missing"), "--head", &at("good.jsonl")])
            .args(more)
            .output()
            .expect("a run")
            .status
            .code()
    };
    assert_eq!(base(&[]), Some(3));
    assert_eq!(base(&["--allow-empty-base"]), Some(0));
}

#[test]
fn a_thing_is_not_compared_with_itself() {
    let base = "fixtures/pairs/slower/base/run-1";
    let output =
        benchgate(&["compare", "-q", "--base", base, "--head", base]).output().expect("a run");
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output.stderr).contains("[same-recording]"), "{}", said(&output.stderr));
}

#[test]
fn reports_are_written_even_where_something_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let out = [
        "--out",
        &format!("json={}", at("r.json")),
        "--out",
        &format!("markdown={}", at("r.md")),
        "--out",
        &format!("junit={}", at("r.xml")),
    ];
    let run =
        |arguments: &[&str]| benchgate(arguments).args(out).output().expect("a run").status.code();
    let read = || {
        serde_json::from_str::<serde_json::Value>(
            &fs::read_to_string(at("r.json")).expect("a report"),
        )
        .expect("JSON")
    };

    let slower = [&["compare"], &SLOWER[..]].concat();
    assert_eq!(run(&slower), Some(1));
    assert_eq!((read()["outcome"].as_str(), read()["exit_code"].as_u64()), (Some("fail"), Some(1)));
    let again = benchgate(&[
        "render",
        "--report",
        &at("r.json"),
        "--format",
        "markdown",
        "--date",
        "2026-11-21",
    ])
    .output()
    .expect("a run");
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(
        said(&again.stdout).replace("2027-02-21", "DATE"),
        with_date(&fs::read_to_string(at("r.md")).expect("Markdown"))
    );

    assert_eq!(
        run(&["compare", "--base", "fixtures/pairs/slower/base", "--head", "nowhere"]),
        Some(3)
    );
    assert_eq!(
        (read()["outcome"].as_str(), read()["exit_code"].as_u64()),
        (Some("error"), Some(3))
    );

    fs::write(at("bad.yml"), "version: 7\n").expect("a configuration");
    assert_eq!(run(&[&slower[..], &["--config", &at("bad.yml")]].concat()), Some(2));
    assert_eq!(
        (read()["outcome"].as_str(), read()["exit_code"].as_u64()),
        (Some("error"), Some(2))
    );
}

/// The proposed waiver counts from today, which a test cannot know.
fn with_date(markdown: &str) -> String {
    let mut out = Vec::new();
    for line in markdown.lines() {
        out.push(match line.split_once("expires: ") {
            Some((before, rest)) => format!("{before}expires: DATE{}", &rest["YYYY-MM-DD".len()..]),
            None => line.to_owned(),
        });
    }
    out.join("\n") + "\n"
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let report = || {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("r.json");
        benchgate(&[
            "compare",
            "-q",
            "--date",
            "2026-11-21",
            "--out",
            &format!("json={}", file.display()),
        ])
        .args(SLOWER)
        .output()
        .expect("a run");
        fs::read_to_string(file).expect("a report")
    };
    assert_eq!(report(), report());
}

#[test]
fn names_of_the_sides_come_from_the_command_line() {
    let names = [
        "--base-label",
        "main",
        "--base-commit",
        "0123456789abcdef0123456789abcdef01234567",
        "--base-date",
        "2026-11-20",
        "--head-label",
        "faster-parser",
    ];
    let output = benchgate(&["compare"]).args(SLOWER).args(names).output().expect("a run");
    let text = said(&output.stdout);
    assert!(
        text.contains("main")
            && text.contains("0123456")
            && text.contains("2026-11-20")
            && text.contains("faster-parser"),
        "{text}"
    );
}

/// A pull request cannot loosen its own rules: they are read from the base revision.
#[test]
fn the_configuration_of_a_revision_is_read_through_git() {
    let folder = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("git");
        assert!(done.status.success(), "{}", said(&done.stderr));
    };
    git(&["init", "-q", "-b", "main"]);
    fs::write(folder.path().join("benchgate.yml"), "version: 1\n").expect("a configuration");
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "rules"]);
    fs::write(folder.path().join("benchgate.yml"), "version: 1\ngate: { fail-on: never }\n")
        .expect("a configuration");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let at = |path: &str| here.join(path).display().to_string();
    let compare = |more: &[&str]| {
        let paths = [
            "compare",
            "-q",
            "--order",
            "interleaved",
            "--base",
            &at("fixtures/pairs/slower/base"),
            "--head",
            &at("fixtures/pairs/slower/head"),
        ];
        benchgate(&paths).args(more).current_dir(folder.path()).output().expect("a run")
    };
    assert_eq!(compare(&[]).status.code(), Some(0));
    assert_eq!(compare(&["--config-rev", "HEAD"]).status.code(), Some(1));
    for bad in ["no-such-revision", "--output=x"] {
        let output = compare(&[&format!("--config-rev={bad}")]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output.stderr).contains("git knows no revision"), "{}", said(&output.stderr));
    }
    assert_eq!(compare(&["--config-rev", "HEAD", "--config", "other.yml"]).status.code(), Some(2));
}

/// Whoever can write to the directory must not choose which file of the user becomes public.
#[cfg(unix)]
#[test]
fn a_template_is_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let template = folder.path().join("comment.md.j2");
    let refused = |why: &str| {
        let output = benchgate(&["compare", "-q", "--templates"])
            .arg(folder.path())
            .args(SLOWER)
            .output()
            .expect("a run");
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output.stderr).contains(why), "{}", said(&output.stderr));
    };
    std::os::unix::fs::symlink("/proc/self/environ", &template).expect("a link");
    refused("it is a link or no file");
    fs::remove_file(&template).expect("a link");
    fs::write(&template, "x".repeat((1 << 20) + 1)).expect("a template");
    refused("it is larger than 1 MiB");
}

#[test]
fn a_template_of_the_user_replaces_the_embedded_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(
        at("comment.md.j2"),
        "<!-- benchgate:report {{ marker }} -->\nOurs: {{ headline.text }}\n",
    )
    .expect("a template");
    let run = || {
        let out = format!("markdown={}", at("c.md"));
        benchgate(&["compare", "-q", "--templates", &at(""), "--out", &out])
            .args(SLOWER)
            .output()
            .expect("a run")
    };
    assert_eq!(run().status.code(), Some(1));
    let comment = fs::read_to_string(at("c.md")).expect("a comment");
    assert_eq!(
        comment,
        "<!-- benchgate:report gate=default -->\nOurs: 1 benchmark slower than allowed\n"
    );
    fs::write(at("comment.md.j2"), "{{ marker }}\n{{ no_such_name }}\n").expect("a template");
    let broken = run();
    assert_eq!(broken.status.code(), Some(2));
    insta::assert_snapshot!(said(&broken.stderr).replace(&at(""), "templates/"));
}

/// `--template FORM=FILE` takes one file, whatever it is called, and goes before the directory.
#[test]
fn a_template_of_one_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a template");
    };
    fs::create_dir(folder.path().join("ours")).expect("a folder");
    write("ours/comment.md.j2", "of the directory\n");
    write("ours/parts.md.j2", "{% macro line(text) %}- {{ text }}{% endmacro %}\n");
    write("mine.j2", "{% from 'parts.md.j2' import line %}\n{{ line(headline.text) }}\n");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths: Vec<String> = SLOWER
        .iter()
        .map(|word| {
            if word.starts_with("fixtures") {
                root.join(word).display().to_string()
            } else {
                (*word).to_owned()
            }
        })
        .collect();
    let run = |more: &[&str]| {
        benchgate(&["compare", "-q", "--out", "markdown=c.md"])
            .args(&paths)
            .args(more)
            .current_dir(folder.path())
            .output()
            .expect("a run")
    };
    let done = run(&["--templates", "ours", "--template", "markdown=mine.j2"]);
    assert_eq!(done.status.code(), Some(1), "{}", said(&done.stderr));
    let comment = fs::read_to_string(folder.path().join("c.md")).expect("a comment");
    assert_eq!(comment, "- 1 benchmark slower than allowed\n");

    write("wrong.j2", "one\ntwo {{ headine.text }}\n");
    write("part.j2", "{{ findings.row }}\n");
    let refused = |template: &str| {
        let output = run(&["--template", template]);
        assert_eq!(output.status.code(), Some(2), "{template}");
        said(&output.stderr) + "\n"
    };
    let all =
        ["markdown=wrong.j2", "markdown=part.j2", "markdown=none.j2", "junit=mine.j2", "markdown"];
    insta::assert_snapshot!(all.map(refused).concat());
    // A revision has what was committed, not what lies about.
    let output = run(&["--template", "markdown=mine.j2", "--config-rev", "HEAD"]);
    assert_eq!(output.status.code(), Some(2));
}
