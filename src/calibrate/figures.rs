//! Windows before the gate, counted.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::recording::Recording;
use super::trial::{self, Row, Rows, Trial};
use super::window::{Window, Windows};
use super::{MOST_BLOCKS, Origin, advice};
use crate::config::Config;
use crate::model::{
    CalibratedComparison, CalibratedRecording, Comparison, Detected, FalseAlarms, Metric,
    MetricDetection, Statistic,
};

/// A recording cut into windows, with what to try on them.
pub(super) struct Experiment<'a> {
    pub(super) recording: &'a Recording,
    pub(super) config: &'a Config,
    pub(super) rows: &'a Rows,
    pub(super) windows: &'a Windows,
    /// Sizes of change, ascending.
    pub(super) sizes: &'a [f64],
}

/// In how many windows a row is found worse, for each size.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    together: Vec<u64>,
    alone: Vec<u64>,
}

/// A window as it is, and which rows are found in it: for each size, for each row, all together and alone.
struct Tried {
    unchanged: Trial,
    found: Vec<(Vec<bool>, Vec<bool>)>,
}

impl Experiment<'_> {
    /// All figures of the recording, in windows of `blocks`.
    pub(super) fn figures(&self, origin: Origin, blocks: usize) -> CalibratedRecording {
        let disjoint = self.unchanged(&self.windows.disjoint);
        let tried = self.tried(self.windows.resampled.as_ref().unwrap_or(&self.windows.disjoint));
        let resampled: Vec<&Trial> = tried.iter().map(|tried| &tried.unchanged).collect();
        let found = self.found(&tried);

        let comparisons: Vec<CalibratedComparison> = self
            .rows
            .all
            .iter()
            .zip(&found)
            .enumerate()
            .map(|(at, (row, found))| {
                let of = |trials: &[&Trial]| regressed(trials, at);
                let disjoint = of(&disjoint.iter().collect::<Vec<_>>());
                self.comparison(row, found, at, &resampled, blocks, (of(&resampled), disjoint))
            })
            .collect();
        CalibratedRecording {
            recording: origin.name,
            base: origin.base,
            head: origin.head,
            recorded_blocks: u32::try_from(self.recording.blocks()).unwrap_or(u32::MAX),
            blocks: u32::try_from(blocks).unwrap_or(u32::MAX),
            disjoint: false_alarms(&disjoint.iter().collect::<Vec<_>>(), true),
            resampled: self.windows.resampled.is_some().then(|| false_alarms(&resampled, false)),
            detection: self.by_metric(&found, tried.len()),
            comparisons,
            proven: self.proven(&resampled),
            without_rule: self.rows.without_rule,
            diagnostics: origin.diagnostics,
        }
    }

    fn unchanged(&self, windows: &[Window]) -> Vec<Trial> {
        windows.par_iter().map(|window| self.trial(window, 0.0)).collect()
    }

    fn trial(&self, window: &Window, change: f64) -> Trial {
        trial::trial(self.recording, window, change, self.rows, self.config)
    }

    fn tried(&self, windows: &[Window]) -> Vec<Tried> {
        let alpha = self.config.gate.alpha.fraction();
        let one = |window: &Window| {
            let unchanged = self.trial(window, 0.0);
            let found = self.sizes.iter().map(|&size| {
                let changed = self.trial(window, size);
                let together = changed.rows.iter().map(|row| row.is_some_and(|r| r.regressed));
                (together.collect(), trial::alone(&unchanged, &changed, alpha))
            });
            Tried { found: found.collect(), unchanged }
        };
        windows.par_iter().map(one).collect()
    }

    /// For each row, in how many windows it is found.
    fn found(&self, tried: &[Tried]) -> Vec<Found> {
        let mut all = vec![Found::default(); self.rows.all.len()];
        for size in 0..self.sizes.len() {
            let of = |tried: &'_ Tried, at: usize| {
                let (together, alone) = tried.found.get(size)?;
                Some((*together.get(at)?, *alone.get(at)?))
            };
            for (at, found) in all.iter_mut().enumerate() {
                let windows = || tried.iter().filter_map(|tried| of(tried, at));
                found.together.push(windows().filter(|&(together, _)| together).count() as u64);
                found.alone.push(windows().filter(|&(_, alone)| alone).count() as u64);
            }
        }
        all
    }

    /// Counts as shares of `of`.
    fn detected(&self, found: &Found, of: u64) -> Vec<Detected> {
        let share = |count: u64| count as f64 / of.max(1) as f64;
        let counts = found.together.iter().zip(&found.alone);
        self.sizes
            .iter()
            .zip(counts)
            .map(|(&change, (&together, &alone))| Detected {
                change,
                together: share(together),
                alone: share(alone),
            })
            .collect()
    }

    fn comparison(
        &self,
        row: &Comparison,
        found: &Found,
        at: usize,
        trials: &[&Trial],
        blocks: usize,
        (false_alarms, disjoint_false_alarms): (u64, u64),
    ) -> CalibratedComparison {
        let detected = self.detected(found, trials.len() as u64);
        let lowest_failing = row.levels.lowest_failing(self.config.gate.fail_on);
        let alpha = self.config.gate.alpha.fraction();
        let changes = rows(trials, at).filter_map(|row| row.change).map(f64::abs);
        let noise = advice::within(changes.collect(), alpha);
        let proven = advice::within(rows(trials, at).filter_map(|row| row.proven).collect(), alpha);
        // A counter does not move: any change beyond its margin is found, by any number of blocks.
        let still = noise == Some(0.0);
        let smallest = advice::smallest(detected.iter().map(|d| (d.change, d.alone)))
            .map(|shown| if still { row.margin } else { shown });
        let suggested_blocks =
            smallest.zip(lowest_failing).filter(|_| !still).and_then(|(shown, wanted)| {
                advice::blocks_for(shown, wanted, row.margin, blocks, MOST_BLOCKS)
            });
        CalibratedComparison {
            benchmark: row.benchmark.clone(),
            metric: row.metric.clone(),
            statistic: row.statistic,
            gating: row.gating,
            margin: row.margin,
            lowest_failing,
            false_alarms,
            disjoint_false_alarms,
            detected,
            smallest,
            too_noisy: lowest_failing
                .is_some_and(|wanted| smallest.is_none_or(|shown| shown > wanted)),
            noise,
            proven,
            suggested_margin: proven.map(|p| if still { 0.0 } else { advice::margin(p) }),
            suggested_blocks,
        }
    }

    /// How large a change of any comparison looks proven in almost every window.
    fn proven(&self, trials: &[&Trial]) -> Option<f64> {
        let furthest = |trial: &&Trial| {
            trial.rows.iter().flatten().filter_map(|row| row.proven).max_by(f64::total_cmp)
        };
        let alpha = self.config.gate.alpha.fraction();
        advice::within(trials.iter().filter_map(furthest).collect(), alpha)
    }

    /// Sums over the rows of each metric and statistic.
    fn by_metric(&self, found: &[Found], windows: usize) -> Vec<MetricDetection> {
        let mut sums: BTreeMap<(&Metric, Statistic), (u64, Found)> = BTreeMap::new();
        for (row, found) in self.rows.all.iter().zip(found) {
            let (count, sum) = sums.entry((&row.metric, row.statistic)).or_default();
            *count += 1;
            for (sum, more) in
                [(&mut sum.together, &found.together), (&mut sum.alone, &found.alone)]
            {
                sum.resize(more.len(), 0);
                sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
        }
        sums.into_iter()
            .map(|((metric, statistic), (comparisons, found))| MetricDetection {
                metric: metric.clone(),
                statistic,
                comparisons,
                detected: self.detected(&found, comparisons * windows as u64),
            })
            .collect()
    }
}

/// One row of every window in which it stands.
fn rows<'a>(trials: &'a [&Trial], at: usize) -> impl Iterator<Item = &'a Row> {
    trials.iter().filter_map(move |trial| trial.rows.get(at)?.as_ref())
}

fn regressed(trials: &[&Trial], at: usize) -> u64 {
    rows(trials, at).filter(|row| row.regressed).count() as u64
}

/// Counts windows without a change; independent ones carry a bound.
fn false_alarms(trials: &[&Trial], independent: bool) -> FalseAlarms {
    let windows = trials.len() as u64;
    let count =
        |is: &dyn Fn(&Trial) -> bool| trials.iter().filter(|trial| is(trial)).count() as u64;
    let of = |trial: &Trial| trial.rows.iter().flatten().filter(|row| row.regressed).count() as u64;
    let failed = count(&|trial| trial.failed);
    let regressed = count(&|trial| of(trial) > 0);
    let mut failed_by_rule: BTreeMap<String, u64> = BTreeMap::new();
    for rule in trials.iter().flat_map(|trial| &trial.failed_by) {
        *failed_by_rule.entry(rule.clone()).or_default() += 1;
    }
    let bound = |events| independent.then(|| advice::bound(events, windows));
    FalseAlarms {
        windows,
        failed,
        regressed,
        inconclusive: count(&|trial| trial.inconclusive),
        comparisons_regressed: trials.iter().map(|trial| of(trial)).sum(),
        failed_by_rule,
        failed_bound: bound(failed),
        regressed_bound: bound(regressed),
    }
}
