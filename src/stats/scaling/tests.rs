use proptest::prelude::*;

use super::*;

fn close(value: f64, expected: f64) {
    assert!(
        (value - expected).abs() <= 1e-9 * expected.abs().max(1e-6),
        "{value} is not {expected}"
    );
}

/// One run.
fn sizes(points: &[(f64, f64)]) -> Vec<Size> {
    points.iter().map(|&(n, cost)| Size { n, costs: vec![cost], error: None }).collect()
}

const NEARLY_LINEAR: [(f64, f64); 5] =
    [(10.0, 120.0), (30.0, 310.0), (100.0, 1105.0), (300.0, 2950.0), (1000.0, 10400.0)];

/// Reference values: scipy 1.17.1, `stats.linregress` and `stats.t.ppf(0.975, 3)`.
#[test]
fn one_run_has_the_interval_of_the_regression() {
    let found = analyse(&sizes(&NEARLY_LINEAR), None).expect("an exponent");
    close(found.exponent.estimate, 0.971_312_930_879_649_4);
    close(found.exponent.low, 0.915_049_581_927_422_8);
    close(found.exponent.high, 1.027_576_279_831_876);
}

#[test]
fn noise_at_the_sizes_widens_the_interval_of_one_run() {
    let mut noisy = sizes(&[(1.0, 1.0), (2.0, 2.0), (4.0, 4.0), (8.0, 8.0)]);
    let exact = analyse(&noisy, None).expect("an exponent").exponent;
    assert!(exact.error < 1e-12);
    for size in &mut noisy {
        size.error = Some(0.1);
    }
    // 0.1 / (ln 2 · sqrt 5), as of four equal errors.
    let found = analyse(&noisy, None).expect("an exponent").exponent;
    close(found.error, 0.1 / (2f64.ln() * 5f64.sqrt()));
}

/// Reference values: numpy 2.4, `polyfit(log(n), log(T), 1)` for each run; scipy 1.17.1, `stats.t.ppf(0.975, 2)`.
#[test]
fn several_runs_have_the_interval_of_their_exponents() {
    let costs =
        [[100.0, 105.0, 98.0], [190.0, 205.0, 201.0], [410.0, 395.0, 420.0], [790.0, 830.0, 800.0]];
    let sizes: Vec<Size> = [1.0, 2.0, 4.0, 8.0]
        .into_iter()
        .zip(costs)
        .map(|(n, costs)| Size { n, costs: costs.to_vec(), error: None })
        .collect();
    let found = analyse(&sizes, None).expect("an exponent").exponent;
    close(found.per_run[0], 1.005_518_245_104_370_7);
    close(found.estimate, 1.003_340_336_125_764_5);
    close(found.low, 0.971_170_765_424_798_4);
    close(found.high, 1.035_509_906_826_730_6);
}

/// Reference values: scipy 1.17.1, `optimize.nnls` on the columns 1/T and g(n)/T, each scaled to 1.
#[test]
fn classes_meet_nnls() {
    for (class, a, b, rss) in [
        (Class::Constant, 159.657_253_297_947_5, 0.0, 2.940_540_527_585_046_2),
        (Class::Logarithmic, 0.0, 72.386_267_319_136_42, 2.327_131_200_230_952_3),
        (Class::Linear, 16.793_237_786_740_28, 10.194_403_163_826_19, 0.007_770_556_145_309_463),
        (
            Class::Linearithmic,
            89.390_147_262_937_23,
            1.721_156_207_675_226_7,
            0.091_301_019_226_992_28,
        ),
        (Class::Quadratic, 152.603_589_290_29, 0.012_926_492_025_189_201, 1.228_945_622_642_005_2),
        (Class::Cubic, 157.789_194_953_194_34, 1.116_528_595_155_104_8e-5, 1.777_691_310_725_428_6),
    ] {
        let found = fit(class, &NEARLY_LINEAR).expect("a fit");
        close(found.a, a);
        close(found.b, b);
        close(found.rss, rss);
    }
    let best = fits(&NEARLY_LINEAR);
    assert_eq!((best[0].class, best[1].class), (Class::Linear, Class::Linearithmic));
}

/// Reference values: numpy 2.4, `polyfit(log(n), log(g(n)), 1)[0]`.
#[test]
fn logarithms_count_as_their_local_slope() {
    let octaves = [2.0, 4.0, 8.0, 16.0, 32.0];
    close(Class::Logarithmic.exponent(&octaves).expect("log n"), 0.564_385_618_977_472_5);
    close(Class::Linearithmic.exponent(&octaves).expect("n log n"), 1.564_385_618_977_472_3);
    let with_one = [1.0, 10.0, 100.0, 1000.0];
    close(Class::Logarithmic.exponent(&with_one).expect("log n"), 0.238_560_627_359_831_2);
    assert_eq!(Class::Logarithmic.exponent(&[1.0, 2.0]), None);
    assert_eq!(Class::Quadratic.exponent(&[]), Some(2.0));
}

#[test]
fn too_little_says_what_is_lacking() {
    let of = |points: &[(f64, f64)]| analyse(&sizes(points), None).expect_err("too little");
    assert_eq!(of(&[(1.0, 1.0), (10.0, 1.0), (100.0, 1.0)]), Lacking::Sizes(3));
    assert_eq!(of(&[(1.0, 1.0), (2.0, 1.0), (3.0, 1.0), (4.0, 1.0)]), Lacking::Span(4.0));
    assert_eq!(of(&[(1.0, 1.0), (2.0, 0.0), (4.0, 1.0), (8.0, 1.0)]), Lacking::Numbers);
    assert_eq!(of(&[(1.0, 1.0), (1.0, 1.0), (4.0, 1.0), (8.0, 1.0)]), Lacking::Numbers);
    assert_eq!(of(&[(0.0, 1.0), (1.0, 1.0), (4.0, 1.0), (8.0, 1.0)]), Lacking::Numbers);
    assert_eq!(analyse(&[], None), Err(Lacking::Sizes(0)));
    let mut ragged = sizes(&[(1.0, 1.0), (2.0, 1.0), (4.0, 1.0), (8.0, 1.0)]);
    ragged[1].costs.push(1.0);
    assert_eq!(analyse(&ragged, None), Err(Lacking::Numbers));
}

fn classes(points: &[(f64, f64)]) -> Vec<Class> {
    let found = analyse(&sizes(points), None).expect("an exponent");
    found.fits.iter().map(|fit| fit.class).collect()
}

#[test]
fn two_classes_that_cannot_be_told_apart_are_both_named() {
    // Ten percent of noise over a factor of 8.
    let noisy = [(16.0, 162.0), (32.0, 315.0), (64.0, 691.0), (128.0, 1296.0)];
    assert_eq!(classes(&noisy), [Class::Linear, Class::Linearithmic]);
    assert_eq!(classes(&NEARLY_LINEAR), [Class::Linear]);
}

#[test]
fn a_constant_needs_no_other_law() {
    let flat = [(1.0, 100.0), (10.0, 101.5), (100.0, 99.0), (1000.0, 102.0)];
    assert_eq!(classes(&flat), [Class::Constant]);
    // It falls: no class grows like that.
    let falling: Vec<(f64, f64)> =
        [1.0f64, 2.0, 4.0, 8.0].into_iter().map(|n| (n, 100.0 / n)).collect();
    assert_eq!(classes(&falling), []);
}

#[test]
fn an_overhead_that_hides_the_growth_is_said() {
    let law = |a: f64| [10.0, 30.0, 100.0, 300.0].map(|n| (n, a + n));
    let biased = analyse(&sizes(&law(50.0)), None).expect("an exponent");
    close(biased.overhead.expect("350 is less than ten times 50"), 50.0);
    assert_eq!(analyse(&sizes(&law(20.0)), None).expect("an exponent").overhead, None);
    let given = analyse(&sizes(&law(20.0)), Some(40.0)).expect("an exponent");
    assert_eq!(given.overhead, Some(40.0));
}

#[test]
fn a_knee_is_found_where_the_growth_changes() {
    let points: Vec<(f64, f64)> = [1.0f64, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0]
        .into_iter()
        .map(|n| (n, if n <= 64.0 { n } else { n * n / 64.0 }))
        .collect();
    let knee = analyse(&sizes(&points), None).expect("an exponent").knee.expect("a knee");
    assert_eq!(knee.n, 64.0);
    close(knee.before, 1.0);
    close(knee.after, 2.0);
    // A constant part bends the curve, and the law explains it.
    let bent: Vec<(f64, f64)> = points.iter().map(|&(n, _)| (n, 300.0 + n)).collect();
    assert_eq!(analyse(&sizes(&bent), None).expect("an exponent").knee, None);
}

/// Reference values: numpy 2.4, `linalg.lstsq` with the columns 1, ln n, (ln n)² gives 0.2166 ± 0.2187 at 99 % (scipy
/// 1.17.1, `stats.t.ppf(0.995, df)`) for the first, 0.1371 ± 0.0515 for the second.
#[test]
fn a_bend_within_the_noise_is_no_knee() {
    let of = |costs: &[f64]| {
        let points: Vec<(f64, f64)> =
            costs.iter().enumerate().map(|(i, &cost)| (2f64.powi(i as i32), cost)).collect();
        analyse(&sizes(&points), None).expect("an exponent").knee
    };
    assert_eq!(of(&[10.0, 21.0, 39.0, 90.0, 330.0, 1290.0]), None);
    let knee = of(&[10.2, 19.8, 40.5, 79.0, 163.0, 650.0, 2520.0, 10_400.0, 40_300.0, 166_000.0])
        .expect("a knee");
    assert_eq!(knee.n, 16.0);
}

#[test]
fn a_change_of_exact_exponents_is_exact() {
    let exponent = |law: fn(f64) -> f64| {
        let n = [1.0, 2.0, 4.0, 8.0];
        let points: Vec<(f64, f64)> = n.iter().map(|&n| (n, law(n))).collect();
        Exponent { error: 0.0, ..analyse(&sizes(&points), None).expect("an exponent").exponent }
    };
    let change = unpaired_change(&exponent(|n| n), &exponent(|n| n * n));
    close(change.estimate, 1.0);
    assert_eq!((change.low, change.high), (change.estimate, change.estimate));
    assert_eq!(change.blocks, 0);
}

/// Reference values: scipy 1.17.1, `stats.ttest_ind(head, base, equal_var=False)` and its `confidence_interval`.
#[test]
fn unpaired_sides_meet_welch() {
    let exponent = |per_run: &[f64]| Exponent {
        estimate: crate::stats::mean(per_run),
        low: 0.0,
        high: 0.0,
        error: (crate::stats::variance(per_run) / per_run.len() as f64).sqrt(),
        df: per_run.len() as f64 - 1.0,
        per_run: per_run.to_vec(),
    };
    let change =
        unpaired_change(&exponent(&[1.0, 1.02, 0.97, 1.01]), &exponent(&[1.3, 1.35, 1.28]));
    close(change.estimate, 0.31);
    close(change.low, 0.236_363_030_642_775_25);
    close(change.high, 0.383_636_969_357_225_3);
    assert_eq!(change.blocks, 0);
}

#[test]
fn paired_exponents_are_held_against_the_margin() {
    let of = |differences: &[f64]| paired_change(differences).expect("a change");
    let worse = of(&[0.31, 0.29, 0.33, 0.30, 0.28]);
    assert!(worse.low > MARGIN, "{worse:?}");
    let same = of(&[0.11, 0.09, 0.13, 0.10, 0.08]);
    assert!(same.low > 0.0 && same.high < MARGIN, "{same:?}");
    let exact = of(&[0.5; 5]);
    assert_eq!((exact.low, exact.high), (0.5, 0.5));
    assert_eq!(paired_change(&[0.5]), None);
}

fn curve(points: &[(f64, f64)], error: Option<f64>) -> LoadCurve {
    let points: Vec<LoadPoint> =
        points.iter().map(|&(load, throughput)| LoadPoint { load, throughput, error }).collect();
    load(&points, 0.03)
}

#[test]
fn a_load_curve_saturates_and_degrades() {
    let points = [(1.0, 100.0), (10.0, 980.0), (50.0, 4500.0), (100.0, 4900.0), (200.0, 4300.0)];
    let found = curve(&points, None);
    let saturation = found.saturation.expect("a saturation");
    assert_eq!((saturation.after, saturation.next, saturation.proven), (50.0, 100.0, None));
    let degradation = found.degradation.expect("a degradation");
    assert_eq!((degradation.load, degradation.best_load, degradation.best), (200.0, 100.0, 4900.0));
    assert_eq!(degradation.proven, None);
    assert!(curve(&points, Some(0.01)).degradation.is_some_and(|d| d.proven == Some(true)));
    assert!(curve(&points, Some(0.2)).degradation.is_some_and(|d| d.proven == Some(false)));
}

#[test]
fn a_proven_fall_comes_before_one_within_the_noise() {
    let mut points: Vec<LoadPoint> = [(1.0, 100.0), (2.0, 190.0), (3.0, 180.0), (4.0, 90.0)]
        .into_iter()
        .map(|(load, throughput)| LoadPoint { load, throughput, error: Some(0.001) })
        .collect();
    points[2].error = Some(0.2);
    assert_eq!(
        load(&points, 0.03).degradation.map(|d| (d.load, d.proven)),
        Some((4.0, Some(true)))
    );
}

#[test]
fn a_steady_load_curve_has_neither() {
    let steady = curve(&[(1.0, 100.0), (2.0, 190.0), (4.0, 370.0)], Some(0.01));
    assert_eq!(steady, LoadCurve::default());
    assert_eq!(curve(&[], None), LoadCurve::default());
    // A dip within the margin.
    assert_eq!(curve(&[(1.0, 100.0), (2.0, 98.0)], None).degradation, None);
}

fn any_law() -> impl Strategy<Value = (Class, f64, f64)> {
    (prop::sample::select(Class::ALL.to_vec()), 0.0f64..100.0, 1.0f64..1000.0)
}

fn any_sizes() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec(0.5f64..2.0, 5..9).prop_map(|factors| {
        let point = |(i, factor): (usize, f64)| {
            let n = 4f64.powi(i as i32);
            (n, n.powf(1.2) * factor)
        };
        factors.into_iter().enumerate().map(point).collect()
    })
}

proptest! {
    /// Noise-free points of a law whose growth is seen: its class alone, its parts, no knee.
    #[test]
    fn a_law_is_recovered_from_its_own_points((class, a, b) in any_law()) {
        let points: Vec<(f64, f64)> =
            [2.0, 8.0, 32.0, 128.0, 512.0].map(|n| (n, a + b * class.at(n))).to_vec();
        let found = analyse(&sizes(&points), None).expect("an exponent");
        prop_assert_eq!(found.fits.iter().map(|fit| fit.class).collect::<Vec<_>>(), vec![class]);
        let law = found.fits[0];
        let whole = if class == Class::Constant { law.a } else { law.b };
        let expected = if class == Class::Constant { a + b } else { b };
        prop_assert!((whole / expected - 1.0).abs() < 1e-6, "{law:?}");
        prop_assert!(found.knee.is_none(), "{:?}", found.knee);
    }

    #[test]
    fn scaling_the_cost_changes_neither_exponent_nor_class(points in any_sizes(), factor in 1e-3f64..1e6) {
        let scaled: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1 * factor)).collect();
        let (a, b) = (analyse(&sizes(&points), None), analyse(&sizes(&scaled), None));
        let (a, b) = (a.expect("one"), b.expect("other"));
        prop_assert!((a.exponent.estimate - b.exponent.estimate).abs() < 1e-9);
        prop_assert!((a.exponent.error - b.exponent.error).abs() < 1e-9);
        let names = |s: &Shape| s.fits.iter().map(|fit| fit.class).collect::<Vec<_>>();
        prop_assert_eq!(names(&a), names(&b));
    }

    #[test]
    fn the_order_of_sizes_changes_nothing(mut points in any_sizes()) {
        let before = analyse(&sizes(&points), None);
        points.reverse();
        prop_assert_eq!(before, analyse(&sizes(&points), None));
    }

    #[test]
    fn no_fit_is_worse_than_the_constant(points in any_sizes()) {
        let constant = fit(Class::Constant, &points).expect("a constant").rss;
        for found in fits(&points) {
            prop_assert!(found.rss <= constant * (1.0 + 1e-12) && found.a >= 0.0 && found.b >= 0.0, "{found:?}");
        }
    }

    #[test]
    fn a_steeper_curve_has_a_larger_exponent(points in any_sizes(), more in 0.0f64..2.0) {
        let steeper: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1 * p.0.powf(more))).collect();
        let of = |points: &[(f64, f64)]| analyse(&sizes(points), None).expect("one").exponent.estimate;
        prop_assert!((of(&steeper) - of(&points) - more).abs() < 1e-9);
    }
}
