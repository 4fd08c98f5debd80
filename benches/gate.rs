//! How long the gate takes: reducing runs, deciding, writing the comment.

use std::hint::black_box;
use std::sync::Arc;

use benchgate::config::Config;
use benchgate::diag::Diagnostics;
use benchgate::gate::{Collector, Facts, decide};
use benchgate::model::{
    BenchmarkId, Data, Measurement, Metric, Order, Origin, Report, Run, Side, SideInfo, Stage, Unit,
};
use benchgate::report::{Form, Options, render};
use criterion::{BenchmarkId as Id, Criterion, criterion_group, criterion_main};
use jiff::civil::date;

/// A run of 100 samples, as criterion takes them by default.
fn run(benchmark: usize, side: Side, block: u32) -> Run {
    let wobble = |i: usize| 1.0 + 0.01 * ((i + benchmark * 7 + block as usize * 13) as f64).sin();
    let iters: Vec<f64> = (1..=100).map(f64::from).collect();
    let times = iters.iter().enumerate().map(|(i, n)| n * 100.0 * wobble(i)).collect();
    Run {
        side,
        block,
        stage: Stage::Screen,
        benchmark: BenchmarkId::new(format!("group/b{benchmark}")),
        metric: Metric::time(),
        unit: Unit::Nanoseconds,
        data: Data::Iterations { iters, times },
        at: Vec::new(),
        throughput: None,
        link: None,
        origin: Origin { file: Arc::from("runs"), line: None },
    }
}

fn measurements(benchmarks: usize, config: &Config) -> Vec<Measurement> {
    let collector = Collector::new(config);
    for benchmark in 0..benchmarks {
        for block in 0..10 {
            collector.take(run(benchmark, Side::Base, block));
            collector.take(run(benchmark, Side::Head, block));
        }
    }
    collector.finish(&Diagnostics::new())
}

fn decided(measurements: Vec<Measurement>, config: &Config) -> Report {
    decide(Facts {
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

fn gate(c: &mut Criterion) {
    let config = Config::built_in();
    c.bench_function("reduce/one-run-of-100-samples", |b| {
        let collector = Collector::new(&config);
        let sample = run(0, Side::Base, 0);
        b.iter(|| collector.take(black_box(sample.clone())));
    });
    for benchmarks in [100, 1_000] {
        let measured = measurements(benchmarks, &config);
        c.bench_with_input(Id::new("decide/ten-blocks", benchmarks), &measured, |b, measured| {
            b.iter(|| decided(black_box(measured.clone()), &config));
        });
        let report = decided(measured, &config);
        c.bench_with_input(Id::new("render/markdown", benchmarks), &report, |b, report| {
            b.iter(|| render(black_box(report), Form::Markdown, &Options::default()));
        });
    }
}

criterion_group!(benches, gate);
criterion_main!(benches);
