use crate::model::{BenchmarkId, Finding, Metric, Severity, Statistic, Table};

/// What one rule has to say of what was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// What is the matter.
    pub findings: Vec<Finding>,
    /// What was measured against what is asked for.
    pub tables: Vec<Table>,
    /// Whether it found anything that it applies to.
    pub matched: bool,
}

/// A finding of a rule about one benchmark and metric, or about no single one.
#[must_use]
pub fn finding(
    rule: &str,
    id: Option<&String>,
    severity: Severity,
    (benchmark, metric, statistic): (Option<&BenchmarkId>, &Metric, Option<Statistic>),
    message: String,
) -> Finding {
    Finding {
        rule: rule.to_owned(),
        id: id.cloned(),
        severity,
        benchmark: benchmark.cloned(),
        metric: Some(metric.clone()),
        statistic,
        message,
        waiver: None,
    }
}
