use jiff::civil::Date;

use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Comparison, Display, Finding, Severity, Verdict, Waived};

/// What the rules have to say, worst first; waivers applied, unused and expired ones said.
///
/// `others` are the findings of everything but comparisons.
pub(super) fn findings(
    comparisons: &[Comparison],
    others: Vec<Finding>,
    config: &Config,
    today: Date,
    sink: &Diagnostics,
) -> Vec<Finding> {
    let mut used = vec![false; config.waivers.len()];
    let mut all = Vec::new();
    for comparison in comparisons.iter().filter(|c| c.severity > Severity::None) {
        let mut finding = regression(comparison, &config.gate.display);
        for (waiver, used) in config.waivers.iter().zip(&mut used) {
            let (waiver, magnitude) = (&waiver.value, magnitude(comparison));
            if waiver.names(comparison) && !waiver.expired(today) {
                *used = true;
                if magnitude <= waiver.up_to.fraction() {
                    finding.waiver = Some(Waived {
                        severity: finding.severity,
                        up_to: waiver.up_to.fraction(),
                        reason: waiver.reason.clone(),
                        issue: waiver.issue.clone(),
                        expires: waiver.expires,
                    });
                    finding.severity = Severity::None;
                }
            }
        }
        all.push(finding);
    }
    all.extend(others);
    for (waiver, used) in config.waivers.iter().zip(used) {
        let name =
            format!("{} of {}", waiver.value.metric, quoted(waiver.value.benchmark.as_str()));
        if waiver.value.expired(today) {
            let message = format!("the waiver for {name} expired on {}", waiver.value.expires);
            sink.push(
                Diagnostic::warning(Code::ExpiredWaiver, message)
                    .place(waiver.place.as_ref())
                    .help("it covers nothing any more; remove it, or renew it with a new date"),
            );
        } else if !used {
            let message = format!("the waiver for {name} covered nothing");
            sink.push(
                Diagnostic::warning(Code::UnusedWaiver, message).place(waiver.place.as_ref()).help(
                    "no such regression was found; remove the waiver if it is not needed any more",
                ),
            );
        }
    }
    // Stable: equal severities stay in the order of the benchmarks.
    all.sort_by_key(|finding| {
        std::cmp::Reverse((finding.severity, finding.waiver.as_ref().map(|w| w.severity)))
    });
    all
}

/// How much worse a comparison is, as a fraction; infinite where base is zero.
fn magnitude(comparison: &Comparison) -> f64 {
    match (comparison.change, comparison.better) {
        (None, _) => f64::INFINITY,
        (Some(change), crate::model::Better::Lower) => change.estimate,
        (Some(change), crate::model::Better::Higher) => -change.estimate,
    }
}

fn regression(comparison: &Comparison, display: &Display) -> Finding {
    debug_assert_eq!(comparison.verdict, Verdict::Regressed);
    let size = match comparison.change {
        Some(change) => format!("{:+.1} %", change.estimate * 100.0),
        None => "from zero".into(),
    };
    let limit = comparison.levels.get(comparison.severity).unwrap_or_default();
    Finding {
        rule: "regression".into(),
        id: None,
        severity: comparison.severity,
        benchmark: Some(comparison.benchmark.clone()),
        metric: Some(comparison.metric.clone()),
        statistic: Some(comparison.statistic),
        message: format!(
            "{} {} changed by {size}; {} starts at {} %",
            comparison.metric,
            comparison.statistic,
            display.word(comparison.severity),
            round(limit * 100.0)
        ),
        waiver: None,
    }
}

/// At most six digits after the point, so that 0.07 × 100 is 7.
fn round(percent: f64) -> f64 {
    (percent * 1e6).round() / 1e6
}
