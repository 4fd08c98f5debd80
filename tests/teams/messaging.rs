use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::paired("messaging")
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    assert_eq!(outcome.findings(), "");
    assert_eq!((outcome.exit, &outcome.report["outcome"]), (0, &"pass".into()));
    read_as!(outcome, "messaging_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    insta::assert_snapshot!(outcome.findings(), @"");
    assert_eq!((outcome.exit, &outcome.report["outcome"]), (1, &"fail".into()));
    read_as!(outcome, "messaging_head_failing");
}

/// The smoke profile: one short run, another configuration.
#[test]
fn a_smoke_run_sees_what_is_far_off() {
    let smoke = Gate::promises("messaging").config("smoke.yml");
    let outcome = smoke.run("smoke");
    assert_eq!((outcome.exit, outcome.findings().as_str()), (0, ""));
    read_as!(outcome, "messaging_smoke");

    let outcome = smoke.run("smoke-failing");
    insta::assert_snapshot!(outcome.findings(), @"");
    assert_eq!(outcome.exit, 1);
    read_as!(outcome, "messaging_smoke_failing");
}
