//! Counts: x errors of n requests.

use super::Decision;
use super::special::{beta_cdf, beta_quantile};

/// Events among trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// How many events.
    pub events: f64,
    /// Of how many trials, positive.
    pub trials: f64,
}

/// Compares two rates through the conditional binomial: given all events N, those of head are Bin(N, π) with
/// `π = n_h ρ/(n_b + n_h ρ)` for a rate ratio ρ (Przyborowski & Wilenski 1940).
///
/// p values are exact tails at `ρ = 1 + margin` and `1/(1 + margin)`; the interval is Clopper & Pearson's (1934) for π,
/// turned into a ratio. Without any event nothing is known: p = 1 and the interval is open. Events are rare,
/// so that binomial trials are near enough to Poisson.
#[must_use]
pub fn counts(base: Count, head: Count, margin: f64, alpha: f64) -> Decision {
    let (x, total) = (head.events, base.events + head.events);
    if total <= 0.0 {
        return Decision {
            change: 0.0,
            low: f64::NEG_INFINITY,
            high: f64::INFINITY,
            p_larger: 1.0,
            p_smaller: 1.0,
        };
    }
    let share = |ratio: f64| head.trials * ratio / (base.trials + head.trials * ratio);
    let log_ratio = |share: f64| (share / (1.0 - share) * base.trials / head.trials).ln();
    // P(X >= x) and P(X <= x) of the binomial, as incomplete beta functions.
    let at_least = |p: f64| if x <= 0.0 { 1.0 } else { beta_cdf(p, x, total - x + 1.0) };
    let at_most = |p: f64| if x >= total { 1.0 } else { 1.0 - beta_cdf(p, x + 1.0, total - x) };
    Decision {
        change: log_ratio(x / total),
        low: if x <= 0.0 {
            f64::NEG_INFINITY
        } else {
            log_ratio(beta_quantile(alpha, x, total - x + 1.0))
        },
        high: if x >= total {
            f64::INFINITY
        } else {
            log_ratio(beta_quantile(1.0 - alpha, x + 1.0, total - x))
        },
        p_larger: at_least(share(1.0 + margin)),
        p_smaller: at_most(share(1.0 / (1.0 + margin))),
    }
}

/// How much more the counts of the runs of one side scatter than chance alone: the mean of
/// `(x - n p)²/(n p (1 - p))`, 1 for binomial counts (McCullagh & Nelder 1989, 4.5).
///
/// `None` for fewer than two runs or a side without events.
#[must_use]
pub fn dispersion(runs: &[Count]) -> Option<f64> {
    let (events, trials) =
        runs.iter().fold((0.0, 0.0), |(x, n), run| (x + run.events, n + run.trials));
    let p = events / trials;
    if runs.len() < 2 || p.is_nan() || p <= 0.0 || p >= 1.0 {
        return None;
    }
    let squares: f64 = runs
        .iter()
        .map(|run| (run.events - run.trials * p).powi(2) / (run.trials * p * (1.0 - p)))
        .sum();
    Some(squares / (runs.len() - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values: scipy 1.17.1, `stats.binom.sf`, `stats.binom.cdf`, `stats.beta.ppf`.
    #[test]
    fn meets_the_conditional_binomial() {
        let d = counts(
            Count { events: 10.0, trials: 1000.0 },
            Count { events: 30.0, trials: 1200.0 },
            0.03,
            0.01,
        );
        let expected = REFERENCE;
        for (value, expected) in [
            (d.change, expected[0]),
            (d.low, expected[1]),
            (d.high, expected[2]),
            (d.p_larger, expected[3]),
            (d.p_smaller, expected[4]),
        ] {
            assert!((value / expected - 1.0).abs() < 1e-8, "{value} is not {expected}");
        }
    }

    #[test]
    fn a_side_without_events_has_an_open_interval() {
        let none = Count { events: 0.0, trials: 500.0 };
        let d = counts(none, Count { events: 12.0, trials: 500.0 }, 0.03, 0.01);
        assert_eq!((d.change, d.high), (f64::INFINITY, f64::INFINITY));
        assert!(d.low > 0.03 && d.p_larger < 0.001, "{d:?}");
        assert_eq!(counts(none, none, 0.03, 0.01).p_larger, 1.0);
    }

    #[test]
    fn equal_runs_are_under_dispersed_and_wild_ones_over() {
        let run = |events| Count { events, trials: 100.0 };
        assert_eq!(dispersion(&[run(5.0), run(5.0)]), Some(0.0));
        assert!(dispersion(&[run(0.0), run(30.0), run(1.0)]).expect("a dispersion") > 2.0);
        assert_eq!(dispersion(&[run(0.0), run(0.0)]), None);
    }

    const REFERENCE: [f64; 5] = [
        0.916_290_731_874_155_1,
        0.053_962_630_107_309_63,
        1.905_348_067_038_784_1,
        0.008_163_410_657_692_882,
        0.998_280_163_396_884,
    ];
}
