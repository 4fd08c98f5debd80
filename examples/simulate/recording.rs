//! The same question, asked of a real recording of identical code.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use benchgate::diag::Diagnostics;
use benchgate::ingest::{self, Options, Source};
use benchgate::model::{Data, Run, Side};
use benchgate::stats::rank::mann_whitney;

/// Six criterion runs a side of the same executable, eight benchmarks, in turns.
const RECORDING: &str = "fixtures/pairs/no-change";
const RUNS: usize = 6;

/// A Mann-Whitney U test at 5 % and a ratio of 10 % on each run of base against each run of head, as a Markdown table.
pub(crate) fn table() -> String {
    let runs = read();
    let side = |side, block: usize| {
        runs.iter().filter(move |run| run.side == side && run.block as usize == block)
    };
    let mut tests =
        [("Mann-Whitney U test at 5 %", [0u32; 2]), ("mean more than 10 % slower", [0; 2])];
    let (mut comparisons, mut pull_requests) = (0, 0);
    for (base, head) in (0..RUNS).flat_map(|base| (0..RUNS).map(move |head| (base, head))) {
        let mut alarms = [0; 2];
        for base in side(Side::Base, base) {
            let Some(head) = side(Side::Head, head).find(|head| head.benchmark == base.benchmark)
            else {
                continue;
            };
            let (base, head) = (samples(base), samples(head));
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            alarms[0] +=
                u32::from(mann_whitney(&base, &head, 0.05).is_some_and(|test| test.p < 0.05));
            alarms[1] += u32::from(mean(&head) > 1.1 * mean(&base));
            comparisons += 1;
        }
        for ((_, counts), alarms) in tests.iter_mut().zip(alarms) {
            counts[0] += alarms;
            counts[1] += u32::from(alarms > 0);
        }
        pull_requests += 1;
    }
    let rows = tests.map(|(name, [alarms, failed])| {
        format!("| {name} | {alarms} of {comparisons} | {failed} of {pull_requests} |\n")
    });
    format!("| one run a side | a comparison | a pull request |\n|---|--:|--:|\n{}", rows.concat())
}

fn read() -> Vec<Run> {
    let path =
        |side| -> PathBuf { Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORDING).join(side) };
    let source = Source::Sides {
        base: vec![path("base")],
        head: vec![path("head")],
        base_name: None,
        head_name: None,
        variants: Vec::new(),
    };
    let runs = Mutex::new(Vec::new());
    let take = |run| runs.lock().expect("no thread panics").push(run);
    ingest::read(&source, &Options::default(), &take, &Diagnostics::new());
    runs.into_inner().expect("no thread panics")
}

/// Time an iteration, of each sample.
fn samples(run: &Run) -> Vec<f64> {
    match &run.data {
        Data::Iterations { iters, times } => {
            times.iter().zip(iters).map(|(time, n)| time / n).collect()
        }
        Data::Values(values) => values.clone(),
        Data::Summary(_) => Vec::new(),
    }
}
