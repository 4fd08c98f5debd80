//! Directories that criterion.rs writes.

pub(super) mod files;
mod stale;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;

use super::document::{self, shown, unreadable};
use super::format::{Format, Input, Output, Reading};
use super::probe::Probe;
use crate::diag::{Code, Diagnostic, quoted, suggest};
use crate::model::{BenchmarkId, Data, Metric, Origin, Run, Stage, Unit};
use files::{BenchmarkFile, SampleFile};
use walk::Baseline;

pub use walk::Trees;
pub(super) use walk::{is_too_large, numbered_run, root};

/// criterion.rs 0.2 to 0.8.
pub(super) struct Criterion;

impl Format for Criterion {
    fn name(&self) -> &'static str {
        "criterion"
    }

    fn about(&self) -> &'static str {
        "The directory that criterion.rs (0.2 to 0.8) writes: `target/criterion`, or any directory inside or around \
it. Of each benchmark the samples are read (`sample.json`), in full precision, and the name (`full_id` of \
`benchmark.json`); the path plays no part, because criterion shortens it.

```text
target/criterion/dht/lookup/100/new/benchmark.json   {\"group_id\":\"dht\",…,\"full_id\":\"dht/lookup/100\"}
target/criterion/dht/lookup/100/new/sample.json      {\"sampling_mode\":\"Linear\",\"iters\":[…],\"times\":[…]}
```

- A named baseline (`cargo bench -- --save-baseline v2.3.0`) is chosen with `--base-name v2.3.0` or \
`--head-name v2.3.0`. Without a name `new` is read, the latest run, or `base` where a benchmark has no `new`.
- `--variant on=telemetry-on` reads the baseline `telemetry-on` of head as well, under `on/`: `on/dht/lookup/100`. So \
rules can compare two baselines of one revision. It can be repeated, with a baseline of its own each, and head needs \
nothing else then. A benchmark that has the baseline of one variant but not that of another is a warning.
- A project directory or a target directory works too: the `target/criterion` or `criterion` in it is read.
- Times are nanoseconds. Criterion does not store the unit, so a custom measurement (cycles, events) looks like time.
- A sample is a total over many iterations, so its quantiles are quantiles of averages, not latencies.
- A throughput (bytes, elements, bits an iteration) is the time in another form. Of `ElementsAndBytes` the elements \
are taken.
- `--quick` writes two samples, which say nothing about their spread.
- Criterion leaves the directories of removed benchmarks behind: a set of them that is clearly older than the rest \
is a warning. Results without `benchmark.json`, which is written last, come from an interrupted run and are an error.
- `cargo criterion` stores CBOR files instead, which benchgate does not read: run `cargo bench`.
"
    }

    fn is_directory(&self) -> bool {
        true
    }

    fn has_baselines(&self) -> bool {
        true
    }

    fn detect(&self, probe: &Probe) -> bool {
        probe.is_directory() && walk::is_criterion(&root(probe.path()))
    }

    fn read(&self, input: &Input<'_>, output: &Output<'_>) -> Reading {
        let root = root(input.path);
        if !root.is_dir() {
            let error =
                Diagnostic::error(Code::UnknownFormat, "criterion's results are a directory")
                    .file(shown(&root))
                    .help("name the directory `target/criterion`");
            output.say(error);
            return Reading::default();
        }
        let all = input.trees.below(&root, output);
        let chosen = walk::choose(&all, input.baseline);
        // Variants alone are enough, unless something else was asked for by name.
        let needed = input.variants.is_empty() || input.baseline.is_some();
        if chosen.is_empty() && !all.is_empty() && needed {
            output.say(missing(&root, input.baseline, "`--base-name` or `--head-name`", &all));
        }
        read_set(&root, &chosen, None, input, output);
        let mut recordings = recordings(&root, &chosen, output);
        for variant in input.variants {
            let chosen = walk::choose(&all, Some(&variant.baseline));
            if chosen.is_empty() && !all.is_empty() {
                output.say(missing(&root, Some(&variant.baseline), "`--variant`", &all));
            }
            let others = input.variants.iter().filter(|other| other.baseline != variant.baseline);
            let others: Vec<&str> = others.map(|other| other.baseline.as_str()).collect();
            if let Some(warning) = lost(&variant.baseline, &others, &chosen, &all) {
                output.say(warning);
            }
            read_set(&root, &chosen, Some(&variant.name), input, output);
            // The same baseline on the other side has other benchmark ids, so it is not compared with itself.
            let own = self::recordings(&root, &chosen, output).into_iter();
            recordings.extend(own.map(|recording| recording.join(&variant.name)));
        }
        Reading { runs: 1, recordings }
    }
}

/// Reads one baseline of each benchmark, as benchmarks of a variant where that has a name.
fn read_set(
    root: &Path,
    chosen: &[&Baseline],
    variant: Option<&str>,
    input: &Input<'_>,
    output: &Output<'_>,
) {
    let mut read: Vec<_> =
        chosen.par_iter().map(|baseline| read_one(baseline, variant, input, output)).collect();
    read.par_sort_unstable();
    if let Some(warning) = stale::warning(&shown(root), read.iter().filter_map(Option::as_ref)) {
        output.say(warning);
    }
}

/// The error for a baseline that is not there.
fn missing(root: &Path, name: Option<&str>, option: &str, all: &[Baseline]) -> Diagnostic {
    let names: BTreeSet<&str> = all.iter().map(|baseline| baseline.name.as_str()).collect();
    let list: Vec<_> = names.iter().take(10).map(|name| quoted(name)).collect();
    let more = if names.len() > list.len() { " …" } else { "" };
    let message = match name {
        Some(name) => format!("no benchmark has a baseline {}", quoted(name)),
        None => "no benchmark has a baseline `new` or `base`".into(),
    };
    let help = match name.and_then(|name| suggest(name, names.iter().copied())) {
        Some(near) => format!("did you mean {}? ", quoted(near)),
        None => String::new(),
    };
    let help = format!("{help}name one with {option}; there are {}{more}", list.join(", "));
    Diagnostic::error(Code::MissingBaseline, message).file(shown(root)).help(help)
}

/// The warning for benchmarks that have the baseline of another variant, but not this one, which some benchmark has.
fn lost(
    baseline: &str,
    others: &[&str],
    chosen: &[&Baseline],
    all: &[Baseline],
) -> Option<Diagnostic> {
    if chosen.is_empty() {
        return None;
    }
    let have: BTreeSet<_> = chosen.iter().map(|own| own.dir.parent()).collect();
    let of_others = all.iter().filter(|other| others.contains(&other.name.as_str()));
    let without: BTreeSet<&Path> = of_others
        .filter_map(|other| other.dir.parent())
        .filter(|dir| !have.contains(&Some(*dir)))
        .collect();
    let first = without.first()?;
    let message = match without.len() {
        1 => format!("this benchmark has no baseline {}", quoted(baseline)),
        several => {
            format!("{several} benchmarks have no baseline {}; the first is here", quoted(baseline))
        }
    };
    let help = "another variant has it, so the two cannot be compared: measure the benchmark in both variants, or delete the baseline that is left of it";
    Some(Diagnostic::warning(Code::MissingBaseline, message).file(shown(first)).help(help))
}

/// The directories that were read, resolved.
fn recordings(root: &Path, chosen: &[&Baseline], output: &Output<'_>) -> Vec<PathBuf> {
    match root.canonicalize() {
        Ok(resolved) => chosen
            .par_iter()
            .map(|baseline| match baseline.dir.strip_prefix(root) {
                Ok(inner) => resolved.join(inner),
                Err(_) => baseline.dir.clone(),
            })
            .collect(),
        Err(error) => {
            output.say(unreadable(root, &error));
            Vec::new()
        }
    }
}

/// Reads the results of one benchmark: when they were written, and its name.
fn read_one(
    baseline: &Baseline,
    variant: Option<&str>,
    input: &Input<'_>,
    output: &Output<'_>,
) -> Option<(SystemTime, String)> {
    if !baseline.has_benchmark {
        let error = Diagnostic::error(
            Code::Interrupted,
            "results without `benchmark.json`, which criterion writes last",
        )
        .file(shown(&baseline.dir))
        .help("the run was interrupted: delete this directory and measure again");
        output.say(error);
        return None;
    }
    if !baseline.has_sample {
        let error = Diagnostic::error(Code::Malformed, "`sample.json` is missing")
            .file(shown(&baseline.dir))
            .help("keep every file that criterion writes: benchgate reads the samples, not the estimates");
        output.say(error);
        return None;
    }
    let file = baseline.dir.join("sample.json");
    let help = "delete the directory and measure again: the file was not written to its end, or was changed since";
    let sample = document::json_and_metadata::<SampleFile>(&file, help);
    let sample = sample.map_err(|error| output.say(error)).ok();
    let about = baseline.dir.join("benchmark.json");
    let named = document::json::<BenchmarkFile>(&about, help).map_err(|error| output.say(error));
    let named = named.ok()?;
    let Some(id) = named.id() else {
        let error = Diagnostic::error(
            Code::Malformed,
            "the benchmark has no name: `full_id` and `group_id` are missing",
        )
        .file(shown(&about))
        .at(1, 1)
        .help(help);
        output.say(error);
        return None;
    };
    let id = match variant {
        Some(variant) => format!("{variant}/{id}"),
        None => id,
    };
    let (sample, metadata) = sample?;
    if let Err(reason) = super::numbers::check_iterations(&sample.iters, &sample.times) {
        let error =
            Diagnostic::error(Code::Malformed, reason).file(shown(&file)).at(1, 1).help(help);
        output.say(error);
        return None;
    }
    output.run(Run {
        side: input.side,
        block: input.first_block,
        stage: Stage::Screen,
        benchmark: BenchmarkId::new(id.as_str()),
        metric: Metric::time(),
        unit: Unit::Nanoseconds,
        data: Data::Iterations { iters: sample.iters, times: sample.times },
        throughput: super::numbers::criterion_throughput(&named.throughput),
        at: Vec::new(),
        link: None,
        origin: Origin { file: Arc::from(shown(&file)), line: None },
    });
    Some((metadata.modified().ok()?, id))
}
