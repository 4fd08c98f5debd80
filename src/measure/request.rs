use std::path::PathBuf;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};

use super::schedule::Budget;
use super::{Halt, Revision};
use crate::diag::{Code, Diagnostic, quoted};
use crate::model::{FEWEST_BLOCKS, Mode, Profile, ProfileName, Side, Stage, Timespan};

/// What to measure, complete: a run set keeps it, so that an interrupted measurement can go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The side before the change.
    pub base: Subject,
    /// The side with the change.
    pub head: Subject,
    /// The profile the settings come from.
    pub profile: ProfileName,
    /// The settings; what is left out is as in the built-in full profile.
    pub settings: Profile,
    /// Where every random choice comes from.
    pub seed: u64,
    /// Arguments for `cargo bench` when it builds.
    pub cargo: Vec<String>,
    /// Arguments for the bench executables.
    pub harness: Vec<String>,
    /// A command to measure in place of cargo's benchmarks.
    pub command: Option<ShellCommand>,
    /// Whether base may have no benchmarks at all.
    pub allow_empty_base: bool,
    /// The directory the user is in.
    pub dir: PathBuf,
    /// Where trees, builds and results of single runs are kept.
    pub work_dir: PathBuf,
}

/// What one side is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The name of a git revision, which is not resolved yet.
    Named(String),
    /// A commit.
    Revision(Revision),
    /// A tree that exists.
    Directory(PathBuf),
    /// Bench executables that are built.
    Executables(Vec<PathBuf>),
}

/// A command for the shell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShellCommand {
    /// The line; `{side}` stands for `base` or `head`.
    pub line: String,
    /// What to call the benchmark.
    pub name: String,
    /// A line that prepares each side once, not measured.
    pub prepare: Option<String>,
    /// The results that it writes; its time, CPU time and memory are measured where it writes none.
    pub results: Option<PathBuf>,
    /// The format of the results; found out by content if `None`.
    pub format: Option<String>,
}

impl ShellCommand {
    /// A line or a path for one side.
    pub(super) fn for_side(text: &str, side: Side) -> String {
        text.replace("{side}", side.name())
    }
}

impl Request {
    /// One of the sides.
    pub(super) fn subject(&self, side: Side) -> &Subject {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }

    /// How runs are laid out.
    pub(super) fn mode(&self) -> Mode {
        self.settings.mode.unwrap_or_default()
    }

    /// Whether flagged benchmarks are measured again.
    pub(super) fn confirms(&self) -> bool {
        self.settings.confirm.unwrap_or(true) && self.profile != ProfileName::Quick
    }

    /// How many links a side takes turns; 1 where cargo's own link is taken. Only what cargo builds can be linked again.
    pub(super) fn links(&self) -> u32 {
        let built = |subject: &Subject| {
            !matches!(subject, Subject::Executables(_)) && self.command.is_none()
        };
        match self.settings.relink {
            Some(links) if built(&self.base) && built(&self.head) => links.max(1),
            _ => 1,
        }
    }

    /// The blocks of a stage.
    pub(super) fn budget(&self, stage: Stage) -> Budget {
        let time = self.settings.budget.map(Timespan::as_duration);
        let blocks =
            self.settings.blocks.unwrap_or(Profile::MOST_BLOCKS).clamp(1, Profile::MOST_BLOCKS);
        let screen =
            self.settings.screen_blocks.unwrap_or(FEWEST_BLOCKS).clamp(1, Profile::MOST_BLOCKS);
        match (self.profile, stage) {
            // Fewer than a decision needs: a smoke run cannot fail a build.
            (ProfileName::Quick, _) => {
                Budget { blocks: blocks.min(FEWEST_BLOCKS - 1), time, fewest: 1 }
            }
            // The first look is as long as it is announced, so that a resumed measurement flags the same benchmarks.
            (ProfileName::Full, Stage::Screen) if self.confirms() => {
                Budget { blocks: screen, time: None, fewest: screen }
            }
            (ProfileName::Full, _) => Budget { blocks, time, fewest: FEWEST_BLOCKS },
        }
    }

    /// The plan in a sentence, for the run set and its readers.
    #[must_use]
    pub fn plan(&self) -> String {
        let what = match (&self.command, self.mode()) {
            (Some(_), Mode::Duet) => {
                "a command; base and head at the same time, one on each core, swapped at random"
            }
            (Some(_), _) => "a command; base and head back to back in random order",
            (None, Mode::Interleaved) => {
                "one process per benchmark and run; base and head back to back in random order"
            }
            (None, Mode::Duet) => {
                "one process per benchmark and run; base and head at the same time, one on each core, swapped at random"
            }
            (None, Mode::Suite) => {
                "all benchmarks of an executable as one process per run; base and head back to back in random order"
            }
        };
        let run = match (&self.command, self.settings.samples, self.settings.measurement) {
            (None, Some(samples), Some(span)) => format!(" ({samples} samples, {span})"),
            _ => String::new(),
        };
        let links = match self.links() {
            1 => String::new(),
            n => format!("; {n} links a side with functions in an order of their own"),
        };
        let blocks = |stage| match self.budget(stage) {
            Budget { time: None, blocks: 1, .. } => "one block".to_owned(),
            Budget { time: None, blocks, .. } => format!("{blocks} blocks"),
            Budget { time: Some(_), blocks, .. } => {
                let limit = self.settings.budget.map(|b| format!("{b}")).unwrap_or_default();
                if blocks == Profile::MOST_BLOCKS {
                    format!("as many blocks as fit into {limit}")
                } else {
                    format!("{blocks} blocks, or as many as fit into {limit}")
                }
            }
        };
        let length = if self.confirms() {
            format!(
                "{}, then {} of what looks slower or is undecided",
                blocks(Stage::Screen),
                blocks(Stage::Confirm)
            )
        } else {
            blocks(Stage::Screen)
        };
        format!("{what}{run}{links}; {length}")
    }

    /// What the settings cannot mean together, or in themselves.
    ///
    /// # Errors
    /// The first such thing.
    pub(super) fn check(&self) -> Result<(), Halt> {
        let refuse = |message: &str, help: &str| {
            Err(Halt::usage(Diagnostic::error(Code::InvalidValue, message).help(help)))
        };
        let settings = &self.settings;
        if let Some(problem) = settings.problems().into_iter().next() {
            return refuse(&problem.message, problem.help);
        }
        if self.command.is_some() && self.mode() == Mode::Suite {
            return refuse(
                "`--cmd` and `--mode suite` do not go together",
                "a command is run whole in any mode; leave `--mode` out",
            );
        }
        if self.command.is_none() {
            for dir in [&self.base, &self.head] {
                if let Subject::Executables(files) = dir
                    && files.is_empty()
                {
                    return refuse(
                        "no executable is named",
                        "name at least one with `--base-exe` and `--head-exe`",
                    );
                }
            }
        }
        self.wanted()?;
        self.threads()?;
        Ok(())
    }

    /// Which benchmarks are measured; `None` for all.
    ///
    /// # Errors
    /// A glob is none.
    pub(super) fn wanted(&self) -> Result<Option<GlobSet>, Halt> {
        globs(self.settings.filter.as_deref(), "filter")
    }

    /// Which benchmarks use several threads.
    ///
    /// # Errors
    /// A glob is none.
    pub(super) fn threads(&self) -> Result<Option<GlobSet>, Halt> {
        globs(self.settings.threads.as_deref(), "threads")
    }
}

fn globs(patterns: Option<&[String]>, key: &str) -> Result<Option<GlobSet>, Halt> {
    let Some(patterns) = patterns.filter(|patterns| !patterns.is_empty()) else { return Ok(None) };
    let refuse = |pattern: &str, error: &globset::Error| {
        let message =
            format!("`{key}` has a pattern that is none, {}: {}", quoted(pattern), error.kind());
        Halt::usage(
            Diagnostic::error(Code::InvalidValue, message)
                .help("write it as in `dht/**`: `*` stays within a part, `**` crosses `/`"),
        )
    };
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.map_err(|e| refuse(pattern, &e))?);
    }
    set.build().map(Some).map_err(|e| refuse(&patterns.join(" "), &e))
}
