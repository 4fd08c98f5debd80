//! Numbers as harnesses write them.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

use crate::model::{Throughput, Unit};

/// As many samples as harnesses take where nobody says otherwise.
const USUAL: usize = 100;

/// An array of numbers.
#[derive(Debug)]
pub(super) struct Numbers(pub(super) Vec<f64>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;
        impl<'de> Visitor<'de> for Array {
            type Value = Numbers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Numbers, A::Error> {
                let mut numbers = Vec::with_capacity(USUAL);
                while let Some(Float(number)) = seq.next_element()? {
                    numbers.push(number);
                }
                Ok(Numbers(numbers))
            }
        }
        deserializer.deserialize_seq(Array)
    }
}

/// A number, or `null` where the harness had one that JSON cannot write; it becomes NaN.
#[derive(Clone, Copy, Debug)]
struct Float(f64);

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Float;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Float, E> {
                Ok(Float(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Float, E> {
                Ok(Float(number as f64))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Float, E> {
                Ok(Float(number as f64))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Float, E> {
                Ok(Float(f64::NAN))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// Whether totals and iteration counts belong together.
///
/// # Errors
/// What is wrong with them, as a fragment.
pub(super) fn check_iterations(iters: &[f64], times: &[f64]) -> Result<(), String> {
    if iters.len() != times.len() {
        let (iters, times) = (iters.len(), times.len());
        return Err(format!("`iters` holds {iters} numbers, but `times` holds {times}"));
    }
    if times.is_empty() {
        return Err("`times` is empty".into());
    }
    match iters.iter().position(|&n| !(n.is_finite() && n > 0.0)) {
        Some(at) => Err(format!("sample {} has no iteration count above zero", at + 1)),
        None => Ok(()),
    }
}

/// What one iteration processes, in criterion's words: `{"Bytes":1024}`. What is not known is `None`.
pub(super) fn criterion_throughput(value: &Value) -> Option<Throughput> {
    let (kind, amount) = value.as_object()?.iter().next()?;
    let (unit, amount) = match kind.as_str() {
        "Bytes" | "BytesDecimal" => (Unit::BytesPerSecond, amount),
        "Bits" => (Unit::BitsPerSecond, amount),
        "Elements" => (Unit::PerSecond, amount),
        "ElementsAndBytes" => (Unit::PerSecond, amount.get("elements")?),
        _ => return None,
    };
    let amount = amount.as_f64().filter(|amount| amount.is_finite() && *amount > 0.0)?;
    Some(Throughput { amount, unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterations_and_totals_must_match() {
        let cases: [(&[f64], &[f64], &str); 5] = [
            (&[1.0], &[1.0, 2.0], "`iters` holds 1 numbers, but `times` holds 2"),
            (&[], &[], "`times` is empty"),
            (&[1.0, 0.0], &[1.0, 2.0], "sample 2 has no iteration count above zero"),
            (&[f64::NAN], &[1.0], "sample 1 has no iteration count above zero"),
            (&[-1.0], &[1.0], "sample 1 has no iteration count above zero"),
        ];
        for (iters, times, expected) in cases {
            assert_eq!(check_iterations(iters, times), Err(expected.to_owned()));
        }
        assert_eq!(check_iterations(&[1.0], &[f64::NAN]), Ok(()));
    }

    #[test]
    fn throughput_of_every_version_is_known_and_the_rest_is_none() {
        let cases = [
            (r#"{"Bytes":1024}"#, Some((1024.0, Unit::BytesPerSecond))),
            (r#"{"BytesDecimal":1000}"#, Some((1000.0, Unit::BytesPerSecond))),
            (r#"{"Bits":8}"#, Some((8.0, Unit::BitsPerSecond))),
            (r#"{"Elements":3}"#, Some((3.0, Unit::PerSecond))),
            (r#"{"ElementsAndBytes":{"elements":2,"bytes":64}}"#, Some((2.0, Unit::PerSecond))),
            (r#"{"Furlongs":2}"#, None),
            (r#"{"Bytes":0}"#, None),
            (r#"{"Bytes":"many"}"#, None),
            ("null", None),
            ("[]", None),
        ];
        for (json, expected) in cases {
            let found = criterion_throughput(&serde_json::from_str(json).unwrap());
            assert_eq!(found.map(|t| (t.amount, t.unit)), expected, "{json}");
        }
    }
}
