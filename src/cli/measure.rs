use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::compare::{Compare, Names, format_names};
use super::load::Where;
use super::output::{self, CommentArgs, Target};
use super::progress::Progress;
use super::{Common, Edge, interrupt};
use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics, ExitCode, Level, visible};
use crate::gate::{self, Collector, Facts};
use crate::ingest::{self, Options, Source};
use crate::measure::{self, Halt, Request, ShellCommand, Subject, World};
use crate::model::{
    BenchmarkId, MeasureSettings, Mode, Profile, ProfileName, Run, Stage, Timespan,
};
use crate::report::Form;

/// Build two revisions, run their benchmarks in turns, write a run set.
#[derive(Debug, Args)]
pub(super) struct Measure {
    #[command(flatten)]
    sides: Sides,
    /// Go on with a run set that was interrupted; everything else is as it was begun.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["sides", "settings", "command", "out_dir", "seed", "cargo", "work_dir"])]
    resume: Option<PathBuf>,
    /// Where to write the run set; left out, target/benchgate/ and the time.
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,
    /// Where trees and builds are kept; left out, the user's cache directory.
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Repeat the random order of a measurement.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    command: CommandArgs,
    /// Compare when it is measured, and exit as `compare` does.
    #[arg(long)]
    then_compare: bool,
    #[command(flatten)]
    rules: Where,
    /// With --then-compare, also write the report to a file, in a form: text, markdown, html, junit or json. Can be repeated.
    #[arg(long, value_name = "FORM=FILE", requires = "then_compare")]
    out: Vec<Target<Form>>,
    /// With --then-compare, the day on which waivers must hold; left out, today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "then_compare")]
    date: Option<Date>,
    #[command(flatten)]
    comment: CommentArgs,
    /// With --then-compare, what to call base in the report: a branch, a tag.
    #[arg(long, value_name = "NAME", requires = "then_compare")]
    base_label: Option<String>,
    /// With --then-compare, what to call head in the report.
    #[arg(long, value_name = "NAME", requires = "then_compare")]
    head_label: Option<String>,
    /// A base without any benchmark is fine: the first benchmarks of a project.
    #[arg(long)]
    allow_empty_base: bool,
    /// What `cargo bench` is given when it builds, and behind another `--` what the bench executables are given.
    #[arg(last = true, value_name = "CARGO BENCH ARGS")]
    cargo: Vec<String>,
}

/// The two sides, each a revision, a tree or executables.
#[derive(Debug, Args)]
#[group(id = "sides", multiple = true)]
struct Sides {
    /// The revision before the change.
    #[arg(long, value_name = "REV", required_unless_present_any = ["base_dir", "base_exe", "resume"])]
    base: Option<String>,
    /// The revision with the change.
    #[arg(long, value_name = "REV", required_unless_present_any = ["head_dir", "head_exe", "resume"])]
    head: Option<String>,
    /// A tree before the change, in place of a revision.
    #[arg(long, value_name = "DIR", conflicts_with = "base")]
    base_dir: Option<PathBuf>,
    /// A tree with the change, in place of a revision.
    #[arg(long, value_name = "DIR", conflicts_with = "head")]
    head_dir: Option<PathBuf>,
    /// Bench executables before the change, in place of a revision.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["base", "base_dir", "prepare"])]
    base_exe: Vec<PathBuf>,
    /// Bench executables with the change, in place of a revision.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["head", "head_dir", "prepare"])]
    head_exe: Vec<PathBuf>,
}

/// How to measure, over what the configuration says.
#[derive(Debug, Args)]
#[group(id = "settings", multiple = true)]
struct Settings {
    /// The settings to begin with: full, or quick for a smoke run of half a minute that never fails a build.
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileArg>,
    /// How the runs are laid out.
    #[arg(long, value_name = "MODE")]
    mode: Option<ModeArg>,
    /// Take so many blocks of everything; at least five, else changes are suspects at most.
    #[arg(long, value_name = "N")]
    blocks: Option<u32>,
    /// How long measuring may take, e.g. 10m: as many blocks as fit.
    #[arg(long, value_name = "TIME")]
    budget: Option<Timespan>,
    /// Look at everything in a few blocks first, then take the blocks that decide only of what looks slower or is
    /// undecided: so it is without `--blocks`.
    #[arg(long, overrides_with = "no_confirm")]
    confirm: bool,
    /// Take all blocks of everything.
    #[arg(long, overrides_with = "confirm")]
    no_confirm: bool,
    /// How many blocks the first look takes.
    #[arg(long, value_name = "N")]
    screen_blocks: Option<u32>,
    /// Samples a run, at least 10.
    #[arg(long, value_name = "N")]
    samples: Option<u32>,
    /// How long a benchmark runs before it is measured, e.g. 100ms.
    #[arg(long, value_name = "TIME")]
    warm_up: Option<Timespan>,
    /// How long a run measures, e.g. 250ms.
    #[arg(long, value_name = "TIME")]
    measurement: Option<Timespan>,
    /// Only benchmarks that match; can be repeated.
    #[arg(long, value_name = "GLOB")]
    filter: Vec<String>,
    /// Benchmarks that use several threads, which a duet measures one side at a time; can be repeated.
    #[arg(long, value_name = "GLOB")]
    threads: Vec<String>,
    /// Link each side so many times, each time with its functions in another order, and take turns.
    #[arg(long, value_name = "N", conflicts_with_all = ["cmd", "base_exe", "head_exe"])]
    relink: Option<u32>,
    /// Record CPU and memory of the process as metrics of every benchmark.
    #[arg(long)]
    resources: bool,
    /// How long one run may take before it is stopped and counts as failed.
    #[arg(long, value_name = "TIME")]
    limit: Option<Timespan>,
}

/// A command in place of cargo's benchmarks.
#[derive(Debug, Args)]
#[group(id = "command", multiple = true)]
struct CommandArgs {
    /// Measure this command in place of cargo's benchmarks; `{side}` in it becomes base or head.
    #[arg(long, value_name = "SHELL", conflicts_with = "cargo")]
    cmd: Option<String>,
    /// What to call the command in the report.
    #[arg(long, value_name = "NAME", requires = "cmd", default_value = "command")]
    cmd_name: String,
    /// Prepares each side once before it is measured, such as `cargo build --release`.
    #[arg(long, value_name = "SHELL", requires = "cmd")]
    prepare: Option<String>,
    /// The results that the command writes; left out, its time, CPU time and memory are the results.
    #[arg(long, value_name = "PATH", requires = "cmd")]
    results: Option<PathBuf>,
    /// The format of the results; `auto` finds it out by content.
    #[arg(long, value_name = "FORMAT", requires = "results", default_value = "auto", value_parser = format_names())]
    format: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ModeArg {
    /// One benchmark at a time, base and head back to back.
    Interleaved,
    /// Base and head at the same moment, each on a core of its own.
    Duet,
    /// Whole bench executables in turns.
    Suite,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileArg {
    Full,
    Quick,
}

impl Measure {
    pub(super) fn run(self, common: Common, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        output::distinct(&self.out)?;
        let config = match self.rules.config() {
            Ok(config) => config,
            Err(diagnostics) => {
                let built_in = Config::built_in();
                return Ok(self.refuse(&built_in, diagnostics, ExitCode::Usage, common, edge));
            }
        };
        let here = env::current_dir().context("cannot tell the current directory")?;
        let stop = interrupt::flag().context("cannot handle Ctrl-C")?;
        let dir = match (&self.resume, &self.out_dir) {
            (Some(dir), _) | (None, Some(dir)) => dir.clone(),
            (None, None) => measure::new_run_set(Path::new("")),
        };
        let mut progress = Progress::new(edge, common.quiet);
        let world = World {
            stop: &stop,
            watch: &mut progress,
            flag: &|dir| flagged(dir, &config, self.allow_empty_base),
        };
        let measured = match &self.resume {
            Some(dir) => measure::resume(dir, world),
            None => measure::start(self.request(&here, &config.measure), &dir, world),
        };
        let done = match measured {
            Ok(done) => done,
            Err(Halt::Failed { diagnostics, exit }) => {
                return Ok(self.refuse(&config, diagnostics, exit, common, edge));
            }
            Err(Halt::Interrupted) => {
                let dir = visible(&dir.display().to_string());
                edge.tell(&format!("interrupted; `benchgate measure --resume {dir}` goes on\n"));
                return Ok(ExitCode::Interrupted);
            }
        };
        let failed = if done.failed { ExitCode::Input } else { ExitCode::Pass };
        if !self.then_compare {
            edge.print(&format!("run set: {}\n", visible(&done.dir.display().to_string())));
            return Ok(failed);
        }
        let mut comparison = self.comparison(done.dir);
        comparison.advisory = done.profile == ProfileName::Quick;
        let decided = comparison.run(common, edge)?;
        Ok(match decided {
            ExitCode::Fail | ExitCode::Inconclusive | ExitCode::Pass if done.failed => {
                ExitCode::Input
            }
            decided => decided,
        })
    }

    /// What kept it from measuring; a comparison that was to follow says so in its report.
    fn refuse(
        self,
        config: &Config,
        diagnostics: Vec<Diagnostic>,
        exit: ExitCode,
        common: Common,
        edge: &mut Edge<'_>,
    ) -> ExitCode {
        if self.then_compare {
            return self.comparison(PathBuf::new()).refuse(config, diagnostics, exit, common, edge);
        }
        edge.say(&diagnostics);
        exit
    }

    /// The comparison of the run set that was measured.
    fn comparison(self, runs: PathBuf) -> Compare {
        let names = Names::labels(self.base_label, self.head_label);
        Compare::of_run_set(
            runs,
            self.rules,
            self.out,
            self.date,
            self.comment,
            names,
            self.allow_empty_base,
        )
    }

    fn request(&self, here: &Path, configured: &MeasureSettings) -> Request {
        let profile = match self.settings.profile {
            Some(ProfileArg::Full) => ProfileName::Full,
            Some(ProfileArg::Quick) => ProfileName::Quick,
            None => configured.profile,
        };
        let mut cargo = self.cargo.iter().cloned();
        let build: Vec<String> = cargo.by_ref().take_while(|argument| argument != "--").collect();
        let sides = &self.sides;
        Request {
            base: subject(&sides.base, &sides.base_dir, &sides.base_exe, here),
            head: subject(&sides.head, &sides.head_dir, &sides.head_exe, here),
            profile,
            settings: configured.profile(profile, self.settings.profile()),
            seed: self.seed.unwrap_or_else(measure::new_seed),
            cargo: build,
            harness: cargo.collect(),
            command: self.command.shell(),
            allow_empty_base: self.allow_empty_base,
            dir: here.to_owned(),
            work_dir: self
                .work_dir
                .as_ref()
                .map_or_else(|| measure::work_dir(here), |dir| here.join(dir)),
        }
    }
}

fn subject(
    revision: &Option<String>,
    dir: &Option<PathBuf>,
    files: &[PathBuf],
    here: &Path,
) -> Subject {
    match (revision, dir) {
        (Some(revision), _) => Subject::Named(revision.clone()),
        (None, Some(dir)) => Subject::Directory(here.join(dir)),
        (None, None) => Subject::Executables(files.iter().map(|file| here.join(file)).collect()),
    }
}

impl Settings {
    /// What the command line says; nothing where it says nothing.
    fn profile(&self) -> Profile {
        let list = |globs: &[String]| Some(globs.to_vec()).filter(|globs| !globs.is_empty());
        Profile {
            mode: self.mode.map(|mode| match mode {
                ModeArg::Interleaved => Mode::Interleaved,
                ModeArg::Duet => Mode::Duet,
                ModeArg::Suite => Mode::Suite,
            }),
            blocks: self.blocks,
            confirm: (self.confirm || self.no_confirm).then_some(self.confirm),
            screen_blocks: self.screen_blocks,
            budget: self.budget,
            samples: self.samples,
            warm_up: self.warm_up,
            measurement: self.measurement,
            relink: self.relink,
            filter: list(&self.filter),
            threads: list(&self.threads),
            resources: self.resources.then_some(true),
            limit: self.limit,
        }
    }
}

impl CommandArgs {
    fn shell(&self) -> Option<ShellCommand> {
        Some(ShellCommand {
            line: self.cmd.clone()?,
            name: self.cmd_name.clone(),
            prepare: self.prepare.clone(),
            results: self.results.clone(),
            format: Some(self.format.clone()).filter(|format| format != "auto"),
        })
    }
}

/// The benchmarks that the first look of a run set flags.
fn flagged(
    dir: &Path,
    config: &Config,
    allow_empty_base: bool,
) -> Result<BTreeSet<BenchmarkId>, Halt> {
    let diagnostics = Diagnostics::new();
    let collector = Collector::new(config);
    let take = |run: Run| {
        // A resumed measurement has fresh blocks already; they must not choose themselves.
        if run.stage == Stage::Screen {
            collector.take(run);
        }
    };
    let source = Source::RunSet(dir.to_owned());
    let read = ingest::read(&source, &Options::default(), &take, &diagnostics);
    let measurements = collector.finish(&diagnostics);
    // A benchmark that failed keeps no other from its second look.
    let mut diagnostics = diagnostics.into_vec();
    diagnostics.retain(|diagnostic| diagnostic.code != Code::RunFailed);
    if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        return Err(Halt::Failed { diagnostics, exit: ExitCode::Input });
    }
    let report = gate::decide(Facts {
        measurements,
        base: read.base,
        head: read.head,
        order: read.order.unwrap_or_default(),
        config,
        today: Date::constant(1970, 1, 1),
        allow_empty_base,
        diagnostics,
    });
    Ok(gate::flagged(&report))
}
