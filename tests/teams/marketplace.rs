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
    outcome.is("pass", 0, &[]);
    read_as!(outcome, "marketplace_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    outcome.is(
        "fail",
        1,
        &[
            "critical budget SLA-3 on/search/listings/10000 time p95",
            "critical overhead on/cache/hit time median",
            "warning overhead on/concurrency/requests/24 time median",
            "warning overhead on/search/listings/3000 time median",
            "warning overhead time",
        ],
    );
    read_as!(outcome, "marketplace_head_failing");
}
