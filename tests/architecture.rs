//! Which room may use which: the table of `docs/design.md`, held against `src/`.
#![expect(clippy::expect_used, reason = "a source tree that cannot be read is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Every room with the rooms it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &["diag"]),
    ("diag", &["model"]),
    ("ingest", &["model", "diag"]),
    ("stats", &[]),
    ("policy", &["model", "stats", "diag"]),
    ("config", &["model", "policy", "diag"]),
    ("gate", &["stats", "policy", "model", "config", "diag"]),
    ("report", &["model", "diag"]),
    ("measure", &["model", "diag", "ingest"]),
    ("calibrate", &["gate", "stats", "config", "model", "diag"]),
    ("github", &["model", "report", "diag"]),
    (
        "cli",
        &[
            "calibrate",
            "config",
            "diag",
            "gate",
            "github",
            "ingest",
            "measure",
            "model",
            "policy",
            "report",
            "stats",
        ],
    ),
];

/// Words that a room's code must not contain, with why.
const NEVER: &[(&str, &[&str])] = &[
    ("model", FILES_CLOCK_NETWORK),
    ("diag", FILES_CLOCK_NETWORK),
    ("stats", &["std::fs", "std::io", "std::time", "std::env", "rand::", "format!", "println!"]),
    ("policy", FILES_CLOCK_NETWORK),
    ("gate", FILES_CLOCK_NETWORK),
    ("report", FILES_CLOCK_NETWORK),
    ("calibrate", FILES_CLOCK_NETWORK),
    // Randomness comes from the seed alone.
    ("calibrate", &["SysRng", "ThreadRng", "rand::rng(", "from_rng", "make_rng"]),
    ("config", &["std::net", "std::time", "std::env", "std::fs", "println!"]),
    ("ingest", &["std::net", "std::env", "println!"]),
    ("measure", &["std::net", "println!"]),
    ("github", &["std::env", "Timestamp::now", "println!"]),
];

const FILES_CLOCK_NETWORK: &[&str] =
    &["std::fs", "std::net", "std::time", "std::env", "Timestamp::now", "println!"];

/// The code of every file of a room, without its tests and comments.
fn code_of(room: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room))
    {
        let path = entry.expect("a readable source tree").into_path();
        let name = path.display().to_string();
        if path.extension().is_some_and(|e| e == "rs")
            && !name.ends_with("tests.rs")
            && !name.ends_with("samples.rs")
        {
            let text = fs::read_to_string(&path).expect("a readable source file");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            files.insert(name, lines.collect::<Vec<_>>().join("\n"));
        }
    }
    assert!(!files.is_empty(), "src/{room} holds no file");
    files
}

fn rooms_used(code: &str) -> BTreeSet<&str> {
    code.split("crate::")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rooms_use_only_what_the_table_allows() {
    for (room, allowed) in MAY_USE {
        for (file, code) in code_of(room) {
            for used in rooms_used(&code) {
                assert!(
                    used == *room || allowed.contains(&used),
                    "{file} uses `{used}`; `{room}` may use {allowed:?}"
                );
            }
        }
    }
}

#[test]
fn every_room_is_in_the_table() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders = fs::read_dir(source)
        .expect("src")
        .filter_map(|entry| entry.ok().filter(|e| e.path().is_dir()));
    let found: BTreeSet<String> =
        folders.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let listed: BTreeSet<String> = MAY_USE.iter().map(|(room, _)| (*room).to_owned()).collect();
    assert_eq!(found, listed);
}

#[test]
fn rooms_stay_away_from_the_world() {
    for (room, words) in NEVER {
        for (file, code) in code_of(room) {
            for word in *words {
                assert!(!code.contains(word), "{file} contains `{word}`");
            }
        }
    }
}

#[test]
fn only_the_configuration_names_the_yaml_crate() {
    for (room, _) in MAY_USE.iter().filter(|(room, _)| *room != "config") {
        for (file, code) in code_of(room) {
            assert!(!code.contains("serde_saphyr"), "{file} names the YAML crate");
        }
    }
}

/// The documentation shows the same table.
#[test]
fn the_table_of_the_documentation_is_this_one() {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/design.md"))
        .expect("docs/design.md");
    for (room, allowed) in MAY_USE.iter().filter(|(room, _)| *room != "cli") {
        let uses = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
        let row = format!("| {room} | {uses} |");
        assert!(docs.contains(&row), "docs/design.md lacks the row `{row}`");
    }
}

/// A file that outgrows this is two files.
#[test]
fn files_stay_small() {
    for (room, _) in MAY_USE {
        for (file, code) in code_of(room) {
            let lines = code.lines().count();
            assert!(lines <= 400, "{file} has {lines} lines of code");
        }
    }
}
