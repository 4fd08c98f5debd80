//! How a comment is made short enough: parts lose rows, the least important part first.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::report::RenderError;

/// What a comment loses, in this order.
const LOSES: &[Loses] = &[
    Loses::Part("all"),
    Loses::Part("notes"),
    Loses::Part("environment"),
    Loses::Met,
    Loses::Part("inconclusive"),
    Loses::Tables,
    Loses::Part("waived"),
    Loses::Part("improved"),
    Loses::Part("waivers"),
    Loses::Part("warnings"),
    Loses::Part("how"),
    Loses::Part("suspects"),
    Loses::Part("others"),
    Loses::Part("findings"),
    Loses::Part("errors"),
];

/// One step of making a comment shorter.
#[derive(Clone, Copy, Debug)]
enum Loses {
    /// Rows of a part.
    Part(&'static str),
    /// Rows of tables of rules that are met, from the last table on.
    Met,
    /// Tables of rules, from the last one on.
    Tables,
}

/// Rows of one part, most important first.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The rows, each as a template sees it.
    pub(super) rows: Vec<Value>,
    /// How many the report has, at least as many as rows.
    pub(super) total: usize,
}

/// A table of a rule.
#[derive(Clone, Debug)]
pub(super) struct RuleTable {
    /// What a template sees of it beside its rows.
    pub(super) frame: Value,
    /// Its rows with their places in the table, most important first.
    pub(super) rows: Vec<(usize, Value)>,
    /// How many of these are not met.
    pub(super) unmet: usize,
    /// How many rows the report has, at least as many as rows.
    pub(super) total: usize,
}

impl RuleTable {
    /// What a template sees where `shown` units are shown: the first is the table itself, each other one a row.
    fn value(&self, shown: usize) -> Option<Value> {
        let most = shown.checked_sub(1)?;
        let mut rows: Vec<&(usize, Value)> = self.rows.iter().take(most).collect();
        rows.sort_by_key(|(place, _)| *place);
        let left_out = self.total - rows.len();
        let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row.clone()).collect();
        let total = self.total;
        Some(minijinja::context! { rows, total, left_out, ..self.frame.clone() })
    }
}

/// All parts, each with the number of rows that are shown, and all tables, each with the number of units.
#[derive(Debug)]
pub(super) struct Parts {
    parts: BTreeMap<&'static str, (Part, usize)>,
    tables: Vec<(RuleTable, usize)>,
    /// How many tables the report has, at least as many as there are here.
    all_tables: usize,
}

/// What can lose rows.
#[derive(Clone, Copy, Debug)]
enum Place {
    Part(&'static str),
    Table(usize),
}

impl Parts {
    /// Takes the parts; of each, rows that could not fit even alone are left out from the start.
    pub(super) fn new(
        parts: impl IntoIterator<Item = (&'static str, Part)>,
        (tables, all_tables): (Vec<RuleTable>, usize),
        max_bytes: usize,
    ) -> Self {
        let fitting = |rows: &mut dyn Iterator<Item = &Value>| {
            let mut used = 0;
            rows.take_while(|row| {
                used += least_bytes(row);
                used <= max_bytes
            })
            .count()
        };
        let parts = parts.into_iter().map(|(name, part)| {
            let shown = fitting(&mut part.rows.iter());
            (name, (part, shown))
        });
        let tables = tables.into_iter().map(|table| {
            let rows = table.rows.iter().map(|(_, row)| row);
            let shown = fitting(&mut std::iter::once(&table.frame).chain(rows));
            (table, shown)
        });
        Self { parts: parts.collect(), tables: tables.collect(), all_tables }
    }

    /// Renders with as many rows as fit.
    pub(super) fn fit(
        &mut self,
        max_bytes: usize,
        render: impl Fn(Value) -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        let mut best = render(self.value())?;
        for loses in LOSES {
            for (place, least, shown) in self.steps(*loses) {
                if best.len() <= max_bytes {
                    return Ok(best);
                }
                best = self.shorten(place, (least, shown), max_bytes, &render)?;
            }
        }
        if best.len() > max_bytes {
            return Err(RenderError::TooLong { bytes: best.len(), max: max_bytes });
        }
        Ok(best)
    }

    /// Each place that a step makes shorter, how much of it has to stay, and how much is shown.
    fn steps(&self, loses: Loses) -> Vec<(Place, usize, usize)> {
        let tables = self.tables.iter().enumerate().rev();
        match loses {
            Loses::Part(name) => self
                .parts
                .get(name)
                .map(|(_, shown)| (Place::Part(name), 0, *shown))
                .into_iter()
                .collect(),
            Loses::Met => tables
                .map(|(i, (table, shown))| (Place::Table(i), (1 + table.unmet).min(*shown), *shown))
                .collect(),
            Loses::Tables => tables.map(|(i, (_, shown))| (Place::Table(i), 0, *shown)).collect(),
        }
    }

    /// Finds the most of one place with which the comment fits, the least if it does not fit even so.
    fn shorten(
        &mut self,
        place: Place,
        (least, shown): (usize, usize),
        max_bytes: usize,
        render: &impl Fn(Value) -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        self.show(place, least);
        let mut best = render(self.value())?;
        if best.len() > max_bytes {
            return Ok(best);
        }
        let (mut fits, mut too_many) = (least, shown);
        while too_many.saturating_sub(fits) > 1 {
            let middle = fits + (too_many - fits) / 2;
            self.show(place, middle);
            let text = render(self.value())?;
            if text.len() <= max_bytes {
                (fits, best) = (middle, text);
            } else {
                too_many = middle;
            }
        }
        self.show(place, fits);
        Ok(best)
    }

    fn show(&mut self, place: Place, rows: usize) {
        let shown = match place {
            Place::Part(name) => self.parts.get_mut(name).map(|(_, shown)| shown),
            Place::Table(i) => self.tables.get_mut(i).map(|(_, shown)| shown),
        };
        if let Some(shown) = shown {
            *shown = rows;
        }
    }

    /// What a template sees: for each part and for the `tables` their `rows`, how many there are in `total`, how many
    /// are `left_out`.
    pub(super) fn value(&self) -> Value {
        let list = |rows: Vec<Value>, total: usize| {
            let left_out = total - rows.len().min(total);
            minijinja::context! { rows, total, left_out }
        };
        let tables: Vec<Value> =
            self.tables.iter().filter_map(|(table, shown)| table.value(*shown)).collect();
        let mut values: BTreeMap<String, Value> = self
            .parts
            .iter()
            .map(|(name, (part, shown))| {
                let rows = part.rows.iter().take(*shown).cloned().collect();
                ((*name).to_owned(), list(rows, part.total))
            })
            .collect();
        values.insert("tables".to_owned(), list(tables, self.all_tables));
        values.into()
    }
}

/// A lower bound of what a row takes up; a template need not show every field.
fn least_bytes(row: &Value) -> usize {
    row.to_string().len() / 8
}
