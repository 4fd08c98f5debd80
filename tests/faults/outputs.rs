//! Files of reports: whole, or as they were.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::process::Command;
use std::thread;

use crate::common::said;
use crate::scene::{Scene, VERDICT, compare_line};

/// Whatever of several files cannot be written, the others are, and the text comes.
#[test]
fn one_file_that_cannot_be_written_takes_no_other_with_it() {
    let scene = Scene::new();
    for folder in ["folder", "place"] {
        fs::create_dir(scene.at(folder)).expect("a folder");
    }
    scene.write("file", "old");
    scene.link("loop", "loop");
    let long = format!("text={}", "y".repeat(256));
    let targets = [
        "html=nowhere/x.html",
        "text=folder",
        "json=file/x.json",
        "text=place/",
        "text=loop",
        &long,
        "markdown=comment.md",
        "json=folder/report.json",
    ];
    let mut arguments = vec!["-q"];
    arguments.extend(targets.iter().flat_map(|target| ["--out", target]));
    let output = scene.compare(&arguments);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(said(&output.stdout), VERDICT);
    insta::assert_snapshot!(scene.said(&output));
    assert!(scene.read("comment.md").contains("1 benchmark slower than allowed"));
    assert!(scene.read("folder/report.json").ends_with("}\n"));
    assert_eq!(scene.read("file"), "old");
    let expected =
        ["base.jsonl", "comment.md", "file", "folder", "head.jsonl", "loop", "place", "rules.yml"];
    assert_eq!(scene.files("."), expected);
    assert_eq!(scene.files("folder"), ["report.json"]);
}

#[test]
fn a_full_disk_is_said() {
    let scene = Scene::new();
    let output = scene.compare(&["-q", "--out", "json=/dev/full", "--out", "text=report.txt"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(said(&output.stdout), VERDICT);
    insta::assert_snapshot!(scene.said(&output));
    assert!(scene.read("report.txt").ends_with(VERDICT));
    let output = scene.run(&["config", "init", "/dev/full", "--force"]);
    assert_eq!((output.status.code(), said(&output.stdout)), (Some(2), String::new()));
}

/// The same with a disk that is full after some kilobytes, and with one that is read-only.
#[test]
fn a_full_disk_keeps_what_it_held() {
    let scene = Scene::new();
    let compare = compare_line();
    let line = format!(
        "mkdir small && mount -t tmpfs -o size=16k none small || exit 99
        echo old > small/page.html; echo old > small/one.html; ln small/one.html small/two.html
        {compare} -q --out html=small/page.html --out html=small/one.html --out markdown=small/comment.md --out text=report.txt
        echo exit $?; cat small/page.html small/two.html; ls -A small
        mount -o remount,ro small || exit 99
        {compare} -q --out text=small/comment.md; echo exit $?; ls -A small"
    );
    let unshare =
        format!("unshare -rm sh -c '{}' || unshare -m sh -c '{0}'", line.replace('\'', "'\\''"));
    let output = scene.shell(&unshare);
    let out = said(&output.stdout);
    if !out.contains("exit ") {
        eprintln!("skipped: no file system can be mounted here: {}", scene.said(&output));
        return;
    }
    let files = "comment.md\none.html\npage.html\ntwo.html\n";
    let expected = format!("{VERDICT}exit 2\nold\n{files}{VERDICT}exit 2\n{files}");
    assert_eq!(out, expected, "{}", scene.said(&output));
    insta::assert_snapshot!(scene.said(&output));
    assert!(scene.read("report.txt").ends_with(VERDICT));
}

/// The signal of a limit would end the program without a word.
#[test]
fn a_limit_on_files_is_an_error_and_keeps_what_was_there() {
    let scene = Scene::new();
    scene.write("page.html", "old");
    let line = format!(
        "ulimit -f 8; {} -q --out html=page.html --out markdown=comment.md",
        compare_line()
    );
    let output = scene.shell(&line);
    assert_eq!((output.status.code(), said(&output.stdout)), (Some(2), VERDICT.to_owned()));
    insta::assert_snapshot!(scene.said(&output));
    assert_eq!(scene.read("page.html"), "old");
    assert_eq!(
        scene.files("."),
        ["base.jsonl", "comment.md", "head.jsonl", "page.html", "rules.yml"]
    );
}

#[test]
fn rights_are_those_of_the_old_file_or_of_the_umask() {
    let scene = Scene::new();
    let mode =
        |name: &str| fs::metadata(scene.at(name)).expect("a file").permissions().mode() & 0o777;
    scene.write("old.json", "old");
    fs::set_permissions(scene.at("old.json"), fs::Permissions::from_mode(0o604)).expect("rights");
    let line = format!("umask 027; {} -q --out json=old.json --out json=new.json", compare_line());
    assert_eq!(scene.shell(&line).status.code(), Some(1));
    assert_eq!((mode("old.json"), mode("new.json")), (0o604, 0o640));
    assert_eq!(scene.read("old.json"), scene.read("new.json"));
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let scene = Scene::new();
    scene.write("deep/er/report.txt", "old");
    scene.link("../deep/er/report.txt", "deep/link");
    scene.link("deep/link", "link");
    scene.link("deep/new.txt", "dangling");
    let output = scene.compare(&["-q", "--out", "text=link", "--out", "text=dangling"]);
    assert_eq!(output.status.code(), Some(1), "{}", scene.said(&output));
    for link in ["link", "deep/link", "dangling"] {
        assert!(fs::symlink_metadata(scene.at(link)).expect("a link").is_symlink(), "{link}");
    }
    assert_eq!(scene.read("deep/er/report.txt"), scene.read("deep/new.txt"));
    assert_eq!(scene.files("deep"), ["er", "link", "new.txt"]);
    assert_eq!(scene.files("deep/er"), ["report.txt"]);
}

#[test]
fn pipes_and_devices_are_written_to_and_stay_what_they_are() {
    let scene = Scene::new();
    let made = Command::new("mkfifo").arg(scene.at("pipe")).status().expect("mkfifo");
    assert!(made.success());
    let pipe = scene.at("pipe");
    let reader = thread::spawn(move || fs::read_to_string(pipe).expect("text"));
    let output = scene.compare(&[
        "-q",
        "--out",
        "markdown=pipe",
        "--out",
        "json=/dev/null",
        "--out",
        "text=/dev/stdout",
    ]);
    assert_eq!(output.status.code(), Some(1), "{}", scene.said(&output));
    assert!(reader.join().expect("a reader").contains("1 benchmark slower than allowed"));
    assert!(fs::metadata(scene.at("pipe")).expect("a pipe").file_type().is_fifo());
    let out = said(&output.stdout);
    assert!(
        out.starts_with(VERDICT) && out.len() > 2 * VERDICT.len() && out.ends_with(VERDICT),
        "{out}"
    );
    // Behind standard output may be a file: what is printed and what is written both stay.
    let output = scene.shell(&format!("{} -q --out text=/dev/stdout > both.txt", compare_line()));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(scene.read("both.txt"), out);
}

/// `--out text=>(head -1)` is no failure, just as `| head -1` is none.
#[test]
fn a_reader_of_a_pipe_that_goes_away_changes_nothing() {
    let scene = Scene::new();
    let line = format!("mkfifo p; head -c 1 p > /dev/null & {} -q --out html=p", compare_line());
    assert_eq!(scene.shell(&line).status.code(), Some(1));
}

#[test]
fn render_and_calibrate_and_init_say_it_as_well() {
    let scene = Scene::new();
    assert_eq!(scene.compare(&["-q", "--out", "json=report.json"]).status.code(), Some(1));
    let render = |out: &str| {
        scene.run(&["render", "--report", "report.json", "--format", "html", "--out", out])
    };
    assert_eq!(render("page.html").status.code(), Some(0));
    assert!(scene.read("page.html").ends_with("</html>\n"));
    let mut all = scene.said(&render("nowhere/page.html"));
    let init = scene.run(&["config", "init", "nowhere/benchgate.yml"]);
    assert_eq!((init.status.code(), said(&init.stdout)), (Some(2), String::new()));
    all += &scene.said(&init);
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/examples/identical");
    let arguments = [
        "calibrate",
        "--runs",
        recording,
        "--windows",
        "2",
        "-q",
        "--out",
        "svg=nowhere/x.svg",
        "--out",
        "json=c.json",
    ];
    let calibrate = scene.run(&arguments);
    assert_eq!(calibrate.status.code(), Some(2));
    assert!(said(&calibrate.stdout).starts_with("false alarms: "));
    assert!(scene.read("c.json").ends_with("}\n"));
    all += &scene.said(&calibrate);
    insta::assert_snapshot!(all);
}

/// The runner refuses a step whose outputs break off in the middle of one.
#[test]
fn outputs_of_a_step_are_appended_whole_or_not_at_all() {
    let scene = Scene::new();
    assert_eq!(scene.compare(&["-q", "--out", "json=report.json"]).status.code(), Some(1));
    let publish = "\"$BENCHGATE\" publish --report report.json --no-comment";
    scene.shell("ulimit -f 1; head -c 4096 /dev/zero > most");
    let most = scene.read("most").len();
    let before = "x".repeat(most - 50);
    scene.write("output", &before);
    scene.write("summary", &before);
    let job = "export GITHUB_REPOSITORY=o/r GITHUB_EVENT_NAME=push GITHUB_EVENT_PATH=event.json";
    scene.write("event.json", format!(r#"{{"after":"{}"}}"#, "1".repeat(40)));
    let line =
        format!("{job} GITHUB_OUTPUT=output GITHUB_STEP_SUMMARY=summary; ulimit -f 1; {publish}");
    let output = scene.shell(&line);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(scene.said(&output));
    assert_eq!((scene.read("output"), scene.read("summary")), (before.clone(), before));
    let output = scene
        .shell(&format!("{job} GITHUB_OUTPUT=/dev/full GITHUB_STEP_SUMMARY=nowhere/x; {publish}"));
    assert_eq!(output.status.code(), Some(1));
}
