//! Criterion executables: which benchmarks they hold, and how to run one of them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Halt;
use super::build::Bench;
use super::process::{self, Command, Output};
use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::ingest::{self, Options, Source};
use crate::model::{Profile, Run, Side, Timespan};

/// How long an executable may take to say what it holds.
const PATIENCE: Duration = Duration::from_secs(120);

/// How much of a list is read.
const LONGEST_LIST: usize = 16 * 1024 * 1024;

/// Criterion cuts names that are longer than this where it lists them, and adds dots.
const LONGEST_TITLE: usize = 100;

/// How an executable is told to run one benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Select {
    /// `--exact NAME`, since criterion 0.5.
    Exact,
    /// A regular expression, since criterion 0.3.3.
    Pattern,
    /// Whatever contains the name.
    Contained,
}

/// A criterion executable that was asked what it holds.
#[derive(Clone, Debug)]
pub(super) struct Harness {
    bench: Bench,
    select: Select,
    /// Criterion up to 0.3 takes whole seconds only.
    whole_seconds: bool,
    timing: Timing,
    extra: Vec<String>,
}

/// How long a run takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Timing {
    /// Samples a run.
    pub(super) samples: u32,
    /// Before the first sample, in seconds.
    pub(super) warm_up: f64,
    /// For all samples, in seconds.
    pub(super) measurement: f64,
    /// When a run is stopped.
    pub(super) limit: Option<Duration>,
}

impl Timing {
    /// The timing of a profile.
    pub(super) fn of(profile: &Profile) -> Self {
        let seconds =
            |span: Option<Timespan>, default: f64| span.map_or(default, Timespan::as_secs_f64);
        Self {
            samples: profile.samples.unwrap_or(15).max(10),
            warm_up: seconds(profile.warm_up, 0.1),
            measurement: seconds(profile.measurement, 0.25),
            limit: profile.limit.map(Timespan::as_duration),
        }
    }

    fn arguments(&self, whole_seconds: bool) -> Vec<String> {
        let seconds = |s: f64| {
            if whole_seconds { format!("{:.0}", s.ceil().max(1.0)) } else { s.to_string() }
        };
        [
            "--noplot",
            // Criterion resamples for estimates that nobody reads here.
            "--nresamples",
            "1000",
            "--sample-size",
            &self.samples.to_string(),
            "--warm-up-time",
            &seconds(self.warm_up),
            "--measurement-time",
            &seconds(self.measurement),
        ]
        .map(str::to_owned)
        .into()
    }
}

/// What an executable turned out to be.
#[derive(Debug)]
pub(super) enum Found {
    /// Criterion, with the names of its benchmarks.
    Criterion(Box<Harness>, BTreeSet<String>),
    /// Something that cannot be asked for one benchmark, and why.
    Unknown(Diagnostic),
    /// It failed when it was asked, with its last words.
    Broken(Diagnostic),
}

/// Asks an executable what it holds and how it takes orders. `scratch` is where it may leave files.
///
/// # Errors
/// It was interrupted, or does not run at all.
pub(super) fn inspect(
    bench: Bench,
    timing: Timing,
    extra: &[String],
    scratch: &Path,
    stop: &AtomicBool,
) -> Result<Found, Halt> {
    let mut harness = Harness {
        bench,
        select: Select::Exact,
        whole_seconds: false,
        timing,
        extra: extra.to_vec(),
    };
    let list = harness.command(["--list".to_owned()], scratch, true);
    let ended = match process::run(&list, stop) {
        Ok(ended) => ended,
        Err(process::Failure::TimedOut { .. }) => {
            return Ok(Found::Unknown(harness.unknown("it does not end when asked for its list")));
        }
        Err(failure) => return Err(failure.into()),
    };
    if let Some(failure) = ended.failure(&list) {
        return Ok(Found::Broken(failure));
    }
    let names = listed(&ended.stdout.text());
    let Some(name) = names.first() else {
        return Ok(Found::Unknown(harness.unknown("it lists no benchmark")));
    };
    let name = names.iter().find(|other| !is_cut(other)).unwrap_or(name).clone();
    let syntaxes = [
        (Select::Exact, false),
        (Select::Pattern, false),
        (Select::Pattern, true),
        (Select::Contained, true),
    ];
    for (select, whole_seconds) in syntaxes {
        (harness.select, harness.whole_seconds) = (select, whole_seconds);
        let mut arguments = vec!["--list".to_owned()];
        arguments.extend(harness.one(&name));
        let ended = process::run(&harness.command(arguments, scratch, true), stop)?;
        let found = listed(&ended.stdout.text());
        let only = found
            .iter()
            .all(|found| *found == name || found.starts_with(&name) && found.contains(" #"));
        if ended.status.success() && found.contains(&name) && (only || select == Select::Contained)
        {
            return Ok(Found::Criterion(Box::new(harness), names.into_iter().collect()));
        }
    }
    Ok(Found::Unknown(
        harness.unknown("it does not take the options of criterion that run one benchmark alone"),
    ))
}

/// The executables of both sides, told what to do in the same way as far as they understand it: the side that measures
/// longer, or has longer arguments, measures something else.
pub(super) fn alike(mut base: Arc<Harness>, mut head: Arc<Harness>) -> [Arc<Harness>; 2] {
    let whole_seconds = base.whole_seconds || head.whole_seconds;
    let pattern = matches!(
        (base.select, head.select),
        (Select::Exact, Select::Pattern) | (Select::Pattern, Select::Exact)
    );
    for harness in [&mut base, &mut head] {
        let select = if pattern { Select::Pattern } else { harness.select };
        if (harness.whole_seconds, harness.select) != (whole_seconds, select) {
            *harness = Arc::new(Harness { whole_seconds, select, ..Harness::clone(harness) });
        }
    }
    [base, head]
}

impl Harness {
    /// The name of its bench target.
    pub(super) fn target(&self) -> &str {
        &self.bench.target
    }

    /// The same with another executable in its place.
    pub(super) fn with_file(&self, file: PathBuf) -> Self {
        let mut other = self.clone();
        other.bench.file = file;
        other
    }

    /// What cargo built.
    pub(super) fn bench(&self) -> &Bench {
        &self.bench
    }

    /// The command that runs one benchmark and leaves its results below `scratch`.
    pub(super) fn run_one(&self, name: &str, scratch: &Path) -> Command {
        self.command(self.one(name), scratch, false)
    }

    /// The command that runs every benchmark.
    pub(super) fn run_all(&self, scratch: &Path) -> Command {
        let mut arguments = self.timing.arguments(self.whole_seconds);
        arguments.extend(self.extra.iter().cloned());
        self.command(arguments, scratch, false)
    }

    fn one(&self, name: &str) -> Vec<String> {
        let mut arguments = self.timing.arguments(self.whole_seconds);
        arguments.extend(self.extra.iter().cloned());
        let (flag, filter) = match self.select {
            Select::Exact if !is_cut(name) => (Some("--exact"), name.to_owned()),
            Select::Exact | Select::Pattern => (None, pattern(name)),
            Select::Contained => (None, stem(name).to_owned()),
        };
        arguments.extend(flag.map(str::to_owned));
        // A name may begin with a hyphen.
        arguments.extend(["--".to_owned(), filter]);
        arguments
    }

    fn command(
        &self,
        arguments: impl IntoIterator<Item = String>,
        scratch: &Path,
        asks: bool,
    ) -> Command {
        let env = [
            ("CRITERION_HOME".into(), scratch.join("criterion").into_os_string()),
            // Criterion before 0.3.3 knows no other way to move its directory.
            ("CARGO_TARGET_DIR".into(), scratch.as_os_str().to_owned()),
        ];
        let command = Command::new(&self.bench.file).arg("--bench").args(arguments);
        Command {
            dir: Some(self.bench.dir.clone()),
            env: self.bench.env.iter().cloned().chain(env).collect::<Vec<(OsString, OsString)>>(),
            limit: if asks { Some(PATIENCE) } else { self.timing.limit },
            stdout: Output::Tail(if asks { LONGEST_LIST } else { process::KEPT }),
            sampled: !asks,
            ..command
        }
    }

    fn unknown(&self, why: &str) -> Diagnostic {
        let message =
            format!("bench target {} cannot be measured: {why}", quoted(&self.bench.target));
        Diagnostic::warning(Code::UnknownHarness, message)
            .file(self.bench.file.display().to_string())
            .help("leave it out with `-- --bench NAME` for the others, or measure it with `--cmd` and `--results`")
    }
}

/// The names in what `--list` prints: `name: benchmark`, `name: bench` in older versions.
fn listed(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let name = line.strip_suffix(": benchmark").or_else(|| line.strip_suffix(": bench"))?;
        Some(name.to_owned())
    };
    text.lines().filter_map(|line| name(line.trim_end_matches('\r'))).collect()
}

/// Whether criterion cut a name where it listed it.
pub(super) fn is_cut(name: &str) -> bool {
    name.len() > LONGEST_TITLE && name.ends_with("...")
}

/// A listed name as far as it is the benchmark's own.
pub(super) fn stem(name: &str) -> &str {
    if is_cut(name) { name.trim_end_matches("...") } else { name }
}

/// A regular expression for exactly one name, or for all that begin as a cut one does.
fn pattern(name: &str) -> String {
    let mut pattern = String::from("^");
    for c in stem(name).chars() {
        // No more than these: before other characters a backslash means something of its own.
        if r"\.+*?()|[]{}^$#&-~".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    if !is_cut(name) {
        pattern.push('$');
    }
    pattern
}

/// The runs that a process left in `scratch`, sorted by name.
///
/// # Errors
/// What is wrong with the files.
pub(super) fn results(
    scratch: &Path,
    side: Side,
    format: Option<&str>,
) -> Result<Vec<Run>, Vec<Diagnostic>> {
    let runs = Mutex::new(Vec::new());
    let sink = Diagnostics::new();
    let paths = vec![scratch.to_owned()];
    let (base, head) = match side {
        Side::Base => (paths, Vec::new()),
        Side::Head => (Vec::new(), paths),
    };
    let source =
        Source::Sides { base, head, base_name: None, head_name: None, variants: Vec::new() };
    let options = Options { format: format.and_then(ingest::format), ..Options::default() };
    let take = |run| runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
    ingest::read(&source, &options, &take, &sink);
    let errors = sink.has_errors();
    let diagnostics = sink.into_vec();
    if errors {
        return Err(diagnostics);
    }
    let mut runs: Vec<Run> = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    runs.sort_by(|a, b| {
        (&a.benchmark, &a.metric, &a.origin).cmp(&(&b.benchmark, &b.metric, &b.origin))
    });
    Ok(runs)
}

/// An empty directory for the results of one process.
///
/// # Errors
/// It cannot be made.
pub(super) fn empty(dir: &Path) -> Result<(), Halt> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Halt::file("empty", dir, &error));
        }
        _ => {}
    }
    fs::create_dir_all(dir).map_err(|e| Halt::file("create", dir, &e))
}

/// An executable that is not there.
#[cfg(test)]
pub(super) fn fake(package: Option<String>, target: &str, file: &str) -> Harness {
    Harness {
        bench: Bench {
            file: file.into(),
            target: target.to_owned(),
            dir: PathBuf::new(),
            env: Vec::new(),
            package,
        },
        select: Select::Exact,
        whole_seconds: false,
        timing: Timing { samples: 15, warm_up: 0.1, measurement: 0.25, limit: None },
        extra: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A change may come with another version of criterion.
    #[test]
    fn both_sides_are_told_the_same() {
        let with = |select, whole_seconds| {
            Arc::new(Harness { select, whole_seconds, ..fake(None, "work", "work") })
        };
        let told = |base, head| {
            alike(base, head).map(|harness| {
                let command = harness.run_one("a", Path::new("s"));
                command.args.iter().map(|a| a.to_string_lossy().into_owned()).collect::<Vec<_>>()
            })
        };
        let [base, head] = told(with(Select::Pattern, true), with(Select::Exact, false));
        assert_eq!(base, head);
        assert_eq!(base.last().map(String::as_str), Some("^a$"));
        let [base, head] = told(with(Select::Exact, false), with(Select::Exact, false));
        assert_eq!(base, head);
        assert_eq!(base.last().map(String::as_str), Some("a"));
        // The oldest knows no pattern, but its time can be given to the other.
        let [base, head] = told(with(Select::Exact, false), with(Select::Contained, true));
        let time = |arguments: &[String]| {
            arguments.iter().skip_while(|a| *a != "--measurement-time").nth(1).cloned()
        };
        assert_eq!(time(&base), Some("1".to_owned()));
        assert_eq!(time(&base), time(&head));
    }

    #[test]
    fn lists_of_every_version_are_read() {
        let text = "Gnuplot not found, using plotters backend\nfib/10: benchmark\na b: x: bench\r\ntests::it: test\n\n2 tests, 1 benchmarks\n";
        assert_eq!(listed(text), ["fib/10", "a b: x"]);
    }

    #[test]
    fn patterns_match_one_name() {
        assert_eq!(pattern("fib/10 (a+b)"), r"^fib/10 \(a\+b\)$");
        assert_eq!(
            pattern(r#"say "hi" <now>, 2 ^ 8 * 1\2"#),
            r#"^say "hi" <now>, 2 \^ 8 \* 1\\2$"#
        );
        let long = format!("{}...", "x".repeat(100));
        assert!(is_cut(&long));
        assert_eq!(pattern(&long), format!("^{}", "x".repeat(100)));
        assert!(!is_cut("short..."));
    }

    #[test]
    fn old_versions_get_whole_seconds() {
        let timing = Timing { samples: 15, warm_up: 0.1, measurement: 1.5, limit: None };
        assert_eq!(
            timing.arguments(true).join(" "),
            "--noplot --nresamples 1000 --sample-size 15 --warm-up-time 1 --measurement-time 2"
        );
        assert_eq!(
            timing.arguments(false).join(" "),
            "--noplot --nresamples 1000 --sample-size 15 --warm-up-time 0.1 --measurement-time 1.5"
        );
    }
}
