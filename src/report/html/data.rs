//! What the script of the page works with: columns to sort and filter by, and the numbers of each benchmark's plots,
//! as JSON that can stand inside of a `<script>`.

use std::collections::BTreeMap;

use base64::Engine;
use foldhash::HashMap;
use serde::Serialize;

use super::facts;
use super::picture::{Picture, Scale, worse};
use super::rows::{KINDS, kind};
use crate::model::{Measurement, Order};
use crate::report::view::{Row, View};
use crate::report::{escape, number};

/// How many characters of a benchmark's name are shown where there is room for it.
const WHOLE_NAME: usize = 2_000;
/// How many characters of the word for a level fit into a plot.
const LEVEL: usize = 14;
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
    picture: Vec<Option<Picture>>,
}

/// The metrics of a report in the order of their names, each with its place.
pub(super) fn metrics<'a>(view: &View<'a>) -> BTreeMap<&'a str, usize> {
    let mut metrics: BTreeMap<&str, usize> =
        view.rows.iter().map(|row| (row.comparison.metric.as_str(), 0)).collect();
    metrics.values_mut().enumerate().for_each(|(i, place)| *place = i);
    metrics
}

/// The columns of the table of all benchmarks.
pub(super) fn columns(view: &View<'_>, scale: Scale) -> String {
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
        picture: rows().map(|c| scale.picture(c)).collect(),
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
    /// Levels in percent, signed as a change that is worse, each with its word.
    levels: Vec<Vec<(f64, usize)>>,
    rows: Vec<Plot>,
}

/// The numbers of one comparison's plots.
#[derive(Serialize)]
struct Plot {
    /// The whole name, where the table shows less.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The unit that amounts are shown in.
    unit: &'static str,
    /// The smallest and the largest run of both sides, in that unit and in full precision: counters differ in their
    /// last digits.
    runs: [f64; 2],
    /// The ends of the quantiles of both sides, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    samples: Option<[f64; 2]>,
    /// Base and head.
    sides: [Side; 2],
    /// Estimate and both ends of the change, in percent, with the margin; null where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<[Option<f64>; 4]>,
    /// The place of its levels in the list of all.
    levels: usize,
    /// Labels and words about the comparison.
    facts: Vec<(usize, usize)>,
    /// Labels and words about base and head.
    about: Vec<(usize, usize, usize)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<usize>,
}

/// The numbers of one side: places between the ends of the range, two bytes each (0 to 65,535, the low byte first), in
/// base64. Thousands of plots are most of the page, and written as text they would be three times as long.
#[derive(Default, Serialize)]
struct Side {
    runs: String,
    /// The block of each run, where they are not numbered one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocks: Vec<u32>,
    #[serde(skip_serializing_if = "String::is_empty")]
    quantiles: String,
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
    let (mut words, mut levels) = (Words::default(), Vec::new());
    let rows = view.rows.iter().map(|row| plot(row, view, &mut words, &mut levels)).collect();
    let paired = view.report.order == Order::Interleaved;
    json(&Plots { paired, words: words.words, levels, rows })
}

fn plot(
    row: &Row<'_>,
    view: &View<'_>,
    words: &mut Words,
    known: &mut Vec<Vec<(f64, usize)>>,
) -> Plot {
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
        let word = escape::cut(display.word(level), LEVEL);
        Some((percent(sign * c.levels.get(level)?), words.place(&word)))
    });
    let levels: Vec<(f64, usize)> = levels.collect();
    let place = known.iter().position(|other| *other == levels).unwrap_or_else(|| {
        known.push(levels);
        known.len() - 1
    });
    let facts = facts::facts(row);
    let facts = facts.iter().map(|(label, text)| (words.place(label), words.place(text)));
    let facts = facts.collect();
    let about = facts::sides(row);
    let about = about
        .iter()
        .map(|(label, [base, head])| (words.place(label), words.place(base), words.place(head)));
    let about = about.collect();
    let notes = c.notes.iter().take(NOTES);
    let notes = notes.map(|note| words.place(&escape::cut(note, escape::SENTENCE))).collect();
    let name = c.benchmark.as_str();
    let cut = name.chars().nth(escape::NAME).is_some();
    let quantiles = std::array::from_fn::<_, 2, _>(|i| {
        let measured = row.measured.get(i).copied().flatten();
        measured.and(row.quantiles.get(i)).map_or_else(Vec::new, |quantiles| fenced(quantiles))
    });
    // Each plot has a range of its own: one slow sample must not take the digits of the runs.
    let runs = extent(row.measured.iter().flatten().flat_map(|m| &m.per_run)).unwrap_or_default();
    let samples = extent(quantiles.iter().flatten());
    let in_unit = |range: [f64; 2]| range.map(|end| end / factor);
    Plot {
        name: cut.then(|| escape::cut(name, WHOLE_NAME)),
        unit,
        runs: in_unit(runs),
        samples: samples.map(in_unit),
        sides: std::array::from_fn(|i| {
            let measured = row.measured.get(i).copied().flatten();
            let quantiles = quantiles.get(i).zip(samples);
            let quantiles = quantiles.map(|(quantiles, range)| packed(quantiles, range));
            measured.map_or_else(Side::default, |m| side(m, runs, quantiles.unwrap_or_default()))
        }),
        change,
        levels: place,
        facts,
        about,
        notes,
    }
}

fn side(m: &Measurement, range: [f64; 2], quantiles: String) -> Side {
    let counted = m.blocks.iter().enumerate().all(|(i, &block)| usize::try_from(block) == Ok(i));
    Side {
        runs: packed(&m.per_run, range),
        blocks: if counted { Vec::new() } else { m.blocks.clone() },
        quantiles,
    }
}

/// The smallest and the largest number; `None` where there is none.
fn extent<'n>(numbers: impl Iterator<Item = &'n f64>) -> Option<[f64; 2]> {
    let (low, high) = numbers
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &n| (low.min(n), high.max(n)));
    (low <= high).then_some([low, high])
}

/// Quantiles as far as they are drawn, four interquartile ranges beyond the middle half: a single far sample, which may
/// be a thousand times as slow, must not press everything else together. None where two or fewer say nothing.
fn fenced(quantiles: &[f64]) -> Vec<f64> {
    let part = |quarters: usize| {
        let last = quantiles.len().saturating_sub(1);
        let (place, rest) = (last * quarters / 4, (last * quarters % 4) as f64 / 4.0);
        let at = quantiles.get(place)?;
        let next = quantiles.get(place + 1).unwrap_or(at);
        Some(at * (1.0 - rest) + next * rest)
    };
    let (Some(lower), Some(middle), Some(upper), 3..) =
        (part(1), part(2), part(3), quantiles.len())
    else {
        return Vec::new();
    };
    let width = if upper > lower { upper - lower } else { middle.abs() * 0.01 };
    quantiles.iter().map(|q| q.max(lower - 4.0 * width).min(upper + 4.0 * width)).collect()
}

/// Numbers as places in their range.
fn packed(numbers: &[f64], [low, high]: [f64; 2]) -> String {
    let place = |n: &f64| {
        // The halves keep the width of the widest range finite.
        let part = (n / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        (part * f64::from(u16::MAX)).round() as u16
    };
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| place(n).to_le_bytes()).collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
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
        insta::assert_snapshot!(format!(
            "{}\n{}",
            columns(&view, Scale::new(&view.rows)),
            plots(&view)
        ));
    }

    /// Reads places back as the script does.
    fn unpacked(text: &str, [low, high]: [f64; 2]) -> Vec<f64> {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
        bytes
            .chunks(2)
            .map(|pair| f64::from(pair[0]) + 256.0 * f64::from(pair[1]))
            .map(|place| low + place / 65535.0 * (high - low))
            .collect()
    }

    /// The runs of base and head of the first plot, read back.
    fn runs(report: &crate::model::Report) -> [Vec<f64>; 2] {
        let plots: serde_json::Value = serde_json::from_str(&plots(&View::new(report))).unwrap();
        let plot = &plots["rows"][0];
        let range = [0, 1].map(|end| plot["runs"][end].as_f64().unwrap());
        [0, 1].map(|i| unpacked(plot["sides"][i]["runs"].as_str().unwrap(), range))
    }

    /// The small report with one comparison whose sides have these runs.
    fn with_runs(sides: [&[f64]; 2], unit: crate::model::Unit) -> crate::model::Report {
        let mut report = samples::small();
        report.comparisons.truncate(1);
        report.findings.clear();
        let c = report.comparisons[0].clone();
        report.comparisons[0].unit = unit;
        for m in &mut report.measurements {
            if (&m.benchmark, &m.metric) == (&c.benchmark, &c.metric) {
                m.per_run = sides[usize::from(m.side == crate::model::Side::Head)].to_vec();
                m.unit = unit;
            }
        }
        let side = |estimate| Some(crate::model::SideEstimate { estimate, ..c.base.unwrap() });
        report.comparisons[0].base = side(sides[0][0]);
        report.comparisons[0].head = side(sides[1][0]);
        report
    }

    #[test]
    fn one_slow_sample_leaves_the_runs_their_digits() {
        let (base, head) = ([100_000.0; 8], [120_000.0; 8]);
        let mut report = with_runs([&base, &head], crate::model::Unit::Nanoseconds);
        for m in &mut report.measurements {
            m.quantiles = (0..20).map(|i| 1e5 + f64::from(i)).chain([2e10]).collect();
        }
        let [base, head] = runs(&report);
        assert_eq!((base.len(), head.len()), (8, 8));
        for (base, head) in base.iter().zip(&head) {
            assert!((base - 100.0).abs() < 0.01 && (head - 120.0).abs() < 0.01, "{base} {head}");
        }
        let plots: serde_json::Value = serde_json::from_str(&plots(&View::new(&report))).unwrap();
        let end = plots["rows"][0]["samples"][1].as_f64().unwrap();
        assert!((100.0..101.0).contains(&end), "{end} µs");
    }

    #[test]
    fn counters_that_differ_in_their_last_digits_stay_apart() {
        let (base, head) = ([1_000_000_000.0, 1_000_000_002.0], [1_000_020_000.0, 1_000_020_001.0]);
        let [base, head] = runs(&with_runs([&base, &head], crate::model::Unit::Count));
        for (read, expected) in base.iter().zip([1.0, 1.000_000_002]) {
            assert!((read - expected).abs() < 1e-9, "{read} {expected}");
        }
        for (read, expected) in head.iter().zip([1.000_02, 1.000_020_001]) {
            assert!((read - expected).abs() < 1e-9, "{read} {expected}");
        }
    }

    #[test]
    fn quantiles_end_where_they_are_no_longer_drawn() {
        assert_eq!(fenced(&[1.0, 2.0, 3.0, 4.0, 1e9]), [1.0, 2.0, 3.0, 4.0, 12.0]);
        assert_eq!(fenced(&[-1e9, 2.0, 3.0, 4.0, 5.0]), [-6.0, 2.0, 3.0, 4.0, 5.0]);
        // Without any spread, the middle says how far is far.
        assert_eq!(
            fenced(&[100.0, 100.0, 100.0, 100.0, 900.0]),
            [100.0, 100.0, 100.0, 100.0, 104.0]
        );
        // Quartiles between two quantiles.
        assert_eq!(fenced(&[0.0, 4.0, 8.0, 100.0]), [0.0, 4.0, 8.0, 100.0]);
        assert_eq!(fenced(&[1.0, 2.0]), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn numbers_are_read_back(numbers in prop::collection::vec(-1e9..1e9f64, 1..40)) {
            let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let read = unpacked(&packed(&numbers, [low, high]), [low, high]);
            prop_assert_eq!(read.len(), numbers.len());
            for (read, number) in read.iter().zip(&numbers) {
                prop_assert!((read - number).abs() <= (high - low) / 65535.0, "{read} {number}");
            }
        }

        #[test]
        fn no_markup_and_the_same_text(text in any::<String>()) {
            let written = json(&text);
            prop_assert!(!written.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
