//! The reference part of the documentation, made from the schema.

use std::fmt::Write;

use serde_json::Value;

use super::file::{File, MetricEntry};
use super::{Gate, fields, schema};
use crate::model::{Display, JsonlMetric, JsonlSettings, JsonlSummary, MeasureSettings, Profile};
use crate::policy::{Rule, Waiver};

/// Every key of the configuration as Markdown tables, with headings of the third level.
#[must_use]
pub fn reference() -> String {
    let mut out = String::new();
    section(&mut out, "The file", None, fields::of::<File>(""));
    section(&mut out, "`gate`", None, fields::of::<Gate>(""));
    section(&mut out, "`gate.display`", None, fields::of::<Display>(""));
    section(&mut out, "`inputs.jsonl`", None, fields::of::<JsonlSettings>(""));
    section(&mut out, "`inputs.jsonl.metrics.FIELD`", None, fields::of::<JsonlMetric>(""));
    section(&mut out, "`inputs.jsonl.summary`", None, fields::of::<JsonlSummary>(""));
    section(&mut out, "`metrics.NAME`", None, fields::of::<MetricEntry>(""));
    section(&mut out, "`measure`", None, fields::of::<MeasureSettings>(""));
    profiles(&mut out);
    for kind in Rule::KINDS {
        let title = format!("`rules`: `{}`", kind.name);
        section(&mut out, &title, Some(kind.example), fields::of::<Rule>(kind.name));
    }
    section(&mut out, "`waivers`", None, fields::of::<Waiver>(""));
    out
}

/// One struct: what it is, an example, a line for each key.
fn section(
    out: &mut String,
    title: &str,
    example: Option<&str>,
    of: Option<(&'static str, &'static [&'static str])>,
) {
    let Some((name, keys)) = of else { return };
    let _ = write!(out, "### {title}\n\n");
    let about = schema::object(name).map(description).unwrap_or_default();
    if !about.is_empty() {
        let _ = write!(out, "{about}\n\n");
    }
    if let Some(example) = example {
        let _ = write!(out, "```yaml\nversion: 1\nrules:\n  {example}\n```\n\n");
    }
    out.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
    for key in keys {
        let Some(property) = schema::property(name, key) else { continue };
        let default = if schema::required(name).iter().any(|required| required == key) {
            "required".to_owned()
        } else {
            property.get("default").and_then(default).unwrap_or_default()
        };
        let _ = writeln!(
            out,
            "| `{key}` | {} | {default} | {} |",
            cell(&value(property)),
            cell(&description(property))
        );
    }
    out.push('\n');
}

/// The two profiles of a measurement, with what each has built in.
fn profiles(out: &mut String) {
    let Some((name, keys)) = fields::of::<Profile>("") else { return };
    let about = schema::object(name).map(description).unwrap_or_default();
    let _ = write!(out, "### `measure.full`, `measure.quick`\n\n{about}\n\n");
    out.push_str("| key | value | full | quick | meaning |\n|---|---|---|---|---|\n");
    let [full, quick] = [Profile::full(), Profile::quick()]
        .map(|profile| serde_json::to_value(profile).unwrap_or_default());
    for key in keys {
        let Some(property) = schema::property(name, key) else { continue };
        let [full, quick] =
            [&full, &quick].map(|of| of.get(key).and_then(default).unwrap_or_else(|| "–".into()));
        let _ = writeln!(
            out,
            "| `{key}` | {} | {full} | {quick} | {} |",
            cell(&value(property)),
            cell(&description(property))
        );
    }
    out.push('\n');
}

/// The doc comment behind a schema, on one line for each paragraph.
fn description(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let paragraphs = text.split("\n\n").map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// What a key takes.
fn value(schema: &Value) -> String {
    if let Some(name) = schema::reference(schema) {
        let Some(target) = schema::object(name) else { return name.to_owned() };
        return match value(target).as_str() {
            // A type with a form of its own describes it.
            "text" if target.get("pattern").is_some() || name == "Glob" => description(target),
            "" => description(target),
            "map" if target.get("minProperties").is_some() => description(target),
            other => other.to_owned(),
        };
    }
    let words = words(schema);
    if !words.is_empty() {
        return words.join(", ");
    }
    let kind = schema.get("type");
    let kind = kind.and_then(Value::as_str).or_else(|| kind?.as_array()?.first()?.as_str());
    match kind {
        Some("string") => "text".into(),
        Some("integer") => "whole number".into(),
        Some("number") => "number".into(),
        Some("boolean") => "`true` or `false`".into(),
        Some("array") => match schema.get("items") {
            Some(items) if value(items) == "text" => "list of texts".into(),
            _ => "list".into(),
        },
        Some("object") => "map".into(),
        _ => String::new(),
    }
}

/// The words of an enumeration.
fn words(schema: &Value) -> Vec<String> {
    let ticked = |word: &Value| word.as_str().map(|word| format!("`{word}`"));
    let list = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
    let described = list("oneOf").filter_map(|one| one.get("const").and_then(ticked));
    list("enum").filter_map(ticked).chain(described).collect()
}

/// A default, where it is a single value that says something.
fn default(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(format!("`{text}`")),
        Value::Bool(_) | Value::Number(_) => Some(format!("`{value}`")),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace("\n\n", " ").replace('|', "\\|")
}
