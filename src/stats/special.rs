//! Special functions: Student's t and the gamma function's derivatives.

use std::cell::RefCell;

use foldhash::{HashMap, HashMapExt};
use statrs::distribution::{Beta, Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::gamma::digamma as statrs_digamma;

/// The standard normal quantile for 95 %, two-sided.
pub const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Upper tail of Student's t: P(T > t). `df` > 0; NaN otherwise, and where `t` is no number. Through the incomplete beta function (Abramowitz & Stegun 1964, 26.7.1).
#[must_use]
pub fn t_upper_tail(t: f64, df: f64) -> f64 {
    if t.is_nan() {
        return f64::NAN;
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |distribution| distribution.sf(t))
}

/// Quantile of Student's t for an upper tail `p` in (0, 1): the t with P(T > t) = p. `df` > 0; NaN otherwise.
///
/// The last steps are a bisection on [`t_upper_tail`], so that both agree to the last bits. A suite asks for few different
/// ones, thousands of times each, so every thread remembers its answers.
#[must_use]
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !(p > 0.0 && p < 1.0 && df > 0.0) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -t_quantile(1.0 - p, df);
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        *known.entry((p.to_bits(), df.to_bits())).or_insert_with(|| {
            let beyond = |t: f64| t_upper_tail(t, df) < p;
            let near = t_quantile_nearly(p, df);
            let mut reach = 1e-14;
            while reach < 1.0 && (beyond(near * (1.0 - reach)) || !beyond(near * (1.0 + reach))) {
                reach *= 16.0;
            }
            let (low, mut high) =
                if reach < 1.0 { (near * (1.0 - reach), near * (1.0 + reach)) } else { (0.0, 1.0) };
            while !beyond(high) && high < 1e300 {
                high *= 2.0;
            }
            bisect(low, high, beyond)
        })
    })
}

/// Newton's method from the quantile of the normal distribution, on the logarithms of t and of its tail: those are almost a
/// line where there are few degrees of freedom, and a gentle curve where there are many.
fn t_quantile_nearly(p: f64, df: f64) -> f64 {
    let mut t = normal_quantile(p).clamp(0.1, 40.0);
    let Ok(distribution) = StudentsT::new(0.0, 1.0, df) else { return t };
    for _ in 0..20 {
        let tail = distribution.sf(t);
        let step = (tail / p).ln() * tail / (distribution.pdf(t) * t);
        if !step.is_finite() {
            break;
        }
        t *= step.clamp(-1.0, 1.0).exp();
        if step.abs() < 1e-9 {
            break;
        }
    }
    t
}

/// No more quantiles are remembered at a time.
const MOST_KNOWN: usize = 10_000;

thread_local! {
    /// Quantiles of Student's t by tail and degrees of freedom.
    static KNOWN: RefCell<HashMap<(u64, u64), f64>> = RefCell::new(HashMap::new());
}

/// Quantile of Student's t for a two-sided 95 %: `t_quantile(0.025, df)`.
#[must_use]
pub fn t_95(df: f64) -> f64 {
    t_quantile(0.025, df)
}

/// Quantile of the standard normal for an upper tail `p` in (0, 1).
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(1.0 - p)
}

/// Upper tail of the standard normal: P(Z > z).
#[must_use]
pub fn normal_upper_tail(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// Quantile of the beta distribution: the x with P(X <= x) = p. `a`, `b` > 0; NaN otherwise.
#[must_use]
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    Beta::new(a, b).map_or(f64::NAN, |distribution| bisect(0.0, 1.0, |x| distribution.cdf(x) > p))
}

/// Cumulative distribution of the beta distribution: P(X <= x). `a`, `b` > 0; NaN otherwise.
#[must_use]
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    Beta::new(a, b).map_or(f64::NAN, |distribution| distribution.cdf(x.clamp(0.0, 1.0)))
}

/// The logarithmic derivative of the gamma function, for x > 0.
#[must_use]
pub fn digamma(x: f64) -> f64 {
    statrs_digamma(x)
}

/// The second logarithmic derivative of the gamma function, for x > 0: recurrence up to 10, then the asymptotic
/// series (Abramowitz & Stegun 1964, 6.4.6 and 6.4.12). Relative error below 1e-13.
#[must_use]
pub fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 10.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y
        * (1.0 / 6.0
            - y * (1.0 / 30.0
                - y * (1.0 / 42.0 - y * (1.0 / 30.0 - y * (5.0 / 66.0 - y * 691.0 / 2730.0)))));
    sum + 1.0 / x + y / 2.0 + series / x
}

/// The x > 0 with `trigamma(x) = y`, for y > 0: bisection, since trigamma falls steadily.
#[must_use]
pub fn trigamma_inverse(y: f64) -> f64 {
    bisect(1e-8, 1e9, |x| trigamma(x) < y)
}

/// Where a monotone condition turns true between `low` (false) and `high` (true).
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64, relative: f64) {
        assert!((value / expected - 1.0).abs() < relative, "{value} is not {expected}");
    }

    /// Reference values: scipy 1.17.1, `stats.t.isf`, `stats.t.sf`.
    #[test]
    fn student_t_meets_scipy() {
        for (p, df, expected) in [
            (3.3e-5, 10.5, 6.362_910_320_823_468),
            (1e-6, 60.0, 5.263_554_854_652_544),
            (0.01, 5.0, 3.364_929_998_907_22),
            (0.01, 1.0, 31.820_515_953_773_96),
            (0.025, 3.0, 3.182_446_305_283_71),
        ] {
            close(t_quantile(p, df), expected, 1e-9);
            close(t_upper_tail(expected, df), p, 1e-9);
        }
        for df in [1.0, 5.0, 5.5, 64.0, 65.0] {
            assert_eq!(t_95(df), t_quantile(0.025, df));
            assert_eq!(t_95(df), t_95(df));
        }
        assert!(t_95(0.0).is_nan() && t_95(-1.0).is_nan() && t_95(f64::NAN).is_nan());
        assert!((t_quantile(0.975, 3.0) + t_quantile(0.025, 3.0)).abs() < 1e-12);
        assert_eq!(t_upper_tail(0.0, 4.0), 0.5);
    }

    #[test]
    fn the_quantile_is_where_the_tail_falls_below_p() {
        let probabilities =
            [1e-300, 1e-12, 3e-7, 0.001, 0.01, 0.025, 0.2, 0.4, 0.49, 0.499_999, 0.5];
        for df in [0.1, 0.7, 1.0, 1.5, 4.0, 9.3, 37.0, 1e3, 1e6, 1e12] {
            for p in probabilities {
                let t = t_quantile(p, df);
                let alone = bisect(0.0, f64::MAX, |t| t_upper_tail(t, df) < p);
                assert!((t - alone).abs() <= alone * 1e-13 + 1e-15, "{p} {df}: {t} {alone}");
            }
        }
    }

    /// Reference values: scipy 1.17.1, `special.digamma`, `special.polygamma(1, x)`.
    #[test]
    fn gamma_derivatives_meet_scipy() {
        for (x, first, second) in [
            (0.5, -1.963_510_026_021_423_5, 4.934_802_200_544_68),
            (1.0, -0.577_215_664_901_532_9, 1.644_934_066_848_226_4),
            (3.5, 1.103_156_640_645_243, 0.330_357_756_100_234_9),
            (25.0, 3.198_742_512_851_974, 0.040_810_663_257_225_58),
        ] {
            close(digamma(x), first, 1e-12);
            close(trigamma(x), second, 1e-12);
            close(trigamma_inverse(second), x, 1e-9);
        }
    }

    #[test]
    fn the_constant_is_the_quantile() {
        close(normal_quantile(0.025), NORMAL_95, 1e-9);
    }

    /// Reference value: scipy 1.17.1, `stats.beta.ppf(0.01, 3, 8)`.
    #[test]
    fn beta_meets_scipy() {
        close(beta_quantile(0.01, 3.0, 8.0), 0.047_506_998_951_161_256, 1e-9);
        close(beta_cdf(beta_quantile(0.01, 3.0, 8.0), 3.0, 8.0), 0.01, 1e-9);
    }
}
