//! A path of a side: one run, or a folder of numbered runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::criterion;
use crate::model::natural;

/// The runs in a folder of numbered runs, in order, and what else lies beside them; `None` for any other path.
///
/// Runs are called `run-…` or by a number, files as well as directories. A criterion directory whose groups have
/// such names is not a folder of runs.
///
/// # Errors
/// The directory cannot be listed.
pub(super) fn numbered(path: &Path) -> io::Result<Option<(Vec<PathBuf>, Vec<PathBuf>)>> {
    if !path.is_dir() {
        return Ok(None);
    }
    let (mut runs, mut others) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        let name = name(&entry);
        match is_run_name(&name) {
            true => runs.push(entry),
            false if name.starts_with('.') => {}
            false => others.push(entry),
        }
    }
    let group = |run: &&PathBuf| run.is_dir() && !criterion::numbered_run(path, run);
    if runs.is_empty() || runs.iter().any(|run| group(&run)) {
        return Ok(None);
    }
    others.sort();
    Ok(Some((in_order(runs), others)))
}

/// The files of a directory, in order, without hidden ones.
///
/// # Errors
/// The directory cannot be listed.
pub(super) fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?.path();
        if entry.is_file() && !name(&entry).starts_with('.') {
            files.push(entry);
        }
    }
    Ok(in_order(files))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// `run-1`, `run_a`, `run7`, `12`, each also with an ending: `run-1.jsonl`.
fn is_run_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match stem.strip_prefix("run") {
        Some(rest) => {
            digits(rest) || rest.strip_prefix(['-', '_']).is_some_and(|rest| !rest.is_empty())
        }
        None => digits(stem),
    }
}

/// Sorts by name, so that numbers in it count as numbers: `run-9` before `run-10`.
fn in_order(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let named: Vec<(String, PathBuf)> = paths.into_iter().map(|path| (name(&path), path)).collect();
    let mut keyed: Vec<_> = named.iter().map(|(name, path)| (natural(name), name, path)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., path)| path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let names = ["run-10", "run-9", "run-1", "run-02", "run-100000000000000000000", "run-b"];
        let expected = ["run-1", "run-02", "run-9", "run-10", "run-100000000000000000000", "run-b"];
        assert_eq!(in_order(names.map(PathBuf::from).into()), expected.map(PathBuf::from));
    }

    #[test]
    fn names_of_runs() {
        for name in ["run-1", "RUN_2", "run3", "1", "007", "run-1.jsonl", "12.json", "run-a"] {
            assert!(is_run_name(name), "{name}");
        }
        for name in [
            "runs",
            "run",
            "run-",
            "running",
            "a1",
            "1a",
            "",
            "report",
            "runset.json",
            "runs.jsonl",
        ] {
            assert!(!is_run_name(name), "{name}");
        }
    }
}
