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
    let shown = |value: &Value| match value {
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    };
    ALIKE
        .iter()
        .filter_map(|(key, name)| Some((name, base.get(*key)?, head.get(*key)?)))
        .filter(|(_, base, head)| base != head)
        .map(|(name, base, head)| {
            let message =
                format!("the {name} is {} for base and {} for head", shown(base), shown(head));
            Diagnostic::warning(Code::EnvironmentMismatch, message).help(
                "measure both sides on one machine with one compiler; until then a change may come from there and is a suspect at most",
            )
        })
        .collect()
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
    }
}
