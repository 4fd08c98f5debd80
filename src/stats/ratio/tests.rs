use proptest::prelude::*;

use super::*;

const BLOCKS: [u32; 4] = [0, 1, 2, 3];
const A: [f64; 4] = [11.0, 10.4, 10.9, 11.3];
const B: [f64; 4] = [10.0, 9.8, 10.1, 10.2];
const C: [f64; 4] = [1.0, 1.2, 0.9, 1.1];

fn runs(values: &[f64], blocks: &[u32]) -> Amount {
    let runs = values.iter().zip(blocks).map(|(&value, &block)| Run { block, value, spread: None });
    Amount { value: crate::stats::median(values), runs: runs.collect(), interval: None }
}

fn single(value: f64, low: f64, high: f64) -> Amount {
    Amount { value, interval: Some((low, high)), ..Amount::default() }
}

fn close(ratio: Option<Ratio>, expected: (f64, f64, f64), basis: Basis) {
    let ratio = ratio.expect("a ratio");
    let (low, high) = ratio.interval.expect("an interval");
    assert_eq!(ratio.basis, basis);
    for (value, expected) in [(ratio.value, expected.0), (low, expected.1), (high, expected.2)] {
        assert!((value / expected - 1.0).abs() < 1e-12, "{value} is not {expected}");
    }
}

/// Reference values: scipy 1.17.1, `ttest_1samp(np.log(a / b), 0).confidence_interval(0.95)`, likewise of
/// `(a + c) / b` and `(a / b + c / a) / 2`, and `np.exp` of it all.
#[test]
fn common_runs_are_pairs() {
    let (a, b, c) = (runs(&A, &BLOCKS), runs(&B, &BLOCKS), runs(&C, &BLOCKS));
    let four = Basis::Blocks(4);
    close(
        ratio(&a, &b),
        (1.086_915_635_370_867_3, 1.053_866_027_932_126_8, 1.121_001_690_064_671_3),
        four,
    );
    close(
        sum(&Fraction { over: vec![&a, &c], under: &b }),
        (1.191_787_501_614_825, 1.159_681_035_767_363_5, 1.224_782_854_248_757),
        four,
    );
    let each = [Fraction { over: vec![&a], under: &b }, Fraction { over: vec![&c], under: &a }];
    close(
        mean(&each),
        (0.591_755_223_754_599_2, 0.577_091_297_036_007_1, 0.606_791_761_787_748_7),
        four,
    );
}

/// Reference values: statsmodels 0.15.0, `rates._mover_confint` with `contrast="sum"` above the line, `"diff"` of the
/// logarithms over the line, `"sum"` of the ratios.
#[test]
fn other_numbers_have_the_interval_of_their_intervals() {
    let (a, b) = (single(110.0, 105.0, 118.0), single(100.0, 97.0, 104.0));
    let (c, d) = (single(10.0, 8.0, 13.0), single(50.0, 45.0, 52.0));
    let within = Basis::WithinRun;
    close(ratio(&a, &b), (1.1, 1.035_063_756_635_764, 1.187_484_622_524_338_7), within);
    close(
        sum(&Fraction { over: vec![&a, &c], under: &b }),
        (1.2, 1.129_681_896_026_589_5, 1.293_748_503_385_788_7),
        within,
    );
    let each = [Fraction { over: vec![&a], under: &b }, Fraction { over: vec![&c], under: &d }];
    close(mean(&each), (0.65, 0.611_722_320_706_380_6, 0.704_598_707_505_716_5), within);
}

/// The mean of ratios over one number is the sum over it, divided: its chance is counted once.
#[test]
fn ratios_over_one_number_share_it() {
    let under = single(100.0, 90.0, 111.0);
    let exact = |value| single(value, value, value);
    let over = [exact(101.0), exact(103.0)];
    let fraction = Fraction { over: over.iter().collect(), under: &under };
    let mean = mean(&[fraction]).expect("a mean");
    let one = ratio(&exact(102.0), &under).expect("a ratio");
    assert_eq!(mean, one);
}

#[test]
fn what_the_runs_have_in_common_decides() {
    let between = |values: &[f64], blocks: &[u32]| Amount {
        value: 10.0,
        interval: Some((9.0, 11.0)),
        ..runs(values, blocks)
    };
    for (blocks, basis) in [
        ([0, 1, 2, 3], Basis::Blocks(4)),
        ([2, 3, 4, 5], Basis::Blocks(2)),
        ([3, 4, 5, 6], Basis::Intervals),
    ] {
        let (a, b) = (between(&A, &blocks), between(&B, &BLOCKS));
        assert_eq!(ratio(&a, &b).map(|ratio| ratio.basis), Some(basis), "{blocks:?}");
    }
    let one = between(&A[..1], &BLOCKS[..1]);
    assert_eq!(ratio(&one, &one).map(|ratio| ratio.basis), Some(Basis::WithinRun));
    let bare = Amount { interval: None, ..one.clone() };
    assert_eq!(
        ratio(&bare, &one),
        Some(Ratio { value: 1.0, interval: None, basis: Basis::Nothing })
    );
}

#[test]
fn nothing_over_something_is_zero_and_something_over_nothing_is_none() {
    let zero = single(0.0, 0.0, 0.0);
    let one = single(1.0, 0.9, 1.1);
    assert_eq!(
        ratio(&zero, &one),
        Some(Ratio { value: 0.0, interval: None, basis: Basis::Nothing })
    );
    assert_eq!(ratio(&one, &zero), None);
    assert_eq!(ratio(&one, &single(f64::NAN, 0.0, 1.0)), None);
    assert_eq!(ratio(&single(-1.0, -2.0, 0.0), &one), None);
    assert_eq!(sum(&Fraction { over: Vec::new(), under: &one }), None);
    assert_eq!(mean(&[]), None);
    let open =
        ratio(&one, &single(1.0, 0.0, 2.0)).and_then(|ratio| ratio.interval).expect("an interval");
    assert_eq!(open.1, f64::INFINITY);
}

/// A run that was disturbed inside counts less.
#[test]
fn a_disturbed_run_counts_less() {
    let value = |last: f64| {
        let with = |mut amount: Amount, last: f64| {
            for (i, run) in amount.runs.iter_mut().enumerate() {
                run.spread = Some(if i == 3 { last } else { 0.01 });
            }
            amount
        };
        let over = with(runs(&[5.0, 5.05, 4.95, 9.0], &BLOCKS), last);
        ratio(&over, &with(runs(&B, &BLOCKS), 0.01)).expect("a ratio").value
    };
    assert!(value(0.5) < 0.52 && value(0.01) > 0.55);
}

fn positive() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(1e-3f64..1e6, 12)
}

/// Three amounts of four runs each, in common runs or with intervals only.
fn three(of: &[f64], common: bool) -> [Amount; 3] {
    [0, 4, 8].map(|start| {
        let amount = runs(&of[start..start + 4], &BLOCKS);
        let interval = Some((amount.value * 0.9, amount.value * 1.2));
        let runs = if common { amount.runs } else { Vec::new() };
        Amount { value: amount.value, interval, runs }
    })
}

fn alike(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

proptest! {
    #[test]
    fn scaling_everything_changes_nothing(of in positive(), factor in 1e-3f64..1e3, common: bool) {
        let scaled: Vec<f64> = of.iter().map(|value| value * factor).collect();
        let results = [&of, &scaled].map(|of| {
            let [a, b, c] = three(of, common);
            mean(&[Fraction { over: vec![&a, &b], under: &c }, Fraction { over: vec![&a], under: &b }]).expect("a mean")
        });
        let [(low, high), (scaled_low, scaled_high)] = results.map(|r| r.interval.expect("an interval"));
        prop_assert!(alike(results[0].value, results[1].value));
        prop_assert!(alike(low, scaled_low) && alike(high, scaled_high));
    }

    #[test]
    fn swapping_inverts_a_ratio(of in positive(), common: bool) {
        let [a, b, _] = three(&of, common);
        let (one, other) = (ratio(&a, &b).expect("a ratio"), ratio(&b, &a).expect("a ratio"));
        let ((low, high), (other_low, other_high)) =
            (one.interval.expect("an interval"), other.interval.expect("an interval"));
        prop_assert!(alike(one.value * other.value, 1.0));
        prop_assert!(alike(low * other_high, 1.0) && alike(high * other_low, 1.0));
    }

    #[test]
    fn order_of_parts_and_runs_changes_nothing(of in positive(), common: bool) {
        let [a, b, c] = three(&of, common);
        let forward = sum(&Fraction { over: vec![&a, &b], under: &c }).expect("a sum");
        let backward = sum(&Fraction { over: vec![&b, &a], under: &c }).expect("a sum");
        prop_assert!(alike(forward.value, backward.value));
        let mut again = a.clone();
        again.runs.reverse();
        prop_assert_eq!(ratio(&again, &c), ratio(&a, &c));
    }

    #[test]
    fn a_ratio_lies_within_its_interval(of in positive(), common: bool) {
        let [a, b, c] = three(&of, common);
        for r in [ratio(&a, &c), sum(&Fraction { over: vec![&a, &b], under: &c })] {
            let r = r.expect("a ratio");
            let (low, high) = r.interval.expect("an interval");
            prop_assert!(0.0 <= low && low <= r.value && r.value <= high, "{r:?}");
        }
    }

    #[test]
    fn a_larger_part_makes_a_larger_sum(of in positive(), factor in 1.0f64..10.0, common: bool) {
        let larger: Vec<f64> =
            of.iter().enumerate().map(|(i, v)| if i < 4 { v * factor } else { *v }).collect();
        let [value, more] = [&of, &larger].map(|of| {
            let [a, b, c] = three(of, common);
            sum(&Fraction { over: vec![&a, &b], under: &c }).expect("a sum").value
        });
        prop_assert!(more >= value * (1.0 - 1e-12));
    }
}
