//! The run set on disk, while it is being written.
//!
//! The header is written once, then every run of a benchmark is appended with one write: the files are valid
//! after every line, whatever ends benchgate. [`Journal::resume`] goes on where it ended.

mod header;
mod line;
mod lock;
mod store;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use crate::diag::Diagnostic;
use crate::model::{BenchmarkId, Metric, Run, Side, Stage};

pub use header::{Header, SideHeader};
pub use line::{Line, Numbers};

/// What makes a line of a run set unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The look it belongs to.
    pub stage: Stage,
    /// The block, from 0.
    pub block: u32,
    /// The benchmark.
    pub benchmark: BenchmarkId,
    /// The side.
    pub side: Side,
    /// What was measured.
    pub metric: Metric,
}

impl From<&Run> for Key {
    fn from(run: &Run) -> Self {
        Self {
            stage: run.stage,
            block: run.block,
            benchmark: run.benchmark.clone(),
            side: run.side,
            metric: run.metric.clone(),
        }
    }
}

/// A run set that this process writes. While it lives, the directory is locked against a second writer.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    runs: File,
    /// How long `runs.jsonl` is up to the end of its last line, in bytes.
    length: u64,
    finished: BTreeSet<Key>,
    _lock: lock::Lock,
}

/// A run set to go on with.
#[derive(Debug)]
pub struct Resumed {
    /// The journal; it knows which runs are finished.
    pub journal: Journal,
    /// The header as it was written at the start.
    pub header: Header,
    /// How many bytes of a line in flight were cut off.
    pub cut: u64,
    /// Warnings about lines that were read.
    pub warnings: Vec<Diagnostic>,
}

impl Journal {
    /// Starts a run set in `dir`, which is created where it does not exist.
    ///
    /// # Errors
    /// The directory holds a run set already, another process writes to it, or it cannot be written.
    pub fn create(dir: &Path, header: &Header) -> Result<Self, Diagnostic> {
        store::create(dir, header)
    }

    /// Goes on with the run set in `dir`. A last line that breaks off is cut off.
    ///
    /// # Errors
    /// There is none, another process writes to it, or a line before the last cannot be read.
    pub fn resume(dir: &Path) -> Result<Resumed, Diagnostic> {
        store::resume(dir)
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The runs that are in it.
    #[must_use]
    pub fn finished(&self) -> &BTreeSet<Key> {
        &self.finished
    }

    /// Whether this run is in it.
    #[must_use]
    pub fn is_finished(&self, key: &Key) -> bool {
        self.finished.contains(key)
    }

    /// The runs of a block that are in it.
    pub fn block(&self, stage: Stage, block: u32) -> impl Iterator<Item = &Key> {
        let first = Key {
            stage,
            block,
            benchmark: BenchmarkId::new(""),
            side: Side::Base,
            metric: Metric::new(""),
        };
        self.finished.range(first..).take_while(move |key| (key.stage, key.block) == (stage, block))
    }

    /// Whether these lines can be appended.
    ///
    /// # Errors
    /// A line has no numbers, or such that no JSON can hold; a line with the same key is in the run set already.
    pub fn check(&self, lines: &[Line]) -> Result<(), Diagnostic> {
        store::text(self, lines).map(|_| ())
    }

    /// Appends what one process measured, or two at once, with a single write: all of it or nothing, unless the system fails.
    ///
    /// # Errors
    /// A line has no numbers, or such that no JSON can hold; a line with the same key is in the run set already; the
    /// file cannot be written. Nothing is appended then.
    pub fn append(&mut self, lines: &[Line]) -> Result<(), Diagnostic> {
        store::append(self, lines)
    }

    /// Takes runs out again, such as one that lost its partner when benchgate was killed.
    ///
    /// # Errors
    /// The file cannot be read or written; it stays as it was.
    pub fn forget(&mut self, which: &dyn Fn(&Key) -> bool) -> Result<(), Diagnostic> {
        store::forget(self, which)
    }

    /// Writes the header anew, with what was not known at the start, and brings it and all runs to disk.
    ///
    /// # Errors
    /// A file cannot be written; the old header stays.
    pub fn rewrite(&self, header: &Header) -> Result<(), Diagnostic> {
        store::sync(self)?;
        store::write_header(&self.dir, header)
    }

    /// Ends writing: everything is on disk, and the lock is given back.
    ///
    /// # Errors
    /// The system could not bring it to disk.
    pub fn finish(self) -> Result<PathBuf, Diagnostic> {
        store::finish(self)
    }
}

#[cfg(test)]
mod tests;
