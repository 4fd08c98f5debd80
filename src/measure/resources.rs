//! CPU and memory of a process tree while it runs.
//!
//! The thread that waits for a child takes the samples, every 50 ms at first; in a long run the interval doubles
//! whenever there are enough of them, so that a day takes no more memory than a minute.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

mod tree;

/// The first interval between samples.
const INTERVAL: Duration = Duration::from_millis(50);
/// How many samples are kept at most.
const MOST: usize = 600;

/// A process, also after its number was given to another.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ProcessKey {
    /// Its number.
    pub(super) pid: u32,
    /// When it started, in clock ticks since the machine did.
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

    /// When each point was taken, in seconds since the first, to the microsecond.
    #[must_use]
    pub fn at(&self) -> Vec<f64> {
        let first = self.points.first().map_or(0.0, |point| point.at);
        let since = |point: &Point| ((point.at - first) * 1e6).round() / 1e6;
        self.points.iter().map(since).collect()
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
    #[cfg(target_os = "linux")]
    pub(super) fn seen(&self) -> std::collections::BTreeSet<ProcessKey> {
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

    /// Merges neighbours: the CPU of both together, the larger memory of the two.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(points: impl IntoIterator<Item = (f64, f64, u64)>) -> Samples {
        let point = |(at, cpu, memory)| Point { at, cpu, memory };
        Samples { points: points.into_iter().map(point).collect() }
    }

    #[test]
    fn mean_maximum_and_trend() {
        let leak = samples((0..=100).map(|i| (f64::from(i) / 10.0, 50.0, 1000 + 10 * i as u64)));
        let memory = leak.memory_series().unwrap();
        assert_eq!((memory.mean, memory.max), (1500.0, 2000.0));
        assert!((memory.trend.unwrap() - 100.0).abs() < 1e-9);
        let cpu = leak.cpu_series().unwrap();
        assert_eq!((cpu.mean, cpu.max, cpu.trend), (50.0, 50.0, Some(0.0)));
    }

    #[test]
    fn a_short_run_has_no_trend_and_an_empty_one_nothing() {
        let short = samples([(0.05, 100.0, 5), (0.1, 90.0, 6)]);
        assert_eq!(short.memory_series(), Some(Series { mean: 5.5, max: 6.0, trend: None }));
        assert_eq!(samples([]).cpu_series(), None);
        let at_once = samples((0..20).map(|_| (1.0, 1.0, 1)));
        assert_eq!(at_once.cpu_series().unwrap().trend, None);
    }

    #[test]
    fn times_count_from_the_first_point() {
        let points = samples([(0.0501, 1.0, 1), (0.100_100_04, 1.0, 1), (0.15, 1.0, 1)]);
        assert_eq!(points.at(), [0.0, 0.05, 0.0999]);
        assert!(samples([]).at().is_empty());
    }

    #[test]
    fn a_long_run_is_thinned_without_losing_its_peaks() {
        let start = Instant::now();
        let mut sampler = Sampler::new(std::process::id(), start);
        sampler.points =
            samples((1..=4).map(|i| (f64::from(i), 10.0 * f64::from(i), 100 - i as u64))).points;
        sampler.thin();
        let thinned = sampler.into_samples();
        assert_eq!(thinned, samples([(2.0, 15.0, 99), (4.0, 35.0, 97)]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_number_of_points_is_bounded() {
        let mut now = Instant::now();
        let mut sampler = Sampler::new(std::process::id(), now);
        for _ in 0..2 * MOST {
            now = sampler.tick(now);
        }
        assert!(sampler.points.len() < MOST);
        assert!(sampler.interval > INTERVAL);
        assert!(sampler.peak().is_some() && !sampler.seen().is_empty());
    }
}
