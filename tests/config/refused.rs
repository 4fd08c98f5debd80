use benchgate::config::Config;

use crate::refused;

/// Snapshots each text with its mistakes, under its name.
fn look(cases: &[(&str, &str)]) {
    for (name, text) in cases {
        insta::assert_snapshot!(*name, refused(text));
    }
}

/// IN-5, RU-1: text that is not YAML is shown where the mistake was made.
#[test]
fn text_that_is_not_yaml() {
    look(&[
        ("empty_file", ""),
        ("only_comments", "# nothing yet\n\n# really\n"),
        ("tab", "version: 1\ngate:\n\tfail-on: critical\n"),
        (
            "unclosed_double_quote",
            "version: 1\ngate:\n  display: { notice: \"look }\n  alpha: 1%\n",
        ),
        (
            "unclosed_single_quote",
            "version: 1\nwaivers:\n  - reason: 'it is slow\n    metric: time\n",
        ),
        ("quote_in_quotes", "version: 1\nwaivers:\n  - { reason: 'it's slow' }\n"),
        ("escape", "version: 1\nrules:\n  - presence: { benchmarks: \"a\\[b\" }\n"),
        (
            "unclosed_map",
            "version: 1\nrules:\n  - regression: { metric: time, notice: 5%\n  - presence: { missing: critical }\n",
        ),
        (
            "unclosed_list",
            "version: 1\ninputs:\n  jsonl:\n    benchmark: [suite, case\nrules: []\n",
        ),
        ("missing_comma", "version: 1\nrules:\n  - regression: { metric: time notice: 5% }\n"),
        ("extra_bracket", "version: 1\nrules:\n  - presence: { missing: critical } }\n"),
        ("wrong_bracket", "version: 1\ninputs: { jsonl: { ignore: [a } }\n"),
        ("two_documents", "version: 1\nrules: []\n---\nversion: 1\n"),
        ("indented_too_far", "version: 1\n gate:\n  alpha: 1%\n"),
        ("not_indented_enough", "version: 1\ngate:\n    alpha: 1%\n  margin: 2%\n"),
        ("colon_in_text", "version: 1\nwaivers:\n  - reason: slower: yes, but right\n"),
        ("no_space_behind_colon", "version: 1\ngate:\n  alpha:1%\n  margin: 2%\n"),
        ("list_behind_key", "version: 1\nrules: - presence: {}\n"),
        ("list_goes_on_as_map", "version: 1\nrules:\n- presence: {}\n  x\n"),
        ("unquoted_glob", "version: 1\nrules:\n  - presence: { benchmarks: */large }\n"),
        ("unquoted_at", "version: 1\nwaivers:\n  - reason: @alice says so\n"),
        ("tag", "version: 1\ngate: !include gate.yml\n"),
        ("control_character", "version: 1\ngate: \u{7}\n"),
        ("no_map", "version 1\n"),
        ("list_at_the_root", "- version: 1\n"),
    ]);
}

/// Every mistake of a file is reported at once, in its order, each at its place.
#[test]
fn mistakes_in_values() {
    look(&[
        (
            "gate",
            "version: 1\ngate:\n  fail_on: warning\n  fail-on: critcal\n  inconclusive: Pass\n  one-run: maybe\n  alpha: 60%\n  margin: 3\n  display: { notice: \"\", block: now }\n",
        ),
        ("margin_of_everything", "version: 1\ngate: { margin: 100%, alpha: 0% }\n"),
        (
            "rule_kinds",
            "version: 1\nrules:\n  - ceiling: { limit: 1ms }\n  - regresion: { metric: time }\n  - metric: time\n    notice: 5%\n  - regression:\n    metric: time\n    notice: 5%\n  - regression: 5%\n  - presence\n  - [presence]\n  - {}\n  -\n",
        ),
        (
            "regression",
            "version: 1\nrules:\n  - regression: { metric: time, notice: 2%, warning: 10%, critical: 8% }\n  - regression: { metric: time }\n  - regression: { notice: 5% }\n  - regression: { metric: tme, critical: 5 }\n  - regression: { metric: time, critical: five, statistic: q95, min-change: 5 sec, benchmarks: \"a[\" }\n  - regression: { metric: time, critcal: 20%, accept-averages: yes }\n  - regression: { metric: time, critical: [20%], benchmarks: \"\", alpha: 5% }\n  - regression: { metric: time, critical: 20%, min-change: 5MB }\n  - regression: { metric: memory, critical: 20%, min-change: 5 }\n  - regression: { metric: error_rate, critical: 20%, test: t-test }\n",
        ),
        (
            "limits",
            "version: 1\nrules:\n  - budget: { benchmarks: a, metric: time }\n  - budget: { benchmarks: a, metric: time, limit: 5 }\n  - budget: { benchmarks: a, metric: memory, limit: 5ms, tier: must, severity: notice }\n  - budget: { benchmarks: a, metric: time, limit: { warning: 2ms, critical: 1ms }, tier: must }\n  - budget: { benchmarks: a, metric: throughput, limit: { warning: 100/s, critical: 200/s } }\n  - budget: { benchmarks: a, metric: time, limit: {} }\n  - budget: { benchmarks: a, metric: time, limit: { warning: 1ms, fatal: 2ms } }\n  - budget: { benchmarks: a, metric: time, limit: 1ms, over: { warning: 20% } }\n  - budget: { benchmarks: a, metric: time, limit: 1ms, over: { critical: 20 } }\n  - budget: { benchmarks: a, metric: time, limit: 1ms, tier: quality, over: { warning: 3x, critical: 20% } }\n  - budget: { benchmarks: a, metric: time, limit: { notice: 1ms }, over: { critical: 2x } }\n  - budget: { benchmarks: a, metric: throughput, limit: 1/s, over: { critical: 120% } }\n  - budget: { benchmarks: a, metric: time, limit: 1ms, over: {} }\n  - budget: { benchmarks: a, metric: time, limit: [1ms] }\n  - budget: { benchmarks: a, metric: tme, limit: 1ms, tier: shall }\n  - relation: { faster: a, at-least: 60x }\n  - relation: { faster: a, than: \"b[\", at-least: sixty }\n  - relation: { faster: a, than: b, at-least: { warning: 50x, critical: 60x } }\n  - relation: { faster: a, than: b, at-least: { critical: 60x }, severity: warning }\n  - stability: { benchmarks: a }\n  - stability: { cv: 10, run-to-run: 5% }\n  - stability: { cv: { critical: 10% }, tier: must }\n  - stability: { run-to-run: 5%, evidence: proven }\n",
        ),
        (
            "presence",
            "version: 1\nrules:\n  - presence: { missing: hot, renamed: , added: null, zero: { severity: notice } }\n",
        ),
        (
            "metrics",
            "version: 1\nmetrics:\n  queue-depth: { unit: count }\n  cache: { unit: sec, better: up }\n  time: { better: higher }\n  a_b: { better: lower }\n  a-b: { better: lower }\n  \"two words\": { better: lower }\n  depth: lower\nrules:\n  - regression: { metric: queue-depth, critical: 20% }\n  - regression: { metric: cache, critical: 20% }\n  - regression: { metric: queue-depht, critical: 20% }\n",
        ),
        (
            "inputs",
            "version: 1\ninputs:\n  jsonl:\n    benchmark: []\n    parameters: size\n    metrics:\n      wall: { metric: tim, unit: millis }\n      cpu: {}\n    summary: { of: runs, n: five }\n  criterion: {}\n",
        ),
        (
            "measure",
            "version: 1\nmeasure:\n  profile: fast\n  blocks: 20\n  fulll: {}\n  full: { mode: duett, blocks: 0, samples: 5, budget: 10, warm_up: 1s, filter: a, threads: [\"b[\", \"\"] }\n  quick: { screen-blocks: 2000, relink: 500, resources: yes, limit: -1s }\n",
        ),
        (
            "waivers",
            "version: 1\nwaivers:\n  - { benchmark: a, up-to: 5% }\n  - { benchmark: a, up-to: 5%, reason: \" \", expires: 2026-02-30 }\n  - { benchmark: a, up-to: 5%, reason: x, expires: 2026-12-31T00:00:00 }\n  - { benchmark: a, up-to: 5%, reason: x, expires: 2026-12-31 }\n  - { benchmark: a, metric: time, up-to: 9%, reason: x, expires: 2026-12-31 }\n  - { benchmark: b, metric: tiem, up-to: 9%, reason: x, expires: 2026-12-31 }\n",
        ),
        ("version_missing", "# ours\n\ngate:\n  margin: 3\n"),
        ("version_unknown", "version: 2\n"),
        ("version_no_number", "version: one\n"),
        (
            "root",
            "version: 1\nalpha: 1%\nregression: { metric: time }\nrule: []\nthresholds: 5%\nwaivers: {}\nmetrics: [time]\nrules:\n",
        ),
        ("indented_section", "version: 1\ngate:\n  alpha: 1%\n  rules: []\n"),
        (
            "duplicate_keys",
            "version: 1\ngate: { alpha: 1%, margin: 3%, alpha: 2% }\nrules:\n  - presence: { missing: hot }\ngate: { alpha: nonsense }\n",
        ),
        ("key_that_is_no_word", "version: 1\n? [a, b]\n: c\n"),
        (
            "behind_an_alias",
            "version: 1\nrules:\n  - regression: &strict { metric: time, critical: 20 }\n  - regression: { <<: *strict, benchmarks: \"a/**\", metrik: time }\n",
        ),
        (
            "untrusted_text",
            "version: 1\nwaivers:\n  - { benchmark: a, up-to: \"\\e[31m\u{202e}5\", reason: x, expires: 2026-12-31 }\n",
        ),
        ("wide_text", "version: 1\ngate: { display: { notice: \"größer 雪\", critcal: \"Ü\" } }\n"),
        ("windows", "\u{feff}version: 1\r\ngate:\r\n  margin: 3\r\n"),
    ]);
}

/// What is far too large is refused quickly and in one line.
#[test]
fn bombs() {
    let nested = "[".repeat(1_000_000);
    let mut indented = String::from("version: 1\n");
    for depth in 0..200 {
        indented += &format!("{}a:\n", " ".repeat(depth));
    }
    let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let repeated = vec![format!("*a{}", level - 1); 10].join(", ");
        aliases += &format!("a{level}: &a{level} [{repeated}]\n");
    }
    let large = format!("version: 1\n# {}\n", "x".repeat(2 << 20));
    let faulty =
        format!("version: 1\nrules:\n{}", "  - presence: { missing: hot }\n".repeat(5_000));

    for (name, text) in
        [("nested", nested), ("indented", indented), ("aliases", aliases), ("large", large)]
    {
        insta::assert_snapshot!(format!("bomb_{name}"), refused(&text));
    }
    let found = Config::parse("benchgate.yml", &faulty, None).expect_err("mistakes");
    assert_eq!(found.len(), 101);
    assert_eq!(
        found.last().map(|d| d.message.as_str()),
        Some("there may be more mistakes, which were not searched for")
    );
}

/// Whatever is in a file of the largest size, an answer comes within seconds.
#[test]
fn large_files_are_read_in_time() {
    let metrics = |most: usize| -> String {
        (0..most).map(|n| format!("m{n}: {{ better: lower }}, ")).collect()
    };
    let rules = |most: usize| -> String {
        (0..most)
            .map(|n| {
                format!(
                    "{{ regression: {{ metric: n{n}, benchmarks: \"a{n}/**\", critical: 20% }} }}, "
                )
            })
            .collect()
    };
    let waivers = |most: usize, expires: &str| -> String {
        (0..most)
            .map(|n| format!("{{ benchmark: b{n}, up-to: 5%, reason: x, expires: {expires} }}, "))
            .collect()
    };
    let all: String = (0..20_000).map(|n| format!("alpha{n}: 1%\n")).collect();
    for (mistakes, text) in [
        (0, format!("metrics: {{ {} }}\n", metrics(9_000))),
        (101, format!("metrics: {{ {} }}\nrules: [ {} ]\n", metrics(5_000), rules(2_000))),
        (101, format!("rules: [ {} ]\n", rules(4_000))),
        (0, format!("waivers: [ {} ]\n", waivers(5_000, "2026-12-31"))),
        (101, format!("waivers: [ {} ]\n", waivers(5_000, "never"))),
        (101, "alpha: 1%\n".repeat(20_000)),
        (101, all),
    ] {
        let read = Config::parse("benchgate.yml", &format!("version: 1\n{text}"), None);
        assert_eq!(read.map_or_else(|found| found.len(), |_| 0), mistakes, "{}", &text[..50]);
    }
}

/// A line of many thousand characters is not shown whole.
#[test]
fn long_lines_are_cut() {
    let text = format!("version: 1\ngate: {{ {}margin: 3 }}\n", " ".repeat(50_000));
    let shown = refused(&text);
    assert!(shown.contains("benchgate.yml:2:50017"), "{}", shown.len());
    assert!(shown.len() < 1_000, "{}", shown.len());
    let text = format!("version: 1\ngate: {{ margin: 3, {} }}\n", " ".repeat(50_000));
    assert!(refused(&text).len() < 2_000);
}
