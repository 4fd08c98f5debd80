//! Calibration: how often the configured gate alarms on identical code, and what it finds of changes of known size.
//!
//! A recording of identical code is cut into windows, each as large as a pull request's measurement: a no-change
//! pull request. In each block the sides are swapped at random, jointly for all benchmarks, so that what differs
//! between the sides of the recording does not differ between those of the windows. Every window is decided by
//! [`gate::decide`](crate::gate::decide) itself, once as it is and once for each size of change, by which the head
//! side is made worse.
//!
//! Disjoint windows share no block, so that their false alarms are independent and carry a confidence bound. There
//! are few of them; resampled windows smooth the estimate, share blocks, and carry none.

mod advice;
mod figures;
mod recording;
#[cfg(test)]
mod tests;
mod trial;
mod window;

use std::fmt;
use std::str::FromStr;

use crate::config::Config;
use crate::diag::{Code, Diagnostic, quoted};
use crate::model::{CalibratedRecording, SideInfo};

use figures::Experiment;
pub use recording::Recording;

/// More blocks than this no report holds.
pub const MOST_BLOCKS: u32 = 1_000;
/// The seed where nobody names one.
pub const SEED: u64 = 1;

/// How to calibrate.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// How many blocks a window has.
    pub blocks: Blocks,
    /// Whether the sides are swapped at random; without, the only window is the first blocks as recorded.
    pub swap: bool,
    /// How many windows are resampled.
    pub windows: u32,
    /// Where swaps and draws come from: the same seed gives the same windows.
    pub seed: u64,
    /// The sizes of change to inject, as fractions in (0, 1).
    pub inject: Vec<f64>,
}

/// How many blocks a window has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// As many as the recording.
    All,
    /// This many, from 2 to [`MOST_BLOCKS`].
    Of(u32),
}

impl FromStr for Blocks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        match text.parse() {
            Ok(blocks @ 2..=MOST_BLOCKS) => Ok(Self::Of(blocks)),
            _ => Err(format!("a window has 2 to {MOST_BLOCKS} blocks, or `all`")),
        }
    }
}

impl fmt::Display for Blocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Of(blocks) => write!(f, "{blocks}"),
        }
    }
}

/// Where a recording comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The run set, as the user named it.
    pub name: String,
    /// What is known of the base side.
    pub base: SideInfo,
    /// What is known of the head side.
    pub head: SideInfo,
    /// What reading it had to say.
    pub diagnostics: Vec<Diagnostic>,
}

impl Origin {
    /// Says where the sides are known to be different code.
    fn check(&mut self) {
        let (Some(base), Some(head)) = (&self.base.commit, &self.head.commit) else { return };
        if base == head {
            return;
        }
        let message =
            format!("not identical code: base is {}, head is {}", quoted(base), quoted(head));
        self.diagnostics.push(
            Diagnostic::warning(Code::DifferentCode, message).file(self.name.as_str()).help(
                "record one commit on both sides; what is called a false alarm here may be a real change",
            ),
        );
    }
}

/// Calibrates the gate of `config` on one recording. The same arguments give the same result, bit for bit.
///
/// # Errors
/// Everything there is to say, among it why it cannot: fewer blocks than asked for, nothing that a rule covers, or what the gate itself calls an error.
pub fn calibrate(
    mut origin: Origin,
    recording: &Recording,
    method: &Method,
    config: &Config,
) -> Result<CalibratedRecording, Vec<Diagnostic>> {
    // Waivers are for known changes; identical code has none.
    let config = Config { waivers: Vec::new(), ..config.clone() };
    origin.check();
    let name = origin.name.clone();
    let named = |d: Diagnostic| if d.file.is_some() { d } else { d.file(name.as_str()) };
    let prepared = recording
        .window_size(method.blocks)
        .map_err(|d| vec![d])
        .and_then(|blocks| Ok((blocks, trial::rows(recording, &config)?)));
    let (blocks, rows) = match prepared {
        Ok((blocks, rows)) => (blocks, rows),
        Err(errors) => {
            origin.diagnostics.extend(errors.into_iter().map(named));
            return Err(origin.diagnostics);
        }
    };
    origin.diagnostics.extend(rows.warnings.iter().cloned().map(named));
    let windows = window::windows(recording.blocks(), blocks, method);
    let sizes = advice::sizes(&method.inject);
    let experiment =
        Experiment { recording, config: &config, rows: &rows, windows: &windows, sizes: &sizes };
    Ok(experiment.figures(origin, blocks))
}
