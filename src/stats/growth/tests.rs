use proptest::prelude::*;

use super::*;

fn close(value: f64, expected: f64) {
    assert!(
        (value - expected).abs() <= 1e-9 * expected.abs().max(1e-9),
        "{value} is not {expected}"
    );
}

fn every_second(values: &[f64]) -> Vec<Timed> {
    values.iter().enumerate().map(|(i, &value)| (i as f64, value)).collect()
}

/// Reference values: scipy 1.17.1, `stats.theilslopes(v, t, 0.95)`.
#[test]
fn slope_and_interval_meet_scipy() {
    let plain = every_second(&[3.1, 2.9, 3.4, 3.3, 3.9, 3.6, 4.4, 4.1, 4.0, 4.9, 4.7, 5.2]);
    let found = theil_sen(&plain).expect("a slope");
    close(found.slope, 0.2);
    close(found.low, 0.14);
    close(found.high, 0.25);
    assert_eq!((found.points, found.effective), (12, 12.0));

    let values = [5.0, 5.0, 6.0, 6.0, 6.0, 7.0, 5.0, 8.0, 8.0, 9.0, 9.0, 9.0, 10.0, 9.0, 11.0];
    let times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 12.0, 13.0, 15.0];
    let ties: Vec<Timed> = times.into_iter().zip(values).collect();
    let found = theil_sen(&ties).expect("a slope");
    close(found.slope, 0.4);
    close(found.low, 1.0 / 3.0);
    close(found.high, 5.0 / 11.0);
}

/// An AR(1) series of 0.7 with a trend, numpy 2, `default_rng(3)`.
const WANDERING: [f64; 40] = [
    0.0, 2.0909, -1.027, -0.2208, -0.6273, -0.7818, -0.6378, -2.3265, -1.7055, -1.889, 2.1857,
    1.9558, 1.2314, 0.8107, 0.1444, -0.694, -0.6016, 0.3508, 0.312, 1.4962, 1.1825, 1.202, 2.7522,
    2.8517, 1.8859, 1.5473, 2.0486, 3.8091, 2.8518, 2.2227, 3.0432, 1.7438, 1.4439, 2.4233, 2.8216,
    2.6267, 3.0838, -0.0795, 1.5706, 0.7598,
];

/// Reference value: pymannkendall 1.4.3, `hamed_rao_modification_test(y, lag=1).var_s / original_test(y).var_s`; lag 1
/// is the only significant one.
#[test]
fn autocorrelation_widens_the_interval_as_hamed_and_rao_say() {
    let points = every_second(&WANDERING);
    let found = theil_sen(&points).expect("a slope");
    close(found.slope, 0.088_193_333_333_333_35);
    close(inflation(&points, found.slope), 1.828_942_307_692_307_7);
    close(found.effective, 40.0 / 1.828_942_307_692_307_7);
    // scipy's interval, without the correction, is 0.0501 to 0.1216.
    assert!(found.low < 0.050 && found.high > 0.122, "{found:?}");
}

#[test]
fn the_first_fifth_of_the_time_is_warm_up() {
    let at: Vec<f64> = (0..100).map(f64::from).collect();
    let values: Vec<f64> =
        at.iter().map(|&t| if t < 19.5 { 50.0 * t } else { 1000.0 + t }).collect();
    let found = growth(&at, &values).expect("a slope");
    close(found.slope, 3600.0);
    assert_eq!(found.points, 80);
}

#[test]
fn what_gives_no_slope() {
    let at: Vec<f64> = (0..6).map(f64::from).collect();
    for (what, at, values) in [
        ("nothing", vec![], vec![]),
        ("times of other length", at.clone(), vec![1.0; 5]),
        ("one time", vec![3.0; 10], vec![1.0; 10]),
        ("too few after warm-up", at[..5].to_vec(), vec![1.0; 5]),
        ("a number that is none", at.clone(), vec![1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0]),
        ("a time that is none", vec![0.0, 1.0, f64::INFINITY, 3.0, 4.0, 5.0], vec![1.0; 6]),
    ] {
        assert_eq!(growth(&at, &values), None, "{what}");
    }
}

#[test]
fn constant_values_do_not_grow() {
    let at: Vec<f64> = (0..60).map(f64::from).collect();
    let found = growth(&at, &[7.0; 60]).expect("a slope");
    assert_eq!((found.slope, found.low, found.high), (0.0, 0.0, 0.0));
}

#[test]
fn many_points_are_thinned_evenly() {
    let at: Vec<f64> = (0..10_000).map(f64::from).collect();
    let values: Vec<f64> = at.iter().map(|t| 2.0 * t).collect();
    let found = growth(&at, &values).expect("a slope");
    close(found.slope, 7200.0);
    assert_eq!(found.points, MOST_POINTS);
    let kept = thinned(every_second(&values));
    assert_eq!((kept[0].0, kept[MOST_POINTS - 1].0), (0.0, 9_999.0));
}

/// Reference values: scipy 1.17.1, `stats.t.interval(0.95, 2, mean, sem)` of 10, -20, 40.
#[test]
fn several_runs_are_students_t_on_the_slopes() {
    let (estimate, interval) = side_interval(&[10.0, -20.0, 40.0]).expect("an estimate");
    let (low, high) = interval.expect("an interval");
    assert_eq!(estimate, 10.0);
    close(low, -64.524_131_352_509_91);
    close(high, 84.524_131_352_509_91);
    assert_eq!(side_interval(&[-3.0]), Some((-3.0, None)));
    assert_eq!(side_interval(&[]), None);
}

fn any_series() -> impl Strategy<Value = Vec<Timed>> {
    prop::collection::vec((0.0f64..1000.0, -100.0f64..100.0), 8..60)
}

fn of(points: &[Timed]) -> Option<Growth> {
    let (at, values): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    growth(&at, &values)
}

proptest! {
    #[test]
    fn the_order_of_points_changes_nothing(mut points in any_series()) {
        let before = of(&points);
        points.reverse();
        prop_assert_eq!(before, of(&points));
    }

    #[test]
    fn the_slope_follows_both_units(points in any_series(), value in 0.01f64..100.0, time in 0.01f64..100.0) {
        let scaled: Vec<Timed> = points.iter().map(|p| (p.0 * time, p.1 * value)).collect();
        if let (Some(a), Some(b)) = (of(&points), of(&scaled)) {
            // The point at the border of the warm-up may fall to the other side by rounding.
            prop_assume!(a.points == b.points);
            let factor = value / time;
            for (a, b) in [(a.slope, b.slope), (a.low, b.low), (a.high, b.high)] {
                prop_assert!((a * factor - b).abs() <= 1e-6 * b.abs().max(1e-3), "{} {}", a * factor, b);
            }
        }
    }

    #[test]
    fn the_interval_holds_the_slope(points in any_series()) {
        if let Some(found) = of(&points) {
            prop_assert!(found.low <= found.slope && found.slope <= found.high);
            prop_assert!(found.effective <= found.points as f64);
        }
    }

    #[test]
    fn adding_a_trend_adds_its_slope(points in any_series(), trend in -10.0f64..10.0) {
        let tilted: Vec<Timed> = points.iter().map(|p| (p.0, p.1 + trend * p.0)).collect();
        if let (Some(a), Some(b)) = (of(&points), of(&tilted)) {
            let expected = a.slope + trend * HOUR;
            prop_assert!((expected - b.slope).abs() <= 1e-6 * expected.abs().max(1.0));
        }
    }
}

/// 30 - 1.5·10 = 15, less the root of 6² and (1.5·4)².
#[test]
fn a_multiple_of_base_is_taken_off_with_the_noise_of_both() {
    let base = Ends { value: 10.0, low: 5.0, high: 14.0 };
    let head = Ends { value: 30.0, low: 24.0, high: 33.0 };
    close(excess_low(base, head, 1.5), 15.0 - 72.0_f64.sqrt());
    // A base that shrinks is no excuse and no accusation.
    let shrinking = Ends { value: -10.0, low: -12.0, high: -8.0 };
    close(excess_low(shrinking, head, 1.5), 24.0);
}

/// Reference values: scipy 1.17.1, `stats.t.interval(0.95, 4, mean, sem)[0]` of the five differences head - 1.5 base.
#[test]
fn blocks_are_pairs() {
    let blocks = [(10.0, 30.0), (11.0, 29.0), (9.0, 31.0), (10.0, 33.0), (12.0, 30.0)];
    close(paired_excess_low(&blocks, 1.5).expect("an end"), 11.571_343_219_448_817);
    assert_eq!(paired_excess_low(&blocks[..1], 1.5), None);
}
