//! Files that are written whole or not at all.
//!
//! A file is filled beside its target, brought to disk and then renamed, so that whoever opens the target finds either
//! what was there before or all of what is there now. What is no regular file (a pipe, a terminal, `/dev/stdout`) is
//! written to directly, for there is nothing to keep.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Edge, interrupt};
use crate::diag::{Code, Diagnostic, ExitCode, quoted};
use crate::report::{RenderError, WriteError};

/// How many symbolic links are followed to a target; Linux follows as many.
const MOST_LINKS: usize = 40;

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
    fn diagnostic(self, path: &Path) -> Diagnostic {
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

/// A file that is filled and on disk, but not in its place yet. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Whole {
    path: PathBuf,
    target: PathBuf,
    file: NamedTempFile,
}

impl Whole {
    /// Fills a file beside its target.
    ///
    /// # Errors
    /// The target cannot be written, or `fill` says why there is nothing to write. The target is as it was.
    pub(super) fn fill<F>(path: &Path, fill: F) -> Result<Self, Diagnostic>
    where
        F: FnOnce(&mut dyn Write) -> Result<(), Unfilled>,
    {
        let target = followed(path);
        let filled = beside(&target).map_err(Unfilled::System).and_then(|mut file| {
            let mut buffer = BufWriter::with_capacity(1 << 16, file.as_file_mut());
            fill(&mut buffer)?;
            buffer.flush()?;
            drop(buffer);
            file.as_file().sync_data()?;
            Ok(file)
        });
        match filled {
            Ok(file) => Ok(Self { path: path.to_owned(), target, file }),
            Err(unfilled) => Err(unfilled.diagnostic(path)),
        }
    }

    /// Puts it in its place, over what is there.
    ///
    /// # Errors
    /// The system does not let it; the target is as it was.
    pub(super) fn put(self) -> Result<(), Diagnostic> {
        let put = self.file.persist(&self.target);
        put.map(drop).map_err(|error| unwritable(&self.path, &error.error))
    }

    /// Puts it in its place, if nothing is there.
    ///
    /// # Errors
    /// Something is there, or the system does not let it.
    pub(super) fn put_new(self) -> Result<(), Diagnostic> {
        let put = self.file.persist_noclobber(&self.target);
        put.map(drop).map_err(|error| unwritable(&self.path, &error.error))
    }
}

/// Writes to what is no regular file, or to one that is open already.
///
/// # Errors
/// It cannot be written, or `fill` says why there is nothing to write.
pub(super) fn stream<F>(path: &Path, fill: F) -> Result<(), Diagnostic>
where
    F: FnOnce(&mut dyn Write) -> Result<(), Unfilled>,
{
    // Behind `/dev/stdout` may be a file in which something stands already.
    let opened = OpenOptions::new().append(true).open(path).map_err(Unfilled::System);
    let filled = opened.and_then(|file| {
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
    let target = followed(path);
    is_descriptor(&target) || target.metadata().is_ok_and(|data| !data.is_file() && !data.is_dir())
}

/// Where symbolic links lead, up to one that leads to an open file, which has no other name.
fn followed(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&target) {
            Ok(next) if !is_descriptor(&target) => target = folder(&target).join(next),
            _ => break,
        }
    }
    target
}

/// Whether a path names an open file by its number.
fn is_descriptor(path: &Path) -> bool {
    let folder = folder(path).canonicalize().unwrap_or_default();
    folder.starts_with("/proc") || folder.starts_with("/dev/fd")
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new file beside the target, with the rights that the target has or would have.
fn beside(target: &Path) -> io::Result<NamedTempFile> {
    let ends_so = |end: &[u8]| target.as_os_str().as_encoded_bytes().ends_with(end);
    if target.is_dir() || ends_so(b"/") || (cfg!(windows) && ends_so(b"\\")) {
        return Err(ErrorKind::IsADirectory.into());
    }
    // A file that must not be written must not be replaced either, whatever its folder allows.
    let old = match OpenOptions::new().write(true).open(target) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A name of its own: with the target's in it, it could be too long.
    let file = tempfile::Builder::new()
        .prefix(".benchgate-")
        .suffix(".tmp")
        .make_in(folder(target), |path| {
            OpenOptions::new().write(true).create_new(true).open(path)
        })?;
    if let Some(old) = old {
        like(&old, file.as_file())?;
    }
    Ok(file)
}

/// Gives a file the rights of another, and its owner where that is allowed.
fn like(old: &File, new: &File) -> io::Result<()> {
    let data = old.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = new.metadata()?;
        if (own.uid(), own.gid()) != (data.uid(), data.gid()) {
            // Only root may give files away; whoever may write the folder may still replace what is in it.
            let _ = fchown(new, Some(data.uid()), Some(data.gid()));
        }
    }
    new.set_permissions(data.permissions())
}

/// The error for a file that cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let target = followed(path);
    let folder = folder(&target);
    let named = quoted(&folder.display().to_string());
    let (message, help) = match error.kind() {
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
            format!("benchgate must be allowed to write the file, if it exists, and to make files in {named}"),
        ),
        _ => (error.to_string(), "check the path, or name another file".to_owned()),
    };
    Diagnostic::error(Code::Unwritable, format!("cannot write: {message}"))
        .file(path.display().to_string())
        .help(help)
}
