//! Results of benchmark harnesses, read from files.
//!
//! [`read`] walks the paths of both sides, finds out by content which [`Format`] wrote them, and hands each
//! finished [`Run`] to a callback, so that no samples need be kept. Files are read in
//! parallel: calls come from several threads and in any order, so the receiver sorts.
//!
//! What cannot be read is a diagnostic with its place; reading goes on behind it.

mod criterion;
mod document;
mod format;
mod jsonl;
mod lines;
mod numbers;
#[doc(hidden)]
pub mod parsers;
mod probe;
mod run_paths;
mod runset;
mod sides;
mod variant;

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::diag::Diagnostics;
use crate::model::{JsonlSettings, Order, Run, SideInfo};

pub use criterion::Trees;
pub use format::{Format, Input, Output, Reading, format, formats};
pub use probe::Probe;
pub use variant::Variant;

/// Where the results of the two sides are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Each side has its own paths. A path is one run (a file or a directory) or a folder of numbered runs.
    Sides {
        /// The runs before the change, in order.
        base: Vec<PathBuf>,
        /// The runs with the change, in order.
        head: Vec<PathBuf>,
        /// The named criterion baseline to read on the base side; `new`, else `base`, where nothing is said.
        base_name: Option<String>,
        /// The same for the head side.
        head_name: Option<String>,
        /// Named criterion baselines to read from each path of the head side as well.
        variants: Vec<Variant>,
    },
    /// A run set, which holds both sides and their order: its directory, or its `runset.json`.
    RunSet(PathBuf),
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The format of every path; found out by content where nothing is said.
    pub format: Option<&'static dyn Format>,
    /// What the fields of JSONL lines are, where the defaults do not fit.
    pub jsonl: JsonlSettings,
    /// A base path that does not exist or holds nothing is a warning, not an error.
    pub allow_empty_base: bool,
}

/// What was read, beside the runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// What is known of the base side; `runs` counts its runs.
    pub base: SideInfo,
    /// What is known of the head side; `runs` counts its runs.
    pub head: SideInfo,
    /// How the runs were taken, where the input says so.
    pub order: Option<Order>,
    /// The names of the formats that were read.
    pub formats: BTreeSet<&'static str>,
}

/// Reads all of `source`: runs go to `take`, problems to `diagnostics`.
///
/// Every path either gives a run or an error-level diagnostic, except a base path that is empty and may be.
pub fn read(
    source: &Source,
    options: &Options,
    take: &(dyn Fn(Run) + Sync),
    diagnostics: &Diagnostics,
) -> Inventory {
    match source {
        Source::Sides { base, head, base_name, head_name, variants } => {
            let base =
                sides::SideSource { paths: base, baseline: base_name.as_deref(), variants: &[] };
            let head = sides::SideSource { paths: head, baseline: head_name.as_deref(), variants };
            sides::read(&base, &head, options, take, diagnostics)
        }
        Source::RunSet(path) => runset::read(path, take, diagnostics),
    }
}
