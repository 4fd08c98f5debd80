//! `runset.json`: what was measured, and where.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::diag::{Code, Diagnostic, Level, quoted};
use crate::ingest::document::{self, shown};
use crate::model::{Side, SideInfo};

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
    failed: Vec<Failed>,
}

/// A benchmark that was given up because a run of it failed.
#[derive(Deserialize)]
struct Failed {
    side: Side,
    benchmark: String,
    #[serde(default)]
    message: String,
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

/// What the file says.
pub(super) struct About {
    pub(super) base: SideInfo,
    pub(super) head: SideInfo,
    /// What went wrong when it was measured.
    pub(super) failures: Vec<Diagnostic>,
}

/// Reads what is known of the base and the head side.
///
/// # Errors
/// The file cannot be read, or is of a version that this program does not know.
pub(super) fn read(path: &Path) -> Result<About, Diagnostic> {
    let help = "`benchgate explain runset` shows what the file holds; only `schema` is required.";
    let Version { schema } = document::json(path, help)?;
    if schema != 1 {
        let message = format!("the run set has schema {schema}; this program reads schema 1");
        return Err(Diagnostic::error(Code::Malformed, message)
            .file(shown(path))
            .at(1, 1)
            .help("read it with the version of benchgate that measured it"));
    }
    let Header { base, head, environment, failed } = document::json(path, help)?;
    Ok(About {
        base: side(base, "base", &environment),
        head: side(head, "head", &environment),
        failures: failed.into_iter().map(|failed| failed.diagnostic(path)).collect(),
    })
}

impl Failed {
    fn diagnostic(self, path: &Path) -> Diagnostic {
        let (side, what) = (self.side.name(), quoted(&self.benchmark));
        let message = format!("{what} failed on {side} when it was measured: {}", self.message);
        let level = match self.side {
            // What was broken before the change is not the fault of the change.
            Side::Base => Level::Warning,
            Side::Head => Level::Error,
        };
        let help = "mend the benchmark and measure again, or leave it out with `--filter`";
        Diagnostic { level, ..Diagnostic::error(Code::RunFailed, message) }
            .file(shown(path))
            .help(help)
    }
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
