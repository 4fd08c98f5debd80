//! `benchgate publish --from-run` as a `workflow_run` job calls it: a stranger's artifact, our token.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what cannot be done is a failed test"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/markdown.rs"]
mod markdown;

mod artifacts;
mod attacks;
mod names;
mod rules;
mod runs;
mod world;
