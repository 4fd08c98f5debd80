//! The JSON Schema of the configuration, and what errors and documentation take from it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

use super::file::File;

/// The name of the struct that is the whole file.
pub(super) const ROOT: &str = "File";

static SCHEMA: LazyLock<Value> = LazyLock::new(generate);

static REQUIRED: LazyLock<BTreeMap<String, Vec<String>>> = LazyLock::new(|| {
    let required = |schema: &Value| -> Vec<String> {
        let keys = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        keys.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let definitions = SCHEMA.get("$defs").and_then(Value::as_object).into_iter().flatten();
    definitions
        .map(|(name, schema)| (name.clone(), required(schema)))
        .chain([(ROOT.to_owned(), required(&SCHEMA))])
        .collect()
});

/// The JSON Schema of the configuration file, for editors.
#[must_use]
pub fn schema() -> Value {
    SCHEMA.clone()
}

fn generate() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>();
    RecursiveTransform(without_null).transform(&mut schema);
    schema.insert("title".into(), "benchgate configuration".into());
    // Optional in the struct only so that its absence is reported beside the other mistakes.
    schema.insert("required".into(), serde_json::json!(["version"]));
    schema.into()
}

/// An optional key is left out, not set to null.
fn without_null(schema: &mut Schema) {
    let is_null = |value: &Value| value.as_str() == Some("null");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| !is_null(kind));
        if let [single] = types.as_slice() {
            let single = single.clone();
            schema.insert("type".into(), single);
        }
    }
    if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
        any.retain(|one| !one.get("type").is_some_and(is_null));
        if let [Value::Object(single)] = any.as_slice() {
            let single = single.clone();
            schema.remove("anyOf");
            for (key, value) in single {
                schema.insert(key, value);
            }
        }
    }
    // Formats such as uint64 belong to Rust, and defaults of whole maps repeat those of their keys.
    if schema.get("type").and_then(Value::as_str) == Some("integer") {
        schema.remove("format");
    }
    if schema.get("default").is_some_and(|value| value.is_null() || value.is_object()) {
        schema.remove("default");
    }
}

/// The schema of a struct, by its name.
pub(super) fn object(name: &str) -> Option<&'static Value> {
    if name == ROOT { Some(&SCHEMA) } else { SCHEMA.get("$defs")?.get(name) }
}

/// The schema of a key of a struct.
pub(super) fn property(name: &str, key: &str) -> Option<&'static Value> {
    object(name)?.get("properties")?.get(key)
}

/// The name of the definition that a schema refers to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// The keys that a struct must have.
pub(super) fn required(name: &str) -> &'static [String] {
    REQUIRED.get(name).map_or(&[], Vec::as_slice)
}

/// What a key of a struct means; `None` where the struct has no such key.
pub(super) fn describe(name: &str, key: &str) -> Option<String> {
    let property = property(name, key)?;
    let description = property.get("description").and_then(Value::as_str).unwrap_or_default();
    Some(description.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The struct that holds the settings of a kind of rule.
fn struct_of_kind(kind: &str) -> Option<&'static str> {
    let kinds = object("Rule")?.get("oneOf")?.as_array()?;
    kinds.iter().find_map(|one| reference(one.get("properties")?.get(kind)?))
}

/// Whether a struct holds the settings of a kind of rule.
pub(super) fn is_of_kind(name: &str, kind: &str) -> bool {
    struct_of_kind(kind) == Some(name)
}

/// Whether a kind of rule takes a key.
pub(super) fn kind_takes(kind: &str, key: &str) -> bool {
    struct_of_kind(kind).is_some_and(|name| property(name, key).is_some())
}

/// The keys of a struct behind which stands a struct that takes a key.
pub(super) fn sections_with(name: &str, key: &str) -> impl Iterator<Item = &'static str> {
    let sections = object(name).and_then(|schema| schema.get("properties")?.as_object());
    sections.into_iter().flatten().filter_map(move |(section, schema)| {
        property(reference(schema)?, key).map(|_| section.as_str())
    })
}
