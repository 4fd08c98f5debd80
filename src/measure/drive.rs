//! From a request to a run set.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Halt;
use super::job::Job;
use super::journal::{Header, Journal};
use super::list;
use super::observe::Observer;
use super::process::{self, Ended};
use super::progress::{Event, Watch};
use super::relink::{self, Links};
use super::request::{Request, Subject};
use super::schedule::{self, Budget, FEWEST_BLOCKS, Turn};
use super::sides::{self, WorkDir};
use crate::diag::{Code, Diagnostic, ExitCode, Level, quoted};
use crate::model::{BenchmarkId, Mode, ProfileName, Side, Stage};

/// The key of the request in `runset.json`.
const REQUEST: &str = "request";

/// What measuring needs of the world.
pub struct World<'a> {
    /// Turns true when measuring is to end.
    pub stop: &'a AtomicBool,
    /// Is told what happens.
    pub watch: &'a mut dyn Watch,
    /// The benchmarks of a run set that are to be measured again, by the rules of whoever decides.
    pub flag: &'a Flag<'a>,
}

/// Which benchmarks of the first look in this run set look worse.
pub(super) type Flag<'a> = dyn Fn(&Path) -> Result<BTreeSet<BenchmarkId>, Halt> + 'a;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The run set.
    pub dir: PathBuf,
    /// Whether a run failed on head, so that the run set lacks what should be in it.
    pub failed: bool,
    /// The profile by which it was measured.
    pub profile: ProfileName,
}

/// Measures, and writes a new run set to `dir`.
///
/// # Errors
/// Why nothing, or not everything, was measured; what is in the run set stays valid.
pub fn start(mut request: Request, dir: &Path, world: World<'_>) -> Result<Done, Halt> {
    request.check()?;
    sides::resolve(&mut request, world.stop)?;
    let header = header(&request);
    // Before anything is built: a directory that cannot be written is better known now.
    let journal = Journal::create(dir, &header).map_err(Halt::usage)?;
    run(&request, header, journal, world)
}

/// Goes on with the run set in `dir`.
///
/// # Errors
/// As [`start`]; or the run set was not written by `benchgate measure`.
pub fn resume(dir: &Path, world: World<'_>) -> Result<Done, Halt> {
    let resumed = Journal::resume(dir).map_err(Halt::usage)?;
    for warning in &resumed.warnings {
        world.watch.say(warning);
    }
    if resumed.cut > 0 {
        let message = "the run in flight when measuring ended was cut off, and is measured again";
        world.watch.say(
            &Diagnostic::warning(Code::Unfinished, message)
                .file(dir.join("runs.jsonl").display().to_string())
                .help("Nothing need be done: the runs before it are complete."),
        );
    }
    let request = resumed.header.other.get(REQUEST).cloned().unwrap_or(Value::Null);
    let request: Request = serde_json::from_value(request).map_err(|error| {
        let message = format!("the run set does not say how to go on: {error}");
        Halt::usage(
            Diagnostic::error(Code::Malformed, message)
                .file(dir.join("runset.json").display().to_string())
                .help("Only what this version of `benchgate measure` began can be resumed; measure anew."),
        )
    })?;
    request.check()?;
    run(&request, resumed.header, resumed.journal, world)
}

fn header(request: &Request) -> Header {
    let side = |side| sides::header(request.subject(side));
    let mut header = Header::new(side(Side::Base), side(Side::Head));
    header.plan = request.plan().into();
    header.command = match &request.command {
        Some(command) => command.line.clone().into(),
        None if matches!(request.head, Subject::Executables(_)) => Value::Null,
        None => {
            let words =
                ["cargo", "bench"].into_iter().map(str::to_owned).chain(request.cargo.clone());
            words.collect::<Vec<_>>().join(" ").into()
        }
    };
    header.blocks = Some(request.budget(Stage::Screen).blocks)
        .filter(|_| request.budget(Stage::Screen).time.is_none());
    header.other.insert("seed".into(), request.seed.into());
    if let Ok(request) = serde_json::to_value(request) {
        header.other.insert(REQUEST.into(), request);
    }
    header
}

fn run(
    request: &Request,
    mut header: Header,
    journal: Journal,
    world: World<'_>,
) -> Result<Done, Halt> {
    let World { stop, watch, flag } = world;
    let cores = match request.mode() {
        Mode::Duet => Some(list::cores()?),
        Mode::Interleaved | Mode::Suite => None,
    };
    let work = WorkDir::take(&request.work_dir)?;
    let observer = Observer::start(&work, &mut header, watch);
    let ready = sides::prepare(request, &work, stop, watch)?;
    Observer::sides(&ready, &mut header, stop, watch);
    journal.rewrite(&header).map_err(Halt::input)?;
    let jobs = list::jobs(request, &ready, &work, stop, watch)?;
    let links = relink::links(request, &ready, &jobs, &work, stop, watch)?;
    watch.event(Event::Start { jobs: jobs.len(), plan: &request.plan(), seed: request.seed });
    say_few(request, watch);
    let mut driver = Driver {
        request,
        work: &work,
        journal,
        header,
        links,
        cores,
        observer,
        out: BTreeSet::new(),
        failed: false,
        stop,
        watch,
        start: Instant::now(),
    };
    let done = driver.stages(&jobs, flag);
    let Driver { journal, failed, .. } = driver;
    let empty = journal.finished().is_empty();
    let dir = journal.finish().map_err(Halt::input)?;
    done?;
    if empty {
        let message = "no run gave a result";
        return Err(Halt::input(
            Diagnostic::error(Code::NothingMeasured, message)
                .help("See why each of them failed, above."),
        ));
    }
    Ok(Done { dir, failed, profile: request.profile })
}

/// Says what the plan cannot give.
fn say_few(request: &Request, watch: &mut dyn Watch) {
    let stage = if request.confirms() { Stage::Confirm } else { Stage::Screen };
    let blocks = request.budget(stage).blocks;
    // The quick profile is to be like this.
    if blocks < FEWEST_BLOCKS && request.profile == ProfileName::Full {
        let what =
            if blocks == 1 { "one block gives".into() } else { format!("{blocks} blocks give") };
        let message = format!("{what} suspects at most: that cannot fail a build");
        watch.say(
            &Diagnostic::warning(Code::TooFewBlocks, message)
                .help(format!("Take `--blocks {FEWEST_BLOCKS}` or more to decide.")),
        );
    }
    let links = request.links();
    if links > 1 && links < FEWEST_BLOCKS {
        let message =
            format!("{links} links a side give suspects at most: that cannot fail a build");
        watch.say(
            &Diagnostic::warning(Code::TooFewBlocks, message)
                .help(format!("Take `--relink {FEWEST_BLOCKS}` or more to decide.")),
        );
    }
}

/// Takes the turns and keeps the results.
struct Driver<'a> {
    request: &'a Request,
    work: &'a WorkDir,
    journal: Journal,
    header: Header,
    links: Links,
    /// The cores of a duet, while it is fair.
    cores: Option<[usize; 2]>,
    observer: Observer,
    /// Jobs that failed; they are not run again.
    out: BTreeSet<String>,
    failed: bool,
    stop: &'a AtomicBool,
    watch: &'a mut dyn Watch,
    start: Instant,
}

/// One place in the plan.
#[derive(Clone, Copy)]
struct Place {
    stage: Stage,
    block: u32,
    position: u32,
}

impl Driver<'_> {
    /// The first look, and the second at what it flags.
    fn stages(&mut self, jobs: &[Job], flag: &Flag<'_>) -> Result<(), Halt> {
        let all: Vec<(&Job, Option<BTreeSet<BenchmarkId>>)> =
            jobs.iter().map(|job| (job, None)).collect();
        let screened = self.stage(Stage::Screen, &all, 0)?;
        if !self.request.confirms() {
            return Ok(());
        }
        let flagged = flag(self.journal.dir())?;
        let again: Vec<(&Job, Option<BTreeSet<BenchmarkId>>)> = jobs
            .iter()
            .filter(|job| job.is_paired())
            .filter_map(|job| {
                let of_job: BTreeSet<BenchmarkId> = if job.benchmarks.is_empty() {
                    flagged.clone()
                } else {
                    job.benchmarks.intersection(&flagged).cloned().collect()
                };
                (!of_job.is_empty()).then_some((job, Some(of_job)))
            })
            .collect();
        if !again.is_empty() {
            // Numbers go on, so that a block is one moment in time.
            self.stage(Stage::Confirm, &again, screened)?;
        }
        Ok(())
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
        let mut done = 0;
        let mut said = false;
        while budget.allows(done, begin.elapsed(), self.start.elapsed()) {
            let block = first_block + done;
            self.observer.block();
            for (position, Turn { job, first }) in
                schedule::turns(self.request.seed, stage, block, jobs.len()).into_iter().enumerate()
            {
                let Some((job, only)) = jobs.get(job) else { continue };
                let position = u32::try_from(2 * position).unwrap_or(u32::MAX);
                self.turn(job, only.as_ref(), Place { stage, block, position }, first)?;
                self.watch.event(Event::Turn);
            }
            done += 1;
            self.end_of_block(stage, block)?;
            let spent = begin.elapsed();
            let left = self.left(budget, done, spent);
            self.watch.event(Event::Block { done, of: budget.blocks, left });
            if !said && done == 1 {
                said = true;
                self.say_tight(budget, spent);
            }
        }
        self.watch.event(Event::StageEnd);
        Ok(done)
    }

    /// How long a stage still takes, if its blocks are all alike.
    fn left(&self, budget: Budget, done: u32, spent: Duration) -> Option<Duration> {
        let per_block = spent.checked_div(done)?;
        let blocks = per_block.checked_mul(budget.blocks.saturating_sub(done))?;
        Some(match budget.time {
            Some(time) if done >= budget.fewest => {
                blocks.min(time.saturating_sub(self.start.elapsed()))
            }
            Some(time) => blocks.min(
                time.saturating_sub(self.start.elapsed()).max(per_block * (budget.fewest - done)),
            ),
            None => blocks,
        })
    }

    /// Says where the fewest blocks that decide take longer than the budget.
    fn say_tight(&mut self, budget: Budget, block: Duration) {
        let needed = block * budget.fewest.min(budget.blocks);
        let Some(time) = budget.time.filter(|&time| self.start.elapsed() + needed > time + block)
        else {
            return;
        };
        let message = format!(
            "{} blocks take about {} s, more than the budget of {} s",
            budget.fewest.min(budget.blocks),
            needed.as_secs(),
            time.as_secs()
        );
        self.watch.say(&Diagnostic::warning(Code::TooFewBlocks, message).help(
            "They are taken all the same, as fewer cannot decide; raise `--budget`, or choose fewer benchmarks with `--filter`.",
        ));
    }

    /// One job's turn: both sides, as far as they are not done.
    fn turn(
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
                Some(super::journal::Line {
                    side,
                    block: place.block,
                    position: place.position,
                    benchmark: run.benchmark.clone(),
                    metric: run.metric.clone(),
                    unit: run.unit,
                    numbers: super::journal::Numbers::of(&run.data)?,
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
        for cause in causes {
            let message =
                format!("{} failed on {on} and is left out: {}", quoted(&job.name), cause.message);
            self.watch.say(&Diagnostic { level, message, ..cause });
        }
        self.out.insert(job.name.clone());
        false
    }

    /// Notes what the machine did during a block, and looks whether its duets were fair.
    fn end_of_block(&mut self, stage: Stage, block: u32) -> Result<(), Halt> {
        let unfair = self.observer.end_of_block(stage, block, self.cores, &mut self.header);
        self.journal.rewrite(&self.header).map_err(Halt::input)?;
        if let Some(reason) = unfair {
            self.cores = None;
            let message = format!("{reason}: going on one side at a time");
            self.watch.say(&Diagnostic::warning(Code::UnfairMeasurement, message).help(
                "End other programs to measure in a duet; the run set names what disturbed which block.",
            ));
        }
        Ok(())
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Base => Side::Head,
        Side::Head => Side::Base,
    }
}

impl Halt {
    /// The exit code that it ends with.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        match self {
            Self::Interrupted => ExitCode::Interrupted,
            Self::Failed { exit, .. } => *exit,
        }
    }
}
