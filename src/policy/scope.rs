use std::borrow::Cow;

use globset::{GlobBuilder, GlobMatcher};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::BenchmarkId;

/// The benchmarks a rule applies to: a glob over ids.
///
/// `*` stays within one segment between slashes, `**` goes across, `{a,b}` is either, `[0-9]` a character.
#[derive(Clone, Debug)]
pub struct Scope {
    text: String,
    matcher: GlobMatcher,
}

impl Scope {
    /// Reads a glob.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an empty glob matches nothing; write `**` for every benchmark".into());
        }
        let glob = GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build();
        match glob {
            Ok(glob) => Ok(Self { text: text.to_owned(), matcher: glob.compile_matcher() }),
            Err(error) => Err(format!(
                "{} is not a glob: {}; to mean a character itself put it into brackets, like `[[]`",
                crate::diag::quoted(text),
                error.kind().to_string().replace("; ", ", ")
            )),
        }
    }

    /// Whether a benchmark is meant.
    #[must_use]
    pub fn contains(&self, benchmark: &BenchmarkId) -> bool {
        self.matcher.is_match(benchmark.as_str())
    }

    /// The glob as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl JsonSchema for Scope {
    fn schema_name() -> Cow<'static, str> {
        "Glob".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "a glob over benchmark ids: `*` stays within one segment, `**` goes across",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_segment_and_two_go_across() {
        for (glob, id, expected) in [
            ("dht/*", "dht/lookup", true),
            ("dht/*", "dht/lookup/100", false),
            ("dht/**", "dht/lookup/100", true),
            ("**", "anything/at/all", true),
            ("**/large", "parser/large", true),
            ("{a,b}/x", "b/x", true),
            ("parser", "parser/large", false),
        ] {
            let scope = Scope::parse(glob).expect("a glob");
            assert_eq!(scope.contains(&BenchmarkId::new(id)), expected, "{glob} on {id}");
        }
        assert_eq!(
            Scope::parse("a[").unwrap_err(),
            "`a[` is not a glob: unclosed character class, missing ']'; to mean a character itself put it into brackets, like `[[]`"
        );
    }
}
