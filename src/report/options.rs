//! What a caller can choose, and what can go wrong.

use std::io;

use jiff::civil::Date;

use super::Templates;
use crate::diag::{Code, Diagnostic};

/// How to write a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether the text form has ANSI colours.
    pub colour: bool,
    /// Whether the text form lists every benchmark, not only what needs a person.
    pub verbose: bool,
    /// Whether the text form is its last line only.
    pub quiet: bool,
    /// Templates in place of the embedded ones.
    pub templates: Templates,
    /// The gate's name in the marker of the comment, `[A-Za-z0-9._-]{1,64}`.
    pub gate_name: String,
    /// The workflow run in the marker.
    pub run: Option<u64>,
    /// The attempt of the workflow run in the marker.
    pub attempt: Option<u32>,
    /// Today, for the last day of a proposed waiver; left out, a placeholder stands there.
    pub date: Option<Date>,
    /// The most UTF-8 bytes of Markdown. 8,192 are always enough for the shortest comment of the embedded template.
    pub max_bytes: usize,
    /// Where the full report is.
    pub report_url: Option<String>,
    /// Where it is explained how to read a report.
    pub docs_url: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 100,
            colour: false,
            verbose: false,
            quiet: false,
            templates: Templates::new(),
            gate_name: "default".to_owned(),
            run: None,
            attempt: None,
            date: None,
            max_bytes: 60_000,
            report_url: None,
            docs_url: None,
        }
    }
}

/// Why a report cannot be written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// A template is wrong.
    #[error("template {} cannot be rendered: {message}", crate::diag::quoted(.name))]
    Template {
        /// The file of the template, or its name where it is an embedded one.
        name: String,
        /// The line, from 1, where the template engine knows it.
        line: Option<u32>,
        /// What is wrong.
        message: String,
        /// The names that there are instead of one that is not known.
        help: Option<String>,
    },
    /// Not even the shortest form fits.
    #[error("the shortest comment has {bytes} bytes, more than the {max} that are allowed")]
    TooLong {
        /// Bytes of the shortest form.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The gate's name cannot stand in a comment.
    #[error("{} is not a name for a gate", crate::diag::quoted(.0))]
    GateName(String),
    /// The report holds what a report file may not.
    #[error("the report cannot be written: {0}")]
    Unwritable(String),
}

/// Why a report was not written to where it should go.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It cannot be written at all.
    #[error(transparent)]
    Report(#[from] RenderError),
    /// The system does not take it.
    #[error(transparent)]
    System(#[from] io::Error),
}

impl RenderError {
    /// The same as a diagnostic, with how to fix it.
    #[must_use]
    pub fn to_diagnostic(&self) -> Diagnostic {
        match self {
            Self::Template { name, line, help, .. } => {
                let correct = "correct the template, or remove it to use the embedded one";
                let diagnostic = Diagnostic::error(Code::Template, self.to_string())
                    .file(name.as_str())
                    .help(help.as_deref().unwrap_or(correct));
                match line {
                    Some(line) => diagnostic.at(*line, 1),
                    None => diagnostic,
                }
            }
            Self::TooLong { .. } => Diagnostic::error(Code::Template, self.to_string())
                .help("shorten the template, or show fewer of its sections"),
            Self::GateName(_) => Diagnostic::error(Code::InvalidValue, self.to_string())
                .help("use 1 to 64 letters, digits, dots, underscores and hyphens"),
            Self::Unwritable(_) => Diagnostic::error(Code::BadReport, self.to_string())
                .help("this is a mistake of benchgate; please report it with its inputs"),
        }
    }
}
