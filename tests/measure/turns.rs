use std::collections::BTreeSet;

use serde_json::Value;

use crate::scene::{Scene, counts, lines, said, text};

const TWO: &str = "sort/small 100\nsort/large 9000\n";

/// ME-1: every block holds each benchmark once on each side, back to back.
#[test]
fn a_block_holds_every_benchmark_of_both_sides_back_to_back() {
    let scene = Scene::new(TWO, TWO);
    let output = scene.measure("--blocks 6 --seed 7").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"
    measuring 2 benchmarks, seed 7: one process per benchmark and run; base and head back to back in random order (15 samples, 250ms); 6 blocks
    block 1 of 6
    block 2 of 6
    block 3 of 6
    block 4 of 6
    block 5 of 6
    block 6 of 6
    run set: runs
    ");
    assert_eq!(output.status.code(), Some(0));
    let lines = scene.lines();
    assert_eq!(lines.len(), 2 * 2 * 6);
    for pair in lines.chunks(2) {
        let [a, b] = pair else { unreachable!() };
        assert_eq!((&a["block"], &a["benchmark"]), (&b["block"], &b["benchmark"]));
        assert_ne!(a["side"], b["side"]);
    }
    let first: BTreeSet<String> = lines.iter().step_by(2).map(|line| text(line, "side")).collect();
    assert_eq!(first.len(), 2, "each side goes first at times");
    let header = scene.header();
    assert_eq!(header["seed"], 7);
    assert_eq!(header["activity"].as_array().unwrap().len(), 6);
    assert!(header["environment"]["cores"].is_number());
}

#[test]
fn a_seed_repeats_the_order() {
    let order = |seed: u32| {
        let scene = Scene::new(TWO, TWO);
        let output = scene.measure(&format!("--blocks 5 --seed {seed}")).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let key = |line: &Value| format!("{}{}{}", line["block"], line["benchmark"], line["side"]);
        scene.lines().iter().map(key).collect::<Vec<_>>()
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}

/// ME-5: the file says how to measure, and the command line has the last word.
#[test]
fn the_configuration_says_how_to_measure() {
    let scene = Scene::new(TWO, TWO);
    let file = "version: 1\nmeasure:\n  full: { blocks: 6, samples: 12, filter: [\"*/small\"] }\n  quick: { blocks: 2 }\n";
    std::fs::write(scene.path().join("benchgate.yml"), file).unwrap();
    let output = scene.measure("--samples 11 --seed 7").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(said(&output, &scene).lines().next().unwrap(), @"measuring 1 benchmark, seed 7: one process per benchmark and run; base and head back to back in random order (11 samples, 250ms); 6 blocks");
    let again = |dir: &str, more: &str| {
        let exe = "--base-exe base-fake --head-exe head-fake --work-dir work";
        scene.benchgate(&format!("measure {exe} --out-dir {dir} {more}")).output().unwrap()
    };
    let output = again("quick", "--profile quick");
    assert_eq!(output.status.code(), Some(0));
    insta::assert_debug_snapshot!(counts(&lines(&scene.path().join("quick"))), @r#"
    {
        "base sort/large": 2,
        "base sort/small": 2,
        "head sort/large": 2,
        "head sort/small": 2,
    }
    "#);
    std::fs::write(scene.path().join("benchgate.yml"), file.replace("12", "2")).unwrap();
    let output = again("wrong", "");
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(said(&output, &scene), @r#"
    error: a run needs at least 10 samples [invalid-value]
     --> benchgate.yml:3:31
      |
    3 |   full: { blocks: 6, samples: 2, filter: ["*/small"] }
      |                               ^
      |
      = help: set `samples` to 10 or more: criterion takes no less
    "#);
}

/// ME-2: what looks slower in the first look is measured on fresh blocks, and those decide.
#[test]
fn only_what_looks_slower_is_measured_again_and_fails() {
    let scene = Scene::new("a 100\nb 200\nc 300\n", "a 100\nb 300\nc 300\n");
    let output = scene.measure("--then-compare --confirm --blocks 6 -q").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"fail (exit code 1): 1 benchmark slower than allowed");
    assert_eq!(output.status.code(), Some(1));
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base a": 5,
        "base b": 5,
        "base b again": 6,
        "base c": 5,
        "head a": 5,
        "head b": 5,
        "head b again": 6,
        "head c": 5,
    }
    "#);
    let blocks = |stage: &str| -> BTreeSet<u64> {
        let of = |line: &&Value| {
            line["stage"] == stage || (stage == "screen" && line["stage"].is_null())
        };
        scene.lines().iter().filter(of).map(|line| line["block"].as_u64().unwrap()).collect()
    };
    assert!(blocks("screen").is_disjoint(&blocks("confirm")));
}

/// RU-9: the report has to know what disappeared, so a benchmark of one side is run once.
#[test]
fn benchmarks_of_one_side_are_said_and_run_once() {
    let scene = Scene::new("a 100\ngone 5\n", "a 100\nnew 7\n");
    let output = scene.measure("--blocks 5 --seed 4").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"
    warning: only base has `gone`; run once, for the report [one-sided]
     |
     = help: if it was renamed, measure it under both names once; a rule for `presence` says what a missing benchmark means

    warning: only head has `new`; run once, for the report [one-sided]
     |
     = help: it will be compared as soon as base has it

    measuring 3 benchmarks, seed 4: one process per benchmark and run; base and head back to back in random order (15 samples, 250ms); 5 blocks
    block 1 of 5
    block 2 of 5
    block 3 of 5
    block 4 of 5
    block 5 of 5
    run set: runs
    ");
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base a": 5,
        "base gone": 1,
        "head a": 5,
        "head new": 1,
    }
    "#);
}

#[test]
fn a_filter_chooses_benchmarks() {
    let scene = Scene::new("a/b/1 100\na/c 5\nd 6\n", "a/b/1 100\na/c 5\nd 6\n");
    let output = scene.measure("--blocks 1 --filter a/* --filter d").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base a/c": 1,
        "base d": 1,
        "head a/c": 1,
        "head d": 1,
    }
    "#);
    let none = Scene::new("a 1\n", "a 1\n");
    let output = none.measure("--filter b").output().unwrap();
    insta::assert_snapshot!(said(&output, &none), @r"
    error: no benchmark matches the filter [nothing-measured]
     |
     = help: correct `--filter`; `*` stays within a part of a name, `**` crosses `/`
    ");
    assert_eq!(output.status.code(), Some(3));
}

/// A benchmark that breaks with the change fails the build; one that was broken before does not.
#[test]
fn a_benchmark_that_fails_is_said_and_left_out() {
    let scene = Scene::new("a 100\nb 5\nc 6\n", "a 100\nb 5\nc 6\n");
    scene.steer("head", "fail", "b\n");
    scene.steer("base", "fail", "c\n");
    let output = scene.measure("--blocks 5 --seed 1 -q").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"
    error: `b` failed on head and is left out: `DIR/head-fake …` ended with exit code 101 [command-failed]
     |
     = help: run it by hand to see why; its last output was:
               | ##\u{5b}error]evil
               | thread 'main' panicked at benches/fake.rs: b

    warning: `c` failed on base and is left out: `DIR/base-fake …` ended with exit code 101 [command-failed]
     |
     = help: run it by hand to see why; its last output was:
               | ##\u{5b}error]evil
               | thread 'main' panicked at benches/fake.rs: c

    run set: runs
    ");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(counts(&scene.lines())["head a"], 5);
    let output = scene.benchgate("compare --runs runs -q").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"
    warning: `c` failed on base when it was measured: `DIR/base-fake …` ended with exit code 101 [run-failed]
    --> runs/runset.json
     = help: mend the benchmark and measure again, or leave it out with `--filter`

    error: `b` failed on head when it was measured: `DIR/head-fake …` ended with exit code 101 [run-failed]
    --> runs/runset.json
     = help: mend the benchmark and measure again, or leave it out with `--filter`

    error (exit code 3): runs/runset.json: `b` failed on head when it was measured: `DIR/head-fake …` ended with exit code 101
    ");
    assert_eq!(output.status.code(), Some(3), "who compares later knows it, too");
    scene.steer("head", "fail", "");
    scene.steer("base", "fail", "");
    let output = scene.benchgate("measure --resume runs -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    let counts = counts(&scene.lines());
    assert_eq!((counts["head b"], counts["base c"]), (5, 5), "tried again");
    let output = scene.benchgate("compare --runs runs -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
}

/// Part 6: what runs here is the code of a pull request.
#[test]
fn harnesses_get_no_secrets_and_cannot_speak_to_the_log() {
    let scene = Scene::new("a 100\n", "a 100\n");
    let output = scene
        .measure("--blocks 1")
        .env("GITHUB_TOKEN", "ghs_secret")
        .env("GITHUB_OUTPUT", "/tmp/out")
        .env("ACTIONS_RUNTIME_TOKEN", "secret")
        .env("HARMLESS", "kept")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let env = scene.told("head", "env");
    assert!(env.contains("HARMLESS=kept") && env.contains("CRITERION_HOME="));
    for hidden in ["GITHUB_TOKEN", "GITHUB_OUTPUT", "ACTIONS_"] {
        assert!(!env.contains(hidden), "{env}");
    }
    let said = said(&output, &scene);
    assert!(!said.contains("::set-output") && !said.contains("##["), "{said}");
}

/// The size of the environment moves the stack: both sides get as much of it.
#[test]
fn both_sides_get_an_environment_of_one_size() {
    let scene = Scene::new("a 100\n", "a 100\n");
    scene.measure("--blocks 1").output().unwrap();
    let size = |side: &str| {
        let env = scene.told(side, "env");
        env.lines().filter(|line| !line.starts_with("_=")).map(str::len).sum::<usize>()
    };
    assert_eq!(size("base"), size("head"));
}

/// ME-5: a smoke run says what it saw and passes.
#[test]
fn the_quick_profile_never_fails() {
    let scene = Scene::new("a 100\nb 200\n", "a 300\nb 200\n");
    let output = scene.measure("--profile quick --then-compare -q").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"inconclusive (exit code 0): 1 benchmark looks slower than allowed, not proven");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(counts(&scene.lines())["head a"], 4);
}

#[test]
fn a_budget_that_is_too_small_is_said_and_five_blocks_are_taken() {
    let scene = Scene::new(TWO, TWO);
    scene.steer("head", "sleep", "0.1");
    let output = scene.measure("--no-confirm --budget 200ms -q").output().unwrap();
    assert_eq!(counts(&scene.lines())["head sort/small"], 5);
    let said = said(&output, &scene);
    assert!(said.contains("more than the budget of"), "{said}");
    let scene = Scene::new(TWO, TWO);
    scene.steer("head", "sleep", "0.1");
    let output = scene.measure("--budget 200ms").output().unwrap();
    let said = crate::scene::said(&output, &scene);
    let [warning, second] =
        ["10 blocks may take up to", "block 2 of 5"].map(|part| said.find(part));
    assert!(warning.is_some() && warning < second, "before the first look is over: {said}");
    let scene = Scene::new(TWO, TWO);
    scene.measure("--no-confirm --budget 3s -q").output().unwrap();
    let blocks = counts(&scene.lines())["head sort/small"];
    // On a busy machine no more than the fewest fit.
    assert!((5..200).contains(&blocks), "{blocks} blocks in 3 s");
}

#[test]
fn a_duet_runs_both_sides_at_once_on_two_cores_that_they_swap() {
    let scene = Scene::new(TWO, TWO);
    scene.steer("base", "sleep", "0.05");
    scene.steer("head", "sleep", "0.05");
    let output = scene.measure("--mode duet --blocks 4 --threads */large").output().unwrap();
    let said = said(&output, &scene);
    if said.contains("duet mode is not possible here") {
        assert_eq!(output.status.code(), Some(2));
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{said}");
    if said.contains("disturbed") {
        return;
    }
    let lines = lines(&scene.runs());
    let small: Vec<&Value> =
        lines.iter().filter(|line| line["benchmark"] == "sort/small").collect();
    let mut cores_of_base = BTreeSet::new();
    for pair in small.chunks(2) {
        let [a, b] = pair else { unreachable!() };
        assert_ne!(a["extra"]["core"], b["extra"]["core"]);
        assert!(text(a, "start") < text(b, "end") && text(b, "start") < text(a, "end"), "at once");
        let base = if a["side"] == "base" { a } else { b };
        cores_of_base.insert(text(&base["extra"], "core"));
    }
    assert_eq!(cores_of_base.len(), 2, "swapped");
    assert!(
        lines
            .iter()
            .filter(|l| l["benchmark"] == "sort/large")
            .all(|l| l["extra"]["core"].is_null()),
        "several threads are measured one side at a time"
    );
}

#[test]
fn a_suite_runs_whole_executables() {
    let scene = Scene::new(TWO, TWO);
    let output = scene.measure("--mode suite --blocks 2").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    insta::assert_debug_snapshot!(counts(&scene.lines()), @r#"
    {
        "base sort/large": 2,
        "base sort/small": 2,
        "head sort/large": 2,
        "head sort/small": 2,
    }
    "#);
    assert_eq!(scene.told("head", "log").lines().count(), 4);
}

#[test]
fn what_cannot_be_is_refused_before_anything_runs() {
    for arguments in [
        "--relink 5",
        "--blocks 0",
        "--samples 3",
        "--filter a[",
        "--budget soon",
        "--resume runs",
        "--cmd true --mode suite",
    ] {
        let scene = Scene::new("a 1\n", "a 1\n");
        let output = scene.measure(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {}", said(&output, &scene));
        assert!(!scene.runs().exists(), "{arguments}");
    }
    let scene = Scene::new("a 1\n", "a 1\n");
    let output =
        scene.benchgate("measure --base nowhere --head HEAD --work-dir work").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"
    error: `DIR` is in no working tree of git [bad-revision]
     |
     = help: run it inside the repository, or name trees with `--base-dir` and `--head-dir`
    ");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_run_set_is_never_written_over() {
    let scene = Scene::new("a 1\n", "a 1\n");
    assert_eq!(scene.measure("--blocks 1 -q").status().unwrap().code(), Some(0));
    let output = scene.measure("--blocks 1 -q").output().unwrap();
    insta::assert_snapshot!(said(&output, &scene), @r"
    error: the directory holds a run set already [run-set-taken]
    --> runs/runset.json
     = help: go on with it by `benchgate measure --resume`, or name another directory
    ");
    assert_eq!(output.status.code(), Some(2));
}

/// Criterion lists 100 characters of a name and dots; its results have all of it.
#[test]
fn names_that_criterion_cuts_are_measured_again_and_resumed() {
    let long = format!("group/{}", "x".repeat(120));
    let scene = Scene::new(&format!("{long} 100\nb 200\n"), &format!("{long} 150\nb 200\n"));
    for side in ["base", "head"] {
        scene.steer(side, "cut", "");
    }
    let output = scene.measure("--confirm --blocks 5 -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    let before = scene.lines();
    assert_eq!(counts(&before)[&format!("head {long} again")], 5);
    let output = scene.resume();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output, &scene));
    assert_eq!(scene.lines(), before);
}

/// One result that no run set can hold costs its benchmark, not the others.
#[test]
fn a_result_without_numbers_leaves_out_its_benchmark_only() {
    let scene = Scene::new(TWO, TWO);
    scene.steer("head", "empty", "sort/large\n");
    let output = scene.measure("--blocks 5 -q").output().unwrap();
    let said = said(&output, &scene);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("error: `sort/large` failed on head and is left out"), "{said}");
    assert_eq!(counts(&scene.lines())["head sort/small"], 5);
}
