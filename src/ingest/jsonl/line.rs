//! One line: the benchmark it speaks of and the numbers it holds.

use std::collections::BTreeMap;

use super::Problem;
use super::metrics::{Metrics, Numbers};
use super::object::{Field, Value, parse};
use super::rules::Rules;
use crate::diag::quoted;
use crate::model::{BenchmarkId, Metric, Unit};

/// What one line says.
#[derive(Debug, PartialEq)]
pub(super) struct Record {
    /// The value of `run`.
    pub(super) run: Option<String>,
    /// The benchmark, parameters included.
    pub(super) benchmark: BenchmarkId,
    /// The numbers, each metric once.
    pub(super) numbers: BTreeMap<Metric, (Unit, Numbers)>,
    /// Fields that were not read, with the byte at which their value begins.
    pub(super) unread: Vec<(String, usize)>,
}

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `metric`, `unit`, `value`.
    Value,
    /// Statistics fields.
    Statistics,
    /// Fields that each hold one sample.
    Fields,
}

/// Reads a line.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn read(text: &str, rules: &Rules) -> Result<Record, Problem> {
    let fields = parse(text)?;
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let kind = kind(&fields, rules)?;

    let usable = |name: &str| find(name).is_some_and(|f| !matches!(f.raw, "null" | "\"\""));
    let names = rules.name_fields(&usable);
    let mut id = Vec::new();
    for field in names.iter().filter_map(|name| find(name)) {
        id.push(field.word()?);
    }
    if id.is_empty() {
        let problem = Problem::new(0, "no field names the benchmark");
        return Err(problem.help(format!(
            "write {}, or say which fields name it under `inputs.jsonl.benchmark`",
            rules.expected_names()
        )));
    }

    let mut line = Reader {
        rules,
        kind,
        parameters: BTreeMap::new(),
        metrics: Metrics::default(),
        unread: Vec::new(),
    };
    for field in fields.iter().filter(|field| !names.contains(&field.name)) {
        line.field(field)?;
    }
    if kind == Kind::Value {
        line.metrics.add_value(find("metric"), find("unit"), find("value"))?;
    }
    let n = if kind == Kind::Statistics { count(rules, &find)? } else { None };
    let numbers = line.metrics.finish(rules, n);
    if numbers.is_empty() {
        let problem = Problem::new(0, "the line holds no number that is known to be a metric");
        return Err(problem.help("name fields like `avg_ms`, `p99_ms` or `memory_max_mb`, write `metric`, `unit` and `value`, or map fields under `inputs.jsonl.metrics`"));
    }
    id.extend(line.parameters.iter().map(|(name, value)| format!("{name}={value}")));
    let run = match find("run").filter(|field| field.raw != "null") {
        Some(field) => Some(field.word()?),
        None => None,
    };
    Ok(Record { run, benchmark: BenchmarkId::new(id.join("/")), numbers, unread: line.unread })
}

/// A `type` other than `statistics` makes the fields samples; without a type, statistics fields make statistics.
fn kind(fields: &[Field<'_>], rules: &Rules) -> Result<Kind, Problem> {
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    if find("value").is_some()
        && (find("metric").is_some() || find("unit").is_some())
        && rules.mapped("value").is_none()
    {
        return Ok(Kind::Value);
    }
    Ok(match find("type").map(Field::value).transpose()? {
        Some(Value::Text(text)) if text == "statistics" => Kind::Statistics,
        Some(Value::Text(_)) => Kind::Fields,
        _ if fields.iter().any(|field| rules.statistic(&field.name).is_some()) => Kind::Statistics,
        _ => Kind::Fields,
    })
}

/// How many samples or runs a statistics line describes.
fn count<'a, 'b: 'a>(
    rules: &Rules,
    find: &dyn Fn(&str) -> Option<&'a Field<'b>>,
) -> Result<Option<u64>, Problem> {
    let fields = rules.count_fields().iter().filter_map(|name| find(name));
    let Some(field) = fields.into_iter().find(|field| field.raw != "null") else {
        return Ok(rules.summary.n);
    };
    let n = field.number()?;
    if n >= 1.0 && n.fract() == 0.0 && n <= 9_007_199_254_740_992.0 {
        return Ok(Some(n as u64));
    }
    let message = format!("{} is not a whole number of 1 or more", quoted(&field.name));
    Err(Problem::new(field.at, message)
        .help("write how many samples the statistics describe, or leave the field out"))
}

/// What has been read of a line.
struct Reader<'r> {
    rules: &'r Rules,
    kind: Kind,
    parameters: BTreeMap<String, String>,
    metrics: Metrics,
    unread: Vec<(String, usize)>,
}

impl Reader<'_> {
    /// Reads a field that is no part of the name.
    fn field(&mut self, field: &Field<'_>) -> Result<(), Problem> {
        let name = field.name.as_str();
        if self.rules.is_ignored(name) {
            return Ok(());
        }
        if self.rules.is_listed_parameter(name) {
            return self.parameter(field);
        }
        match self.kind {
            Kind::Value if matches!(name, "metric" | "unit" | "value") => return Ok(()),
            Kind::Statistics
                if self.rules.count_fields().contains(&name)
                    && self.rules.mapped(name).is_none() =>
            {
                return Ok(());
            }
            _ => {}
        }
        let meaning = match self.kind {
            Kind::Value => None,
            Kind::Statistics => self.rules.statistic(name),
            Kind::Fields => self.rules.sample(name),
        };
        if let Some(meaning) = meaning {
            return self.metrics.add(field, meaning);
        }
        match field.value()? {
            Value::Nested if name == "parameters" => {
                for mut inner in parse(field.raw).map_err(|problem| problem.moved(field.at))? {
                    inner.at += field.at;
                    if self.rules.takes_any_parameter()
                        || self.rules.is_listed_parameter(&inner.name)
                    {
                        self.parameter(&inner)?;
                    }
                }
                Ok(())
            }
            Value::Null => Ok(()),
            _ if !self.rules.takes_any_parameter() => Ok(()),
            Value::Text(_) | Value::Integer(_) | Value::Bool(_) => self.parameter(field),
            Value::Float(_) | Value::Nested => {
                self.unread.push((field.name.clone(), field.at));
                Ok(())
            }
        }
    }

    fn parameter(&mut self, field: &Field<'_>) -> Result<(), Problem> {
        // Scripts write both where they have no value.
        if matches!(field.raw, "null" | "\"\"") {
            return Ok(());
        }
        let value = field.word()?;
        match self.parameters.insert(field.name.clone(), value.clone()) {
            Some(other) if other != value => {
                let message = format!(
                    "the parameter {} stands twice with different values",
                    quoted(&field.name)
                );
                Err(Problem::new(field.at, message).help("write each parameter once"))
            }
            _ => Ok(()),
        }
    }
}
