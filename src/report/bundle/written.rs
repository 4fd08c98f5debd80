//! The report as it is written: the entries of its long lists are made ready on all threads, and written in their order.

use rayon::prelude::*;
use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::diag::Diagnostic;
use crate::model::{
    Comparison, ConfigInfo, Finding, Measurement, Order, Outcome, Report, Severity, SideInfo,
    SuiteShift, Table, Tool,
};

/// Entries that are ready before they are written: work for every thread, and little to hold.
const AT_ONCE: usize = 512;

/// A report, field by field.
#[derive(Serialize)]
pub(super) struct Written<'a> {
    schema: u32,
    tool: &'a Tool,
    outcome: Outcome,
    severity: Severity,
    exit_code: u8,
    config: &'a ConfigInfo,
    base: &'a SideInfo,
    head: &'a SideInfo,
    order: Order,
    comparisons: Entries<'a, Comparison>,
    measurements: Entries<'a, Measurement>,
    tables: &'a [Table],
    findings: &'a [Finding],
    diagnostics: &'a [Diagnostic],
    suite_shift: Option<SuiteShift>,
}

impl<'a> From<&'a Report> for Written<'a> {
    fn from(report: &'a Report) -> Self {
        // Named one by one, so that none is forgotten.
        let Report {
            schema,
            tool,
            outcome,
            severity,
            exit_code,
            config,
            base,
            head,
            order,
            comparisons,
            measurements,
            tables,
            findings,
            diagnostics,
            suite_shift,
        } = report;
        Self {
            schema: *schema,
            tool,
            outcome: *outcome,
            severity: *severity,
            exit_code: *exit_code,
            config,
            base,
            head,
            order: *order,
            comparisons: Entries(comparisons),
            measurements: Entries(measurements),
            tables,
            findings,
            diagnostics,
            suite_shift: *suite_shift,
        }
    }
}

/// A list with an entry for each benchmark.
struct Entries<'a, T>(&'a [T]);

impl<T: Serialize + Sync> Serialize for Entries<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for some in self.0.chunks(AT_ONCE) {
            let ready = some.par_iter().map(to_raw_value).collect::<Result<Vec<_>, _>>();
            ready
                .map_err(Error::custom)?
                .iter()
                .try_for_each(|entry| list.serialize_element::<RawValue>(entry))?;
        }
        list.end()
    }
}
