use schemars::JsonSchema;
use serde::Deserialize;

use super::{Evidence, RuleKind, Wanted};
use crate::diag::Code;
use crate::model::{
    BenchmarkId, Better, Cell, Column, Metric, Number, Severity, Side, Statistic, Status, Table,
    TableRow, Unit,
};
use crate::policy::{
    Bounds, Checked, Declared, Factor, Limit, Measured, Missing, NotMeasured, Problem, Reading,
    Rows, Scope, Slope, Standing, Tier, columns, finding, nothing_matched, severity_of,
    severity_problem,
};

mod leak;
mod words;

/// How fast a metric may grow while a benchmark runs: "memory may not grow by more than 50 MB an hour".
///
/// The growth is the median slope between all pairs of samples (Theil and Sen) after the first fifth of the time, so
/// samples need the times at which they were taken: `timestamp` in JSONL. Its 95 % interval knows that neighbouring
/// samples are alike. `slope` fails where the whole interval lies above the limit. `ratio` is a suspected leak: head grows
/// more than so many times as fast as base, and that is proven (the lower end of the interval of head - ratio · base is
/// above zero). Where base is not proven to grow, any growth of head is more than a multiple of it; it must then be proven
/// above zero, and in an hour be more than the margin of the gate (3 %) of what the metric is. A benchmark that base does not
/// have is held to no ratio.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Growth {
    /// Your id of the requirement.
    pub id: Option<String>,
    /// The benchmarks; left out, all whose samples tell their times.
    pub benchmarks: Option<Scope>,
    /// The metric.
    #[serde(default = "memory")]
    pub metric: Metric,
    /// The growth that it may have at most, such as `50MB/h`.
    pub slope: Option<Limit<Slope>>,
    /// How many times as fast as base it may grow, such as `1.5x`.
    pub ratio: Option<Limit<Factor>>,
    /// How much you insist: `must` is critical, `should` warning, `quality` notice.
    pub tier: Option<Tier>,
    /// The severity beyond a limit of one value; left out, warning. `none` only shows it.
    pub severity: Option<Severity>,
    /// `proven`: the lower end of the interval decides. `estimate`: the estimate decides.
    #[serde(default)]
    pub evidence: Evidence,
}

fn memory() -> Metric {
    Metric::new("memory")
}

impl Growth {
    fn severity(&self) -> Severity {
        severity_of(self.severity, self.tier)
    }

    /// The highest severity that it can give.
    fn highest(&self) -> Severity {
        let slope =
            self.slope.map(|limit| limit.levels(self.severity(), |slope| slope.value).highest());
        let ratio =
            self.ratio.map(|limit| limit.levels(self.severity(), Factor::quotient).highest());
        slope.max(ratio).unwrap_or_default()
    }

    fn covers(&self, benchmark: &BenchmarkId, metric: &Metric) -> bool {
        self.metric == *metric
            && self.benchmarks.as_ref().is_none_or(|scope| scope.contains(benchmark))
    }

    /// The limits of the slope in a unit; `None` where there are none, or not in it.
    fn bounds(&self, unit: Unit) -> Option<Bounds> {
        let limit = self.slope?;
        let fits = limit.values().all(|slope| slope.unit == unit);
        let bounds = Bounds::new(&limit, self.severity(), Better::Lower, |slope| slope.value)?;
        fits.then_some(bounds.evidence(self.evidence))
    }

    /// The columns of what is asked for.
    fn columns(&self) -> Vec<Column> {
        let always =
            [("benchmark", "Benchmark"), ("metric", "Metric"), ("base", "Base"), ("head", "Head")];
        let slope = self.slope.map(|_| ("limit", "Limit"));
        let ratio =
            self.ratio.map(|_| [("ratio", "Head over base"), ("ratio-limit", "Ratio limit")]);
        let asked = slope.into_iter().chain(ratio.into_iter().flatten());
        columns(&always.into_iter().chain(asked).collect::<Vec<_>>())
    }

    fn row(&self, benchmark: &BenchmarkId) -> TableRow {
        self.row_of(Some(benchmark))
    }

    /// A row of a benchmark, or of the whole scope where nothing is in it.
    fn row_of(&self, benchmark: Option<&BenchmarkId>) -> TableRow {
        let scope = self.benchmarks.as_ref().map_or("**", Scope::as_str);
        let cells = [
            ("benchmark", Cell::Name(benchmark.map_or(scope, BenchmarkId::as_str).to_owned())),
            ("metric", Cell::Text(self.metric.to_string())),
        ];
        TableRow {
            requirement: self.id.clone(),
            benchmark: benchmark.cloned(),
            status: Some(Status::NotMeasured),
            severity: self.highest(),
            cells: cells.into_iter().map(|(key, cell)| (key.into(), cell)).collect(),
        }
    }

    fn slope_of<'a>(
        &self,
        measured: &Measured<'a>,
        side: Side,
        benchmark: &BenchmarkId,
    ) -> Result<Reading<'a>, Missing> {
        measured.read(side, benchmark, &self.metric, Some(Statistic::Slope), false)
    }
}

impl RuleKind for Growth {
    const EXAMPLE: &'static str = r#"- growth: { benchmarks: "soak/*", metric: memory, slope: { critical: 50MB/h }, ratio: 1.5x }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        problems.extend(severity_problem(self.severity, self.tier));
        let unit = self
            .slope
            .iter()
            .flat_map(Limit::values)
            .find_map(|slope| declared.unit_problem("slope", &self.metric, slope.unit));
        // Levels in units that do not fit cannot be compared either.
        if unit.is_none() {
            problems.extend(
                self.slope
                    .iter()
                    .flat_map(|limit| limit.problems("slope", Better::Lower, |slope| slope.value)),
            );
        }
        problems.extend(unit);
        problems.extend(
            self.ratio
                .iter()
                .flat_map(|limit| limit.problems("ratio", Better::Lower, Factor::quotient)),
        );
        let mut problem = |key, code, message: &str, help: &str| {
            problems.push(Problem { key, code, message: message.into(), help: help.into() });
        };
        if self.slope.is_none() && self.ratio.is_none() {
            problem(
                "",
                Code::MissingKey,
                "a growth rule needs a limit",
                "add `slope`, e.g. `slope: 50MB/h`, or `ratio`, e.g. `ratio: 1.5x`",
            );
        }
        if self.ratio.iter().flat_map(Limit::values).any(|ratio| ratio.quotient() < 1.0) {
            problem(
                "ratio",
                Code::InvalidValue,
                "a growth below that of base is no leak",
                "write how many times as fast as base it may grow, such as `1.5x`",
            );
        }
        if declared.better(&self.metric) == Some(Better::Higher) {
            problem(
                "metric",
                Code::InvalidValue,
                "more of this metric is better, so that its growth is welcome",
                "growth is held for metrics such as memory; for throughput use a `regression` or `budget` rule",
            );
        }
        problems
    }

    fn wants(&self, _side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if self.covers(benchmark, metric) {
            wanted.add(Statistic::Slope, false);
        }
    }

    fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
        let mut checked = Checked::default();
        let (mut rows, mut missing, mut notes) =
            (Rows::default(), NotMeasured::default(), Vec::new());
        let mut timeless = Vec::new();
        for benchmark in measured.benchmarks(Side::Head, self.benchmarks.as_ref(), &self.metric) {
            checked.matched = true;
            match self.slope_of(measured, Side::Head, benchmark) {
                Ok(head) => {
                    match self.hold(measured, benchmark, head, &mut missing, &mut checked) {
                        Ok(row) => rows.push(row),
                        Err(why) => {
                            missing.add(benchmark, Some(Statistic::Slope), why);
                            rows.push(self.row(benchmark));
                        }
                    }
                }
                Err(why) => timeless.push((benchmark, why)),
            }
        }
        // A rule for everything means what can grow; one that names its benchmarks means each of them.
        if self.benchmarks.is_none() && !rows.is_empty() {
            if !timeless.is_empty() {
                notes.push(words::timeless(timeless.len(), &self.metric));
            }
        } else {
            for (benchmark, why) in timeless {
                missing.add(benchmark, Some(Statistic::Slope), why);
                rows.push(self.row(benchmark));
            }
        }
        checked.findings.extend(missing.findings(self.id.as_ref(), self.highest(), &self.metric));
        if !checked.matched {
            rows.push(self.row_of(None));
        }
        if !checked.matched && self.highest() > Severity::None && !measured.is_empty(Side::Head) {
            let why = nothing_matched(measured, self.benchmarks.as_ref(), &self.metric);
            let about = (None, &self.metric, Some(Statistic::Slope));
            checked.findings.push(finding("growth", self.id.as_ref(), self.highest(), about, why));
        }
        let rows = checked.listed(rows);
        if !checked.left_out.is_empty() {
            notes.push(words::left_out(checked.left_out.len(), &self.metric));
        }
        checked.tables.push(Table {
            kind: "growth".into(),
            title: "Growth".into(),
            columns: self.columns(),
            rows,
            notes,
            ..Table::default()
        });
        Some(checked)
    }
}

impl Growth {
    /// Holds the growth of one benchmark against both limits: its row, and a finding for each that does not hold.
    fn hold<'a>(
        &self,
        measured: &Measured<'a>,
        benchmark: &'a BenchmarkId,
        head: Reading<'a>,
        missing: &mut NotMeasured<'a>,
        checked: &mut Checked,
    ) -> Result<TableRow, Missing> {
        let unit = head.unit();
        let mut row = self.row(benchmark);
        row.cells.insert("head".into(), cell(head));
        let mut standings: Vec<(Standing, String)> = Vec::new();
        if self.slope.is_some() {
            let bounds = self.bounds(unit).ok_or(Missing::Unit(unit))?;
            row.cells.insert("limit".into(), Cell::AtMost(Number::slope(bounds.target(), unit)));
            let standing = bounds.judge(head.estimate(), head.interval());
            standings.push((standing, words::grows(&self.metric, head, standing.limit)));
        }
        let mut unheld = None;
        let base = self.slope_of(measured, Side::Base, benchmark);
        if let Ok(base) = base {
            row.cells.insert("base".into(), cell(base));
        }
        if let Some(limit) = &self.ratio {
            match base {
                Ok(base) => {
                    standings.extend(self.leak(measured, benchmark, limit, base, head, &mut row))
                }
                // A benchmark that base does not have at all has nothing to be held against.
                Err(Missing::Benchmark)
                    if !measured.all_benchmarks(Side::Base).any(|known| known == benchmark) => {}
                Err(Missing::Benchmark) => unheld = Some(Missing::BaseMetric),
                Err(why) => unheld = Some(why),
            }
        }
        row.status = standings.iter().map(|(standing, _)| standing.status).max();
        row.severity =
            standings.iter().map(|(standing, _)| standing.severity).max().unwrap_or_default();
        if let Some(why) = unheld {
            missing.add(benchmark, Some(Statistic::Slope), why);
            let unmeasured = Status::NotMeasured;
            row.status = Some(row.status.map_or(unmeasured, |status| status.worse(unmeasured)));
            row.severity = row.severity.max(self.highest());
        }
        for (standing, message) in standings {
            if standing.severity > Severity::None {
                let about = (Some(benchmark), &self.metric, Some(Statistic::Slope));
                checked.findings.push(finding(
                    "growth",
                    self.id.as_ref(),
                    standing.severity,
                    about,
                    message,
                ));
            }
        }
        Ok(row)
    }
}

fn cell(slope: Reading<'_>) -> Cell {
    let (low, high) = slope.interval();
    Cell::Number(Number::slope(slope.estimate(), slope.unit()).between(low, high))
}

#[cfg(test)]
mod tests;
