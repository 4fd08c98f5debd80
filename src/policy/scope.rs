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

/// The longest glob, in bytes: what a whole suite of names in braces takes.
const LONGEST: usize = 16 << 10;
/// How deep braces may be nested.
const DEEPEST: usize = 20;

impl Scope {
    /// Reads a glob.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an empty glob matches nothing; write `**` for every benchmark".into());
        }
        // Within these bounds globset can compile everything that it can parse; beyond them it panics.
        if text.len() > LONGEST {
            return Err(format!(
                "{} is longer than {LONGEST} bytes; write several rules",
                crate::diag::quoted(text)
            ));
        }
        if depth(text) > DEEPEST {
            return Err(format!(
                "{} nests more than {DEEPEST} braces; write several rules",
                crate::diag::quoted(text)
            ));
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
        // What most rules say; a matcher takes every id apart first.
        self.text == "**" || self.matcher.is_match(benchmark.as_str())
    }

    /// The glob as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// How deep braces are nested at most; those that mean themselves count as well.
fn depth(glob: &str) -> usize {
    let mut deepest = 0;
    glob.bytes().fold(0_usize, |depth, byte| {
        let depth = match byte {
            b'{' => depth + 1,
            b'}' => depth.saturating_sub(1),
            _ => depth,
        };
        deepest = deepest.max(depth);
        depth
    });
    deepest
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

    /// The longest globs of every kind compile, and deeper ones are refused before they reach the crate, which panics.
    #[test]
    fn what_is_no_reasonable_glob_is_refused() {
        for part in [
            "*",
            "?",
            "**/",
            "*a",
            "[!a-zé]",
            "[é-ü]",
            "{a,b}",
            "{*,?}",
            "é",
            "\\*",
            "{a/**/b,[c-d]}",
        ] {
            let longest = part.repeat(LONGEST / part.len());
            let scope = Scope::parse(&longest).unwrap_or_else(|error| panic!("{part}: {error}"));
            let _ = scope.contains(&BenchmarkId::new("a/b"));
            let error = Scope::parse(&(longest + part)).expect_err("too long");
            assert!(error.contains("is longer than 16384 bytes"), "{error}");
        }
        let nested = |n: usize| format!("{}a{}", "{".repeat(n), "}".repeat(n));
        assert!(Scope::parse(&nested(DEEPEST)).is_ok());
        for n in [DEEPEST + 1, 300, 8_000] {
            let error = Scope::parse(&nested(n)).expect_err("too deep");
            assert!(error.contains("nests more than 20 braces"), "{error}");
        }
    }

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
