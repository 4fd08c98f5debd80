//! `benchgate measure`, with harnesses that behave like criterion and take no time.
#![cfg(unix)]

mod builds;
mod commands;
mod interruptions;
mod scene;
mod turns;
