use annotate_snippets::{AnnotationKind, Group, Level as Shown, Renderer, Snippet};

use super::{Diagnostic, Level, visible};

/// One diagnostic for people: message, place, the text underlined, help.
///
/// Untrusted text in it is made visible first. `colour` adds ANSI colours.
#[must_use]
pub fn render(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.level {
        Level::Warning => Shown::WARNING,
        Level::Error => Shown::ERROR,
    };
    let title = format!("{} [{}]", visible(&diagnostic.message), diagnostic.code);
    let help = diagnostic.help.as_deref().map(visible);
    let file = diagnostic.file.as_deref().map(visible);
    let excerpt = diagnostic.excerpt.as_ref().map(shown);

    let mut group = Group::with_title(level.primary_title(title));
    if let Some(file) = &file {
        let line = diagnostic.line.unwrap_or(1) as usize;
        let column = diagnostic.column.map(|column| column as usize);
        let mut origin = annotate_snippets::Origin::path(file);
        if diagnostic.line.is_some() {
            origin = origin.line(line).char_column(column.unwrap_or(1));
        }
        if let Some((text, span)) = &excerpt {
            let shown = text.get(..span.start).map(|before| before.chars().count() + 1);
            let snippet = Snippet::source(text).line_start(line);
            // An excerpt from the middle of a line does not know its column.
            let snippet = if column.is_none() || column == shown {
                snippet.path(file)
            } else {
                group = group.element(origin);
                snippet
            };
            group = group.element(snippet.annotation(AnnotationKind::Primary.span(span.clone())));
        } else {
            group = group.element(origin);
        }
    }
    if let Some(help) = &help {
        group = group.element(Shown::HELP.message(help));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    // A runner of GitHub Actions takes `##[…]` for a command wherever it stands in a line.
    renderer.render(&[group]).replace("##[", "##\\u{5b}")
}

/// The excerpt made visible, the span moved along.
fn shown(excerpt: &super::Excerpt) -> (String, std::ops::Range<usize>) {
    let cut = |at: usize| {
        (0..=at.min(excerpt.text.len()))
            .rev()
            .find(|&i| excerpt.text.is_char_boundary(i))
            .unwrap_or(0)
    };
    let (start, end) = (cut(excerpt.span.start), cut(excerpt.span.end));
    let before = visible(excerpt.text.get(..start).unwrap_or_default());
    let inside = visible(excerpt.text.get(start..end).unwrap_or_default());
    let after = visible(excerpt.text.get(end..).unwrap_or_default());
    let span = before.len()..before.len() + inside.len();
    (before + &inside + &after, span)
}
