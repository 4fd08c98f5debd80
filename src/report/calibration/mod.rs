//! A finished [`Calibration`] in the forms that people and programs read.

mod advice;
mod plot;
mod table;
#[cfg(test)]
mod tests;
mod text;

use super::RenderError;
use crate::model::Calibration;

/// A form that a calibration can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// For a terminal.
    Text,
    /// The calibration itself: schema 1.
    Json,
    /// Detection against size of change, as a picture for light and dark pages without anything from outside.
    Svg,
}

impl Form {
    /// Every form with its name on the command line.
    pub const ALL: &'static [(Self, &'static str)] =
        &[(Self::Text, "text"), (Self::Json, "json"), (Self::Svg, "svg")];

    /// The form of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|&(form, _)| form)
    }
}

/// How to write a calibration as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether there are ANSI colours.
    pub colour: bool,
    /// Whether every benchmark is listed, not only the noisiest.
    pub verbose: bool,
    /// Whether only the headlines are written.
    pub brief: bool,
}

/// Writes a calibration in one form. The same calibration gives the same bytes.
///
/// # Errors
/// When the calibration holds a number that is not finite.
pub fn render(calibration: &Calibration, form: Form, look: Look) -> Result<String, RenderError> {
    match form {
        Form::Text => Ok(text::render(calibration, look)),
        Form::Json => json(calibration),
        Form::Svg => plot::render(calibration),
    }
}

fn json(calibration: &Calibration) -> Result<String, RenderError> {
    serde_json::to_string_pretty(calibration)
        .map(|text| text + "\n")
        .map_err(|error| RenderError::Unwritable(error.to_string()))
}
