//! A finished [`Report`] in the forms that people and programs read, and the report file itself.
//!
//! A report is data that may come from somebody else: every form escapes every word of it, and none of them needs
//! more than the report.

pub mod bundle;
pub mod calibration;
pub mod escape;
mod html;
pub mod interval;
mod junit;
mod markdown;
mod options;
mod phrase;
mod quoted;
#[cfg(test)]
pub(crate) mod samples;
mod template;
mod text;
mod view;
mod words;

pub use options::{Options, RenderError, WriteError};
pub use template::Templates;
pub(crate) use view::holds_limits;

use std::io::Write;

use crate::model::Report;
pub use crate::model::number;

/// A form that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// A page for a browser, in one file.
    Html,
    /// For test reporters of continuous integration systems.
    Junit,
    /// The report file: schema 1.
    Json,
}

impl Form {
    /// Every form with its name on the command line.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Text, "text"),
        (Self::Markdown, "markdown"),
        (Self::Html, "html"),
        (Self::Junit, "junit"),
        (Self::Json, "json"),
    ];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(form, _)| *form == self).map_or("", |(_, name)| name)
    }

    /// The name of the template that it is written with; `None` for forms without one.
    #[must_use]
    pub fn template(self) -> Option<&'static str> {
        match self {
            Self::Markdown => Some(markdown::COMMENT),
            Self::Html => Some(html::PAGE),
            Self::Text | Self::Junit | Self::Json => None,
        }
    }

    /// The form of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|&(form, _)| form)
    }
}

/// Whether a gate can have this name: 1 to 64 letters, digits, dots, underscores and hyphens.
#[must_use]
pub fn is_gate_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(allowed)
}

/// The verdict in one sentence of plain text: what a commit status and the title of a check run say.
#[must_use]
pub fn headline(report: &Report) -> String {
    view::View::new(report).headline.text.plain()
}

/// Writes a report in one form. The same report and options give the same bytes.
///
/// # Errors
/// When a replaced template is wrong, when not even the shortest Markdown fits into `max_bytes`, when the gate's name
/// cannot stand in a comment, or when the report holds what a report file may not.
pub fn render(report: &Report, form: Form, options: &Options) -> Result<String, RenderError> {
    match form {
        Form::Text => Ok(text::render(report, options)),
        Form::Markdown => markdown::render(report, options),
        Form::Html => html::render(report, options),
        Form::Junit => junit::render(report),
        Form::Json => bundle::write(report),
    }
}

/// Writes a report to `out` in one form, as [`render`] does.
///
/// # Errors
/// As [`render`], before anything is written; or what `out` says.
pub fn write(
    report: &Report,
    form: Form,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    match form {
        Form::Json => bundle::write_to(report, out),
        form => Ok(out.write_all(render(report, form, options)?.as_bytes())?),
    }
}
