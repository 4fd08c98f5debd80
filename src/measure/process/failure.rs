//! Why a child did not come to its end.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use super::{Captured, Command, Ended};
use crate::diag::{Code, Diagnostic, quoted};

/// Why a command has no end of its own.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It could not be started.
    #[error("{} could not be started: {error}", quoted(program))]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        error: io::Error,
    },
    /// The directory it should run in cannot be used.
    #[error("{} should run in {}, which is no directory", quoted(program), quoted(&dir.display().to_string()))]
    Directory {
        /// The program.
        program: String,
        /// The directory.
        dir: PathBuf,
    },
    /// The file for its output cannot be written.
    #[error("the output of {} cannot be written to {}: {error}", quoted(program), quoted(&file.display().to_string()))]
    File {
        /// The program.
        program: String,
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It cannot run on the core it should run on.
    #[error("core {core} cannot be used: {reason}")]
    Pin {
        /// The core.
        core: usize,
        /// Why not.
        reason: String,
    },
    /// It ran past its time limit and was killed.
    #[error("{} ran longer than {} and was killed", quoted(program), seconds(*limit))]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        limit: Duration,
        /// What it printed until then.
        ended: Box<Ended>,
    },
    /// The system does not tell how it ended.
    #[error("waiting for {} failed: {error}", quoted(program))]
    Wait {
        /// The program.
        program: String,
        /// What the system says.
        error: io::Error,
    },
    /// Measuring was interrupted, and the child killed.
    #[error("measuring was interrupted")]
    Stopped,
}

fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}

impl Failure {
    /// Whether the cause is an interruption and not the command.
    #[must_use]
    pub fn is_interruption(&self) -> bool {
        matches!(self, Self::Stopped)
    }

    /// The failure as a diagnostic with what to do about it.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        let help = match self {
            Self::Start { error, .. } if error.kind() == io::ErrorKind::NotFound => {
                "install it, or give its full path; it is looked up in PATH".to_owned()
            }
            Self::Start { .. } => "check that the file may be executed on this machine".into(),
            Self::Directory { .. } => "check the path of the directory".into(),
            Self::File { .. } => "check permissions and free space of the directory".into(),
            Self::Pin { .. } => {
                let cores: Vec<String> =
                    super::allowed_cores().iter().map(ToString::to_string).collect();
                if cores.is_empty() {
                    "measure without duet mode on this platform".into()
                } else {
                    format!("use one of the cores {}", cores.join(", "))
                }
            }
            Self::TimedOut { ended, .. } => last_words(
                "raise the time limit, or make the benchmark shorter; its last output was:",
                ended,
            ),
            Self::Wait { .. } => "measure again".into(),
            Self::Stopped => "go on with `benchgate measure --resume`".into(),
        };
        Diagnostic::error(Code::CommandFailed, self.to_string()).help(help)
    }
}

impl Ended {
    /// `Some` where the command failed: a diagnostic with its last words.
    #[must_use]
    pub fn failure(&self, command: &Command) -> Option<Diagnostic> {
        if self.status.success() {
            return None;
        }
        let message = format!("{} {}", quoted(&command.line()), status_text(self.status));
        let help = last_words("run it by hand to see why; its last output was:", self);
        Some(Diagnostic::error(Code::CommandFailed, message).help(help))
    }
}

/// A sentence with the end of what a child printed, standard error first, else standard output.
fn last_words(sentence: &str, ended: &Ended) -> String {
    const LINES: usize = 20;
    let blank = |captured: &Captured| captured.bytes.iter().all(u8::is_ascii_whitespace);
    let words = match (blank(&ended.stderr), blank(&ended.stdout)) {
        (false, _) => ended.stderr.shown(LINES),
        (true, false) => ended.stdout.shown(LINES),
        (true, true) => "  | (nothing)\n".into(),
    };
    format!("{sentence}\n{}", words.trim_end())
}

/// `ended with exit code 101`, `was killed by signal 9 (SIGKILL)`.
fn status_text(status: ExitStatus) -> String {
    if let Some(code) = status.code() {
        return format!("ended with exit code {code}");
    }
    match signal(status) {
        Some(9) => "was killed by signal 9 (SIGKILL), perhaps because memory ran out".into(),
        Some(number) => match signal_name(number) {
            Some(name) => format!("was killed by signal {number} ({name})"),
            None => format!("was killed by signal {number}"),
        },
        None => "ended without an exit code".into(),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

/// The names of signals that have one number everywhere.
fn signal_name(number: i32) -> Option<&'static str> {
    Some(match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return None,
    })
}
