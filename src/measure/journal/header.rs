//! `runset.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diag::quoted;

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
    /// How it is measured: all that is needed to go on.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub plan: Value,
    /// How many blocks are planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<u32>,
    /// The command that measures.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub command: Value,
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
            plan: Value::Null,
            blocks: None,
            command: Value::Null,
            other: BTreeMap::new(),
        }
    }

    /// In what `now`, which should be resumed into this run set, measures something else, one fragment each. The
    /// environment is not looked at: [`environment_mismatches`](crate::model::environment_mismatches) does that.
    #[must_use]
    pub fn mismatches(&self, now: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (side, old, new) in [("base", &self.base, &now.base), ("head", &self.head, &now.head)] {
            // Where both commits are known, they decide: a branch can be named in several ways.
            let (what, old, new) = match (&old.commit, &new.commit) {
                (Some(_), Some(_)) => ("commit", &old.commit, &new.commit),
                _ => ("name", &old.name, &new.name),
            };
            if old != new {
                let shown = |value: &Option<String>| {
                    value.as_deref().map_or_else(|| "unknown".to_owned(), quoted)
                };
                found.push(format!(
                    "the {what} of {side} was {} and is now {}",
                    shown(old),
                    shown(new)
                ));
            }
        }
        for (what, old, new) in
            [("plan", &self.plan, &now.plan), ("command", &self.command, &now.command)]
        {
            if old != new {
                found.push(format!(
                    "the {what} was {} and is now {}",
                    quoted(&old.to_string()),
                    quoted(&new.to_string())
                ));
            }
        }
        found
    }
}
