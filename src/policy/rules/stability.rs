use schemars::JsonSchema;
use serde::Deserialize;

use super::{Evidence, RuleKind, Wanted};
use crate::diag::Code;
use crate::model::number::{setting, share};
use crate::model::{
    BenchmarkId, Better, Cell, Column, FEWEST_BLOCKS, Metric, Number, NumberKind, Severity, Side,
    Statistic, Status, Table, TableRow,
};
use crate::policy::{
    Bounds, Checked, Declared, Limit, Measured, Missing, NotMeasured, Percent, Problem, Reading,
    Rows, RunNumber, Scope, Standing, Tier, columns, finding, needless_severity, nothing_matched,
    severity_of, severity_problem,
};
use crate::stats::reduce::{Samples, side_interval};

const P95: Statistic = Statistic::Percentile(95_000);

/// How much the numbers of a benchmark of head may spread, inside its runs and from run to run.
///
/// `cv` is the standard deviation over the mean of the samples of a run, `p95-over-p50` how far their 95th percentile
/// lies above the median, each the median over the runs. `run-to-run` is the robust spread of the runs' own numbers,
/// 1.4826 median absolute deviations over their median, from five runs on. Samples of criterion are averages over
/// iterations, which spread less than single calls; the table says so, and their percentile needs `accept-averages`.
/// A rule for more than 200 benchmarks lists only those that spread more. With an `id` it is a line of the table
/// "Requirements".
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stability {
    /// Your id of the requirement; several rules may share one.
    pub id: Option<String>,
    /// The benchmarks it applies to; left out, all.
    pub benchmarks: Option<Scope>,
    /// The metric.
    #[serde(default = "Metric::time")]
    pub metric: Metric,
    /// What the standard deviation inside a run may be of the mean.
    pub cv: Option<Limit<Percent>>,
    /// How far the 95th percentile inside a run may lie above the median.
    pub p95_over_p50: Option<Limit<Percent>>,
    /// What the spread from run to run may be of the median.
    pub run_to_run: Option<Limit<Percent>>,
    /// How much you insist: `must` is critical, `should` warning, `quality` notice.
    pub tier: Option<Tier>,
    /// The severity beyond a limit of one value; left out, warning. `none` only shows it.
    pub severity: Option<Severity>,
    /// `estimate`: the estimate decides. `proven`: the whole 95 % interval over the runs must be beyond
    /// the limit.
    #[serde(default = "Evidence::estimate")]
    pub evidence: Evidence,
    /// Take percentiles of samples that are averages over iterations, as criterion's are; the table says so.
    #[serde(default)]
    pub accept_averages: bool,
}

/// One kind of spread that a rule can limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cv,
    P95OverP50,
    RunToRun,
}

/// A spread that was measured, as a fraction, with its 95 % interval over the runs.
type Spread = (f64, (Option<f64>, Option<f64>));

impl Kind {
    const ALL: [Self; 3] = [Self::Cv, Self::P95OverP50, Self::RunToRun];

    fn key(self) -> &'static str {
        match self {
            Self::Cv => "cv",
            Self::P95OverP50 => "p95-over-p50",
            Self::RunToRun => "run-to-run",
        }
    }

    /// The heading of its column.
    fn heading(self) -> &'static str {
        match self {
            Self::Cv => "CV",
            Self::P95OverP50 => "P95 over p50",
            Self::RunToRun => "Run to run",
        }
    }

    /// The same in the middle of a sentence.
    fn title(self) -> &'static str {
        match self {
            Self::Cv => "cv",
            Self::P95OverP50 => "p95 over p50",
            Self::RunToRun => "run to run",
        }
    }

    /// `standard deviation of time is 12 % of the mean`.
    fn sentence(self, metric: &Metric, value: f64) -> String {
        let value = share(value);
        match self {
            Self::Cv => format!("standard deviation of {metric} is {value} of the mean"),
            Self::P95OverP50 => format!("p95 of {metric} is {value} over p50"),
            Self::RunToRun => format!("{metric} spreads by {value} from run to run"),
        }
    }

    /// The statistic that it is about.
    fn statistic(self) -> Option<Statistic> {
        match self {
            Self::Cv => Some(Statistic::Stddev),
            Self::P95OverP50 => Some(P95),
            Self::RunToRun => None,
        }
    }
}

impl Stability {
    fn limit(&self, kind: Kind) -> Option<&Limit<Percent>> {
        match kind {
            Kind::Cv => self.cv.as_ref(),
            Kind::P95OverP50 => self.p95_over_p50.as_ref(),
            Kind::RunToRun => self.run_to_run.as_ref(),
        }
    }

    /// The kinds of spread that it limits, with their limits.
    fn limits(&self) -> Vec<(Kind, Bounds)> {
        let severity = severity_of(self.severity, self.tier);
        let bounds = |kind| {
            let limit = self.limit(kind)?;
            let bounds = Bounds::new(limit, severity, Better::Lower, Percent::fraction)?;
            Some((kind, bounds.evidence(self.evidence)))
        };
        Kind::ALL.into_iter().filter_map(bounds).collect()
    }

    fn read<'a>(
        &self,
        measured: &Measured<'a>,
        benchmark: &BenchmarkId,
        statistic: Option<Statistic>,
    ) -> Result<Reading<'a>, (Option<Statistic>, Missing)> {
        measured
            .read(Side::Head, benchmark, &self.metric, statistic, self.accept_averages)
            .map_err(|why| (statistic, why))
    }

    /// The spread of a benchmark, or which statistic it lacks and why.
    fn spread(
        &self,
        measured: &Measured<'_>,
        benchmark: &BenchmarkId,
        kind: Kind,
    ) -> Result<Spread, (Option<Statistic>, Missing)> {
        match kind {
            Kind::Cv => self.variation(measured, benchmark),
            Kind::P95OverP50 => {
                let middle = self.read(measured, benchmark, Some(Statistic::Median))?;
                let above = self.read(measured, benchmark, Some(P95))?;
                let over = |end: f64| (end - 1.0).max(0.0);
                let ratios = of_runs(middle, above);
                let (value, interval) =
                    side_interval(&ratios).ok_or((Some(P95), Missing::Number))?;
                Ok((over(value), ends(interval, over)))
            }
            Kind::RunToRun => {
                let reading = self.read(measured, benchmark, None)?;
                let runs: Vec<f64> = reading.runs().map(|run| run.value).collect();
                if runs.len() < FEWEST_BLOCKS as usize {
                    return Err((None, Missing::Runs(u64::from(FEWEST_BLOCKS))));
                }
                let spread =
                    Samples::of(&runs).relative_deviation().ok_or((None, Missing::Number))?;
                Ok((spread, (None, None)))
            }
        }
    }

    /// The standard deviation over the mean.
    fn variation(
        &self,
        measured: &Measured<'_>,
        benchmark: &BenchmarkId,
    ) -> Result<Spread, (Option<Statistic>, Missing)> {
        let runs: Vec<f64> = self.read(measured, benchmark, None)?.cv().collect();
        if let Some((value, interval)) = side_interval(&runs) {
            return Ok((value, ends(interval, |end| end)));
        }
        for part in [Statistic::Stddev, Statistic::Mean] {
            self.read(measured, benchmark, Some(part))?;
        }
        Err((Some(Statistic::Stddev), Missing::Number))
    }
}

/// Both ends of an interval, as far as there is one.
fn ends(interval: Option<(f64, f64)>, shown: impl Fn(f64) -> f64) -> (Option<f64>, Option<f64>) {
    let end = |end: f64| Some(shown(end)).filter(|end| end.is_finite());
    let (low, high) = interval.unzip();
    (low.and_then(end), high.and_then(end))
}

/// A row stands as its worst number does.
fn stand(row: &mut TableRow, status: Status, severity: Severity) {
    row.status = Some(row.status.map_or(status, |known| known.worse(status)));
    row.severity = row.severity.max(severity);
}

/// The second number over the first of every run that has both; 1 where both are zero, which do not spread.
fn of_runs(below: Reading<'_>, above: Reading<'_>) -> Vec<f64> {
    let mut above = above.runs().peekable();
    let over = |below: RunNumber| {
        while above.next_if(|run| run.block < below.block).is_some() {}
        let run = above.next_if(|run| run.block == below.block)?;
        match below.value {
            0.0 => (run.value == 0.0).then_some(1.0),
            value => (value > 0.0).then_some(run.value / value),
        }
    };
    below.runs().filter_map(over).collect()
}

impl RuleKind for Stability {
    const EXAMPLE: &'static str = r#"- stability: { benchmarks: "send/**", metric: time, cv: 10%, p95-over-p50: { notice: 5%, warning: 10% }, accept-averages: true }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        problems.extend(severity_problem(self.severity, self.tier));
        let limits: Vec<(Kind, &Limit<Percent>)> =
            Kind::ALL.into_iter().filter_map(|kind| Some((kind, self.limit(kind)?))).collect();
        if limits.is_empty() {
            problems.push(Problem {
                key: "",
                code: Code::MissingKey,
                message: "a stability rule needs at least one limit".into(),
                help: "add `cv`, `p95-over-p50` or `run-to-run`, e.g. `cv: 10%`".into(),
            });
        } else if !limits.iter().any(|(_, limit)| limit.is_one()) {
            problems.extend(needless_severity(self.severity, self.tier));
        }
        for (kind, limit) in limits {
            problems.extend(limit.problems(kind.key(), Better::Lower, Percent::fraction));
        }
        if self.evidence == Evidence::Proven && self.run_to_run.is_some() {
            problems.push(Problem {
                key: "run-to-run",
                code: Code::InvalidValue,
                message: "a robust spread from run to run has no interval that could prove it"
                    .into(),
                help: "give `run-to-run` a rule of its own without `evidence: proven`".into(),
            });
        }
        problems
    }

    fn wants(&self, side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if side == Side::Head
            && self.metric == *metric
            && self.benchmarks.as_ref().is_none_or(|scope| scope.contains(benchmark))
        {
            wanted.cv |= self.cv.is_some();
            if self.p95_over_p50.is_some() {
                wanted.add(P95, self.accept_averages);
            }
        }
    }

    fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
        let limits = self.limits();
        let hardest = limits.iter().map(|(_, bounds)| bounds.severity()).max().unwrap_or_default();
        let mut checked = Checked::default();
        let mut missing: Vec<NotMeasured<'_>> =
            limits.iter().map(|_| NotMeasured::default()).collect();
        let mut rows = Rows::default();
        for benchmark in measured.benchmarks(Side::Head, self.benchmarks.as_ref(), &self.metric) {
            checked.matched = true;
            let mut row = self.row(benchmark.as_str());
            row.benchmark = Some(benchmark.clone());
            for ((kind, bounds), missing) in limits.iter().zip(&mut missing) {
                match self.spread(measured, benchmark, *kind) {
                    Ok(spread) => {
                        if bounds.unprovable(spread.0, spread.1) {
                            let statistic = kind.statistic();
                            let why = statistic.map_or(Missing::ProofOfSpread, |_| Missing::Proof);
                            missing.add(benchmark, statistic, why);
                            stand(&mut row, Status::NotMeasured, bounds.severity());
                        }
                        self.hold(benchmark, (*kind, bounds), spread, &mut row, &mut checked);
                    }
                    Err((statistic, why)) => {
                        missing.add(benchmark, statistic, why);
                        stand(&mut row, Status::NotMeasured, bounds.severity());
                    }
                }
            }
            if self.averages(measured, benchmark) {
                row.cells.insert("samples".into(), Cell::Text("averages over iterations".into()));
            }
            rows.push(row);
        }
        for ((_, bounds), missing) in limits.iter().zip(&missing) {
            let findings = missing.findings(self.id.as_ref(), bounds.severity(), &self.metric);
            checked.findings.extend(findings);
        }
        if !checked.matched {
            let mut row = self.row(self.benchmarks.as_ref().map_or("**", Scope::as_str));
            (row.status, row.severity) = (Some(Status::NotMeasured), hardest);
            rows.push(row);
            if hardest > Severity::None && !measured.is_empty(Side::Head) {
                let message = nothing_matched(measured, self.benchmarks.as_ref(), &self.metric);
                let about = (None, &self.metric, None);
                checked.findings.push(finding(
                    "stability",
                    self.id.as_ref(),
                    hardest,
                    about,
                    message,
                ));
            }
        }
        let table = self.table(rows, &limits, &mut checked);
        checked.tables.push(table);
        Some(checked)
    }
}

impl Stability {
    fn row(&self, name: &str) -> TableRow {
        TableRow {
            requirement: self.id.clone(),
            cells: [("benchmark".into(), Cell::Name(name.to_owned()))].into(),
            ..TableRow::default()
        }
    }

    /// Whether the samples of a benchmark are averages, so that single calls spread more.
    fn averages(&self, measured: &Measured<'_>, benchmark: &BenchmarkId) -> bool {
        let inside = self.cv.is_some() || self.p95_over_p50.is_some();
        inside && self.read(measured, benchmark, None).is_ok_and(Reading::averages)
    }

    /// Holds one spread against its limit: its cell, and a finding where it is larger.
    fn hold(
        &self,
        benchmark: &BenchmarkId,
        (kind, bounds): (Kind, &Bounds),
        (value, interval): Spread,
        row: &mut TableRow,
        checked: &mut Checked,
    ) {
        let standing: Standing = bounds.judge(value, interval);
        stand(row, standing.status, standing.severity);
        let number = Number::of(NumberKind::Share, value).between(interval.0, interval.1);
        row.cells.insert(kind.key().into(), Cell::Number(number));
        if standing.severity > Severity::None {
            let message = format!(
                "{}; the limit is {}",
                kind.sentence(&self.metric, value),
                setting(standing.limit)
            );
            let statistic = kind.statistic();
            let about = (Some(benchmark), &self.metric, statistic);
            checked.findings.push(finding(
                "stability",
                self.id.as_ref(),
                standing.severity,
                about,
                message,
            ));
        }
    }

    fn table(&self, rows: Rows, limits: &[(Kind, Bounds)], checked: &mut Checked) -> Table {
        let rows = checked.listed(rows);
        let mut columns = columns(&[("benchmark", "Benchmark")]);
        for (kind, _) in limits {
            columns.push(Column { key: kind.key().into(), title: kind.heading().into() });
        }
        if rows.iter().any(|row| row.cells.contains_key("samples")) {
            columns.push(Column { key: "samples".into(), title: "Samples".into() });
        }
        let title = if self.metric == Metric::time() {
            "Stability".to_owned()
        } else {
            format!("Stability of {}", self.metric)
        };
        let limits: Vec<String> = limits
            .iter()
            .map(|(kind, bounds)| format!("{} up to {}", kind.title(), setting(bounds.target())))
            .collect();
        let of = self.benchmarks.as_ref().map_or("all benchmarks", Scope::as_str);
        let mut notes = vec![format!("{of}: {}", limits.join(", "))];
        notes.extend(checked.note(&format!("benchmarks hold their limits of {}", self.metric)));
        Table { kind: "stability".into(), title, columns, rows, notes, ..Table::default() }
    }
}
