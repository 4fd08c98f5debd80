//! What can be wrong with a value, as the deserializer says it.

use std::fmt;
use std::ops::Range;

use serde::de;

use crate::diag::{Code, quoted, suggest};

/// One mistake in the file, before it has a file name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The bytes of the file it is about.
    pub(super) span: Range<usize>,
}

/// An error of deserialization. It gets its place and the entry it spoils on its way out of the tree.
#[derive(Debug)]
pub(super) struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: String,
    help: Option<String>,
    span: Option<Range<usize>>,
    entry: Option<u32>,
    cause: Cause,
}

/// What the deserializer may say better, because it knows where it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cause {
    /// Nothing special.
    Other,
    /// A required key is missing.
    Missing(&'static str),
    /// A key that is not known, and those that are.
    Key(String, &'static [&'static str]),
    /// A word that is not known, and those that are.
    Variant(String, &'static [&'static str]),
    /// Nothing to say: what it is about has been said already.
    Said,
}

impl Error {
    /// An error without a place.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            span: None,
            entry: None,
            cause: Cause::Other,
        }))
    }

    /// An error about something that was reported before.
    pub(super) fn said() -> Self {
        let mut error = Self::new(Code::MissingKey, "");
        error.0.cause = Cause::Said;
        error
    }

    /// Adds how to fix it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Sets the place, unless a place further in was set before.
    pub(super) fn at(mut self, span: &Range<usize>) -> Self {
        self.0.span.get_or_insert_with(|| span.clone());
        self
    }

    /// Sets the entry that can be left out to go on, unless one further in was set before.
    pub(super) fn spoils(mut self, entry: u32) -> Self {
        self.0.entry.get_or_insert(entry);
        self
    }

    /// What the deserializer may say better; nothing once the error has a place.
    pub(super) fn cause(&self) -> &Cause {
        if self.0.span.is_some() { &Cause::Other } else { &self.0.cause }
    }

    /// The fault to report, if any, and the entry to leave out.
    pub(super) fn into_parts(self) -> (Option<Fault>, Option<u32>) {
        let Inner { code, message, help, span, entry, cause } = *self.0;
        let fault = (cause != Cause::Said).then(|| Fault {
            code,
            message,
            help,
            span: span.unwrap_or_default(),
        });
        (fault, entry)
    }

    fn caused(mut self, cause: Cause) -> Self {
        self.0.cause = cause;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    /// A message of the form `what is wrong; how to fix it` becomes message and help.
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        match split(&text) {
            Some((what, how)) => Self::new(Code::InvalidValue, what).help(how),
            None => Self::new(Code::InvalidValue, text),
        }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let help = match suggest(field, expected.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => known_keys(expected),
        };
        Self::new(Code::UnknownKey, format!("unknown key {}", quoted(field)))
            .help(help)
            .caused(Cause::Key(field.to_owned(), expected))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let words = list(expected, "or");
        let help = match suggest(variant, expected.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? It takes {words}"),
            None => format!("it takes {words}"),
        };
        Self::new(Code::InvalidValue, format!("unknown value {}", quoted(variant)))
            .help(help)
            .caused(Cause::Variant(variant.to_owned(), expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Code::MissingKey, format!("missing key `{field}`")).caused(Cause::Missing(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Code::DuplicateKey, format!("key `{field}` stands twice"))
    }
}

/// Splits at the first semicolon outside of backquotes.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut quote = false;
    for (at, c) in text.char_indices() {
        match c {
            '`' => quote = !quote,
            ';' if !quote => {
                let (what, how) = text.split_at(at);
                return Some((what, how.trim_start_matches(';').trim_start()));
            }
            _ => {}
        }
    }
    None
}

/// Words as people list them: `a`, `b` and `c`.
pub(super) fn list(words: &[impl AsRef<str>], joint: &str) -> String {
    let ticked: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    joined(&ticked, joint)
}

/// The keys of a map.
pub(super) fn known_keys(keys: &[&str]) -> String {
    match keys {
        [only] => format!("the only key here is `{only}`"),
        _ => format!("the keys here are {}", list(keys, "and")),
    }
}

/// Parts joined as people do: a, b and c.
pub(super) fn joined(parts: &[String], joint: &str) -> String {
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {joint} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
