//! From the file as it is written to a configuration that cannot be wrong: what types alone do not say.

use std::collections::BTreeMap;

use super::de::Found;
use super::error::Fault;
use super::file::{File, MetricEntry, VERSION};
use super::node::Node;
use super::source::Source;
use super::{Config, Gate};
use crate::diag::{Code, Located, quoted, suggest};
use crate::model::{Better, JsonlSettings, MeasureSettings, Metric, Unit};
use crate::policy::{Declared, DeclaredMetric, Problem, Rule, Scope, Waiver};

/// Looks at the values of a file and collects what is wrong with them.
pub(super) struct Check<'a> {
    source: &'a Source<'a>,
    root: &'a Node,
    file: &'a File,
    found: Found,
}

impl<'a> Check<'a> {
    /// For a file that was read.
    pub(super) fn new(
        source: &'a Source<'a>,
        root: &'a Node,
        file: &'a File,
        found: Found,
    ) -> Self {
        Self { source, root, file, found }
    }

    /// The configuration, and the mistakes that keep it from being one.
    pub(super) fn run(mut self) -> (Config, Vec<Fault>) {
        let file = self.file;
        self.version(file.version);
        self.gate(&file.gate);
        let declared = self.declared(file);
        self.jsonl(&file.inputs.jsonl, &declared);
        self.measure(&file.measure);
        let rules = file.rules.as_deref().map(|rules| self.rules(rules, &declared));
        let waivers = self.waivers(&file.waivers, &declared);
        let mut config = Config {
            gate: file.gate.clone(),
            jsonl: file.inputs.jsonl.clone(),
            measure: file.measure.clone(),
            declared,
            waivers,
            ..Config::built_in()
        };
        if let Some(rules) = rules {
            config.rules.retain(|rule| matches!(rule.value, Rule::Presence(_)));
            config.rules.extend(rules);
        }
        (config, self.found.faults)
    }

    fn fault(
        &mut self,
        code: Code,
        node: &Node,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.found.faults.push(Fault {
            code,
            message: message.into(),
            help: Some(help.into()),
            span: node.span.clone(),
        });
    }

    /// The value at a path of keys, or the last key that is there.
    fn at(&self, path: &[&str]) -> &'a Node {
        let mut node = self.root;
        for key in path {
            match node.get(key) {
                Some(value) => node = value,
                None => break,
            }
        }
        node
    }

    fn version(&mut self, version: Option<u64>) {
        match (version, self.root.entry("version")) {
            (Some(VERSION), _) => {}
            (Some(other), Some((_, value))) => self.fault(
                Code::InvalidValue,
                value,
                format!("this program does not read version {other}"),
                format!(
                    "write `version: {VERSION}`, or use a benchgate that reads version {other}"
                ),
            ),
            (None, None) => {
                let first = self.root.entries().first().map_or(self.root, |(key, _)| key);
                self.fault(
                    Code::MissingKey,
                    first,
                    "missing key `version`",
                    format!("begin the file with `version: {VERSION}`, so that later programs know how to read it"),
                );
            }
            _ => {}
        }
    }

    fn gate(&mut self, gate: &Gate) {
        let alpha = gate.alpha.fraction();
        if !(alpha > 0.0 && alpha <= 0.5) {
            let node = self.at(&["gate", "alpha"]);
            self.fault(
                Code::InvalidValue,
                node,
                format!("a false-alarm rate of {} makes no sense", gate.alpha),
                "take something above 0% and up to 50%, e.g. `alpha: 1%`",
            );
        }
        if gate.margin.fraction() >= 1.0 {
            let node = self.at(&["gate", "margin"]);
            self.fault(
                Code::InvalidValue,
                node,
                format!("a margin of {} hides everything", gate.margin),
                "take something below 100%, e.g. `margin: 3%`",
            );
        }
        let display = &gate.display;
        for (key, word) in [
            ("notice", &display.notice),
            ("warning", &display.warning),
            ("critical", &display.critical),
        ] {
            if word.trim().is_empty() {
                let node = self.at(&["gate", "display", key]);
                self.fault(
                    Code::InvalidValue,
                    node,
                    format!("the word for `{key}` is empty"),
                    format!("write a word, or remove the key to keep `{key}`"),
                );
            }
        }
    }

    fn declared(&mut self, file: &File) -> Declared {
        let mut metrics = BTreeMap::new();
        for (key, value) in self.root.get("metrics").map_or(&[][..], Node::entries) {
            let Some(name) = key.text() else { continue };
            let metric = Metric::new(name);
            let entry = file.metrics.get(name).filter(|_| !self.found.left_out.contains(&key.id));
            let Some(entry) = entry else {
                // Declared with a mistake: rules that name it are not wrong as well.
                metrics.entry(metric).or_insert(DeclaredMetric {
                    better: Some(Better::Lower),
                    unit: None,
                    deterministic: false,
                });
                continue;
            };
            let declared = self.metric(key, value, &metric, entry);
            if metrics.insert(metric, declared).is_some() {
                self.fault(
                    Code::DuplicateKey,
                    key,
                    format!("metric {} is declared twice", quoted(name)),
                    "`_` and `-` are the same in the name of a metric; keep one of the two",
                );
            }
        }
        let margin = self.root.get("gate").and_then(|gate| gate.entry("margin"));
        let margin = match margin {
            // No level is below a margin that nobody knows.
            Some((key, _)) if self.found.spoilt(key) => 0.0,
            _ => file.gate.margin.fraction(),
        };
        Declared { margin, metrics }
    }

    fn metric(
        &mut self,
        key: &Node,
        value: &Node,
        metric: &Metric,
        entry: &MetricEntry,
    ) -> DeclaredMetric {
        let name = metric.as_str();
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
            self.fault(
                Code::InvalidValue,
                key,
                format!("{} is not a name for a metric", quoted(name)),
                "take a word without spaces, such as `queue-depth`",
            );
        }
        if let Some(unit) = &entry.unit {
            self.unit(value.get("unit").unwrap_or(key), unit);
        }
        let mut better = entry.better;
        match (metric.info(), entry.better) {
            (None, None) => {
                if !self.found.spoilt(value) {
                    self.fault(
                        Code::MissingKey,
                        key,
                        format!(
                            "benchgate does not know whether more or less {} is better",
                            quoted(name)
                        ),
                        "add `better: lower` or `better: higher`",
                    );
                }
                better = Some(Better::Lower);
            }
            (Some(known), Some(other)) if known.better != other => {
                let word = |better| if better == Better::Lower { "lower" } else { "higher" };
                self.fault(
                    Code::InvalidValue,
                    value.get("better").unwrap_or(key),
                    format!("of `{name}`, {} is better", word(known.better)),
                    "remove `better`, or give your metric a name that benchgate does not know",
                );
            }
            _ => {}
        }
        DeclaredMetric {
            better,
            unit: entry.unit.as_deref().and_then(Unit::parse).map(|(unit, _)| unit),
            deterministic: entry.deterministic,
        }
    }

    fn unit(&mut self, node: &Node, unit: &str) {
        if Unit::parse(unit).is_some() {
            return;
        }
        let help = match suggest(unit, Unit::names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "units are ns, us, ms, s, bytes, kB, MB, GB, KiB, MiB, GiB, percent, ratio, count, per_s, bytes_per_s and bits_per_s".into(),
        };
        self.fault(Code::InvalidValue, node, format!("{} is not a unit", quoted(unit)), help);
    }

    fn jsonl(&mut self, settings: &JsonlSettings, declared: &Declared) {
        if settings.benchmark.as_ref().is_some_and(Vec::is_empty) {
            let node = self.at(&["inputs", "jsonl", "benchmark"]);
            self.fault(
                Code::InvalidValue,
                node,
                "without a field there is no name for a benchmark",
                "name at least one field, or remove the key for the usual ones",
            );
        }
        if settings.summary.n == Some(0) {
            let node = self.at(&["inputs", "jsonl", "summary", "n"]);
            self.fault(Code::InvalidValue, node, "statistics of nothing", "`n` is at least 1");
        }
        for (field, entry) in settings.metrics.iter().flatten() {
            let node = self.at(&["inputs", "jsonl", "metrics", field]);
            self.unit(node.get("unit").unwrap_or(node), &entry.unit);
            if let Some(problem) = declared.unknown_metric(&Metric::new(&entry.metric)) {
                self.problem(problem, node, node);
            }
        }
    }

    fn measure(&mut self, settings: &MeasureSettings) {
        for (name, profile) in [("full", &settings.full), ("quick", &settings.quick)] {
            for problem in profile.problems() {
                let node = self.at(&["measure", name, problem.key]);
                self.fault(Code::InvalidValue, node, problem.message, problem.help);
            }
            for key in ["filter", "threads"] {
                for element in self.at(&["measure", name, key]).elements() {
                    if let Some(Err(problem)) = element.text().map(Scope::parse) {
                        let (message, help) = problem.split_once("; ").unwrap_or((&problem, ""));
                        self.fault(Code::InvalidValue, element, message, help);
                    }
                }
            }
        }
    }

    /// Shows a problem of a rule or waiver at the value of its key, else at `whole`.
    fn problem(&mut self, problem: Problem, settings: &Node, whole: &Node) {
        let node = settings.get(problem.key).unwrap_or(whole);
        self.fault(problem.code, node, problem.message, problem.help);
    }

    /// The elements of a list that made it into a value, each with that value.
    fn pairs<T>(&self, section: &str, values: &'a [T]) -> Vec<(&'a Node, &'a T)> {
        let list = self.root.get(section).map_or(&[][..], Node::elements);
        let read = list.iter().filter(|node| !self.found.left_out.contains(&node.id));
        read.zip(values).collect()
    }

    fn rules(&mut self, rules: &'a [Rule], declared: &Declared) -> Vec<Located<Rule>> {
        let mut located = Vec::new();
        for (node, rule) in self.pairs("rules", rules) {
            let (kind, settings) = node.entries().first().map_or((node, node), |(k, v)| (k, v));
            located
                .push(Located { value: rule.clone(), place: Some(self.source.place(&kind.span)) });
            if !self.found.enough() {
                self.problems(rule.problems(declared), settings, kind);
            }
        }
        located
    }

    fn waivers(&mut self, waivers: &'a [Waiver], declared: &Declared) -> Vec<Located<Waiver>> {
        let mut located: Vec<Located<Waiver>> = Vec::new();
        let mut lines = BTreeMap::new();
        for (node, waiver) in self.pairs("waivers", waivers) {
            let place = self.source.place(&node.span);
            if !self.found.enough() {
                self.problems(waiver.problems(declared), node, node);
            }
            let whom = (&waiver.benchmark, &waiver.metric, waiver.statistic);
            if let Some(line) = lines.get(&whom) {
                let node = node.get("benchmark").unwrap_or(node);
                self.fault(
                    Code::DuplicateKey,
                    node,
                    format!("this benchmark and metric has a waiver on line {line} already"),
                    "keep one of the two",
                );
            } else {
                lines.insert(whom, place.line);
            }
            located.push(Located { value: waiver.clone(), place: Some(place) });
        }
        located
    }

    /// Shows problems of a rule or waiver at the values of their keys, else at `whole`. Where a part of it was
    /// left out as wrong, what is said of the rest may be the consequence of that.
    fn problems(&mut self, problems: Vec<Problem>, settings: &Node, whole: &Node) {
        let spoilt = self.found.spoilt(settings);
        for problem in problems {
            if !spoilt || problem.code == Code::UnknownMetric {
                self.problem(problem, settings, whole);
            }
        }
    }
}
