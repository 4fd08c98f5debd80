//! What the gate makes of a pull request, and what tests without its care make of the same runs.

use benchgate::config::Config;
use benchgate::diag::{Diagnostics, ExitCode};
use benchgate::gate::{Collector, Facts, decide, flagged};
use benchgate::model::{
    BenchmarkId, Data, Measurement, Order, Report, Run, Side, SideInfo, Stage, Verdict,
};
use benchgate::stats::named;
use jiff::civil::Date;

use crate::draw::{self, BENCHMARKS, PullRequest};
use crate::world::{Plan, World};

/// By how much benchmarks get slower where a pull request changes any.
pub(crate) const SIZES: [f64; 3] = [0.05, 0.10, 0.20];
/// How many of the benchmarks get slower by each size.
const OF_EACH: usize = 5;
/// The level of the tests for contrast.
const ALPHA: f64 = 0.05;

/// Counts over pull requests; those in pairs are per comparison and per pull request.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    /// Pull requests without a change.
    pub(crate) pull_requests: u32,
    /// Comparisons in them that are called regressed, and pull requests that fail.
    pub(crate) alarms: [u32; 2],
    /// Comparisons in them that are called inconclusive.
    pub(crate) inconclusive: u32,
    /// Comparisons in them that are called suspect.
    pub(crate) suspect: u32,
    /// Comparisons of all pull requests whose interval holds the true change, of how many.
    pub(crate) covered: [u32; 2],
    /// Regressed comparisons among those that did get slower, for each size, of how many each.
    pub(crate) found: [u32; 3],
    /// See `found`.
    pub(crate) slower: u32,
    /// A t test at 5 % on the samples of the first run of each side.
    pub(crate) samples: [u32; 2],
    /// Means of the first run of each side that differ by more than 10 %, slower.
    pub(crate) ratio: [u32; 2],
    /// A t test at 5 % on one number of every run.
    pub(crate) runs: [u32; 2],
}

impl Counts {
    /// The sum of both.
    pub(crate) fn plus(mut self, other: Self) -> Self {
        let pair = |a: &mut [u32; 2], b: [u32; 2]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        self.pull_requests += other.pull_requests;
        self.inconclusive += other.inconclusive;
        self.suspect += other.suspect;
        self.slower += other.slower;
        self.found.iter_mut().zip(other.found).for_each(|(a, b)| *a += b);
        pair(&mut self.alarms, other.alarms);
        pair(&mut self.covered, other.covered);
        pair(&mut self.samples, other.samples);
        pair(&mut self.ratio, other.ratio);
        pair(&mut self.runs, other.runs);
        self
    }

    fn cover(&mut self, report: &Report, changes: impl Fn(usize) -> f64) {
        for comparison in &report.comparisons {
            let Some(change) = comparison.change else { continue };
            let truth = changes(number(&comparison.benchmark)) - 1.0;
            let inside = change.low.is_none_or(|low| low <= truth)
                && change.high.is_none_or(|high| truth <= high);
            self.covered[0] += u32::from(inside);
            self.covered[1] += 1;
        }
    }
}

/// The rules: whatever is proven to be slower than the margin fails the build.
pub(crate) fn rules(world: &World) -> Config {
    let one_run = if world.one_run_decides { "decide" } else { "suspect" };
    let text = format!(
        "version: 1\ngate: {{ one-run: {one_run} }}\nrules:\n  - regression: {{ metric: time, critical: 3% }}\n"
    );
    Config::parse("simulate", &text, None).expect("a valid configuration")
}

/// Judges the pull request `number` of a world twice: once without a change, once with fifteen benchmarks slower.
pub(crate) fn judge(world: &World, config: &Config, seed: u64, number: u64) -> Counts {
    let mut counts = Counts { pull_requests: 1, slower: OF_EACH as u32, ..Counts::default() };
    let mut first: [Vec<Vec<f64>>; 2] =
        [vec![Vec::new(); BENCHMARKS], vec![Vec::new(); BENCHMARKS]];
    let report = gate(world, config, |_| 1.0 + world.everywhere, seed, 2 * number, &mut |run| {
        if let (0, Stage::Screen, Data::Values(values)) = (run.block, run.stage, &run.data) {
            first[draw::side(run.side)][self::number(&run.benchmark)].clone_from(values);
        }
    });
    counts.alarms[1] = u32::from(report.exit_code == ExitCode::Fail.code());
    for comparison in &report.comparisons {
        match comparison.verdict {
            Verdict::Regressed => counts.alarms[0] += 1,
            Verdict::Inconclusive => counts.inconclusive += 1,
            Verdict::Suspect => counts.suspect += 1,
            _ => {}
        }
    }
    counts.cover(&report, |_| 1.0 + world.everywhere);
    without_care(&first, &report.measurements, &mut counts);

    let report = gate(world, config, changed, seed, 2 * number + 1, &mut |_| ());
    for comparison in report.comparisons.iter().filter(|c| c.verdict == Verdict::Regressed) {
        if let Some(found) = counts.found.get_mut(self::number(&comparison.benchmark) / OF_EACH) {
            *found += 1;
        }
    }
    counts.cover(&report, changed);
    counts
}

/// The factor by which a benchmark changes: the first five by the first size, and so on; all others not at all.
fn changed(benchmark: usize) -> f64 {
    SIZES.get(benchmark / OF_EACH).map_or(1.0, |size| 1.0 + size)
}

fn number(benchmark: &BenchmarkId) -> usize {
    benchmark.as_str().trim_start_matches('b').parse().expect("a simulated benchmark")
}

fn gate(
    world: &World,
    config: &Config,
    changes: impl Fn(usize) -> f64,
    seed: u64,
    number: u64,
    see: &mut dyn FnMut(&Run),
) -> Report {
    let mut pull_request = PullRequest::new(world, changes, seed, number);
    let mut runs = Vec::new();
    pull_request.first_look(&mut |run| {
        see(&run);
        runs.push(run);
    });
    if world.plan == Plan::TwoLooks {
        let open = flagged(&decided(world, config, &runs));
        pull_request.second_look(&|benchmark| open.contains(benchmark), &mut |run| runs.push(run));
    }
    decided(world, config, &runs)
}

fn decided(world: &World, config: &Config, runs: &[Run]) -> Report {
    let collector = Collector::new(config);
    for run in runs {
        collector.take(run.clone());
    }
    let order = match world.plan {
        Plan::Sequential(_) => Order::Sequential,
        Plan::Blocks(_) | Plan::TwoLooks => Order::Interleaved,
    };
    decide(Facts {
        measurements: collector.finish(&Diagnostics::new()),
        base: SideInfo::default(),
        head: SideInfo::default(),
        order,
        config,
        today: Date::ZERO,
        allow_empty_base: false,
        diagnostics: Vec::new(),
    })
}

/// Tests that count samples, or runs but neither margin nor family, on the runs of a pull request without a change.
fn without_care(first: &[Vec<Vec<f64>>; 2], measurements: &[Measurement], counts: &mut Counts) {
    let logs = |values: &[f64]| values.iter().map(|value| value.ln()).collect::<Vec<f64>>();
    let sum = |values: &[f64]| values.iter().sum::<f64>();
    let differ = |base: &[f64], head: &[f64]| {
        named::welch(&logs(base), &logs(head), ALPHA).is_some_and(|test| test.p < ALPHA)
    };
    let [bases, heads] = first;
    for (base, head) in bases.iter().zip(heads) {
        counts.samples[0] += u32::from(differ(base, head));
        counts.ratio[0] += u32::from(sum(head) > 1.1 * sum(base));
    }
    let of = |side| measurements.iter().filter(move |m| m.side == side && m.stage == Stage::Screen);
    for (base, head) in of(Side::Base).zip(of(Side::Head)) {
        counts.runs[0] += u32::from(differ(&base.per_run, &head.per_run));
    }
    for [comparisons, pull_requests] in [&mut counts.samples, &mut counts.ratio, &mut counts.runs] {
        *pull_requests = u32::from(*comparisons > 0);
    }
}
