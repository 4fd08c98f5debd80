use foldhash::{HashMap, HashMapExt};

use super::Overhead;
use crate::diag::quoted;
use crate::model::{BenchmarkId, Better, Finding, Number, Severity, Side, Statistic, Status, Unit};
use crate::policy::partner::{Pairing, Partnered, Unpartnered};
use crate::policy::{Bounds, Measured, Missing, Standing, not_measurable};
use crate::stats::ratio::{Amount, Basis, Ratio, ratio};

/// What was measured of the benchmarks of a rule.
pub(super) struct Parts<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// Those that cannot be held against a baseline, with why.
    pub(super) failed: Vec<(&'a BenchmarkId, Failure<'a>)>,
    pub(super) baselines: HashMap<&'a BenchmarkId, Baseline>,
    /// Which way is better.
    pub(super) better: Better,
}

/// A variant or component and what it takes.
pub(super) struct Part<'a> {
    pub(super) benchmark: &'a BenchmarkId,
    pub(super) baseline: &'a BenchmarkId,
    pub(super) amount: Amount,
    pub(super) statistic: Statistic,
    /// Whether the statistic is a percentile of averages over iterations.
    pub(super) of_averages: bool,
    pub(super) size: Size,
    /// How it stands to the limit of each.
    pub(super) standing: Option<Standing>,
}

/// A measured baseline.
pub(super) struct Baseline {
    pub(super) amount: Amount,
    pub(super) unit: Unit,
    pub(super) statistic: Statistic,
}

/// An overhead, a loss or a share as a fraction, with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) value: f64,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) basis: Basis,
}

/// Why a benchmark cannot be held against a baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Failure<'a> {
    Partner(Unpartnered<'a>),
    Missing(Missing),
    Baseline(&'a BenchmarkId, Missing),
    Units,
    Zero(&'a BenchmarkId),
    /// It is a baseline, and nothing belongs to it.
    Alone,
}

impl Size {
    /// From a ratio, or a sum of `count` ratios.
    pub(super) fn new(rule: &Overhead, ratio: Ratio, count: f64, better: Better) -> Self {
        let (low, high) = ratio.interval.unzip();
        let Ratio { value, basis, .. } = ratio;
        let size = |value: f64| match better {
            _ if rule.of_parts() => value,
            Better::Lower => value - count,
            Better::Higher => count - value,
        };
        let (low, high) =
            if better == Better::Higher && !rule.of_parts() { (high, low) } else { (low, high) };
        let end = |end: Option<f64>| end.map(size).filter(|end| end.is_finite());
        Self { value: size(value), low: end(low), high: end(high), basis }
    }

    /// How it stands to limits; what nothing could prove, where proof is asked for, counts as not measured.
    pub(super) fn stands(&self, bounds: &Bounds) -> Standing {
        let interval = (self.low, self.high);
        let standing = bounds.judge(self.value, interval);
        if bounds.unprovable(self.value, interval) {
            return Standing { status: Status::NotMeasured, severity: Severity::None, ..standing };
        }
        standing
    }

    pub(super) fn number(&self, rule: &Overhead, better: Better) -> Number {
        Number::of(rule.kind(better), self.value).between(self.low, self.high)
    }
}

impl<'a> Parts<'a> {
    pub(super) fn of(rule: &Overhead, measured: &Measured<'a>) -> Self {
        let mut all = Self {
            parts: Vec::new(),
            failed: Vec::new(),
            baselines: HashMap::new(),
            better: measured.better(&rule.metric),
        };
        let benchmarks = measured.benchmarks(Side::Head, None, &rule.metric);
        let pairing = Pairing::of(benchmarks, rule.measured_ones(), &rule.baseline);
        for Partnered { benchmark, partner } in pairing.partnered {
            let part = partner
                .map_err(Failure::Partner)
                .and_then(|baseline| all.part(rule, measured, benchmark, baseline));
            match part {
                Ok(part) => all.parts.push(part),
                Err(why) => all.failed.push((benchmark, why)),
            }
        }
        // A variant that was not measured must not pass for one that costs nothing. Of parts there may be any number.
        if !rule.of_parts() {
            let alone = pairing.alone.into_iter();
            all.failed.extend(alone.map(|baseline| (baseline, Failure::Alone)));
        }
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.failed.is_empty()
    }

    fn part(
        &mut self,
        rule: &Overhead,
        measured: &Measured<'a>,
        benchmark: &'a BenchmarkId,
        baseline: &'a BenchmarkId,
    ) -> Result<Part<'a>, Failure<'a>> {
        let read = |benchmark: &BenchmarkId, statistic: Option<Statistic>| {
            let accept = rule.accept_averages;
            measured.read(Side::Head, benchmark, &rule.metric, statistic, accept)
        };
        let reading = read(benchmark, rule.statistic).map_err(Failure::Missing)?;
        if !self.baselines.contains_key(baseline) {
            let reading =
                read(baseline, rule.statistic).map_err(|why| Failure::Baseline(baseline, why))?;
            let (unit, statistic) = (reading.unit(), reading.statistic());
            let known = Baseline { amount: reading.into(), unit, statistic };
            self.baselines.insert(baseline, known);
        }
        let under = self.baselines.get(baseline).ok_or(Failure::Zero(baseline))?;
        // Where the rule names no statistic, all are held against that of the baseline: a mean over a percentile is
        // no overhead.
        let reading = if reading.statistic() == under.statistic {
            reading
        } else {
            read(benchmark, Some(under.statistic)).map_err(Failure::Missing)?
        };
        if under.unit != reading.unit() {
            return Err(Failure::Units);
        }
        let amount = Amount::from(reading);
        let ratio = ratio(&amount, &under.amount).ok_or(Failure::Zero(baseline))?;
        let size = Size::new(rule, ratio, 1.0, self.better);
        let statistic = reading.statistic();
        let of_averages = reading.averages() && statistic.quantile().is_some();
        let bounds = rule.bounds(rule.each);
        let standing = bounds.map(|bounds| size.stands(&bounds));
        Ok(Part { benchmark, baseline, amount, statistic, of_averages, size, standing })
    }

    /// The finding about those that seem to be too much where the rule asks for proof and nothing could give it.
    fn unproven(&self, rule: &Overhead) -> Option<Finding> {
        let severity = rule.bounds(rule.each)?.severity();
        let open = |part: &&Part<'_>| {
            part.standing.is_some_and(|standing| standing.status == Status::NotMeasured)
        };
        let benchmarks: Vec<&BenchmarkId> =
            self.parts.iter().filter(open).map(|part| part.benchmark).collect();
        let about = (&rule.metric, rule.statistic);
        let why = Missing::Proof.to_string();
        (!benchmarks.is_empty() && severity > Severity::None)
            .then(|| not_measurable(rule.id.as_ref(), severity, about, &benchmarks, &why))
    }

    /// One finding for each reason why benchmarks cannot be held against a baseline.
    pub(super) fn findings(&self, rule: &Overhead) -> Vec<Finding> {
        let severity = rule.hardest();
        if severity == Severity::None {
            return Vec::new();
        }
        let mut reasons: Vec<(Failure<'_>, Vec<&BenchmarkId>)> = Vec::new();
        for (benchmark, why) in &self.failed {
            match reasons.iter_mut().find(|(known, _)| known == why) {
                Some((_, benchmarks)) => benchmarks.push(benchmark),
                None => reasons.push((*why, vec![benchmark])),
            }
        }
        let finding = |(why, benchmarks): (Failure<'_>, Vec<&BenchmarkId>)| {
            let about = (&rule.metric, rule.statistic);
            match why {
                Failure::Partner(unpartnered) => {
                    let (benchmark, who) = match benchmarks.as_slice() {
                        [first, rest @ ..] if !rest.is_empty() => {
                            let who =
                                format!("{} and {} more have", quoted(first.as_str()), rest.len());
                            (None, who)
                        }
                        only => (only.first().copied(), "it has".to_owned()),
                    };
                    let why = unpartnered.why(&rule.baseline);
                    rule.finding(severity, benchmark, format!("{who} no baseline: {why}"))
                }
                Failure::Alone => {
                    let of = quoted(rule.measured_ones().as_str());
                    let (benchmark, whom) = match benchmarks.as_slice() {
                        [first, rest @ ..] if !rest.is_empty() => {
                            let first = quoted(first.as_str());
                            let all = quoted(rule.baseline.as_str());
                            (None, format!("{first} and {} more of {all}", rest.len()))
                        }
                        only => (only.first().copied(), "this baseline".to_owned()),
                    };
                    let message = format!("no measured benchmark of {of} belongs to {whom}");
                    rule.finding(severity, benchmark, message)
                }
                why => {
                    let why = why.words();
                    not_measurable(rule.id.as_ref(), severity, about, &benchmarks, &why)
                }
            }
        };
        let mut findings: Vec<Finding> = reasons.into_iter().map(finding).collect();
        findings.extend(self.unproven(rule));
        findings
    }
}

impl Failure<'_> {
    fn words(self) -> String {
        match self {
            Self::Partner(_) => "it has no baseline".into(),
            Self::Missing(why) => why.to_string(),
            Self::Baseline(baseline, why) => {
                format!("of its baseline {}, {why}", quoted(baseline.as_str()))
            }
            Self::Alone => "no benchmark belongs to it".into(),
            Self::Units => "its baseline has another unit".into(),
            Self::Zero(baseline) => {
                format!("its baseline {} is zero", quoted(baseline.as_str()))
            }
        }
    }
}
