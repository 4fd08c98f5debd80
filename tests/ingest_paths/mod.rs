//! Which paths are runs, and in which order.

use std::fs;
use std::path::Path;

use benchgate::diag::render;
use benchgate::ingest::{Options, Source, format};
use benchgate::model::Side;
use tempfile::TempDir;

use super::{Outcome, base, read_path, read_with, sides};

const LINE: &str = "{\"benchmark\":\"a\",\"unit\":\"ns\",\"metric\":\"time\",\"value\":1}\n";

fn criterion(dir: &Path, id: &str) {
    fs::create_dir_all(dir.join("new")).unwrap();
    let about = format!("{{\"full_id\":\"{id}\",\"directory_name\":\"{id}\"}}");
    fs::write(dir.join("new/benchmark.json"), about).unwrap();
    fs::write(dir.join("new/sample.json"), "{\"iters\":[1.0],\"times\":[5.0]}").unwrap();
}

fn blocks(outcome: &Outcome) -> Vec<(u32, String)> {
    outcome.runs.iter().map(|run| (run.block, run.benchmark.to_string())).collect()
}

/// The text of the diagnostics, without the path of the temporary directory.
fn said(outcome: &Outcome, dir: &TempDir) -> String {
    let said = outcome.diagnostics.iter().map(|d| render(d, false)).collect::<Vec<_>>();
    said.join("\n").replace(&*dir.path().to_string_lossy(), "DIR")
}

/// IN-4.
#[test]
fn numbered_runs_are_read_in_the_order_of_their_numbers() {
    let dir = tempfile::tempdir().unwrap();
    for n in 1..=11 {
        criterion(&dir.path().join(format!("run-{n}/group/f{n}")), &format!("group/f{n}"));
    }
    let outcome = read_path(dir.path());
    let mut found = blocks(&outcome);
    found.sort();
    let expected: Vec<_> = (1..=11).map(|n| (n - 1, format!("group/f{n}"))).collect();
    assert_eq!(found, expected);
    assert_eq!(outcome.inventory.base.runs, 11);
    assert!(outcome.diagnostics.is_empty());
}

#[test]
fn numbered_files_are_runs_and_results_beside_them_are_mentioned() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["run-2.jsonl", "run-10.jsonl", "final.jsonl"] {
        fs::write(dir.path().join(name), LINE).unwrap();
    }
    fs::write(dir.path().join("notes.md"), "# notes").unwrap();
    let outcome = read_path(dir.path());
    assert_eq!(blocks(&outcome), [(0, "a".into()), (1, "a".into())]);
    insta::assert_snapshot!("results_beside_runs", said(&outcome, &dir));
}

#[test]
fn a_benchmark_group_with_a_number_is_no_run() {
    let dir = tempfile::tempdir().unwrap();
    criterion(&dir.path().join("1/lookup"), "1/lookup");
    criterion(&dir.path().join("2/lookup"), "2/lookup");
    let outcome = read_path(dir.path());
    assert_eq!(blocks(&outcome), [(0, "1/lookup".into()), (0, "2/lookup".into())]);
    assert_eq!(outcome.inventory.base.runs, 1);
}

#[test]
fn runs_of_one_file_count_on_across_paths() {
    let dir = tempfile::tempdir().unwrap();
    let several = dir.path().join("several.jsonl");
    let line = |run: u32| LINE.replace("\"a\"", &format!("\"x\",\"run\":{run}"));
    fs::write(&several, line(1) + &line(2)).unwrap();
    let one = dir.path().join("one.jsonl");
    fs::write(&one, LINE).unwrap();
    let outcome = read_with(&base(&[&several, &one]), &Options::default());
    assert_eq!(blocks(&outcome), [(2, "a".into()), (0, "x".into()), (1, "x".into())]);
    assert_eq!(outcome.inventory.base.runs, 3);
}

#[test]
fn a_directory_of_files_is_one_run() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("one.jsonl"), LINE).unwrap();
    fs::write(dir.path().join("two.jsonl"), LINE.replace("\"a\"", "\"b\"")).unwrap();
    fs::write(dir.path().join("log.txt"), "all done").unwrap();
    let outcome = read_path(dir.path());
    assert_eq!(blocks(&outcome), [(0, "a".into()), (0, "b".into())]);
    assert!(outcome.diagnostics.is_empty());
}

#[test]
fn projects_and_target_directories_lead_to_their_results() {
    let dir = tempfile::tempdir().unwrap();
    criterion(&dir.path().join("target/criterion/a"), "a");
    criterion(&dir.path().join("fixtures/criterion/b"), "b");
    fs::write(dir.path().join("Cargo.toml"), "").unwrap();
    fs::write(dir.path().join("target/CACHEDIR.TAG"), "").unwrap();
    for path in ["", "target", "target/criterion", "target/criterion/a", "target/criterion/a/new"] {
        let outcome = read_path(&dir.path().join(path));
        assert_eq!(blocks(&outcome), [(0, "a".into())], "{path}");
    }
}

#[test]
fn a_recording_is_not_compared_with_itself() {
    let dir = tempfile::tempdir().unwrap();
    criterion(&dir.path().join("criterion/a"), "a");
    let (one, two) = (dir.path().join("criterion"), dir.path().join("criterion/../criterion"));
    let outcome = read_with(&sides(&[&one], &[&two]), &Options::default());
    insta::assert_snapshot!("same_recording", said(&outcome, &dir));
    let outcome = read_with(&base(&[&one, &one]), &Options::default());
    insta::assert_snapshot!("same_recording_on_one_side", said(&outcome, &dir));
}

#[test]
fn two_baselines_of_one_directory_are_two_recordings() {
    let dir = tempfile::tempdir().unwrap();
    criterion(&dir.path().join("a"), "a");
    fs::rename(dir.path().join("a/new"), dir.path().join("a/main")).unwrap();
    criterion(&dir.path().join("a"), "a");
    let paths = vec![dir.path().to_owned()];
    let source = |name: &str| Source::Sides {
        base: paths.clone(),
        head: paths.clone(),
        base_name: Some(name.into()),
        head_name: None,
        variants: Vec::new(),
    };
    let outcome = read_with(&source("main"), &Options::default());
    assert_eq!(outcome.runs.len(), 2);
    assert!(outcome.diagnostics.is_empty());
    let outcome = read_with(&source("mian"), &Options::default());
    insta::assert_snapshot!("missing_baseline", said(&outcome, &dir));
}

#[test]
fn an_empty_base_may_be_allowed() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("head.jsonl"), LINE).unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    let (nowhere, empty) = (dir.path().join("nowhere"), dir.path().join("empty"));
    let source = sides(&[&nowhere, &empty], &[&dir.path().join("head.jsonl")]);
    let outcome = read_with(&source, &Options { allow_empty_base: true, ..Options::default() });
    assert!(!outcome.has_errors());
    assert_eq!(outcome.runs.iter().filter(|run| run.side == Side::Head).count(), 1);
    insta::assert_snapshot!("empty_base_allowed", said(&outcome, &dir));
    insta::assert_snapshot!("empty_base", said(&read_with(&source, &Options::default()), &dir));
}

#[test]
fn old_results_beside_new_ones_are_a_warning() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a", "b", "old"] {
        criterion(&dir.path().join(name), name);
    }
    let old = dir.path().join("old/new/sample.json");
    let file = fs::File::options().write(true).open(old).unwrap();
    let day = std::time::Duration::from_secs(86_400);
    file.set_modified(file.metadata().unwrap().modified().unwrap() - day).unwrap();
    let outcome = read_path(dir.path());
    assert_eq!(outcome.runs.len(), 3);
    insta::assert_snapshot!("stale", said(&outcome, &dir));
}

#[test]
fn a_run_set_may_be_named_by_either_file() {
    for file in ["", "runset.json", "runs.jsonl"] {
        let path = Path::new("fixtures/runset/small").join(file);
        let outcome = read_with(&Source::RunSet(path), &Options::default());
        assert_eq!(outcome.runs.len(), 12, "{file}");
    }
}

#[test]
fn a_forced_format_is_not_questioned() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("results");
    fs::write(&path, "oops\n".to_owned() + LINE).unwrap();
    let options = Options { format: format("jsonl"), ..Options::default() };
    let outcome = read_with(&base(&[&path]), &options);
    assert_eq!(outcome.runs.len(), 1);
    insta::assert_snapshot!("forced_format", said(&outcome, &dir));
}

#[test]
fn a_named_baseline_of_lines_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("results.jsonl");
    fs::write(&path, LINE).unwrap();
    let source = Source::Sides {
        base: vec![path],
        head: Vec::new(),
        base_name: Some("main".into()),
        head_name: None,
        variants: Vec::new(),
    };
    let outcome = read_with(&source, &Options::default());
    assert!(outcome.runs.is_empty());
    insta::assert_snapshot!("baseline_of_lines", said(&outcome, &dir));
}

fn variants(paths: &[&Path], variants: &[&str]) -> Source {
    Source::Sides {
        base: Vec::new(),
        head: paths.iter().map(|path| path.to_path_buf()).collect(),
        base_name: None,
        head_name: None,
        variants: variants.iter().map(|variant| variant.parse().unwrap()).collect(),
    }
}

/// Two runs with the baselines `telemetry-off` and `telemetry-on`; the first has `new` as well.
fn telemetry(dir: &TempDir) -> [std::path::PathBuf; 2] {
    let runs = ["run-1", "run-2"].map(|run| dir.path().join(run));
    for run in &runs {
        for baseline in ["telemetry-off", "telemetry-on"] {
            criterion(&run.join("dht/lookup"), "dht/lookup");
            fs::rename(run.join("dht/lookup/new"), run.join("dht/lookup").join(baseline)).unwrap();
        }
    }
    criterion(&runs[0].join("dht/lookup"), "dht/lookup");
    runs
}

#[test]
fn variants_are_baselines_of_head_under_a_name() {
    let dir = tempfile::tempdir().unwrap();
    let [one, two] = telemetry(&dir);
    let both = ["off=telemetry-off", "on=telemetry-on"];
    let outcome = read_with(&variants(&[&one, &two], &both), &Options::default());
    assert!(outcome.diagnostics.is_empty());
    let name = |name: &str| name.to_owned();
    let expected = [
        (0, name("dht/lookup")),
        (0, name("off/dht/lookup")),
        (1, name("off/dht/lookup")),
        (0, name("on/dht/lookup")),
        (1, name("on/dht/lookup")),
    ];
    assert_eq!(blocks(&outcome), expected);
    assert_eq!(outcome.inventory.head.runs, 2);
    // The folder of both runs is the same.
    let outcome = read_with(&variants(&[dir.path()], &both), &Options::default());
    assert_eq!(blocks(&outcome), expected);
    let outcome = read_with(&variants(&[&two, &two], &both), &Options::default());
    insta::assert_snapshot!("variant_twice", said(&outcome, &dir));
}

#[test]
fn a_variant_that_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let [one, _] = telemetry(&dir);
    let outcome = read_with(&variants(&[&one], &["on=telemetry"]), &Options::default());
    assert!(outcome.has_errors());
    insta::assert_snapshot!("missing_variant", said(&outcome, &dir));
    let path = dir.path().join("results.jsonl");
    fs::write(&path, LINE).unwrap();
    let outcome = read_with(&variants(&[&path], &["on=telemetry"]), &Options::default());
    insta::assert_snapshot!("variant_of_lines", said(&outcome, &dir));
}

/// The first kilobytes of a pipe would be gone after a look at them.
#[cfg(unix)]
#[test]
fn a_pipe_is_an_error_and_not_half_read() {
    let outcome = read_path(Path::new("/dev/null"));
    let messages: Vec<_> = outcome.diagnostics.iter().map(|d| d.message.as_str()).collect();
    insta::assert_snapshot!(messages.join("\n"), @"cannot read: neither a file nor a directory; write the results to a file");
}
