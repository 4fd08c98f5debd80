//! provisional
use crate::diag::Located;
use crate::model::{Action, Display, JsonlSettings};
use crate::policy::{Declared, Percent, Rule, Waiver};

/// x
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// x
    pub source: String,
    /// x
    pub revision: Option<String>,
    /// x
    pub gate: Gate,
    /// x
    pub jsonl: JsonlSettings,
    /// x
    pub declared: Declared,
    /// x
    pub rules: Vec<Located<Rule>>,
    /// x
    pub waivers: Vec<Located<Waiver>>,
}
/// x
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// x
    pub fail_on: Action,
    /// x
    pub inconclusive: OnInconclusive,
    /// x
    pub one_run: OneRun,
    /// x
    pub alpha: Percent,
    /// x
    pub margin: Percent,
    /// x
    pub display: Display,
}
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnInconclusive {
    /// x
    #[default]
    Pass,
    /// x
    Fail,
}
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OneRun {
    /// x
    #[default]
    Suspect,
    /// x
    Decide,
}
