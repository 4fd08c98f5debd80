use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::Unit;

/// Which way a metric is better.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// A smaller number is better: time, memory, errors.
    Lower,
    /// A larger number is better: throughput.
    Higher,
}

impl Better {
    /// Flips the sign of a log change where a larger number is better, so that positive means worse.
    #[must_use]
    pub fn worse(self, log_change: f64) -> f64 {
        match self {
            Self::Lower => log_change,
            Self::Higher => -log_change,
        }
    }

    /// `|head/base - 1|` for a log change that is already signed so that positive means worse; negative where the change is an improvement.
    #[must_use]
    pub fn magnitude(self, worse_log_change: f64) -> f64 {
        match self {
            Self::Lower => worse_log_change.exp_m1(),
            Self::Higher => -(-worse_log_change).exp_m1(),
        }
    }
}

/// The name of what is measured: `time`, `throughput`, `memory` …
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Metric(Cow<'static, str>);

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}

/// What benchgate knows of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricInfo {
    /// The metric's name.
    pub name: &'static str,
    /// Which way is better.
    pub better: Better,
    /// A counter that the same code gives again exactly, run after run, if two runs agree.
    pub counter: bool,
}

impl Metric {
    /// The metrics that need no declaration in the configuration.
    ///
    /// Rates of disk and network are resources that the code uses up, not what it achieves: less is better. What a
    /// benchmark of the disk itself achieves is its `throughput`.
    pub const KNOWN: &'static [MetricInfo] = &[
        MetricInfo { name: "time", better: Better::Lower, counter: false },
        MetricInfo { name: "cpu", better: Better::Lower, counter: false },
        MetricInfo { name: "cpu-time", better: Better::Lower, counter: false },
        MetricInfo { name: "memory", better: Better::Lower, counter: false },
        MetricInfo { name: "peak-memory", better: Better::Lower, counter: false },
        MetricInfo { name: "tmpfs", better: Better::Lower, counter: false },
        MetricInfo { name: "disk", better: Better::Lower, counter: false },
        MetricInfo { name: "disk-read", better: Better::Lower, counter: false },
        MetricInfo { name: "disk-write", better: Better::Lower, counter: false },
        MetricInfo { name: "network", better: Better::Lower, counter: false },
        MetricInfo { name: "network-rx", better: Better::Lower, counter: false },
        MetricInfo { name: "network-tx", better: Better::Lower, counter: false },
        MetricInfo { name: "error-rate", better: Better::Lower, counter: false },
        MetricInfo { name: "instructions", better: Better::Lower, counter: true },
        MetricInfo { name: "allocations", better: Better::Lower, counter: true },
        MetricInfo { name: "size", better: Better::Lower, counter: true },
        MetricInfo { name: "throughput", better: Better::Higher, counter: false },
    ];

    /// Takes a name; `_` becomes `-` so that `error_rate` and `error-rate` are one metric.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let known = Self::KNOWN.iter().find(|known| known.name == name);
        Self(known.map_or_else(|| name.replace('_', "-").into(), |known| known.name.into()))
    }

    /// The metric `time`.
    #[must_use]
    pub fn time() -> Self {
        Self(Cow::Borrowed("time"))
    }

    /// The metric `throughput`.
    #[must_use]
    pub fn throughput() -> Self {
        Self(Cow::Borrowed("throughput"))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What benchgate knows of this metric, `None` where the configuration must declare it.
    #[must_use]
    pub fn info(&self) -> Option<&'static MetricInfo> {
        Self::KNOWN.iter().find(|known| known.name == self.0)
    }

    /// Whether zero is no number at all for this metric: nothing takes no time.
    #[must_use]
    pub fn zero_is_invalid(&self) -> bool {
        matches!(self.as_str(), "time" | "throughput")
    }

    /// Whether a mean of this metric over n trials is a count of n (errors of requests).
    #[must_use]
    pub fn is_rate(&self, unit: Unit) -> bool {
        self.as_str() == "error-rate" && matches!(unit, Unit::Ratio | Unit::Percent)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
