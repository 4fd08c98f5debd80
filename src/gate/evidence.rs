use std::collections::BTreeMap;

use super::blocks::{Complete, average_links};
use super::cap::Cap;
use super::plan::{Pair, Sides};
use super::within::Inside;
use crate::config::Config;
use crate::model::{FEWEST_BLOCKS, Measurement, Metric, Order, Statistic, SummaryOf, TestKind};
use crate::policy::rules::{NamedTest, Regression};
use crate::stats::counts::{Count, counts, dispersion};
use crate::stats::few::Within;
use crate::stats::named::TwoSided;
use crate::stats::paired::{Block, paired};
use crate::stats::summaries::{Side as SummarySide, welch_of_summaries};
use crate::stats::trend::{TimedRun, trend};
use crate::stats::{Decision, Estimate, exact, mean, named, rank};

/// What the runs of one pair say, before the suite is asked.
pub(super) struct Found {
    pub(super) test: TestKind,
    pub(super) raw: Raw,
    /// Why it may not fail a build by itself.
    pub(super) cap: Option<Cap>,
    pub(super) notes: Vec<String>,
    /// Differences of the complete blocks, for the suite's shift.
    pub(super) blocks: BTreeMap<u32, f64>,
    /// Runs whose block lacks the other side.
    pub(super) alone: u64,
}

/// What a test gives.
pub(super) enum Raw {
    /// A variance that the suite may steady.
    Estimate(Estimate),
    /// A change whose noise the suite must lend.
    Few { change: f64, runs: f64, within: Within },
    /// A finished decision.
    Decision(Decision),
    /// A named test; `None` where it cannot be computed.
    Named(Option<TwoSided>),
    /// Nothing can be said; the notes say why.
    Nothing,
}

/// Looks at the runs of a pair and takes the test that fits them.
pub(super) fn evidence(
    pair: &Pair<'_>,
    sides: Sides<'_>,
    order: Order,
    config: &Config,
) -> Option<Found> {
    let (base, head) = sides.both()?;
    let as_throughput = pair.metric == Metric::throughput() && base.metric != pair.metric;
    let mut data = Pairing::new(base, head, as_throughput);
    if base.n == 0 || head.n == 0 {
        return Some(data.nothing(format!(
            "no run of {} gave a number",
            if base.n == 0 { "base" } else { "head" }
        )));
    }
    let alpha = config.gate.alpha.fraction();
    if let Some(test) = pair.rule.map(|rule| rule.test).filter(|&test| test != NamedTest::Auto) {
        return Some(data.named(test, pair, order));
    }
    let declared = config.declared.deterministic(&pair.metric);
    if declared || pair.metric.info().is_some_and(|known| known.counter) {
        let fewest = if declared { 1 } else { 2 };
        if exact::agree(&base.per_run, fewest) && exact::agree(&head.per_run, fewest) {
            let (before, after) = (
                base.per_run.first().copied().unwrap_or(0.0),
                head.per_run.first().copied().unwrap_or(0.0),
            );
            return Some(data.found(
                TestKind::Exact,
                Raw::Decision(exact::exact(before, after, pair.margin)),
                None,
            ));
        }
        if declared {
            data.notes.push("declared deterministic, but its runs differ".into());
        }
    }
    if let Some(found) = data.counts(pair, alpha) {
        return Some(found);
    }
    if data.has_zero() {
        return Some(data.zeros(pair.margin));
    }
    if base.summary == Some(SummaryOf::Runs)
        && let Some(found) = data.summaries()
    {
        return Some(found);
    }
    Some(data.runs(order))
}

/// The runs of both sides as logarithms.
struct Pairing<'a> {
    base: &'a Measurement,
    head: &'a Measurement,
    base_logs: Vec<f64>,
    head_logs: Vec<f64>,
    notes: Vec<String>,
}

impl<'a> Pairing<'a> {
    fn new(base: &'a Measurement, head: &'a Measurement, as_throughput: bool) -> Self {
        let logs = |m: &Measurement| -> Vec<f64> {
            let amount = m.throughput.filter(|_| as_throughput).map(|t| t.amount.ln());
            m.per_run.iter().map(|v| amount.map_or(v.ln(), |amount| amount - v.ln())).collect()
        };
        Self { base_logs: logs(base), head_logs: logs(head), base, head, notes: Vec::new() }
    }

    fn found(self, test: TestKind, raw: Raw, cap: Option<Cap>) -> Found {
        Found { test, raw, cap, notes: self.notes, blocks: BTreeMap::new(), alone: 0 }
    }

    fn nothing(mut self, why: String) -> Found {
        self.notes.push(why);
        self.found(TestKind::Few, Raw::Nothing, None)
    }

    fn has_zero(&self) -> bool {
        self.base_logs.iter().chain(&self.head_logs).any(|log| !log.is_finite())
    }

    /// Zeros have no logarithm: equal zeros are no change, anything else has no relative one.
    fn zeros(self, margin: f64) -> Found {
        if self.base.per_run.iter().chain(&self.head.per_run).all(|&v| v == 0.0) {
            return self.found(
                TestKind::Exact,
                Raw::Decision(exact::exact(0.0, 0.0, margin)),
                None,
            );
        }
        self.nothing("some runs gave zero, from which there is no relative change".into())
    }

    /// Errors of requests: exact where the runs agree with chance, else logarithms of the rates per run.
    fn counts(&mut self, pair: &Pair<'_>, alpha: f64) -> Option<Found> {
        if !pair.metric.is_rate(self.base.unit) || pair.statistic != Statistic::Mean {
            return None;
        }
        let scale = if self.base.unit == crate::model::Unit::Percent { 100.0 } else { 1.0 };
        let runs = |m: &Measurement| -> Option<Vec<Count>> {
            m.summary?;
            let counted = m.per_run.iter().zip(&m.trials).map(|(&rate, &n)| Count {
                events: (rate / scale * n as f64).round(),
                trials: n as f64,
            });
            let all: Vec<Count> = counted.collect();
            all.iter()
                .all(|count| count.trials >= 1.0 && count.events <= count.trials)
                .then_some(all)
        };
        let (base, head) = (runs(self.base)?, runs(self.head)?);
        if [&base, &head].into_iter().filter_map(|side| dispersion(side)).any(|phi| phi > 2.0) {
            let logs = |side: &[Count]| {
                side.iter()
                    .map(|c| ((c.events + 0.5) / (c.trials + 1.0)).ln())
                    .collect::<Vec<f64>>()
            };
            (self.base_logs, self.head_logs) = (logs(&base), logs(&head));
            self.notes.push("errors scatter more between runs than chance explains; each run counts as one number".into());
            return None;
        }
        let sum = |side: &[Count]| {
            side.iter().fold(Count { events: 0.0, trials: 0.0 }, |s, c| Count {
                events: s.events + c.events,
                trials: s.trials + c.trials,
            })
        };
        let decision = counts(sum(&base), sum(&head), pair.margin, alpha);
        Some(Found {
            test: TestKind::Counts,
            raw: Raw::Decision(decision),
            cap: None,
            notes: Vec::new(),
            blocks: BTreeMap::new(),
            alone: 0,
        })
    }

    /// Means and standard deviations over runs.
    fn summaries(&mut self) -> Option<Found> {
        let side = |m: &Measurement| {
            let (&mean, &sd, &n) = (m.per_run.first()?, m.noise.first()?, m.trials.first()?);
            Some(SummarySide { mean, sd: sd? * mean, n: n as f64 })
        };
        let estimate = welch_of_summaries(side(self.base)?, side(self.head)?)?;
        Some(Found {
            test: TestKind::Summaries,
            raw: Raw::Estimate(estimate),
            cap: Some(Cap::Summaries),
            notes: std::mem::take(&mut self.notes),
            blocks: BTreeMap::new(),
            alone: 0,
        })
    }

    /// Several runs by their order, one run alone.
    fn runs(mut self, order: Order) -> Found {
        let (nb, nh) = (self.base_logs.len() as f64, self.head_logs.len() as f64);
        let harmonic = 2.0 * nb * nh / (nb + nh);
        if order == Order::Interleaved {
            return self.blocks();
        }
        if nb <= 1.0 && nh <= 1.0 {
            return self.few(1.0, Cap::OneRun);
        }
        if order == Order::Unknown {
            return self.few(harmonic, Cap::UnknownOrder);
        }
        match trend(&self.timed()) {
            Some(estimate) => {
                let notes = std::mem::take(&mut self.notes);
                Found {
                    notes,
                    ..self.found(TestKind::Trend, Raw::Estimate(estimate), Some(Cap::Sequential))
                }
            }
            None => self.few(harmonic, Cap::Sequential),
        }
    }

    fn timed(&self) -> Vec<TimedRun> {
        // All of base ran before all of head.
        let after = self.base.blocks.last().map_or(0, |last| last + 1);
        let base = self.base.blocks.iter().zip(&self.base_logs).map(|(&block, &log)| TimedRun {
            head: false,
            time: f64::from(block),
            log,
        });
        let head = self.head.blocks.iter().zip(&self.head_logs).map(|(&block, &log)| TimedRun {
            head: true,
            time: f64::from(after) + f64::from(block),
            log,
        });
        base.chain(head).collect()
    }

    /// Blocks with a run of each side.
    fn blocks(mut self) -> Found {
        let complete = self.complete();
        let alone = (self.base_logs.len() + self.head_logs.len() - 2 * complete.len()) as u64;
        let differences: BTreeMap<u32, f64> =
            complete.iter().map(|c| (c.block, c.difference)).collect();
        let by_link = average_links(&complete);
        let fewer = if by_link.is_some() { Cap::FewLinks } else { Cap::FewBlocks };
        let blocks = by_link.unwrap_or_else(|| {
            complete.iter().map(|c| Block { difference: c.difference, spread: c.spread }).collect()
        });
        let found = match (complete.len(), paired(&blocks)) {
            (0, _) => self.nothing("no block holds a run of both sides".into()),
            (1, _) => {
                let only = complete.first().map_or(0, |c| c.block);
                self.keep_block(only);
                self.few(1.0, Cap::OneRun)
            }
            (_, Some(estimate)) => {
                let cap = (blocks.len() < FEWEST_BLOCKS as usize).then_some(fewer);
                self.found(TestKind::Paired, Raw::Estimate(estimate), cap)
            }
            // All blocks share one link: their mean is one draw of code layout.
            (_, None) => self.few(1.0, Cap::FewLinks),
        };
        Found { blocks: differences, alone, ..found }
    }

    /// Leaves only the runs of one block.
    fn keep_block(&mut self, block: u32) {
        let only = |m: &Measurement, logs: &[f64]| {
            m.blocks
                .iter()
                .zip(logs)
                .filter(|(b, _)| **b == block)
                .map(|(_, &log)| log)
                .collect::<Vec<f64>>()
        };
        (self.base_logs, self.head_logs) =
            (only(self.base, &self.base_logs), only(self.head, &self.head_logs));
    }

    fn complete(&self) -> Vec<Complete> {
        let run = |m: &Measurement, logs: &[f64], i: usize| {
            // The standard deviation of a summary is not the spread that weights are made of.
            let spread = m.noise.get(i).copied().flatten().filter(|_| m.summary.is_none());
            Some((logs.get(i).copied()?, spread, m.links.get(i).copied().flatten()))
        };
        let heads: BTreeMap<u32, usize> =
            self.head.blocks.iter().enumerate().map(|(i, &block)| (block, i)).collect();
        let pair = |(i, block): (usize, &u32)| {
            let (base, base_spread, base_link) = run(self.base, &self.base_logs, i)?;
            let (head, head_spread, head_link) =
                run(self.head, &self.head_logs, *heads.get(block)?)?;
            let spread = base_spread.zip(head_spread).map(|(b, h)| (b * b + h * h).sqrt());
            Some(Complete {
                block: *block,
                difference: head - base,
                spread,
                link: base_link.zip(head_link),
            })
        };
        self.base.blocks.iter().enumerate().filter_map(pair).collect()
    }

    /// A change whose noise between runs must be borrowed.
    fn few(self, runs: f64, cap: Cap) -> Found {
        let change = mean(&self.head_logs) - mean(&self.base_logs);
        let (base, head) = (Inside::of(self.base), Inside::of(self.head));
        // The lower end of the change falls with head and rises with base, the upper end the other way round.
        let within = Within { low: head.low + base.high, high: head.high + base.low };
        self.found(TestKind::Few, Raw::Few { change, runs, within }, Some(cap))
    }

    fn named(mut self, test: NamedTest, pair: &Pair<'_>, order: Order) -> Found {
        let alpha = pair.rule.map_or(0.0, Regression::named_alpha);
        self.notes.push(format!(
            "{} at {} %, without margin and without correction for the number of benchmarks",
            words(test),
            alpha * 100.0
        ));
        if self.has_zero() {
            return self
                .nothing("some runs gave zero, from which there is no relative change".into());
        }
        let single = self.base_logs.len() == 1 && self.head_logs.len() == 1;
        let mut cap = match order {
            Order::Interleaved => None,
            Order::Sequential => Some(Cap::Sequential),
            Order::Unknown => Some(Cap::UnknownOrder),
        };
        if single {
            cap = Some(Cap::OneRun);
            if self.base.values.is_empty() || self.head.values.is_empty() {
                return self.nothing(
                    "a test inside one run needs its samples, at most 1,000 of them".into(),
                );
            }
            self.notes.push("within-run: the samples of one run a side, which say nothing of the noise between runs".into());
            let logs = |m: &Measurement| m.values.iter().map(|v| v.ln()).collect::<Vec<f64>>();
            (self.base_logs, self.head_logs) = (logs(self.base), logs(self.head));
        }
        let (kind, result) = match test {
            NamedTest::Paired if single => {
                return self.nothing("a paired test needs several blocks".into());
            }
            NamedTest::Auto | NamedTest::Paired => {
                let differences: Vec<f64> = self.complete().iter().map(|c| c.difference).collect();
                (TestKind::PairedT, named::paired_t(&differences, alpha))
            }
            NamedTest::Welch => {
                (TestKind::Welch, named::welch(&self.base_logs, &self.head_logs, alpha))
            }
            NamedTest::MannWhitney => {
                (TestKind::MannWhitney, rank::mann_whitney(&self.base_logs, &self.head_logs, alpha))
            }
        };
        self.found(kind, Raw::Named(result), cap)
    }
}

fn words(test: NamedTest) -> &'static str {
    match test {
        NamedTest::Auto => "benchgate's procedure",
        NamedTest::Paired => "paired t test",
        NamedTest::Welch => "Welch's t test",
        NamedTest::MannWhitney => "Mann-Whitney U test",
    }
}
