//! What is known of one comparison, in words and numbers: the text beside its plots.

use crate::model::{Comparison, Measurement, Severity, TestKind};
use crate::report::number;
use crate::report::view::Row;
use crate::report::words::thousands;

/// Words about a whole comparison, each with its label.
pub(super) fn facts(row: &Row<'_>) -> Vec<(&'static str, String)> {
    let c = row.comparison;
    let mut facts = Vec::new();
    if let Some(change) = c.change {
        let confidence = number::setting(change.confidence);
        facts.push(("interval of the decision", format!("{} ({confidence})", row.interval())));
        facts.push(("worse by at most", row.at_most_text()));
    }
    if let Some(p) = c.adjusted_p.or(c.p_value) {
        let corrected = if c.adjusted_p.is_some() { "p, corrected" } else { "p" };
        facts.push((corrected, number::probability(p)));
    }
    if let Some(test) = c.test {
        facts.push(("test", test_words(test).to_owned()));
    }
    facts.push(("margin", number::setting(c.margin)));
    if c.levels.highest() > Severity::None {
        facts.push(("levels", levels(c)));
    }
    facts.push(("can fail the build", if c.gating { "yes" } else { "no" }.to_owned()));
    if c.more_blocks.is_some() {
        facts.push(("would decide", row.would_decide()));
    }
    facts
}

/// `5 / 10 / 20 %`, with `–` for a level that is not set.
fn levels(c: &Comparison) -> String {
    let one = |level| c.levels.get(level).map_or("–".to_owned(), number::setting_bare);
    format!("{} %", Severity::LEVELS.map(one).join(" / "))
}

/// How it was tested, in words.
fn test_words(test: TestKind) -> &'static str {
    match test {
        TestKind::Paired => "blocks as pairs (trimmed, weighted t)",
        TestKind::Trend => "all of base, then all of head, with a time trend",
        TestKind::Few => "noise between runs borrowed, too few runs tell",
        TestKind::Summaries => "Welch on summaries of runs",
        TestKind::Exact => "counters compared exactly",
        TestKind::Counts => "counts of trials (conditional binomial)",
        TestKind::PairedT => "paired t",
        TestKind::Welch => "Welch’s t",
        TestKind::MannWhitney => "Mann-Whitney U",
    }
}

/// What is known of both sides: label, base, head. Lines of which neither side knows anything are left out.
pub(super) fn sides(row: &Row<'_>) -> Vec<(&'static str, [String; 2])> {
    let none = || "–".to_owned();
    let both = |of: &dyn Fn(&Measurement) -> Option<String>| {
        row.measured.map(|measured| measured.and_then(of).unwrap_or_else(none))
    };
    let count = |n: u64| (n > 0).then(|| thousands(n));
    let lines = [
        ("95 % interval", both(&interval)),
        ("runs", both(&|m| count(m.n))),
        ("samples", both(&|m| count(m.samples))),
        ("outliers (Tukey)", both(&|m| (m.samples > 0).then(|| thousands(m.outliers)))),
        ("spread inside a run", both(&spread)),
    ];
    lines.into_iter().filter(|(_, sides)| sides.iter().any(|side| side != "–")).collect()
}

fn interval(m: &Measurement) -> Option<String> {
    let (low, high) = number::pair(m.low?, m.high?, m.unit);
    let unit = high.split_once(' ').map_or("", |(_, unit)| unit);
    let low = match low.strip_suffix(unit) {
        Some(bare) if !unit.is_empty() => bare.trim_end(),
        _ => &low,
    };
    Some(format!("{low} to {high}"))
}

/// The median of the runs' spreads.
fn spread(m: &Measurement) -> Option<String> {
    let mut noise: Vec<f64> = m.noise.iter().flatten().copied().collect();
    noise.sort_by(f64::total_cmp);
    let middle = *noise.get(noise.len() / 2)?;
    Some(format!("±{}", number::change(middle).trim_start_matches(['+', '\u{2212}'])))
}
