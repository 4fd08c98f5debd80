//! Reading and writing the two files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::lock::Lock;
use super::{Header, Journal, Key, Line, Resumed};
use crate::diag::{Code, Diagnostic, Diagnostics, Level, quoted};
use crate::ingest::{self, Source};
use crate::model::{BenchmarkId, Metric, Side, Stage};

const HEADER: &str = "runset.json";
const RUNS: &str = "runs.jsonl";

/// A file that cannot be used, and why.
pub(super) fn unusable(file: &Path, what: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(Code::RunSetUnusable, format!("{what}: {error}"))
        .file(file.display().to_string())
        .help("check permissions and free space, or name another directory")
}

pub(super) fn create(dir: &Path, header: &Header) -> Result<Journal, Diagnostic> {
    fs::create_dir_all(dir).map_err(|e| unusable(dir, "cannot be created", &e))?;
    let lock = Lock::take(dir)?;
    // Without a single run it holds nothing to lose: the build failed, say.
    let empty = fs::metadata(dir.join(RUNS)).is_ok_and(|runs| runs.len() == 0);
    let taken = [HEADER, RUNS].into_iter().find(|name| dir.join(name).exists());
    if let Some(name) = taken.filter(|_| !empty) {
        return Err(Diagnostic::error(Code::RunSetTaken, "the directory holds a run set already")
            .file(dir.join(name).display().to_string())
            .help("go on with it by `benchgate measure --resume`, or name another directory"));
    }
    write_header(dir, header)?;
    let runs = open(&dir.join(RUNS), true)?;
    Ok(Journal { dir: dir.to_owned(), runs, length: 0, finished: BTreeSet::new(), _lock: lock })
}

/// The runs, to be read and written at any place.
fn open(path: &Path, create: bool) -> Result<File, Diagnostic> {
    File::options()
        .read(true)
        .write(true)
        .create(create)
        .truncate(false)
        .open(path)
        .map_err(|e| unusable(path, "cannot be opened for writing", &e))
}

/// Writes the header so that either the old or the new one is there, whole.
pub(super) fn write_header(dir: &Path, header: &Header) -> Result<(), Diagnostic> {
    let path = dir.join(HEADER);
    let fail = |error: &io::Error| unusable(&path, "cannot be written", error);
    let mut text = serde_json::to_string_pretty(header).map_err(|e| fail(&e.into()))?;
    text.push('\n');
    replace(&path, &dir.join("runset.json.next"), text.as_bytes()).map_err(|e| fail(&e))
}

/// Replaces a file by way of another one beside it, so that either the old or the new one is there, whole.
fn replace(path: &Path, next: &Path, bytes: &[u8]) -> io::Result<()> {
    let write = || {
        let mut file = File::create(next)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(next, path)
    };
    write().inspect_err(|_| {
        // Half a file would only take up the room that lacks already.
        let _ = fs::remove_file(next);
    })
}

pub(super) fn resume(dir: &Path) -> Result<Resumed, Diagnostic> {
    let header_path = dir.join(HEADER);
    if !header_path.is_file() {
        return Err(Diagnostic::error(Code::RunSetUnusable, "there is no run set to go on with")
            .file(header_path.display().to_string())
            .help("name the directory that `benchgate measure` was writing"));
    }
    let lock = Lock::take(dir)?;
    let header = read_header(&header_path)?;
    let path = dir.join(RUNS);
    let mut runs = open(&path, true)?;
    let fail = |e: io::Error| unusable(&path, "cannot be read", &e);
    let (length, cut) = mend(&mut runs).map_err(fail)?;
    let (finished, warnings) =
        if length == 0 { (BTreeSet::new(), Vec::new()) } else { finished(dir)? };
    let journal = Journal { dir: dir.to_owned(), runs, length, finished, _lock: lock };
    Ok(Resumed { journal, header, cut, warnings })
}

fn read_header(path: &Path) -> Result<Header, Diagnostic> {
    let text = fs::read_to_string(path).map_err(|e| unusable(path, "cannot be read", &e))?;
    let header: Header = serde_json::from_str(&text).map_err(|error| {
        Diagnostic::error(Code::RunSetUnusable, format!("not the header of a run set: {error}"))
            .file(path.display().to_string())
            .at(error.line().try_into().unwrap_or(u32::MAX), error.column().max(1) as u32)
            .help("measure again into another directory")
    })?;
    if header.schema != 1 {
        let message =
            format!("the run set has schema {}; this program writes schema 1", header.schema);
        return Err(Diagnostic::error(Code::RunSetUnusable, message)
            .file(path.display().to_string())
            .help("go on with the version of benchgate that began to measure"));
    }
    Ok(header)
}

/// Makes the last line whole: one that only lacks its end gets it, one that breaks off is cut off. Returns the
/// length of the file and of what was cut.
fn mend(runs: &mut File) -> io::Result<(u64, u64)> {
    let length = runs.seek(SeekFrom::End(0))?;
    let kept = after_last_newline(runs, length)?;
    if kept == length {
        return Ok((length, 0));
    }
    let mut tail = Vec::new();
    runs.seek(SeekFrom::Start(kept))?;
    runs.read_to_end(&mut tail)?;
    if serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&tail).is_ok() {
        runs.seek(SeekFrom::End(0))?;
        runs.write_all(b"\n")?;
        return Ok((length + 1, 0));
    }
    runs.set_len(kept)?;
    runs.seek(SeekFrom::Start(kept))?;
    Ok((kept, length - kept))
}

/// Where the line after the last newline begins, found from the end.
fn after_last_newline(runs: &mut File, length: u64) -> io::Result<u64> {
    const STEP: u64 = 64 * 1024;
    let mut end = length;
    let mut buffer = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        buffer.clear();
        runs.seek(SeekFrom::Start(start))?;
        Read::by_ref(runs).take(end - start).read_to_end(&mut buffer)?;
        if let Some(at) = buffer.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The runs in the file, read as `compare` reads them.
fn finished(dir: &Path) -> Result<(BTreeSet<Key>, Vec<Diagnostic>), Diagnostic> {
    let keys = Mutex::new(BTreeSet::new());
    let sink = Diagnostics::new();
    let take = |run: crate::model::Run| {
        keys.lock().unwrap_or_else(PoisonError::into_inner).insert(Key::from(&run));
    };
    let source = Source::RunSet(dir.to_owned());
    ingest::read(&source, &ingest::Options::default(), &take, &sink);
    let mut diagnostics = sink.into_vec();
    // What failed before is tried again.
    diagnostics.retain(|d| d.code != Code::RunFailed);
    match diagnostics.iter().position(|d| d.level == Level::Error) {
        Some(at) => Err(diagnostics.swap_remove(at)),
        None => Ok((keys.into_inner().unwrap_or_else(PoisonError::into_inner), diagnostics)),
    }
}

/// What is to be appended, and its keys.
pub(super) fn text(
    journal: &Journal,
    lines: &[Line],
) -> Result<(Vec<u8>, BTreeSet<Key>), Diagnostic> {
    let path = journal.dir.join(RUNS);
    let refuse = |line: &Line, why: &str| {
        let message = format!(
            "a run of {} ({}, block {}) was not written: {why}",
            quoted(line.benchmark.as_str()),
            line.side.name(),
            line.block
        );
        Diagnostic::error(Code::RunFailed, message).file(path.display().to_string())
    };
    let mut keys = BTreeSet::new();
    let mut text = Vec::new();
    for line in lines {
        let key = line.key();
        if let Some(flaw) = line.numbers.flaw() {
            return Err(refuse(line, flaw).help("look at what the harness wrote for it"));
        }
        if journal.finished.contains(&key) || !keys.insert(key) {
            let why =
                format!("the run set has one of metric {} already", quoted(line.metric.as_str()));
            return Err(refuse(line, &why)
                .help("two benchmarks of one name cannot be told apart: rename one of them"));
        }
        serde_json::to_writer(&mut text, line)
            .map_err(|e| unusable(&path, "cannot be written", &e.into()))?;
        text.push(b'\n');
    }
    Ok((text, keys))
}

pub(super) fn append(journal: &mut Journal, lines: &[Line]) -> Result<(), Diagnostic> {
    let path = journal.dir.join(RUNS);
    let (text, mut keys) = text(journal, lines)?;
    let write = |runs: &mut File| {
        runs.seek(SeekFrom::Start(journal.length))?;
        runs.write_all(&text)
    };
    if let Err(error) = write(&mut journal.runs) {
        // A full disk may have taken a part of it.
        let _ = journal.runs.set_len(journal.length);
        return Err(unusable(&path, "cannot be written", &error));
    }
    journal.length += text.len() as u64;
    journal.finished.append(&mut keys);
    Ok(())
}

/// What makes a line unique, as it stands in the file.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    stage: Stage,
    block: u32,
    benchmark: BenchmarkId,
    side: Side,
    metric: String,
}

impl From<Written> for Key {
    fn from(line: Written) -> Self {
        let Written { stage, block, benchmark, side, metric } = line;
        Self { stage, block, benchmark, side, metric: Metric::new(&metric) }
    }
}

pub(super) fn forget(
    journal: &mut Journal,
    which: &dyn Fn(&Key) -> bool,
) -> Result<(), Diagnostic> {
    let path = journal.dir.join(RUNS);
    let next = journal.dir.join("runs.jsonl.next");
    let write = || {
        let mut text = fs::read(&path)?;
        let lines = text.split_inclusive(|&byte| byte == b'\n');
        let stays = |line: &&[u8]| {
            // What other programs wrote in another way is theirs.
            serde_json::from_slice(line).map_or(true, |line: Written| !which(&line.into()))
        };
        text = lines.filter(stays).collect::<Vec<_>>().concat();
        replace(&path, &next, &text)?;
        Ok(text.len() as u64)
    };
    journal.length = write().map_err(|e| unusable(&path, "cannot be written", &e))?;
    journal.runs = open(&path, false)?;
    journal.finished.retain(|key| !which(key));
    Ok(())
}

/// Brings all runs to disk.
pub(super) fn sync(journal: &Journal) -> Result<(), Diagnostic> {
    let path = journal.dir.join(RUNS);
    journal.runs.sync_data().map_err(|e| unusable(&path, "cannot be brought to disk", &e))
}

pub(super) fn finish(journal: Journal) -> Result<PathBuf, Diagnostic> {
    sync(&journal)?;
    Ok(journal.dir)
}
