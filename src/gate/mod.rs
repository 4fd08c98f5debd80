//! The gate: plans the comparisons, decides them, applies the policy, makes the report.
//!
//! [`Collector`] takes runs as they are read and keeps one number a run; [`decide`] turns the resulting
//! [`Measurement`]s into a [`Report`]. A finished report can be decided again from its own measurements
//! ([`decide_again`]), by whoever does not trust the one that wrote it.

mod collect;
mod evidence;
mod facts;
mod findings;
mod inputs;
mod judge;
mod outcome;
mod plan;

pub use collect::Collector;
pub use facts::Facts;

use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{ConfigInfo, Report, SCHEMA, SideInfo, Threshold, Tool};
use crate::policy::Rule;

/// Diagnostics that [`decide`] makes itself, and makes again.
const DECIDED: &[Code] = &[
    Code::UnusedWaiver,
    Code::ExpiredWaiver,
    Code::UnusedRule,
    Code::NothingGated,
    Code::UnitMismatch,
    Code::IncompleteBlocks,
    Code::NothingMeasured,
    Code::EmptySide,
    Code::TooManyRuns,
    Code::SuiteShift,
];

/// Decides every comparison and applies the rules.
///
/// Diagnostics of reading come in with the facts and end in the report together with those of deciding. Never
/// fails: what cannot be decided is said in the report, whose `outcome` and `exit_code` follow the contract.
#[must_use]
pub fn decide(facts: Facts<'_>) -> Report {
    let sink = Diagnostics::new();
    for diagnostic in facts.diagnostics {
        sink.push(diagnostic);
    }
    inputs::check(&facts.measurements, facts.allow_empty_base, &sink);
    let plan = plan::plan(&facts.measurements, facts.config, &sink);
    let judged = judge::judge(&plan, facts.order, facts.config, &sink);
    let findings = findings::findings(
        &plan,
        &judged.comparisons,
        &facts.measurements,
        facts.config,
        facts.today,
        &sink,
    );
    let verdict = outcome::outcome(&judged.comparisons, &findings, facts.config, sink.has_errors());
    let mut report = Report {
        schema: SCHEMA,
        tool: Tool {
            name: env!("CARGO_PKG_NAME").into(),
            version: env!("CARGO_PKG_VERSION").into(),
        },
        outcome: verdict.outcome,
        severity: verdict.severity,
        exit_code: verdict.exit.code(),
        config: config_info(facts.config),
        base: facts.base,
        head: facts.head,
        order: facts.order,
        comparisons: judged.comparisons,
        measurements: facts.measurements,
        tables: Vec::new(),
        findings,
        diagnostics: sink.into_vec(),
        suite_shift: judged.suite_shift,
    };
    count_runs(&mut report);
    report
}

/// Decides a report again from its own measurements, by rules and a date that its writer could not choose.
#[must_use]
pub fn decide_again(
    report: Report,
    config: &Config,
    today: jiff::civil::Date,
    allow_empty_base: bool,
) -> Report {
    let kept = |d: &Diagnostic| !DECIDED.contains(&d.code);
    decide(Facts {
        measurements: report.measurements,
        base: report.base,
        head: report.head,
        order: report.order,
        config,
        today,
        allow_empty_base,
        diagnostics: report.diagnostics.into_iter().filter(kept).collect(),
    })
}

/// What the report says of the configuration.
fn config_info(config: &Config) -> ConfigInfo {
    let thresholds = config.rules.iter().filter_map(|rule| match &rule.value {
        Rule::Regression(regression) => Some(Threshold {
            benchmarks: regression.benchmarks.as_ref().map(|scope| scope.as_str().to_owned()),
            metric: regression.metric.clone(),
            statistic: regression.statistic,
            levels: regression.levels(),
        }),
        Rule::Presence(_) => None,
    });
    ConfigInfo {
        source: config.source.clone(),
        revision: config.revision.clone(),
        fail_on: config.gate.fail_on,
        alpha: config.gate.alpha.fraction(),
        margin: config.gate.margin.fraction(),
        display: config.gate.display.clone(),
        one_run_decides: config.gate.one_run == crate::config::OneRun::Decide,
        thresholds: thresholds.collect(),
    }
}

/// Writes the largest number of runs of any benchmark into each side.
fn count_runs(report: &mut Report) {
    let most = |side| {
        report.measurements.iter().filter(|m| m.side == side).map(|m| m.n).max().unwrap_or(0)
    };
    let (base, head) = (most(crate::model::Side::Base), most(crate::model::Side::Head));
    let set = |info: &mut SideInfo, runs| info.runs = runs;
    set(&mut report.base, base);
    set(&mut report.head, head);
}
