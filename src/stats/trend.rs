//! Sequential runs: all of base, then all of head, with the machine drifting underneath.

use super::Estimate;

/// One run: when it was measured (its rank) and the logarithm of its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedRun {
    /// Whether it is a head run.
    pub head: bool,
    /// Rank of its start among all runs.
    pub time: f64,
    /// ln of its number.
    pub log: f64,
}

/// Least squares `log = a + change·head + drift·time`, with N - 3 degrees of freedom.
///
/// A level shift of the machine between the two halves looks like a change all the same, which is why a verdict
/// from sequential runs is at most a suspicion. Frisch & Waugh (1933): regress the side on a line in time,
/// then the logs on what is left. `None` for fewer than four runs a side or sides that time explains wholly. O(N).
#[must_use]
pub fn trend(runs: &[TimedRun]) -> Option<Estimate> {
    let n = runs.len() as f64;
    let heads = runs.iter().filter(|run| run.head).count() as f64;
    let bases = n - heads;
    if heads < 4.0 || bases < 4.0 {
        return None;
    }
    let times: Vec<f64> = runs.iter().map(|run| run.time).collect();
    let side = residuals(
        &times,
        &runs.iter().map(|run| f64::from(u8::from(run.head))).collect::<Vec<_>>(),
    );
    let logs = residuals(&times, &runs.iter().map(|run| run.log).collect::<Vec<_>>());
    let left: f64 = side.iter().map(|s| s * s).sum();
    if left < 1e-9 {
        return None;
    }
    let change = side.iter().zip(&logs).map(|(s, l)| s * l).sum::<f64>() / left;
    let squares: f64 = side.iter().zip(&logs).map(|(s, l)| (l - change * s).powi(2)).sum();
    let df = n - 3.0;
    let runs = 2.0 * bases * heads / n;
    Some(Estimate { change, variance: squares / df / left * runs, df, runs, spread: None })
}

/// What a straight line in time leaves of the values.
fn residuals(times: &[f64], values: &[f64]) -> Vec<f64> {
    let (t, v) = (super::mean(times), super::mean(values));
    let squares: f64 = times.iter().map(|time| (time - t).powi(2)).sum();
    let slope = if squares > 0.0 {
        times.iter().zip(values).map(|(time, value)| (time - t) * (value - v)).sum::<f64>()
            / squares
    } else {
        0.0
    };
    times.iter().zip(values).map(|(time, value)| value - v - slope * (time - t)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(logs: &[f64], bases: usize) -> Vec<TimedRun> {
        logs.iter()
            .enumerate()
            .map(|(i, &log)| TimedRun { head: i >= bases, time: i as f64, log })
            .collect()
    }

    #[test]
    fn a_pure_drift_is_no_change() {
        let drift: Vec<f64> = (0..10).map(|i| f64::from(i) * 0.01).collect();
        let e = trend(&runs(&drift, 5)).expect("an estimate");
        assert!(e.change.abs() < 1e-12 && e.variance < 1e-20, "{e:?}");
    }

    /// Reference values: numpy 2, `linalg.lstsq` and `linalg.inv(X'X)`.
    #[test]
    fn meets_ordinary_least_squares() {
        let e = trend(&runs(&[0.01, -0.02, 0.03, 0.00, 0.02, 0.11, 0.15, 0.10, 0.16, 0.12], 5))
            .expect("an estimate");
        assert!((e.change - REFERENCE.0).abs() < 1e-12, "{e:?}");
        assert!((e.variance / e.runs - REFERENCE.1).abs() < 1e-14, "{e:?}");
        assert_eq!((e.df, e.runs), (7.0, 5.0));
    }

    #[test]
    fn needs_four_runs_a_side() {
        assert_eq!(trend(&runs(&[0.0; 7], 4)), None);
        assert_eq!(trend(&[]), None);
    }

    const REFERENCE: (f64, f64) = (0.102_5, 0.000_922_821_428_571_428_3);
}
