//! One turn: a benchmark on both sides, and what becomes of it.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::Halt;
use super::blocks::{Driver, Place};
use super::job::Job;
use super::journal::{Line, Numbers};
use super::observe::Observer;
use super::process::{self, Ended};
use super::progress::Event;
use crate::diag::{Code, Diagnostic, Level, quoted};
use crate::model::{BenchmarkId, Side, Stage};

/// The key of what failed in `runset.json`.
pub(super) const FAILED: &str = "failed";

impl Driver<'_> {
    /// One job's turn: both sides, as far as they are not done.
    pub(super) fn turn(
        &mut self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        first: Side,
    ) -> Result<(), Halt> {
        if self.out.contains(&job.name) {
            return Ok(());
        }
        // What only one side has is run once, so that the report can name it.
        let lone = !job.is_paired();
        if lone && (place.block > 0 || place.stage == Stage::Confirm) {
            return Ok(());
        }
        let second = other(first);
        let open = |side: Side| job.has(side) && !self.is_finished(job, only, place, side);
        let (first_open, second_open) = (open(first), open(second));
        match self.cores {
            Some(cores) if first_open && second_open && !job.several_threads => {
                self.duet(job, only, place, first, cores)
            }
            _ => {
                if first_open && !self.single(job, only, place, first)? {
                    return Ok(());
                }
                if second_open {
                    let place = Place { position: place.position + 1, ..place };
                    self.single(job, only, place, second)?;
                }
                Ok(())
            }
        }
    }

    /// Whether the run set has this run already.
    fn is_finished(
        &self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        side: Side,
    ) -> bool {
        let has =
            |benchmark: &BenchmarkId| self.journal.has(place.stage, place.block, benchmark, side);
        // What an executable holds may differ between the sides, and what a command writes is not known: all lines
        // of a run are written at once, so any of them is proof.
        match only {
            Some(only) => only.iter().any(has),
            None if job.benchmarks.is_empty() => self
                .journal
                .finished()
                .iter()
                .any(|key| (key.stage, key.block, key.side) == (place.stage, place.block, side)),
            None => job.benchmarks.iter().any(has),
        }
    }

    /// Runs one side; whether it gave a result.
    fn single(
        &mut self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        side: Side,
    ) -> Result<bool, Halt> {
        self.watch.event(Event::Run { block: place.block, side: Some(side), benchmark: &job.name });
        let Some(command) = self.command(job, place, side)? else { return Ok(false) };
        let ended = process::run(&command, self.stop);
        self.keep(job, only, place, side, &command, ended, None)
    }

    /// Runs both sides at once, `first` on the first core.
    fn duet(
        &mut self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        first: Side,
        [one, two]: [usize; 2],
    ) -> Result<(), Halt> {
        self.watch.event(Event::Run { block: place.block, side: None, benchmark: &job.name });
        let (Some(mut a), Some(mut b)) =
            (self.command(job, place, first)?, self.command(job, place, other(first))?)
        else {
            return Ok(());
        };
        (a.pin, b.pin) = (Some(one), Some(two));
        match process::run_both(&a, &b, self.stop) {
            Ok((ended_a, ended_b)) => {
                // A result without its partner is no pair: both or neither.
                let fine = ended_a.status.success() && ended_b.status.success();
                if fine || !ended_a.status.success() {
                    self.keep(job, only, place, first, &a, Ok(ended_a), Some(one))?;
                }
                if !self.out.contains(&job.name) && (fine || !ended_b.status.success()) {
                    let place = Place { position: place.position + 1, ..place };
                    self.keep(job, only, place, other(first), &b, Ok(ended_b), Some(two))?;
                }
            }
            Err(failure) => {
                self.keep(job, only, place, first, &a, Err(failure), Some(one))?;
            }
        }
        Ok(())
    }

    fn command(
        &self,
        job: &Job,
        place: Place,
        side: Side,
    ) -> Result<Option<process::Command>, Halt> {
        let file = job
            .harness(side)
            .and_then(|harness| self.links.file(side, &harness.bench().file, place.block));
        job.command(side, &self.work.scratch(side), file.map(|link| link.file.as_path()))
    }

    /// Reads what a run left and appends it to the run set; whether there was anything.
    #[expect(clippy::too_many_arguments, reason = "all that is known of one run")]
    fn keep(
        &mut self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        side: Side,
        command: &process::Command,
        ended: Result<Ended, process::Failure>,
        core: Option<usize>,
    ) -> Result<bool, Halt> {
        self.ran = true;
        let ended = match ended {
            Ok(ended) => ended,
            Err(failure) if failure.is_interruption() => return Err(Halt::Interrupted),
            Err(failure) => return Ok(self.give_up(job, side, vec![failure.diagnostic()])),
        };
        if let Some(failure) = ended.failure(command) {
            // A signal to this process often reaches its children as well.
            return if self.stop.load(Ordering::Relaxed) {
                Err(Halt::Interrupted)
            } else {
                Ok(self.give_up(job, side, vec![failure]))
            };
        }
        let mut runs = match job.runs(side, &ended, &self.work.scratch(side)) {
            Ok(runs) => runs,
            Err(diagnostics) => return Ok(self.give_up(job, side, diagnostics)),
        };
        if job.is_command() || self.request.settings.resources == Some(true) {
            runs.extend(job.sampled(side, &ended));
        }
        runs.retain(|run| only.is_none_or(|only| only.contains(&run.benchmark)));
        let link = job
            .harness(side)
            .and_then(|harness| self.links.file(side, &harness.bench().file, place.block))
            .map(|link| link.seed);
        let extra = Observer::extra(&ended, link, core);
        let lines: Vec<_> = runs
            .iter()
            .filter_map(|run| {
                Some(Line {
                    side,
                    block: place.block,
                    position: place.position,
                    benchmark: run.benchmark.clone(),
                    metric: run.metric.clone(),
                    unit: run.unit,
                    numbers: Numbers::of(&run.data)?,
                    throughput: run.throughput,
                    start: ended.started,
                    end: ended.ended,
                    stage: place.stage,
                    extra: extra.clone(),
                })
            })
            .collect();
        if let Err(diagnostic) = self.journal.append_all(&lines) {
            return match diagnostic.code {
                // The disk is full, or the directory is gone: nothing more can be kept.
                Code::RunSetUnusable => Err(Halt::input(diagnostic)),
                _ => Ok(self.give_up(job, side, vec![diagnostic])),
            };
        }
        Ok(true)
    }

    /// A job failed: it is said, and the job is left out from now on.
    fn give_up(&mut self, job: &Job, side: Side, causes: Vec<Diagnostic>) -> bool {
        let on = side.name();
        let level = match side {
            // What was broken before the change is not the fault of the change.
            Side::Base => Level::Warning,
            Side::Head => Level::Error,
        };
        self.failed |= side == Side::Head;
        let first = causes.first().map(|cause| cause.message.clone()).unwrap_or_default();
        let failed = json!({ "side": side, "benchmark": job.name, "message": first });
        let noted = self.header.other.entry(FAILED.to_owned()).or_insert_with(|| json!([]));
        noted.as_array_mut().into_iter().for_each(|noted| noted.push(failed.clone()));
        for cause in causes {
            let message =
                format!("{} failed on {on} and is left out: {}", quoted(&job.name), cause.message);
            self.watch.say(&Diagnostic { level, message, ..cause });
        }
        self.out.insert(job.name.clone());
        false
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Base => Side::Head,
        Side::Head => Side::Base,
    }
}
