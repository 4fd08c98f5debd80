use std::collections::BTreeMap;

use serde_json::Value;

use crate::diag::{Code, Diagnostic, quoted};

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

/// In what two environments differ that can move a measurement, one warning each. What only one of them knows is no
/// difference, and neither is what always moves (load, free memory).
#[must_use]
pub fn environment_mismatches(
    base: &BTreeMap<String, Value>,
    head: &BTreeMap<String, Value>,
) -> Vec<Diagnostic> {
    differences(base, head)
        .map(|(name, base, head)| {
            let message = format!("the {name} is {base} for base and {head} for head");
            Diagnostic::warning(Code::EnvironmentMismatch, message).help(
                "measure both sides on one machine with one compiler; until then a change may come from there and is a suspect at most",
            )
        })
        .collect()
}

/// In what an environment changed that can move a measurement, one fragment each, by the rule of
/// [`environment_mismatches`].
#[must_use]
pub fn environment_changes(
    before: &BTreeMap<String, Value>,
    now: &BTreeMap<String, Value>,
) -> Vec<String> {
    differences(before, now)
        .map(|(name, before, now)| format!("the {name} was {before} and is now {now}"))
        .collect()
}

/// The name of what differs, with both values as they are shown.
fn differences<'a>(
    one: &'a BTreeMap<String, Value>,
    other: &'a BTreeMap<String, Value>,
) -> impl Iterator<Item = (&'static str, String, String)> + 'a {
    let shown = |value: &Value| match value {
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    };
    ALIKE
        .iter()
        .filter_map(|&(key, name)| Some((name, one.get(key)?, other.get(key)?)))
        .filter(|(_, one, other)| one != other)
        .map(move |(name, one, other)| (name, shown(one), shown(other)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mismatches_are_those_that_move_numbers() {
        let map =
            |value: Value| -> BTreeMap<String, Value> { serde_json::from_value(value).unwrap() };
        let base = map(
            json!({"cpu": "EPYC 7763", "cores": 4, "rustc": "1.95.0", "load": 0.1, "kernel": "6.8"}),
        );
        let head =
            map(json!({"cpu": "EPYC 9V74\u{1b}[31m", "cores": 2, "rustc": "1.95.0", "load": 2.5}));
        let said: Vec<String> =
            environment_mismatches(&base, &head).into_iter().map(|d| d.message).collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        the CPU is `EPYC 7763` for base and `EPYC 9V74\u{1b}[31m` for head
        the number of cores is `4` for base and `2` for head
        ");
        assert!(environment_mismatches(&base, &base).is_empty());
        insta::assert_snapshot!(environment_changes(&base, &head).join("\n"), @r"
        the CPU was `EPYC 7763` and is now `EPYC 9V74\u{1b}[31m`
        the number of cores was `4` and is now `2`
        ");
    }
}
