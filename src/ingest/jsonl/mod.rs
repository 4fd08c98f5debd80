//! JSON lines that any script can write.

mod collect;
mod fields;
mod line;
mod metrics;
mod moment;
mod object;
mod resources;
mod rules;
mod series;
mod windows;

use rayon::prelude::*;

use super::document::{located, shown};
use super::format::{Format, Input, Output, Reading};
use super::lines::{self, Line};
use super::probe::Probe;
use crate::diag::{Code, Diagnostic};
use collect::Collector;
pub(super) use fields::unit;
use line::Record;
use rules::Rules;

/// One JSON object a line.
pub(super) struct Jsonl;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The byte of the line.
    at: usize,
    message: String,
    help: Option<String>,
}

impl Problem {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same in a text that begins `by` bytes later in the line.
    fn moved(self, by: usize) -> Self {
        Self { at: self.at + by, ..self }
    }

    fn diagnostic(self, file: &str, number: u32, text: &str) -> Diagnostic {
        let error = located(Code::BadLine, file, number, text, self.at, self.message);
        match self.help {
            Some(help) => error.help(help),
            None => error.help("correct the line, or remove it"),
        }
    }
}

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "One JSON object a line, as any script can write it: lines with one sample each, lines with statistics, or \
both in one file.

```json
{\"benchmark\":\"dht/lookup\",\"metric\":\"time\",\"unit\":\"ms\",\"value\":1.23,\"parameters\":{\"agents\":100}}
{\"test_name\":\"load\",\"agent_count\":100,\"operation\":\"send\",\"type\":\"statistics\",\"avg_ms\":0.148,\"stddev_ms\":0.012,\"p99_ms\":0.185,\"n\":1000}
```

Samples of what the machine gives, which a monitor writes beside the benchmarks, need not name one:

```json
{\"benchmark\":\"dht/join\",\"start\":\"2026-03-01T12:00:00Z\",\"end\":\"2026-03-01T12:00:30Z\",\"avg_ms\":4.2,\"n\":7000}
{\"timestamp\":\"2026-03-01T12:00:10Z\",\"type\":\"resource\",\"cpu_percent\":35.5,\"memory_mb\":120,\"network_rx_bytes_per_s\":5000}
```

- The benchmark id is the name, then the parameters sorted by name: `load/send/agent_count=100`. The name is the \
first of `benchmark`, `test_name`, `test`, `name`, `id`, then `operation`. Every other string, integer or boolean is \
a parameter, except `timestamp`, `time`, `date`, `commit`, `sha`, `run`, `run_id`, `host`, `url`, `version`, `type`.
- A sample line has `value` and `unit`, and `metric` where the unit does not tell it (times are `time`, bytes \
`memory`, rates `throughput`). Lines of one benchmark and metric are the samples of one run.
- A statistics line has fields `[metric_]statistic_unit`: `avg_ms`, `memory_max_mb`, `error_rate_mean_percent`; with \
a metric that benchgate knows also `avg_memory_mb`. `NAME_per_s` is the mean throughput. `n`, `samples`, `count` or \
`runs` says how many samples it describes. Where a run also has the samples themselves, these are used.
- Statistics: avg, mean, median, min, max, stddev, p1 to p99.9. Units: ns, us, ms, s, bytes, kb, mb, gb, kib, mib, \
gib, percent, ratio, per_s, count, and bytes with `_per_s`. `duration`, `elapsed`, `wall` and `wall_time` are other \
words for the metric time.
- A `type` other than `statistics` makes every such field one sample; so does a line without any statistic, where \
`duration_ms`, `latency_ms`, `memory_mb` or `cpu_percent` are read.
- `timestamp` is RFC 3339 (without a zone, UTC) or a number since the epoch: seconds, or milliseconds and finer, told \
apart by their size. A number below 1e9 (seconds of 2001) is no such time: nobody can tell its unit, so it cannot be \
read. Where each sample of a run has one and they are in order, growth over time can be judged; else a \
warning says what is wrong with them, and the samples count without.
- A line that names no benchmark, with a `timestamp` and numbers of resources, is a sample of every benchmark that was \
running then; `type` is `resource`, `resources` or left out. Its fields are `cpu_percent`, `memory_mb`, `tmpfs_mb`, \
`disk_mb`, `network_kb_per_s`, `disk_read_mb_per_s`, `disk_write_…`, `network_rx_…`, `network_tx_…` in any of these \
units; the metrics are `cpu`, `memory`, `tmpfs`, `disk`, `disk-read` and so on, less is better. `metric`, `unit` and \
`value` do as well. A line with that `type` may also name its benchmark. These fields mean the same in the samples of \
a benchmark, and with a rate also in its statistics: `disk_write_mb_per_s` is `disk-write`, not the throughput. \
`cpu_ratio` is read as percent.
- A benchmark ran from `start` to `end`, where one of its lines has both as times; else from its first to its last \
sample with a `timestamp`; else it ended at the `timestamp` of its statistics and began where the last benchmark before \
them ended, in whichever of the three ways that is known. The order of the lines plays no part in this. Where nothing \
ended before, as with the first statistics of a file, nobody knows when the benchmark began, and it gets no samples: \
what ran before, a compiler, would count as its own. Nor does one get any whose statistics come right behind statistics \
with a `timestamp` that cannot be read, and none do where more than 10 benchmarks have their statistics from one \
moment; both are warnings. `run` in a resource line limits it to benchmarks of that run, and where all resource lines \
have one, benchmarks of other runs end no window. What the lines of a benchmark say of a resource themselves is used instead. Samples in no window are left out with a \
warning; if no benchmark has a window, the line is an error.
- `run` tells runs apart: each distinct value is a run, in order of first appearance. Without it the file is one run.
- `inputs.jsonl` in the configuration says which fields are what, where these rules do not fit. A field with a \
fraction that is not read is a warning; a line that cannot be read is an error, and reading goes on behind it.
- `null` is a number that the harness could not write: it counts as not finite. JSON has no NaN. As a name or a \
parameter `null` and the empty string are no value.
"
    }

    fn is_directory(&self) -> bool {
        false
    }

    fn detect(&self, probe: &Probe) -> bool {
        if probe.is_cargo_criterion_messages() || probe.is_run_set_file() {
            return false;
        }
        let lines = probe.lines();
        let only = lines.len() == 1;
        let mut objects = lines.iter().filter(|line| line.trim_ascii_start().starts_with(b"{"));
        // With the usual ending every line may be broken: its errors say more than "no format".
        probe.extension_is(&["jsonl", "ndjson"]) && objects.clone().next().is_some()
            || objects.by_ref().take(20).any(|line| is_record(line, only))
    }

    fn read(&self, input: &Input<'_>, output: &Output<'_>) -> Reading {
        let rules = match Rules::new(input.jsonl) {
            Ok(rules) => rules,
            Err(errors) => {
                errors.into_iter().for_each(|error| output.say(error));
                return Reading::default();
            }
        };
        let file = shown(input.path);
        let mut collector = Collector::new(input, &file);
        lines::batches(input.path, output, &mut |batch| {
            let records: Vec<_> =
                batch.par_iter().map(|line| record(*line, &file, &rules)).collect();
            for (line, record) in batch.iter().zip(records) {
                match record {
                    Ok(record) => collector.add(line, record, output),
                    Err(error) => output.say(error),
                }
            }
        });
        let runs = collector.finish(output);
        let recordings = input.path.canonicalize().into_iter().collect();
        Reading { runs, recordings }
    }
}

/// Whether a line is an object; the only line of a file must be plain, else it is some other JSON document.
fn is_record(line: &[u8], only: bool) -> bool {
    let fields = std::str::from_utf8(line).ok().and_then(|text| object::parse(text).ok());
    fields.is_some_and(|fields| {
        let nested = |field: &object::Field<'_>| {
            field.raw.starts_with(['[', '{']) && field.name != "parameters"
        };
        !fields.is_empty() && (!only || !fields.iter().any(nested))
    })
}

/// Reads one line.
fn record(line: Line<'_>, file: &str, rules: &Rules) -> Result<Record, Diagnostic> {
    let text = line.text(file)?;
    line::read(text, rules).map_err(|problem| problem.diagnostic(file, line.number, text))
}

/// Parses a text as lines, for tests that throw anything at it.
pub(super) fn parse_lines(bytes: &[u8]) -> usize {
    let rules = Rules::default();
    let lines = lines::split(bytes, &mut 1);
    lines.into_iter().filter(|line| record(*line, "input", &rules).is_ok()).count()
}

#[cfg(test)]
mod tests;
