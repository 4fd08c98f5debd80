//! What takes turns: one benchmark, one bench executable, or one command, each with how it is run and read.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use globset::GlobSet;
use walkdir::WalkDir;

use super::Halt;
use super::harness::{self, Harness};
use super::process::{Command, Ended};
use super::request::ShellCommand;
use crate::diag::{Code, Diagnostic};
use crate::model::{BenchmarkId, Data, Metric, Origin, Run, Side, Stage, Statistic, Summary, Unit};

/// Something that is run on each side in turns.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// What to call it: the benchmark, the executable, the command.
    pub(super) name: String,
    /// The benchmarks that a run of it measures, as far as they are known before.
    pub(super) benchmarks: BTreeSet<BenchmarkId>,
    /// Whether it uses several threads, so that it cannot share the machine.
    pub(super) several_threads: bool,
    work: Work,
}

#[derive(Clone, Debug)]
enum Work {
    /// One benchmark of the executable of either side; `None` where a side does not have it.
    One { base: Option<Arc<Harness>>, head: Option<Arc<Harness>> },
    /// All benchmarks of an executable, of which `wanted` are kept; `None` where a side does not have it.
    Suite { base: Option<Listed>, head: Option<Listed>, wanted: Option<GlobSet> },
    /// A command.
    Shell { command: Box<ShellCommand>, base: PathBuf, head: PathBuf, limit: Option<Duration> },
}

/// An executable, and what of it is measured.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) harness: Arc<Harness>,
    /// The benchmarks that it lists, as far as they are wanted.
    pub(super) benchmarks: BTreeSet<BenchmarkId>,
}

impl Job {
    /// One benchmark, on the sides that have it.
    pub(super) fn one(name: &str, base: Option<Arc<Harness>>, head: Option<Arc<Harness>>) -> Self {
        let benchmarks = BTreeSet::from([BenchmarkId::new(name)]);
        Self {
            name: name.into(),
            benchmarks,
            several_threads: false,
            work: Work::One { base, head },
        }
    }

    /// A whole executable, on the sides that have it.
    pub(super) fn suite(
        name: &str,
        base: Option<Listed>,
        head: Option<Listed>,
        wanted: Option<GlobSet>,
    ) -> Self {
        let sides = base.iter().chain(&head);
        Self {
            name: name.into(),
            benchmarks: sides.flat_map(|side| &side.benchmarks).cloned().collect(),
            several_threads: false,
            work: Work::Suite { base, head, wanted },
        }
    }

    /// A command that runs in the directory of a side.
    pub(super) fn shell(
        command: &ShellCommand,
        base: PathBuf,
        head: PathBuf,
        limit: Option<Duration>,
    ) -> Self {
        // What a command writes is known when it has written it.
        let measured = command.results.is_none().then(|| BenchmarkId::new(&*command.name));
        Self {
            name: command.name.clone(),
            benchmarks: measured.into_iter().collect(),
            several_threads: false,
            work: Work::Shell { command: Box::new(command.clone()), base, head, limit },
        }
    }

    /// Whether a side has it.
    pub(super) fn has(&self, side: Side) -> bool {
        matches!(self.work, Work::Shell { .. }) || self.harness(side).is_some()
    }

    /// Whether both sides have it.
    pub(super) fn is_paired(&self) -> bool {
        self.has(Side::Base) && self.has(Side::Head)
    }

    /// The executable of a side.
    pub(super) fn harness(&self, side: Side) -> Option<&Arc<Harness>> {
        match (&self.work, side) {
            (Work::One { base, .. }, Side::Base) => base.as_ref(),
            (Work::One { head, .. }, Side::Head) => head.as_ref(),
            (Work::Suite { base, .. }, Side::Base) => base.as_ref().map(|base| &base.harness),
            (Work::Suite { head, .. }, Side::Head) => head.as_ref().map(|head| &head.harness),
            (Work::Shell { .. }, _) => None,
        }
    }

    /// The benchmarks that a run on this side measures; empty where that is known only when it has run.
    pub(super) fn benchmarks_of(&self, side: Side) -> &BTreeSet<BenchmarkId> {
        match (&self.work, side) {
            (Work::Suite { base: Some(listed), .. }, Side::Base)
            | (Work::Suite { head: Some(listed), .. }, Side::Head) => &listed.benchmarks,
            _ => &self.benchmarks,
        }
    }

    /// Whether a run of it measures this benchmark, as far as that is known before.
    pub(super) fn measures(&self, benchmark: &BenchmarkId) -> bool {
        self.benchmarks.is_empty() || self.benchmarks.iter().any(|listed| is(benchmark, listed))
    }

    /// Whether CPU and memory of its process are results in themselves.
    pub(super) fn is_command(&self) -> bool {
        matches!(self.work, Work::Shell { .. })
    }

    /// The command that runs it on a side; `file` is the executable to take where it is not cargo's own.
    ///
    /// # Errors
    /// The directory for its results cannot be made.
    pub(super) fn command(
        &self,
        side: Side,
        scratch: &Path,
        file: Option<&Path>,
    ) -> Result<Option<Command>, Halt> {
        harness::empty(scratch)?;
        let harness =
            || {
                let harness = self.harness(side)?;
                Some(file.map_or_else(
                    || Harness::clone(harness),
                    |file| harness.with_file(file.to_owned()),
                ))
            };
        Ok(match &self.work {
            Work::One { .. } => harness().map(|harness| harness.run_one(&self.name, scratch)),
            Work::Suite { .. } => harness().map(|harness| harness.run_all(scratch)),
            Work::Shell { command, base, head, limit } => {
                let dir = of(side, base, head);
                if let Some(results) = results_of(command, dir, side) {
                    age(&results);
                }
                let shell = Command::shell(&ShellCommand::for_side(&command.line, side))
                    .env("BENCHGATE_SIDE", side.name())
                    .env("BENCHGATE_SCRATCH", scratch);
                Some(Command { dir: Some(dir.to_owned()), limit: *limit, ..shell })
            }
        })
    }

    /// What a process of it measured.
    ///
    /// # Errors
    /// It left no result, or one that cannot be read.
    pub(super) fn runs(
        &self,
        side: Side,
        ended: &Ended,
        scratch: &Path,
    ) -> Result<Vec<Run>, Vec<Diagnostic>> {
        match &self.work {
            Work::One { .. } => {
                let mut runs = harness::results(scratch, side, Some("criterion"))?;
                runs.retain(|run| self.measures(&run.benchmark));
                // Two benchmarks of one name write two results; the first is the one that is listed.
                runs.truncate(1);
                some(runs, Self::nothing)
            }
            Work::Suite { wanted, .. } => {
                let mut runs = harness::results(scratch, side, Some("criterion"))?;
                runs.retain(|run| {
                    wanted.as_ref().is_none_or(|w| w.is_match(run.benchmark.as_str()))
                });
                runs.dedup_by(|b, a| (&a.benchmark, &a.metric) == (&b.benchmark, &b.metric));
                some(runs, Self::nothing)
            }
            Work::Shell { command, base, head, .. } => {
                match results_of(command, of(side, base, head), side) {
                    None => Ok(self.resources_of(side, ended)),
                    Some(path) => self.written(side, &path, command.format.as_deref(), ended),
                }
            }
        }
    }

    /// The results that a command wrote, if it wrote them now.
    fn written(
        &self,
        side: Side,
        path: &Path,
        format: Option<&str>,
        ended: &Ended,
    ) -> Result<Vec<Run>, Vec<Diagnostic>> {
        let started =
            SystemTime::from(ended.started).checked_sub(COARSEST).unwrap_or(SystemTime::UNIX_EPOCH);
        if !files(path).any(|file| is_newer(&file, started)) {
            let message = if path.exists() {
                "it did not write its results anew"
            } else {
                "it wrote no results"
            };
            return Err(vec![
                Diagnostic::error(Code::RunFailed, message).file(path.display().to_string()).help(
                    "`--results` names what the command writes, from the directory that it runs in",
                ),
            ]);
        }
        let mut runs = harness::results(path, side, format)?;
        // A run set holds samples; of a summary, the number that stands for it.
        for run in &mut runs {
            if let Data::Summary(summary) = &run.data
                && let Some(value) = middle(summary)
            {
                run.data = Data::Values(vec![value]);
            }
        }
        runs.dedup_by(|b, a| (&a.benchmark, &a.metric) == (&b.benchmark, &b.metric));
        some(runs, Self::nothing)
    }

    /// Wall time, CPU time and peak memory of a process.
    fn resources_of(&self, side: Side, ended: &Ended) -> Vec<Run> {
        let nanoseconds = |time: Duration| time.as_nanos() as f64;
        let numbers = [
            ("time", Unit::Nanoseconds, Some(nanoseconds(ended.wall))),
            ("cpu-time", Unit::Nanoseconds, ended.cpu.map(nanoseconds)),
            ("peak-memory", Unit::Bytes, ended.peak_memory.map(|bytes| bytes as f64)),
        ];
        let run = |(metric, unit, value): (&str, Unit, Option<f64>)| {
            Some(self.run(side, metric, unit, vec![value?]))
        };
        numbers.into_iter().filter_map(run).collect()
    }

    /// CPU and memory while a process ran, as metrics of its benchmark; nothing where it was too short to tell.
    pub(super) fn sampled(&self, side: Side, ended: &Ended) -> Vec<Run> {
        const FEWEST: usize = 3;
        if ended.samples.points.len() < FEWEST || self.benchmarks.len() != 1 {
            return Vec::new();
        }
        let series = [
            ("cpu", Unit::Percent, ended.samples.cpu()),
            ("memory", Unit::Bytes, ended.samples.memory()),
        ];
        let run = |(metric, unit, values)| Run {
            at: ended.samples.at(),
            ..self.run(side, metric, unit, values)
        };
        series.map(run).into()
    }

    fn run(&self, side: Side, metric: &str, unit: Unit, values: Vec<f64>) -> Run {
        Run {
            side,
            block: 0,
            stage: Stage::Screen,
            benchmark: BenchmarkId::new(&*self.name),
            metric: Metric::new(metric),
            unit,
            data: Data::Values(values),
            throughput: None,
            at: Vec::new(),
            link: None,
            origin: Origin { file: Arc::from(""), line: None },
        }
    }

    fn nothing() -> Diagnostic {
        Diagnostic::error(Code::RunFailed, "it left no result")
            .help("run it by hand; a benchmark that writes elsewhere than criterion's own directory cannot be read")
    }
}

/// Whether a result is that of a listed benchmark: a long name is cut where it is listed, and whole where it is measured.
pub(super) fn is(benchmark: &BenchmarkId, listed: &BenchmarkId) -> bool {
    let (id, stem) = (benchmark.as_str(), harness::stem(listed.as_str()));
    benchmark == listed
        || harness::is_cut(listed.as_str()) && id.len() > stem.len() && id.starts_with(stem)
}

fn some(runs: Vec<Run>, nothing: impl FnOnce() -> Diagnostic) -> Result<Vec<Run>, Vec<Diagnostic>> {
    if runs.is_empty() { Err(vec![nothing()]) } else { Ok(runs) }
}

/// The number that stands for a summary.
fn middle(summary: &Summary) -> Option<f64> {
    let known = [Statistic::Median, Statistic::Mean];
    known
        .into_iter()
        .find_map(|statistic| summary.get(statistic))
        .or_else(|| summary.statistics.first().map(|&(_, value)| value))
}

/// What belongs to a side.
fn of<'a>(side: Side, base: &'a Path, head: &'a Path) -> &'a Path {
    match side {
        Side::Base => base,
        Side::Head => head,
    }
}

/// Where a command that runs in `dir` writes its results, if it writes any.
fn results_of(command: &ShellCommand, dir: &Path, side: Side) -> Option<PathBuf> {
    let path = command.results.as_ref()?;
    Some(dir.join(ShellCommand::for_side(&path.to_string_lossy(), side)))
}

/// Some file systems keep the time of a file in steps of two seconds.
const COARSEST: Duration = Duration::from_secs(2);

/// Makes results that were just written look old, so that what the next run writes can be told from them.
fn age(path: &Path) {
    let now = SystemTime::now();
    let (Some(young), Some(old)) =
        (now.checked_sub(5 * COARSEST), now.checked_sub(Duration::from_secs(3600)))
    else {
        return;
    };
    for file in files(path).filter(|file| is_newer(file, young)) {
        // One that only its owner may change keeps its time, and is told by that alone.
        let _ = File::options().write(true).open(file).and_then(|file| file.set_modified(old));
    }
}

/// A file, or all files in a directory.
fn files(path: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = WalkDir::new(path).into_iter().flatten();
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
}

/// Whether a file was written since.
fn is_newer(file: &Path, since: SystemTime) -> bool {
    fs::metadata(file).and_then(|m| m.modified()).is_ok_and(|time| time >= since)
}
