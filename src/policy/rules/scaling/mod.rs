mod bound;
mod compare;
mod curve;
mod family;
mod judge;
mod load;
mod words;

pub use bound::Growing;

use std::collections::BTreeMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Evidence, RuleKind, Wanted};
use crate::diag::{Code, quoted};
use crate::model::{
    BenchmarkId, Better, Cell, Finding, Metric, Severity, Side, Statistic, Status, Table, TableRow,
};
use crate::policy::checked::MOST_ROWS;
use crate::policy::{
    Checked, Declared, Measured, Problem, Quantity, Scope, Tier, columns, finding, nothing_matched,
    severity_of, severity_problem,
};
use crate::stats::scaling::{Class, LEAST_SPAN, MARGIN};
use family::{Family, families};

/// How a metric may grow with a parameter: "a lookup is O(log n)", "throughput is linear up to 10 clients".
///
/// The benchmarks of the glob that differ only in one number are a family: `dht/lookup/10`, `dht/lookup/100` …, or
/// `send/agents=10`, `send/agents=100` …. Over four or more sizes that span a factor of 8 the slope of ln T on ln n is the
/// exponent of the growth: 0 is constant, 1 linear, 2 quadratic. A logarithm counts as its own slope over the sizes above 1.
/// `at-most` fails where the whole 95 % interval of the exponent lies more than 0.15 above that of the class. An exponent
/// that is proven larger than that of base by 0.15 is a finding as well, which takes five interleaved blocks; the sizes
/// that both sides have are compared, of which there must be four or more that span a factor of 8. The class that fits best is named together with those that the data cannot tell from it.
///
/// `degrades-after` holds a load curve: up to that load twice the load must give at least 1.41 times the throughput at
/// each step, and throughput must not fall by more than the margin. A step counts where the noise of the runs at both
/// loads proves it; of one number a load nothing is known of the noise, so that only `evidence: estimate` accuses it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scaling {
    /// Your id of the requirement.
    pub id: Option<String>,
    /// The benchmarks, with a `*` where the number is.
    pub benchmarks: Scope,
    /// The metric.
    #[serde(default = "Metric::time")]
    pub metric: Metric,
    /// The statistic; left out, the median, or the mean for summaries that give a standard deviation.
    pub statistic: Option<Statistic>,
    /// The parameter, where names hold several `name=number`; left out, the only one, or the last number of the name.
    pub parameter: Option<String>,
    /// It may not grow faster: `1`, `log n`, `n`, `n log n`, `n^2` or `n^3`.
    pub at_most: Option<Growing>,
    /// It must grow at least as fast, for throughput and speedup.
    pub at_least: Option<Growing>,
    /// Only sizes from this number on count.
    pub from: Option<f64>,
    /// Only sizes up to this number count.
    pub up_to: Option<f64>,
    /// The part of the metric that does not depend on the size, such as `50us`, where you know it; left out, that of
    /// the law that fits best. Where the largest number is not ten times as large, the report says that the exponent is too low.
    pub overhead: Option<Quantity>,
    /// A load curve may saturate or fall only beyond this load; for metrics of which more is better, such as throughput.
    pub degrades_after: Option<f64>,
    /// How much you insist: `must` is critical, `should` warning, `quality` notice.
    pub tier: Option<Tier>,
    /// The severity where it does not hold; left out, warning. `none` only shows it.
    pub severity: Option<Severity>,
    /// `proven`: the end of the interval decides. `estimate`: the estimate decides.
    #[serde(default)]
    pub evidence: Evidence,
    /// Take percentiles of samples that are averages over iterations, as criterion's are.
    #[serde(default)]
    pub accept_averages: bool,
}

impl Scaling {
    fn severity(&self) -> Severity {
        severity_of(self.severity, self.tier)
    }

    /// Whether a declared class needs the sizes above 1 only.
    fn needs_logarithm(&self) -> bool {
        [self.at_most, self.at_least]
            .into_iter()
            .flatten()
            .any(|Growing(class)| class.is_logarithmic())
    }

    /// The families that it speaks of, with the sizes that count, and the benchmarks that are in none.
    fn families<'a>(
        &self,
        measured: &Measured<'a>,
        side: Side,
    ) -> (Vec<Family<'a>>, Vec<&'a BenchmarkId>) {
        let benchmarks = measured.benchmarks(side, Some(&self.benchmarks), &self.metric);
        let (mut families, without) = families(benchmarks, self.parameter.as_deref());
        let counts = |n: f64| {
            n > 0.0
                && self.from.is_none_or(|from| n >= from)
                && self.up_to.is_none_or(|up_to| n <= up_to)
                && (n > 1.0 || !self.needs_logarithm())
        };
        for family in &mut families {
            family.sizes.retain(|&(n, _)| counts(n));
        }
        (families, without)
    }

    /// What is asked for, in words.
    fn asked(&self) -> Option<String> {
        let parts = [
            self.at_most.map(|class| format!("at most {class}")),
            self.at_least.map(|class| format!("at least {class}")),
            self.degrades_after.map(|load| format!("holds up to {}", words::size(load))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// A row with what is asked for of a family.
    fn row(&self, family: &str) -> TableRow {
        let asked = self.asked().map(|asked| ("declared".to_owned(), Cell::Text(asked)));
        let name = ("family".to_owned(), Cell::Name(family.to_owned()));
        TableRow {
            requirement: self.id.clone(),
            cells: std::iter::once(name).chain(asked).collect(),
            ..TableRow::default()
        }
    }

    /// A row for what cannot be told, and a finding where the rule asks for something.
    fn cannot(&self, family: &str, why: &str, checked: &mut Checked) -> TableRow {
        let severity = self.severity();
        if severity > Severity::None && self.asked().is_some() {
            let about = (None, &self.metric, self.statistic);
            let message = format!("scaling of {} cannot be measured: {why}", quoted(family));
            checked.findings.push(finding(
                "not-measurable",
                self.id.as_ref(),
                severity,
                about,
                message,
            ));
        }
        TableRow { status: Some(Status::NotMeasured), severity, ..self.row(family) }
    }
}

impl RuleKind for Scaling {
    const EXAMPLE: &'static str =
        r#"- scaling: { benchmarks: "dht/lookup/*", metric: time, at-most: "log n", tier: must }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        problems.extend(severity_problem(self.severity, self.tier));
        problems.extend(
            self.overhead.and_then(|overhead| {
                declared.unit_problem("overhead", &self.metric, overhead.unit)
            }),
        );
        let mut problem = |key, code, message: String, help: &str| {
            problems.push(Problem { key, code, message, help: help.into() });
        };
        for (key, number) in
            [("from", self.from), ("up-to", self.up_to), ("degrades-after", self.degrades_after)]
        {
            if number.is_some_and(|number| !number.is_finite() || number <= 0.0) {
                problem(
                    key,
                    Code::InvalidValue,
                    format!("`{key}` is not above zero"),
                    "write a size, such as `10`",
                );
            }
        }
        if let (Some(from), Some(up_to)) = (self.from, self.up_to)
            && up_to / from < LEAST_SPAN
            && (self.at_most.is_some() || self.at_least.is_some())
        {
            problem(
                "up-to",
                Code::InvalidValue,
                format!("the sizes from {from} to {up_to} span a factor of less than {LEAST_SPAN}"),
                "an exponent needs sizes that span a factor of 8; widen them",
            );
        }
        if let (Some(Growing(most)), Some(Growing(least))) = (self.at_most, self.at_least)
            && least > most
        {
            problem(
                "at-least",
                Code::LevelOrder,
                format!(
                    "at least {} is more than at most {}",
                    bound::name(least),
                    bound::name(most)
                ),
                "a class at least is one that grows no faster than the class at most",
            );
        }
        if self.at_least == Some(Growing(Class::Constant)) {
            problem(
                "at-least",
                Code::InvalidValue,
                "everything grows at least as fast as a constant".into(),
                "write the class that it must reach, such as `n` for a linear speedup",
            );
        }
        if self.degrades_after.is_some() && declared.better(&self.metric) == Some(Better::Lower) {
            problem(
                "metric",
                Code::InvalidValue,
                format!(
                    "less of `{}` is better, so that it has no load to degrade after",
                    self.metric
                ),
                "write `metric: throughput`",
            );
        }
        if self.statistic == Some(Statistic::Slope) {
            problem(
                "statistic",
                Code::InvalidValue,
                "a slope over time may be zero or negative, so it has no exponent".into(),
                "hold it with a `growth` rule",
            );
        }
        problems
    }

    fn wants(&self, _side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if let Some(statistic) = self.statistic
            && self.metric == *metric
            && self.benchmarks.contains(benchmark)
        {
            wanted.add(statistic, self.accept_averages);
        }
    }

    fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
        let mut checked = Checked::default();
        let (families, without) = self.families(measured, Side::Head);
        let (before, _) = self.families(measured, Side::Base);
        let mut table = Table {
            kind: "scaling".into(),
            title: "Scaling".into(),
            columns: columns(&[
                ("family", "Benchmarks"),
                ("declared", "Declared"),
                ("exponent", "Exponent"),
                ("class", "Class"),
            ]),
            ..Table::default()
        };
        checked.matched = !families.is_empty();
        let before: BTreeMap<&str, &Family<'_>> =
            before.iter().map(|base| (base.name.as_str(), base)).collect();
        let many = families.len() > MOST_ROWS;
        let judge = |family: &Family<'_>| {
            let base = before.get(family.name.as_str()).copied();
            let (mut one, mut checked) = (Table::default(), Checked::default());
            self.judge(measured, family, base, &mut one, &mut checked);
            (one, checked.findings)
        };
        let judged: Vec<(Table, Vec<Finding>)> = families.par_iter().map(judge).collect();
        for (one, findings) in judged {
            checked.findings.extend(findings);
            if many && one.rows.iter().all(|row| row.status == Some(Status::Met)) {
                checked.left_out.extend(one.rows);
            } else {
                table.rows.extend(one.rows);
                table.notes.extend(one.notes);
                table.curves.extend(one.curves);
            }
        }
        table.notes.extend(checked.note("families grow as they should"));
        if let Some(first) = without.first() {
            let several = if without.len() > 1 {
                format!(" and {} more", without.len() - 1)
            } else {
                String::new()
            };
            let note = match &self.parameter {
                Some(name) => format!(
                    "{}{several} has no one {} with a number, and is in no family",
                    quoted(first.as_str()),
                    quoted(&format!("{name}="))
                ),
                None => format!(
                    "{}{several} has no number, or several; say with `parameter` which one is the size",
                    quoted(first.as_str())
                ),
            };
            table.notes.push(note);
        }
        if !checked.matched {
            let why = match without.first() {
                Some(_) => "none of its benchmarks has a number as its parameter".into(),
                None => nothing_matched(measured, Some(&self.benchmarks), &self.metric),
            };
            if !measured.is_empty(Side::Head) {
                let row = self.cannot(self.benchmarks.as_str(), &why, &mut checked);
                table.rows.push(row);
            }
        }
        if table.rows.iter().any(|row| row.cells.contains_key("base")) {
            table.columns.extend(columns(&[("base", "Base exponent"), ("change", "Change")]));
        }
        checked.tables.push(table);
        Some(checked)
    }
}

/// How far an exponent may lie beyond that of its class.
fn beyond(class: Class, sizes: &[f64], sign: f64) -> Option<f64> {
    class.exponent(sizes).map(|exponent| exponent + sign * MARGIN)
}

#[cfg(test)]
mod tests;
