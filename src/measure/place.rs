//! Where things go, and where chance comes from, if nobody says.

use std::env;
use std::path::{Path, PathBuf};
use std::process;

use jiff::Timestamp;

use super::sides::hash;

/// A directory for a new run set: `target/benchgate/` and the time, below `dir`.
#[must_use]
pub fn new_run_set(dir: &Path) -> PathBuf {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H-%M-%S-%3fZ").to_string();
    dir.join("target").join("benchgate").join(now)
}

/// The directory for trees and builds of the project in `dir`: in the user's cache, so that nothing of the project's own
/// tree is touched or takes part in a build, and the same every time, so that builds are incremental.
#[must_use]
pub fn work_dir(dir: &Path) -> PathBuf {
    let project = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name = project.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let from = |name: &str| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let home = |below: &str| from("HOME").map(|home| home.join(below));
    let cache = match () {
        () if cfg!(windows) => from("LOCALAPPDATA"),
        () if cfg!(target_os = "macos") => home("Library/Caches"),
        () => from("XDG_CACHE_HOME").or_else(|| home(".cache")),
    };
    let cache = cache.filter(|dir| dir.is_absolute()).unwrap_or_else(env::temp_dir);
    cache.join("benchgate").join(format!("{name}-{:016x}", hash(&project)))
}

/// A seed that no other measurement has.
#[must_use]
pub fn new_seed() -> u64 {
    let now = Timestamp::now().as_nanosecond().unsigned_abs();
    // Short enough to be typed.
    u64::try_from(now % 0xffff_fffb).unwrap_or(1) ^ u64::from(process::id())
}
