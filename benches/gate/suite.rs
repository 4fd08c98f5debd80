//! A made-up suite of benchmarks, the same on every machine: what a gate of a large project gets to see.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The two sides, each with what it is called and what a benchmark that got slower takes there, relative to base.
pub(crate) const SIDES: [(&str, f64); 2] = [("before", 1.0), ("after", 1.3)];

/// One benchmark.
pub(crate) struct Benchmark {
    /// The first part of its id.
    pub(crate) group: String,
    /// The second part: `plain`, or `traced`, which takes a little longer.
    pub(crate) function: &'static str,
    /// The third part, over which its time grows linearly.
    pub(crate) size: u32,
    /// What an iteration takes on base, in nanoseconds.
    time: f64,
    /// Whether it got slower.
    slower: bool,
}

impl Benchmark {
    /// What an iteration takes on a side, in nanoseconds; `factor` comes from [`SIDES`].
    pub(crate) fn time(&self, factor: f64) -> f64 {
        if self.slower { self.time * factor } else { self.time }
    }
}

/// Ten benchmarks a group: `plain` and `traced`, each at five sizes. One in a hundred got slower.
pub(crate) fn suite(benchmarks: usize) -> Vec<Benchmark> {
    let mut random = random();
    let mut per_item = 1.0;
    let benchmark = |i: usize| {
        if i.is_multiple_of(10) {
            per_item = 10_f64.powf(random.random_range(0.0..4.0));
        }
        let (function, cost) = if i % 10 < 5 { ("plain", 1.0) } else { ("traced", 1.04) };
        let size = 10 << (i % 5);
        let time = per_item * cost * f64::from(size);
        Benchmark { group: format!("group{}", i / 10), function, size, time, slower: i % 100 == 7 }
    };
    (0..benchmarks).map(benchmark).collect()
}

/// Numbers that look like chance and are the same each time.
pub(crate) fn random() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

/// One run of a benchmark that takes `time` nanoseconds: iterations and total nanoseconds of each sample.
///
/// The run is off by up to 1 %, each of its samples by up to 2 % more.
pub(crate) fn run(time: f64, samples: usize, random: &mut ChaCha8Rng) -> (Vec<f64>, Vec<f64>) {
    let time = time * (1.0 + random.random_range(-0.01..0.01));
    let step = (5e6 / samples as f64 / time).ceil();
    let iters: Vec<f64> = (1..=samples).map(|i| i as f64 * step).collect();
    let times =
        iters.iter().map(|n| (n * time * (1.0 + random.random_range(0.0..0.02))).round()).collect();
    (iters, times)
}
