mod parts;
mod scale;
mod table;
mod totals;
mod words;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Evidence, RuleKind, Wanted};
use crate::diag::Code;
use crate::model::{
    BenchmarkId, Better, Finding, Metric, NumberKind, Severity, Side, Statistic, Status,
};
use crate::policy::{
    Bounds, Checked, Declared, Limit, Measured, Percent, Problem, Scope, Tier, finding,
    nothing_matched, severity_of, severity_problem,
};

/// What something costs on top of a baseline, or the parts of a whole, all measured in head.
///
/// `variants` are the baseline with something on top: overhead is variant / baseline - 1, and where higher is better
/// what is lost, 1 - variant / baseline. `components` are parts measured by themselves: their share is
/// component / baseline, and `sum` adds the shares up. A rule has one of the two.
///
/// Each of them is held against the benchmark of `baseline` that belongs to it. One benchmark written out serves all.
/// Where both globs differ only in fixed text (`on/**` over `off/**`) it is the benchmark with the same text in place of
/// the wildcards. Else it is the one with the same parameters (`agent_count=10`; without a name, the last number), then
/// the one that shares most segments of its name. None, or two alike, is a finding and never a guess.
/// So is a baseline that no variant belongs to, where both globs differ only in fixed text.
///
/// Where the baselines are one benchmark at several values of a parameter, each value is a scale with its own `sum`,
/// `average` and `maximum`; `by` names a parameter to do so in any case. The estimate decides, unless the rule asks for
/// `evidence: proven`. Every limit is a percentage, or a map of levels.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overhead {
    /// What it is about, such as `telemetry`: the heading of its table.
    pub name: Option<String>,
    /// Your id of the requirement, such as `NFR-P01`; several rules may share one.
    pub id: Option<String>,
    /// The benchmarks that count as one hundred percent.
    pub baseline: Scope,
    /// The baseline with something on top.
    pub variants: Option<Scope>,
    /// Parts of the baseline, measured by themselves.
    pub components: Option<Scope>,
    /// What is compared.
    #[serde(default = "Metric::time")]
    pub metric: Metric,
    /// The statistic; left out, the median, or the mean for summaries that give a standard deviation.
    pub statistic: Option<Statistic>,
    /// What each variant or component may take.
    pub each: Option<Limit<Percent>>,
    /// What they may take on average, at each scale or in all.
    pub average: Option<Limit<Percent>>,
    /// What the largest may take, at each scale or in all.
    pub maximum: Option<Limit<Percent>>,
    /// What all of one baseline may take together.
    pub sum: Option<Limit<Percent>>,
    /// The parameter whose values are the scales, such as `agent_count`.
    pub by: Option<String>,
    /// How bad it is where a limit of one value does not hold; left out, `warning`.
    pub severity: Option<Severity>,
    /// The same in other words: `must` is critical, `should` warning, `quality` notice.
    pub tier: Option<Tier>,
    /// `estimate`: the estimate decides. `proven`: the whole 95 % interval must be beyond the limit.
    #[serde(default = "Evidence::estimate")]
    pub evidence: Evidence,
    /// Take percentiles of samples that are averages over iterations, as criterion's are; the report says so.
    #[serde(default)]
    pub accept_averages: bool,
    /// So many of the largest are named below the table.
    #[serde(default = "top")]
    pub top: usize,
}

fn top() -> usize {
    3
}

impl Overhead {
    /// The benchmarks that are held against a baseline.
    fn measured_ones(&self) -> &Scope {
        self.components.as_ref().or(self.variants.as_ref()).unwrap_or(&self.baseline)
    }

    /// Whether they are parts and not variants.
    fn of_parts(&self) -> bool {
        self.components.is_some()
    }

    fn limits(&self) -> [(&'static str, Option<Limit<Percent>>); 4] {
        [
            ("each", self.each),
            ("average", self.average),
            ("maximum", self.maximum),
            ("sum", self.sum),
        ]
    }

    fn bounds(&self, limit: Option<Limit<Percent>>) -> Option<Bounds> {
        let severity = severity_of(self.severity, self.tier);
        let bounds = Bounds::new(&limit?, severity, Better::Lower, Percent::fraction)?;
        Some(bounds.evidence(self.evidence))
    }

    /// The worst that it can have to say; also what it says of what was not measured.
    fn hardest(&self) -> Severity {
        let severities = self.limits().into_iter().filter_map(|(_, limit)| self.bounds(limit));
        severities.map(|bounds| bounds.severity()).max().unwrap_or_default()
    }

    /// An overhead has a sign; a share and a loss are parts of something.
    fn kind(&self, better: Better) -> NumberKind {
        if self.of_parts() || better == Better::Higher {
            NumberKind::Share
        } else {
            NumberKind::Change
        }
    }

    /// A finding of this rule.
    fn finding(
        &self,
        severity: Severity,
        benchmark: Option<&BenchmarkId>,
        message: String,
    ) -> Finding {
        let about = (benchmark, &self.metric, self.statistic);
        finding("overhead", self.id.as_ref(), severity, about, message)
    }
}

impl RuleKind for Overhead {
    const EXAMPLE: &'static str = r#"- overhead: { name: telemetry, baseline: "send/plain", variants: "send/*", each: { warning: 8%, critical: 10% }, average: 5% }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        problems.extend(severity_problem(self.severity, self.tier));
        for (key, limit) in self.limits() {
            problems.extend(limit.map_or_else(Vec::new, |limit| {
                limit.problems(key, Better::Lower, Percent::fraction)
            }));
        }
        let mut problem = |key, code, message: &str, help: &str| {
            problems.push(Problem { key, code, message: message.into(), help: help.into() });
        };
        match (&self.variants, &self.components) {
            (None, None) => problem(
                "",
                Code::MissingKey,
                "an overhead rule needs `variants` or `components`",
                "`variants: GLOB` are the baseline with something on top, `components: GLOB` parts of it measured by themselves",
            ),
            (Some(_), Some(_)) => problem(
                "components",
                Code::InvalidValue,
                "a rule has `variants` or `components`, not both",
                "write two rules: variants hold the whole baseline, components are parts of it",
            ),
            (None, Some(_)) if declared.better(&self.metric) == Some(Better::Higher) => problem(
                "metric",
                Code::InvalidValue,
                "components take parts of a cost, and this metric is none: higher is better",
                "use a metric such as time, or `variants` to see what is lost",
            ),
            _ => {}
        }
        let mut limits = self.limits().into_iter().filter_map(|(_, limit)| limit).peekable();
        if limits.peek().is_some() {
            if (self.severity.is_some() || self.tier.is_some())
                && limits.all(|limit| matches!(limit, Limit::ByLevel(_)))
            {
                problem(
                    if self.tier.is_some() { "tier" } else { "severity" },
                    Code::InvalidValue,
                    "every limit is a map of levels, which are its severities",
                    "remove this key, or write one value as a limit",
                );
            }
        } else {
            problem(
                "",
                Code::MissingKey,
                "an overhead rule needs a limit",
                "add `each`, `average`, `maximum` or `sum`, e.g. `each: 10%`",
            );
        }
        problems
    }

    fn wants(&self, side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if side == Side::Head
            && let Some(statistic) = self.statistic
            && self.metric == *metric
            && (self.baseline.contains(benchmark) || self.measured_ones().contains(benchmark))
        {
            wanted.add(statistic, self.accept_averages);
        }
    }

    fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
        let parts = parts::Parts::of(self, measured);
        let mut checked = Checked { matched: !parts.is_empty(), ..Checked::default() };
        if parts.is_empty() {
            let of = self.measured_ones();
            if self.hardest() > Severity::None && !measured.is_empty(Side::Head) {
                let why = nothing_matched(measured, Some(of), &self.metric);
                checked.findings.push(self.finding(self.hardest(), None, why));
            }
            checked.tables.push(table::nothing(self));
            return Some(checked);
        }
        let scales = scale::Scales::of(self, &parts.parts);
        let totals = totals::totals(self, &parts, &scales);
        checked.findings.extend(parts.findings(self));
        checked.findings.extend(words::of_each(self, &parts));
        for total in &totals {
            checked.findings.extend(words::of_open(self, total, parts.better, &scales));
            if total.standing.severity > Severity::None && !said_before(total, &checked.findings) {
                let (benchmark, message) = words::of_total(self, total, parts.better, &scales);
                checked.findings.push(self.finding(total.standing.severity, benchmark, message));
            }
        }
        let (table, left_out) = table::table(self, &parts, &scales, &totals);
        checked.tables.push(table);
        checked.left_out = left_out;
        Some(checked)
    }
}

/// Whether a finding about the largest one says no more than the finding about that benchmark.
fn said_before(total: &totals::Total<'_>, findings: &[Finding]) -> bool {
    let largest = total.largest();
    total.what == totals::What::Maximum
        && total.standing.status != Status::Unproven
        && findings.iter().any(|finding| {
            finding.rule == "overhead"
                && finding.benchmark.as_ref() == largest
                && finding.severity >= total.standing.severity
        })
}

#[cfg(test)]
mod tests;
