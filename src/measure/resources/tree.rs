//! One look at a process and its descendants.

use std::collections::BTreeSet;
use std::time::Duration;

/// What a tree uses at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    /// CPU time so far, of the living and of those that they waited for.
    pub(super) cpu: Duration,
    /// Resident memory of all of them, in bytes.
    pub(super) memory: u64,
}

/// A process and its descendants.
pub(super) struct Tree {
    root: u32,
    #[cfg(target_os = "linux")]
    seen: BTreeSet<super::ProcessKey>,
    peak: Option<u64>,
    #[cfg(not(target_os = "linux"))]
    system: sysinfo::System,
}

impl Tree {
    /// The most memory that one of its processes was seen to hold, in bytes.
    pub(super) fn peak(&self) -> Option<u64> {
        self.peak
    }

    /// Every process that was seen in it.
    #[cfg(target_os = "linux")]
    pub(super) fn seen(&self) -> &BTreeSet<super::ProcessKey> {
        &self.seen
    }
}

#[cfg(target_os = "linux")]
mod system {
    use procfs::process::Process;
    use procfs::{page_size, ticks_per_second};

    use super::super::ProcessKey;
    use super::*;

    /// The most threads of a process whose children are looked for one by one; in a process with more, only its
    /// main thread is taken to start others.
    const THREADS: i64 = 16;

    pub(in super::super) fn own_peak() -> Option<u64> {
        peak_of(&Process::myself().ok()?)
    }

    fn peak_of(process: &Process) -> Option<u64> {
        process.status().ok()?.vmhwm.map(|kib| kib * 1024)
    }

    impl Tree {
        /// The tree below `root`.
        pub(in super::super) fn new(root: u32) -> Self {
            Self { root, seen: BTreeSet::new(), peak: None }
        }

        /// Looks at it; `None` when it is gone.
        pub(in super::super) fn look(&mut self) -> Option<Look> {
            let (mut ticks, mut memory) = (0, 0);
            let mut open = vec![self.root];
            let mut met = BTreeSet::new();
            while let Some(pid) = open.pop() {
                if !met.insert(pid) {
                    continue;
                }
                let Ok(process) =
                    i32::try_from(pid).map_or(Err(()), |pid| Process::new(pid).map_err(|_| ()))
                else {
                    continue;
                };
                let Ok(stat) = process.stat() else { continue };
                // A zombie holds nothing any more; the root is one when it has ended and is about to be reaped.
                if stat.state == 'Z' {
                    continue;
                }
                self.seen.insert(ProcessKey { pid, start: stat.starttime });
                let waited = u64::try_from(stat.cutime + stat.cstime).unwrap_or(0);
                ticks += stat.utime + stat.stime + waited;
                memory += stat.rss * page_size();
                self.peak = self.peak.max(peak_of(&process));
                open.extend(children(&process, stat.num_threads));
            }
            let cpu = Duration::from_secs_f64(ticks as f64 / ticks_per_second() as f64);
            (!self.seen.is_empty() && memory > 0).then_some(Look { cpu, memory })
        }
    }

    fn children(process: &Process, threads: i64) -> Vec<u32> {
        if threads <= 1 || threads > THREADS {
            let main = process.task_main_thread();
            return main.and_then(|task| task.children()).unwrap_or_default();
        }
        let Ok(tasks) = process.tasks() else { return Vec::new() };
        tasks.flatten().flat_map(|task| task.children().unwrap_or_default()).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::collections::BTreeMap;

    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

    use super::*;

    /// Elsewhere a child's high-water mark begins at zero.
    pub(in super::super) fn own_peak() -> Option<u64> {
        None
    }

    impl Tree {
        /// The tree below `root`.
        pub(in super::super) fn new(root: u32) -> Self {
            Self { root, peak: None, system: System::new() }
        }

        /// Looks at it; `None` when it is gone.
        pub(in super::super) fn look(&mut self) -> Option<Look> {
            let what = ProcessRefreshKind::nothing().with_cpu().with_memory();
            self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
            let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            for (pid, process) in self.system.processes() {
                if let Some(parent) = process.parent() {
                    children.entry(parent.as_u32()).or_default().push(pid.as_u32());
                }
            }
            let (mut milliseconds, mut memory) = (0, 0);
            let mut open = vec![self.root];
            let mut met = BTreeSet::new();
            while let Some(pid) = open.pop() {
                if !met.insert(pid) {
                    continue;
                }
                if let Some(process) = self.system.process(Pid::from_u32(pid)) {
                    milliseconds += process.accumulated_cpu_time();
                    memory += process.memory();
                    self.peak = self.peak.max(Some(process.memory()));
                    open.extend(children.get(&pid).into_iter().flatten());
                }
            }
            let cpu = Duration::from_millis(milliseconds);
            (memory > 0).then_some(Look { cpu, memory })
        }
    }
}

pub(super) use system::own_peak;
