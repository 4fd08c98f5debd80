//! What a report may hold, beyond its types.

use super::tables;
use crate::model::{Comparison, Measurement, Outcome, Report};

/// Runs of one measurement.
const RUNS: usize = 1_000;
/// Quantiles of one measurement.
const QUANTILES: usize = 21;
/// Samples of one measurement, where they are kept.
const VALUES: usize = 100_000;
/// Entries of each list of a report.
pub(super) const ENTRIES: usize = 200_000;

/// The first thing that is wrong with a report, with its place in it; `None` where nothing is.
pub(super) fn problem(report: &Report) -> Option<String> {
    let lists = [
        ("comparisons", report.comparisons.len()),
        ("measurements", report.measurements.len()),
        ("tables", report.tables.len()),
        ("findings", report.findings.len()),
        ("diagnostics", report.diagnostics.len()),
        ("config.thresholds", report.config.thresholds.len()),
    ];
    if let Some((name, length)) = lists.into_iter().find(|&(_, length)| length > ENTRIES) {
        return Some(format!(
            "`{name}` has {length} entries, more than the {ENTRIES} that a report may hold"
        ));
    }
    if !agree(report) {
        return Some(format!(
            "`exit_code` is {}, which is not one of the outcome that it says",
            report.exit_code
        ));
    }
    let settings = [("config.alpha", report.config.alpha), ("config.margin", report.config.margin)];
    let shift = report.suite_shift.map(|s| [s.estimate, s.low, s.high, s.p_value]);
    not_finite(settings)
        .or_else(|| not_finite(shift.into_iter().flatten().map(|number| ("suite_shift", number))))
        .or_else(|| {
            report.config.thresholds.iter().enumerate().find_map(|(i, t)| {
                let levels = [t.levels.notice, t.levels.warning, t.levels.critical];
                not_finite(levels.into_iter().flatten().map(|n| ("levels", n)))
                    .map(|what| format!("config.thresholds[{i}]: {what}"))
            })
        })
        .or_else(|| {
            let numbers = report
                .findings
                .iter()
                .filter_map(|f| Some(("waiver.up_to", f.waiver.as_ref()?.up_to)));
            not_finite(numbers).map(|what| format!("findings: {what}"))
        })
        .or_else(|| first(&report.comparisons, "comparisons", comparison))
        .or_else(|| first(&report.measurements, "measurements", measurement))
        .or_else(|| tables::problem(&report.tables))
}

/// Whether the exit code is one that the outcome can have: whoever looks at either decides the same.
fn agree(report: &Report) -> bool {
    matches!(
        (report.outcome, report.exit_code),
        (Outcome::Pass, 0)
            | (Outcome::Fail, 1)
            | (Outcome::Inconclusive, 0 | 5)
            | (Outcome::Error, 2 | 3)
    )
}

pub(super) fn first<T>(
    entries: &[T],
    list: &str,
    problem: impl Fn(&T) -> Option<String>,
) -> Option<String> {
    entries
        .iter()
        .enumerate()
        .find_map(|(i, entry)| problem(entry).map(|what| format!("{list}[{i}]: {what}")))
}

pub(super) fn not_finite<'n>(numbers: impl IntoIterator<Item = (&'n str, f64)>) -> Option<String> {
    numbers
        .into_iter()
        .find(|(_, number)| !number.is_finite())
        .map(|(name, _)| format!("`{name}` is not a finite number"))
}

fn comparison(c: &Comparison) -> Option<String> {
    let side = |side: Option<crate::model::SideEstimate>| side.map(|s| s.estimate);
    let named = [
        ("base.estimate", side(c.base)),
        ("head.estimate", side(c.head)),
        ("change.estimate", c.change.map(|change| change.estimate)),
        ("change.low", c.change.and_then(|change| change.low)),
        ("change.high", c.change.and_then(|change| change.high)),
        ("change.confidence", c.change.map(|change| change.confidence)),
        ("p_value", c.p_value),
        ("adjusted_p", c.adjusted_p),
        ("margin", Some(c.margin)),
        ("levels.notice", c.levels.notice),
        ("levels.warning", c.levels.warning),
        ("levels.critical", c.levels.critical),
    ];
    not_finite(named.into_iter().filter_map(|(name, number)| Some((name, number?))))
}

fn measurement(m: &Measurement) -> Option<String> {
    let runs = m.per_run.len();
    if runs > RUNS {
        return Some(format!("{runs} runs, more than the {RUNS} that a report may hold"));
    }
    let parallel = [("noise", m.noise.len()), ("blocks", m.blocks.len()), ("links", m.links.len())];
    // Reports of measurements whose samples nobody counts leave `trials` out.
    let trials = Some(("trials", m.trials.len())).filter(|&(_, length)| length > 0);
    let cv = Some(("cv", m.cv.len())).filter(|&(_, length)| length > 0);
    if let Some((name, length)) =
        parallel.into_iter().chain(trials).chain(cv).find(|&(_, length)| length != runs)
    {
        return Some(format!(
            "`{name}` has {length} entries beside {runs} in `per_run`; they run in parallel"
        ));
    }
    if m.quantiles.len() > QUANTILES {
        return Some(format!(
            "{} quantiles, more than the {QUANTILES} that a report may hold",
            m.quantiles.len()
        ));
    }
    if m.values.len() > VALUES {
        return Some(format!(
            "{} samples, more than the {VALUES} that a report may hold",
            m.values.len()
        ));
    }
    let single = [
        ("estimate", m.estimate),
        ("low", m.low),
        ("high", m.high),
        ("throughput.amount", m.throughput.map(|t| t.amount)),
    ];
    let lists = [("per_run", &m.per_run), ("quantiles", &m.quantiles), ("values", &m.values)];
    not_finite(single.into_iter().filter_map(|(name, number)| Some((name, number?))))
        .or_else(|| {
            not_finite(
                lists.into_iter().flat_map(|(name, list)| list.iter().map(move |&n| (name, n))),
            )
        })
        .or_else(|| not_finite(m.noise.iter().flatten().map(|&n| ("noise", n))))
        .or_else(|| not_finite(m.cv.iter().flatten().map(|&n| ("cv", n))))
}
