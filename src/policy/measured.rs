use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

use foldhash::HashMap;

use super::{Declared, Scope};
use crate::model::{
    BenchmarkId, Better, Measurement, Metric, Order, Side, Statistic, Throughput, Unit, natural,
};
use crate::stats::exact;
use crate::stats::quantile::samples_needed;

/// Everything that was measured, as rules look at it: by side, benchmark, metric and statistic.
///
/// Where benchmarks were measured a second time the first look counts, in which all were measured alike.
#[derive(Debug)]
pub struct Measured<'a> {
    measurements: &'a [Measurement],
    /// Made when the first rule asks.
    sides: OnceLock<Sides<'a>>,
    declared: &'a Declared,
    order: Order,
}

/// What was measured of each side.
#[derive(Debug, Default)]
struct Sides<'a> {
    base: Index<'a>,
    head: Index<'a>,
}

/// What one side measured.
type Index<'a> = HashMap<&'a Metric, Names<'a>>;

/// The benchmarks of a metric.
#[derive(Debug, Default)]
struct Names<'a> {
    groups: HashMap<&'a BenchmarkId, Group<'a>>,
    /// Sorted so that numbers in names count as numbers, when the first rule asks for them.
    natural: OnceLock<Vec<&'a BenchmarkId>>,
}

impl<'a> Sides<'a> {
    fn of(measurements: &'a [Measurement]) -> Self {
        let mut sides = Self::default();
        for m in measurements {
            let side = if m.side == Side::Base { &mut sides.base } else { &mut sides.head };
            let group = side.entry(&m.metric).or_default().groups.entry(&m.benchmark).or_default();
            match group.iter_mut().find(|known| known.statistic == m.statistic) {
                Some(known) if m.stage < known.stage => *known = m,
                Some(_) => {}
                None => group.push(m),
            }
        }
        sides
    }
}

impl<'a> Names<'a> {
    fn natural(&self) -> &[&'a BenchmarkId] {
        self.natural.get_or_init(|| {
            let mut names: Vec<&'a BenchmarkId> = self.groups.keys().copied().collect();
            names.sort_by_cached_key(|benchmark| (natural(benchmark.as_str()), *benchmark));
            names
        })
    }
}

/// The statistics of one benchmark and metric: a handful.
type Group<'a> = Vec<&'a Measurement>;

/// One number of one side, with the runs it stands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading<'a> {
    measurement: &'a Measurement,
    /// Set where a throughput is read from a time: what one iteration processes.
    amount: Option<Throughput>,
    /// Whether the same code gives exactly this number again.
    exact: bool,
}

/// What one run gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunNumber {
    /// Its block, or its position among the runs of its side.
    pub block: u32,
    /// The number, in the unit of the reading.
    pub value: f64,
    /// The relative spread of the samples inside the run; `None` where it holds one number.
    pub spread: Option<f64>,
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// This side has no such benchmark, or not this metric of it.
    Benchmark,
    /// Base has the benchmark that head is held against, but not this metric of it.
    BaseMetric,
    /// The data gives other statistics only.
    Statistic(Statistic),
    /// A percentile of averages over iterations, which the rule does not accept.
    Averages,
    /// A percentile needs more samples a run than there are.
    Samples(u64),
    /// A slope needs samples that tell when they were taken.
    Times,
    /// No run gave a number: all were zero, negative or not finite.
    Number,
    /// What is asked for stands on several runs, and there are fewer than this.
    Runs(u64),
    /// The limit has another unit than the data.
    Unit(Unit),
    /// The rule asks for proof, and the number, which does not hold the limit, has no interval.
    Proof,
    /// The same of a spread from run to run, which never has one.
    ProofOfSpread,
}

impl Missing {
    /// Why a statistic is missing, told from what was measured instead.
    #[must_use]
    pub fn statistic(
        statistic: Statistic,
        instead: Option<&Measurement>,
        accept_averages: bool,
    ) -> Self {
        match (statistic.quantile(), instead) {
            (Some(_), Some(m)) if m.averages && !accept_averages => Self::Averages,
            (Some(q), Some(m)) if m.summary.is_none() => Self::Samples(samples_needed(q)),
            _ if statistic == Statistic::Slope => Self::Times,
            _ => Self::Statistic(statistic),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Benchmark => f.write_str("it was not measured"),
            Self::BaseMetric => f.write_str("base has the benchmark, but not this metric of it"),
            Self::Statistic(statistic) => write!(f, "the data has no {statistic}"),
            Self::Averages => f.write_str(
                "its samples are averages over iterations; set `accept-averages: true` to take the percentile of the averages",
            ),
            Self::Samples(needed) => write!(f, "it needs {needed} samples a run"),
            Self::Times => f.write_str(
                "its samples tell no times; give each sample line a `timestamp`, at least 5 of them after the first fifth of the time",
            ),
            Self::Number => f.write_str("no run gave a number"),
            Self::Runs(needed) => write!(f, "a spread from run to run needs {needed} runs"),
            Self::Proof => f.write_str(
                "it seems not to hold its limit, and has no interval that could prove it; give several runs or samples, or declare the metric `deterministic: true` where the same code always gives the same number",
            ),
            Self::ProofOfSpread => f.write_str(
                "it seems not to hold its limit, and a spread from run to run has no interval that could prove it; take `evidence: estimate`",
            ),
            Self::Unit(unit) => write!(f, "the data is in {}, and the limit is not", unit.words()),
        }
    }
}

impl<'a> Measured<'a> {
    /// Everything in `measurements`.
    #[must_use]
    pub fn new(measurements: &'a [Measurement], declared: &'a Declared) -> Self {
        Self { measurements, sides: OnceLock::new(), declared, order: Order::Unknown }
    }

    /// The same, with what is known of the order of the runs.
    #[must_use]
    pub fn ordered(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// How the runs of the two sides were taken: only interleaved ones are pairs by their blocks.
    #[must_use]
    pub fn order(&self) -> Order {
        self.order
    }

    /// Which way a metric is better; lower where nobody says.
    #[must_use]
    pub fn better(&self, metric: &Metric) -> Better {
        self.declared.better(metric).unwrap_or(Better::Lower)
    }

    /// What changes the environment can make by itself, as a fraction.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.declared.margin
    }

    /// Whether a side has nothing at all.
    #[must_use]
    pub fn is_empty(&self, side: Side) -> bool {
        self.side(side).is_empty()
    }

    /// The benchmarks of a side and scope that have a metric, sorted so that numbers in their names count as numbers.
    /// No scope means all. O(n log n).
    pub fn benchmarks(
        &self,
        side: Side,
        scope: Option<&Scope>,
        metric: &Metric,
    ) -> impl Iterator<Item = &'a BenchmarkId> + use<'a> {
        let index = self.side(side);
        let of = |metric: &Metric| index.get(metric);
        let mut found: Vec<&'a BenchmarkId> = of(metric).map_or(&[][..], Names::natural).to_vec();
        if *metric == Metric::throughput()
            && let Some(times) = of(&Metric::time())
        {
            let with_amount =
                |group: &Group<'_>| group.iter().any(|time| time.throughput.is_some());
            let own = of(metric).map(|own| &own.groups);
            found.extend(times.natural().iter().filter(|benchmark| {
                times.groups.get(*benchmark).is_some_and(with_amount)
                    && !own.is_some_and(|own| own.contains_key(*benchmark))
            }));
            found.sort_by_cached_key(|benchmark| (natural(benchmark.as_str()), *benchmark));
        }
        if let Some(scope) = scope {
            found.retain(|benchmark| scope.contains(benchmark));
        }
        found.into_iter()
    }

    /// The benchmarks of a side, whatever was measured of them, sorted. O(n log n).
    pub fn all_benchmarks(&self, side: Side) -> impl Iterator<Item = &'a BenchmarkId> + use<'a> {
        let benchmarks: BTreeSet<&'a BenchmarkId> =
            self.side(side).values().flat_map(|of| of.groups.keys().copied()).collect();
        benchmarks.into_iter()
    }

    /// One number of a benchmark; the default statistic where none is named.
    ///
    /// # Errors
    /// Why there is none.
    pub fn read(
        &self,
        side: Side,
        benchmark: &BenchmarkId,
        metric: &Metric,
        statistic: Option<Statistic>,
        accept_averages: bool,
    ) -> Result<Reading<'a>, Missing> {
        let time = Metric::time();
        let (group, derived) = match self.group(side, benchmark, metric) {
            Some(group) => (group, false),
            None if *metric == Metric::throughput() => {
                (self.group(side, benchmark, &time).ok_or(Missing::Benchmark)?, true)
            }
            None => return Err(Missing::Benchmark),
        };
        let of = |statistic| group.iter().copied().find(|m| m.statistic == statistic);
        let default = || default_statistic(group.iter().copied());
        let wanted = statistic.unwrap_or_else(default);
        let missing = || Missing::statistic(wanted, of(default()), accept_averages);
        // Of a throughput that is an amount over a time only the middle is that amount over the middle of the time.
        if derived && !matches!(wanted, Statistic::Median | Statistic::Mean) {
            return Err(Missing::Statistic(wanted));
        }
        let measurement = of(wanted).ok_or_else(missing)?;
        if measurement.averages && wanted.quantile().is_some() && !accept_averages {
            return Err(Missing::Averages);
        }
        let amount =
            if derived { Some(measurement.throughput.ok_or(Missing::Benchmark)?) } else { None };
        measurement.estimate.ok_or(Missing::Number)?;
        let exact = self.is_exact(metric, measurement);
        Ok(Reading { measurement, amount, exact })
    }
}

impl<'a> Measured<'a> {
    fn side(&self, side: Side) -> &Index<'a> {
        let sides = self.sides.get_or_init(|| Sides::of(self.measurements));
        match side {
            Side::Base => &sides.base,
            Side::Head => &sides.head,
        }
    }

    /// Whether a number is exact: that of a metric declared deterministic, or of a counter whose runs agree.
    fn is_exact(&self, metric: &Metric, m: &Measurement) -> bool {
        let fewest = if self.declared.deterministic(metric) {
            1
        } else if metric.info().is_some_and(|known| known.counter) {
            2
        } else {
            return false;
        };
        m.statistic != Statistic::Slope && exact::agree(&m.per_run, fewest)
    }

    fn group(&self, side: Side, benchmark: &BenchmarkId, metric: &Metric) -> Option<&Group<'a>> {
        self.side(side).get(metric)?.groups.get(benchmark)
    }
}

impl<'a> Reading<'a> {
    /// The statistic.
    #[must_use]
    pub fn statistic(self) -> Statistic {
        self.measurement.statistic
    }

    /// The unit of its numbers.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.amount.map_or(self.measurement.unit, |amount| amount.unit)
    }

    /// The number: the median over the runs.
    #[must_use]
    pub fn estimate(self) -> f64 {
        self.number(self.measurement.estimate.unwrap_or(f64::NAN))
    }

    /// The ends of its 95 % interval, as far as the data allows one; both are the number itself where it is exact.
    #[must_use]
    pub fn interval(self) -> (Option<f64>, Option<f64>) {
        let (mut low, mut high) = (self.measurement.low, self.measurement.high);
        if self.exact {
            (low, high) = (self.measurement.estimate, self.measurement.estimate);
        }
        let (low, high) = if self.amount.is_some() { (high, low) } else { (low, high) };
        let number = |end: Option<f64>| end.map(|end| self.number(end)).filter(|n| n.is_finite());
        (number(low), number(high))
    }

    /// What each run gave, in the order of the blocks.
    pub fn runs(self) -> impl Iterator<Item = RunNumber> + use<'a> {
        let m = self.measurement;
        m.per_run.iter().zip(&m.blocks).enumerate().map(move |(i, (&value, &block))| RunNumber {
            block,
            value: self.number(value),
            spread: m.noise.get(i).copied().flatten(),
        })
    }

    /// The standard deviation over the mean of each run that has one; of a throughput that is an amount over a time none.
    pub fn cv(self) -> impl Iterator<Item = f64> + use<'a> {
        let own = self.amount.is_none();
        self.measurement.cv.iter().copied().flatten().filter(move |_| own)
    }

    /// The blocks of [`Self::runs`].
    #[must_use]
    pub fn blocks(self) -> &'a [u32] {
        &self.measurement.blocks
    }

    /// How many samples it stands on.
    #[must_use]
    pub fn samples(self) -> u64 {
        self.measurement.samples
    }

    /// Whether its samples are averages over iterations.
    #[must_use]
    pub fn averages(self) -> bool {
        self.measurement.averages
    }

    /// Whether the input gave statistics and no samples.
    #[must_use]
    pub fn of_summary(self) -> bool {
        self.measurement.summary.is_some()
    }

    fn number(self, stored: f64) -> f64 {
        self.amount.map_or(stored, |amount| amount.per_second(stored))
    }
}

/// The statistic that stands for a benchmark where no rule names one: the median where there are samples, the mean for
/// summaries that give a standard deviation, else what there is.
#[must_use]
pub fn default_statistic<'m>(
    measurements: impl Iterator<Item = &'m Measurement> + Clone,
) -> Statistic {
    let has = |statistic| measurements.clone().any(|m| m.statistic == statistic);
    let of_samples =
        |statistic| measurements.clone().any(|m| m.statistic == statistic && m.summary.is_none());
    match () {
        () if of_samples(Statistic::Median) => Statistic::Median,
        () if has(Statistic::Mean) && has(Statistic::Stddev) => Statistic::Mean,
        () if has(Statistic::Median) => Statistic::Median,
        () if has(Statistic::Mean) => Statistic::Mean,
        () => measurements
            .map(|m| m.statistic)
            .filter(|statistic| *statistic != Statistic::Slope)
            .max()
            .unwrap_or(Statistic::Median),
    }
}
