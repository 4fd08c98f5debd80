//! From files to one number a run: reading, checking, reducing.

use std::cell::LazyCell;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use benchgate::config::Config;
use benchgate::diag::Diagnostics;
use benchgate::gate::Collector;
use benchgate::ingest::{Options, Source, read};
use benchgate::model::Measurement;
use criterion::Criterion;
use serde_json::json;
use tempfile::TempDir;

use crate::suite::{Benchmark, SIDES, random, run, suite};
use crate::{each_size, tree};

/// Samples a run, as many as criterion takes by default.
const SAMPLES: usize = 100;

/// Blocks of the run set, as many as the first look of `benchgate measure` takes.
const BLOCKS: usize = 5;

/// Samples a run of the run set, as many as `benchgate measure` takes by default.
const SHORT: usize = 15;

/// Lines of JSON a benchmark.
const LINES: usize = 10;

/// Writes an input of so many benchmarks into a folder.
type Writer = fn(&Path, usize) -> io::Result<Source>;

/// Every format at every size.
pub(crate) fn ingest(c: &mut Criterion) {
    let config = Config::built_in();
    for (format, write) in
        [("criterion", criterion as Writer), ("run-set", run_set), ("jsonl", jsonl)]
    {
        each_size(c, &format!("ingest/{format}"), |group, id, benchmarks| {
            // Written by the process that measures it, once: criterion may only ask for names.
            let input = LazyCell::new(|| {
                let folder = TempDir::new().expect("a temporary folder");
                let source = write(folder.path(), benchmarks).expect("room for the input");
                let found = measurements(&source, &config);
                assert_eq!(found.len(), 2 * benchmarks, "both sides are read whole");
                (folder, source)
            });
            group.bench_function(id, |b| {
                let (_, source) = &*input;
                b.iter_with_large_drop(|| measurements(source, &config));
            });
        });
    }
}

fn measurements(source: &Source, config: &Config) -> Vec<Measurement> {
    let diagnostics = Diagnostics::new();
    let collector = Collector::new(config);
    read(source, &Options::default(), &|run| collector.take(run), &diagnostics);
    let measurements = collector.finish(&diagnostics);
    assert!(!diagnostics.has_errors(), "{:?}", diagnostics.into_vec());
    measurements
}

fn criterion(folder: &Path, benchmarks: usize) -> io::Result<Source> {
    tree::write(folder, benchmarks, SAMPLES)?;
    let [base_name, head_name] = SIDES.map(|(name, _)| Some(name.to_owned()));
    let (base, head) = (vec![folder.to_owned()], vec![folder.to_owned()]);
    Ok(Source::Sides { base, head, base_name, head_name, variants: Vec::new() })
}

fn run_set(folder: &Path, benchmarks: usize) -> io::Result<Source> {
    let suite = suite(benchmarks);
    let mut random = random();
    let mut file = BufWriter::new(File::create(folder.join("runs.jsonl"))?);
    for block in 0..BLOCKS {
        for (position, benchmark) in suite.iter().enumerate() {
            for (side, (_, factor)) in ["base", "head"].into_iter().zip(SIDES) {
                let (iters, times) = run(benchmark.time(factor), SHORT, &mut random);
                let line = json!({
                    "side": side, "block": block, "position": position, "benchmark": id(benchmark),
                    "metric": "time", "unit": "ns", "iters": iters, "times": times,
                });
                writeln!(file, "{line}")?;
            }
        }
    }
    file.flush()?;
    fs::write(folder.join("runset.json"), json!({ "schema": 1 }).to_string())?;
    Ok(Source::RunSet(folder.to_owned()))
}

fn jsonl(folder: &Path, benchmarks: usize) -> io::Result<Source> {
    let mut random = random();
    let paths = SIDES.map(|(name, _)| folder.join(name).with_extension("jsonl"));
    for ((_, factor), path) in SIDES.iter().zip(&paths) {
        let mut file = BufWriter::new(File::create(path)?);
        for benchmark in suite(benchmarks) {
            let (iters, times) = run(benchmark.time(*factor), LINES, &mut random);
            for (iters, time) in iters.into_iter().zip(times) {
                let line = json!({
                    "benchmark": id(&benchmark), "metric": "time", "unit": "ns", "value": time / iters,
                });
                writeln!(file, "{line}")?;
            }
        }
        file.flush()?;
    }
    let [base, head] = paths.map(|path| vec![path]);
    Ok(Source::Sides { base, head, base_name: None, head_name: None, variants: Vec::new() })
}

fn id(benchmark: &Benchmark) -> String {
    format!("{}/{}/{}", benchmark.group, benchmark.function, benchmark.size)
}
