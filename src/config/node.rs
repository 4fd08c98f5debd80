//! YAML as a tree in which every key and value knows where it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A key or a value of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// What it is.
    pub(super) kind: Kind,
    /// The bytes of the file that it takes up. A value behind an alias stands where its anchor is.
    pub(super) span: Range<usize>,
    /// Its number in the order of the tree, which names it among all nodes.
    pub(super) id: u32,
    /// The number of the last node inside it; its own where it holds none.
    pub(super) last: u32,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Nothing, or `null` or `~`.
    Empty,
    /// Text as it was written, quotes and escapes resolved.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A map, its entries in the order of the file, repeated keys included.
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) => Some(text),
            Kind::Empty | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The entries of a map; none where it is something else.
    pub(super) fn entries(&self) -> &[(Self, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Empty | Kind::Scalar(_) | Kind::List(_) => &[],
        }
    }

    /// The elements of a list; none where it is something else.
    pub(super) fn elements(&self) -> &[Self] {
        match &self.kind {
            Kind::List(elements) => elements,
            Kind::Empty | Kind::Scalar(_) | Kind::Map(_) => &[],
        }
    }

    /// Key and value of the first entry with this key.
    pub(super) fn entry(&self, key: &str) -> Option<(&Self, &Self)> {
        self.entries().iter().find(|(k, _)| k.text() == Some(key)).map(|(k, v)| (k, v))
    }

    /// The value of the first entry with this key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Whether one of these nodes is this one or stands inside it.
    pub(super) fn holds_any(&self, ids: &BTreeSet<u32>) -> bool {
        ids.range(self.id..=self.last).next().is_some()
    }

    /// What it is, for "found …" in a message.
    pub(super) fn described(&self) -> String {
        match &self.kind {
            Kind::Empty => "nothing".into(),
            Kind::Scalar(text) => crate::diag::quoted(text),
            Kind::List(_) => "a list".into(),
            Kind::Map(_) => "a map".into(),
        }
    }

    /// Every key that stands again in a map, with the first of its kind.
    pub(super) fn repeated(&self) -> Vec<(&Self, &Self)> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            let mut first: BTreeMap<&str, &Self> = BTreeMap::new();
            for (key, value) in node.entries() {
                if let Some(text) = key.text()
                    && let Some(known) = first.get(text)
                {
                    found.push((key, *known));
                } else if let Some(text) = key.text() {
                    first.insert(text, key);
                }
                open.push(value);
            }
            open.extend(node.elements());
        }
        found
    }
}
