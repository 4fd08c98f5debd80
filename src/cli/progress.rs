use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::SignedDuration;

use super::Edge;
use crate::diag::{self, Diagnostic, visible};
use crate::measure::{Event, Watch};
use crate::model::Stage;

/// Shows how far measuring is: a bar on a terminal, lines in a log.
pub(super) struct Progress<'a, 'e> {
    edge: &'a mut Edge<'e>,
    quiet: bool,
    bar: ProgressBar,
    stage: Stage,
    /// What takes part in a block.
    jobs: usize,
    /// What the bar says of the time left.
    left: String,
}

impl<'a, 'e> Progress<'a, 'e> {
    pub(super) fn new(edge: &'a mut Edge<'e>, quiet: bool) -> Self {
        Self {
            edge,
            quiet,
            bar: ProgressBar::hidden(),
            stage: Stage::Screen,
            jobs: 0,
            left: String::new(),
        }
    }

    fn line(&mut self, text: &str) {
        if !self.quiet {
            let edge = &mut *self.edge;
            // Whoever measures does not stop because nobody reads along.
            self.bar.suspend(|| {
                let _ = writeln!(edge.err, "{text}").and_then(|()| edge.err.flush());
            });
        }
    }

    fn begin(&mut self, stage: Stage, blocks: u32, jobs: usize) {
        (self.stage, self.jobs) = (stage, jobs);
        self.left.clear();
        let what = match stage {
            Stage::Screen => "measuring".to_owned(),
            Stage::Confirm => {
                format!(
                    "measuring again what looks slower or is undecided: {}",
                    counted(jobs, "benchmark")
                )
            }
        };
        if self.edge.terminal_err && !self.quiet {
            let bar = ProgressBar::new(u64::from(blocks) * jobs as u64);
            bar.set_draw_target(ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {prefix}\n{msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            self.bar = bar;
        }
        if stage == Stage::Confirm {
            self.line(&what);
        }
    }
}

impl Watch for Progress<'_, '_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Step(what) => self.line(what),
            Event::Start { jobs, plan, seed } => {
                self.line(&format!(
                    "measuring {}, seed {seed}: {plan}",
                    counted(jobs, "benchmark")
                ));
            }
            Event::Stage { stage, blocks, jobs } => self.begin(stage, blocks, jobs),
            Event::Run { block, side, benchmark } => {
                let side = side.map_or("both sides", |side| side.name());
                let name: String = visible(benchmark).chars().take(60).collect();
                self.bar.set_message(format!("block {}: {name} ({side})", block + 1));
            }
            Event::Turn => self.bar.inc(1),
            Event::Block { done, of, left } => {
                self.left =
                    left.map(|left| format!(", about {} left", length(left))).unwrap_or_default();
                self.bar.set_prefix(self.left.trim_start_matches(", ").to_owned());
                if !self.edge.terminal_err {
                    let again = if self.stage == Stage::Confirm { "again: " } else { "" };
                    self.line(&format!("{again}block {done} of {of}{}", self.left));
                }
            }
            Event::StageEnd => {
                self.bar.finish_and_clear();
                self.bar = ProgressBar::hidden();
            }
        }
    }

    fn say(&mut self, diagnostic: &Diagnostic) {
        let edge = &mut *self.edge;
        self.bar.suspend(|| {
            let text = diag::render(diagnostic, edge.colour_err);
            let _ = writeln!(edge.err, "{text}\n").and_then(|()| edge.err.flush());
        });
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// A length of time in whole seconds.
fn length(time: Duration) -> String {
    let seconds = i64::try_from(time.as_secs_f64().ceil() as u64).unwrap_or(i64::MAX);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let span = SignedDuration::from_secs(hours * 3600 + minutes * 60 + seconds);
    format!("{span:#}")
}
