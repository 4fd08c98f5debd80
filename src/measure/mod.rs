//! Measuring: runs what is to be measured, in turns, and writes a run set.
//!
//! [`start`] resolves revisions, checks them out, builds them and asks the bench executables what they hold; then
//! block after block every benchmark runs once on each side, back to back, in an order that a seed fixes. Each run
//! is appended to the run set before the next begins, so that [`resume`] can go on after any interruption.
//!
//! The code that runs here is that of a change under review: it is started without secrets, in a process group
//! of its own, and what it prints is data.

mod blocks;
mod build;
mod drive;
pub mod environment;
mod halt;
mod harness;
mod job;
pub mod journal;
mod link_line;
mod list;
mod observe;
mod place;
pub mod process;
mod progress;
mod relink;
mod request;
pub mod resources;
mod revision;
mod schedule;
mod sides;
mod suites;
mod turn;

pub use drive::{Done, World, resume, start};
pub use halt::Halt;
pub use place::{new_run_set, new_seed, work_dir};
pub use progress::{Event, Watch};
pub use request::{Request, ShellCommand, Subject};
pub use revision::Revision;
