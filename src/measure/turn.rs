//! One turn: a benchmark on both sides, and what becomes of it.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::Halt;
use super::blocks::{Driver, Place};
use super::job::{self, Job};
use super::journal::{Header, Key, Line, Numbers};
use super::observe::Observer;
use super::process::{self, Ended};
use super::progress::Event;
use crate::diag::{Diagnostic, Level, quoted};
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
        let (mut first_open, mut second_open) = (open(first), open(second));
        let cores = self.cores.filter(|_| !lone && !job.several_threads);
        // Both sides of a duet are one moment, and those of a block one environment: what is there of a turn that was cut
        // short is no half of either.
        if (first_open || second_open) && (cores.is_some() || !self.observer.changes.is_empty()) {
            let (stage, block) = (place.stage, place.block);
            let rest = |key: &Key| {
                (key.stage, key.block) == (stage, block) && job.measures(&key.benchmark)
            };
            if self.journal.block(stage, block).any(rest) {
                self.journal.forget(&rest).map_err(Halt::input)?;
                (first_open, second_open) = (job.has(first), job.has(second));
            }
        }
        if let Some(cores) = cores.filter(|_| first_open && second_open) {
            return self.duet(job, only, place, first, cores);
        }
        if first_open && !self.single(job, only, place, first)? {
            return Ok(());
        }
        if second_open {
            let place = Place { position: place.position + 1, ..place };
            self.single(job, only, place, second)?;
        }
        Ok(())
    }

    /// Whether the run set has all that this run gives.
    fn is_finished(
        &self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        side: Side,
    ) -> bool {
        let keys = self.journal.block(place.stage, place.block);
        let done: Vec<&BenchmarkId> =
            keys.filter(|key| key.side == side).map(|key| &key.benchmark).collect();
        let listed = job.benchmarks_of(side);
        if listed.is_empty() {
            // What a command writes is not known before.
            return done.iter().any(|id| only.is_none_or(|only| only.contains(*id)));
        }
        let wanted = |listed: &&BenchmarkId| {
            only.is_none_or(|only| only.iter().any(|id| job::is(id, listed)))
        };
        listed.iter().filter(wanted).all(|listed| done.iter().any(|id| job::is(id, listed)))
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
        let Some(lines) = self.lines(job, only, place, side, &command, ended, None)? else {
            return Ok(false);
        };
        self.journal.append(&lines).map_err(Halt::input)?;
        Ok(true)
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
        let (ended_a, ended_b) = match process::run_both(&a, &b, self.stop) {
            Ok(ended) => ended,
            Err(failure) => {
                self.lines(job, only, place, first, &a, Err(failure), Some(one))?;
                return Ok(());
            }
        };
        let fine = ended_a.status.success() && ended_b.status.success();
        let next = Place { position: place.position + 1, ..place };
        let mut pair = Vec::new();
        for (side, place, command, ended, core) in
            [(first, place, a, ended_a, one), (other(first), next, b, ended_b, two)]
        {
            // What ran beside a failure is not looked at.
            if !fine && ended.status.success() {
                continue;
            }
            match self.lines(job, only, place, side, &command, Ok(ended), Some(core))? {
                Some(lines) => pair.extend(lines),
                None => return Ok(()),
            }
        }
        // A result without its partner is no pair: both or neither.
        self.journal.append(&pair).map_err(Halt::input)
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

    /// Reads what a run left, as lines that the run set does not have yet; `None` if there is nothing that it can hold.
    #[expect(clippy::too_many_arguments, reason = "all that is known of one run")]
    fn lines(
        &mut self,
        job: &Job,
        only: Option<&BTreeSet<BenchmarkId>>,
        place: Place,
        side: Side,
        command: &process::Command,
        ended: Result<Ended, process::Failure>,
        core: Option<usize>,
    ) -> Result<Option<Vec<Line>>, Halt> {
        self.ran = true;
        let ended = match ended {
            Ok(ended) => ended,
            Err(failure) if failure.is_interruption() => return Err(Halt::Interrupted),
            Err(failure) => {
                self.give_up(job, side, vec![failure.diagnostic()]);
                return Ok(None);
            }
        };
        if let Some(failure) = ended.failure(command) {
            // A signal to this process often reaches its children as well.
            if self.stop.load(Ordering::Relaxed) {
                return Err(Halt::Interrupted);
            }
            self.give_up(job, side, vec![failure]);
            return Ok(None);
        }
        let mut runs = match job.runs(side, &ended, &self.work.scratch(side)) {
            Ok(runs) => runs,
            Err(diagnostics) => {
                self.give_up(job, side, diagnostics);
                return Ok(None);
            }
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
        let mut lines: Vec<_> = runs
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
                    at: run.at.clone(),
                    throughput: run.throughput,
                    start: ended.started,
                    end: ended.ended,
                    stage: place.stage,
                    extra: extra.clone(),
                })
            })
            .collect();
        // A part of them may be there, if benchgate was killed while they were written.
        lines.retain(|line| !self.journal.is_finished(&line.key()));
        if let Err(diagnostic) = self.journal.check(&lines) {
            self.give_up(job, side, vec![diagnostic]);
            return Ok(None);
        }
        Ok(Some(lines))
    }

    /// A job failed: it is said, and the job is left out from now on.
    fn give_up(&mut self, job: &Job, side: Side, causes: Vec<Diagnostic>) {
        let on = side.name();
        let level = match side {
            // What was broken before the change is not the fault of the change.
            Side::Base => Level::Warning,
            Side::Head => Level::Error,
        };
        self.failed |= side == Side::Head;
        let first = causes.first().map(|cause| cause.message.clone()).unwrap_or_default();
        note_failed(&mut self.header, side, &job.name, &first);
        for cause in causes {
            let message =
                format!("{} failed on {on} and is left out: {}", quoted(&job.name), cause.message);
            self.watch.say(&Diagnostic { level, message, ..cause });
        }
        self.out.insert(job.name.clone());
    }
}

/// Notes in the run set what failed, so that whoever compares knows why it is missing.
pub(super) fn note_failed(header: &mut Header, side: Side, name: &str, message: &str) {
    let failed = json!({ "side": side, "benchmark": name, "message": message });
    let noted = header.other.entry(FAILED.to_owned()).or_insert_with(|| json!([]));
    noted.as_array_mut().into_iter().for_each(|noted| noted.push(failed.clone()));
}

fn other(side: Side) -> Side {
    match side {
        Side::Base => Side::Head,
        Side::Head => Side::Base,
    }
}
