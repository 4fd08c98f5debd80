//! How it was measured and decided: revisions, runs, machine, thresholds, the chance of a false alarm.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{
    Action, Levels, Order, Outcome, Report, Severity, SideInfo, TestKind, Threshold,
};
use crate::report::number;
use crate::report::phrase::Phrase;
use crate::report::words::{counted, thousands};

/// A commit as people write it, with name, date and machine in brackets.
pub(super) fn revision(side: &SideInfo) -> Phrase {
    let commit = side.commit.as_deref().filter(|commit| !commit.is_empty()).map(short);
    let (main, name) = match (commit, side.name.as_str()) {
        (Some(commit), name) if side.commit.as_deref() == Some(name) => {
            (Phrase::new().name(commit), "")
        }
        (Some(commit), name) => (Phrase::new().name(commit), name),
        (None, "") => (Phrase::of("an unnamed revision"), ""),
        (None, name) => (Phrase::new().name(name), ""),
    };
    let details = [Some(name), side.date.as_deref().map(day), side.runner.as_deref()];
    let details: Vec<Phrase> = details
        .into_iter()
        .flatten()
        .filter(|d| !d.is_empty())
        .map(|d| Phrase::new().word(d))
        .collect();
    if details.is_empty() {
        main
    } else {
        main.text(" (").then(Phrase::join(details, ", ")).text(")")
    }
}

/// Seven digits of a commit, as git prints it; anything else as it is.
fn short(commit: &str) -> &str {
    let hex = commit.len() >= 20 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    if hex { commit.get(..7).unwrap_or(commit) } else { commit }
}

/// The day of a timestamp.
fn day(date: &str) -> &str {
    match date.split_once('T') {
        Some((day, _)) if day.len() == 10 => day,
        _ => date,
    }
}

/// Sentences, one a line.
pub(crate) fn how(report: &Report) -> Vec<Phrase> {
    let mut lines = Vec::new();
    // Where nothing could be read, nothing is known of the sides.
    if report.base != SideInfo::default() || report.head != SideInfo::default() {
        lines.push(sides(report));
    }
    let compared = super::has_compared(report);
    if compared {
        lines.push(layout(report));
    }
    lines.extend(thresholds(report));
    // Where there is no base on purpose, there are no changes to speak of.
    if compared || !base_is_empty(report) {
        lines.push(chance(report));
    }
    lines.extend(outliers(report));
    lines
}

/// Whether only head was measured.
pub(super) fn base_is_empty(report: &Report) -> bool {
    report.base.runs == 0 && report.head.runs > 0 && report.outcome != Outcome::Error
}

fn sides(report: &Report) -> Phrase {
    let (base, head) = (report.base.runs, report.head.runs);
    let runs = |n: u64| counted(usize::try_from(n).unwrap_or(usize::MAX), "run");
    if base_is_empty(report) {
        return Phrase::of("Head ")
            .then(revision(&report.head))
            .text(format!(": {}; there is no base, so only limits were checked.", runs(head)));
    }
    let order = match report.order {
        _ if base.max(head) <= 1 => "one run a side".to_owned(),
        Order::Interleaved if base == head => {
            format!("{base} blocks, in each one run of base beside one of head")
        }
        Order::Interleaved => {
            format!("{} of base and {} of head, taken in turns", runs(base), runs(head))
        }
        Order::Sequential => format!("{} of base, then {} of head", runs(base), runs(head)),
        Order::Unknown => {
            format!("{} of base and {} of head, in unknown order", runs(base), runs(head))
        }
    };
    Phrase::of("Base ")
        .then(revision(&report.base))
        .text(" against head ")
        .then(revision(&report.head))
        .text(format!(": {order}."))
}

/// What the pictures show, if there are any.
pub(crate) fn legend(report: &Report) -> Option<Phrase> {
    report.comparisons.iter().any(|c| c.change.is_some()).then(|| {
        Phrase::of("In the pictures ")
            .name("├─●─┤")
            .text(" is the interval and the estimate, ")
            .name("┊")
            .text(" no change, ")
            .name("╎")
            .text(" the margin; ")
            .name("◂")
            .text(" and ")
            .name("▸")
            .text(" run on beyond the picture.")
    })
}

fn layout(report: &Report) -> Phrase {
    let links: BTreeSet<u64> =
        report.measurements.iter().flat_map(|m| m.links.iter().flatten().copied()).collect();
    Phrase::of(if links.len() > 1 {
        format!(
            "Code layout was sampled: the executables were linked in {} different orders.",
            links.len()
        )
    } else {
        "Code layout was not sampled: if each side is one build, where the linker happens to put unrelated code can move a small benchmark by itself.".to_owned()
    })
}

fn thresholds(report: &Report) -> Vec<Phrase> {
    const MOST: usize = 12;
    let config = &report.config;
    let source = if config.source == "built-in" || config.source.is_empty() {
        Phrase::of("the built-in rules")
    } else {
        Phrase::new().name(config.source.as_str())
    };
    let source = match config.revision.as_deref() {
        Some(revision) => source.text(" at ").name(short(revision)),
        None => source,
    };
    if config.thresholds.is_empty() {
        return vec![
            Phrase::of("Rules from ").then(source).text(", none of them a regression rule."),
        ];
    }
    let display = &config.display;
    let words = Phrase::join(
        Severity::LEVELS.into_iter().map(|level| Phrase::new().word(display.word(level))),
        " / ",
    );
    let rules = config.thresholds.iter().take(MOST).map(threshold);
    let line = Phrase::of("Thresholds from ")
        .then(source)
        .text(" (")
        .then(words)
        .text("): ")
        .then(Phrase::join(rules, "; "));
    let line = match config.thresholds.len().saturating_sub(MOST) {
        0 => line,
        more => line.text(format!("; and {}", counted(more, "more rule"))),
    };
    vec![line.text(".")]
}

fn threshold(threshold: &Threshold) -> Phrase {
    let mut phrase = Phrase::new().word(threshold.metric.as_str());
    if let Some(statistic) = threshold.statistic {
        phrase = phrase.text(format!(" {statistic}"));
    }
    if let Some(benchmarks) = &threshold.benchmarks {
        phrase = phrase.text(" of ").name(benchmarks.as_str());
    }
    phrase.text(format!(" {} %", levels(&threshold.levels)))
}

/// `5 / 10 / 20`, with `–` for a level that is not set.
fn levels(levels: &Levels) -> String {
    let one = |level| levels.get(level).map_or("–".to_owned(), number::setting_bare);
    Severity::LEVELS.map(one).join(" / ")
}

fn chance(report: &Report) -> Phrase {
    let config = &report.config;
    let margin = format!(
        "Changes up to ±{} are what the environment can do by itself.",
        number::setting(config.margin)
    );
    let alpha = number::setting(config.alpha);
    let fail_on = format!("fail-on: {}", config.fail_on.name());
    let in_turns = report.order == Order::Interleaved && report.base.runs.min(report.head.runs) > 1;
    let named = report.comparisons.iter().any(|c| c.gating && c.test.is_some_and(is_named));
    let phrase = Phrase::of(margin);
    match config.fail_on {
        Action::Never => phrase.text(" Nothing fails the build (").name(fail_on).text(")."),
        _ if config.one_run_decides && !in_turns => phrase
            .text(" With ")
            .name("one-run: decide")
            .text(" and runs that were not taken in turns, a pull request that changes nothing can fail far more often than ")
            .text(format!("{alpha}: in measurements on one machine up to a third did (")).name(fail_on).text(")."),
        _ if named => phrase
            .text(format!(
                " Rules that name their own test have neither margin nor correction, so {alpha} does not bound the chance that a pull request that changes nothing fails ("
            ))
            .name(fail_on)
            .text(")."),
        _ => phrase
            .text(format!(" A pull request that changes nothing fails with a chance of at most {alpha} ("))
            .name(fail_on)
            .text(")."),
    }
}

/// Whether a user asked for this test by its name.
fn is_named(test: TestKind) -> bool {
    matches!(test, TestKind::PairedT | TestKind::Welch | TestKind::MannWhitney)
}

/// The confidence of the intervals, where all have the same: `98 %`.
pub(crate) fn confidence(report: &Report) -> Option<String> {
    let mut all =
        report.comparisons.iter().filter_map(|c| c.change).map(|change| change.confidence);
    let first = all.next()?;
    all.all(|other| other == first).then(|| number::setting(first))
}

fn outliers(report: &Report) -> Option<Phrase> {
    // A run that was reduced to several statistics counts once.
    let mut runs = BTreeMap::new();
    for m in &report.measurements {
        runs.entry((&m.benchmark, &m.metric, m.stage, m.side)).or_insert((m.outliers, m.samples));
    }
    let (outliers, samples) = runs
        .values()
        .fold((0_u64, 0_u64), |(o, s), &(more, of)| (o.saturating_add(more), s.saturating_add(of)));
    let part = outliers as f64 / samples as f64;
    (samples > 0).then(|| {
        let part = number::change(part);
        Phrase::of(format!(
            "{} of {} samples ({}) lie outside Tukey's fences; none was removed.",
            thousands(outliers),
            thousands(samples),
            part.trim_start_matches('+')
        ))
    })
}

/// One thing that is known of the machines.
#[derive(Clone, Debug)]
pub(crate) struct Environment<'a> {
    pub(crate) key: &'a str,
    pub(crate) base: String,
    pub(crate) head: String,
    /// Whether there are two machines to compare.
    both: bool,
}

impl Environment<'_> {
    /// Whether the two sides differ.
    pub(crate) fn differs(&self) -> bool {
        self.both && self.base != self.head
    }
}

/// What is known of the machines, differences first.
pub(crate) fn environment(report: &Report) -> Vec<Environment<'_>> {
    let (base, head) = (&report.base.environment, &report.head.environment);
    let keys: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let mut rows: Vec<Environment<'_>> = keys
        .into_iter()
        .map(|key| Environment {
            key,
            base: value(base.get(key)),
            head: value(head.get(key)),
            both: !base_is_empty(report),
        })
        .collect();
    rows.sort_by_key(|row| !row.differs());
    rows
}

fn value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
