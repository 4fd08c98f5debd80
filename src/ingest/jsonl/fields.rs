//! What a field is, by its name: `memory_max_mb` is the maximum of the metric memory in megabytes.

use crate::model::{Metric, Statistic, Unit};

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    /// The metric.
    pub(super) metric: Metric,
    /// Which statistic of it; `None` for a single sample.
    pub(super) statistic: Option<Statistic>,
    /// The unit it is stored in.
    pub(super) unit: Unit,
    /// What a number of the field is multiplied with.
    pub(super) factor: f64,
}

impl Meaning {
    /// A metric in a stored unit, with the factor to it. A ratio of the CPU becomes percent: all other CPU numbers are,
    /// and one metric has one unit.
    pub(super) fn new(
        metric: Metric,
        statistic: Option<Statistic>,
        (unit, factor): (Unit, f64),
    ) -> Self {
        let (unit, factor) = match unit {
            Unit::Ratio if metric.as_str() == "cpu" => (Unit::Percent, 100.0 * factor),
            unit => (unit, factor),
        };
        Self { metric, statistic, unit, factor }
    }
}

/// Units that a field name can end in.
const SUFFIXES: &[&str] = &[
    "ns", "us", "ms", "s", "bytes", "kb", "mb", "gb", "kib", "mib", "gib", "percent", "ratio",
    "count", "per_s",
];

/// Words that are a metric even where no statistic stands in front of the unit.
///
/// `size` and `instructions` are not among them: `size_kb` is more often a parameter.
const METRICS: &[&str] = &[
    "time",
    "duration",
    "elapsed",
    "wall",
    "wall_time",
    "latency",
    "response_time",
    "cpu",
    "memory",
    "error_rate",
    "throughput",
    "value",
];

/// Resources of the machine: the metric, the words that may stand behind it, the units of its numbers.
const RESOURCES: &[(&str, &[&str], &[Unit])] = &[
    ("cpu", &[], &[Unit::Percent]),
    ("memory", &[], &[Unit::Bytes]),
    ("tmpfs", &[], &[Unit::Bytes]),
    ("disk", &["read", "write"], AMOUNTS),
    ("network", &["rx", "tx"], AMOUNTS),
];

/// What goes to a disk or over a network, in all or by the second.
const AMOUNTS: &[Unit] = &[Unit::Bytes, Unit::BytesPerSecond, Unit::BitsPerSecond];

/// Reads `[metric_]statistic_unit`, `statistic_metric_unit` and `NAME_per_s`.
pub(super) fn statistic(field: &str) -> Option<Meaning> {
    let field = field.to_ascii_lowercase();
    let (rest, unit, factor) = split_unit(&field)?;
    let (front, last) = rest.rsplit_once('_').unwrap_or(("", rest));
    if let Some(statistic) = statistic_word(last) {
        return Some(Meaning::new(metric(front, unit)?, Some(statistic), (unit, factor)));
    }
    if let Some((first, back)) = rest.split_once('_')
        && METRICS.contains(&back)
        && let Some(statistic) = statistic_word(first)
    {
        return Some(Meaning::new(metric(back, unit)?, Some(statistic), (unit, factor)));
    }
    // What goes to the disk by the second is a resource, not what the benchmark achieves.
    let metric = || resource(&field).map_or(Metric::throughput(), |known| known.metric);
    is_rate(unit).then(|| Meaning::new(metric(), Some(Statistic::Mean), (unit, factor)))
}

/// Reads a field of a sample line: `duration_ms`, `memory_mb`, `requests_per_s`, also with a statistic.
pub(super) fn sample(field: &str) -> Option<Meaning> {
    if let Some(meaning) = statistic(field) {
        return Some(Meaning { statistic: None, ..meaning });
    }
    if let Some(meaning) = resource(field) {
        return Some(meaning);
    }
    let field = field.to_ascii_lowercase();
    let (rest, unit, factor) = split_unit(&field)?;
    METRICS.contains(&rest).then_some(())?;
    Some(Meaning::new(metric(rest, unit)?, None, (unit, factor)))
}

/// Reads a field of a line with samples of resources: `cpu_percent`, `tmpfs_mb`, `disk_read_mb_per_s`,
/// `network_rx_bytes_per_s`; `cpu_usage_percent` and `disk_used_gb` say no more than without these words.
pub(super) fn resource(field: &str) -> Option<Meaning> {
    let field = field.to_ascii_lowercase();
    let (rest, unit, factor) = split_unit(&field)?;
    let (name, word) = rest.split_once('_').unwrap_or((rest, ""));
    let (_, words, units) = RESOURCES.iter().find(|(known, ..)| *known == name)?;
    let metric = match word {
        "" | "usage" | "used" => Metric::new(name),
        word if words.contains(&word) => Metric::new(rest),
        _ => return None,
    };
    let meaning = Meaning::new(metric, None, (unit, factor));
    units.contains(&meaning.unit).then_some(meaning)
}

/// Whether a metric is a resource of the machine, of which a monitor can take samples.
pub(super) fn is_resource(metric: &str) -> bool {
    let metric = metric.replace('_', "-");
    let (name, word) = metric.split_once('-').unwrap_or((&metric, ""));
    RESOURCES
        .iter()
        .any(|(known, words, _)| *known == name && (metric == name || words.contains(&word)))
}

/// Whether a field speaks of a resource, even if not in a way that is read.
pub(super) fn begins_like_a_resource(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    let (name, _) = field.split_once('_').unwrap_or((&field, ""));
    RESOURCES.iter().any(|(known, ..)| *known == name)
}

/// A unit as a value is given in: the stored unit and the factor to it.
pub(in crate::ingest) fn unit(name: &str) -> Option<(Unit, f64)> {
    Unit::parse(name).or_else(|| {
        let lower = name.to_ascii_lowercase();
        let amount = lower.strip_suffix("_per_s").or_else(|| lower.strip_suffix("/s"))?;
        match Unit::parse(amount)? {
            (Unit::Bytes, factor) => Some((Unit::BytesPerSecond, factor)),
            _ => None,
        }
    })
}

/// The metric that a number of this unit is where nothing else is said.
pub(super) fn default_metric(unit: Unit) -> Option<Metric> {
    match unit {
        Unit::Nanoseconds => Some(Metric::time()),
        Unit::Bytes => Some(Metric::new("memory")),
        unit if is_rate(unit) => Some(Metric::throughput()),
        _ => None,
    }
}

/// The metric of this name; several names are common for time.
pub(super) fn metric(name: &str, unit: Unit) -> Option<Metric> {
    match name {
        "" | "value" => default_metric(unit),
        "duration" | "elapsed" | "wall" | "wall_time" => Some(Metric::time()),
        name => Some(Metric::new(name)),
    }
}

fn is_rate(unit: Unit) -> bool {
    matches!(unit, Unit::PerSecond | Unit::BytesPerSecond | Unit::BitsPerSecond)
}

fn statistic_word(word: &str) -> Option<Statistic> {
    match word {
        "std" | "stdev" => Some(Statistic::Stddev),
        word => word.parse().ok(),
    }
}

/// The name in front of the unit; it is empty only where the unit names what is counted (`mb_per_s`).
fn split_unit(field: &str) -> Option<(&str, Unit, f64)> {
    let split = |suffix: &str| Some((field.strip_suffix(suffix)?.strip_suffix('_')?, suffix.len()));
    let (rest, length) = SUFFIXES.iter().filter_map(|suffix| split(suffix)).max_by_key(|s| s.1)?;
    if field.ends_with("_per_s") {
        let (front, amount) = rest.rsplit_once('_').unwrap_or(("", rest));
        if let Some((stored, factor)) = unit(&format!("{amount}_per_s")) {
            return Some((front, stored, factor));
        }
    }
    let (stored, factor) = Unit::parse(field.get(field.len() - length..)?)?;
    (!rest.is_empty()).then_some((rest, stored, factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(meaning: Option<Meaning>) -> String {
        meaning.map_or("-".into(), |m| {
            let statistic = m.statistic.map_or("sample".into(), |s| s.to_string());
            format!("{} {statistic} {:?} x{}", m.metric, m.unit, m.factor)
        })
    }

    #[test]
    fn field_names_of_statistics_lines() {
        let names = [
            "avg_ms",
            "p99_ms",
            "p50_us",
            "p99.9_ns",
            "stddev_s",
            "memory_max_mb",
            "max_kib",
            "min_bytes",
            "error_rate_mean_percent",
            "mean_percent",
            "max_count",
            "queue_depth_max_count",
            "requests_per_s",
            "mib_per_s",
            "throughput_bytes_per_s",
            "bits_per_s",
            "per_s",
            "throughput_p95_per_s",
            "avg_per_s",
            "avg_latency_ms",
            "max_wait_ms",
            "duration_ms",
            "latency_p99_ms",
            "duration_avg_ms",
            "size_kb",
            "memory_mb",
            "ms",
            "_ms",
            "agent_count",
            "avg",
            "p0_ms",
            "AVG_MS",
            "stages",
            "std_ms",
            "avg__ms",
            "disk_write_mb_per_s",
            "disk_write_max_mb_per_s",
            "network_kb_per_s",
            "cpu_avg_ratio",
            "max_cpu_ratio",
            "disk_free_mb_per_s",
        ];
        let table: Vec<_> = names.iter().map(|n| format!("{n}: {}", shown(statistic(n)))).collect();
        let table = table.join("\n");
        insta::assert_snapshot!(table);
    }

    #[test]
    fn field_names_of_sample_lines() {
        let names = [
            "duration_ms",
            "latency_us",
            "memory_mb",
            "value_s",
            "value_percent",
            "cpu_percent",
            "size_kb",
            "timeout_ms",
            "requests_per_s",
            "avg_ms",
            "agent_count",
            "cpu_ratio",
            "cpu_usage_percent",
            "tmpfs_mb",
            "disk_write_mb_per_s",
            "network_rx_bytes",
            "memory_percent",
        ];
        let table: Vec<_> = names.iter().map(|n| format!("{n}: {}", shown(sample(n)))).collect();
        let table = table.join("\n");
        insta::assert_snapshot!(table);
    }

    #[test]
    fn field_names_of_resources() {
        let names = [
            "cpu_percent",
            "cpu_usage_percent",
            "cpu_ratio",
            "memory_mb",
            "memory_used_gib",
            "memory_percent",
            "memory_max_mb",
            "tmpfs_mb",
            "disk_mb",
            "disk_read_mb_per_s",
            "disk_write_bytes_per_s",
            "disk_mb_per_s",
            "disk_free_mb",
            "network_kb_per_s",
            "network_rx_bytes_per_s",
            "network_tx_bytes",
            "network_packets_per_s",
            "NETWORK_RX_BITS_PER_S",
            "requests_per_s",
            "cpu",
            "avg_ms",
        ];
        let row = |name: &&str| {
            let meaning = resource(name);
            assert!(meaning.iter().all(|it| is_resource(it.metric.as_str())));
            format!("{name}: {}", shown(meaning))
        };
        let table = names.iter().map(row).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(table);
    }
}
