use std::collections::BTreeSet;

use super::outcome::could_fail;
use crate::model::{BenchmarkId, Comparison, Report, Severity, Verdict};

/// What a comparison must have against it to be looked at again: a p value up to this, before any correction.
const LOOKS_WORSE: f64 = 0.1;

/// The benchmarks of a first look that a second one has to settle: those that may be worse than the margin and could
/// fail the build, and those whose intervals are so wide that the outcome would be inconclusive.
///
/// Measured again on fresh blocks, by which alone it is then decided, they keep the family-wise error: choosing by the first
/// look does not change what chance does in the second.
#[must_use]
pub fn flagged(report: &Report) -> BTreeSet<BenchmarkId> {
    let looks_worse = |comparison: &&Comparison| {
        let worse = comparison
            .change
            .is_some_and(|change| comparison.better.worse(change.estimate.ln_1p()) > 0.0);
        let suspicious = comparison.p_value.is_some_and(|p| p <= LOOKS_WORSE);
        comparison.gating && (worse && suspicious || comparison.severity > Severity::None)
    };
    let undecided = |comparison: &&Comparison| {
        comparison.gating
            && comparison.verdict == Verdict::Inconclusive
            && could_fail(comparison, report.config.fail_on)
    };
    report
        .comparisons
        .iter()
        .filter(|comparison| looks_worse(comparison) || undecided(comparison))
        .map(|c| c.benchmark.clone())
        .collect()
}
