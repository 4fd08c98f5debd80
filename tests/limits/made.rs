use std::fmt::Write;
use std::path::Path;

/// Writes five runs of a side, on which the example of every kind of rule finds something to hold.
///
/// JSON lines of single samples, made by arithmetic: the same bytes every time.
pub(crate) fn made(folder: &Path, slower: f64) {
    for run in 0..5_u32 {
        let machine = 1.0 + 0.002 * f64::from(run * 7 % 5);
        let mut lines = String::new();
        let mut add = |benchmark: &str, metric: &str, unit: &str, value: f64| {
            let _ = writeln!(
                lines,
                r#"{{"benchmark":"{benchmark}","metric":"{metric}","unit":"{unit}","value":{value}}}"#
            );
        };
        for sample in 0..200_u32 {
            let at = machine * (1.0 + 0.0005 * f64::from(sample * 37 % 20));
            add("cache/hit", "time", "us", 128.67 * at * slower);
            add("parser/large", "time", "us", 40.0 * at * slower);
            add("container/create", "time", "us", 120.0 * at);
            add("container/reuse", "time", "us", 1.5 * at * slower);
            for (name, cost) in [("plain", 1.0), ("metrics", 1.04), ("traces", 1.07)] {
                add(&format!("send/{name}"), "time", "us", 50.0 * cost * at);
            }
            for n in [10.0_f64, 100.0, 1000.0, 10_000.0, 100_000.0] {
                add(&format!("dht/lookup/{n}"), "time", "us", (2.0 + n.ln()) * at * slower);
            }
        }
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(folder.join(format!("run-{}.jsonl", run + 1)), lines).expect("a file");
    }
}
