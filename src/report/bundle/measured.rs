//! A report of which only the measurements count, from whoever wrote it: what stands in it beside them is not held in
//! memory, and neither is more of them than any report has.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::check::ENTRIES;
use crate::diag::Diagnostic;
use crate::model::{ConfigInfo, Measurement, Order, Outcome, Report, Severity, SideInfo, Tool};

/// Values in all measurements together, names and numbers: twice those of 20,000 benchmarks of ten runs.
const IN_MEASUREMENTS: usize = 16_000_000;
/// Values in what is said of the configuration: thousands of rules.
const IN_CONFIG: usize = 100_000;
/// Values in all diagnostics.
const IN_DIAGNOSTICS: usize = 100_000;
/// Values in the description of a machine.
const IN_ENVIRONMENT: usize = 10_000;

/// What of a report can be decided again. What was decided (comparisons, findings, tables) is passed over as it is read.
#[derive(Deserialize)]
pub(super) struct Measured {
    schema: u32,
    tool: Tool,
    outcome: Outcome,
    severity: Severity,
    exit_code: u8,
    config: ConfigInfo,
    base: SideInfo,
    head: SideInfo,
    #[serde(default)]
    order: Order,
    measurements: Vec<Measurement>,
    diagnostics: Vec<Diagnostic>,
}

impl From<Measured> for Report {
    fn from(measured: Measured) -> Self {
        let Measured { schema, tool, outcome, severity, exit_code, config, .. } = measured;
        Self {
            schema,
            tool,
            outcome,
            severity,
            exit_code,
            config,
            base: measured.base,
            head: measured.head,
            order: measured.order,
            comparisons: Vec::new(),
            measurements: measured.measurements,
            tables: Vec::new(),
            findings: Vec::new(),
            diagnostics: measured.diagnostics,
            suite_shift: None,
        }
    }
}

/// Reads a report to see that it holds no more than it may, and keeps nothing of it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading them is all")]
pub(super) struct Bounds {
    #[serde(default)]
    config: Values<IN_CONFIG>,
    #[serde(default)]
    base: Side,
    #[serde(default)]
    head: Side,
    #[serde(default)]
    measurements: List<ENTRIES, IN_MEASUREMENTS>,
    #[serde(default)]
    diagnostics: Values<IN_DIAGNOSTICS>,
}

#[derive(Default, Deserialize)]
#[expect(dead_code, reason = "reading it is all")]
struct Side {
    #[serde(default)]
    environment: Values<IN_ENVIRONMENT>,
}

/// Anything of at most `MOST` values.
#[derive(Default)]
struct Values<const MOST: usize>;

impl<'de, const MOST: usize> Deserialize<'de> for Values<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let left = Cell::new(MOST);
        Counted { left: &left, most: MOST }.deserialize(deserializer)?;
        Ok(Self)
    }
}

/// A list of at most `LONG` entries that have at most `MOST` values together: an entry takes memory even where there is
/// next to nothing in it.
#[derive(Default)]
struct List<const LONG: usize, const MOST: usize>;

impl<'de, const LONG: usize, const MOST: usize> Deserialize<'de> for List<LONG, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Self)
    }
}

impl<'de, const LONG: usize, const MOST: usize> Visitor<'de> for List<LONG, MOST> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        let left = Cell::new(MOST);
        let values = Counted { left: &left, most: MOST };
        let mut entries = 0_usize;
        while list.next_element_seed(values)?.is_some() {
            entries += 1;
            if entries > LONG {
                return Err(A::Error::custom(format_args!("more than {LONG} entries")));
            }
        }
        Ok(self)
    }
}

/// Counts a value and what is in it.
#[derive(Clone, Copy)]
struct Counted<'c> {
    left: &'c Cell<usize>,
    most: usize,
}

impl Counted<'_> {
    fn one<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1);
        self.left
            .set(left.ok_or_else(|| E::custom(format_args!("more than {} values", self.most)))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.one()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.one()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.one()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.one()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.one()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.one()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        self.one()
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(self)?;
        }
        self.one()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{read, read_measured, write};
    use super::*;
    use crate::report::samples;

    #[test]
    fn what_was_decided_is_passed_over() {
        for (name, report) in samples::all() {
            let text = write(&report).unwrap();
            let expected = Report {
                comparisons: Vec::new(),
                findings: Vec::new(),
                tables: Vec::new(),
                suite_shift: None,
                ..read(&text, "r.json").unwrap()
            };
            assert_eq!(read_measured(&text, "r.json"), Ok(expected), "{name}");
        }
        // It is not even looked at.
        let text = write(&samples::small()).unwrap();
        let odd = text.replacen("\"findings\":", "\"findings\": [[[]]], \"once-more\":", 1);
        assert!(read(&odd, "r.json").is_err());
        assert!(read_measured(&odd, "r.json").is_ok());
    }

    #[test]
    fn every_value_counts() {
        let fits = |text: &str| serde_json::from_str::<Values<5>>(text).is_ok();
        for text in ["[1,-2,0.5,null]", "{\"a\":[true,\"x\",{}]}", "[[[[[]]]]]"] {
            assert!(fits(text), "{text}");
            assert!(!fits(&format!("[{text}]")), "{text}");
        }
    }

    #[test]
    fn more_values_than_any_report_has_are_refused_before_they_are_held() {
        let good = write(&samples::small()).unwrap();
        let put = |place: &str, filler: &str, times: usize| {
            assert!(good.contains(place), "{place}");
            let text = good.replacen(place, &format!("{place}{}", filler.repeat(times)), 1);
            read_measured(&text, "r.json").unwrap_err().message
        };
        let nested = "\"x\":[[],{}],";
        assert_eq!(put("\"environment\":{", nested, 4_000), "not a report: more than 10000 values");
        let diagnostic = "[0],";
        assert_eq!(
            put("\"diagnostics\": [", diagnostic, 60_000),
            "not a report: more than 100000 values"
        );
        assert_eq!(
            put("\"thresholds\":[", "{},", 100_000),
            "not a report: more than 100000 values"
        );
        assert_eq!(
            put("\"measurements\": [", "{},", ENTRIES + 1),
            "not a report: more than 200000 entries"
        );
    }
}
