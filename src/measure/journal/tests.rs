use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::Unit;

fn header() -> Header {
    let side = |name: &str, commit: &str| SideHeader {
        name: Some(name.into()),
        commit: Some(commit.into()),
        ..SideHeader::default()
    };
    let mut header = Header::new(side("main", "4e27281"), side("pr-12", "9c1b2aa"));
    header.environment.insert("cpu".into(), json!("EPYC 7763"));
    header.plan = json!({"mode": "interleaved", "seed": 7});
    header.blocks = Some(10);
    header
}

fn line(benchmark: &str, block: u32, side: Side) -> Line {
    Line {
        side,
        block,
        position: u32::from(side == Side::Head),
        benchmark: benchmark.into(),
        metric: Metric::time(),
        unit: Unit::Nanoseconds,
        numbers: Numbers::Iterations { iters: vec![1.0, 2.0], times: vec![10.5, 21.0] },
        at: Vec::new(),
        throughput: None,
        start: "2026-11-21T08:02:05.272Z".parse().unwrap(),
        end: "2026-11-21T08:02:05.500Z".parse().unwrap(),
        stage: Stage::Screen,
        extra: [("link_seed".to_owned(), json!(42))].into(),
    }
}

#[test]
fn the_files_are_what_readers_expect() {
    let dir = tempfile::tempdir().unwrap();
    let set = dir.path().join("a/set");
    let mut journal = Journal::create(&set, &header()).unwrap();
    journal.append(&[line("a/b", 0, Side::Base)]).unwrap();
    let memory = Line {
        metric: Metric::new("memory"),
        unit: Unit::Bytes,
        numbers: Numbers::Values { values: vec![1024.0, 2048.0] },
        at: vec![0.0, 0.05],
        stage: Stage::Confirm,
        extra: BTreeMap::new(),
        ..line("a/\u{1b}\n\"é", 0, Side::Head)
    };
    journal.append(std::slice::from_ref(&memory)).unwrap();
    assert!(journal.is_finished(&memory.key()));
    let of_block =
        |stage| journal.block(stage, 0).map(|key| (&key.benchmark, key.side)).collect::<Vec<_>>();
    assert_eq!(of_block(Stage::Confirm), [(&memory.benchmark, Side::Head)]);
    assert_eq!(of_block(Stage::Screen), [(&"a/b".into(), Side::Base)]);
    assert_eq!(journal.block(Stage::Screen, 1).count(), 0);
    assert_eq!(journal.finish().unwrap(), set);
    insta::assert_snapshot!(fs::read_to_string(set.join("runs.jsonl")).unwrap(), @r#"
    {"side":"base","block":0,"position":0,"benchmark":"a/b","metric":"time","unit":"ns","iters":[1.0,2.0],"times":[10.5,21.0],"start":"2026-11-21T08:02:05.272Z","end":"2026-11-21T08:02:05.5Z","extra":{"link_seed":42}}
    {"side":"head","block":0,"position":1,"benchmark":"a/\u001b\n\"é","metric":"memory","unit":"bytes","values":[1024.0,2048.0],"at":[0.0,0.05],"start":"2026-11-21T08:02:05.272Z","end":"2026-11-21T08:02:05.5Z","stage":"confirm"}
    "#);
    insta::assert_snapshot!(fs::read_to_string(set.join("runset.json")).unwrap(), @r#"
    {
      "schema": 1,
      "base": {
        "name": "main",
        "commit": "4e27281"
      },
      "head": {
        "name": "pr-12",
        "commit": "9c1b2aa"
      },
      "environment": {
        "cpu": "EPYC 7763"
      },
      "plan": {
        "mode": "interleaved",
        "seed": 7
      },
      "blocks": 10
    }
    "#);
    let mut names: Vec<_> = fs::read_dir(&set).unwrap().map(|f| f.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["runs.jsonl", "runset.json"]);
}

#[test]
fn a_directory_that_is_taken_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::create(dir.path(), &header()).unwrap();
    let say = |error: Diagnostic| format!("{}\n{}", error.message, error.help.unwrap_or_default());
    insta::assert_snapshot!(say(Journal::resume(dir.path()).unwrap_err()), @r"
    another benchgate is writing this run set
    wait until it has finished, or write to another directory
    ");
    drop(journal);
    // Nothing was measured yet, so it can be begun anew.
    let mut journal = Journal::create(dir.path(), &header()).unwrap();
    journal.append(&[line("a/b", 0, Side::Base)]).unwrap();
    drop(journal);
    insta::assert_snapshot!(say(Journal::create(dir.path(), &header()).unwrap_err()), @r"
    the directory holds a run set already
    go on with it by `benchgate measure --resume`, or name another directory
    ");
    assert!(Journal::resume(dir.path()).is_ok());
    let empty = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(say(Journal::resume(empty.path()).unwrap_err()), @r"
    there is no run set to go on with
    name the directory that `benchgate measure` was writing
    ");
}

#[test]
fn what_cannot_be_read_again_is_not_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(dir.path(), &header()).unwrap();
    let numbers = |numbers| Line { numbers, ..line("a", 0, Side::Base) };
    let refused = [
        numbers(Numbers::Values { values: vec![] }),
        numbers(Numbers::Values { values: vec![f64::NAN] }),
        numbers(Numbers::Iterations { iters: vec![1.0], times: vec![] }),
    ];
    let mut said = String::new();
    for line in &refused {
        let error = journal.append(std::slice::from_ref(line)).unwrap_err();
        assert_eq!(error.code, crate::diag::Code::RunFailed, "it is the run's fault alone");
        said += &error.message;
        said.push('\n');
    }
    let good = line("a", 0, Side::Base);
    said += &journal.append(&[good.clone(), good.clone()]).unwrap_err().message;
    said.push('\n');
    journal.append(std::slice::from_ref(&good)).unwrap();
    said += &journal.append(std::slice::from_ref(&good)).unwrap_err().message;
    insta::assert_snapshot!(said, @r"
    a run of `a` (base, block 0) was not written: there are no numbers
    a run of `a` (base, block 0) was not written: a number is infinite or not a number
    a run of `a` (base, block 0) was not written: there are not as many iteration counts as times
    a run of `a` (base, block 0) was not written: the run set has one of metric `time` already
    a run of `a` (base, block 0) was not written: the run set has one of metric `time` already
    ");
    assert_eq!(fs::read_to_string(dir.path().join("runs.jsonl")).unwrap().lines().count(), 1);
}

#[test]
fn a_broken_line_before_the_last_is_an_error_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(dir.path(), &header()).unwrap();
    journal.append(&[line("a", 0, Side::Base)]).unwrap();
    drop(journal);
    let path = dir.path().join("runs.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{{\"side\":\"base\"\n{text}")).unwrap();
    let error = Journal::resume(dir.path()).unwrap_err();
    assert_eq!((error.line, error.file), (Some(1), Some(path.display().to_string())));
}

#[test]
fn unknown_keys_of_the_header_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let text = r#"{"schema":1,"base":{"name":"a","x":1},"weather":{"rain":true}}"#;
    fs::write(dir.path().join("runset.json"), text).unwrap();
    let Resumed { journal, header, .. } = Journal::resume(dir.path()).unwrap();
    journal.rewrite(&Header { blocks: Some(3), ..header }).unwrap();
    let kept: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("runset.json")).unwrap()).unwrap();
    assert_eq!(
        kept,
        json!({"schema":1,"base":{"name":"a","x":1},"head":{},"blocks":3,"weather":{"rain":true}})
    );
    fs::write(dir.path().join("runset.json"), r#"{"schema":9}"#).unwrap();
    drop(journal);
    insta::assert_snapshot!(Journal::resume(dir.path()).unwrap_err().message, @"the run set has schema 9; this program writes schema 1");
}

/// Half of what belongs together is taken out again, and nothing else.
#[test]
fn runs_are_forgotten_by_their_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(dir.path(), &header()).unwrap();
    let again = Line { stage: Stage::Confirm, ..line("a", 0, Side::Base) };
    let lines =
        [line("a", 0, Side::Base), line("b", 0, Side::Base), again, line("a", 1, Side::Base)];
    journal.append(&lines).unwrap();
    let gone = lines[0].key();
    journal.forget(&|key| *key == gone).unwrap();
    journal.append(&[line("a", 0, Side::Head)]).unwrap();
    let known = journal.finished().clone();
    drop(journal);
    let Resumed { journal, .. } = Journal::resume(dir.path()).unwrap();
    assert_eq!(journal.finished(), &known);
    assert!(!known.contains(&gone) && known.len() == 4, "{known:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Cut at any byte, the run set is resumed with every line that was whole, and goes on.
    #[test]
    fn a_run_set_cut_anywhere_goes_on(part in 0.0..=1.0f64, runs in 1u32..12, zeros in 0usize..3) {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = Journal::create(dir.path(), &header()).unwrap();
        for block in 0..runs {
            journal.append(&[line("a/é", block, Side::Base), line("a/é", block, Side::Head)]).unwrap();
        }
        drop(journal);
        let path = dir.path().join("runs.jsonl");
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes.truncate((part * whole.len() as f64) as usize);
        let complete = bytes.iter().filter(|&&byte| byte == b'\n').count();
        // A machine that lost power may leave zeros behind the last byte that was written.
        bytes.extend(vec![0; if bytes.len() < whole.len() { zeros } else { 0 }]);
        fs::write(&path, &bytes).unwrap();

        let Resumed { mut journal, header: known, warnings, .. } = Journal::resume(dir.path()).unwrap();
        prop_assert_eq!(known, header());
        prop_assert!(warnings.is_empty(), "{:?}", warnings);
        let kept = journal.finished().len();
        prop_assert!(kept == complete || kept == complete + 1, "{} of {}", kept, complete);
        for block in 0..runs {
            for side in [Side::Base, Side::Head] {
                let line = line("a/é", block, side);
                if !journal.is_finished(&line.key()) {
                    journal.append(&[line]).unwrap();
                }
            }
        }
        drop(journal);
        prop_assert_eq!(fs::read(&path).unwrap(), whole);
    }
}
