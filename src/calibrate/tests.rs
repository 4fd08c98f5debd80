//! Recordings made by hand, and what the gate says of their windows.

use proptest::prelude::*;

use super::recording::Recording;
use super::window::{Place, Window};
use super::*;
use crate::diag::Diagnostics;
use crate::model::{Better, Measurement, Metric, Side, Stage, Statistic, Throughput, Unit};

/// Uniform in (-1, 1), by hash (splitmix64): the same numbers everywhere, without a generator.
fn jitter(key: u64) -> f64 {
    let mut z = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn measurement(benchmark: &str, side: Side, metric: &str, per_run: &[(u32, f64)]) -> Measurement {
    let numbers: Vec<f64> = per_run.iter().map(|&(_, value)| value).collect();
    let of = (Metric::new(metric), Statistic::Median, Unit::Nanoseconds);
    Measurement {
        estimate: None,
        noise: vec![Some(0.01); numbers.len()],
        blocks: per_run.iter().map(|&(block, _)| block).collect(),
        averages: true,
        ..Measurement::of_runs(side, benchmark, of, &numbers)
    }
}

/// Both sides of a benchmark over `blocks` blocks, moving by `noise`; the block moves both sides of all benchmarks.
fn pair(index: u64, metric: &str, blocks: u32, noise: f64) -> [Measurement; 2] {
    let name = format!("b{index:02}");
    [Side::Base, Side::Head].map(|side| {
        let runs: Vec<(u32, f64)> = (0..blocks)
            .map(|block| {
                let own = jitter(index << 40 | u64::from(block) << 8 | side as u64);
                let shared = jitter(u64::from(block) + 7_777);
                (block, 1000.0 * (index + 1) as f64 * (noise * own + 0.3 * shared).exp())
            })
            .collect();
        measurement(&name, side, metric, &runs)
    })
}

fn known(metric: &Metric) -> Option<Better> {
    metric.info().map(|info| info.better)
}

fn recording(measurements: Vec<Measurement>) -> Recording {
    let sink = Diagnostics::new();
    let made = Recording::new(measurements, known, &sink);
    assert_eq!(sink.into_vec(), []);
    made
}

/// Twelve benchmarks, each noisier than the one before.
fn suite(blocks: u32) -> Recording {
    recording(
        (0..12).flat_map(|i| pair(i, "time", blocks, 0.002 * 1.5_f64.powi(i as i32))).collect(),
    )
}

fn origin() -> Origin {
    Origin {
        name: "recording".into(),
        base: SideInfo::default(),
        head: SideInfo::default(),
        diagnostics: Vec::new(),
    }
}

fn method(blocks: Blocks) -> Method {
    Method { blocks, swap: true, windows: 40, seed: SEED, inject: vec![0.05, 0.10, 0.20] }
}

fn calibrated(recording: &Recording, method: &Method) -> CalibratedRecording {
    calibrate(origin(), recording, method, &Config::built_in()).expect("a calibration")
}

fn window(places: &[(usize, bool)]) -> Window {
    places.iter().map(|&(block, swapped)| Place { block, swapped }).collect()
}

#[test]
fn a_window_takes_the_runs_of_its_blocks_and_swaps_all_benchmarks_alike() {
    let recording = recording(
        [("a", 1.0), ("b", 10.0)]
            .into_iter()
            .flat_map(|(name, unit)| {
                [(Side::Base, 1.0), (Side::Head, 2.0)].map(|(side, by)| {
                    let runs: Vec<(u32, f64)> =
                        [3, 5, 9].map(|block| (block, unit * by * f64::from(block))).into();
                    measurement(name, side, "time", &runs)
                })
            })
            .collect(),
    );
    assert_eq!(recording.blocks(), 3);
    let made = recording.measurements(&window(&[(0, false), (2, true)]), 0.5);
    let values: Vec<(&str, Side, &[f64])> =
        made.iter().map(|m| (m.benchmark.as_str(), m.side, m.per_run.as_slice())).collect();
    assert_eq!(
        values,
        [
            ("a", Side::Base, [3.0, 18.0].as_slice()),
            ("a", Side::Head, &[9.0, 13.5]),
            ("b", Side::Base, &[30.0, 180.0]),
            ("b", Side::Head, &[90.0, 135.0]),
        ]
    );
    assert!(made.iter().all(|m| m.blocks == [0, 1] && m.n == 2));
    assert_eq!(made.first().and_then(|m| m.estimate), Some(10.5));
}

#[test]
fn worse_is_less_where_more_is_better() {
    let recording = recording(pair(0, "throughput", 3, 0.0).into());
    let of = |change| recording.measurements(&window(&[(0, false)]), change)[1].per_run[0];
    assert!((of(0.2) / of(0.0) - 0.8).abs() < 1e-12);
}

#[test]
fn what_has_no_partner_is_left_out_and_said() {
    let sink = Diagnostics::new();
    let runs = [(0, 1.0), (1, 1.0), (2, 1.0)];
    let confirmed =
        Measurement { stage: Stage::Confirm, ..measurement("a", Side::Base, "time", &runs) };
    let made = Recording::new(
        vec![
            measurement("a", Side::Base, "time", &runs),
            measurement("a", Side::Head, "time", &runs[..2]),
            measurement("new\n", Side::Head, "time", &runs),
            confirmed,
        ],
        known,
        &sink,
    );
    assert_eq!(made.blocks(), 2);
    let said: Vec<String> = sink.into_vec().into_iter().map(|d| d.message).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    1 run has no partner in its block and was left out
    fresh blocks of 1 flagged benchmark were left out
    time of `new\n` is only in head and was left out
    ");
}

/// Runs that swap sides take their amount along; amounts that differ make no throughput.
#[test]
fn amounts_that_differ_make_no_throughput() {
    let [base, head] = pair(0, "time", 4, 0.01);
    let of = |amount| Some(Throughput { amount, unit: Unit::PerSecond });
    let sides = |head_amount| {
        vec![
            Measurement { throughput: of(10.0), ..base.clone() },
            Measurement { throughput: of(head_amount), ..head.clone() },
        ]
    };
    let throughput = |head_amount| {
        let made = recording(sides(head_amount)).measurements(&window(&[(0, true)]), 0.0);
        made.first().and_then(|m| m.throughput)
    };
    assert_eq!(throughput(10.0), of(10.0));
    assert_eq!(throughput(20.0), None);
}

#[test]
fn calm_benchmarks_show_small_changes_and_noisy_ones_large_ones() {
    let result = calibrated(&suite(24), &method(Blocks::Of(10)));
    assert_eq!((result.recorded_blocks, result.blocks), (24, 10));
    assert_eq!((result.disjoint.windows, result.disjoint.failed), (2, 0));
    let resampled = result.resampled.as_ref().expect("resampled windows");
    assert_eq!((resampled.windows, resampled.failed, resampled.failed_bound), (40, 0, None));
    let smallest: Vec<f64> =
        result.comparisons.iter().map(|c| c.smallest.unwrap_or(f64::INFINITY)).collect();
    assert!(smallest[0] < 0.05, "{smallest:?}");
    assert!(smallest[11] > 0.2, "{smallest:?}");
    assert_eq!(
        smallest.iter().filter(|s| **s > 0.2).count(),
        result.comparisons.iter().filter(|c| c.too_noisy).count()
    );
    for c in &result.comparisons {
        assert!(c.detected.iter().all(|d| d.alone <= d.together), "{c:?}");
        assert!(c.detected.windows(2).all(|d| d[0].alone <= d[1].alone), "{c:?}");
        assert!(c.proven <= c.noise && c.proven <= c.suggested_margin, "{c:?}");
    }
}

#[test]
fn more_blocks_show_smaller_changes() {
    let suite = suite(40);
    let of = |blocks| {
        let found = calibrated(&suite, &method(Blocks::Of(blocks)));
        found.detection[0].detected.iter().find(|d| d.change == 0.10).expect("10 %").alone
    };
    assert!(of(20) > of(6));
}

#[test]
fn without_swaps_the_first_blocks_are_decided_as_recorded() {
    let result = calibrated(&suite(24), &Method { swap: false, ..method(Blocks::Of(10)) });
    assert_eq!((result.resampled.as_ref(), result.disjoint.windows), (None, 1));
    assert!(result.detection[0].detected.iter().all(|d| {
        let count = d.together * 12.0;
        (count - count.round()).abs() < 1e-9
    }));
}

/// Counters that agree are exact: nothing moves, and everything beyond the margin is found.
#[test]
fn counters_are_found_beyond_their_margin() {
    let counters = recording(
        pair(0, "instructions", 6, 0.0).map(|m| Measurement { per_run: vec![1e6; 6], ..m }).into(),
    );
    let config = Config::parse(
        "c.yml",
        "version: 1\nrules:\n  - regression: { metric: instructions, critical: 10% }\n",
        None,
    )
    .expect("a configuration");
    let result = calibrate(origin(), &counters, &method(Blocks::All), &config).expect("figures");
    let found = &result.comparisons[0];
    assert_eq!(result.windows().failed, 0);
    assert!(
        found.detected.iter().all(|d| d.alone == f64::from(u8::from(d.change > 0.03))),
        "{found:?}"
    );
    assert_eq!(
        (found.noise, found.suggested_margin, found.too_noisy),
        (Some(0.0), Some(0.0), false)
    );
    assert_eq!((found.smallest, found.suggested_blocks), (Some(0.03), None));
}

#[test]
fn what_cannot_be_calibrated_says_why() {
    let said = |recording: &Recording, blocks, config: &Config| {
        let errors = calibrate(origin(), recording, &method(blocks), config).expect_err("errors");
        errors.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("; ")
    };
    let built_in = Config::built_in();
    assert_eq!(
        said(&suite(6), Blocks::Of(10), &built_in),
        "the recording holds 6 blocks, fewer than the 10 of a window"
    );
    assert_eq!(
        said(&suite(1), Blocks::All, &built_in),
        "the recording holds 1 block with both sides; a window needs 2"
    );
    let memory = recording(pair(0, "memory", 6, 0.01).into());
    assert_eq!(
        said(&memory, Blocks::All, &built_in),
        "no regression rule applies to anything that was recorded"
    );
}

#[test]
fn different_commits_are_said() {
    let commit = |c: &str| SideInfo { commit: Some(c.into()), ..SideInfo::default() };
    let of = |base, head| {
        let origin = Origin { base: commit(base), head: commit(head), ..origin() };
        let result = calibrate(origin, &suite(10), &method(Blocks::All), &Config::built_in());
        result.expect("figures").diagnostics.iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert_eq!(of("a", "a"), []);
    assert_eq!(of("a", "b"), [Code::DifferentCode]);
}

#[test]
fn blocks_are_a_number_or_all() {
    assert_eq!("all".parse(), Ok(Blocks::All));
    assert_eq!("10".parse(), Ok(Blocks::Of(10)));
    for bad in ["1", "0", "1001", "-3", "ten", ""] {
        assert!(bad.parse::<Blocks>().is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Nothing changed and both sides alike: a window and the same window with all sides swapped mirror each other.
    #[test]
    fn a_swapped_window_mirrors_itself(swaps in prop::collection::vec(any::<bool>(), 8)) {
        let suite = suite(8);
        let config = Config::built_in();
        let rows = trial::rows(&suite, &config).expect("rows");
        let of = |flip: bool| {
            let window: Window = swaps.iter().enumerate().map(|(block, &s)| Place { block, swapped: s != flip }).collect();
            trial::trial(&suite, &window, 0.0, &rows, &config)
        };
        let (one, other) = (of(false), of(true));
        for (one, other) in one.rows.iter().flatten().zip(other.rows.iter().flatten()) {
            let (a, b) = (one.change.expect("a change"), other.change.expect("a change"));
            prop_assert!((a.ln_1p() + b.ln_1p()).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_figures(seed: u64) {
        let suite = suite(12);
        let method = Method { windows: 5, seed, ..method(Blocks::Of(6)) };
        prop_assert_eq!(calibrated(&suite, &method), calibrated(&suite, &method));
    }
}
