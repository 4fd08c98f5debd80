//! From a request to a run set.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Halt;
use super::blocks::Driver;
use super::journal::{Header, Journal};
use super::list;
use super::observe::Observer;
use super::progress::{Event, Watch};
use super::relink;
use super::request::{Request, Subject};
use super::sides::{self, Ready, WorkDir};
use super::turn::FAILED;
use crate::diag::{Code, Diagnostic};
use crate::model::{BenchmarkId, FEWEST_BLOCKS, Mode, ProfileName, Side, Stage};

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
    let resumed = Journal::resume(dir).map_err(|diagnostic| match diagnostic.code {
        Code::RunSetTaken => Halt::usage(diagnostic),
        _ => Halt::input(diagnostic),
    })?;
    for warning in &resumed.warnings {
        world.watch.say(warning);
    }
    if resumed.cut > 0 {
        let message = "the run in flight when measuring ended was cut off, and is measured again";
        world.watch.say(
            &Diagnostic::warning(Code::Unfinished, message)
                .file(dir.join("runs.jsonl").display().to_string())
                .help("nothing need be done: the runs before it are complete"),
        );
    }
    let request = resumed.header.other.get(REQUEST).cloned().unwrap_or(Value::Null);
    let request: Request = serde_json::from_value(request).map_err(|error| {
        let message = format!("the run set does not say how to go on: {error}");
        Halt::usage(
            Diagnostic::error(Code::Malformed, message)
                .file(dir.join("runset.json").display().to_string())
                .help("only what this version of `benchgate measure` began can be resumed; measure anew"),
        )
    })?;
    request.check()?;
    let mut header = resumed.header;
    if resumed.journal.finished().is_empty() {
        // There is nothing that what is measured now has to go with.
        for side in [&mut header.base, &mut header.head] {
            side.environment.clear();
            side.executables.clear();
        }
        header.environment.clear();
    }
    run(&request, header, resumed.journal, world)
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
    let retried = failed_before(&mut header);
    let cores = match request.mode() {
        Mode::Duet => Some(list::cores()?),
        Mode::Interleaved | Mode::Suite => None,
    };
    let work = WorkDir::take(&request.work_dir)?;
    let mut observer = Observer::start(&work, &mut header, watch);
    let ready = sides::prepare(request, &work, stop, watch)?;
    observer.sides(&ready, &mut header, stop, watch);
    header.environment_changes.extend(observer.changes.iter().cloned());
    note_executables(request, &ready, &mut header)?;
    journal.rewrite(&header).map_err(Halt::input)?;
    let (jobs, failed) = list::jobs(request, &ready, &work, &mut header, stop, watch)?;
    let links = relink::links(request, &ready, &jobs, &work, stop, watch)?;
    let mut request = Cow::Borrowed(request);
    if links.is_empty() && request.links() > 1 {
        request.to_mut().settings.relink = Some(0);
        header.plan = request.plan().into();
        journal.rewrite(&header).map_err(Halt::input)?;
    }
    let request = request.as_ref();
    watch.event(Event::Start { jobs: jobs.len(), plan: &request.plan(), seed: request.seed });
    say_few(request, watch);
    let before =
        header.measured.and_then(|s| Duration::try_from_secs_f64(s).ok()).unwrap_or_default();
    let mut driver = Driver {
        request,
        work: &work,
        journal,
        header,
        links,
        cores,
        observer,
        out: BTreeSet::new(),
        retried,
        failed,
        ran: false,
        stop,
        watch,
        before,
        start: Instant::now(),
    };
    let done = driver.stages(&jobs, flag);
    let noted = driver.note();
    let Driver { journal, failed, .. } = driver;
    let empty = journal.finished().is_empty();
    let dir = journal.finish().map_err(Halt::input)?;
    done?;
    noted?;
    if empty {
        let message = "no run gave a result";
        return Err(Halt::input(
            Diagnostic::error(Code::NothingMeasured, message)
                .help("see why each of them failed, above"),
        ));
    }
    Ok(Done { dir, failed, profile: request.profile })
}

/// The jobs that failed when the run set was written; they are tried again.
fn failed_before(header: &mut Header) -> BTreeSet<String> {
    let failed = header.other.remove(FAILED);
    let failed = failed.as_ref().and_then(Value::as_array).into_iter().flatten();
    failed.filter_map(|failed| Some(failed.get("benchmark")?.as_str()?.to_owned())).collect()
}

/// Notes what the executables are, where no commit says so, and refuses others than those that were begun with.
fn note_executables(
    request: &Request,
    [base, head]: &[Ready; 2],
    header: &mut Header,
) -> Result<(), Halt> {
    for (side, ready, known) in
        [(Side::Base, base, &mut header.base), (Side::Head, head, &mut header.head)]
    {
        if !matches!(request.subject(side), Subject::Directory(_) | Subject::Executables(_)) {
            continue;
        }
        let now = ready.benches.iter().map(|bench| content(&bench.file));
        let now = now.collect::<Result<Vec<_>, _>>()?;
        if !known.executables.is_empty() && known.executables != now {
            let message =
                format!("the bench executables of {} are not those it was begun with", side.name());
            return Err(Halt::usage(
                Diagnostic::error(Code::RunSetUnusable, message)
                    .file(ready.dir.display().to_string())
                    .help("go back to what was measured before, or measure anew"),
            ));
        }
        known.executables = now;
    }
    Ok(())
}

/// A hash of what is in a file.
fn content(file: &Path) -> Result<String, Halt> {
    let read = || {
        let mut reader = BufReader::with_capacity(1 << 16, File::open(file)?);
        let mut hasher = DefaultHasher::new();
        loop {
            let part = reader.fill_buf()?;
            if part.is_empty() {
                return Ok(format!("{:016x}", hasher.finish()));
            }
            hasher.write(part);
            let length = part.len();
            reader.consume(length);
        }
    };
    read().map_err(|error| Halt::file("read", file, &error))
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
                .help(format!("take `--blocks {FEWEST_BLOCKS}` or more to decide")),
        );
    }
    let links = request.links();
    if links > 1 && links < FEWEST_BLOCKS {
        let message =
            format!("{links} links a side give suspects at most: that cannot fail a build");
        watch.say(
            &Diagnostic::warning(Code::TooFewBlocks, message)
                .help(format!("take `--relink {FEWEST_BLOCKS}` or more to decide")),
        );
    }
}
