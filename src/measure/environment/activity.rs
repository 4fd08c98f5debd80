//! What the machine does during a span of time, such as a block.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diag::quoted;

/// What the machine did between [`Watch::start`] and [`Watch::finish`]. What the platform does not tell is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// How long was watched, in seconds.
    pub seconds: f64,
    /// The load average of the last minute, at the end.
    pub load: Option<f64>,
    /// The part of all cores' time that nothing ran in, in percent.
    pub idle: Option<f64>,
    /// The part of all cores' time that the hypervisor gave to other machines, in percent.
    pub steal: Option<f64>,
    /// How busy each core was, in percent, in the order of their numbers.
    pub cores: Vec<f64>,
    /// CPU used by everything but benchgate and its children, also by processes that came and went, in percent of
    /// one core.
    pub others: Option<f64>,
    /// The processes that used most of that, at least 5 % of a core each, at most five, the busiest first.
    pub busiest: Vec<Busy>,
    /// The mean frequency of the cores at the end, in MHz.
    pub frequency: Option<f64>,
}

/// A process that is not benchgate's and used CPU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Busy {
    /// Its number.
    pub pid: u32,
    /// Its name, of an unknown author.
    pub name: String,
    /// The core it ran on last.
    pub core: Option<usize>,
    /// What it used, in percent of one core.
    pub cpu: f64,
}

impl Activity {
    /// The part of [`Activity::busiest`] below this is not worth a word, in percent of one core.
    pub(super) const LEAST: f64 = 5.0;
    /// How many processes are named.
    pub(super) const MOST: usize = 5;

    /// What of it belongs into the `extra` of a line, rounded: `load`, `idle`, `steal`, `others`, `mhz`.
    #[must_use]
    pub fn extra(&self) -> BTreeMap<String, Value> {
        let numbers = [
            ("load", self.load, 100.0),
            ("idle", self.idle, 10.0),
            ("steal", self.steal, 100.0),
            ("others", self.others, 10.0),
            ("mhz", self.frequency, 1.0),
        ];
        numbers
            .into_iter()
            .filter_map(|(key, value, scale)| {
                let value: f64 = value?;
                Some((key.to_owned(), json!((value * scale).round() / scale)))
            })
            .collect()
    }

    /// What disturbed a measurement during this time, one fragment each: others that used more than a quarter of a
    /// core in all, or more than 2 % stolen by the hypervisor.
    #[must_use]
    pub fn disturbances(&self) -> Vec<String> {
        const OTHERS: f64 = 25.0;
        const STEAL: f64 = 2.0;
        let mut found = Vec::new();
        if let Some(others) = self.others.filter(|&others| others > OTHERS) {
            let named: Vec<String> = self.busiest.iter().map(ToString::to_string).collect();
            let named =
                if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
            found.push(format!("other processes used {others:.0} % of a core{named}"));
        }
        if let Some(steal) = self.steal.filter(|&steal| steal > STEAL) {
            found.push(format!("the hypervisor took {steal:.1} % of the time"));
        }
        found
    }

    /// The busiest foreign process that ran last on one of these cores.
    #[must_use]
    pub fn busiest_on(&self, cores: &[usize]) -> Option<&Busy> {
        self.busiest.iter().find(|busy| busy.core.is_some_and(|core| cores.contains(&core)))
    }
}

impl std::fmt::Display for Busy {
    /// `` `ffmpeg` 97 % on core 1 ``
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:.0} %", quoted(&self.name), self.cpu)?;
        self.core.map_or(Ok(()), |core| write!(f, " on core {core}"))
    }
}

/// Watches the machine from its start on.
pub struct Watch {
    state: system::State,
}

impl Watch {
    /// Begins to watch.
    #[must_use]
    pub fn start() -> Self {
        Self { state: system::State::now() }
    }

    /// What happened since the start. Children of benchgate count as its own if they have been reaped.
    #[must_use]
    pub fn finish(self) -> Activity {
        let mut activity = self.state.until_now();
        activity.load = super::machine::load();
        activity.busiest.retain(|busy| busy.cpu >= Activity::LEAST);
        activity.busiest.sort_by(|a, b| b.cpu.total_cmp(&a.cpu).then(a.pid.cmp(&b.pid)));
        activity.busiest.truncate(Activity::MOST);
        activity
    }
}

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;

#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;
