//! The kinds of rules. Adding one is a file here and a line in the list below.

mod budget;
mod growth;
mod overhead;
mod presence;
mod regression;
mod relation;
mod scaling;
mod stability;
#[cfg(test)]
mod testing;

pub use budget::Budget;
pub use growth::Growth;
pub use overhead::Overhead;
pub use presence::Presence;
pub use regression::{Evidence, NamedTest, Regression};
pub use relation::Relation;
pub use scaling::{Growing, Scaling};
pub use stability::Stability;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use super::{Checked, Declared, Measured, Problem};
use crate::model::{BenchmarkId, Metric, Side, Statistic};

/// What runs must be reduced to.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// A handful.
    statistics: Vec<(Statistic, bool)>,
    /// Whether the standard deviation over the mean is wanted.
    pub cv: bool,
}

impl Default for Wanted {
    /// The median, which is always wanted.
    fn default() -> Self {
        Self { statistics: vec![(Statistic::Median, true)], cv: false }
    }
}

impl Wanted {
    /// Adds a statistic.
    pub fn add(&mut self, statistic: Statistic, accept_averages: bool) {
        match self.statistics.iter_mut().find(|known| known.0 == statistic) {
            Some(known) => known.1 |= accept_averages,
            None => self.statistics.push((statistic, accept_averages)),
        }
    }

    /// The statistics, each with whether a percentile of averages over iterations is accepted.
    pub fn statistics(&self) -> impl Iterator<Item = (Statistic, bool)> + '_ {
        self.statistics.iter().copied()
    }
}

/// A kind of rule, for `explain`, the schema and the documentation.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its key in the YAML file.
    pub name: &'static str,
    /// An example, one line of YAML under `rules:`.
    pub example: &'static str,
    /// The schema of its parameters; the description is the doc comment of the struct.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// What every kind of rule has.
pub trait RuleKind: JsonSchema {
    /// An example, one line of YAML under `rules:`.
    const EXAMPLE: &'static str;

    /// What is wrong with its values.
    fn problems(&self, declared: &Declared) -> Vec<Problem>;

    /// Adds the statistics of a side, benchmark and metric that it looks at, beside the median, which is always there.
    fn wants(&self, _side: Side, _benchmark: &BenchmarkId, _metric: &Metric, _wanted: &mut Wanted) {
    }

    /// What it has to say of what was measured; `None` for the kinds that the gate decides by comparisons or by the
    /// inventory.
    fn check(&self, _measured: &Measured<'_>) -> Option<Checked> {
        None
    }
}

macro_rules! rules {
    ($($name:literal => $variant:ident,)+) => {
        /// One rule of the configuration, written `- kind: { … }`.
        #[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
        #[expect(clippy::large_enum_variant, reason = "a configuration holds few rules")]
        pub enum Rule {
            $(#[doc = concat!("A rule of the kind `", $name, "`.")] #[serde(rename = $name)] $variant($variant),)+
        }

        impl Rule {
            /// Every kind.
            pub const KINDS: &'static [Kind] = &[
                $(Kind { name: $name, example: <$variant as RuleKind>::EXAMPLE, schema: |generator| <$variant as JsonSchema>::json_schema(generator) },)+
            ];

            /// What is wrong with its values.
            #[must_use]
            pub fn problems(&self, declared: &Declared) -> Vec<Problem> {
                match self { $(Self::$variant(rule) => rule.problems(declared),)+ }
            }

            /// Adds the statistics of a side, benchmark and metric that it looks at.
            pub fn wants(
        &self,
        side: Side,
        benchmark: &BenchmarkId,
        metric: &Metric,
        wanted: &mut Wanted,
    ) {
                match self { $(Self::$variant(rule) => rule.wants(side, benchmark, metric, wanted),)+ }
            }

            /// What it has to say of what was measured; `None` for regression and presence, which the gate decides.
            #[must_use]
            pub fn check(&self, measured: &Measured<'_>) -> Option<Checked> {
                match self { $(Self::$variant(rule) => rule.check(measured),)+ }
            }

            /// The name of its kind.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }
        }
    };
}

rules! {
    "regression" => Regression,
    "budget" => Budget,
    "overhead" => Overhead,
    "relation" => Relation,
    "stability" => Stability,
    "scaling" => Scaling,
    "growth" => Growth,
    "presence" => Presence,
}
