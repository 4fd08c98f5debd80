//! What whoever opens a pull request can put into the artifact.

use serde_json::json;

use crate::world::{Ended, MEMBER, World, forged, holding, report, zip};

const FILE: u32 = 0o100_644;

fn refused(archive: &[u8]) -> Ended {
    let ended = World::new(archive).publish(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert_eq!(ended.statuses().len(), 1);
    assert_eq!(ended.statuses()[0].0, "error");
    assert!(ended.err.len() < 5_000, "{}", ended.err.len());
    let comment = ended.comment(7).expect("a comment");
    assert!(!comment.contains('✅'), "{comment}");
    ended
}

#[test]
fn archives_that_lead_elsewhere() {
    let text = report(false).to_string();
    let content = text.as_bytes();
    let folder = format!("x/../{MEMBER}");
    for (archive, said) in [
        (
            zip(&[("../../../../tmp/benchgate-report.json", content, FILE)]),
            "it holds no `benchgate-report.json`",
        ),
        (zip(&[("../benchgate-report.json", content, FILE)]), "it holds no"),
        (zip(&[("..\\benchgate-report.json", content, FILE)]), "it holds no"),
        (zip(&[(&folder, content, FILE)]), "it holds no"),
        (zip(&[(MEMBER, b"/etc/passwd", 0o120_777)]), "is no regular file"),
        (zip(&[(MEMBER, content, FILE), (MEMBER, content, FILE)]), "more than once"),
        (b"<html>Sign in</html>".to_vec(), "no zip archive"),
        (Vec::new(), "no zip archive"),
    ] {
        let ended = refused(&archive);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}

#[test]
fn a_zip_bomb() {
    let zeros = vec![b' '; (128 << 20) + 1];
    let archive = zip(&[(MEMBER, &zeros, FILE)]);
    assert!(archive.len() < 1 << 20);
    let ended = refused(&archive);
    assert!(ended.err.contains("more than 134217728 bytes"), "{}", ended.err);
}

#[test]
fn a_name_of_five_megabytes() {
    let mut made = report(false);
    made["measurements"][0]["benchmark"] = json!("x".repeat(5 << 20));
    let ended = refused(&holding(&made));
    assert!(ended.err.contains("`benchmark` has 5242880 bytes"), "{}", ended.err);
}

#[test]
fn numbers_that_are_none() {
    let text = report(false).to_string();
    let at = text.find("\"per_run\":[").expect("runs") + "\"per_run\":[".len();
    for number in ["NaN,", "1e999,", "-1.0,", "null,"] {
        let (before, after) = text.split_at(at);
        let archive = zip(&[(MEMBER, format!("{before}{number}{after}").as_bytes(), FILE)]);
        assert!(refused(&archive).err.contains("[bad-report]"), "{number}");
    }
}

/// The number of the pull request, its commit and its branch stand nowhere that is read.
#[test]
fn a_forged_number_of_the_pull_request() {
    let mut made = forged(report(true));
    for key in ["pull_request", "pr_number", "number", "issue"] {
        made[key] = json!(1);
    }
    made["head"]["commit"] = json!("f".repeat(40));
    let text = made.to_string();
    let archive =
        zip(&[("pr_number", b"1", FILE), ("NR", b"1", FILE), (MEMBER, text.as_bytes(), FILE)]);
    let ended = World::new(&archive).publish(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let comment = ended.comment(7).expect("a comment");
    assert!(comment.contains("1111111") && !comment.contains("fffffff"), "{comment}");
    let elsewhere: Vec<String> = ended
        .writes()
        .into_iter()
        .filter(|write| !write.contains("/issues/7/") && !write.contains("/statuses/1111"))
        .collect();
    assert_eq!(elsewhere, [""; 0]);
}
