//! Which benchmarks both sides have, and the jobs that measure them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use super::Halt;
use super::build::Bench;
use super::harness::{self, Found, Harness, Timing};
use super::job::Job;
use super::journal::Header;
use super::process;
use super::progress::Watch;
use super::request::Request;
use super::sides::{Ready, WorkDir};
use super::suites::suites;
use super::turn;
use crate::diag::{Code, Diagnostic, Level, quoted};
use crate::model::{Mode, Side};

/// A benchmark's name, and the executable that has it.
pub(super) type Names = BTreeMap<String, Arc<Harness>>;

/// What the executables of a side say.
struct Asked {
    names: Names,
    /// Those that failed, with their last words.
    broken: Vec<(Bench, Diagnostic)>,
}

/// Everything that is to be measured, in the order of names, and whether something is missing that works on base but not
/// on head; that is said and noted in the header.
///
/// # Errors
/// There is nothing to measure.
pub(super) fn jobs(
    request: &Request,
    [base, head]: &[Ready; 2],
    work: &WorkDir,
    header: &mut Header,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<(Vec<Job>, bool), Halt> {
    let timing = Timing::of(&request.settings);
    let mut failed = false;
    let mut jobs = match &request.command {
        Some(command) => {
            vec![Job::shell(command, base.dir.clone(), head.dir.clone(), timing.limit)]
        }
        None => {
            let ask = |side: Side, benches: &[Bench], watch: &mut dyn Watch| {
                let scratch = work.scratch(side);
                harness::empty(&scratch)?;
                names(benches, timing, &request.harness, &scratch, stop, watch)
            };
            let before = ask(Side::Base, &base.benches, watch)?;
            let after = ask(Side::Head, &head.benches, watch)?;
            let alone = base.benches.len() == 1 && head.benches.len() == 1;
            let (wanted_before, wanted_after) =
                (wanted(&before.names, request)?, wanted(&after.names, request)?);
            say_broken(Side::Base, &before.broken, &wanted_after, alone, header, watch);
            failed = say_broken(Side::Head, &after.broken, &wanted_before, alone, header, watch);
            let (before, after) = (before.names, after.names);
            say_empty(&before, &after, request)?;
            say_one_sided(&before, &after, request, watch)?;
            if request.mode() == Mode::Suite {
                suites(&before, &after, request)?
            } else {
                singles(&before, &after, request)?
            }
        }
    };
    if jobs.is_empty() {
        let filtered = request.settings.filter.as_ref().is_some_and(|filter| !filter.is_empty());
        let (message, help) = if filtered {
            (
                "no benchmark matches the filter",
                "correct `--filter`; `*` stays within a part of a name, `**` crosses `/`",
            )
        } else {
            (
                "there is no benchmark to measure",
                "benchgate measures criterion benches; `--cmd` measures any command",
            )
        };
        return Err(Halt::input(Diagnostic::error(Code::NothingMeasured, message).help(help)));
    }
    if let Some(threads) = request.threads()? {
        for job in &mut jobs {
            job.several_threads = job.benchmarks.iter().any(|b| threads.is_match(b.as_str()));
        }
    }
    Ok((jobs, failed))
}

/// Says which executables of a side failed when they were asked; whether one of them has, on the other side, benchmarks
/// that are to be measured. Then it is an error on head; a target that fails on both sides may be one that takes no list.
fn say_broken(
    side: Side,
    broken: &[(Bench, Diagnostic)],
    others: &Names,
    alone: bool,
    header: &mut Header,
    watch: &mut dyn Watch,
) -> bool {
    let mut any = false;
    for (bench, cause) in broken {
        let is_same = |other: &Bench| {
            let packages = [bench.package_name(), other.package_name()];
            let same = packages.contains(&None) || bench.package_name() == other.package_name();
            alone || same && bench.target == other.target
        };
        let works = others.values().any(|other| is_same(other.bench()));
        if works {
            any = true;
            turn::note_failed(header, side, &bench.target, &cause.message);
        }
        let message = format!(
            "bench target {} failed on {} and is left out: {}",
            quoted(&bench.target),
            side.name(),
            cause.message
        );
        let level = if works && side == Side::Head { Level::Error } else { Level::Warning };
        watch.say(&Diagnostic { level, message, ..cause.clone() });
    }
    any
}

/// The names of all executables of a side.
fn names(
    benches: &[Bench],
    timing: Timing,
    extra: &[String],
    scratch: &std::path::Path,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<Asked, Halt> {
    let mut all = Names::new();
    let mut broken = Vec::new();
    for bench in benches {
        match harness::inspect(bench.clone(), timing, extra, scratch, stop)? {
            Found::Unknown(diagnostic) => watch.say(&diagnostic),
            Found::Broken(diagnostic) => broken.push((bench.clone(), diagnostic)),
            Found::Criterion(harness, names) => {
                let harness = Arc::new(*harness);
                for name in names {
                    let other = all.get(&name).map(|other| other.target().to_owned());
                    match other {
                        None => {
                            all.insert(name, Arc::clone(&harness));
                        }
                        Some(other) => watch.say(&duplicate(&name, &other, harness.target())),
                    }
                }
            }
        }
    }
    // Criterion numbers the titles of benchmarks that have one name; by that name they cannot be told apart.
    let numbered: Vec<String> = all
        .keys()
        .filter(|name| {
            name.rsplit_once(" #")
                .is_some_and(|(first, n)| n.parse::<u32>().is_ok() && all.contains_key(first))
        })
        .cloned()
        .collect();
    for name in numbered {
        let first = name.rsplit_once(" #").map_or("", |(first, _)| first);
        watch.say(&duplicate(first, "a bench", "the same"));
        all.remove(&name);
    }
    Ok(Asked { names: all, broken })
}

fn duplicate(name: &str, first: &str, second: &str) -> Diagnostic {
    let message = format!("two benchmarks are called {}; only the first is measured", quoted(name));
    Diagnostic::warning(Code::DuplicateBenchmark, message).help(format!(
        "rename one: {} and {} both have it",
        quoted(first),
        quoted(second)
    ))
}

/// The benchmarks that pass the filter.
fn wanted(names: &Names, request: &Request) -> Result<Names, Halt> {
    let filter = request.wanted()?;
    let passes = |name: &str| filter.as_ref().is_none_or(|f| f.is_match(harness::stem(name)));
    Ok(names
        .iter()
        .filter(|(name, _)| passes(name))
        .map(|(n, h)| (n.clone(), Arc::clone(h)))
        .collect())
}

/// A side without any benchmark is an error, unless it is a base that may be empty.
fn say_empty(before: &Names, after: &Names, request: &Request) -> Result<(), Halt> {
    let (side, help) = match (before.is_empty(), after.is_empty()) {
        (false, true) => {
            ("head", "benchgate measures criterion benches; `--cmd` measures any command")
        }
        (true, false) if !request.allow_empty_base => {
            ("base", "if these are the first benchmarks of the project, add `--allow-empty-base`")
        }
        _ => return Ok(()),
    };
    let message = format!("{side} has no benchmark that can be measured");
    Err(Halt::input(Diagnostic::error(Code::EmptySide, message).help(help)))
}

fn say_one_sided(
    before: &Names,
    after: &Names,
    request: &Request,
    watch: &mut dyn Watch,
) -> Result<(), Halt> {
    let (before, after) = (wanted(before, request)?, wanted(after, request)?);
    for (side, only) in [("base", missing(&before, &after)), ("head", missing(&after, &before))] {
        let Some((first, rest)) = only.split_first() else { continue };
        let what = match rest.len() {
            0 => quoted(first),
            1 => format!("{} and one more", quoted(first)),
            n => format!("{} and {n} more", quoted(first)),
        };
        let message = format!("only {side} has {what}; run once, for the report");
        let help = if side == "base" {
            "if it was renamed, measure it under both names once; a rule for `presence` says what a missing benchmark means"
        } else {
            "it will be compared as soon as base has it"
        };
        watch.say(&Diagnostic::warning(Code::OneSided, message).help(help));
    }
    Ok(())
}

fn missing(here: &Names, there: &Names) -> Vec<String> {
    here.keys().filter(|name| !there.contains_key(*name)).cloned().collect()
}

/// A job for each benchmark.
fn singles(before: &Names, after: &Names, request: &Request) -> Result<Vec<Job>, Halt> {
    let (before, after) = (wanted(before, request)?, wanted(after, request)?);
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    Ok(all
        .into_iter()
        .map(|name| match (before.get(name).cloned(), after.get(name).cloned()) {
            (Some(base), Some(head)) => {
                let [base, head] = harness::alike(base, head);
                Job::one(name, Some(base), Some(head))
            }
            (base, head) => Job::one(name, base, head),
        })
        .collect())
}

/// Whether two processes at once can be measured fairly, and the cores to do it on. `at_once` is how many can run at the
/// same time, which a quota of a container may keep below the number of cores.
///
/// # Errors
/// Why they cannot.
fn duet_cores(
    allowed: &[usize],
    at_once: usize,
    siblings: &dyn Fn(usize) -> Vec<usize>,
) -> Result<[usize; 2], Halt> {
    let refuse = |message: &str| {
        Err(Halt::usage(
            Diagnostic::error(
                Code::UnfairMeasurement,
                format!("duet mode is not possible here: {message}"),
            )
            .help("leave `--mode duet` out: `interleaved` needs one core only"),
        ))
    };
    match allowed {
        [] => refuse("this platform does not keep a process on a core"),
        [_] => refuse("benchgate may use one core only"),
        _ if at_once < 2 => refuse("a quota leaves benchgate the time of less than two cores"),
        cores => {
            // The last cores, as interrupts like the first; never two threads of one core.
            for &second in cores.iter().rev() {
                let together = siblings(second);
                let first =
                    cores.iter().rev().find(|&&core| core != second && !together.contains(&core));
                if let Some(&first) = first {
                    return Ok([first, second]);
                }
            }
            refuse(
                "all cores it may use are threads of a single one, which would slow each other down",
            )
        }
    }
}

/// The threads that share a core with one, itself included; empty where nobody knows.
fn siblings(core: usize) -> Vec<usize> {
    let file = format!("/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse::<usize>().ok()?..=last.trim().parse::<usize>().ok()?)
    };
    text.split(',').filter_map(range).flatten().collect()
}

/// The cores for a duet on this machine.
///
/// # Errors
/// Why there are none.
pub(super) fn cores() -> Result<[usize; 2], Halt> {
    // What nobody tells keeps nothing from running.
    let at_once = thread::available_parallelism().map_or(2, usize::from);
    duet_cores(&process::allowed_cores(), at_once, &siblings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duet_needs_two_cores_that_share_nothing() {
        let none = |_: usize| Vec::new();
        let pairs = |core: usize| vec![core & !1, core | 1];
        assert_eq!(duet_cores(&[0, 1], 2, &none).unwrap(), [0, 1]);
        assert_eq!(duet_cores(&[0, 1, 2, 3], 4, &pairs).unwrap(), [1, 3]);
        let why =
            |allowed: &[usize], at_once, siblings: &dyn Fn(usize) -> Vec<usize>| match duet_cores(
                allowed, at_once, siblings,
            ) {
                Err(Halt::Failed { diagnostics, .. }) => {
                    diagnostics.first().unwrap().message.clone()
                }
                other => panic!("{other:?}"),
            };
        assert!(why(&[3], 1, &none).contains("one core only"));
        assert!(why(&[], 1, &none).contains("does not keep"));
        assert!(why(&[0, 1], 2, &pairs).contains("threads of a single one"));
        assert!(why(&[0, 1], 1, &none).contains("a quota leaves"));
    }
}
