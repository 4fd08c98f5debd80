#![no_main]
//! Base, head and configuration as one input, through everything that `compare` does.

use std::fs;
use std::sync::LazyLock;

use benchgate::config::Config;
use benchgate::diag::Diagnostics;
use benchgate::gate::{self, Collector, Facts};
use benchgate::ingest::{self, Source};
use benchgate::report::{self, Form};
use libfuzzer_sys::fuzz_target;

/// What stands between base, head and configuration.
const BETWEEN: &[u8] = b"\n===\n";

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.windows(BETWEEN.len()).enumerate().filter(|(_, at)| *at == BETWEEN).map(|(at, _)| at);
    let (first, second) = (parts.next().unwrap_or(bytes.len()), parts.next());
    let part = |from: usize, to: usize| bytes.get((from + BETWEEN.len()).min(bytes.len())..to).unwrap_or_default();
    let head = part(first, second.unwrap_or(bytes.len()));
    let rules = second.map_or(&b""[..], |second| part(second, bytes.len()));
    let config = std::str::from_utf8(rules).ok().and_then(|text| Config::parse("benchgate.yml", text, None).ok());
    let config = config.unwrap_or_else(Config::built_in);
    let (base_file, head_file) = (FOLDER.path().join("base.jsonl"), FOLDER.path().join("head.jsonl"));
    let written = fs::write(&base_file, &bytes[..first]).and_then(|()| fs::write(&head_file, head));
    written.expect("a file");
    let source = Source::Sides {
        base: vec![base_file],
        head: vec![head_file],
        base_name: None,
        head_name: None,
        variants: Vec::new(),
    };
    let diagnostics = Diagnostics::new();
    let collector = Collector::new(&config);
    let read = ingest::read(&source, &Default::default(), &|run| collector.take(run), &diagnostics);
    let measurements = collector.finish(&diagnostics);
    let report = gate::decide(Facts {
        measurements,
        base: read.base,
        head: read.head,
        order: read.order.unwrap_or_default(),
        config: &config,
        today: jiff::civil::date(2026, 11, 21),
        allow_empty_base: false,
        diagnostics: diagnostics.into_vec(),
    });
    for (form, _) in Form::ALL {
        let text = report::render(&report, *form, &Default::default()).expect("every report can be rendered");
        if *form == Form::Json {
            report::bundle::read(&text, "report.json").expect("what was written can be read");
        }
    }
});
