//! `benchgate publish` against a GitHub of our own that remembers what was sent.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot be done is a failed test"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/markdown.rs"]
mod markdown;

mod attacks;
mod comments;
mod events;
mod fake;
mod outages;
mod scene;
mod verdicts;
