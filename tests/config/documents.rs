use std::path::Path;

use benchgate::config::{STARTER, reference, schema};
use serde_json::{Value, json};

use crate::accepted;

const START: &str = "<!-- reference:";
const END: &str = "<!-- end of reference -->";

/// Compares a file of the repository with what it is made from, or writes it.
fn hold(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("BENCHGATE_UPDATE").is_some() {
        std::fs::write(&path, wanted).expect("the file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == wanted,
        "{name} is not current; write it again with `BENCHGATE_UPDATE=1 cargo test --test config`"
    );
}

fn docs() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    std::fs::read_to_string(path).expect("the documentation").replace("\r\n", "\n")
}

#[test]
fn the_committed_schema_is_current() {
    let text = serde_json::to_string_pretty(&schema()).expect("a schema is JSON");
    hold("benchgate.schema.json", &(text + "\n"));
}

#[test]
fn the_reference_in_the_documentation_is_current() {
    let docs = docs();
    let (before, rest) = docs.split_once(START).expect("the first marker");
    let (marker, rest) = rest.split_once('\n').expect("a line");
    let (_, after) = rest.split_once(END).expect("the last marker");
    hold(
        "docs/configuration.md",
        &format!("{before}{START}{marker}\n\n{}{END}{after}", reference()),
    );
}

/// Every key of the schema has its line in the reference.
#[test]
fn the_reference_is_complete() {
    let reference = reference();
    let schema = schema();
    let objects = schema["$defs"].as_object().expect("definitions").values().chain([&schema]);
    for object in objects {
        let keys = object.get("properties").and_then(Value::as_object).into_iter().flatten();
        // The file holds `inputs`, which holds nothing but the heading `inputs.jsonl`.
        for (key, _) in keys.filter(|(key, _)| *key != "jsonl") {
            assert!(reference.contains(&format!("\n| `{key}` |")), "{key}");
        }
    }
    assert!(!reference.contains("|  |  |"), "a key without a value or a meaning");
}

/// What the documentation shows can be copied.
#[test]
fn examples_in_the_documentation_are_valid() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let docs = docs();
    let blocks: Vec<&str> = docs
        .split("```yaml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert!(blocks.len() > 5);
    for block in blocks {
        accepted(block);
        let value: Value = serde_saphyr::from_str(block).expect("YAML");
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{block}\n{errors:?}");
    }
}

#[test]
fn the_schema_knows_what_the_program_knows() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let starter: Value = serde_saphyr::from_str(STARTER).expect("YAML");
    assert!(validator.is_valid(&starter));
    let with = |value: Value| {
        let mut file = json!({ "version": 1 });
        file.as_object_mut().expect("a map").extend(value.as_object().cloned().expect("a map"));
        file
    };
    for (right, value) in [
        (true, json!({})),
        (true, json!({ "metrics": { "queue-depth": { "unit": "count", "better": "lower" } } })),
        (true, json!({ "rules": [{ "regression": { "metric": "time", "critical": "20%" } }] })),
        (true, json!({ "rules": [{ "regression": { "metric": "time", "min-change": 5 } }] })),
        (false, json!({ "version": 2 })),
        (false, json!({ "gates": {} })),
        (false, json!({ "gate": { "fail_on": "critical" } })),
        (false, json!({ "gate": { "alpha": 1 } })),
        (false, json!({ "gate": { "alpha": null } })),
        (false, json!({ "rules": [{ "budget": {} }] })),
        (false, json!({ "rules": [{ "regression": { "critical": "20%" } }] })),
        (false, json!({ "rules": [{ "presence": { "missing": "hot" } }] })),
        (false, json!({ "rules": [{ "presence": {}, "regression": { "metric": "time" } }] })),
        (false, json!({ "waivers": [{ "benchmark": "a" }] })),
    ] {
        assert_eq!(validator.is_valid(&with(value.clone())), right, "{value}");
    }
    assert!(!validator.is_valid(&json!({})), "`version` is required");
}

/// Everything that a configuration of this version may hold, as program and schema read it.
#[test]
fn program_and_schema_read_a_whole_configuration() {
    let text = r#"
version: 1
gate:
  fail-on: critical
  inconclusive: pass
  one-run: suspect
  alpha: 1%
  margin: 3%
  display: { notice: review, warning: investigate, critical: block }
inputs:
  jsonl: { benchmark: ["test_name", "operation"], parameters: ["agent_count"], summary: { of: samples } }
metrics:
  queue-depth: { unit: count, better: lower }
  instructions: { deterministic: true }
rules:
  - regression: { metric: time, notice: 5%, warning: 10%, critical: 20% }
  - regression: { metric: throughput, margin: 1%, notice: 2%, warning: 5%, critical: 15% }
  - regression: { benchmarks: "dht/**", metric: time, statistic: p95, critical: 10%, min-change: 50ns }
  - presence: { missing: warning, renamed: warning, duplicated: critical, zero: warning, non-finite: critical, added: none }
waivers:
  - { benchmark: "parser/large", metric: time, up-to: 15%, reason: "…", issue: "https://…", expires: 2026-12-31 }
"#;
    let config = accepted(text);
    assert_eq!((config.rules.len(), config.waivers.len()), (5, 1));
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let value: Value = serde_saphyr::from_str(text).expect("YAML");
    assert!(validator.is_valid(&value));
}
