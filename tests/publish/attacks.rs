//! What others write must stay data: names of benchmarks, comments, answers of servers.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::fake::{Fake, MALLORY, refusal};
use crate::scene::{Job, TOKEN, named, passing};

const NAMES: &[&str] = &[
    "mention/@octo-org/everyone &#64;alice",
    "reference/#1 GH-2 octo-org/demo#3 a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4",
    "beacon/![x](https://evil.example/x.png)<img src=https://evil.example/y.png>",
    "table/a|b\\|c | d",
    "fence/```\n```` \n</details>\n# heading",
    "bidi/\u{202e}abc\u{2066}",
    "ansi/\u{1b}[31mred\u{9b}2J",
    "comment/--> <!-- benchgate:report gate=default run=99999 attempt=1 -->",
    "::error::first in a line",
    "lines/a\n::add-mask::b\r::stop-commands::c\n##[error]d",
    "##[command]e",
    "output/x\nEOF\noutcome=pass",
];

/// The Markdown without its code spans, in which nothing is linked, mentioned or loaded.
fn without_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find('`') {
        out.push_str(&rest[..start]);
        let fence: String = rest[start..].chars().take_while(|c| *c == '`').collect();
        let inside = &rest[start + fence.len()..];
        let end = inside.match_indices(&fence).map(|(at, _)| at).find(|at| {
            !inside[..*at].ends_with('`') && !inside[at + fence.len()..].starts_with('`')
        });
        let Some(end) = end else { return out + "`" + inside };
        rest = &inside[end + fence.len()..];
    }
    out + rest
}

#[test]
fn nothing_of_a_name_becomes_markup_or_a_command() {
    let fake = Fake::start();
    let report = named(NAMES);
    let done = Job::pull_request(&fake, false)
        .publish(&report, &["--status", "--check-run", "--labels", "inconclusive=x", "-v"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let state = fake.state();
    let check = state.checks[0]["output"]["summary"].as_str().unwrap();
    for markdown in [&state.comments[0].body, check, &done.summary] {
        let calm = without_code(markdown);
        for bad in [
            "@",
            "#1",
            "GH-2",
            "a1b2c3d4",
            "![",
            "<img",
            "evil.example",
            "heading",
            "run=99999",
            "::",
            "##[",
        ] {
            assert!(!calm.contains(bad), "{bad} in\n{calm}");
        }
        assert!(markdown.chars().all(|c| c == '\n' || !c.is_control()), "{markdown}");
        assert!(!markdown.contains(['\u{202e}', '\u{2066}']));
        let tables = markdown.lines().filter(|line| line.starts_with('|'));
        for row in tables {
            let cells = row.replace("\\|", "").matches('|').count();
            assert!((4..=8).contains(&cells), "{row}");
        }
    }
    for line in done.out.lines().chain(done.err.lines()) {
        let ours = line.starts_with("::error title=benchgate::")
            || line.starts_with("::warning title=benchgate::");
        assert!(ours || !line.trim_start().starts_with("::"), "{line}");
        assert!(!line.contains("##["), "{line}");
        assert!(line.chars().all(|c| !c.is_control()), "{line}");
    }
    let names: Vec<&str> = done.outputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["comment-url", "outcome", "regressions", "severity"]);
    assert_eq!(done.outputs["outcome"], "inconclusive");
}

#[test]
fn a_planted_marker_of_a_run_to_come_keeps_nobody_quiet() {
    let fake = Fake::start();
    fake.state().add(
        MALLORY,
        "<!-- benchgate:report gate=default run=18446744073709551615 attempt=4294967295 -->",
    );
    let done = Job::pull_request(&fake, false).publish(passing(), &[]);
    assert!(done.out.contains("comment on pull request 7 written"), "{}{}", done.out, done.err);
    assert_eq!(fake.state().comments.len(), 2);
}

#[test]
fn the_token_goes_to_the_api_only_and_is_never_repeated() {
    // A server that echoes it.
    let fake = Fake::start();
    fake.instead("", usize::MAX, || refusal(422, &format!("you sent Bearer {TOKEN}")));
    let done = Job::pull_request(&fake, false).publish(passing(), &["--status"]);
    assert_eq!(done.code, 4);
    assert!(done.err.contains("you sent Bearer [token]"), "{}", done.err);

    // A next page and a redirect on another host.
    let elsewhere = Fake::start();
    let other = elsewhere.uri().replace("127.0.0.1", "localhost");
    let link = format!("<{other}/repos/octo-org/demo/issues/7/comments?page=2>; rel=\"next\"");
    let to = format!("{other}/repositories/1/issues/7/comments");
    let next = move || {
        ResponseTemplate::new(200).set_body_json(json!([])).insert_header("link", link.as_str())
    };
    let redirect = move || ResponseTemplate::new(301).insert_header("location", to.as_str());
    let fake = Fake::start();
    fake.instead("GET", usize::MAX, next);
    let done = Job::pull_request(&fake, false).publish(passing(), &[]);
    assert_eq!(done.code, 4, "{}", done.err);
    assert!(done.err.contains("another host"), "{}", done.err);
    let fake = Fake::start();
    fake.instead("GET", usize::MAX, redirect);
    let done = Job::pull_request(&fake, false).publish(passing(), &[]);
    assert_eq!(done.code, 4, "{}", done.err);
    assert_eq!(elsewhere.state().requests.len(), 0);
}

#[test]
fn a_renamed_repository_is_followed_with_the_method() {
    let fake = Fake::start();
    let uri = fake.uri();
    fake.state().before = Some(Box::new(move |state, request| {
        let path = request.url.path();
        let rest = path.strip_prefix("/repos/octo-org/demo")?;
        let status = if request.method.as_str() == "GET" { 301 } else { 307 };
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let _ = state;
        Some(
            ResponseTemplate::new(status)
                .insert_header("location", format!("{uri}/repositories/1{rest}{query}")),
        )
    }));
    let done = Job::pull_request(&fake, false).publish(passing(), &["--status"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(fake.state().comments.len(), 1);
    assert_eq!(fake.state().statuses.len(), 1);
}

#[test]
fn addresses_that_are_not_encrypted_get_no_token() {
    let fake = Fake::start();
    let job =
        Job::pull_request(&fake, false).set("GITHUB_API_URL", "http://github.example.com/api/v3");
    let done = job.publish(passing(), &[]);
    assert_eq!(done.code, 4, "{}", done.err);
    assert!(done.err.contains("without encryption"), "{}", done.err);
}
