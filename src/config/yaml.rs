//! YAML text into a tree: the only file that names the YAML crate.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::NonFiniteFloatPolicy;
use serde_saphyr::{DuplicateKeyPolicy, MessageFormatter, Options, Spanned, UserMessageFormatter};

use super::error::Fault;
use super::node::{Kind, Node};
use super::source::Source;
use super::syntax;
use crate::diag::Code;

/// A configuration is written by people; what is larger is a mistake, or an attack.
const LARGEST: usize = 1 << 20;

/// How deep maps and lists may stand in each other, and how many keys and values there may be, aliases expanded.
const DEEPEST: usize = 32;
const MOST_NODES: usize = 50_000;

/// Reads the one document of a file.
pub(super) fn load(source: &Source<'_>) -> Result<Node, Fault> {
    let text = source.text();
    if text.len() > LARGEST {
        return Err(Fault {
            code: Code::ConfigSyntax,
            message: format!(
                "a configuration may have {LARGEST} bytes, this one has {}",
                text.len()
            ),
            help: Some(
                "globs and anchors make it shorter; is this the file you meant to name?".into(),
            ),
            span: 0..0,
        });
    }
    let parsed = serde_saphyr::from_str_with_options::<Draft>(text, options());
    let draft = parsed.map_err(|error| fault(&error, source))?;
    let mut next = 0;
    Ok(finish(draft, text, &mut next))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEEPEST,
            max_nodes: MOST_NODES,
            max_events: 4 * MOST_NODES,
            max_total_scalar_bytes: 8 * LARGEST,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// A value as the YAML crate hands it over; scalars that it takes for something else than text are read again
/// from the file, because `5`, `no` and `1.50` are names as good as any other.
struct Draft {
    kind: DraftKind,
    start: usize,
    end: usize,
}

enum DraftKind {
    Empty,
    Text(String),
    Written,
    List(Vec<Draft>),
    Map(Vec<(Draft, Draft)>),
}

impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, defined, .. } = Spanned::<DraftKind>::deserialize(deserializer)?;
        let byte = |value: Option<u64>| value.and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
        let start = byte(defined.span().byte_offset());
        let length = byte(defined.span().byte_len());
        Ok(Self { kind: value, start, end: start + length })
    }
}

impl<'de> Deserialize<'de> for DraftKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DraftVisitor)
    }
}

struct DraftVisitor;

impl<'de> Visitor<'de> for DraftVisitor {
    type Value = DraftKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<DraftKind, E> {
        Ok(DraftKind::Empty)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DraftKind, E> {
        Ok(DraftKind::Text(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<DraftKind, E> {
        Ok(DraftKind::Written)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<DraftKind, E> {
        Ok(DraftKind::Written)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<DraftKind, E> {
        Ok(DraftKind::Written)
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<DraftKind, E> {
        Ok(DraftKind::Written)
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<DraftKind, E> {
        Ok(DraftKind::Written)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<DraftKind, E> {
        Ok(DraftKind::Written)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<DraftKind, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(DraftKind::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DraftKind, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(DraftKind::Map(entries))
    }
}

/// Numbers the nodes and finds where lists and maps end, which the YAML crate does not say.
fn finish(draft: Draft, text: &str, next: &mut u32) -> Node {
    let id = *next;
    *next += 1;
    let Draft { kind, start, mut end } = draft;
    let kind = match kind {
        DraftKind::Empty => Kind::Empty,
        DraftKind::Text(scalar) => Kind::Scalar(scalar),
        DraftKind::Written => Kind::Scalar(text.get(start..end).unwrap_or_default().to_owned()),
        DraftKind::List(elements) => {
            Kind::List(elements.into_iter().map(|e| finish(e, text, next)).collect())
        }
        DraftKind::Map(entries) => Kind::Map(
            entries
                .into_iter()
                .map(|(key, value)| (finish(key, text, next), finish(value, text, next)))
                .collect(),
        ),
    };
    let mut cover = |child: &Node| {
        if child.span.start >= start {
            end = end.max(child.span.end);
        }
    };
    match &kind {
        Kind::List(elements) => elements.iter().for_each(&mut cover),
        Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
            cover(key);
            cover(value);
        }),
        Kind::Empty | Kind::Scalar(_) => {}
    }
    if matches!(kind, Kind::List(_) | Kind::Map(_)) {
        end = syntax::closing(text, start, end);
    }
    Node { kind, span: start..end, id, last: *next - 1 }
}

/// An error of the YAML crate in our words, at the place where a person would look.
fn fault(error: &serde_saphyr::Error, source: &Source<'_>) -> Fault {
    use serde_saphyr::Error as E;

    let text = source.text();
    let at = error.location().map_or(0, |place| source.offset(place.line(), place.column()));
    let span =
        at..text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
    let at_place = |span, message: &str, help: &str| Fault {
        code: Code::ConfigSyntax,
        message: message.to_owned(),
        help: Some(help.to_owned()),
        span,
    };
    let new = |message: &str, help: &str| at_place(span.clone(), message, help);
    match error.without_snippet() {
        E::MultipleDocuments { .. } => at_place(
            text.get(..at)
                .and_then(|before| before.rfind("\n---"))
                .map_or(at..at + 1, |line| line + 1..line + 4),
            "a second document begins here",
            "a configuration is one document; remove the line `---` and what follows, or put it into the first",
        ),
        E::UnknownAnchor { .. } => new(
            "no anchor has this name",
            "an alias `*name` repeats what was marked `&name` before; to begin a text with `*`, quote it, e.g. `\"*/large\"`",
        ),
        E::UnsupportedTag { .. } => {
            let start = text.get(..at).and_then(|before| before.rfind('!')).unwrap_or(at);
            let tag = text
                .get(start..)
                .and_then(|rest| rest.split_whitespace().next())
                .unwrap_or_default();
            at_place(
                start..start + tag.len(),
                "tags have no meaning here",
                "remove the word that begins with `!`; to begin a text with `!`, quote it",
            )
        }
        E::MergeValueNotMapOrSeqOfMaps { .. } => new(
            "`<<` merges a map, and this is none",
            "mark the map with `&name` and merge it with `<<: *name`",
        ),
        E::Budget { .. }
        | E::AliasReplayLimitExceeded { .. }
        | E::AliasExpansionLimitExceeded { .. }
        | E::AliasReplayStackDepthExceeded { .. } => new(
            "the configuration is too large or nested too deeply",
            &format!(
                "maps and lists may be {DEEPEST} deep, and there may be {MOST_NODES} keys and values, those behind aliases counted each time"
            ),
        ),
        other => syntax::explain(&UserMessageFormatter.format_message(other), source, span.clone()),
    }
}
