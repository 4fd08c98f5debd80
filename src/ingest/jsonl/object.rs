//! One JSON object as a list of fields that keep their text and their place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Problem;
use crate::diag::quoted;
use crate::ingest::document::reason;

/// One field of a line.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    /// The key.
    pub(super) name: String,
    /// The value, as it is written.
    pub(super) raw: &'a str,
    /// The byte of the line at which the value begins.
    pub(super) at: usize,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// A string.
    Text(String),
    /// A number without fraction or exponent, as it is written, so that no digit is lost.
    Integer(&'a str),
    /// Any other number, as it is written.
    Float(&'a str),
    /// `true` or `false`.
    Bool(&'a str),
    /// `null`.
    Null,
    /// An array or an object.
    Nested,
}

impl<'a> Field<'a> {
    /// What it holds.
    ///
    /// # Errors
    /// A string with an escape that is no character.
    pub(super) fn value(&self) -> Result<Value<'a>, Problem> {
        Ok(match self.raw.bytes().next() {
            Some(b'"') => Value::Text(serde_json::from_str(self.raw).map_err(|error| {
                Problem::new(self.at + error.column().saturating_sub(1), reason(&error))
            })?),
            Some(b'{' | b'[') => Value::Nested,
            Some(b't' | b'f') => Value::Bool(self.raw),
            Some(b'n') | None => Value::Null,
            Some(_) if self.raw.contains(['.', 'e', 'E']) => Value::Float(self.raw),
            Some(_) => Value::Integer(self.raw),
        })
    }

    /// The number it holds; `null` is NaN, as some harnesses write it.
    ///
    /// # Errors
    /// Anything else.
    pub(super) fn number(&self) -> Result<f64, Problem> {
        let kind = match self.value()? {
            Value::Integer(text) | Value::Float(text) => {
                return text.parse().map_err(|_| Problem::new(self.at, "not a number"));
            }
            Value::Null => return Ok(f64::NAN),
            Value::Text(_) => "text",
            Value::Bool(_) => "a boolean",
            Value::Nested => "an array or object",
        };
        let message = format!("{} is {kind}, not a number", quoted(&self.name));
        Err(Problem::new(self.at, message)
            .help("write the number without quotes, or list the field under `inputs.jsonl.ignore`"))
    }

    /// The value as a part of a benchmark id: strings without quotes, numbers as they are written.
    ///
    /// # Errors
    /// `null`, arrays and objects.
    pub(super) fn word(&self) -> Result<String, Problem> {
        let kind = match self.value()? {
            Value::Text(text) => return Ok(text),
            Value::Integer(text) | Value::Float(text) | Value::Bool(text) => return Ok(text.into()),
            Value::Null => "null",
            Value::Nested => "an array or object",
        };
        let message =
            format!("{} is {kind}, which cannot be part of a benchmark id", quoted(&self.name));
        Err(Problem::new(self.at, message).help("write a string, a number or a boolean"))
    }
}

/// The fields of an object, in order.
///
/// # Errors
/// Anything that is not exactly one JSON object, and a key that stands twice.
pub(super) fn parse(text: &str) -> Result<Vec<Field<'_>>, Problem> {
    let Object(fields) = serde_json::from_str(text).map_err(|error| {
        let at = error.column().saturating_sub(1);
        let problem = Problem::new(at, reason(&error));
        match cause(text, at) {
            Some(help) => problem.help(help),
            None => problem.help("write one JSON object a line; remove the line if it was cut off"),
        }
    })?;
    let start = text.as_ptr() as usize;
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, raw)| {
            let raw = raw.get();
            Field { name, raw, at: (raw.as_ptr() as usize).saturating_sub(start) }
        })
        .collect();
    match repeated(&fields) {
        Some(field) => {
            let message = format!("the key {} stands twice", quoted(&field.name));
            Err(Problem::new(field.at, message)
                .help("write each key once: which one holds would be a guess"))
        }
        None => Ok(fields),
    }
}

/// A key that stands for the second time.
fn repeated<'a, 'b>(fields: &'b [Field<'a>]) -> Option<&'b Field<'a>> {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by(|a, b| (&a.name, a.at).cmp(&(&b.name, b.at)));
    sorted.windows(2).find_map(|pair| match pair {
        [first, second] if first.name == second.name => Some(*second),
        _ => None,
    })
}

/// How to fix what scripts commonly write instead of JSON.
fn cause(text: &str, at: usize) -> Option<&'static str> {
    let trimmed = text.trim_start();
    let tail = text.get(at..).unwrap_or_default();
    let before = text.get(at.saturating_sub(1)..at).unwrap_or_default();
    if trimmed.starts_with("{'") || trimmed.contains(": '") {
        return Some("this looks like Python's `str(dict)`: write the line with `json.dumps`");
    }
    if trimmed.starts_with('[') {
        return Some("write one JSON object a line; `jq -c '.[]'` makes lines of an array");
    }
    let number =
        |text: &str| ["NaN", "nan", "Inf", "inf"].iter().any(|token| text.starts_with(token));
    // The parser complains at the first letter that is wrong, which may be the second of the token.
    let token = text.get(at.saturating_sub(1)..).unwrap_or_default();
    if number(tail) || number(token) || before == "-" {
        return Some("JSON has no NaN and no infinity: leave the field out, or write `null`");
    }
    None
}

/// The keys and raw values of a JSON object.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_text_and_place() {
        let fields = parse(r#"{"a": 9007199254740993, "b":"x\ty", "c":1.50 ,"d":[1]}"#).unwrap();
        let shown: Vec<_> = fields.iter().map(|f| (f.raw, f.at)).collect();
        assert_eq!(shown, [("9007199254740993", 6), (r#""x\ty""#, 28), ("1.50", 40), ("[1]", 50)]);
        let values: Vec<_> = fields.iter().map(|f| f.value().unwrap()).collect();
        assert_eq!(
            values,
            [
                Value::Integer("9007199254740993"),
                Value::Text("x\ty".into()),
                Value::Float("1.50"),
                Value::Nested
            ]
        );
    }

    #[test]
    fn what_is_not_one_object_is_an_error_with_its_place() {
        for (text, at, message) in [
            ("[1]", 0, "invalid type: array, expected a JSON object"),
            ("{\"a\":NaN}", 5, "expected value"),
            ("{'a': 1}", 1, "key must be a string"),
            ("{\"a\":1", 5, "EOF while parsing an object"),
            ("{\"a\":1}x", 7, "trailing characters"),
            ("{\"a\":1,\"b\":2,\"a\":3}", 17, "the key `a` stands twice"),
        ] {
            let problem = parse(text).unwrap_err();
            assert_eq!((problem.at, problem.message.as_str()), (at, message), "{text}");
        }
    }
}
