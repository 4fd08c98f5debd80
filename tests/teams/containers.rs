use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::paired("containers")
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    assert_eq!(outcome.findings(), "");
    assert_eq!((outcome.exit, &outcome.report["outcome"]), (0, &"pass".into()));
    read_as!(outcome, "containers_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    insta::assert_snapshot!(outcome.findings(), @"");
    assert_eq!((outcome.exit, &outcome.report["outcome"]), (1, &"fail".into()));
    read_as!(outcome, "containers_head_failing");
}
