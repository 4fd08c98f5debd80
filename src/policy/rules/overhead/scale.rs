use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Overhead;
use super::parts::Part;
use crate::model::BenchmarkId;
use crate::policy::parameters::{Parameters, in_order, written};

/// The values of the parameters that make the scales, in their order; empty where there are none.
#[derive(Debug, Default)]
pub(super) struct Scales {
    /// The parameters.
    names: BTreeSet<String>,
    /// Their values, one entry a scale.
    values: Vec<Value>,
    /// The parameter that the rule names and no benchmark has.
    pub(super) unknown: Option<String>,
}

/// What each of the parameters is at a scale.
type Value = BTreeMap<String, String>;

impl Scales {
    /// By the parameter that the rule names, else by those in which the baselines differ, as long as nothing else
    /// differs: several benchmarks at one scale would make averages of few and sums of strangers.
    pub(super) fn of(rule: &Overhead, parts: &[Part<'_>]) -> Self {
        let baselines: BTreeSet<&BenchmarkId> = parts.iter().map(|part| part.baseline).collect();
        let names: BTreeSet<String> = match &rule.by {
            Some(by) => BTreeSet::from([by.clone()]),
            None => varying(&baselines).iter().map(ToString::to_string).collect(),
        };
        let mut scales = Self { names, ..Self::default() };
        let values: BTreeSet<Value> = parts.iter().map(|part| scales.value(part)).collect();
        scales.values = values.into_iter().collect();
        scales.values.sort_by(order);
        if scales.values.len() < 2 {
            let unknown = scales.values.iter().all(BTreeMap::is_empty);
            return Self { unknown: rule.by.clone().filter(|_| unknown), ..Self::default() };
        }
        scales
    }

    /// How many there are; 1 where nothing tells scales apart.
    pub(super) fn count(&self) -> usize {
        self.values.len().max(1)
    }

    /// Whether there are several.
    pub(super) fn several(&self) -> bool {
        !self.values.is_empty()
    }

    /// The place of a part among the scales.
    pub(super) fn place(&self, part: &Part<'_>) -> usize {
        let value = self.value(part);
        self.values.binary_search_by(|known| order(known, &value)).unwrap_or_default()
    }

    /// A scale in words: `agent_count=10`.
    pub(super) fn words(&self, place: usize) -> String {
        let parameters = self.values.get(place).into_iter().flatten();
        let words: Vec<String> = parameters.map(|(name, value)| written(name, value)).collect();
        if words.is_empty() { "others".into() } else { words.join(" ") }
    }

    /// The id of a benchmark without what tells scales apart.
    pub(super) fn without(&self, benchmark: &BenchmarkId) -> String {
        let kept = |segment: &&str| {
            segment.split_once('=').is_none_or(|(name, _)| !self.names.contains(name))
        };
        if self.names.contains("") {
            return Parameters::of(benchmark).name();
        }
        benchmark.as_str().split('/').filter(kept).collect::<Vec<_>>().join("/")
    }

    /// The parameters of a part, or of its baseline where it has none itself.
    fn value(&self, part: &Part<'_>) -> Value {
        if self.names.is_empty() {
            return Value::new();
        }
        let (own, base) = (Parameters::of(part.benchmark), Parameters::of(part.baseline));
        let value = |name: &String| {
            let value = own.values.get(name).or_else(|| base.values.get(name))?;
            Some((name.clone(), value.to_owned()))
        };
        self.names.iter().filter_map(value).collect()
    }
}

/// The parameters in which benchmarks of one name differ; none where their names differ.
fn varying<'a>(benchmarks: &BTreeSet<&'a BenchmarkId>) -> BTreeSet<&'a str> {
    let all: Vec<Parameters<'_>> = benchmarks.iter().map(|id| Parameters::of(id)).collect();
    let Some((first, rest)) = all.split_first() else { return BTreeSet::new() };
    if rest.iter().any(|other| other.names != first.names) {
        return BTreeSet::new();
    }
    let names = all.iter().flat_map(|parameters| parameters.values.iter().map(|(name, _)| name));
    names
        .filter(|name| rest.iter().any(|other| other.values.get(name) != first.values.get(name)))
        .collect()
}

fn order(a: &Value, b: &Value) -> Ordering {
    let mut ordering = b.len().cmp(&a.len());
    for (a, b) in a.values().zip(b.values()) {
        ordering = ordering.then_with(|| in_order(a, b));
    }
    ordering.then_with(|| a.cmp(b))
}
