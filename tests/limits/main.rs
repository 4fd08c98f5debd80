//! Rules that hold limits: budgets, relations, stability; and what the report makes of them.

#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod budget;
mod examples;
mod made;
mod matrix;
mod relation;
mod shown;
mod stability;

use std::sync::Arc;

use benchgate::config::Config;
use benchgate::diag::{Code, Diagnostics};
use benchgate::gate::{Collector, Facts, decide};
use benchgate::model::{
    BenchmarkId, Data, Metric, Order, Origin, Report, Run, Side, SideInfo, Stage, Statistic,
    Summary, SummaryOf, Unit,
};
use shown::shown;

/// Values of one metric of one run of head.
fn values(name: &str, metric: &str, unit: Unit, block: u32, values: Vec<f64>) -> Run {
    Run {
        side: Side::Head,
        block,
        stage: Stage::Screen,
        benchmark: BenchmarkId::new(name),
        metric: Metric::new(metric),
        unit,
        data: Data::Values(values),
        throughput: None,
        at: Vec::new(),
        link: None,
        origin: Origin { file: Arc::from("runs"), line: Some(block + 1) },
    }
}

/// Times in microseconds.
fn times(name: &str, block: u32, micros: &[f64]) -> Run {
    values(name, "time", Unit::Nanoseconds, block, micros.iter().map(|v| v * 1e3).collect())
}

/// Samples that are averages over iterations, as criterion's are.
fn averages(name: &str, block: u32, micros: &[f64]) -> Run {
    let iters: Vec<f64> = (1..=micros.len()).map(|i| i as f64).collect();
    let times = iters.iter().zip(micros).map(|(n, v)| n * v * 1e3).collect();
    Run { data: Data::Iterations { iters, times }, ..times_of(name, block) }
}

fn times_of(name: &str, block: u32) -> Run {
    times(name, block, &[])
}

/// Statistics without samples.
fn summary(name: &str, metric: &str, unit: Unit, statistics: &[(Statistic, f64)]) -> Run {
    let summary =
        Summary { statistics: statistics.to_vec(), n: Some(1000), of: SummaryOf::Samples };
    Run { data: Data::Summary(summary), ..values(name, metric, unit, 0, Vec::new()) }
}

fn config(rules: &str) -> Config {
    let yaml = format!(
        "version: 1\nmetrics:\n  streams: {{ unit: count, better: higher }}\n  ticks: {{ unit: count, better: lower, deterministic: true }}\nrules:\n{rules}\n"
    );
    Config::parse("benchgate.yml", &yaml, None)
        .unwrap_or_else(|diagnostics| panic!("{yaml}\n{diagnostics:#?}"))
}

/// The report of a head without a base.
fn held(rules: &str, runs: Vec<Run>) -> Report {
    let config = config(rules);
    let diagnostics = Diagnostics::new();
    let collector = Collector::new(&config);
    for run in runs {
        collector.take(run);
    }
    decide(Facts {
        measurements: collector.finish(&diagnostics),
        base: SideInfo::default(),
        head: SideInfo { name: "head".into(), ..SideInfo::default() },
        order: Order::Sequential,
        config: &config,
        today: jiff::civil::date(2026, 11, 21),
        allow_empty_base: true,
        diagnostics: diagnostics.into_vec(),
    })
}

fn codes(report: &Report) -> Vec<Code> {
    report.diagnostics.iter().map(|d| d.code).collect()
}
