//! What sysinfo tells where there is no `/proc`.

use std::collections::BTreeSet;
use std::time::Instant;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{Activity, Busy};

/// The counters at a moment.
pub(super) struct State {
    at: Instant,
    system: System,
}

fn refresh(system: &mut System) {
    system.refresh_cpu_usage();
    let what = ProcessRefreshKind::nothing().with_cpu();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
}

impl State {
    pub(super) fn now() -> Self {
        let mut system = System::new();
        refresh(&mut system);
        Self { at: Instant::now(), system }
    }

    pub(super) fn until_now(mut self) -> Activity {
        refresh(&mut self.system);
        let system = &self.system;
        let cores: Vec<f64> = system.cpus().iter().map(|cpu| f64::from(cpu.cpu_usage())).collect();
        let own = family(system);
        let busiest: Vec<Busy> = system
            .processes()
            .iter()
            .filter(|(pid, _)| !own.contains(pid))
            .map(|(pid, process)| Busy {
                pid: pid.as_u32(),
                name: process.name().to_string_lossy().into_owned(),
                core: None,
                cpu: f64::from(process.cpu_usage()),
            })
            .collect();
        let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
        Activity {
            seconds: self.at.elapsed().as_secs_f64(),
            idle: (!cores.is_empty()).then(|| 100.0 - mean(&cores)),
            others: Some(busiest.iter().map(|busy| busy.cpu).sum()),
            cores,
            busiest,
            ..Activity::default()
        }
    }
}

/// This process and its descendants.
fn family(system: &System) -> BTreeSet<Pid> {
    let mut family = BTreeSet::from([Pid::from_u32(std::process::id())]);
    loop {
        let more: Vec<Pid> = system
            .processes()
            .iter()
            .filter(|(pid, process)| {
                !family.contains(pid) && process.parent().is_some_and(|p| family.contains(&p))
            })
            .map(|(&pid, _)| pid)
            .collect();
        if more.is_empty() {
            return family;
        }
        family.extend(more);
    }
}
