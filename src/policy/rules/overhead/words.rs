use super::Overhead;
use super::parts::{Part, Parts, Size};
use super::scale::Scales;
use super::totals::{Total, What};
use crate::diag::quoted;
use crate::model::number::{change, setting, share};
use crate::model::{BenchmarkId, Better, Finding, Metric, NumberKind, Severity, Status};
use crate::policy::{Bounds, Standing, finding};

/// The findings about single benchmarks.
pub(super) fn of_each(rule: &Overhead, parts: &Parts<'_>) -> Vec<Finding> {
    let Some(bounds) = rule.bounds(rule.each) else { return Vec::new() };
    let said = |part: &Part<'_>| {
        let standing = part.standing.filter(|standing| standing.severity > Severity::None)?;
        let size = takes(rule, parts.better, part.size, part.baseline);
        let message = format!("{} {size}, {}", what(rule, part), beyond(standing, &bounds));
        let finding = rule.finding(standing.severity, Some(part.benchmark), message);
        Some(Finding { statistic: Some(part.statistic), ..finding })
    };
    parts.parts.iter().filter_map(said).collect()
}

/// The finding about a total of which nothing can be said.
pub(super) fn of_open(
    rule: &Overhead,
    total: &Total<'_>,
    better: Better,
    scales: &Scales,
) -> Option<Finding> {
    let why = total.open.as_ref()?;
    let severity = total.bounds.severity();
    let at =
        if scales.several() { format!(" at {}", scales.words(total.scale)) } else { String::new() };
    let (title, word) = (title(rule, better), total.what.word());
    let message = format!("{title}: the {word}{at} cannot be measured: {why}");
    let about = (None, &rule.metric, rule.statistic);
    (severity > Severity::None)
        .then(|| finding("not-measurable", rule.id.as_ref(), severity, about, message))
}

/// The benchmark that a finding about a total speaks of, if it is one, and what it says.
pub(super) fn of_total<'a>(
    rule: &Overhead,
    total: &Total<'a>,
    better: Better,
    scales: &Scales,
) -> (Option<&'a BenchmarkId>, String) {
    let count = total.of.len();
    let at =
        if scales.several() { format!(" at {}", scales.words(total.scale)) } else { String::new() };
    let size = size(rule, better, total.size);
    let (benchmark, size) = match (total.what, total.baseline) {
        (What::Sum, Some(baseline)) => {
            let of = quoted(baseline.as_str());
            let text = match (rule.of_parts(), better) {
                (true, _) => format!("{} take {size} of {of}", counted(count, "component")),
                (_, Better::Lower) => {
                    format!("{} add up to {size} over {of}", counted(count, "variant"))
                }
                _ => format!("{} lose {size} of {of} together", counted(count, "variant")),
            };
            (None, text)
        }
        (What::Maximum, _) => (total.largest(), format!("the largest of {count}{at} is {size}")),
        _ => (None, format!("the average of {count}{at} is {size}")),
    };
    let about = match (&rule.name, total.what) {
        (_, What::Maximum) | (None, What::Sum) => String::new(),
        _ => format!("{}: ", title(rule, better)),
    };
    let beyond = beyond(total.standing, &total.bounds);
    let largest = contributors(rule, total, better, |id| quoted(&scales.without(id)));
    let largest = match (benchmark, largest) {
        (None, Some(largest)) if count > 1 => format!("; most in {largest}"),
        _ => String::new(),
    };
    (benchmark, format!("{about}{size}, {beyond}{largest}"))
}

/// The largest that a total is made of, with what each takes: `metrics/record (0.4 %), health/check (0.2 %)`.
pub(super) fn contributors(
    rule: &Overhead,
    total: &Total<'_>,
    better: Better,
    name: impl Fn(&BenchmarkId) -> String,
) -> Option<String> {
    let one = |(benchmark, taken): &(&BenchmarkId, Size)| {
        format!("{} ({})", name(benchmark), size(rule, better, *taken))
    };
    let named: Vec<String> = total.of.iter().take(rule.top).map(one).collect();
    (!named.is_empty()).then(|| named.join(", "))
}

/// What the rule is about: the name that it gives itself, else what it holds against what; with the metric where
/// it is not time.
pub(super) fn title(rule: &Overhead, better: Better) -> String {
    let of = rule.baseline.as_str();
    let title = match (&rule.name, rule.of_parts(), better) {
        (Some(name), ..) => name.clone(),
        (None, true, _) => format!("Parts of {of}"),
        (None, false, Better::Lower) => format!("Overhead over {of}"),
        (None, false, Better::Higher) => format!("Loss against {of}"),
    };
    if rule.metric == Metric::time() { title } else { format!("{title} ({})", rule.metric) }
}

/// What is compared: `time median`.
pub(super) fn what(rule: &Overhead, part: &Part<'_>) -> String {
    let averages = if part.of_averages { " of averages" } else { "" };
    format!("{} {}{averages}", rule.metric, part.statistic)
}

/// An overhead, share or loss in words.
pub(super) fn size(rule: &Overhead, better: Better, size: Size) -> String {
    match rule.kind(better) {
        NumberKind::Change => change(size.value),
        _ => share(size.value),
    }
}

/// `is +12 % over`, `takes 0.4 % of`, `is 12 % below`.
fn takes(rule: &Overhead, better: Better, taken: Size, baseline: &BenchmarkId) -> String {
    let (size, of) = (size(rule, better, taken), quoted(baseline.as_str()));
    match (rule.of_parts(), better) {
        (true, _) => format!("takes {size} of {of}"),
        (_, Better::Lower) => format!("is {size} over {of}"),
        _ => format!("is {size} below {of}"),
    }
}

fn beyond(standing: Standing, bounds: &Bounds) -> String {
    let limit = setting(standing.limit);
    match standing.status {
        Status::Missed => format!("more than the {limit} allowed"),
        // A milder level, or one that is proven while the one behind it is not.
        _ => format!("more than {limit}; {} is allowed", setting(bounds.target())),
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
