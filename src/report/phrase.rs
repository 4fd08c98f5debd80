//! Sentences made of our own words and of other people's: each output form escapes the latter in its own way.

use super::escape;

/// A sentence in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Phrase(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Our own words, free of markup.
    Text(String),
    /// Our own words, set in bold where that exists.
    Strong(String),
    /// A name, a file, a command: shown as code.
    Name(String),
    /// Somebody's words.
    Words(String),
    /// A single word of somebody: a level, a metric.
    Word(String),
}

impl Phrase {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self::new().text(text)
    }

    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    pub(crate) fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Strong(text.into()));
        self
    }

    pub(crate) fn name(mut self, name: impl Into<String>) -> Self {
        self.0.push(Piece::Name(name.into()));
        self
    }

    pub(crate) fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    pub(crate) fn word(mut self, word: impl Into<String>) -> Self {
        self.0.push(Piece::Word(word.into()));
        self
    }

    pub(crate) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether it has nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Several phrases with something between them.
    pub(crate) fn join(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut all = Self::new();
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                all = all.text(between);
            }
            all = all.then(part);
        }
        all
    }

    /// As Markdown outside a table.
    pub(crate) fn markdown(&self) -> String {
        self.render(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Strong(text) => format!("**{text}**"),
            Piece::Name(name) => escape::code(name),
            Piece::Words(words) => escape::prose(words),
            Piece::Word(word) => escape::prose(&escape::cut(word, escape::WORD)),
        })
    }

    /// As Markdown in a table cell.
    pub(crate) fn cell(&self) -> String {
        self.markdown().replace('|', "\\|")
    }

    /// As HTML inside of an element.
    pub(crate) fn html(&self) -> String {
        self.render(|piece| match piece {
            // A number stays beside its sign.
            Piece::Text(text) => escape::html(text).replace(" %", "&nbsp;%"),
            Piece::Strong(text) => format!("<strong>{}</strong>", escape::html(text)),
            Piece::Name(name) if name.trim().is_empty() => "(blank)".to_owned(),
            Piece::Name(name) => escape::html_code(&escape::cut_middle(name, escape::NAME)),
            Piece::Words(words) => escape::html_prose(words),
            Piece::Word(word) => escape::html(&escape::cut(word, escape::WORD)),
        })
    }

    /// For the summary of a fold, which is HTML inside Markdown.
    pub(crate) fn summary(&self) -> String {
        self.render(|piece| match piece {
            Piece::Text(text) | Piece::Strong(text) => escape::html(text),
            Piece::Name(name) => escape::summary(name, escape::NAME),
            Piece::Words(words) => escape::summary(words, escape::NAME),
            Piece::Word(word) => escape::summary(word, escape::WORD),
        })
    }

    /// For a terminal, or for any other place that shows plain text.
    pub(crate) fn plain(&self) -> String {
        self.render(|piece| match piece {
            Piece::Text(text) | Piece::Strong(text) => text.clone(),
            Piece::Name(name) if name.trim().is_empty() => "(blank)".to_owned(),
            Piece::Name(name) => escape::terminal(&escape::cut_middle(name, escape::NAME)),
            Piece::Words(words) => escape::terminal(&escape::cut(words, escape::SENTENCE)),
            Piece::Word(word) => escape::terminal(&escape::cut(word, escape::WORD)),
        })
    }

    fn render(&self, piece: impl Fn(&Piece) -> String) -> String {
        self.0.iter().map(piece).collect()
    }
}
