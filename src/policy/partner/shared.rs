use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;

use super::{Found, Unpartnered};
use crate::model::BenchmarkId;
use crate::policy::Scope;
use crate::policy::parameters::Parameters;

/// So many segments from either end of an id are looked at.
const MOST_SEGMENTS: usize = 6;

/// The parameters of a benchmark that matter.
type Matter<'a> = BTreeMap<&'a str, &'a str>;

/// Names of parameters.
type Names<'a> = BTreeSet<&'a str>;

/// The candidates by their parameters.
pub(super) struct Shared<'a> {
    /// Parameters that do not vary in either glob.
    fixed: Names<'a>,
    /// Segments that both globs write out: to have them in common says nothing.
    written: BTreeSet<String>,
    /// The candidates by the names of their parameters that matter.
    groups: BTreeMap<Names<'a>, Group<'a>>,
}

/// Candidates with parameters of the same names.
#[derive(Default)]
struct Group<'a> {
    candidates: Vec<(Matter<'a>, Parameters<'a>, &'a BenchmarkId)>,
    /// The candidates by the values of some of their parameters, for each choice of parameters that was asked for.
    by_some: BTreeMap<Names<'a>, BTreeMap<Matter<'a>, Named<'a>>>,
}

impl<'a> Group<'a> {
    /// The candidates that have these values of these parameters. O(log n), and O(n) the first time.
    fn with(&mut self, some: Names<'a>, values: &Matter<'a>) -> Option<&Named<'a>> {
        let only = |all: &Matter<'a>| -> Matter<'a> {
            some.iter().filter_map(|&name| Some((name, *all.get(name)?))).collect()
        };
        let wanted = only(values);
        let candidates = &self.candidates;
        let index = self.by_some.entry(some.clone()).or_insert_with(|| {
            let mut index: BTreeMap<Matter<'a>, Named<'a>> = BTreeMap::new();
            for (values, Parameters { names, .. }, candidate) in candidates {
                index.entry(only(values)).or_default().add(names, candidate);
            }
            index
        });
        index.get(&wanted)
    }
}

impl<'a> Shared<'a> {
    pub(super) fn new(
        of_all: &BTreeSet<&'a BenchmarkId>,
        candidates: &BTreeSet<&'a BenchmarkId>,
        (of, among): (&Scope, &Scope),
    ) -> Self {
        let varying: Names<'_> = varying(of_all).union(&varying(candidates)).copied().collect();
        let written = literal(of).intersection(&literal(among)).map(ToString::to_string).collect();
        let mut shared = Self { fixed: Names::new(), written, groups: BTreeMap::new() };
        for &candidate in candidates {
            let parameters = Parameters::of(candidate);
            let mut values = parameters.values.clone();
            shared.fixed.extend(values.keys().filter(|name| !varying.contains(*name)));
            values.retain(|name, _| varying.contains(name));
            let group = shared.groups.entry(values.keys().copied().collect()).or_default();
            group.candidates.push((values, parameters, candidate));
        }
        shared
    }

    pub(super) fn find(&mut self, benchmark: &'a BenchmarkId) -> Found<'a> {
        let Parameters { names, mut values } = Parameters::of(benchmark);
        values.retain(|name, _| !self.fixed.contains(name));
        let mut found = self.nearest(&names, &values);
        found.retain(|(_, candidate)| self.belong(benchmark, candidate));
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        match found.as_slice() {
            [] => Err(Unpartnered::Nothing),
            [(most, one), (as_many, other), ..] if most == as_many => {
                Err(Unpartnered::Several(one, other))
            }
            [(_, one), ..] => Ok(one),
        }
    }

    /// The candidates without a contradiction that have most parameters in common, with how many segments they share:
    /// those that share most, up to two of each group.
    fn nearest(&mut self, names: &[&str], values: &Matter<'a>) -> Vec<(usize, &'a BenchmarkId)> {
        let mut by_equal: Vec<(usize, Names<'a>, &mut Group<'a>)> = self
            .groups
            .iter_mut()
            .map(|(theirs, group)| {
                let both: Names<'a> =
                    theirs.iter().filter(|name| values.contains_key(*name)).copied().collect();
                (both.len(), both, group)
            })
            .collect();
        by_equal.sort_by_key(|(equal, ..)| std::cmp::Reverse(*equal));
        let (mut most, mut found) = (0, Vec::new());
        for (equal, both, group) in by_equal {
            if !found.is_empty() && equal < most {
                break;
            }
            most = equal;
            found.extend(group.with(both, values).into_iter().flat_map(|named| named.best(names)));
        }
        found
    }

    /// Whether two benchmarks have anything in common that the globs do not write out.
    fn belong(&self, one: &BenchmarkId, other: &BenchmarkId) -> bool {
        let (one, other) = (Parameters::of(one), Parameters::of(other));
        one.values.iter().any(|(name, value)| other.values.get(name) == Some(value))
            || one
                .names
                .iter()
                .any(|name| other.names.contains(name) && !self.written.contains(*name))
    }
}

/// The segments that a glob writes out.
fn literal(scope: &Scope) -> BTreeSet<&str> {
    let plain = |segment: &&str| !segment.contains(['*', '?', '[', ']', '{', '}', ',', '\\']);
    scope.as_str().split('/').filter(plain).collect()
}

/// The parameters of which these benchmarks have more than one value.
fn varying<'a>(benchmarks: &BTreeSet<&'a BenchmarkId>) -> Names<'a> {
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    let mut varying = Names::new();
    for benchmark in benchmarks {
        for (name, value) in Parameters::of(benchmark).values {
            if *values.entry(name).or_insert(value) != value {
                varying.insert(name);
            }
        }
    }
    varying
}

/// Candidates by what their names begin and end with.
#[derive(Default)]
struct Named<'a>(HashMap<(String, String), (&'a BenchmarkId, Option<&'a BenchmarkId>)>);

impl<'a> Named<'a> {
    fn add(&mut self, names: &[&str], candidate: &'a BenchmarkId) {
        for ends in ends(names, 0..=names.len()) {
            self.0
                .entry(ends)
                .and_modify(|(_, other)| *other = other.or(Some(candidate)))
                .or_insert((candidate, None));
        }
    }

    /// Up to two candidates that share as many segments as any, with that number.
    fn best(&self, names: &[&str]) -> Vec<(usize, &'a BenchmarkId)> {
        for shared in (0..=names.len()).rev() {
            let found: BTreeSet<&BenchmarkId> = ends(names, shared..=shared)
                .filter_map(|ends| self.0.get(&ends))
                .flat_map(|&(one, other)| [Some(one), other])
                .flatten()
                .collect();
            if !found.is_empty() {
                return found.into_iter().take(2).map(|candidate| (shared, candidate)).collect();
            }
        }
        Vec::new()
    }
}

/// The ways to take so many segments from both ends.
fn ends<'b>(
    names: &'b [&str],
    shared: std::ops::RangeInclusive<usize>,
) -> impl Iterator<Item = (String, String)> + 'b {
    let most = 0..=names.len().min(MOST_SEGMENTS);
    let ways = most.clone().flat_map(move |head| most.clone().map(move |tail| (head, tail)));
    ways.filter(move |(head, tail)| shared.contains(&(head + tail)) && head + tail <= names.len())
        .filter_map(|(head, tail)| {
            let end = names.len() - tail;
            Some((names.get(..head)?.join("/"), names.get(end..)?.join("/")))
        })
}
