//! Means and standard deviations over runs that are not at hand.

use super::Estimate;

/// One side: the mean of n runs and their standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// The mean, positive.
    pub mean: f64,
    /// The standard deviation between runs.
    pub sd: f64,
    /// How many runs.
    pub n: f64,
}

impl Side {
    /// Squared standard error of the logarithm of the mean, by the delta method: `sd²/(n mean²)`.
    fn log_variance(self) -> f64 {
        self.sd.powi(2) / (self.n * self.mean.powi(2))
    }
}

/// Welch's (1947) t on logarithms with Satterthwaite's degrees of freedom.
///
/// `None` where the delta method does not hold (sd/mean/√n of 0.3 or more), the sides have fewer than two runs,
/// or neither shows any noise.
#[must_use]
pub fn welch_of_summaries(base: Side, head: Side) -> Option<Estimate> {
    let usable = |side: Side| {
        side.n >= 2.0 && side.mean > 0.0 && side.sd >= 0.0 && side.log_variance() < 0.09
    };
    if !usable(base) || !usable(head) {
        return None;
    }
    let (b, h) = (base.log_variance(), head.log_variance());
    let squared_error = b + h;
    if squared_error <= 0.0 {
        return None;
    }
    let df = squared_error.powi(2) / (b * b / (base.n - 1.0) + h * h / (head.n - 1.0));
    let runs = 2.0 * base.n * head.n / (base.n + head.n);
    Some(Estimate {
        change: (head.mean / base.mean).ln(),
        variance: squared_error * runs,
        df,
        runs,
        spread: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values by hand: 0.1²/5 + 0.1²/5 = 0.004, and equal variances give 2 (n - 1) degrees of freedom.
    #[test]
    fn equal_sides_have_all_degrees_of_freedom() {
        let e = welch_of_summaries(
            Side { mean: 10.0, sd: 1.0, n: 5.0 },
            Side { mean: 20.0, sd: 2.0, n: 5.0 },
        )
        .expect("an estimate");
        assert!((e.change - 2f64.ln()).abs() < 1e-15);
        assert!((e.variance / e.runs - 0.004).abs() < 1e-15);
        assert!((e.df - 8.0).abs() < 1e-12);
    }

    #[test]
    fn a_mean_that_is_mostly_noise_is_refused() {
        let noisy = Side { mean: 1.0, sd: 1.0, n: 4.0 };
        assert_eq!(welch_of_summaries(noisy, noisy), None);
        assert_eq!(welch_of_summaries(Side { n: 1.0, ..noisy }, noisy), None);
    }
}
