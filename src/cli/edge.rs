use std::io::{self, Write};
use std::sync::Arc;

use clap::ColorChoice;
use jiff::civil::Date;

use crate::diag::{self, Diagnostic, ExitCode};
use crate::github::Clock;
use crate::report::escape;

/// What a command knows of the world: where to print, what the terminal can do, what time it is, what the environment
/// says.
pub struct Edge<'a> {
    /// Reports go here.
    pub out: &'a mut dyn Write,
    /// Diagnostics go here.
    pub err: &'a mut dyn Write,
    /// Whether what goes to `out` is coloured.
    pub colour_out: bool,
    /// Whether what goes to `err` is coloured.
    pub colour_err: bool,
    /// Whether what goes to `err` is a terminal, where a bar can move.
    pub terminal_err: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Today, UTC.
    pub today: Date,
    /// The clock by which requests are repeated and given up.
    pub clock: Arc<dyn Clock>,
    /// The value of a variable of the environment; `None` where it is not set or no Unicode.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// 128 bits that nobody can foresee.
    pub random: &'a dyn Fn() -> io::Result<u128>,
}

impl Edge<'_> {
    /// Takes the user's word for colours.
    pub(super) fn set_colour(&mut self, choice: ColorChoice) {
        match choice {
            ColorChoice::Auto => {}
            ColorChoice::Always => (self.colour_out, self.colour_err) = (true, true),
            ColorChoice::Never => (self.colour_out, self.colour_err) = (false, false),
        }
    }

    /// Prints a report or an answer.
    ///
    /// # Errors
    /// When the stream cannot be written, except that nobody reads it any more.
    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        closed_is_fine(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()))
    }

    /// Prints diagnostics, each as a picture of its place.
    ///
    /// # Errors
    /// When the stream cannot be written, except that nobody reads it any more.
    pub(super) fn say(&mut self, diagnostics: &[Diagnostic]) -> io::Result<()> {
        for diagnostic in diagnostics {
            closed_is_fine(writeln!(self.err, "{}\n", diag::render(diagnostic, self.colour_err)))?;
        }
        Ok(())
    }

    /// Prints a word about the work beside the diagnostics.
    ///
    /// # Errors
    /// When the stream cannot be written, except that nobody reads it any more.
    pub(super) fn tell(&mut self, text: &str) -> io::Result<()> {
        closed_is_fine(self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush()))
    }

    /// What is wrong with the command line, or the help that was asked for.
    pub(super) fn usage(&mut self, error: &clap::Error) -> ExitCode {
        let text = error.render();
        if error.use_stderr() {
            // The arguments that it shows may come from anybody, as the inputs of an action do.
            let text = if self.colour_err {
                lines(&text.ansi().to_string(), escape::commandless)
            } else {
                lines(&text.to_string(), escape::terminal)
            };
            // Nothing is left to be done where even this cannot be said.
            let _ = self.err.write_all(text.as_bytes());
            ExitCode::Usage
        } else {
            let text = if self.colour_out { text.ansi().to_string() } else { text.to_string() };
            let _ = self.print(&text);
            ExitCode::Pass
        }
    }

    /// What kept a command from its work.
    pub(super) fn refuse(&mut self, error: &anyhow::Error) -> ExitCode {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        let _ = writeln!(self.err, "error: {}", escape::terminal(&causes.join(": ")));
        ExitCode::Usage
    }
}

/// A text with each of its lines changed.
fn lines(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| change(line) + "\n").collect()
}

/// `benchgate compare … | head` is no failure.
fn closed_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
