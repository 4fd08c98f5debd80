use schemars::JsonSchema;
use serde::Deserialize;

use super::{Evidence, RuleKind, Wanted};
use crate::diag::quoted;
use crate::model::number::factor;
use crate::model::{
    BenchmarkId, Better, Cell, Column, Finding, Metric, Number, NumberKind, Severity, Side,
    Statistic, Status, Table, TableRow,
};
use crate::policy::partner::{Pairing, Partnered};
use crate::policy::{
    Bounds, Checked, Declared, Factor, Limit, Measured, Missing, NotMeasured, Problem, Reading,
    Rows, Scope, Tier, columns, finding, needless_severity, nothing_matched, severity_of,
    severity_problem,
};
use crate::stats::ratio::ratio;

/// How many times as fast one benchmark of head must be as another one, such as "reuse is 60x faster than create".
///
/// The factor is the number of `than` over that of `faster` where lower is better, and the other way round where
/// higher is, as for throughput: `385%` is 3.85 times as much. Both come from the same runs of head, so that the
/// machine counts for nothing. Globs name several pairs: each benchmark of `faster` is held against the one of `than`
/// that its name and parameters belong to; one that has no partner is a finding, never a guess. With an `id` it is a
/// line of the table "Requirements".
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Relation {
    /// Your id of the requirement; several rules may share one.
    pub id: Option<String>,
    /// The benchmark, or benchmarks, that must be faster.
    pub faster: Scope,
    /// The benchmark, or benchmarks, that it is held against.
    pub than: Scope,
    /// The metric.
    #[serde(default = "Metric::time")]
    pub metric: Metric,
    /// The statistic; left out, the median, or the mean for summaries that give a standard deviation.
    pub statistic: Option<Statistic>,
    /// The factor that must be reached: `60x`, `385%`, or a map of levels that fall from notice to critical.
    pub at_least: Limit<Factor>,
    /// How much you insist: `must` is critical, `should` warning, `quality` notice.
    pub tier: Option<Tier>,
    /// The severity below a factor of one value; left out, warning. `none` only shows it.
    pub severity: Option<Severity>,
    /// `estimate`: the estimate decides. `proven`: the whole 95 % interval must be below the factor.
    #[serde(default = "Evidence::estimate")]
    pub evidence: Evidence,
    /// Take percentiles of samples that are averages over iterations, as criterion's are; the table says so.
    #[serde(default)]
    pub accept_averages: bool,
}

impl Relation {
    fn bounds(&self) -> Option<Bounds> {
        let severity = severity_of(self.severity, self.tier);
        let bounds = Bounds::new(&self.at_least, severity, Better::Higher, Factor::quotient)?;
        Some(bounds.evidence(self.evidence))
    }

    fn row(
        &self,
        (faster, benchmark): (&str, Option<&BenchmarkId>),
        than: &str,
        bounds: &Bounds,
    ) -> TableRow {
        let target = Number::of(NumberKind::Factor, bounds.target());
        TableRow {
            requirement: self.id.clone(),
            benchmark: benchmark.cloned(),
            status: Some(Status::NotMeasured),
            severity: bounds.severity(),
            cells: [
                ("faster".into(), Cell::Name(faster.to_owned())),
                ("than".into(), Cell::Name(than.to_owned())),
                ("target".into(), Cell::AtLeast(target)),
            ]
            .into(),
        }
    }

    fn read<'a>(
        &self,
        measured: &Measured<'a>,
        benchmark: &BenchmarkId,
        statistic: Option<Statistic>,
    ) -> Result<Reading<'a>, Missing> {
        let (metric, averages) = (&self.metric, self.accept_averages);
        measured.read(Side::Head, benchmark, metric, statistic, averages)
    }

    /// The numbers of a pair; where the rule names no statistic, that of the first is asked of the second, since a mean
    /// is not held against a percentile. Else which one has none, and why.
    fn pair<'a>(
        &self,
        measured: &Measured<'a>,
        (benchmark, than): (&'a BenchmarkId, &'a BenchmarkId),
    ) -> Result<(Reading<'a>, Reading<'a>), (&'a BenchmarkId, Missing)> {
        let fast =
            self.read(measured, benchmark, self.statistic).map_err(|why| (benchmark, why))?;
        let slow = self.read(measured, than, Some(fast.statistic())).map_err(|why| (than, why))?;
        Ok((fast, slow))
    }

    /// `41x faster`, `1.25x slower`; for what is no speed `better` and `worse`.
    fn comparison(&self, times: f64) -> String {
        let speed = matches!(self.metric.as_str(), "time" | "throughput");
        let (word, opposite) = if speed { ("faster", "slower") } else { ("better", "worse") };
        if times >= 1.0 || times <= 0.0 {
            format!("{} {word}", factor(times))
        } else {
            format!("{} {opposite}", factor(1.0 / times))
        }
    }
}

impl RuleKind for Relation {
    const EXAMPLE: &'static str =
        r#"- relation: { faster: "container/reuse", than: "container/create", at-least: 60x }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        problems.extend(severity_problem(self.severity, self.tier));
        problems.extend(self.at_least.problems("at-least", Better::Higher, Factor::quotient));
        if !self.at_least.is_one() {
            problems.extend(needless_severity(self.severity, self.tier));
        }
        problems
    }

    fn wants(&self, side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if side == Side::Head
            && let Some(statistic) = self.statistic
            && self.metric == *metric
            && (self.faster.contains(benchmark) || self.than.contains(benchmark))
        {
            wanted.add(statistic, self.accept_averages);
        }
    }

    fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
        let (bounds, better) = (self.bounds()?, measured.better(&self.metric));
        let mut checked = Checked::default();
        let (mut rows, mut missing) = (Rows::default(), NotMeasured::default());
        let measurable: Vec<&BenchmarkId> =
            measured.benchmarks(Side::Head, None, &self.metric).collect();
        let absent = [&self.faster, &self.than]
            .into_iter()
            .find(|scope| !measurable.iter().any(|benchmark| scope.contains(benchmark)));
        checked.matched = absent.is_none();
        if let Some(absent) = absent {
            rows.push(self.row((self.faster.as_str(), None), self.than.as_str(), &bounds));
            if bounds.severity() > Severity::None && !measured.is_empty(Side::Head) {
                let message = nothing_matched(measured, Some(absent), &self.metric);
                checked.findings.push(self.finding(None, bounds.severity(), message));
            }
            return Some(self.told(rows, checked));
        }
        let pairing = Pairing::of(measurable, &self.faster, &self.than);
        for Partnered { benchmark, partner } in pairing.partnered {
            let of = (benchmark.as_str(), Some(benchmark));
            let than = match partner {
                Ok(than) => than,
                Err(why) => {
                    self.unmatched(benchmark, &why.why(&self.than), &bounds, &mut checked);
                    rows.push(self.row(of, self.than.as_str(), &bounds));
                    continue;
                }
            };
            let row = self.row(of, than.as_str(), &bounds);
            rows.push(match self.pair(measured, (benchmark, than)) {
                Ok(both) => {
                    let told = (&mut missing, &mut checked);
                    self.hold(better, (benchmark, than), both, (&bounds, row), told)
                }
                Err((of, why)) => {
                    missing.add(of, self.statistic, why);
                    row
                }
            });
        }
        let missing = missing.findings(self.id.as_ref(), bounds.severity(), &self.metric);
        checked.findings.extend(missing);
        Some(self.told(rows, checked))
    }
}

impl Relation {
    /// What is said, with its table.
    fn told(&self, rows: Rows, mut checked: Checked) -> Checked {
        let rows = checked.listed(rows);
        let mut columns = columns(&[
            ("faster", "Faster"),
            ("than", "Than"),
            ("target", "Target"),
            ("actual", "Actual"),
            ("margin", "Margin"),
        ]);
        if rows.iter().any(|row| row.cells.contains_key("samples")) {
            columns.push(Column { key: "samples".into(), title: "Samples".into() });
        }
        let notes = checked.note("pairs hold");
        checked.tables.push(Table {
            kind: "relations".into(),
            title: "Relations".into(),
            columns,
            rows,
            notes,
            ..Table::default()
        });
        checked
    }

    fn finding(
        &self,
        about: Option<(&BenchmarkId, Statistic)>,
        severity: Severity,
        message: String,
    ) -> Finding {
        let (benchmark, statistic) = (about.map(|about| about.0), about.map(|about| about.1));
        finding(
            "relation",
            self.id.as_ref(),
            severity,
            (benchmark, &self.metric, statistic),
            message,
        )
    }

    /// A benchmark that cannot be held against one.
    fn unmatched(
        &self,
        benchmark: &BenchmarkId,
        why: &str,
        bounds: &Bounds,
        checked: &mut Checked,
    ) {
        if bounds.severity() > Severity::None {
            let message = format!("it is held against nothing: {why}");
            let mut finding = self.finding(None, bounds.severity(), message);
            finding.benchmark = Some(benchmark.clone());
            checked.findings.push(finding);
        }
    }

    /// Holds one pair against the factor: its row, and a finding where the factor is not reached.
    fn hold<'a>(
        &self,
        better: Better,
        (benchmark, than): (&'a BenchmarkId, &BenchmarkId),
        (fast, slow): (Reading<'_>, Reading<'_>),
        (bounds, mut row): (&Bounds, TableRow),
        (missing, checked): (&mut NotMeasured<'a>, &mut Checked),
    ) -> TableRow {
        let (over, under) = match better {
            Better::Lower => (slow, fast),
            Better::Higher => (fast, slow),
        };
        // Something against nothing reaches every factor, and no number says which.
        if over.unit() == under.unit() && under.estimate() == 0.0 && over.estimate() > 0.0 {
            row.status = Some(Status::Met);
            row.severity = Severity::None;
            row.cells.insert("actual".into(), Cell::Text("any factor".into()));
            return row;
        }
        let found =
            (over.unit() == under.unit()).then(|| ratio(&over.into(), &under.into())).flatten();
        let Some(found) = found else {
            let why = if over.unit() == under.unit() {
                format!("{} gives zero", self.metric)
            } else {
                format!("{} has another unit", quoted(than.as_str()))
            };
            self.unmatched(benchmark, &why, bounds, checked);
            return row;
        };
        let (low, high) = found.interval.unzip();
        let high = high.filter(|high| high.is_finite());
        let standing = bounds.judge(found.value, (low, high));
        row.status = Some(standing.status);
        row.severity = standing.severity;
        let actual = Number::of(NumberKind::Factor, found.value).between(low, high);
        let margin =
            Cell::Margin { actual: found.value, limit: bounds.target(), better: bounds.better() };
        row.cells.extend([("actual".into(), Cell::Number(actual)), ("margin".into(), margin)]);
        let statistic = fast.statistic();
        if bounds.unprovable(found.value, (low, high)) {
            (row.status, row.severity) = (Some(Status::NotMeasured), bounds.severity());
            missing.add(benchmark, Some(statistic), Missing::Proof);
        }
        let averages = fast.averages() && statistic.quantile().is_some();
        if averages {
            row.cells.insert("samples".into(), Cell::Text("averages over iterations".into()));
        }
        if standing.severity > Severity::None {
            let message = format!(
                "{statistic} of {} is {} than that of {}; at least {} is asked for",
                self.metric,
                self.comparison(found.value),
                quoted(than.as_str()),
                factor(standing.limit)
            );
            let about = Some((benchmark, statistic));
            checked.findings.push(self.finding(about, standing.severity, message));
        }
        row
    }
}
