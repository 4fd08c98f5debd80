//! `action.yml`, its scripts, the workflows and the examples: what is documented is what is there, and the scripts do what the
//! documentation says, also where the code that is measured does not want them to.

#![expect(clippy::expect_used, reason = "what cannot be read is a failed test")]

mod definition;
mod documents;
#[cfg(unix)]
mod events;
#[cfg(unix)]
mod isolation;
#[cfg(unix)]
mod job;
#[cfg(unix)]
mod program;
#[cfg(unix)]
mod publishing;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(file: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(file)).expect("a readable file")
}
