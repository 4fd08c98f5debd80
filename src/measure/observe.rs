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
use crate::diag::{Code, Diagnostic};
use crate::model::{Stage, environment_changes, environment_mismatches};

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
    /// In what the environment is not the one that a resumed run set was begun in.
    pub(super) changes: Vec<String>,
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
        let mut observer = Self { watch: None, unfair: 0, changes: Vec::new() };
        observer.extend("", &mut header.environment, machine.entries(), watch);
        observer
    }

    /// Notes the compilers of both sides, and says where they differ.
    pub(super) fn sides(
        &mut self,
        ready: &[Ready; 2],
        header: &mut Header,
        stop: &AtomicBool,
        watch: &mut dyn Watch,
    ) {
        let [base, head] = ready;
        for (name, side, own) in
            [(" for base", base, &mut header.base), (" for head", head, &mut header.head)]
        {
            let rustc = side.tree.as_ref().and_then(|tree| environment::rustc(&tree.dir, stop));
            let rustc = rustc.map(|rustc| ("rustc".to_owned(), Value::from(rustc)));
            self.extend(name, &mut own.environment, rustc.into_iter().collect(), watch);
        }
        let found = environment_mismatches(&header.base.environment, &header.head.environment);
        found.iter().for_each(|mismatch| watch.say(mismatch));
    }

    /// Notes an environment, and says in what it is not the one that a resumed run set was begun in.
    fn extend(
        &mut self,
        side: &str,
        environment: &mut BTreeMap<String, Value>,
        now: BTreeMap<String, Value>,
        watch: &mut dyn Watch,
    ) {
        for change in environment_changes(environment, &now) {
            let change = format!("{change}{side}");
            let message = format!("the run set was begun in another environment: {change}");
            watch.say(&Diagnostic::warning(Code::EnvironmentMismatch, message).help(
                "resume it where it was begun, or measure anew: what changes between the blocks makes them scatter, and may hide a change of the code",
            ));
            self.changes.push(change);
        }
        environment.extend(now);
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
        let found = disturbance(&activity, &cores?);
        match found {
            None => self.unfair = 0,
            Some(_) => self.unfair += 1,
        }
        let found = found.filter(|_| self.unfair >= PATIENCE)?;
        Some(format!("other processes disturbed {PATIENCE} duets in a row, {found}"))
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

/// What ran on a duet's cores beside it, if that was too much.
fn disturbance(activity: &Activity, cores: &[usize; 2]) -> Option<String> {
    if let Some(busy) = activity.busiest_on(cores).filter(|busy| busy.cpu >= BUSY) {
        return Some(busy.to_string());
    }
    // Processes that came and went have no name at the end; where there are no other cores, they ran on these.
    let others = activity.others.filter(|&others| others >= BUSY && activity.cores.len() <= 2)?;
    Some(format!("{others:.0} % of a core in all"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::environment::Busy;

    #[test]
    fn a_duet_is_disturbed_by_what_runs_on_its_cores() {
        let ffmpeg = Busy { pid: 7, name: "ffmpeg".into(), core: Some(1), cpu: 97.0 };
        let activity = |cores: usize, others: f64, busiest: &[Busy]| Activity {
            cores: vec![0.0; cores],
            others: Some(others),
            busiest: busiest.to_vec(),
            ..Activity::default()
        };
        let named = [ffmpeg];
        let found = |activity: Activity, cores| disturbance(&activity, &cores);
        assert_eq!(
            found(activity(4, 97.0, &named), [1, 3]).as_deref(),
            Some("`ffmpeg` 97 % on core 1")
        );
        assert_eq!(found(activity(4, 97.0, &named), [2, 3]), None);
        // Compilers that have ended before anybody looks.
        assert_eq!(found(activity(4, 97.0, &[]), [2, 3]), None);
        assert_eq!(found(activity(2, 97.4, &[]), [0, 1]).as_deref(), Some("97 % of a core in all"));
        assert_eq!(found(activity(2, 20.0, &[]), [0, 1]), None);
    }
}
