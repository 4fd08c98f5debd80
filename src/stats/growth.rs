//! How a value grows over time: Theil and Sen's slope, with an interval that knows of autocorrelation.

use super::paired::{Block, paired};
use super::special::{NORMAL_95, t_quantile};
use super::{mean, median, sorted, variance};

/// The part of the time at the start that is warm-up and left out.
pub const WARM_UP: f64 = 0.2;
/// No more points than this are looked at; of more, this many evenly spaced ones.
pub const MOST_POINTS: usize = 500;
/// Fewer points after the warm-up give no slope.
pub const FEWEST_POINTS: usize = 5;
/// Seconds of an hour.
const HOUR: f64 = 3_600.0;

/// A growth over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The growth an hour; negative where the value shrinks.
    pub slope: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// How many points it stands on.
    pub points: usize,
    /// How many independent points they are worth; at most `points`.
    pub effective: f64,
}

/// The growth an hour of values taken at times (in seconds, in any order).
///
/// The median of the slopes between all pairs of points (Theil 1950, Sen 1968), after dropping the first fifth of the
/// time, on at most 500 points. The interval is Sen's: the slopes whose ranks lie within the normal reach of Kendall's
/// score, its variance corrected for ties and multiplied by `n/n*` of Hamed & Rao (1998), for a value that
/// wanders has fewer independent points than numbers.
///
/// `None` where fewer than 5 points are left, where all have one time, or where a number is not finite. O(n²), n <= 500.
#[must_use]
pub fn growth(at: &[f64], values: &[f64]) -> Option<Growth> {
    let a_second = theil_sen(&thinned(after_warm_up(at, values)?))?;
    let hourly = |slope: f64| slope * HOUR;
    Some(Growth {
        slope: hourly(a_second.slope),
        low: hourly(a_second.low),
        high: hourly(a_second.high),
        ..a_second
    })
}

/// The slope a second with its interval.
fn theil_sen(points: &[Timed]) -> Option<Growth> {
    if points.len() < FEWEST_POINTS {
        return None;
    }
    let mut slopes = pair_slopes(points);
    let slope = centre(&mut slopes)?;
    let inflation = inflation(points, slope).max(1.0);
    let reach = NORMAL_95 * (score_variance(points) * inflation).sqrt();
    let count = slopes.len() as f64;
    // Ranks from 0, rounded as scipy rounds them.
    let below = ((count - reach) / 2.0).round_ties_even() - 1.0;
    let above = ((count + reach) / 2.0).round_ties_even();
    let mut at = |rank: f64| order_statistic(&mut slopes, rank.clamp(0.0, count - 1.0) as usize);
    let (low, high) = (at(below)?, at(above)?);
    let n = points.len() as f64;
    Some(Growth { slope, low, high, points: points.len(), effective: n / inflation })
}

/// A time in seconds and a value.
type Timed = (f64, f64);

/// The points after the first fifth of the time, by time and value.
fn after_warm_up(at: &[f64], values: &[f64]) -> Option<Vec<Timed>> {
    let mut points: Vec<Timed> = at.iter().copied().zip(values.iter().copied()).collect();
    if at.len() != values.len() || !points.iter().all(|p| p.0.is_finite() && p.1.is_finite()) {
        return None;
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (first, last) = (points.first()?.0, points.last()?.0);
    let start = first + WARM_UP * (last - first);
    points.retain(|point| point.0 >= start);
    Some(points)
}

/// At most [`MOST_POINTS`], evenly spaced, the first and the last among them.
fn thinned(points: Vec<Timed>) -> Vec<Timed> {
    let count = points.len();
    if count <= MOST_POINTS {
        return points;
    }
    let pick = |i: usize| points.get(i * (count - 1) / (MOST_POINTS - 1)).copied();
    (0..MOST_POINTS).filter_map(pick).collect()
}

/// The slopes between all points of different times, in units a second.
fn pair_slopes(points: &[Timed]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    for (i, a) in points.iter().enumerate() {
        for b in points.iter().skip(i + 1) {
            if b.0 > a.0 {
                slopes.push((b.1 - a.1) / (b.0 - a.0));
            }
        }
    }
    slopes
}

/// The median, without sorting everything.
fn centre(values: &mut [f64]) -> Option<f64> {
    let upper = order_statistic(values, values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(order_statistic(values, values.len() / 2 - 1)?, upper))
}

fn order_statistic(values: &mut [f64], rank: usize) -> Option<f64> {
    (rank < values.len()).then(|| *values.select_nth_unstable_by(rank, f64::total_cmp).1)
}

/// The variance of Kendall's score: `(n(n-1)(2n+5) - Σ t(t-1)(2t+5)) / 18`, over ties of values and of times (Kendall 1970).
fn score_variance(points: &[Timed]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties = |of: fn(&Timed) -> f64| -> f64 {
        let values = sorted(&points.iter().map(of).collect::<Vec<_>>());
        values.chunk_by(|a, b| a == b).map(|tie| term(tie.len() as f64)).sum()
    };
    ((term(points.len() as f64) - ties(|p| p.0) - ties(|p| p.1)) / 18.0).max(0.0)
}

/// By how much autocorrelation widens the variance of Kendall's score: `n/n*` of Hamed & Rao (1998) on the ranks of
/// what the slope leaves.
///
/// Of the lags only those count before the first that is not significantly positive (95 %): all sample
/// autocorrelations of a series sum to -1/2, so that late lags would hide what the early ones show (Geyer 1992). 1 for
/// independent points.
fn inflation(points: &[Timed], slope: f64) -> f64 {
    let left: Vec<f64> = points.iter().map(|&(time, value)| value - slope * time).collect();
    let ranks = ranks(&left);
    let centre = mean(&ranks);
    let ranks: Vec<f64> = ranks.iter().map(|rank| rank - centre).collect();
    let total: f64 = ranks.iter().map(|rank| rank * rank).sum();
    let n = ranks.len() as f64;
    if total <= 0.0 || n < 3.0 {
        return 1.0;
    }
    let mut sum = 0.0;
    for lag in 1..ranks.len() {
        let later = ranks.iter().skip(lag);
        let correlation = ranks.iter().zip(later).map(|(a, b)| a * b).sum::<f64>() / total;
        if correlation <= NORMAL_95 / n.sqrt() {
            break;
        }
        let left = n - lag as f64;
        sum += left * (left - 1.0) * (left - 2.0) * correlation;
    }
    1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * sum
}

/// Ranks from 1; equal values share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let mut ranked = Vec::with_capacity(order.len());
    let mut below = 0;
    for tie in order.chunk_by(|a, b| a.1 == b.1) {
        let rank = below as f64 + f64::midpoint(1.0, tie.len() as f64);
        ranked.extend(tie.iter().map(|&(place, _)| (place, rank)));
        below += tie.len();
    }
    ranked.sort_by_key(|&(place, _)| place);
    ranked.into_iter().map(|(_, rank)| rank).collect()
}

/// The growth of a side from one slope a run, with its 95 % interval: the median, and Student's t on the slopes
/// themselves, for slopes add and may be negative. The interval needs two runs and holds the median.
#[must_use]
pub fn side_interval(slopes: &[f64]) -> Option<(f64, Option<(f64, f64)>)> {
    let centre = median(slopes);
    if centre.is_nan() {
        return None;
    }
    if slopes.len() < 2 {
        return Some((centre, None));
    }
    let n = slopes.len() as f64;
    let reach = t_quantile(0.025, n - 1.0) * (variance(slopes) / n).sqrt();
    let middle = mean(slopes);
    Some((centre, Some(((middle - reach).min(centre), (middle + reach).max(centre)))))
}

/// A growth with the ends of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends {
    /// The growth.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The lower end of the 95 % interval of `head - times · base`: above zero, head grows more than so many times as fast.
///
/// By the method of variance estimates recovery (Zou & Donner 2008). A base that shrinks counts as one that stays, for
/// nothing grows faster than a negative number of times.
#[must_use]
pub fn excess_low(base: Ends, head: Ends, times: f64) -> f64 {
    let still = |end: f64| end.max(0.0);
    let beyond = times * (still(base.high) - still(base.value));
    head.value - times * still(base.value) - (head.value - head.low).hypot(beyond)
}

/// The same for interleaved blocks, of which each gives the growth of base and of head: the lower end of the trimmed
/// paired t of [`paired`]. `None` for fewer than two blocks.
#[must_use]
pub fn paired_excess_low(blocks: &[(f64, f64)], times: f64) -> Option<f64> {
    let block = |&(base, head): &(f64, f64)| Block {
        difference: head - times * base.max(0.0),
        spread: None,
    };
    let estimate = paired(&blocks.iter().map(block).collect::<Vec<_>>())?;
    let error = (estimate.variance / estimate.runs).sqrt();
    Some(estimate.change - t_quantile(0.025, estimate.df) * error)
}

#[cfg(test)]
mod tests;
