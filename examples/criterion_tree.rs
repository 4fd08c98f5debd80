//! Writes a directory as criterion.rs would, for measuring how long reading takes: `BENCHMARKS` benchmarks with
//! `SAMPLES` samples each, as two named baselines `before` and `after`, of which one benchmark in a hundred got slower.
//!
//! `cargo run --release --example criterion_tree -- DIRECTORY [BENCHMARKS [SAMPLES]]`
#![expect(clippy::print_stdout, reason = "a script")]

use std::io;
use std::path::Path;

#[path = "../benches/gate/suite.rs"]
mod suite;
#[path = "../benches/gate/tree.rs"]
mod tree;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(directory) = arguments.next() else {
        println!("usage: criterion_tree DIRECTORY [BENCHMARKS [SAMPLES]]");
        return Ok(());
    };
    let mut number =
        |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (benchmarks, samples): (usize, usize) = (number(10_000), number(100));
    tree::write(Path::new(&directory), benchmarks, samples)?;
    println!(
        "{benchmarks} benchmarks with {samples} samples, baselines `before` and `after`, in {directory}"
    );
    Ok(())
}
