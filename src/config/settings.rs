use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Action, Display};
use crate::policy::Percent;

/// How the gate decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Gate {
    /// The lowest severity that fails the build; `never` reports only.
    pub fail_on: Action,
    /// What becomes of a build whose gate cannot tell: `pass` or `fail`.
    pub inconclusive: OnInconclusive,
    /// May a single run a side, or runs taken one side after the other, fail a build? `suspect`: no, a change is
    /// reported as suspect. `decide`: yes, at the price of false alarms, as the machine may change between the sides.
    pub one_run: OneRun,
    /// The chance that a pull request without any change fails, over all its benchmarks together: above 0%, at most 50%.
    pub alpha: Percent,
    /// Changes up to this are what the environment can do by itself, so they are never called a regression; below
    /// 100%. A rule may set its own.
    pub margin: Percent,
    /// Other words for the three levels, such as review, investigate, block.
    pub display: Display,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            fail_on: Action::Critical,
            inconclusive: OnInconclusive::Pass,
            one_run: OneRun::Suspect,
            alpha: Percent::from_fraction(0.01),
            margin: Percent::from_fraction(0.03),
            display: Display::default(),
        }
    }
}

/// What becomes of a build whose gate cannot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnInconclusive {
    /// It passes; the report says so.
    #[default]
    Pass,
    /// It fails with exit code 5.
    Fail,
}

/// Whether evidence that cannot tell the change from the machine may fail a build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OneRun {
    /// It is reported as suspect.
    #[default]
    Suspect,
    /// It decides.
    Decide,
}
