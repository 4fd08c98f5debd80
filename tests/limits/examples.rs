use assert_cmd::Command;
use benchgate::model::Report;
use benchgate::policy::Rule;

use super::made::made;
use super::shown;

/// Every kind's example is a configuration, and on a small recording it holds something and says what.
#[test]
fn the_example_of_every_kind_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    made(&folder.path().join("base"), 1.0);
    made(&folder.path().join("head"), 1.6);
    let at = |name: &str| folder.path().join(name);
    for kind in Rule::KINDS {
        std::fs::write(at("benchgate.yml"), format!("version: 1\nrules:\n  {}\n", kind.example))
            .expect("a configuration");
        let output = Command::new(assert_cmd::cargo::cargo_bin!("benchgate"))
            .args(["compare", "--order", "interleaved", "--date", "2026-11-21"])
            .args(["--base", "base", "--head", "head", "--out", "json=report.json"])
            .current_dir(folder.path())
            .output()
            .expect("a run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {said}", kind.name);
        assert!(!said.contains("[unused-rule]"), "{}: {said}", kind.name);
        let text = std::fs::read_to_string(at("report.json")).expect("a report");
        let report: Report = serde_json::from_str(&text).expect("a report");
        insta::assert_snapshot!(format!("example_{}", kind.name), shown(&report));
    }
}
