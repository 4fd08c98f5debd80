//! One self-contained page, from a minijinja template that the user can replace.
//!
//! Everything that decides is there without JavaScript: verdict, findings, the tables of the rules with their plots,
//! and every comparison with its interval. The script sorts, filters, and draws the plots of a benchmark when it is
//! opened, from numbers that the page holds as JSON; so that ten thousand benchmarks open at once. The page loads
//! nothing: its policy (`Content-Security-Policy`) allows its own script and style by their hashes, and nothing else.

mod curve;
mod data;
mod facts;
mod page;
mod picture;
mod rows;
mod table;
#[cfg(test)]
mod tests;

use base64::Engine;
use minijinja::{AutoEscape, Value, context};
use sha2::{Digest, Sha256};

use super::view::View;
use super::{Options, RenderError, template};
use crate::model::Report;

/// The template that is rendered.
pub(super) const PAGE: &str = "report.html.j2";
/// The templates that are embedded.
const EMBEDDED: &[(&str, &str)] = &[
    (PAGE, include_str!("../../../templates/report.html.j2")),
    ("report.parts.html.j2", include_str!("../../../templates/report.parts.html.j2")),
];
const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

pub(super) fn render(report: &Report, options: &Options) -> Result<String, RenderError> {
    let environment = template::environment(EMBEDDED, &options.templates, AutoEscape::Html)?;
    let wrong = |error: &minijinja::Error, context: Option<&Value>| {
        template::describe(error, &options.templates, PAGE, context)
    };
    let template = environment.get_template(PAGE).map_err(|error| wrong(&error, None))?;
    let page = page::page(&View::new(report), options);
    template.render(&page).map_err(|error| wrong(&error, Some(&page)))
}

/// The style and the script, with what the policy calls them.
fn assets() -> Value {
    context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => Value::from_safe_string(hash(STYLE)),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        script_hash => Value::from_safe_string(hash(SCRIPT)),
    }
}

/// How a policy names a script or a style that may be in the page.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(digest))
}
