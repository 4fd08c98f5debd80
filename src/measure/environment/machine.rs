//! What does not change while it is measured.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use crate::measure::process::{self, Command};

/// The machine; what the platform does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// The model of the CPU.
    pub cpu: Option<String>,
    /// How many cores this process may use at once.
    pub cores: Option<usize>,
    /// The kind of operating system: `linux`, `macos`, `windows`.
    pub os: String,
    /// The operating system with its version, as people name it.
    pub os_version: Option<String>,
    /// The version of the kernel.
    pub kernel: Option<String>,
    /// The architecture: `x86_64`, `aarch64`.
    pub arch: String,
    /// The frequency governor of the first core (Linux).
    pub governor: Option<String>,
    /// Memory that this process may use, in bytes.
    pub memory: Option<u64>,
    /// Memory that is free for new work, in bytes.
    pub memory_available: Option<u64>,
    /// Free space where the results and builds go, in bytes.
    pub disk_free: Option<u64>,
    /// The load average of the last minute.
    pub load: Option<f64>,
    /// What the runner is called on GitHub: the image of a hosted one, the name of one's own.
    pub runner: Option<String>,
}

impl Machine {
    /// Looks at the machine; `dir` is where results and builds go.
    #[must_use]
    pub fn look(dir: &Path) -> Self {
        let what = RefreshKind::nothing()
            .with_memory(MemoryRefreshKind::nothing().with_ram())
            .with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(what);
        let (memory, available) = memory(&system);
        Self {
            cpu: system.cpus().first().map(|cpu| tidy(cpu.brand())).filter(|cpu| !cpu.is_empty()),
            cores: thread::available_parallelism().ok().map(usize::from),
            os: env::consts::OS.into(),
            os_version: System::long_os_version().map(|version| tidy(&version)),
            kernel: System::kernel_version(),
            arch: env::consts::ARCH.into(),
            governor: governor(),
            memory,
            memory_available: available,
            disk_free: disk_free(dir),
            load: load(),
            runner: runner(|name| env::var(name).ok()),
        }
    }

    /// As the `environment` of a run set: keys in kebab-case, sizes in bytes, nothing for what is unknown.
    #[must_use]
    pub fn entries(&self) -> BTreeMap<String, Value> {
        [
            ("cpu", json!(self.cpu)),
            ("cores", json!(self.cores)),
            ("os", json!(self.os)),
            ("os-version", json!(self.os_version)),
            ("kernel", json!(self.kernel)),
            ("arch", json!(self.arch)),
            ("governor", json!(self.governor)),
            ("memory", json!(self.memory)),
            ("memory-available", json!(self.memory_available)),
            ("disk-free", json!(self.disk_free)),
            ("load", json!(self.load)),
            ("runner", json!(self.runner)),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }
}

/// The version of the compiler that cargo uses in `dir`, such as `1.95.0 (59807616e 2026-04-14)`; `None` where there
/// is none.
#[must_use]
pub fn rustc(dir: &Path, stop: &AtomicBool) -> Option<String> {
    // A toolchain file may make rustup install the compiler first.
    const LIMIT: Duration = Duration::from_secs(300);
    let mut command =
        Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version");
    command.dir = Some(dir.to_owned());
    command.limit = Some(LIMIT);
    command.sampled = false;
    let ended = process::run(&command, stop).ok().filter(|ended| ended.status.success())?;
    let text = ended.stdout.text();
    let line = text.lines().next()?.trim();
    Some(line.strip_prefix("rustc ").unwrap_or(line).to_owned())
}

/// Runs of blanks become one: vendors pad the names of their CPUs.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Total and available memory, of the container where it has a limit.
fn memory(system: &System) -> (Option<u64>, Option<u64>) {
    let known = |bytes: u64| Some(bytes).filter(|&bytes| bytes > 0);
    let (total, available) = (known(system.total_memory()), known(system.available_memory()));
    match system.cgroup_limits() {
        Some(limits) if total.is_some_and(|total| limits.total_memory < total) => {
            (known(limits.total_memory), known(limits.free_memory))
        }
        _ => (total, available),
    }
}

/// The load average of the last minute.
pub(super) fn load() -> Option<f64> {
    // Windows has none; sysinfo gives zero there.
    (!cfg!(windows)).then(|| System::load_average().one).filter(|load| load.is_finite())
}

fn runner(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    match (variable("ImageOS"), variable("ImageVersion")) {
        (Some(image), Some(version)) => Some(format!("{image} {version}")),
        (Some(image), None) => Some(image),
        _ => variable("RUNNER_NAME"),
    }
    .filter(|runner| !runner.is_empty())
}

#[cfg(target_os = "linux")]
fn governor() -> Option<String> {
    let file = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    std::fs::read_to_string(file).ok().map(|text| text.trim().to_owned())
}

#[cfg(not(target_os = "linux"))]
fn governor() -> Option<String> {
    None
}

#[cfg(unix)]
fn disk_free(dir: &Path) -> Option<u64> {
    // The directory may not exist yet; its parents tell the same.
    let space = dir
        .ancestors()
        .map(|dir| if dir.as_os_str().is_empty() { Path::new(".") } else { dir })
        .find_map(|dir| rustix::fs::statvfs(dir).ok())?;
    space.f_bavail.checked_mul(space.f_frsize)
}

#[cfg(not(unix))]
fn disk_free(dir: &Path) -> Option<u64> {
    let dir = dir.ancestors().find_map(|dir| dir.canonicalize().ok())?;
    let disks = sysinfo::Disks::new_with_refreshed_list();
    disks
        .list()
        .iter()
        .filter(|disk| dir.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len())
        .map(sysinfo::Disk::available_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosted_runner_is_named_by_its_image() {
        let hosted = |name: &str| match name {
            "ImageOS" => Some("ubuntu24".to_owned()),
            "ImageVersion" => Some("20261101.1.0".to_owned()),
            "RUNNER_NAME" => Some("GitHub Actions 12".to_owned()),
            _ => None,
        };
        assert_eq!(runner(hosted).as_deref(), Some("ubuntu24 20261101.1.0"));
        let own = |name: &str| (name == "RUNNER_NAME").then(|| "bench-box".to_owned());
        assert_eq!(runner(own).as_deref(), Some("bench-box"));
        assert_eq!(runner(|_| None), None);
    }
}
