//! Names of files and arguments that are no text, end lines, command terminals, or are as long as names can be.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::scene::{Scene, checked};

/// Bytes that are no UTF-8, the end of a line, a command for a terminal and one for a runner.
const NAME: &[u8] = b"no\xff\n::error::\x1b[31m##[group]";

fn run(scene: &Scene, arguments: &[&OsStr]) -> std::process::Output {
    checked(scene.command(&[]).args(arguments).output().expect("a run"))
}

fn shown_safely(text: &str) {
    assert!(!text.contains('\x1b') && !text.contains("##["), "{text}");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
}

#[test]
fn files_may_be_called_anything() {
    let scene = Scene::new();
    let name = OsStr::from_bytes(NAME);
    let with = |end: &str| {
        let mut name = name.to_owned();
        name.push(end);
        name
    };
    let (lines, tree, set, rules) = (with(".jsonl"), with("-tree"), with("-set"), with(".yml"));
    scene.write(&lines, scene.read("base.jsonl"));
    scene.write(&rules, scene.read("rules.yml"));
    scene.criterion(std::path::Path::new(&tree).join(name), "a");
    scene.write(std::path::Path::new(&set).join("runset.json"), r#"{"schema":1}"#);
    scene.write(std::path::Path::new(&set).join("runs.jsonl"), "{\n");
    scene.write(with(".broken"), "{");
    let text = OsStr::new;
    let report = text("json=report.json");
    let mut all = String::new();
    for (arguments, code) in [
        (
            vec![
                text("--base"),
                &*lines,
                text("--head"),
                text("head.jsonl"),
                text("--config"),
                &*rules,
            ],
            1,
        ),
        (vec![text("--base"), &*tree, text("--head"), &*lines], 0),
        (vec![text("--runs"), &*set], 3),
        (vec![text("--base"), &*with(".broken"), text("--head"), &*lines], 3),
        (
            vec![
                text("--base"),
                &*with(".nowhere"),
                text("--head"),
                &*lines,
                text("--config"),
                &*with(".nowhere"),
            ],
            2,
        ),
    ] {
        let arguments = [
            vec![text("compare"), text("-q"), text("--one-run"), text("decide")],
            arguments,
            vec![text("--out"), report],
        ]
        .concat();
        let output = run(&scene, &arguments);
        let said = scene.said(&output) + &crate::common::said(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{said}");
        shown_safely(&said);
        assert!(scene.read("report.json").ends_with("}\n"));
        all += &said;
    }
    let output = scene.run(&["render", "--report", "report.json"]);
    shown_safely(&crate::common::said(&output.stdout));
    insta::assert_snapshot!(all);
}

/// What is to be text is refused where it is none.
#[test]
fn arguments_that_are_no_text_are_refused() {
    let scene = Scene::new();
    let mut out = OsString::from("json=");
    out.push(OsStr::from_bytes(NAME));
    let name = OsStr::from_bytes(NAME);
    let text = OsStr::new;
    let compare = ["compare", "--base", "base.jsonl", "--head", "head.jsonl"].map(text);
    for arguments in [
        [&compare[..], &[text("--out"), &out]].concat(),
        [&compare[..], &[text("--base-name"), name]].concat(),
        vec![text("explain"), name],
        vec![name],
    ] {
        let output = run(&scene, &arguments);
        assert_eq!(output.status.code(), Some(2));
        shown_safely(&scene.said(&output));
        assert!(scene.said(&output).starts_with("error: "), "{}", scene.said(&output));
    }
}

#[test]
fn variables_that_are_no_text_are_as_if_they_were_not_there() {
    let scene = Scene::new();
    assert_eq!(scene.compare(&["-q", "--out", "json=report.json"]).status.code(), Some(1));
    let name = OsStr::from_bytes(NAME);
    for command in [
        vec!["publish", "--report", "report.json", "--no-comment"],
        [crate::scene::COMPARE, &["-q"]].concat(),
    ] {
        let mut command = scene.command(&command);
        for variable in [
            "GITHUB_TOKEN",
            "GITHUB_REPOSITORY",
            "GITHUB_EVENT_NAME",
            "GITHUB_EVENT_PATH",
            "GITHUB_OUTPUT",
            "GITHUB_RUN_ID",
            "GITHUB_STEP_SUMMARY",
            "GITHUB_API_URL",
            "LANG",
            "LC_ALL",
            "TERM",
            "NO_COLOR",
            "COLUMNS",
            "HOME",
            "TMPDIR",
        ] {
            command.env(variable, name);
        }
        let output = checked(command.output().expect("a run"));
        assert!(matches!(output.status.code(), Some(1 | 2)), "{}", scene.said(&output));
        shown_safely(&scene.said(&output));
    }
}

/// A name of 255 bytes leaves no room for a longer one beside it.
#[test]
fn names_may_be_as_long_as_they_can_be() {
    let scene = Scene::new();
    let name = "y".repeat(255);
    scene.write(&name, scene.read("base.jsonl"));
    let out = format!("text={}", "z".repeat(255));
    let arguments = [
        "compare",
        "-q",
        "--base",
        &name,
        "--head",
        "head.jsonl",
        "--config",
        "rules.yml",
        "--one-run",
        "decide",
        "--out",
        &out,
    ];
    let output = scene.run(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", scene.said(&output));
    assert!(scene.read("z".repeat(255)).ends_with(crate::scene::VERDICT));
}
