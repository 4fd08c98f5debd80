//! Whole bench executables as jobs: which of them belong together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use globset::GlobSet;

use super::Halt;
use super::harness;
use super::job::{Job, Listed};
use super::list::Names;
use super::request::Request;
use crate::model::BenchmarkId;

/// What tells one executable of a side from another, and is the same on both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    target: String,
    /// `None` where it was built elsewhere.
    package: Option<String>,
    /// Its number among those of one name, from 0.
    nth: usize,
}

type Suites = BTreeMap<Key, Listed>;

/// A job for each executable, on the sides that have it.
pub(super) fn suites(before: &Names, after: &Names, request: &Request) -> Result<Vec<Job>, Halt> {
    let filter = request.wanted()?;
    let pairs = pairs(suites_of(before, filter.as_ref()), suites_of(after, filter.as_ref()));
    let targets: Vec<String> = pairs.iter().map(|(key, ..)| key.target.clone()).collect();
    let mut jobs = Vec::new();
    for (key, base, head) in pairs {
        let wanted = |listed: &Listed| !listed.benchmarks.is_empty();
        let (base, head) = (base.filter(wanted), head.filter(wanted));
        let shared = targets.iter().filter(|target| **target == key.target).count() > 1;
        jobs.push(match (base, head) {
            (None, None) => continue,
            (Some(mut base), Some(mut head)) => {
                [base.harness, head.harness] = harness::alike(base.harness, head.harness);
                Job::suite(&key.name(shared), Some(base), Some(head), filter.clone())
            }
            (base, head) => Job::suite(&key.name(shared), base, head, filter.clone()),
        });
    }
    jobs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(jobs)
}

impl Key {
    /// What to call it: its target, and what else it takes where others have that name, too.
    fn name(&self, shared: bool) -> String {
        let target = &self.target;
        let name = match &self.package {
            Some(package) if shared => format!("{package}/{target}"),
            _ => target.clone(),
        };
        if self.nth > 0 { format!("{name} ({})", self.nth + 1) } else { name }
    }
}

/// The executables of a side.
fn suites_of(names: &Names, filter: Option<&GlobSet>) -> Suites {
    let mut files: BTreeMap<PathBuf, Listed> = BTreeMap::new();
    for (name, harness) in names {
        let listed = files.entry(harness.bench().file.clone()).or_insert_with(|| Listed {
            harness: Arc::clone(harness),
            benchmarks: BTreeSet::new(),
        });
        if filter.is_none_or(|filter| filter.is_match(harness::stem(name))) {
            listed.benchmarks.insert(BenchmarkId::new(&**name));
        }
    }
    let mut suites = Suites::new();
    for listed in files.into_values() {
        let bench = listed.harness.bench();
        let package = bench.package_name().map(str::to_owned);
        let mut key = Key { target: bench.target.clone(), package, nth: 0 };
        while suites.contains_key(&key) {
            key.nth += 1;
        }
        suites.insert(key, listed);
    }
    suites
}

/// Which executables of base and head are the same one.
fn pairs(mut before: Suites, mut after: Suites) -> Vec<(Key, Option<Listed>, Option<Listed>)> {
    let mut pairs = Vec::new();
    let mut pair = |base: &Key, head: &Key, before: &mut Suites, after: &mut Suites| {
        pairs.push((head.clone(), before.remove(base), after.remove(head)));
    };
    // Executables that were built elsewhere may have any name; where each side has one, they belong together.
    if let ([base], [head]) = (&*keys(&before), &*keys(&after)) {
        pair(base, head, &mut before, &mut after);
    }
    for key in keys(&before) {
        if after.contains_key(&key) {
            pair(&key, &key, &mut before, &mut after);
        }
    }
    // A package may have another name now, and what was built elsewhere has none.
    for key in keys(&before) {
        let of_target = |suites: &Suites| {
            let all = keys(suites).into_iter().filter(|other| other.target == key.target);
            all.collect::<Vec<_>>()
        };
        if let ([base], [head]) = (&*of_target(&before), &*of_target(&after)) {
            pair(base, head, &mut before, &mut after);
        }
    }
    let alone = before.into_iter().map(|(key, listed)| (key, Some(listed), None));
    pairs.extend(alone.chain(after.into_iter().map(|(key, listed)| (key, None, Some(listed)))));
    pairs
}

fn keys(suites: &Suites) -> Vec<Key> {
    suites.keys().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Side;

    /// Executables, each as `PACKAGE TARGET BENCHMARK…`, `-` for no package.
    fn names(executables: &[&str]) -> Names {
        let mut names = Names::new();
        for text in executables {
            let words: Vec<&str> = text.split(' ').collect();
            let [package, target, benchmarks @ ..] = &*words else { panic!("{text}") };
            let package = (*package != "-").then(|| format!("path+file:///w#{package}@1.0.0"));
            let harness = Arc::new(harness::fake(package, target, text));
            names.extend(benchmarks.iter().map(|name| ((*name).to_owned(), Arc::clone(&harness))));
        }
        names
    }

    fn said(before: &[&str], after: &[&str]) -> Vec<String> {
        let pairs = pairs(suites_of(&names(before), None), suites_of(&names(after), None));
        let targets: Vec<String> = pairs.iter().map(|(key, ..)| key.target.clone()).collect();
        let mut said: Vec<String> = pairs
            .into_iter()
            .map(|(key, base, head)| {
                let shared = targets.iter().filter(|target| **target == key.target).count() > 1;
                let job = Job::suite(&key.name(shared), base, head, None);
                let list = |side| {
                    let of_side = Some(job.benchmarks_of(side)).filter(|_| job.has(side));
                    let all = of_side.into_iter().flatten().map(BenchmarkId::as_str);
                    all.collect::<Vec<_>>().join(" ")
                };
                format!("{}: {} | {}", job.name, list(Side::Base), list(Side::Head))
            })
            .collect();
        said.sort();
        said
    }

    #[test]
    fn packages_may_have_targets_of_one_name() {
        assert_eq!(
            said(&["a bench a1 a2", "b bench b1"], &["a bench a1", "b bench b1 b2"]),
            ["a/bench: a1 a2 | a1", "b/bench: b1 | b1 b2"]
        );
        assert_eq!(
            said(&["- bench x", "- bench y"], &["- bench x", "- bench y"]),
            ["bench (2): y | y", "bench: x | x"]
        );
    }

    #[test]
    fn what_has_another_name_belongs_together_where_it_is_clear() {
        assert_eq!(said(&["- old x"], &["- new x"]), ["new: x | x"]);
        assert_eq!(
            said(&["a work x", "a other z"], &["b work x", "b other z"]),
            ["other: z | z", "work: x | x"]
        );
        assert_eq!(
            said(&["- work x", "- y y"], &["b work x", "b y y"]),
            ["work: x | x", "y: y | y"]
        );
    }

    #[test]
    fn what_one_side_has_is_kept() {
        assert_eq!(
            said(&["a work x", "a gone z"], &["a work x", "a new n"]),
            ["gone: z | ", "new:  | n", "work: x | x"]
        );
    }
}
