//! Behaves like a criterion executable as far as benchgate looks.

use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let filter = arguments.iter().position(|argument| argument == "--").map(|at| &arguments[at + 1]);
    for (name, time) in [("parse", scratch::PARSE), ("print", scratch::PRINT)] {
        if filter.is_some_and(|filter| filter != name) {
            continue;
        }
        if has("--list") {
            println!("{name}: benchmark");
            continue;
        }
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
        let mut state = u64::from(nanos) ^ u64::from(std::process::id()) << 32 | 1;
        let mut noise = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            1.0 + 0.005 * (state % 1000) as f64 / 1000.0
        };
        let drift = noise();
        let iters: Vec<String> = (1..=10).map(|i| i.to_string()).collect();
        let times: Vec<String> = (1..=10).map(|i| (f64::from(i) * time * drift * noise()).to_string()).collect();
        let dir = format!("{}/{name}/new", env::var("CRITERION_HOME").unwrap());
        fs::create_dir_all(&dir).unwrap();
        fs::write(
            format!("{dir}/sample.json"),
            format!("{{\"sampling_mode\":\"Linear\",\"iters\":[{}],\"times\":[{}]}}", iters.join(","), times.join(",")),
        )
        .unwrap();
        fs::write(
            format!("{dir}/benchmark.json"),
            format!("{{\"group_id\":\"{name}\",\"full_id\":\"{name}\",\"directory_name\":\"{name}\"}}"),
        )
        .unwrap();
    }
}
