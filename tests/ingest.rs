//! The door of `ingest`: every format reads its fixtures, nothing panics, nothing is passed over in silence.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read is a failed test")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use benchgate::diag::{Diagnostic, Diagnostics, Level, render, visible};
use benchgate::ingest::{Inventory, Options, Probe, Source, format, formats, parsers, read};
use benchgate::model::{Data, Run};
use proptest::prelude::*;

mod ingest_paths;

/// Everything that one reading gave.
struct Outcome {
    runs: Vec<Run>,
    inventory: Inventory,
    diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

fn read_with(source: &Source, options: &Options) -> Outcome {
    let runs = Mutex::new(Vec::new());
    let diagnostics = Diagnostics::new();
    let inventory = read(source, options, &|run| runs.lock().unwrap().push(run), &diagnostics);
    let mut runs = runs.into_inner().unwrap();
    runs.sort_by(|a, b| key(a).cmp(&key(b)));
    Outcome { runs, inventory, diagnostics: diagnostics.into_vec() }
}

fn key(run: &Run) -> impl Ord + '_ {
    (run.side, run.stage, &run.benchmark, &run.metric, run.block, &run.origin)
}

fn base(paths: &[&Path]) -> Source {
    sides(paths, &[])
}

fn sides(base: &[&Path], head: &[&Path]) -> Source {
    let owned = |paths: &[&Path]| paths.iter().map(|path| path.to_path_buf()).collect();
    Source::Sides {
        base: owned(base),
        head: owned(head),
        base_name: None,
        head_name: None,
        variants: Vec::new(),
    }
}

fn read_path(path: &Path) -> Outcome {
    read_with(&base(&[path]), &Options::default())
}

/// Reads a case the way its format is meant to be read.
fn read_case(is_run_set: bool, path: &Path) -> Outcome {
    match is_run_set {
        true => read_with(&Source::RunSet(path.to_owned()), &Options::default()),
        false => read_path(path),
    }
}

/// The fixtures in a folder, in order.
fn cases(folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(Path::new("fixtures").join(folder)) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = paths.filter(|path| !path.ends_with("SOURCE.md")).collect();
    cases.sort();
    cases
}

/// Six significant digits: enough to see a wrong number, and independent of rounding.
fn digits(value: f64) -> String {
    if value.is_finite() { format!("{value:.5e}") } else { value.to_string() }
}

fn weighted_median(mut samples: Vec<(f64, f64)>) -> f64 {
    samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = samples.iter().map(|s| s.1).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let at = samples.iter().position(|sample| {
        sum += sample.1;
        sum >= half
    });
    at.map_or(f64::NAN, |at| samples[at].0)
}

fn numbers(data: &Data) -> String {
    match data {
        Data::Iterations { iters, times } => {
            let samples = times.iter().zip(iters).map(|(t, i)| (t / i, *i)).collect();
            format!("{} totals, median {}", times.len(), digits(weighted_median(samples)))
        }
        Data::Values(values) => {
            let samples = values.iter().map(|value| (*value, 1.0)).collect();
            format!("{} values, median {}", values.len(), digits(weighted_median(samples)))
        }
        Data::Summary(summary) => {
            let statistics = summary.statistics.iter();
            let statistics: Vec<_> = statistics
                .map(|(statistic, value)| format!("{statistic} {}", digits(*value)))
                .collect();
            format!("n {:?}, {}", summary.n, statistics.join(", "))
        }
    }
}

fn shown(outcome: &Outcome) -> String {
    let mut out = String::new();
    for run in &outcome.runs {
        let mut name: String = visible(run.benchmark.as_str()).chars().take(120).collect();
        if run.benchmark.as_str().chars().count() > 120 {
            name.push('…');
        }
        let side = run.side.name();
        let _ = write!(
            out,
            "{side} {} {:?} {name} {} {:?}: ",
            run.block, run.stage, run.metric, run.unit
        );
        out += &numbers(&run.data);
        if let Some(throughput) = run.throughput {
            let _ = write!(out, ", {} {:?}", throughput.amount, throughput.unit);
        }
        if let Some(link) = run.link {
            let _ = write!(out, ", link {link}");
        }
        if let (Some(first), Some(last)) = (run.at.first(), run.at.last()) {
            let _ = write!(out, ", {} times from {first} s to {last} s", run.at.len());
        }
        out.push('\n');
    }
    let info = &outcome.inventory;
    for (side, info) in [("base", &info.base), ("head", &info.head)] {
        if info.runs > 0 {
            let (name, runs) = (visible(&info.name), info.runs);
            let _ = writeln!(
                out,
                "{side}: {name}, {runs} run(s), commit {:?}, runner {:?}",
                info.commit, info.runner
            );
        }
    }
    for diagnostic in &outcome.diagnostics {
        let _ = writeln!(out, "\n{}", render(diagnostic, false));
    }
    out
}

fn snapshot(name: &str, outcome: &Outcome) {
    let text = shown(outcome);
    assert!(!text.contains(['\x1b', '\u{202e}']), "{name} shows what it should hide");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

/// IN-1, IN-2.
#[test]
fn every_format_reads_its_fixtures() {
    for format in formats() {
        for case in cases(format.name()) {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            let outcome = read_case(format.name() == "runset", &case);
            snapshot(&format!("{}@{name}", format.name()), &outcome);
            assert!(!outcome.runs.is_empty(), "{} gave no run", case.display());
            assert!(!outcome.has_errors(), "{} has errors", case.display());
        }
    }
}

#[test]
fn every_fixture_is_claimed_by_exactly_one_format() {
    for format in formats() {
        for case in cases(format.name()) {
            let probe = Probe::new(&case).unwrap();
            let claims: Vec<_> = formats()
                .iter()
                .filter(|other| other.detect(&probe))
                .map(|other| other.name())
                .collect();
            assert_eq!(claims, [format.name()], "{}", case.display());
        }
    }
}

#[test]
fn every_format_has_fixtures_and_documentation() {
    for format in formats() {
        assert!(!cases(format.name()).is_empty(), "fixtures/{} is missing", format.name());
        assert!(format.about().contains("```"), "{} shows no example", format.name());
    }
}

/// IN-5.
#[test]
fn what_is_wrong_is_said() {
    for case in cases("invalid") {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let outcome = read_case(name.starts_with("runset-"), &case);
        snapshot(&format!("invalid@{name}"), &outcome);
        assert!(!outcome.runs.is_empty() || outcome.has_errors(), "{name} is an empty success");
    }
}

#[test]
fn reading_twice_gives_the_same() {
    for folder in ["jsonl", "invalid", "criterion"] {
        for case in cases(folder) {
            assert_eq!(shown(&read_path(&case)), shown(&read_path(&case)));
        }
    }
}

#[test]
fn the_order_of_lines_plays_no_part() {
    let text = fs::read_to_string("fixtures/jsonl/statistics.jsonl").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lines.jsonl");
    let mut lines: Vec<_> = text.lines().collect();
    let mut seen = Vec::new();
    for _ in 0..lines.len() {
        lines.rotate_left(1);
        fs::write(&path, lines.join("\n")).unwrap();
        seen.push(shown(&read_path(&path)));
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
}

/// What `explain` shows is read as it says.
#[test]
fn the_examples_of_jsonl_are_read() {
    let about = format("jsonl").unwrap().about();
    let examples = about.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let example = examples.collect::<String>();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("example.jsonl");
    fs::write(&path, example).unwrap();
    let outcome = read_path(&path);
    assert!(outcome.diagnostics.is_empty());
    let names: Vec<_> = outcome.runs.iter().map(|run| run.benchmark.as_str()).collect();
    let joins = ["dht/join"; 4];
    assert_eq!(names[..4], joins);
    assert_eq!(names[4..], ["dht/lookup/agents=100", "load/send/agent_count=100"]);
}

const RESOURCE_FILES: [&str; 3] = [
    include_str!("../fixtures/jsonl/resources-stated.jsonl"),
    include_str!("../fixtures/jsonl/resources-sampled.jsonl"),
    include_str!("../fixtures/jsonl/resources-statistics.jsonl"),
];

fn read_lines(lines: &[&str]) -> Outcome {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lines.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    read_path(&path)
}

/// Each benchmark, which run of it, and a resource with its samples and their times.
fn resources(outcome: &Outcome) -> Vec<String> {
    let windowed = |run: &&Run| run.metric.as_str() != "time";
    let shown = |run: &Run| format!("{} {} {:?} {:?}", run.benchmark, run.metric, run.data, run.at);
    let mut all: Vec<_> = outcome.runs.iter().filter(windowed).map(shown).collect();
    all.sort();
    all
}

fn warnings(outcome: &Outcome) -> String {
    let shown = |it: &Diagnostic| format!("{}: {}", it.line.unwrap_or_default(), it.message);
    outcome.diagnostics.iter().map(shown).collect::<Vec<_>>().join("\n")
}

/// A sample of the memory each second from noon on, and these lines of statistics.
fn monitored(seconds: u32, statistics: &[(&str, &str)]) -> Outcome {
    let mut lines: Vec<String> = (0..seconds)
        .map(|second| {
            format!("{{\"timestamp\":{},\"memory_mb\":{second}}}", 1_772_366_400 + second)
        })
        .collect();
    lines.extend(statistics.iter().map(|(name, timestamp)| {
        format!("{{\"benchmark\":\"{name}\",\"timestamp\":{timestamp},\"avg_ms\":1,\"n\":10}}")
    }));
    read_lines(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_timestamp_of_statistics_that_cannot_be_read_costs_the_next_their_resources() {
    let outcome = monitored(
        4,
        &[("a", "1772366400"), ("b", "1000"), ("c", "1772366402"), ("d", "1772366403")],
    );
    assert_eq!(resources(&outcome), ["d memory Values([3000000.0]) [0.0]"]);
    let said = "1: 3 resource samples were taken when no benchmark is known to have run; the first is here\n6: the timestamp cannot be read";
    assert_eq!(warnings(&outcome), said);
}

#[test]
fn what_ran_before_the_first_statistics_is_not_theirs() {
    let outcome = monitored(4, &[("only", "1772366403")]);
    assert_eq!((resources(&outcome).len(), outcome.has_errors()), (0, false));
    let said = "1: 4 resource samples were taken when no benchmark is known to have run; the first is here";
    assert_eq!(warnings(&outcome), said);
}

#[test]
fn statistics_written_all_at_once_get_no_resources() {
    let names: Vec<String> = (0..11).map(|number| format!("b{number}")).collect();
    let mut statistics = vec![("first", "1772366400")];
    statistics.extend(names.iter().map(|name| (name.as_str(), "1772366403")));
    let outcome = monitored(4, &statistics);
    assert_eq!((resources(&outcome).len(), outcome.has_errors()), (0, false));
    let said = "1: 4 resource samples were taken when no benchmark is known to have run; the first is here\n16: 11 benchmarks have their statistics from one moment: nobody knows when each of them ran";
    assert_eq!(warnings(&outcome), said);
}

/// A file of resource samples with its lines in some order.
fn shuffled() -> impl Strategy<Value = (&'static str, Vec<&'static str>)> {
    prop::sample::select(RESOURCE_FILES.to_vec())
        .prop_flat_map(|text| (Just(text), Just(text.lines().collect::<Vec<_>>()).prop_shuffle()))
}

proptest! {
    #[test]
    fn the_order_of_resource_lines_plays_no_part((text, lines) in shuffled()) {
        let expected = resources(&read_lines(&text.lines().collect::<Vec<_>>()));
        prop_assert!(!expected.is_empty());
        prop_assert_eq!(resources(&read_lines(&lines)), expected);
    }

    #[test]
    fn resource_lines_that_are_lost_or_cut_off_are_no_empty_success(
        (_, lines) in shuffled(),
        kept in 1_usize..10,
        line in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(),
    ) {
        let mut lines = lines[..kept.min(lines.len())].to_vec();
        let at = line.index(lines.len());
        lines[at] = &lines[at][..byte.index(lines[at].len())];
        let outcome = read_lines(&lines);
        prop_assert!(!outcome.runs.is_empty() || outcome.has_errors());
    }

    #[test]
    fn any_bytes_are_parsed_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        parsers::criterion_sample(&bytes);
        parsers::criterion_benchmark(&bytes);
        parsers::jsonl(&bytes);
        parsers::runset(&bytes);
    }

    #[test]
    fn anything_like_a_result_is_parsed_without_panic(
        text in r#"(\{|\[|\}|\]|,|:|"iters"|"times"|"values"|"side"|"base"|"block"|"full_id"|null|[0-9.e-]{1,5}|\n){0,60}"#,
    ) {
        parsers::criterion_sample(text.as_bytes());
        parsers::criterion_benchmark(text.as_bytes());
        parsers::runset(text.as_bytes());
    }

    #[test]
    fn samples_written_to_a_run_set_come_back(
        values in prop::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 1..20),
        name in any::<String>(),
        block in any::<u32>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("runset.json"), r#"{"schema":1}"#).unwrap();
        let line = serde_json::json!({
            "side": "head", "block": block, "benchmark": name, "metric": "time", "unit": "ns", "values": values,
        });
        fs::write(dir.path().join("runs.jsonl"), line.to_string()).unwrap();
        let outcome = read_with(&Source::RunSet(dir.path().to_owned()), &Options::default());
        prop_assert!(outcome.diagnostics.is_empty());
        prop_assert_eq!(outcome.runs.len(), 1);
        let run = &outcome.runs[0];
        prop_assert_eq!((run.block, run.benchmark.as_str()), (block, name.as_str()));
        prop_assert_eq!(&run.data, &Data::Values(values));
    }
}
