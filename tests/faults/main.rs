//! What the world does to a program: full disks, closed pipes, files that are none, names nobody expects, numbers nobody
//! needs. Never a panic, never an empty success, never half a file.

#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "what cannot be set up is a failed test")]
#![expect(clippy::print_stderr, reason = "a test that cannot run here says so")]

#[path = "../common/mod.rs"]
mod common;

mod damaged;
mod devices;
mod interrupted;
mod links;
mod names;
mod outputs;
mod places;
mod rights;
mod scene;
mod sizes;
mod streams;
mod trees;
