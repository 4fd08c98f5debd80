//! Files read as a whole, and the places that parsers complain about.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::de::DeserializeOwned;

use crate::diag::{Code, Diagnostic, visible};

/// The longest file that is read as a whole, in bytes; real ones have kilobytes.
const LONGEST: u64 = 64 << 20;

/// How many characters of a line an excerpt shows.
const EXCERPT: usize = 200;

/// Words of the JSON library, and those that people know.
const WORDS: &[(&str, &str)] = &[
    ("invalid type: sequence", "invalid type: array"),
    ("invalid type: map", "invalid type: object"),
    ("expected a sequence", "expected an array"),
    ("expected a map", "expected an object"),
    ("expected u32", "expected a whole number of 0 or more"),
    ("expected u64", "expected a whole number of 0 or more"),
];

/// The UTF-8 byte order mark.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// A path as the user named it, with `/` between its parts.
pub(super) fn shown(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
        if !text.is_empty() && !text.ends_with('/') {
            text.push('/');
        }
        match part {
            Component::RootDir => text.push('/'),
            other => text.push_str(&other.as_os_str().to_string_lossy()),
        }
    }
    text
}

/// The error for a path that cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    let help = if error.kind() == io::ErrorKind::NotFound {
        "check the path; a benchmark run that failed writes nothing"
    } else {
        "check that the file can be read"
    };
    Diagnostic::error(Code::Unreadable, format!("cannot read: {}", visible(&error.to_string())))
        .file(shown(path))
        .help(help)
}

/// Reads a file as a whole, without its byte order mark, and what the system knows of it.
///
/// # Errors
/// A diagnostic where it cannot be read or is far too long.
fn read(path: &Path) -> Result<(Vec<u8>, Metadata), Diagnostic> {
    let mut bytes = Vec::new();
    let metadata = File::open(path)
        .and_then(|file| {
            let metadata = file.metadata()?;
            // A file that knows its length is read in one go; others are read until they end.
            let length = Some(metadata.len()).filter(|&length| metadata.is_file() && length > 0);
            let most = length.unwrap_or(u64::MAX).min(LONGEST + 1);
            bytes.reserve_exact(length.map_or(0, |_| most as usize));
            file.take(most).read_to_end(&mut bytes)?;
            Ok(metadata)
        })
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Diagnostic::error(Code::Malformed, "is longer than 64 MiB")
            .file(shown(path))
            .help("remove the file; no harness writes one so long"));
    }
    if bytes.starts_with(BOM) {
        bytes.drain(..BOM.len());
    }
    Ok((bytes, metadata))
}

/// Reads a JSON document.
///
/// # Errors
/// A diagnostic with the place where the document is not what it should be.
pub(super) fn json<T: DeserializeOwned>(path: &Path, help: &str) -> Result<T, Diagnostic> {
    json_and_metadata(path, help).map(|(document, _)| document)
}

/// Reads a JSON document, and what the system knows of its file.
///
/// # Errors
/// As [`json`].
pub(super) fn json_and_metadata<T: DeserializeOwned>(
    path: &Path,
    help: &str,
) -> Result<(T, Metadata), Diagnostic> {
    let (bytes, metadata) = read(path)?;
    let document = serde_json::from_slice(&bytes).map_err(|error| {
        let number = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
        let line = bytes.split(|&b| b == b'\n').nth(error.line().saturating_sub(1));
        let text = String::from_utf8_lossy(line.unwrap_or_default());
        let at = error.column().saturating_sub(1);
        located(Code::Malformed, &shown(path), number, &text, at, reason(&error)).help(help)
    })?;
    Ok((document, metadata))
}

/// What a JSON error says, without its place.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    let mut text = visible(text.get(..end).unwrap_or_default());
    for (rust, json) in WORDS {
        text = text.replace(rust, json);
    }
    if let Some((end, _)) = text.char_indices().nth(EXCERPT) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// An error at byte `at` of a line, with the text around it.
pub(super) fn located(
    code: Code,
    file: &str,
    number: u32,
    line: &str,
    at: usize,
    message: impl Into<String>,
) -> Diagnostic {
    let before = line.char_indices().take_while(|&(i, c)| i + c.len_utf8() <= at).count();
    let column = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
    let skipped = if before < EXCERPT * 3 / 4 { 0 } else { before - EXCERPT / 2 };
    let mut text = String::new();
    let mut span = 0..0;
    if skipped > 0 {
        text.push('…');
    }
    for (i, c) in line.chars().enumerate().skip(skipped).take(EXCERPT) {
        if i == before {
            span = text.len()..text.len() + c.len_utf8();
        }
        text.push(c);
    }
    if span.is_empty() {
        span = text.len()..text.len();
    }
    if line.chars().nth(skipped + EXCERPT).is_some() {
        text.push('…');
    }
    Diagnostic::error(code, message).file(file).at(number, column).excerpt(text, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_hold_the_place_of_a_long_line() {
        let line = format!("{}X{}", "é".repeat(1_000), "z".repeat(1_000));
        let diagnostic = located(Code::BadLine, "a", 7, &line, 2_000, "odd");
        assert_eq!((diagnostic.line, diagnostic.column), (Some(7), Some(1_001)));
        let excerpt = diagnostic.excerpt.unwrap();
        assert_eq!(&excerpt.text[excerpt.span], "X");
        assert_eq!(excerpt.text.chars().count(), 202);
    }

    #[test]
    fn places_behind_the_line_and_inside_a_character_are_no_trouble() {
        for at in 0..10 {
            let diagnostic = located(Code::BadLine, "a", 1, "aé\u{1f600}", at, "odd");
            let excerpt = diagnostic.excerpt.unwrap();
            assert!(excerpt.text.get(excerpt.span).is_some());
        }
    }
}
