use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::paired("platform")
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    outcome.is("pass", 0, &[]);
    read_as!(outcome, "platform_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    outcome.is(
        "fail",
        1,
        &[
            "critical regression service/storage throughput mean",
            "critical regression service/storage time p95",
            "critical regression service/storage time p99",
            "critical budget LOAD-1 load/checkout/users=200 time p95",
            "critical budget LOAD-2 load/checkout/users=200 error-rate mean",
            "critical budget LOAD-3 load/checkout/users=200 cpu mean",
            "critical scaling LOAD-4 throughput",
            "critical scaling LOAD-4 throughput",
            "critical growth soak/scheduler memory slope",
            "warning regression service/storage error-rate mean",
            "warning growth soak/scheduler memory slope",
            "notice regression service/storage time median",
        ],
    );
    read_as!(outcome, "platform_head_failing");
}
