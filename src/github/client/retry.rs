//! Trying again: when, how long to wait, and when to stop.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::answer::{Answer, Done, Ending, Trouble, Wait};
use super::call::Call;
use super::{Client, Failure};

/// After so many attempts a request is given up, whatever time is left: GitHub bans who keeps on.
const ATTEMPTS: u32 = 8;
/// The wait after a rate limit that says nothing else.
const UNNAMED_LIMIT: Duration = Duration::from_secs(60);
/// The first wait after an outage; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The attempts at one request.
#[derive(Debug, Default)]
struct Tries {
    made: u32,
    unnamed_limits: u32,
}

impl Tries {
    /// Waits until the next attempt, or says why there is none.
    async fn wait(&mut self, client: &Client, trouble: Trouble) -> Result<(), Failure> {
        self.made += 1;
        client.budget.blame(&trouble.cause);
        let limited = matches!(trouble.wait, Wait::Limit(_));
        let wait = match trouble.wait {
            Wait::Backoff(least) => doubled(FIRST_WAIT, self.made - 1).max(least),
            Wait::Limit(Some(asked)) => asked.max(FIRST_WAIT),
            Wait::Limit(None) => {
                self.unnamed_limits += 1;
                doubled(UNNAMED_LIMIT, self.unnamed_limits - 1)
            }
        };
        if limited {
            client.budget.limit_seen();
        }
        let left = client.budget.left();
        if wait >= left && limited {
            let (cause, most) = (trouble.cause, client.budget.most());
            client.budget.block(client.clock.now(), wait, &cause);
            return Err(Failure::OutOfTime { cause, asked: Some(wait), left, most });
        }
        if wait >= left || self.made >= ATTEMPTS {
            return Err(trouble.into_failure(self.made));
        }
        client.budget.spend(wait);
        client.clock.sleep(wait).await;
        Ok(())
    }
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1 << times.min(16))
}

impl Client {
    /// Sends a request that does the same however often it arrives, until an answer can be read.
    pub(super) async fn repeat<T>(
        &self,
        call: &Call,
        read: impl Fn(Answer) -> Result<T, Ending>,
    ) -> Result<T, Failure> {
        let mut tries = Tries::default();
        loop {
            match self.attempt(call).await.and_then(&read) {
                Ok(result) => return Ok(result),
                Err(Ending::Final(failure)) => return Err(failure),
                Err(Ending::Again(trouble)) => tries.wait(self, trouble).await?,
            }
        }
    }

    /// Sends a change only as long as `against` finds nothing against it. It looks before every attempt: while a limit
    /// or an outage was waited for, somebody else may have written.
    pub(super) async fn repeat_unless<T: DeserializeOwned, W>(
        &self,
        call: &Call,
        against: impl AsyncFn() -> Result<Option<W>, Failure>,
    ) -> Result<ControlFlow<W, T>, Failure> {
        let mut tries = Tries::default();
        loop {
            if let Some(reason) = against().await? {
                return Ok(ControlFlow::Break(reason));
            }
            match self.attempt(call).await.and_then(|answer| answer.json(&self.token)) {
                Ok(done) => return Ok(ControlFlow::Continue(done)),
                Err(Ending::Final(failure)) => return Err(failure),
                Err(Ending::Again(trouble)) => tries.wait(self, trouble).await?,
            }
        }
    }

    /// Sends a request that makes something new. Where it may have arrived although no good answer came, `already`
    /// looks for the new thing before it is sent again.
    pub(super) async fn create<T: DeserializeOwned>(
        &self,
        call: &Call,
        already: impl AsyncFn() -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut tries = Tries::default();
        loop {
            let trouble = match self.attempt(call).await.and_then(|a| a.json(&self.token)) {
                Ok(made) => return Ok(made),
                Err(Ending::Final(failure)) => return Err(failure),
                Err(Ending::Again(trouble)) => trouble,
            };
            loop {
                tries.wait(self, trouble.clone()).await?;
                if trouble.done == Done::No {
                    break;
                }
                if let Some(made) = already().await? {
                    return Ok(made);
                }
                if trouble.done == Done::Perhaps {
                    break;
                }
                // GitHub said that it is made: a list that does not show it yet is behind, so look again.
            }
        }
    }
}
