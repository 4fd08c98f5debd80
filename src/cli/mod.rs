//! The command line: one file a subcommand; parse the arguments, call the rooms in order, return the exit code.
//!
//! Everything that comes from outside (streams, terminal, clock, environment, randomness) enters as an [`Edge`].

mod calibrate;
mod compare;
mod config;
mod edge;
mod explain;
mod files;
mod guard;
mod interrupt;
mod load;
mod measure;
mod output;
mod progress;
mod publish;
mod render;
mod whole;

pub use edge::Edge;
pub use guard::guarded;

use std::ffi::OsString;

use clap::{Args, ColorChoice, Parser, Subcommand};

use crate::diag::ExitCode;

/// A performance regression gate for pull requests that is right about noise.
#[derive(Debug, Parser)]
#[command(name = "benchgate", version, arg_required_else_help = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

/// Options of every command.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Printing")]
struct Common {
    /// When to colour what is printed.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Print only the last line: the outcome.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print every benchmark.
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compare base with head: read, decide, report, pass or fail.
    Compare(Box<compare::Compare>),
    /// Build two revisions, run their benchmarks in turns, write a run set.
    Measure(Box<measure::Measure>),
    /// Put a finished report on GitHub: a comment, the summary of the job, and what else is asked for.
    Publish(Box<publish::Publish>),
    /// Write a finished report in another form.
    Render(render::Render),
    /// Tell how often the configured gate alarms without a change, and what it finds, from runs of identical code.
    Calibrate(calibrate::Calibrate),
    /// Check the configuration, write one to start from, print its schema.
    #[command(subcommand)]
    Config(config::Config),
    /// Say what a rule, an input format, a diagnostic or an exit code means.
    Explain(explain::Explain),
}

/// Runs the command line and says how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>, edge: &mut Edge<'_>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return edge.usage(&error),
    };
    edge.set_colour(cli.common.color);
    interrupt::outlive_file_limits();
    let result = match cli.command {
        Command::Compare(compare) => compare.run(cli.common, edge),
        Command::Measure(measure) => measure.run(cli.common, edge),
        Command::Calibrate(calibrate) => calibrate.run(cli.common, edge),
        Command::Publish(publish) => publish.run(cli.common, edge),
        Command::Render(render) => render.run(cli.common, edge),
        Command::Config(config) => config.run(edge),
        Command::Explain(explain) => explain.run(edge),
    };
    let exit = result.unwrap_or_else(|error| edge.refuse(&error));
    edge.end(exit)
}
