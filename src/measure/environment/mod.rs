//! Where it is measured: the machine, and what else it does meanwhile.

mod activity;
mod machine;
mod preflight;

pub use activity::{Activity, Busy, Watch};
pub use machine::{Machine, rustc};
pub use preflight::{LOOK, Preflight, preflight};

#[cfg(test)]
mod tests;
