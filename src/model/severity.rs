use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Listed, without consequence.
    #[default]
    None,
    /// Logged.
    Notice,
    /// Asks for review.
    Warning,
    /// Blocks the merge.
    Critical,
}

impl Severity {
    /// The three levels a rule can set, mildest first.
    pub const LEVELS: [Self; 3] = [Self::Notice, Self::Warning, Self::Critical];

    /// The name in YAML and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The lowest severity that fails the build (`fail-on`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Any finding fails.
    Notice,
    /// Warnings and critical findings fail.
    Warning,
    /// Only critical findings fail.
    #[default]
    Critical,
    /// Nothing fails.
    Never,
}

impl Action {
    /// Whether a finding of this severity fails the build.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Notice => severity >= Severity::Notice,
            Self::Warning => severity >= Severity::Warning,
            Self::Critical => severity >= Severity::Critical,
            Self::Never => false,
        }
    }

    /// The name in YAML and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Never => "never",
        }
    }
}

/// Other words for the three levels, for teams that say "review, investigate, block".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Display {
    /// Shown for `notice`.
    pub notice: String,
    /// Shown for `warning`.
    pub warning: String,
    /// Shown for `critical`.
    pub critical: String,
}

impl Default for Display {
    fn default() -> Self {
        Self { notice: "notice".into(), warning: "warning".into(), critical: "critical".into() }
    }
}

impl Display {
    /// The team's word for a severity.
    #[must_use]
    pub fn word(&self, severity: Severity) -> &str {
        match severity {
            Severity::None => "none",
            Severity::Notice => &self.notice,
            Severity::Warning => &self.warning,
            Severity::Critical => &self.critical,
        }
    }
}

/// How the runs of the two sides were taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// All of base, then all of head.
    #[default]
    Sequential,
    /// Run i of base beside run i of head, as one block.
    Interleaved,
    /// Nobody knows.
    Unknown,
}
