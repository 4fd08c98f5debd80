//! From the samples of one run to one number and how disturbed the run was.

use super::{mean, median, median_of_sorted, sorted, variance};

/// The weighted median: the smallest x whose cumulative weight is at least half, the mean with the next one
/// where it is exactly half. The mean and the slope have tails four times fatter on real machines.
///
/// `None` for no samples or a total weight that is not positive. O(n log n).
#[must_use]
pub fn weighted_median(values: &[f64], weights: &[f64]) -> Option<f64> {
    let mut pairs: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let half = pairs.iter().map(|&(_, weight)| weight).sum::<f64>() / 2.0;
    if !half.is_finite() || half <= 0.0 {
        return None;
    }
    let mut cumulative = 0.0;
    for (i, &(value, weight)) in pairs.iter().enumerate() {
        cumulative += weight;
        if cumulative >= half {
            let next = pairs.get(i + 1).filter(|_| cumulative == half);
            return Some(next.map_or(value, |&(next, _)| f64::midpoint(value, next)));
        }
    }
    None
}

/// The weighted mean; for criterion samples with their iteration counts this is total time over total
/// iterations. `None` for no samples or a total weight that is not positive. O(n).
#[must_use]
pub fn weighted_mean(values: &[f64], weights: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    (total > 0.0).then(|| values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total)
}

/// How disturbed a run was: `1.4826 median|x - median x| / median x + 1e-6`, a relative standard deviation that
/// outliers do not move (Rousseeuw & Croux 1993). `None` for fewer than two samples or a median that is not
/// positive. O(n log n).
#[must_use]
pub fn spread(values: &[f64]) -> Option<f64> {
    let centre = median(values);
    if values.len() < 2 || centre.is_nan() || centre <= 0.0 {
        return None;
    }
    let deviations: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    Some(1.4826 * median(&deviations) / centre + 1e-6)
}

/// The sample standard deviation. `None` for fewer than two samples. O(n).
#[must_use]
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    (values.len() > 1).then(|| variance(values).sqrt())
}

/// How many samples lie beyond Tukey's fences, 1.5 interquartile ranges outside the quartiles (Tukey 1977). O(n log n).
#[must_use]
pub fn outliers(values: &[f64]) -> u64 {
    let sorted = sorted(values);
    let (Some(lower), Some(upper)) = (interpolated(&sorted, 0.25), interpolated(&sorted, 0.75))
    else {
        return 0;
    };
    let reach = 1.5 * (upper - lower);
    values.iter().filter(|&&v| v < lower - reach || v > upper + reach).count() as u64
}

/// 21 evenly spaced quantiles (0, 5 … 100 %), linearly interpolated (type 7 of Hyndman & Fan 1996); empty for no samples. O(n log n).
#[must_use]
pub fn quantiles(values: &[f64]) -> Vec<f64> {
    let sorted = sorted(values);
    (0..=20).filter_map(|step| interpolated(&sorted, f64::from(step) / 20.0)).collect()
}

/// A quantile of sorted samples, linearly interpolated (type 7 of Hyndman & Fan 1996).
fn interpolated(sorted: &[f64], q: f64) -> Option<f64> {
    let at = q * sorted.len().checked_sub(1)? as f64;
    let below = sorted.get(at.floor() as usize)?;
    let above = sorted.get(at.ceil() as usize)?;
    Some(below + (above - below) * at.fract())
}

/// The estimate of a side from one number a run, with its 95 % interval: the median, and Student's t on the
/// logarithms around their mean, moved to the median. The interval needs two runs and positive numbers.
#[must_use]
pub fn side_interval(per_run: &[f64]) -> Option<(f64, Option<(f64, f64)>)> {
    let centre = median_of_sorted(&sorted(per_run));
    if centre.is_nan() {
        return None;
    }
    if per_run.len() < 2 || per_run.iter().any(|&v| v <= 0.0) {
        return Some((centre, None));
    }
    let logs: Vec<f64> = per_run.iter().map(|v| v.ln()).collect();
    let n = logs.len() as f64;
    let reach = super::special::t_95(n - 1.0) * (variance(&logs) / n).sqrt();
    let middle = mean(&logs).exp();
    let (low, high) = (middle * (-reach).exp(), middle * reach.exp());
    Some((centre, Some((low.min(centre), high.max(centre)))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_weighted_median_follows_its_definition() {
        for (values, weights, expected) in [
            (vec![3.0, 1.0, 2.0], vec![1.0; 3], Some(2.0)),
            (vec![1.0, 2.0, 3.0, 4.0], vec![1.0; 4], Some(2.5)),
            (vec![1.0, 2.0, 10.0], vec![1.0, 1.0, 2.0], Some(6.0)),
            (vec![1.0, 2.0, 10.0], vec![1.0, 1.0, 3.0], Some(10.0)),
            (vec![5.0], vec![7.0], Some(5.0)),
            (vec![], vec![], None),
            (vec![1.0], vec![0.0], None),
        ] {
            assert_eq!(weighted_median(&values, &weights), expected, "{values:?} {weights:?}");
        }
    }

    #[test]
    fn spread_is_the_scaled_median_deviation() {
        assert_eq!(spread(&[90.0, 100.0, 110.0, 100.0, 130.0]), Some(1.4826 * 10.0 / 100.0 + 1e-6));
        assert_eq!(spread(&[1.0]), None);
        assert_eq!(spread(&[0.0, 0.0]), None);
    }

    #[test]
    fn outliers_lie_beyond_the_fences() {
        assert_eq!(outliers(&[10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 100.0]), 1);
        assert_eq!(outliers(&[1.0, 1.0, 1.0]), 0);
        assert_eq!(outliers(&[]), 0);
    }

    #[test]
    fn quantiles_start_at_the_minimum_and_end_at_the_maximum() {
        let q = quantiles(&[4.0, 1.0, 3.0, 2.0, 5.0]);
        assert_eq!((q.len(), q[0], q[10], q[20]), (21, 1.0, 3.0, 5.0));
    }

    proptest! {
        #[test]
        fn order_of_samples_changes_nothing(mut samples in prop::collection::vec((1e-3f64..1e9, 1u32..1000), 1..50)) {
            let of = |s: &[(f64, u32)]| {
                let (values, weights): (Vec<f64>, Vec<f64>) = s.iter().map(|&(v, w)| (v, f64::from(w))).unzip();
                (weighted_median(&values, &weights), spread(&values), outliers(&values))
            };
            let before = of(&samples);
            samples.reverse();
            prop_assert_eq!(before, of(&samples));
        }
    }
}
