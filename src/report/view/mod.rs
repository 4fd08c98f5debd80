//! What a report says, before it has a form: headline, rows, counts and sections, in the words that all forms share.

mod cell;
mod counts;
mod decided;
mod headline;
mod limits;
mod row;
mod suspects;
mod table;
mod waivers;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt};

use crate::diag::{Diagnostic, Level};
use crate::model::{
    BenchmarkId, Comparison, Finding, Measurement, Metric, Report, Side, Stage, Statistic,
};

use super::phrase::Phrase;
use super::words::thousands;

pub(crate) use decided::{Environment, confidence, environment, how, legend};
pub(crate) use headline::{Headline, Sign};
pub(crate) use limits::{holds_limits, table_of};
pub(crate) use row::{Class, Row, direction, finding_name, full_name, severity_sign};
pub(crate) use suspects::suspects_why;
pub(crate) use table::{
    Head, Line, Section, Written, by_importance, most_important, sections, status_sign,
};
pub(crate) use waivers::waivers;

/// A report, counted, grouped and sorted.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) report: &'a Report,
    pub(crate) headline: Headline,
    /// One phrase that counts every comparison.
    pub(crate) counts: Phrase,
    /// What moved as a whole, if anything did.
    pub(crate) shift: Option<Phrase>,
    /// Every comparison, worst first.
    pub(crate) rows: Vec<Row<'a>>,
    /// Findings that are about no comparison with two sides, worst first.
    pub(crate) others: Vec<&'a Finding>,
    pub(crate) errors: Vec<&'a Diagnostic>,
    pub(crate) warnings: Vec<&'a Diagnostic>,
    /// Made for who asks; one line of a quiet run needs none.
    sections: OnceCell<Vec<Section<'a>>>,
    /// Likewise.
    notes: OnceCell<Vec<Note<'a>>>,
}

/// A note and the rows it belongs to.
#[derive(Debug)]
pub(crate) struct Note<'a> {
    pub(crate) text: &'a str,
    pub(crate) names: Vec<Phrase>,
}

impl<'a> View<'a> {
    pub(crate) fn new(report: &'a Report) -> Self {
        let (rows, others) = sort(report);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            report.diagnostics.iter().partition(|d| d.level == Level::Error);
        Self {
            headline: headline::headline(report, &rows, &others, &errors),
            counts: counts::counts(report, &rows, &others),
            shift: counts::shift(report),
            report,
            rows,
            others,
            errors,
            warnings,
            sections: OnceCell::new(),
            notes: OnceCell::new(),
        }
    }

    /// What rules measured against what they ask for.
    pub(crate) fn sections(&self) -> &[Section<'a>] {
        self.sections.get_or_init(|| sections(self.report))
    }

    /// What comparisons should be read with, each note once.
    pub(crate) fn notes(&self) -> &[Note<'a>] {
        self.notes.get_or_init(|| notes(&self.rows))
    }

    /// The rows of some classes, in order.
    pub(crate) fn class(&self, is: impl Fn(Class) -> bool) -> Vec<&Row<'a>> {
        self.rows.iter().filter(|row| is(row.class)).collect()
    }

    /// Rows with a level, and those proven worse below every level of a rule: what needs a person.
    pub(crate) fn findings(&self) -> Vec<&Row<'a>> {
        let mut rows = self.class(|class| matches!(class, Class::Level(_) | Class::Worse));
        rows.retain(|row| row.has_rule());
        rows
    }

    /// What is not decided and a rule speaks of.
    pub(crate) fn inconclusive(&self) -> Vec<&Row<'a>> {
        let mut rows = self.class(|class| class == Class::Inconclusive);
        rows.retain(|row| row.has_rule());
        rows
    }

    /// Suspects that a rule speaks of.
    pub(crate) fn suspects(&self) -> Vec<&Row<'a>> {
        let mut rows = self.class(|class| matches!(class, Class::Suspect(_)));
        rows.retain(|row| row.has_rule());
        rows
    }

    /// Whether suspects stand before everything else: with one run a side there is nothing else.
    pub(crate) fn suspects_first(&self) -> bool {
        self.report.base.runs.max(self.report.head.runs) <= 1
    }

    /// Whether findings without a row are worse than those with one, and so come first.
    pub(crate) fn others_first(&self) -> bool {
        let worst_row = self.rows.iter().find_map(|row| match row.class {
            Class::Level(std::cmp::Reverse(severity)) => Some(severity),
            _ => None,
        });
        self.others.first().is_some_and(|other| worst_row.is_none_or(|row| other.severity > row))
    }
}

type Key<'a> = (&'a BenchmarkId, &'a Metric);

/// Joins findings and measurements to comparisons; what finds no comparison with two sides stays a finding.
fn sort(report: &Report) -> (Vec<Row<'_>>, Vec<&Finding>) {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    let keys = findings.iter().filter_map(|finding| key_of(finding));
    let mut places: HashMap<Key<'_>, Vec<usize>> = keys.map(|key| (key, Vec::new())).collect();
    for (i, comparison) in report.comparisons.iter().enumerate() {
        if let Some(of_key) = places.get_mut(&(&comparison.benchmark, &comparison.metric)) {
            of_key.push(i);
        }
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut of_row: BTreeMap<usize, &Finding> = BTreeMap::new();
    let mut others = Vec::new();
    for finding in findings {
        let place = place_of(finding, &places, &report.comparisons);
        match place {
            Some(place) if !of_row.contains_key(&place) => {
                of_row.insert(place, finding);
            }
            _ => others.push(finding),
        }
    }
    let measured = measurements(report);
    let find = |side, c: &Comparison, statistic| {
        measured.get(&(side, &c.benchmark, &c.metric, statistic)).copied()
    };
    // The distribution of the samples stands with their median.
    let quantiles = |side, c: &Comparison| {
        let among = [c.statistic, Statistic::Median].map(|statistic| find(side, c, statistic));
        let of = |m: &'_ Measurement| !m.quantiles.is_empty();
        among.into_iter().flatten().find(|m| of(m)).map_or(&[][..], |m| m.quantiles.as_slice())
    };
    let mut rows: Vec<Row<'_>> = report
        .comparisons
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let sides = [Side::Base, Side::Head];
            Row::new(
                c,
                of_row.get(&i).copied(),
                sides.map(|side| find(side, c, c.statistic)),
                sides.map(|side| quantiles(side, c)),
            )
        })
        .collect();
    rows.sort_by(Row::order);
    (rows, others)
}

/// What a regression finding is about.
fn key_of(finding: &Finding) -> Option<Key<'_>> {
    let about = || Some((finding.benchmark.as_ref()?, finding.metric.as_ref()?));
    if finding.rule == "regression" { about() } else { None }
}

/// The comparison that a regression finding is about.
fn place_of(
    finding: &Finding,
    places: &HashMap<Key<'_>, Vec<usize>>,
    comparisons: &[Comparison],
) -> Option<usize> {
    places.get(&key_of(finding)?)?.iter().copied().find(|&i| {
        comparisons.get(i).is_some_and(|c| {
            c.change.is_some() && finding.statistic.is_none_or(|s| s == c.statistic)
        })
    })
}

/// One measurement for each side, benchmark, metric and statistic: the look that decided.
fn measurements(
    report: &Report,
) -> HashMap<(Side, &BenchmarkId, &Metric, Statistic), &Measurement> {
    let mut found: HashMap<_, &Measurement> = HashMap::with_capacity(report.measurements.len());
    for m in &report.measurements {
        let slot = found.entry((m.side, &m.benchmark, &m.metric, m.statistic)).or_insert(m);
        if m.stage == Stage::Confirm {
            *slot = m;
        }
    }
    found
}

/// Equal notes of several rows, once each, in the order of the rows.
fn notes<'a>(rows: &[Row<'a>]) -> Vec<Note<'a>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut notes: Vec<Note<'a>> = Vec::new();
    for row in rows.iter().filter(|row| row.class != Class::Derived) {
        let texts: BTreeSet<&'a str> = row.comparison.notes.iter().map(String::as_str).collect();
        for text in texts {
            let place = *places.entry(text).or_insert(notes.len());
            if place == notes.len() {
                notes.push(Note { text, names: Vec::new() });
            }
            if let Some(note) = notes.get_mut(place) {
                note.names.push(row.name());
            }
        }
    }
    notes
}

/// At most some names, and how many more there are.
pub(crate) fn some_names(names: &[Phrase], most: usize) -> Phrase {
    let shown = Phrase::join(names.iter().take(most).cloned(), ", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => shown.text(format!(" and {} more", thousands(more as u64))),
    }
}

/// Whether anything was measured on both sides.
pub(crate) fn has_compared(report: &Report) -> bool {
    report.comparisons.iter().any(|c| c.base.is_some() && c.head.is_some())
}

/// What better and worse are called in a table of these rows.
pub(crate) fn directions(rows: &[&Row<'_>]) -> (&'static str, &'static str) {
    let speed = rows.iter().all(|row| direction(&row.comparison.metric).0 == "faster");
    if speed { ("faster", "slower") } else { ("better", "worse") }
}

/// `file:line:column` of a diagnostic, as far as it is known.
pub(crate) fn place(diagnostic: &Diagnostic) -> Option<String> {
    let mut place = diagnostic.file.clone()?;
    for number in [diagnostic.line, diagnostic.column] {
        let Some(number) = number else { break };
        place.push_str(&format!(":{number}"));
    }
    Some(place)
}
