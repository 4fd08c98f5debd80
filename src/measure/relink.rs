//! Linking each side several times, each time with its functions in another order.
//!
//! Two executables are one draw of code layout each, which alone can move a short benchmark by 10 %. Blocks that
//! take turns through links turn that bias into noise, which the decision sees.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Timestamp;

use super::Halt;
use super::build::{self, Bench, Tree};
use super::job::Job;
use super::link_line::LinkLine;
use super::process::{self, Command};
use super::progress::{Event, Watch};
use super::request::Request;
use super::schedule;
use super::sides::{Ready, WorkDir};
use crate::diag::{Code, Diagnostic, Level};
use crate::model::Side;

/// How long one link may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// An executable with its functions in the order of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The executable.
    pub(super) file: PathBuf,
    /// The seed.
    pub(super) seed: u64,
}

/// The links of every executable.
#[derive(Clone, Debug, Default)]
pub(super) struct Links {
    links: BTreeMap<(Side, PathBuf), Vec<Link>>,
}

impl Links {
    /// Whether there are none but cargo's own.
    pub(super) fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The link of an executable that a block takes; `None` where there is only cargo's own.
    pub(super) fn file(&self, side: Side, file: &Path, block: u32) -> Option<&Link> {
        let links = self.links.get(&(side, file.to_owned()))?;
        links.get((block as usize).checked_rem(links.len())?)
    }
}

/// Links every executable that a job needs as often as the request says. Where the platform cannot do that, it is said
/// and there are no links.
///
/// # Errors
/// Measuring was interrupted.
pub(super) fn links(
    request: &Request,
    ready: &[Ready; 2],
    jobs: &[Job],
    work: &WorkDir,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<Links, Halt> {
    if request.links() < 2 {
        return Ok(Links::default());
    }
    match try_links(request, ready, jobs, work, stop, watch) {
        Err(Halt::Failed { diagnostics, .. }) => {
            for diagnostic in diagnostics {
                watch.say(&Diagnostic { level: Level::Warning, ..diagnostic });
            }
            Ok(Links::default())
        }
        other => other,
    }
}

fn try_links(
    request: &Request,
    ready: &[Ready; 2],
    jobs: &[Job],
    work: &WorkDir,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<Links, Halt> {
    let mut all = Links::default();
    let count = request.links();
    // Cargo repeats no output of the compiler, so it must not find the crate built already. The same on both sides, as
    // names of symbols come from it.
    let anew = Timestamp::now().as_nanosecond();
    if !cfg!(target_os = "linux") {
        return Err(impossible(
            "only the linker that Rust uses on Linux can order functions by a seed",
        ));
    }
    for (side, ready) in [Side::Base, Side::Head].into_iter().zip(ready) {
        let Some(tree) = &ready.tree else { continue };
        let dir = work.links(side);
        super::harness::empty(&dir)?;
        let mut benches: Vec<&Bench> = jobs
            .iter()
            .filter_map(|job| job.harness(side))
            .map(|harness| harness.bench())
            .collect();
        benches.sort_by(|a, b| a.file.cmp(&b.file));
        benches.dedup_by(|a, b| a.file == b.file);
        for (index, bench) in benches.into_iter().enumerate() {
            watch.event(Event::Step(&format!(
                "{}: linking {} {count} times",
                side.name(),
                crate::diag::visible(&bench.target)
            )));
            let linker = LinkCommand::of(tree, bench, &request.cargo, anew, stop)?;
            let mut made = Vec::new();
            for link in 0..count {
                let seed = schedule::link_seed(request.seed, link);
                // Targets of two packages may have one name.
                let file = dir.join(format!("{index:03}-{link:03}"));
                linker.link(seed, &file, stop)?;
                made.push(Link { file, seed });
            }
            all.links.insert((side, bench.file.clone()), made);
        }
    }
    Ok(all)
}

fn impossible(why: &str) -> Halt {
    Halt::usage(
        Diagnostic::error(
            Code::UnfairMeasurement,
            format!("code layout is not sampled: {why}"),
        )
        .help("unrelated code can move a small benchmark by itself; `--relink 0` says this is fine"),
    )
}

/// How a bench executable is linked: only this step is repeated, on the object files of one build.
struct LinkCommand {
    line: LinkLine,
    /// Where the compiler would run it: paths in it may be relative.
    dir: PathBuf,
    /// What the compiler would have removed behind itself.
    temporary: Option<PathBuf>,
    /// The executable, which nobody needs.
    output: Option<PathBuf>,
}

impl LinkCommand {
    /// Builds the bench crate once more, so that the compiler tells how it links and keeps what it links.
    fn of(
        tree: &Tree,
        bench: &Bench,
        arguments: &[String],
        anew: i128,
        stop: &AtomicBool,
    ) -> Result<Self, Halt> {
        let mut command = build::cargo(tree, "rustc")
            .args(["--message-format=json-render-diagnostics", "--bench", &bench.target])
            .args(shared(arguments));
        if !arguments.iter().any(|a| a == "--profile" || a.starts_with("--profile=")) {
            command = command.args(["--profile", "bench"]);
        }
        if let Some(package) = &bench.package {
            command = command.args(["--package", package]);
        }
        let anew = format!("--cfg=benchgate_link=\"{anew}\"");
        let command = command.args(["--", "-C", "save-temps=yes", "--print", "link-args", &anew]);
        let text = build::run(tree, &command, stop)?;
        let line = text
            .lines()
            .filter_map(LinkLine::parse)
            .find(|line| line.output().is_some())
            .ok_or_else(|| impossible("the compiler does not tell how it links"))?;
        let is_temporary = |dir: &Path| {
            let name = dir.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("rustc") && dir.starts_with(&tree.target)
        };
        let temporary = line
            .arguments
            .iter()
            .filter_map(|argument| Path::new(argument).parent())
            .find(|dir| is_temporary(dir))
            .map(Path::to_owned);
        let output = line.output().map(PathBuf::from).filter(|file| file.starts_with(&tree.target));
        let dir = build::workspace(tree, bench, stop)?;
        Ok(Self { line, dir, temporary, output })
    }

    /// Links with the functions in the order of a seed.
    fn link(&self, seed: u64, file: &Path, stop: &AtomicBool) -> Result<(), Halt> {
        // As lld and mold have it.
        let orders = [
            format!("-Wl,--shuffle-sections=.text*={seed}"),
            format!("-Wl,--shuffle-sections={seed}"),
        ];
        let mut said = String::new();
        for order in orders {
            let command = self.line.command(file, &order);
            let command = Command { dir: Some(self.dir.clone()), limit: Some(PATIENCE), ..command };
            let ended = process::run(&command, stop)?;
            if ended.status.success() {
                return Ok(());
            }
            if said.is_empty() {
                said = ended.stderr.shown(5);
            }
        }
        Err(Halt::usage(
            Diagnostic::error(Code::UnfairMeasurement, "code layout is not sampled: the linker cannot order functions by a seed")
                .help(format!(
                    "lld and mold can: choose one with `-C link-arg=-fuse-ld=lld` in RUSTFLAGS, or say that this is fine with `--relink 0`. The linker said:\n{}",
                    said.trim_end()
                )),
        ))
    }
}

impl Drop for LinkCommand {
    fn drop(&mut self) {
        // They lie among build files, which are anybody's to remove.
        let _ = self.temporary.as_ref().map(fs::remove_dir_all);
        self.output.as_deref().into_iter().flat_map(traces).for_each(|path| {
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        });
    }
}

/// What a build of `PROFILE/deps/NAME-HASH` leaves: the object files beside it, and what cargo notes of it.
fn traces(output: &Path) -> Vec<PathBuf> {
    let (Some(deps), Some(name)) = (output.parent(), output.file_name().and_then(|n| n.to_str()))
    else {
        return Vec::new();
    };
    let Some((_, hash)) = name.rsplit_once('-').filter(|(_, hash)| hash.len() == 16) else {
        return vec![output.to_owned()];
    };
    let below = |dir: &Path, is_trace: &dyn Fn(&str) -> bool| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let of_it = entries.filter(|entry| entry.file_name().to_str().is_some_and(is_trace));
        of_it.map(|entry| entry.path()).collect()
    };
    let mut all = below(deps, &|file| {
        file.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    // The compiler's own directory for metadata, with a random end.
    let is_metadata = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_dir() && name.strip_prefix("rmeta").is_some_and(|rest| rest.len() == 6)
    };
    all.extend(below(deps, &|_| true).into_iter().filter(is_metadata));
    let noted = deps.with_file_name(".fingerprint");
    all.extend(below(&noted, &|dir| dir.rsplit_once('-').is_some_and(|(_, of)| of == hash)));
    all
}

/// Arguments of `cargo bench` that `cargo rustc` takes as well: all but those that choose packages and targets.
fn shared(arguments: &[String]) -> Vec<String> {
    const FLAGS: &[&str] = &[
        "--benches",
        "--bins",
        "--lib",
        "--tests",
        "--examples",
        "--all-targets",
        "--workspace",
        "--all",
        "--no-fail-fast",
    ];
    const WITH_VALUE: &[&str] =
        &["--bench", "--bin", "--test", "--example", "-p", "--package", "--exclude"];
    let mut kept = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        if FLAGS.contains(&name) {
            continue;
        }
        if WITH_VALUE.contains(&name) {
            if !argument.contains('=') {
                arguments.next();
            }
            continue;
        }
        kept.push(argument.clone());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chooses_targets_is_left_to_each_link() {
        let arguments =
            "--features a,b --bench x --bench=y -p core --workspace --profile fast -F c";
        let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
        assert_eq!(shared(&arguments).join(" "), "--features a,b --profile fast -F c");
    }

    #[test]
    fn what_a_build_leaves_is_found_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let (ours, other) = ("0123456789abcdef", "fedcba9876543210");
        fs::create_dir_all(path(&format!(".fingerprint/work-{ours}"))).unwrap();
        fs::create_dir_all(path(&format!(".fingerprint/work-{other}"))).unwrap();
        fs::create_dir_all(path("deps/rmetaP0AYyG")).unwrap();
        for file in [
            format!("work-{ours}"),
            format!("work-{ours}.d"),
            format!("work-{ours}.work.1-cgu.0.rcgu.o"),
            format!("work-{other}"),
            format!("work-{other}.d"),
            format!("libwork-{ours}.rlib"),
        ] {
            fs::write(path("deps").join(file), "").unwrap();
        }
        let below = |path: PathBuf| path.strip_prefix(dir.path()).unwrap().display().to_string();
        let mut found: Vec<String> =
            traces(&path(&format!("deps/work-{ours}"))).into_iter().map(below).collect();
        found.sort();
        assert_eq!(
            found,
            [
                format!(".fingerprint/work-{ours}"),
                "deps/rmetaP0AYyG".to_owned(),
                format!("deps/work-{ours}"),
                format!("deps/work-{ours}.d"),
                format!("deps/work-{ours}.work.1-cgu.0.rcgu.o"),
            ]
        );
        assert_eq!(traces(Path::new("/nowhere/deps/work")), [PathBuf::from("/nowhere/deps/work")]);
    }

    #[test]
    fn blocks_take_turns_through_the_links() {
        let link = |n: u64| Link { file: format!("l{n}").into(), seed: n };
        let key = (Side::Head, PathBuf::from("exe"));
        let links = Links { links: BTreeMap::from([(key, vec![link(0), link(1), link(2)])]) };
        let seed = |block| links.file(Side::Head, Path::new("exe"), block).map(|link| link.seed);
        assert_eq!([0, 1, 2, 3, 7].map(seed), [0, 1, 2, 0, 1].map(Some));
        assert_eq!(links.file(Side::Base, Path::new("exe"), 0), None);
    }
}
