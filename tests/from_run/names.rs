//! Names in a stranger's report: harmless in every place they are written to.

use serde_json::json;

use crate::markdown::without_code;
use crate::world::{Ended, World, holding, report};

/// What became of a regression of this name, which everything else in the report that is a text has, too.
fn published(name: &str) -> Ended {
    let mut made = report(true);
    let slow = made["findings"][0]["benchmark"].clone();
    for measurement in made["measurements"].as_array_mut().expect("measurements") {
        if measurement["benchmark"] == slow {
            measurement["benchmark"] = json!(name);
        }
    }
    for side in ["base", "head"] {
        made[side]["runner"] = json!(name);
        made[side]["environment"][name] = json!(name);
    }
    made["head"]["name"] = json!(name);
    made["diagnostics"] = json!([{ "code": "stale", "level": "warning", "message": name, "file": name,
        "line": null, "column": null, "help": name }]);
    let ended = World::new(&holding(&made)).publish(&["--verbose"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert_eq!(ended.statuses()[0].0, "failure");
    ended
}

impl Ended {
    /// The comment and the summary.
    fn markdown(&self) -> [String; 2] {
        [self.comment(7).expect("a comment"), self.summary.clone()]
    }

    /// These words are in the comment and the summary, but only in code.
    fn only_in_code(&self, words: &[&str]) {
        for markdown in self.markdown() {
            let calm = without_code(&markdown);
            for word in words {
                assert!(!calm.contains(word), "{word} in\n{calm}");
                assert!(markdown.contains(word), "{word} is not in\n{markdown}");
            }
        }
    }
}

#[test]
fn nobody_is_mentioned_and_nothing_referred_to() {
    let ended = published("a/@octo-org/everyone #1 GH-2 octo-org/demo#3");
    ended.only_in_code(&["@octo-org/everyone", "#1", "GH-2", "demo#3"]);
}

#[test]
fn no_image_is_loaded() {
    let ended = published("![x](https://evil.example/x.png)<img src=https://evil.example/y.png>");
    ended.only_in_code(&["![x]", "evil.example", "<img"]);
}

#[test]
fn no_cell_of_a_table_is_made() {
    let rows = |name: &str| {
        let [comment, _] = published(name).markdown();
        let rows = comment.lines().filter(|line| line.starts_with('|'));
        rows.map(|row| row.replace("\\|", "").matches('|').count()).collect::<Vec<usize>>()
    };
    assert_eq!(rows("a|b\\|c | d\n| e |"), rows("plain"));
}

#[test]
fn no_fence_no_section_and_no_heading_is_opened_or_closed() {
    let count = |name: &str| {
        published(name).markdown().map(|markdown| {
            let calm = without_code(&markdown);
            ["</details>", "<details>", "~~~", "\n#"].map(|word| calm.matches(word).count())
        })
    };
    assert_eq!(count("```\n```` \n</details>\n# heading\n~~~\n<details>"), count("plain"));
}

#[test]
fn what_turns_text_around_or_moves_the_cursor_is_made_visible() {
    let ended = published("\u{202e}abc\u{2066}\u{1b}[31mred\u{9b}2J");
    let [comment, summary] = ended.markdown();
    for text in [&comment, &summary, &ended.out, &ended.err] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text}");
    }
}

#[test]
fn no_command_for_the_runner_and_no_output_is_made() {
    for name in [
        "::error::x",
        "a\n::add-mask::b\r::stop-commands::c\n##[error]d",
        "##[add-mask]a",
        "x\nEOF\noutcome=pass\n::set-output name=a::b",
    ] {
        let ended = published(name);
        for line in ended.out.lines().chain(ended.err.lines()) {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##["), "{line}");
        }
        let outputs = ended.outputs();
        let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
        assert_eq!(names, ["comment-url", "outcome", "published", "regressions", "severity"]);
        assert_eq!(outputs["outcome"], "fail");
    }
}

#[test]
fn no_marker_is_planted() {
    let marker = "<!-- benchgate:report gate=default run=99999 attempt=1 -->";
    let ended = published(&format!("-->\n{marker}"));
    let [comment, summary] = ended.markdown();
    let ours = "<!-- benchgate:report gate=default run=5002 attempt=1 -->\n";
    assert!(comment.starts_with(ours), "{comment}");
    assert!(!without_code(&comment).contains("run=99999"), "{comment}");
    assert!(!without_code(&summary).contains("<!-- benchgate"), "{summary}");
}
