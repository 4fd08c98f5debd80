//! Which directories hold results, and which of them are meant.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::files::BenchmarkFile;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::ingest::document;
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
    result_files(root).any(|file| {
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
    let about = result_files(child).find(|file| file.file_name() == "benchmark.json");
    let depth = about.and_then(|file| {
        let named: BenchmarkFile = document::json(file.path(), "").ok()?;
        let below = file.path().parent()?.parent()?.strip_prefix(parent).ok()?.components().count();
        Some(below > named.depth()?)
    });
    depth.unwrap_or(true)
}

/// What was found in the directories of criterion so far: both sides, and variants, are often baselines of one.
#[derive(Debug, Default)]
pub struct Trees(Mutex<HashMap<PathBuf, Arc<Vec<Baseline>>>>);

impl Trees {
    /// Every directory with results below `root`, sorted by path.
    pub(super) fn below(&self, root: &Path, output: &Output<'_>) -> Arc<Vec<Baseline>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(root) {
            return Arc::clone(found);
        }
        let found = Arc::new(baselines(root, output));
        known.insert(root.to_owned(), Arc::clone(&found));
        found
    }
}

/// Every directory with results, sorted by path.
fn baselines(root: &Path, output: &Output<'_>) -> Vec<Baseline> {
    let walk = Walk {
        root,
        said: Diagnostics::new(),
        deep: AtomicBool::new(false),
        left: AtomicI64::new(MOST_STEPS),
    };
    let mut found = walk.below(root, 0, None);
    if walk.left.into_inner() < 0 {
        // Which of them were found, and what was said on the way, is chance.
        output.say(walk_too_long(root));
        return Vec::new();
    }
    walk.said.into_vec().into_iter().for_each(|diagnostic| output.say(diagnostic));
    // `change/` holds relative estimates and `report/` pictures; neither is a run.
    found.retain(|b| b.has_sample || !matches!(b.name.as_str(), "change" | "report"));
    found
}

/// The directory of a symbolic link that was followed, resolved, and those before it.
struct Followed<'a> {
    from: PathBuf,
    before: Option<&'a Followed<'a>>,
}

/// How many directories are read and symbolic links looked at: ten times as many as a suite of 10,000 benchmarks has
/// directories. Links from directory to directory make a few of them into more than can ever be read.
const MOST_STEPS: i64 = 500_000;

/// How deep directories are read; criterion's lie five deep.
const DEEPEST: usize = 100;

/// How many files and directories are looked at for a first result.
const LOOKED_AT: usize = 100_000;

/// A walk through the directories below a root.
struct Walk<'a> {
    root: &'a Path,
    /// What is wrong on the way.
    said: Diagnostics,
    /// Whether it was said that directories lie too deep.
    deep: AtomicBool,
    /// How many directories and links may still be looked at; below zero, there were more.
    left: AtomicI64,
}

impl Walk<'_> {
    /// Whether one more directory or link may be looked at.
    fn goes_on(&self) -> bool {
        self.left.fetch_sub(1, Ordering::Relaxed) > 0
    }

    /// The directories with results in and below a directory, sorted by path. Directories are read in parallel: a suite has
    /// one for each benchmark.
    fn below(&self, dir: &Path, depth: usize, links: Option<&Followed<'_>>) -> Vec<Baseline> {
        if !self.goes_on() {
            return Vec::new();
        }
        if depth > DEEPEST {
            // Once says it of all of them.
            if !self.deep.swap(true, Ordering::Relaxed) {
                self.said.push(too_deep(self.root));
            }
            return Vec::new();
        }
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                self.said.push(document::unreadable(dir, &error));
                return Vec::new();
            }
        };
        let mut here = Baseline { dir: dir.to_owned(), name: name_of(dir), ..Baseline::default() };
        let (mut has_results, mut inner) = (false, Vec::new());
        for entry in entries {
            let entry = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) if kind.is_symlink() => {
                    if !self.goes_on() {
                        return Vec::new();
                    }
                    (fs::metadata(entry.path()).map(|of| of.file_type()), true, entry)
                }
                Ok((kind, entry)) => (Ok(kind), false, entry),
                Err(error) => {
                    self.said.push(document::unreadable(dir, &error));
                    continue;
                }
            };
            match entry {
                (Ok(kind), is_link, entry) if kind.is_dir() => {
                    inner.push((entry.file_name(), is_link))
                }
                (Ok(kind), _, entry) if kind.is_file() => {
                    let name = entry.file_name();
                    has_results |= RESULTS.iter().any(|known| name == *known);
                    here.has_benchmark |= name == "benchmark.json";
                    here.has_sample |= name == "sample.json";
                }
                (Ok(_), ..) => {}
                (Err(error), _, entry) => {
                    self.said.push(document::unreadable(&entry.path(), &error))
                }
            }
        }
        inner.sort_unstable();
        let mut found: Vec<Baseline> = has_results.then_some(here).into_iter().collect();
        found.par_extend(inner.par_iter().flat_map_iter(|(name, is_link)| {
            let inner = dir.join(name);
            if !is_link {
                return self.below(&inner, depth + 1, links);
            }
            match follow(dir, &inner, links) {
                Ok(from) => self.below(&inner, depth + 1, Some(&Followed { from, before: links })),
                Err(error) => {
                    self.said.push(document::unreadable(&inner, &error));
                    Vec::new()
                }
            }
        }));
        found
    }
}

/// The error for more directories than a suite has.
fn walk_too_long(root: &Path) -> Diagnostic {
    let message = format!("more than {MOST_STEPS} directories and links lie in it");
    Diagnostic::error(Code::Malformed, message)
        .file(document::shown(root))
        .help("name the directory in which criterion wrote its results; symbolic links in it may lead far")
}

/// The error for directories deeper than any benchmark's.
fn too_deep(root: &Path) -> Diagnostic {
    Diagnostic::error(Code::Malformed, format!("directories in it are more than {DEEPEST} deep"))
        .file(document::shown(root))
        .help("criterion's are five deep: name the directory in which it wrote its results")
}

/// The resolved directory of a link, unless the link leads back to where it was come from.
fn follow(dir: &Path, link: &Path, links: Option<&Followed<'_>>) -> io::Result<PathBuf> {
    let (from, to) = (dir.canonicalize()?, link.canonicalize()?);
    let mut earlier = std::iter::successors(links, |links| links.before).map(|links| &links.from);
    if from.starts_with(&to) || earlier.any(|from| from.starts_with(&to)) {
        return Err(io::Error::other("a symbolic link that leads back to a directory it is in"));
    }
    Ok(from)
}

/// The baseline of this name of each benchmark; without a name `new`, else `base`.
pub(super) fn choose<'a>(all: &'a [Baseline], name: Option<&str>) -> Vec<&'a Baseline> {
    let named = |name| all.iter().filter(move |baseline| baseline.name == name);
    if let Some(name) = name {
        return named(name).collect();
    }
    let has_new: HashSet<Option<&Path>> = named("new").map(|new| new.dir.parent()).collect();
    let without_new = named("base").filter(|base| !has_new.contains(&base.dir.parent()));
    named("new").chain(without_new).collect()
}

/// The name of a directory, even where the user gave it as `.`.
fn name_of(dir: &Path) -> String {
    let name = dir.file_name().map(OsStr::to_owned);
    let name = name.or_else(|| dir.canonicalize().ok()?.file_name().map(OsStr::to_owned));
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The files that tell a directory of results.
const RESULTS: [&str; 3] = ["benchmark.json", "estimates.json", "sample.json"];

/// These files, one after the other in the order of their paths, as far as is looked.
fn result_files(root: &Path) -> impl Iterator<Item = walkdir::DirEntry> {
    entries(root).take(LOOKED_AT).flatten().filter(|entry| {
        entry.file_type().is_file() && RESULTS.iter().any(|name| entry.file_name() == *name)
    })
}

/// Whether more lies in a directory than is looked at for a first result.
pub(in crate::ingest) fn is_too_large(root: &Path) -> bool {
    entries(root).nth(LOOKED_AT).is_some()
}

/// What lies in and below a directory, in the order of the paths.
fn entries(root: &Path) -> walkdir::IntoIter {
    WalkDir::new(root).max_depth(DEEPEST).follow_links(true).sort_by_file_name().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::document::shown;

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
