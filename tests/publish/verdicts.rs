//! The verdict elsewhere: summary, annotations, outputs, status, check run, labels, review, exit code.

use serde_json::{Value, json};

use crate::fake::{Fake, WORKFLOW, refusal};
use crate::scene::{BASE, HEAD, Job, failing, named, passing};

#[test]
fn outputs_and_annotations_tell_the_verdict() {
    let fake = Fake::start();
    let done = Job::pull_request(&fake, false).publish(failing(), &[]);
    let shown: Vec<String> =
        done.outputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    insta::assert_snapshot!(format!(
        "{}\n{}",
        shown.join("\n"),
        done.summary.lines().next().unwrap()
    ));
    assert!(done.out.contains("\n::error title=benchgate::parser/large: "), "{}", done.out);
}

#[test]
fn a_summary_is_appended_to_what_is_there() {
    let fake = Fake::start();
    let job = Job::pull_request(&fake, false);
    std::fs::write(job.path("summary"), "# of another tool\n").unwrap();
    let done = job.publish(passing(), &[]);
    assert!(done.summary.starts_with("# of another tool\n\n### "), "{}", done.summary);
}

#[test]
fn the_status_is_on_the_head_of_the_pull_request() {
    let fake = Fake::start();
    Job::pull_request(&fake, false).publish(failing(), &["--status"]);
    Job::pull_request(&fake, false).publish(passing(), &["--status", "--gate-name", "arm"]);
    let inconclusive = named(&["a", "b"]);
    Job::pull_request(&fake, false)
        .publish(&inconclusive, &["--status", "--report-url", "https://example.org/r"]);
    let state = fake.state();
    assert!(state.statuses.iter().all(|status| status["sha"] == HEAD));
    insta::assert_json_snapshot!(state.statuses);
}

#[test]
fn the_check_run_is_written_over_by_later_runs_only() {
    let fake = Fake::start();
    let publish = |run, report: &str| {
        Job::pull_request(&fake, false)
            .run(run, 1)
            .publish(report, &["--check-run", "--no-comment"])
    };
    publish(1000, failing());
    let first = fake.state().checks.clone();
    assert_eq!(first.len(), 1);
    publish(1001, &named(&["a"]));
    let older = publish(999, failing());
    assert!(older.err.contains("from a newer run already"), "{}", older.err);
    let state = fake.state();
    assert_eq!(state.checks.len(), 1);
    let shown = |check: &Value| {
        let mut check = check.clone();
        let summary = check["output"]["summary"].as_str().unwrap().to_owned();
        assert!(summary.len() <= 65_535);
        check["output"]["summary"] = json!(summary.lines().nth(1).unwrap());
        check
    };
    insta::assert_json_snapshot!([shown(&first[0]), shown(&state.checks[0])]);
}

/// The check to require must not go back to what an older run said.
#[test]
fn an_older_run_never_overwrites_the_status_of_a_newer_one() {
    let fake = Fake::start();
    let publish = |run, attempt, report: &str, options: &[&str]| {
        let options = [&["--status", "--no-comment"], options].concat();
        Job::pull_request(&fake, false).run(run, attempt).publish(report, &options)
    };
    publish(1001, 1, failing(), &[]);
    for (run, attempt) in [(1000, 1), (1000, 9)] {
        let done = publish(run, attempt, passing(), &["--labels", "improvement=faster"]);
        assert_eq!(done.code, 0, "{}", done.err);
        let says = "warning: the commit status is from run 1001 already, which is newer";
        assert!(done.err.starts_with(says), "{}", done.err);
        // Nor does anything else follow that speaks for an older run.
        assert_eq!(fake.state().writes().len(), 1);
    }
    // Another gate, a name that GitHub takes for the same, the same run again, and a newer attempt.
    publish(1000, 1, passing(), &["--gate-name", "arm"]);
    fake.state().statuses[1]["context"] = json!("Benchgate");
    assert!(publish(1000, 1, passing(), &[]).err.contains("is newer"));
    publish(1001, 1, failing(), &[]);
    assert_eq!(fake.state().statuses.len(), 2);
    publish(1001, 2, passing(), &["--report-url", "https://example.org/r#table"]);
    let state = fake.state();
    assert_eq!(state.statuses[0]["state"], "success");
    let address = "https://example.org/r#table&benchgate-run=1001.2";
    assert_eq!(state.statuses[0]["target_url"], address);
}

#[test]
fn a_newer_status_that_is_set_while_a_limit_is_waited_for_stays() {
    let fake = Fake::start();
    fake.state().before = Some(Box::new(move |state, request| {
        if request.method.as_str() != "POST" {
            return None;
        }
        state
            .statuses
            .push(json!({ "context": "benchgate", "state": "failure", "description": "x",
            "target_url": "https://example.org/#benchgate-run=3000.1" }));
        Some(refusal(429, "secondary rate limit").insert_header("retry-after", "1"))
    }));
    let done = Job::pull_request(&fake, false).publish(passing(), &["--status", "--no-comment"]);
    assert!(done.err.contains("from run 3000 already"), "{}", done.err);
    assert_eq!(fake.state().statuses.len(), 1);
}

#[test]
fn check_runs_without_a_run_are_not_doubled() {
    let fake = Fake::start();
    fake.after_one("POST", || refusal(502, "Bad Gateway"));
    let mut job = Job::pull_request(&fake, false);
    job.variables.remove("GITHUB_RUN_ID");
    let done = job.publish(passing(), &["--check-run", "--no-comment"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    assert_eq!(fake.state().checks.len(), 1);
}

#[test]
fn labels_and_reviewers_are_left_alone_when_the_branch_has_moved_on() {
    let options = ["--no-comment", "--labels", "regression=slow", "--request-review", "bob"];
    let fake = Fake::start();
    fake.state().head = BASE;
    let done = Job::pull_request(&fake, false).publish(failing(), &options);
    assert_eq!(done.code, 1);
    assert!(
        done.err.starts_with("warning: the branch of pull request 7 has moved on"),
        "{}",
        done.err
    );
    assert_eq!(fake.state().writes(), Vec::<String>::new());
    fake.state().head = HEAD;
    Job::pull_request(&fake, false).publish(failing(), &options);
    assert_eq!(fake.state().writes().len(), 2);
}

#[test]
fn labels_that_were_changed_are_told_although_a_later_one_fails() {
    let fake = Fake::start();
    fake.state().labels.push("faster".to_owned());
    fake.state().before = Some(Box::new(|_, request| {
        (request.method.as_str() == "DELETE").then(|| refusal(422, "no"))
    }));
    let options = ["--labels", "regression=slow", "--labels", "inconclusive=faster"];
    let done = Job::pull_request(&fake, false).publish(failing(), &options);
    assert!(done.out.contains("label `slow` added"), "{}", done.out);
    assert!(done.err.contains("cannot keep the labels current"), "{}", done.err);
}

#[test]
fn labels_come_and_go_with_what_they_say() {
    let fake = Fake::start();
    fake.state().labels.push("bug".to_owned());
    let publish = |run, report: &str| {
        let options =
            ["--labels", "regression=performance: regression", "--labels", "improvement=faster"];
        let done = Job::pull_request(&fake, false).run(run, 1).publish(report, &options);
        done.out
            .lines()
            .filter(|line| line.starts_with("label"))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    let added = publish(1000, failing());
    assert_eq!(fake.state().labels, ["bug", "performance: regression", "faster"]);
    assert_eq!(publish(1001, failing()), "");
    // After an error nobody knows.
    assert_eq!(publish(1002, "no report"), "");
    let removed = publish(1003, passing());
    assert_eq!(fake.state().labels, ["bug"]);
    insta::assert_snapshot!(added + &removed);
}

#[test]
fn a_review_is_requested_once_and_never_from_the_author() {
    let fake = Fake::start();
    let options = [
        "--request-review",
        "alice",
        "--request-review",
        "bob",
        "--request-review",
        "octo-org/perf",
    ];
    let publish =
        |run, report: &str| Job::pull_request(&fake, false).run(run, 1).publish(report, &options);
    publish(1000, passing());
    assert_eq!(fake.state().events.len(), 0);
    let done = publish(1001, failing());
    assert!(done.out.contains("review requested from bob, perf"), "{}{}", done.out, done.err);
    publish(1002, failing());
    assert_eq!(fake.state().events.len(), 2);
}

#[test]
fn a_team_of_another_organisation_is_not_asked_in_ours() {
    let fake = Fake::start();
    let options = ["--request-review", "other-org/perf", "--request-review", "bob"];
    let done = Job::pull_request(&fake, false).publish(failing(), &options);
    assert!(done.out.contains("review requested from bob\n"), "{}", done.out);
    let says = "warning: the team `perf` is of another organisation than octo-org/demo";
    assert!(done.err.starts_with(says), "{}", done.err);
    assert_eq!(fake.state().events.len(), 1);
    let preview = Job::pull_request(&fake, false)
        .publish(failing(), &[&options[..], &["--dry-run"]].concat());
    assert!(preview.err.starts_with(says), "{}", preview.err);
    assert!(preview.out.contains("- request for review: bob\n"), "{}", preview.out);
}

#[test]
fn a_token_that_can_only_read_changes_no_verdict_and_says_which_line_is_missing() {
    for (fork, report, code) in [(false, passing(), 4), (false, failing(), 1), (true, passing(), 4)]
    {
        let fake = Fake::start();
        fake.state().may_write = false;
        let options =
            ["--status", "--check-run", "--labels", "regression=slow", "--request-review", "bob"];
        let done = Job::pull_request(&fake, fork).publish(report, &options);
        assert_eq!(done.code, code);
        assert_eq!(fake.state().comments.len(), 0);
        assert!(done.summary.starts_with("### "));
        if fork {
            assert!(done.err.contains("whatever `permissions:` says"), "{}", done.err);
        } else {
            assert!(done.err.contains("`pull-requests: write`"), "{}", done.err);
            assert!(done.err.contains("`statuses: write`") && done.err.contains("`checks: write`"));
        }
        if code == 1 {
            insta::assert_snapshot!(done.err);
        }
    }
}

#[test]
fn a_fold_that_is_refused_is_a_warning() {
    let fake = Fake::start();
    for _ in 0..2 {
        fake.state().add(WORKFLOW, "<!-- benchgate:report gate=default run=1 attempt=1 -->");
    }
    fake.state().before = Some(Box::new(|_, request| {
        let mutation = String::from_utf8_lossy(&request.body).contains("mutation");
        mutation.then(|| {
            let errors =
                json!({ "data": null, "errors": [{ "type": "FORBIDDEN", "message": "no" }] });
            wiremock::ResponseTemplate::new(200).set_body_json(errors)
        })
    }));
    let done = Job::pull_request(&fake, false).publish(passing(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.starts_with("warning: cannot fold a comment away"), "{}", done.err);
}

#[test]
fn a_report_that_cannot_be_read_is_an_answer_too() {
    let fake = Fake::start();
    let done = Job::pull_request(&fake, false).publish("{\"schema\":1", &["--status"]);
    assert_eq!(done.code, 3);
    assert_eq!(done.outputs["outcome"], "error");
    let state = fake.state();
    assert_eq!(state.statuses[0]["state"], "error");
    assert!(
        state.comments[0].body.contains("### ❌ benchgate: error"),
        "{}",
        state.comments[0].body
    );
    drop(state);
    let done =
        Job::pull_request(&fake, false).call(&["publish", "--report", "/nowhere/report.json"]);
    assert_eq!(done.code, 3);
    assert!(done.err.contains("cannot read the report"), "{}", done.err);
}
