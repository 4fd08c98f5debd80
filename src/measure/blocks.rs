//! Block after block: the first look, and the second at what it flags.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::Halt;
use super::drive::Flag;
use super::job::Job;
use super::journal::{Header, Journal};
use super::observe::Observer;
use super::progress::{Event, Watch};
use super::relink::Links;
use super::request::Request;
use super::schedule::{self, Budget, Turn};
use super::sides::WorkDir;
use crate::diag::{Code, Diagnostic};
use crate::model::{BenchmarkId, Stage};

/// Takes the turns and keeps the results.
pub(super) struct Driver<'a> {
    pub(super) request: &'a Request,
    pub(super) work: &'a WorkDir,
    pub(super) journal: Journal,
    pub(super) header: Header,
    pub(super) links: Links,
    /// The cores of a duet, while it is fair.
    pub(super) cores: Option<[usize; 2]>,
    pub(super) observer: Observer,
    /// Jobs that failed; they are not run again.
    pub(super) out: BTreeSet<String>,
    /// Jobs that failed when the run set was written before; the second look was chosen without them.
    pub(super) retried: BTreeSet<String>,
    pub(super) failed: bool,
    /// Whether anything ran in this block; a resumed measurement passes by what is done.
    pub(super) ran: bool,
    pub(super) stop: &'a AtomicBool,
    pub(super) watch: &'a mut dyn Watch,
    /// How long was measured before this process began.
    pub(super) before: Duration,
    pub(super) start: Instant,
}

/// One place in the plan.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) stage: Stage,
    pub(super) block: u32,
    pub(super) position: u32,
}

impl Driver<'_> {
    /// The first look, and the second at what it flags.
    pub(super) fn stages(&mut self, jobs: &[Job], flag: &Flag<'_>) -> Result<(), Halt> {
        let all: Vec<(&Job, Option<BTreeSet<BenchmarkId>>)> =
            jobs.iter().map(|job| (job, None)).collect();
        let screened = self.stage(Stage::Screen, &all, 0)?;
        if !self.request.confirms() {
            return Ok(());
        }
        let flagged = self.flagged(jobs, flag)?;
        let again: Vec<(&Job, Option<BTreeSet<BenchmarkId>>)> = jobs
            .iter()
            .filter(|job| job.is_paired())
            .filter_map(|job| {
                let of_job: BTreeSet<BenchmarkId> =
                    flagged.iter().filter(|id| job.measures(id)).cloned().collect();
                (!of_job.is_empty()).then_some((job, Some(of_job)))
            })
            .collect();
        if !again.is_empty() {
            // Numbers go on, so that a block is one moment in time.
            self.stage(Stage::Confirm, &again, screened)?;
        }
        Ok(())
    }

    /// What the second look is at: chosen once, so that neither what is measured again nor other rules choose anew.
    fn flagged(&mut self, jobs: &[Job], flag: &Flag<'_>) -> Result<BTreeSet<BenchmarkId>, Halt> {
        let before = self.header.flagged.clone();
        if let Some(before) = before.as_ref().filter(|_| self.retried.is_empty()) {
            return Ok(before.clone());
        }
        let mut flagged = flag(self.journal.dir())?;
        if let Some(before) = before {
            let retried = |job: &Job| self.retried.contains(&job.name);
            flagged.retain(|id| jobs.iter().any(|job| retried(job) && job.measures(id)));
            flagged.extend(before);
        }
        self.header.flagged = Some(flagged.clone());
        self.note()?;
        Ok(flagged)
    }

    /// Takes blocks of some jobs, of each only some benchmarks if so said; returns how many blocks there were.
    fn stage(
        &mut self,
        stage: Stage,
        jobs: &[(&Job, Option<BTreeSet<BenchmarkId>>)],
        first_block: u32,
    ) -> Result<u32, Halt> {
        let budget = self.request.budget(stage);
        self.watch.event(Event::Stage { stage, blocks: budget.blocks, jobs: jobs.len() });
        let begin = Instant::now();
        // Blocks that are passed by took no time that tells how long one takes.
        let (mut done, mut taken) = (0, 0);
        loop {
            let spent = begin.elapsed();
            let next = spent.checked_div(taken).unwrap_or_default();
            let more = match self.header.complete.get(&stage) {
                // A look that is over is not made longer: what it said could be the reason to resume it.
                Some(&blocks) => done < blocks,
                None => budget.allows(done, next, self.elapsed()),
            };
            if !more {
                break;
            }
            let block = first_block + done;
            self.observer.block();
            self.ran = false;
            for (position, Turn { job, first }) in
                schedule::turns(self.request.seed, stage, block, jobs.len()).into_iter().enumerate()
            {
                let Some((job, only)) = jobs.get(job) else { continue };
                let position = u32::try_from(2 * position).unwrap_or(u32::MAX);
                self.turn(job, only.as_ref(), Place { stage, block, position }, first)?;
                self.watch.event(Event::Turn);
            }
            done += 1;
            taken += u32::from(self.ran);
            self.end_of_block(stage, block)?;
            let spent = begin.elapsed();
            let left = spent.checked_div(taken).and_then(|block| self.left(budget, done, block));
            self.watch.event(Event::Block { done, of: budget.blocks, left });
            if done == 1 && self.ran {
                self.say_tight(stage, budget, spent);
            }
        }
        // Where every benchmark failed, blocks went by without being taken.
        if jobs.iter().any(|(job, _)| !self.out.contains(&job.name)) {
            self.header.complete.insert(stage, done);
            self.note()?;
        }
        self.watch.event(Event::StageEnd);
        Ok(done)
    }

    /// How long was measured, also before this process began.
    fn elapsed(&self) -> Duration {
        self.before + self.start.elapsed()
    }

    /// Writes what is known now to the run set.
    pub(super) fn note(&mut self) -> Result<(), Halt> {
        self.header.measured = Some(self.elapsed().as_secs_f64());
        self.journal.rewrite(&self.header).map_err(Halt::input)
    }

    /// How long a stage still takes, if its blocks are all alike.
    fn left(&self, budget: Budget, done: u32, per_block: Duration) -> Option<Duration> {
        let blocks = per_block.checked_mul(budget.blocks.saturating_sub(done))?;
        Some(match budget.time {
            Some(time) if done >= budget.fewest => blocks.min(time.saturating_sub(self.elapsed())),
            Some(time) => blocks
                .min(time.saturating_sub(self.elapsed()).max(per_block * (budget.fewest - done))),
            None => blocks,
        })
    }

    /// Says where the fewest blocks that decide take longer than the budget, in two looks at the first of all blocks.
    fn say_tight(&mut self, stage: Stage, budget: Budget, block: Duration) {
        let fewest = |budget: Budget| budget.fewest.min(budget.blocks);
        let second = self.request.budget(Stage::Confirm);
        let (blocks, time, take) = if stage == Stage::Screen && self.request.confirms() {
            // How much is measured again is not known yet.
            (fewest(budget) + fewest(second), second.time, "may take up to")
        } else {
            (fewest(budget), budget.time, "take about")
        };
        let needed = block * blocks;
        let Some(time) = time.filter(|&time| self.elapsed() + needed > time + block) else {
            return;
        };
        let message = format!(
            "{blocks} blocks {take} {:.1} s, more than the budget of {:.1} s",
            needed.as_secs_f64(),
            time.as_secs_f64()
        );
        self.watch.say(&Diagnostic::warning(Code::TooFewBlocks, message).help(
            "they are taken all the same, as fewer cannot decide; raise `--budget`, or choose fewer benchmarks with `--filter`",
        ));
    }

    /// Notes what the machine did during a block, and looks whether its duets were fair.
    fn end_of_block(&mut self, stage: Stage, block: u32) -> Result<(), Halt> {
        let unfair =
            self.observer.end_of_block(stage, block, self.cores, self.ran, &mut self.header);
        if self.ran {
            self.note()?;
        }
        if let Some(reason) = unfair {
            self.cores = None;
            let message = format!("{reason}: going on one side at a time");
            self.watch.say(&Diagnostic::warning(Code::UnfairMeasurement, message).help(
                "end other programs to measure in a duet; the run set names what disturbed which block",
            ));
        }
        Ok(())
    }
}
