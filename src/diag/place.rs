use std::ops::Range;
use std::sync::Arc;

use super::{Diagnostic, Excerpt};

/// A place in a text file: where a value of the configuration stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The text of the line.
    pub text: Arc<str>,
    /// The bytes of `text` that the value takes up.
    pub span: Range<usize>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands; `None` for built-in values.
    pub place: Option<Place>,
}

impl Diagnostic {
    /// Adds a place with its line of text, if there is one.
    #[must_use]
    pub fn place(mut self, place: Option<&Place>) -> Self {
        if let Some(place) = place {
            self = self.file(&*place.file).at(place.line, place.column);
            self.excerpt = Some(Excerpt { text: place.text.to_string(), span: place.span.clone() });
        }
        self
    }
}
