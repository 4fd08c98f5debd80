use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::{Found, Unpartnered};
use crate::model::BenchmarkId;
use crate::policy::Scope;
use crate::policy::parameters::{Parameters, Values};

/// So many segments from either end of an id are looked at.
const MOST_SEGMENTS: usize = 6;

/// Names of parameters, sorted.
type Names<'a> = Vec<&'a str>;

/// The candidates by their parameters.
pub(super) struct Shared<'a> {
    /// Sorted by id.
    candidates: Vec<Candidate<'a>>,
    /// Parameters that do not vary in either glob.
    fixed: BTreeSet<&'a str>,
    /// Segments that both globs write out: to have them in common says nothing.
    written: BTreeSet<String>,
    /// What names of candidates begin with.
    heads: Sequences<'a>,
    /// What they end with, backwards.
    tails: Sequences<'a>,
    /// The candidates by the names of their parameters that matter.
    groups: Vec<Group<'a>>,
}

struct Candidate<'a> {
    id: &'a BenchmarkId,
    parameters: Parameters<'a>,
}

/// Candidates with parameters of the same names.
struct Group<'a> {
    names: Names<'a>,
    /// With their places among all candidates.
    candidates: Vec<(usize, Ends)>,
    /// The candidates by the values of some of their parameters, for each choice of parameters that was asked for.
    by_some: HashMap<Names<'a>, HashMap<Values<'a>, Named>>,
}

impl<'a> Group<'a> {
    /// The candidates that have these values of these parameters. O(1), and O(n) the first time.
    fn with(
        &mut self,
        all: &[Candidate<'a>],
        some: &[&'a str],
        values: &Values<'a>,
    ) -> Option<&Named> {
        let only = |values: &Values<'a>| values.only(|name| some.contains(&name));
        if !self.by_some.contains_key(some) {
            let mut index: HashMap<Values<'a>, Named> = HashMap::new();
            for (place, ends) in &self.candidates {
                let Some(candidate) = all.get(*place) else { continue };
                index.entry(only(&candidate.parameters.values)).or_default().add(ends, *place);
            }
            self.by_some.insert(some.to_vec(), index);
        }
        self.by_some.get(some)?.get(&only(values))
    }
}

impl<'a> Shared<'a> {
    /// From benchmarks and candidates that are sorted by id.
    pub(super) fn new(
        of_all: &[&'a BenchmarkId],
        candidates: &[&'a BenchmarkId],
        (of, among): (&Scope, &Scope),
    ) -> Self {
        let candidate = |&id: &&'a BenchmarkId| Candidate { id, parameters: Parameters::of(id) };
        let candidates: Vec<Candidate<'a>> = candidates.iter().map(candidate).collect();
        let theirs = || candidates.iter().flat_map(|candidate| candidate.parameters.values.iter());
        let mut varying = varying(of_all.iter().flat_map(|id| Parameters::of(id).values));
        varying.extend(self::varying(theirs()));
        let fixed = theirs().map(|(name, _)| name).filter(|name| !varying.contains(name)).collect();
        let mut shared = Self {
            fixed,
            written: literal(of).intersection(&literal(among)).map(ToString::to_string).collect(),
            heads: Sequences::default(),
            tails: Sequences::default(),
            groups: Vec::new(),
            candidates: Vec::new(),
        };
        let mut groups: HashMap<Names<'a>, Vec<(usize, Ends)>> = HashMap::new();
        for (place, Candidate { parameters, .. }) in candidates.iter().enumerate() {
            let ends = Ends {
                heads: shared.heads.learn(parameters.names.iter().copied()),
                tails: shared.tails.learn(parameters.names.iter().rev().copied()),
                segments: parameters.names.len(),
            };
            let names = parameters.values.iter().map(|(name, _)| name);
            let names = names.filter(|name| !shared.fixed.contains(name)).collect();
            groups.entry(names).or_default().push((place, ends));
        }
        let group = |(names, candidates)| Group { names, candidates, by_some: HashMap::new() };
        shared.groups = groups.into_iter().map(group).collect();
        shared.candidates = candidates;
        shared
    }

    pub(super) fn find(&mut self, benchmark: &'a BenchmarkId) -> Found<'a> {
        let own = Parameters::of(benchmark);
        let nearest = self.nearest(&own);
        let mut found: Vec<(usize, &'a BenchmarkId)> = nearest
            .into_iter()
            .filter_map(|(shared, place)| Some((shared, self.candidates.get(place)?)))
            .filter(|(_, candidate)| self.belong(&own, &candidate.parameters))
            .map(|(shared, candidate)| (shared, candidate.id))
            .collect();
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        match found.as_slice() {
            [] => Err(Unpartnered::Nothing),
            [(most, one), (as_many, other), ..] if most == as_many => {
                Err(Unpartnered::Several(one, other))
            }
            [(_, one), ..] => Ok(one),
        }
    }

    /// The places of the candidates without a contradiction that have most parameters in common, with how many segments
    /// they share: those that share most, up to two of each group.
    fn nearest(&mut self, own: &Parameters<'a>) -> Vec<(usize, usize)> {
        let values = own.values.only(|name| !self.fixed.contains(name));
        let ends = Ends {
            heads: self.heads.known(own.names.iter().copied()),
            tails: self.tails.known(own.names.iter().rev().copied()),
            segments: own.names.len(),
        };
        let mut by_equal: Vec<(Names<'a>, &mut Group<'a>)> = self
            .groups
            .iter_mut()
            .map(|group| {
                let both = group.names.iter().copied().filter(|name| values.get(name).is_some());
                (both.collect(), group)
            })
            .collect();
        by_equal.sort_by_key(|(both, _)| std::cmp::Reverse(both.len()));
        let (mut most, mut found) = (0, Vec::new());
        for (both, group) in by_equal {
            if !found.is_empty() && both.len() < most {
                break;
            }
            most = both.len();
            let named = group.with(&self.candidates, &both, &values);
            found.extend(named.into_iter().flat_map(|named| named.best(&ends)));
        }
        found
    }

    /// Whether two benchmarks have anything in common that the globs do not write out.
    fn belong(&self, one: &Parameters<'_>, other: &Parameters<'_>) -> bool {
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

/// The parameters that have more than one value.
fn varying<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeSet<&'a str> {
    let mut values: HashMap<&str, &str> = HashMap::new();
    parameters
        .filter(|&(name, value)| *values.entry(name).or_insert(value) != value)
        .map(|(name, _)| name)
        .collect()
}

/// Sequences of segments by number, each made of a shorter one and a segment; the empty one is 0.
#[derive(Default)]
struct Sequences<'a>(HashMap<(usize, &'a str), usize>);

impl<'a> Sequences<'a> {
    /// The numbers of the first none, one, two … segments; what is new gets a number.
    fn learn(&mut self, segments: impl Iterator<Item = &'a str>) -> Vec<usize> {
        let mut numbers = vec![0];
        for segment in segments.take(MOST_SEGMENTS) {
            let next = self.0.len() + 1;
            let shorter = numbers.last().copied().unwrap_or_default();
            numbers.push(*self.0.entry((shorter, segment)).or_insert(next));
        }
        numbers
    }

    /// The same, up to the first that is not known.
    fn known(&self, segments: impl Iterator<Item = &'a str>) -> Vec<usize> {
        let mut numbers = vec![0];
        for segment in segments.take(MOST_SEGMENTS) {
            let shorter = numbers.last().copied().unwrap_or_default();
            let Some(&number) = self.0.get(&(shorter, segment)) else { break };
            numbers.push(number);
        }
        numbers
    }
}

/// What a name begins and ends with: the numbers of its first and last segments.
struct Ends {
    heads: Vec<usize>,
    tails: Vec<usize>,
    /// How many segments it has.
    segments: usize,
}

impl Ends {
    /// The ways to take so many segments from both ends.
    fn ways(&self, shared: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let way =
            move |(head, &number)| Some((number, *self.tails.get(shared.checked_sub(head)?)?));
        self.heads.iter().enumerate().filter_map(way)
    }
}

/// Candidates by what their names begin and end with, up to two of each: their places.
#[derive(Default)]
struct Named(HashMap<(usize, usize), (usize, Option<usize>)>);

impl Named {
    fn add(&mut self, ends: &Ends, candidate: usize) {
        for way in (0..=ends.segments).flat_map(|shared| ends.ways(shared)) {
            self.0
                .entry(way)
                .and_modify(|(_, other)| *other = other.or(Some(candidate)))
                .or_insert((candidate, None));
        }
    }

    /// Up to two candidates that share as many segments as any, with that number.
    fn best(&self, ends: &Ends) -> Vec<(usize, usize)> {
        for shared in (0..=ends.segments).rev() {
            let ways = ends.ways(shared).filter_map(|way| self.0.get(&way));
            let mut found: Vec<usize> =
                ways.flat_map(|&(one, other)| [Some(one), other]).flatten().collect();
            found.sort_unstable();
            found.dedup();
            if !found.is_empty() {
                return found.into_iter().take(2).map(|candidate| (shared, candidate)).collect();
            }
        }
        Vec::new()
    }
}
