//! Files and folders that may not be read or written. Root may do everything, so there the program runs as nobody.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};

use crate::common::said;
use crate::scene::{Scene, VERDICT, compare_line};

/// Who nobody is on every system that has one.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0)
}

/// A scene, and what a line of the shell begins with that runs as somebody who is not root; nothing where that is not
/// possible.
fn unprivileged() -> Option<(Scene, &'static str)> {
    let scene = Scene::new();
    if !is_root() {
        return Some((scene, ""));
    }
    for name in [".", "base.jsonl", "head.jsonl", "rules.yml"] {
        chown(scene.at(name), Some(NOBODY), Some(NOBODY)).expect("an owner");
    }
    let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    let possible = scene.shell(&format!("{nobody} \"$BENCHGATE\" --version"));
    if !possible.status.success() {
        eprintln!("skipped: the program cannot run as nobody here: {}", scene.said(&possible));
        return None;
    }
    Some((scene, nobody))
}

fn set(scene: &Scene, name: &str, mode: u32) {
    fs::set_permissions(scene.at(name), fs::Permissions::from_mode(mode)).expect("rights");
    if is_root() {
        chown(scene.at(name), Some(NOBODY), Some(NOBODY)).expect("an owner");
    }
}

#[test]
fn what_may_not_be_written_is_said_and_stays() {
    let Some((scene, nobody)) = unprivileged() else { return };
    scene.write("closed/old.txt", "old");
    scene.write("closed/shut.txt", "old");
    scene.write("protected.txt", "old");
    set(&scene, "closed/old.txt", 0o644);
    set(&scene, "closed/shut.txt", 0o444);
    set(&scene, "closed", 0o555);
    set(&scene, "protected.txt", 0o444);
    let out = "--out text=closed/new.txt --out text=closed/old.txt --out text=closed/shut.txt --out text=protected.txt --out text=report.txt";
    let output = scene.shell(&format!("{nobody}{} -q {out}", compare_line()));
    assert_eq!((output.status.code(), said(&output.stdout)), (Some(2), VERDICT.to_owned()));
    insta::assert_snapshot!(scene.said(&output));
    assert_eq!(
        (scene.read("closed/shut.txt"), scene.read("protected.txt")),
        ("old".into(), "old".into())
    );
    // The folder lets nothing be made in it, but this file may be written.
    assert!(scene.read("closed/old.txt").ends_with(VERDICT));
    assert!(scene.read("report.txt").ends_with(VERDICT));
    set(&scene, "closed", 0o755);
    assert_eq!(scene.files("closed"), ["old.txt", "shut.txt"]);
}

#[test]
fn what_may_not_be_read_is_said() {
    let Some((scene, nobody)) = unprivileged() else { return };
    scene.criterion("criterion/a", "a");
    scene.criterion("criterion/b", "b");
    scene.criterion("criterion/c", "c");
    scene.write("run/results.jsonl", scene.read("head.jsonl"));
    scene.write("set/runset.json", r#"{"schema":1}"#);
    scene.write("set/runs.jsonl", "");
    for name in [
        "criterion/a/new/sample.json",
        "criterion/b/new",
        "run/results.jsonl",
        "set/runs.jsonl",
        "base.jsonl",
    ] {
        set(&scene, name, 0o000);
    }
    let mut all = String::new();
    for (arguments, code) in [
        ("compare -q --base criterion --head head.jsonl", 3),
        ("compare -q --base base.jsonl --head run", 3),
        ("compare -q --runs set", 3),
        ("compare -q --base head.jsonl --head head.jsonl --config base.jsonl", 2),
        ("config check --config base.jsonl", 2),
        ("render --report base.jsonl", 3),
    ] {
        let output = scene.shell(&format!("{nobody}\"$BENCHGATE\" {arguments}"));
        assert_eq!(output.status.code(), Some(code), "{arguments}: {}", scene.said(&output));
        all += &format!("$ benchgate {arguments}\n{}", scene.said(&output));
    }
    set(&scene, "criterion/b/new", 0o755);
    insta::assert_snapshot!(all);
}
