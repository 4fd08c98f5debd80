//! What to do about a mistake: the words behind `help:`.

use super::error::{Error, joined, known_keys, list};
use super::node::Node;
use super::schema;
use crate::diag::{Code, quoted, suggest};
use crate::policy::Rule;

/// The enumeration whose words are keys with settings behind them, and not words that stand alone.
pub(super) fn is_tagged(name: &str) -> bool {
    name == "Rule"
}

/// For a map that lacks keys.
pub(super) fn missing(name: &str, keys: &[&str]) -> String {
    let meant: Vec<String> = keys
        .iter()
        .map(|key| match schema::describe(name, key).filter(|text| !text.is_empty()) {
            Some(text) => format!("`{key}` ({})", decapitalized(&text)),
            None => format!("`{key}`"),
        })
        .collect();
    format!("add {}", joined(&meant, "and"))
}

/// A description, to stand in the middle of a sentence.
fn decapitalized(description: &str) -> String {
    let mut chars = description.trim_end_matches('.').chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// For something else than a map where keys are expected.
pub(super) fn keys(name: &str, fields: &[&str]) -> String {
    let kind = Rule::KINDS.iter().find(|kind| schema::is_of_kind(name, kind.name));
    match kind {
        Some(kind) => format!("write it like `{}`", kind.example),
        None => format!("write `{{ key: value }}`; {}", known_keys(fields)),
    }
}

/// For something else than a word, or a word that is none of these.
pub(super) fn words(name: &str, variants: &[&str]) -> String {
    if is_tagged(name) { kinds(variants) } else { format!("it takes {}", list(variants, "or")) }
}

/// For a rule that is none.
pub(super) fn kinds(variants: &[&str]) -> String {
    let first = variants.first().copied().unwrap_or_default();
    format!("the kinds of rules are {}; write one like `- {first}: {{ … }}`", list(variants, "and"))
}

/// An example of a kind of rule.
pub(super) fn example(kind: &str) -> String {
    match Rule::KINDS.iter().find(|known| known.name == kind) {
        Some(known) => format!("write it like `{}`", known.example),
        None => "write its settings behind it".into(),
    }
}

/// The error of a kind of rule that does not exist.
pub(super) fn unknown_kind(word: &str, variants: &[&str]) -> Error {
    let error = Error::new(Code::UnknownKey, format!("no kind of rule is called {}", quoted(word)));
    if let Some(near) = suggest(word, variants.iter().copied()) {
        return error.help(format!("did you mean `{near}`?"));
    }
    match Rule::KINDS.iter().find(|kind| schema::kind_takes(kind.name, word)) {
        Some(kind) => {
            error.help(format!("a rule begins with its kind: `- {}: {{ {word}: … }}`", kind.name))
        }
        None => error.help(kinds(variants)),
    }
}

/// The error of a rule with several keys, which is most often one that is not indented enough.
pub(super) fn several_keys(first: &Node, second: &Node, variants: &[&str]) -> Error {
    let (kind, key) = (first.text().unwrap_or_default(), second.text().unwrap_or_default());
    let error = Error::new(
        Code::UnknownKey,
        format!("a rule has one key, its kind; found {} beside {}", quoted(key), quoted(kind)),
    );
    if variants.contains(&key) {
        error.help(format!("begin a new rule with `- {key}:`"))
    } else if schema::kind_takes(kind, key) {
        error.help(format!("indent it further than `{kind}`, so that it stands inside"))
    } else {
        error.help(kinds(variants))
    }
}

/// For a key that is known, but not in this map.
pub(super) fn belongs_elsewhere(name: &str, key: &str) -> Option<String> {
    if name == schema::ROOT {
        if Rule::KINDS.iter().any(|kind| kind.name == key) {
            return Some(format!(
                "rules stand in a list under `rules:`, each like `- {key}: {{ … }}`"
            ));
        }
    } else if schema::describe(schema::ROOT, key).is_some() {
        return Some(format!("`{key}` belongs to the outermost level; do not indent it"));
    }
    let sections: Vec<&str> = schema::sections_with(name, key).collect();
    (!sections.is_empty()).then(|| format!("it belongs under {}", list(&sections, "or")))
}

/// For a key without a value; `written` where it is not just absent, but `null` or `~`.
pub(super) fn empty(key: &str, written: bool) -> String {
    match key {
        _ if written => {
            "remove the key to leave it at its default; the text itself needs quotes: `\"null\"`".into()
        }
        "rules" => "write `rules: []` for no rule beside presence, or remove the key for the built-in ones; are the rules below it indented?".into(),
        _ => "write a value behind it, or remove the key".into(),
    }
}
