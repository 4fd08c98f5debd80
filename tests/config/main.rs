//! The configuration file: what is read, what is refused, and how that looks.

#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod accepted;
mod documents;
mod properties;
mod refused;

use benchgate::config::Config;
use benchgate::diag::render;

/// Reads a text that must be without mistakes.
fn accepted(text: &str) -> Config {
    Config::parse("benchgate.yml", text, None)
        .unwrap_or_else(|_| panic!("{text}\n----\n{}", refused(text)))
}

/// Every mistake of a text as a person sees it.
fn refused(text: &str) -> String {
    let diagnostics = Config::parse("benchgate.yml", text, None).expect_err("a text with mistakes");
    let shown: Vec<String> = diagnostics.iter().map(|d| render(d, false)).collect();
    shown.join("\n\n")
}
