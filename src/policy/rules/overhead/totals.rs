use std::collections::{BTreeMap, BTreeSet};

use super::Overhead;
use super::parts::{Part, Parts, Size};
use super::scale::Scales;
use crate::diag::quoted;
use crate::model::{BenchmarkId, Status};
use crate::policy::{Bounds, Missing, Standing};
use crate::stats::ratio::{Fraction, Ratio, mean, sum};

/// What several benchmarks take.
pub(super) struct Total<'a> {
    pub(super) what: What,
    /// The place of its scale.
    pub(super) scale: usize,
    /// The baseline of a sum.
    pub(super) baseline: Option<&'a BenchmarkId>,
    pub(super) size: Size,
    pub(super) bounds: Bounds,
    pub(super) standing: Standing,
    /// Why nothing can be said of whether it holds, where that is so.
    pub(super) open: Option<String>,
    /// What it is made of, the largest first.
    pub(super) of: Vec<(&'a BenchmarkId, Size)>,
}

/// Which total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Sum,
    Average,
    Maximum,
}

impl What {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Maximum => "maximum",
        }
    }
}

impl<'a> Total<'a> {
    /// The largest of what it is made of.
    pub(super) fn largest(&self) -> Option<&'a BenchmarkId> {
        self.of.first().map(|(benchmark, ..)| *benchmark)
    }
}

/// The parts, the largest first.
pub(super) fn largest_first<'p, 'a>(
    parts: impl IntoIterator<Item = &'p Part<'a>>,
) -> Vec<&'p Part<'a>>
where
    'a: 'p,
{
    let mut sorted: Vec<&Part<'_>> = parts.into_iter().collect();
    sorted.sort_by(|a, b| {
        b.size.value.total_cmp(&a.size.value).then_with(|| a.benchmark.cmp(b.benchmark))
    });
    sorted
}

/// Every total that the rule limits: by scale, sums by baseline as well.
pub(super) fn totals<'a>(rule: &Overhead, parts: &Parts<'a>, scales: &Scales) -> Vec<Total<'a>> {
    let mut by_scale: Vec<Vec<&Part<'a>>> = vec![Vec::new(); scales.count()];
    for part in &parts.parts {
        if let Some(of) = by_scale.get_mut(scales.place(part)) {
            of.push(part);
        }
    }
    let mut totals = Vec::new();
    for (scale, of) in by_scale.iter().enumerate() {
        if let Some(bounds) = rule.bounds(rule.sum) {
            for (&baseline, of) in &by_baseline(of) {
                let ratio = fraction(parts, baseline, of).and_then(|fraction| sum(&fraction));
                let count = of.len() as f64;
                let size = ratio.map(|ratio| Size::new(rule, ratio, count, parts.better));
                totals.extend(total(What::Sum, scale, Some(baseline), size, &bounds, of));
            }
        }
        if let Some(bounds) = rule.bounds(rule.average) {
            let ratio = average(parts, of);
            let size = ratio.map(|ratio| Size::new(rule, ratio, 1.0, parts.better));
            totals.extend(total(What::Average, scale, None, size, &bounds, of));
        }
        if let Some(bounds) = rule.bounds(rule.maximum) {
            let size = largest_first(of.iter().copied()).first().map(|part| part.size);
            totals.extend(total(What::Maximum, scale, None, size, &bounds, of));
        }
    }
    let absent = if rule.of_parts() { absent(&by_scale, scales) } else { BTreeMap::new() };
    for total in &mut totals {
        let Some(name) = absent.get(&total.scale) else { continue };
        if total.standing.status < Status::Missed {
            total.standing.status = Status::NotMeasured;
            total.open =
                Some(format!("{} was measured at other scales and not at this one", quoted(name)));
        }
    }
    if !parts.failed.is_empty() {
        // What was not measured may be what is too much.
        for total in totals.iter_mut().filter(|total| total.standing.status < Status::Missed) {
            total.standing.status = Status::NotMeasured;
        }
    }
    totals.sort_by_key(|total| total.what);
    totals
}

/// The first part of each scale that was not measured there and was at another one: a total without it is too small.
fn absent(by_scale: &[Vec<&Part<'_>>], scales: &Scales) -> BTreeMap<usize, String> {
    let names: Vec<BTreeSet<String>> = by_scale
        .iter()
        .map(|of| of.iter().map(|part| scales.without(part.benchmark)).collect())
        .collect();
    let all: BTreeSet<&String> = names.iter().flatten().collect();
    let lacks = |own: &BTreeSet<String>| all.iter().find(|name| !own.contains(**name));
    names
        .iter()
        .enumerate()
        .filter_map(|(scale, own)| Some((scale, (*lacks(own)?).clone())))
        .collect()
}

fn total<'a>(
    what: What,
    scale: usize,
    baseline: Option<&'a BenchmarkId>,
    size: Option<Size>,
    bounds: &Bounds,
    of: &[&Part<'a>],
) -> Option<Total<'a>> {
    let size = size?;
    let standing = size.stands(bounds);
    let of = largest_first(of.iter().copied());
    let of = of.into_iter().map(|part| (part.benchmark, part.size)).collect();
    let unprovable = bounds.unprovable(size.value, (size.low, size.high));
    let open = unprovable.then(|| Missing::Proof.to_string());
    Some(Total { what, scale, baseline, size, bounds: *bounds, standing, open, of })
}

fn by_baseline<'p, 'a>(of: &[&'p Part<'a>]) -> BTreeMap<&'a BenchmarkId, Vec<&'p Part<'a>>> {
    let mut by_baseline: BTreeMap<&BenchmarkId, Vec<&Part<'_>>> = BTreeMap::new();
    for part in of {
        by_baseline.entry(part.baseline).or_default().push(part);
    }
    by_baseline
}

fn fraction<'p>(
    parts: &'p Parts<'_>,
    baseline: &BenchmarkId,
    of: &[&'p Part<'_>],
) -> Option<Fraction<'p>> {
    let under = &parts.baselines.get(baseline)?.amount;
    Some(Fraction { over: of.iter().map(|part| &part.amount).collect(), under })
}

fn average(parts: &Parts<'_>, of: &[&Part<'_>]) -> Option<Ratio> {
    let fractions: Vec<Fraction<'_>> =
        by_baseline(of).iter().filter_map(|(baseline, of)| fraction(parts, baseline, of)).collect();
    mean(&fractions)
}
