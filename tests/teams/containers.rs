use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::paired("containers")
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    outcome.is("pass", 0, &[]);
    read_as!(outcome, "containers_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    outcome.is(
        "fail",
        1,
        &[
            "critical regression container/reuse time median",
            "critical regression registry/lookup/1000 time median",
            "critical regression registry/lookup/10000 time median",
            "critical relation container/reuse time median",
            "critical scaling time",
            "critical scaling time",
            "warning regression registry/lookup/100 time median",
            "notice regression container/create time median",
        ],
    );
    read_as!(outcome, "containers_head_failing");
}
