//! Base and head made ready: trees checked out and built, executables found.

use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use walkdir::WalkDir;

use super::Halt;
use super::build::{self, Bench, Tree};
use super::journal::SideHeader;
use super::process::{self, Command};
use super::progress::{Event, Watch};
use super::request::{Request, ShellCommand, Subject};
use super::revision::{Checkout, Repository};
use crate::diag::{Code, Diagnostic, quoted};
use crate::model::Side;

/// One side, ready to be measured.
#[derive(Debug)]
pub(super) struct Ready {
    /// Its tree, if it has one.
    pub(super) tree: Option<Tree>,
    /// Its bench executables; none where a command is measured.
    pub(super) benches: Vec<Bench>,
    /// The directory a command runs in.
    pub(super) dir: PathBuf,
    /// The tree is removed when this is dropped.
    _checkout: Option<Checkout>,
}

/// The directory for trees, builds and results of single runs, held against a second measurement.
#[derive(Debug)]
pub(super) struct WorkDir {
    path: PathBuf,
    /// Where processes leave their results. It is this process's own: a process that outlived a killed benchgate may
    /// still be writing to another.
    runs: PathBuf,
    /// How many processes of a killed benchgate were found running and ended.
    strays: usize,
    _held: File,
}

impl WorkDir {
    /// Takes the directory.
    ///
    /// # Errors
    /// Another measurement has it, or it cannot be written.
    pub(super) fn take(path: &Path) -> Result<Self, Halt> {
        fs::create_dir_all(path).map_err(|e| Halt::file("create", path, &e))?;
        let lock = path.join("lock");
        let held = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(|e| Halt::file("write", &lock, &e))?;
        match held.try_lock() {
            Ok(()) => {
                let strays = process::sweep();
                let all = path.join("run");
                // What cannot be removed now is not used either.
                let _ = fs::remove_dir_all(&all);
                let runs = all.join(format!("{:010}", std::process::id()));
                Ok(Self { path: path.to_owned(), runs, strays, _held: held })
            }
            Err(TryLockError::WouldBlock) => {
                let message = "another benchgate is measuring in this directory";
                Err(Halt::usage(
                    Diagnostic::error(Code::RunSetTaken, message)
                        .file(path.display().to_string())
                        .help("wait until it has finished: two measurements disturb each other anyway"),
                ))
            }
            Err(TryLockError::Error(error)) => Err(Halt::file("lock", &lock, &error)),
        }
    }

    /// The directory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a process of one side leaves its results. Both names have the same length, as has everything that a
    /// process of either side is given.
    pub(super) fn scratch(&self, side: Side) -> PathBuf {
        self.runs.join(side.name())
    }

    /// Where one side's links are kept.
    pub(super) fn links(&self, side: Side) -> PathBuf {
        self.path.join(side.name()).join("links")
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        // The next measurement removes what is left.
        let _ = fs::remove_dir_all(&self.runs);
    }
}

/// Resolves the names of revisions, so that a resumed measurement measures the same commits.
///
/// # Errors
/// Git knows no such revision.
pub(super) fn resolve(request: &mut Request, stop: &AtomicBool) -> Result<(), Halt> {
    let dir = request.dir.clone();
    for subject in [&mut request.base, &mut request.head] {
        if let Subject::Named(name) = subject {
            *subject = Subject::Revision(Repository::open(&dir, stop)?.resolve(name, stop)?);
        }
    }
    Ok(())
}

/// What the run set says of a side.
pub(super) fn header(subject: &Subject) -> SideHeader {
    let name = |paths: &[PathBuf]| {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        Some(names.join(", "))
    };
    match subject {
        Subject::Named(name) => SideHeader { name: Some(name.clone()), ..SideHeader::default() },
        Subject::Revision(revision) => SideHeader {
            name: Some(revision.name.clone()),
            commit: Some(revision.commit.clone()),
            date: Some(revision.date.clone()),
            ..SideHeader::default()
        },
        Subject::Directory(path) => {
            SideHeader { name: name(std::slice::from_ref(path)), ..SideHeader::default() }
        }
        Subject::Executables(files) => SideHeader { name: name(files), ..SideHeader::default() },
    }
}

/// Makes both sides ready, base first.
///
/// # Errors
/// A tree cannot be checked out or built.
pub(super) fn prepare(
    request: &Request,
    work: &WorkDir,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<[Ready; 2], Halt> {
    if work.strays > 0 {
        watch.event(Event::Step(&format!(
            "ended {} that a killed benchgate had left running",
            if work.strays == 1 {
                "a process".into()
            } else {
                format!("{} processes", work.strays)
            }
        )));
    }
    let base = prepare_side(Side::Base, request, work, stop, watch)?;
    if let Some(tree) = &base.tree {
        seed(&tree.target, &work.path.join("head/target"), &request.head)?;
    }
    let head = prepare_side(Side::Head, request, work, stop, watch)?;
    Ok([base, head])
}

fn prepare_side(
    side: Side,
    request: &Request,
    work: &WorkDir,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<Ready, Halt> {
    let own = work.path.join(side.name());
    let (dir, target, checkout) = match request.subject(side) {
        Subject::Named(name) => {
            // Names are resolved before; one that is not is a name all the same.
            let repository = Repository::open(&request.dir, stop)?;
            let revision = repository.resolve(name, stop)?;
            let checkout = repository.check_out(&revision.commit, &own.join("tree"), stop)?;
            (checkout.dir(), own.join("target"), Some(checkout))
        }
        Subject::Revision(revision) => {
            let short: String = revision.commit.chars().take(10).collect();
            watch.event(Event::Step(&format!("{}: checking out {short}", side.name())));
            let repository = Repository::open(&request.dir, stop)?;
            let checkout = repository.check_out(&revision.commit, &own.join("tree"), stop)?;
            (checkout.dir(), own.join("target"), Some(checkout))
        }
        Subject::Directory(path) => {
            let dir = path.canonicalize().map_err(|e| Halt::file("open", path, &e))?;
            // A target directory for each tree: cargo tells old from new by the age of files.
            let target = work.path.join(format!("{}/{:016x}", side.name(), hash(&dir)));
            (dir, target, None)
        }
        Subject::Executables(files) => {
            let dir = request.dir.clone();
            let benches =
                files.iter().map(|file| executable(file, &dir)).collect::<Result<_, _>>()?;
            return Ok(Ready { tree: None, benches, dir, _checkout: None });
        }
    };
    let tree = Tree { side, dir: dir.clone(), target };
    let benches = match &request.command {
        Some(command) => {
            prepare_command(side, command, &dir, &tree, stop, watch)?;
            Vec::new()
        }
        None => {
            watch.event(Event::Step(&format!("{}: building", side.name())));
            build::build(
                &tree,
                &request.cargo,
                request.allow_empty_base && side == Side::Base,
                stop,
            )?
        }
    };
    Ok(Ready { tree: Some(tree), benches, dir, _checkout: checkout })
}

/// Runs the line that prepares a side.
fn prepare_command(
    side: Side,
    command: &ShellCommand,
    dir: &Path,
    tree: &Tree,
    stop: &AtomicBool,
    watch: &mut dyn Watch,
) -> Result<(), Halt> {
    let Some(line) = &command.prepare else { return Ok(()) };
    watch.event(Event::Step(&format!("{}: preparing", side.name())));
    let shell = Command::shell(&ShellCommand::for_side(line, side))
        .env("CARGO_TARGET_DIR", &tree.target)
        .env("BENCHGATE_SIDE", side.name());
    let shell = Command { dir: Some(dir.to_owned()), sampled: false, ..shell };
    let ended = process::run(&shell, stop)?;
    match ended.failure(&shell) {
        None => Ok(()),
        Some(failure) => {
            let message = format!("{} cannot be prepared", side.name());
            let help = format!("{}: {}", failure.message, failure.help.unwrap_or_default());
            Err(Halt::input(Diagnostic::error(Code::BuildFailed, message).help(help)))
        }
    }
}

fn executable(file: &Path, dir: &Path) -> Result<Bench, Halt> {
    let found = file.canonicalize().map_err(|e| Halt::file("open", file, &e))?;
    if found.is_dir() {
        let message = format!("{} is a directory", quoted(&file.display().to_string()));
        return Err(Halt::usage(Diagnostic::error(Code::Unreadable, message).help(
            "name bench executables; `--base-dir` and `--head-dir` build the tree of a directory",
        )));
    }
    let stem = found.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Cargo appends a hash to the name of the target.
    let target = match stem.rsplit_once('-') {
        Some((target, hash)) if hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit()) => {
            target.to_owned()
        }
        _ => stem,
    };
    Ok(Bench { file: found, target, dir: dir.to_owned(), env: Vec::new(), package: None })
}

/// Copies the build files of one side to the other, so that the second build starts where the first ended.
///
/// The sources of the other side are checked out afterwards: being newer than what is copied, they are built;
/// what comes from a registry is not.
fn seed(from: &Path, to: &Path, subject: &Subject) -> Result<(), Halt> {
    if to.exists() || !from.exists() || !matches!(subject, Subject::Revision(_) | Subject::Named(_))
    {
        return Ok(());
    }
    // Half a copy could look like a build, so it gets its name when it is whole.
    let next = to.with_extension("next");
    let copied = match fs::remove_dir_all(&next) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => copy(from, &next).and_then(|()| fs::rename(&next, to)),
    };
    copied.map_err(|e| {
        let _ = fs::remove_dir_all(&next);
        Halt::file("copy build files to", to, &e)
    })
}

/// Copies a directory with the times of its files, by which cargo tells what is fresh.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let wanted = |entry: &walkdir::DirEntry| entry.file_name() != "incremental";
    for entry in WalkDir::new(from).into_iter().filter_entry(wanted) {
        let entry = entry?;
        let below = entry.path().strip_prefix(from).map_err(io::Error::other)?;
        let target = to.join(below);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), &target)?;
            let modified = entry.metadata()?.modified()?;
            File::options().write(true).open(&target)?.set_modified(modified)?;
        }
    }
    Ok(())
}

/// A number for a path, the same in every run of one version.
pub(super) fn hash(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Revision;

    /// What an earlier measurement copied before it was killed is no build.
    #[test]
    fn build_files_are_copied_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("base/target"), dir.path().join("head/target"));
        fs::create_dir_all(from.join("release/incremental")).unwrap();
        fs::write(from.join("release/app"), "new").unwrap();
        fs::create_dir_all(dir.path().join("head/target.next/release")).unwrap();
        fs::write(dir.path().join("head/target.next/release/half"), "old").unwrap();
        let commit = Revision { name: "x".into(), commit: "x".into(), date: String::new() };
        seed(&from, &to, &Subject::Revision(commit)).unwrap();
        let names = |dir: &Path| {
            let all = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
            all.map(|name| name.into_string().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(names(&to.join("release")), ["app"]);
        assert_eq!(names(&dir.path().join("head")), ["target"]);
    }
}
