use super::cap::Cap;
use super::evidence::{Found, Raw};
use super::plan::Pair;
use super::suite::Decided;
use crate::config::{Config, OneRun};
use crate::model::{Better, Severity, Verdict};
use crate::policy::rules::{Evidence, Regression};

/// A verdict with what is to be said of it.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The log change, positive where it is worse.
    pub(super) worse: f64,
    pub(super) notes: Vec<String>,
}

impl Judgement {
    /// What the decision means by the rule and its evidence.
    pub(super) fn of(pair: &Pair<'_>, found: &Found, decided: &Decided, config: &Config) -> Self {
        let alpha = config.gate.alpha.fraction();
        let d = decided.decision;
        let lm = pair.margin.ln_1p();
        let higher = pair.better == Better::Higher;
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
            // An estimate of the first look is settled by the second like everything else.
            estimate_decides && *cap != Cap::NotConfirmed
                || config.gate.one_run == OneRun::Decide && cap.lifted_by_decide()
        };
        let cap = found.cap.filter(|cap| !lifted(cap));

        let verdict = if let Raw::Named(_) = found.raw {
            let level = pair.rule.map_or(0.0, Regression::named_alpha);
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
                    && cap.is_none()
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
