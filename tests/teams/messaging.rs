use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::paired("messaging")
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    outcome.is("pass", 0, &[]);
    read_as!(outcome, "messaging_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    outcome.is(
        "fail",
        1,
        &[
            "critical regression rate_limiting/rate_limiting_check/agent_count=100 time mean",
            "critical overhead time",
            "critical budget full_integration/complete_operation/agent_count=100 memory max",
            "warning stability rate_limiting/rate_limiting_check/agent_count=100 time stddev",
            "warning stability rate_limiting/rate_limiting_check/agent_count=100 time p95",
        ],
    );
    read_as!(outcome, "messaging_head_failing");
}

/// The smoke profile: one short run, another configuration.
#[test]
fn a_smoke_run_sees_what_is_far_off() {
    let smoke = Gate::promises("messaging").config("smoke.yml");
    let outcome = smoke.run("smoke");
    outcome.is("pass", 0, &[]);
    read_as!(outcome, "messaging_smoke");

    let outcome = smoke.run("smoke-failing");
    outcome.is("fail", 1, &["critical overhead time"]);
    read_as!(outcome, "messaging_smoke_failing");
}
