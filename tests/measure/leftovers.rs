//! What a killed measurement leaves, a terminal that hangs up, and executables of which one is missing or broken.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::scene::{Scene, counts, said};

const TWO: &str = "a 100\nb 200\n";

/// How many processes run a harness of a scene.
fn running(scene: &Scene) -> usize {
    let needle = scene.path().join("base-fake");
    let processes = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    let text = String::from_utf8_lossy(&processes.stdout).into_owned();
    text.lines().filter(|line| line.contains(&*needle.to_string_lossy())).count()
}

/// Waits until a run of base has begun.
fn begun(scene: &Scene) {
    let patience = Instant::now();
    while !scene.runs().join("runset.json").exists()
        || scene.told("base", "env").is_empty()
        || running(scene) == 0
    {
        assert!(patience.elapsed() < Duration::from_secs(30), "no run began");
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_millis(300));
}

/// It would disturb what is measured next. Another test's benchgate may have been faster, so what is said is not looked at.
#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_measurement_left_running_is_ended_before_another_begins() {
    let scene = Scene::new(TWO, TWO);
    scene.steer("base", "sleep", "47.3");
    let mut child =
        scene.measure("--blocks 2").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    begun(&scene);
    child.kill().unwrap();
    child.wait().unwrap();
    scene.steer("base", "sleep", "0");
    let output = scene.benchgate("measure --resume runs").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    assert_eq!(running(&scene), 0);
}

/// A terminal that is closed ends it as Ctrl-C does, unless it is to go on.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_hangs_up_ends_it_but_not_under_nohup() {
    for (wrapper, exit) in [(["env", "--default-signal=HUP"].as_slice(), 130), (&["nohup"], 0)] {
        let scene = Scene::new(TWO, TWO);
        scene.steer("base", "sleep", "1.1");
        let measure = scene.measure("--blocks 1");
        let [program, arguments @ ..] = wrapper else { unreachable!() };
        let mut child = Command::new(program)
            .args(arguments)
            .arg(measure.get_program())
            .args(measure.get_args())
            .current_dir(scene.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        begun(&scene);
        let pid = child.id().to_string();
        for _ in 0..2 {
            assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
        }
        assert_eq!(child.wait().unwrap().code(), Some(exit), "{wrapper:?}");
        assert_eq!(running(&scene), 0);
    }
}

/// Executables, each as a path below the scene and its benchmarks, which it has none of where it is broken.
fn executables(scene: &Scene, files: &[(&str, Option<&str>)]) -> String {
    let mut arguments = String::new();
    for (file, list) in files {
        let path = scene.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(scene.path().join("base-fake"), &path).unwrap();
        if let Some(list) = list {
            fs::write(format!("{}.list", path.display()), list).unwrap();
        }
        let side = file.split('/').next().unwrap();
        arguments += &format!("--{side}-exe {file} ");
    }
    arguments
}

fn measure(scene: &Scene, files: &[(&str, Option<&str>)], more: &str) -> Output {
    let executables = executables(scene, files);
    let places = "--out-dir runs --work-dir work --seed 1 -q";
    scene.benchgate(&format!("measure {executables} {places} {more}")).output().unwrap()
}

/// An executable that crashes with the change takes all its benchmarks along: that is no pass.
#[test]
fn an_executable_that_crashes_when_it_is_asked_is_an_error_on_head() {
    let scene = Scene::new("", "");
    let files = [
        ("base/one", Some("a 1\n")),
        ("base/two", Some("b 2\n")),
        ("head/one", Some("a 1\n")),
        ("head/two", None),
    ];
    let output = measure(&scene, &files, "--blocks 5");
    let said = said(&output, &scene);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for part in [
        "error: bench target `two` failed on head and is left out: `DIR/head/two",
        "last output was",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(counts(&scene.lines())["head a"], 5, "the others are measured");
    let output = scene.benchgate("compare --runs runs -q").output().unwrap();
    assert_eq!(output.status.code(), Some(3), "who compares later knows it, too");
    fs::remove_dir_all(scene.runs()).unwrap();
    let output = measure(&scene, &files, "--blocks 5 --filter a");
    assert_eq!(output.status.code(), Some(0), "nothing of it was to be measured");
}

#[test]
fn an_executable_that_crashes_on_base_or_on_both_sides_is_a_warning() {
    for two in [
        [("base/two", None), ("head/two", Some("b 2\n"))],
        [("base/two", None), ("head/two", None)],
    ] {
        let scene = Scene::new("", "");
        let [base, head] = two;
        let files = [("base/one", Some("a 1\n")), base, ("head/one", Some("a 1\n")), head];
        let output = measure(&scene, &files, "--blocks 5");
        let said = said(&output, &scene);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(
            said.contains("warning: bench target `two` failed on base and is left out"),
            "{said}"
        );
    }
}

/// A suite is measured whole: executables of one name are two, and what one side has is run once.
#[test]
fn suites_of_one_name_are_measured_each_and_those_of_one_side_once() {
    let scene = Scene::new("", "");
    let files = [
        ("base/p/work", Some("p/a 100\n")),
        ("base/q/work", Some("q/a 100\nq/b 100\n")),
        ("base/gone", Some("gone 5\n")),
        ("head/p/work", Some("p/a 100\n")),
        ("head/q/work", Some("q/a 100\nq/c 100\n")),
        ("head/new", Some("new 5\n")),
    ];
    let output = measure(&scene, &files, "--mode suite --blocks 5");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base gone": 1,
        "base p/a": 5,
        "base q/a": 5,
        "base q/b": 5,
        "head new": 1,
        "head p/a": 5,
        "head q/a": 5,
        "head q/c": 5,
    }
    "#);
}
