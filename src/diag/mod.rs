//! Diagnostics: what is wrong, where, and how to fix it; and the exit codes.
//!
//! Every problem with an input or the configuration is a [`Diagnostic`]. They are collected in a
//! [`Diagnostics`] sink, which is shared between threads, and come out of it in a fixed order.

mod code;
mod diagnostic;
mod exit;
mod place;
mod render;
mod sink;
mod text;

pub use code::Code;
pub use diagnostic::{Diagnostic, Excerpt, Level};
pub use exit::ExitCode;
pub use place::{Located, Place};
pub use render::render;
pub use sink::Diagnostics;
pub use text::{quoted, suggest, visible};
