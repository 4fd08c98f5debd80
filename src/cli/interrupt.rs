use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};

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

/// Whether a signal may end the program at once.
static FREE: AtomicBool = AtomicBool::new(true);
/// Whether a signal came while it might not.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Does work that leaves something behind when it is broken off: the first signal to end waits until it is done, a
/// second one does not. Gives back also whether a signal came.
pub(super) fn held<T>(work: impl FnOnce() -> T) -> (T, bool) {
    static READY: Once = Once::new();
    READY.call_once(|| {
        let code = i32::from(ExitCode::Interrupted.code());
        for signal in [SIGINT, SIGTERM] {
            // Where the system refuses, it goes on as it does by itself: what is left behind is a hidden file.
            let _ = flag::register_conditional_shutdown(signal, code, &FREE)
                .and_then(|_| flag::register_conditional_shutdown(signal, code, &ASKED))
                .and_then(|_| flag::register(signal, &ASKED));
        }
    });
    FREE.store(false, Ordering::SeqCst);
    let done = work();
    FREE.store(true, Ordering::SeqCst);
    (done, ASKED.load(Ordering::SeqCst))
}

/// Makes a file that grows beyond what is allowed (`ulimit -f`) an error of writing; else the system would end the
/// program without a word.
pub(super) fn outlive_file_limits() {
    #[cfg(unix)]
    {
        static EXCEEDED: AtomicBool = AtomicBool::new(false);
        // A handler, unlike ignoring the signal, is not handed down to the programs that are measured.
        let _ = flag::register(signal_hook::consts::SIGXFSZ, &EXCEEDED);
    }
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
