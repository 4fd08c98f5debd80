//! GitHub's bad days.

use std::time::{Duration, Instant};

use wiremock::ResponseTemplate;

use crate::fake::{Fake, refusal};
use crate::scene::{Job, failing, passing};

fn unicorn() -> ResponseTemplate {
    ResponseTemplate::new(502).set_body_raw("<html>Unicorn!</html>", "text/html")
}

#[test]
fn outages_are_waited_for() {
    let limit = || {
        refusal(429, "You have exceeded a secondary rate limit.").insert_header("retry-after", "1")
    };
    let page = || ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html");
    for fault in [unicorn as fn() -> ResponseTemplate, limit, page] {
        let fake = Fake::start();
        fake.instead("", 1, fault);
        let done = Job::pull_request(&fake, false).publish(passing(), &[]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert_eq!(fake.state().comments.len(), 1);
    }
}

#[test]
fn a_write_that_happened_is_not_repeated() {
    let broken = || ResponseTemplate::new(201).set_body_raw("{\"id\": 1, \"bo", "application/json");
    for (fault, options) in [(unicorn as fn() -> ResponseTemplate, &[][..]), (broken, &[])] {
        let fake = Fake::start();
        fake.after_one("POST", fault);
        let done = Job::pull_request(&fake, false).publish(passing(), options);
        assert_eq!(done.code, 0, "{}", done.err);
        assert_eq!(fake.state().comments.len(), 1);
        assert!(done.outputs["comment-url"].ends_with("-101"));
    }
    for options in [
        &["--no-comment", "--status"][..],
        &["--no-comment", "--check-run"],
        &["--no-comment", "--labels", "regression=slow"],
        &["--no-comment", "--request-review", "bob"],
    ] {
        let fake = Fake::start();
        fake.after_one("POST", unicorn);
        let done = Job::pull_request(&fake, false).publish(failing(), options);
        assert_eq!(done.code, 1, "{}", done.err);
        assert_eq!(done.err, "", "{options:?}");
        let state = fake.state();
        let made =
            state.statuses.len() + state.checks.len() + state.labels.len() + state.events.len();
        assert_eq!((state.writes().len(), made), (1, 1), "{options:?}");
    }
}

#[test]
fn waiting_ends() {
    let fake = Fake::start();
    fake.instead("POST", usize::MAX, || {
        refusal(429, "secondary rate limit").insert_header("retry-after", "3600")
    });
    let start = Instant::now();
    let done = Job::pull_request(&fake, false).publish(passing(), &["--max-wait", "5"]);
    assert_eq!(done.code, 4);
    assert!(start.elapsed() < Duration::from_secs(20));
    let says = "error: cannot keep the comment on pull request 7 current: GitHub limits the rate of requests";
    assert!(done.err.starts_with(says), "{}", done.err);
    assert!(done.err.contains("3600 s") && done.err.contains("raise `--max-wait`"), "{}", done.err);
    assert!(done.summary.starts_with("### "));
    assert_eq!(
        (done.outputs["outcome"].as_str(), done.outputs["comment-url"].as_str()),
        ("pass", "")
    );
}

#[test]
fn a_failing_gate_stays_a_failing_gate() {
    let fake = Fake::start();
    fake.instead("", usize::MAX, || refusal(401, "Bad credentials"));
    assert_eq!(Job::pull_request(&fake, false).publish(failing(), &[]).code, 1);
    let done = Job::pull_request(&fake, false).publish(passing(), &["--status"]);
    assert_eq!(done.code, 4);
    insta::assert_snapshot!(done.err);
}
