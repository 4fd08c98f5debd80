use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Code;
use crate::model::Origin;

/// Whether a diagnostic stops the gate.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Said, and the gate goes on.
    Warning,
    /// The gate cannot pass: exit code 2 in the configuration, 3 in the inputs.
    Error,
}

/// The line a diagnostic speaks of, to be shown with the place underlined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text of the line, or of the first part of it.
    pub text: String,
    /// The bytes of `text` to underline.
    pub span: Range<usize>,
}

/// One problem: what, where, how to fix it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// Which kind of problem; `benchgate explain CODE` tells more.
    #[schemars(with = "String")]
    pub code: Code,
    /// Whether it stops the gate.
    pub level: Level,
    /// What is wrong: a lowercase fragment.
    pub message: String,
    /// The file, as the user named it.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column in characters, from 1.
    pub column: Option<u32>,
    /// How to fix it.
    pub help: Option<String>,
    /// The line itself, for the terminal.
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            level: Level::Error,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            help: None,
            excerpt: None,
        }
    }

    /// A warning without a place.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, message) }
    }

    /// Adds the file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Adds line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Adds file and line of a run.
    #[must_use]
    pub fn origin(mut self, origin: &Origin) -> Self {
        self.file = Some(origin.file.to_string());
        self.line = origin.line;
        self.column = origin.line.map(|_| 1);
        self
    }

    /// Adds how to fix it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the line it speaks of, the bytes `span` of it underlined.
    #[must_use]
    pub fn excerpt(mut self, text: impl Into<String>, span: Range<usize>) -> Self {
        self.excerpt = Some(Excerpt { text: text.into(), span });
        self
    }
}
