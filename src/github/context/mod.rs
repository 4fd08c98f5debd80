//! What a job knows of itself: the event that started it, its repository, its run, the files it can write to.

mod event;
mod ids;
mod job;
#[cfg(test)]
mod tests;

pub use event::{Event, HeadRepository, PullRequest, WorkflowRun};
pub use ids::{Repository, RunRef, Sha};
pub use job::Job;
