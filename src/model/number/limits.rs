//! Numbers beside what is asked of them: limits as they were written, margins, shares, factors.

use super::{
    BYTES, DECIMAL_BYTES, MINUS, Scale, change, in_step, plain, rounded, scale, step_in, thousands,
};
use crate::model::{Better, Unit};

/// How several amounts of one quantity are written, so that a value, its limit and its interval can be compared at a
/// glance: those within a factor of ten of the first share its unit.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    unit: Unit,
    scale: Scale,
    reference: Option<f64>,
}

impl Amounts {
    /// For amounts that stand beside a limit: the limit decides the unit, and whether bytes are counted in powers of
    /// ten or of two, so that it is written as it was set.
    #[must_use]
    pub fn beside(limit: f64, unit: Unit) -> Self {
        let digits = |scale: Scale| short_in(limit, unit, step_in(scale, limit)).len();
        let decimal = unit == Unit::Bytes && digits(DECIMAL_BYTES) + 1 < digits(BYTES);
        let scale = if decimal { DECIMAL_BYTES } else { scale(unit) };
        Self { unit, scale, reference: Some(limit) }
    }

    /// For amounts without a limit: all in the unit of the smallest, unless they are an order of magnitude apart.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>, unit: Unit) -> Self {
        let sizes = values.into_iter().map(f64::abs).filter(|size| *size > 0.0);
        let (low, high) =
            sizes.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        let reference = (high > 0.0 && high / low < 10.0).then_some(low);
        Self { unit, scale: scale(unit), reference }
    }

    /// A measured amount: `152 ms`.
    #[must_use]
    pub fn value(&self, value: f64) -> String {
        in_step(value, self.unit, self.step(value))
    }

    /// An end of the interval of an amount, in the unit of the amount.
    #[must_use]
    pub fn end(&self, end: f64, value: f64) -> String {
        in_step(end, self.unit, self.step(value))
    }

    /// A limit, as short as it can be said: `200 ms`, `500 MB`, `64 MiB`.
    #[must_use]
    pub fn limit(&self, limit: f64) -> String {
        short_in(limit, self.unit, self.step(limit))
    }

    fn step(&self, value: f64) -> (f64, &'static str) {
        let near =
            |reference: &f64| value == 0.0 || (0.1..10.0).contains(&(value / reference).abs());
        step_in(self.scale, self.reference.filter(near).unwrap_or(value))
    }
}

/// A limit, as short as it can be said: `200 ms`, `500 MB`, `100 /s`.
#[must_use]
pub fn limit(value: f64, unit: Unit) -> String {
    Amounts::beside(value, unit).limit(value)
}

fn short_in(value: f64, unit: Unit, (factor, name): (f64, &'static str)) -> String {
    let number = match unit {
        Unit::Count if value.fract() == 0.0 => return in_step(value, unit, (factor, name)),
        _ => short(value / factor),
    };
    if name.is_empty() { number } else { format!("{number} {name}") }
}

/// A number of up to six significant digits without zeros at its end: `200`, `1.5`, `0.05`.
fn short(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || !(1e-6..1e15).contains(&magnitude) {
        return plain(value);
    }
    let decimals = (5.0 - magnitude.log10().floor()).max(0.0) as usize;
    let text = format!("{magnitude:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if value < 0.0 { format!("{MINUS}{text}") } else { text.to_owned() }
}

/// How many times as much, three significant digits: `61x`, `2.3x`, `1.04x`, `160x`, `12,000x`.
#[must_use]
pub fn factor(times: f64) -> String {
    let size = rounded(times.abs());
    if (1e3..1e15).contains(&size) {
        let sign = if times < 0.0 { MINUS.to_string() } else { String::new() };
        return format!("{sign}{}x", thousands(size as u64));
    }
    let text = plain(times);
    match text.contains('.') && !text.contains('e') {
        true => format!("{}x", text.trim_end_matches('0').trim_end_matches('.')),
        false if !times.is_finite() => text,
        false => format!("{text}x"),
    }
}

/// A part of a whole: `4.7 %`; below one percent two significant digits, `0.12 %`.
#[must_use]
pub fn share(fraction: f64) -> String {
    let percent = fraction.abs() * 100.0;
    if !(0.095..0.995).contains(&percent) {
        return change(fraction).trim_start_matches('+').to_owned();
    }
    let sign = if fraction < 0.0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{percent:.2} %")
}

/// How far a number is from its limit: `35.7 % headroom`, `160x better`, `12 % over`, `2.3x the limit`, `12 % short`,
/// `20 % of the limit`.
///
/// From twice on it is said how many times. Beside a limit that is not positive there is no ratio, so only the side is
/// said.
#[must_use]
pub fn margin(actual: f64, limit: f64, better: Better) -> String {
    let (holds, beyond) = match better {
        Better::Lower => (actual <= limit, "over"),
        Better::Higher => (actual >= limit, "short"),
    };
    if actual == limit {
        return "at the limit".to_owned();
    }
    if limit <= 0.0 {
        return if holds { "within".to_owned() } else { beyond.to_owned() };
    }
    let (small, large) = if actual < limit { (actual, limit) } else { (limit, actual) };
    let times = large / small;
    match (small > 0.0 && times >= 2.0, holds, better) {
        (true, true, _) => format!("{} better", factor(two_digits(times))),
        // "2.3x the limit" would leave open whether the limit itself is counted.
        (true, false, Better::Lower) => format!("{} the limit", factor(two_digits(times))),
        (true, false, Better::Higher) => format!("{} of the limit", part(actual / limit)),
        (false, ..) => {
            let word = if holds { "headroom" } else { beyond };
            format!("{} {word}", part((actual - limit).abs() / limit))
        }
    }
}

/// [`margin`] inside a sentence, for a number beyond its limit: `12 % over the limit of 1 s`, `4x the limit of 1 s`,
/// `12 % short of the limit of 100 /s`; `named` is what the limit is called there.
#[must_use]
pub fn beyond(actual: f64, limit: f64, better: Better, named: &str) -> String {
    let margin = margin(actual, limit, better);
    match margin.strip_suffix(" the limit") {
        Some(times) => format!("{times} {named}"),
        None if margin.ends_with("short") => format!("{margin} of {named}"),
        None => format!("{margin} {named}"),
    }
}

/// A share without zeros behind the point.
fn part(fraction: f64) -> String {
    share(fraction).replace(".0 %", " %")
}

/// A factor of a margin says how far, not how much exactly: two digits below ten, else three.
fn two_digits(times: f64) -> f64 {
    if times < 9.95 { (times * 10.0).round() / 10.0 } else { times }
}
