//! Processes that a child leaves running on Linux, also where they left its group.
//!
//! benchgate is the "child subreaper": an orphan becomes its child. An orphan belongs to a run if it carries the
//! run's mark in its environment, is in its group, or was seen in its tree while it ran.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use procfs::process::{Process, Stat};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use super::mark::Mark;
use crate::measure::resources::ProcessKey;

/// Kills every process that the child `leader`, which has ended but is not reaped, left running. Returns how many.
pub(super) fn kill(leader: u32, mark: Mark, seen: &BTreeSet<ProcessKey>) -> usize {
    const PATIENCE: Duration = Duration::from_secs(2);
    let give_up = Instant::now() + PATIENCE;
    let mut killed = BTreeSet::new();
    let mut alive = 0;
    loop {
        // Killing an orphan can make orphans of its children, so look again until there are none.
        let orphans = orphans(leader, mark, seen, &killed);
        if orphans.is_empty() || Instant::now() > give_up {
            return alive;
        }
        for Orphan { pid, key, ended } in orphans {
            if !ended && killed.insert(key) {
                alive += 1;
                // An error means that it has just ended by itself.
                let _ = kill_process(pid, Signal::KILL);
            }
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

struct Orphan {
    pid: Pid,
    key: ProcessKey,
    /// Whether it has ended and only has to be reaped.
    ended: bool,
}

/// The children of this process that the run left behind, alive or to be reaped.
fn orphans(
    leader: u32,
    mark: Mark,
    seen: &BTreeSet<ProcessKey>,
    killed: &BTreeSet<ProcessKey>,
) -> Vec<Orphan> {
    let mut found = Vec::new();
    for pid in adopted() {
        if pid == leader {
            continue;
        }
        let Ok(number) = i32::try_from(pid) else { continue };
        let Ok(process) = Process::new(number) else { continue };
        let Ok(stat) = process.stat() else { continue };
        let key = ProcessKey { pid, start: stat.starttime };
        let ours = seen.contains(&key)
            || killed.contains(&key)
            || in_group(&stat, leader)
            || Mark::of(&process) == Some(mark);
        if let (true, Some(pid)) = (ours, Pid::from_raw(number)) {
            found.push(Orphan { pid, key, ended: stat.state == 'Z' });
        }
    }
    found
}

fn in_group(stat: &Stat, leader: u32) -> bool {
    u32::try_from(stat.pgrp) == Ok(leader)
}

/// The direct children of this process.
fn adopted() -> Vec<u32> {
    let Ok(tasks) = Process::myself().and_then(|me| me.tasks()) else { return Vec::new() };
    tasks.flatten().flat_map(|task| task.children().unwrap_or_default()).collect()
}

/// Kills what a benchgate that is no more left running, such as one that was killed by `kill -9` while it measured or
/// built: it would disturb what is measured now, and write into the same directories. Returns how many.
pub(super) fn sweep() -> usize {
    let Ok(all) = procfs::process::all_processes() else { return 0 };
    let here = namespace("self");
    let me = std::process::id();
    let mut killed = 0;
    for process in all.flatten() {
        // The number of an owner means something in its own namespace only. A benchgate that was started by what an
        // earlier one left, such as a terminal, bears its mark itself.
        let stray = u32::try_from(process.pid()) != Ok(me)
            && Mark::of(&process).is_some_and(|mark| !mark.owner_lives())
            && here.is_some()
            && namespace(&process.pid().to_string()) == here;
        if let (true, Some(pid)) = (stray, Pid::from_raw(process.pid()))
            && kill_process(pid, Signal::KILL).is_ok()
        {
            killed += 1;
        }
    }
    killed
}

/// The namespace in which a process has its number.
fn namespace(pid: &str) -> Option<std::path::PathBuf> {
    std::fs::read_link(format!("/proc/{pid}/ns/pid")).ok()
}
