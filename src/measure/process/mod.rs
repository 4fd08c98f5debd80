//! Child processes that run the code under review.
//!
//! A child gets an environment without secrets (see [`is_hidden`]), a process group of its own, no
//! standard input, and pipes instead of the log: what it prints is kept as data ([`Captured`]) and can never be
//! read by GitHub as a workflow command. At the end its whole group is killed and reaped, on Linux also what
//! left the group.

mod capture;
mod child;
mod drive;
mod failure;
#[cfg(target_os = "linux")]
mod leftover;
mod mark;
mod pin;
mod scrub;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Timestamp;

use super::resources::Samples;

pub use capture::Captured;
pub use failure::Failure;
pub use pin::allowed_cores;
pub use scrub::is_hidden;

/// How much of a stream is kept if nothing else is said, in bytes.
pub const KEPT: usize = 64 * 1024;

/// Where the standard output of a child goes. Its standard error is always kept like `Tail(KEPT)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The last so many bytes are kept in memory.
    Tail(usize),
    /// All of it goes to this file, which is created or emptied.
    File(PathBuf),
}

/// What to run and how.
///
/// The size of the environment and of the arguments moves the stack of a process, and with it what it measures:
/// give both sides values of the same length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program: a path, or a name to look up in `PATH`. A relative path counts from the current directory of benchgate.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// The directory it runs in; that of benchgate if `None`.
    pub dir: Option<PathBuf>,
    /// Variables to set, over the scrubbed environment.
    pub env: Vec<(OsString, OsString)>,
    /// Further variables to take away, such as the one named by `--token-env`.
    pub hide: Vec<OsString>,
    /// The core to run on, one of [`allowed_cores`]; any core if `None`.
    pub pin: Option<usize>,
    /// How long it may run.
    pub limit: Option<Duration>,
    /// Where its standard output goes.
    pub stdout: Output,
    /// Whether CPU and memory of its process tree are sampled while it runs.
    pub sampled: bool,
}

impl Command {
    /// A command without arguments, unpinned, unlimited, sampled, the last 64 KiB of its output kept.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            dir: None,
            env: Vec::new(),
            hide: Vec::new(),
            pin: None,
            limit: None,
            stdout: Output::Tail(KEPT),
            sampled: true,
        }
    }

    /// A line for the shell of the platform: `sh -c LINE`, or `cmd /C LINE` on Windows.
    #[must_use]
    pub fn shell(line: &str) -> Self {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        Self::new(shell).arg(flag).arg(line)
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The program and its arguments in one line, as a message shows them.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = self.program.to_string_lossy().into_owned();
        for arg in &self.args {
            line.push(' ');
            line.push_str(&arg.to_string_lossy());
        }
        line
    }
}

/// What is known of a child that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed; empty where it went to a file.
    pub stdout: Captured,
    /// What it printed to standard error.
    pub stderr: Captured,
    /// When it was started.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How long it ran, by the monotonic clock.
    pub wall: Duration,
    /// CPU time, user and system, of the child and of all descendants that it waited for.
    pub cpu: Option<Duration>,
    /// The most memory (resident set) that one process of the child's tree held, in bytes. `None` where the platform
    /// does not tell, or where the child ended before it could be told apart from benchgate's own memory.
    pub peak_memory: Option<u64>,
    /// CPU and memory of the process tree over time.
    pub samples: Samples,
    /// How many processes it left running, which were killed: they would have disturbed the next measurement.
    pub left_running: usize,
}

/// Runs a command to its end.
///
/// A child that fails has still [`Ended`]: look at its status. When `stop` turns true, the child is killed
/// within 50 ms.
///
/// # Errors
/// It could not be started, ran past its limit, or was stopped.
pub fn run(command: &Command, stop: &AtomicBool) -> Result<Ended, Failure> {
    let [ended] = drive::all([command], stop)?;
    Ok(ended)
}

/// Kills what an earlier benchgate that was itself killed (`kill -9`) left running, so that it neither disturbs what is
/// measured now nor writes into the same directories. Returns how many processes; always 0 where there is no `/proc`.
pub fn sweep() -> usize {
    #[cfg(target_os = "linux")]
    let killed = leftover::sweep();
    #[cfg(not(target_os = "linux"))]
    let killed = 0;
    killed
}

/// Runs two commands at the same moment and waits for both. `wall` counts from the start of each.
///
/// # Errors
/// As [`run`], for either; the other is killed.
pub fn run_both(a: &Command, b: &Command, stop: &AtomicBool) -> Result<(Ended, Ended), Failure> {
    let [a, b] = drive::all([a, b], stop)?;
    Ok((a, b))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
