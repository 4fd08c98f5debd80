//! The mark by which the descendants of a child are known again, wherever they went.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable that holds it.
pub(super) const NAME: &str = "BENCHGATE_CHILD";

/// Who started a child, and which of its children it is.
///
/// Written with a fixed length: a longer environment would move the stack of the child, and with it what it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    owner: u32,
    /// When the owner started: its number may be given to another process after it.
    since: u64,
    child: u32,
}

impl Mark {
    /// The mark of the next child.
    pub(super) fn next() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let owner = std::process::id();
        let since = started(owner).unwrap_or(0);
        Self { owner, since, child: NEXT.fetch_add(1, Ordering::Relaxed) }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{:016x}-{:08x}", self.owner, self.since, self.child)
    }
}

#[cfg(target_os = "linux")]
impl Mark {
    /// The mark in the environment of a process.
    pub(super) fn of(process: &procfs::process::Process) -> Option<Self> {
        let variables = process.environ().ok()?;
        Self::read(variables.get(std::ffi::OsStr::new(NAME))?.to_str()?)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = || u64::from_str_radix(parts.next()?, 16).ok();
        Some(Self {
            owner: number()?.try_into().ok()?,
            since: number()?,
            child: number()?.try_into().ok()?,
        })
    }

    /// Whether the benchgate that set it still runs.
    pub(super) fn owner_lives(self) -> bool {
        started(self.owner) == Some(self.since)
    }
}

#[cfg(target_os = "linux")]
fn started(pid: u32) -> Option<u64> {
    let process = procfs::process::Process::new(pid.try_into().ok()?).ok()?;
    process.stat().ok().map(|stat| stat.starttime)
}

#[cfg(not(target_os = "linux"))]
fn started(_: u32) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_are_written() {
        let (a, b) = (Mark::next(), Mark::next());
        assert_ne!(a, b);
        assert_eq!(a.to_string().len(), 34);
        #[cfg(target_os = "linux")]
        {
            assert_eq!(Mark::read(&a.to_string()), Some(a));
            assert!(a.owner_lives());
            assert!(!Mark { since: 1, ..a }.owner_lives());
            assert_eq!(Mark::read("zz-1-1"), None);
        }
    }
}
