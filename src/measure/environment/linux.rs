//! Counters of the kernel.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Instant;

use procfs::process::{Process, Stat, all_processes};
use procfs::{CpuTime, CurrentSI, KernelStats};

use super::{Activity, Busy};

/// The counters at a moment.
pub(super) struct State {
    at: Instant,
    kernel: Option<KernelStats>,
    own: Option<u64>,
    processes: BTreeMap<i32, Stat>,
}

impl State {
    pub(super) fn now() -> Self {
        Self {
            at: Instant::now(),
            kernel: KernelStats::current().ok(),
            own: Process::myself()
                .and_then(|me| me.stat())
                .ok()
                .map(|stat| ticks_with_children(&stat)),
            processes: processes(),
        }
    }

    pub(super) fn until_now(self) -> Activity {
        let now = Self::now();
        let mut activity = Activity {
            seconds: now.at.duration_since(self.at).as_secs_f64(),
            frequency: frequency(),
            ..Activity::default()
        };
        let (Some(before), Some(after)) = (&self.kernel, &now.kernel) else { return activity };
        let total = Span::between(&before.total, &after.total);
        activity.idle = total.percent(total.idle);
        activity.steal = total.percent(total.steal);
        activity.cores = before
            .cpu_time
            .iter()
            .zip(&after.cpu_time)
            .map(|(before, after)| Span::between(before, after))
            .map(|core| core.percent(core.busy()).unwrap_or(0.0))
            .collect();
        // The kernel's own clock, so that shares add up: all cores together count `total.all` ticks.
        let ticks = total.all / after.cpu_time.len().max(1) as f64;
        if ticks > 0.0 {
            if let (Some(before), Some(after)) = (self.own, now.own) {
                let others = total.busy() - after.saturating_sub(before) as f64;
                activity.others = Some((100.0 * others / ticks).max(0.0));
            }
            activity.busiest = self.busiest(&now, ticks);
        }
        activity
    }

    /// What each process that is not this one's used.
    fn busiest(&self, now: &Self, ticks: f64) -> Vec<Busy> {
        let own = family(&now.processes);
        now.processes
            .iter()
            .filter(|(pid, _)| !own.contains(pid))
            .filter_map(|(&pid, stat)| {
                let before = self
                    .processes
                    .get(&pid)
                    .filter(|before| before.starttime == stat.starttime)
                    .map_or(0, own_ticks);
                Some(Busy {
                    pid: pid.try_into().ok()?,
                    name: stat.comm.clone(),
                    core: stat.processor.and_then(|core| core.try_into().ok()),
                    cpu: 100.0 * own_ticks(stat).saturating_sub(before) as f64 / ticks,
                })
            })
            .collect()
    }
}

fn processes() -> BTreeMap<i32, Stat> {
    let Ok(all) = all_processes() else { return BTreeMap::new() };
    all.flatten().filter_map(|process| Some((process.pid(), process.stat().ok()?))).collect()
}

/// This process and its descendants.
fn family(processes: &BTreeMap<i32, Stat>) -> BTreeSet<i32> {
    let mut family: BTreeSet<i32> = std::process::id().try_into().into_iter().collect();
    loop {
        let more: Vec<i32> = processes
            .iter()
            .filter(|(pid, stat)| family.contains(&stat.ppid) && !family.contains(pid))
            .map(|(&pid, _)| pid)
            .collect();
        if more.is_empty() {
            return family;
        }
        family.extend(more);
    }
}

fn own_ticks(stat: &Stat) -> u64 {
    stat.utime + stat.stime
}

fn ticks_with_children(stat: &Stat) -> u64 {
    own_ticks(stat) + u64::try_from(stat.cutime + stat.cstime).unwrap_or(0)
}

/// The ticks of a span of time.
struct Span {
    all: f64,
    idle: f64,
    steal: f64,
}

impl Span {
    /// Guest time is part of user time, so it is not added.
    fn between(before: &CpuTime, after: &CpuTime) -> Self {
        // The kernel's idle counters can step back.
        let since = |field: fn(&CpuTime) -> u64| field(after).saturating_sub(field(before)) as f64;
        let idle = since(|t| t.idle) + since(|t| t.iowait.unwrap_or(0));
        let steal = since(|t| t.steal.unwrap_or(0));
        let busy = since(|t| t.user + t.nice + t.system)
            + since(|t| t.irq.unwrap_or(0) + t.softirq.unwrap_or(0));
        Self { all: idle + steal + busy, idle, steal }
    }

    fn busy(&self) -> f64 {
        self.all - self.idle - self.steal
    }

    fn percent(&self, part: f64) -> Option<f64> {
        (self.all > 0.0).then(|| 100.0 * part / self.all)
    }
}

/// The mean of the frequencies that the kernel sets, in MHz; a virtual machine sees none.
fn frequency() -> Option<f64> {
    let cores = fs::read_dir("/sys/devices/system/cpu/cpufreq").ok()?;
    let kilohertz: Vec<f64> = cores
        .flatten()
        .filter_map(|core| fs::read_to_string(core.path().join("scaling_cur_freq")).ok())
        .filter_map(|text| text.trim().parse().ok())
        .collect();
    (!kilohertz.is_empty()).then(|| kilohertz.iter().sum::<f64>() / kilohertz.len() as f64 / 1000.0)
}
