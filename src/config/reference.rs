//! The reference part of the documentation, made from the schema.

/// The keys of the configuration as Markdown.
#[must_use]
pub fn reference() -> String {
    String::new()
}
