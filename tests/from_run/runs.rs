//! Which pull request a run belongs to, and what happens where there is none.

use serde_json::{Value, json};

use crate::world::{HEAD, World, holding, pull, report};

const OTHER: &str = "4444444444444444444444444444444444444444";

#[test]
fn the_report_of_a_fork_is_published_on_its_pull_request() {
    let world = World::new(&holding(&report(true)));
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let comment = ended.comment(7).expect("a comment");
    assert!(
        comment.starts_with("<!-- benchgate:report gate=default run=5002 attempt=1 -->\n### ❌"),
        "{comment}"
    );
    assert!(comment.contains("1111111"), "{comment}");
    let statuses = ended.statuses();
    assert_eq!(statuses.len(), 1);
    assert_eq!(statuses[0].0, "failure");
    assert!(ended.outputs.contains("fail"), "{}", ended.outputs);
    assert!(ended.summary.contains('❌'), "{}", ended.summary);
    assert_eq!(ended.writes().len(), 2, "{:?}", ended.writes());
}

#[test]
fn a_report_without_a_regression_passes() {
    let ended = World::new(&holding(&report(false))).publish(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "success");
    assert!(ended.comment(7).expect("a comment").contains('✅'));
}

/// 0 matches: a notice, no comment, exit code 0; a commit that somebody may wait for gets an error.
#[test]
fn a_run_without_a_current_pull_request_publishes_nothing() {
    let no_head = |mut pull: Value| {
        pull["head"]["repo"] = Value::Null;
        pull
    };
    let other_repository = |mut pull: Value| {
        pull["head"]["repo"]["id"] = json!(3);
        pull
    };
    for (what, pulls, said, statuses) in [
        (
            "stale",
            vec![pull(7, OTHER, "main")],
            "pull request 7 has a newer commit than 1111111",
            1,
        ),
        ("closed", vec![], "no open pull request has 1111111", 0),
        (
            "other repository",
            vec![other_repository(pull(7, HEAD, "main"))],
            "no open pull request",
            0,
        ),
        (
            "deleted repository",
            vec![no_head(pull(7, HEAD, "main"))],
            "the repository that pull request 7 comes from was deleted",
            1,
        ),
    ] {
        let world = World::empty();
        world.artifact(&holding(&report(true)));
        world.pulls(&pulls);
        let ended = world.publish(&[]);
        assert_eq!(ended.code, Some(0), "{what}: {}", ended.err);
        assert!(ended.err.contains(said), "{what}: {}", ended.err);
        assert_eq!(ended.comment(7), None, "{what}");
        let states: Vec<_> = ended.statuses().into_iter().map(|(state, _)| state).collect();
        assert_eq!(states, vec!["error"; statuses], "{what}");
        // It says so in the summary, and leaves the outputs of the step empty.
        assert!(ended.summary.contains("nothing is published"), "{}", ended.summary);
        let outputs = ended.outputs();
        let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
        assert_eq!(names, ["comment-url", "outcome", "published", "regressions", "severity"]);
        assert!(outputs.iter().all(|(name, value)| value.is_empty() || name == "published"));
        assert_eq!(outputs["published"], "true", "{what}");
        // The reason stands in the log of the publishing run.
        for status in ended.sent("POST", &format!("/repos/o/r/statuses/{HEAD}")) {
            let page = "https://github.com/o/r/actions/runs/6001#benchgate-run=5002.1";
            assert_eq!(status["target_url"], page, "{what}");
        }
    }
}

#[test]
fn a_deleted_fork_cannot_be_told_from_another_one() {
    let mut world = World::empty();
    world.event["workflow_run"]["head_repository"] = Value::Null;
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("was deleted"), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "error");
}

/// The list of pull requests was read before; somebody pushed in between.
#[test]
fn a_commit_pushed_while_publishing_keeps_the_older_report_away() {
    let world = World::empty();
    world.serves("GET", "/repos/o/r/pulls/7", pull(7, OTHER, "main"));
    world.pulls(&[pull(7, HEAD, "main")]);
    world.artifact(&holding(&report(false)));
    world.serves(
        "GET",
        "/repos/o/r/git/ref/heads%2Fmain",
        json!({ "object": { "sha": crate::world::TIP } }),
    );
    let ended = world.publish(&[]);
    assert_eq!(ended.comment(7), None);
    assert_eq!(ended.statuses()[0].0, "success");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn of_two_pull_requests_of_one_commit_the_reports_base_branch_chooses() {
    let world = |base: &str| {
        let mut made = report(false);
        made["base"]["name"] = json!(base);
        made["base"]["commit"] = Value::Null;
        let world = World::empty();
        world.pulls(&[pull(7, HEAD, "main"), pull(8, HEAD, "release")]);
        world.artifact(&holding(&made));
        for branch in ["main", "release"] {
            let at = format!("/repos/o/r/git/ref/heads%2F{branch}");
            world.serves("GET", &at, json!({ "object": { "sha": crate::world::TIP } }));
        }
        world
    };
    let ended = world("release").publish(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.comment(8).is_some() && ended.comment(7).is_none());
    let ended = world("9; rm -rf /").publish(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.contains("several pull requests have this commit: #7, #8"), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "error");
    assert!(ended.comment(7).is_none() && ended.comment(8).is_none());
}

#[test]
fn runs_of_other_events_are_left_alone() {
    for event in ["push", "schedule", "pull_request_target"] {
        let mut world = World::new(&holding(&report(true)));
        world.event["workflow_run"]["event"] = json!(event);
        let ended = world.publish(&[]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.err.contains(&format!("`{event}`")), "{}", ended.err);
        assert_eq!(ended.writes(), [""; 0]);
    }
}

#[test]
fn a_run_of_the_merge_queue_gets_a_status_and_no_comment() {
    let mut world = World::new(&holding(&report(true)));
    let run = &mut world.event["workflow_run"];
    run["event"] = json!("merge_group");
    run["head_branch"] = json!(format!("gh-readonly-queue/main/pr-7-{}", crate::world::TIP));
    run["head_repository"] = json!({ "id": 1, "full_name": "o/r", "owner": { "login": "o" } });
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "failure");
    assert_eq!(ended.comment(7), None);
    // The same branch name in a fork is no queue.
    world.event["workflow_run"]["head_repository"]["id"] = json!(2);
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
}

/// The queue's commit holds the pull requests, and so the rules that they would like.
#[test]
fn the_rules_of_a_queue_are_never_read_from_its_own_commit() {
    let mut world = World::empty();
    world.artifact(&holding(&report(true)));
    let run = &mut world.event["workflow_run"];
    run["event"] = json!("merge_group");
    run["head_branch"] = json!(format!("gh-readonly-queue/main/pr-7-{}", crate::world::TIP));
    run["head_repository"] = json!({ "id": 1, "full_name": "o/r", "owner": { "login": "o" } });
    world.serves("GET", &format!("/repos/o/r/commits/{HEAD}"), json!({ "sha": HEAD }));
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.contains("cannot read the tip of the base branch `main`"), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "error");
    assert!(ended.sent("GET", &format!("/repos/o/r/commits/{HEAD}")).is_empty());
}

#[test]
fn a_renamed_repository_is_followed() {
    let ended = World::renamed(&holding(&report(true))).publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.sent("POST", &format!("/repositories/1/statuses/{HEAD}")).len(), 1);
    assert_eq!(ended.sent("POST", "/repositories/1/issues/7/comments").len(), 1);
}

/// Without the comment, too, nothing is put on a pull request that has moved on.
#[test]
fn no_label_is_put_on_a_pull_request_that_has_moved_on() {
    let world = World::empty();
    world.serves("GET", "/repos/o/r/pulls/7", pull(7, OTHER, "main"));
    world.pulls(&[pull(7, HEAD, "main")]);
    world.artifact(&holding(&report(true)));
    let tip = json!({ "object": { "sha": crate::world::TIP } });
    world.serves("GET", "/repos/o/r/git/ref/heads%2Fmain", tip);
    world.serves("GET", "/repos/o/r/issues/7/labels", json!([]));
    let ended = world.publish(&["--no-comment", "--labels", "regression=slower"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.writes(), [format!("POST /repos/o/r/statuses/{HEAD}")], "{}", ended.err);
    assert!(ended.err.contains("has moved on"), "{}", ended.err);
}

#[test]
fn a_run_of_another_repository_and_a_job_that_nothing_triggered_are_refused() {
    let mut world = World::new(&holding(&report(true)));
    world.event["workflow_run"]["repository"]["id"] = json!(99);
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert_eq!(ended.writes(), [""; 0]);
    assert!(ended.err.contains("another repository"), "{}", ended.err);
}
