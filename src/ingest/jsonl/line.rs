//! One line: the benchmark it speaks of and the numbers it holds.

use std::collections::BTreeMap;

use super::Problem;
use super::fields;
use super::metrics::{Metrics, Numbers};
use super::moment::{self, Moment, Span, Stamp};
use super::object::{Field, Value, parse};
use super::rules::Rules;
use crate::diag::quoted;
use crate::model::{BenchmarkId, Metric, Unit};

/// What one line says.
#[derive(Debug, PartialEq)]
pub(super) struct Record {
    /// The value of `run`.
    pub(super) run: Option<String>,
    /// What it speaks of.
    pub(super) subject: Subject,
    /// The field `timestamp`.
    pub(super) stamp: Option<Stamp>,
    /// From when to when the benchmark ran, and the byte at which that stands.
    pub(super) window: Option<(Span, usize)>,
    /// The numbers, each metric once.
    pub(super) numbers: BTreeMap<Metric, (Unit, Numbers)>,
    /// Fields that were not read, with the byte at which their value begins.
    pub(super) unread: Vec<(String, usize)>,
}

/// What a line speaks of.
#[derive(Debug, PartialEq)]
pub(super) enum Subject {
    /// A benchmark, parameters included.
    Benchmark(BenchmarkId),
    /// Whatever was running then.
    Running(Moment),
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
    /// Fields that each hold one sample of a resource of the machine.
    Resources,
}

/// Reads a line.
///
/// # Errors
/// The first thing that is wrong with it.
pub(super) fn read(text: &str, rules: &Rules) -> Result<Record, Problem> {
    let fields = parse(text)?;
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let usable = |name: &str| find(name).is_some_and(|f| !matches!(f.raw, "null" | "\"\""));
    let names = rules.name_fields(&usable);
    let mut id = Vec::new();
    for field in names.iter().filter_map(|name| find(name)) {
        id.push(field.word()?);
    }
    let kind = kind(&fields, rules)?;
    let stamp = rules.stamp(&find);
    let running = if id.is_empty() { Some(running(&fields, rules, kind, stamp)?) } else { None };
    let window = if running.is_none() { rules.window(&find) } else { None };

    // Without a benchmark there is nothing that statistics could be of.
    let kind = if running.is_some() && kind != Kind::Value { Kind::Resources } else { kind };
    let mut line = Reader {
        rules,
        kind,
        named: running.is_none(),
        parameters: BTreeMap::new(),
        metrics: Metrics::default(),
        unread: Vec::new(),
    };
    for field in fields.iter().filter(|field| !names.contains(&field.name)) {
        let states = window.is_some() && matches!(field.name.as_str(), "start" | "end");
        if !states {
            line.field(field)?;
        }
    }
    if kind == Kind::Value {
        line.metrics.add_value(find("metric"), find("unit"), find("value"))?;
    }
    let n = if kind == Kind::Statistics { count(rules, &find)? } else { None };
    let numbers = line.metrics.finish(rules, n);
    if numbers.is_empty() && window.is_none() {
        let problem = Problem::new(0, "the line holds no number that is known to be a metric");
        return Err(problem.help("name fields like `avg_ms`, `p99_ms` or `memory_max_mb`, write `metric`, `unit` and `value`, or map fields under `inputs.jsonl.metrics`"));
    }
    id.extend(line.parameters.iter().map(|(name, value)| format!("{name}={value}")));
    let run = match find("run").filter(|field| field.raw != "null") {
        Some(field) => Some(field.word()?),
        None => None,
    };
    let subject = match running {
        Some(moment) => Subject::Running(moment),
        None => Subject::Benchmark(BenchmarkId::new(id.join("/"))),
    };
    Ok(Record { run, subject, stamp, window, numbers, unread: line.unread })
}

/// When the numbers of a line that names no benchmark were taken.
///
/// # Errors
/// They are not of resources, or nobody knows when they were taken.
fn running(
    fields: &[Field<'_>],
    rules: &Rules,
    kind: Kind,
    stamp: Option<Stamp>,
) -> Result<Moment, Problem> {
    let is_resource = |field: &Field<'_>| match kind {
        Kind::Value => {
            field.name == "metric" && field.word().is_ok_and(|name| fields::is_resource(&name))
        }
        _ => rules.resource(&field.name).is_some(),
    };
    let other = |field: &Field<'_>| match kind {
        Kind::Value => false,
        _ => {
            !is_resource(field)
                && !rules.is_ignored(&field.name)
                && rules.sample(&field.name).is_some()
                && !fields::begins_like_a_resource(&field.name)
        }
    };
    let any = fields.iter().any(is_resource);
    let nameless = || {
        let names = rules.expected_names();
        let hint = match stamp {
            None if any => "; or give samples of resources a `timestamp`",
            _ => "",
        };
        Problem::new(0, "no field names the benchmark").help(format!(
            "write {names}, or say which fields name it under `inputs.jsonl.benchmark`{hint}"
        ))
    };
    let typed = fields.iter().find(|field| field.name == "type");
    let odd = typed.is_some_and(|field| !is_resources(field) && field.raw != "null");
    if odd || !any || fields.iter().any(other) {
        return Err(nameless());
    }
    let stamp = stamp.ok_or_else(nameless)?;
    stamp.moment.ok_or_else(|| {
        Problem::new(stamp.at, "the timestamp cannot be read").help(moment::EXPECTED)
    })
}

/// Whether a field `type` says that the line holds samples of resources.
fn is_resources(field: &Field<'_>) -> bool {
    matches!(field.value(), Ok(Value::Text(text)) if matches!(text.as_str(), "resource" | "resources"))
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
        Some(Value::Text(text)) if matches!(text.as_str(), "resource" | "resources") => {
            Kind::Resources
        }
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
    /// Whether the line names a benchmark, which parameters can be part of.
    named: bool,
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
        if self.rules.is_listed_parameter(name) && self.named {
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
            Kind::Resources if self.named => {
                self.rules.resource(name).or_else(|| self.rules.sample(name))
            }
            Kind::Resources => self.rules.resource(name),
        };
        if let Some(meaning) = meaning {
            return self.metrics.add(field, meaning);
        }
        match field.value()? {
            Value::Nested if name == "parameters" && self.named => {
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
            // Whatever ran then has its parameters in its own lines.
            Value::Text(_) | Value::Bool(_) if !self.named => Ok(()),
            Value::Integer(_) if !self.named => {
                self.unread.push((field.name.clone(), field.at));
                Ok(())
            }
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
