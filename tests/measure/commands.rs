use std::process::Output;

use crate::scene::{Scene, counts, said, text};

/// A tree before the change and one after it.
fn trees() -> Scene {
    let scene = Scene::new("", "");
    for side in ["before", "after"] {
        std::fs::create_dir(scene.path().join(side)).unwrap();
    }
    scene
}

/// Why the one block of a command gave nothing: what stands between the warning of one block and the error.
fn why(output: &Output, scene: &Scene) -> String {
    assert_eq!(output.status.code(), Some(3));
    let said = said(output, scene);
    let parts: Vec<&str> = said.trim_end().split("\n\n").collect();
    assert_eq!(parts.len(), 3, "{said}");
    assert!(parts[0].starts_with("warning: one block gives suspects at most"), "{said}");
    assert!(parts[2].starts_with("error: no run gave a result [nothing-measured]"), "{said}");
    parts[1].to_owned()
}

fn measure(scene: &Scene, cmd: &str, more: &[&str]) -> Output {
    let trees = "measure --base-dir before --head-dir after --out-dir runs --work-dir work --no-confirm --seed 2 -q";
    scene.benchgate(trees).args(["--cmd", cmd]).args(more).output().unwrap()
}

#[test]
fn a_command_gives_its_time_cpu_time_and_memory() {
    let scene = trees();
    let output = measure(
        &scene,
        "sleep 0.2; echo {side} >> ../sides",
        &["--blocks", "2", "--cmd-name", "sleeper"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    let lines = scene.lines();
    let metrics: std::collections::BTreeSet<String> = lines
        .iter()
        .map(|line| format!("{} {}", text(line, "metric"), text(line, "unit")))
        .collect();
    for metric in ["time ns", "cpu-time ns", "peak-memory bytes"] {
        assert!(metrics.contains(metric), "{metrics:?}");
    }
    let time = lines.iter().find(|line| line["metric"] == "time").unwrap();
    assert_eq!(time["benchmark"], "sleeper");
    assert!(time["values"][0].as_f64().unwrap() > 0.2e9);
    let sides = std::fs::read_to_string(scene.path().join("sides")).unwrap();
    assert_eq!(sides.lines().filter(|side| *side == "base").count(), 2);
    assert_eq!(sides.lines().filter(|side| *side == "head").count(), 2);
}

#[test]
fn a_command_may_write_its_results() {
    let scene = trees();
    let line = r#"printf '{"benchmark":"load","metric":"time","unit":"ms","value":%s}\n' 5 6 7 > out-{side}.jsonl"#;
    let results = ["--blocks", "2", "--results", "out-{side}.jsonl"];
    let output = measure(&scene, line, &results);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base load": 2,
        "head load": 2,
    }
    "#);
}

/// Results that were there before are no results of this run.
#[test]
fn old_results_are_no_results() {
    let scene = trees();
    for side in ["before", "after"] {
        let file = scene.path().join(side).join("out.jsonl");
        std::fs::write(&file, r#"{"benchmark":"load","metric":"time","unit":"ms","value":1}"#)
            .unwrap();
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    }
    let output = measure(&scene, "true", &["--blocks", "1", "--results", "out.jsonl"]);
    insta::assert_snapshot!(why(&output, &scene), @r"
    warning: `command` failed on base and is left out: it did not write its results anew [run-failed]
    --> DIR/before/out.jsonl
     = help: `--results` names what the command writes, from the directory that it runs in
    ");
}

/// Neither are those of the block before, however short the command is.
#[test]
fn results_of_the_block_before_are_no_results() {
    let scene = trees();
    let line = r#"test -f out.jsonl || printf '{"benchmark":"load","metric":"time","unit":"ms","value":5}\n' > out.jsonl"#;
    let output = measure(&scene, line, &["--blocks", "3", "--results", "out.jsonl"]);
    let said = said(&output, &scene);
    assert!(said.contains("left out: it did not write its results anew"), "{said}");
    assert!(scene.lines().iter().all(|line| line["block"] == 0), "{said}");
}

#[test]
fn a_command_that_fails_shows_its_last_words() {
    let scene = trees();
    let output = measure(&scene, "echo '::error::gone' >&2; exit 7", &["--blocks", "1"]);
    insta::assert_snapshot!(why(&output, &scene), @r"
    warning: `command` failed on base and is left out: `sh -c echo '::error::gone' >&2; exit 7` ended with exit code 7 [command-failed]
     |
     = help: run it by hand to see why; its last output was:
               | ::error::gone
    ");
}

#[test]
fn each_side_is_prepared_once() {
    let scene = trees();
    let output =
        measure(&scene, "test -f ready", &["--blocks", "2", "--prepare", "echo x >> ready"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    assert_eq!(std::fs::read_to_string(scene.path().join("after/ready")).unwrap(), "x\n");
    let scene = trees();
    let output = measure(&scene, "true", &["--prepare", "echo no >&2; exit 3"]);
    insta::assert_snapshot!(said(&output, &scene), @r"
    error: base cannot be prepared [build-failed]
     |
     = help: `sh -c echo no >&2; exit 3` ended with exit code 3: run it by hand to see why; its last output was:
               | no
    ");
    assert_eq!(output.status.code(), Some(3));
}
