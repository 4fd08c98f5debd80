//! Lines, numbers, documents and patterns larger than anybody needs.

use std::fs::File;

use crate::scene::{COMPARE, Scene};

const MILLION: usize = 1_000_000;
const DEEP: usize = 100_000;

/// The first line of what is said, so that what is shown of the input plays no part.
fn first(said: &str) -> String {
    let line = said.lines().next().unwrap_or_default();
    line.chars().take(160).collect()
}

/// Both ends of something nested, and nothing in between.
fn nested(open: &str, close: &str) -> String {
    open.repeat(DEEP) + "1" + &close.repeat(DEEP)
}

fn sample(value: &str) -> String {
    format!("{{\"benchmark\":\"a\",\"metric\":\"time\",\"unit\":\"ms\",\"value\":{value}}}\n")
}

#[test]
fn results_of_any_size_are_read_or_refused() {
    let scene = Scene::new();
    let lists = nested("[", "]");
    let line =
        |field: &str| format!("{{\"benchmark\":\"a\",\"unit\":\"ms\",\"value\":1,{field}}}\n");
    scene
        .write("deep-parameter.jsonl", line(&format!("\"parameters\":{}", nested("{\"a\":", "}"))));
    scene.write("deep-field.jsonl", line(&format!("\"x\":{lists}")));
    scene.write("deep.jsonl", &lists);
    scene.write("open.jsonl", "{\"a\":".repeat(DEEP));
    scene.write("digits.jsonl", sample(&"9".repeat(MILLION)));
    scene.write("fraction.jsonl", sample(&format!("0.{}", "9".repeat(MILLION))));
    scene.write("exponent.jsonl", sample(&format!("1e{}", "9".repeat(MILLION))));
    scene.write("tiny.jsonl", sample(&format!("0.{}1e{}", "0".repeat(MILLION), MILLION)));
    scene.write(
        "long-name.jsonl",
        sample("1").replace("\"a\"", &format!("\"{}\"", "n".repeat(MILLION))),
    );
    scene.criterion("deep-sample/a", "a");
    scene.write(
        "deep-sample/a/new/sample.json",
        format!("{{\"x\":{lists},\"iters\":[1],\"times\":[1]}}"),
    );
    scene.criterion("deep-name/a", "a");
    scene.write(
        "deep-name/a/new/benchmark.json",
        format!("{{\"full_id\":\"a\",\"throughput\":{lists}}}"),
    );
    let mut all = String::new();
    for input in [
        "deep-parameter.jsonl",
        "deep-field.jsonl",
        "deep.jsonl",
        "open.jsonl",
        "digits.jsonl",
        "fraction.jsonl",
        "exponent.jsonl",
        "tiny.jsonl",
        "long-name.jsonl",
        "deep-sample",
        "deep-name",
    ] {
        let output = scene.run(&[
            "compare",
            "-q",
            "--base",
            input,
            "--head",
            "head.jsonl",
            "--config",
            "rules.yml",
        ]);
        let code = output.status.code().expect("an exit code");
        all += &format!("{input}: {code}\n  {}\n", first(&scene.said(&output)));
    }
    for (set, header, runs) in [
        (
            "deep-header",
            format!("{{\"schema\":1,\"environment\":{{\"a\":{lists}}}}}"),
            String::new(),
        ),
        (
            "deep-line",
            "{\"schema\":1}".into(),
            format!("{{\"side\":\"base\",\"block\":0,\"x\":{lists}}}\n"),
        ),
    ] {
        scene.write(format!("{set}/runset.json"), header);
        scene.write(format!("{set}/runs.jsonl"), runs);
        let output = scene.run(&["compare", "-q", "--runs", set]);
        assert_eq!(output.status.code(), Some(3), "{set}");
        all += &format!("{set}: 3\n  {}\n", first(&scene.said(&output)));
    }
    scene.write("report.json", format!("{{\"schema\":1,\"x\":{lists}}}"));
    let output = scene.run(&["render", "--report", "report.json"]);
    assert_eq!(output.status.code(), Some(3));
    all += &format!("report: 3\n  {}\n", first(&scene.said(&output)));
    insta::assert_snapshot!(all);
}

/// 100 MB without an end of a line.
#[test]
fn a_line_without_end_is_refused() {
    let scene = Scene::new();
    scene.write("set/runset.json", r#"{"schema":1}"#);
    for file in ["line.jsonl", "set/runs.jsonl"] {
        File::create(scene.at(file))
            .expect("a file")
            .set_len(100 * MILLION as u64)
            .expect("a length");
    }
    let mut all = String::new();
    for arguments in [
        &["--base", "line.jsonl", "--head", "head.jsonl"][..],
        &["--base", "line.jsonl", "--head", "head.jsonl", "--format", "jsonl"],
        &["--runs", "set"],
    ] {
        let output = scene.run(&[&["compare", "-q"], arguments].concat());
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        all += &scene.said(&output);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn configurations_of_any_size_are_read_or_refused() {
    let scene = Scene::new();
    let rule = |glob: &str| {
        format!(
            "version: 1\nrules:\n  - regression: {{ benchmarks: \"{glob}\", metric: time, critical: 20% }}\n"
        )
    };
    let laughs: String = (1..12)
        .map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", ")))
        .collect();
    let rules = |count: usize| -> String {
        (0..count)
            .map(|n| {
                format!(
                    "  - regression: {{ benchmarks: \"g{n}/**\", metric: time, critical: 20% }}\n"
                )
            })
            .collect()
    };
    let cases = [
        ("laughs", format!("a0: &a0 [lol, lol]\n{laughs}")),
        ("self", "version: &a [*a]\n".into()),
        ("lists", format!("version: {}\n", nested("[", "]"))),
        ("maps", format!("rules: {}\n", nested("{a: ", "}"))),
        ("dashes", "- ".repeat(50_000) + "a\n"),
        ("keys", "? ".repeat(50_000) + "a\n"),
        ("digits", format!("version: {}\n", "1".repeat(MILLION))),
        ("percent", format!("version: 1\ngate: {{ alpha: {}% }}\n", "9".repeat(MILLION))),
        ("long", format!("version: 1 # {}\n", "x".repeat(2 * MILLION))),
        ("stars", rule(&"*".repeat(10_000))),
        ("too many stars", rule(&"*".repeat(20_000))),
        ("braces", rule(&("{a,".repeat(2_000) + &"}".repeat(2_000)))),
        ("brackets", rule(&"[".repeat(10_000))),
        ("1,000 rules", format!("version: 1\nrules:\n{}", rules(1_000))),
        ("100,000 keys", (0..DEEP).map(|n| format!("k{n}: 1\n")).collect()),
    ];
    let mut all = String::new();
    for (name, text) in cases {
        scene.write("benchgate.yml", text);
        let output = scene.run(&["config", "check"]);
        let said = scene.said(&output) + &crate::common::said(&output.stdout);
        all += &format!(
            "{name}: {}\n  {}\n",
            output.status.code().expect("an exit code"),
            first(&said)
        );
    }
    insta::assert_snapshot!(all);
    scene.write("rules.yml", format!("version: 1\nrules:\n{}  - regression: {{ benchmarks: \"{}\", metric: time, critical: 20%, evidence: estimate }}\n", rules(1_000), "*".repeat(10_000)));
    let output = scene.run(COMPARE);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", scene.said(&output));
}
