//! Five teams drop their scripts and write YAML: each with results that pass and results that fail, in every form.
//! RU-1 to RU-8, RU-11, RE-1, RE-2, RE-4.

#![allow(missing_docs, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;
mod containers;
mod forms;
mod marketplace;
mod messaging;
mod platform;
mod recipes;
mod streaming;

use forms::Gate;
