use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Timespan;

/// How the runs of base and head are laid out in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One benchmark at a time, base and head back to back, each as a process of its own.
    #[default]
    Interleaved,
    /// One benchmark at a time, base and head at the same moment on two cores, which they swap at random.
    Duet,
    /// Whole bench executables, base and head in turns: for harnesses that cannot run one benchmark alone.
    Suite,
}

/// The name of a set of settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    /// Enough blocks to decide.
    #[default]
    Full,
    /// A smoke run of about 30 seconds: it reports and never fails a build.
    Quick,
}

/// The `measure:` section of the configuration: how `benchgate measure` measures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct MeasureSettings {
    /// The profile to take where the command line names none.
    pub profile: ProfileName,
    /// The full profile, where it is to differ from the built-in one.
    pub full: Profile,
    /// The quick profile, where it is to differ from the built-in one.
    pub quick: Profile,
}

impl MeasureSettings {
    /// The settings of a profile: the word of the command line, that of the file, what is built in. Every field is set
    /// but `blocks` or `budget`.
    #[must_use]
    pub fn profile(&self, name: ProfileName, command_line: Profile) -> Profile {
        let (file, built_in) = match name {
            ProfileName::Full => (&self.full, Profile::full()),
            ProfileName::Quick => (&self.quick, Profile::quick()),
        };
        command_line.or(file.clone()).complete(built_in)
    }
}

/// Settings of a measurement; what is left out keeps its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Profile {
    /// How the runs are laid out: `interleaved`, `duet` or `suite`.
    pub mode: Option<Mode>,
    /// How many blocks decide: 1 to 1000. Fewer than five give suspects at most; `quick` takes no more than four. Without
    /// `confirm: true` or `screen-blocks` everything gets them.
    pub blocks: Option<u32>,
    /// Look at every benchmark in a few blocks first, and take the blocks that decide only of those that look slower or
    /// are undecided. So it is where `screen-blocks` is set, or neither this nor `blocks`.
    pub confirm: Option<bool>,
    /// How many blocks the first look takes: 1 to 1000.
    pub screen_blocks: Option<u32>,
    /// How long measuring may take, building left out; as many blocks as fit, at most `blocks` where that is set.
    pub budget: Option<Timespan>,
    /// Samples a run: at least 10.
    pub samples: Option<u32>,
    /// How long a benchmark runs before it is measured.
    pub warm_up: Option<Timespan>,
    /// How long a run measures.
    pub measurement: Option<Timespan>,
    /// Link each side so many times with its functions in another order, and take turns; 0 or 1 for the one link that
    /// cargo makes. Needs at least five to decide. Where the linker cannot do it, that is said.
    pub relink: Option<u32>,
    /// Only benchmarks that match one of these globs; an empty list for all.
    pub filter: Option<Vec<String>>,
    /// Benchmarks that use several threads, as globs: `duet` measures these one side at a time.
    pub threads: Option<Vec<String>>,
    /// Record CPU and memory of the process as metrics of every benchmark.
    pub resources: Option<bool>,
    /// How long one run may take before it is stopped and counts as failed.
    pub limit: Option<Timespan>,
}

/// A setting that cannot be what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// The key in the configuration; the option of the command line has the same name.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: &'static str,
}

impl Profile {
    /// More blocks than this are not taken, however large the budget.
    pub const MOST_BLOCKS: u32 = 1_000;
    /// Criterion takes no fewer samples a run.
    const FEWEST_SAMPLES: u32 = 10;
    /// More links a side than this are not made.
    const MOST_LINKS: u32 = 100;

    /// The built-in full profile.
    #[must_use]
    pub fn full() -> Self {
        Self {
            mode: Some(Mode::Interleaved),
            blocks: Some(10),
            confirm: Some(true),
            screen_blocks: Some(5),
            budget: None,
            samples: Some(15),
            warm_up: Some(Timespan::from_millis(100)),
            measurement: Some(Timespan::from_millis(250)),
            relink: Some(10),
            filter: Some(Vec::new()),
            threads: Some(Vec::new()),
            resources: Some(false),
            limit: Some(Timespan::from_secs(600)),
        }
    }

    /// The built-in quick profile: fewer blocks than a decision needs, within half a minute.
    #[must_use]
    pub fn quick() -> Self {
        Self {
            blocks: Some(4),
            confirm: Some(false),
            budget: Some(Timespan::from_secs(30)),
            samples: Some(10),
            warm_up: Some(Timespan::from_millis(50)),
            measurement: Some(Timespan::from_millis(100)),
            relink: Some(0),
            ..Self::full()
        }
    }

    /// What a setting cannot be, in the order of the keys.
    #[must_use]
    pub fn problems(&self) -> Vec<Unusable> {
        let blocks = |key, count: Option<u32>| {
            count.filter(|n| !(1..=Self::MOST_BLOCKS).contains(n)).map(|_| Unusable {
                key,
                message: format!("`{key}` must be from 1 to {}", Self::MOST_BLOCKS),
                help: "ten blocks decide most of the time",
            })
        };
        let samples = self.samples.filter(|&n| n < Self::FEWEST_SAMPLES).map(|_| Unusable {
            key: "samples",
            message: format!("a run needs at least {} samples", Self::FEWEST_SAMPLES),
            help: "set `samples` to 10 or more: criterion takes no less",
        });
        let relink = self.relink.filter(|&n| n > Self::MOST_LINKS).map(|_| Unusable {
            key: "relink",
            message: format!("`relink` must be at most {}", Self::MOST_LINKS),
            help: "ten links show what code layout does",
        });
        [
            blocks("blocks", self.blocks),
            blocks("screen-blocks", self.screen_blocks),
            samples,
            relink,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// These settings, and what is built in where they say nothing.
    fn complete(self, built_in: Self) -> Self {
        let confirm = match self {
            Self { confirm: Some(confirm), .. } => confirm,
            Self { screen_blocks: Some(_), .. } => true,
            // Who says only how many blocks there are wants them of everything.
            Self { blocks: Some(_), .. } => false,
            _ => built_in.confirm.unwrap_or_default(),
        };
        Self { confirm: Some(confirm), ..self.or(built_in) }
    }

    /// These settings, and those of `other` where these say nothing.
    fn or(self, other: Self) -> Self {
        // Blocks and budget say together how long it takes.
        let (blocks, budget) = match (self.blocks, self.budget) {
            (None, None) => (other.blocks, other.budget),
            own => own,
        };
        Self {
            mode: self.mode.or(other.mode),
            blocks,
            confirm: self.confirm.or(other.confirm),
            screen_blocks: self.screen_blocks.or(other.screen_blocks),
            budget,
            samples: self.samples.or(other.samples),
            warm_up: self.warm_up.or(other.warm_up),
            measurement: self.measurement.or(other.measurement),
            relink: self.relink.or(other.relink),
            filter: self.filter.or(other.filter),
            threads: self.threads.or(other.threads),
            resources: self.resources.or(other.resources),
            limit: self.limit.or(other.limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_complete_but_for_its_budget() {
        for name in [ProfileName::Full, ProfileName::Quick] {
            let profile = MeasureSettings::default().profile(name, Profile::default());
            let json = serde_json::to_value(&profile).unwrap();
            let missing: Vec<&str> = json
                .as_object()
                .unwrap()
                .iter()
                .filter(|(_, value)| value.is_null())
                .map(|(key, _)| key.as_str())
                .collect();
            assert!(missing.is_empty() || missing == ["budget"], "{missing:?}");
        }
    }

    #[test]
    fn what_is_said_replaces_what_is_built_in() {
        let settings: MeasureSettings =
            serde_json::from_str(r#"{"quick":{"budget":"1m","mode":"duet"}}"#).unwrap();
        let quick = settings.profile(ProfileName::Quick, Profile::default());
        assert_eq!(quick.budget, Some(Timespan::from_secs(60)));
        assert_eq!(quick.mode, Some(Mode::Duet));
        assert_eq!((quick.blocks, quick.samples), (None, Some(10)));
        assert_eq!(settings.profile(ProfileName::Full, Profile::default()), Profile::full());
    }

    #[test]
    fn the_command_line_has_the_last_word_and_says_how_many_looks_there_are() {
        let looks = |file: &str, command_line: &str| {
            let settings: MeasureSettings = serde_json::from_str(file).unwrap();
            let said: Profile = serde_json::from_str(command_line).unwrap();
            let full = settings.profile(ProfileName::Full, said);
            (full.confirm, full.blocks, full.budget.is_some())
        };
        assert_eq!(looks("{}", "{}"), (Some(true), Some(10), false));
        assert_eq!(looks("{}", r#"{"blocks":20}"#), (Some(false), Some(20), false));
        assert_eq!(looks("{}", r#"{"budget":"10m"}"#), (Some(true), None, true));
        assert_eq!(
            looks("{}", r#"{"blocks":20,"screen-blocks":6}"#),
            (Some(true), Some(20), false)
        );
        let file = r#"{"full":{"confirm":true,"budget":"5m"}}"#;
        assert_eq!(looks(file, r#"{"blocks":20}"#), (Some(true), Some(20), false));
        assert_eq!(looks(file, "{}"), (Some(true), None, true));
    }
}
