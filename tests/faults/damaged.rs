//! IN-5. Every fixture, configuration, report and event cut off anywhere, or with any byte changed: a result or located
//! diagnostics, never a panic, never an empty success.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use benchgate::config::{Config, STARTER};
use benchgate::diag::{Diagnostic, Diagnostics, Level, render};
use benchgate::gate::{self, Collector, Facts};
use benchgate::github::context::Event;
use benchgate::github::from_run::strict;
use benchgate::ingest::{Options, Source, read};
use benchgate::model::Report;
use benchgate::report::{self, Form, bundle};

/// Files up to so many bytes are damaged at each of them.
const SMALL: usize = 250;
/// Larger ones at so many places in between, and at as many at both ends.
const PLACES: usize = 8;

/// The file with each damage: cut off before a byte, and with one bit of that byte turned round.
fn damaged(bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let length = bytes.len();
    let step = if length <= SMALL { 1 } else { length / PLACES };
    let places =
        (0..length).filter(move |at| at % step == 0 || *at < PLACES || at + PLACES >= length);
    places.flat_map(move |at| {
        let cut = bytes.iter().take(at).copied().collect();
        let mut turned = bytes.to_vec();
        if let Some(byte) = turned.get_mut(at) {
            // Neighbours have different bits turned.
            *byte ^= 1 << (at % 8);
        }
        [(format!("cut off at byte {at}"), cut), (format!("with byte {at} turned"), turned)]
    })
}

/// Runs or an error, and errors that say where.
fn checked_reading(source: &Source, what: &str) {
    let runs = AtomicUsize::new(0);
    let diagnostics = Diagnostics::new();
    read(
        source,
        &Options::default(),
        &|_| {
            runs.fetch_add(1, Ordering::Relaxed);
        },
        &diagnostics,
    );
    let diagnostics = diagnostics.into_vec();
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count();
    assert!(runs.into_inner() > 0 || errors > 0, "{what} is an empty success");
    for diagnostic in &diagnostics {
        checked_diagnostic(diagnostic, what);
    }
}

fn checked_diagnostic(diagnostic: &Diagnostic, what: &str) {
    assert!(diagnostic.file.is_some(), "{what}: {diagnostic:?}");
    assert!(!diagnostic.message.is_empty(), "{what}");
    let _ = render(diagnostic, true);
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    let files =
        walk.map(|entry| entry.expect("an entry")).filter(|entry| entry.file_type().is_file());
    files
        .filter(|entry| entry.file_name() != "SOURCE.md")
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Damages one file of a case, which is a file, a directory of criterion around it, or a run set.
fn damage(whole: &Path, file: &Path) {
    let temp = tempfile::tempdir().expect("a folder");
    let copy = temp.path().join(whole.file_name().expect("a name"));
    let copied = |part: &Path| match part.strip_prefix(whole).expect("a part") {
        inner if inner.as_os_str().is_empty() => copy.clone(),
        inner => copy.join(inner),
    };
    for part in files_below(whole) {
        let to = copied(&part);
        fs::create_dir_all(to.parent().expect("a folder")).expect("folders");
        fs::copy(part, to).expect("a copy");
    }
    let source = if copy.join("runset.json").exists() {
        Source::RunSet(copy.clone())
    } else {
        Source::Sides {
            base: vec![copy.clone()],
            head: Vec::new(),
            base_name: None,
            head_name: None,
            variants: Vec::new(),
        }
    };
    for (how, bytes) in damaged(&fs::read(file).expect("a file")) {
        fs::write(copied(file), bytes).expect("a file");
        checked_reading(&source, &format!("{} {how}", file.display()));
    }
}

#[test]
fn damaged_results_are_read_or_refused() {
    let mut seen = BTreeSet::new();
    let mut cases = BTreeSet::new();
    for folder in ["criterion", "jsonl", "runset", "invalid", "pairs"] {
        for case in fs::read_dir(Path::new("fixtures").join(folder)).expect("fixtures") {
            cases.insert(case.expect("a case").path());
        }
    }
    cases.insert("docs/examples/identical".into());
    cases.insert("docs/examples/base.jsonl".into());
    for case in &cases {
        let in_pairs = case.starts_with("fixtures/pairs");
        let mut of_case = 0;
        for file in files_below(case) {
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            if in_pairs && name.ends_with(".yml") {
                continue;
            }
            // What is alike in many benchmarks and runs is damaged a few times.
            let is_new = seen.insert(fs::read(&file).expect("a file"));
            if !is_new || of_case == if in_pairs { 3 } else { 6 } {
                continue;
            }
            of_case += 1;
            // Of a criterion directory one benchmark is enough; the others would hide it.
            let is_criterion =
                ["benchmark.json", "sample.json", "estimates.json"].contains(&&*name);
            let parent = file.parent().expect("a folder");
            let whole = match () {
                () if is_criterion => parent,
                () if parent.join("runset.json").exists() => parent,
                () if in_pairs => &file,
                () => case,
            };
            // A file that is no result, or holds none, is an error with and without damage.
            damage(whole, &file);
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

#[test]
fn damaged_configurations_are_read_or_refused() {
    let mut texts = vec![STARTER.to_owned()];
    for folder in ["fixtures/pairs", "docs/examples"] {
        let files = files_below(Path::new(folder)).into_iter();
        let yaml = files.filter(|file| file.extension().is_some_and(|end| end == "yml"));
        texts.extend(yaml.map(|file| fs::read_to_string(file).expect("text")));
    }
    assert!(texts.len() > 8);
    for text in texts {
        for (how, bytes) in damaged(text.as_bytes()) {
            let text = String::from_utf8_lossy(&bytes);
            if let Err(diagnostics) = Config::parse("benchgate.yml", &text, None) {
                assert!(!diagnostics.is_empty(), "{how}");
                for diagnostic in diagnostics {
                    assert!(diagnostic.line.is_some(), "{how}: {diagnostic:?}");
                    checked_diagnostic(&diagnostic, &how);
                }
            }
        }
    }
}

/// A report with everything in it.
fn decided() -> Report {
    let config = fs::read_to_string("fixtures/pairs/messaging/benchgate.yml").expect("rules");
    let config = Config::parse("benchgate.yml", &config, None).expect("rules");
    let sides = |side: &str| vec![Path::new("fixtures/pairs/messaging").join(side)];
    let source = Source::Sides {
        base: sides("base"),
        head: sides("head"),
        base_name: None,
        head_name: None,
        variants: Vec::new(),
    };
    let diagnostics = Diagnostics::new();
    let collector = Collector::new(&config);
    let found = read(&source, &Options::default(), &|run| collector.take(run), &diagnostics);
    gate::decide(Facts {
        measurements: collector.finish(&diagnostics),
        base: found.base,
        head: found.head,
        order: found.order.unwrap_or_default(),
        config: &config,
        today: jiff::civil::date(2026, 11, 21),
        allow_empty_base: false,
        diagnostics: diagnostics.into_vec(),
    })
}

#[test]
fn damaged_reports_are_read_or_refused() {
    let report = decided();
    assert!(!report.measurements.is_empty());
    let text = bundle::write(&report).expect("a report");
    for (at, (how, bytes)) in damaged(text.as_bytes()).enumerate() {
        if let Err(diagnostic) = strict::report(bytes.clone(), "report.json") {
            checked_diagnostic(&diagnostic, &how);
        }
        let Ok(text) = String::from_utf8(bytes) else { continue };
        match bundle::read(&text, "report.json") {
            Err(diagnostic) => {
                assert!(diagnostic.help.is_some(), "{how}");
                checked_diagnostic(&diagnostic, &how);
            }
            Ok(report) if at % 4 == 1 => {
                let forms = Form::ALL.iter();
                forms.for_each(|(form, _)| {
                    drop(report::render(&report, *form, &Default::default()))
                });
                let today = jiff::civil::date(2026, 11, 21);
                let _ = gate::decide_again(report, &Config::built_in(), today, false);
            }
            Ok(_) => {}
        }
    }
}

#[test]
fn damaged_events_are_read_or_refused() {
    let (sha, repository) = ("1".repeat(40), r#"{"id":1,"full_name":"o/r","owner":{"login":"o"}}"#);
    let events = [
        (
            "pull_request",
            format!(
                r#"{{"number":7,"pull_request":{{"number":7,"user":{{"login":"alice"}},"head":{{"sha":"{sha}","repo":{repository}}},"base":{{"sha":"{sha}","ref":"main","repo":{repository}}}}}}}"#
            ),
        ),
        ("push", format!(r#"{{"before":"{sha}","after":"{sha}"}}"#)),
        (
            "merge_group",
            format!(r#"{{"merge_group":{{"head_sha":"{sha}","head_ref":"refs/heads/q"}}}}"#),
        ),
        (
            "workflow_run",
            format!(
                r#"{{"workflow_run":{{"id":5,"run_attempt":1,"event":"pull_request","conclusion":null,"head_sha":"{sha}","head_branch":"x","repository":{repository},"run_started_at":"2026-11-21T12:00:00Z","head_repository":{repository}}}}}"#
            ),
        ),
    ];
    for (name, payload) in events {
        let payload_of = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
        let whole = payload_of(payload.as_bytes()).expect("JSON");
        assert!(Event::parse(name, &whole).is_ok(), "{name}");
        for at in 0..payload.len() {
            let mut bytes = payload.clone().into_bytes();
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                if let Some(Err(diagnostic)) =
                    payload_of(&bytes).map(|payload| Event::parse(name, &payload))
                {
                    assert!(
                        !diagnostic.message.is_empty() && diagnostic.help.is_some(),
                        "{name} at {at}"
                    );
                }
                bytes[at] ^= 1 << bit;
            }
        }
    }
}
