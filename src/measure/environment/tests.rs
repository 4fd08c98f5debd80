use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;

use serde_json::json;

use super::*;

#[test]
fn the_machine_is_known() {
    let machine = Machine::look(Path::new("no/such/directory/yet"));
    assert!(machine.cores.is_some_and(|cores| cores > 0));
    assert!(machine.memory >= machine.memory_available);
    if cfg!(target_os = "linux") {
        assert!(machine.kernel.is_some() && machine.load.is_some() && machine.disk_free.is_some());
    }
    let entries = machine.entries();
    assert_eq!(entries["os"], json!(std::env::consts::OS));
    assert!(entries.values().all(|value| !value.is_null()));
}

#[test]
fn the_compiler_is_known() {
    let version = rustc(Path::new("."), &AtomicBool::new(false)).expect("tests run under cargo");
    assert!(version.starts_with("1.") && !version.contains('\n'), "{version}");
    assert_eq!(rustc(Path::new("/no/such/dir"), &AtomicBool::new(false)), None);
}

#[test]
fn a_span_is_watched() {
    let watch = Watch::start();
    thread::sleep(std::time::Duration::from_millis(60));
    let activity = watch.finish();
    assert!(activity.seconds >= 0.06);
    if cfg!(target_os = "linux") {
        assert!(activity.idle.is_some_and(|idle| (0.0..=100.0).contains(&idle)));
        assert!(activity.others.is_some() && !activity.cores.is_empty());
        assert!(activity.extra().contains_key("load"));
    }
}

/// A process in its own session that this one did not start would be named; this one's children are not.
#[cfg(target_os = "linux")]
#[test]
fn own_children_are_not_others() {
    use crate::measure::process::{Command, run};
    let watch = Watch::start();
    let spin = Command::shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
    let ended = run(&spin, &AtomicBool::new(false)).unwrap();
    let activity = watch.finish();
    assert!(ended.cpu.is_some_and(|cpu| cpu.as_millis() > 50));
    assert!(activity.busiest.iter().all(|busy| busy.name != "sh"), "{activity:?}");
}

fn busy() -> Activity {
    Activity {
        seconds: 0.3,
        load: Some(1.234_56),
        idle: Some(42.0),
        steal: Some(3.21),
        others: Some(97.04),
        busiest: vec![
            Busy { pid: 7, name: "ffm\u{202e}peg".into(), core: Some(1), cpu: 92.0 },
            Busy { pid: 9, name: "cc1".into(), core: None, cpu: 5.0 },
        ],
        cores: vec![20.0, 98.0],
        frequency: Some(2999.6),
    }
}

#[test]
fn a_disturbed_block_says_by_whom() {
    insta::assert_snapshot!(busy().disturbances().join("\n"), @r"
    other processes used 97 % of a core (`ffm\u{202e}peg` 92 % on core 1, `cc1` 5 %)
    the hypervisor took 3.2 % of the time
    ");
    insta::assert_snapshot!(json!(busy().extra()), @r#"{"idle":42.0,"load":1.23,"mhz":3000.0,"others":97.0,"steal":3.21}"#);
    assert_eq!(busy().busiest_on(&[1]).map(|busy| busy.pid), Some(7));
    assert_eq!(busy().busiest_on(&[0]), None);
    assert!(Activity::default().disturbances().is_empty());
}

#[test]
fn the_preflight_check_warns_of_what_can_be_helped() {
    let machine = Machine {
        cores: Some(2),
        load: Some(1.5),
        governor: Some("powersave".into()),
        memory_available: Some(100 << 20),
        disk_free: Some(900 << 20),
        ..Machine::default()
    };
    let show = |found: &Preflight| {
        let warnings = found
            .warnings
            .iter()
            .map(|d| format!("{}\n  {}\n", d.message, d.help.as_deref().unwrap_or_default()));
        warnings
            .chain(found.notices.iter().map(|notice| format!("notice: {notice}\n")))
            .collect::<String>()
    };
    insta::assert_snapshot!(show(&preflight(&machine, &busy())), @r"
    the machine is busy before measuring begins, 42 % of it idle: `ffm\u{202e}peg` 92 % on core 1, `cc1` 5 %
      stop what else runs, or measure more blocks: the interval becomes wider, not wrong
    the hypervisor gives 3.2 % of the time to other machines
      use a dedicated runner, or measure more blocks
    only 100 MiB of memory are available
      free memory: a machine that swaps measures its disk
    only 900 MiB of disk are free where the builds go
      free space, or name another directory: two builds may need several gigabytes
    notice: the frequency governor is `powersave`; `performance` gives steadier numbers
    ");
    let quiet = Activity { idle: Some(99.0), steal: Some(0.0), ..Activity::default() };
    let loaded = Machine { cores: Some(2), load: Some(1.5), ..Machine::default() };
    insta::assert_snapshot!(show(&preflight(&loaded, &quiet)), @r"
    the load of the last minute is 1.50 on 2 cores
      wait until other work has ended, or measure more blocks
    ");
    let fit = Machine {
        cores: Some(2),
        load: Some(0.2),
        governor: Some("performance".into()),
        ..Machine::default()
    };
    assert_eq!(preflight(&fit, &quiet), Preflight::default());
}
