//! GitHub: what a job knows of its event, the client of the API, and what is published on a pull request.
//!
//! Everything that comes from GitHub is data: it is read leniently, bounded in size, and made harmless before it is
//! shown. The token goes to the host of the API and nowhere else.

mod check_run;
pub mod client;
mod comment;
pub mod context;
pub mod from_run;
pub mod labels;
mod markdown;
pub mod outputs;
pub mod preview;
pub mod publish;
pub mod review;
mod server;
pub mod status;

pub use client::{Client, Clock, Failure, Token, encode};
pub use server::Server;
