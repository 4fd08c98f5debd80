//! Whether the machine is fit to measure on.

use std::time::Duration;

use super::{Activity, Machine};
use crate::diag::{Code, Diagnostic, quoted};

/// How long the machine should be watched before it is judged.
pub const LOOK: Duration = Duration::from_millis(300);

/// What there is to say before measuring.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preflight {
    /// What makes the numbers worse than they must be.
    pub warnings: Vec<Diagnostic>,
    /// What is good to know and often cannot be changed: lowercase fragments.
    pub notices: Vec<String>,
}

/// Judges the machine and what it did for [`LOOK`] while benchgate did nothing.
#[must_use]
pub fn preflight(machine: &Machine, activity: &Activity) -> Preflight {
    const LOAD_PER_CORE: f64 = 0.5;
    const IDLE: f64 = 90.0;
    const STEAL: f64 = 2.0;
    const MEMORY: u64 = 512 << 20;
    const DISK: u64 = 2 << 30;
    let mut found = Preflight::default();
    let mut warn = |message: String, help: &str| {
        found.warnings.push(Diagnostic::warning(Code::BusyMachine, message).help(help));
    };

    let cores = machine.cores.unwrap_or(1) as f64;
    if let Some(idle) = activity.idle.filter(|&idle| idle < IDLE) {
        let named: Vec<String> = activity.busiest.iter().map(ToString::to_string).collect();
        let who = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
        warn(
            format!("the machine is busy before measuring begins, {idle:.0} % of it idle{who}"),
            "stop what else runs, or measure more blocks: the interval becomes wider, not wrong",
        );
    } else if let Some(load) = machine.load.filter(|load| load / cores > LOAD_PER_CORE) {
        warn(
            format!("the load of the last minute is {load:.2} on {cores} cores"),
            "wait until other work has ended, or measure more blocks",
        );
    }
    if let Some(steal) = activity.steal.filter(|&steal| steal > STEAL) {
        warn(
            format!("the hypervisor gives {steal:.1} % of the time to other machines"),
            "use a dedicated runner, or measure more blocks",
        );
    }
    if let Some(free) = machine.memory_available.filter(|&free| free < MEMORY) {
        warn(
            format!("only {} of memory are available", mebibytes(free)),
            "free memory: a machine that swaps measures its disk",
        );
    }
    if let Some(free) = machine.disk_free.filter(|&free| free < DISK) {
        warn(
            format!("only {} of disk are free where the builds go", mebibytes(free)),
            "free space, or name another directory: two builds may need several gigabytes",
        );
    }
    if let Some(governor) = machine.governor.as_deref().filter(|&name| name != "performance") {
        found.notices.push(format!(
            "the frequency governor is {}; `performance` gives steadier numbers",
            quoted(governor)
        ));
    }
    found
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
