//! What happens to the numbers on the way from the code to the gate.

/// How the runs of a pull request are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Blocks of one base and one head run, in random order.
    Blocks(u32),
    /// Five blocks of everything, then ten fresh ones of what they leave open; what `measure` does by default.
    TwoLooks,
    /// All runs of base, then as many of head.
    Sequential(u32),
}

impl Plan {
    /// How many runs of the suite are taken, at most.
    pub(crate) fn runs(self) -> u32 {
        match self {
            Self::Blocks(blocks) => 2 * blocks,
            Self::TwoLooks => 2 * (5 + 10),
            Self::Sequential(runs) => 2 * runs,
        }
    }
}

/// A machine, as far as a benchmark notices it. Spreads and shifts are of the logarithm of the time, so 0.01 is 1 %.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    /// What the tables call it.
    pub(crate) name: &'static str,
    /// How the runs are taken.
    pub(crate) plan: Plan,
    /// Standard deviation from run to run of a typical benchmark; others have half or twice as much.
    pub(crate) runs: f64,
    /// Degrees of freedom of what differs from run to run, infinite for a normal distribution.
    pub(crate) tails: f64,
    /// Share of runs that something disturbs: they take up to half as long again, and their samples scatter.
    pub(crate) disturbed: f64,
    /// How much slower the last run is than the first.
    pub(crate) drift: f64,
    /// How much slower the machine is from the middle on.
    pub(crate) step: f64,
    /// Correlation of each run of a benchmark with the one before it.
    pub(crate) memory: f64,
    /// Distance of two modes, of which each run is in one at random.
    pub(crate) modes: f64,
    /// Standard deviation of what a whole run of the suite has in common.
    pub(crate) common: f64,
    /// Standard deviation of what the place in the executable makes of a benchmark.
    pub(crate) layout: f64,
    /// Whether each block is linked anew; otherwise each side is one draw of layout.
    pub(crate) relinked: bool,
    /// True change of every benchmark where a pull request is said to change nothing: 0, or up to the margin.
    pub(crate) everywhere: f64,
    /// Whether one run a side, or sequential runs, may fail the build.
    pub(crate) one_run_decides: bool,
}

const CALM: World = World {
    name: "calm: 1 % from run to run",
    plan: Plan::Blocks(10),
    runs: 0.01,
    tails: f64::INFINITY,
    disturbed: 0.0,
    drift: 0.0,
    step: 0.0,
    memory: 0.0,
    modes: 0.0,
    common: 0.0,
    layout: 0.0,
    relinked: false,
    everywhere: 0.0,
    one_run_decides: false,
};

const SEQUENCE: World = World { plan: Plan::Sequential(10), step: 0.05, ..CALM };
const ONE_RUN: World = World { plan: Plan::Sequential(1), disturbed: 0.1, ..CALM };

/// Exactly the margin is not more than the margin, and nothing that is allowed is harder to tell from more.
const MARGIN: World = World { everywhere: 0.03, ..CALM };

/// The rows of the tables.
pub(crate) const WORLDS: &[World] = &[
    CALM,
    World { name: "noisy: 3 %", runs: 0.03, ..CALM },
    World { name: "heavy tails: Student's t with 3 degrees of freedom", tails: 3.0, ..CALM },
    World { name: "one run in ten disturbed, by up to 50 %", disturbed: 0.1, ..CALM },
    World { name: "two modes 6 % apart", modes: 0.06, ..CALM },
    World { name: "drift: 10 % slower from first to last", drift: 0.1, ..CALM },
    World { name: "autocorrelated: 2 %, 0.8 with the run before", runs: 0.02, memory: 0.8, ..CALM },
    World { name: "whole runs of the suite 3 % up or down", common: 0.03, ..CALM },
    World { name: "machine 5 % slower from the middle on", step: 0.05, ..CALM },
    World { name: "layout 2 %, linked anew for each block", layout: 0.02, relinked: true, ..CALM },
    World { name: "layout 2 %, one link a side", layout: 0.02, ..CALM },
    World { name: "calm, 3 blocks", plan: Plan::Blocks(3), ..CALM },
    World { name: "calm, 5 blocks", plan: Plan::Blocks(5), ..CALM },
    World { name: "noisy, 5 blocks", plan: Plan::Blocks(5), runs: 0.03, ..CALM },
    World { name: "noisy, 20 blocks", plan: Plan::Blocks(20), runs: 0.03, ..CALM },
    World { name: "noisy, 40 blocks", plan: Plan::Blocks(40), runs: 0.03, ..CALM },
    World { name: "calm, two looks", plan: Plan::TwoLooks, ..CALM },
    World { name: "noisy, two looks", plan: Plan::TwoLooks, runs: 0.03, ..CALM },
    World {
        name: "drift, 10 runs a side in sequence",
        plan: Plan::Sequential(10),
        drift: 0.1,
        ..CALM
    },
    World { name: "5 % slower from the middle, in sequence", ..SEQUENCE },
    World {
        name: "5 % slower from the middle, in sequence, `one-run: decide`",
        one_run_decides: true,
        ..SEQUENCE
    },
    World { name: "calm, one run a side", plan: Plan::Sequential(1), ..CALM },
    World { name: "one run in ten disturbed, one run a side", ..ONE_RUN },
    World {
        name: "one run in ten disturbed, one run a side, `one-run: decide`",
        one_run_decides: true,
        ..ONE_RUN
    },
    World { name: "all 3 % slower, calm", ..MARGIN },
    World { name: "all 3 % slower, noisy", runs: 0.03, ..MARGIN },
    World { name: "all 3 % slower, heavy tails", tails: 3.0, ..MARGIN },
    World { name: "all 3 % slower, one run in ten disturbed", disturbed: 0.1, ..MARGIN },
    World { name: "all 3 % slower, noisy, 5 blocks", runs: 0.03, plan: Plan::Blocks(5), ..MARGIN },
    World { name: "all 3 % slower, noisy, two looks", runs: 0.03, plan: Plan::TwoLooks, ..MARGIN },
];
