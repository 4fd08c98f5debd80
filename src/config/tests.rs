use super::Config;
use crate::diag::render;

/// Every mistake of a text as a person sees it.
fn mistakes(text: &str) -> String {
    let diagnostics = Config::parse("benchgate.yml", text, None).expect_err("mistakes");
    let shown: Vec<String> = diagnostics.iter().map(|d| render(d, false)).collect();
    shown.join("\n\n")
}

#[test]
fn look() {
    for t in [
        "version: 1\ngate:\n  fail-on: critcal\n  alpha: 60%\n  fail_on: x\n  margin: 3\nalpha: 1%\nrules:\n  - regression: { metric: time, notice: 2%, criticl: 20 }\n  - regression: { metric: time, notice: 2%, critical: 1% }\n  - budget: { limit: 3 }\n  - regression:\n    metric: time\n    notice: 5%\n  - regression: 5%\n  - metric: time\n  - presence\n  - presence: { missing: hot, benchmarks: \"a[\" }\n  - regression: { notice: 5% }\n  - regression: { metric: tme, notice: 5 }\n  - regression: { metric: time, notice: 10%, min-change: 5 sec, statistic: q95, warning: [1], test: welch, alpha: 5% }\nwaivers:\n  - { benchmark: a, up-to: 5% }\n  - { benchmark: a, up-to: 5%, reason: \"\", expires: 2026-13-01 }\n  - { benchmark: a, up-to: 5%, reason: \"x\", expires: 2026-12-01 }\n  - { benchmark: a, up-to: 5%, reason: \"x\", expires: 2026-12-01 }\n",
        "gate: [1]\nrules: { regression: {metric: time, notice: 5%}}\nrules: []\nregression: x\nmetrics: { queue: {}, time: {better: higher}, a_b: {better: lower, unit: sec}, a-b: {better: lower}, x: {better: up} }\ninputs: {jsonl: {benchmark: [], summary: {of: runs, n: five}, metrics: {foo: {metric: tim, unit: zz}, bar: {}}}}",
        "version: 2\nrules:\n  - \n  - regression: &x { metric: time, notice: }\nwaivers:\n",
        "a:\n\tb: 1\n",
        "version: 1\na: \"x\nb: 2\n",
        "version: 1\na: 'it's'\n",
        "",
        "# c\n",
        "version: 1\n---\nb: 1\n",
        "version: 1\n b: 2\n",
        "a: [1, 2\nb: 3",
        "gate: {alpha: 1%\nc: 2\n",
        "a: b: c",
        "a: *x",
        "a: @x",
        "x: %",
        "- a\nb: c",
        "- a",
        "version 1",
        "a: \u{7}",
        "null",
        "version: 1\ngate: !x {}",
    ] {
        println!("=== {t}\n{}\n", mistakes(t));
    }
}
