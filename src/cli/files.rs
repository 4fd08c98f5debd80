//! Files that commands write: regular ones whole ([`Whole`]), others (a pipe, a terminal, `/dev/stdout`) directly, for there
//! is nothing to keep.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use super::whole::Whole;
use super::{Edge, interrupt};
use crate::diag::{Code, Diagnostic, ExitCode, quoted};
use crate::report::{RenderError, WriteError};

/// Why a file was not filled.
#[derive(Debug)]
pub(super) enum Unfilled {
    /// The system could not write it.
    System(io::Error),
    /// There is nothing that could be written.
    Content(Diagnostic),
}

impl From<io::Error> for Unfilled {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<RenderError> for Unfilled {
    fn from(error: RenderError) -> Self {
        Self::Content(error.to_diagnostic())
    }
}

impl From<WriteError> for Unfilled {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Report(error) => error.into(),
            WriteError::System(error) => error.into(),
        }
    }
}

impl Unfilled {
    pub(super) fn diagnostic(self, path: &Path) -> Diagnostic {
        match self {
            Self::System(error) => unwritable(path, &error),
            Self::Content(diagnostic) => diagnostic,
        }
    }
}

/// What became of writing.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Why files were not written, in the order in which they were named.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether the user or the system asked benchgate to end meanwhile.
    pub(super) interrupted: bool,
}

impl Written {
    /// Does work that ends files, or says why not; a signal to end waits for it.
    pub(super) fn held<I>(work: impl FnOnce() -> I) -> Self
    where
        I: IntoIterator<Item = Result<(), Diagnostic>>,
    {
        let (problems, interrupted) =
            interrupt::held(|| work().into_iter().filter_map(Result::err).collect());
        Self { problems, interrupted }
    }

    /// Adds what became of another file.
    pub(super) fn add(&mut self, other: Self) {
        self.problems.extend(other.problems);
        self.interrupted |= other.interrupted;
    }

    /// Says what could not be written; how a command ends that would else end with `exit`.
    pub(super) fn settle(self, exit: ExitCode, edge: &mut Edge<'_>) -> ExitCode {
        edge.say(&self.problems);
        match (self.interrupted, self.problems.is_empty()) {
            (true, _) => ExitCode::Interrupted,
            (false, false) => ExitCode::Usage,
            (false, true) => exit,
        }
    }
}

/// Writes one file, which `fill` fills.
pub(super) fn write<F>(path: &Path, fill: F) -> Written
where
    F: FnOnce(&mut dyn Write) -> Result<(), Unfilled>,
{
    if is_stream(path) {
        let problems = stream(path, fill).err().into_iter().collect();
        return Written { problems, interrupted: false };
    }
    Written::held(|| [Whole::fill(path, fill).and_then(Whole::put)])
}

/// Writes to what is no regular file, or to one that is open already.
///
/// # Errors
/// It cannot be written, or `fill` says why there is nothing to write.
pub(super) fn stream<F>(path: &Path, fill: F) -> Result<(), Diagnostic>
where
    F: FnOnce(&mut dyn Write) -> Result<(), Unfilled>,
{
    let opened = match standard_stream(path) {
        Some(file) => Ok(file),
        // What stands already in a file that the shell opened stays.
        None => OpenOptions::new().append(true).create(true).open(path),
    };
    let filled = opened.map_err(Unfilled::System).and_then(|file| {
        let mut buffer = BufWriter::with_capacity(1 << 16, file);
        fill(&mut buffer)?;
        Ok(buffer.flush()?)
    });
    match filled {
        // `--out json=>(head -1)` is no failure, just as `| head -1` is none.
        Err(Unfilled::System(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|unfilled| unfilled.diagnostic(path)),
    }
}

/// Whether a path leads to what is no regular file, or to one that the process has open.
pub(super) fn is_stream(path: &Path) -> bool {
    is_descriptor(path)
        || standard_stream(path).is_some()
        || path.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir())
}

/// Whether a path names an open file by its number.
pub(super) fn is_descriptor(path: &Path) -> bool {
    let folder = folder(path).canonicalize().unwrap_or_default();
    folder.starts_with("/proc") || folder.starts_with("/dev/fd")
}

/// Standard output or standard error, where a path such as `/dev/stdout` leads there. Opened anew, a file behind it would be
/// written at a place of its own, and what is printed afterwards would go over it.
#[cfg(unix)]
fn standard_stream(path: &Path) -> Option<File> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;
    let there = path.metadata().ok()?;
    let (out, err) = (io::stdout(), io::stderr());
    [out.as_fd(), err.as_fd()].into_iter().find_map(|stream| {
        let stream = File::from(stream.try_clone_to_owned().ok()?);
        let data = stream.metadata().ok()?;
        ((data.dev(), data.ino()) == (there.dev(), there.ino())).then_some(stream)
    })
}

/// Elsewhere no path leads there.
#[cfg(not(unix))]
fn standard_stream(_: &Path) -> Option<File> {
    None
}

/// The folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The error for a file that cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let named = quoted(&folder(path).display().to_string());
    let (message, help) = match error.kind() {
        ErrorKind::NotFound if path.is_symlink() => (
            "it is a symbolic link into a folder that does not exist".to_owned(),
            "create the folder first, or name another file".to_owned(),
        ),
        ErrorKind::NotFound => (
            format!("its folder {named} does not exist"),
            "create the folder first, or correct the path".to_owned(),
        ),
        ErrorKind::IsADirectory => ("it is a directory".to_owned(), "name a file in it".to_owned()),
        ErrorKind::NotADirectory => {
            (format!("{named} is no folder"), "name a file in a folder".to_owned())
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            (error.to_string(), "free some space, or name a file on another disk".to_owned())
        }
        ErrorKind::FileTooLarge => (
            error.to_string(),
            "raise the limit on the size of files (`ulimit -f`), or compare fewer benchmarks at a time"
                .to_owned(),
        ),
        ErrorKind::ReadOnlyFilesystem => {
            (error.to_string(), "name a file on a disk that can be written".to_owned())
        }
        ErrorKind::PermissionDenied => (
            error.to_string(),
            format!("benchgate must be allowed to write the file, or to make it in {named}"),
        ),
        _ => (error.to_string(), "check the path, or name another file".to_owned()),
    };
    Diagnostic::error(Code::Unwritable, format!("cannot write: {message}"))
        .file(path.display().to_string())
        .help(help)
}
