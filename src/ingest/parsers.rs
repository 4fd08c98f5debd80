//! The parsers alone, for tests that throw anything at them. Each says whether the bytes were what it reads.

use std::sync::Arc;

use super::criterion::files::{BenchmarkFile, SampleFile};
use super::{jsonl, lines, runset};

/// `sample.json` of criterion.
pub fn criterion_sample(bytes: &[u8]) -> bool {
    serde_json::from_slice::<SampleFile>(bytes).is_ok()
}

/// `benchmark.json` of criterion.
pub fn criterion_benchmark(bytes: &[u8]) -> bool {
    serde_json::from_slice::<BenchmarkFile>(bytes).is_ok_and(|file| file.id().is_some())
}

/// JSON lines: how many of them were read.
pub fn jsonl(bytes: &[u8]) -> usize {
    jsonl::parse_lines(bytes)
}

/// The lines of a run set: how many of them were read.
pub fn runset(bytes: &[u8]) -> usize {
    let file: Arc<str> = Arc::from("input");
    let lines = lines::split(bytes, &mut 1);
    lines.into_iter().filter(|line| runset::parse(*line, &file).is_ok()).count()
}
