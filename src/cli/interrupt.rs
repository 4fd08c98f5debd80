use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::diag::ExitCode;

/// A flag that Ctrl-C, a signal to terminate or a terminal that hangs up sets; a second one of the first two ends the
/// program at once.
///
/// # Errors
/// The system does not let signals be handled.
pub(super) fn flag() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let code = i32::from(ExitCode::Interrupted.code());
        // In this order the first signal only sets the flag that the second one looks at.
        flag::register_conditional_shutdown(signal, code, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    if let Some(signal) = hang_up() {
        // Shell and system both send it, so that a second one means nothing.
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// The signal of a terminal that hangs up, unless it is to be ignored, as `nohup` has it.
#[cfg(target_os = "linux")]
fn hang_up() -> Option<i32> {
    use signal_hook::consts::SIGHUP;
    let ignored = procfs::process::Process::myself().and_then(|me| me.status()).ok()?.sigign;
    // Signals count from 1.
    (ignored & 1 << (SIGHUP - 1) == 0).then_some(SIGHUP)
}

/// Elsewhere nobody tells whether it is to be ignored.
#[cfg(not(target_os = "linux"))]
fn hang_up() -> Option<i32> {
    None
}
