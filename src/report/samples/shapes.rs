//! Tables of overhead and of scaling, with everything that they may have.

use super::rules::{name, row, table, text};
use crate::model::Unit::Nanoseconds;
use crate::model::*;
use NumberKind::{Plain, Share};

pub(super) fn overhead() -> Table {
    let component = |component: &str, status, severity, [one, ten, hundred]: [f64; 3]| {
        let share = |value: f64| {
            Cell::Number(Number::of(Share, value).between(Some(value * 0.9), Some(value * 1.12)))
        };
        row(
            status,
            severity,
            [
                ("component", name(component)),
                ("1", share(one)),
                ("10", share(ten)),
                ("100", share(hundred)),
            ],
        )
    };
    let columns = &[
        ("component", "Component"),
        ("1", "agent_count=1"),
        ("10", "agent_count=10"),
        ("100", "agent_count=100"),
    ];
    let rows = vec![
        component("metrics", None, Severity::None, [0.004_1, 0.004_4, 0.006_2]),
        component("health", None, Severity::None, [0.002_2, 0.002, 0.001_9]),
        component("rate_limiting", None, Severity::None, [0.001_1, 0.001_3, 0.004_8]),
        component("total", Some(Status::Missed), Severity::Warning, [0.007_4, 0.007_7, 0.012_9]),
    ];
    let mut table = table("overhead", "Overhead: telemetry", columns, rows);
    table.notes = vec![
        "most of it with agent_count=100: metrics 0.62 % of 1.29 %, rate_limiting 0.48 %".into(),
    ];
    table
}

pub(super) fn scaling() -> Table {
    let slope = |value: f64, width: f64| {
        Cell::Number(Number::of(Plain, value).between(Some(value - width), Some(value + width)))
    };
    let columns = &[
        ("family", "Benchmarks"),
        ("declared", "Declared"),
        ("slope", "Slope"),
        ("class", "Looks like"),
        ("base", "Slope of base"),
    ];
    let rows = vec![
        row(
            Status::Met,
            Severity::None,
            [
                ("family", name("dht/lookup/*")),
                ("declared", text("log n")),
                ("slope", slope(0.142, 0.021)),
                ("class", text("log n")),
                ("base", slope(0.139, 0.02)),
            ],
        ),
        row(
            Status::Missed,
            Severity::Critical,
            [
                ("family", name("search/scan/*")),
                ("declared", text("n")),
                ("slope", slope(1.84, 0.06)),
                ("class", text("n^2 or n log n")),
                ("base", slope(1.02, 0.05)),
            ],
        ),
    ];
    let mut table = table("scaling", "Scaling", columns, rows);
    table.notes = vec!["search/scan/* bends between 1000 and 2000".into()];
    let point =
        |n: f64, value: f64| Point { n, value, low: Some(value * 0.97), high: Some(value * 1.04) };
    table.curves = vec![Curve {
        name: "search/scan/*".into(),
        parameter: "n".into(),
        unit: Nanoseconds,
        head: [10.0, 100.0, 1000.0, 2000.0].map(|n| point(n, 40.0 + 0.9 * n * n)).to_vec(),
        base: [10.0, 100.0, 1000.0, 2000.0].map(|n| point(n, 40.0 + 9.0 * n)).to_vec(),
        fits: vec![
            Fit { class: "n^2".into(), a: 40.0, b: 0.9 },
            Fit { class: "n log n".into(), a: 0.0, b: 140.0 },
        ],
    }];
    table
}
