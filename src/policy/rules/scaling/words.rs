use super::bound;
use super::family::Family;
use crate::diag::quoted;
use crate::model::Unit;
use crate::model::number::{self, hundredths, plain, quantity, setting, share, thousands};
use crate::policy::Missing;
use crate::stats::scaling::{
    Degradation, FEWEST_SIZES, Knee, LEAST_SPAN, Lacking, LoadCurve, Saturation, Shape,
};

/// A law that is off by more than this on average does not describe its points.
pub(super) const MISFIT: f64 = 0.25;

/// More sizes than this are counted, not named.
const MOST_NAMED: usize = 5;

/// A size: `10`, `1,000`, `0.5`.
pub(super) fn size(n: f64) -> String {
    if n.fract() == 0.0 && n.abs() < 1e15 { thousands(n as u64) } else { plain(n) }
}

/// A growth with an exponent: `n^0.61`.
pub(super) fn power(exponent: f64) -> String {
    format!("n^{}", hundredths(exponent))
}

/// An interval of exponents: `0.55 to 0.67`.
pub(super) fn interval(low: f64, high: f64) -> String {
    number::range(&hundredths(low), &hundredths(high))
}

/// The classes that fit: `n`, `n or n log n`, `log n to n^2`, `falls`, `none fits`.
pub(super) fn classes(shape: &Shape) -> String {
    let name = |class| bound::name(class).to_owned();
    if shape.misfit > MISFIT && !shape.fits.is_empty() {
        return "none fits".into();
    }
    match shape.fits.as_slice() {
        [] => "falls".into(),
        [only] => name(only.class),
        [one, other] => format!("{} or {}", name(one.class), name(other.class)),
        [first, .., last] => format!("{} to {}", name(first.class), name(last.class)),
    }
}

/// What a family lacks.
pub(super) fn lacking(lacking: Lacking, family: &Family<'_>) -> String {
    let twice = family.sizes.windows(2).find_map(|pair| match pair {
        [(a, one), (b, other)] if a == b => Some((one, other)),
        _ => None,
    });
    match (lacking, twice) {
        (_, Some((one, other))) => {
            format!("{} and {} have the same size", quoted(one.as_str()), quoted(other.as_str()))
        }
        (Lacking::Sizes(1), _) => {
            format!("it has one size that counts; an exponent needs {FEWEST_SIZES}")
        }
        (Lacking::Sizes(count), _) => {
            format!("it has {count} sizes that count; an exponent needs {FEWEST_SIZES}")
        }
        (Lacking::Span(span), _) => {
            format!("its sizes span a factor of {}; an exponent needs {LEAST_SPAN}", plain(span))
        }
        (Lacking::Numbers, _) => "a number is not above zero".into(),
    }
}

/// Why sizes have no number, one reason each: `it needs 100 samples a run (at 10, 100 and 3 more)`.
pub(super) fn gaps(missing: &[(f64, Missing)]) -> Vec<String> {
    let mut reasons: Vec<(Missing, Vec<f64>)> = Vec::new();
    for &(n, why) in missing {
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, sizes)) => sizes.push(n),
            None => reasons.push((why, vec![n])),
        }
    }
    let say = |(why, sizes): (Missing, Vec<f64>)| {
        let named: Vec<String> = sizes.iter().take(MOST_NAMED).map(|n| size(*n)).collect();
        let more = match sizes.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{why} (at {}{more})", named.join(", "))
    };
    reasons.into_iter().map(say).collect()
}

/// Why the exponents of both sides are not compared.
pub(super) fn incomparable(family: &Family<'_>, base: &Family<'_>, why: Lacking) -> String {
    let name = quoted(&family.name);
    let why = match why {
        Lacking::Sizes(count) => {
            let sizes = if count == 1 { "size" } else { "sizes" };
            format!("both sides share {count} {sizes}; an exponent needs {FEWEST_SIZES}")
        }
        Lacking::Span(span) => format!(
            "the sizes that both sides share span a factor of {}; an exponent needs {LEAST_SPAN}",
            plain(span)
        ),
        Lacking::Numbers => format!("in base {}", lacking(why, base)),
    };
    format!("{name} is not compared with base: {why}")
}

/// That the change stands on fewer sizes than the exponent.
pub(super) fn shared(family: &str, sizes: usize) -> String {
    format!("{}: the change is that over the {sizes} sizes that both sides share", quoted(family))
}

/// That a load curve gives way, but one number a load proves nothing.
pub(super) fn noiseless(family: &str) -> String {
    format!(
        "{}: nothing tells the noise of its numbers, so that this is not proven; measure each load in several runs, or write `evidence: estimate`",
        quoted(family)
    )
}

pub(super) fn misfit(family: &str, misfit: f64) -> String {
    format!(
        "{}: no class describes it; the best is off by {} on average",
        quoted(family),
        share(misfit)
    )
}

pub(super) fn overhead(family: &str, overhead: f64, unit: Unit) -> String {
    format!(
        "{}: {} do not depend on the size, more than a tenth of the largest number, so that the exponent is too low; measure larger sizes",
        quoted(family),
        quantity(overhead, unit)
    )
}

pub(super) fn knee(family: &str, knee: &Knee) -> String {
    format!(
        "{} has a knee at {}: up to it {}, from it on {}",
        quoted(family),
        size(knee.n),
        power(knee.before),
        power(knee.after)
    )
}

/// Where a load curve gives way, as notes.
pub(super) fn load(family: &str, curve: &LoadCurve, unit: Unit) -> Vec<String> {
    let note = |what: String, proven: Option<bool>| {
        let doubt = if proven == Some(false) { ", which may be noise" } else { "" };
        format!("{} {what}{doubt}", quoted(family))
    };
    let saturation = curve.saturation.map(|found| note(saturates(found), found.proven));
    let fall = curve.degradation.map(|found| note(falls(found, unit), found.proven));
    saturation.into_iter().chain(fall).collect()
}

/// The first way in which a load curve gives way.
pub(super) fn gives_way(
    saturation: Option<Saturation>,
    fall: Option<Degradation>,
    unit: Unit,
) -> String {
    let parts: Vec<String> =
        saturation.map(saturates).into_iter().chain(fall.map(|fall| falls(fall, unit))).collect();
    parts.join(" and ")
}

fn saturates(found: Saturation) -> String {
    format!(
        "saturates after {} ({} up to {})",
        size(found.after),
        power(found.exponent),
        size(found.next)
    )
}

fn falls(found: Degradation, unit: Unit) -> String {
    format!(
        "degrades at {}: {} there, {} below {} at {}",
        size(found.load),
        quantity(found.throughput, unit),
        setting(((1.0 - found.throughput / found.best) * 1000.0).round() / 1000.0),
        quantity(found.best, unit),
        size(found.best_load)
    )
}
