use clap::Args;
use schemars::SchemaGenerator;
use serde_json::Value;

use super::Edge;
use crate::diag::{Code, Diagnostic, ExitCode, quoted, suggest};
use crate::ingest;
use crate::policy::Rule;
use crate::policy::rules::Kind;

/// Say what a rule, an input format, a diagnostic or an exit code means.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A kind of rule (regression), a format (criterion), a diagnostic (stale) or an exit code (3); left out, all names.
    #[arg(value_name = "RULE|FORMAT|CODE")]
    what: Option<String>,
}

impl Explain {
    pub(super) fn run(self, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        let Some(what) = self.what else {
            edge.print(&names());
            return Ok(ExitCode::Pass);
        };
        let word = what.trim_matches(['[', ']', '`']).to_lowercase();
        if let Some(text) = explanation(&word) {
            edge.print(&text);
            return Ok(ExitCode::Pass);
        }
        let near = suggest(&word, topics()).map_or_else(
            || "`benchgate explain` lists everything".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        edge.say(&[Diagnostic::error(
            Code::InvalidValue,
            format!("nothing is called {}", quoted(&what)),
        )
        .help(near)]);
        Ok(ExitCode::Usage)
    }
}

/// The explanation of a topic; each comes from where the thing itself is defined.
fn explanation(word: &str) -> Option<String> {
    if let Some(kind) = Rule::KINDS.iter().find(|kind| kind.name == word) {
        return Some(rule(kind));
    }
    if let Some(format) = ingest::format(word) {
        return Some(format!("{}\n", format.about().trim()));
    }
    if let Some(code) = Code::ALL.iter().find(|code| code.name() == word) {
        let lines = code.explanation().lines().map(str::trim);
        return Some(format!("{}\n", lines.collect::<Vec<_>>().join("\n")));
    }
    let number = word.parse().ok().and_then(ExitCode::from_code)?;
    ExitCode::ALL
        .iter()
        .find(|(exit, _)| *exit == number)
        .map(|(exit, meaning)| format!("exit code {}: {meaning}\n", exit.code()))
}

/// What a kind of rule does, its keys, an example: from the doc comments of its parameters.
fn rule(kind: &Kind) -> String {
    let schema = (kind.schema)(&mut SchemaGenerator::default());
    let text = |value: &Value| {
        value.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let keys = schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(
        |(key, property)| {
            let must = if required.contains(&key.as_str()) { "required: " } else { "" };
            let default = property.get("default").and_then(Value::as_str);
            let default = default.map(|value| format!(" [{value}]")).unwrap_or_default();
            format!("  {key:<16} {must}{}{default}\n", text(property).replace('\n', " "))
        },
    );
    format!(
        "{}: {}\n\nKeys\n{}\nExample, one line under `rules:`\n  {}\n",
        kind.name,
        text(schema.as_value()),
        keys.collect::<String>(),
        kind.example
    )
}

fn topics() -> impl Iterator<Item = &'static str> {
    let rules = Rule::KINDS.iter().map(|kind| kind.name);
    let formats = ingest::formats().iter().map(|format| format.name());
    rules.chain(formats).chain(Code::ALL.iter().map(|code| code.name()))
}

fn names() -> String {
    let list = |title: &str, names: Vec<String>| {
        format!(
            "{title}\n{}\n",
            names.into_iter().map(|name| format!("  {name}\n")).collect::<String>()
        )
    };
    [
        list("Rules", Rule::KINDS.iter().map(|kind| kind.name.to_owned()).collect()),
        list("Formats", ingest::formats().iter().map(|format| format.name().to_owned()).collect()),
        list("Diagnostics", Code::ALL.iter().map(|code| code.name().to_owned()).collect()),
        list(
            "Exit codes",
            ExitCode::ALL
                .iter()
                .map(|(exit, meaning)| format!("{:<3} {meaning}", exit.code()))
                .collect(),
        ),
    ]
    .concat()
}
