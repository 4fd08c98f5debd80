//! docs/report.md: every field of the report, made from its JSON Schema.

use std::fs;

use serde_json::Value;

use crate::generated::current;
use crate::root;

#[test]
fn the_reference_of_the_report_is_current() {
    // The schema itself is held to the code where it is made.
    let schema = fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let mut text = String::from(
        "# The report as JSON\n\nMade from its JSON Schema, [report.schema.json](report.schema.json). `--out json=FILE` writes it; `benchgate render` makes any other form of\nit, `benchgate publish` puts it on a pull request. Fields may be added within schema 1, so readers ignore what they do not know.\n",
    );
    text.push_str(&section("Report", &schema));
    for (name, definition) in schema["$defs"].as_object().expect("definitions") {
        text.push_str(&section(name, definition));
    }
    current("docs/report.md", &text);
}

fn section(name: &str, definition: &Value) -> String {
    let mut text = format!("\n## {name}\n\n{}\n", description(definition));
    if let Some(properties) = definition["properties"].as_object() {
        text.push_str("\n| field | value | meaning |\n|---|---|---|\n");
        for (field, property) in properties {
            text.push_str(&row(&[format!("`{field}`"), kind(property), cell(property)]));
        }
    } else if let Some(choices) = definition["oneOf"].as_array() {
        text.push_str("\n| value | meaning |\n|---|---|\n");
        for choice in choices {
            text.push_str(&row(&[value(choice), cell(choice)]));
        }
    }
    text
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn description(definition: &Value) -> &str {
    definition["description"].as_str().unwrap_or_default()
}

/// A description as one line of a table.
fn cell(definition: &Value) -> String {
    description(definition).replace('\n', " ").replace('|', "\\|")
}

/// A constant, or an object with the field that tells it.
fn value(choice: &Value) -> String {
    match (choice["const"].as_str(), choice["properties"].as_object()) {
        (Some(constant), _) => format!("`{constant}`"),
        (None, Some(properties)) => {
            let fields =
                properties.iter().map(|(name, property)| format!("`{name}`: {}", kind(property)));
            fields.collect::<Vec<_>>().join(", ")
        }
        (None, None) => kind(choice),
    }
}

/// What a value is, with a link where it has a section of its own.
fn kind(property: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(any) = property["anyOf"].as_array() {
        return any.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let names: Vec<&str> = match &property["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    let plain = |name: &str| match name {
        "array" => format!("list of {}", kind(&property["items"])),
        "object" => match property["properties"].as_object() {
            Some(fields) => {
                let names = fields.keys().map(|name| format!("`{name}`"));
                format!("map of {}", names.collect::<Vec<_>>().join(", "))
            }
            None => format!("map to {}", kind(&property["additionalProperties"])),
        },
        "integer" => "whole number".to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    };
    names.into_iter().map(plain).collect::<Vec<_>>().join(" or ")
}
