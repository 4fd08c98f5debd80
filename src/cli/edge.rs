use std::io::{self, Write};
use std::sync::Arc;

use clap::ColorChoice;
use jiff::civil::Date;

use crate::diag::{self, Code, Diagnostic, ExitCode};
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
    /// Why something could not be printed, for the first time.
    pub unprinted: Option<io::Error>,
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

    /// Prints a report or an answer. That it cannot be printed is said at the end, so that the rest of the work is done;
    /// that nobody reads it any more, as in `benchgate compare … | head`, is no failure.
    pub(super) fn print(&mut self, text: &str) {
        let printed = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        if let Err(error) = printed
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.unprinted.get_or_insert(error);
        }
    }

    /// Prints diagnostics, each as a picture of its place. No verdict depends on whether they can be printed.
    pub(super) fn say(&mut self, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            self.tell(&format!("{}\n\n", diag::render(diagnostic, self.colour_err)));
        }
    }

    /// Prints a word about the work beside the diagnostics.
    pub(super) fn tell(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }

    /// How a command ends that would else end with `exit`: what could not be printed is an error.
    pub(super) fn end(&mut self, exit: ExitCode) -> ExitCode {
        let Some(error) = self.unprinted.take() else { return exit };
        let message = format!("cannot write to standard output: {error}");
        self.say(&[Diagnostic::error(Code::Unwritable, message).help(
            "send it where there is room, or to `/dev/null` where only the files are wanted",
        )]);
        match exit {
            ExitCode::Bug | ExitCode::Interrupted => exit,
            _ => ExitCode::Usage,
        }
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
            self.print(&text);
            self.end(ExitCode::Pass)
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
