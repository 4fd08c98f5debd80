//! A job of GitHub Actions: its environment, its event, its files.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{benchgate, jsonl, said};
use crate::fake::Fake;

pub(crate) const HEAD: &str = "1111111111111111111111111111111111111111";
pub(crate) const BASE: &str = "2222222222222222222222222222222222222222";
pub(crate) const MERGE: &str = "3333333333333333333333333333333333333333";
pub(crate) const TOKEN: &str = "ghs_secretsecretsecret";

/// What a run said and left.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) summary: String,
    pub(crate) outputs: BTreeMap<String, String>,
}

/// A job that can be run several times.
pub(crate) struct Job {
    folder: TempDir,
    pub(crate) variables: BTreeMap<&'static str, String>,
}

impl Job {
    /// A job of an event.
    pub(crate) fn new(fake: &Fake, event: &str, payload: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        fs::write(folder.path().join("event.json"), payload.to_string()).unwrap();
        let variables = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_API_URL", fake.uri()),
            ("GITHUB_EVENT_NAME", event.to_owned()),
            ("GITHUB_EVENT_PATH", file("event.json")),
            ("GITHUB_OUTPUT", file("output")),
            ("GITHUB_REPOSITORY", "octo-org/demo".to_owned()),
            ("GITHUB_REPOSITORY_ID", "1".to_owned()),
            ("GITHUB_RUN_ID", "1000".to_owned()),
            ("GITHUB_RUN_ATTEMPT", "1".to_owned()),
            ("GITHUB_SERVER_URL", "https://github.com".to_owned()),
            ("GITHUB_SHA", MERGE.to_owned()),
            ("GITHUB_STEP_SUMMARY", file("summary")),
            ("GITHUB_TOKEN", TOKEN.to_owned()),
        ];
        Self { variables: variables.into(), folder }
    }

    /// A job of pull request 7; from a fork or not.
    pub(crate) fn pull_request(fake: &Fake, fork: bool) -> Self {
        Self::new(fake, "pull_request", &pull_request(fork))
    }

    pub(crate) fn set(mut self, name: &'static str, value: &str) -> Self {
        self.variables.insert(name, value.to_owned());
        self
    }

    pub(crate) fn run(mut self, id: u64, attempt: u32) -> Self {
        self.variables.insert("GITHUB_RUN_ID", id.to_string());
        self.set("GITHUB_RUN_ATTEMPT", &attempt.to_string())
    }

    /// A file of the job.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Publishes a report.
    pub(crate) fn publish(&self, report: &str, options: &[&str]) -> Done {
        let file = self.path("report.json");
        fs::write(&file, report).unwrap();
        let mut arguments =
            vec!["publish", "--report", file.to_str().unwrap(), "--date", "2026-11-21"];
        arguments.extend(options);
        self.call(&arguments)
    }

    /// Runs benchgate in this job.
    pub(crate) fn call(&self, arguments: &[&str]) -> Done {
        let mut command = benchgate(arguments);
        command.envs(&self.variables);
        let output = command.output().unwrap();
        let text = |name: &str| fs::read_to_string(self.path(name)).unwrap_or_default();
        let done = Done {
            code: output.status.code().unwrap(),
            out: said(&output.stdout),
            err: said(&output.stderr),
            summary: text("summary"),
            outputs: outputs(&text("output")),
        };
        for said in [&done.out, &done.err, &done.summary, &text("output")] {
            assert!(!said.contains(TOKEN), "the token was shown: {said}");
        }
        done
    }
}

/// The outputs of a step, as the runner reads them.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").expect("name<<delimiter");
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
        outputs.insert(name.to_owned(), value.join("\n"));
    }
    outputs
}

/// The payload of an event of pull request 7.
pub(crate) fn pull_request(fork: bool) -> Value {
    json!({ "number": 7, "pull_request": {
        "number": 7, "user": { "login": "alice" },
        "head": { "sha": HEAD, "ref": "x", "repo": { "id": if fork { 2 } else { 1 } } },
        "base": { "sha": BASE, "ref": "main", "repo": { "id": 1 } } } })
}

/// A report of a recorded pair.
fn recorded(pair: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let side = |side: &str| format!("fixtures/pairs/{pair}/{side}");
    let out = format!("json={}", file.display());
    let (base, head) = (side("base"), side("head"));
    let arguments = [
        "compare",
        "--order",
        "interleaved",
        "--base",
        &base,
        "--head",
        &head,
        "--out",
        &out,
        "--date",
        "2026-11-21",
    ];
    benchgate(&arguments).output().unwrap();
    fs::read_to_string(file).unwrap()
}

/// A report that fails: one benchmark is slower.
pub(crate) fn failing() -> &'static str {
    static REPORT: OnceLock<String> = OnceLock::new();
    REPORT.get_or_init(|| recorded("slower"))
}

/// A report of the same executable on both sides, which passes.
pub(crate) fn passing() -> &'static str {
    static REPORT: OnceLock<String> = OnceLock::new();
    REPORT.get_or_init(|| recorded("no-change"))
}

/// A report of one run a side of benchmarks of any name, which is inconclusive.
pub(crate) fn named(names: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let write = |name: &str, factor: f64| {
        let escaped: Vec<String> =
            names.iter().map(|name| json!(name).to_string().trim_matches('"').to_owned()).collect();
        let lines: String = (0..5)
            .map(|i| {
                jsonl(
                    &escaped
                        .iter()
                        .map(|n| (n.as_str(), factor * (1.0 + f64::from(i) / 100.0)))
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        fs::write(folder.path().join(name), lines).unwrap();
    };
    write("base.jsonl", 1.0);
    write("head.jsonl", 1.5);
    let out = format!("json={}", path("report.json"));
    let (base, head) = (path("base.jsonl"), path("head.jsonl"));
    let output =
        benchgate(&["compare", "--base", &base, "--head", &head, "--out", &out]).output().unwrap();
    fs::read_to_string(folder.path().join("report.json"))
        .unwrap_or_else(|_| panic!("{}", said(&output.stderr)))
}
