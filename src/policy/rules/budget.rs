use schemars::JsonSchema;
use serde::Deserialize;

use super::{Evidence, RuleKind, Wanted};
use crate::diag::Code;
use crate::model::number::{Amounts, beyond};
use crate::model::{
    BenchmarkId, Better, Cell, Levels, Metric, Number, Severity, Side, Statistic, Status, Table,
    TableRow, Unit,
};
use crate::policy::{
    Bounds, ByLevel, Checked, Declared, Excess, Limit, Measured, Missing, NotMeasured, Problem,
    Quantity, Reading, Rows, Scope, Standing, Tier, columns, finding, needless_severity,
    nothing_matched, severity_of, severity_problem,
};

/// What a metric of head may be at most, or must be at least: a limit in absolute numbers, such as "p99 below 1 ms".
///
/// The limit is a ceiling where lower is better and a floor where higher is. The estimate decides, unless the rule
/// asks for `evidence: proven`. Every benchmark is a row of the table "Targets", with its distance to the limit; a
/// rule for more than 200 lists only those that do not hold it. What cannot be measured, or matches nothing, is a
/// finding. With an `id` it is a line of the table "Requirements".
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Budget {
    /// Your id of the requirement, such as `NFR-P01`; several rules may share one.
    pub id: Option<String>,
    /// The benchmarks it applies to; left out, all.
    pub benchmarks: Option<Scope>,
    /// The metric.
    #[serde(default = "Metric::time")]
    pub metric: Metric,
    /// The statistic; left out, the median, or the mean for summaries that give a standard deviation.
    pub statistic: Option<Statistic>,
    /// What is allowed at most, or at least where higher is better. In a map of levels the highest one is the target,
    /// and milder ones in front of it warn when it comes close.
    pub limit: Limit<Quantity>,
    /// Raises the severity where a limit of one value is exceeded by more than this: `{ critical: 20% }`, or
    /// `{ critical: 2x }` for twice as much.
    pub over: Option<ByLevel<Excess>>,
    /// How much you insist: `must` is critical, `should` warning, `quality` notice.
    pub tier: Option<Tier>,
    /// The severity beyond a limit of one value; left out, warning. `none` only shows it.
    pub severity: Option<Severity>,
    /// `estimate`: the estimate decides. `proven`: the whole 95 % interval must be beyond the limit.
    #[serde(default = "Evidence::estimate")]
    pub evidence: Evidence,
    /// Take percentiles of samples that are averages over iterations, as criterion's are; the table says so.
    #[serde(default)]
    pub accept_averages: bool,
}

impl Budget {
    fn severity(&self) -> Severity {
        severity_of(self.severity, self.tier)
    }

    /// The severity of the target: that of the highest level where the limit is a map.
    fn hardest(&self) -> Severity {
        match self.limit {
            Limit::One(_) => self.severity(),
            Limit::ByLevel(_) => self.limit.levels(Severity::None, |limit| limit.value).highest(),
        }
    }

    /// The limits in the unit that is shown, ready to hold numbers against; `None` where one cannot be said in that of
    /// the data.
    fn bounds(&self, data: Unit, unit: Unit, better: Better) -> Option<Bounds> {
        // By way of the unit of the data: 0.9 is 90 % of what is a part of one, and no percentage by itself.
        let said =
            |limit: Quantity| Quantity { value: limit.in_unit(data)?, unit: data }.in_unit(unit);
        self.limit.values().all(|limit| said(limit).is_some()).then_some(())?;
        let number = |limit: Quantity| said(limit).unwrap_or(limit.value);
        let bounds = Bounds::new(&self.limit, self.severity(), better, number)?;
        let over = |level: fn(&ByLevel<Excess>) -> Option<Excess>| {
            Some(level(self.over.as_ref()?)?.beyond(bounds.target(), better))
        };
        let behind = Levels {
            notice: over(|by| by.notice),
            warning: over(|by| by.warning),
            critical: over(|by| by.critical),
        };
        Some(bounds.evidence(self.evidence).raised(behind))
    }

    /// A reading in the unit in which it is shown: that of the data, but percent where the limit is written so.
    fn shown(&self, reading: Reading<'_>) -> (Unit, impl Fn(f64) -> f64 + use<>) {
        let (data, percent) = (reading.unit(), |limit: Quantity| limit.unit == Unit::Percent);
        let unit = if data == Unit::Ratio && self.limit.values().any(percent) {
            Unit::Percent
        } else {
            data
        };
        (unit, move |value| Quantity { value, unit: data }.in_unit(unit).unwrap_or(value))
    }

    /// The row of a benchmark; what stands in it beside the target is added where it was measured.
    fn row(&self, benchmark: Option<&BenchmarkId>, what: String, target: Option<Cell>) -> TableRow {
        let name = benchmark.map(BenchmarkId::as_str);
        let scope = || self.benchmarks.as_ref().map_or("**", Scope::as_str);
        let cells = [
            ("benchmark", Some(Cell::Name(name.unwrap_or_else(scope).to_owned()))),
            ("metric", Some(Cell::Text(what))),
            ("target", target),
        ];
        TableRow {
            requirement: self.id.clone(),
            benchmark: benchmark.cloned(),
            status: Some(Status::NotMeasured),
            severity: self.hardest(),
            cells: cells.into_iter().filter_map(|(key, cell)| Some((key.into(), cell?))).collect(),
        }
    }

    /// The target as it is written, for rows without a measured number.
    fn written_target(&self, better: Better) -> Option<Cell> {
        let limit = self.limit.values().last()?;
        Some(target(limit.value, limit.unit, better))
    }

    /// What is measured, for a column.
    fn what(&self, statistic: Option<Statistic>) -> String {
        let statistic = statistic.map_or(String::new(), |statistic| format!(" {statistic}"));
        format!("{}{statistic}", self.metric)
    }
}

impl RuleKind for Budget {
    const EXAMPLE: &'static str = r#"- budget: { id: NFR-P01, benchmarks: "cache/hit", metric: time, limit: 1ms, over: { critical: 20% } }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let better = declared.better(&self.metric).unwrap_or(Better::Lower);
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        problems.extend(severity_problem(self.severity, self.tier));
        let unit = self
            .limit
            .values()
            .find_map(|limit| declared.unit_problem("limit", &self.metric, limit.unit));
        // Levels in units that do not fit cannot be compared either.
        if unit.is_none() {
            problems.extend(self.order_problems(better));
        }
        problems.extend(unit);
        if !self.limit.is_one() {
            problems.extend(needless_severity(self.severity, self.tier));
        }
        problems.extend(
            self.over.and_then(|over| over_problem(&over, &self.limit, self.severity(), better)),
        );
        problems
    }

    fn wants(&self, side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if side == Side::Head
            && let Some(statistic) = self.statistic
            && self.metric == *metric
            && self.benchmarks.as_ref().is_none_or(|scope| scope.contains(benchmark))
        {
            wanted.add(statistic, self.accept_averages);
        }
    }

    fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
        let better = measured.better(&self.metric);
        let mut checked = Checked::default();
        let (mut rows, mut missing) = (Rows::default(), NotMeasured::default());
        for benchmark in measured.benchmarks(Side::Head, self.benchmarks.as_ref(), &self.metric) {
            checked.matched = true;
            let reading = measured.read(
                Side::Head,
                benchmark,
                &self.metric,
                self.statistic,
                self.accept_averages,
            );
            let held = reading.and_then(|reading| {
                self.hold(benchmark, reading, better, (&mut missing, &mut checked))
            });
            rows.push(held.unwrap_or_else(|why| {
                missing.add(benchmark, self.statistic, why);
                let target = self.written_target(better);
                self.row(Some(benchmark), self.what(self.statistic), target)
            }));
        }
        let severity = self.hardest();
        checked.findings.extend(missing.findings(self.id.as_ref(), severity, &self.metric));
        if !checked.matched {
            rows.push(self.row(None, self.what(self.statistic), self.written_target(better)));
            if severity > Severity::None && !measured.is_empty(Side::Head) {
                let about = (None, &self.metric, self.statistic);
                let message = nothing_matched(measured, self.benchmarks.as_ref(), &self.metric);
                checked.findings.push(finding(
                    "budget",
                    self.id.as_ref(),
                    severity,
                    about,
                    message,
                ));
            }
        }
        let rows = checked.listed(rows);
        let of = self.what(self.statistic);
        let notes = checked.note(&format!("benchmarks hold their limit of {of}"));
        checked.tables.push(Table {
            kind: "targets".into(),
            title: "Targets".into(),
            columns: columns(&[
                ("benchmark", "Benchmark"),
                ("metric", "Metric"),
                ("target", "Target"),
                ("actual", "Actual"),
                ("margin", "Margin"),
            ]),
            rows,
            notes,
            ..Table::default()
        });
        Some(checked)
    }
}

impl Budget {
    /// What is wrong with the levels among themselves: parts of one, and of a hundred, are compared as such.
    fn order_problems(&self, better: Better) -> Vec<Problem> {
        let units = || self.limit.values().map(|limit| limit.unit);
        let first = units().next().unwrap_or(Unit::Ratio);
        let common = if units().all(|unit| unit == first) { first } else { Unit::Ratio };
        if self.limit.values().any(|limit| limit.in_unit(common).is_none()) {
            return vec![Problem {
                key: "limit",
                code: Code::InvalidValue,
                message: "the levels of `limit` are in units that cannot be compared".into(),
                help: "write all of them in the unit of the metric".into(),
            }];
        }
        let number = |limit: Quantity| limit.in_unit(common).unwrap_or(limit.value);
        self.limit.problems("limit", better, number)
    }

    /// Holds one benchmark against the limit: its row, and a finding where the limit does not hold.
    fn hold<'a>(
        &self,
        benchmark: &'a BenchmarkId,
        reading: Reading<'_>,
        better: Better,
        (missing, checked): (&mut NotMeasured<'a>, &mut Checked),
    ) -> Result<TableRow, Missing> {
        let (unit, shown) = self.shown(reading);
        let bounds =
            self.bounds(reading.unit(), unit, better).ok_or(Missing::Unit(reading.unit()))?;
        let (low, high) = reading.interval();
        let (value, low, high) = (shown(reading.estimate()), low.map(&shown), high.map(&shown));
        let standing = bounds.judge(value, (low, high));
        let averages = reading.averages() && reading.statistic().quantile().is_some();
        let mut what = self.what(Some(reading.statistic()));
        if averages {
            what.push_str(" of averages");
        }
        let mut row = self.row(Some(benchmark), what, Some(target(bounds.target(), unit, better)));
        row.status = Some(standing.status);
        row.severity = standing.severity;
        let actual = Number::amount(value, unit).between(low, high);
        let margin = Cell::Margin { actual: value, limit: bounds.target(), better };
        row.cells.extend([("actual".into(), Cell::Number(actual)), ("margin".into(), margin)]);
        if bounds.unprovable(value, (low, high)) {
            (row.status, row.severity) = (Some(Status::NotMeasured), bounds.severity());
            missing.add(benchmark, Some(reading.statistic()), Missing::Proof);
        }
        if standing.severity > Severity::None {
            let message =
                message(&self.metric, reading.statistic(), value, unit, standing, &bounds);
            let about = (Some(benchmark), &self.metric, Some(reading.statistic()));
            checked.findings.push(finding(
                "budget",
                self.id.as_ref(),
                standing.severity,
                about,
                message,
            ));
        }
        Ok(row)
    }
}

fn target(limit: f64, unit: Unit, better: Better) -> Cell {
    let number = Number::amount(limit, unit);
    match better {
        Better::Lower => Cell::AtMost(number),
        Better::Higher => Cell::AtLeast(number),
    }
}

/// `p99 of time is 1.31 ms, 31 % over the limit of 1 ms`.
fn message(
    metric: &Metric,
    statistic: Statistic,
    value: f64,
    unit: Unit,
    standing: Standing,
    bounds: &Bounds,
) -> String {
    let (passed, better) = (standing.limit, bounds.better());
    let amounts = Amounts::beside(passed, unit);
    let (named, target) = if standing.status == Status::Close {
        (amounts.limit(passed), format!("; the limit is {}", amounts.limit(bounds.target())))
    } else {
        (format!("the limit of {}", amounts.limit(passed)), String::new())
    };
    let beyond = beyond(value, passed, better, &named);
    format!("{statistic} of {metric} is {}, {beyond}{target}", amounts.value(value))
}

/// What is wrong with `over`: it raises the severity of one limit, level by level.
fn over_problem(
    over: &ByLevel<Excess>,
    limit: &Limit<Quantity>,
    severity: Severity,
    better: Better,
) -> Option<Problem> {
    let problem = |code, message: &str, help: &str| {
        Some(Problem { key: "over", code, message: message.into(), help: help.into() })
    };
    if let Limit::ByLevel(_) = limit {
        return problem(
            Code::InvalidValue,
            "`over` raises the severity of a limit of one value, and this one is a map of levels",
            "write the limits of all levels into `limit`, or one value and `over`",
        );
    }
    let levels = [
        (Severity::Notice, over.notice),
        (Severity::Warning, over.warning),
        (Severity::Critical, over.critical),
    ];
    let set: Vec<(Severity, f64)> = levels
        .into_iter()
        .filter_map(|(level, excess)| Some((level, excess?.beyond(1.0, better))))
        .collect();
    if set.is_empty() {
        return problem(
            Code::MissingKey,
            "`over` has no level",
            "write a map such as `{ critical: 20% }`",
        );
    }
    if set.iter().any(|(level, _)| *level <= severity) {
        return problem(
            Code::LevelOrder,
            &format!("beyond the limit itself it is already {severity}"),
            "`over` names higher levels than the `severity` or `tier` of the rule",
        );
    }
    if set.iter().any(|(_, at)| *at <= 0.0) {
        return problem(
            Code::InvalidValue,
            "nothing is that far below a floor",
            "take less than 100%, or a factor such as `2x` for half of it",
        );
    }
    let ordered = set.is_sorted_by(|(_, a), (_, b)| match better {
        Better::Lower => a <= b,
        Better::Higher => a >= b,
    });
    if ordered {
        return None;
    }
    problem(
        Code::LevelOrder,
        "the levels of `over` are out of order",
        "they rise from notice over warning to critical",
    )
}
