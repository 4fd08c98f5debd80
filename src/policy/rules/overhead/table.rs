use std::collections::{BTreeMap, BTreeSet};

use super::Overhead;
use super::parts::{Part, Parts};
use super::scale::Scales;
use super::totals::{Total, What, largest_first};
use super::words;
use crate::diag::visible;
use crate::model::number::thousands;
use crate::model::{
    BenchmarkId, Better, Cell, Column, Number, NumberKind, Status, Table, TableRow,
};
use crate::policy::checked::MOST_ROWS;
use crate::policy::{Bounds, Standing};
use crate::stats::ratio::Basis;

/// With more scales than this each benchmark has a row of its own.
const MOST_SCALES: usize = 6;

const WHO: &str = "benchmark";
const BASELINE: &str = "baseline";
const SIZE: &str = "overhead";
const LIMIT: &str = "limit";

/// The table of a rule that nothing matches: a row that says so.
pub(super) fn nothing(rule: &Overhead) -> Table {
    let mut row = named(rule, rule.measured_ones().as_str());
    row.status = Some(Status::NotMeasured);
    row.severity = rule.hardest();
    Table { rows: vec![row], ..frame(rule, Better::Lower, &[]) }
}

/// The table, and the rows of benchmarks that hold their limit and are not in it.
pub(super) fn table(
    rule: &Overhead,
    parts: &Parts<'_>,
    scales: &Scales,
    totals: &[Total<'_>],
) -> (Table, Vec<TableRow>) {
    let wide = (2..=MOST_SCALES).contains(&scales.count());
    let shown = Shown { rule, parts, scales, wide };
    // Rows of which nothing is asked hold nothing either: they are shown or not, and never counted.
    let mut unasked = 0;
    let mut listed = parts.parts.as_slice();
    if rule.each.is_none() && !wide && listed.len() + parts.failed.len() > MOST_ROWS {
        (unasked, listed) = (listed.len(), &[]);
    }
    let mut rows = shown.rows(listed);
    let mut left_out = Vec::new();
    if rows.len() > MOST_ROWS {
        let all = rows.len();
        (left_out, rows) =
            rows.into_iter().partition(|row| matches!(row.status, Some(Status::Met) | None));
        left_out.retain(|row| row.status.is_some());
        unasked += all - rows.len() - left_out.len();
    }
    // Totals stand in front of what they are made of: the end of a long table may be cut.
    rows.splice(0..0, shown.baseline_row().into_iter().chain(shown.total_rows(totals)));
    for row in rows.iter_mut().filter(|row| row.status.is_none()) {
        row.requirement = None;
    }
    let columns: Vec<(String, String)> = if wide {
        (0..scales.count()).map(|place| (key(scales, place), scales.words(place))).collect()
    } else {
        shown.narrow_columns()
    };
    let mut notes = shown.contributors(totals);
    for (count, words) in [(left_out.len(), "hold their limit and "), (unasked, "")] {
        if count > 0 {
            let count = thousands(count as u64);
            notes.push(format!("{count} more benchmarks {words}are not listed"));
        }
    }
    notes.extend(shown.cautions());
    (Table { rows, notes, ..frame(rule, parts.better, &columns) }, left_out)
}

struct Shown<'t, 'a> {
    rule: &'t Overhead,
    parts: &'t Parts<'a>,
    scales: &'t Scales,
    /// Whether the scales are columns.
    wide: bool,
}

impl<'a> Shown<'_, 'a> {
    /// A row for each benchmark, or each name where scales are columns; the largest first, what was not measured last.
    fn rows(&self, of: &[Part<'a>]) -> Vec<TableRow> {
        let Self { rule, parts, scales, .. } = self;
        let limit = rule.bounds(rule.each);
        let mut rows: Vec<TableRow> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for part in largest_first(of) {
            let key = self.key_of(part);
            let name = if self.wide {
                scales.without(part.benchmark)
            } else {
                part.benchmark.as_str().to_owned()
            };
            // Two ids may be one name without their parameters: the second keeps its own.
            let free =
                |place: &&usize| rows.get(**place).is_some_and(|row| !row.cells.contains_key(&key));
            let place = match places.get(&name).filter(free) {
                Some(place) => *place,
                None => {
                    let name = if places.contains_key(&name) {
                        part.benchmark.as_str().to_owned()
                    } else {
                        name
                    };
                    places.insert(name.clone(), rows.len());
                    rows.push(self.named(&name, part.benchmark, limit.as_ref()));
                    rows.len() - 1
                }
            };
            let Some(row) = rows.get_mut(place) else { continue };
            if !self.wide && self.several_baselines() {
                row.cells.insert(BASELINE.into(), Cell::Name(part.baseline.as_str().to_owned()));
            }
            row.cells.insert(key, Cell::Number(part.size.number(rule, parts.better)));
            stand(row, part.standing);
        }
        for (benchmark, _) in &parts.failed {
            let mut row = self.named(benchmark.as_str(), benchmark, limit.as_ref());
            row.benchmark = Some((*benchmark).clone());
            row.status = Some(Status::NotMeasured);
            row.severity = rule.hardest();
            rows.push(row);
        }
        rows
    }

    fn named(&self, name: &str, benchmark: &BenchmarkId, limit: Option<&Bounds>) -> TableRow {
        let mut row = named(self.rule, name);
        row.benchmark = (!self.wide).then(|| benchmark.clone());
        row.cells.extend(limit.map(|bounds| (LIMIT.to_owned(), at_most(bounds))));
        row
    }

    /// What one hundred percent is, where that is one number a column.
    fn baseline_row(&self) -> Option<TableRow> {
        let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for part in &self.parts.parts {
            let baseline = self.parts.baselines.get(part.baseline)?;
            let (low, high) = baseline.amount.interval.unzip();
            let amount = Number::amount(baseline.amount.value, baseline.unit).between(low, high);
            let cell = Cell::Number(amount);
            if cells.insert(self.key_of(part), cell.clone()).is_some_and(|known| known != cell) {
                return None;
            }
            names.insert(if self.wide {
                self.scales.without(part.baseline)
            } else {
                part.baseline.to_string()
            });
        }
        let name = names.pop_first().filter(|_| names.is_empty())?;
        let mut row = named(self.rule, &name);
        row.cells.extend(cells);
        Some(row)
    }

    fn total_rows(&self, totals: &[Total<'_>]) -> Vec<TableRow> {
        let mut rows: Vec<TableRow> = Vec::new();
        let mut last: Option<What> = None;
        for total in totals {
            let key = if self.wide { key(self.scales, total.scale) } else { SIZE.to_owned() };
            let open = rows.last_mut().filter(|row| {
                self.wide && last == Some(total.what) && !row.cells.contains_key(&key)
            });
            let row = match open {
                Some(row) => row,
                None => {
                    rows.push(self.total_row(total));
                    let Some(row) = rows.last_mut() else { continue };
                    row
                }
            };
            last = Some(total.what);
            row.cells.insert(key, Cell::Number(total.size.number(self.rule, self.parts.better)));
            stand(row, Some(total.standing));
        }
        if rows.len() > MOST_ROWS {
            rows.retain(|row| row.status != Some(Status::Met));
        }
        rows
    }

    fn total_row(&self, total: &Total<'_>) -> TableRow {
        let mut row = named(self.rule, "");
        let mut words = total.what.word().to_owned();
        if !self.wide && self.scales.several() {
            words = format!("{words} at {}", self.scales.words(total.scale));
        }
        row.cells.insert(WHO.into(), Cell::Text(words));
        row.cells.insert(LIMIT.into(), at_most(&total.bounds));
        if let Some(baseline) = total.baseline.filter(|_| !self.wide && self.several_baselines()) {
            row.cells.insert(BASELINE.into(), Cell::Name(baseline.to_string()));
        }
        row
    }

    fn narrow_columns(&self) -> Vec<(String, String)> {
        let mut columns = Vec::new();
        if self.several_baselines() {
            columns.push((BASELINE.to_owned(), "Baseline".to_owned()));
        }
        let title = match (self.rule.of_parts(), self.parts.better) {
            (true, _) => "Share",
            (_, Better::Lower) => "Overhead",
            _ => "Loss",
        };
        columns.push((SIZE.to_owned(), title.to_owned()));
        columns
    }

    /// The column of a part.
    fn key_of(&self, part: &Part<'a>) -> String {
        if self.wide { key(self.scales, self.scales.place(part)) } else { SIZE.to_owned() }
    }

    fn several_baselines(&self) -> bool {
        self.parts.baselines.len() > 1
    }

    /// The largest of each sum by name.
    fn contributors(&self, totals: &[Total<'_>]) -> Vec<String> {
        let several = |total: &&Total<'_>| total.what == What::Sum && total.of.len() > 1;
        let sums = totals.iter().filter(several).take(MOST_SCALES);
        let note = |total: &Total<'_>| {
            let named = words::contributors(self.rule, total, self.parts.better, |id| {
                visible(&self.scales.without(id))
            })?;
            let at = match (self.scales.several(), total.baseline) {
                (true, _) => format!(" at {}", self.scales.words(total.scale)),
                (false, Some(baseline)) if self.several_baselines() => {
                    format!(" over {}", visible(baseline.as_str()))
                }
                _ => String::new(),
            };
            let size = words::size(self.rule, self.parts.better, total.size);
            Some(format!("top contributors{at}: {named}, of {size} in all"))
        };
        sums.filter_map(note).collect()
    }

    /// What the numbers should be read with.
    fn cautions(&self) -> Vec<String> {
        let has = |holds: fn(&Part<'_>) -> bool| self.parts.parts.iter().any(holds);
        let mut notes = Vec::new();
        if let Some(by) = &self.scales.unknown {
            notes.push(format!(
                "no benchmark here has the parameter {} that the rule goes by",
                visible(by)
            ));
        }
        if has(|part| part.of_averages) {
            notes.push("percentiles are those of averages over iterations".to_owned());
        }
        if has(|part| part.size.basis == Basis::WithinRun) {
            notes.push("intervals are within-run: from the samples of a single run, without what differs from run to run".to_owned());
        }
        notes
    }
}

fn frame(rule: &Overhead, better: Better, columns: &[(String, String)]) -> Table {
    let column = |key: &str, title: &str| Column { key: key.to_owned(), title: title.to_owned() };
    let who = if rule.of_parts() { "Component" } else { "Variant" };
    let mut all = vec![column(WHO, who)];
    all.extend(columns.iter().map(|(key, title)| column(key, title)));
    all.push(column(LIMIT, "Limit"));
    let title = words::title(rule, better);
    Table { kind: "overhead".into(), title, columns: all, ..Table::default() }
}

fn named(rule: &Overhead, name: &str) -> TableRow {
    TableRow {
        requirement: rule.id.clone(),
        cells: BTreeMap::from([(WHO.to_owned(), Cell::Name(name.to_owned()))]),
        ..TableRow::default()
    }
}

/// The key of a scale's column: its own words, so that tables that are put together agree on what stands where.
fn key(scales: &Scales, place: usize) -> String {
    format!("scale:{}", scales.words(place))
}

fn at_most(bounds: &Bounds) -> Cell {
    Cell::AtMost(Number::of(NumberKind::Share, bounds.target()))
}

/// Takes a standing into a row, which keeps the worst.
fn stand(row: &mut TableRow, standing: Option<Standing>) {
    let Some(standing) = standing else { return };
    let worse = |status: Status| match status {
        Status::Met => 0,
        Status::Close => 1,
        Status::Unproven => 2,
        Status::NotMeasured => 3,
        Status::Missed => 4,
    };
    row.severity = row.severity.max(standing.severity);
    row.status = match row.status {
        Some(known) if worse(known) >= worse(standing.status) => Some(known),
        _ => Some(standing.status),
    };
}
