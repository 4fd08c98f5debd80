use rayon::prelude::*;

use super::tables::{Requirements, merge};
use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Finding, Measurement, Order, Table};
use crate::policy::rules::Presence;
use crate::policy::{Checked, Measured, Rule};

/// What the rules have to say that look at what was measured by itself.
pub(super) struct Checks {
    /// Of limits, overheads and shapes.
    pub(super) findings: Vec<Finding>,
    /// Of what is missing, new, or no number.
    pub(super) presence: Vec<Finding>,
    pub(super) tables: Vec<Table>,
    pub(super) requirements: Requirements,
    /// Whether any of these rules holds something.
    pub(super) matched: bool,
}

/// Asks every rule that looks at what was measured by itself, in the order of the configuration.
pub(super) fn checks(
    measurements: &[Measurement],
    order: Order,
    config: &Config,
    sink: &Diagnostics,
) -> Checks {
    let measured = Measured::new(measurements, &config.declared).ordered(order);
    let mut all = Checks {
        findings: Vec::new(),
        presence: Vec::new(),
        tables: Vec::new(),
        requirements: Requirements::default(),
        matched: false,
    };
    // No rule depends on another; what they say is gathered in the order of the configuration.
    let (presence, checked): (_, Vec<Option<Checked>>) = rayon::join(
        || presence(measurements, config),
        || config.rules.par_iter().map(|rule| rule.value.check(&measured)).collect(),
    );
    all.presence = presence;
    for (rule, checked) in config.rules.iter().zip(checked) {
        let Some(checked) = checked else { continue };
        if !checked.matched && checked.findings.is_empty() && !measurements.is_empty() {
            let message =
                format!("this {} rule matches nothing that was measured", rule.value.kind());
            sink.push(
                Diagnostic::warning(Code::UnusedRule, message)
                    .place(rule.place.as_ref())
                    .help("it guards nothing; correct its glob or metric, or remove it"),
            );
        }
        all.matched |= checked.matched;
        all.requirements.take(rule.value.kind(), &checked.tables, &checked.left_out);
        all.findings.extend(checked.findings);
        let mut tables = checked.tables;
        if let Some(table) = tables.last_mut() {
            table.unlisted = checked.left_out.len() as u64;
        }
        for table in tables {
            merge(&mut all.tables, table);
        }
    }
    all
}

fn presence(measurements: &[Measurement], config: &Config) -> Vec<Finding> {
    let rules = config.rules.iter().filter_map(|rule| match &rule.value {
        Rule::Presence(presence) => Some(presence),
        _ => None,
    });
    Presence::findings(&rules.collect::<Vec<_>>(), measurements)
}
