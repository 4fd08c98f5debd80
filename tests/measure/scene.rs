//! A directory with fake harnesses, and what was measured with them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Both sides of a measurement.
pub(crate) struct Scene {
    dir: TempDir,
}

impl Scene {
    /// Two fake harnesses; each line is a benchmark and its time in nanoseconds.
    pub(crate) fn new(base: &str, head: &str) -> Self {
        let scene = Self { dir: TempDir::new().expect("a directory") };
        for (side, list) in [("base", base), ("head", head)] {
            let file = scene.harness(side);
            fs::write(&file, include_str!("fake-criterion.sh")).expect("a harness");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("permission");
            scene.steer(side, "list", list);
        }
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn runs(&self) -> PathBuf {
        self.path().join("runs")
    }

    fn harness(&self, side: &str) -> PathBuf {
        self.path().join(format!("{side}-fake"))
    }

    /// Writes a file that steers a harness.
    pub(crate) fn steer(&self, side: &str, what: &str, text: &str) {
        fs::write(self.path().join(format!("{side}-fake.{what}")), text).expect("a file");
    }

    /// Reads a file that a harness wrote.
    pub(crate) fn told(&self, side: &str, what: &str) -> String {
        fs::read_to_string(self.path().join(format!("{side}-fake.{what}"))).unwrap_or_default()
    }

    /// `benchgate measure` of both harnesses into `runs`.
    pub(crate) fn measure(&self, arguments: &str) -> Command {
        let exe = "--base-exe base-fake --head-exe head-fake --out-dir runs --work-dir work";
        self.benchgate(&format!("measure {exe} {arguments}"))
    }

    pub(crate) fn benchgate(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_benchgate"));
        command.current_dir(self.path()).args(arguments.split_whitespace());
        for name in ["RUST_BACKTRACE", "CLICOLOR_FORCE", "FORCE_COLOR"] {
            command.env_remove(name);
        }
        command
    }

    /// What `runset.json` says.
    pub(crate) fn header(&self) -> Value {
        let file = self.runs().join("runset.json");
        serde_json::from_slice(&fs::read(file).expect("a run set")).expect("a header")
    }

    /// Changes what `runset.json` says.
    pub(crate) fn change_header(&self, change: impl FnOnce(&mut Value)) {
        let mut header = self.header();
        change(&mut header);
        fs::write(self.runs().join("runset.json"), header.to_string()).expect("a header");
    }

    /// Takes out the lines of the run set for which `keep` is false, as if benchgate had been killed before them.
    pub(crate) fn keep_lines(&self, keep: impl Fn(&Value) -> bool) {
        let kept: Vec<String> =
            self.lines().iter().filter(|line| keep(line)).map(|line| format!("{line}\n")).collect();
        fs::write(self.runs().join("runs.jsonl"), kept.concat()).expect("runs");
    }

    pub(crate) fn resume(&self) -> Output {
        self.benchgate("measure --resume runs -q").output().expect("benchgate")
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        lines(&self.runs())
    }
}

/// The lines of a run set.
pub(crate) fn lines(dir: &Path) -> Vec<Value> {
    let text = fs::read_to_string(dir.join("runs.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect()
}

/// A field of a line as text.
pub(crate) fn text(line: &Value, key: &str) -> String {
    match &line[key] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// How often each (side, benchmark, stage) is in a run set.
pub(crate) fn counts(lines: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in lines {
        let stage = if line["stage"] == "confirm" { " again" } else { "" };
        let key = format!("{} {}{stage}", text(line, "side"), text(line, "benchmark"));
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// What a command printed, without what changes.
pub(crate) fn said(output: &Output, scene: &Scene) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    let text = text.replace(&*scene.path().to_string_lossy(), "DIR");
    // What the machine does while the tests run is not what they are about.
    let mut kept = Vec::new();
    let mut skip = false;
    for line in text.lines() {
        skip =
            line.contains("[busy-machine]") || (skip && (line.starts_with(' ') || line.is_empty()));
        let left = line.find(", about ").filter(|_| line.contains("block "));
        let line = &*without_options(line);
        // Nor what another test has killed at that moment.
        let stray = line.ends_with("that a killed benchgate had left running");
        if !skip && !stray && !line.starts_with("the frequency governor") {
            kept.push(left.map_or(line, |at| &line[..at]).to_owned());
        }
    }
    kept.join("\n")
}

/// A line without the options of a harness, which are cut where the path before them ends.
fn without_options(line: &str) -> String {
    match line.split_once(" --bench --noplot") {
        Some((before, after)) => {
            format!("{before} …`{}", after.split_once('`').map_or("", |(_, rest)| rest))
        }
        None => line.to_owned(),
    }
}
