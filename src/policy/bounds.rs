use super::Limit;
use super::rules::Evidence;
use crate::model::{Better, Levels, Severity, Status};

/// The limits of a rule in the unit of what was measured, to hold numbers against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    better: Better,
    levels: Levels,
    target: f64,
    severity: Severity,
    evidence: Evidence,
}

/// How a number stands to the limits of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Whether the target holds.
    pub status: Status,
    /// The level that is reached, as far as the rule's evidence goes; a finding from notice on.
    pub severity: Severity,
    /// The limit that is passed: that of the highest level; the target where none is.
    pub limit: f64,
}

impl Bounds {
    /// The limits as numbers. `better` is [`Better::Lower`] where they are ceilings. `None` for a map without a level.
    ///
    /// The target is what must hold: the one value, or that of the highest level, in front of which the others stand.
    pub fn new<T: Copy>(
        limit: &Limit<T>,
        severity: Severity,
        better: Better,
        number: impl Fn(T) -> f64,
    ) -> Option<Self> {
        let levels = limit.levels(severity, &number);
        let (target, severity) = match limit {
            Limit::One(value) => (number(*value), severity),
            Limit::ByLevel(_) => (levels.hardest()?, levels.highest()),
        };
        Some(Self { better, levels, target, severity, evidence: Evidence::Estimate })
    }

    /// The same with what decides: the estimate, or the whole interval, which must then be beyond a limit.
    #[must_use]
    pub fn evidence(self, evidence: Evidence) -> Self {
        Self { evidence, ..self }
    }

    /// The same with limits behind the target, whose levels raise the severity.
    #[must_use]
    pub fn raised(self, behind: Levels) -> Self {
        let levels = Levels {
            notice: behind.notice.or(self.levels.notice),
            warning: behind.warning.or(self.levels.warning),
            critical: behind.critical.or(self.levels.critical),
        };
        Self { levels, ..self }
    }

    /// What must hold.
    #[must_use]
    pub fn target(&self) -> f64 {
        self.target
    }

    /// Which way is better.
    #[must_use]
    pub fn better(&self) -> Better {
        self.better
    }

    /// The severity of a target that does not hold.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Holds a number against the limits, with the ends of its 95 % interval as far as they are known.
    ///
    /// Where the rule asks for proof, the end of the interval that is nearer to what is asked for must be beyond the
    /// limit; without an interval nothing is proven.
    #[must_use]
    pub fn judge(&self, value: f64, interval: (Option<f64>, Option<f64>)) -> Standing {
        let seen = self.stand(value);
        if self.evidence == Evidence::Estimate {
            return seen;
        }
        let nearer = match self.better {
            Better::Lower => interval.0,
            Better::Higher => interval.1,
        };
        let met = Standing { status: Status::Met, severity: Severity::None, limit: self.target };
        let held = nearer.map_or(met, |end| self.stand(end));
        let status = match (seen.status, held.status) {
            (Status::Missed, Status::Missed) => Status::Missed,
            (Status::Missed, _) => Status::Unproven,
            (status, _) => status,
        };
        Standing { status, ..held }
    }

    /// Whether a number seems not to hold, the rule asks for proof, and there is no interval at all: nothing ever could
    /// prove it, so that the rule would guard nothing.
    #[must_use]
    pub fn unprovable(&self, value: f64, interval: (Option<f64>, Option<f64>)) -> bool {
        let open = self.evidence == Evidence::Proven && interval == (None, None);
        open && self.stand(value).status == Status::Missed
    }

    /// What a number by itself says.
    fn stand(&self, value: f64) -> Standing {
        let level = self.levels.beyond(value, self.better);
        let missed = match self.better {
            Better::Lower => value > self.target,
            Better::Higher => value < self.target,
        };
        let (status, severity) = match (missed, level) {
            (true, _) => (Status::Missed, level.max(self.severity)),
            (false, Severity::None) => (Status::Met, Severity::None),
            (false, milder) => (Status::Close, milder),
        };
        let passed = if missed { None } else { self.levels.get(level) };
        Standing { status, severity, limit: passed.unwrap_or(self.target) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::ByLevel;

    const OPEN: (Option<f64>, Option<f64>) = (None, None);

    fn said(standing: Standing) -> (Status, Severity, f64) {
        (standing.status, standing.severity, standing.limit)
    }

    #[test]
    fn one_limit_holds_at_the_severity_of_the_rule() {
        let bounds = Bounds::new(&Limit::One(10.0), Severity::Warning, Better::Lower, |v| v)
            .expect("bounds");
        assert_eq!(said(bounds.judge(10.0, OPEN)), (Status::Met, Severity::None, 10.0));
        assert_eq!(said(bounds.judge(10.1, OPEN)), (Status::Missed, Severity::Warning, 10.0));
        let raised = bounds.raised(Levels { critical: Some(12.0), ..Levels::default() });
        assert_eq!(said(raised.judge(11.0, OPEN)), (Status::Missed, Severity::Warning, 10.0));
        assert_eq!(said(raised.judge(12.1, OPEN)), (Status::Missed, Severity::Critical, 10.0));
        let silent =
            Bounds::new(&Limit::One(10.0), Severity::None, Better::Lower, |v| v).expect("bounds");
        assert_eq!(said(silent.judge(11.0, OPEN)), (Status::Missed, Severity::None, 10.0));
    }

    #[test]
    fn the_highest_level_is_the_target_and_milder_ones_are_close() {
        let levels =
            Limit::ByLevel(ByLevel { notice: None, warning: Some(8.0), critical: Some(5.0) });
        let bounds = Bounds::new(&levels, Severity::Notice, Better::Higher, |v| v).expect("bounds");
        assert_eq!(said(bounds.judge(9.0, OPEN)), (Status::Met, Severity::None, 5.0));
        assert_eq!(said(bounds.judge(7.0, OPEN)), (Status::Close, Severity::Warning, 8.0));
        assert_eq!(said(bounds.judge(4.0, OPEN)), (Status::Missed, Severity::Critical, 5.0));
        let empty = Limit::ByLevel(ByLevel::<f64>::default());
        assert_eq!(Bounds::new(&empty, Severity::Notice, Better::Higher, |v| v), None);
    }

    #[test]
    fn without_an_interval_nothing_can_be_proven_and_that_is_told() {
        let bounds = Bounds::new(&Limit::One(10.0), Severity::Critical, Better::Lower, |v| v)
            .expect("bounds");
        assert!(!bounds.unprovable(11.0, OPEN));
        let bounds = bounds.evidence(Evidence::Proven);
        assert!(bounds.unprovable(11.0, OPEN));
        assert!(!bounds.unprovable(10.0, OPEN));
        assert!(!bounds.unprovable(11.0, (None, Some(12.0))));
    }

    #[test]
    fn proof_needs_the_whole_interval_beyond_the_limit() {
        let levels =
            Limit::ByLevel(ByLevel { notice: None, warning: Some(8.0), critical: Some(10.0) });
        let bounds = Bounds::new(&levels, Severity::Warning, Better::Lower, |v| v)
            .expect("bounds")
            .evidence(Evidence::Proven);
        for (value, low, status, severity) in [
            (11.0, Some(10.5), Status::Missed, Severity::Critical),
            (11.0, Some(9.0), Status::Unproven, Severity::Warning),
            (11.0, Some(7.0), Status::Unproven, Severity::None),
            (11.0, None, Status::Unproven, Severity::None),
            (9.0, Some(8.5), Status::Close, Severity::Warning),
            (9.0, Some(7.0), Status::Close, Severity::None),
            (7.0, Some(6.0), Status::Met, Severity::None),
        ] {
            let standing = bounds.judge(value, (low, Some(20.0)));
            assert_eq!((standing.status, standing.severity), (status, severity), "{value} {low:?}");
        }
    }

    proptest! {
        /// A worse number never has a better standing, and proof never accuses of more than the estimate.
        #[test]
        fn worse_numbers_stand_worse(
            a in 0.0..100.0_f64, b in 0.0..100.0_f64, width in 0.0..10.0_f64,
            warning in 1.0..50.0_f64, more in 0.0..50.0_f64, higher: bool,
        ) {
            let better = if higher { Better::Higher } else { Better::Lower };
            let (mild, hard) = if higher { (warning + more, warning) } else { (warning, warning + more) };
            let limit =
                Limit::ByLevel(ByLevel { notice: None, warning: Some(mild), critical: Some(hard) });
            let bounds = Bounds::new(&limit, Severity::Warning, better, |v| v).expect("bounds");
            let (good, bad) = if (a < b) == higher { (b, a) } else { (a, b) };
            let interval = |v: f64| (Some(v - width), Some(v + width));
            prop_assert!(bounds.judge(good, OPEN).severity <= bounds.judge(bad, OPEN).severity);
            let proven = bounds.evidence(Evidence::Proven);
            prop_assert!(
                proven.judge(bad, interval(bad)).severity <= bounds.judge(bad, OPEN).severity
            );
        }
    }
}
