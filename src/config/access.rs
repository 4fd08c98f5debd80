//! The entries of maps, the elements of lists and the words of enumerations, as the deserializer hands them out.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::de::Reader;
use super::error::{Cause, Error};
use super::hints;
use super::node::{Kind, Node};
use crate::diag::{Code, quoted};

/// The entries of a map, without those that are left out.
pub(super) struct Entries<'a> {
    pub(super) reader: Reader<'a>,
    /// The name of the struct they are for, empty for a free map.
    pub(super) name: &'static str,
    pub(super) rest: std::slice::Iter<'a, (Node, Node)>,
    pub(super) value: Option<(&'a Node, &'a Node)>,
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
            return Err(error
                .help(hints::empty(name, !value.span.is_empty()))
                .at(&key.span)
                .spoils(key.id));
        }
        seed.deserialize(self.reader.of(value))
            .map_err(|error| error.at(&value.span).spoils(key.id))
    }
}

/// The elements of a list, without those that are left out.
pub(super) struct Elements<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) rest: std::slice::Iter<'a, Node>,
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
pub(super) struct Variant<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) tag: &'a Node,
    pub(super) value: Option<&'a Node>,
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
