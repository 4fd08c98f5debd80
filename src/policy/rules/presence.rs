use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RuleKind;
use crate::diag::quoted;
use crate::model::{BenchmarkId, Finding, Measurement, Metric, Severity, Side};
use crate::policy::{Declared, Problem, Scope};

/// What happens when a benchmark is missing, renamed, doubled, zero or not a number.
///
/// A benchmark that disappears takes its threshold with it, so it is at least a warning unless you say
/// otherwise. The last rule that matches a benchmark replaces the earlier ones whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Presence {
    /// The benchmarks it applies to; left out, all.
    pub benchmarks: Option<Scope>,
    /// Base has it, head has not.
    pub missing: Severity,
    /// Head lacks it and has a new benchmark with the same numbers under a similar name.
    pub renamed: Severity,
    /// One run has it twice.
    pub duplicated: Severity,
    /// A run gave zero where zero is no number.
    pub zero: Severity,
    /// A run gave a negative number, or none that is finite.
    pub non_finite: Severity,
    /// Head has it, base has not.
    pub added: Severity,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            benchmarks: None,
            missing: Severity::Warning,
            renamed: Severity::Warning,
            duplicated: Severity::Critical,
            zero: Severity::Warning,
            non_finite: Severity::Critical,
            added: Severity::None,
        }
    }
}

impl RuleKind for Presence {
    const EXAMPLE: &'static str =
        "- presence: { missing: critical, renamed: warning, added: notice }";

    fn problems(&self, _: &Declared) -> Vec<Problem> {
        Vec::new()
    }
}

/// Two names at least this much alike (Jaro-Winkler) may be one renamed benchmark …
const ALIKE: f64 = 0.85;
/// … if their numbers differ by no more than this factor.
const NEAR: f64 = 1.5;
/// No renames are guessed beyond this many pairs of a missing and a new benchmark.
const MOST_PAIRS: usize = 250_000;

/// What is known of one benchmark over both sides.
#[derive(Default)]
struct Known<'a> {
    base: BTreeMap<&'a Metric, &'a Measurement>,
    head: BTreeMap<&'a Metric, &'a Measurement>,
    /// Per metric the sides that hold duplicates, zeros, numbers that are none.
    duplicated: BTreeMap<&'a Metric, BTreeSet<Side>>,
    zero: BTreeMap<&'a Metric, BTreeSet<Side>>,
    non_finite: BTreeMap<&'a Metric, BTreeSet<Side>>,
}

impl Presence {
    /// What the rules have to say of the inventory; for each benchmark the last rule that matches speaks.
    #[must_use]
    pub fn findings(rules: &[&Self], measurements: &[Measurement]) -> Vec<Finding> {
        let mut inventory: BTreeMap<&BenchmarkId, Known<'_>> = BTreeMap::new();
        for m in measurements {
            inventory.entry(&m.benchmark).or_default().add(m);
        }
        let measured = |side| measurements.iter().any(|m| m.side == side);
        let both_sides = measured(Side::Base) && measured(Side::Head);
        let rule_of = |benchmark: &BenchmarkId| {
            rules
                .iter()
                .rev()
                .find(|rule| rule.benchmarks.as_ref().is_none_or(|scope| scope.contains(benchmark)))
        };
        let mut findings = Vec::new();
        let renamed = renamed(&inventory);
        for (&benchmark, known) in &inventory {
            let Some(rule) = rule_of(benchmark) else { continue };
            let mut say = |severity: Severity, metric: Option<&Metric>, message: String| {
                if severity > Severity::None {
                    findings.push(Finding {
                        rule: "presence".into(),
                        id: None,
                        severity,
                        benchmark: Some(benchmark.clone()),
                        metric: metric.cloned(),
                        statistic: None,
                        message,
                        waiver: None,
                    });
                }
            };
            if !both_sides {
                // One side was not measured at all: an error of the inputs, not of every benchmark.
            } else if known.head.is_empty() {
                match renamed.get(benchmark) {
                    Some(now) => say(
                        rule.renamed,
                        None,
                        format!("missing in head; probably renamed to {}", quoted(now.as_str())),
                    ),
                    None => say(rule.missing, None, "missing in head".into()),
                }
            } else if known.base.is_empty() {
                if !renamed.values().any(|now| *now == benchmark) {
                    say(rule.added, None, "new in head".into());
                }
            } else {
                for metric in known.base.keys().filter(|metric| !known.head.contains_key(*metric)) {
                    say(rule.missing, Some(metric), format!("{metric} is missing in head"));
                }
                for metric in known.head.keys().filter(|metric| !known.base.contains_key(*metric)) {
                    say(rule.added, Some(metric), format!("{metric} is new in head"));
                }
            }
            for (sides, severity, what) in [
                (&known.duplicated, rule.duplicated, "is measured more than once in one run"),
                (&known.zero, rule.zero, "is zero"),
                (&known.non_finite, rule.non_finite, "is negative or not a finite number"),
            ] {
                for (metric, sides) in sides {
                    let names: Vec<&str> = sides.iter().map(|side| side.name()).collect();
                    say(
                        severity,
                        Some(metric),
                        format!("{metric} {what} in {}", names.join(" and ")),
                    );
                }
            }
        }
        findings
    }
}

impl<'a> Known<'a> {
    fn add(&mut self, m: &'a Measurement) {
        match m.side {
            Side::Base => self.base.entry(&m.metric).or_insert(m),
            Side::Head => self.head.entry(&m.metric).or_insert(m),
        };
        for (count, sides) in [
            (m.duplicated, &mut self.duplicated),
            (m.zero, &mut self.zero),
            (m.non_finite, &mut self.non_finite),
        ] {
            if count > 0 {
                sides.entry(&m.metric).or_default().insert(m.side);
            }
        }
    }
}

/// Benchmarks only in base, each with the benchmark only in head that it was probably renamed to; each of these once.
fn renamed<'a>(
    inventory: &BTreeMap<&'a BenchmarkId, Known<'a>>,
) -> BTreeMap<&'a BenchmarkId, &'a BenchmarkId> {
    let gone: Vec<_> = inventory.iter().filter(|(_, known)| known.head.is_empty()).collect();
    let new: Vec<_> = inventory.iter().filter(|(_, known)| known.base.is_empty()).collect();
    // Where most of a suite was replaced, a guess would pair strangers and take quadratic time.
    if gone.len() * new.len() > MOST_PAIRS {
        return BTreeMap::new();
    }
    let mut candidates: Vec<(f64, &BenchmarkId, &BenchmarkId)> = Vec::new();
    for (before, old) in gone {
        for (now, known) in &new {
            let likeness = strsim::jaro_winkler(before.as_str(), now.as_str());
            if likeness >= ALIKE && near(&old.base, &known.head) {
                candidates.push((likeness, before, now));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let mut pairs = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (_, before, now) in candidates {
        if !pairs.contains_key(before) && taken.insert(now) {
            pairs.insert(before, now);
        }
    }
    pairs
}

/// Whether every metric that both have is of the same size, and they have one.
fn near(base: &BTreeMap<&Metric, &Measurement>, head: &BTreeMap<&Metric, &Measurement>) -> bool {
    let mut both = base
        .iter()
        .filter_map(|(metric, before)| Some((before.estimate?, head.get(metric)?.estimate?)))
        .peekable();
    both.peek().is_some()
        && both.all(|(before, after)| (before / after).max(after / before) <= NEAR)
}
