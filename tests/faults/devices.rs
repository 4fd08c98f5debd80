//! Inputs that are no files: devices, pipes, directories, files that never end.

use std::process::Command;

use crate::scene::Scene;

fn fifo(scene: &Scene, name: &str) {
    assert!(Command::new("mkfifo").arg(scene.at(name)).status().expect("mkfifo").success());
}

/// Nothing waits for ever, nothing reads for ever.
#[test]
fn devices_pipes_and_directories_are_no_results() {
    let scene = Scene::new();
    fifo(&scene, "pipe");
    scene.criterion("pipes/a", "a");
    std::fs::remove_file(scene.at("pipes/a/new/sample.json")).expect("a file");
    fifo(&scene, "pipes/a/new/sample.json");
    scene.criterion("zeros/a", "a");
    std::fs::remove_file(scene.at("zeros/a/new/benchmark.json")).expect("a file");
    scene.link("/dev/zero", "zeros/a/new/benchmark.json");
    scene.write("folders/a/new/sample.json/file", "");
    scene.write("folders/a/new/benchmark.json", r#"{"full_id":"a"}"#);
    for (set, header, runs) in
        [("set-pipe", true, false), ("set-zero", true, true), ("set-header", false, true)]
    {
        scene.write(format!("{set}/note"), "");
        match header {
            true => scene.write(format!("{set}/runset.json"), r#"{"schema":1}"#),
            false => scene.link("/dev/zero", format!("{set}/runset.json")),
        }
        match runs {
            true => scene.link("/dev/zero", format!("{set}/runs.jsonl")),
            false => fifo(&scene, &format!("{set}/runs.jsonl")),
        }
    }
    scene.write("set-folder/runset.json/file", "");
    let mut all = String::new();
    for input in ["/dev/null", "/dev/zero", "pipe", "pipes", "zeros", "folders", "set-folder"] {
        let output = scene.run(&["compare", "-q", "--base", input, "--head", "head.jsonl"]);
        assert_eq!(output.status.code(), Some(3), "{input}");
        all += &scene.said(&output);
    }
    for set in ["set-pipe", "set-zero", "set-header", "set-folder", "/dev/zero", "head.jsonl"] {
        let output = scene.run(&["compare", "-q", "--runs", set]);
        assert_eq!(output.status.code(), Some(3), "{set}");
        all += &scene.said(&output);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn what_never_ends_is_no_configuration_and_no_report() {
    let scene = Scene::new();
    fifo(&scene, "pipe");
    // Found without being named.
    fifo(&scene, "benchgate.yml");
    let mut all = String::new();
    for (arguments, code) in [
        (vec!["compare", "-q", "--base", "base.jsonl", "--head", "head.jsonl"], 2),
        (vec!["config", "check"], 2),
        (vec!["config", "check", "--config", "pipe"], 2),
        (vec!["config", "check", "--config", "rules.yml", "--template", "markdown=pipe"], 2),
        (vec!["render", "--report", "pipe"], 3),
        (vec!["config", "check", "--config", "/dev/zero"], 2),
        (vec!["config", "check", "--config", "."], 2),
        (vec!["config", "check", "--config", "rules.yml", "--template", "markdown=/dev/zero"], 2),
        (vec!["render", "--report", "/dev/zero"], 3),
        (vec!["render", "--report", "/dev/null"], 3),
        (vec!["render", "--report", "."], 3),
        (vec!["render", "--report", "nowhere"], 3),
        (vec!["publish", "--report", "/dev/zero"], 2),
    ] {
        let output = scene
            .command(&arguments)
            .envs([
                ("GITHUB_REPOSITORY", "o/r"),
                ("GITHUB_EVENT_NAME", "push"),
                ("GITHUB_EVENT_PATH", "/dev/zero"),
            ])
            .output()
            .expect("a run");
        let output = crate::scene::checked(output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        all += &scene.said(&output);
    }
    insta::assert_snapshot!(all);
}

/// A pipe is a fine place for a configuration or a report to come from.
#[test]
fn configurations_and_reports_come_from_pipes() {
    let scene = Scene::new();
    assert_eq!(scene.compare(&["-q", "--out", "json=report.json"]).status.code(), Some(1));
    for line in [
        "cat rules.yml | \"$BENCHGATE\" config check --config /dev/stdin",
        "cat report.json | \"$BENCHGATE\" render --report /dev/stdin",
    ] {
        let output = scene.shell(line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", scene.said(&output));
    }
    // What `--config <(cat rules.yml)` of bash is.
    let output = scene.shell("cat rules.yml | \"$BENCHGATE\" config check --config /dev/fd/3 3<&0");
    assert_eq!(output.status.code(), Some(0), "{}", scene.said(&output));
}

/// A file that looks like one and cannot be read.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_reading_fails_is_said() {
    let scene = Scene::new();
    for input in ["/proc/self/mem", "/proc/self/attr/current/x"] {
        let output = scene.run(&["compare", "-q", "--base", input, "--head", "head.jsonl"]);
        assert_eq!(output.status.code(), Some(3), "{input}");
        assert!(scene.said(&output).contains("cannot read: "), "{}", scene.said(&output));
    }
}
