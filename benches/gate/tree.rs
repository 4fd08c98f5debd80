//! The directory that criterion.rs would leave behind.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::suite::{Benchmark, SIDES, random, run, suite};

/// Writes a directory as criterion.rs would, with the sides of the suite as two named baselines.
pub(crate) fn write(directory: &Path, benchmarks: usize, samples: usize) -> io::Result<()> {
    let mut random = random();
    for benchmark in suite(benchmarks) {
        let Benchmark { group, function, size, .. } = &benchmark;
        for (baseline, factor) in SIDES {
            let time = benchmark.time(factor);
            let (iters, times) = run(time, samples, &mut random);
            let id = format!("{group}/{function}/{size}");
            let folder = directory.join(&id).join(baseline);
            fs::create_dir_all(&folder)?;
            let name = json!({
                "group_id": group, "function_id": function, "value_str": size.to_string(),
                "throughput": null, "full_id": id, "directory_name": id, "title": id,
            });
            let sample = json!({ "sampling_mode": "Linear", "iters": iters, "times": times });
            for (file, content) in [
                ("benchmark.json", name),
                ("estimates.json", estimates(time)),
                ("sample.json", sample),
            ] {
                fs::write(folder.join(file), content.to_string())?;
            }
        }
    }
    Ok(())
}

/// What criterion makes of the samples; benchgate does not read it, others do.
fn estimates(time: f64) -> Value {
    let estimate = |point: f64| {
        let interval = json!({
            "confidence_level": 0.95, "lower_bound": point * 0.99, "upper_bound": point * 1.01,
        });
        json!({
            "confidence_interval": interval, "point_estimate": point, "standard_error": point * 0.005,
        })
    };
    json!({
        "mean": estimate(time), "median": estimate(time), "median_abs_dev": estimate(time * 0.01),
        "slope": estimate(time), "std_dev": estimate(time * 0.01),
    })
}
