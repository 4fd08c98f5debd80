//! `runset.json`: what was measured, and where.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::diag::{Code, Diagnostic};
use crate::ingest::document::{self, shown};
use crate::model::SideInfo;

/// The version of the file, which is looked at before anything else.
#[derive(Deserialize)]
#[serde(expecting = "an object with `schema`")]
struct Version {
    schema: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Header {
    base: SideHeader,
    head: SideHeader,
    environment: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SideHeader {
    name: Option<String>,
    commit: Option<String>,
    date: Option<String>,
    runner: Option<String>,
    environment: BTreeMap<String, Value>,
}

/// Reads what is known of the base and the head side.
///
/// # Errors
/// The file cannot be read, or is of a version that this program does not know.
pub(super) fn read(path: &Path) -> Result<(SideInfo, SideInfo), Diagnostic> {
    let help = "`benchgate explain runset` shows what the file holds; only `schema` is required.";
    let Version { schema } = document::json(path, help)?;
    if schema != 1 {
        let message = format!("the run set has schema {schema}; this program reads schema 1");
        return Err(Diagnostic::error(Code::Malformed, message)
            .file(shown(path))
            .at(1, 1)
            .help("read it with the version of benchgate that measured it"));
    }
    let Header { base, head, environment } = document::json(path, help)?;
    Ok((side(base, "base", &environment), side(head, "head", &environment)))
}

fn side(header: SideHeader, name: &str, shared: &BTreeMap<String, Value>) -> SideInfo {
    let mut environment = shared.clone();
    environment.extend(header.environment);
    let runner = environment.get("runner").and_then(Value::as_str).map(str::to_owned);
    SideInfo {
        name: header.name.unwrap_or_else(|| name.to_owned()),
        commit: header.commit,
        date: header.date,
        runner: header.runner.or(runner),
        runs: 0,
        environment,
    }
}
