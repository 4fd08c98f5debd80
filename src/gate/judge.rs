use std::collections::BTreeMap;

use rayon::prelude::*;

use super::cap::Cap;
use super::evidence::{Found, evidence};
use super::plan::{Pair, Plan, Sides};
use super::suite::{Decided, Suite};
use super::verdict::Judgement;
use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{
    Change, Comparison, Measurement, Metric, Order, Severity, SideEstimate, SuiteShift, TestKind,
    Unit, Verdict,
};
use crate::policy::rules::{Evidence, NamedTest, Regression};
use crate::stats::Decision;
use crate::stats::decide::{holm, more_blocks};
use crate::stats::shift::suite_shift;

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

/// Decides every pair of the plan.
///
/// `alike` tells whether both sides were measured in the same environment: where they were not, nothing is proven.
pub(super) fn judge(
    plan: &Plan<'_>,
    order: Order,
    alike: bool,
    config: &Config,
    sink: &Diagnostics,
) -> Judged {
    let confirmed = plan.pairs.iter().any(|pair| pair.confirm.both().is_some());
    let suite = Suite::of(plan, order, config);
    let mut cases: Vec<Case<'_, '_>> = plan
        .pairs
        .par_iter()
        .map(|pair| {
            let again = pair.confirm.both().is_some();
            let sides = if again { pair.confirm } else { pair.screen };
            let mut found = evidence(pair, sides, order, config);
            if let Some(found) = &mut found {
                // What cannot fail the build is never measured again, and decided by the first look.
                let unconfirmed = confirmed && !again && pair.gating;
                for cap in
                    [unconfirmed.then_some(Cap::NotConfirmed), (!alike).then_some(Cap::Environment)]
                {
                    found.cap = cap.map(|cap| Cap::and(found.cap, cap)).or(found.cap);
                }
            }
            let decision = found.as_ref().and_then(|found| suite.decide(pair, found, config));
            Case { pair, sides, found, decision }
        })
        .collect();
    correct(&mut cases, confirmed);
    derive(&mut cases);
    say_alone(&cases, sink);
    let suite_shift = shift(suite.blocks(), sink);
    let mut comparisons: Vec<Comparison> =
        cases.par_iter().map(|case| comparison(case, config)).collect();
    say_once(&mut comparisons);
    Judged { comparisons, suite_shift }
}

/// A throughput that is the time in other words speaks up only where it is worse than what the time says.
fn say_once(comparisons: &mut [Comparison]) {
    for at in 1..comparisons.len() {
        let time = comparisons.get(at - 1).map(|time| (time.severity, time.would_be));
        if let Some(derived) = comparisons.get_mut(at).filter(|own| own.derived)
            && let Some((severity, would_be)) = time
        {
            derived.severity = only_above(derived.severity, severity);
            derived.would_be = only_above(derived.would_be, would_be);
        }
    }
}

fn only_above(own: Severity, other: Severity) -> Severity {
    if own > other { own } else { Severity::None }
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

/// Gives a throughput that is the time in other words the corrected p values of that time, which stands in front of it.
fn derive(cases: &mut [Case<'_, '_>]) {
    for at in 1..cases.len() {
        let time = cases.get(at - 1).and_then(|time| time.decision);
        if let Some(case) = cases.get_mut(at).filter(|case| case.pair.derived)
            && let (Some(own), Some(time)) = (case.decision.as_mut(), time)
        {
            own.adjusted_larger = time.adjusted_smaller;
            own.adjusted_smaller = time.adjusted_larger;
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
        Verdict::Regressed => made.severity = reached,
        Verdict::Suspect => made.would_be = reached,
        _ => {}
    }
    made.notes.extend(judged.notes);
    if judged.verdict == Verdict::Inconclusive && found.test == TestKind::Paired {
        made.more_blocks = more_blocks(&d, pair.margin, decided.runs as u64);
    }
    made
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
        Some(amount) => amount.per_second(estimate),
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
fn shift(blocks: &BTreeMap<u32, Vec<f64>>, sink: &Diagnostics) -> Option<SuiteShift> {
    // A median over two or three benchmarks is those benchmarks, not the suite.
    if blocks.values().map(Vec::len).max()? < 5 {
        return None;
    }
    let shift = suite_shift(&blocks.values().cloned().collect::<Vec<_>>())?;
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
