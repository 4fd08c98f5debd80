use std::collections::BTreeMap;

use rayon::prelude::*;

use super::evidence::{Found, Raw, evidence};
use super::plan::{Pair, Plan};
use crate::config::Config;
use crate::model::{Metric, Order, Statistic, TestKind};
use crate::policy::rules::Regression;
use crate::stats::decide::decide;
use crate::stats::few::{few, suite_noise};
use crate::stats::moderate::Prior;
use crate::stats::{Decision, Estimate};

/// A decision, its number of blocks or runs, and its p values after correction.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    pub(super) decision: Decision,
    pub(super) runs: f64,
    pub(super) confidence: f64,
    pub(super) adjusted_larger: Option<f64>,
    pub(super) adjusted_smaller: Option<f64>,
}

/// Benchmarks that share a prior: the same metric, statistic and test.
type Kin = (Metric, Statistic, TestKind);

/// What all benchmarks together say of the noise.
pub(super) struct Suite {
    priors: BTreeMap<Kin, Prior>,
    noise: BTreeMap<(Metric, Statistic), f64>,
    blocks: BTreeMap<u32, Vec<f64>>,
}

impl Suite {
    /// From the screen of every pair: fresh blocks of a few chosen benchmarks say nothing of the suite.
    pub(super) fn of(plan: &Plan<'_>, order: Order, config: &Config) -> Self {
        let mut estimates: BTreeMap<Kin, Vec<Estimate>> = BTreeMap::new();
        let mut ratios: BTreeMap<(Metric, Statistic), Vec<f64>> = BTreeMap::new();
        let mut blocks: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        let tested = plan.pairs.par_iter().filter(|pair| !pair.derived);
        let found: Vec<_> = tested
            .filter_map(|pair| {
                let screened = pair.screen.both().is_some();
                let sides = if screened { pair.screen } else { pair.confirm };
                Some((pair, screened, evidence(pair, sides, order, config)?))
            })
            .collect();
        for (pair, screened, found) in found {
            if screened && pair.metric == Metric::time() {
                for (block, difference) in found.blocks {
                    blocks.entry(block).or_default().push(difference);
                }
            }
            match found.raw {
                Raw::Estimate(estimate) => estimates
                    .entry((pair.metric.clone(), pair.statistic, found.test))
                    .or_default()
                    .push(estimate),
                // More runs make a calmer ratio; scaled up, each stands for one run a side.
                Raw::Few { change, runs, .. } => ratios
                    .entry((pair.metric.clone(), pair.statistic))
                    .or_default()
                    .push(change * runs.sqrt()),
                Raw::Decision(_) | Raw::Named(_) | Raw::Nothing => {}
            }
        }
        Self {
            priors: estimates
                .into_iter()
                .filter_map(|(kin, all)| Some((kin, Prior::fit(&all)?)))
                .collect(),
            noise: ratios
                .into_iter()
                .filter_map(|(key, all)| Some((key, suite_noise(&all)?)))
                .collect(),
            blocks,
        }
    }

    /// The differences of all times of the first look, block by block.
    pub(super) fn blocks(&self) -> &BTreeMap<u32, Vec<f64>> {
        &self.blocks
    }

    /// Decides what the runs of a pair say; `None` where nothing can be said.
    pub(super) fn decide(
        &self,
        pair: &Pair<'_>,
        found: &Found,
        config: &Config,
    ) -> Option<Decided> {
        let alpha = config.gate.alpha.fraction();
        let decided = |decision, runs| Decided {
            decision,
            runs,
            confidence: 1.0 - 2.0 * alpha,
            adjusted_larger: None,
            adjusted_smaller: None,
        };
        match &found.raw {
            Raw::Estimate(estimate) => {
                let kin = (pair.metric.clone(), pair.statistic, found.test);
                let steadied =
                    self.priors.get(&kin).map_or(*estimate, |prior| prior.apply(*estimate));
                Some(decided(decide(steadied.into(), pair.margin, alpha), estimate.runs))
            }
            Raw::Few { change, runs, within } => {
                let noise = self.noise.get(&(pair.metric.clone(), pair.statistic)).copied();
                Some(decided(
                    decide(few(*change, *runs, noise, *within), pair.margin, alpha),
                    *runs,
                ))
            }
            Raw::Decision(decision) => Some(decided(*decision, 1.0)),
            Raw::Named(Some(test)) => {
                // One two-sided p value stands in both directions; the sign of the change picks the verdict.
                let decision = Decision {
                    change: test.change,
                    low: test.low,
                    high: test.high,
                    p_larger: test.p,
                    p_smaller: test.p,
                };
                let level = pair.rule.map_or(0.0, Regression::named_alpha);
                Some(Decided { confidence: 1.0 - level, ..decided(decision, 1.0) })
            }
            Raw::Named(None) | Raw::Nothing => None,
        }
    }
}
