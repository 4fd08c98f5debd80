//! A recording as pairs of runs in blocks, from which windows are made without reading it again.

use std::collections::{BTreeMap, BTreeSet};

use super::window::Window;
use super::{Blocks, MOST_BLOCKS};
use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{BenchmarkId, Better, Measurement, Metric, Side, Stage, Statistic};

/// The runs of a recording, paired in blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pairs: Vec<Pair>,
    blocks: usize,
}

/// One benchmark, metric and statistic on both sides.
#[derive(Clone, Debug, PartialEq)]
struct Pair {
    /// Everything but the runs.
    base: Measurement,
    /// Everything but the runs.
    head: Measurement,
    better: Option<Better>,
    /// The runs of each block of the recording, `None` where one side is missing.
    runs: Vec<Option<(Reduced, Reduced)>>,
}

/// A run reduced to its number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reduced {
    value: f64,
    noise: Option<f64>,
    link: Option<u64>,
    trials: u64,
}

/// Where a measurement belongs, but for its side.
type Key = (BenchmarkId, Metric, Statistic);

impl Recording {
    /// Pairs the measurements of a run set.
    ///
    /// `better` tells which way a metric is better. What cannot be paired is left out and said: benchmarks of one
    /// side, runs without a partner in their block, and fresh blocks of flagged benchmarks, which were not chosen
    /// at random.
    #[must_use]
    pub fn new(
        measurements: Vec<Measurement>,
        better: impl Fn(&Metric) -> Option<Better>,
        diagnostics: &Diagnostics,
    ) -> Self {
        let mut sides: BTreeMap<Key, (Option<Measurement>, Option<Measurement>)> = BTreeMap::new();
        let mut confirmed = BTreeSet::new();
        for m in measurements {
            if m.stage == Stage::Confirm {
                confirmed.insert(m.benchmark);
                continue;
            }
            let both =
                sides.entry((m.benchmark.clone(), m.metric.clone(), m.statistic)).or_default();
            match m.side {
                Side::Base => both.0 = Some(m),
                Side::Head => both.1 = Some(m),
            }
        }
        if !confirmed.is_empty() {
            let benchmarks = match confirmed.len() {
                1 => "1 flagged benchmark".into(),
                more => format!("{more} flagged benchmarks"),
            };
            let message = format!("fresh blocks of {benchmarks} were left out");
            diagnostics.push(Diagnostic::warning(Code::IncompleteBlocks, message).help(
                "only the first look has every benchmark; record identical code without confirming",
            ));
        }
        let mut paired = Vec::new();
        for ((benchmark, metric, _), both) in sides {
            match both {
                (Some(base), Some(head)) => paired.push((base, head)),
                (one, _) => {
                    let side = if one.is_some() { "base" } else { "head" };
                    let message = format!(
                        "{metric} of {} is only in {side} and was left out",
                        quoted(benchmark.as_str())
                    );
                    diagnostics.push(
                        Diagnostic::warning(Code::IncompleteBlocks, message)
                            .help("calibrating needs both sides"),
                    );
                }
            }
        }
        let complete: BTreeSet<u32> =
            paired.iter().flat_map(|(base, head)| common(base, head)).collect();
        let order: Vec<u32> = complete.into_iter().collect();
        let alone: u64 = paired
            .iter()
            .map(|(base, head)| base.n + head.n - 2 * common(base, head).count() as u64)
            .sum();
        if alone > 0 {
            let message = match alone {
                1 => "1 run has no partner in its block and was left out".into(),
                more => format!("{more} runs have no partner in their block and were left out"),
            };
            diagnostics.push(
                Diagnostic::warning(Code::IncompleteBlocks, message)
                    .help("a block needs a run of each side; measuring was probably interrupted"),
            );
        }
        let pairs =
            paired.into_iter().map(|(base, head)| Pair::new(base, head, &order, &better)).collect();
        Self { pairs, blocks: order.len() }
    }

    /// How many blocks hold a run of both sides of any benchmark.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// How many blocks a window has.
    pub(super) fn window_size(&self, blocks: Blocks) -> Result<usize, Diagnostic> {
        let recorded = self.blocks;
        match blocks {
            _ if recorded < 2 => Err(Diagnostic::error(
                Code::TooFewBlocks,
                format!(
                    "the recording holds {} with both sides; a window needs 2",
                    counted(recorded)
                ),
            )
            .help("record more blocks of identical code, best 20 or more")),
            Blocks::Of(wanted) if wanted as usize > recorded => Err(Diagnostic::error(
                Code::TooFewBlocks,
                format!(
                    "the recording holds {}, fewer than the {wanted} of a window",
                    counted(recorded)
                ),
            )
            .help(format!("take `--blocks {recorded}` or less, or record more blocks"))),
            Blocks::Of(wanted) => Ok(wanted as usize),
            Blocks::All if recorded > MOST_BLOCKS as usize => Err(Diagnostic::error(
                Code::TooManyRuns,
                format!(
                    "the recording holds {}, more than the {MOST_BLOCKS} of a report",
                    counted(recorded)
                ),
            )
            .help("take a number of blocks, e.g. `--blocks 10`")),
            Blocks::All => Ok(recorded),
        }
    }

    /// The measurements of a window, head made worse by the fraction `change` (0 for none), in the order in which
    /// the gate expects them.
    ///
    /// Where a larger number is worse it is multiplied by `1 + change`, else by `1 - change`, as thresholds count.
    pub(super) fn measurements(&self, window: &Window, change: f64) -> Vec<Measurement> {
        self.pairs.iter().flat_map(|pair| pair.window(window, change)).collect()
    }
}

fn counted(blocks: usize) -> String {
    if blocks == 1 { "1 block".into() } else { format!("{blocks} blocks") }
}

/// The blocks in which both have a run.
fn common<'a>(base: &'a Measurement, head: &'a Measurement) -> impl Iterator<Item = u32> + 'a {
    let in_head: BTreeSet<u32> = head.blocks.iter().copied().collect();
    base.blocks.iter().copied().filter(move |block| in_head.contains(block))
}

/// The runs of a measurement by their block.
fn by_block(m: &Measurement) -> BTreeMap<u32, Reduced> {
    let run = |(i, &block): (usize, &u32)| {
        let value = m.per_run.get(i).copied()?;
        let noise = m.noise.get(i).copied().flatten();
        let link = m.links.get(i).copied().flatten();
        Some((block, Reduced { value, noise, link, trials: m.trials.get(i).copied().unwrap_or(0) }))
    };
    m.blocks.iter().enumerate().filter_map(run).collect()
}

impl Pair {
    fn new(
        base: Measurement,
        head: Measurement,
        order: &[u32],
        better: &impl Fn(&Metric) -> Option<Better>,
    ) -> Self {
        let (in_base, in_head) = (by_block(&base), by_block(&head));
        let runs =
            order.iter().map(|b| in_base.get(b).copied().zip(in_head.get(b).copied())).collect();
        // A run that swaps sides takes its amount along, so amounts that differ are none.
        let throughput = base.throughput.filter(|_| base.throughput == head.throughput);
        let empty = |m: Measurement| Measurement {
            estimate: None,
            low: None,
            high: None,
            n: 0,
            samples: 0,
            outliers: 0,
            per_run: Vec::new(),
            noise: Vec::new(),
            blocks: Vec::new(),
            links: Vec::new(),
            quantiles: Vec::new(),
            trials: Vec::new(),
            values: Vec::new(),
            throughput,
            // These belong to the recording, whose reader has said them, not to a window.
            zero: 0,
            duplicated: 0,
            non_finite: 0,
            ..m
        };
        Self { better: better(&base.metric), runs, base: empty(base), head: empty(head) }
    }

    fn window(&self, window: &Window, change: f64) -> [Measurement; 2] {
        let factor = match self.better {
            Some(Better::Higher) => 1.0 - change,
            Some(Better::Lower) | None => 1.0 + change,
        };
        let (mut base, mut head) = (self.base.clone(), self.head.clone());
        for (position, place) in (0u32..).zip(window) {
            let Some((first, second)) = self.runs.get(place.block).copied().flatten() else {
                continue;
            };
            let (before, after) = if place.swapped { (second, first) } else { (first, second) };
            put(&mut base, position, before);
            put(&mut head, position, Reduced { value: after.value * factor, ..after });
        }
        for m in [&mut base, &mut head] {
            m.estimate = Some(crate::stats::median(&m.per_run)).filter(|median| median.is_finite());
        }
        [base, head]
    }
}

fn put(m: &mut Measurement, block: u32, run: Reduced) {
    m.per_run.push(run.value);
    m.noise.push(run.noise);
    m.blocks.push(block);
    m.links.push(run.link);
    m.trials.push(run.trials);
    m.n += 1;
    m.samples += run.trials;
}
