//! The Mann-Whitney U test by name.

use super::named::TwoSided;
use super::special::{normal_quantile, normal_upper_tail};
use super::{median_of_sorted, sorted};

/// Up to this product of sizes the exact distribution is counted.
const EXACT: usize = 2_500;

/// The two-sided Mann-Whitney U test (1947) on the logarithms of both sides, with the Hodges-Lehmann (1963) shift and its interval.
///
/// Exact where no two numbers are equal and `n_b n_h` is at most 2,500; else the normal approximation with
/// corrections for ties and continuity. `None` for an empty side. O(n_b n_h log), exact O((n_b + n_h) n_b² n_h).
#[must_use]
pub fn mann_whitney(base: &[f64], head: &[f64], alpha: f64) -> Option<TwoSided> {
    if base.is_empty() || head.is_empty() {
        return None;
    }
    let (nb, nh) = (base.len(), head.len());
    let shifts =
        sorted(&head.iter().flat_map(|h| base.iter().map(move |b| h - b)).collect::<Vec<_>>());
    let above = shifts.iter().filter(|&&s| s > 0.0).count() as f64;
    let equal = shifts.iter().filter(|&&s| s == 0.0).count() as f64;
    let u = above + equal / 2.0;
    let all = sorted(&[base, head].concat());
    let ties: Vec<f64> =
        all.chunk_by(|a, b| a == b).map(|tie| tie.len() as f64).filter(|&t| t > 1.0).collect();
    let product = (nb * nh) as f64;
    let total = (nb + nh) as f64;
    let tie_term =
        ties.iter().map(|t| t.powi(3) - t).sum::<f64>() / (total * (total - 1.0)).max(1.0);
    let sd = (product / 12.0 * (total + 1.0 - tie_term)).max(0.0).sqrt();

    let exact = ties.is_empty() && nb * nh <= EXACT;
    let (p, cut) = if exact {
        let below = cumulative(nb, nh);
        let extreme = u.min(product - u) as usize;
        let p = (2.0 * below.get(extreme).copied().unwrap_or(1.0)).min(1.0);
        (p, below.partition_point(|&tail| tail <= alpha / 2.0))
    } else {
        let z = (((u - product / 2.0).abs() - 0.5) / sd).max(0.0);
        let p = if sd > 0.0 { (2.0 * normal_upper_tail(z)).min(1.0) } else { 1.0 };
        (p, (product / 2.0 - normal_quantile(alpha / 2.0) * sd).round().max(0.0) as usize)
    };
    // The interval drops the `cut` smallest and largest of all shifts; with none to drop it is open.
    let end = |index: Option<usize>, open: f64| {
        index.and_then(|i| shifts.get(i)).copied().unwrap_or(open)
    };
    let low = end(cut.checked_sub(1), f64::NEG_INFINITY);
    let high =
        end(cut.checked_sub(1).and_then(|c| (shifts.len() - 1).checked_sub(c)), f64::INFINITY);
    Some(TwoSided { change: median_of_sorted(&shifts), low, high, p })
}

/// P(U <= u) for u from 0, counted by the recurrence of Mann & Whitney (1947).
fn cumulative(nb: usize, nh: usize) -> Vec<f64> {
    // ways[i][u]: orders of i base and j head numbers, j growing, with u head-before-base pairs.
    let most = nb * nh;
    let mut ways = vec![vec![0.0; most + 1]; nb + 1];
    for row in &mut ways {
        if let Some(first) = row.first_mut() {
            *first = 1.0;
        }
    }
    for j in 1..=nh {
        for i in 1..=nb {
            let fewer = ways.get(i - 1).cloned().unwrap_or_default();
            let Some(row) = ways.get_mut(i) else { continue };
            // Either the largest is a base number, standing after all j head ones, or it is a head number.
            for u in (0..=i * j).rev() {
                let largest_is_base =
                    u.checked_sub(j).and_then(|less| fewer.get(less)).copied().unwrap_or(0.0);
                if let Some(slot) = row.get_mut(u) {
                    *slot += largest_is_base;
                }
            }
        }
    }
    let counts = ways.pop().unwrap_or_default();
    let all: f64 = counts.iter().sum();
    counts
        .iter()
        .scan(0.0, |sum, ways| {
            *sum += ways / all;
            Some(*sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: i32, to: i32) -> Vec<f64> {
        (from..=to).map(f64::from).collect()
    }

    /// Reference values: scipy 1.17.1, `stats.mannwhitneyu(…, method='exact')`; 1..5 against 6..10 is 2/252.
    #[test]
    fn exact_p_values_meet_scipy() {
        for (base, head, p) in [
            (range(1, 5), range(6, 10), 2.0 / 252.0),
            (range(6, 10), range(1, 5), 2.0 / 252.0),
            (vec![1.0, 4.0, 6.0, 9.0], vec![2.0, 3.0, 5.0, 7.0, 8.0], 1.0),
            (range(1, 3), range(4, 13), 2.0 / 286.0),
        ] {
            let t = mann_whitney(&base, &head, 0.05).expect("a test");
            assert!((t.p - p).abs() < 1e-12, "{base:?} {head:?}: {t:?}");
        }
    }

    /// Reference value: scipy 1.17.1, `stats.mannwhitneyu([1,2,2,3,4], [2,3,4,5,5,6], method='asymptotic')`.
    #[test]
    fn ties_meet_scipy() {
        let t = mann_whitney(&[1.0, 2.0, 2.0, 3.0, 4.0], &[2.0, 3.0, 4.0, 5.0, 5.0, 6.0], 0.05)
            .expect("a test");
        assert!((t.p / REFERENCE - 1.0).abs() < 1e-8, "{t:?}");
    }

    /// R's `wilcox.test(6:10, 1:5, conf.int = TRUE)` gives 5 with the interval 2 to 8.
    #[test]
    fn the_shift_meets_hodges_and_lehmann() {
        let t = mann_whitney(&range(1, 5), &range(6, 10), 0.05).expect("a test");
        assert_eq!((t.change, t.low, t.high), (5.0, 2.0, 8.0));
    }

    #[test]
    fn equal_sides_are_no_evidence() {
        let t = mann_whitney(&[1.0; 5], &[1.0; 5], 0.05).expect("a test");
        assert_eq!((t.change, t.p), (0.0, 1.0));
        assert_eq!(mann_whitney(&[], &[1.0], 0.05), None);
    }

    const REFERENCE: f64 = 0.077_946_914_588_724_82;
}
