//! Runs drawn at random: what a harness would have measured in a world.

use std::f64::consts::TAU;
use std::sync::Arc;

use benchgate::model::{BenchmarkId, Data, Metric, Origin, Run, Side, Stage, Unit};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::world::{Plan, World};

/// Benchmarks of a pull request.
pub(crate) const BENCHMARKS: usize = 100;
/// Samples of a run.
const SAMPLES: usize = 20;

/// One pull request and what is behind its numbers.
pub(crate) struct PullRequest<'a> {
    world: &'a World,
    random: ChaCha8Rng,
    benchmarks: Vec<Benchmark>,
    /// How many runs of the suite were taken.
    taken: u32,
    file: Arc<str>,
}

/// What is behind the runs of one benchmark; logarithms, and their standard deviations.
struct Benchmark {
    id: BenchmarkId,
    /// The true time of each side, as [`side`] counts them.
    times: [f64; 2],
    /// From run to run.
    runs: f64,
    /// Inside a run.
    samples: f64,
    /// What moved the run before, in standard deviations.
    before: f64,
}

/// Where a run belongs.
#[derive(Clone, Copy)]
struct Turn {
    stage: Stage,
    side: Side,
    block: u32,
}

impl<'a> PullRequest<'a> {
    /// The pull request `number` of a world, in which the benchmarks change by the factors `changes`; the same seed
    /// and number give the same runs.
    pub(crate) fn new(
        world: &'a World,
        changes: impl Fn(usize) -> f64,
        seed: u64,
        number: u64,
    ) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number);
        let benchmarks = (0..BENCHMARKS).map(|i| {
            // Noise differs between the benchmarks of a suite, mostly by up to a factor of two to either side.
            let runs = world.runs * (0.5 * normal(&mut random)).exp();
            let samples = runs * (0.3 * normal(&mut random)).exp();
            let time = random.random_range(3.0..15.0);
            let link = if world.relinked { 0.0 } else { world.layout };
            let times =
                [0.0, changes(i).ln()].map(|change| time + change + link * normal(&mut random));
            Benchmark {
                id: BenchmarkId::new(format!("b{i}")),
                times,
                runs,
                samples,
                before: normal(&mut random),
            }
        });
        Self {
            benchmarks: benchmarks.collect(),
            world,
            random,
            taken: 0,
            file: Arc::from("simulated"),
        }
    }

    /// The runs of the first look, or of the only one.
    pub(crate) fn first_look(&mut self, take: &mut dyn FnMut(Run)) {
        match self.world.plan {
            Plan::Blocks(blocks) => self.blocks(Stage::Screen, blocks, &|_| true, take),
            Plan::TwoLooks => self.blocks(Stage::Screen, 5, &|_| true, take),
            Plan::Sequential(runs) => {
                for side in [Side::Base, Side::Head] {
                    for block in 0..runs {
                        self.suite(Turn { stage: Stage::Screen, side, block }, &|_| true, take);
                    }
                }
            }
        }
    }

    /// Ten fresh blocks of the benchmarks that are wanted.
    pub(crate) fn second_look(
        &mut self,
        wanted: &dyn Fn(&BenchmarkId) -> bool,
        take: &mut dyn FnMut(Run),
    ) {
        self.blocks(Stage::Confirm, 10, wanted, take);
    }

    fn blocks(
        &mut self,
        stage: Stage,
        blocks: u32,
        wanted: &dyn Fn(&BenchmarkId) -> bool,
        take: &mut dyn FnMut(Run),
    ) {
        for block in 0..blocks {
            let mut sides = [Side::Base, Side::Head];
            if self.random.random_bool(0.5) {
                sides.reverse();
            }
            for side in sides {
                self.suite(Turn { stage, side, block }, wanted, take);
            }
        }
    }

    /// One run of every benchmark that is wanted.
    fn suite(
        &mut self,
        turn: Turn,
        wanted: &dyn Fn(&BenchmarkId) -> bool,
        take: &mut dyn FnMut(Run),
    ) {
        let (world, random) = (self.world, &mut self.random);
        let mut common = world.common * normal(random);
        let passed = f64::from(self.taken) / f64::from(world.plan.runs());
        common += world.drift * passed + if passed >= 0.5 { world.step } else { 0.0 };
        self.taken += 1;
        for benchmark in self.benchmarks.iter_mut().filter(|b| wanted(&b.id)) {
            let moved = student(world.tails, random);
            benchmark.before =
                world.memory * benchmark.before + (1.0 - world.memory.powi(2)).sqrt() * moved;
            let mut level =
                benchmark.times[side(turn.side)] + common + benchmark.runs * benchmark.before;
            if world.relinked {
                level += world.layout * normal(random);
            }
            if random.random_bool(0.5) {
                level += world.modes;
            }
            let mut scatter = benchmark.samples;
            if random.random_bool(world.disturbed) {
                let longer: f64 = random.random_range(0.0..0.5);
                level += longer.ln_1p();
                scatter += longer / 2.0;
            }
            let samples = (0..SAMPLES).map(|_| (level + scatter * normal(random)).exp()).collect();
            take(Run {
                side: turn.side,
                block: turn.block,
                stage: turn.stage,
                benchmark: benchmark.id.clone(),
                metric: Metric::time(),
                unit: Unit::Nanoseconds,
                data: Data::Values(samples),
                at: Vec::new(),
                throughput: None,
                link: world.relinked.then_some(u64::from(turn.block)),
                origin: Origin { file: Arc::clone(&self.file), line: None },
            });
        }
    }
}

/// The index of a side.
pub(crate) fn side(side: Side) -> usize {
    match side {
        Side::Base => 0,
        Side::Head => 1,
    }
}

/// A standard normal number (Box & Muller 1958).
pub(crate) fn normal(random: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (TAU * angle).cos()
}

/// Student's t with this many degrees of freedom, not scaled: its middle is about that of a normal number.
fn student(freedom: f64, random: &mut ChaCha8Rng) -> f64 {
    if freedom.is_infinite() {
        return normal(random);
    }
    let squares: f64 = (0..freedom as usize).map(|_| normal(random).powi(2)).sum();
    normal(random) / (squares / freedom).sqrt()
}
