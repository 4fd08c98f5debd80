//! One window before the gate.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::MOST_BLOCKS;
use super::recording::Recording;
use super::window::{Place, Window};
use crate::config::Config;
use crate::diag::{Code, Diagnostic, ExitCode, Level};
use crate::gate::{self, Facts};
use crate::model::{
    BenchmarkId, Better, Comparison, Metric, Order, Outcome, Report, Severity, SideInfo, Statistic,
    Verdict,
};

/// What a row is about.
pub(super) type Key = (BenchmarkId, Metric, Statistic);

/// The comparisons that a rule covers, in the order of the gate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows {
    /// The comparisons of the whole recording; windows have the same, in the same order.
    pub(super) all: Vec<Comparison>,
    /// How many comparisons no rule covers.
    pub(super) without_rule: u64,
    /// What the gate has to say of the whole recording.
    pub(super) warnings: Vec<Diagnostic>,
    at: BTreeMap<Key, usize>,
}

/// What the gate says of a window.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trial {
    /// The build fails.
    pub(super) failed: bool,
    /// The gate cannot tell.
    pub(super) inconclusive: bool,
    /// The kinds of rules that fail the build.
    pub(super) failed_by: Vec<String>,
    /// One entry for each row, in their order.
    pub(super) rows: Vec<Option<Row>>,
}

/// What the gate says of one comparison in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) regressed: bool,
    /// head/base - 1.
    pub(super) change: Option<f64>,
    /// How far the whole interval lies from no change, as a fraction; 0 where it holds no change.
    pub(super) proven: Option<f64>,
    gating: bool,
    /// Its p value against the margin in the worse direction, where Holm corrects it: 1 where the estimate goes the other way.
    p_worse: Option<f64>,
}

/// Decides the whole recording, to know its comparisons.
///
/// # Errors
/// What the gate calls an error, or that no rule covers anything.
pub(super) fn rows(recording: &Recording, config: &Config) -> Result<Rows, Vec<Diagnostic>> {
    let most = recording.blocks().min(MOST_BLOCKS as usize);
    let whole: Window = (0..most).map(|block| Place { block, swapped: false }).collect();
    let report = decide(recording, &whole, 0.0, config);
    let (errors, warnings): (Vec<Diagnostic>, Vec<Diagnostic>) =
        report.diagnostics.into_iter().partition(|d| d.level == Level::Error);
    if !errors.is_empty() {
        return Err(errors);
    }
    let tested = report.comparisons.into_iter().filter(|c| !c.derived);
    let (all, without): (Vec<Comparison>, Vec<Comparison>) =
        tested.partition(|c| c.levels.highest() > Severity::None);
    if all.is_empty() {
        let message = "no regression rule applies to anything that was recorded";
        return Err(vec![
            Diagnostic::error(Code::NothingGated, message)
                .help("add a `regression` rule for a metric of these benchmarks"),
        ]);
    }
    let at = all.iter().enumerate().map(|(i, c)| (key(c), i)).collect();
    Ok(Rows { all, without_rule: without.len() as u64, warnings, at })
}

fn key(c: &Comparison) -> Key {
    (c.benchmark.clone(), c.metric.clone(), c.statistic)
}

fn decide(recording: &Recording, window: &Window, change: f64, config: &Config) -> Report {
    gate::decide(Facts {
        measurements: recording.measurements(window, change),
        base: SideInfo::default(),
        head: SideInfo::default(),
        order: Order::Interleaved,
        config,
        // Only waivers look at the day, and there are none.
        today: Date::ZERO,
        allow_empty_base: false,
        diagnostics: Vec::new(),
    })
}

/// Puts a window before the gate, its head side made worse by `change`.
pub(super) fn trial(
    recording: &Recording,
    window: &Window,
    change: f64,
    rows: &Rows,
    config: &Config,
) -> Trial {
    let report = decide(recording, window, change, config);
    let mut failed_by: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| config.gate.fail_on.fails(finding.severity))
        .map(|finding| finding.rule.clone())
        .collect();
    failed_by.sort_unstable();
    failed_by.dedup();
    let mut found = vec![None; rows.all.len()];
    for comparison in report.comparisons.iter().filter(|c| !c.derived) {
        if let Some(slot) = rows.at.get(&key(comparison)).and_then(|&at| found.get_mut(at)) {
            *slot = Some(Row::of(comparison));
        }
    }
    Trial {
        failed: report.exit_code == ExitCode::Fail.code(),
        inconclusive: report.outcome == Outcome::Inconclusive,
        failed_by,
        rows: found,
    }
}

impl Row {
    fn of(c: &Comparison) -> Self {
        let worse = c.change.is_some_and(|change| match c.better {
            Better::Lower => change.estimate > 0.0,
            Better::Higher => change.estimate < 0.0,
        });
        Self {
            regressed: c.verdict == Verdict::Regressed,
            change: c.change.map(|change| change.estimate),
            proven: c.change.map(|change| {
                let above = change.low.unwrap_or(0.0);
                let below = -change.high.unwrap_or(0.0);
                above.max(below).max(0.0)
            }),
            gating: c.gating,
            // An estimate in the other direction has p > 1/2, which Holm never lets through.
            p_worse: c.adjusted_p.and(c.p_value).map(|p| if worse { p } else { 1.0 }),
        }
    }
}

/// Which rows would be `regressed` if each were worse alone, from a window as it is and the same window with all
/// of them worse.
///
/// A row's own p value does not depend on the others; only Holm's correction does. So the p value of the changed row
/// is corrected among the p values that the others have without a change.
pub(super) fn alone(unchanged: &Trial, changed: &Trial, alpha: f64) -> Vec<bool> {
    let families = [false, true].map(|gating| Family::of(unchanged, gating));
    let proven = |at: usize, row: &Row| {
        let [other, gating] = &families;
        row.p_worse.is_none_or(|p| (if row.gating { gating } else { other }).proves(at, p, alpha))
    };
    let rows = changed.rows.iter().enumerate();
    rows.map(|(at, row)| row.as_ref().is_some_and(|row| row.regressed && proven(at, row))).collect()
}

/// The p values that Holm corrects together, ascending, each with its row.
struct Family(Vec<(f64, usize)>);

impl Family {
    fn of(trial: &Trial, gating: bool) -> Self {
        let rows = trial.rows.iter().enumerate();
        let mut members: Vec<(f64, usize)> = rows
            .filter_map(|(at, row)| Some((row.filter(|row| row.gating == gating)?.p_worse?, at)))
            .collect();
        members.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(members)
    }

    /// Whether the row `at` is proven by Holm's correction where its p value is `p` and the others stay: every
    /// smaller p value and its own, each times how many are not smaller, must be within alpha.
    fn proves(&self, at: usize, p: f64, alpha: f64) -> bool {
        let smaller = self.0.iter().filter(|&&(_, row)| row != at).map(|&(other, _)| other);
        let mut left = self.0.len() as f64;
        for value in smaller.take_while(|&other| other < p).chain([p]) {
            if left * value > alpha {
                return false;
            }
            left -= 1.0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::decide::holm;

    fn row(p: f64, regressed: bool) -> Option<Row> {
        Some(Row { regressed, change: Some(0.1), proven: None, gating: true, p_worse: Some(p) })
    }

    fn trial(rows: Vec<Option<Row>>) -> Trial {
        Trial { failed: false, inconclusive: false, failed_by: Vec::new(), rows }
    }

    /// With three rows the smallest p value is multiplied by three: 0.004 is proven among changed ones only.
    #[test]
    fn alone_holm_is_at_its_strictest() {
        let before = trial(vec![row(0.4, false), row(1.0, false), row(0.7, false)]);
        let after = trial(vec![row(0.001, true), row(0.004, true), row(0.003, true)]);
        assert_eq!(alone(&before, &after, 0.01), [true, false, true]);
    }

    proptest! {
        #[test]
        fn alone_is_what_holm_says(before in prop::collection::vec(0.0f64..0.02, 2..12), p in 0.0f64..0.02, at: prop::sample::Index) {
            let at = at.index(before.len());
            let unchanged = trial(before.iter().map(|&p| row(p, false)).collect());
            let mut changed = unchanged.clone();
            changed.rows[at] = row(p, true);
            let mut family = before;
            family[at] = p;
            prop_assert_eq!(alone(&unchanged, &changed, 0.02)[at], holm(&family)[at] <= 0.02);
        }
    }

    /// A row that Holm does not correct is what the gate says it is; one that is missing is not found.
    #[test]
    fn what_holm_does_not_correct_stays() {
        let plain = |regressed| {
            Some(Row { regressed, change: None, proven: None, gating: true, p_worse: None })
        };
        let before = trial(vec![plain(false), plain(false), None]);
        let after = trial(vec![plain(true), plain(false), None]);
        assert_eq!(alone(&before, &after, 0.01), [true, false, false]);
    }
}
