//! What others write must stay data: names of benchmarks, comments, answers of servers.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::fake::{Fake, MALLORY, refusal};
use crate::markdown::without_code;
use crate::scene::{Done, Job, TOKEN, named, passing};

/// What became of a report with benchmarks of these names.
struct Shown {
    /// The comment, the check run and the summary.
    markdown: [String; 3],
    /// The same without what stands in code.
    calm: [String; 3],
    done: Done,
}

impl Shown {
    fn of(names: &[&str]) -> Self {
        let fake = Fake::start();
        let options = ["--status", "--check-run", "--labels", "inconclusive=x", "-v"];
        let done = Job::pull_request(&fake, false).publish(&named(names), &options);
        assert_eq!(done.code, 0, "{}", done.err);
        let state = fake.state();
        let check = state.checks[0]["output"]["summary"].as_str().unwrap().to_owned();
        let markdown = [state.comments[0].body.clone(), check, done.summary.clone()];
        let calm = markdown.each_ref().map(|markdown| without_code(markdown));
        Self { markdown, calm, done }
    }

    /// Nothing of this stands outside of code.
    fn only_in_code(&self, words: &[&str]) {
        for (calm, markdown) in self.calm.iter().zip(&self.markdown) {
            for word in words {
                assert!(!calm.contains(word), "{word} in\n{calm}");
            }
            // What was cut away would prove nothing.
            assert!(words.iter().any(|word| markdown.contains(word)), "{markdown}");
        }
    }
}

#[test]
fn nobody_is_mentioned_and_nothing_referred_to() {
    let sha = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4";
    let shown = Shown::of(&[
        "mention/@octo-org/everyone &#64;alice",
        &format!("reference/#1 GH-2 octo-org/demo#3 {sha}"),
    ]);
    shown.only_in_code(&["@octo-org", "&#64;", "#1", "GH-2", "demo#3", sha]);
}

#[test]
fn no_image_is_loaded() {
    let shown = Shown::of(&[
        "beacon/![x](https://evil.example/x.png)",
        "beacon/<img src=https://evil.example/y.png>",
        "beacon/`![x](https://evil.example/z.png)`",
    ]);
    shown.only_in_code(&["![", "<img", "evil.example"]);
}

#[test]
fn no_name_makes_cells_of_a_table() {
    let names = ["table/a|b\\|c | d", "table/`|`|", "|"];
    let shown = Shown::of(&names);
    for markdown in &shown.markdown {
        let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
        let cells = |row: &&str| row.replace("\\|", "").matches('|').count();
        assert!(rows.len() >= names.len() + 2, "{markdown}");
        // Rows that follow each other belong to one table.
        for pair in markdown.lines().collect::<Vec<_>>().windows(2) {
            if let [a, b] = pair
                && a.starts_with('|')
                && b.starts_with('|')
            {
                assert_eq!(cells(a), cells(b), "{a}\n{b}");
            }
        }
    }
}

#[test]
fn no_fence_no_section_and_no_heading_is_opened_or_closed() {
    let plain = Shown::of(&["plain"]);
    let shown = Shown::of(&["fence/```\n```` \n</details>\n# heading", "~~~\n<details>"]);
    let count = |markdown: &str, word: &str| markdown.matches(word).count();
    for (calm, before) in shown.calm.iter().zip(&plain.calm) {
        for word in ["</details>", "<details>", "~~~", "\n#"] {
            assert_eq!(count(calm, word), count(before, word), "{word} in\n{calm}");
        }
        assert!(!calm.contains("heading"), "{calm}");
    }
}

#[test]
fn what_turns_text_around_or_moves_the_cursor_is_made_visible() {
    let shown = Shown::of(&["bidi/\u{202e}abc\u{2066}", "ansi/\u{1b}[31mred\u{9b}2J"]);
    for text in shown.markdown.iter().chain([&shown.done.out, &shown.done.err]) {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text}");
    }
    assert!(shown.markdown[0].contains("31mred"), "{}", shown.markdown[0]);
}

#[test]
fn no_name_is_a_command_for_the_runner_or_an_output() {
    let shown = Shown::of(&[
        "::error::first in a line",
        "lines/a\n::add-mask::b\r::stop-commands::c\n##[error]d",
        "##[command]e",
        "output/x\nEOF\noutcome=pass",
    ]);
    for line in shown.done.out.lines().chain(shown.done.err.lines()) {
        let ours = line.starts_with("::error title=benchgate::")
            || line.starts_with("::warning title=benchgate::");
        assert!(ours || !line.trim_start().starts_with("::"), "{line}");
        assert!(!line.contains("##["), "{line}");
    }
    let names: Vec<&str> = shown.done.outputs.keys().map(String::as_str).collect();
    assert_eq!(names, ["comment-url", "outcome", "published", "regressions", "severity"]);
    assert_eq!(shown.done.outputs["outcome"], "inconclusive");
}

/// The name stands in a comment of our own, where a marker would count.
#[test]
fn a_marker_in_a_name_does_not_stop_the_next_run() {
    let fake = Fake::start();
    let marker = "<!-- benchgate:report gate=default run=99999 attempt=1 -->";
    let report = named(&[&format!("--> {marker}"), marker, &format!("\n{marker}")]);
    for run in [1000, 1001] {
        let done = Job::pull_request(&fake, false).run(run, 1).publish(&report, &["--check-run"]);
        assert_eq!(done.code, 0, "{}", done.err);
        let state = fake.state();
        assert_eq!(state.comments.len(), 1);
        let begins = format!("<!-- benchgate:report gate=default run={run} attempt=1 -->\n###");
        assert!(state.comments[0].body.starts_with(&begins), "{}", state.comments[0].body);
        assert!(!without_code(&state.comments[0].body).contains("run=99999"));
        assert_eq!(state.checks.len(), 1);
    }
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
fn a_server_that_echoes_the_token_is_not_repeated() {
    let fake = Fake::start();
    fake.instead("", usize::MAX, || refusal(422, &format!("you sent Bearer {TOKEN}")));
    let done = Job::pull_request(&fake, false).publish(passing(), &["--status"]);
    assert_eq!(done.code, 4);
    assert!(done.err.contains("you sent Bearer [token]"), "{}", done.err);
}

#[test]
fn a_next_page_on_another_host_is_not_asked_for() {
    let (fake, elsewhere) = (Fake::start(), Fake::start());
    let other = elsewhere.uri().replace("127.0.0.1", "localhost");
    let link = format!("<{other}/repos/octo-org/demo/issues/7/comments?page=2>; rel=\"next\"");
    fake.instead("GET", usize::MAX, move || {
        ResponseTemplate::new(200).set_body_json(json!([])).insert_header("link", link.as_str())
    });
    let done = Job::pull_request(&fake, false).publish(passing(), &[]);
    assert_eq!(done.code, 4, "{}", done.err);
    assert!(done.err.contains("another host"), "{}", done.err);
    assert_eq!(elsewhere.state().requests.len(), 0);
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let (fake, elsewhere) = (Fake::start(), Fake::start());
    let other = elsewhere.uri().replace("127.0.0.1", "localhost");
    let to = format!("{other}/repositories/1/issues/7/comments");
    fake.instead("GET", usize::MAX, move || {
        ResponseTemplate::new(301).insert_header("location", to.as_str())
    });
    let done = Job::pull_request(&fake, false).publish(passing(), &[]);
    assert_eq!(done.code, 4, "{}", done.err);
    assert!(done.err.contains("another host"), "{}", done.err);
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
