//! Which directories hold results, and which of them are meant.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::files::BenchmarkFile;
use crate::diag::{Code, Diagnostic, visible};
use crate::ingest::document::{self, shown};
use crate::ingest::format::Output;

/// The results of one run of one benchmark: `…/<benchmark>/<name>/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Baseline {
    /// The directory.
    pub(super) dir: PathBuf,
    /// Its name: `new`, `base` or what `--save-baseline` gave.
    pub(super) name: String,
    /// Whether `benchmark.json` is there.
    pub(super) has_benchmark: bool,
    /// Whether `sample.json` is there.
    pub(super) has_sample: bool,
}

/// The directory to walk: the criterion directory of a project or target directory, else `path` itself.
pub(in crate::ingest) fn root(path: &Path) -> PathBuf {
    let is_target =
        |dir: &Path| dir.join("CACHEDIR.TAG").is_file() || dir.join(".rustc_info.json").is_file();
    if path.join("Cargo.toml").is_file() && path.join("target/criterion").is_dir() {
        path.join("target/criterion")
    } else if is_target(path) && path.join("criterion").is_dir() {
        path.join("criterion")
    } else {
        path.to_owned()
    }
}

/// Whether criterion wrote what is in `root`: the first of its files that has the right content is proof.
pub(super) fn is_criterion(root: &Path) -> bool {
    result_files(root).flatten().any(|file| {
        let marks: &[&str] = match file.file_name().to_str() {
            Some("benchmark.json") => &["\"full_id\"", "\"group_id\""],
            Some("sample.json") => &["[[", "\"iters\"", "\"sampling_mode\""],
            _ => &["\"confidence_interval\"", "\"confidence_level\""],
        };
        let mut head = Vec::new();
        let read = File::open(file.path()).and_then(|file| file.take(4096).read_to_end(&mut head));
        let head = String::from_utf8_lossy(&head);
        read.is_ok() && marks.iter().any(|mark| head.contains(mark))
    })
}

/// Whether `child`, a numbered directory in `parent`, is a run of its own rather than a benchmark group of that name.
///
/// A benchmark knows its own path below criterion's root, so its depth tells where the root is.
pub(in crate::ingest) fn numbered_run(parent: &Path, child: &Path) -> bool {
    let about = result_files(child).flatten().find(|file| file.file_name() == "benchmark.json");
    let depth = about.and_then(|file| {
        let named: BenchmarkFile = document::json(file.path(), "").ok()?;
        let below = file.path().parent()?.parent()?.strip_prefix(parent).ok()?.components().count();
        Some(below > named.depth()?)
    });
    depth.unwrap_or(true)
}

/// Every directory with results, sorted by path.
pub(super) fn baselines(root: &Path, output: &Output<'_>) -> Vec<Baseline> {
    let mut found: BTreeMap<PathBuf, Baseline> = BTreeMap::new();
    for file in result_files(root) {
        let file = match file {
            Ok(file) => file,
            Err(error) => {
                let message = format!("cannot read: {}", visible(&error.to_string()));
                output.say(
                    Diagnostic::error(Code::Unreadable, message)
                        .file(shown(error.path().unwrap_or(root)))
                        .help("check that the directory can be read"),
                );
                continue;
            }
        };
        let Some(dir) = file.path().parent() else { continue };
        let baseline = found.entry(dir.to_owned()).or_insert_with(|| Baseline {
            dir: dir.to_owned(),
            name: name_of(dir),
            ..Baseline::default()
        });
        match file.file_name().to_str() {
            Some("benchmark.json") => baseline.has_benchmark = true,
            Some("sample.json") => baseline.has_sample = true,
            _ => {}
        }
    }
    // `change/` holds relative estimates and `report/` pictures; neither is a run.
    found
        .into_values()
        .filter(|b| b.has_sample || !matches!(b.name.as_str(), "change" | "report"))
        .collect()
}

/// The baseline of this name of each benchmark; without a name `new`, else `base`.
pub(super) fn choose<'a>(all: &'a [Baseline], name: Option<&str>) -> Vec<&'a Baseline> {
    let mut benchmarks: BTreeMap<Option<&Path>, Vec<&Baseline>> = BTreeMap::new();
    for baseline in all {
        benchmarks.entry(baseline.dir.parent()).or_default().push(baseline);
    }
    let named = |baselines: &[&'a Baseline], name: &str| {
        baselines.iter().copied().find(|baseline| baseline.name == name)
    };
    benchmarks
        .into_values()
        .filter_map(|baselines| match name {
            Some(name) => named(&baselines, name),
            None => named(&baselines, "new").or_else(|| named(&baselines, "base")),
        })
        .collect()
}

/// The name of a directory, even where the user gave it as `.`.
fn name_of(dir: &Path) -> String {
    let name = dir.file_name().map(OsStr::to_owned);
    let name = name.or_else(|| dir.canonicalize().ok()?.file_name().map(OsStr::to_owned));
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The files that tell a directory of results, and the places that cannot be read.
fn result_files(root: &Path) -> impl Iterator<Item = walkdir::Result<walkdir::DirEntry>> {
    let names = ["benchmark.json", "estimates.json", "sample.json"];
    WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter(move |entry| {
        entry.as_ref().map_or(true, |entry| {
            entry.file_type().is_file() && names.iter().any(|name| entry.file_name() == *name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(dir: &str) -> Baseline {
        let dir = PathBuf::from(dir);
        Baseline { name: name_of(&dir), dir, has_benchmark: true, has_sample: true }
    }

    #[test]
    fn new_is_read_before_base_and_a_name_before_both() {
        let all = ["a/base", "a/new", "a/v1", "b/base", "c/v1"].map(baseline);
        let chosen = |name| {
            let dirs = choose(&all, name).into_iter().map(|b| shown(&b.dir));
            dirs.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(chosen(None), "a/new b/base");
        assert_eq!(chosen(Some("base")), "a/base b/base");
        assert_eq!(chosen(Some("v1")), "a/v1 c/v1");
        assert_eq!(chosen(Some("v2")), "");
    }
}
