use benchgate::config::{BUILT_IN, CANDIDATES, Config, Gate, OnInconclusive, OneRun, STARTER};
use benchgate::model::{
    Action, Better, JsonlSummary, Metric, Mode, Profile, ProfileName, Statistic, SummaryOf,
    Timespan, Unit,
};
use benchgate::policy::Rule;

use crate::accepted;

/// The rules in one line each, with the line of the file they stand on.
fn rules(config: &Config) -> Vec<String> {
    let line = |place: &Option<benchgate::diag::Place>| match place {
        Some(place) => place.line.to_string(),
        None => BUILT_IN.to_owned(),
    };
    let shown = config.rules.iter().map(|rule| match &rule.value {
        Rule::Regression(r) => format!(
            "{}: regression {} {:?}/{:?}/{:?}",
            line(&rule.place),
            r.metric,
            r.levels().notice,
            r.levels().warning,
            r.levels().critical
        ),
        Rule::Presence(p) => format!("{}: presence missing {}", line(&rule.place), p.missing),
        other => format!("{}: {}", line(&rule.place), other.kind()),
    });
    shown.collect()
}

#[test]
fn files_are_looked_for_in_this_order() {
    assert_eq!(CANDIDATES, ["benchgate.yml", ".github/benchgate.yml"]);
}

/// RU-1: what holds without a file.
#[test]
fn built_in_rules() {
    insta::assert_debug_snapshot!(rules(&Config::built_in()), @r#"
    [
        "built-in: presence missing warning",
        "built-in: regression time Some(0.05)/Some(0.1)/Some(0.2)",
        "built-in: regression throughput None/Some(0.05)/Some(0.15)",
        "built-in: regression error-rate None/Some(0.5)/Some(1.0)",
        "built-in: regression cpu None/Some(0.1)/None",
    ]
    "#);
    let info = Config::built_in().info();
    assert_eq!(info.source, "built-in");
    assert_eq!((info.fail_on, info.alpha, info.margin), (Action::Critical, 0.01, 0.03));
    assert_eq!(info.thresholds.len(), 4);
    assert!(!info.one_run_decides);
}

#[test]
fn a_file_without_rules_keeps_the_built_in_ones() {
    let config = Config::parse("ci/gate.yml", "version: 1\n", Some("abc123")).expect("no mistakes");
    assert_eq!(config.source, "ci/gate.yml");
    assert_eq!(config.revision.as_deref(), Some("abc123"));
    assert_eq!(rules(&config), rules(&Config::built_in()));
    assert_eq!(config.gate, Gate::default());
}

/// RU-9: rules replace the built-in ones, except presence, which comes first so that a later one wins.
#[test]
fn rules_replace_the_built_in_ones_except_presence() {
    let config = accepted("version: 1\nrules: []\n");
    assert_eq!(rules(&config), ["built-in: presence missing warning"]);
    let config = accepted(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 20% }\n  - presence: { missing: critical }\n",
    );
    assert_eq!(
        rules(&config),
        [
            "built-in: presence missing warning",
            "3: regression time None/None/Some(0.2)",
            "4: presence missing critical"
        ]
    );
}

#[test]
fn every_setting_of_the_gate() {
    let config = accepted(
        "version: 1\ngate:\n  fail-on: never\n  inconclusive: fail\n  one-run: decide\n  alpha: 0.5%\n  margin: 0%\n  display: { notice: review, critical: block }\n",
    );
    assert_eq!(config.gate.fail_on, Action::Never);
    assert_eq!(config.gate.inconclusive, OnInconclusive::Fail);
    assert_eq!(config.gate.one_run, OneRun::Decide);
    assert_eq!(config.gate.alpha.fraction(), 0.005);
    assert_eq!(config.declared.margin, 0.0);
    assert_eq!(config.gate.display.notice, "review");
    assert_eq!(config.gate.display.warning, "warning");
}

#[test]
fn metrics_are_declared() {
    let config = accepted(
        "version: 1\nmetrics:\n  queue_depth: { unit: count, better: lower }\n  instructions: { deterministic: true }\nrules:\n  - regression: { metric: queue-depth, critical: 20%, min-change: 5 }\n",
    );
    let queue = Metric::new("queue-depth");
    assert_eq!(config.declared.better(&queue), Some(Better::Lower));
    assert_eq!(config.declared.metrics.get(&queue).and_then(|m| m.unit), Some(Unit::Count));
    assert!(config.declared.deterministic(&Metric::new("instructions")));
    assert_eq!(config.declared.better(&Metric::new("instructions")), Some(Better::Lower));
}

/// IN-2: JSONL fields are mapped.
#[test]
fn jsonl_fields_are_mapped() {
    let config = accepted(
        "version: 1\ninputs:\n  jsonl: { benchmark: [\"test_name\", operation], parameters: [agent_count], metrics: { wall_ms: { metric: time, unit: ms, statistic: p95 } }, summary: { of: runs, n: 5 } }\n",
    );
    let jsonl = config.jsonl;
    assert_eq!(jsonl.benchmark, Some(vec!["test_name".into(), "operation".into()]));
    assert_eq!(jsonl.parameters, Some(vec!["agent_count".into()]));
    assert_eq!(jsonl.summary, JsonlSummary { of: SummaryOf::Runs, n: Some(5) });
    let wall = jsonl.metrics.expect("metrics").remove("wall_ms").expect("a metric");
    assert_eq!((wall.metric.as_str(), wall.unit.as_str()), ("time", "ms"));
    assert_eq!(wall.statistic, Some(Statistic::Percentile(95_000)));
}

/// Names are texts, whatever YAML takes them for.
#[test]
fn names_that_look_like_numbers_are_texts() {
    for name in ["no", "5", "1.50", "0x1F", "1e3", "true", ".inf", "1_000", "2026-01-01", "1.5ms"] {
        let text = format!(
            "version: 1\nwaivers: [{{ benchmark: {name}, up-to: 5%, reason: {name}, expires: 2026-12-31 }}]"
        );
        let config = accepted(&text);
        let waiver = config.waivers.first().expect("a waiver");
        assert_eq!(waiver.value.benchmark.as_str(), name);
        assert_eq!(waiver.value.reason, name);
        assert_eq!(waiver.place.as_ref().map(|p| (p.line, p.column)), Some((2, 11)));
    }
}

#[test]
fn anchors_and_merges_work() {
    let config = accepted(
        "version: 1\nrules:\n  - regression: &all { metric: time, warning: 10%, critical: 20% }\n  - regression: { <<: *all, benchmarks: \"net/**\", critical: 40% }\n",
    );
    assert_eq!(
        rules(&config)[1..],
        [
            "3: regression time None/Some(0.1)/Some(0.2)",
            "4: regression time None/Some(0.1)/Some(0.4)"
        ]
    );
}

/// RU-10: a waiver of one statistic stands beside one of all.
#[test]
fn waivers_differ_by_statistic() {
    let config = accepted(
        "version: 1\nwaivers:\n  - { benchmark: a, up-to: 5%, reason: x, expires: 2026-12-31 }\n  - { benchmark: a, statistic: p95, up-to: 9%, reason: x, expires: 2026-12-31 }\n",
    );
    assert_eq!(config.waivers.len(), 2);
}

/// A named test has no margin, so its levels may be below it.
#[test]
fn levels_of_a_named_test_may_be_below_the_margin() {
    accepted(
        "version: 1\nrules:\n  - regression: { metric: time, critical: 1%, test: welch, alpha: 5% }\n  - regression: { metric: throughput, margin: 1%, notice: 2%, critical: 15% }\n",
    );
}

#[test]
fn the_starter_is_the_built_in_rules_written_down() {
    let config = accepted(STARTER);
    assert_eq!(config.gate, Gate::default());
    assert_eq!(config.thresholds(), Config::built_in().thresholds());
}

/// What the starter offers behind `#` works once the sign is removed.
#[test]
fn the_starter_works_with_everything_uncommented() {
    let mut text = String::new();
    for line in STARTER.lines() {
        let bare = line.trim_start();
        let indent = &line[..line.len() - bare.len()];
        let yaml = bare.strip_prefix("# ").filter(|rest| {
            let word = rest.trim_start().trim_start_matches("- ");
            word.split_once(':').is_some_and(|(key, value)| {
                !key.contains(' ') && (value.is_empty() || value.starts_with(" {"))
            }) || rest.trim_start().starts_with("- {")
        });
        // The part of a heading that ends with a colon is a sentence: it has spaces before the colon.
        text += &match yaml {
            Some(yaml) => format!("{indent}{yaml}\n"),
            None => format!("{line}\n"),
        };
    }
    let config = accepted(&text);
    assert_eq!(config.gate.display.critical, "block");
    for kind in Rule::KINDS {
        let shown =
            config.rules.iter().any(|rule| rule.place.is_some() && rule.value.kind() == kind.name);
        assert!(shown, "the starter shows no {} rule", kind.name);
    }
    assert_eq!(config.declared.metrics.len(), 2);
    assert!(config.jsonl.benchmark.is_some());
    assert_eq!(config.waivers.len(), 1);
}

/// ME-5: both profiles are in the file; what it does not say is built in.
#[test]
fn how_to_measure() {
    let config = accepted(
        "version: 1\nmeasure:\n  profile: quick\n  full: { mode: duet, blocks: 20, budget: 10m, threads: [\"pool/**\"] }\n  quick: { budget: 1m, filter: [] }\n",
    );
    assert_eq!(config.measure.profile, ProfileName::Quick);
    let full = config.measure.profile(ProfileName::Full, Profile::default());
    assert_eq!((full.mode, full.blocks), (Some(Mode::Duet), Some(20)));
    assert_eq!(full.budget, Some(Timespan::from_secs(600)));
    assert_eq!(full.threads.as_deref(), Some(&["pool/**".to_owned()][..]));
    assert_eq!(full.samples, Profile::full().samples);
    let quick = config.measure.profile(ProfileName::Quick, Profile::default());
    assert_eq!(quick.budget, Some(Timespan::from_secs(60)));
    assert_eq!(quick.mode, Profile::quick().mode);
    assert_eq!(
        Config::built_in().measure.profile(ProfileName::Full, Profile::default()),
        Profile::full()
    );
}
