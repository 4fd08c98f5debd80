//! Git revisions, and trees of them that are nobody's working tree.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Halt;
use super::process::{self, Command, Ended};
use crate::diag::{Code, Diagnostic, quoted};

/// No git command of ours takes longer than this, but for a checkout.
const PATIENCE: Duration = Duration::from_secs(60);

/// A commit, and what the user called it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The name: a branch, a tag, `HEAD~1`.
    pub name: String,
    /// The commit, in full.
    pub commit: String,
    /// When it was committed, as git writes it in RFC 3339.
    pub date: String,
}

/// A git repository.
#[derive(Clone, Debug)]
pub(super) struct Repository {
    /// A directory in it.
    dir: PathBuf,
    /// Where `dir` lies below the root of the working tree.
    pub(super) prefix: PathBuf,
}

impl Repository {
    /// The repository that `dir` lies in.
    ///
    /// # Errors
    /// It lies in none, or there is no git.
    pub(super) fn open(dir: &Path, stop: &AtomicBool) -> Result<Self, Halt> {
        let ended = git(dir, ["rev-parse", "--is-inside-work-tree", "--show-prefix"], stop)?;
        let text = ended.stdout.text();
        let mut lines = text.lines();
        if !ended.status.success() || lines.next() != Some("true") {
            let message =
                format!("{} is in no working tree of git", quoted(&dir.display().to_string()));
            return Err(Halt::input(Diagnostic::error(Code::BadRevision, message).help(
                "run it inside the repository, or name trees with `--base-dir` and `--head-dir`",
            )));
        }
        Ok(Self { dir: dir.to_owned(), prefix: lines.next().unwrap_or_default().into() })
    }

    /// The commit that a name stands for.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn resolve(&self, name: &str, stop: &AtomicBool) -> Result<Revision, Halt> {
        let commit = format!("{name}^{{commit}}");
        let args = ["rev-parse", "--quiet", "--verify", "--end-of-options", commit.as_str()];
        let ended = git(&self.dir, args, stop)?;
        let commit = ended.stdout.text().trim().to_owned();
        if !ended.status.success() || commit.is_empty() {
            let message = format!("git knows no revision {}", quoted(name));
            return Err(Halt::input(Diagnostic::error(Code::BadRevision, message).help(
                "check its spelling; a shallow checkout lacks older commits (`fetch-depth: 0` fetches them)",
            )));
        }
        let ended = git(&self.dir, ["show", "--no-patch", "--format=%cI", commit.as_str()], stop)?;
        let date = ended.stdout.text().trim().to_owned();
        Ok(Revision { name: name.to_owned(), commit, date })
    }

    /// Checks a commit out into `dir`, over what an interrupted measurement may have left there.
    ///
    /// Hooks do not run. The files are as new as the checkout, so that a build never takes them for older ones.
    ///
    /// # Errors
    /// Git says why.
    pub(super) fn check_out(
        &self,
        commit: &str,
        dir: &Path,
        stop: &AtomicBool,
    ) -> Result<Checkout, Halt> {
        if let Some(parent) = dir.parent() {
            fs::create_dir_all(parent).map_err(|e| Halt::file("create", parent, &e))?;
        }
        let checkout = Checkout { repository: self.clone(), dir: dir.to_owned() };
        checkout.remove();
        let mut args: Vec<OsString> =
            ["worktree", "add", "--force", "--force", "--detach", "--quiet"].map(Into::into).into();
        args.extend([dir.as_os_str().to_owned(), commit.into()]);
        let command = Command { limit: None, ..command(&self.dir, args) };
        let ended = process::run(&command, stop)?;
        match ended.failure(&command) {
            None => Ok(checkout),
            Some(failure) => {
                let message = format!("git cannot check out {}", quoted(commit));
                let help = failure.help.unwrap_or_default();
                Err(Halt::input(Diagnostic::error(Code::BadRevision, message).help(help)))
            }
        }
    }
}

/// A tree of one commit. It is removed when this value is dropped.
#[derive(Debug)]
pub(super) struct Checkout {
    repository: Repository,
    dir: PathBuf,
}

impl Checkout {
    /// The directory in it that corresponds to where the user is.
    pub(super) fn dir(&self) -> PathBuf {
        self.dir.join(&self.repository.prefix)
    }

    /// Takes the tree away, and what git knows of it.
    fn remove(&self) {
        let _ = fs::remove_dir_all(&self.dir);
        let args = [
            OsStr::new("worktree"),
            "remove".as_ref(),
            "--force".as_ref(),
            "--force".as_ref(),
            self.dir.as_ref(),
        ];
        // Git fails where it knows no such tree. `prune` would take trees of the user as well, whose disk is not mounted now.
        let _ = git(&self.repository.dir, args, &AtomicBool::new(false));
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.remove();
    }
}

fn command(dir: &Path, args: impl IntoIterator<Item = impl Into<OsString>>) -> Command {
    let mut command = Command::new("git")
        .args(["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"])
        .args(args)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C");
    // A hook that starts benchgate must not make git look at the hook's index and tree.
    command.hide = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].map(Into::into).into();
    Command { dir: Some(dir.to_owned()), limit: Some(PATIENCE), sampled: false, ..command }
}

fn git(
    dir: &Path,
    args: impl IntoIterator<Item = impl Into<OsString>>,
    stop: &AtomicBool,
) -> Result<Ended, Halt> {
    Ok(process::run(&command(dir, args), stop)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(dir: &Path, args: &[&str]) -> String {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let ended = git(dir, identity.iter().chain(args), &AtomicBool::new(false)).unwrap();
        assert!(ended.status.success(), "{}", ended.stderr.text());
        ended.stdout.text().trim().to_owned()
    }

    /// A tree of the user may lie on a disk that is not there now.
    #[test]
    fn no_tree_of_the_user_is_forgotten_and_none_of_ours_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().canonicalize().unwrap();
        let (user, ours) = (dir.join("user"), dir.join("ours"));
        let stop = AtomicBool::new(false);
        ask(&dir, &["init", "-q", "project"]);
        let project = dir.join("project");
        ask(&project, &["commit", "-q", "--allow-empty", "--no-gpg-sign", "-m", "first"]);
        ask(&project, &["worktree", "add", "-q", "--detach", &user.to_string_lossy()]);
        fs::rename(&user, dir.join("unmounted")).unwrap();
        let trees = || ask(&project, &["worktree", "list", "--porcelain"]);
        let before = trees();
        assert!(before.contains("user"), "{before}");

        let repository = Repository::open(&project, &stop).unwrap();
        let commit = repository.resolve("HEAD", &stop).unwrap().commit;
        let checkout = repository.check_out(&commit, &ours, &stop).unwrap();
        assert!(trees().contains("ours"));
        // What a killed measurement leaves: a tree, or only what git knows of it.
        std::mem::forget(checkout);
        std::mem::forget(repository.check_out(&commit, &ours, &stop).unwrap());
        fs::remove_dir_all(&ours).unwrap();
        drop(repository.check_out(&commit, &ours, &stop).unwrap());
        assert_eq!(trees(), before);
        assert!(!ours.exists());
    }
}
