use crate::diag::{Code, Diagnostic, Diagnostics, quoted};
use crate::model::{Measurement, Side};

/// A measurement may not hold more runs than this.
const MOST_RUNS: u64 = 1_000;

/// Says what makes a comparison impossible: nothing measured, an empty side, more runs than a report holds.
pub(super) fn check(measurements: &[Measurement], allow_empty_base: bool, sink: &Diagnostics) {
    for m in measurements.iter().filter(|m| m.n > MOST_RUNS) {
        let message = format!(
            "{} {} of {} has {} runs on {}",
            m.metric,
            m.statistic,
            quoted(m.benchmark.as_str()),
            m.n,
            m.side.name()
        );
        sink.push(Diagnostic::error(Code::TooManyRuns, message).help(format!(
            "give at most {MOST_RUNS} runs a side; more decide nothing that fewer do not"
        )));
    }
    // What could not be read has been said, and with its place.
    if sink.has_errors() {
        return;
    }
    let measured = |side| measurements.iter().any(|m| m.side == side);
    match (measured(Side::Base), measured(Side::Head)) {
        (true, true) => {}
        (false, false) => sink.push(
            Diagnostic::error(Code::NothingMeasured, "neither base nor head holds a measurement")
                .help("check the paths and that the benchmarks ran; nothing measured is never a pass"),
        ),
        (true, false) => sink.push(
            Diagnostic::error(Code::EmptySide, "head holds no measurement").help("check the path of head and that its benchmarks ran"),
        ),
        (false, true) if allow_empty_base => {}
        (false, true) => sink.push(
            Diagnostic::error(Code::EmptySide, "base holds no measurement")
                .help("check the path of base; if these are the first benchmarks of the project, add `--allow-empty-base`"),
        ),
    }
}
