//! `benchgate measure`, with harnesses that behave like criterion and take no time.
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what cannot be done is a failed test"
)]

mod builds;
mod commands;
mod interruptions;
mod leftovers;
mod scene;
mod turns;
