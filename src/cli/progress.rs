use std::slice;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::SignedDuration;

use super::Edge;
use crate::diag::{Diagnostic, visible};
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
    pace: Pace,
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
            pace: Pace::new(),
            left: String::new(),
        }
    }

    fn line(&mut self, text: &str) {
        if !self.quiet {
            let edge = &mut *self.edge;
            self.bar.suspend(|| edge.tell(&format!("{text}\n")));
        }
    }

    fn begin(&mut self, stage: Stage, blocks: u32, jobs: usize) {
        (self.stage, self.jobs, self.pace) = (stage, jobs, Pace::new());
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
                self.pace.runs = true;
                let side = side.map_or("both sides", |side| side.name());
                let name: String = visible(benchmark).chars().take(60).collect();
                self.bar.set_message(format!("block {}: {name} ({side})", block + 1));
            }
            Event::Turn => self.bar.inc(1),
            Event::Block { done, of, left } => {
                let block = self.pace.block(Instant::now());
                let expected = expected(done, of, left, block);
                self.bar.set_length(u64::from(expected) * self.jobs as u64);
                self.left =
                    left.map(|left| format!(", about {} left", length(left))).unwrap_or_default();
                self.bar.set_prefix(self.left.trim_start_matches(", ").to_owned());
                if !self.edge.terminal_err {
                    let again = if self.stage == Stage::Confirm { "again: " } else { "" };
                    let about = if expected < of { "about " } else { "" };
                    self.line(&format!("{again}block {done} of {about}{expected}{}", self.left));
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
        self.bar.suspend(|| edge.say(slice::from_ref(diagnostic)));
    }
}

/// How long a block takes.
struct Pace {
    /// When the block began.
    begun: Instant,
    /// Whether anything ran in it; what is resumed passes by what is done.
    runs: bool,
    blocks: u32,
    spent: Duration,
}

impl Pace {
    fn new() -> Self {
        Self { begun: Instant::now(), runs: false, blocks: 0, spent: Duration::ZERO }
    }

    /// A block is over: how long one takes on average, if any was measured.
    fn block(&mut self, now: Instant) -> Option<Duration> {
        if self.runs {
            self.spent += now.saturating_duration_since(self.begun);
            self.blocks += 1;
        }
        (self.begun, self.runs) = (now, false);
        self.spent.checked_div(self.blocks)
    }
}

/// How many blocks there will be: no more than `of`, which may be far more than a budget of time has room for.
fn expected(done: u32, of: u32, left: Option<Duration>, block: Option<Duration>) -> u32 {
    match (left, block) {
        (Some(left), Some(block)) if !block.is_zero() => {
            // Both are rounded, and a block that just fits is taken.
            let more = (left.as_secs_f64() / block.as_secs_f64() + 0.05) as u32;
            of.min(done.saturating_add(more))
        }
        _ => of,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_counted_as_far_as_the_budget_reaches() {
        let seconds = |n| Some(Duration::from_secs(n));
        for (done, of, left, block, said) in [
            (1, 5, seconds(40), seconds(10), 5),
            (1, 1000, seconds(55), seconds(10), 6),
            (3, 1000, seconds(20), seconds(10), 5),
            (5, 1000, seconds(9), seconds(10), 5),
            (5, 1000, None, None, 1000),
        ] {
            assert_eq!(expected(done, of, left, block), said, "{done} {of} {left:?}");
        }
    }

    #[test]
    fn blocks_that_were_passed_by_tell_nothing_of_the_pace() {
        let mut pace = Pace::new();
        let at = |seconds| pace.begun + Duration::from_secs(seconds);
        let [first, second, third] = [at(0), at(4), at(10)];
        assert_eq!(pace.block(first), None);
        pace.runs = true;
        assert_eq!(pace.block(second), Some(Duration::from_secs(4)));
        pace.runs = true;
        assert_eq!(pace.block(third), Some(Duration::from_secs(5)));
    }
}
