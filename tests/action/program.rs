//! Where the program comes from.

use crate::job::{Ended, Job};

const BINARY: &str = "#!/bin/sh\necho benchgate 1.2.3\n";

/// The SHA-256 of [`BINARY`].
fn checksum(job: &Job) -> String {
    job.write("binary", BINARY);
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            "if type sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi <\"$0\"",
        ])
        .arg(job.path("binary"))
        .output()
        .expect("a checksum");
    String::from_utf8_lossy(&output.stdout).chars().take(64).collect()
}

/// A network that has one file, and notes what was asked.
fn network(job: &Job, text: &str) {
    job.write("served", text);
    let script = format!(
        "#!/bin/sh\nprintf '%s|' \"$@\" >>'{here}/asked'\nwhile [ \"$1\" != --output ]; do shift; done\ncp '{here}/served' \"$2\"\n",
        here = job.path("").display()
    );
    job.executable("bin/curl", &script);
}

fn released() -> (Job, String) {
    let job = Job::new("push").input("version", "1.2.3");
    let sum = checksum(&job);
    let table = format!(
        "{}1.2.2 x86_64-unknown-linux-musl {}\n1.2.3 x86_64-unknown-linux-musl {sum}\n",
        job.read("action/action/checksums.txt"),
        "0".repeat(64)
    );
    job.write("action/action/checksums.txt", &table);
    job.write("action/Cargo.toml", "version = \"1.2.3\"\n");
    network(&job, BINARY);
    (job, sum)
}

fn refused(ended: &Ended, code: i32, said: &str) {
    assert_eq!(ended.code, code, "{}", ended.said);
    assert!(ended.said.contains(said), "{}", ended.said);
}

#[test]
fn a_release_is_downloaded_and_verified() {
    let (mut job, _) = released();
    let ended = job.step("prepare");
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("benchgate 1.2.3"), "{}", ended.said);
    let asked = job.read("asked");
    assert!(asked.starts_with("--proto|=https|--tlsv1.2|"), "{asked}");
    assert!(
        asked.contains("/releases/download/v1.2.3/benchgate-x86_64-unknown-linux-musl|"),
        "{asked}"
    );
    // Without a version, the one that the action's own source is; it is there already.
    let mut job = job.input("version", "");
    assert_eq!(job.step("prepare").code, 0);
    assert_eq!(job.read("asked"), asked);
}

/// The source that is pinned may be older or newer than the last release.
#[test]
fn a_source_that_is_no_release_is_built() {
    for own in ["1.2.4", "1.2.3-rc.1"] {
        let (job, sum) = released();
        let table = job.read("action/action/checksums.txt");
        let line = format!("1.2.3-rc.1 x86_64-unknown-linux-musl {sum}\n");
        job.write("action/action/checksums.txt", &format!("{table}{line}"));
        let mut job = job.input("version", "");
        toolchain(&job);
        job.write("action/Cargo.toml", &format!("[package]\nversion = \"{own}\"\n"));
        let ended = job.step("prepare");
        assert_eq!(ended.code, 0, "{own}: {}", ended.said);
        assert_eq!(job.read("built"), "built\n", "{own}");
        assert_eq!(job.read("asked"), "", "{own}");
    }
}

#[test]
fn what_an_earlier_job_left_is_verified_too() {
    let (mut job, _) = released();
    assert_eq!(job.step("prepare").code, 0);
    job.executable("tools/benchgate/1.2.3/x86_64-unknown-linux-musl/benchgate", "echo evil\n");
    let ended = job.step("prepare");
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(!ended.said.contains("evil"), "{}", ended.said);
}

#[test]
fn what_is_not_in_the_table_is_refused() {
    for version in ["9.9.9", "latest", "1.2", "1.2.3 x", "1?2.3"] {
        let (job, _) = released();
        let mut job = job.input("version", version);
        refused(&job.step("prepare"), 2, "it has: 1.2.2, 1.2.3");
        assert_eq!(job.read("asked"), "", "{version}");
    }
    let (job, _) = released();
    let mut job = job.variable("RUNNER_ARCH", "ARM64");
    refused(
        &job.step("prepare"),
        2,
        "no checksum of version `1.2.3` for aarch64-unknown-linux-musl",
    );
    let mut job = job.variable("RUNNER_ARCH", "ARM");
    refused(&job.step("prepare"), 2, "`version: source` builds one there");
}

#[test]
fn another_program_than_the_tables_is_refused() {
    let (mut job, _) = released();
    network(&job, "#!/bin/sh\necho evil\n");
    let ended = job.step("prepare");
    refused(&ended, 3, "does not have the checksum");
    assert!(!ended.said.contains("evil"), "{}", ended.said);
    job.executable("bin/curl", "#!/bin/sh\nexit 22\n");
    refused(&job.step("prepare"), 3, "cannot be downloaded");
}

/// Cargo and rustc that note that they were called.
fn toolchain(job: &Job) {
    job.executable("bin/rustc", "#!/bin/sh\necho rustc 1.95.0\n");
    job.executable(
        "bin/cargo",
        &format!(
            "#!/bin/sh\necho built >>'{here}/built'\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\ncp '{here}/bin/benchgate' \"$2/bin\"\n",
            here = job.path("").display()
        ),
    );
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        job.write(&format!("action/{file}"), file);
    }
    std::fs::create_dir_all(job.path("action/templates")).expect("a folder");
    job.write("action/templates/comment.md.j2", "");
}

#[test]
fn source_is_the_default_without_a_release_and_built_once() {
    let mut job = Job::new("push").input("version", "");
    toolchain(&job);
    for _ in 0..2 {
        let ended = job.step("prepare");
        assert_eq!(ended.code, 0, "{}", ended.said);
    }
    assert_eq!(job.read("built"), "built\n");
    job.write("action/src/main.rs", "changed");
    assert_eq!(job.step("prepare").code, 0);
    assert_eq!(job.read("built"), "built\nbuilt\n");
}

#[test]
fn a_path_is_taken_as_it_is() {
    let job = Job::new("push").input("version", "../bin/benchgate");
    let mut job = job;
    assert_eq!(job.step("prepare").code, 0);
    assert_eq!(
        job.output("prepare.outputs.program"),
        job.path("bin/benchgate").display().to_string()
    );
    let mut job = job.input("version", "./nothing");
    refused(&job.step("prepare"), 2, "no such file");
    job.write("plain", "");
    let mut job = job.input("version", "../plain");
    refused(&job.step("prepare"), 2, "not executable");
    let mut job = job.input("version", "./a\nprogram=/evil");
    refused(&job.step("prepare"), 2, "is one line");
}

/// The table as it is committed.
#[test]
fn the_table_of_checksums_is_well_formed() {
    for line in crate::text("action/checksums.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        assert_eq!(fields.len(), 3, "{line}");
        assert!(
            fields[2].len() == 64 && fields[2].bytes().all(|b| b.is_ascii_hexdigit()),
            "{line}"
        );
    }
}
