use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::scene::{Scene, counts, lines, said, text};

const FOUR: &str = "a 100\nb 200\nc 300\nd 400\n";
const PLAN: &str = "--blocks 6 --seed 3 -q";

fn spawn(scene: &Scene, resume: bool) -> Child {
    let mut command =
        if resume { scene.benchgate("measure --resume runs -q") } else { scene.measure(PLAN) };
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let sent = std::process::Command::new("kill").args([name, &pid]).status().unwrap();
    assert!(sent.success());
}

/// Part 9: killed twenty times at any moment, nothing that was finished is lost, and it completes.
#[test]
fn a_measurement_that_is_killed_goes_on_where_it_was() {
    let scene = Scene::new(FOUR, FOUR);
    scene.steer("base", "sleep", "0.01");
    scene.steer("head", "sleep", "0.01");
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut before: Vec<String> = Vec::new();
    for attempt in 0..20 {
        let resume = scene.runs().join("runset.json").exists();
        let mut child = spawn(&scene, resume);
        thread::sleep(Duration::from_millis(random.random_range(20..650)));
        // It may be done already.
        let _ = child.kill();
        child.wait().unwrap();
        let text = std::fs::read_to_string(scene.runs().join("runs.jsonl")).unwrap_or_default();
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let now: Vec<String> = whole.map(str::to_owned).collect();
        assert!(now.starts_with(&before), "attempt {attempt} lost a finished run");
        before = now;
    }
    let resume = scene.runs().join("runset.json").exists();
    let status = spawn(&scene, resume).wait().unwrap();
    assert_eq!(status.code(), Some(0));
    let all = lines(&scene.runs());
    let keys: BTreeSet<_> =
        all.iter().map(|l| (text(l, "side"), text(l, "block"), text(l, "benchmark"))).collect();
    assert_eq!((all.len(), keys.len()), (48, 48), "every run once");
    assert!(all.len() >= before.len());
}

/// What is begun again does not choose its benchmarks by what the second look says.
#[test]
fn a_second_look_goes_on_with_the_same_benchmarks() {
    let scene = Scene::new("a 100\nb 200\n", "a 150\nb 200\n");
    scene.steer("head", "sleep", "0.05");
    let mut child = scene
        .measure("--confirm --blocks 8 -q")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now();
    while !counts_so_far(&scene).iter().any(|key| key.ends_with("again")) {
        assert!(patience.elapsed() < Duration::from_secs(60), "no second look");
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let output = scene.benchgate("measure --resume runs --then-compare -q").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let counts = counts(&scene.lines());
    assert_eq!((counts["base a again"], counts["head a again"]), (8, 8));
    assert!(!counts.contains_key("head b again"), "{counts:?}");
}

/// The keys of the whole lines of a file that is being written.
fn counts_so_far(scene: &Scene) -> BTreeSet<String> {
    let text = std::fs::read_to_string(scene.runs().join("runs.jsonl")).unwrap_or_default();
    let whole: Vec<serde_json::Value> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    counts(&whole).into_keys().collect()
}

#[test]
fn ctrl_c_and_terminate_end_it_with_130_and_leave_no_process() {
    for name in ["-INT", "-TERM"] {
        let scene = Scene::new(FOUR, FOUR);
        scene.steer("base", "sleep", "31.7");
        let child =
            scene.measure(PLAN).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let patience = Instant::now();
        while !scene.path().join("base-fake.env").exists() || running(&scene) == 0 {
            assert!(patience.elapsed() < Duration::from_secs(30), "no run began");
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(300));
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("--resume runs` goes on"), "{said}");
        assert_eq!(running(&scene), 0, "processes of the harness are left");
    }
}

/// How many processes run the harness of a scene.
fn running(scene: &Scene) -> usize {
    let needle = scene.path().join("base-fake");
    let processes = std::process::Command::new("ps").args(["-eo", "args"]).output().unwrap();
    let text = String::from_utf8_lossy(&processes.stdout).into_owned();
    text.lines().filter(|line| line.contains(&*needle.to_string_lossy())).count()
}

#[test]
fn two_measurements_do_not_share_a_directory() {
    let scene = Scene::new(FOUR, FOUR);
    scene.steer("base", "sleep", "0.2");
    let mut first = spawn(&scene, false);
    let patience = Instant::now();
    while !scene.runs().join("runs.jsonl").exists() {
        assert!(patience.elapsed() < Duration::from_secs(30));
        thread::sleep(Duration::from_millis(10));
    }
    let second = scene.benchgate("measure --resume runs -q").output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another benchgate is"), "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
}

/// More blocks until the answer is liked would be no measurement.
#[test]
fn a_budget_that_is_spent_is_not_spent_again() {
    let scene = Scene::new(FOUR, FOUR);
    let output = scene.measure("--no-confirm --budget 2s -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let (before, header) = (scene.lines(), scene.header());
    assert_eq!(scene.resume().status.code(), Some(0));
    assert_eq!(scene.lines(), before, "it was complete");
    assert_eq!(scene.header()["complete"], header["complete"]);

    // Killed before its end: what was spent is spent, and only what is missing of the fewest blocks is taken.
    scene.change_header(|header| {
        header.as_object_mut().unwrap().remove("complete");
        header["measured"] = 60.into();
    });
    scene.keep_lines(|line| line["block"].as_u64().unwrap() < 3);
    assert_eq!(scene.resume().status.code(), Some(0));
    assert_eq!(counts(&scene.lines())["head a"], 5);
    assert!(scene.header()["measured"].as_f64().unwrap() > 60.0);
}

/// The second look is at what the first one chose, whatever the rules say by now.
#[test]
fn what_is_measured_again_is_chosen_once() {
    let scene = Scene::new("a 100\nb 200\n", "a 150\nb 200\n");
    let output = scene.measure("--confirm --blocks 6 -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(scene.header()["flagged"], serde_json::json!(["a"]));
    scene.keep_lines(|line| line["stage"].is_null());
    scene.change_header(|header| {
        header["complete"] = serde_json::json!({"screen": 5});
        // As if other rules had chosen it.
        header["flagged"] = serde_json::json!(["b"]);
    });
    assert_eq!(scene.resume().status.code(), Some(0));
    let counts = counts(&scene.lines());
    assert_eq!((counts.get("base a again"), counts["base b again"]), (None, 6), "{counts:?}");
}

/// What failed before had no chance to be chosen.
#[test]
fn what_failed_in_the_first_look_can_still_have_a_second() {
    let scene = Scene::new("a 100\nb 200\n", "a 100\nb 300\n");
    scene.steer("head", "fail", "b\n");
    let output = scene.measure("--confirm --blocks 6 -q").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    scene.steer("head", "fail", "");
    assert_eq!(scene.resume().status.code(), Some(0));
    assert_eq!(counts(&scene.lines())["head b again"], 6);
}

/// A side of a duet that is alone is no half of one that is measured later.
#[test]
fn half_a_duet_is_measured_again_whole() {
    let scene = Scene::new("a 100\n", "a 100\n");
    let output = scene.measure("--mode duet --blocks 2 -q").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(2) {
        assert!(said.contains("duet mode is not possible here"), "{said}");
        return;
    }
    let old = scene.lines();
    scene.keep_lines(|line| line["block"] == 0 || line["side"] == "base");
    scene.change_header(|header| drop(header.as_object_mut().unwrap().remove("complete")));
    assert_eq!(scene.resume().status.code(), Some(0));
    let new = scene.lines();
    let of = |lines: &[serde_json::Value], block: u64| -> Vec<serde_json::Value> {
        lines.iter().filter(|line| line["block"] == block).cloned().collect()
    };
    assert_eq!((of(&new, 0), new.len()), (of(&old, 0), 4));
    let [one, two] = of(&new, 1).try_into().unwrap();
    assert!(
        text(&one, "start") > text(&old[3], "end") && text(&two, "start") > text(&old[3], "end")
    );
}

/// A suite of which only a part was written is run again, and gives the rest.
#[test]
fn a_part_of_a_suite_is_completed() {
    let scene = Scene::new(FOUR, FOUR);
    let output = scene.measure("--mode suite --blocks 2 -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let whole = scene.lines();
    let kept = |line: &serde_json::Value| {
        line["block"] == 0 || line["side"] == "base" || line["benchmark"] == "a"
    };
    scene.keep_lines(kept);
    assert_eq!(scene.resume().status.code(), Some(0));
    let lines = scene.lines();
    assert_eq!(counts(&lines), counts(&whole));
    assert!(whole.iter().filter(|line| kept(line)).all(|line| lines.contains(line)));
    assert_eq!(scene.told("head", "log").lines().count(), 3 * 4);
}

/// ME-3: blocks from two machines are said.
#[test]
fn another_environment_is_said() {
    let scene = Scene::new("a 100\n", "a 100\n");
    assert_eq!(scene.measure("--blocks 5 -q").status().unwrap().code(), Some(0));
    scene.change_header(|header| header["environment"]["kernel"] = "2.4.0".into());
    // What is left of a block is no half of one that goes on here.
    scene.keep_lines(|line| line["block"] != 4 || line["side"] == "base");
    let old = scene.lines();
    let output = scene.resume();
    assert_eq!(output.status.code(), Some(0));
    let said = said(&output, &scene);
    let expected =
        "the run set was begun in another environment: the kernel was `2.4.0` and is now `";
    assert!(said.contains(expected), "{said}");
    assert!(text(&scene.header(), "environment_changes").contains("the kernel was `2.4.0`"));
    let new = scene.lines();
    assert_eq!(new.len(), 10);
    assert!(!new.contains(&old[8]) && new[..8] == old[..8]);
}

#[test]
fn other_executables_are_refused() {
    let scene = Scene::new("a 100\n", "a 100\n");
    assert_eq!(scene.measure("--blocks 5 -q").status().unwrap().code(), Some(0));
    let file = scene.path().join("head-fake");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text + "# built again\n").unwrap();
    let before = scene.header();
    let output = scene.resume();
    insta::assert_snapshot!(said(&output, &scene), @r"
    error: the bench executables of head are not those it was begun with [run-set-unusable]
    --> DIR
     = help: go back to what was measured before, or measure anew
    ");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(scene.header(), before);
}
