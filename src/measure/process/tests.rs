//! Children are small shell scripts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::*;

fn go(script: &str) -> Ended {
    run(&Command::shell(script), &AtomicBool::new(false)).expect("a child that ends")
}

fn alive(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

#[test]
fn output_status_and_times_are_kept() {
    let ended = go("echo out; echo err >&2; sleep 0.12; exit 3");
    assert_eq!((ended.stdout.text().as_str(), ended.stderr.text().as_str()), ("out\n", "err\n"));
    assert_eq!(ended.status.code(), Some(3));
    assert!(ended.wall >= Duration::from_millis(120) && ended.wall < Duration::from_secs(5));
    assert!(ended.started < ended.ended);
    assert!(ended.cpu.is_some_and(|cpu| cpu < Duration::from_millis(100)), "{:?}", ended.cpu);
    assert_eq!(ended.left_running, 0);
}

#[test]
fn a_failed_child_says_its_last_words() {
    let command = Command::shell("printf 'one\\n::error::boo\\n' >&2; exit 101");
    let ended = run(&command, &AtomicBool::new(false)).unwrap();
    let diagnostic = ended.failure(&command).expect("a failure");
    insta::assert_snapshot!(crate::diag::render(&diagnostic, false), @r"
    error: `sh -c printf 'one\n::error::boo\n' >&2; exit 101` ended with exit code 101 [command-failed]
     |
     = help: run it by hand to see why; its last output was:
               | one
               | ::error::boo
    ");
    let killed = Command::shell("kill -SEGV $$");
    let diagnostic = run(&killed, &AtomicBool::new(false)).unwrap().failure(&killed).unwrap();
    insta::assert_snapshot!(diagnostic.message, @"`sh -c kill -SEGV $$` was killed by signal 11 (SIGSEGV)");
    assert!(go("true").failure(&Command::shell("true")).is_none());
}

#[test]
fn what_cannot_start_is_said() {
    let message = |command: &Command| {
        let failure = run(command, &AtomicBool::new(false)).expect_err("no start");
        let diagnostic = failure.diagnostic();
        format!("{}\n{}", diagnostic.message, diagnostic.help.unwrap_or_default())
    };
    insta::assert_snapshot!(message(&Command::new("no-such-program-here")), @r"
    `no-such-program-here` could not be started: No such file or directory (os error 2)
    install it, or give its full path; it is looked up in PATH
    ");
    let mut lost = Command::shell("true");
    lost.dir = Some("/no/such/dir".into());
    insta::assert_snapshot!(message(&lost), @r"
    `sh` should run in `/no/such/dir`, which is no directory
    check the path of the directory
    ");
    let mut pinned = Command::shell("true");
    pinned.pin = Some(100_000);
    assert!(message(&pinned).starts_with("core 100000 cannot be used: "));
}

#[test]
fn the_environment_has_no_secrets_and_a_mark_of_fixed_length() {
    let command =
        Command::shell("env; test -t 0 || cat").env("GITHUB_SHA", "abc").env("BENCH_X", "1");
    let text = run(&command, &AtomicBool::new(false)).unwrap().stdout.text();
    assert!(text.lines().any(|line| line == "BENCH_X=1"));
    for line in text.lines() {
        let name = line.split('=').next().unwrap_or_default();
        assert!(name == "GITHUB_SHA" || !name.starts_with("GITHUB_"), "{line}");
    }
    let mark = text.lines().find_map(|line| line.strip_prefix("BENCHGATE_CHILD=")).unwrap();
    assert_eq!(mark.len(), 34);
}

#[test]
fn a_long_output_is_kept_at_its_end_or_in_a_file() {
    let script = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done";
    let ended = go(script);
    assert_eq!(ended.stdout.bytes.len(), KEPT);
    assert!(ended.stdout.dropped > 0 && ended.stdout.text().ends_with("line 19999\n"));

    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::shell(script);
    command.stdout = Output::File(dir.path().join("out"));
    let ended = run(&command, &AtomicBool::new(false)).unwrap();
    assert_eq!(ended.stdout, Captured::default());
    assert_eq!(fs::read_to_string(dir.path().join("out")).unwrap().lines().count(), 20_000);
}

#[test]
fn a_child_that_takes_too_long_is_killed_with_its_group() {
    let mut command = Command::shell("sleep 60 & echo $!; wait; true");
    command.limit = Some(Duration::from_millis(150));
    let began = Instant::now();
    let failure = run(&command, &AtomicBool::new(false)).expect_err("too long");
    assert!(began.elapsed() < Duration::from_secs(5));
    let Failure::TimedOut { ended, .. } = &failure else { panic!("{failure}") };
    assert!(!alive(&ended.stdout.text()));
    insta::assert_snapshot!(failure, @"`sh` ran longer than 0.15 s and was killed");
    let help = failure.diagnostic().help.unwrap();
    assert!(
        help.starts_with(
            "raise the time limit, or make the benchmark shorter; its last output was:\n  | "
        ),
        "{help}"
    );
}

/// From the directory of benchgate, not from that of the child.
#[test]
fn a_relative_program_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("x.sh");
    fs::write(&script, "#!/bin/sh\npwd\n").unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let here = std::env::current_dir().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    let script = std::path::Path::new(&up).join(script.strip_prefix("/").unwrap());
    assert!(script.is_relative());
    let mut command = Command::new(script);
    command.dir = Some("/".into());
    assert_eq!(run(&command, &AtomicBool::new(false)).unwrap().stdout.text(), "/\n");
}

#[test]
fn an_interruption_ends_it() {
    let stop = AtomicBool::new(false);
    let began = Instant::now();
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(100));
            stop.store(true, Ordering::Relaxed);
        });
        run(&Command::shell("sleep 60"), &stop)
    });
    assert!(result.is_err_and(|failure| failure.is_interruption()));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn both_run_at_the_same_moment() {
    let began = Instant::now();
    let (a, b) = run_both(
        &Command::shell("sleep 0.2; echo a"),
        &Command::shell("sleep 0.1; echo b"),
        &AtomicBool::new(false),
    )
    .unwrap();
    assert!(began.elapsed() < Duration::from_millis(1500));
    assert_eq!((a.stdout.text().as_str(), b.stdout.text().as_str()), ("a\n", "b\n"));
    assert!(b.started < a.ended && a.started < b.ended && b.wall < a.wall);
}

#[test]
fn one_that_cannot_start_ends_the_other() {
    let began = Instant::now();
    let result = run_both(
        &Command::shell("sleep 60"),
        &Command::new("no-such-program-here"),
        &AtomicBool::new(false),
    );
    assert!(matches!(result, Err(Failure::Start { .. })));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;

    #[test]
    fn what_is_left_running_is_killed() {
        let ended = go("sleep 60 >/dev/null 2>&1 & echo $!");
        assert_eq!(ended.left_running, 1);
        assert!(!alive(&ended.stdout.text()));
    }

    /// A process in a session of its own that holds the pipes open.
    #[test]
    fn what_leaves_the_group_is_killed() {
        let began = Instant::now();
        let ended = go("setsid sh -c 'echo $$; sleep 60; true' & sleep 0.2");
        assert!(began.elapsed() < Duration::from_secs(5));
        assert!(ended.left_running >= 1);
        assert!(!alive(ended.stdout.text().lines().next().unwrap()), "{}", ended.stdout.text());
    }

    #[test]
    fn what_hides_its_environment_is_known_by_the_samples() {
        let ended = go("env -i setsid sleep 60 & echo $!; sleep 0.3");
        assert!(ended.left_running >= 1);
    }

    /// What a benchgate left that was killed: a process with the mark of an owner that is no more.
    #[test]
    fn strays_of_a_killed_benchgate_are_swept() {
        let mark = "00000001-0000000000000000-00000000";
        let mut stray = std::process::Command::new("sleep")
            .arg("60")
            .env("BENCHGATE_CHILD", mark)
            .spawn()
            .unwrap();
        let began = Instant::now();
        let stop = AtomicBool::new(false);
        let ours = thread::scope(|scope| {
            let ours = scope.spawn(|| run(&Command::shell("sleep 0.3; echo whole"), &stop));
            thread::sleep(Duration::from_millis(100));
            // Whether this one ends it or a measurement that begins meanwhile, nobody can say.
            sweep();
            ours.join().unwrap().unwrap()
        });
        assert!(!stray.wait().unwrap().success());
        assert!(began.elapsed() < Duration::from_secs(10));
        assert_eq!(ours.stdout.text(), "whole\n");
    }

    #[test]
    fn a_child_stays_on_its_core() {
        for core in allowed_cores() {
            let mut command = Command::shell("grep Cpus_allowed_list /proc/self/status");
            command.pin = Some(core);
            let ended = run(&command, &AtomicBool::new(false)).unwrap();
            assert_eq!(ended.stdout.text(), format!("Cpus_allowed_list:\t{core}\n"));
        }
        assert!(!allowed_cores().is_empty());
    }

    /// 64 MiB are more than this test process holds by itself.
    #[test]
    fn cpu_and_memory_are_counted_and_sampled() {
        let ended = go(
            "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done; head -c 150000000 /dev/zero | tail -c 100000000 >/dev/null",
        );
        assert!(ended.cpu.is_some_and(|cpu| cpu > Duration::from_millis(30)), "{:?}", ended.cpu);
        assert!(ended.peak_memory.is_some_and(|peak| peak > 90_000_000), "{:?}", ended.peak_memory);
        assert!(!ended.samples.points.is_empty());
        assert!(ended.samples.cpu_series().is_some_and(|cpu| cpu.max > 20.0));
    }

    #[test]
    fn a_child_cannot_read_the_environment_of_benchgate() {
        if rustix::process::geteuid().is_root() {
            return;
        }
        let ended = go("cat /proc/$PPID/environ");
        assert!(!ended.status.success());
    }
}
