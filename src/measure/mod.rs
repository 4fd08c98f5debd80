//! Measuring: runs what is to be measured, in turns, and writes a run set.
//!
//! The code that runs here is that of a change under review: it is started without secrets, in a process group
//! of its own, and what it prints is data.

pub mod environment;
pub mod journal;
pub mod process;
pub mod resources;
