//! Folders with far more in them than results, and times of files that cannot be.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use crate::scene::Scene;

#[test]
fn a_folder_of_100_000_files_that_are_no_results_is_said_to_be_none() {
    let scene = Scene::new();
    fs::create_dir(scene.at("notes")).expect("a folder");
    for n in 0..100_000 {
        File::create(scene.at(format!("notes/note-{n}"))).expect("a file");
    }
    let output = scene.run(&["compare", "-q", "--base", "notes", "--head", "head.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(scene.said(&output));
}

/// Each of them is an error, of which a person can read some.
#[test]
fn a_folder_of_broken_files_is_a_page_of_errors() {
    let scene = Scene::new();
    for n in 0..500 {
        scene.write(format!("run/{n:03}.json"), "{");
    }
    let output = scene.run(&[
        "compare",
        "-q",
        "--base",
        "run",
        "--head",
        "head.jsonl",
        "--out",
        "json=report.json",
    ]);
    assert_eq!(output.status.code(), Some(3));
    let said = scene.said(&output);
    assert_eq!(said.matches("[unknown-format]").count(), 101);
    assert!(
        said.trim_end().ends_with("error: 400 more like these in other files [unknown-format]"),
        "{said}"
    );
    insta::assert_snapshot!(crate::common::said(&output.stdout));
}

#[test]
fn results_among_many_other_files_are_found() {
    let scene = Scene::new();
    for benchmark in ["a", "b"] {
        scene.criterion(format!("base/{benchmark}"), benchmark);
        scene.criterion(format!("head/{benchmark}"), benchmark);
        for n in 0..500 {
            for folder in ["new", "report", ""] {
                scene.write(format!("base/{benchmark}/{folder}/{n}.svg"), "<svg/>");
                scene.write(format!("base/{benchmark}/{folder}/{n}.json"), "{");
            }
        }
    }
    let output =
        scene.run(&["compare", "-q", "--base", "base", "--head", "head", "--config", "rules.yml"]);
    assert_eq!(output.status.code(), Some(0), "{}", scene.said(&output));
    assert_eq!(scene.said(&output), "");
}

/// A directory a level for as long as a path may be would take all of the stack.
#[test]
fn a_tree_without_bottom_is_refused() {
    let scene = Scene::new();
    scene.criterion("deep/a", "a");
    for branch in ["deep/b", "deep/c"] {
        let mut deep = scene.at(branch);
        // Up to what the system takes.
        while deep.as_os_str().len() < 3_900 {
            deep = deep.join("d");
        }
        fs::create_dir_all(&deep).expect("folders");
    }
    let output = scene.run(&["compare", "-q", "--base", "deep", "--head", "head.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(scene.said(&output));
}

/// Clocks jump: nothing but the warning of old results looks at the times of files.
#[test]
fn times_of_files_from_before_and_after_all_times_are_no_trouble() {
    let scene = Scene::new();
    for side in ["base", "head"] {
        for benchmark in ["a", "b", "c"] {
            scene.criterion(format!("{side}/{benchmark}"), benchmark);
        }
    }
    let century = Duration::from_secs(100 * 365 * 86_400);
    let set = |name: &str, time: SystemTime| {
        let file = File::options().write(true).open(scene.at(name)).expect("a file");
        file.set_modified(time).expect("a time");
    };
    set("base/a/new/sample.json", SystemTime::UNIX_EPOCH);
    set("base/b/new/sample.json", SystemTime::now() + century);
    set("head/a/new/sample.json", SystemTime::now() + century);
    set("base.jsonl", SystemTime::UNIX_EPOCH);
    for (base, head) in [("base", "head"), ("base.jsonl", "base")] {
        let output =
            scene.run(&["compare", "-q", "--base", base, "--head", head, "--config", "rules.yml"]);
        assert_eq!(output.status.code(), Some(0), "{}", scene.said(&output));
        if base == "base" {
            insta::assert_snapshot!(scene.said(&output));
        }
    }
    for date in ["0000-01-01", "9999-12-31", "-009999-01-01"] {
        let output = scene.compare(&[
            "-q",
            "--date",
            date,
            "--out",
            "json=report.json",
            "--out",
            "markdown=r.md",
        ]);
        assert_eq!(output.status.code(), Some(2), "{date} stands beside another --date");
        let date = format!("--date={date}");
        let arguments = [
            "compare",
            "--base",
            "base.jsonl",
            "--head",
            "head.jsonl",
            &date,
            "--out",
            "markdown=r.md",
        ];
        assert_eq!(scene.run(&arguments).status.code(), Some(0), "{date}");
    }
}
