use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{BenchmarkId, Better, Finding, Measurement, Metric, Side, Stage, Statistic};
use crate::policy::rules::{Evidence, NamedTest, Regression};
use crate::policy::{Missing, Rule, default_statistic, not_measurable};

/// What is to be compared, and what a rule asks for that the data cannot give.
pub(super) struct Plan<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
    not_measurable: Vec<NotMeasurable<'a>>,
}

impl Plan<'_> {
    /// Findings of what a rule asks for that the data cannot give.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let finding = |missing: &NotMeasurable<'_>| {
            let about = (&missing.rule.metric, Some(missing.statistic));
            let severity = missing.rule.levels().highest();
            not_measurable(None, severity, about, &missing.benchmarks, &missing.why)
        };
        self.not_measurable.iter().map(finding).collect()
    }

    /// Says where the gate guards nothing. `held` is whether a rule that compares nothing holds something: with one, it
    /// needs no regression rule.
    pub(super) fn say_ungated(&self, held: bool, sink: &Diagnostics) {
        if !held && !self.pairs.is_empty() && self.pairs.iter().all(|pair| pair.rule.is_none()) {
            let message = "no regression rule applies to anything that was measured";
            sink.push(
                Diagnostic::warning(Code::NothingGated, message)
                    .help("add a `regression` rule for a metric of these benchmarks"),
            );
        }
    }
}

/// One comparison to make.
pub(super) struct Pair<'a> {
    pub(super) benchmark: &'a BenchmarkId,
    pub(super) metric: Metric,
    pub(super) statistic: Statistic,
    pub(super) better: Better,
    pub(super) screen: Sides<'a>,
    /// Fresh blocks; where both sides have them, only they decide.
    pub(super) confirm: Sides<'a>,
    pub(super) rule: Option<&'a Regression>,
    /// The margin, as a fraction.
    pub(super) margin: f64,
    /// Whether it can fail the build.
    pub(super) gating: bool,
    /// Whether it is only the time divided into a constant: the pair in front of it.
    pub(super) derived: bool,
}

/// The measurements of both sides, if they have one.
#[derive(Clone, Copy, Default)]
pub(super) struct Sides<'a> {
    pub(super) base: Option<&'a Measurement>,
    pub(super) head: Option<&'a Measurement>,
}

/// The first look at a statistic, and fresh blocks of it.
type Looks<'a> = [Sides<'a>; 2];

/// A statistic that a rule wants and the data cannot give.
struct NotMeasurable<'a> {
    rule: &'a Regression,
    statistic: Statistic,
    benchmarks: Vec<&'a BenchmarkId>,
    /// Why, and what would help.
    why: String,
}

impl<'a> Sides<'a> {
    pub(super) fn both(self) -> Option<(&'a Measurement, &'a Measurement)> {
        Some((self.base?, self.head?))
    }

    pub(super) fn any(self) -> Option<&'a Measurement> {
        self.head.or(self.base)
    }
}

/// Everything of one benchmark and metric.
#[derive(Clone, Copy)]
struct Group<'a, 'g> {
    benchmark: &'a BenchmarkId,
    metric: &'a Metric,
    measurements: &'g [&'a Measurement],
}

impl<'a> Group<'a, '_> {
    /// Both looks at a statistic.
    fn looks(self, statistic: Statistic) -> Looks<'a> {
        let of = |stage, side| {
            let wanted =
                |m: &&&Measurement| (m.statistic, m.stage, m.side) == (statistic, stage, side);
            self.measurements.iter().rfind(wanted).copied()
        };
        [Stage::Screen, Stage::Confirm]
            .map(|stage| Sides { base: of(stage, Side::Base), head: of(stage, Side::Head) })
    }

    /// The statistic that stands for the benchmark where no rule names one.
    fn default_statistic(self) -> Statistic {
        default_statistic(self.measurements.iter().copied())
    }
}

/// The first of both looks that there is, head before base.
fn any(looks: Looks<'_>) -> Option<&Measurement> {
    looks.into_iter().find_map(Sides::any)
}

/// Finds the comparisons: each statistic that a rule asks for, else the default one.
///
/// The last rule that matches a benchmark, metric and statistic replaces the earlier ones.
pub(super) fn plan<'a>(
    measurements: &'a [Measurement],
    config: &'a Config,
    sink: &Diagnostics,
) -> Plan<'a> {
    let mut sorted: Vec<&'a Measurement> = measurements.iter().collect();
    // They are, unless the report that they come from was written by somebody else.
    sorted.sort_by_key(|m| (&m.benchmark, &m.metric));
    let mut planner = Planner {
        config,
        sink,
        used: BTreeSet::new(),
        pairs: Vec::new(),
        missing: Vec::new(),
        undeclared: BTreeSet::new(),
    };
    let together =
        |a: &&Measurement, b: &&Measurement| a.benchmark == b.benchmark && a.metric == b.metric;
    for measurements in sorted.chunk_by(together) {
        if let Some(Measurement { benchmark, metric, .. }) = measurements.first() {
            planner.group(Group { benchmark, metric, measurements });
        }
    }
    planner.say_unused();
    Plan { pairs: planner.pairs, not_measurable: planner.missing }
}

struct Planner<'a, 'b> {
    config: &'a Config,
    sink: &'b Diagnostics,
    used: BTreeSet<usize>,
    pairs: Vec<Pair<'a>>,
    missing: Vec<NotMeasurable<'a>>,
    undeclared: BTreeSet<Metric>,
}

impl<'a> Planner<'a, '_> {
    fn group(&mut self, group: Group<'a, '_>) {
        let Group { benchmark, metric, .. } = group;
        let Some(better) = self.config.declared.better(metric) else {
            if self.undeclared.insert(metric.clone()) {
                let message = format!(
                    "nobody says which way the metric {} is better, so it was not compared",
                    quoted(metric.as_str())
                );
                let help = format!(
                    "declare it in the configuration: `metrics: {{ {metric}: {{ better: lower }} }}`"
                );
                self.sink.push(Diagnostic::warning(Code::UnknownMetric, message).help(help));
            }
            return;
        };
        let default = group.default_statistic();
        let rules = self.rules_of(benchmark, metric, default);
        let compared: Vec<(Statistic, Option<&'a Regression>)> = if rules.is_empty() {
            vec![(default, None)]
        } else {
            rules.into_iter().map(|(statistic, rule)| (statistic, Some(rule))).collect()
        };
        let mut throughput_is_due = true;
        for (statistic, rule) in compared {
            let looks = group.looks(statistic);
            if any(looks).is_none() {
                if let Some(rule) = rule {
                    let instead = any(group.looks(default));
                    let why = Missing::statistic(statistic, instead, rule.accept_averages);
                    self.not_measurable(rule, statistic, benchmark, why.to_string());
                }
                continue;
            }
            self.say_units(benchmark, metric, looks);
            let pair = self.pair(benchmark, metric.clone(), statistic, better, looks, rule);
            self.pairs.push(pair);
            // It stands right behind the time that it may be derived from.
            if *metric == Metric::time() && statistic == default {
                throughput_is_due = false;
                self.throughput(benchmark, statistic, looks, true);
            }
        }
        if throughput_is_due && *metric == Metric::time() {
            self.throughput(benchmark, default, group.looks(default), false);
        }
    }

    /// The last matching rule of each statistic.
    fn rules_of(
        &mut self,
        benchmark: &BenchmarkId,
        metric: &Metric,
        default: Statistic,
    ) -> BTreeMap<Statistic, &'a Regression> {
        let mut rules = BTreeMap::new();
        for (index, rule) in self.config.rules.iter().enumerate() {
            if let Rule::Regression(rule) = &rule.value
                && rule.covers(benchmark, metric)
            {
                self.used.insert(index);
                rules.insert(rule.statistic.unwrap_or(default), rule);
            }
        }
        rules
    }

    fn pair(
        &self,
        benchmark: &'a BenchmarkId,
        metric: Metric,
        statistic: Statistic,
        better: Better,
        [screen, confirm]: Looks<'a>,
        rule: Option<&'a Regression>,
    ) -> Pair<'a> {
        let margin =
            rule.and_then(|rule| rule.margin).unwrap_or(self.config.gate.margin).fraction();
        let fail_on = self.config.gate.fail_on;
        let gating = rule.is_some_and(|rule| rule.levels().lowest_failing(fail_on).is_some());
        Pair {
            benchmark,
            metric,
            statistic,
            better,
            screen,
            confirm,
            rule,
            margin,
            gating,
            derived: false,
        }
    }

    /// The throughput that a time and an amount an iteration make. The measurements themselves stay times; the judge
    /// divides. Where the amounts are equal it is the time in other words: it takes the verdict of the time, if that was
    /// tested in the same way, and holds its own levels against it.
    fn throughput(
        &mut self,
        benchmark: &'a BenchmarkId,
        statistic: Statistic,
        looks: Looks<'a>,
        behind_its_time: bool,
    ) {
        let [screen, _] = looks;
        let Some((base, head)) = screen.both() else { return };
        if base.throughput.or(head.throughput).is_none() {
            return;
        }
        let metric = Metric::throughput();
        for (wanted, rule) in self.rules_of(benchmark, &metric, statistic) {
            let amounts = base.throughput.zip(head.throughput);
            let Some((before, after)) = amounts.filter(|(before, after)| before.unit == after.unit)
            else {
                let why = "base and head do not say in the same unit what an iteration processes";
                self.not_measurable(rule, wanted, benchmark, why.into());
                continue;
            };
            if wanted != statistic {
                let why = format!("it comes from the time, of which the {statistic} is compared");
                self.not_measurable(rule, wanted, benchmark, why);
                continue;
            }
            let mut pair =
                self.pair(benchmark, metric.clone(), statistic, Better::Higher, looks, Some(rule));
            let time = self.pairs.last().filter(|_| behind_its_time);
            pair.derived = before.amount == after.amount
                && time.is_some_and(|time| {
                    is_plain(time.rule)
                        && is_plain(Some(rule))
                        && time.margin == pair.margin
                        && time.gating >= pair.gating
                });
            // What cannot be excluded is said of the time.
            pair.gating &= !pair.derived;
            self.pairs.push(pair);
        }
    }

    fn not_measurable(
        &mut self,
        rule: &'a Regression,
        statistic: Statistic,
        benchmark: &'a BenchmarkId,
        why: String,
    ) {
        let same = |m: &&mut NotMeasurable<'a>| {
            std::ptr::eq(m.rule, rule) && m.statistic == statistic && m.why == why
        };
        match self.missing.iter_mut().find(same) {
            Some(known) => known.benchmarks.push(benchmark),
            None => self.missing.push(NotMeasurable {
                rule,
                statistic,
                benchmarks: vec![benchmark],
                why,
            }),
        }
    }

    fn say_units(&self, benchmark: &BenchmarkId, metric: &Metric, looks: Looks<'_>) {
        let mut compared = looks.into_iter().filter_map(Sides::both);
        if compared.any(|(base, head)| base.unit != head.unit) {
            let message = format!(
                "{metric} of {} has one unit in base and another in head",
                quoted(benchmark.as_str())
            );
            self.sink.push(
                Diagnostic::error(Code::UnitMismatch, message)
                    .help("measure both sides with the same harness and options"),
            );
        }
    }

    /// Rules that matched nothing.
    fn say_unused(&self) {
        if self.pairs.is_empty() {
            return;
        }
        for (index, rule) in self.config.rules.iter().enumerate() {
            // Built-in rules have no place; nobody wrote them for this suite.
            if let (Rule::Regression(regression), Some(place)) = (&rule.value, &rule.place)
                && !self.used.contains(&index)
            {
                let message = format!("this rule for {} matches no benchmark", regression.metric);
                self.sink.push(
                    Diagnostic::warning(Code::UnusedRule, message)
                        .place(Some(place))
                        .help("it guards nothing; correct its glob or metric, or remove it"),
                );
            }
        }
    }
}

/// Whether a rule asks for benchgate's own procedure.
fn is_plain(rule: Option<&Regression>) -> bool {
    rule.is_some_and(|rule| rule.evidence == Evidence::Proven && rule.test == NamedTest::Auto)
}
