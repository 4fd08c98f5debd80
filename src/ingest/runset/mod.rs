//! Run sets: what `benchgate measure` writes, both sides and their order in one directory.

mod header;
mod record;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::Inventory;
use super::document::{located, reason, shown, unreadable};
use super::format::{Format, Input, Output, Reading};
use super::lines::{self, Line};
use super::probe::Probe;
use crate::diag::{Code, Diagnostic, Diagnostics, Level};
use crate::model::{Order, Run, Side, Stage};

/// The directory with `runset.json` and `runs.jsonl`.
pub(super) struct RunSet;

impl Format for RunSet {
    fn name(&self) -> &'static str {
        "runset"
    }

    fn about(&self) -> &'static str {
        "The directory that `benchgate measure` writes and `compare --runs` reads: both sides and the order in which \
they were run. Another program may write it, too.

```text
DIR/runset.json  {\"schema\":1,\"base\":{\"name\":\"main\",\"commit\":\"4e27281\"},\"head\":{\"name\":\"pr-12\"}}
DIR/runs.jsonl   {\"side\":\"base\",\"block\":0,\"position\":0,\"benchmark\":\"a/b\",\"metric\":\"time\",\"unit\":\"ns\",\"iters\":[1,2],\"times\":[10.5,21.0]}
                 {\"side\":\"head\",\"block\":0,\"position\":1,\"benchmark\":\"a/b\",\"metric\":\"time\",\"unit\":\"ns\",\"values\":[10.4,10.6]}
                 {\"side\":\"head\",\"block\":0,\"position\":1,\"benchmark\":\"a/b\",\"metric\":\"memory\",\"unit\":\"mb\",\"values\":[80,81],\"at\":[0,0.5]}
```

- A line is one run of one benchmark. A block is one run of each side, taken next to each other.
- `iters` and `times` are iteration counts and totals, as criterion stores them; `values` are single samples.
- `at`, beside the numbers, says when each of them was taken, in seconds from any moment and in order: growth over \
time is judged by it.
- `stage` is `screen` (the first look, default) or `confirm` (fresh blocks of flagged benchmarks).
- `throughput` says what one iteration processes: `{\"amount\":1024,\"unit\":\"bytes_per_s\"}`.
- `extra.link_seed` is the seed by which the executable was linked. Keys that benchgate does not know are left alone.
- The file is valid after every line: a last line that breaks off without an end of line means that measuring was \
interrupted; it is left out with a warning. Any other line that cannot be read is an error.
"
    }

    fn is_directory(&self) -> bool {
        true
    }

    fn detect(&self, probe: &Probe) -> bool {
        if probe.is_directory() {
            return probe.path().join("runset.json").is_file();
        }
        probe.is_run_set_file()
    }

    fn read(&self, input: &Input<'_>, output: &Output<'_>) -> Reading {
        let side = input.side.name();
        output.say(
            Diagnostic::error(
                Code::UnknownFormat,
                format!("a run set holds both sides, so it cannot be the {side} alone"),
            )
            .file(shown(input.path))
            .help("name it with `--runs` instead of `--base` and `--head`"),
        );
        Reading::default()
    }
}

/// Reads a run set: its directory, or one of its two files.
pub(super) fn read(
    path: &Path,
    take: &(dyn Fn(Run) + Sync),
    diagnostics: &Diagnostics,
) -> Inventory {
    let output = Output::new(take, diagnostics);
    let dir = directory(path);
    let mut inventory = Inventory { order: Some(Order::Interleaved), ..Inventory::default() };
    inventory.formats.insert(RunSet.name());
    if let Err(error) = path.metadata() {
        output.say(unreadable(path, &error));
        return inventory;
    }
    if !dir.join("runset.json").is_file() {
        output.say(
            Diagnostic::error(Code::UnknownFormat, "not a run set: it has no `runset.json`")
                .file(shown(path))
                .help("`--runs` takes the directory that `benchgate measure` wrote; results of one side go to `--base` and `--head`"),
        );
        return inventory;
    }
    match header::read(&dir.join("runset.json")) {
        Ok(about) => {
            (inventory.base, inventory.head) = (about.base, about.head);
            about.failures.into_iter().for_each(|failure| output.say(failure));
        }
        Err(error) => {
            output.say(error);
            return inventory;
        }
    }
    let (base, head) = runs(&dir.join("runs.jsonl"), &output);
    (inventory.base.runs, inventory.head.runs) = (base, head);
    if output.is_silent() {
        output.say(
            Diagnostic::error(Code::NothingMeasured, "the run set holds no run")
                .file(shown(&dir.join("runs.jsonl")))
                .help("measure again: nothing was written before measuring ended"),
        );
    }
    inventory
}

/// The directory of a run set, of which one of the files may be named.
fn directory(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if path.is_file() => parent.to_owned(),
        _ => path.to_owned(),
    }
}

/// Reads the runs, and counts those of the first look on each side.
fn runs(path: &Path, output: &Output<'_>) -> (u64, u64) {
    let file: Arc<str> = Arc::from(shown(path));
    let mut blocks = BTreeSet::new();
    lines::batches(path, output, &mut |batch| {
        let of_line = |mut blocks: BTreeSet<(Side, u32)>, line: &Line<'_>| {
            match parse(*line, &file) {
                Ok(run) => {
                    if run.stage == Stage::Screen {
                        blocks.insert((run.side, run.block));
                    }
                    output.run(run);
                }
                Err(diagnostic) => output.say(diagnostic),
            }
            blocks
        };
        let found = batch.par_iter().fold(BTreeSet::new, of_line);
        blocks.par_extend(found.flatten());
    });
    let count = |side| blocks.iter().filter(|block| block.0 == side).count() as u64;
    (count(Side::Base), count(Side::Head))
}

/// Reads one line.
///
/// # Errors
/// What is wrong with it; a warning where it is the last and breaks off.
pub(super) fn parse(line: Line<'_>, file: &Arc<str>) -> Result<Run, Diagnostic> {
    let cut_off = |mut diagnostic: Diagnostic| {
        diagnostic.level = Level::Warning;
        diagnostic.message = "the last line breaks off and was left out".into();
        diagnostic.help("measuring was interrupted here; the lines before are complete")
    };
    let text = line.text(file).map_err(|e| if line.ended { e } else { cut_off(e) })?;
    let wrong = |at: usize, message: String| {
        located(Code::BadLine, file, line.number, text, at, message)
            .help("`benchgate explain runset` shows what a line holds")
    };
    if !text.trim_start().starts_with('{') {
        return Err(wrong(0, "expected a JSON object".into()));
    }
    let record: record::Record = serde_json::from_str(text).map_err(|error| {
        let diagnostic = wrong(error.column().saturating_sub(1), reason(&error));
        if error.is_eof() && !line.ended { cut_off(diagnostic) } else { diagnostic }
    })?;
    record.run(file, line.number).map_err(|(field, message)| {
        // The first place where the name stands in quotes is the field itself but in contrived lines.
        wrong(text.find(&format!("\"{field}\"")).unwrap_or_default(), message)
    })
}
