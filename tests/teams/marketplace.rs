use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::promises("marketplace").options(&[
        "--allow-empty-base",
        "--variant",
        "off=telemetry-off",
        "--variant",
        "on=telemetry-on",
    ])
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    assert_eq!(outcome.findings(), "");
    assert_eq!((outcome.exit, &outcome.report["outcome"]), (0, &"pass".into()));
    read_as!(outcome, "marketplace_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    insta::assert_snapshot!(outcome.findings(), @"");
    assert_eq!((outcome.exit, &outcome.report["outcome"]), (1, &"fail".into()));
    read_as!(outcome, "marketplace_head_failing");
}
