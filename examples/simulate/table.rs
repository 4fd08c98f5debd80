//! The tables of docs/statistics.md.

use std::fmt::Write;

use crate::draw::BENCHMARKS;
use crate::judge::Counts;
use crate::world::{Plan, World};

/// What the gate makes of each world, and what tests without its care do: two tables in Markdown.
pub(crate) fn tables(rows: &[(&World, Counts)]) -> String {
    let mut text = String::from(
        "| what happens | alarms: a comparison | a pull request | suspect | inconclusive | interval holds the change | finds +5 % | +10 % | +20 % |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (world, counts) in rows {
        let comparisons = counts.pull_requests * BENCHMARKS as u32;
        let found = counts.found.map(|found| share(found, counts.slower)).join(" | ");
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {found} |",
            world.name,
            share(counts.alarms[0], comparisons),
            share(counts.alarms[1], counts.pull_requests),
            share(counts.suspect, comparisons),
            share(counts.inconclusive, comparisons),
            share(counts.covered[0], counts.covered[1]),
        );
    }
    text.push_str("\n| what happens | t test, samples of one run a side | a pull request | mean of one run 10 % slower | a pull request | t test on all runs | a pull request |\n|---|--:|--:|--:|--:|--:|--:|\n");
    // How many blocks there are makes no difference to a test of single runs.
    let long = |(world, _): &&(&World, Counts)| {
        !world.one_run_decides
            && world.everywhere == 0.0
            && matches!(world.plan, Plan::Blocks(10) | Plan::Sequential(10))
    };
    for (world, counts) in rows.iter().filter(long) {
        let pair = |[comparisons, pull_requests]: [u32; 2]| {
            let all = counts.pull_requests;
            format!(
                "{} | {}",
                share(comparisons, all * BENCHMARKS as u32),
                share(pull_requests, all)
            )
        };
        let (samples, ratio) = (pair(counts.samples), pair(counts.ratio));
        let runs = pair(counts.runs);
        let _ = writeln!(text, "| {} | {samples} | {ratio} | {runs} |", world.name);
    }
    text
}

/// A share in percent with two digits, and 0 only where there is none at all.
fn share(some: u32, of: u32) -> String {
    let percent = 100.0 * f64::from(some) / f64::from(of.max(1));
    let digits = match percent {
        p if p < 0.095 => 3,
        p if p < 0.95 => 2,
        p if p < 9.95 => 1,
        _ => 0,
    };
    match some {
        0 => "0".to_owned(),
        some if some == of => "100 %".to_owned(),
        _ if percent >= 99.5 => "> 99 %".to_owned(),
        _ => format!("{percent:.digits$} %"),
    }
}
