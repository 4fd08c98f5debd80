//! The file as it is written; `check` makes a configuration of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Gate;
use crate::model::{Better, JsonlSettings, MeasureSettings};
use crate::policy::{Rule, Waiver};

/// The version of this form that the program reads.
pub(super) const VERSION: u64 = 1;

/// The gate's configuration: what may change by how much before a pull request is held up.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct File {
    /// The version of this form: 1.
    #[schemars(range(min = 1, max = 1))]
    pub(super) version: Option<u64>,
    /// How the gate decides.
    pub(super) gate: Gate,
    /// How inputs are read, where the defaults do not fit.
    pub(super) inputs: Inputs,
    /// Metrics that benchgate does not know, or that are declared to be deterministic; each under its name.
    pub(super) metrics: BTreeMap<String, MetricEntry>,
    /// How `benchgate measure` measures.
    pub(super) measure: MeasureSettings,
    /// What may not happen. Left out, the built-in rules hold; a list replaces them, except presence. Where
    /// several regression or presence rules match, the last one holds; of the other kinds all hold.
    pub(super) rules: Option<Vec<Rule>>,
    /// Changes that were made on purpose.
    pub(super) waivers: Vec<Waiver>,
}

/// How inputs are read, where the defaults do not fit.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Inputs {
    /// How JSONL fields are read.
    pub(super) jsonl: JsonlSettings,
}

/// A declared metric.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct MetricEntry {
    /// The unit of its numbers: `ns`, `us`, `ms`, `s`, `bytes`, `KiB`, `MiB`, `count`, `ratio`, `percent`, `per_s` …
    pub(super) unit: Option<String>,
    /// Which way is better; required for a metric that benchgate does not know.
    pub(super) better: Option<Better>,
    /// Its numbers are the same for the same code, so one run is enough and any difference is real.
    pub(super) deterministic: bool,
}
