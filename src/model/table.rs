use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BenchmarkId, Better, Severity, Unit};

/// What rules measured against what they ask for, as a table that every form can show.
///
/// Its cells are numbers with their units, not text: each form writes them in its own way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// What it is about: `targets`, `overhead`, `relations`, `stability`, `scaling`, `growth`, `compliance`, `metrics`.
    /// Tables of one kind and title are one table.
    pub kind: String,
    /// Its heading.
    pub title: String,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// Its rows, in the order in which they should be read.
    pub rows: Vec<TableRow>,
    /// Sentences that it should be read with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Curves over a parameter that belong to it, for plots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<Curve>,
    /// How many more rows hold what is asked for and are not listed, because there are very many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unlisted: u64,
}

impl Table {
    /// How everything that it asks for stands, listed or not.
    pub fn statuses(&self) -> impl Iterator<Item = Status> {
        let listed = self.rows.iter().filter_map(|row| row.status);
        // A report may be a stranger's: a count that no gate could have made is no work to be done.
        let unlisted = usize::try_from(self.unlisted).unwrap_or(0).min(MOST_UNLISTED);
        listed.chain(std::iter::repeat_n(Status::Met, unlisted))
    }
}

/// More rows than this are never left out.
const MOST_UNLISTED: usize = 1_000_000;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Its key in the cells of a row.
    pub key: String,
    /// Its heading.
    pub title: String,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableRow {
    /// The maintainers' id of the requirement it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// The benchmark it is about, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<BenchmarkId>,
    /// Whether what is asked for holds; null where nothing is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How bad it is.
    pub severity: Severity,
    /// The cells by the key of their column; a column without a cell is empty here.
    pub cells: BTreeMap<String, Cell>,
}

/// Whether a limit holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It holds.
    Met,
    /// It holds, but a milder level in front of it is reached.
    Close,
    /// It seems not to hold; the rule asks for proof, and there is none.
    Unproven,
    /// It does not hold.
    Missed,
    /// Nothing was measured that could tell.
    NotMeasured,
}

impl Status {
    /// The worse of two, for what must hold together: missed stays missed, whatever else was not measured.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Missed, _) | (_, Self::Missed) => Self::Missed,
            (one, other) => one.max(other),
        }
    }
}

/// What stands in one place of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Words.
    Text(String),
    /// The name of a benchmark, or of something else that the maintainers named.
    Name(String),
    /// A number.
    Number(Number),
    /// A ceiling: `≤ 200 ms`.
    AtMost(Number),
    /// A floor: `≥ 100 /s`.
    AtLeast(Number),
    /// How far a number is from its limit: `35.7 % headroom`, `160x better`, `12 % over`.
    Margin {
        /// What was measured.
        actual: f64,
        /// What is asked for, in the same unit.
        limit: f64,
        /// `lower` where the limit is a ceiling, `higher` where it is a floor.
        better: Better,
    },
}

/// A number of a table, with its 95 % interval where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Number {
    /// The number.
    pub value: f64,
    /// What kind of number.
    #[serde(rename = "is")]
    pub kind: NumberKind,
    /// Its unit; null for numbers without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Lower end of its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// How a number of a table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NumberKind {
    /// An amount of a unit: `1.42 ms`.
    Amount,
    /// A growth of an amount an hour: `50 MB/h`.
    Slope,
    /// A relative difference with its sign, as a fraction: `+4.7 %`.
    Change,
    /// A part of a whole, as a fraction: `4.7 %`.
    Share,
    /// How many times as much: `61x`.
    Factor,
    /// A number without a unit: an exponent, a count.
    Plain,
}

impl Number {
    /// An amount of a unit.
    #[must_use]
    pub fn amount(value: f64, unit: Unit) -> Self {
        Self { unit: Some(unit), ..Self::of(NumberKind::Amount, value) }
    }

    /// A growth of an amount an hour.
    #[must_use]
    pub fn slope(value: f64, unit: Unit) -> Self {
        Self { unit: Some(unit), ..Self::of(NumberKind::Slope, value) }
    }

    /// A number without a unit.
    #[must_use]
    pub fn of(kind: NumberKind, value: f64) -> Self {
        Self { value, kind, unit: None, low: None, high: None }
    }

    /// The same with an interval, of which an end may be unknown or open.
    #[must_use]
    pub fn between(self, low: Option<f64>, high: Option<f64>) -> Self {
        let finite = |end: Option<f64>| end.filter(|end| end.is_finite());
        Self { low: finite(low), high: finite(high), ..self }
    }
}

/// What was measured over a parameter, and the law it seems to follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Curve {
    /// What it shows: a glob, a family of benchmarks.
    pub name: String,
    /// The parameter, e.g. `n`.
    pub parameter: String,
    /// The unit of what was measured.
    pub unit: Unit,
    /// What was measured in head, by the parameter.
    pub head: Vec<Point>,
    /// What was measured in base.
    #[serde(default)]
    pub base: Vec<Point>,
    /// The law that fits head best, and those that cannot be told from it.
    pub fits: Vec<Fit>,
}

/// A measured point of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// The parameter.
    pub n: f64,
    /// What was measured.
    pub value: f64,
    /// Lower end of its 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end of its 95 % interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// A law `value = a + b g(n)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fit {
    /// The class g: `1`, `log n`, `n`, `n log n`, `n^2`, `n^3`.
    pub class: String,
    /// The constant part, in the unit of the curve.
    pub a: f64,
    /// The part that grows, in the unit of the curve.
    pub b: f64,
}
