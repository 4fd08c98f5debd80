//! How a comment is made short enough: parts lose rows, the least important part first.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::report::RenderError;

/// The parts of a comment in the order in which they lose rows.
const LOSES: &[&str] = &[
    "all",
    "notes",
    "environment",
    "inconclusive",
    "waived",
    "improved",
    "waivers",
    "warnings",
    "how",
    "suspects",
    "others",
    "findings",
    "errors",
];

/// Rows of one part, most important first.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The rows, each as a template sees it.
    pub(super) rows: Vec<Value>,
    /// How many the report has, at least as many as rows.
    pub(super) total: usize,
}

/// All parts, each with the number of rows that are shown.
#[derive(Debug)]
pub(super) struct Parts {
    parts: BTreeMap<&'static str, (Part, usize)>,
}

impl Parts {
    /// Takes the parts; of each, rows that could not fit even alone are left out from the start.
    pub(super) fn new(
        parts: impl IntoIterator<Item = (&'static str, Part)>,
        max_bytes: usize,
    ) -> Self {
        let parts = parts
            .into_iter()
            .map(|(name, part)| {
                let mut used = 0;
                let shown = part.rows.iter().take_while(|row| {
                    used += least_bytes(row);
                    used <= max_bytes
                });
                let shown = shown.count();
                (name, (part, shown))
            })
            .collect();
        Self { parts }
    }

    /// Renders with as many rows as fit.
    pub(super) fn fit(
        &mut self,
        max_bytes: usize,
        render: impl Fn(Value) -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        let mut best = render(self.value())?;
        for part in LOSES {
            if best.len() <= max_bytes {
                break;
            }
            let Some(&(_, shown)) = self.parts.get(part) else { continue };
            best = self.shorten(part, shown, max_bytes, &render)?;
        }
        if best.len() > max_bytes {
            return Err(RenderError::TooLong { bytes: best.len(), max: max_bytes });
        }
        Ok(best)
    }

    /// Finds the most rows of one part with which the comment fits, none if it does not fit even so.
    fn shorten(
        &mut self,
        part: &str,
        shown: usize,
        max_bytes: usize,
        render: &impl Fn(Value) -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        self.show(part, 0);
        let mut best = render(self.value())?;
        if best.len() > max_bytes {
            return Ok(best);
        }
        let (mut fits, mut too_many) = (0, shown);
        while too_many - fits > 1 {
            let middle = fits + (too_many - fits) / 2;
            self.show(part, middle);
            let text = render(self.value())?;
            if text.len() <= max_bytes {
                (fits, best) = (middle, text);
            } else {
                too_many = middle;
            }
        }
        self.show(part, fits);
        Ok(best)
    }

    fn show(&mut self, part: &str, rows: usize) {
        if let Some((_, shown)) = self.parts.get_mut(part) {
            *shown = rows;
        }
    }

    /// What a template sees: for each part its `rows`, how many there are in `total`, how many are `left_out`.
    fn value(&self) -> Value {
        self.parts
            .iter()
            .map(|(name, (part, shown))| {
                let rows: Vec<Value> = part.rows.iter().take(*shown).cloned().collect();
                let value = minijinja::context! {
                    rows => rows,
                    total => part.total,
                    left_out => part.total - shown.min(&part.total),
                };
                ((*name).to_owned(), value)
            })
            .collect::<BTreeMap<String, Value>>()
            .into()
    }
}

/// A lower bound of what a row takes up; a template need not show every field.
fn least_bytes(row: &Value) -> usize {
    row.to_string().len() / 8
}
