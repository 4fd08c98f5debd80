//! One call of the gate with all that it writes.

use std::fs;

use serde_json::Value;

use crate::common::{benchgate, said};

/// A configuration over the results of a team.
pub(crate) struct Gate {
    team: &'static str,
    config: &'static str,
    base: Option<&'static str>,
    more: &'static [&'static str],
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) exit: i32,
    pub(crate) text: String,
    pub(crate) markdown: String,
    pub(crate) html: String,
    pub(crate) report: Value,
}

impl Gate {
    /// Head beside base, in turns.
    pub(crate) fn paired(team: &'static str) -> Self {
        Self { base: Some("base"), more: &["--order", "interleaved"], ..Self::promises(team) }
    }

    /// Only head: there are promises to hold, and nothing to compare with.
    pub(crate) fn promises(team: &'static str) -> Self {
        Self { team, config: "benchgate.yml", base: None, more: &["--allow-empty-base"] }
    }

    /// With another configuration.
    pub(crate) fn config(self, config: &'static str) -> Self {
        Self { config, ..self }
    }

    /// With these options instead.
    pub(crate) fn options(self, more: &'static [&'static str]) -> Self {
        Self { more, ..self }
    }

    /// Runs the gate.
    pub(crate) fn run(&self, head: &str) -> Outcome {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name).display().to_string();
        let at = |name: &str| format!("fixtures/pairs/{}/{name}", self.team);
        let (config, head) = (at(self.config), at(head));
        let checked = benchgate(&["config", "check", "--config", &config]).output().expect("a run");
        assert_eq!(checked.status.code(), Some(0), "{}", said(&checked.stderr));

        let mut command = benchgate(&["compare", "--date", "2026-11-21", "--config", &config]);
        command.args(self.more).args(["--head", &head]);
        if let Some(base) = self.base {
            command.args(["--base", &at(base)]);
        }
        for form in ["markdown", "html", "json"] {
            command.args(["--out", &format!("{form}={}", file(form))]);
        }
        let output = command.output().expect("a run");
        assert_eq!(said(&output.stderr), "");
        let read = |form: &str| fs::read_to_string(file(form)).expect("a report");
        Outcome {
            exit: output.status.code().expect("an exit code"),
            text: said(&output.stdout),
            markdown: read("markdown"),
            html: read("html"),
            report: serde_json::from_str(&read("json")).expect("JSON"),
        }
    }
}

impl Outcome {
    /// That it came out like this, with these findings: `critical budget NFR-P01 event/delivery time p95`.
    pub(crate) fn is(&self, outcome: &str, exit: i32, findings: &[&str]) {
        let words = |finding: &Value| {
            let keys = ["severity", "rule", "id", "benchmark", "metric", "statistic"];
            keys.iter().filter_map(|key| finding[*key].as_str()).collect::<Vec<_>>().join(" ")
        };
        let found = list(&self.report["findings"]);
        assert_eq!(found.iter().map(words).collect::<Vec<_>>(), findings);
        assert_eq!((self.report["outcome"].as_str(), self.exit), (Some(outcome), exit));
    }

    /// What the JSON report says of the rules: the verdict, each finding, each table with its rows and curves, one a line.
    pub(crate) fn decided(&self) -> String {
        let mut lines = vec![of(&self.report, &["outcome", "severity", "exit_code"])];
        lines.extend(list(&self.report["findings"]).iter().map(rounded));
        for table in list(&self.report["tables"]) {
            lines.push(of(table, &["kind", "title", "columns", "notes"]));
            lines.extend(list(&table["rows"]).iter().chain(list(&table["curves"])).map(rounded));
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// That the page shows every table, every finding and the verdict.
    pub(crate) fn page_is_whole(&self) {
        let shown = |text: &str| {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(self.html.contains(&escaped), "the page lacks {text:?}");
        };
        for table in list(&self.report["tables"]) {
            shown(table["title"].as_str().unwrap_or_default());
        }
        for finding in list(&self.report["findings"]) {
            shown(finding["benchmark"].as_str().unwrap_or_default());
        }
        for outside in [" src=\"", "href=\"http", "@import", "url(http"] {
            assert!(!self.html.contains(outside), "the page asks for {outside}");
        }
    }
}

/// The entries of a list, of which there may be none.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Some fields of an object.
fn of(value: &Value, keys: &[&str]) -> Value {
    keys.iter().map(|key| ((*key).to_owned(), rounded(&value[*key]))).collect()
}

/// The same value with numbers of six digits, so that the last bit of a logarithm is no difference.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let text = format!("{:.5e}", number.as_f64().unwrap_or_default());
            text.parse::<f64>().map_or(Value::Null, Value::from)
        }
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), rounded(value))).collect()
        }
        other => other.clone(),
    }
}

/// Holds every form against its snapshot.
#[macro_export]
macro_rules! read_as {
    ($outcome:expr, $name:literal) => {
        insta::assert_snapshot!(concat!($name, "_text"), $outcome.text);
        insta::assert_snapshot!(concat!($name, "_markdown"), $outcome.markdown);
        insta::assert_snapshot!(concat!($name, "_json"), $outcome.decided());
        $outcome.page_is_whole();
    };
}
