//! The verdict elsewhere: summary, annotations, outputs, status, check run, labels, review, exit code.

use serde_json::{Value, json};

use crate::fake::{Fake, WORKFLOW};
use crate::scene::{HEAD, Job, failing, named, passing};

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
