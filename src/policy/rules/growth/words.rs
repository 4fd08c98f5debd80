use crate::model::Metric;
use crate::model::number::{self, Amounts, factor, limit, thousands};
use crate::policy::Reading;

/// `memory grows by 62.1 MB/h (55.0 to 69.2 MB/h), more than 50 MB/h`.
pub(super) fn grows(metric: &Metric, head: Reading<'_>, most: f64) -> String {
    let amounts = Amounts::beside(most, head.unit());
    format!("{metric} grows by {}, more than {}/h", growth(amounts, head), limit(most, head.unit()))
}

/// `a suspected leak: memory grows by 62.1 MB/h (55.0 to 69.2 MB/h), 3.1x as fast as in base (20 MB/h), more than 1.5x`,
/// in the unit of the limit of the slope, where there is one.
pub(super) fn leaks(
    metric: &Metric,
    base: Reading<'_>,
    head: Reading<'_>,
    most: f64,
    slope: Option<f64>,
) -> String {
    let amounts = slope.map_or_else(
        || Amounts::of([head.estimate(), base.estimate()], head.unit()),
        |slope| Amounts::beside(slope, head.unit()),
    );
    let (before, after) = (base.estimate(), head.estimate());
    let beside = if before > 0.0 {
        format!(
            "{} as fast as in base ({}/h), more than {}",
            factor(after / before),
            amounts.value(before),
            factor(most)
        )
    } else {
        "and does not grow in base".into()
    };
    format!("a suspected leak: {metric} grows by {}, {beside}", growth(amounts, head))
}

fn growth(amounts: Amounts, slope: Reading<'_>) -> String {
    let value = slope.estimate();
    let hour = |number: f64| format!("{}/h", amounts.end(number, value));
    match slope.interval() {
        (Some(low), Some(high)) => {
            format!("{} ({})", hour(value), number::range(&hour(low), &hour(high)))
        }
        _ => hour(value),
    }
}

/// Benchmarks that cannot grow, for a rule that names none.
pub(super) fn timeless(count: usize, metric: &Metric) -> String {
    let (benchmarks, their) = if count == 1 {
        ("benchmark gives", "its samples")
    } else {
        ("benchmarks give", "their samples")
    };
    format!(
        "{} {benchmarks} {metric} without the times of {their}, so no growth",
        thousands(count as u64)
    )
}

/// Rows that are not listed.
pub(super) fn left_out(count: usize, metric: &Metric) -> String {
    format!(
        "{} more benchmarks hold their limit of the growth of {metric} and are not listed",
        thousands(count as u64)
    )
}
