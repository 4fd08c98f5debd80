//! The gate: plans the comparisons, decides them, applies the policy, makes the report.
//!
//! [`Collector`] takes runs as they are read and keeps one number a run; [`decide`] turns the resulting
//! [`Measurement`]s into a [`Report`]. A finished report can be decided again from its own measurements
//! ([`decide_again`]), by whoever does not trust the one that wrote it.

mod blocks;
mod cap;
mod checks;
mod collect;
mod evidence;
mod facts;
mod findings;
mod flag;
mod identity;
mod inputs;
mod judge;
mod outcome;
mod plan;
mod reduce;
mod series;
mod suite;
mod tables;
mod verdict;
mod within;

pub use collect::Collector;
pub use facts::Facts;
pub use flag::flagged;

use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics, ExitCode, Level};
use crate::model::{
    Measurement, Order, Outcome, Report, SCHEMA, Severity, Side, SideInfo, Tool,
    environment_mismatches,
};

/// Diagnostics that only [`decide`] makes, and makes again.
const DECIDED: &[Code] = &[
    Code::UnusedWaiver,
    Code::ExpiredWaiver,
    Code::UnusedRule,
    Code::NothingGated,
    Code::UnitMismatch,
    Code::IncompleteBlocks,
    Code::EmptySide,
    Code::TooManyRuns,
    Code::SuiteShift,
    Code::EnvironmentMismatch,
];

/// Whether deciding makes it again, so that reading did not make it.
fn made_again(diagnostic: &Diagnostic) -> bool {
    match diagnostic.code {
        // Of an unknown metric reading the configuration makes errors, deciding warnings.
        Code::UnknownMetric => diagnostic.level == Level::Warning,
        // Of a path that holds nothing reading says where it is; deciding says so of all that was read.
        Code::NothingMeasured => diagnostic.file.is_none(),
        code => DECIDED.contains(&code),
    }
}

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
    let mismatches = environment_mismatches(&facts.base.environment, &facts.head.environment);
    let alike = mismatches.is_empty();
    for mismatch in mismatches {
        sink.push(mismatch);
    }
    // What is compared and what is held by itself do not depend on each other.
    let (checks, (plan, judged)) = rayon::join(
        || checks::checks(&facts.measurements, facts.order, facts.config, &sink),
        || {
            let plan = plan::plan(&facts.measurements, facts.config, &sink);
            let judged = judge::judge(&plan, facts.order, alike, facts.config, &sink);
            (plan, judged)
        },
    );
    plan.say_ungated(checks.matched, &sink);
    let said = [checks.findings, plan.findings(), checks.presence].concat();
    let findings = findings::findings(&judged.comparisons, said, facts.config, facts.today, &sink);
    let tables = tables::tables(&judged.comparisons, &checks.requirements, checks.tables);
    let verdict = outcome::outcome(&judged.comparisons, &findings, facts.config, sink.has_errors());
    let runs = |side| most_runs(&facts.measurements, side);
    Report {
        schema: SCHEMA,
        tool: tool(),
        outcome: verdict.outcome,
        severity: verdict.severity,
        exit_code: verdict.exit.code(),
        config: facts.config.info(),
        base: SideInfo { runs: runs(Side::Base), ..facts.base },
        head: SideInfo { runs: runs(Side::Head), ..facts.head },
        order: facts.order,
        comparisons: judged.comparisons,
        measurements: facts.measurements,
        tables,
        findings,
        diagnostics: sink.into_vec(),
        suite_shift: judged.suite_shift,
    }
}

/// Decides a report again from its own measurements, by rules and a date that its writer could not choose.
#[must_use]
pub fn decide_again(
    report: Report,
    config: &Config,
    today: jiff::civil::Date,
    allow_empty_base: bool,
) -> Report {
    let kept = |d: &Diagnostic| !made_again(d);
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

/// A report that says only why there is none: the configuration or the command was wrong.
#[must_use]
pub fn refuse(config: &Config, diagnostics: Vec<Diagnostic>, exit: ExitCode) -> Report {
    Report {
        schema: SCHEMA,
        tool: tool(),
        outcome: Outcome::Error,
        severity: Severity::None,
        exit_code: exit.code(),
        config: config.info(),
        base: SideInfo::default(),
        head: SideInfo::default(),
        order: Order::Unknown,
        comparisons: Vec::new(),
        measurements: Vec::new(),
        tables: Vec::new(),
        findings: Vec::new(),
        diagnostics,
        suite_shift: None,
    }
}

fn tool() -> Tool {
    Tool { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() }
}

/// The largest number of runs of any measurement of a side.
fn most_runs(measurements: &[Measurement], side: Side) -> u64 {
    measurements.iter().filter(|m| m.side == side).map(|m| m.n).max().unwrap_or(0)
}
