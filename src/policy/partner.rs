//! Which benchmark is held against which, where a rule names both by globs.

mod shared;

use foldhash::{HashMap, HashMapExt, HashSet};
use shared::Shared;

use super::{Reading, Scope};
use crate::diag::quoted;
use crate::model::BenchmarkId;
use crate::stats::ratio::{Amount, Run};

/// A benchmark and the one it is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partnered<'a> {
    /// The benchmark.
    pub benchmark: &'a BenchmarkId,
    /// Its partner, or why it has none.
    pub partner: Result<&'a BenchmarkId, Unpartnered<'a>>,
}

/// Why a benchmark has no partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpartnered<'a> {
    /// None belongs to it.
    Nothing,
    /// At least these two belong to it alike.
    Several(&'a BenchmarkId, &'a BenchmarkId),
}

impl Unpartnered<'_> {
    /// The reason in words: a lowercase fragment.
    #[must_use]
    pub fn why(self, among: &Scope) -> String {
        let among = quoted(among.as_str());
        match self {
            Self::Nothing => format!("no measured benchmark of {among} belongs to it"),
            Self::Several(one, other) => format!(
                "{} and {} of {among} belong to it alike",
                quoted(one.as_str()),
                quoted(other.as_str())
            ),
        }
    }
}

/// The benchmarks of one glob with those of another that they are held against.
#[derive(Debug)]
pub struct Pairing<'a> {
    /// Every benchmark of the one glob, sorted by id.
    pub partnered: Vec<Partnered<'a>>,
    /// The benchmarks of the other glob that belong to none, sorted by id, where the two pair strictly: both globs are the
    /// same wildcards in different fixed text, no benchmark is in both, and at least one has its partner. In every other
    /// case a partner may serve none or many, so that this is empty.
    pub alone: Vec<&'a BenchmarkId>,
}

impl<'a> Pairing<'a> {
    /// Finds for every benchmark of the glob `of` its partner in the glob `among`; never by a guess.
    ///
    /// 1. A glob `among` that is one benchmark's id serves all.
    /// 2. Where both globs are the same wildcards in different fixed text (`on/**` and `off/**`, `*/on/*` and `*/off/*`),
    ///    the partner is the benchmark with the same text in their place, as soon as this finds one partner at all.
    /// 3. Else the partner is the one that shares most: no parameter may contradict (but one that does not vary in either
    ///    glob is no matter), then more equal parameters are better, then more equal segments from both ends. What has
    ///    neither a parameter nor a segment in common beyond the text of both globs is no partner, even where it is the
    ///    only one.
    ///
    /// Nothing belongs to both sides: what both globs match counts to `among`, or, where this would leave nothing of
    /// `of`, to `of`. About O(n log n).
    #[must_use]
    pub fn of(
        benchmarks: impl IntoIterator<Item = &'a BenchmarkId>,
        of: &Scope,
        among: &Scope,
    ) -> Self {
        let Globs { mut only_of, mut only_among, both } = Globs::of(benchmarks, of, among);
        let apart = both.is_empty();
        if only_of.is_empty() {
            only_of = both;
        } else if !apart {
            only_among.extend(both);
            only_among.sort_unstable();
        }
        let mut way = Way::new(&only_of, &only_among, of, among);
        let partnered = only_of
            .iter()
            .map(|&benchmark| Partnered { benchmark, partner: way.find(benchmark) })
            .collect();
        let alone = match way {
            Way::Framed(framed) if apart => {
                let serving: HashSet<&BenchmarkId> = framed.into_values().collect();
                only_among.retain(|candidate| !serving.contains(candidate));
                only_among
            }
            _ => Vec::new(),
        };
        Self { partnered, alone }
    }
}

/// Benchmarks by the globs that match them, each sorted by id.
#[derive(Default)]
struct Globs<'a> {
    only_of: Vec<&'a BenchmarkId>,
    only_among: Vec<&'a BenchmarkId>,
    both: Vec<&'a BenchmarkId>,
}

impl<'a> Globs<'a> {
    fn of(
        benchmarks: impl IntoIterator<Item = &'a BenchmarkId>,
        of: &Scope,
        among: &Scope,
    ) -> Self {
        let mut globs = Self::default();
        for benchmark in benchmarks {
            match (of.contains(benchmark), among.contains(benchmark)) {
                (true, true) => globs.both.push(benchmark),
                (true, false) => globs.only_of.push(benchmark),
                (false, true) => globs.only_among.push(benchmark),
                (false, false) => {}
            }
        }
        for list in [&mut globs.only_of, &mut globs.only_among, &mut globs.both] {
            list.sort_unstable();
            list.dedup();
        }
        globs
    }
}

impl From<Reading<'_>> for Amount {
    fn from(reading: Reading<'_>) -> Self {
        let (low, high) = reading.interval();
        let runs = reading.runs().map(|run| Run {
            block: run.block,
            value: run.value,
            spread: run.spread,
        });
        Self { value: reading.estimate(), interval: low.zip(high), runs: runs.collect() }
    }
}

type Found<'a> = Result<&'a BenchmarkId, Unpartnered<'a>>;

/// The way by which partners are found.
enum Way<'a> {
    Only(&'a BenchmarkId),
    Framed(HashMap<&'a BenchmarkId, &'a BenchmarkId>),
    Shared(Shared<'a>),
}

impl<'a> Way<'a> {
    fn new(
        of_all: &[&'a BenchmarkId],
        candidates: &[&'a BenchmarkId],
        of: &Scope,
        among: &Scope,
    ) -> Self {
        if let [only] = candidates
            && only.as_str() == among.as_str()
        {
            return Self::Only(only);
        }
        let framed = framed(of_all, candidates, of, among);
        if framed.is_empty() {
            Self::Shared(Shared::new(of_all, candidates, (of, among)))
        } else {
            Self::Framed(framed)
        }
    }

    fn find(&mut self, benchmark: &'a BenchmarkId) -> Found<'a> {
        match self {
            Self::Only(only) => Ok(only),
            Self::Framed(framed) => framed.get(benchmark).copied().ok_or(Unpartnered::Nothing),
            Self::Shared(shared) => shared.find(benchmark),
        }
    }
}

/// The benchmarks with the partner that has the same text in place of the same wildcards.
fn framed<'a>(
    of_all: &[&'a BenchmarkId],
    candidates: &[&'a BenchmarkId],
    of: &Scope,
    among: &Scope,
) -> HashMap<&'a BenchmarkId, &'a BenchmarkId> {
    let Some(frames) = Frames::of(of, among) else { return HashMap::new() };
    let partner = |benchmark: &BenchmarkId| {
        let partner = frames.counterpart(benchmark.as_str())?;
        let at = candidates.binary_search_by(|known| known.as_str().cmp(&partner)).ok()?;
        candidates.get(at).copied()
    };
    of_all.iter().filter_map(|&benchmark| Some((benchmark, partner(benchmark)?))).collect()
}

/// Two globs that are the same wildcards in different fixed text.
enum Frames<'a> {
    /// All wildcards in one piece, with what stands around it in both.
    Around(Frame<'a>, Frame<'a>),
    /// Segment by segment: what stands in the place of one that is text, nothing where both have the same pattern.
    Segments(Vec<Option<&'a str>>),
}

impl<'a> Frames<'a> {
    fn of(of: &'a Scope, among: &'a Scope) -> Option<Self> {
        let around = Frame::of(of).zip(Frame::of(among));
        around
            .filter(|(from, to)| from.wildcards == to.wildcards)
            .map(|(from, to)| Self::Around(from, to))
            .or_else(|| Self::segments(of.as_str(), among.as_str()))
    }

    fn segments(of: &'a str, among: &'a str) -> Option<Self> {
        // What goes across segments has no place to be told by.
        let plain = |glob: &str| !glob.contains("**") && !glob.contains(['{', '[', '\\']);
        let (from, to) = (of.split('/'), among.split('/'));
        if !plain(of) || !plain(among) || from.clone().count() != to.clone().count() {
            return None;
        }
        let is_text = |segment: &str| !segment.contains(['*', '?']);
        let segment = |(from, to): (&'a str, &'a str)| match from == to {
            true if !is_text(from) => Some(None),
            _ => (is_text(from) && is_text(to)).then_some(Some(to)),
        };
        from.zip(to).map(segment).collect::<Option<_>>().map(Self::Segments)
    }

    /// The id with the same text in place of the wildcards.
    fn counterpart(&self, id: &str) -> Option<String> {
        match self {
            Self::Around(from, to) => Some(to.around(from.inside(id)?)),
            Self::Segments(segments) => {
                let mut counterpart = String::with_capacity(id.len() + 16);
                for (place, (own, text)) in id.split('/').zip(segments).enumerate() {
                    if place > 0 {
                        counterpart.push('/');
                    }
                    counterpart.push_str(text.unwrap_or(own));
                }
                Some(counterpart)
            }
        }
    }
}

/// A glob as fixed text around its wildcards.
struct Frame<'a> {
    before: &'a str,
    wildcards: &'a str,
    after: &'a str,
}

impl<'a> Frame<'a> {
    /// `None` for globs without wildcards or with escapes.
    fn of(scope: &'a Scope) -> Option<Self> {
        let glob = scope.as_str();
        let first = glob.find(['*', '?', '[', '{'])?;
        let (before, rest) = glob.split_at(first);
        let (wildcards, after) = rest.split_at(rest.rfind(['*', '?', ']', '}'])? + 1);
        (!glob.contains('\\')).then_some(Self { before, wildcards, after })
    }

    fn inside<'b>(&self, id: &'b str) -> Option<&'b str> {
        id.strip_prefix(self.before)?.strip_suffix(self.after)
    }

    fn around(&self, inside: &str) -> String {
        [self.before, inside, self.after].concat()
    }
}

#[cfg(test)]
mod tests;
