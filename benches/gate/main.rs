//! How long the three stages of the gate take, at 10 to 10,000 benchmarks.
//!
//! Each benchmark is named `STAGE/WHAT/BENCHMARKS`, so that rules can look at how a stage grows.
#![expect(clippy::expect_used, reason = "what cannot be set up must not be measured")]

mod decide;
mod ingest;
mod render;
mod suite;
mod tree;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group,
    criterion_main,
};

/// How many benchmarks the gate gets: a library, a product, a monorepo, and one size more, for a curve needs four.
const SIZES: [u64; 4] = [10, 100, 1_000, 10_000];

/// The sizes that `cargo test --bench gate` tries once each, in a build that is not optimised.
const TRIED: u64 = 100;

/// Calls `bench` for each size with the group, the last part of the name, and the number of benchmarks.
fn each_size(
    c: &mut Criterion,
    name: &str,
    mut bench: impl FnMut(&mut BenchmarkGroup<'_, WallTime>, BenchmarkId, usize),
) {
    let measures = std::env::args().any(|argument| argument == "--bench");
    let mut group = c.benchmark_group(name);
    for benchmarks in SIZES.into_iter().filter(|size| measures || *size <= TRIED) {
        group.throughput(Throughput::Elements(benchmarks));
        if benchmarks >= 1_000 {
            // An iteration takes long, and samples of growing numbers of them take far longer.
            group.sampling_mode(SamplingMode::Flat).sample_size(10);
        }
        bench(&mut group, BenchmarkId::from_parameter(benchmarks), benchmarks as usize);
    }
    group.finish();
}

/// Short runs: a whole `cargo bench` takes a few minutes. Options of the command line go before these.
fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! {
    name = benches;
    config = short();
    targets = ingest::ingest, decide::decide, render::rendering
}
criterion_main!(benches);
