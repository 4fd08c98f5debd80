//! What the machine does while it is measured on, for the run set and for duets.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::thread;

use serde_json::{Value, json};

use super::environment::{self, Activity, LOOK, Machine};
use super::journal::Header;
use super::process::Ended;
use super::progress::{Event, Watch};
use super::resources::Series;
use super::sides::{Ready, WorkDir};
use crate::model::{Stage, environment_mismatches};

/// The key of the blocks' activity in `runset.json`.
const ACTIVITY: &str = "activity";

/// A process that uses more of a duet's core than this makes the duet unfair, in percent.
const BUSY: f64 = 25.0;

/// After so many unfair blocks in a row a duet is given up.
const PATIENCE: u32 = 2;

/// Watches the machine.
pub(super) struct Observer {
    watch: Option<environment::Watch>,
    unfair: u32,
}

impl Observer {
    /// Looks at the machine before anything runs, notes what it is and says what is not as it should be.
    pub(super) fn start(work: &WorkDir, header: &mut Header, watch: &mut dyn Watch) -> Self {
        let machine = Machine::look(work.path());
        let look = environment::Watch::start();
        thread::sleep(LOOK);
        let found = environment::preflight(&machine, &look.finish());
        found.warnings.iter().for_each(|warning| watch.say(warning));
        for notice in &found.notices {
            watch.event(Event::Step(notice));
        }
        header.environment.extend(machine.entries());
        Self { watch: None, unfair: 0 }
    }

    /// Notes the compilers of both sides, and says where they differ.
    pub(super) fn sides(
        ready: &[Ready; 2],
        header: &mut Header,
        stop: &AtomicBool,
        watch: &mut dyn Watch,
    ) {
        let [base, head] = ready;
        for (side, own) in [(base, &mut header.base), (head, &mut header.head)] {
            let rustc = side.tree.as_ref().and_then(|tree| environment::rustc(&tree.dir, stop));
            own.environment.extend(rustc.map(|rustc| ("rustc".to_owned(), Value::from(rustc))));
        }
        let found = environment_mismatches(&header.base.environment, &header.head.environment);
        found.iter().for_each(|mismatch| watch.say(mismatch));
    }

    /// A block begins.
    pub(super) fn block(&mut self) {
        self.watch = Some(environment::Watch::start());
    }

    /// A block has ended: notes what the machine did meanwhile, if anything `ran`. Says why a duet on these cores is not fair any
    /// more, if so.
    pub(super) fn end_of_block(
        &mut self,
        stage: Stage,
        block: u32,
        cores: Option<[usize; 2]>,
        ran: bool,
        header: &mut Header,
    ) -> Option<String> {
        let activity = self.watch.take().filter(|_| ran)?.finish();
        let noted = header.other.entry(ACTIVITY.to_owned()).or_insert_with(|| json!([]));
        if let Some(noted) = noted.as_array_mut() {
            noted.push(entry(stage, block, &activity));
        }
        let busy = activity.busiest_on(&cores?).filter(|busy| busy.cpu >= BUSY);
        match busy {
            None => self.unfair = 0,
            Some(_) => self.unfair += 1,
        }
        let busy = busy.filter(|_| self.unfair >= PATIENCE)?;
        Some(format!("another process disturbed {PATIENCE} duets in a row, {busy}"))
    }

    /// What is known of a run beside its numbers.
    pub(super) fn extra(
        ended: &Ended,
        link: Option<u64>,
        core: Option<usize>,
    ) -> BTreeMap<String, Value> {
        let series = |series: Option<Series>| series.and_then(|s| serde_json::to_value(s).ok());
        let left_running = Some(ended.left_running).filter(|&n| n > 0);
        [
            ("link_seed", link.map(Value::from)),
            ("core", core.map(Value::from)),
            ("cpu", series(ended.samples.cpu_series())),
            ("memory", series(ended.samples.memory_series())),
            ("left_running", left_running.map(Value::from)),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect()
    }
}

/// What is noted of a block; `disturbed` says by what.
fn entry(stage: Stage, block: u32, activity: &Activity) -> Value {
    let mut entry = activity.extra();
    entry.insert("stage".into(), json!(stage));
    entry.insert("block".into(), json!(block));
    let disturbed = activity.disturbances();
    if !disturbed.is_empty() {
        entry.insert("disturbed".into(), json!(disturbed));
    }
    json!(entry)
}
