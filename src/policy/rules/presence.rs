use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RuleKind;
use crate::model::Severity;
use crate::policy::{Declared, Problem, Scope};

/// What happens when a benchmark is missing, renamed, doubled, zero or not a number.
///
/// A benchmark that disappears takes its threshold with it, so it is at least a warning unless you say
/// otherwise. The last rule that matches a benchmark replaces the earlier ones whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Presence {
    /// The benchmarks it applies to; left out, all.
    pub benchmarks: Option<Scope>,
    /// Base has it, head has not.
    pub missing: Severity,
    /// Head lacks it and has a new benchmark with the same numbers under a similar name.
    pub renamed: Severity,
    /// One run has it twice.
    pub duplicated: Severity,
    /// A run gave zero where zero is no number.
    pub zero: Severity,
    /// A run gave a negative number, or none that is finite.
    pub non_finite: Severity,
    /// Head has it, base has not.
    pub added: Severity,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            benchmarks: None,
            missing: Severity::Warning,
            renamed: Severity::Warning,
            duplicated: Severity::Critical,
            zero: Severity::Warning,
            non_finite: Severity::Critical,
            added: Severity::None,
        }
    }
}

impl RuleKind for Presence {
    const EXAMPLE: &'static str =
        "- presence: { missing: critical, renamed: warning, added: notice }";

    fn problems(&self, _: &Declared) -> Vec<Problem> {
        Vec::new()
    }
}
