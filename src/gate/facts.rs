use jiff::civil::Date;

use crate::config::Config;
use crate::diag::Diagnostic;
use crate::model::{Measurement, Order, SideInfo};

/// Everything a decision depends on; nothing else does.
#[derive(Debug)]
pub struct Facts<'a> {
    /// What was measured, sorted as [`Collector::finish`](super::Collector::finish) gives it.
    pub measurements: Vec<Measurement>,
    /// What is known of base.
    pub base: SideInfo,
    /// What is known of head.
    pub head: SideInfo,
    /// How the runs were taken.
    pub order: Order,
    /// The rules.
    pub config: &'a Config,
    /// The day on which waivers must hold.
    pub today: Date,
    /// Whether a base without any measurement is fine (the first benchmarks of a project).
    pub allow_empty_base: bool,
    /// What reading the inputs had to say.
    pub diagnostics: Vec<Diagnostic>,
}
