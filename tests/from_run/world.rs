//! A repository with one pull request from a fork, its run and the artifact of it, and the job that publishes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wiremock::matchers::{method, path, path_regex, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::common::{benchgate, said};

/// The newest commit of the pull request, which the run measured.
pub(crate) const HEAD: &str = "1111111111111111111111111111111111111111";
/// The tip of the base branch.
pub(crate) const TIP: &str = "2222222222222222222222222222222222222222";
/// The base branch's commit when the pull request was opened.
pub(crate) const BASE: &str = "3333333333333333333333333333333333333333";
/// The name of the report in the artifact.
pub(crate) const MEMBER: &str = "benchgate-report.json";
/// What may never be seen.
pub(crate) const TOKEN: &str = "ghs_verySecretToken";

/// A fake of GitHub, and the files of a job.
pub(crate) struct World {
    runtime: Runtime,
    pub(crate) server: MockServer,
    /// Another host, where artifacts are kept.
    blobs: MockServer,
    folder: TempDir,
    /// The path of the repository.
    root: &'static str,
    pub(crate) event: Value,
}

/// How `benchgate publish --from-run` ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) summary: String,
    pub(crate) outputs: String,
    requests: Vec<Request>,
}

impl World {
    /// A pull request whose run left this artifact.
    pub(crate) fn new(archive: &[u8]) -> Self {
        Self::empty().with(archive)
    }

    /// The same, in a repository that has got a new name since.
    pub(crate) fn renamed(archive: &[u8]) -> Self {
        let world = Self::at("/repositories/1");
        let uri = world.server.uri();
        let to = move |request: &Request| {
            let rest = request.url.path().trim_start_matches("/repos/o/r");
            let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
            let status = if request.method.as_str() == "GET" { 301 } else { 307 };
            ResponseTemplate::new(status)
                .insert_header("location", format!("{uri}/repositories/1{rest}{query}"))
        };
        let moved = Mock::given(path_regex("^/repos/o/r/")).respond_with(to);
        world.runtime.block_on(moved.mount(&world.server));
        world.with(archive)
    }

    fn with(self, archive: &[u8]) -> Self {
        self.pulls(&[pull(7, HEAD, "main")]);
        self.artifact(archive);
        self.serves("GET", "/repos/o/r/git/ref/heads%2Fmain", json!({ "object": { "sha": TIP } }));
        self
    }

    /// A repository in which nothing is found.
    pub(crate) fn empty() -> Self {
        Self::at("/repos/o/r")
    }

    /// The same, which refuses some requests.
    pub(crate) fn refusing(requests: &[(&str, &str)], refusal: &ResponseTemplate) -> Self {
        let world = Self::empty();
        for (verb, at) in requests {
            let mock = Mock::given(method(*verb)).and(path(*at)).respond_with(refusal.clone());
            world.runtime.block_on(mock.with_priority(1).mount(&world.server));
        }
        world
    }

    fn at(root: &'static str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (server, blobs) =
            runtime.block_on(async { (MockServer::start().await, MockServer::start().await) });
        let event = json!({ "action": "completed", "workflow_run": {
            "id": 5002, "run_attempt": 1, "event": "pull_request", "conclusion": "success",
            "run_started_at": "2026-11-21T12:00:00Z",
            "head_sha": HEAD, "head_branch": "patch-1", "pull_requests": [],
            "html_url": "https://github.com/o/r/actions/runs/5002",
            "head_repository": { "id": 2, "full_name": "fork/r", "owner": { "login": "fork" } },
            "repository": { "id": 1 } } });
        let folder = tempfile::tempdir().unwrap();
        let world = Self { runtime, server, blobs, folder, root, event };
        let created = json!({ "id": 900, "node_id": "IC_900", "body": "", "html_url": "https://github.com/o/r/pull/7#issuecomment-900" });
        for number in [7, 8] {
            world.serves("GET", &format!("/repos/o/r/issues/{number}/comments"), json!([]));
            world.answers(
                "POST",
                &format!("/repos/o/r/issues/{number}/comments"),
                ResponseTemplate::new(201).set_body_json(&created),
            );
        }
        world.answers(
            "POST",
            &format!("/repos/o/r/statuses/{HEAD}"),
            ResponseTemplate::new(201).set_body_json(json!({ "state": "x", "context": "x" })),
        );
        world.serves("GET", &format!("/repos/o/r/commits/{HEAD}/statuses"), json!([]));
        world
    }

    /// Answers a request; of several answers the first that was given holds.
    pub(crate) fn answers(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        let at = at.replacen("/repos/o/r", self.root, 1);
        let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
        self.runtime.block_on(mock.mount(&self.server));
    }

    /// Answers a request with JSON.
    pub(crate) fn serves(&self, verb: &str, at: &str, body: Value) {
        self.answers(verb, at, ResponseTemplate::new(200).set_body_json(body));
    }

    /// The open pull requests of the run's branch.
    pub(crate) fn pulls(&self, pulls: &[Value]) {
        let list = Mock::given(method("GET"))
            .and(path(format!("{}/pulls", self.root)))
            .and(query_param("head", "fork:patch-1"))
            .and(query_param("state", "open"))
            .respond_with(ResponseTemplate::new(200).set_body_json(pulls));
        self.runtime.block_on(list.mount(&self.server));
        for pull in pulls {
            self.serves("GET", &format!("/repos/o/r/pulls/{}", pull["number"]), pull.clone());
        }
    }

    /// The artifacts of the run, as GitHub lists them.
    pub(crate) fn lists(&self, artifacts: Value) {
        let list = json!({ "total_count": 1, "artifacts": artifacts });
        self.serves("GET", "/repos/o/r/actions/runs/5002/artifacts", list);
    }

    /// The artifact with the report, which GitHub keeps on another host.
    pub(crate) fn artifact(&self, archive: &[u8]) {
        self.lists(json!([{ "id": 70, "name": "benchgate-report", "size_in_bytes": archive.len(), "expired": false }]));
        let there = format!("http://localhost:{}/blob?sig=x", self.blobs.address().port());
        self.answers(
            "GET",
            "/repos/o/r/actions/artifacts/70/zip",
            ResponseTemplate::new(302).insert_header("location", there),
        );
        let blob = Mock::given(method("GET"))
            .and(path("/blob"))
            .respond_with(ResponseTemplate::new(200).set_body_raw(archive, "application/zip"));
        self.runtime.block_on(blob.mount(&self.blobs));
    }

    /// A file at the tip of the base branch.
    pub(crate) fn file(&self, at: &str, text: &str) {
        let at = at.replace('/', "%2F");
        let file = Mock::given(method("GET"))
            .and(path(format!("{}/contents/{at}", self.root)))
            .and(query_param("ref", TIP))
            .respond_with(ResponseTemplate::new(200).set_body_string(text));
        self.runtime.block_on(file.mount(&self.server));
    }

    /// Runs the job.
    pub(crate) fn publish(&self, options: &[&str]) -> Ended {
        let at = |name: &str| self.folder.path().join(name);
        fs::write(at("event.json"), self.event.to_string()).unwrap();
        for name in ["summary.md", "output.txt"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir_all(at("work")).unwrap();
        let output =
            benchgate(&["publish", "--from-run", "--max-wait", "5", "--date", "2026-11-21"])
                .args(options)
                .current_dir(at("work"))
                .env("TMPDIR", at("work"))
                .envs([
                    ("GITHUB_ACTIONS", "true"),
                    ("GITHUB_API_URL", self.server.uri().as_str()),
                    ("GITHUB_EVENT_NAME", "workflow_run"),
                    ("GITHUB_REPOSITORY", "o/r"),
                    ("GITHUB_REPOSITORY_ID", "1"),
                    ("GITHUB_RUN_ID", "6001"),
                    ("GITHUB_TOKEN", TOKEN),
                    ("NO_PROXY", "*"),
                ])
                .env("GITHUB_EVENT_PATH", at("event.json"))
                .env("GITHUB_STEP_SUMMARY", at("summary.md"))
                .env("GITHUB_OUTPUT", at("output.txt"))
                .output()
                .unwrap();
        let requests = self.runtime.block_on(self.server.received_requests()).unwrap();
        let ended = Ended {
            code: output.status.code(),
            out: said(&output.stdout),
            err: said(&output.stderr),
            summary: fs::read_to_string(at("summary.md")).unwrap(),
            outputs: fs::read_to_string(at("output.txt")).unwrap(),
            requests,
        };
        for text in [&ended.out, &ended.err, &ended.summary, &ended.outputs] {
            assert!(!text.contains(TOKEN), "{text}");
        }
        // Nothing that an archive holds becomes a file.
        let files = |folder: PathBuf| -> BTreeSet<String> {
            let entries = fs::read_dir(folder).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let ours = ["event.json", "output.txt", "summary.md", "work"].map(str::to_owned);
        assert_eq!(files(self.folder.path().to_owned()), ours.into());
        assert_eq!(files(at("work")), BTreeSet::new());
        // The other host is never shown the token.
        for request in self.runtime.block_on(self.blobs.received_requests()).unwrap() {
            assert!(!request.headers.contains_key("authorization"));
        }
        ended
    }
}

impl Ended {
    /// The bodies of the requests of this kind.
    pub(crate) fn sent(&self, verb: &str, at: &str) -> Vec<Value> {
        self.requests
            .iter()
            .filter(|request| request.method.as_str() == verb && request.url.path() == at)
            .map(|request| serde_json::from_slice(&request.body).unwrap_or(Value::Null))
            .collect()
    }

    /// State and description of the statuses that were set on the measured commit.
    pub(crate) fn statuses(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.sent("POST", &format!("/repos/o/r/statuses/{HEAD}"))
            .iter()
            .map(|body| (text(&body["state"]), text(&body["description"])))
            .collect()
    }

    /// The comment that was written on a pull request, if one was.
    pub(crate) fn comment(&self, number: u64) -> Option<String> {
        let comments = self.sent("POST", &format!("/repos/o/r/issues/{number}/comments"));
        assert!(comments.len() < 2, "{comments:?}");
        comments.first().map(|body| body["body"].as_str().unwrap_or_default().to_owned())
    }

    /// The outputs of the step, as the runner reads them.
    pub(crate) fn outputs(&self) -> BTreeMap<String, String> {
        let mut outputs = BTreeMap::new();
        let mut lines = self.outputs.lines();
        while let Some(line) = lines.next() {
            let (name, delimiter) = line.split_once("<<").expect("name<<delimiter");
            let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
            outputs.insert(name.to_owned(), value.join("\n"));
        }
        outputs
    }

    /// Every request that changes something, as verb and path.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.requests
            .iter()
            .filter(|request| request.method.as_str() != "GET")
            .map(|request| format!("{} {}", request.method, request.url.path()))
            .collect()
    }
}

/// A pull request from the fork, as GitHub tells it.
pub(crate) fn pull(number: u64, head: &str, base: &str) -> Value {
    json!({ "number": number, "state": "open", "user": { "login": "fork" },
        "head": { "ref": "patch-1", "sha": head, "repo": { "id": 2 } },
        "base": { "ref": base, "sha": BASE, "repo": { "id": 1 } } })
}

/// A zip archive of these members: name, content, mode.
pub(crate) fn zip(members: &[(&str, &[u8], u32)]) -> Vec<u8> {
    let mut writer = ZipArchiveWriter::new(Vec::new());
    for (name, content, mode) in members {
        let (mut entry, config) = writer
            .new_file(EntryPath::verbatim(name.as_bytes()))
            .compression_method(CompressionMethod::DEFLATE)
            .unix_permissions(*mode)
            .start()
            .unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut data = config.wrap(encoder);
        data.write_all(content).unwrap();
        let (encoder, descriptor) = data.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    writer.finish().unwrap()
}

/// An artifact with this report.
pub(crate) fn holding(report: &Value) -> Vec<u8> {
    zip(&[(MEMBER, report.to_string().as_bytes(), 0o100_644)])
}

/// A report of real measurements: one benchmark is slower by half, or none is.
pub(crate) fn report(slower: bool) -> Value {
    static REPORTS: [OnceLock<Value>; 2] = [const { OnceLock::new() }; 2];
    let made = REPORTS[usize::from(slower)].get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.json");
        let pair = if slower { "slower" } else { "no-change" };
        let side = |side: &str| format!("fixtures/pairs/{pair}/{side}");
        benchgate(&[
            "compare",
            "--order",
            "interleaved",
            "--date",
            "2026-11-21",
            "--base-label",
            "main",
        ])
        .args(["--base", &side("base"), "--head", &side("head")])
        .args(["--out", &format!("json={}", file.display())])
        .output()
        .unwrap();
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
    });
    made.clone()
}

/// The same, made to look as if nothing were the matter.
pub(crate) fn forged(mut report: Value) -> Value {
    report["outcome"] = json!("pass");
    report["severity"] = json!("none");
    report["exit_code"] = json!(0);
    report["findings"] = json!([]);
    report["comparisons"] = json!([]);
    report["config"]["alpha"] = json!(1e-300);
    report
}
