use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

const HEAD: &str = "1111111111111111111111111111111111111111";
const BASE: &str = "2222222222222222222222222222222222222222";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn read(variables: &[(&str, &str)], payload: Option<&Value>) -> Result<Job, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    let mut variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    if let Some(payload) = payload {
        std::fs::write(&path, payload.to_string()).unwrap();
        variables.insert("GITHUB_EVENT_PATH".into(), path.display().to_string());
    }
    Job::read(&|name| variables.get(name).cloned()).map_err(|diagnostic| diagnostic.message)
}

fn event(name: &str, payload: &Value) -> Result<Event, String> {
    read(&[("GITHUB_EVENT_NAME", name)], Some(payload)).map(|job| job.event)
}

fn pull_request(head_repo: &Value) -> Value {
    json!({ "number": 7, "pull_request": {
        "number": 7, "user": { "login": "alice" },
        "head": { "sha": HEAD, "ref": "$(touch pwned)", "repo": head_repo },
        "base": { "sha": BASE, "ref": "main", "repo": { "id": 1 } } } })
}

#[test]
fn outside_of_a_job_there_is_nothing() {
    let job = read(&[("GITHUB_REPOSITORY", "")], None).unwrap();
    assert_eq!(
        (job.event, job.repository, job.run, job.in_actions),
        (Event::None, None, None, false)
    );
}

#[test]
fn a_job_knows_its_run_and_its_page() {
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_REPOSITORY_ID", "1001"),
        ("GITHUB_RUN_ID", "12345678901"),
        ("GITHUB_RUN_ATTEMPT", "3"),
        ("GITHUB_SERVER_URL", "https://git.example.org/"),
        ("GITHUB_EVENT_NAME", "schedule"),
        ("GITHUB_SHA", HEAD),
        ("GITHUB_OUTPUT", "/o"),
    ];
    let job = read(&variables, None).unwrap();
    assert_eq!(job.run, Some(RunRef { id: 12_345_678_901, attempt: 3 }));
    assert_eq!(
        job.run_url.as_deref(),
        Some("https://git.example.org/o/r/actions/runs/12345678901")
    );
    assert_eq!(job.event, Event::Other("schedule".into()));
    assert_eq!((job.repository_id, job.output), (Some(1001), Some("/o".into())));
    assert!(job.in_actions && job.summary.is_none());
}

#[test]
fn pull_requests_of_forks_are_known_by_the_repository() {
    for (repo, fork) in
        [(json!({ "id": 1 }), false), (json!({ "id": 2 }), true), (Value::Null, true)]
    {
        for name in ["pull_request", "pull_request_target"] {
            let Ok(Event::PullRequest(pull)) = event(name, &pull_request(&repo)) else {
                panic!("{name}")
            };
            assert_eq!(
                (pull.number, pull.fork, pull.target),
                (7, fork, name == "pull_request_target")
            );
            assert_eq!(pull.head.as_str(), HEAD);
            assert_eq!(pull.author.as_deref(), Some("alice"));
        }
    }
    let mut ghost = pull_request(&Value::Null);
    ghost["pull_request"]["user"] = Value::Null;
    assert!(
        matches!(event("pull_request", &ghost), Ok(Event::PullRequest(pull)) if pull.author.is_none())
    );
}

#[test]
fn queues_pushes_and_runs() {
    let group = json!({ "merge_group": { "head_sha": HEAD, "head_ref": "refs/heads/q" } });
    let head = Sha::parse(HEAD).unwrap();
    assert_eq!(event("merge_group", &group), Ok(Event::MergeGroup { head: head.clone() }));
    let push = |after: &str| event("push", &json!({ "before": "no commit", "after": after }));
    assert_eq!(push(HEAD), Ok(Event::Push { after: Some(head) }));
    assert_eq!(push(ZERO), Ok(Event::Push { after: None }));
    let run = json!({ "workflow_run": { "id": 5, "event": "pull_request", "conclusion": null, "head_sha": HEAD,
        "head_branch": "x", "repository": { "id": 1 }, "run_started_at": "2026-11-21T12:00:00Z",
        "head_repository": { "id": 2, "full_name": "fork/r", "owner": { "login": "fork" } } } });
    let Ok(Event::WorkflowRun(run)) = event("workflow_run", &run) else { panic!() };
    assert_eq!((run.id, run.attempt, run.repository_id), (5, 1, 1));
    assert_eq!(run.head_repository.unwrap().owner, "fork");
    assert_eq!(run.started.unwrap().to_string(), "2026-11-21T12:00:00Z");
}

#[test]
fn what_github_does_not_write_is_refused() {
    let mut messages = Vec::new();
    let short = json!({ "before": BASE, "after": "main; rm -rf" });
    messages.extend(event("push", &short).err());
    messages.extend(event("pull_request", &json!({ "number": 1 })).err());
    messages.extend(event("workflow_run", &json!({ "workflow_run": { "id": "5" } })).err());
    messages.extend(read(&[("GITHUB_EVENT_NAME", "push")], None).err());
    messages.extend(read(&[("GITHUB_REPOSITORY", "o/../r")], None).err());
    messages.extend(read(&[("GITHUB_RUN_ID", "-1")], None).err());
    messages.extend(read(&[("GITHUB_RUN_ATTEMPT", "99999999999")], None).err());
    insta::assert_snapshot!(messages.join("\n"));
}
