use std::collections::BTreeMap;

use proptest::prelude::*;

use super::line::{self, Record, Subject};
use super::metrics::Numbers;
use super::rules::Rules;
use crate::model::{JsonlMetric, JsonlSettings, JsonlSummary, Metric, Statistic, SummaryOf, Unit};

/// A line as it was understood, or what is wrong with it.
fn shown(text: &str, settings: &JsonlSettings) -> String {
    match line::read(text, &Rules::new(settings).unwrap()) {
        Ok(record) => {
            let mut out = match &record.subject {
                Subject::Benchmark(benchmark) => benchmark.to_string(),
                Subject::Running(moment) => format!("(what ran at {moment} µs)"),
            };
            if let Some(run) = &record.run {
                out += &format!(" run={run}");
            }
            for (metric, (unit, numbers)) in &record.numbers {
                out += &match numbers {
                    Numbers::Sample(value) => format!("\n    {metric} {unit:?} sample {value}"),
                    Numbers::Summary(summary) => {
                        let statistics = summary.statistics.iter();
                        let statistics: Vec<_> =
                            statistics.map(|(s, value)| format!("{s}={value}")).collect();
                        format!(
                            "\n    {metric} {unit:?} n={:?} {}",
                            summary.n,
                            statistics.join(" ")
                        )
                    }
                };
            }
            if let Some((window, _)) = &record.window {
                out += &format!("\n    ran from {} to {} µs", window.from, window.to);
            }
            for (name, at) in &record.unread {
                out += &format!("\n    unread {name} at {at}");
            }
            out
        }
        Err(problem) => {
            format!(
                "error at {}: {}\n    {}",
                problem.at,
                problem.message,
                problem.help.unwrap_or_default()
            )
        }
    }
}

fn table(settings: &JsonlSettings, lines: &[&str]) -> String {
    let rows = lines.iter().map(|text| format!("{text}\n  {}", shown(text, settings)));
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn sample_lines() {
    let shown = table(
        &JsonlSettings::default(),
        &[
            r#"{"benchmark":"a/b","metric":"time","unit":"ms","value":1.23}"#,
            r#"{"benchmark":"a","unit":"MiB","value":2,"run":3,"timestamp":"2026-01-01"}"#,
            r#"{"benchmark":"a","metric":"error_rate","unit":"percent","value":0.5,"parameters":{"z":1,"a":"x","ratio":0.5}}"#,
            r#"{"benchmark":"a","metric":"throughput","unit":"MB/s","value":3}"#,
            r#"{"benchmark":"a","metric":"time","unit":"ns","value":null}"#,
            r#"{"benchmark":"a","metric":"time","value":1}"#,
            r#"{"benchmark":"a","metric":"time","unit":"fortnights","value":1}"#,
            r#"{"benchmark":"a","unit":"percent","value":1}"#,
            r#"{"benchmark":"a","metric":"time","unit":"ms","value":"1"}"#,
            r#"{"benchmark":"a","agents":9007199254740993,"type":"sample","duration_ms":1.5,"size_kb":64}"#,
            r#"{"benchmark":"a","memory_mb":12}"#,
            r#"{"benchmark":"a","type":"window","avg_ms":1.5,"p99_ms":3}"#,
            r#"{"benchmark":"a","type":"start","threads":4}"#,
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn statistics_lines() {
    let shown = table(
        &JsonlSettings::default(),
        &[
            r#"{"timestamp":"…","test_name":"full_integration","agent_count":100,"operation":"complete_operation","type":"statistics","avg_ms":0.148,"stddev_ms":0.012,"p50_ms":0.146,"p95_ms":0.170,"p99_ms":0.185}"#,
            r#"{"name":"x","n":50,"memory_max_mb":1.5,"error_rate_mean_percent":2,"requests_per_s":1000,"warm":true}"#,
            r#"{"name":"x","count":10,"samples":20,"avg_ms":1}"#,
            r#"{"name":"x","n":-1,"avg_ms":1}"#,
            r#"{"name":"x","n":2.5,"avg_ms":1}"#,
            r#"{"name":"x","avg_ms":1,"mean_us":1000}"#,
            r#"{"name":"x","avg_ms":1,"mean_us":1001}"#,
            r#"{"name":"x","memory_max_mb":1,"memory_min_percent":1}"#,
            r#"{"name":"x","avg_ms":"0.1"}"#,
            r#"{"name":"x","avg_ms":0.1,"stddev_ms":null,"p99_ms":null,"gc_ratio":0.25,"engine":{"a":1}}"#,
            r#"{"name":"","test":"y","avg_ms":1}"#,
            r#"{"avg_ms":1,"route":"/x"}"#,
            r#"{"operation":"put","avg_ms":1}"#,
            r#"{"name":["x"],"avg_ms":1}"#,
            r#"{"name":"x\ud800","avg_ms":1}"#,
            r#"{"name":"x","a":1,"parameters":{"a":2},"avg_ms":1}"#,
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn resource_lines() {
    let shown = table(
        &JsonlSettings::default(),
        &[
            r#"{"timestamp":"2026-03-01T12:00:00Z","type":"resource","cpu_percent":35.5,"memory_mb":120,"tmpfs_mb":1.5,"disk_read_mb_per_s":0.5,"network_rx_bytes_per_s":100,"host":"a"}"#,
            r#"{"timestamp":1772366400.25,"memory_mb":120,"run":2}"#,
            r#"{"timestamp":1772366400250,"type":null,"cpu_percent":5,"container":"c1","pid":7,"load":0.5,"disk_free_mb":3,"network_packets_per_s":9}"#,
            r#"{"timestamp":1772366400,"disk_read_mb_per_s":2,"count":0}"#,
            r#"{"timestamp":120000,"disk_read_mb_per_s":2}"#,
            r#"{"timestamp":1772366400,"cpu_ratio":0.5}"#,
            r#"{"timestamp":1772366400,"metric":"cpu","unit":"ratio","value":0.5}"#,
            r#"{"test":"a","type":"statistics","cpu_mean_ratio":0.5,"disk_write_mb_per_s":3}"#,
            r#"{"timestamp":1772366400,"metric":"tmpfs","unit":"MB","value":3}"#,
            r#"{"timestamp":1772366400,"metric":"time","unit":"ms","value":3}"#,
            r#"{"memory_mb":120}"#,
            r#"{"timestamp":"yesterday","memory_mb":120}"#,
            r#"{"timestamp":1772366400,"memory_mb":120,"avg_ms":3}"#,
            r#"{"timestamp":1772366400,"type":"sample","memory_mb":120}"#,
            r#"{"timestamp":1772366400,"type":"resources","load":0.5}"#,
            r#"{"timestamp":1772366400,"cpu_percent":"5"}"#,
            r#"{"timestamp":1772366400,"disk_mb":5,"disk_mb_per_s":5}"#,
            r#"{"test":"a","timestamp":1772366400,"type":"resource","cpu_percent":5,"disk_mb":3,"duration_ms":2,"agents":10}"#,
            r#"{"test":"a","timestamp":1772366400,"cpu_percent":5,"disk_mb":3}"#,
            r#"{"test":"a","start":"2026-03-01T12:00:00Z","end":"2026-03-01T12:00:01Z","avg_ms":1}"#,
            r#"{"test":"a","type":"window","start":1772366400,"end":1772366401}"#,
            r#"{"test":"a","start":0,"end":100,"avg_ms":1}"#,
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn settings_override_every_default() {
    let metric = |metric: &str, unit: &str, statistic| JsonlMetric {
        metric: metric.into(),
        unit: unit.into(),
        statistic,
    };
    let settings = JsonlSettings {
        benchmark: Some(vec!["engine".into(), "case".into()]),
        parameters: Some(vec!["dim".into(), "rate".into()]),
        metrics: Some(BTreeMap::from([
            ("median".into(), metric("time", "ms", Some(Statistic::Median))),
            ("rps".into(), metric("throughput", "per_s", None)),
        ])),
        ignore: vec!["note".into()],
        summary: JsonlSummary { of: SummaryOf::Runs, n: Some(5) },
    };
    let shown = table(
        &settings,
        &[
            r#"{"engine":"lmdb","case":"get","dim":3,"rate":0.5,"sync":true,"median":1.5,"rps":10,"avg_ms":7,"note":1.5}"#,
            r#"{"case":"get","median":1.5,"runs":10,"samples":1000}"#,
            r#"{"case":"get","type":"sample","median":1.5}"#,
            r#"{"benchmark":"get","median":1.5}"#,
        ],
    );
    insta::assert_snapshot!(shown);
}

#[test]
fn a_unit_that_is_none_is_an_error_of_the_settings() {
    let odd = JsonlMetric { metric: "time".into(), unit: "parsec".into(), statistic: None };
    let settings =
        JsonlSettings { metrics: Some(BTreeMap::from([("t".into(), odd)])), ..Default::default() };
    let errors = Rules::new(&settings).unwrap_err();
    insta::assert_snapshot!(errors.first().unwrap().message, @"`parsec` is not a unit");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        super::parse_lines(&bytes);
    }

    #[test]
    fn anything_like_json_is_read_without_panic(text in r#"(\{|\[|"|\}|\]|,|:|[a-z_]{1,6}|avg_ms|[0-9.eE+-]{1,4}|\\u[0-9a-f]{4}|é|\n){0,40}"#) {
        super::parse_lines(text.as_bytes());
    }

    #[test]
    fn a_number_written_comes_back(value in any::<f64>().prop_filter("finite", |v| v.is_finite()), name in any::<String>()) {
        prop_assume!(!name.is_empty());
        let text = serde_json::json!({"benchmark": name, "metric": "time", "unit": "ns", "value": value}).to_string();
        let Record { subject, numbers, .. } = line::read(&text, &Rules::default()).unwrap();
        prop_assert_eq!(subject, Subject::Benchmark(name.as_str().into()));
        prop_assert_eq!(numbers, BTreeMap::from([(Metric::time(), (Unit::Nanoseconds, Numbers::Sample(value)))]));
    }
}
