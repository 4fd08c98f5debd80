use std::collections::BTreeMap;

use super::cap::Cap;
use super::evidence::{Found, Raw, evidence};
use super::plan::{Pair, Plan, Sides};
use crate::config::{Config, OneRun};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{
    Change, Comparison, Measurement, Metric, Order, Severity, SideEstimate, Statistic, SuiteShift,
    TestKind, Unit, Verdict,
};
use crate::policy::rules::{Evidence, NamedTest, Regression};
use crate::stats::decide::{decide, holm, more_blocks};
use crate::stats::few::{few, suite_noise};
use crate::stats::moderate::Prior;
use crate::stats::shift::suite_shift;
use crate::stats::{Decision, Estimate};

/// Every comparison of the plan, in its order.
pub(super) struct Judged {
    pub(super) comparisons: Vec<Comparison>,
    pub(super) suite_shift: Option<SuiteShift>,
}

/// A pair with what its runs say.
struct Case<'a, 'p> {
    pair: &'p Pair<'a>,
    sides: Sides<'a>,
    found: Option<Found>,
    decision: Option<Decided>,
}

/// A decision, its number of blocks or runs, and its p values after correction.
#[derive(Clone, Copy)]
struct Decided {
    decision: Decision,
    runs: f64,
    confidence: f64,
    adjusted_larger: Option<f64>,
    adjusted_smaller: Option<f64>,
}

/// Benchmarks that share a prior: the same metric, statistic and test.
type Kin = (Metric, Statistic, TestKind);

/// Decides every pair of the plan.
pub(super) fn judge(plan: &Plan<'_>, order: Order, config: &Config, sink: &Diagnostics) -> Judged {
    let confirmed = plan.pairs.iter().any(|pair| pair.confirm.both().is_some());
    let suite = Suite::of(plan, order, config);
    let mut cases: Vec<Case<'_, '_>> = plan
        .pairs
        .iter()
        .map(|pair| {
            let again = pair.confirm.both().is_some();
            let sides = if again { pair.confirm } else { pair.screen };
            let mut found = evidence(pair, sides, order, config);
            if let Some(found) = found.as_mut().filter(|_| confirmed && !again) {
                found.cap.get_or_insert(Cap::NotConfirmed);
            }
            let decision = found.as_ref().and_then(|found| suite.decide(pair, found, config));
            Case { pair, sides, found, decision }
        })
        .collect();
    correct(&mut cases, confirmed);
    say_alone(&cases, sink);
    let suite_shift = shift(&cases, sink);
    Judged { comparisons: cases.iter().map(|case| comparison(case, config)).collect(), suite_shift }
}

/// What all benchmarks together say of the noise.
struct Suite {
    priors: BTreeMap<Kin, Prior>,
    noise: BTreeMap<(Metric, Statistic), f64>,
}

impl Suite {
    /// From the screen of every pair: fresh blocks of a few chosen benchmarks say nothing of the suite.
    fn of(plan: &Plan<'_>, order: Order, config: &Config) -> Self {
        let mut estimates: BTreeMap<Kin, Vec<Estimate>> = BTreeMap::new();
        let mut ratios: BTreeMap<(Metric, Statistic), Vec<f64>> = BTreeMap::new();
        for pair in plan.pairs.iter().filter(|pair| !pair.derived) {
            let screened = pair.screen.both().is_some();
            let Some(found) =
                evidence(pair, if screened { pair.screen } else { pair.confirm }, order, config)
            else {
                continue;
            };
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
        }
    }

    fn decide(&self, pair: &Pair<'_>, found: &Found, config: &Config) -> Option<Decided> {
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
                let level = pair
                    .rule
                    .and_then(|rule| rule.alpha)
                    .map_or(0.05, crate::policy::Percent::fraction);
                Some(Decided { confidence: 1.0 - level, ..decided(decision, 1.0) })
            }
            Raw::Named(None) | Raw::Nothing => None,
        }
    }
}

/// Whether benchgate's own procedure decides a pair, so that it is corrected for its family.
fn in_a_family(pair: &Pair<'_>) -> bool {
    !pair.derived
        && pair
            .rule
            .is_none_or(|rule| rule.evidence == Evidence::Proven && rule.test == NamedTest::Auto)
}

/// Holm's correction: one family for what can fail the build, one for the rest, each in both directions.
fn correct(cases: &mut [Case<'_, '_>], confirmed: bool) {
    for gating in [true, false] {
        let member = |case: &Case<'_, '_>| {
            let looked_at = !confirmed || !gating || case.pair.confirm.both().is_some();
            (case.pair.gating == gating && in_a_family(case.pair) && looked_at)
                .then_some(case.decision)
                .flatten()
        };
        let decisions: Vec<Decision> =
            cases.iter().filter_map(|case| member(case).map(|d| d.decision)).collect();
        let larger = holm(&decisions.iter().map(|d| d.p_larger).collect::<Vec<_>>());
        let smaller = holm(&decisions.iter().map(|d| d.p_smaller).collect::<Vec<_>>());
        let mut corrected = larger.into_iter().zip(smaller);
        for case in cases.iter_mut() {
            if member(case).is_some()
                && let (Some(decided), Some((larger, smaller))) =
                    (case.decision.as_mut(), corrected.next())
            {
                (decided.adjusted_larger, decided.adjusted_smaller) = (Some(larger), Some(smaller));
            }
        }
    }
}

/// Makes the comparison of a case.
fn comparison(case: &Case<'_, '_>, config: &Config) -> Comparison {
    let pair = case.pair;
    let throughput = pair.metric == Metric::throughput();
    let side = |m: Option<&Measurement>| m.and_then(|m| side_estimate(m, throughput));
    let rule_levels = pair.rule.map(Regression::levels).unwrap_or_default();
    let mut made = Comparison {
        benchmark: pair.benchmark.clone(),
        metric: pair.metric.clone(),
        statistic: pair.statistic,
        unit: case.sides.any().map_or(Unit::Count, |m| unit(m, throughput)),
        better: pair.better,
        gating: pair.gating,
        derived: pair.derived,
        base: side(case.sides.base),
        head: side(case.sides.head),
        change: None,
        test: None,
        p_value: None,
        adjusted_p: None,
        verdict: Verdict::Inconclusive,
        severity: Severity::None,
        would_be: Severity::None,
        margin: pair.margin,
        levels: rule_levels,
        more_blocks: None,
        notes: Vec::new(),
    };
    let Some(found) = &case.found else {
        made.verdict = if case.sides.head.is_some() { Verdict::Added } else { Verdict::Removed };
        made.gating = false;
        return made;
    };
    made.notes.clone_from(&found.notes);
    if pair.derived {
        made.notes.push("the time divided into a constant: the time decides".into());
    }
    if pair.rule.is_none() {
        made.notes.push("no rule applies".into());
    }
    let Some(decided) = &case.decision else { return made };
    let d = decided.decision;
    made.test = Some(found.test);
    made.change = change(&d, decided.confidence);
    let upwards = d.change >= 0.0;
    made.p_value = Some(if upwards { d.p_larger } else { d.p_smaller });
    made.adjusted_p = if upwards { decided.adjusted_larger } else { decided.adjusted_smaller };

    let judged = Judgement::of(pair, found, decided, config);
    let reached = severity(pair, &made, judged.worse);
    made.verdict = judged.verdict;
    match judged.verdict {
        Verdict::Regressed if !pair.derived => made.severity = reached,
        Verdict::Suspect => made.would_be = reached,
        _ => {}
    }
    made.notes.extend(judged.notes);
    if judged.verdict == Verdict::Inconclusive && found.test == TestKind::Paired {
        made.more_blocks = more_blocks(&d, pair.margin, decided.runs as u64);
    }
    made
}

/// A verdict with what is to be said of it.
struct Judgement {
    verdict: Verdict,
    /// The log change, positive where it is worse.
    worse: f64,
    notes: Vec<String>,
}

impl Judgement {
    fn of(pair: &Pair<'_>, found: &Found, decided: &Decided, config: &Config) -> Self {
        let alpha = config.gate.alpha.fraction();
        let d = decided.decision;
        let lm = pair.margin.ln_1p();
        let higher = pair.better == crate::model::Better::Higher;
        let (low, high) = if higher { (-d.high, -d.low) } else { (d.low, d.high) };
        let worse = pair.better.worse(d.change);
        let (p_worse, p_better) = match (higher, decided.adjusted_larger, decided.adjusted_smaller)
        {
            (false, Some(larger), Some(smaller)) => (larger, smaller),
            (true, Some(larger), Some(smaller)) => (smaller, larger),
            (false, ..) => (d.p_larger, d.p_smaller),
            (true, ..) => (d.p_smaller, d.p_larger),
        };
        let mut notes = Vec::new();
        let estimate_decides = pair.rule.is_some_and(|rule| rule.evidence == Evidence::Estimate);
        let lifted = |cap: &Cap| {
            estimate_decides || config.gate.one_run == OneRun::Decide && cap.lifted_by_decide()
        };
        let cap = found.cap.filter(|cap| !lifted(cap));

        let verdict = if let Raw::Named(_) = found.raw {
            let level = pair
                .rule
                .and_then(|rule| rule.alpha)
                .map_or(0.05, crate::policy::Percent::fraction);
            let significant = d.p_larger <= level;
            match () {
                () if significant && cap.is_some() => Verdict::Suspect,
                () if significant && worse > 0.0 => Verdict::Regressed,
                () if significant && worse < 0.0 => Verdict::Improved,
                () if low >= -lm && high <= lm => Verdict::Unchanged,
                () => Verdict::Inconclusive,
            }
        } else {
            match () {
                () if estimate_decides
                    && pair.rule.is_some_and(|r| {
                        r.levels().reached(pair.better.magnitude(worse)) > Severity::None
                    }) =>
                {
                    if low <= lm || p_worse > alpha || found.cap.is_some() {
                        notes.push("not proven: by this rule the estimate decides".into());
                    }
                    Verdict::Regressed
                }
                () if low > lm && p_worse <= alpha && cap.is_none() => Verdict::Regressed,
                () if high < -lm && p_better <= alpha && cap.is_none() => Verdict::Improved,
                () if low >= -lm && high <= lm => Verdict::Unchanged,
                () if low > lm || high < -lm => Verdict::Suspect,
                () => Verdict::Inconclusive,
            }
        };
        if verdict == Verdict::Suspect {
            notes.push(
                cap.map_or("not proven within the family of all benchmarks", Cap::reason).into(),
            );
        }
        Self { verdict, worse, notes }
    }
}

/// The level that a change reaches, `min-change` included.
fn severity(pair: &Pair<'_>, made: &Comparison, worse: f64) -> Severity {
    let Some(rule) = pair.rule else { return Severity::None };
    let large_enough = rule.min_change.is_none_or(|least| match (made.base, made.head) {
        (Some(base), Some(head)) => (head.estimate - base.estimate).abs() >= least.value,
        _ => true,
    });
    if large_enough && worse > 0.0 {
        rule.levels().reached(pair.better.magnitude(worse))
    } else {
        Severity::None
    }
}

/// The relative change with its interval; `None` where base is zero or an end cannot be written.
fn change(d: &Decision, confidence: f64) -> Option<Change> {
    let finite = |log: f64| Some(log.exp_m1()).filter(|c| c.is_finite());
    let end = |log: f64| if log == f64::NEG_INFINITY { None } else { finite(log) };
    Some(Change { estimate: finite(d.change)?, low: end(d.low), high: end(d.high), confidence })
}

/// One side as a number; a throughput is the amount divided by the time.
fn side_estimate(m: &Measurement, throughput: bool) -> Option<SideEstimate> {
    let estimate = m.estimate?;
    let estimate = match m.throughput.filter(|_| throughput && m.metric == Metric::time()) {
        Some(t) => t.amount / (estimate * 1e-9),
        None => estimate,
    };
    estimate.is_finite().then_some(SideEstimate { estimate, runs: m.n, samples: m.samples })
}

fn unit(m: &Measurement, throughput: bool) -> Unit {
    m.throughput.filter(|_| throughput && m.metric == Metric::time()).map_or(m.unit, |t| t.unit)
}

/// Says once how many runs had no partner in their block.
fn say_alone(cases: &[Case<'_, '_>], sink: &Diagnostics) {
    let of = |case: &Case<'_, '_>| case.found.as_ref().map_or(0, |found| found.alone);
    let alone: u64 = cases.iter().filter(|case| !case.pair.derived).map(of).sum();
    if let Some(first) = cases.iter().find(|case| of(case) > 0) {
        let runs = if alone == 1 { "1 run has".into() } else { format!("{alone} runs have") };
        let message = format!(
            "{runs} no partner in the same block and did not count, {} the first",
            crate::diag::quoted(first.pair.benchmark.as_str())
        );
        sink.push(
            Diagnostic::warning(Code::IncompleteBlocks, message)
                .help("a block needs one run of each side; measuring was probably interrupted"),
        );
    }
}

/// Whether the whole suite moved: the times, block by block.
fn shift(cases: &[Case<'_, '_>], sink: &Diagnostics) -> Option<SuiteShift> {
    let mut blocks: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.pair.metric == Metric::time()) {
        for (&block, &difference) in case.found.iter().flat_map(|found| &found.blocks) {
            blocks.entry(block).or_default().push(difference);
        }
    }
    // A median over two or three benchmarks is those benchmarks, not the suite.
    if blocks.values().map(Vec::len).max()? < 5 {
        return None;
    }
    let shift = suite_shift(&blocks.into_values().collect::<Vec<_>>())?;
    let estimate = shift.change.exp_m1();
    let message = format!(
        "the whole suite moved: the median benchmark takes {:+.1} % of time",
        estimate * 100.0
    );
    sink.push(Diagnostic::warning(Code::SuiteShift, message).help(
        "one cause moved everything: the machine, the compiler, or code that all benchmarks share",
    ));
    Some(SuiteShift {
        estimate,
        low: shift.low.exp_m1(),
        high: shift.high.exp_m1(),
        p_value: shift.p,
    })
}
