//! Both sides, path by path, each run in its place.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::criterion::Trees;
use super::document::{shown, unreadable};
use super::format::{Format, Input, Output, formats};
use super::probe::Probe;
use super::variant::Variant;
use super::{Inventory, Options, run_paths};
use crate::diag::{Code, Diagnostic, Diagnostics, Level, quoted};
use crate::model::{Run, Side, SideInfo};

/// Where one side's results are.
#[derive(Clone, Copy, Debug)]
pub(super) struct SideSource<'a> {
    /// The paths, as the user gave them.
    pub(super) paths: &'a [PathBuf],
    /// The named criterion baseline to read.
    pub(super) baseline: Option<&'a str>,
    /// Named criterion baselines to read as well.
    pub(super) variants: &'a [Variant],
}

/// The run that a recording was read for.
struct ReadFor {
    side: Side,
    path: Arc<str>,
    /// Counts the runs of both sides.
    run: usize,
}

/// Reads both sides.
pub(super) fn read(
    base: &SideSource<'_>,
    head: &SideSource<'_>,
    options: &Options,
    take: &(dyn Fn(Run) + Sync),
    diagnostics: &Diagnostics,
) -> Inventory {
    let mut reader = Reader {
        options,
        take,
        diagnostics,
        recordings: HashMap::new(),
        formats: BTreeSet::new(),
        trees: Trees::default(),
        read: 0,
    };
    let base = reader.side(Side::Base, base);
    let head = reader.side(Side::Head, head);
    Inventory { base, head, order: None, formats: reader.formats }
}

/// What is needed to read, and what is learnt by it.
struct Reader<'a> {
    options: &'a Options,
    take: &'a (dyn Fn(Run) + Sync),
    diagnostics: &'a Diagnostics,
    recordings: HashMap<OsString, ReadFor>,
    formats: BTreeSet<&'static str>,
    trees: Trees,
    /// How many runs were begun.
    read: usize,
}

impl Reader<'_> {
    /// Reads all runs of a side.
    fn side(&mut self, side: Side, source: &SideSource<'_>) -> SideInfo {
        let mut block = 0;
        for path in source.paths {
            match run_paths::numbered(path) {
                Ok(Some((runs, others))) if !self.is_whole(path) => {
                    self.note_others(&others);
                    for run in runs {
                        block += self.run(side, &run, source, block);
                    }
                }
                Ok(_) => block += self.run(side, path, source, block),
                Err(error) => self.diagnostics.push(unreadable(path, &error)),
            }
        }
        SideInfo { name: name(side, source), runs: u64::from(block), ..SideInfo::default() }
    }

    /// Whether a folder is a run set, so that what is numbered in it plays no part.
    fn is_whole(&self, path: &Path) -> bool {
        self.options.format.is_none() && path.join("runset.json").is_file()
    }

    /// Says which results beside numbered runs are not read.
    fn note_others(&self, others: &[PathBuf]) {
        for other in others {
            let Ok(probe) = Probe::new(other) else { continue };
            if formats().iter().any(|format| format.detect(&probe)) {
                let warning = Diagnostic::warning(
                    Code::UnknownFormat,
                    "results beside numbered runs were not read",
                )
                .file(shown(other))
                .help("give them a number as well, or name the paths one by one");
                self.diagnostics.push(warning);
            }
        }
    }

    /// Reads one path as a run, which may be several files of a directory. Says how many runs it was.
    fn run(&mut self, side: Side, path: &Path, source: &SideSource<'_>, block: u32) -> u32 {
        let output = Output::new(self.take, self.diagnostics);
        self.read += 1;
        let mut runs = 0;
        for (format, part) in self.recognise(side, path, &output) {
            let wanted = source.baseline.map(|name| (name, format!("{}-name", side.name())));
            let variant = source.variants.first();
            let wanted = wanted.or_else(|| Some((&*variant?.baseline, "variant".to_owned())));
            if let Some((name, option)) = wanted.filter(|_| !format.has_baselines()) {
                output.say(unnamed(format, &part, name, &option));
                continue;
            }
            let input = Input {
                path: &part,
                side,
                first_block: block,
                baseline: source.baseline,
                variants: source.variants,
                trees: &self.trees,
                jsonl: &self.options.jsonl,
            };
            let reading = format.read(&input, &output);
            runs = runs.max(reading.runs);
            self.formats.insert(format.name());
            self.record(side, path, reading.recordings, &output);
        }
        if output.is_silent() {
            output.say(self.nothing(side, path));
        }
        runs
    }

    /// The recordings of a run and their formats; what is none is said.
    fn recognise(
        &self,
        side: Side,
        path: &Path,
        output: &Output<'_>,
    ) -> Vec<(&'static dyn Format, PathBuf)> {
        let probe = match Probe::new(path) {
            Ok(probe) => probe,
            Err(_) if self.may_be_empty(side) && !path.exists() => return Vec::new(),
            Err(error) => {
                output.say(unreadable(path, &error));
                return Vec::new();
            }
        };
        if probe.is_empty() {
            return Vec::new();
        }
        let forced = self.options.format;
        match forced.or_else(|| detect(&probe)) {
            Some(format) if format.is_directory() || !probe.is_directory() => {
                vec![(format, path.to_owned())]
            }
            _ if probe.is_directory() => self.files(&probe, output),
            _ => {
                output.say(unknown(&probe));
                Vec::new()
            }
        }
    }

    /// The files of a directory that hold the results of one run.
    fn files(&self, probe: &Probe, output: &Output<'_>) -> Vec<(&'static dyn Format, PathBuf)> {
        let files = run_paths::files(probe.path()).unwrap_or_else(|error| {
            output.say(unreadable(probe.path(), &error));
            Vec::new()
        });
        let (mut parts, mut others) = (Vec::new(), Vec::new());
        for file in files {
            let found = match Probe::new(&file) {
                Ok(found) => found,
                Err(error) => {
                    output.say(unreadable(&file, &error));
                    continue;
                }
            };
            match (detect(&found), self.options.format) {
                (Some(_), Some(forced)) => parts.push((forced, file)),
                (None, Some(forced)) => others.push((forced, file)),
                (Some(format), None) => parts.push((format, file)),
                // Only what looks like results must be some: notes and logs may lie beside them.
                (None, None) if found.extension_is(&["json", "jsonl", "ndjson"]) => {
                    output.say(if found.is_empty() { empty(&file) } else { unknown(&found) });
                }
                (None, None) => {}
            }
        }
        if parts.is_empty() {
            parts = others;
        }
        if parts.is_empty() && output.is_silent() {
            output.say(unknown(probe));
        }
        parts
    }

    /// Says where one recording is read twice: it would be compared with itself, or count double.
    fn record(&mut self, side: Side, path: &Path, recordings: Vec<PathBuf>, output: &Output<'_>) {
        let mut repeated = None;
        let path: Arc<str> = shown(path).into();
        self.recordings.reserve(recordings.len());
        for recording in recordings {
            // A path would be hashed part by part.
            match self.recordings.entry(recording.into_os_string()) {
                Entry::Vacant(entry) => {
                    entry.insert(ReadFor { side, path: Arc::clone(&path), run: self.read });
                }
                Entry::Occupied(entry) if entry.get().run != self.read => {
                    let known = entry.get();
                    let both = if known.side == side { "as well" } else { "" };
                    let known =
                        format!("{} on the {} side {both}", quoted(&known.path), known.side.name());
                    repeated.get_or_insert(known);
                }
                Entry::Occupied(_) => {}
            }
        }
        if let Some(known) = repeated {
            let message = format!("the same recording as {}", known.trim_end());
            output.say(Diagnostic::error(Code::SameRecording, message).file(&*path).help(
                "name a recording of its own for each run; `--base-name` and `--head-name` choose different baselines of one criterion directory",
            ));
        }
    }

    fn may_be_empty(&self, side: Side) -> bool {
        side == Side::Base && self.options.allow_empty_base
    }

    fn nothing(&self, side: Side, path: &Path) -> Diagnostic {
        let mut diagnostic = empty(path);
        if self.may_be_empty(side) {
            diagnostic.level = Level::Warning;
        }
        diagnostic
    }
}

/// The first format that recognises a path.
fn detect(probe: &Probe) -> Option<&'static dyn Format> {
    formats().iter().copied().find(|format| format.detect(probe))
}

/// A name of the side for people.
fn name(side: Side, source: &SideSource<'_>) -> String {
    match (source.baseline, source.paths) {
        (Some(baseline), _) => baseline.to_owned(),
        (None, []) => side.name().to_owned(),
        (None, [only]) => shown(only),
        (None, [first, others @ ..]) => format!("{} and {} more", shown(first), others.len()),
    }
}

/// The error for a baseline name where the format knows none.
fn unnamed(format: &dyn Format, path: &Path, name: &str, option: &str) -> Diagnostic {
    let message =
        format!("no baseline {}: {} results have no names", quoted(name), quoted(format.name()));
    let option = format!("leave out `--{option}`; it belongs to criterion directories");
    Diagnostic::error(Code::MissingBaseline, message).file(shown(path)).help(option)
}

/// The error for a path without any result.
fn empty(path: &Path) -> Diagnostic {
    Diagnostic::error(Code::NothingMeasured, "no measurement in it")
        .file(shown(path))
        .help("check that the benchmarks ran and wrote their results here")
}

/// The error for a path that no format recognises.
fn unknown(probe: &Probe) -> Diagnostic {
    let names = formats().iter().map(|format| format!("`{}`", format.name())).collect::<Vec<_>>();
    let formats = format!("formats are {}, and `--format` forces one", names.join(", "));
    let (message, help) = match probe.near_miss() {
        Some(near) => {
            (format!("no format recognises it: {}", near.saw), format!("{}; {formats}", near.help))
        }
        None => ("no format recognises it".to_owned(), formats),
    };
    Diagnostic::error(Code::UnknownFormat, message).file(shown(probe.path())).help(help)
}
