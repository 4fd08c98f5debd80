//! How often the gate is right about numbers whose truth is known: simulates pull requests of a hundred benchmarks on
//! machines that disturb them in ways that are met in practice, and prints the tables of docs/statistics.md.
//!
//! `cargo run --release --example simulate [PULL_REQUESTS [SEED [WORD]]]`; with a word only the rows whose names hold it
#![expect(clippy::print_stdout, reason = "a script")]
#![expect(clippy::expect_used, reason = "what it writes itself is valid")]

mod draw;
mod judge;
mod recording;
mod table;
#[cfg(test)]
mod tests;
mod wander;
mod world;

use judge::Counts;
use rayon::prelude::*;
use world::{WORLDS, World};

/// Pull requests of each kind where nothing else is said; of none that alarms, at most 0.3 % do (95 %).
const PULL_REQUESTS: u64 = 1_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number =
        |default| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (pull_requests, seed) = (number(PULL_REQUESTS), number(1));
    let word = arguments.next().unwrap_or_default();
    let worlds: Vec<World> = WORLDS.iter().filter(|w| w.name.contains(&word)).copied().collect();
    print!("{}", tables(&worlds, pull_requests, wander::RUNS, seed));
}

/// What the page shows.
fn tables(worlds: &[World], pull_requests: u64, growing: u64, seed: u64) -> String {
    let simulated = simulate(worlds, pull_requests, seed);
    format!("{simulated}\n{}\n{}", recording::table(), wander::table(growing, seed))
}

fn simulate(worlds: &[World], pull_requests: u64, seed: u64) -> String {
    let row = |world| {
        let config = judge::rules(world);
        let numbers = (0..pull_requests).into_par_iter();
        let counts = numbers
            .map(|number| judge::judge(world, &config, seed, number))
            .reduce(Counts::default, Counts::plus);
        (world, counts)
    };
    table::tables(&worlds.iter().map(row).collect::<Vec<_>>())
}
