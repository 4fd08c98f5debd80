//! The tree of a file into typed values, every error with its place.

use std::collections::BTreeSet;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::error::{Cause, Error, Fault, list};
use super::node::{Kind, Node};
use super::{hints, schema};
use crate::diag::{Code, quoted};

/// More mistakes than this in one file are not searched for.
const MOST_FAULTS: usize = 100;

/// What came of reading a file into a type.
pub(super) struct Read<T> {
    /// The value, made of the entries without mistakes; the default where nothing could be made of them.
    pub(super) value: T,
    /// Whether something could be made of them.
    pub(super) usable: bool,
    /// The mistakes.
    pub(super) faults: Vec<Fault>,
    /// The keys and list elements that were left out because of them.
    pub(super) left_out: BTreeSet<u32>,
}

/// Reads a tree into a type and finds all mistakes in it, not only the first: an entry with a mistake is left
/// out and the rest is read again, until there is no mistake or nothing to leave out.
pub(super) fn read<T: de::DeserializeOwned + Default>(
    root: &Node,
    mut left_out: BTreeSet<u32>,
) -> Read<T> {
    let mut faults = Vec::new();
    loop {
        let error = match T::deserialize(Reader { node: root, left_out: &left_out }) {
            Ok(value) => return Read { value, usable: true, faults, left_out },
            Err(error) => error.at(&root.span),
        };
        let (fault, entry) = error.into_parts();
        faults.extend(fault);
        let further = entry.is_some_and(|entry| left_out.insert(entry));
        if !further || faults.len() >= MOST_FAULTS {
            return Read { value: T::default(), usable: false, faults, left_out };
        }
    }
}

/// Deserializes one node.
#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
    left_out: &'a BTreeSet<u32>,
}

impl<'a> Reader<'a> {
    fn of(self, node: &'a Node) -> Self {
        Self { node, ..self }
    }

    fn wrong(self, expected: &str) -> Error {
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
            Kind::Empty | Kind::Scalar(_) | Kind::Map(_) => Err(self.wrong("a list").help(
                "write `[a, b]`, or each element on a line of its own that begins with `- `",
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
        visitor.visit_enum(variant).map_err(|error| match error.cause() {
            Cause::Variant(word, _) if hints::is_tagged(name) => {
                hints::unknown_kind(word, variants).at(&tag.span)
            }
            _ => error.at(&tag.span),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

/// The entries of a map, without those that are left out.
struct Entries<'a> {
    reader: Reader<'a>,
    /// The name of the struct they are for, empty for a free map.
    name: &'static str,
    rest: std::slice::Iter<'a, (Node, Node)>,
    value: Option<(&'a Node, &'a Node)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let left_out = self.reader.left_out;
        let Some((key, value)) = self.rest.by_ref().find(|(key, _)| !left_out.contains(&key.id))
        else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let Some(text) = key.text() else {
            let error = Error::new(
                Code::InvalidValue,
                format!("expected a key, found {}", key.described()),
            );
            return Err(error.help("a key is a word").at(&key.span).spoils(key.id));
        };
        let read = seed.deserialize(StrDeserializer::<Error>::new(text));
        read.map(Some).map_err(|error| {
            match error.cause() {
                Cause::Key(..) => match hints::belongs_elsewhere(self.name, text) {
                    Some(hint) => error.help(hint),
                    None => error,
                },
                _ => error,
            }
            .at(&key.span)
            .spoils(key.id)
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((key, value)) = self.value.take() else {
            return Err(Error::new(Code::InvalidValue, "a value without a key"));
        };
        if value.kind == Kind::Empty {
            let name = key.text().unwrap_or_default();
            let error = Error::new(Code::InvalidValue, format!("{} has no value", quoted(name)));
            return Err(error.help(hints::empty(name)).at(&key.span).spoils(key.id));
        }
        seed.deserialize(self.reader.of(value))
            .map_err(|error| error.at(&value.span).spoils(key.id))
    }
}

/// The elements of a list, without those that are left out.
struct Elements<'a> {
    reader: Reader<'a>,
    rest: std::slice::Iter<'a, Node>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let left_out = self.reader.left_out;
        let Some(element) = self.rest.by_ref().find(|element| !left_out.contains(&element.id))
        else {
            return Ok(None);
        };
        if element.kind == Kind::Empty {
            let error = Error::new(Code::InvalidValue, "an element of the list is empty");
            return Err(error
                .help("write a value, or remove the `-`")
                .at(&element.span)
                .spoils(element.id));
        }
        let read = seed.deserialize(self.reader.of(element));
        read.map(Some).map_err(|error| error.at(&element.span).spoils(element.id))
    }
}

/// One of several: a word, or a map with the word as its one key.
struct Variant<'a> {
    reader: Reader<'a>,
    tag: &'a Node,
    value: Option<&'a Node>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Error> {
        Ok((seed.deserialize(self.reader.of(self.tag))?, self))
    }
}

impl<'a> Variant<'a> {
    /// The settings behind the word.
    fn settings(&self) -> Result<Reader<'a>, Error> {
        match self.value {
            Some(value) if value.kind != Kind::Empty => Ok(self.reader.of(value)),
            _ => {
                let kind = self.tag.text().unwrap_or_default();
                let error =
                    Error::new(Code::InvalidValue, format!("{} has no settings", quoted(kind)));
                Err(error.help(hints::example(kind)).at(&self.tag.span))
            }
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.value {
            None => Ok(()),
            Some(value) => {
                Err(self.reader.of(value).wrong("nothing").help("this word stands alone"))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let settings = self.settings()?;
        seed.deserialize(settings).map_err(|error| error.at(&settings.node.span))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.settings()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.settings()?.deserialize_struct("", fields, visitor)
    }
}
