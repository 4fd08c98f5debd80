//! Writes a directory as criterion.rs would, for measuring how long reading takes: `BENCHMARKS` benchmarks with
//! `SAMPLES` samples each, as two named baselines `before` and `after`, of which one benchmark in a hundred got slower.
//!
//! `cargo run --release --example criterion_tree -- DIRECTORY [BENCHMARKS [SAMPLES]]`
#![expect(clippy::print_stdout, reason = "a script")]

use std::fs;
use std::io;
use std::path::Path;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next() else {
        println!("usage: criterion_tree DIRECTORY [BENCHMARKS [SAMPLES]]");
        return Ok(());
    };
    let mut number =
        |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (benchmarks, samples): (usize, usize) = (number(10_000), number(100));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for i in 0..benchmarks {
        let (group, function) = (format!("group{}", i / 100), format!("function{}", i % 100));
        let time = 10_f64.powf(random.random_range(1.0..6.0));
        for (baseline, factor) in [("before", 1.0), ("after", if i % 100 == 7 { 1.3 } else { 1.0 })]
        {
            let dir = Path::new(&directory).join(&group).join(&function).join(baseline);
            fs::create_dir_all(&dir)?;
            let shift = 1.0 + random.random_range(-0.01..0.01);
            write(&dir, &group, &function, time * factor * shift, samples, &mut random)?;
        }
    }
    println!(
        "{benchmarks} benchmarks with {samples} samples, baselines `before` and `after`, in {directory}"
    );
    Ok(())
}

/// One run of one benchmark around a time in nanoseconds.
fn write(
    dir: &Path,
    group: &str,
    function: &str,
    time: f64,
    samples: usize,
    random: &mut ChaCha8Rng,
) -> io::Result<()> {
    let id = format!("{group}/{function}");
    let step = (5e6 / samples as f64 / time).ceil();
    let iters: Vec<f64> = (1..=samples).map(|i| i as f64 * step).collect();
    let times: Vec<f64> =
        iters.iter().map(|n| (n * time * (1.0 + random.random_range(0.0..0.02))).round()).collect();
    let benchmark = json!({
        "group_id": group, "function_id": function, "value_str": null, "throughput": null,
        "full_id": id, "directory_name": id, "title": id,
    });
    let estimate = |point: f64| {
        json!({
            "confidence_interval": { "confidence_level": 0.95, "lower_bound": point * 0.99, "upper_bound": point * 1.01 },
            "point_estimate": point, "standard_error": point * 0.005,
        })
    };
    let estimates = json!({
        "mean": estimate(time), "median": estimate(time), "median_abs_dev": estimate(time * 0.01),
        "slope": estimate(time), "std_dev": estimate(time * 0.01),
    });
    let sample = json!({ "sampling_mode": "Linear", "iters": iters, "times": times });
    for (file, content) in
        [("benchmark.json", benchmark), ("estimates.json", estimates), ("sample.json", sample)]
    {
        fs::write(dir.join(file), content.to_string())?;
    }
    Ok(())
}
