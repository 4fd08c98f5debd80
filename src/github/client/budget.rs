use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::Failure;

/// Between two writes after GitHub has once said that they come too fast.
const BETWEEN_WRITES: Duration = Duration::from_secs(1);

/// A single request may always take this long, if that much is left.
const PATIENCE: Duration = Duration::from_secs(10);

/// The time that a client may wait in all: for answers and between attempts.
#[derive(Debug)]
pub(super) struct Budget {
    most: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    spent: Duration,
    limited: bool,
    cause: Option<String>,
    blocked: Option<(Timestamp, String)>,
    written: Option<Timestamp>,
}

impl Budget {
    pub(super) fn new(most: Duration) -> Self {
        Self { most, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The whole of it.
    pub(super) fn most(&self) -> Duration {
        self.most
    }

    /// What is left of it.
    pub(super) fn left(&self) -> Duration {
        self.most.saturating_sub(self.state().spent)
    }

    /// Takes waiting off it.
    pub(super) fn spend(&self, time: Duration) {
        let mut state = self.state();
        state.spent = state.spent.saturating_add(time);
    }

    /// How long the next request may take: `longest`, but while there is time for it not all that is left, so that
    /// one that hangs can be repeated. `None` when nothing is left.
    pub(super) fn for_request(&self, longest: Duration) -> Option<Duration> {
        let left = self.left();
        let share = (left / 2).max(left.min(PATIENCE));
        (!left.is_zero()).then(|| longest.min(share))
    }

    /// What it is spent for.
    pub(super) fn blame(&self, cause: &str) {
        self.state().cause = Some(cause.to_owned());
    }

    /// The failure of a request for which nothing is left.
    pub(super) fn used_up(&self) -> Failure {
        let cause = self.state().cause.clone().unwrap_or_else(|| "slow answers".to_owned());
        Failure::OutOfTime { cause, asked: None, left: Duration::ZERO, most: self.most }
    }

    /// GitHub wants to be left alone for longer than can be waited.
    pub(super) fn block(&self, now: Timestamp, time: Duration, cause: &str) {
        let until = now.checked_add(time).unwrap_or(Timestamp::MAX);
        self.state().blocked = Some((until, cause.to_owned()));
    }

    /// The failure of a request that GitHub does not want now: who asks nevertheless may be banned.
    pub(super) fn blocked(&self, now: Timestamp) -> Option<Failure> {
        let left = self.left();
        let (until, cause) = self.state().blocked.clone()?;
        let asked = between(now, until);
        let (asked_for, most) = (Some(asked), self.most);
        (asked >= left).then_some(Failure::OutOfTime { cause, asked: asked_for, left, most })
    }

    /// GitHub said that requests come too fast.
    pub(super) fn limit_seen(&self) {
        self.state().limited = true;
    }

    /// How long to wait before a write that is to begin now.
    pub(super) fn before_write(&self, now: Timestamp) -> Duration {
        let state = self.state();
        match state.written {
            Some(last) if state.limited => BETWEEN_WRITES.saturating_sub(between(last, now)),
            _ => Duration::ZERO,
        }
    }

    /// A write ended now.
    pub(super) fn wrote(&self, now: Timestamp) {
        self.state().written = Some(now);
    }
}

/// The time from one moment to another; zero where the clock was set back.
pub(super) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_request_that_hangs_leaves_time_to_repeat_it() {
        let budget = Budget::new(s(90));
        let mut given = Vec::new();
        while let Some(time) = budget.for_request(s(30)) {
            given.push(time.as_secs());
            budget.spend(time);
        }
        assert_eq!(given, [30, 30, 15, 10, 5]);
        assert_eq!(budget.left(), Duration::ZERO);
        assert_eq!(Budget::new(s(4)).for_request(s(30)), Some(s(4)));
        assert_eq!(Budget::new(s(0)).for_request(s(30)), None);
    }

    #[test]
    fn writes_are_a_second_apart_once_a_limit_was_seen() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let budget = Budget::new(s(90));
        budget.wrote(at(100));
        assert_eq!(budget.before_write(at(100)), s(0));
        budget.limit_seen();
        assert_eq!(budget.before_write(at(100)), s(1));
        assert_eq!(budget.before_write(at(101)), s(0));
        assert_eq!(budget.before_write(at(99)), s(1));
    }
}
