//! What a person who waits is told.

use std::time::Duration;

use crate::diag::Diagnostic;
use crate::model::{Side, Stage};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// A step before measuring begins.
    Step(&'a str),
    /// Measuring begins: how many benchmarks, and by which plan.
    Start {
        /// How many benchmarks, or executables, or commands take turns.
        jobs: usize,
        /// The plan in a sentence.
        plan: &'a str,
        /// Repeats the order.
        seed: u64,
    },
    /// A look at the benchmarks begins.
    Stage {
        /// Which look.
        stage: Stage,
        /// How many blocks it takes at most.
        blocks: u32,
        /// How many benchmarks take part.
        jobs: usize,
    },
    /// A run begins.
    Run {
        /// The block, from 0.
        block: u32,
        /// The side; `None` for both at once.
        side: Option<Side>,
        /// The benchmark: text of an unknown author.
        benchmark: &'a str,
    },
    /// A benchmark's turn is over.
    Turn,
    /// A block is complete.
    Block {
        /// How many are.
        done: u32,
        /// How many there will be at most.
        of: u32,
        /// How long is left, as far as anybody can tell.
        left: Option<Duration>,
    },
    /// The look is over.
    StageEnd,
}

/// Is told what happens.
pub trait Watch {
    /// Something happened.
    fn event(&mut self, event: Event<'_>);

    /// Something is wrong, or should be known.
    fn say(&mut self, diagnostic: &Diagnostic);
}
