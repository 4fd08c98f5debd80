//! A file that is filled before its target changes.
//!
//! A file is filled beside its target, brought to disk and then renamed, so that whoever opens the target finds either
//! what was there before or all of what is there now. Where a new file could not stand for the old one (a link, rights
//! that are more than a mode, a folder that takes no file, a mount point), the target is opened under the name that the
//! user gave, so that the rules of the system for links and files of others hold, and written as it is.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::files::{Unfilled, folder, unwritable};
use crate::diag::Diagnostic;

/// What is to stand in a file, whole, but not in its place yet. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Whole {
    path: PathBuf,
    filled: Filled,
}

/// Where it is until then.
#[derive(Debug)]
enum Filled {
    /// On disk, beside the target.
    Beside(NamedTempFile),
    /// In memory: where the target's folder takes no file, no other may either.
    Apart(Vec<u8>),
}

impl Whole {
    /// Has `fill` say what is to stand in a file.
    ///
    /// # Errors
    /// The target cannot be written, or `fill` says why there is nothing to write. The target is as it was.
    pub(super) fn fill<F>(path: &Path, fill: F) -> Result<Self, Diagnostic>
    where
        F: FnOnce(&mut dyn Write) -> Result<(), Unfilled>,
    {
        match Filled::new(path, fill) {
            Ok(filled) => Ok(Self { path: path.to_owned(), filled }),
            Err(unfilled) => Err(unfilled.diagnostic(path)),
        }
    }

    /// Puts it in its place, over what is there.
    ///
    /// # Errors
    /// The system does not let it; the target is as it was, unless the error says that it is empty.
    pub(super) fn put(self) -> Result<(), Diagnostic> {
        let put = match self.filled {
            Filled::Apart(bytes) => write_in_place(&self.path, bytes.as_slice()),
            Filled::Beside(file) => match file.persist(&self.path) {
                Ok(_) => Ok(()),
                // A mount point stays what it is, and so does the file of another in a folder of everybody.
                Err(kept) if is_place_kept(&kept.error) => {
                    let mut file = kept.file.into_file();
                    file.rewind().and_then(|()| write_in_place(&self.path, file))
                }
                Err(kept) => Err(kept.error),
            },
        };
        put.map_err(|error| unwritable(&self.path, &error))
    }

    /// Puts it in its place, if nothing is there.
    ///
    /// # Errors
    /// Something is there, or the system does not let it.
    pub(super) fn put_new(self) -> Result<(), Diagnostic> {
        let put = match self.filled {
            Filled::Apart(_) => Err(ErrorKind::AlreadyExists.into()),
            Filled::Beside(file) => {
                file.persist_noclobber(&self.path).map(drop).map_err(|kept| kept.error)
            }
        };
        put.map_err(|error| unwritable(&self.path, &error))
    }
}

impl Filled {
    fn new<F>(path: &Path, fill: F) -> Result<Self, Unfilled>
    where
        F: FnOnce(&mut dyn Write) -> Result<(), Unfilled>,
    {
        let Some((mut file, rights)) = beside(path)? else {
            let mut bytes = Vec::new();
            fill(&mut bytes)?;
            return Ok(Self::Apart(bytes));
        };
        let mut buffer = BufWriter::with_capacity(1 << 16, file.as_file_mut());
        fill(&mut buffer)?;
        buffer.flush()?;
        drop(buffer);
        if let Some(rights) = rights {
            file.as_file().set_permissions(rights)?;
        }
        file.as_file().sync_data()?;
        Ok(Self::Beside(file))
    }
}

/// A new file beside the target, with the rights to give it when it is filled if the target exists; nothing where the
/// target can only be written in its place.
fn beside(path: &Path) -> io::Result<Option<(NamedTempFile, Option<Permissions>)>> {
    let ends_so = |end: &[u8]| path.as_os_str().as_encoded_bytes().ends_with(end);
    if ends_so(b"/") || (cfg!(windows) && ends_so(b"\\")) {
        return Err(ErrorKind::IsADirectory.into());
    }
    // A name of its own: with the target's in it, it could be too long.
    let mut named = tempfile::Builder::new();
    named.prefix(".benchgate-").suffix(".tmp");
    match path.symlink_metadata() {
        Ok(there) if there.is_file() => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut rights = OpenOptions::new();
            rights.read(true).write(true).create_new(true);
            let file = named.make_in(folder(path), |path| rights.open(path))?;
            return Ok(Some((file, None)));
        }
        Err(error) => return Err(error),
    }
    // A file that must not be written must not be replaced either, whatever its folder allows.
    let old = open(path, false)?;
    // Until it is filled, nobody else may open it.
    match named.tempfile_in(folder(path)) {
        Ok(new) if stands_for(new.as_file(), &old)? => {
            Ok(Some((new, Some(old.metadata()?.permissions()))))
        }
        Ok(_) => Ok(None),
        Err(error) if is_place_kept(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a file to write, or makes it: only of those who would make it, systems ask whether a file or link is theirs.
fn open(path: &Path, truncate: bool) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(truncate).open(path)
}

/// Whether a folder lets no file be made or replaced in it, which says nothing of writing one that is there.
fn is_place_kept(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::ResourceBusy
            | ErrorKind::CrossesDevices
    )
}

/// Writes to the file that the path leads to, as any program does. What breaks off leaves nothing: half a report could be
/// taken for a whole one.
fn write_in_place(path: &Path, mut from: impl Read) -> io::Result<()> {
    let mut target = open(path, true)?;
    let written = io::copy(&mut from, &mut target).and_then(|_| target.sync_data());
    written.map_err(|error| match target.set_len(0) {
        Ok(()) => io::Error::new(error.kind(), format!("{error}; the file is empty now")),
        Err(_) => error,
    })
}

/// Whether a new file can stand for an old one, but for the mode: it has the same owner, attributes that the system goes by
/// (such as a list of who may read it), and no second name. Gives it the owner where that is allowed.
#[cfg(unix)]
fn stands_for(new: &File, old: &File) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (data, own) = (old.metadata()?, new.metadata()?);
    if data.nlink() > 1 || !data.is_file() {
        return Ok(false);
    }
    if (own.uid(), own.gid()) != (data.uid(), data.gid())
        && fchown(new, Some(data.uid()), Some(data.gid())).is_err()
    {
        return Ok(false);
    }
    Ok(attributes(new)? == attributes(old)?)
}

/// Elsewhere rights are those of the folder.
#[cfg(not(unix))]
fn stands_for(_: &File, _: &File) -> io::Result<bool> {
    Ok(true)
}

/// The extended attributes of a file that the system goes by, by name.
#[cfg(target_os = "linux")]
fn attributes(file: &File) -> io::Result<std::collections::BTreeMap<Vec<u8>, Vec<u8>>> {
    use rustix::fs::{fgetxattr, flistxattr};
    use rustix::io::Errno;
    /// Neither names nor a value are longer (`XATTR_LIST_MAX`, `XATTR_SIZE_MAX`), in bytes.
    const LONGEST: usize = 64 << 10;
    let mut buffer = vec![0; LONGEST];
    let length = match flistxattr(file, buffer.as_mut_slice()) {
        Err(Errno::NOTSUP | Errno::NOSYS) => 0,
        length => length?,
    };
    let names: Vec<Vec<u8>> = buffer
        .get(..length)
        .unwrap_or_default()
        .split(|&byte| byte == 0)
        .filter(|name| name.starts_with(b"system.") || name.starts_with(b"security."))
        .map(<[u8]>::to_vec)
        .collect();
    let value = |name: Vec<u8>| {
        let length = fgetxattr(file, name.as_slice(), buffer.as_mut_slice())?;
        Ok((name, buffer.get(..length).unwrap_or_default().to_vec()))
    };
    names.into_iter().map(value).collect()
}

/// Other systems that have them keep lists of rights elsewhere.
#[cfg(all(unix, not(target_os = "linux")))]
fn attributes(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_may_open_a_file_before_it_has_the_rights_of_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
        let whole = Whole::fill(&path, |out| {
            let mut files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
            let new = files.find(|file| *file != path).unwrap();
            assert_eq!(mode(&new), 0o600);
            Ok(out.write_all(b"new")?)
        });
        assert_eq!(fs::read(&path).unwrap(), b"old");
        whole.unwrap().put().unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"new".to_vec(), 0o604));
    }
}
