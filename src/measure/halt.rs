use super::process;
use crate::diag::{Code, Diagnostic, ExitCode};

/// Why measuring ended before its end.
#[derive(Debug)]
pub enum Halt {
    /// The user or the system asked for it.
    Interrupted,
    /// Something is wrong that measuring cannot go on with.
    Failed {
        /// What is wrong.
        diagnostics: Vec<Diagnostic>,
        /// The exit code of a command that ends so.
        exit: ExitCode,
    },
}

impl Halt {
    /// The command line asks for what cannot be done.
    pub(super) fn usage(diagnostic: Diagnostic) -> Self {
        Self::Failed { diagnostics: vec![diagnostic], exit: ExitCode::Usage }
    }

    /// What is to be measured cannot be.
    pub(super) fn input(diagnostic: Diagnostic) -> Self {
        Self::Failed { diagnostics: vec![diagnostic], exit: ExitCode::Input }
    }

    /// A file of benchgate's own cannot be read or written.
    pub(super) fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = crate::diag::quoted(&path.display().to_string());
        Self::input(
            Diagnostic::error(Code::Unreadable, format!("cannot {what} {path}: {error}"))
                .help("check permissions and free space, or name another directory with `--work-dir` or `--out-dir`"),
        )
    }
}

impl From<process::Failure> for Halt {
    fn from(failure: process::Failure) -> Self {
        if failure.is_interruption() {
            Self::Interrupted
        } else {
            Self::input(failure.diagnostic())
        }
    }
}

impl Halt {
    /// The exit code that it ends with.
    #[must_use]
    pub fn exit(&self) -> ExitCode {
        match self {
            Self::Interrupted => ExitCode::Interrupted,
            Self::Failed { exit, .. } => *exit,
        }
    }
}
