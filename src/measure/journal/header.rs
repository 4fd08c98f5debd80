//! `runset.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{BenchmarkId, Stage};

/// What was measured, where, and by which plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the file: 1.
    pub schema: u64,
    /// The side before the change.
    #[serde(default)]
    pub base: SideHeader,
    /// The side with the change.
    #[serde(default)]
    pub head: SideHeader,
    /// Where both sides were measured.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Value>,
    /// In what that changed between the blocks, where measuring went on elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment_changes: Vec<String>,
    /// How it is measured: all that is needed to go on.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub plan: Value,
    /// How many blocks are planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<u32>,
    /// The command that measures.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub command: Value,
    /// How long was measured so far, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    /// How many blocks the looks that are over took: none is added to them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub complete: BTreeMap<Stage, u32>,
    /// The benchmarks that the first look chose for the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<BTreeSet<BenchmarkId>>,
    /// Keys of other programs or versions, kept as they are.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

/// One side of a run set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SideHeader {
    /// What the side is called: a branch, a tag, a directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The date of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What is different from the environment of both sides, such as another compiler.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Value>,
    /// A hash of the content of each executable, where no commit says what they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub executables: Vec<String>,
    /// Keys of other programs or versions, kept as they are.
    #[serde(flatten)]
    pub other: BTreeMap<String, Value>,
}

impl Header {
    /// A header of schema 1 for two sides, without a plan.
    #[must_use]
    pub fn new(base: SideHeader, head: SideHeader) -> Self {
        Self {
            schema: 1,
            base,
            head,
            environment: BTreeMap::new(),
            environment_changes: Vec::new(),
            plan: Value::Null,
            blocks: None,
            command: Value::Null,
            measured: None,
            complete: BTreeMap::new(),
            flagged: None,
            other: BTreeMap::new(),
        }
    }
}
