//! Templates: those that are embedded, those of the user, and what is said where one is wrong.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use super::RenderError;
use crate::diag::{quoted, suggest};

/// Templates that replace or extend the embedded ones, by their names, e.g. `comment.md.j2`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates(BTreeMap<String, Template>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Template {
    source: String,
    file: String,
}

impl Templates {
    /// None: the embedded ones are used.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one in place of another of its name; `file` is where it was read, for messages.
    pub fn insert(
        &mut self,
        name: impl Into<String>,
        file: impl Into<String>,
        source: impl Into<String>,
    ) {
        self.0.insert(name.into(), Template { source: source.into(), file: file.into() });
    }

    /// Each name with its source.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, template)| (name.as_str(), template.source.as_str()))
    }

    /// Where a template was read; an embedded one has its name only.
    fn file<'t>(&'t self, name: &'t str) -> &'t str {
        self.0.get(name).map_or(name, |template| template.file.as_str())
    }
}

/// The engine with the embedded templates, those of the user over them.
///
/// # Errors
/// When a template is no template, with file and line.
pub(super) fn environment<'t>(
    embedded: &[(&'t str, &'t str)],
    own: &'t Templates,
    escape: AutoEscape,
) -> Result<Environment<'t>, RenderError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(move |_| escape.clone());
    let main = embedded.first().map_or("", |(name, _)| *name);
    let wrong = |error: &minijinja::Error| describe(error, own, main, None);
    let mut syntax = environment.syntax().to_builder();
    let syntax = syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(|error| wrong(&error))?);
    environment.add_filter("thousands", super::words::thousands);
    environment.set_recursion_limit(50);
    for (name, source) in embedded.iter().copied().chain(own.sources()) {
        environment.add_template(name, source).map_err(|error| wrong(&error))?;
    }
    Ok(environment)
}

/// What is wrong with a template: file, line, and the names that there are where one is not known.
///
/// `main` is the template that was rendered, `context` what it was rendered with.
pub(super) fn describe(
    error: &minijinja::Error,
    own: &Templates,
    main: &str,
    context: Option<&Value>,
) -> RenderError {
    // An error in an included template is the cause of one in the template that includes it.
    let mut inner = error;
    while let Some(source) = std::error::Error::source(inner).and_then(|s| s.downcast_ref()) {
        inner = source;
    }
    let message = match inner.detail() {
        Some(detail) => format!("{}: {detail}", inner.kind()),
        None => inner.kind().to_string(),
    };
    let help = match (inner.kind(), inner.detail(), context) {
        (ErrorKind::UndefinedError, Some(detail), Some(context)) => names(detail, context),
        _ => None,
    };
    RenderError::Template {
        name: own.file(inner.name().unwrap_or(main)).to_owned(),
        line: inner.line().and_then(|line| u32::try_from(line).ok()),
        message,
        help,
    }
}

/// The names that exist where `a.b.c` is not defined.
fn names(detail: &str, context: &Value) -> Option<String> {
    let path = detail.split('`').nth(1)?;
    let (parent, wanted) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = context.clone();
    for part in parent.split('.').filter(|part| !part.is_empty()) {
        place = place.get_attr(part).ok()?;
    }
    let mut names: Vec<String> =
        place.try_iter().ok()?.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    names.sort_unstable();
    if names.is_empty() {
        return None;
    }
    let of = if parent.is_empty() { String::new() } else { format!(" of {}", quoted(parent)) };
    let all = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let near = suggest(wanted, names.iter().map(String::as_str))
        .map_or(String::new(), |near| format!("did you mean `{near}`? "));
    Some(format!("{near}the names{of} are {all}"))
}
