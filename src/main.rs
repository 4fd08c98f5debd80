//! The `benchgate` program: arguments in, exit code out. Nothing else prints or exits.

use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::panic;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anstream::AutoStream;
use benchgate::cli::{self, Edge};
use benchgate::github::Clock;
use jiff::{Timestamp, tz::TimeZone};

/// Columns where the output is no terminal, such as the log of a build.
const LOG_WIDTH: usize = 120;

fn main() -> ExitCode {
    // The guard says what happened; the default hook would say it twice, but knows the backtrace.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|_| {}));
    }
    let colour = |choice: anstream::ColorChoice| choice != anstream::ColorChoice::Never;
    let run = || {
        let (mut out, mut err) = (stdout().lock(), stderr().lock());
        let mut edge = Edge {
            colour_out: colour(AutoStream::choice(&out)),
            colour_err: colour(AutoStream::choice(&err)),
            terminal_err: stderr().is_terminal(),
            width: width(),
            today: Timestamp::now().to_zoned(TimeZone::UTC).date(),
            clock: Arc::new(SystemClock),
            variable: &|name| std::env::var(name).ok(),
            random: &random,
            unprinted: None,
            out: &mut out,
            err: &mut err,
        };
        cli::run(std::env::args_os(), &mut edge)
    };
    let say = |text: &str| {
        // Nothing is left to be done where even this cannot be said.
        let _ = writeln!(stderr(), "{text}");
    };
    ExitCode::from(cli::guarded(run, say).code())
}

/// The clock of the system.
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// 128 bits from the system's source of randomness.
fn random() -> io::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(u128::from_le_bytes(bytes))
}

/// Columns of the terminal; of a log, where there is none.
fn width() -> usize {
    if !stdout().is_terminal() {
        return LOG_WIDTH;
    }
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}
