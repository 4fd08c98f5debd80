//! Which fields name the benchmark, which are parameters, which are metrics: the defaults and the settings.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{self, Meaning};
use super::moment::{Span, Stamp, moment};
use super::object::Field;
use crate::diag::{Code, Diagnostic, quoted};
use crate::model::{JsonlSettings, JsonlSummary, Metric, Statistic, SummaryOf};

/// Fields that name the benchmark; the first that is there does.
const NAMES: &[&str] = &["benchmark", "test_name", "test", "name", "id"];

/// Fields that say something of the run, not of the benchmark.
const CONTEXT: &[&str] = &[
    "timestamp",
    "time",
    "date",
    "commit",
    "sha",
    "run",
    "run_id",
    "host",
    "url",
    "version",
    "type",
];

/// How fields are read.
#[derive(Debug, Default)]
pub(super) struct Rules {
    benchmark: Option<Vec<String>>,
    parameters: Option<BTreeSet<String>>,
    metrics: Option<BTreeMap<String, Meaning>>,
    ignore: BTreeSet<String>,
    /// What the count of a statistics line counts.
    pub(super) summary: JsonlSummary,
}

impl Rules {
    /// Checks the settings.
    ///
    /// # Errors
    /// Every metric whose unit is not known.
    pub(super) fn new(settings: &JsonlSettings) -> Result<Self, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let metrics = settings.metrics.as_ref().map(|metrics| {
            let mut meanings = BTreeMap::new();
            for (field, meant) in metrics {
                let Some((unit, factor)) = fields::unit(&meant.unit) else {
                    let message = format!("{} is not a unit", quoted(&meant.unit));
                    let place =
                        format!("correct `inputs.jsonl.metrics` of the field {}", quoted(field));
                    errors.push(Diagnostic::error(Code::InvalidValue, message).help(place));
                    continue;
                };
                let metric = Metric::new(&meant.metric);
                let meaning = Meaning::new(metric, meant.statistic, (unit, factor));
                meanings.insert(field.clone(), meaning);
            }
            meanings
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            benchmark: settings.benchmark.clone(),
            parameters: settings.parameters.clone().map(BTreeSet::from_iter),
            metrics,
            ignore: settings.ignore.iter().cloned().collect(),
            summary: settings.summary,
        })
    }

    /// Which of the fields that are there make the name, in order. `usable` says whether a field has a value.
    pub(super) fn name_fields(&self, usable: &dyn Fn(&str) -> bool) -> Vec<String> {
        match &self.benchmark {
            Some(listed) => listed.iter().filter(|name| usable(name)).cloned().collect(),
            None => {
                let first = NAMES.iter().find(|name| usable(name)).copied();
                let second = Some("operation").filter(|name| usable(name));
                first.into_iter().chain(second).map(str::to_owned).collect()
            }
        }
    }

    /// The fields that a name can come from, for people.
    pub(super) fn expected_names(&self) -> String {
        match &self.benchmark {
            Some(listed) => listed.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", "),
            None => "`benchmark`, `test_name`, `test`, `name`, `id` or `operation`".into(),
        }
    }

    /// Whether a field is left out.
    pub(super) fn is_ignored(&self, name: &str) -> bool {
        let mapped = self.metrics.as_ref().is_some_and(|metrics| metrics.contains_key(name));
        self.ignore.contains(name)
            || (CONTEXT.contains(&name) && !mapped && !self.is_listed_parameter(name))
    }

    /// Whether the settings make a field a parameter.
    pub(super) fn is_listed_parameter(&self, name: &str) -> bool {
        self.parameters.as_ref().is_some_and(|listed| listed.contains(name))
    }

    /// Whether fields that are nothing else are parameters.
    pub(super) fn takes_any_parameter(&self) -> bool {
        self.parameters.is_none()
    }

    /// What a field means as a metric, where the settings say so.
    pub(super) fn mapped(&self, name: &str) -> Option<&Meaning> {
        self.metrics.as_ref()?.get(name)
    }

    /// What a field of a statistics line means as a metric.
    pub(super) fn statistic(&self, name: &str) -> Option<Meaning> {
        match &self.metrics {
            Some(metrics) => metrics.get(name).map(|meaning| Meaning {
                statistic: meaning.statistic.or(Some(Statistic::Mean)),
                ..meaning.clone()
            }),
            None => fields::statistic(name),
        }
    }

    /// What a field of a sample line means as a metric.
    pub(super) fn sample(&self, name: &str) -> Option<Meaning> {
        match &self.metrics {
            Some(metrics) => {
                metrics.get(name).map(|meaning| Meaning { statistic: None, ..meaning.clone() })
            }
            None => fields::sample(name),
        }
    }

    /// What a field of a line with samples of resources means as a metric.
    pub(super) fn resource(&self, name: &str) -> Option<Meaning> {
        match &self.metrics {
            Some(_) => self.sample(name).filter(|it| fields::is_resource(it.metric.as_str())),
            None => fields::resource(name),
        }
    }

    /// The field `timestamp`, where it is left to be one and has a value.
    pub(super) fn stamp<'a, 'b: 'a>(
        &self,
        find: &dyn Fn(&str) -> Option<&'a Field<'b>>,
    ) -> Option<Stamp> {
        let field = find("timestamp").filter(|field| !matches!(field.raw, "null" | "\"\""))?;
        let free = self.is_free("timestamp");
        free.then(|| Stamp { at: field.at, moment: moment(field) })
    }

    /// From when to when the benchmark ran, by the fields `start` and `end`, and the byte at which the second stands.
    pub(super) fn window<'a, 'b: 'a>(
        &self,
        find: &dyn Fn(&str) -> Option<&'a Field<'b>>,
    ) -> Option<(Span, usize)> {
        let (start, end) = (find("start")?, find("end")?);
        let free = self.is_free("start") && self.is_free("end");
        let span = Span { from: moment(start)?, to: moment(end)? };
        free.then_some((span, end.at))
    }

    /// Whether the settings do not say what a field is.
    fn is_free(&self, name: &str) -> bool {
        let listed = self.ignore.contains(name) || self.is_listed_parameter(name);
        !listed && self.mapped(name).is_none()
    }

    /// The fields that can hold n, the most fitting first.
    pub(super) fn count_fields(&self) -> &'static [&'static str] {
        match self.summary.of {
            SummaryOf::Samples => &["n", "samples", "count", "runs"],
            SummaryOf::Runs => &["n", "runs", "count", "samples"],
        }
    }
}
