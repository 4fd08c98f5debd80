//! The report as Markdown, whatever the user's template is like.

use crate::diag::{Diagnostic, Level};
use crate::model::Report;
use crate::report::{self, Form, Options, RenderError, Templates};

/// The report as Markdown. A template of the user's that is wrong must not keep the verdict from the author of a pull
/// request, so the embedded one takes its place, with a warning.
///
/// # Errors
/// When the embedded template cannot be rendered either, or the gate's name is none.
pub(super) fn markdown(
    report: &Report,
    options: &Options,
) -> Result<(String, Option<Diagnostic>), RenderError> {
    let error = match report::render(report, Form::Markdown, options) {
        Ok(text) => return Ok((text, None)),
        Err(error) => error,
    };
    let of_template = matches!(error, RenderError::Template { .. } | RenderError::TooLong { .. });
    if options.templates.is_empty() || !of_template {
        return Err(error);
    }
    let mut warning = error.to_diagnostic();
    warning.level = Level::Warning;
    let embedded = Options { templates: Templates::new(), ..options.clone() };
    Ok((report::render(report, Form::Markdown, &embedded)?, Some(warning)))
}
