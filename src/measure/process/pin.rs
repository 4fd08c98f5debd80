//! Running on one core.

use super::Failure;

/// The cores that this process may use, from 0, in order. Empty where a process cannot be kept on a core.
#[must_use]
pub fn allowed_cores() -> Vec<usize> {
    system::allowed()
}

/// Keeps the calling thread on one core while it lives; a child that is started meanwhile inherits that from its
/// first instruction on, and so do its threads.
pub(super) struct Pinned {
    #[cfg(target_os = "linux")]
    before: rustix::thread::CpuSet,
}

#[cfg(target_os = "linux")]
mod system {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    use super::{Failure, Pinned};

    pub(super) fn allowed() -> Vec<usize> {
        let Ok(set) = sched_getaffinity(None) else { return Vec::new() };
        (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect()
    }

    impl Pinned {
        /// Pins the calling thread.
        ///
        /// # Errors
        /// The core does not exist or may not be used.
        pub(in super::super) fn to(core: usize) -> Result<Self, Failure> {
            let fail = |reason: String| Failure::Pin { core, reason };
            let before = sched_getaffinity(None).map_err(|e| fail(e.to_string()))?;
            if core >= CpuSet::MAX_CPU || !before.is_set(core) {
                return Err(fail("it does not exist, or this process may not use it".into()));
            }
            let mut set = CpuSet::new();
            set.set(core);
            sched_setaffinity(None, &set).map_err(|e| fail(e.to_string()))?;
            Ok(Self { before })
        }
    }

    impl Drop for Pinned {
        fn drop(&mut self) {
            // The set held a moment ago, so it can be set again; if not, this thread only stays on one core.
            let _ = sched_setaffinity(None, &self.before);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Failure, Pinned};

    pub(super) fn allowed() -> Vec<usize> {
        Vec::new()
    }

    impl Pinned {
        /// Pins the calling thread.
        ///
        /// # Errors
        /// Always: only Linux keeps a process on a core.
        pub(in super::super) fn to(core: usize) -> Result<Self, Failure> {
            Err(Failure::Pin {
                core,
                reason: "this platform does not keep a process on a core".into(),
            })
        }
    }
}
