//! A folder with two recordings, and what the program makes of it.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

use crate::common;

/// A folder with `base.jsonl` and `head.jsonl`, of which the second is slower in one benchmark.
pub(crate) struct Scene {
    folder: TempDir,
}

/// The arguments that compare them, which fails the build.
pub(crate) const COMPARE: &[&str] = &[
    "compare",
    "--base",
    "base.jsonl",
    "--head",
    "head.jsonl",
    "--one-run",
    "decide",
    "--date",
    "2026-11-21",
    "--config",
    "rules.yml",
];

/// The last line of the text.
pub(crate) const VERDICT: &str = "fail (exit code 1): 1 benchmark slower than allowed\n";

impl Scene {
    pub(crate) fn new() -> Self {
        let scene = Self { folder: tempfile::tempdir().expect("a folder") };
        let samples = |factor: f64| -> String {
            let line = |n: u32| {
                common::jsonl(&[("parser/large", factor + f64::from(n % 7) * 1e-4), ("codec", 1.0)])
            };
            (0..50).map(line).collect()
        };
        scene.write("base.jsonl", samples(1.0));
        scene.write("head.jsonl", samples(2.0));
        scene.write(
            "rules.yml",
            "version: 1\nrules:\n  - regression: { metric: time, critical: 20%, evidence: estimate }\n",
        );
        scene
    }

    pub(crate) fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, name: impl AsRef<Path>) -> String {
        String::from_utf8(fs::read(self.at(name)).expect("a file")).expect("text")
    }

    pub(crate) fn link(&self, to: impl AsRef<Path>, name: impl AsRef<Path>) {
        std::os::unix::fs::symlink(to, self.at(name)).expect("a link");
    }

    /// The results of a benchmark, as criterion writes them.
    pub(crate) fn criterion(&self, folder: impl AsRef<Path>, id: &str) {
        let new = folder.as_ref().join("new");
        self.write(
            new.join("benchmark.json"),
            format!(r#"{{"full_id":"{id}","directory_name":"{id}"}}"#),
        );
        // No two recordings have the same samples.
        let own =
            folder.as_ref().as_os_str().as_bytes().iter().map(|byte| f64::from(*byte)).sum::<f64>()
                / 1e5;
        let times = [5.0, 10.1, 15.0, 20.0, 25.1].map(|time| time + own);
        self.write(
            new.join("sample.json"),
            format!(r#"{{"iters":[1.0,2.0,3.0,4.0,5.0],"times":{times:?}}}"#),
        );
    }

    /// A command in the folder. It is not waited for longer than anybody would.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = common::benchgate(arguments);
        command.current_dir(self.folder.path()).timeout(Duration::from_secs(300));
        command
    }

    /// What a command does, which is never a panic.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        checked(self.command(arguments).output().expect("a run"))
    }

    /// What [`COMPARE`] with more arguments does.
    pub(crate) fn compare(&self, more: &[&str]) -> Output {
        self.run(&[COMPARE, more].concat())
    }

    /// What a line of the shell does in the folder; `$BENCHGATE` is the program.
    pub(crate) fn shell(&self, line: &str) -> Output {
        let mut command = Command::new("sh");
        command
            .args(["-c", line])
            .current_dir(self.folder.path())
            .timeout(Duration::from_secs(300));
        command.env("BENCHGATE", assert_cmd::cargo::cargo_bin!("benchgate"));
        for name in ["RUST_BACKTRACE", "CLICOLOR_FORCE", "FORCE_COLOR"] {
            command.env_remove(name);
        }
        checked(command.output().expect("a shell"))
    }

    /// Diagnostics, without the name of the folder.
    pub(crate) fn said(&self, output: &Output) -> String {
        common::said(&output.stderr).replace(&*self.folder.path().to_string_lossy(), "DIR")
    }

    /// The files in a folder, hidden ones as well.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.at(folder)).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// No panic, and no death of which nothing is known.
pub(crate) fn checked(output: Output) -> Output {
    let said = common::said(&output.stderr);
    assert!(!said.contains("benchgate has a bug") && !said.contains("panicked"), "{said}");
    let code = output.status.code();
    assert!(code.is_some_and(|code| code != 70), "{:?}: {said}", output.status);
    output
}

/// The arguments of [`COMPARE`] for a shell.
pub(crate) fn compare_line() -> String {
    format!("\"$BENCHGATE\" {}", COMPARE.join(" "))
}
