//! A report that a stranger may have written: what it may hold, and what of it is kept.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic};
use crate::model::{Measurement, Report, SideInfo, Statistic};
use crate::report::bundle;

/// Benchmarks of one report.
pub const MOST_BENCHMARKS: usize = 20_000;
/// Bytes of a benchmark's name.
const NAME: usize = 1_000;
/// Bytes of a metric's name.
const METRIC: usize = 100;
/// Bytes of a side's name, date, machine, and of the place of a diagnostic.
const TEXT: usize = 1_000;
/// Bytes of a message or its help, which may quote the end of a program's output.
const MESSAGE: usize = 10_000;
/// Diagnostics that reading the inputs made.
const DIAGNOSTICS: usize = 1_000;
/// What is known of a machine.
const ENVIRONMENT: usize = 100;
/// Bytes of one of these values, as JSON.
const VALUE: usize = 5_000;
/// Samples of a run; sums of so many stay exact.
const COUNT: u64 = u32::MAX as u64;
/// The largest number of a block.
const BLOCK: u64 = 1_000_000;
/// What is measured is zero or between these, in whatever unit, so that squares and quotients stay numbers.
const SMALLEST: f64 = 1e-60;
/// See [`SMALLEST`].
const LARGEST: f64 = 1e60;
/// The relative spread inside a run is at most this.
const SPREAD: f64 = 1e6;

/// Reads a report that is not believed; `file` is its name for messages.
///
/// Its verdicts, findings and tables are dropped, and its outcome means nothing: what is left is what a decision can be
/// made from again.
///
/// # Errors
/// When it is no report, or holds more, longer or stranger things than any report of benchgate does. The message shows
/// nothing of it that is longer than a line.
pub fn report(bytes: Vec<u8>, file: &str) -> Result<Report, Diagnostic> {
    let refused = |what: String| {
        Diagnostic::error(Code::BadReport, what)
            .file(file)
            .help("write it with `benchgate compare --out json=FILE`; compare fewer benchmarks or runs at a time")
    };
    let text =
        String::from_utf8(bytes).map_err(|_| refused("the report is not UTF-8 text".into()))?;
    let mut report = bundle::read_measured(&text, file)?;
    if let Some(what) = problem(&report) {
        return Err(refused(what));
    }
    for side in [&mut report.base, &mut report.head] {
        // A commit is shown as one, so it must look like one.
        side.commit = side.commit.take().filter(|commit| is_commit(commit));
    }
    Ok(report)
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The first thing that is wrong; `None` where nothing is.
fn problem(report: &Report) -> Option<String> {
    let long = |what: &str, text: &str, most: usize| {
        (text.len() > most).then(|| format!("{what} has {} bytes, more than {most}", text.len()))
    };
    let named = report.measurements.iter().enumerate().find_map(|(i, m)| {
        long("`benchmark`", m.benchmark.as_str(), NAME)
            .or_else(|| long("`metric`", m.metric.as_str(), METRIC))
            .or_else(|| numbers(m))
            .map(|what| format!("measurements[{i}]: {what}"))
    });
    named
        .or_else(|| several(report))
        .or_else(|| [&report.base, &report.head].into_iter().find_map(side))
        .or_else(|| {
            let many = report.diagnostics.len() > DIAGNOSTICS;
            many.then(|| {
                format!("{} diagnostics, more than {DIAGNOSTICS}", report.diagnostics.len())
            })
        })
        .or_else(|| {
            report.diagnostics.iter().enumerate().find_map(|(i, d)| {
                long("`message`", &d.message, MESSAGE)
                    .or_else(|| long("`help`", d.help.as_deref().unwrap_or_default(), MESSAGE))
                    .or_else(|| long("`file`", d.file.as_deref().unwrap_or_default(), TEXT))
                    .map(|what| format!("diagnostics[{i}]: {what}"))
            })
        })
}

/// Too many benchmarks, or a number of one that stands there twice.
fn several(report: &Report) -> Option<String> {
    let benchmarks: BTreeSet<&str> =
        report.measurements.iter().map(|m| m.benchmark.as_str()).collect();
    if benchmarks.len() > MOST_BENCHMARKS {
        return Some(format!("{} benchmarks, more than {MOST_BENCHMARKS}", benchmarks.len()));
    }
    let mut seen = BTreeSet::new();
    let twice = report
        .measurements
        .iter()
        .position(|m| !seen.insert((m.side, &m.benchmark, &m.metric, m.statistic, m.stage)))?;
    Some(format!("measurements[{twice}]: the same measurement stands before it"))
}

fn side(side: &SideInfo) -> Option<String> {
    let texts = [
        Some(side.name.as_str()),
        side.commit.as_deref(),
        side.date.as_deref(),
        side.runner.as_deref(),
    ];
    if let Some(text) = texts.into_iter().flatten().find(|text| text.len() > TEXT) {
        return Some(format!("a side is described by {} bytes, more than {TEXT}", text.len()));
    }
    if side.environment.len() > ENVIRONMENT {
        return Some(format!(
            "`environment` has {} entries, more than {ENVIRONMENT}",
            side.environment.len()
        ));
    }
    side.environment
        .iter()
        .any(|(key, value)| key.len() > TEXT || value.to_string().len() > VALUE)
        .then(|| format!("`environment` has an entry of more than {VALUE} bytes"))
}

/// What no run gives: a negative time, a count beyond all counting, a number of runs that is not there.
fn numbers(m: &Measurement) -> Option<String> {
    if m.n != m.per_run.len() as u64 {
        return Some(format!("`n` is {} beside {} runs", m.n, m.per_run.len()));
    }
    let counts = [
        ("samples", m.samples),
        ("outliers", m.outliers),
        ("zero", m.zero),
        ("duplicated", m.duplicated),
        ("non_finite", m.non_finite),
    ];
    let trials = m.trials.iter().map(|&count| ("trials", count));
    let blocks = m.blocks.iter().map(|&block| ("blocks", u64::from(block)));
    let most = |name| match name {
        // A thousand runs of the most trials may add up.
        "samples" | "outliers" => 1_000 * COUNT,
        "blocks" => BLOCK,
        _ => COUNT,
    };
    if let Some((name, count)) =
        counts.into_iter().chain(trials).chain(blocks).find(|&(name, count)| count > most(name))
    {
        return Some(format!("`{name}` holds {count}, more than {}", most(name)));
    }
    let slope = m.statistic == Statistic::Slope;
    // Samples that are all alike have a standard deviation of zero.
    let worthless = m.metric.zero_is_invalid() && m.statistic != Statistic::Stddev;
    let impossible = |value: f64| !slope && (value < 0.0 || (worthless && value == 0.0));
    if m.per_run.iter().any(|&value| impossible(value)) {
        return Some("`per_run` holds a number that no run gives".into());
    }
    let amount = m.throughput.map(|throughput| throughput.amount);
    let numbers = [m.estimate, m.low, m.high, amount].into_iter().flatten();
    let lists = m.per_run.iter().chain(&m.quantiles).chain(&m.values).copied();
    let beyond = |number: f64| number != 0.0 && !(SMALLEST..=LARGEST).contains(&number.abs());
    if numbers.chain(lists).any(beyond) {
        return Some("a number is beyond all measuring".into());
    }
    let mut spreads = m.noise.iter().chain(&m.cv).flatten();
    let impossible = spreads.any(|spread| !(0.0..=SPREAD).contains(spread))
        || amount.is_some_and(|amount| amount < 0.0);
    impossible.then(|| "a spread or an amount is one that no run gives".into())
}

#[cfg(test)]
mod tests;
