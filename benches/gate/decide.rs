//! From one number a run to a report: statistics and rules.

use std::cell::LazyCell;
use std::sync::Arc;

use benchgate::config::Config;
use benchgate::diag::Diagnostics;
use benchgate::gate::{self, Collector, Facts};
use benchgate::model::{
    BenchmarkId, Data, Measurement, Metric, Order, Origin, Report, Run, Side, SideInfo, Stage, Unit,
};
use criterion::{BatchSize, Criterion};
use jiff::civil::date;

use crate::each_size;
use crate::suite::{SIDES, random, run, suite};

/// Blocks, as many as the first look of `benchgate measure` takes.
const BLOCKS: u32 = 5;

/// Samples a run, as many as `benchgate measure` takes by default.
const SAMPLES: usize = 15;

/// Samples of memory a run, one a second.
const SECONDS: u32 = 50;

/// The built-in rules and one of every kind, at every size.
pub(crate) fn decide(c: &mut Criterion) {
    for (name, config) in [("built-in", Config::built_in()), ("every-rule", every_rule())] {
        each_size(c, &format!("decide/{name}"), |group, id, benchmarks| {
            let measured = LazyCell::new(|| measurements(benchmarks, &config));
            group.bench_function(id, |b| {
                let measured = &*measured;
                let setup = || measured.clone();
                b.iter_batched(setup, |measured| report(measured, &config), BatchSize::LargeInput);
            });
        });
    }
}

/// The report on so many benchmarks, with a table of every kind.
pub(crate) fn decided(benchmarks: usize) -> Report {
    let config = every_rule();
    let report = report(measurements(benchmarks, &config), &config);
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    report
}

/// One rule of every kind, each of which finds what it looks for.
fn every_rule() -> Config {
    let text = include_str!("every-rule.yml");
    Config::parse("every-rule.yml", text, None).expect("rules without a mistake")
}

fn report(measurements: Vec<Measurement>, config: &Config) -> Report {
    gate::decide(Facts {
        measurements,
        base: SideInfo::default(),
        head: SideInfo::default(),
        order: Order::Interleaved,
        config,
        today: date(2026, 1, 1),
        allow_empty_base: false,
        diagnostics: Vec::new(),
    })
}

/// Interleaved blocks of the suite: the time of every benchmark, and the memory of one in ten.
fn measurements(benchmarks: usize, config: &Config) -> Vec<Measurement> {
    let collector = Collector::new(config);
    let mut random = random();
    for (i, benchmark) in suite(benchmarks).into_iter().enumerate() {
        let id = format!("{}/{}/{}", benchmark.group, benchmark.function, benchmark.size);
        let id = BenchmarkId::new(id);
        let origin = Origin { file: Arc::from("runs.jsonl"), line: None };
        for block in 0..BLOCKS {
            for (side, (_, factor)) in [Side::Base, Side::Head].into_iter().zip(SIDES) {
                let (iters, times) = run(benchmark.time(factor), SAMPLES, &mut random);
                let time = Run {
                    side,
                    block,
                    stage: Stage::Screen,
                    benchmark: id.clone(),
                    metric: Metric::time(),
                    unit: Unit::Nanoseconds,
                    data: Data::Iterations { iters, times },
                    at: Vec::new(),
                    throughput: None,
                    link: Some(u64::from(block)),
                    origin: origin.clone(),
                };
                if i % 10 == 9 {
                    let at: Vec<f64> = (0..SECONDS).map(f64::from).collect();
                    let (_, noise) = run(1e6, at.len(), &mut random);
                    let used =
                        at.iter().zip(noise).map(|(second, noise)| 1e8 + 1e4 * second + noise);
                    collector.take(Run {
                        metric: Metric::new("memory"),
                        unit: Unit::Bytes,
                        data: Data::Values(used.collect()),
                        at,
                        ..time.clone()
                    });
                }
                collector.take(time);
            }
        }
    }
    let diagnostics = Diagnostics::new();
    let measurements = collector.finish(&diagnostics);
    assert!(!diagnostics.has_errors(), "{:?}", diagnostics.into_vec());
    measurements
}
