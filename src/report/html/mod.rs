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

use base64::Engine;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use sha2::{Digest, Sha256};

use super::view::View;
use super::{Options, RenderError, markdown};
use crate::model::Report;

/// The template that is rendered.
const PAGE: &str = "report.html.j2";
/// The templates that are embedded.
const EMBEDDED: &[(&str, &str)] = &[
    (PAGE, include_str!("../../../templates/report.html.j2")),
    ("report.parts.html.j2", include_str!("../../../templates/report.parts.html.j2")),
];
const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

pub(super) fn render(report: &Report, options: &Options) -> Result<String, RenderError> {
    let wrong = |error: minijinja::Error| super::template::describe(&error, &options.templates, "report.html.j2", None);
    let environment = environment(options).map_err(wrong)?;
    let template = environment.get_template(PAGE).map_err(wrong)?;
    let view = View::new(report);
    let assets = context! {
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => hash(STYLE),
        script => Value::from_safe_string(SCRIPT.to_owned()),
        script_hash => hash(SCRIPT),
    };
    let page = context! { ..page::page(&view, options), ..assets };
    template.render(page).map_err(wrong)
}

fn environment(options: &Options) -> Result<Environment<'_>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = environment.syntax().to_builder();
    let syntax = { syntax }.trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    environment.add_filter("thousands", super::words::thousands);
    environment.set_recursion_limit(50);
    let own = options.templates.sources();
    for (name, source) in EMBEDDED.iter().copied().chain(own) {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// How a policy names a script or a style that may be in the page.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(digest))
}
