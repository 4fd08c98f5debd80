//! How often memory that does not grow looks as if it did: one number a minute, which wanders.

use benchgate::stats::growth::growth;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::draw::normal;

/// Numbers of a run.
const POINTS: u32 = 250;
/// Runs of each kind.
pub(crate) const RUNS: u64 = 1_000;

/// The share of runs whose slope is proven to be above zero, as a Markdown table.
pub(crate) fn table(runs: u64, seed: u64) -> String {
    let rows = [
        ("independent numbers", 0.0),
        ("autocorrelation 0.5", 0.5),
        ("autocorrelation 0.8", 0.8),
        ("autocorrelation 0.95", 0.95),
        ("a random walk", 1.0),
    ];
    let rows = rows.map(|(name, memory)| {
        let alarms = (0..runs).filter(|&run| grows(memory, seed, run)).count();
        format!("| {name} | {alarms} of {runs} |\n")
    });
    format!("| memory that does not grow | proven to grow |\n|---|--:|\n{}", rows.concat())
}

fn grows(memory: f64, seed: u64, run: u64) -> bool {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(run);
    let step = if memory < 1.0 { (1.0 - memory * memory).sqrt() } else { 1.0 };
    let mut value = normal(&mut random);
    let mut values = Vec::new();
    for _ in 0..POINTS {
        value = memory * value + step * normal(&mut random);
        values.push(100.0 + value);
    }
    let at: Vec<f64> = (0..POINTS).map(|minute| f64::from(minute) * 60.0).collect();
    growth(&at, &values).is_some_and(|found| found.low > 0.0)
}
