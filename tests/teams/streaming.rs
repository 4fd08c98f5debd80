use crate::{Gate, read_as};

fn gate() -> Gate {
    Gate::promises("streaming")
}

#[test]
fn passes_where_it_should() {
    let outcome = gate().run("head");
    outcome.is("pass", 0, &[]);
    read_as!(outcome, "streaming_head");
}

#[test]
fn fails_where_it_should() {
    let outcome = gate().run("head-failing");
    outcome.is(
        "fail",
        1,
        &[
            "critical budget NFR-P01 event/delivery time p95",
            "critical budget NFR-P03 time",
            "critical budget NFR-P05 event/throughput throughput median",
            "critical budget NFR-R01 event/errors error-rate median",
        ],
    );
    read_as!(outcome, "streaming_head_failing");
}
