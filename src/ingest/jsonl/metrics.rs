//! The numbers of a line: one sample or some statistics of each metric.

use std::collections::BTreeMap;

use super::Problem;
use super::fields::{self, Meaning};
use super::object::Field;
use super::rules::Rules;
use crate::diag::quoted;
use crate::model::{Metric, Statistic, Summary, Unit};

/// The numbers of one metric, in its unit.
#[derive(Debug, PartialEq)]
pub(super) enum Numbers {
    /// One sample.
    Sample(f64),
    /// Statistics.
    Summary(Summary),
}

/// The numbers of a line, by metric.
#[derive(Default)]
pub(super) struct Metrics(BTreeMap<Metric, (Unit, Vec<Known>)>);

/// One number and the field it comes from.
struct Known {
    statistic: Option<Statistic>,
    value: f64,
    field: String,
}

impl Metrics {
    /// Adds the number of a field; the same statistic twice is no trouble where both agree.
    ///
    /// # Errors
    /// No number, or another field has said otherwise.
    pub(super) fn add(&mut self, field: &Field<'_>, meaning: Meaning) -> Result<(), Problem> {
        let value = field.number()? * meaning.factor;
        // The deviation of a single sample is written as null; that is no broken measurement.
        if value.is_nan() && meaning.statistic == Some(Statistic::Stddev) {
            return Ok(());
        }
        let (unit, known) =
            self.0.entry(meaning.metric.clone()).or_insert((meaning.unit, Vec::new()));
        let clash =
            known.iter().find(|known| known.statistic == meaning.statistic && known.value != value);
        let message = if let Some(other) = clash {
            let statistic = meaning.statistic.map_or("a sample".into(), |s| format!("the {s}"));
            format!(
                "{} and {} are both {statistic} of {}",
                quoted(&other.field),
                quoted(&field.name),
                quoted(meaning.metric.as_str())
            )
        } else if *unit != meaning.unit {
            let other = known.first().map_or("", |known| known.field.as_str());
            format!(
                "{} and {} are both {}, in units that do not agree",
                quoted(other),
                quoted(&field.name),
                quoted(meaning.metric.as_str())
            )
        } else {
            if !known.iter().any(|known| known.statistic == meaning.statistic) {
                known.push(Known {
                    statistic: meaning.statistic,
                    value,
                    field: field.name.clone(),
                });
            }
            return Ok(());
        };
        let help = match meaning.statistic {
            Some(_) => {
                "say what each field is under `inputs.jsonl.metrics`: `{ metric: …, unit: …, statistic: … }`"
            }
            None => {
                "a `type` other than `statistics` makes each field a sample: write `\"type\":\"statistics\"`, or say what each field is under `inputs.jsonl.metrics`"
            }
        };
        Err(Problem::new(field.at, message).help(help))
    }

    /// Adds the number of `metric`, `unit` and `value`.
    ///
    /// # Errors
    /// One of them is missing where it is needed, or is not known.
    pub(super) fn add_value(
        &mut self,
        metric: Option<&Field<'_>>,
        unit: Option<&Field<'_>>,
        value: Option<&Field<'_>>,
    ) -> Result<(), Problem> {
        let Some(value) = value else { return Ok(()) };
        let Some(unit) = unit else {
            return Err(Problem::new(value.at, "the value has no unit")
                .help("write `\"unit\":\"ms\"` or another unit beside it"));
        };
        let name = unit.word()?;
        let Some((stored, factor)) = fields::unit(&name) else {
            let message = format!("{} is not a unit", quoted(&name));
            let known = Unit::names().collect::<Vec<_>>().join(", ");
            return Err(Problem::new(unit.at, message).help(format!("use one of {known}")));
        };
        let metric = match metric {
            Some(field) => fields::metric(&field.word()?, stored),
            None => fields::default_metric(stored),
        };
        let Some(metric) = metric else {
            return Err(Problem::new(value.at, "the value has no metric")
                .help("write `\"metric\":\"error-rate\"` or another metric beside it"));
        };
        self.add(value, Meaning::new(metric, None, (stored, factor)))
    }

    /// The numbers by metric; `n` is how many samples statistics describe.
    pub(super) fn finish(self, rules: &Rules, n: Option<u64>) -> BTreeMap<Metric, (Unit, Numbers)> {
        let numbers = |known: Vec<Known>| match known.as_slice() {
            [Known { statistic: None, value, .. }] => Numbers::Sample(*value),
            known => Numbers::Summary(Summary {
                of: rules.summary.of,
                n,
                statistics: known.iter().filter_map(|k| Some((k.statistic?, k.value))).collect(),
            }),
        };
        self.0.into_iter().map(|(metric, (unit, known))| (metric, (unit, numbers(known)))).collect()
    }
}
