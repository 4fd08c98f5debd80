//! What the maintainers allow: rules with their levels, the globs they apply to, waivers.
//!
//! A rule kind is one file in `rules/` and one line in its list; configuration, schema and `explain` come from it.

mod bounds;
mod checked;
mod limit;
mod measured;
mod parameters;
pub mod partner;
pub mod rules;
mod scope;
mod value;
mod waiver;

pub use bounds::{Bounds, Standing};
pub use checked::{Checked, finding, not_measurable};
pub(crate) use checked::{NotMeasured, Rows, columns, nothing_matched};
pub use limit::{ByLevel, Limit, Tier, needless_severity, severity_of, severity_problem};
pub use measured::{Measured, Missing, Reading, RunNumber, default_statistic};
pub use rules::Rule;
pub use scope::Scope;
pub use value::{Excess, Factor, Percent, Quantity, Slope};
pub use waiver::Waiver;

use std::collections::BTreeMap;

use crate::diag::Code;
use crate::model::{Better, Metric, MetricInfo, Unit};

/// A mistake in the values of a rule or waiver, to be shown at one of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key it is about; empty for the whole rule.
    pub key: &'static str,
    /// Which kind of mistake.
    pub code: Code,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

/// What the rest of the configuration says that a rule depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// The margin of the gate, as a fraction.
    pub margin: f64,
    /// The metrics declared in the configuration.
    pub metrics: BTreeMap<Metric, DeclaredMetric>,
}

/// A metric declared in the configuration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeclaredMetric {
    /// Which way is better; `None` keeps what benchgate knows.
    pub better: Option<Better>,
    /// The stored unit of its numbers; `None` where nothing is said.
    pub unit: Option<Unit>,
    /// Its numbers are the same for the same code, so one run is enough and any difference is real.
    pub deterministic: bool,
}

impl Declared {
    /// Which way a metric is better; `None` where neither benchgate nor the configuration says.
    #[must_use]
    pub fn better(&self, metric: &Metric) -> Option<Better> {
        self.metrics
            .get(metric)
            .and_then(|declared| declared.better)
            .or_else(|| metric.info().map(|known| known.better))
    }

    /// Whether a metric is declared to be deterministic.
    #[must_use]
    pub fn deterministic(&self, metric: &Metric) -> bool {
        self.metrics.get(metric).is_some_and(|declared| declared.deterministic)
    }

    /// Whether a metric can be given in a unit, as far as anybody knows.
    pub(crate) fn fits(&self, metric: &Metric, unit: Unit) -> bool {
        if let Some(declared) = self.metrics.get(metric).and_then(|declared| declared.unit) {
            return declared == unit;
        }
        match metric.as_str() {
            "time" => unit == Unit::Nanoseconds,
            "memory" | "size" => unit == Unit::Bytes,
            "instructions" => unit == Unit::Count,
            "error-rate" => matches!(unit, Unit::Ratio | Unit::Percent),
            "throughput" => {
                matches!(unit, Unit::PerSecond | Unit::BytesPerSecond | Unit::BitsPerSecond)
            }
            _ => true,
        }
    }

    /// The problem of an amount whose unit the metric is not measured in.
    pub(crate) fn unit_problem(
        &self,
        key: &'static str,
        metric: &Metric,
        unit: Unit,
    ) -> Option<Problem> {
        if self.fits(metric, unit) {
            return None;
        }
        let of = crate::diag::quoted(metric.as_str());
        let message = if unit == Unit::Count {
            format!("`{key}` has no unit, and {of} is not a count")
        } else {
            format!("`{key}` has a unit that {of} is not measured in")
        };
        let help = "write it in the unit of the metric: `50ns` for time, `64KiB` for memory, `100/s` for throughput";
        Some(Problem { key, code: Code::InvalidValue, message, help: help.into() })
    }

    /// The problem of a metric that nobody knows, with the name that was probably meant.
    pub(crate) fn unknown_metric(&self, metric: &Metric) -> Option<Problem> {
        if self.better(metric).is_some() {
            return None;
        }
        let known = Metric::KNOWN
            .iter()
            .map(|MetricInfo { name, .. }| *name)
            .chain(self.metrics.keys().map(Metric::as_str));
        let declare =
            format!("declare it: `metrics: {{ {metric}: {{ unit: count, better: lower }} }}`");
        let help = match crate::diag::suggest(metric.as_str(), known) {
            Some(near) => format!("did you mean `{near}`? Else {declare}"),
            None => declare,
        };
        Some(Problem {
            key: "metric",
            code: Code::UnknownMetric,
            message: format!("no metric is called {}", crate::diag::quoted(metric.as_str())),
            help,
        })
    }
}
