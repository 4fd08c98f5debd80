//! Waiting for children: for their ends, their limits, an interruption, and the next sample.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::child::Running;
use super::{Command, Ended, Failure};

/// How often the interruption flag is looked at.
const TICK: Duration = Duration::from_millis(if cfg!(unix) { 50 } else { 5 });

/// Starts all commands at once and waits until all have ended.
///
/// # Errors
/// The first failure; all children are killed and reaped before it is returned.
pub(super) fn all<const N: usize>(
    commands: [&Command; N],
    stop: &AtomicBool,
) -> Result<[Ended; N], Failure> {
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Stopped);
    }
    let (sender, ends) = mpsc::channel();
    let mut children: Vec<Running> = Vec::with_capacity(N);
    let mut failure = None;
    for (index, command) in commands.into_iter().enumerate() {
        match Running::start(command, index, &sender) {
            Ok(child) => children.push(child),
            Err(error) => {
                failure = Some(error);
                children.iter_mut().for_each(Running::kill);
                break;
            }
        }
    }

    let mut open = children.len();
    while open > 0 {
        let now = Instant::now();
        let mut wake = now + TICK;
        for child in &mut children {
            child.enforce(now);
            wake = [child.sample(now), child.deadline.filter(|&d| d > now)]
                .into_iter()
                .flatten()
                .fold(wake, Instant::min);
        }
        let pause = wake.saturating_duration_since(Instant::now());
        let told = match ends.recv_timeout(pause) {
            Ok(end) => vec![end],
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => children
                .iter_mut()
                .enumerate()
                .filter_map(|(index, child)| child.poll().map(|end| (index, end)))
                .collect(),
        };
        for (index, end) in told {
            if let Some(child) = children.get_mut(index) {
                child.reap(end);
                open -= 1;
            }
        }
        if failure.is_none() && stop.load(Ordering::Relaxed) {
            failure = Some(Failure::Stopped);
            children.iter_mut().for_each(Running::kill);
        }
    }

    let mut ended = Vec::with_capacity(N);
    for child in children {
        match child.finish() {
            Ok(end) => ended.push(end),
            // What was stopped or could not be started is the cause; that the other was killed follows from it.
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => ended.try_into().map_err(|_| Failure::Stopped),
    }
}
