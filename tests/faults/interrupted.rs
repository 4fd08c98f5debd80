//! Signals to end while a report is made or written.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::scene::{COMPARE, Scene};

/// Whenever the signal comes, the report is the old one or the new one, whole, and nothing else is left.
#[test]
fn a_signal_leaves_the_old_report_or_the_new_one() {
    let scene = Scene::new();
    let many = |factor: f64| -> String {
        let line = |n: u32| {
            format!(
                "{{\"benchmark\":\"b{n}\",\"metric\":\"time\",\"unit\":\"ms\",\"value\":{factor}}}\n"
            )
        };
        (0..300).map(line).collect()
    };
    scene.write("base.jsonl", many(1.0));
    scene.write("head.jsonl", many(2.0));
    scene.compare(&["-q", "--out", "json=new.json"]);
    let new = scene.read("new.json");
    let before = scene.files(".");
    for (attempt, signal) in ["-TERM", "-INT"].into_iter().cycle().take(24).enumerate() {
        scene.write("new.json", "old");
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("benchgate"));
        command.args(COMPARE).args(["--out", "json=new.json", "--out", "html=/dev/null"]);
        command.current_dir(scene.at(".")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a run");
        if attempt % 3 == 0 {
            // In the middle of writing, where that can be seen.
            while child.try_wait().expect("a child").is_none() && scene.files(".") == before {
                thread::yield_now();
            }
        } else {
            thread::sleep(Duration::from_millis(attempt as u64 * 4));
        }
        let _ = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .stderr(Stdio::null())
            .status();
        let status = child.wait().expect("an end");
        assert!(matches!(status.code(), None | Some(1 | 130)), "{status}");
        let found = scene.read("new.json");
        assert!(
            found == new || (found == "old" && status.code() != Some(1)),
            "{status}: {} bytes",
            found.len()
        );
        assert_eq!(scene.files("."), before, "{status}");
    }
}
