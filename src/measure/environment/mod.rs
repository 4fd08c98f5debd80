//! Where it is measured: the machine, and what else it does meanwhile.

mod activity;
mod machine;
mod preflight;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diag::{Code, Diagnostic, quoted};

pub use activity::{Activity, Busy, Watch};
pub use machine::{Machine, rustc};
pub use preflight::{LOOK, Preflight, preflight};

/// What has to be alike on both sides, by its key in the environment of a run set and its name.
const ALIKE: &[(&str, &str)] = &[
    ("cpu", "CPU"),
    ("cores", "number of cores"),
    ("arch", "architecture"),
    ("os", "operating system"),
    ("os-version", "version of the operating system"),
    ("kernel", "kernel"),
    ("governor", "frequency governor"),
    ("rustc", "compiler"),
    ("runner", "runner"),
];

/// In what two environments differ that can move a measurement, one fragment each. What only one of them knows is
/// no difference, and neither is what always moves (load, free memory).
#[must_use]
pub fn differences(base: &BTreeMap<String, Value>, head: &BTreeMap<String, Value>) -> Vec<String> {
    let shown = |value: &Value| match value {
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    };
    ALIKE
        .iter()
        .filter_map(|(key, name)| Some((name, base.get(*key)?, head.get(*key)?)))
        .filter(|(_, base, head)| base != head)
        .map(|(name, base, head)| {
            format!("the {name} is {} for base and {} for head", shown(base), shown(head))
        })
        .collect()
}

/// [`differences`] as warnings.
#[must_use]
pub fn mismatches(
    base: &BTreeMap<String, Value>,
    head: &BTreeMap<String, Value>,
) -> Vec<Diagnostic> {
    differences(base, head)
        .into_iter()
        .map(|difference| {
            Diagnostic::warning(Code::EnvironmentMismatch, difference).help(
                "measure both sides on one machine with one compiler; until then a change may come from there",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests;
