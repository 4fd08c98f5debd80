use crate::config::{Config, OnInconclusive};
use crate::diag::ExitCode;
use crate::model::{Action, Comparison, Finding, Outcome, Severity};

/// What the gate says in the end.
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) severity: Severity,
    pub(super) exit: ExitCode,
}

/// `error` before `fail` before `inconclusive` before `pass`.
pub(super) fn outcome(
    comparisons: &[Comparison],
    findings: &[Finding],
    config: &Config,
    errors: bool,
) -> Said {
    let fail_on = config.gate.fail_on;
    let severity = findings.iter().map(|finding| finding.severity).max().unwrap_or_default();
    let waived = |c: &Comparison| {
        findings.iter().any(|f| {
            f.waiver.is_some()
                && f.benchmark.as_ref() == Some(&c.benchmark)
                && f.metric.as_ref() == Some(&c.metric)
                && f.statistic == Some(c.statistic)
        })
    };
    let (outcome, exit) = if errors {
        (Outcome::Error, ExitCode::Input)
    } else if fail_on.fails(severity) {
        (Outcome::Fail, ExitCode::Fail)
    } else if comparisons.iter().any(|c| c.gating && could_fail(c, fail_on) && !waived(c)) {
        let exit = match config.gate.inconclusive {
            OnInconclusive::Pass => ExitCode::Pass,
            OnInconclusive::Fail => ExitCode::Inconclusive,
        };
        (Outcome::Inconclusive, exit)
    } else {
        (Outcome::Pass, ExitCode::Pass)
    };
    Said { outcome, severity, exit }
}

/// Whether the interval reaches, on its worse side, the lowest level that fails the build.
pub(super) fn could_fail(c: &Comparison, fail_on: Action) -> bool {
    let lowest = c.levels.lowest_failing(fail_on).unwrap_or(f64::INFINITY);
    let worst = match (c.change, c.better) {
        (None, _) => return true,
        (Some(change), crate::model::Better::Lower) => change.high.unwrap_or(f64::INFINITY),
        (Some(change), crate::model::Better::Higher) => -change.low.unwrap_or(-1.0),
    };
    worst >= lowest
}
