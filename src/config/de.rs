//! The tree of a file into typed values, every error with its place.

use std::collections::BTreeSet;

use serde::de::{self, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::access::{Elements, Entries, Variant};
use super::error::{Cause, Error, Fault, list};
use super::node::{Kind, Node};
use super::{hints, schema};
use crate::diag::Code;

/// After so many mistakes in one file no more are searched for.
pub(super) const MOST_FAULTS: usize = 100;

/// The mistakes found so far, and what they spoil.
#[derive(Default)]
pub(super) struct Found {
    /// The mistakes, in no order.
    pub(super) faults: Vec<Fault>,
    /// The keys and list elements that are left out because of them.
    pub(super) left_out: BTreeSet<u32>,
}

impl Found {
    /// Whether to stop.
    pub(super) fn enough(&self) -> bool {
        self.faults.len() >= MOST_FAULTS
    }

    /// Whether a node, or something in it, was left out as wrong.
    pub(super) fn spoilt(&self, node: &Node) -> bool {
        node.holds_any(&self.left_out)
    }
}

/// Reads a tree into a type and finds all mistakes in it, not only the first: an entry with a mistake is left
/// out and the rest is read again, until there is no mistake or nothing to leave out. `None` where nothing could
/// be made of it.
pub(super) fn read<T: de::DeserializeOwned>(root: &Node, found: &mut Found) -> Option<T> {
    while !found.enough() {
        let error = match T::deserialize(Reader { node: root, left_out: &found.left_out }) {
            Ok(value) => return Some(value),
            Err(error) => error.at(&root.span),
        };
        let (fault, entry) = error.into_parts();
        found.faults.extend(fault);
        let further = entry.is_some_and(|entry| found.left_out.insert(entry));
        if !further {
            break;
        }
    }
    None
}

/// Deserializes one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) node: &'a Node,
    pub(super) left_out: &'a BTreeSet<u32>,
}

impl<'a> Reader<'a> {
    /// The same for another node.
    pub(super) fn of(self, node: &'a Node) -> Self {
        Self { node, ..self }
    }

    /// The error of a value that is something else than expected.
    pub(super) fn wrong(self, expected: &str) -> Error {
        Error::new(
            Code::InvalidValue,
            format!("expected {expected}, found {}", self.node.described()),
        )
        .at(&self.node.span)
    }

    fn text(self) -> Result<&'a str, Error> {
        self.node
            .text()
            .ok_or_else(|| self.wrong("one value").help("write a single word or text here"))
    }

    fn entries<'de, V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let map = Entries { reader: self, name, rest: self.node.entries().iter(), value: None };
        visitor.visit_map(map).map_err(|error| match error.cause() {
            Cause::Missing(field) => self.missing(name, field),
            _ => error,
        })
    }

    /// The error of a map that lacks a key: all that it lacks, unless they are there with a mistake.
    fn missing(self, name: &'static str, field: &'static str) -> Error {
        let required = schema::required(name);
        let lacking: Vec<&str> = required
            .iter()
            .map(String::as_str)
            .chain((!required.iter().any(|key| key == field)).then_some(field))
            .filter(|key| self.node.entry(key).is_none())
            .collect();
        if lacking.is_empty() {
            return Error::said();
        }
        let keys = if lacking.len() == 1 { "key" } else { "keys" };
        Error::new(Code::MissingKey, format!("missing {keys} {}", list(&lacking, "and")))
            .help(hints::missing(name, &lacking))
            .at(&self.node.span)
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty,)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let text = self.text()?;
            match text.parse::<$type>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(self.wrong("a whole number").help("write it in digits, without a unit")),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Empty => visitor.visit_unit(),
            Kind::Scalar(text) => visitor.visit_str(text),
            Kind::List(_) => self.deserialize_seq(visitor),
            Kind::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text()? {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(self.wrong("`true` or `false`").help("write `true` or `false`")),
        }
    }

    numbers! {
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text()?.parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => Err(self.wrong("a number").help("write it like `1.5`, without a unit")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    /// A key without a value never comes here, so whatever does is there.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::List(elements) => {
                visitor.visit_seq(Elements { reader: self, rest: elements.iter() })
            }
            Kind::Scalar(text) => Err(self.wrong("a list").help(format!("write `[{text}]`"))),
            Kind::Empty | Kind::Map(_) => Err(self.wrong("a list").help(
                "begin each element on a line of its own with `- `, or write them as `[a, b]`",
            )),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Map(_) => self.entries("", visitor),
            Kind::Empty | Kind::Scalar(_) | Kind::List(_) => Err(self
                .wrong("a map")
                .help("write `{ key: value }`, or each `key: value` on a line of its own")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Map(_) => self.entries(name, visitor),
            Kind::Empty | Kind::Scalar(_) | Kind::List(_) => {
                Err(self.wrong("a map").help(hints::keys(name, fields)))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (tag, value) = match &self.node.kind {
            Kind::Scalar(_) => (self.node, None),
            Kind::Map(entries) if hints::is_tagged(name) => {
                let mut open = entries.iter().filter(|(key, _)| !self.left_out.contains(&key.id));
                let Some((key, value)) = open.next() else {
                    return Err(if entries.is_empty() {
                        self.wrong("a rule").help(hints::kinds(variants))
                    } else {
                        Error::said()
                    });
                };
                let kind = key.text().unwrap_or_default();
                if !variants.contains(&kind) {
                    return Err(hints::unknown_kind(kind, variants).at(&key.span));
                }
                if let Some((second, _)) = open.next() {
                    return Err(hints::several_keys(key, second, variants).at(&second.span));
                }
                (key, Some(value))
            }
            Kind::Empty | Kind::List(_) | Kind::Map(_) => {
                let expected = if hints::is_tagged(name) { "a rule" } else { "one word" };
                return Err(self.wrong(expected).help(hints::words(name, variants)));
            }
        };
        let variant = Variant { reader: self, tag, value };
        visitor.visit_enum(variant).map_err(|error| {
            match error.cause() {
                Cause::Variant(word, _) if hints::is_tagged(name) => {
                    hints::unknown_kind(word, variants)
                }
                _ => error,
            }
            .at(&tag.span)
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}
