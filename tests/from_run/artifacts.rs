//! Runs that left no report, or one that cannot be had: the commit never stays pending.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::world::{Ended, HEAD, TIP, World, holding, pull, report};

/// Says so on the pull request, sets the status to error, ends with 3.
fn is_an_error(ended: &Ended, said: &str) {
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.contains(said), "{}", ended.err);
    let states: Vec<String> = ended.statuses().into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["error"], "{}", ended.err);
}

fn without_artifact() -> World {
    let world = World::empty();
    world.pulls(&[pull(7, HEAD, "main")]);
    world.serves("GET", "/repos/o/r/git/ref/heads%2Fmain", json!({ "object": { "sha": TIP } }));
    world
}

#[test]
fn a_failed_measurement_is_said_on_the_pull_request() {
    for (conclusion, said) in [
        (json!("failure"), "the measuring run ended with `failure` and left no artifact"),
        (json!("cancelled"), "ended with `cancelled`"),
        (json!("success"), "the measuring run left no artifact `benchgate-report`"),
        (json!(null), "left no artifact"),
    ] {
        let mut world = without_artifact();
        world.lists(json!([]));
        world.event["workflow_run"]["conclusion"] = conclusion;
        let ended = world.publish(&[]);
        is_an_error(&ended, said);
        let comment = ended.comment(7).expect("a comment");
        assert!(comment.starts_with("<!-- benchgate:report gate=default run=5002"), "{comment}");
        assert!(comment.contains("left no artifact"), "{comment}");
    }
}

#[test]
fn only_the_artifact_of_exactly_this_name_counts() {
    let world = without_artifact();
    world.lists(
        json!([{ "id": 1, "name": "benchgate-report-2", "size_in_bytes": 10, "expired": false }]),
    );
    is_an_error(&world.publish(&[]), "left no artifact `benchgate-report`");
}

#[test]
fn an_expired_artifact_is_an_error() {
    let world = without_artifact();
    world.lists(
        json!([{ "id": 70, "name": "benchgate-report", "size_in_bytes": 10, "expired": true }]),
    );
    is_an_error(&world.publish(&[]), "has expired or was deleted");
    let world = without_artifact();
    world.lists(
        json!([{ "id": 70, "name": "benchgate-report", "size_in_bytes": 10, "expired": false }]),
    );
    let gone =
        ResponseTemplate::new(410).set_body_json(json!({ "message": "Artifact has expired" }));
    world.answers("GET", "/repos/o/r/actions/artifacts/70/zip", gone);
    is_an_error(&world.publish(&[]), "has expired or was deleted");
}

#[test]
fn a_huge_artifact_is_not_even_downloaded() {
    let world = without_artifact();
    let size = 65 << 20;
    world.lists(
        json!([{ "id": 70, "name": "benchgate-report", "size_in_bytes": size, "expired": false }]),
    );
    let ended = world.publish(&[]);
    is_an_error(&ended, "more than the 67108864 that are downloaded");
    assert!(ended.sent("GET", "/repos/o/r/actions/artifacts/70/zip").is_empty());
}

#[test]
fn the_artifact_of_the_last_attempt_counts() {
    let world = without_artifact();
    let entry = |id: u64| json!({ "id": id, "name": "benchgate-report", "size_in_bytes": 10, "expired": false });
    world.lists(json!([entry(70), entry(71), entry(69)]));
    let ended = world.publish(&[]);
    assert_eq!(ended.sent("GET", "/repos/o/r/actions/artifacts/71/zip").len(), 1, "{}", ended.err);
}

/// The list is one of the run: an attempt that breaks off finds what the attempt before it left.
#[test]
fn the_artifact_of_an_earlier_attempt_stands_for_no_failed_one() {
    let before = json!("2026-11-21T11:59:59Z");
    let during = json!("2026-11-21T12:00:00Z");
    for (conclusion, created, expected) in [
        (json!("failure"), &before, "error"),
        (json!("cancelled"), &before, "error"),
        (json!(null), &before, "error"),
        // Only the jobs that failed were repeated: the one that measured was not.
        (json!("success"), &before, "success"),
        (json!("failure"), &during, "success"),
        (json!("failure"), &json!("who knows"), "success"),
    ] {
        let archive = holding(&report(false));
        let mut world = without_artifact();
        world.lists(json!([{ "id": 70, "name": "benchgate-report", "size_in_bytes": archive.len(),
            "expired": false, "created_at": created }]));
        world.artifact(&archive);
        world.event["workflow_run"]["run_attempt"] = json!(2);
        world.event["workflow_run"]["conclusion"] = conclusion.clone();
        let ended = world.publish(&[]);
        assert_eq!(ended.statuses()[0].0, expected, "{conclusion} {created}: {}", ended.err);
        if expected == "error" {
            is_an_error(&ended, "left no artifact `benchgate-report`");
        }
    }
}

/// The job may pass all the same (`fail: "false"`), so it must be seen without its exit code.
#[test]
fn a_status_that_cannot_be_set_is_said_on_the_page_of_the_run() {
    let refused = || {
        ResponseTemplate::new(403)
            .insert_header("x-accepted-github-permissions", "statuses=write")
            .set_body_json(json!({ "message": "Resource not accessible by integration" }))
    };
    let posts = format!("/repos/o/r/statuses/{HEAD}");
    let lists = format!("/repos/o/r/commits/{HEAD}/statuses");
    // A decided report, one that nobody can decide, and a pull request that has moved on.
    for (what, code) in [("fail", 1), ("undecided", 3), ("moved", 4)] {
        let world = World::refusing(&[("GET", &lists), ("POST", &posts)], &refused());
        world.artifact(&holding(&report(true)));
        let head = if what == "moved" { TIP } else { HEAD };
        world.pulls(&[pull(7, head, "main")]);
        if what == "fail" {
            let tip = json!({ "object": { "sha": TIP } });
            world.serves("GET", "/repos/o/r/git/ref/heads%2Fmain", tip);
        }
        let ended = world.publish(&[]);
        assert_eq!(ended.code, Some(code), "{what}: {}", ended.err);
        let line = ended.out.lines().find(|line| line.contains("cannot set the commit status"));
        let line = line.unwrap_or_else(|| panic!("{what}: {}", ended.out));
        assert!(line.starts_with("::error title=benchgate::"), "{line}");
        assert!(line.contains("add `statuses: write` under `permissions:`"), "{line}");
        assert_eq!(ended.outputs()["published"], "false", "{what}");
    }
}

#[test]
fn what_was_sent_in_full_is_said_to_later_steps() {
    let ended = World::new(&holding(&report(true))).publish(&[]);
    assert_eq!(ended.outputs()["published"], "true", "{}", ended.err);
    // Nothing is decided, but who waits for the status is told.
    let world = World::empty();
    world.pulls(&[pull(7, HEAD, "main")]);
    world.artifact(&holding(&report(true)));
    let ended = world.publish(&[]);
    is_an_error(&ended, "cannot read the tip");
    assert_eq!(ended.outputs()["published"], "true", "{}", ended.err);
    assert!(ended.out.contains("::error title=benchgate::cannot read the tip"), "{}", ended.out);
}

#[test]
fn a_missing_permission_is_named_and_the_status_set() {
    let world = without_artifact();
    let refused = ResponseTemplate::new(403)
        .insert_header("x-accepted-github-permissions", "actions=read")
        .set_body_json(json!({ "message": "Resource not accessible by integration" }));
    world.answers("GET", "/repos/o/r/actions/runs/5002/artifacts", refused);
    let ended = world.publish(&[]);
    is_an_error(&ended, "add `actions: read` under `permissions:` of the job");
    assert_eq!(ended.comment(7), None);
}

/// Where reading is refused, writing would be as well.
#[test]
fn the_permission_to_write_is_named_where_reading_is_refused() {
    let world = World::empty();
    let refused = ResponseTemplate::new(403)
        .insert_header("x-accepted-github-permissions", "pull_requests=read")
        .set_body_json(json!({ "message": "Resource not accessible by integration" }));
    world.answers("GET", "/repos/o/r/pulls", refused);
    let ended = world.publish(&[]);
    is_an_error(&ended, "add `pull-requests: write` under `permissions:` of the job");
}

#[test]
fn a_name_of_ones_own_is_asked_for_and_cannot_leave_the_path() {
    let world = without_artifact();
    world.lists(json!([]));
    let ended = world.publish(&["--artifact", "a/../../b?name=x&c#d", "--member", "../x"]);
    is_an_error(&ended, "`a/../../b?name=x&c#d`");
}

#[test]
fn no_status_means_none() {
    let world = without_artifact();
    world.lists(json!([]));
    let ended = world.publish(&["--no-status", "--no-comment"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert_eq!(ended.writes(), [""; 0]);
    let ended = World::new(&holding(&report(true))).publish(&["--dry-run"]);
    assert_eq!((ended.code, ended.writes().len()), (Some(1), 0), "{}", ended.err);
}
