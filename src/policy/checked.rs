use super::{Measured, Missing, Scope};
use crate::diag::{quoted, suggest};
use crate::model::number::thousands;
use crate::model::{
    BenchmarkId, Column, Finding, Metric, Severity, Side, Statistic, Status, Table, TableRow,
};

/// What one rule has to say of what was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// What is the matter.
    pub findings: Vec<Finding>,
    /// What was measured against what is asked for.
    pub tables: Vec<Table>,
    /// Whether it found anything that it applies to.
    pub matched: bool,
    /// The rows that hold what is asked for and are not in the tables, because there are very many.
    pub left_out: Vec<TableRow>,
}

/// Beyond so many rows a rule lists only those that do not hold what it asks for.
pub(crate) const MOST_ROWS: usize = 200;

impl Checked {
    /// The rows that are listed; the others are left out.
    pub(crate) fn listed(&mut self, rows: Rows) -> Vec<TableRow> {
        self.left_out.extend(rows.met);
        rows.listed
    }

    /// A note of how many rows are only counted, if there are any.
    pub(crate) fn note(&self, hold: &str) -> Vec<String> {
        let count = thousands(self.left_out.len() as u64);
        let note = format!("{count} more {hold} and are not listed");
        (!self.left_out.is_empty()).then_some(note).into_iter().collect()
    }
}

/// The rows of a rule as they come: where there are very many, those that hold what is asked for are only counted.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    listed: Vec<TableRow>,
    met: Vec<TableRow>,
    /// Whether there are more than are listed in any case.
    many: bool,
}

impl Rows {
    pub(crate) fn push(&mut self, row: TableRow) {
        if !self.many && self.listed.len() < MOST_ROWS {
            return self.listed.push(row);
        }
        if !self.many {
            self.many = true;
            let first = std::mem::take(&mut self.listed);
            first.into_iter().for_each(|row| self.sort_in(row));
        }
        self.sort_in(row);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.met.is_empty()
    }

    fn sort_in(&mut self, mut row: TableRow) {
        if row.status != Some(Status::Met) {
            return self.listed.push(row);
        }
        // Of what is only counted, no more than its benchmark is asked for.
        if row.benchmark.is_some() {
            row.cells.clear();
        }
        self.met.push(row);
    }
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

/// The finding of a number that a rule asks for and the data of some benchmarks cannot give.
#[must_use]
pub fn not_measurable(
    id: Option<&String>,
    severity: Severity,
    (metric, statistic): (&Metric, Option<Statistic>),
    benchmarks: &[&BenchmarkId],
    why: &str,
) -> Finding {
    let (only, of) = match benchmarks {
        [only] => (Some(*only), String::new()),
        [first, rest @ ..] => {
            (None, format!(" of {} and {} more", quoted(first.as_str()), rest.len()))
        }
        [] => (None, String::new()),
    };
    let what = statistic.map_or(metric.to_string(), |statistic| format!("{statistic} of {metric}"));
    let message = format!("{what}{of} cannot be measured: {why}");
    finding("not-measurable", id, severity, (only, metric, statistic), message)
}

/// What a rule asks for and the data cannot give, gathered to one finding a reason.
#[derive(Default)]
pub(crate) struct NotMeasured<'a> {
    reasons: Vec<(Option<Statistic>, Missing, Vec<&'a BenchmarkId>)>,
}

impl<'a> NotMeasured<'a> {
    /// Adds a benchmark.
    pub(crate) fn add(
        &mut self,
        benchmark: &'a BenchmarkId,
        statistic: Option<Statistic>,
        why: Missing,
    ) {
        let same = |known: &&mut (Option<Statistic>, Missing, Vec<_>)| {
            known.0 == statistic && known.1 == why
        };
        match self.reasons.iter_mut().find(same) {
            Some((_, _, benchmarks)) if benchmarks.last() == Some(&benchmark) => {}
            Some((_, _, benchmarks)) => benchmarks.push(benchmark),
            None => self.reasons.push((statistic, why, vec![benchmark])),
        }
    }

    /// The findings; none at the severity `none`.
    pub(crate) fn findings(
        &self,
        id: Option<&String>,
        severity: Severity,
        metric: &Metric,
    ) -> impl Iterator<Item = Finding> {
        let reasons = self.reasons.iter().filter(move |_| severity > Severity::None);
        reasons.map(move |(statistic, why, benchmarks)| {
            not_measurable(id, severity, (metric, *statistic), benchmarks, &why.to_string())
        })
    }
}

/// Why nothing of head is in the scope of a rule, in a sentence.
pub(crate) fn nothing_matched(
    measured: &Measured<'_>,
    scope: Option<&Scope>,
    metric: &Metric,
) -> String {
    let Some(scope) = scope else { return format!("nothing gives {metric}") };
    let of = quoted(scope.as_str());
    let named = |side| measured.all_benchmarks(side).filter(|name| scope.contains(name)).count();
    match (named(Side::Head), named(Side::Base)) {
        (0, 0) => {
            let names = measured.all_benchmarks(Side::Head).map(BenchmarkId::as_str);
            let near = suggest(scope.as_str(), names)
                .map_or(String::new(), |near| format!("; did you mean {}?", quoted(near)));
            format!("nothing measured matches {of}{near}")
        }
        (0, _) => format!("nothing measured in head matches {of}; base has it"),
        (1, _) => format!("{of} was measured, but not its {metric}"),
        (more, _) => format!("{of} matches {more} benchmarks, but none gives {metric}"),
    }
}

/// Columns from their keys and titles.
pub(crate) fn columns(columns: &[(&str, &str)]) -> Vec<Column> {
    let column = |&(key, title): &(&str, &str)| Column { key: key.into(), title: title.into() };
    columns.iter().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cell;

    #[test]
    fn beyond_very_many_rows_those_that_hold_are_only_counted() {
        for (rows, listed, left_out) in
            [(0, 0, 0), (200, 200, 0), (201, 51, 150), (1_000, 250, 750)]
        {
            let mut checked = Checked::default();
            let mut all = Rows::default();
            for place in 0..rows {
                let status = if place % 4 == 0 { Status::Missed } else { Status::Met };
                let severity =
                    if status == Status::Met { Severity::None } else { Severity::Warning };
                let benchmark = Some(BenchmarkId::new(format!("b{place}")));
                let cells = [("actual".into(), Cell::Text(place.to_string()))].into();
                all.push(TableRow {
                    requirement: None,
                    benchmark,
                    status: Some(status),
                    severity,
                    cells,
                });
            }
            assert_eq!(all.is_empty(), rows == 0);
            let rows = checked.listed(all);
            assert_eq!((rows.len(), checked.left_out.len()), (listed, left_out));
            assert!(rows.iter().all(|row| !row.cells.is_empty()));
            assert!(rows.is_sorted_by_key(|row| match row.cells.get("actual") {
                Some(Cell::Text(place)) => place.parse::<u32>().ok(),
                _ => None,
            }));
        }
    }
}
