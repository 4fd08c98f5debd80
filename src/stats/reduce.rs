//! From the samples of one run to one number and how disturbed the run was.

use super::{mean, median_of_sorted, sorted, variance};

/// The samples of one run, sorted once for everything that is asked of them; their order in the run plays no part.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    values: Vec<f64>,
    /// In the order of the values; empty where all weigh the same.
    weights: Vec<f64>,
}

impl Samples {
    /// Sorts samples with their weights, which run in parallel. O(n log n).
    #[must_use]
    pub fn new(mut weighted: Vec<(f64, f64)>) -> Self {
        weighted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let (values, weights) = weighted.into_iter().unzip();
        Self { values, weights }
    }

    /// Sorts samples of equal weight. O(n log n).
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        Self { values: sorted(values), weights: Vec::new() }
    }

    /// The samples, ascending.
    #[must_use]
    pub fn sorted(&self) -> &[f64] {
        &self.values
    }

    /// The weighted median: the smallest x whose cumulative weight is at least half, the mean with the next one
    /// where it is exactly half. The mean and the slope have tails four times fatter on real machines.
    ///
    /// `None` for no samples or a total weight that is not positive. O(n).
    #[must_use]
    pub fn weighted_median(&self) -> Option<f64> {
        if self.weights.is_empty() {
            return (!self.values.is_empty()).then(|| median_of_sorted(&self.values));
        }
        let half = self.weights.iter().sum::<f64>() / 2.0;
        if !half.is_finite() || half <= 0.0 {
            return None;
        }
        let mut cumulative = 0.0;
        for (i, (&value, weight)) in self.values.iter().zip(&self.weights).enumerate() {
            cumulative += weight;
            if cumulative >= half {
                let next = self.values.get(i + 1).filter(|_| cumulative == half);
                return Some(next.map_or(value, |&next| f64::midpoint(value, next)));
            }
        }
        None
    }

    /// The weighted mean; for criterion samples with their iteration counts this is total time over total
    /// iterations. `None` for no samples or a total weight that is not positive. O(n).
    #[must_use]
    pub fn weighted_mean(&self) -> Option<f64> {
        if self.weights.is_empty() {
            return (!self.values.is_empty()).then(|| mean(&self.values));
        }
        let total: f64 = self.weights.iter().sum();
        let sum = || self.values.iter().zip(&self.weights).map(|(v, w)| v * w).sum::<f64>();
        (total > 0.0).then(|| sum() / total)
    }

    /// How disturbed a run was: `1.4826 median|x - median x| / median x + 1e-6`, a relative standard deviation that
    /// outliers do not move (Rousseeuw & Croux 1993). `None` for fewer than two samples or a median that is not
    /// positive. O(n).
    #[must_use]
    pub fn spread(&self) -> Option<f64> {
        let centre = median_of_sorted(&self.values);
        if self.values.len() < 2 || centre.is_nan() || centre <= 0.0 {
            return None;
        }
        Some(1.4826 * self.deviation(centre) / centre + 1e-6)
    }

    /// `1.4826 median|x - median x| / median x`: [`Self::spread`] as such, exactly 0 for equal samples, also for zeros.
    /// `None` for fewer than two samples, or a median of zero with samples around it. O(n).
    #[must_use]
    pub fn relative_deviation(&self) -> Option<f64> {
        let (first, last) = (self.values.first()?, self.values.last()?);
        let centre = median_of_sorted(&self.values);
        match self.values.len() {
            0 | 1 => None,
            _ if first == last => Some(0.0),
            _ => (centre > 0.0).then(|| 1.4826 * self.deviation(centre) / centre),
        }
    }

    /// The median distance from the median, which lies in the middle: the distances rise from there to both ends.
    fn deviation(&self, centre: f64) -> f64 {
        let n = self.values.len();
        let (below, above) = self.values.split_at(self.values.partition_point(|&v| v < centre));
        let mut below = below.iter().rev().map(|v| centre - v).peekable();
        let mut above = above.iter().map(|v| v - centre).peekable();
        let mut next = || match (below.peek(), above.peek()) {
            (Some(low), Some(high)) if low <= high => below.next(),
            (Some(_), None) => below.next(),
            (_, Some(_)) => above.next(),
            (None, None) => None,
        };
        let lower = std::iter::repeat_with(&mut next).take(n.div_ceil(2)).flatten().last();
        let lower = lower.unwrap_or(f64::NAN);
        if n % 2 == 1 { lower } else { f64::midpoint(lower, next().unwrap_or(lower)) }
    }

    /// The sample standard deviation. `None` for fewer than two samples. O(n).
    #[must_use]
    pub fn standard_deviation(&self) -> Option<f64> {
        (self.values.len() > 1).then(|| variance(&self.values).sqrt())
    }

    /// How many samples lie beyond Tukey's fences, 1.5 interquartile ranges outside the quartiles (Tukey 1977).
    /// O(log n).
    #[must_use]
    pub fn outliers(&self) -> u64 {
        let quartile = |q| interpolated(&self.values, q);
        let (Some(lower), Some(upper)) = (quartile(0.25), quartile(0.75)) else { return 0 };
        let reach = 1.5 * (upper - lower);
        let below = self.values.partition_point(|&v| v < lower - reach);
        let within = self.values.partition_point(|&v| v <= upper + reach);
        (below + self.values.len() - within) as u64
    }

    /// 21 evenly spaced quantiles (0, 5 … 100 %), linearly interpolated (type 7 of Hyndman & Fan 1996); empty for no
    /// samples. O(1).
    #[must_use]
    pub fn quantiles(&self) -> Vec<f64> {
        (0..=20).filter_map(|step| interpolated(&self.values, f64::from(step) / 20.0)).collect()
    }
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
            let alike = weights.iter().all(|&weight| weight == 1.0);
            let without = alike.then(|| Samples::of(&values));
            let samples = Samples::new(values.into_iter().zip(weights).collect());
            assert_eq!(samples.weighted_median(), expected, "{samples:?}");
            if let Some(without) = without {
                assert_eq!(without.weighted_median(), expected);
                assert_eq!(without.weighted_mean(), samples.weighted_mean());
            }
        }
    }

    #[test]
    fn spread_is_the_scaled_median_deviation() {
        let spread = |values: &[f64]| Samples::of(values).spread();
        assert_eq!(spread(&[90.0, 100.0, 110.0, 100.0, 130.0]), Some(1.4826 * 10.0 / 100.0 + 1e-6));
        assert_eq!(spread(&[1.0]), None);
        assert_eq!(spread(&[0.0, 0.0]), None);
    }

    #[test]
    fn equal_samples_do_not_deviate() {
        let deviation = |values: &[f64]| Samples::of(values).relative_deviation();
        assert_eq!(deviation(&[5000.0; 5]), Some(0.0));
        assert_eq!(deviation(&[0.0; 5]), Some(0.0));
        assert_eq!(deviation(&[0.0, 0.0, 0.0, 1.0]), None);
        assert_eq!(deviation(&[90.0, 100.0, 110.0, 100.0, 130.0]), Some(1.4826 * 10.0 / 100.0));
        assert_eq!(deviation(&[1.0]), None);
    }

    #[test]
    fn outliers_lie_beyond_the_fences() {
        let outliers = |values: &[f64]| Samples::of(values).outliers();
        assert_eq!(outliers(&[10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 100.0]), 1);
        assert_eq!(outliers(&[1.0, 1.0, 1.0]), 0);
        assert_eq!(outliers(&[]), 0);
    }

    #[test]
    fn quantiles_start_at_the_minimum_and_end_at_the_maximum() {
        let q = Samples::of(&[4.0, 1.0, 3.0, 2.0, 5.0]).quantiles();
        assert_eq!((q.len(), q[0], q[10], q[20]), (21, 1.0, 3.0, 5.0));
    }

    fn any_samples() -> impl Strategy<Value = Vec<(f64, f64)>> {
        let weight = (1u32..1000).prop_map(f64::from);
        prop::collection::vec((1e-3f64..1e9, weight), 1..50)
    }

    proptest! {
        #[test]
        fn order_of_samples_changes_nothing(mut samples in any_samples()) {
            let before = Samples::new(samples.clone());
            samples.reverse();
            prop_assert_eq!(before, Samples::new(samples));
        }

        #[test]
        fn the_spread_is_the_median_distance_from_the_median(samples in any_samples()) {
            let samples = Samples::new(samples);
            let centre = median_of_sorted(samples.sorted());
            let distances: Vec<f64> = samples.sorted().iter().map(|v| (v - centre).abs()).collect();
            prop_assert_eq!(samples.deviation(centre), median_of_sorted(&sorted(&distances)));
        }
    }
}
