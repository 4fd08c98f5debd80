//! Why a suspect does not fail the build, and what would decide.

use crate::model::{Order, Report};
use crate::report::phrase::Phrase;

/// Fewer blocks than this prove nothing.
const BLOCKS: u64 = 5;

/// Sentences that follow the suspects: why they are no findings and what to run.
pub(crate) fn suspects_why(report: &Report) -> Vec<Phrase> {
    let runs = report.base.runs.min(report.head.runs);
    let command = "benchgate compare --order interleaved --base base/run-* --head head/run-*";
    let measure = |what: &str| Phrase::of(format!("{what}: ")).name(command).text(".");
    let decide = || {
        Phrase::of("To let such results fail a build all the same, set ")
            .name("one-run: decide")
            .text(" under ")
            .name("gate:")
            .text(" in the configuration.")
    };
    match (runs, report.order) {
        (0 | 1, _) => {
            let mut why = vec![
                Phrase::of(
                    "One run a side does not fail the build: how much a benchmark moves from run to run is not in the data, so that up to a third of all pull requests that change nothing would fail.",
                ),
                measure("Several runs a side, taken in turns, decide"),
            ];
            if !report.config.one_run_decides {
                why.push(decide());
            }
            why
        }
        (_, Order::Interleaved) if runs < BLOCKS => vec![Phrase::of(format!(
            "{runs} blocks are too few to prove a change; {BLOCKS} or more, better 10, decide."
        ))],
        (_, Order::Interleaved) => vec![Phrase::of(
            "The interval lies beyond the margin, but not far enough for the number of benchmarks that were looked at; more blocks decide.",
        )],
        (_, Order::Sequential | Order::Unknown) => {
            let how = if report.order == Order::Sequential {
                "All of base was measured before all of head"
            } else {
                "Nobody knows in which order the runs were taken"
            };
            let mut why = vec![
                Phrase::of(format!(
                    "{how}, so a machine that became slower in between looks like a change; such runs do not fail the build."
                )),
                measure("Runs taken in turns decide"),
            ];
            if !report.config.one_run_decides {
                why.push(decide());
            }
            why
        }
    }
}
