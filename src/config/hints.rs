//! What to do about a mistake: the words behind `help:`.

use super::error::{Error, list};
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
    let describe = |key: &&str| {
        schema::describe(name, key).map(|text| format!("`{key}` is {}", decapitalize(&text)))
    };
    let described: Vec<String> = keys.iter().filter_map(describe).collect();
    if described.is_empty() {
        format!("add {}", list(keys, "and"))
    } else {
        format!("add {}: {}", if keys.len() == 1 { "it" } else { "them" }, described.join("; "))
    }
}

/// The first sentence of a description, to stand in the middle of another.
fn decapitalize(description: &str) -> String {
    let sentence = description.split_inclusive(". ").next().unwrap_or_default();
    let sentence = sentence.trim().trim_end_matches('.');
    let mut chars = sentence.chars();
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
        None => format!("write `{{ key: value }}`; the keys here are {}", list(fields, "and")),
    }
}

/// For something else than a word, or a word that is none of these.
pub(super) fn words(name: &str, variants: &[&str]) -> String {
    if is_tagged(name) { kinds(variants) } else { format!("it takes {}", list(variants, "or")) }
}

/// For a rule that is none.
pub(super) fn kinds(variants: &[&str]) -> String {
    let example = Rule::KINDS.first().map_or("", |kind| kind.example);
    format!("the kinds of rules are {}; write one like `{example}`", list(variants, "and"))
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
        return schema::section_with(key).map(|section| format!("it belongs under `{section}:`"));
    }
    schema::describe(schema::ROOT, key)
        .map(|_| format!("`{key}` belongs to the outermost level; do not indent it"))
}

/// For a key without a value.
pub(super) fn empty(key: &str) -> String {
    match key {
        "rules" => "write `rules: []` for no rule beside presence, or remove the key for the built-in ones; are the rules below it indented?".into(),
        _ => "write a value behind it, or remove the key; the text `null` needs quotes".into(),
    }
}
