//! One comment, kept current.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::fake::{Author, Fake, MALLORY, OCTOCAT, OTHER_APP, WORKFLOW, refusal};
use crate::scene::{Done, Job, failing, passing};

const OLD: &str = "<!-- benchgate:report gate=default run=900 attempt=1 -->\nold";

fn marker(run: u64, attempt: u32) -> String {
    format!("<!-- benchgate:report gate=default run={run} attempt={attempt} -->\n### ")
}

/// Publishes a report that passes, on pull request 7.
fn publish(fake: &Fake) -> Done {
    Job::pull_request(fake, false).publish(passing(), &[])
}

/// Has another run write a comment of its own between our first list and our own writing.
fn another_run_comments(fake: &Fake, body: String) {
    let mut first = true;
    fake.state().after = Some(Box::new(move |state, request, normal| {
        if std::mem::take(&mut first) && request.method.as_str() == "GET" {
            state.add(WORKFLOW, &body);
        }
        normal
    }));
}

/// That of two comments only this one is not folded.
fn only_shown(fake: &Fake, kept: u64) {
    let state = fake.state();
    let shown = state.comments.iter().filter(|comment| !comment.folded).map(|comment| comment.id);
    assert_eq!((state.comments.len(), shown.collect::<Vec<_>>()), (2, vec![kept]));
}

#[test]
fn a_comment_is_written_then_updated_and_not_sent_again_unchanged() {
    let fake = Fake::start();
    let job = Job::pull_request(&fake, false);
    let done = job.publish(failing(), &[]);
    assert_eq!(done.code, 1, "{}{}", done.out, done.err);
    insta::assert_snapshot!(done.out);
    let first = fake.state().comments.clone();
    assert_eq!(first.len(), 1);
    assert!(first[0].body.starts_with(&marker(1000, 1)), "{}", first[0].body);
    assert!(first[0].body.len() <= 60_000);
    assert_eq!(
        done.outputs["comment-url"],
        "https://github.com/octo-org/demo/pull/7#issuecomment-101"
    );

    // The same again: nothing is sent.
    let done = job.publish(failing(), &[]);
    assert!(done.out.contains("comment on pull request 7 unchanged: https://"), "{}", done.out);
    assert_eq!(fake.state().writes(), ["POST /repos/octo-org/demo/issues/7/comments"]);

    // A newer run, and a newer attempt of it.
    for (run, attempt) in [(1001, 1), (1001, 2)] {
        let done = Job::pull_request(&fake, false).run(run, attempt).publish(passing(), &[]);
        assert!(done.out.contains("updated"), "{}", done.out);
        let state = fake.state();
        assert_eq!(state.comments.len(), 1);
        assert!(state.comments[0].body.starts_with(&marker(run, attempt)));
        assert!(state.comments[0].body.contains("no regression"));
    }
}

#[test]
fn an_older_run_never_overwrites_a_newer_one() {
    let newer = marker(2000, 1) + "from a newer run";
    for (run, attempt) in [(1999, 9), (2000, 1)] {
        let fake = Fake::start();
        fake.state().add(WORKFLOW, &newer.replace("attempt=1", "attempt=2"));
        let job = Job::pull_request(&fake, false).run(run, attempt);
        let done =
            job.publish(passing(), &["--labels", "improvement=faster", "--request-review", "bob"]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(
            done.err.contains("run 2000 has commented on pull request 7 already and is newer"),
            "{}",
            done.err
        );
        assert_eq!(fake.state().writes(), Vec::<String>::new());
        assert!(done.outputs["comment-url"].ends_with("-101"));
    }
}

#[test]
fn comments_of_others_are_left_alone_whatever_they_begin_with() {
    let half = Author { login: "github-actions[bot]", app: None };
    let fake = Fake::start();
    let foreign = {
        let mut state = fake.state();
        for author in [MALLORY, OTHER_APP, OCTOCAT, half] {
            state.add(author, OLD);
        }
        // Ours, but of another gate, or with the marker somewhere else than at the start.
        state.add(WORKFLOW, &OLD.replace("gate=default", "gate=arm"));
        state.add(WORKFLOW, &format!("> {OLD}"));
        state.add(WORKFLOW, &format!("hello\n{OLD}"));
        state.comments.clone()
    };
    let done = publish(&fake);
    assert_eq!(done.code, 0, "{}", done.err);
    let state = fake.state();
    assert_eq!(state.comments[..foreign.len()], foreign);
    assert_eq!(state.comments.len(), foreign.len() + 1);
    assert_eq!(state.writes(), ["POST /repos/octo-org/demo/issues/7/comments"]);
}

#[test]
fn other_tokens_know_their_own_comments() {
    for me in [OCTOCAT, OTHER_APP] {
        let fake = Fake::start();
        let (foreign, own) = {
            let mut state = fake.state();
            state.me = me;
            (state.add(WORKFLOW, OLD), state.add(me, OLD))
        };
        let done = publish(&fake);
        assert_eq!(done.code, 0, "{}", done.err);
        let state = fake.state();
        assert_eq!(state.comment(foreign).body, OLD);
        assert!(state.comment(own).body.starts_with(&marker(1000, 1)));
        assert_eq!(state.comments.len(), 2);
    }
}

#[test]
fn duplicates_of_ours_are_folded() {
    let fake = Fake::start();
    let ids = [(); 3].map(|()| fake.state().add(WORKFLOW, OLD));
    let foreign = fake.state().add(MALLORY, OLD);
    fake.state().comments[0].folded = true;
    publish(&fake);
    let state = fake.state();
    assert!(state.comment(ids[2]).body.starts_with(&marker(1000, 1)));
    let folded: Vec<bool> = state.comments.iter().map(|comment| comment.folded).collect();
    assert_eq!(folded, [true, true, false, false]);
    assert_eq!(state.comment(foreign).body, OLD);
    // Only the one that was not folded already.
    assert_eq!(state.writes().iter().filter(|write| write.contains("graphql")).count(), 1);
}

#[test]
fn a_folded_comment_of_ours_is_unfolded_when_it_is_current_again() {
    let fake = Fake::start();
    let id = fake.state().add(WORKFLOW, OLD);
    fake.state().comments[0].folded = true;
    publish(&fake);
    assert!(!fake.state().comment(id).folded);
}

#[test]
fn all_pages_are_read() {
    let fake = Fake::start();
    for i in 0..250 {
        fake.state().add(MALLORY, &format!("comment {i}"));
    }
    let own = fake.state().add(WORKFLOW, OLD);
    publish(&fake);
    assert!(fake.state().comment(own).body.starts_with(&marker(1000, 1)));
    assert_eq!(fake.state().comments.len(), 251);
}

#[test]
fn a_comment_that_is_deleted_meanwhile_is_written_anew() {
    for method in ["GET", "PATCH"] {
        let fake = Fake::start();
        fake.state().add(WORKFLOW, OLD);
        fake.state().before = Some(Box::new(move |state, request| {
            if request.method.as_str() == method && request.url.path().contains("/issues/comments/")
            {
                state.comments.clear();
            }
            None
        }));
        let done = publish(&fake);
        assert!(done.out.contains("comment on pull request 7 written"), "{}", done.out);
        assert_eq!(fake.state().comments.len(), 1);
    }
}

#[test]
fn a_newer_run_that_writes_at_the_same_time_wins() {
    // It writes over our comment between the list and our own writing.
    let fake = Fake::start();
    fake.state().add(WORKFLOW, OLD);
    let newer = marker(3000, 1);
    let body = newer.clone();
    fake.state().after = Some(Box::new(move |state, request, normal| {
        if request.url.path().ends_with("/issues/7/comments") {
            state.comments[0].body = body.clone();
        }
        normal
    }));
    let done = publish(&fake);
    assert!(done.err.contains("run 3000"), "{}", done.err);
    assert_eq!(fake.state().comments[0].body, newer);

    // It writes a comment of its own between the list and ours.
    for (theirs, kept) in [(3000, 101), (900, 102)] {
        let fake = Fake::start();
        another_run_comments(&fake, marker(theirs, 1));
        let done = publish(&fake);
        assert_eq!(done.code, 0, "{}", done.err);
        only_shown(&fake, kept);
    }
}

#[test]
fn a_locked_conversation_is_a_warning() {
    let fake = Fake::start();
    fake.state().locked = true;
    let done = Job::pull_request(&fake, false).publish(passing(), &["--status"]);
    assert_eq!(done.code, 0);
    assert!(
        done.err.starts_with("warning: the conversation of pull request 7 is locked"),
        "{}",
        done.err
    );
    assert_eq!(fake.state().statuses.len(), 1);
    assert_eq!(done.outputs["comment-url"], "");
}

#[test]
fn two_gates_have_two_comments() {
    let fake = Fake::start();
    for gate in ["x86", "arm", "x86"] {
        Job::pull_request(&fake, false).publish(passing(), &["--gate-name", gate]);
    }
    assert_eq!(fake.state().comments.len(), 2);
    let done = Job::pull_request(&fake, false).publish(passing(), &["--gate-name", "a b"]);
    assert_eq!(done.code, 2);
    assert!(done.err.contains("`a b` is not a name for a gate"), "{}", done.err);
}

#[test]
fn a_template_that_is_wrong_does_not_keep_the_verdict_back() {
    let fake = Fake::start();
    let job = Job::pull_request(&fake, false);
    let folder = job.path("templates");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("comment.md.j2"), "{{ nothing_of_this_name }}").unwrap();
    let done = job.publish(failing(), &["--templates", folder.to_str().unwrap()]);
    assert_eq!(done.code, 1);
    let warning = format!(
        "warning: template `{}` cannot be rendered",
        folder.join("comment.md.j2").display()
    );
    assert!(done.err.contains(&warning), "{}", done.err);
    assert_eq!(done.err.matches("cannot be rendered").count(), 1, "{}", done.err);
    assert!(done.summary.starts_with("### "), "{}", done.summary);
    assert!(fake.state().comments[0].body.starts_with(&marker(1000, 1)));
    let preview = job.publish(failing(), &["--templates", folder.to_str().unwrap(), "--dry-run"]);
    assert!(preview.err.starts_with(&warning), "{}", preview.err);
}

#[test]
fn a_foreign_comment_that_cannot_be_told_apart_is_no_reason_to_write_over_it() {
    let fake = Fake::start();
    let own = fake.state().add(WORKFLOW, OLD);
    fake.state().before = Some(Box::new(|_, request| {
        (request.url.path() == "/graphql")
            .then(|| refusal(403, "Resource not accessible by integration"))
    }));
    let done = publish(&fake);
    assert_eq!(done.code, 4, "{}", done.err);
    assert_eq!(fake.state().comment(own).body, OLD);
}

/// A limit is waited for, and another run writes meanwhile: the old text is not sent again.
#[test]
fn a_newer_run_that_writes_while_a_limit_is_waited_for_wins() {
    let fake = Fake::start();
    fake.state().add(WORKFLOW, OLD);
    let newer = marker(3000, 1);
    let body = newer.clone();
    fake.state().before = Some(Box::new(move |state, request| {
        if request.method.as_str() != "PATCH" {
            return None;
        }
        state.comments[0].body = body.clone();
        Some(refusal(429, "secondary rate limit").insert_header("retry-after", "1"))
    }));
    let done = publish(&fake);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("run 3000"), "{}", done.err);
    let state = fake.state();
    assert_eq!(state.comments[0].body, newer);
    assert_eq!(state.writes().len(), 1);
}

/// What was written a moment ago need not be in the list.
#[test]
fn a_list_that_does_not_show_our_comment_yet_folds_none_but_the_older_one() {
    for (theirs, kept) in [(900, 102), (3000, 101)] {
        let fake = Fake::start();
        let body = marker(theirs, 1);
        let mut lists = 0;
        fake.state().after = Some(Box::new(move |state, request, normal| {
            if request.method.as_str() != "GET" || !request.url.path().ends_with("/7/comments") {
                return normal;
            }
            lists += 1;
            if lists == 1 {
                state.add(WORKFLOW, &body);
                return normal;
            }
            ResponseTemplate::new(200).set_body_json(json!([state.shown(&state.comments[0])]))
        }));
        let done = publish(&fake);
        assert_eq!(done.code, 0, "{}", done.err);
        only_shown(&fake, kept);
    }
}

#[test]
fn who_has_no_run_does_not_lose_to_an_earlier_comment() {
    let fake = Fake::start();
    another_run_comments(&fake, OLD.to_owned());
    let mut job = Job::pull_request(&fake, false);
    job.variables.remove("GITHUB_RUN_ID");
    let done = job.publish(passing(), &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let folded: Vec<bool> = fake.state().comments.iter().map(|comment| comment.folded).collect();
    assert_eq!(folded, [true, false]);
    assert!(done.outputs["comment-url"].ends_with("-102"));
}
