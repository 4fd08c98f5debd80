//! When a line was written, and from when to when a benchmark ran.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::object::{Field, Value};

/// Microseconds since the epoch.
pub(super) type Moment = i64;

/// What a timestamp should be.
pub(super) const EXPECTED: &str = "write timestamps like `2026-03-01T12:00:00.250Z`, or seconds or milliseconds since the epoch as a number";

/// What the field `timestamp` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The byte of the line at which it stands.
    pub(super) at: usize,
    /// The moment; `None` where it cannot be read.
    pub(super) moment: Option<Moment>,
}

/// From the first to the last moment, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    /// The first moment.
    pub(super) from: Moment,
    /// The last moment.
    pub(super) to: Moment,
}

impl Span {
    /// The span that holds this moment as well.
    pub(super) fn with(self, moment: Moment) -> Self {
        Self { from: self.from.min(moment), to: self.to.max(moment) }
    }
}

/// Numbers of more than this are milliseconds, above that microseconds and nanoseconds: seconds of the year 5138.
const LARGEST: f64 = 1e11;

/// Numbers of less than this are no time since the epoch that a benchmark could have run at (seconds of the year 2001):
/// they count from a beginning of their own, in a unit that nobody can tell, or are a parameter of that name.
const SMALLEST: f64 = 1e9;

/// Reads RFC 3339, where a missing zone is UTC, or a number since the epoch, in seconds up to nanoseconds.
pub(super) fn moment(field: &Field<'_>) -> Option<Moment> {
    match field.value().ok()? {
        Value::Text(text) => text_moment(&text),
        Value::Integer(text) | Value::Float(text) => {
            let number: f64 = text.parse().ok()?;
            let scales = [1e6, 1e3, 1.0, 1e-3];
            let largest = [LARGEST, LARGEST * 1e3, LARGEST * 1e6, LARGEST * 1e9];
            let fits = |(_, largest): &(f64, f64)| number < *largest;
            let (scale, _) = scales.into_iter().zip(largest).find(fits)?;
            (number >= SMALLEST).then_some((number * scale).round() as Moment)
        }
        Value::Bool(_) | Value::Null | Value::Nested => None,
    }
}

fn text_moment(text: &str) -> Option<Moment> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_microsecond());
    }
    // A day alone says nothing of the order within it.
    let civil: DateTime = Some(text).filter(|text| text.contains(':'))?.parse().ok()?;
    let zoned = TimeZone::UTC.to_zoned(civil).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Option<Moment> {
        moment(&Field { name: "timestamp".into(), raw, at: 0 })
    }

    #[test]
    fn moments_in_every_spelling() {
        let noon = Some(1_772_366_400_000_000);
        for raw in [
            r#""2026-03-01T12:00:00Z""#,
            r#""2026-03-01T12:00:00.000000000Z""#,
            r#""2026-03-01T13:00:00+01:00""#,
            r#""2026-03-01 12:00:00+00:00""#,
            r#""2026-03-01T12:00:00""#,
            "1772366400",
            "1772366400.0",
            "1772366400000",
            "1.7723664e12",
            "1772366400000000",
            "1772366400000000000",
        ] {
            assert_eq!(read(raw), noon, "{raw}");
        }
        assert_eq!(read("1772366400.5"), noon.map(|noon| noon + 500_000));
        assert_eq!(read(r#""2026-03-01T12:00:00.25Z""#), noon.map(|noon| noon + 250_000));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for raw in [
            r#""""#,
            r#""…""#,
            r#""2026-03-01""#,
            r#""01/03/2026 12:00:00""#,
            r#""1772366400""#,
            r#""\ud800""#,
            "-1",
            "0",
            "1.5",
            "120000",
            "999999999",
            "1e300",
            "1e999",
            "null",
            "true",
            "[1]",
        ] {
            assert_eq!(read(raw), None, "{raw}");
        }
    }
}
