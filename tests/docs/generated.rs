//! Pages that are made from the code.

use std::fs;
use std::path::Path;

use benchgate::diag::Code;
use benchgate::ingest;

use crate::root;

#[test]
fn the_list_of_formats_is_current() {
    let mut text = String::from(
        "# Input formats\n\nGenerated from the formats themselves; `benchgate explain FORMAT` prints the same. `--format auto`, the default, finds\nout by content which one a path holds.\n",
    );
    for format in ingest::formats() {
        text.push_str(&format!("\n## `{}`\n\n{}\n", format.name(), format.about().trim()));
    }
    current("docs/formats.md", &text);
}

#[test]
fn the_list_of_diagnostics_is_current() {
    let mut text = String::from(
        "# Diagnostics\n\nEach diagnostic ends in its name in brackets; `benchgate explain NAME` prints what stands here.\n",
    );
    for code in Code::ALL {
        let lines: Vec<&str> = code.explanation().lines().map(str::trim).collect();
        text.push_str(&format!("\n## `{code}`\n\n{}\n", lines.join("\n")));
    }
    current("docs/diagnostics.md", &text);
}

/// That a generated file is what the code says; `BENCHGATE_UPDATE=1` writes it.
pub(crate) fn current(file: &str, expected: &str) {
    let path = root().join(Path::new(file));
    if std::env::var_os("BENCHGATE_UPDATE").is_some() {
        fs::write(&path, expected).expect("a writable file");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{file} is not current; `BENCHGATE_UPDATE=1 cargo test --test docs` writes it"
    );
}
