//! The lock of a run set's directory.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use super::store::unusable;
use crate::diag::{Code, Diagnostic};

/// Held while a run set is written. The system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: PathBuf,
    _held: File,
}

impl Lock {
    /// Locks `dir`, which exists.
    ///
    /// # Errors
    /// Another process holds the lock, or the file cannot be made.
    pub(super) fn take(dir: &Path) -> Result<Self, Diagnostic> {
        let file = dir.join("runset.lock");
        loop {
            let held = File::options()
                .create(true)
                .write(true)
                .truncate(false)
                .open(&file)
                .map_err(|error| unusable(&file, "cannot be written", &error))?;
            match held.try_lock() {
                // A writer that has just finished may have removed this very file.
                Ok(()) if !is_same(&held, &file) => {}
                Ok(()) => return Ok(Self { file, _held: held }),
                Err(TryLockError::WouldBlock) => {
                    let message = "another benchgate is writing this run set";
                    return Err(Diagnostic::error(Code::RunSetTaken, message)
                        .file(dir.display().to_string())
                        .help("wait until it has finished, or write to another directory"));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(unusable(&file, "cannot be locked", &error));
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Removed while it is held. A file that stays is harmless: the lock counts, not the file.
        let _ = fs::remove_file(&self.file);
    }
}

#[cfg(unix)]
fn is_same(held: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (held.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}
