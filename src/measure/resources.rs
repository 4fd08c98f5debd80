//! CPU and memory of a process tree while it runs.
//!
//! The thread that waits for a child takes the samples, every 50 ms at first; in a long run the interval doubles
//! whenever there are enough of them, so that a day takes no more memory than a minute.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

mod tree;

/// The first interval between samples.
const INTERVAL: Duration = Duration::from_millis(50);
/// How many samples are kept at most.
const MOST: usize = 600;

/// A process, also after its number was given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ProcessKey {
    /// Its number.
    pub(super) pid: u32,
    /// When it started, in the platform's own unit.
    pub(super) start: u64,
}

/// What a tree used, over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// The points, in order.
    pub points: Vec<Point>,
}

/// One look at a process tree.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Seconds since the start.
    pub at: f64,
    /// CPU since the point before, in percent of one core: 200 is two cores in full use.
    pub cpu: f64,
    /// Resident memory of all its processes, in bytes. Pages that they share count once for each.
    pub memory: u64,
}

/// What a series of numbers comes to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The mean.
    pub mean: f64,
    /// The largest.
    pub max: f64,
    /// The slope of the straight line through the points, a second; `None` below ten points or five seconds, where
    /// it would be the start-up of the program.
    pub trend: Option<f64>,
}

impl Samples {
    /// The CPU of every point, in percent of one core.
    #[must_use]
    pub fn cpu(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.cpu).collect()
    }

    /// The memory of every point, in bytes.
    #[must_use]
    pub fn memory(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.memory as f64).collect()
    }

    /// Mean, maximum and trend of the CPU, in percent of one core; `None` without points.
    #[must_use]
    pub fn cpu_series(&self) -> Option<Series> {
        self.series(&self.cpu())
    }

    /// Mean, maximum and trend of the memory, in bytes; `None` without points.
    #[must_use]
    pub fn memory_series(&self) -> Option<Series> {
        self.series(&self.memory())
    }

    fn series(&self, values: &[f64]) -> Option<Series> {
        let max = values.iter().copied().reduce(f64::max)?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(Series { mean, max, trend: self.trend(values, mean) })
    }

    /// Least squares against time.
    fn trend(&self, values: &[f64], mean: f64) -> Option<f64> {
        const POINTS: usize = 10;
        const SECONDS: f64 = 5.0;
        let (first, last) = (self.points.first()?, self.points.last()?);
        if values.len() < POINTS || last.at - first.at < SECONDS {
            return None;
        }
        let middle = self.points.iter().map(|p| p.at).sum::<f64>() / values.len() as f64;
        let (mut across, mut along) = (0.0, 0.0);
        for (point, value) in self.points.iter().zip(values) {
            across += (point.at - middle) * (value - mean);
            along += (point.at - middle).powi(2);
        }
        Some(across / along).filter(|slope| slope.is_finite())
    }
}

/// Takes samples of one tree.
pub(super) struct Sampler {
    tree: tree::Tree,
    start: Instant,
    last: Instant,
    due: Instant,
    interval: Duration,
    cpu: Duration,
    points: Vec<Point>,
    own_peak: Option<u64>,
}

impl Sampler {
    /// A sampler for the child `pid`, which has just been started.
    pub(super) fn new(pid: u32, start: Instant) -> Self {
        Self {
            tree: tree::Tree::new(pid),
            start,
            last: start,
            due: start + INTERVAL,
            interval: INTERVAL,
            cpu: Duration::ZERO,
            points: Vec::new(),
            own_peak: Self::own_memory(),
        }
    }

    /// The most memory that this process has held so far, in bytes.
    pub(super) fn own_memory() -> Option<u64> {
        tree::own_peak()
    }

    /// [`Sampler::own_memory`] when the child was started.
    pub(super) fn own_peak(&self) -> Option<u64> {
        self.own_peak
    }

    /// The most memory that one process was seen to hold, in bytes.
    pub(super) fn peak(&self) -> Option<u64> {
        self.tree.peak()
    }

    /// Every process that was seen in the tree.
    pub(super) fn seen(&self) -> BTreeSet<ProcessKey> {
        self.tree.seen().clone()
    }

    /// Takes a sample if one is due; returns when the next one is.
    pub(super) fn tick(&mut self, now: Instant) -> Instant {
        if now < self.due {
            return self.due;
        }
        if let Some(look) = self.tree.look() {
            let span = now.saturating_duration_since(self.last).as_secs_f64();
            // A process that ended without being waited for takes its CPU time with it.
            let used = look.cpu.saturating_sub(self.cpu).as_secs_f64();
            if span > 0.0 {
                self.points.push(Point {
                    at: now.saturating_duration_since(self.start).as_secs_f64(),
                    cpu: 100.0 * used / span,
                    memory: look.memory,
                });
            }
            (self.cpu, self.last) = (look.cpu, now);
            if self.points.len() >= MOST {
                self.thin();
            }
        }
        // Not from the time before: after a pause the missed samples are not made up for.
        self.due = now + self.interval;
        self.due
    }

    /// Merges neighbours: the CPU of both together, the memory of the later, which is a look and not a span.
    fn thin(&mut self) {
        let mut before = 0.0;
        let merged = self
            .points
            .chunks(2)
            .filter_map(|pair| {
                let (first, last) = (pair.first()?, pair.last()?);
                let (one, two) = (first.at - before, last.at - first.at);
                before = last.at;
                let cpu = if pair.len() == 2 {
                    (first.cpu * one + last.cpu * two) / (one + two)
                } else {
                    first.cpu
                };
                Some(Point { at: last.at, cpu, memory: first.memory.max(last.memory) })
            })
            .collect();
        self.points = merged;
        self.interval *= 2;
    }

    /// What was seen.
    pub(super) fn into_samples(self) -> Samples {
        Samples { points: self.points }
    }
}
