use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RuleKind, Wanted};
use crate::diag::Code;
use crate::model::{BenchmarkId, Levels, Metric, Severity, Side, Statistic};
use crate::policy::{Declared, Percent, Problem, Quantity, Scope};

/// The significance level of a named test where the rule does not say.
const NAMED_ALPHA: f64 = 0.05;

/// How much worse than base a metric may become, in up to three levels.
///
/// A change is called a regression only when it is proven to be larger than the margin; its estimate is then
/// compared with the levels. Levels are relative to base and always count in the worse direction, so a
/// throughput of -15 % is 15 %. The last rule that matches a benchmark, metric and statistic replaces the
/// earlier ones whole.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Regression {
    /// The benchmarks it applies to; left out, all.
    pub benchmarks: Option<Scope>,
    /// The metric: `time`, `cpu`, `memory`, `error-rate`, `instructions`, `allocations`, `size`, `throughput`, or one
    /// declared under `metrics`.
    pub metric: Metric,
    /// The statistic; left out, the median, or the mean for summaries that give a standard deviation.
    pub statistic: Option<Statistic>,
    /// Changes up to this are what the environment can do by itself; left out, the margin of the gate. Levels
    /// cannot be below it.
    pub margin: Option<Percent>,
    /// A change from here on is a notice, which is logged.
    pub notice: Option<Percent>,
    /// A change from here on is a warning, which asks for review.
    pub warning: Option<Percent>,
    /// A change from here on is critical, which blocks the merge.
    pub critical: Option<Percent>,
    /// The change must also be at least this large in absolute numbers.
    pub min_change: Option<Quantity>,
    /// `proven`: the change must be proven. `estimate`: the estimate decides, and the report says so.
    #[serde(default)]
    pub evidence: Evidence,
    /// `auto`: the procedure of benchgate. A named test is two-sided on one number a run, without margin and
    /// without correction for the number of benchmarks.
    #[serde(default)]
    pub test: NamedTest,
    /// The significance level of a named test; left out, 5%.
    pub alpha: Option<Percent>,
    /// Take percentiles of samples that are averages over iterations, as criterion's are; the report says so.
    #[serde(default)]
    pub accept_averages: bool,
}

/// What a rule needs before it accuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The change must be proven to be larger than the margin.
    #[default]
    Proven,
    /// The point estimate decides.
    Estimate,
}

impl Evidence {
    /// The default of the rules that look at head alone.
    #[must_use]
    pub fn estimate() -> Self {
        Self::Estimate
    }
}

/// Which test decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NamedTest {
    /// The procedure of benchgate.
    #[default]
    Auto,
    /// Paired t.
    Paired,
    /// Welch's t.
    Welch,
    /// Mann-Whitney U.
    MannWhitney,
}

impl Regression {
    /// A rule for every benchmark of a metric, the rest at its defaults.
    #[must_use]
    pub fn new(metric: Metric, levels: Levels) -> Self {
        Self {
            benchmarks: None,
            metric,
            statistic: None,
            margin: None,
            notice: levels.notice.map(Percent::from_fraction),
            warning: levels.warning.map(Percent::from_fraction),
            critical: levels.critical.map(Percent::from_fraction),
            min_change: None,
            evidence: Evidence::Proven,
            test: NamedTest::Auto,
            alpha: None,
            accept_averages: false,
        }
    }

    /// Whether it applies to a benchmark and metric, for some statistic.
    #[must_use]
    pub fn covers(&self, benchmark: &BenchmarkId, metric: &Metric) -> bool {
        self.metric == *metric
            && self.benchmarks.as_ref().is_none_or(|scope| scope.contains(benchmark))
    }

    /// The significance level of a named test, as a fraction.
    #[must_use]
    pub fn named_alpha(&self) -> f64 {
        self.alpha.map_or(NAMED_ALPHA, Percent::fraction)
    }

    /// The levels, as fractions.
    #[must_use]
    pub fn levels(&self) -> Levels {
        let fraction = |level: Option<Percent>| level.map(Percent::fraction);
        Levels {
            notice: fraction(self.notice),
            warning: fraction(self.warning),
            critical: fraction(self.critical),
        }
    }
}

impl RuleKind for Regression {
    const EXAMPLE: &'static str = r#"- regression: { benchmarks: "parser/**", metric: time, notice: 5%, warning: 10%, critical: 20%, min-change: 50ns }"#;

    fn problems(&self, declared: &Declared) -> Vec<Problem> {
        let mut problems: Vec<Problem> =
            declared.unknown_metric(&self.metric).into_iter().collect();
        let margin = self.margin.map_or(declared.margin, Percent::fraction);
        let named = self.test != NamedTest::Auto;
        let mut problem = |key, code, message: String, help: String| {
            problems.push(Problem { key, code, message, help })
        };

        let levels =
            [("notice", self.notice), ("warning", self.warning), ("critical", self.critical)];
        if self.levels().highest() == Severity::None {
            problem(
                "",
                Code::MissingKey,
                "a regression rule needs at least one level".into(),
                "add `notice`, `warning` or `critical`, e.g. `critical: 20%`".into(),
            );
        }
        if self.statistic == Some(Statistic::Slope) {
            problem(
                "statistic",
                Code::InvalidValue,
                "a slope may be zero or negative, so it has no change in percent".into(),
                "hold it with a `growth` rule, e.g. `growth: { metric: memory, slope: 50MB/h }`"
                    .into(),
            );
        }
        let mut below: Option<(&str, Percent)> = None;
        for (key, level) in levels {
            let Some(level) = level else { continue };
            if level.fraction() < margin && !named {
                let help = format!(
                    "changes inside the margin are never called a regression; raise the level, or give the rule a smaller `margin`, e.g. `margin: {level}`"
                );
                problem(
                    key,
                    Code::LevelOrder,
                    format!(
                        "level {level} is below the margin of {}",
                        Percent::from_fraction(margin)
                    ),
                    help,
                );
            }
            if let Some((milder, lower)) = below.filter(|(_, lower)| *lower > level) {
                problem(
                    key,
                    Code::LevelOrder,
                    format!("`{key}` at {level} is below `{milder}` at {lower}"),
                    "levels rise from notice over warning to critical".into(),
                );
            }
            below = Some((key, level));
        }
        match (self.alpha, named) {
            (Some(_), false) => problem(
                "alpha",
                Code::InvalidValue,
                "`alpha` of a rule belongs to a named test".into(),
                "set `gate: { alpha: … }` for all rules, or name a `test`: paired, welch or mann-whitney".into(),
            ),
            (Some(alpha), true) if !(1e-6..=0.5).contains(&alpha.fraction()) => {
                problem("alpha", Code::InvalidValue, format!("a significance level of {alpha} makes no sense"), "take something between 0.0001% and 50%, e.g. `alpha: 5%`".into());
            }
            _ => {}
        }
        let min_change = self
            .min_change
            .and_then(|least| declared.unit_problem("min-change", &self.metric, least.unit));
        problems.extend(min_change);
        problems
    }

    fn wants(&self, _side: Side, benchmark: &BenchmarkId, metric: &Metric, wanted: &mut Wanted) {
        if let Some(statistic) = self.statistic
            && self.covers(benchmark, metric)
        {
            wanted.add(statistic, self.accept_averages);
        }
    }
}
