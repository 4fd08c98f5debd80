//! What the script of the page works with: columns to sort and filter by, and the numbers of each benchmark's plots,
//! as JSON that can stand inside of a `<script>`.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::facts;
use super::picture::worse;
use super::rows::{KINDS, kind};
use crate::model::{Measurement, Order};
use crate::report::view::{Row, View};
use crate::report::{escape, number};

/// How many characters of a benchmark's name are shown where there is room for it.
const WHOLE_NAME: usize = 2_000;
/// How many notes of a comparison are shown.
const NOTES: usize = 20;

/// One entry a row in each list: what a table of all benchmarks is sorted and filtered by.
#[derive(Serialize)]
struct Columns<'a> {
    kinds: [&'static str; KINDS.len()],
    metrics: Vec<&'a str>,
    kind: Vec<usize>,
    metric: Vec<usize>,
    change: Vec<Option<f64>>,
    base: Vec<Option<f64>>,
    head: Vec<Option<f64>>,
}

/// The metrics of a report in the order of their names, each with its place.
pub(super) fn metrics<'a>(view: &View<'a>) -> BTreeMap<&'a str, usize> {
    let mut metrics: BTreeMap<&str, usize> =
        view.rows.iter().map(|row| (row.comparison.metric.as_str(), 0)).collect();
    metrics.values_mut().enumerate().for_each(|(i, place)| *place = i);
    metrics
}

/// The columns of the table of all benchmarks.
pub(super) fn columns(view: &View<'_>) -> String {
    let metrics = metrics(view);
    let rows = || view.rows.iter().map(|row| row.comparison);
    json(&Columns {
        kinds: KINDS,
        kind: view.rows.iter().map(|row| place(kind(row.class))).collect(),
        metric: rows().map(|c| metrics.get(c.metric.as_str()).copied().unwrap_or(0)).collect(),
        metrics: metrics.into_keys().collect(),
        change: rows().map(|c| c.change.map(|change| rounded(change.estimate))).collect(),
        base: rows().map(|c| c.base.map(|side| rounded(side.estimate))).collect(),
        head: rows().map(|c| c.head.map(|side| rounded(side.estimate))).collect(),
    })
}

fn place(kind: &str) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(0)
}

/// The numbers of all plots.
#[derive(Serialize)]
struct Plots {
    /// Whether a run of head stands beside one of base.
    paired: bool,
    /// Words that plots refer to by their place.
    words: Vec<String>,
    rows: Vec<Plot>,
}

/// The numbers of one comparison's plots. Amounts are in the unit that they are shown in.
#[derive(Serialize)]
struct Plot {
    /// The whole name, where the table shows less.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The name of the unit.
    unit: &'static str,
    /// Base and head.
    sides: [Side; 2],
    /// Estimate and both ends of the change, in percent, with the margin; null where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<[Option<f64>; 4]>,
    /// Levels in percent, signed as a change that is worse, each with its word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    levels: Vec<(f64, usize)>,
    /// Labels and words about the comparison.
    facts: Vec<(usize, usize)>,
    /// Labels and words about base and head.
    about: Vec<(usize, usize, usize)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<usize>,
}

/// The numbers of one side.
#[derive(Default, Serialize)]
struct Side {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    runs: Vec<f64>,
    /// The block of each run, where they are not numbered one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocks: Vec<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    quantiles: Vec<f64>,
}

/// Words, each once.
#[derive(Default)]
struct Words {
    places: HashMap<String, usize>,
    words: Vec<String>,
}

impl Words {
    fn place(&mut self, word: &str) -> usize {
        if let Some(&place) = self.places.get(word) {
            return place;
        }
        let place = self.words.len();
        self.words.push(word.to_owned());
        self.places.insert(word.to_owned(), place);
        place
    }
}

/// The numbers of the plots of all rows, in their order.
pub(super) fn plots(view: &View<'_>) -> String {
    let mut words = Words::default();
    let rows = view.rows.iter().map(|row| plot(row, view, &mut words)).collect();
    json(&Plots { paired: view.report.order == Order::Interleaved, words: words.words, rows })
}

fn plot(row: &Row<'_>, view: &View<'_>, words: &mut Words) -> Plot {
    let c = row.comparison;
    let display = &view.report.config.display;
    let estimates = [c.base, c.head].into_iter().flatten().map(|side| side.estimate.abs());
    let smallest = estimates.fold(f64::INFINITY, f64::min);
    let (factor, unit) = number::step(if smallest.is_finite() { smallest } else { 0.0 }, c.unit);
    let percent = |part: f64| rounded(part * 100.0);
    let change = c.change.map(|change| {
        let (low, high) = (change.low.map(percent), change.high.map(percent));
        [Some(percent(change.estimate)), low, high, Some(percent(c.margin))]
    });
    let sign = worse(c.better);
    let levels = crate::model::Severity::LEVELS.into_iter().filter_map(|level| {
        let word = escape::cut(display.word(level), escape::WORD);
        Some((percent(sign * c.levels.get(level)?), words.place(&word)))
    });
    let levels = levels.collect();
    let facts = facts::facts(row);
    let facts = facts.iter().map(|(label, text)| (words.place(label), words.place(text)));
    let facts = facts.collect();
    let about = facts::sides(row);
    let about = about.iter().map(|(label, [base, head])| {
        (words.place(label), words.place(base), words.place(head))
    });
    let about = about.collect();
    let notes = c.notes.iter().take(NOTES);
    let notes = notes.map(|note| words.place(&escape::cut(note, escape::SENTENCE))).collect();
    let name = c.benchmark.as_str();
    let cut = name.chars().nth(escape::NAME).is_some();
    Plot {
        name: cut.then(|| escape::cut(name, WHOLE_NAME)),
        unit,
        sides: row.measured.map(|measured| measured.map_or_else(Side::default, |m| side(m, factor))),
        change,
        levels,
        facts,
        about,
        notes,
    }
}

fn side(m: &Measurement, factor: f64) -> Side {
    let shown = |numbers: &[f64]| numbers.iter().map(|n| rounded(n / factor)).collect();
    let counted = m.blocks.iter().enumerate().all(|(i, &block)| usize::try_from(block) == Ok(i));
    Side {
        runs: shown(&m.per_run),
        blocks: if counted { Vec::new() } else { m.blocks.clone() },
        quantiles: if m.quantiles.len() > 2 { shown(&m.quantiles) } else { Vec::new() },
    }
}

/// A number to five digits: finer than any plot.
fn rounded(number: f64) -> f64 {
    format!("{number:.4e}").parse().unwrap_or(0.0)
}

/// JSON in which nothing ends or changes the script around it.
fn json(data: &impl Serialize) -> String {
    // Plain structs of strings and numbers: there is nothing that could not be written.
    let text = serde_json::to_string(data).unwrap_or_default();
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_a_small_report() {
        let report = samples::small();
        let view = View::new(&report);
        insta::assert_snapshot!(format!("{}\n{}", columns(&view), plots(&view)));
    }

    proptest! {
        #[test]
        fn no_markup_and_the_same_text(text in any::<String>()) {
            let written = json(&text);
            prop_assert!(!written.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
