//! Reports to show and to test the forms with.

use std::collections::BTreeMap;

use serde_json::json;

use crate::diag::{Code, Diagnostic};
use crate::model::*;

mod any;
mod rules;
mod shapes;
mod tables;

pub(super) use any::any_report;
pub(crate) use rules::{rules, targets};

/// A comparison of times in ns; its verdict follows from the interval and a margin of 3 %.
pub(super) fn comparison(name: &str, base: f64, head: f64, (low, high): (f64, f64)) -> Comparison {
    let estimate = head / base - 1.0;
    let levels = Levels { notice: Some(0.05), warning: Some(0.1), critical: Some(0.2) };
    let side = |estimate| Some(SideEstimate { estimate, runs: 10, samples: 1000 });
    let verdict = match (low, high) {
        (low, _) if low > 0.03 => Verdict::Regressed,
        (_, high) if high < -0.03 => Verdict::Improved,
        (low, high) if low >= -0.03 && high <= 0.03 => Verdict::Unchanged,
        _ => Verdict::Inconclusive,
    };
    Comparison {
        benchmark: name.into(),
        metric: Metric::time(),
        statistic: Statistic::Median,
        unit: Unit::Nanoseconds,
        better: Better::Lower,
        gating: true,
        derived: false,
        base: side(base),
        head: side(head),
        change: Some(Change { estimate, low: Some(low), high: Some(high), confidence: 0.98 }),
        test: Some(TestKind::Paired),
        p_value: Some(1e-6),
        adjusted_p: Some(if verdict == Verdict::Inconclusive { 0.31 } else { 1.4e-4 }),
        verdict,
        severity: if verdict == Verdict::Regressed {
            levels.reached(estimate)
        } else {
            Severity::None
        },
        would_be: Severity::None,
        margin: 0.03,
        levels,
        more_blocks: (verdict == Verdict::Inconclusive).then_some(24),
        notes: Vec::new(),
    }
}

fn suspect(name: &str, base: f64, head: f64, interval: (f64, f64)) -> Comparison {
    let mut c = comparison(name, base, head, interval);
    c.would_be = c.levels.reached(head / base - 1.0);
    c.verdict = Verdict::Suspect;
    c.severity = Severity::None;
    c
}

fn throughput(name: &str, base: f64, head: f64, (low, high): (f64, f64)) -> Comparison {
    let mut c = comparison(name, base, head, (-high, -low));
    c.metric = Metric::throughput();
    c.unit = Unit::BytesPerSecond;
    c.better = Better::Higher;
    c.levels = Levels { notice: None, warning: Some(0.05), critical: Some(0.15) };
    c.change = Some(Change {
        estimate: head / base - 1.0,
        low: Some(low),
        high: Some(high),
        confidence: 0.98,
    });
    c.severity = if c.verdict == Verdict::Regressed {
        c.levels.reached(1.0 - head / base)
    } else {
        Severity::None
    };
    c
}

/// A benchmark that one side has not.
fn lone(name: &str, side: Side) -> Comparison {
    let mut c = comparison(name, 100.0, 100.0, (0.0, 0.0));
    c.change = None;
    c.test = None;
    c.p_value = None;
    c.adjusted_p = None;
    match side {
        Side::Base => (c.head, c.verdict) = (None, Verdict::Removed),
        Side::Head => (c.base, c.verdict) = (None, Verdict::Added),
    }
    c
}

fn measurement(c: &Comparison, side: Side) -> Option<Measurement> {
    let estimate = match side {
        Side::Base => c.base?,
        Side::Head => c.head?,
    }
    .estimate;
    let per_run = [estimate * 0.99, estimate * 1.01];
    let of = (c.metric.clone(), c.statistic, c.unit);
    Some(Measurement {
        estimate: Some(estimate),
        low: Some(estimate * 0.988),
        high: Some(estimate * 1.013),
        samples: 200,
        outliers: 3,
        noise: vec![Some(0.004), None],
        quantiles: vec![estimate],
        trials: vec![100, 100],
        averages: true,
        ..Measurement::of_runs(side, c.benchmark.as_str(), of, &per_run)
    })
}

fn finding(c: &Comparison) -> Finding {
    Finding {
        rule: "regression".into(),
        id: None,
        severity: c.severity,
        benchmark: Some(c.benchmark.clone()),
        metric: Some(c.metric.clone()),
        statistic: Some(c.statistic),
        message: "slower than allowed".into(),
        waiver: None,
    }
}

fn side(name: &str, commit: &str) -> SideInfo {
    SideInfo {
        name: name.into(),
        commit: Some(commit.repeat(5)),
        date: Some("2026-11-21T10:00:00Z".into()),
        runner: Some("Intel Xeon, 2 cores".into()),
        runs: 10,
        environment: BTreeMap::from([
            ("cpu".into(), json!("Intel Xeon")),
            ("cores".into(), json!(2)),
            ("rustc".into(), json!("1.95.0")),
        ]),
    }
}

/// A report of these comparisons, with findings and measurements, decided.
fn report(comparisons: Vec<Comparison>) -> Report {
    let findings: Vec<Finding> =
        comparisons.iter().filter(|c| c.severity > Severity::None).map(finding).collect();
    let severity = findings.iter().map(|f| f.severity).max().unwrap_or_default();
    let fails = Action::Critical.fails(severity);
    let measurements = comparisons
        .iter()
        .flat_map(|c| [measurement(c, Side::Base), measurement(c, Side::Head)])
        .flatten()
        .collect();
    Report {
        schema: SCHEMA,
        tool: Tool { name: "benchgate".into(), version: "0.1.0".into() },
        outcome: if fails { Outcome::Fail } else { Outcome::Pass },
        severity,
        exit_code: u8::from(fails),
        config: ConfigInfo {
            source: "benchgate.yml".into(),
            revision: Some("a1b2c3d4".repeat(5)),
            fail_on: Action::Critical,
            alpha: 0.01,
            margin: 0.03,
            display: Display::default(),
            one_run_decides: false,
            thresholds: vec![
                Threshold {
                    benchmarks: None,
                    metric: Metric::time(),
                    statistic: None,
                    levels: Levels { notice: Some(0.05), warning: Some(0.1), critical: Some(0.2) },
                },
                Threshold {
                    benchmarks: Some("dht/**".into()),
                    metric: Metric::time(),
                    statistic: Some(Statistic::Percentile(95_000)),
                    levels: Levels { notice: None, warning: None, critical: Some(0.1) },
                },
            ],
        },
        base: side("main", "a1b2c3d4"),
        head: side("faster-parser", "e4f5a6b7"),
        order: Order::Interleaved,
        comparisons,
        measurements,
        tables: Vec::new(),
        findings,
        diagnostics: Vec::new(),
        suite_shift: None,
    }
}

fn presence(name: &str, severity: Severity, message: &str) -> Finding {
    Finding {
        rule: "presence".into(),
        id: None,
        severity,
        benchmark: Some(name.into()),
        metric: None,
        statistic: None,
        message: message.into(),
        waiver: None,
    }
}

fn quiet() -> Vec<Comparison> {
    let names = [
        "io/write_4KiB",
        "thread/spawn_join",
        "json/parse",
        "hash/blake3",
        "map/insert",
        "map/get",
    ];
    let mut rows: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let i = i as f64;
            comparison(
                name,
                10f64.powf(1.0 + i),
                10f64.powf(1.0 + i) * (0.998 + 0.001 * i),
                (-0.01, 0.012),
            )
        })
        .collect();
    rows.push(comparison("io/read_64MiB", 8.2e6, 8.3e6, (-0.06, 0.081)));
    rows
}

/// Two critical, one warning, a missing and an added benchmark, and what else a pull request may have.
pub(crate) fn failing() -> Report {
    let mut rows = quiet();
    rows.push(comparison("parser/large", 1.42e6, 1.748e6, (0.208, 0.259)));
    rows.push(comparison("dht/lookup/1000", 31e3, 38.1e3, (0.18, 0.28)));
    let mut p95 = comparison("cache/hit", 812.0, 921.0, (0.06, 0.21));
    p95.statistic = Statistic::Percentile(95_000);
    p95.notes.push("samples are averages over iterations, so this is no latency".into());
    rows.push(p95);
    rows.push(comparison("json/serialize", 204e3, 187e3, (-0.11, -0.06)));
    rows.push(lone("codec/old", Side::Base));
    rows.push(lone("codec/new", Side::Head));
    let mut report = report(rows);
    report.findings.push(presence("codec/old", Severity::Warning, "base has it, head has not"));
    report.diagnostics.push(
        Diagnostic::warning(Code::Stale, "results of 2026-10-02 beside results of 2026-11-21")
            .file("target/criterion/codec")
            .help("delete the directory and measure again"),
    );
    report.head.environment.insert("rustc".into(), json!("1.96.0"));
    report.suite_shift =
        Some(SuiteShift { estimate: 0.041, low: 0.031, high: 0.052, p_value: 0.001 });
    report
}

fn passing() -> Report {
    let mut rows = quiet();
    rows.push(comparison("json/serialize", 204e3, 187e3, (-0.11, -0.06)));
    report(rows)
}

fn one_run() -> Report {
    let mut rows = quiet();
    rows.push(suspect("parser/large", 1.42e6, 1.748e6, (0.09, 0.38)));
    rows.push(suspect("cache/hit", 812.0, 871.0, (0.035, 0.11)));
    rows.push(suspect("json/serialize", 204e3, 171e3, (-0.26, -0.05)));
    let mut report = report(rows);
    report.base.runs = 1;
    report.head.runs = 1;
    report.order = Order::Sequential;
    report.outcome = Outcome::Inconclusive;
    report.config.source = "built-in".into();
    report.config.revision = None;
    report.base.commit = None;
    report
}

fn inconclusive() -> Report {
    let mut rows = quiet();
    rows.push(comparison("io/fsync", 2.1e6, 2.2e6, (-0.12, 0.31)));
    let mut open = comparison("net/connect", 2.1e5, 2.2e5, (-0.12, 0.31));
    open.change = open.change.map(|change| Change { high: None, ..change });
    open.more_blocks = None;
    rows.push(open);
    let mut report = report(rows);
    report.outcome = Outcome::Inconclusive;
    report.exit_code = 5;
    report.order = Order::Sequential;
    report
}

fn error() -> Report {
    let mut report = report(Vec::new());
    report.outcome = Outcome::Error;
    report.exit_code = 3;
    report.head.runs = 0;
    report.diagnostics = vec![
        Diagnostic::error(Code::BadLine, "unknown unit `msec` in field `avg_msec`")
            .file("results/head.jsonl")
            .at(3, 18)
            .help("write `avg_ms`"),
        Diagnostic::error(Code::NothingMeasured, "head holds no measurement")
            .help("run the benchmarks first"),
        Diagnostic::warning(Code::UnreadField, "field `foo` is not read")
            .file("results/head.jsonl")
            .at(1, 9),
    ];
    report
}

fn higher_is_better() -> Report {
    let mut rows = vec![
        throughput("codec/encode", 5.3e8, 4.3e8, (-0.21, -0.165)),
        throughput("codec/decode", 1.1e9, 1.32e9, (0.17, 0.23)),
        throughput("codec/copy", 9.8e9, 9.6e9, (-0.09, 0.05)),
    ];
    let mut memory = comparison("codec/encode", 64.0 * 1024.0, 72.0 * 1024.0, (0.12, 0.13));
    memory.metric = Metric::new("memory");
    memory.unit = Unit::Bytes;
    memory.severity = Severity::Warning;
    rows.push(memory);
    let mut instructions = comparison("codec/encode", 1_234_567.0, 1_235_067.0, (0.0004, 0.0004));
    instructions.metric = Metric::new("instructions");
    instructions.unit = Unit::Count;
    instructions.test = Some(TestKind::Exact);
    rows.push(instructions);
    report(rows)
}

fn waived() -> Report {
    let mut rows = quiet();
    rows.push(comparison("parser/large", 1.42e6, 1.58e6, (0.09, 0.14)));
    rows.push(comparison("parser/small", 142.0, 149.0, (0.035, 0.06)));
    let mut report = report(rows);
    for finding in &mut report.findings {
        if finding.benchmark == Some("parser/large".into()) {
            finding.waiver = Some(Waived {
                severity: finding.severity,
                up_to: 0.15,
                reason: "checks every bracket now, see the discussion".into(),
                issue: Some("https://github.com/example/project/issues/12".into()),
                expires: jiff::civil::date(2026, 12, 31),
            });
            finding.severity = Severity::None;
        }
    }
    report.config.display = Display {
        notice: "review".into(),
        warning: "investigate".into(),
        critical: "block".into(),
    };
    report
}

fn not_measurable() -> Report {
    let mut report = passing();
    report.findings.push(Finding {
        rule: "not-measurable".into(),
        id: Some("NFR-P01".into()),
        severity: Severity::Critical,
        benchmark: Some("cache/hit".into()),
        metric: Some(Metric::time()),
        statistic: Some(Statistic::Percentile(99_000)),
        message: "p99 needs single samples, and these are averages over iterations".into(),
        waiver: None,
    });
    report.outcome = Outcome::Fail;
    report.exit_code = 1;
    report.severity = Severity::Critical;
    report
}

/// Text that wants to be something else.
pub(super) const HOSTILE: &[&str] = &[
    "a|b`c``d <img src=x onerror=alert(1)>",
    "@team please approve, fixes #1 and https://example.org/",
    "\x1b[31mred\x1b[0m \u{202e}gnp.exe",
    "line\nbreak\r\n### heading\n\n```",
    "::error::own words",
    "##[error]own words",
    "[link](javascript:alert(1)) ![image](https://example.org/x.png)",
    "</details></summary>--><script>",
];

fn hostile() -> Report {
    let mut rows: Vec<_> = HOSTILE
        .iter()
        .enumerate()
        .map(|(i, name)| comparison(name, 100.0, 125.0 + i as f64, (0.2, 0.3)))
        .collect();
    rows.push(comparison(&"long".repeat(2_500), 100.0, 160.0, (0.5, 0.7)));
    for (row, text) in rows.iter_mut().zip(HOSTILE) {
        row.notes.push((*text).into());
    }
    if let Some(row) = rows.get_mut(1) {
        row.metric = Metric::new(HOSTILE.first().copied().unwrap_or_default());
    }
    let mut report = report(rows);
    let word = |i: usize| HOSTILE.get(i % HOSTILE.len()).copied().unwrap_or_default().to_owned();
    report
        .findings
        .extend((0..HOSTILE.len()).map(|i| presence(&word(i + 1), Severity::Warning, &word(i))));
    report.findings.iter_mut().for_each(|f| f.id = Some(word(2)));
    if let Some(finding) = report.findings.first_mut() {
        let (severity, expires) = (finding.severity, jiff::civil::date(2026, 12, 31));
        finding.waiver =
            Some(Waived { severity, up_to: 0.5, reason: word(1), issue: Some(word(6)), expires });
        finding.severity = Severity::None;
    }
    report.diagnostics = (0..HOSTILE.len())
        .map(|i| Diagnostic::warning(Code::BadLine, word(i)).file(word(i + 1)).help(word(i + 2)))
        .collect();
    report
        .diagnostics
        .push(Diagnostic::error(Code::BadLine, word(4)).file(word(5)).at(1, 2).help(word(6)));
    report.config.display = Display { notice: word(0), warning: word(1), critical: word(6) };
    report.config.source = word(0);
    report.config.revision = Some(word(3));
    report.base = SideInfo {
        name: word(1),
        commit: Some(word(0)),
        date: Some(word(2)),
        runner: Some(word(3)),
        runs: 1,
        environment: BTreeMap::new(),
    };
    report.head = SideInfo { name: word(4), commit: None, ..report.base.clone() };
    report.base.environment = (0..HOSTILE.len()).map(|i| (word(i), json!(word(i + 3)))).collect();
    report.tool.version = word(1);
    report.tables = tables::hostile_tables();
    report.outcome = Outcome::Error;
    report.exit_code = 3;
    report
}

/// Every sample, by name.
pub(crate) fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("failing", failing()),
        ("passing", passing()),
        ("one_run", one_run()),
        ("inconclusive", inconclusive()),
        ("error", error()),
        ("higher_is_better", higher_is_better()),
        ("waived", waived()),
        ("not_measurable", not_measurable()),
        ("rules", rules()),
        ("targets", targets()),
        ("hostile", hostile()),
        ("hostile_decided", Report { outcome: Outcome::Fail, exit_code: 1, ..hostile() }),
        ("empty", report(Vec::new())),
    ]
}

/// The smallest report that has one of everything.
pub(crate) fn small() -> Report {
    let mut report = report(vec![comparison("parser/large", 1.42e6, 1.748e6, (0.208, 0.259))]);
    report.diagnostics.push(Diagnostic::warning(Code::Stale, "old").file("target/criterion"));
    report
}

/// Ten thousand benchmarks with long names.
pub(crate) fn huge() -> Report {
    let rows = (0..10_000).map(|i| {
        let name = format!("{i:05}/{}", "x".repeat(194));
        let change = [0.0, 0.0, 0.3, -0.2, 0.01][i % 5];
        let width = if i % 5 == 4 { 0.2 } else { 0.01 };
        comparison(&name, 1e3, 1e3 * (1.0 + change), (change - width, change + width))
    });
    report(rows.collect())
}
