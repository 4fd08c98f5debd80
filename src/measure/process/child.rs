//! One child from its start to its reaping.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::Once;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use wait4::Wait4;

use super::capture::{Captured, Reader};
use super::mark::{self, Mark};
use super::pin::Pinned;
use super::{Command, Ended, Failure, KEPT, Output, scrub};
use crate::measure::resources::{Sampler, Samples};

/// How long the pipes of a child may stay open after everything that is known to hold them was killed.
const PATIENCE: Duration = Duration::from_millis(500);

/// The moment a child ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    /// By the monotonic clock.
    pub(super) at: Instant,
    /// By the clock on the wall.
    pub(super) time: Timestamp,
}

impl End {
    fn now() -> Self {
        Self { at: Instant::now(), time: Timestamp::now() }
    }
}

/// A child that was started and not yet reaped.
pub(super) struct Running {
    child: process::Child,
    stdout: Option<Reader>,
    stderr: Option<Reader>,
    program: String,
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "orphans are found on Linux only")
    )]
    mark: Mark,
    start: Instant,
    started: Timestamp,
    /// When it has to be killed.
    pub(super) deadline: Option<Instant>,
    /// The limit that `deadline` comes from, once it was killed for it.
    timed_out: Option<Duration>,
    limit: Option<Duration>,
    sampler: Option<Sampler>,
    left_running: usize,
    reaped: Option<(wait4::ResUse, End)>,
}

/// Makes benchgate the parent of orphans, so that what leaves a child's group can be found, and keeps children
/// from reading its environment and memory, where tokens may be.
fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{
                DumpableBehavior, getpid, set_child_subreaper, set_dumpable_behavior,
            };
            // Both only harden; where a sandbox forbids them, groups are killed all the same.
            let _ = set_child_subreaper(Some(getpid()));
            let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        }
    });
}

impl Running {
    /// Starts a command. `ended` is told its `index` when it ends.
    ///
    /// # Errors
    /// It could not be started.
    pub(super) fn start(
        command: &Command,
        index: usize,
        ended: &Sender<(usize, End)>,
    ) -> Result<Self, Failure> {
        prepare();
        let program = command.program.display().to_string();
        let fail = |error| Failure::Start { program: program.clone(), error };
        if let Some(dir) = command.dir.as_ref().filter(|dir| !dir.is_dir()) {
            return Err(Failure::Directory { program, dir: dir.clone() });
        }
        let mark = Mark::next();
        let mut system = process::Command::new(located(&command.program));
        system.args(&command.args).env_clear();
        system
            .envs(scrub::environment(&command.hide, &command.env))
            .env(mark::NAME, mark.to_string());
        if let Some(dir) = &command.dir {
            system.current_dir(dir);
        }
        let stdout = match &command.stdout {
            Output::Tail(_) => Stdio::piped(),
            Output::File(file) => Stdio::from(File::create(file).map_err(|error| {
                Failure::File { program: program.clone(), file: file.clone(), error }
            })?),
        };
        system.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        own_group(&mut system);

        let pinned = command.pin.map(Pinned::to).transpose()?;
        let (start, started) = (Instant::now(), Timestamp::now());
        let spawned = system.spawn();
        drop(pinned);
        let child = spawned.map_err(fail)?;

        let mut running = Self {
            sampler: command.sampled.then(|| Sampler::new(child.id(), start)),
            child,
            stdout: None,
            stderr: None,
            program: program.clone(),
            mark,
            start,
            started,
            deadline: command.limit.and_then(|limit| start.checked_add(limit)),
            timed_out: None,
            limit: command.limit,
            left_running: 0,
            reaped: None,
        };
        running.attend(command, index, ended).map_err(|error| {
            running.kill();
            running.reap(End::now());
            fail(error)
        })?;
        Ok(running)
    }

    /// Starts the threads that read its pipes and wait for its end.
    fn attend(
        &mut self,
        command: &Command,
        index: usize,
        ended: &Sender<(usize, End)>,
    ) -> std::io::Result<()> {
        let kept = if let Output::Tail(kept) = command.stdout { kept } else { KEPT };
        if let Some(pipe) = self.child.stdout.take() {
            self.stdout = Some(Reader::start(pipe, kept)?);
        }
        if let Some(pipe) = self.child.stderr.take() {
            self.stderr = Some(Reader::start(pipe, KEPT)?);
        }
        tell_end(&self.child, index, ended)
    }

    /// Takes a sample of its resources if one is due; returns when the next one is.
    pub(super) fn sample(&mut self, now: Instant) -> Option<Instant> {
        if self.reaped.is_some() {
            return None;
        }
        self.sampler.as_mut().map(|sampler| sampler.tick(now))
    }

    /// Whether its end is noticed by asking, where no thread tells it.
    pub(super) fn poll(&mut self) -> Option<End> {
        if cfg!(unix) || self.reaped.is_some() {
            return None;
        }
        matches!(self.child.try_wait(), Ok(Some(_))).then(End::now)
    }

    /// Kills it if its time is over.
    pub(super) fn enforce(&mut self, now: Instant) {
        if self.reaped.is_none()
            && self.timed_out.is_none()
            && self.deadline.is_some_and(|deadline| now >= deadline)
        {
            self.timed_out = self.limit;
            self.kill();
        }
    }

    /// Kills the whole group. The leader is not reaped yet, so its number cannot belong to anybody else.
    pub(super) fn kill(&mut self) {
        if self.reaped.is_none() {
            kill_group(&mut self.child);
        }
    }

    /// Takes note of the end: kills what is left of its group and reaps it. The end is kept until
    /// [`Running::finish`], so that a second child is not kept waiting.
    pub(super) fn reap(&mut self, end: End) {
        if self.reaped.is_some() {
            return;
        }
        #[cfg(target_os = "linux")]
        {
            let seen = self.sampler.as_ref().map(Sampler::seen).unwrap_or_default();
            self.left_running = super::leftover::kill(self.child.id(), self.mark, &seen);
        }
        kill_group(&mut self.child);
        if let Ok(usage) = self.child.wait4() {
            self.reaped = Some((usage, end));
        }
    }

    /// Everything that is known of it.
    ///
    /// # Errors
    /// It ran past its limit, or could not be waited for.
    pub(super) fn finish(self) -> Result<Ended, Failure> {
        let Some((usage, end)) = self.reaped else {
            let error = std::io::Error::other("its end was lost");
            return Err(Failure::Wait { program: self.program, error });
        };
        let text = |reader: Option<Reader>| {
            reader.map_or_else(Captured::default, |reader| reader.finish(PATIENCE))
        };
        let (sampled_peak, own_peak, samples) = match self.sampler {
            Some(sampler) => (sampler.peak(), sampler.own_peak(), sampler.into_samples()),
            None => (None, Sampler::own_memory(), Samples::default()),
        };
        // A child's high-water mark begins with the memory of the process that started it. Below
        // that it says nothing, and only what was sampled is known.
        let counted = Some(usage.rusage.maxrss).filter(|&peak| peak > own_peak.unwrap_or(0));
        let ended = Ended {
            status: usage.status,
            stdout: text(self.stdout),
            stderr: text(self.stderr),
            started: self.started,
            ended: end.time,
            wall: end.at.saturating_duration_since(self.start),
            cpu: Some(usage.rusage.utime + usage.rusage.stime),
            peak_memory: counted.max(sampled_peak),
            samples,
            left_running: self.left_running,
        };
        match self.timed_out {
            Some(limit) => {
                Err(Failure::TimedOut { program: self.program, limit, ended: Box::new(ended) })
            }
            None => Ok(ended),
        }
    }
}

/// A path from where benchgate is, not from where the child will be; a name stays a name to look up.
fn located(program: &Path) -> PathBuf {
    if program.components().nth(1).is_none() {
        return program.to_owned();
    }
    std::path::absolute(program).unwrap_or_else(|_| program.to_owned())
}

#[cfg(unix)]
fn own_group(system: &mut process::Command) {
    std::os::unix::process::CommandExt::process_group(system, 0);
}

#[cfg(not(unix))]
fn own_group(_: &mut process::Command) {}

#[cfg(unix)]
fn pid_of(child: &process::Child) -> Option<rustix::process::Pid> {
    i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw)
}

/// Kills the group; an error means that it is gone already.
#[cfg(unix)]
fn kill_group(child: &mut process::Child) {
    if let Some(pid) = pid_of(child) {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}

/// Kills the child alone: Windows has no groups of this kind.
#[cfg(not(unix))]
fn kill_group(child: &mut process::Child) {
    let _ = child.kill();
}

/// Waits in a thread without reaping, so that the child's number stays its own until its group was killed.
#[cfg(unix)]
fn tell_end(
    child: &process::Child,
    index: usize,
    ended: &Sender<(usize, End)>,
) -> std::io::Result<()> {
    use rustix::process::{WaitId, WaitIdOptions, waitid};
    let Some(pid) = pid_of(child) else { return Err(std::io::ErrorKind::InvalidInput.into()) };
    let ended = ended.clone();
    std::thread::Builder::new().name("wait".into()).stack_size(128 * 1024).spawn(move || {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
        // Nobody listens any more where the other child could not be started.
        let _ = ended.send((index, End::now()));
    })?;
    Ok(())
}

#[cfg(not(unix))]
fn tell_end(_: &process::Child, _: usize, _: &Sender<(usize, End)>) -> std::io::Result<()> {
    Ok(())
}
