//! The rules that decide are those of the base branch.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::world::{BASE, HEAD, MEMBER, World, forged, holding, pull, report, zip};

const LAX: &str = "version: 1\nrules:\n  - regression: { metric: time, critical: 5000% }\n";

#[test]
fn a_forged_outcome_is_decided_again() {
    let ended = World::new(&holding(&forged(report(true)))).publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "failure");
    assert!(ended.comment(7).expect("a comment").contains('❌'));
}

#[test]
fn the_configuration_at_the_tip_of_the_base_branch_holds() {
    let world = World::new(&holding(&report(true)));
    world.file(".github/benchgate.yml", LAX);
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "success");
    assert!(ended.comment(7).expect("a comment").contains("2222222"), "the revision of the rules");
}

#[test]
fn a_configuration_in_the_artifact_is_none() {
    let text = report(true).to_string();
    let archive = zip(&[
        ("benchgate.yml", LAX.as_bytes(), 0o100_644),
        (".github/benchgate.yml", LAX.as_bytes(), 0o100_644),
        (MEMBER, text.as_bytes(), 0o100_644),
        ("comment.md.j2", b"all good", 0o100_644),
    ]);
    let ended = World::new(&archive).publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(!ended.comment(7).expect("a comment").contains("all good"));
}

#[test]
fn waivers_are_those_of_the_base_branch() {
    let made = report(true);
    let slow = made["findings"][0]["benchmark"].as_str().expect("a finding").to_owned();
    let world = World::new(&holding(&made));
    world.file(
        "benchgate.yml",
        &format!(
            "version: 1\nwaivers:\n  - {{ benchmark: \"{slow}\", metric: time, up-to: 900%, reason: known, expires: 2026-12-31 }}\n"
        ),
    );
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "success");
}

#[test]
fn a_wrong_configuration_of_the_base_branch_is_an_error_with_its_place() {
    let world = World::new(&holding(&report(false)));
    world.file("benchgate.yml", "version: 1\ngate: { fail-on: nevr }\n");
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(ended.err.contains("benchgate.yml:2"), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "error");
}

#[test]
fn templates_come_from_the_base_branch() {
    let world = World::new(&holding(&report(false)));
    world.serves(
        "GET",
        "/repos/o/r/contents/ci%2Ftemplates",
        json!([{ "name": "comment.md.j2", "type": "file" }, { "name": "sub", "type": "dir" }]),
    );
    world.file(
        "ci/templates/comment.md.j2",
        "<!-- benchgate:report {{ marker }} -->\nours: {{ outcome }}\n",
    );
    let ended = world.publish(&["--templates", "./ci/templates"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.comment(7).expect("a comment").contains("ours: pass"));
    // One of a single form needs no directory.
    let world = World::new(&holding(&report(false)));
    world.file("ci/own.j2", "<!-- benchgate:report {{ marker }} -->\nmine: {{ outcome }}\n");
    let ended = world.publish(&["--template", "markdown=ci/own.j2"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.comment(7).expect("a comment").contains("mine: pass"));
}

#[test]
fn what_is_named_must_be_there() {
    for options in [
        ["--config", "ci/gate.yml"],
        ["--templates", "ci/templates"],
        ["--template", "markdown=ci/own.j2"],
        ["--config", "../x"],
    ] {
        let ended = World::new(&holding(&report(false))).publish(&options);
        assert_eq!(ended.code, Some(3), "{}", ended.err);
        assert!(ended.err.contains(options[0]), "{}", ended.err);
        assert_eq!(ended.statuses()[0].0, "error");
    }
}

/// Where the files may not be read, nobody says that there are none.
#[test]
fn rules_that_cannot_be_read_are_not_the_built_in_ones() {
    let world = World::empty();
    world.pulls(&[pull(7, HEAD, "main")]);
    world.artifact(&holding(&report(false)));
    let refused = || {
        ResponseTemplate::new(403)
            .insert_header("x-accepted-github-permissions", "contents=read")
            .set_body_json(json!({ "message": "Resource not accessible by integration" }))
    };
    world.answers("GET", "/repos/o/r/git/ref/heads%2Fmain", refused());
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.contains("contents: read"), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "error");
}

#[test]
fn a_base_branch_that_is_gone_is_read_at_its_last_known_commit() {
    let world = World::empty();
    world.pulls(&[pull(7, HEAD, "main")]);
    world.artifact(&holding(&report(true)));
    world.serves("GET", &format!("/repos/o/r/commits/{BASE}"), json!({ "sha": BASE }));
    let ended = world.publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.comment(7).expect("a comment").contains("3333333"));
}

/// The first benchmarks of a project have nothing to be compared with.
#[test]
fn an_empty_base_is_fine_where_the_publishing_job_says_so() {
    let mut made = report(false);
    made["measurements"].as_array_mut().expect("measurements").retain(|m| m["side"] == "head");
    let archive = holding(&made);
    let ended = World::new(&archive).publish(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.contains("base holds no measurement"), "{}", ended.err);
    let ended = World::new(&archive).publish(&["--allow-empty-base"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "success");
}
