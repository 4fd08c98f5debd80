//! What the world does to a program: full disks, closed pipes, files that are none, names nobody expects, numbers nobody
//! needs. Never a panic, never an empty success, never half a file.

#![cfg(unix)]
#![expect(clippy::expect_used, reason = "what cannot be set up is a failed test")]

#[path = "../common/mod.rs"]
mod common;

mod damaged;
mod devices;
mod interrupted;
mod links;
mod names;
mod outputs;
mod rights;
mod scene;
mod sizes;
mod streams;
mod trees;
