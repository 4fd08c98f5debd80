use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::criterion::{Criterion, Trees};
use super::jsonl::Jsonl;
use super::probe::Probe;
use super::runset::RunSet;
use super::variant::Variant;
use crate::diag::{Diagnostic, Diagnostics, Level};
use crate::model::{JsonlSettings, Run, Side};

/// Every format, in the order of the documentation. `--format` and the documentation follow this list.
static FORMATS: [&dyn Format; 3] = [&Criterion, &Jsonl, &RunSet];

/// Every format that benchgate reads.
#[must_use]
pub fn formats() -> &'static [&'static dyn Format] {
    &FORMATS
}

/// The format of this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// One way in which results are stored.
///
/// A new format is one file in this module, one folder in `fixtures/` and one line in [`formats`].
pub trait Format: Sync {
    /// The value of `--format`.
    fn name(&self) -> &'static str;

    /// What `benchgate explain` prints, in Markdown: a paragraph, an example, what to know.
    fn about(&self) -> &'static str;

    /// Whether one recording is a directory; else it is a file.
    fn is_directory(&self) -> bool;

    /// Whether one directory may hold several results of a benchmark under different names.
    fn has_baselines(&self) -> bool {
        false
    }

    /// Whether the path holds this format, by what is in it; a file's name alone is no proof.
    fn detect(&self, probe: &Probe) -> bool;

    /// Reads one recording: runs and diagnostics go to `output`.
    fn read(&self, input: &Input<'_>, output: &Output<'_>) -> Reading;
}

impl fmt::Debug for dyn Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One recording that a format is to read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The file or directory.
    pub path: &'a Path,
    /// The side it belongs to.
    pub side: Side,
    /// The position of its first run among the runs of its side, from 0.
    pub first_block: u32,
    /// The named criterion baseline to read.
    pub baseline: Option<&'a str>,
    /// Named criterion baselines to read as well, each under a name of its own.
    pub variants: &'a [Variant],
    /// The directories of criterion that were listed already.
    pub trees: &'a Trees,
    /// What the fields of JSONL lines are.
    pub jsonl: &'a JsonlSettings,
}

/// What a format says of a recording, beside its runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How many runs it held.
    pub runs: u32,
    /// What was read, as resolved paths: one that turns up twice is a recording compared with itself.
    pub recordings: Vec<PathBuf>,
}

/// Where runs and diagnostics of one recording go.
pub struct Output<'a> {
    take: &'a (dyn Fn(Run) + Sync),
    diagnostics: &'a Diagnostics,
    handed: AtomicU64,
    failed: AtomicBool,
}

impl<'a> Output<'a> {
    /// Runs go to `take`, diagnostics to `diagnostics`.
    pub fn new(take: &'a (dyn Fn(Run) + Sync), diagnostics: &'a Diagnostics) -> Self {
        Self { take, diagnostics, handed: AtomicU64::new(0), failed: AtomicBool::new(false) }
    }

    /// Hands over a run.
    pub fn run(&self, run: Run) {
        self.handed.fetch_add(1, Ordering::Relaxed);
        (self.take)(run);
    }

    /// Adds a diagnostic.
    pub fn say(&self, diagnostic: Diagnostic) {
        if diagnostic.level == Level::Error {
            self.failed.store(true, Ordering::Relaxed);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether there was neither a run nor an error.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.handed.load(Ordering::Relaxed) == 0 && !self.failed.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("handed", &self.handed)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
