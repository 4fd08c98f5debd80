//! Numbers for people: scaled to a unit that fits, with three significant digits.

mod limits;

pub use limits::{Amounts, beyond, factor, limit, margin, share};

use super::Unit;

/// A real minus sign, as wide as a plus.
const MINUS: char = '\u{2212}';

/// Units of one quantity, smallest first, each with how many stored units it holds.
type Scale = &'static [(f64, &'static str)];

const TIME: Scale = &[(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")];
const BYTES: Scale = &[
    (1.0, "B"),
    (1024.0, "KiB"),
    (1_048_576.0, "MiB"),
    (1_073_741_824.0, "GiB"),
    (1_099_511_627_776.0, "TiB"),
];
const DECIMAL_BYTES: Scale = &[(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB")];
const RATE: Scale = &[(1.0, "/s"), (1e3, "k/s"), (1e6, "M/s"), (1e9, "G/s")];
const BYTE_RATE: Scale =
    &[(1.0, "B/s"), (1e3, "kB/s"), (1e6, "MB/s"), (1e9, "GB/s"), (1e12, "TB/s")];
const BIT_RATE: Scale =
    &[(1.0, "bit/s"), (1e3, "kbit/s"), (1e6, "Mbit/s"), (1e9, "Gbit/s"), (1e12, "Tbit/s")];
const COUNT: Scale = &[(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G")];
const RATIO: Scale = &[(1.0, "")];
const PERCENT: Scale = &[(1.0, "%")];

fn scale(unit: Unit) -> Scale {
    match unit {
        Unit::Nanoseconds => TIME,
        Unit::Bytes => BYTES,
        Unit::Count => COUNT,
        Unit::Ratio => RATIO,
        Unit::Percent => PERCENT,
        Unit::PerSecond => RATE,
        Unit::BytesPerSecond => BYTE_RATE,
        Unit::BitsPerSecond => BIT_RATE,
    }
}

/// One stored number: `1.42 ms`, `31.0 µs`, `64.0 KiB`, `1.20 M/s`.
///
/// Whole counts below a billion are written out (`1,234,567`), because counters are compared exactly.
#[must_use]
pub fn quantity(value: f64, unit: Unit) -> String {
    in_step(value, unit, step(value, unit))
}

/// Base and head of one row in the same unit, that of the smaller number, unless they are an order of magnitude apart.
#[must_use]
pub fn pair(base: f64, head: f64, unit: Unit) -> (String, String) {
    let (small, large) =
        if base.abs() <= head.abs() { (base.abs(), head.abs()) } else { (head.abs(), base.abs()) };
    if small > 0.0 && large / small < 10.0 {
        let step = step(small, unit);
        (in_step(base, unit, step), in_step(head, unit, step))
    } else {
        (quantity(base, unit), quantity(head, unit))
    }
}

/// [`share`] with its sign: `+4.7 %`, `−0.41 %`.
#[must_use]
pub fn difference(fraction: f64) -> String {
    let text = share(fraction);
    let has_sign = text.starts_with(MINUS) || !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if has_sign { text } else { format!("+{text}") }
}

/// The unit that a number is shown in, the largest of which the rounded value is at least one: how many stored units it
/// holds, and its name.
pub(crate) fn step(value: f64, unit: Unit) -> (f64, &'static str) {
    step_in(scale(unit), value)
}

fn step_in(steps: Scale, value: f64) -> (f64, &'static str) {
    steps
        .iter()
        .rev()
        .find(|(factor, _)| rounded(value / factor).abs() >= 1.0)
        .or(steps.first())
        .copied()
        .unwrap_or((1.0, ""))
}

fn in_step(value: f64, unit: Unit, (factor, name): (f64, &'static str)) -> String {
    if unit == Unit::Count && value.fract() == 0.0 && value.abs() < 1e9 {
        let sign = if value < 0.0 { MINUS.to_string() } else { String::new() };
        return sign + &thousands(value.abs() as u64);
    }
    let number = plain(value / factor);
    if name.is_empty() { number } else { format!("{number} {name}") }
}

/// The value rounded to three significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// At least three significant digits: `0.0123`, `1.42`, `31.0`, `1234`. Only beyond 10⁻⁶ and 10¹⁵ an exponent.
#[must_use]
pub fn plain(value: f64) -> String {
    if !value.is_finite() {
        return "n/a".to_owned();
    }
    let magnitude = value.abs();
    let text = if magnitude == 0.0 {
        "0".to_owned()
    } else if (1e-6..1e15).contains(&rounded(magnitude)) {
        let exponent = rounded(magnitude).log10().floor();
        // log10 is exact at powers of ten, and rounded() left no digits in between.
        let decimals = (2.0 - exponent).max(0.0) as usize;
        format!("{magnitude:.decimals$}")
    } else {
        format!("{magnitude:.2e}")
    };
    if value < 0.0 { format!("{MINUS}{text}") } else { text }
}

/// A number of the size of an exponent, two decimals: `1.02`, `−0.41`, `0.00`.
#[must_use]
pub fn hundredths(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if value < 0.0 && !zero { format!("{MINUS}{text}") } else { text }
}

/// Two written numbers as a range, with a unit that they share only behind the second: `94.8 to 97.1 MB/h`.
#[must_use]
pub fn range(low: &str, high: &str) -> String {
    let unit = high.find([' ', '/']).and_then(|at| high.get(at..)).unwrap_or_default();
    format!("{} to {high}", low.strip_suffix(unit).unwrap_or(low))
}

/// A relative change with its sign: `+23.1 %`, `−8.3 %`, `+0.04 %`, `0.0 %`.
#[must_use]
pub fn change(fraction: f64) -> String {
    let text = percent(fraction.abs());
    let zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    match (zero, fraction < 0.0) {
        (true, _) => text,
        (false, true) => format!("{MINUS}{text}"),
        (false, false) => format!("+{text}"),
    }
}

/// A fraction that is never negative as a percentage, one decimal: `23.1 %`; small ones get two significant digits.
fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if !percent.is_finite() {
        return "n/a".to_owned();
    }
    let decimals = match percent {
        p if p >= 99.95 => 0,
        p if !(5e-7..0.095).contains(&p) => 1,
        p => ((1.0 - p.log10().floor()).clamp(1.0, 6.0)) as usize,
    };
    if percent >= 1e9 {
        return format!("{percent:.2e} %");
    }
    format!("{percent:.decimals$} %")
}

/// A setting such as a margin or a threshold, as short as it can be said: `3 %`, `0.5 %`.
#[must_use]
pub fn setting(fraction: f64) -> String {
    format!("{} %", setting_bare(fraction))
}

/// The same without the sign: `3`, `0.5`.
pub(crate) fn setting_bare(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if !percent.is_finite() || percent.abs() >= 1e15 {
        return plain(percent);
    }
    // Ten digits take away what the multiplication added: 0.07 * 100 is 7.000000000000001.
    let text = format!("{percent:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    short.replace('-', &MINUS.to_string())
}

/// How bad it can be at most, rounded away from zero: `+18 %`, `−8.4 %`.
///
/// `sign` tells in which direction of the metric: `1.0` for a larger number, `-1.0` for a smaller one.
#[must_use]
pub fn at_most(magnitude: f64, sign: f64) -> String {
    if magnitude <= 0.0 {
        return "0 %".to_owned();
    }
    let percent = magnitude * 100.0;
    if !percent.is_finite() || percent >= 1e9 {
        return "no limit".to_owned();
    }
    let text = if percent >= 9.95 {
        format!("{:.0} %", ceil(percent, 1.0))
    } else {
        format!("{:.1} %", ceil(percent, 10.0))
    };
    let sign = if sign < 0.0 { MINUS } else { '+' };
    format!("{sign}{text}")
}

/// Rounds up to a multiple of `1 / parts`, forgiving what floating point added.
pub(crate) fn ceil(value: f64, parts: f64) -> f64 {
    (value * parts - 1e-9).ceil().max(0.0) / parts
}

/// A probability: `0.013`, `< 0.0001`.
#[must_use]
pub fn probability(p: f64) -> String {
    match p {
        p if !p.is_finite() => "n/a".to_owned(),
        p if p < 0.000_1 => "< 0.0001".to_owned(),
        p if p >= 0.0995 => format!("{p:.2}"),
        p => {
            let decimals = (1.0 - p.log10().floor()).clamp(2.0, 5.0) as usize;
            format!("{p:.decimals$}")
        }
    }
}

/// A whole number with commas between groups of three digits: `20,400`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Better;
    use proptest::prelude::*;

    #[test]
    fn two_decimals_with_a_real_minus() {
        for (value, text) in [
            (1.0, "1.00"),
            (-0.414, "−0.41"),
            (-0.000_69, "0.00"),
            (0.0, "0.00"),
            (12.345, "12.35"),
        ] {
            assert_eq!(hundredths(value), text);
        }
    }

    #[test]
    fn a_range_says_its_unit_once() {
        for (low, high, text) in [
            ("94.8 MB/h", "97.1 MB/h", "94.8 to 97.1 MB/h"),
            ("10.0/h", "12.5/h", "10.0 to 12.5/h"),
            ("+3.9 %", "+5.5 %", "+3.9 to +5.5 %"),
            ("0.900 ms", "1.20 s", "0.900 ms to 1.20 s"),
            ("59.5x", "62.4x", "59.5x to 62.4x"),
            ("5", "6", "5 to 6"),
        ] {
            assert_eq!(range(low, high), text);
        }
    }

    #[test]
    fn three_digits_at_the_rounding_edges() {
        for (value, text) in [
            (812.0, "812 ns"),
            (999.4, "999 ns"),
            (999.5, "1.00 µs"),
            (9.994, "9.99 ns"),
            (9.996, "10.0 ns"),
            (99.96, "100 ns"),
            (31_000.0, "31.0 µs"),
            (1.42e6, "1.42 ms"),
            (9.999e5, "1.00 ms"),
            (9.995e8, "1.00 s"),
            (1.234_5e12, "1234 s"),
            (0.812, "0.812 ns"),
            (0.000_5, "0.000500 ns"),
            (0.0, "0 ns"),
            (-2.5e6, "−2.50 ms"),
            (1e-300, "1.00e-300 ns"),
            (f64::MAX, "1.80e299 s"),
        ] {
            assert_eq!(quantity(value, Unit::Nanoseconds), text, "{value}");
        }
        for (value, unit, text) in [
            (1023.0, Unit::Bytes, "1023 B"),
            (1024.0, Unit::Bytes, "1.00 KiB"),
            (1.5 * 1_048_576.0, Unit::Bytes, "1.50 MiB"),
            (1_200_000.0, Unit::PerSecond, "1.20 M/s"),
            (950.0, Unit::PerSecond, "950 /s"),
            (5.3e8, Unit::BytesPerSecond, "530 MB/s"),
            (1e6, Unit::BitsPerSecond, "1.00 Mbit/s"),
            (1_234_567.0, Unit::Count, "1,234,567"),
            (12.5, Unit::Count, "12.5"),
            (2.5e12, Unit::Count, "2500 G"),
            (0.0123, Unit::Ratio, "0.0123"),
            (42.0, Unit::Percent, "42.0 %"),
        ] {
            assert_eq!(quantity(value, unit), text, "{value} {unit:?}");
        }
    }

    #[test]
    fn base_and_head_share_a_unit_where_they_are_near() {
        let ns = |base, head| pair(base, head, Unit::Nanoseconds);
        assert_eq!(ns(999.0, 1200.0), ("999 ns".into(), "1200 ns".into()));
        assert_eq!(ns(1.42e6, 31e3), ("1.42 ms".into(), "31.0 µs".into()));
        assert_eq!(ns(0.0, 1.2e6), ("0 ns".into(), "1.20 ms".into()));
    }

    #[test]
    fn changes_carry_their_sign() {
        for (fraction, text) in [
            (0.231, "+23.1 %"),
            (-0.083, "−8.3 %"),
            (0.0, "0.0 %"),
            (-0.0, "0.0 %"),
            (0.000_4, "+0.040 %"),
            (-0.000_001_2, "−0.00012 %"),
            (1e-12, "0.0 %"),
            (0.9996, "+100 %"),
            (0.9994, "+99.9 %"),
            (12.5, "+1250 %"),
            (1e300, "+1.00e302 %"),
        ] {
            assert_eq!(change(fraction), text, "{fraction}");
        }
    }

    #[test]
    fn limits_round_away_from_zero() {
        assert_eq!(at_most(0.171, 1.0), "+18 %");
        assert_eq!(at_most(0.18, 1.0), "+18 %");
        assert_eq!(at_most(0.083_1, -1.0), "−8.4 %");
        assert_eq!(at_most(f64::INFINITY, 1.0), "no limit");
        assert_eq!(at_most(-0.023, 1.0), "0 %");
    }

    #[test]
    fn settings_are_short() {
        assert_eq!(setting(0.07), "7 %");
        assert_eq!(setting(0.005), "0.5 %");
        assert_eq!(setting(0.0), "0 %");
    }

    #[test]
    fn probabilities_keep_two_digits() {
        for (p, text) in
            [(0.5, "0.50"), (0.013, "0.013"), (0.000_123, "0.00012"), (1e-9, "< 0.0001")]
        {
            assert_eq!(probability(p), text);
        }
    }

    #[test]
    fn limits_are_written_as_they_were_set() {
        for (value, unit, text) in [
            (2e8, Unit::Nanoseconds, "200 ms"),
            (1e6, Unit::Nanoseconds, "1 ms"),
            (1.5e6, Unit::Nanoseconds, "1.5 ms"),
            (50.0, Unit::Nanoseconds, "50 ns"),
            (5e8, Unit::Bytes, "500 MB"),
            (0.005 * 8e9, Unit::Bytes, "40 MB"),
            (64.0 * 1_048_576.0, Unit::Bytes, "64 MiB"),
            (1024.0, Unit::Bytes, "1 KiB"),
            (1000.0, Unit::Bytes, "1 kB"),
            (500.0, Unit::Bytes, "500 B"),
            (100.0, Unit::PerSecond, "100 /s"),
            (12_500.0, Unit::PerSecond, "12.5 k/s"),
            (5.0, Unit::Percent, "5 %"),
            (0.05, Unit::Ratio, "0.05"),
            (10_000.0, Unit::Count, "10,000"),
            (2.5, Unit::Count, "2.5"),
            (0.0, Unit::Nanoseconds, "0 ns"),
            (-2e6, Unit::Nanoseconds, "−2 ms"),
        ] {
            assert_eq!(limit(value, unit), text, "{value} {unit:?}");
        }
    }

    #[test]
    fn amounts_beside_a_limit_share_its_unit() {
        let beside = |limit, value, unit| Amounts::beside(limit, unit).value(value);
        for (limit, value, unit, text) in [
            (1e6, 812e3, Unit::Nanoseconds, "0.812 ms"),
            (2e8, 1.25e9, Unit::Nanoseconds, "1250 ms"),
            (2e8, 1.25e6, Unit::Nanoseconds, "1.25 ms"),
            (5e8, 3.217e8, Unit::Bytes, "322 MB"),
            (64.0 * 1_048_576.0, 3.2e7, Unit::Bytes, "30.5 MiB"),
            (100.0, 950.0, Unit::PerSecond, "950 /s"),
            (200e3, 0.0, Unit::Nanoseconds, "0 µs"),
        ] {
            assert_eq!(beside(limit, value, unit), text, "{limit} {value}");
        }
        let amounts = Amounts::of([999.0, 1200.0, 0.0], Unit::Nanoseconds);
        assert_eq!([amounts.value(999.0), amounts.value(1200.0)], ["999 ns", "1200 ns"]);
        assert_eq!(amounts.end(1100.0, 1200.0), "1100 ns");
        let far = Amounts::of([1.42e6, 31e3], Unit::Nanoseconds);
        assert_eq!([far.value(1.42e6), far.value(31e3)], ["1.42 ms", "31.0 µs"]);
        assert_eq!(Amounts::of([], Unit::Bytes).value(2048.0), "2.00 KiB");
    }

    #[test]
    fn factors_and_shares_are_short() {
        for (times, text) in [
            (61.0, "61x"),
            (61.23, "61.2x"),
            (160.4, "160x"),
            (2.3, "2.3x"),
            (1.04, "1.04x"),
            (1.0, "1x"),
            (100.0, "100x"),
            (12_345.0, "12,300x"),
            (0.012_34, "0.0123x"),
            (0.0, "0x"),
            (-2.5, "−2.5x"),
            (f64::INFINITY, "n/a"),
        ] {
            assert_eq!(factor(times), text, "{times}");
        }
        assert_eq!(share(0.047), "4.7 %");
        assert_eq!(share(-0.047), "−4.7 %");
        assert_eq!(share(0.0), "0.0 %");
        assert_eq!(share(0.001_21), "0.12 %");
        assert_eq!(share(-0.009_94), "−0.99 %");
        assert_eq!(share(0.009_96), "1.0 %");
        assert_eq!(share(0.000_949), "0.095 %");
    }

    #[test]
    fn what_is_beyond_a_limit_is_said_in_a_sentence() {
        for (actual, better, text) in [
            (112.0, Better::Lower, "12 % over the limit of 100 ms"),
            (399.0, Better::Lower, "4x the limit of 100 ms"),
            (88.0, Better::Higher, "12 % short of the limit of 100 ms"),
            (20.0, Better::Higher, "20 % of the limit of 100 ms"),
        ] {
            assert_eq!(beyond(actual, 100.0, better, "the limit of 100 ms"), text);
        }
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!([difference(0.047), difference(-0.0041)], ["+4.7 %", "−0.41 %"]);
        assert_eq!([difference(0.0), difference(0.0129)], ["0.0 %", "+1.3 %"]);
    }

    #[test]
    fn margins_are_percentages_and_from_twice_on_factors() {
        for (actual, limit, text) in [
            (128.67, 200.0, "35.7 % headroom"),
            (1.25, 200.0, "160x better"),
            (100.0, 200.0, "2x better"),
            (100.1, 200.0, "50 % headroom"),
            (224.0, 200.0, "12 % over"),
            (460.0, 200.0, "2.3x the limit"),
            (200.0, 200.0, "at the limit"),
            (199.99, 200.0, "0.0050 % headroom"),
            (0.0, 200.0, "100 % headroom"),
            (-10.0, 200.0, "105 % headroom"),
            (0.0, 0.0, "at the limit"),
            (1.0, 0.0, "over"),
            (-6.0, -5.0, "within"),
        ] {
            assert_eq!(margin(actual, limit, Better::Lower), text, "{actual} {limit}");
        }
        for (actual, limit, text) in [
            (950.0, 100.0, "9.5x better"),
            (135.0, 100.0, "35 % headroom"),
            (88.0, 100.0, "12 % short"),
            (20.0, 100.0, "20 % of the limit"),
            (0.0, 100.0, "100 % short"),
            (-1.0, 0.0, "short"),
        ] {
            assert_eq!(margin(actual, limit, Better::Higher), text, "{actual} {limit}");
        }
    }

    /// Reads a number back as a person would.
    fn read_back(text: &str, unit: Unit) -> f64 {
        let (number, name) = text.split_once(' ').unwrap_or((text, ""));
        let number: f64 = number.replace(MINUS, "-").replace(',', "").parse().unwrap();
        let factor = scale(unit).iter().find(|(_, known)| *known == name).unwrap().0;
        number * factor
    }

    const UNITS: [Unit; 8] = [
        Unit::Nanoseconds,
        Unit::Bytes,
        Unit::Count,
        Unit::Ratio,
        Unit::Percent,
        Unit::PerSecond,
        Unit::BytesPerSecond,
        Unit::BitsPerSecond,
    ];

    proptest! {
        #[test]
        fn a_margin_never_says_the_wrong_side(actual in proptest::num::f64::NORMAL, limit in proptest::num::f64::NORMAL) {
            for better in [Better::Lower, Better::Higher] {
                let text = margin(actual, limit, better);
                let holds = match better { Better::Lower => actual <= limit, Better::Higher => actual >= limit };
                let good = ["headroom", "better", "within", "at the limit"].iter().any(|w| text.contains(w));
                prop_assert_eq!(good, holds, "{}", text);
            }
        }

        #[test]
        fn what_is_shown_is_the_number(value in proptest::num::f64::NORMAL, unit in 0..8usize) {
            let unit = UNITS[unit];
            let shown = quantity(value, unit);
            prop_assert!(!shown.is_empty());
            let back = read_back(&shown, unit);
            prop_assert!((back / value - 1.0).abs() <= 0.006, "{value} {shown}");
        }

        #[test]
        fn both_of_a_pair_are_the_numbers(base in 1e-3..1e12f64, factor in 0.01..100.0f64) {
            let (b, h) = pair(base, base * factor, Unit::Nanoseconds);
            prop_assert!((read_back(&b, Unit::Nanoseconds) / base - 1.0).abs() <= 0.006, "{b}");
            prop_assert!((read_back(&h, Unit::Nanoseconds) / (base * factor) - 1.0).abs() <= 0.006, "{h}");
        }

        #[test]
        fn changes_are_never_empty_and_keep_their_sign(fraction in proptest::num::f64::ANY) {
            let shown = change(fraction);
            prop_assert!(shown.ends_with(" %") || shown.ends_with("n/a"), "{shown}");
            prop_assert!(!shown.starts_with('+') || fraction > 0.0 || fraction.is_nan());
            prop_assert!(!shown.starts_with(MINUS) || fraction < 0.0);
        }
    }
}
