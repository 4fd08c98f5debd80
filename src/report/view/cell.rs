//! The cells of a rule's table in words.

use crate::model::{Cell, Number, NumberKind, Unit};
use crate::report::number::{self, Amounts};
use crate::report::phrase::Phrase;

/// How the amounts of one row are written: value, limit and interval in one unit.
#[derive(Debug, Default)]
pub(crate) struct Units(Vec<(Unit, Amounts)>);

impl Units {
    /// What the cells of a row have in common.
    pub(crate) fn of<'c>(cells: impl Iterator<Item = &'c Cell> + Clone) -> Self {
        let limits = cells.clone().filter_map(|cell| match cell {
            Cell::AtMost(number) | Cell::AtLeast(number) => Some(number),
            Cell::Text(_) | Cell::Name(_) | Cell::Number(_) | Cell::Margin { .. } => None,
        });
        let values = |unit| {
            cells.clone().filter_map(move |cell| match cell {
                Cell::Number(number) if number.unit == Some(unit) => Some(number.value),
                _ => None,
            })
        };
        let mut units: Vec<(Unit, Amounts)> = Vec::new();
        for limit in limits {
            let Some(unit) = limit.unit else { continue };
            if units.iter().all(|(known, _)| *known != unit) {
                units.push((unit, Amounts::beside(limit.value, unit)));
            }
        }
        for unit in cells.clone().filter_map(|cell| match cell {
            Cell::Number(number) => number.unit,
            _ => None,
        }) {
            if units.iter().all(|(known, _)| *known != unit) {
                units.push((unit, Amounts::of(values(unit), unit)));
            }
        }
        Self(units)
    }

    fn amounts(&self, number: &Number) -> Amounts {
        let unit = number.unit.unwrap_or(Unit::Count);
        let known = self.0.iter().find(|(known, _)| *known == unit);
        known.map_or_else(|| Amounts::of([number.value], unit), |(_, amounts)| *amounts)
    }

    /// A number without its interval: `1.42 ms`, `50 MB/h`, `+4.7 %`, `61x`.
    fn value(&self, number: &Number) -> String {
        self.end(number, number.value)
    }

    /// An end of its interval in the unit of the number.
    fn end(&self, number: &Number, end: f64) -> String {
        match number.kind {
            NumberKind::Amount => self.amounts(number).end(end, number.value),
            NumberKind::Slope => per_hour(&self.amounts(number).end(end, number.value)),
            NumberKind::Change => number::difference(end),
            NumberKind::Share => number::share(end),
            NumberKind::Factor => number::factor(end),
            NumberKind::Plain => count(end),
        }
    }

    /// A limit, as short as it can be said.
    fn limit(&self, number: &Number) -> String {
        match number.kind {
            NumberKind::Amount => self.amounts(number).limit(number.value),
            NumberKind::Slope => per_hour(&self.amounts(number).limit(number.value)),
            NumberKind::Change | NumberKind::Share => number::setting(number.value),
            NumberKind::Factor => number::factor(number.value),
            NumberKind::Plain => count(number.value),
        }
    }

    /// ` (1.40 to 1.44 ms)`, ` (≤ 1.44 ms)`; empty where there is no interval.
    fn interval(&self, number: &Number) -> String {
        let end = |end| self.end(number, end);
        match (number.low, number.high) {
            (None, None) => String::new(),
            (Some(low), None) => format!(" (≥ {})", end(low)),
            (None, Some(high)) => format!(" (≤ {})", end(high)),
            // A single point, but for rounding, is no interval.
            (Some(low), Some(high)) if high - low <= 1e-9 * number.value.abs() => String::new(),
            (Some(low), Some(high)) => {
                format!(" ({})", number::range(&end(low), &end(high)))
            }
        }
    }

    /// A cell with everything that is known of it.
    pub(crate) fn words(&self, cell: &Cell) -> Phrase {
        match cell {
            Cell::Number(number) => Phrase::of(self.value(number) + &self.interval(number)),
            _ => self.short(cell),
        }
    }

    /// A cell without the interval, where room is scarce.
    pub(crate) fn short(&self, cell: &Cell) -> Phrase {
        match cell {
            Cell::Text(words) => Phrase::new().words(words.as_str()),
            Cell::Name(name) => Phrase::new().name(name.as_str()),
            Cell::Number(number) => Phrase::of(self.value(number)),
            Cell::AtMost(number) => Phrase::of(format!("≤ {}", self.limit(number))),
            Cell::AtLeast(number) => Phrase::of(format!("≥ {}", self.limit(number))),
            Cell::Margin { actual, limit, better } => {
                Phrase::of(number::margin(*actual, *limit, *better))
            }
        }
    }
}

/// A growth an hour: `50 MB/h`, `12.5/h` where what grows has no unit.
fn per_hour(amount: &str) -> String {
    format!("{amount}/h")
}

/// A whole number as it is, any other with two decimals, as exponents are compared; a limit stands beside them.
fn count(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        number::limit(value, Unit::Count)
    } else {
        number::hundredths(value)
    }
}

/// Whether a cell stands at the right of its column, as numbers do.
pub(crate) fn stands_right(cell: &Cell) -> bool {
    !matches!(cell, Cell::Text(_) | Cell::Name(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Unit::{Bytes, Count, Nanoseconds, PerSecond};
    use NumberKind::{Change, Factor, Plain, Share};

    fn words(cells: &[Cell]) -> Vec<String> {
        let units = Units::of(cells.iter());
        cells.iter().map(|cell| units.words(cell).plain()).collect()
    }

    #[test]
    fn value_limit_and_interval_share_a_unit() {
        let actual = Number::amount(152.4e6, Nanoseconds).between(Some(148e6), Some(0.16e9));
        assert_eq!(
            words(&[Cell::AtMost(Number::amount(2e8, Nanoseconds)), Cell::Number(actual)]),
            ["≤ 200 ms", "152 ms (148 to 160 ms)"]
        );
        assert_eq!(
            words(&[
                Cell::Number(Number::amount(321.7e6, Bytes)),
                Cell::AtMost(Number::amount(5e8, Bytes)),
            ]),
            ["322 MB", "≤ 500 MB"]
        );
        assert_eq!(
            words(&[
                Cell::AtLeast(Number::amount(100.0, PerSecond)),
                Cell::Number(Number::amount(1234.0, PerSecond)),
            ]),
            ["≥ 100 /s", "1.23 k/s"]
        );
        assert_eq!(
            words(&[
                Cell::Number(Number::amount(999.0, Nanoseconds)),
                Cell::Number(Number::amount(1200.0, Nanoseconds)),
            ]),
            ["999 ns", "1200 ns"]
        );
    }

    #[test]
    fn every_kind_of_number_is_written_its_own_way() {
        let number = |kind, value| Cell::Number(Number::of(kind, value));
        let range = |kind, value, low, high| {
            Cell::Number(Number::of(kind, value).between(Some(low), Some(high)))
        };
        for (cell, text) in [
            (Cell::Number(Number::amount(1.42e6, Nanoseconds)), "1.42 ms"),
            (Cell::AtMost(Number::slope(5e7, Bytes)), "≤ 50 MB/h"),
            (Cell::Number(Number::slope(-2.0 * 1024.0, Bytes)), "−2.00 KiB/h"),
            (Cell::Number(Number::slope(12.5, Count)), "12.5/h"),
            (range(Change, 0.047, 0.039, 0.055), "+4.7 % (+3.9 to +5.5 %)"),
            (range(Change, 0.004, -0.01, 0.02), "+0.40 % (−1.0 to +2.0 %)"),
            (number(Share, 0.047), "4.7 %"),
            (number(Factor, 61.0), "61x"),
            (range(Factor, 61.0, 59.5, 62.4), "61x (59.5x to 62.4x)"),
            (number(Plain, 5.0), "5"),
            (number(Plain, 0.0), "0"),
            (range(Plain, 48.0, 48.0, 48.000_000_000_1), "48"),
            (range(Plain, -0.000_69, -0.412, 0.401), "0.00 (−0.41 to 0.40)"),
            (
                Cell::Number(Number::slope(12.5, Count).between(Some(11.5), Some(13.5))),
                "12.5/h (11.5 to 13.5/h)",
            ),
            (range(Plain, 1.02, 0.98, 1.06), "1.02 (0.98 to 1.06)"),
            (Cell::AtMost(Number::of(Change, 0.08)), "≤ 8 %"),
            (Cell::AtMost(Number::of(Share, 0.005)), "≤ 0.5 %"),
            (Cell::AtLeast(Number::of(Factor, 60.0)), "≥ 60x"),
            (Cell::AtMost(Number::of(Plain, 1.15)), "≤ 1.15"),
            (
                Cell::Number(Number::amount(1e6, Nanoseconds).between(None, Some(1.2e6))),
                "1.00 ms (≤ 1.20 ms)",
            ),
            (
                Cell::Number(
                    Number::amount(1e6, Nanoseconds).between(Some(9e5), Some(f64::INFINITY)),
                ),
                "1.00 ms (≥ 0.900 ms)",
            ),
            (Cell::Text("of averages".into()), "of averages"),
            (Cell::Name("cache/hit".into()), "cache/hit"),
        ] {
            assert_eq!(words(std::slice::from_ref(&cell)), [text], "{cell:?}");
        }
        let with_interval =
            Cell::Number(Number::of(Change, 0.047).between(Some(0.039), Some(0.055)));
        assert_eq!(Units::default().short(&with_interval).plain(), "+4.7 %");
    }
}
