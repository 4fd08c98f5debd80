//! Which event publishes what where: the table of `docs/github.md`.

use serde_json::{Value, json};

use crate::fake::Fake;
use crate::scene::{BASE, HEAD, Job, MERGE, passing, pull_request};

const ALL: &[&str] =
    &["--status", "--check-run", "--labels", "inconclusive=perf?", "--request-review", "bob"];
const ZERO: &str = "0000000000000000000000000000000000000000";

fn event(name: &str, payload: &Value) -> String {
    let fake = Fake::start();
    fake.state().labels.push("perf?".to_owned());
    let done = Job::new(&fake, name, payload).publish(passing(), ALL);
    assert_eq!(done.code, 0, "{name}: {}", done.err);
    assert_eq!(done.outputs["outcome"], "pass");
    assert!(done.summary.starts_with("### "), "{name}: {}", done.summary);
    let state = fake.state();
    let on = |things: &[Value], key: &str| -> String {
        things
            .iter()
            .map(|thing| thing[key].as_str().unwrap().get(..2).unwrap().to_owned())
            .collect()
    };
    format!(
        "{name:<20} comments {} status on [{}] check run on [{}] label left {}\n",
        state.comments.len(),
        on(&state.statuses, "sha"),
        on(&state.checks, "head_sha"),
        state.labels.len()
    )
}

#[test]
fn every_event_publishes_where_the_table_says() {
    let group = json!({ "merge_group": { "head_sha": HEAD, "base_sha": BASE } });
    let run = json!({ "workflow_run": { "id": 5, "event": "pull_request", "head_sha": HEAD, "repository": { "id": 1 } } });
    let mut table = String::new();
    for (name, payload) in [
        ("pull_request", pull_request(false)),
        ("pull_request_target", pull_request(true)),
        ("merge_group", group),
        ("push", json!({ "before": BASE, "after": HEAD })),
        ("push", json!({ "before": ZERO, "after": HEAD })),
        ("push", json!({ "before": BASE, "after": ZERO })),
        ("workflow_run", run),
        ("workflow_dispatch", json!({ "inputs": {} })),
        ("schedule", json!({})),
        ("repository_dispatch", json!({})),
        ("issue_comment", json!({})),
        ("issues", json!({})),
    ] {
        table.push_str(&event(name, &payload));
    }
    // 11 is the head of the pull request, the queue or the push; 33 the commit that the workflow ran for.
    assert!(HEAD.starts_with("11") && MERGE.starts_with("33"));
    insta::assert_snapshot!(table);
}

#[test]
fn without_a_pull_request_nothing_is_asked_of_github() {
    let fake = Fake::start();
    let job =
        Job::new(&fake, "push", &json!({ "before": BASE, "after": HEAD })).set("GITHUB_TOKEN", "");
    let done = job.publish(passing(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("there is no pull request to comment on"), "{}", done.out);
    assert_eq!(fake.state().requests.len(), 0);
}

#[test]
fn a_job_without_a_token_has_summary_and_outputs() {
    let fake = Fake::start();
    let job = || Job::pull_request(&fake, true).set("GITHUB_TOKEN", "");
    let done = job().publish(passing(), &["--no-comment"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.summary.contains("no regression"));
    let done = job().publish(passing(), &[]);
    assert_eq!(done.code, 4);
    insta::assert_snapshot!(done.err);
    assert_eq!(fake.state().requests.len(), 0);
}

#[test]
fn outside_of_a_job_it_says_what_is_missing() {
    let fake = Fake::start();
    let mut job = Job::pull_request(&fake, false);
    job.variables.clear();
    let done = job.publish(passing(), &[]);
    assert_eq!(done.code, 2);
    insta::assert_snapshot!(done.err);
}

#[test]
fn a_dry_run_sends_nothing_and_writes_nothing() {
    let fake = Fake::start();
    let job = Job::pull_request(&fake, false).set("GITHUB_TOKEN", "");
    let options = [ALL, &["--dry-run", "--labels", "regression=performance: regression"]].concat();
    let done = job.publish(crate::scene::failing(), &options);
    assert_eq!(done.code, 1);
    assert_eq!(fake.state().requests.len(), 0);
    assert_eq!((done.summary.as_str(), done.outputs.len()), ("", 0));
    let lines: Vec<&str> = done.out.lines().collect();
    let silenced =
        lines.iter().position(|line| line.starts_with("::stop-commands::benchgate-")).unwrap();
    let (says, body) = lines.split_at(silenced);
    let word = body[0].strip_prefix("::stop-commands::").unwrap();
    assert_eq!(*body.last().unwrap(), format!("::{word}::"));
    insta::assert_snapshot!(says.join("\n"));

    // Outside of a job the comment stands as it is.
    let mut job = Job::pull_request(&fake, false);
    job.variables.clear();
    let done = job.publish(passing(), &["--dry-run"]);
    assert!(done.out.contains("\n\n<!-- benchgate:report gate=default -->\n### "), "{}", done.out);
}

#[test]
fn a_payload_that_is_not_githubs_is_refused() {
    let fake = Fake::start();
    let done = Job::new(&fake, "pull_request", &json!({ "number": 7 })).publish(passing(), &[]);
    assert_eq!(done.code, 2);
    insta::assert_snapshot!(done.err);
}

#[test]
fn enterprise_servers_are_found_by_their_addresses() {
    let fake = Fake::start();
    let api = format!("{}/api/v3", fake.uri());
    let job = Job::pull_request(&fake, false).set("GITHUB_API_URL", &api);
    job.publish(passing(), &[]);
    let again = job.run(1001, 1).publish(passing(), &[]);
    assert!(again.out.contains("updated"), "{}", again.err);
    let state = fake.state();
    let paths = state.requests.iter().map(|(_, path, _)| path.as_str());
    let is_rest = |path: &&str| path.starts_with("/api/v3/repos/octo-org/demo/");
    assert_eq!(paths.filter(|path| !is_rest(path)).collect::<Vec<_>>(), ["/api/graphql"]);
}
