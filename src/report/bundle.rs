//! The report file: schema 1, one JSON document.
//!
//! Whoever reads it does not know who wrote it, so nothing of it is believed: sizes are limited, arrays that run in
//! parallel must, and the outcome is for the gate to decide again.

mod check;
mod layout;
mod measured;
mod tables;
mod written;

use std::io::{self, BufWriter, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::measured::{Bounds, Measured};
use self::written::Written;
use super::{RenderError, WriteError};
use crate::diag::{Code, Diagnostic};
use crate::model::{Report, SCHEMA};

/// A larger report file is not read: 256 MiB.
pub const MOST_BYTES: usize = 256 << 20;

/// Writes the report file: one line for each comparison, measurement, finding and diagnostic, every number in full
/// precision.
///
/// # Errors
/// When the report holds what [`read`] would refuse: a number that is not finite, too many runs, arrays that do not
/// run in parallel.
pub fn write(report: &Report) -> Result<String, RenderError> {
    let mut bytes = Vec::new();
    let unwritable = |error: String| RenderError::Unwritable(error);
    write_to(report, &mut bytes).map_err(|error| match error {
        WriteError::Report(error) => error,
        WriteError::System(error) => unwritable(error.to_string()),
    })?;
    String::from_utf8(bytes).map_err(|error| unwritable(error.to_string()))
}

/// Writes the report file to `out` piece by piece, so that no second report need be held.
///
/// # Errors
/// As [`write()`], before anything is written; or what `out` says.
pub fn write_to(report: &Report, out: &mut dyn Write) -> Result<(), WriteError> {
    if let Some(problem) = check::problem(report) {
        return Err(RenderError::Unwritable(problem).into());
    }
    // Written token by token: here the compiler sees the buffer, behind `out` it does not.
    let mut buffer = BufWriter::with_capacity(1 << 16, out);
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut buffer, layout::Layout::default());
    Written::from(report).serialize(&mut serializer).map_err(io::Error::from)?;
    buffer.write_all(b"\n")?;
    Ok(buffer.flush()?)
}

/// Reads a report file that anybody may have written; `file` is its name for messages.
///
/// # Errors
/// One diagnostic, with line and column where the JSON itself is wrong.
pub fn read(text: &str, file: &str) -> Result<Report, Diagnostic> {
    version(text, file)?;
    checked(parse(text, file)?, file)
}

/// Reads of a report file only what it can be decided again from: comparisons, findings and tables are left empty, and
/// whatever stands there takes no memory. A file with more measurements, diagnostics or words on a machine than a report
/// has is refused before they are held.
///
/// # Errors
/// As [`read`].
pub fn read_measured(text: &str, file: &str) -> Result<Report, Diagnostic> {
    version(text, file)?;
    let _: Bounds = parse(text, file)?;
    let measured: Measured = parse(text, file)?;
    checked(measured.into(), file)
}

/// How to come by a report that is read.
const RERUN: &str = "write it with `benchgate compare --out json=FILE`; a file that was cut off or edited by hand is not read";

fn bad(message: String, file: &str) -> Diagnostic {
    Diagnostic::error(Code::BadReport, message).file(file)
}

/// That the file is not too large and of this version.
fn version(text: &str, file: &str) -> Result<(), Diagnostic> {
    /// Only the version, so that a newer report is refused for its version and not for its fields.
    #[derive(Deserialize)]
    struct Version {
        schema: u32,
    }

    if text.len() > MOST_BYTES {
        return Err(bad(
            format!(
                "the report has {} bytes, more than the {MOST_BYTES} that are read",
                text.len()
            ),
            file,
        )
        .help("compare fewer benchmarks or runs at a time"));
    }
    match parse(text, file)? {
        Version { schema: SCHEMA } => Ok(()),
        Version { schema } => {
            let message =
                format!("the report has schema {schema}; this program reads schema {SCHEMA}");
            Err(bad(message, file).help("use the version of benchgate that wrote the report"))
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str, file: &str) -> Result<T, Diagnostic> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or(&message);
        let shown = crate::diag::visible(what);
        let shown = super::escape::cut(&shown, super::escape::SENTENCE);
        bad(format!("not a report: {shown}"), file)
            .at(saturated(error.line()), saturated(error.column().max(1)))
            .help(RERUN)
    })
}

fn checked(report: Report, file: &str) -> Result<Report, Diagnostic> {
    match check::problem(&report) {
        None => Ok(report),
        Some(problem) => Err(bad(problem, file).help(RERUN)),
    }
}

fn saturated(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The JSON Schema of the report file, as it stands in `docs/report.schema.json`.
#[must_use]
pub fn report_schema() -> String {
    let schema = schemars::schema_for!(Report);
    format!("{:#}\n", schema.as_value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;
    use crate::report::samples;
    use proptest::prelude::*;

    #[test]
    fn every_sample_is_read_back() {
        for (name, report) in samples::all() {
            let text = write(&report).unwrap();
            assert_eq!(read(&text, "r.json").as_ref(), Ok(&report), "{name}");
        }
    }

    #[test]
    fn the_file_has_a_line_for_each_entry() {
        insta::assert_snapshot!(write(&samples::small()).unwrap());
    }

    #[test]
    fn every_sample_follows_the_schema() {
        let schema: serde_json::Value = serde_json::from_str(&report_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for (name, report) in samples::all() {
            let value = serde_json::to_value(&report).unwrap();
            let errors: Vec<String> =
                validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }

    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json");
        if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
            std::fs::write(path, report_schema()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            report_schema(),
            "run the tests with INSTA_UPDATE=always"
        );
    }

    fn refused(text: &str) -> String {
        let diagnostic = read(text, "report.json").unwrap_err();
        crate::diag::render(&diagnostic, false) + "\n\n"
    }

    #[test]
    fn what_is_not_a_report_is_refused_with_its_place() {
        let good = write(&samples::small()).unwrap();
        let change = |from: &str, to: &str| {
            assert!(good.contains(from), "{from}");
            good.replacen(from, to, 1)
        };
        let all = [
            refused(""),
            refused("[]"),
            refused("{}"),
            refused(&change("\"schema\": 1", "\"schema\": 2")),
            refused(&change("\"outcome\": \"fail\"", "\"outcome\": \"great\"")),
            refused(&change("\"alpha\":0.01", "\"alpha\":1e999")),
            refused(&change("\"noise\":[", "\"noise\":[0.1,")),
            refused(&change("\"quantiles\":[", &format!("\"quantiles\":[{}", "1.0,".repeat(21)))),
            refused(good.get(..good.len() / 2).unwrap()),
        ]
        .concat();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn an_exit_code_that_is_not_of_the_outcome_is_refused() {
        let outcomes = [Outcome::Pass, Outcome::Fail, Outcome::Inconclusive, Outcome::Error];
        let good = [(0, 0), (1, 1), (2, 0), (2, 5), (3, 2), (3, 3)];
        for (i, outcome) in outcomes.into_iter().enumerate() {
            for exit_code in [0, 1, 2, 3, 4, 5, 70, 130, 255] {
                let report = Report { outcome, exit_code, ..samples::small() };
                let text = serde_json::to_string(&report).unwrap();
                let expected = good.contains(&(i, exit_code));
                assert_eq!(read(&text, "r.json").is_ok(), expected, "{outcome:?} {exit_code}");
            }
        }
    }

    #[test]
    fn fields_of_a_newer_version_are_ignored() {
        let report = samples::small();
        let text = write(&report).unwrap();
        let newer = text
            .replacen("\"schema\": 1,", "\"schema\": 1, \"weather\": {\"sunny\": true},", 1)
            .replacen("\"gating\":true,", "\"gating\":true,\"colour\":[1,2],", 1)
            .replacen("\"code\":\"stale\"", "\"code\":\"new-kind\"", 1);
        let read = read(&newer, "r.json").unwrap();
        assert_eq!(read.comparisons, report.comparisons);
        assert_eq!(read.diagnostics.first().map(|d| d.code), Some(Code::Unknown));
    }

    #[test]
    fn more_than_a_thousand_runs_are_refused() {
        let mut report = samples::small();
        for m in &mut report.measurements {
            m.per_run = vec![1.0; 1001];
            m.noise = vec![None; 1001];
            m.blocks = vec![0; 1001];
            m.links = vec![None; 1001];
            m.trials = Vec::new();
        }
        let text = serde_json::to_string(&report).unwrap();
        assert!(read(&text, "r.json").unwrap_err().message.contains("1001 runs"));
        assert!(matches!(write(&report), Err(RenderError::Unwritable(_))));
    }

    #[test]
    fn numbers_that_are_not_finite_are_not_written() {
        let mut report = samples::small();
        report.comparisons.iter_mut().for_each(|c| c.margin = f64::NAN);
        assert!(matches!(write(&report), Err(RenderError::Unwritable(_))));
    }

    #[test]
    fn a_report_cut_anywhere_is_refused() {
        let good = write(&samples::small()).unwrap();
        let text = good.trim_end();
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)).step_by(7) {
            assert!(read(text.get(..end).unwrap(), "r.json").is_err());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_read(text in any::<String>()) {
            let _ = read(&text, "r.json");
        }

        #[test]
        fn a_damaged_report_is_refused_or_read(at in 0..4000usize, with in any::<u8>()) {
            let mut bytes = write(&samples::small()).unwrap().into_bytes();
            let at = at % bytes.len();
            bytes[at] = with;
            let _ = read(&String::from_utf8_lossy(&bytes), "r.json");
        }

        #[test]
        fn what_is_written_is_read(report in samples::any_report()) {
            let text = write(&report).unwrap();
            prop_assert_eq!(read(&text, "r.json"), Ok(report));
        }
    }
}
