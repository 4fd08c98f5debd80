//! A first look at a path, for formats to recognise what is theirs.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::criterion::is_too_large;
use super::document::BOM;

/// How much of a file is looked at, in bytes.
const HEAD: u64 = 64 << 10;

/// A path and, where it is a file, its beginning.
#[derive(Clone, Debug)]
pub struct Probe {
    path: PathBuf,
    head: Option<Vec<u8>>,
    whole: bool,
}

/// What a path that no format recognises looks like, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NearMiss {
    /// A fragment that ends `it …`.
    pub(super) saw: &'static str,
    /// A sentence.
    pub(super) help: &'static str,
}

/// Refuses what is neither a file nor a directory: looking into a pipe takes away what is read afterwards, and waits for
/// as long as nobody writes; a device may never end.
///
/// # Errors
/// It is a pipe, a socket or a device.
pub(super) fn refuse_pipe(kind: &Metadata) -> io::Result<()> {
    if kind.is_file() || kind.is_dir() {
        return Ok(());
    }
    let message = "neither a file nor a directory; write the results to a file";
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

impl Probe {
    /// Takes a look.
    ///
    /// # Errors
    /// The path does not exist or cannot be read.
    pub fn new(path: &Path) -> io::Result<Self> {
        let path = path.to_owned();
        let kind = path.metadata()?;
        if kind.is_dir() {
            return Ok(Self { path, head: None, whole: false });
        }
        refuse_pipe(&kind)?;
        let mut head = Vec::new();
        File::open(&path)?.take(HEAD + 1).read_to_end(&mut head)?;
        let whole = head.len() as u64 <= HEAD;
        Ok(Self { path, head: Some(head), whole })
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.head.is_none()
    }

    /// The first 64 KiB of a file, without its byte order mark; nothing for a directory.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        let head = self.head.as_deref().unwrap_or_default();
        head.strip_prefix(BOM).unwrap_or(head)
    }

    /// The lines of the first 64 KiB that are not blank, without one that is cut off there.
    #[must_use]
    pub fn lines(&self) -> Vec<&[u8]> {
        let mut lines: Vec<_> = self.head().split(|&b| b == b'\n').collect();
        if !self.whole && lines.len() > 1 {
            lines.pop();
        }
        lines.retain(|line| !line.trim_ascii().is_empty());
        lines
    }

    /// Whether the name ends so, in any case.
    #[must_use]
    pub fn extension_is(&self, extensions: &[&str]) -> bool {
        let own = self.path.extension().and_then(|extension| extension.to_str());
        own.is_some_and(|own| extensions.iter().any(|known| own.eq_ignore_ascii_case(known)))
    }

    /// Whether it is `runset.json` or `runs.jsonl` of a run set.
    pub(super) fn is_run_set_file(&self) -> bool {
        let head = String::from_utf8_lossy(self.head());
        let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let all = |text: &str, keys: &[&str]| keys.iter().all(|key| text.contains(key));
        (head.trim_start().starts_with('{')
            && all(first, &["\"side\"", "\"block\"", "\"benchmark\""]))
            || (self.path.file_name().is_some_and(|name| name == "runset.json")
                && head.contains("\"schema\""))
    }

    /// Whether it is what `cargo criterion --message-format=json` prints.
    pub(super) fn is_cargo_criterion_messages(&self) -> bool {
        let head = String::from_utf8_lossy(self.head());
        head.contains("\"reason\":\"benchmark-complete\"")
            || head.contains("\"reason\": \"benchmark-complete\"")
    }

    /// Whether there is nothing in it: no file that is not hidden in the directory, no text in the file.
    pub(super) fn is_empty(&self) -> bool {
        if self.is_directory() {
            let mut files = WalkDir::new(&self.path).min_depth(1).into_iter();
            let hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
            return !files.any(|entry| {
                entry.map_or(true, |entry| !entry.file_type().is_dir() && !hidden(&entry))
            });
        }
        self.whole && self.head().trim_ascii().is_empty()
    }

    /// What it looks like, where that is known.
    pub(super) fn near_miss(&self) -> Option<NearMiss> {
        if self.is_directory() { self.near_directory() } else { self.near_file() }
    }

    fn near_directory(&self) -> Option<NearMiss> {
        let files = WalkDir::new(&self.path).max_depth(8).sort_by_file_name().into_iter();
        let cbor = files.take(20_000).flatten().any(|entry| entry.file_name() == "benchmark.cbor");
        if cbor {
            return Some(NearMiss {
                saw: "it holds data of `cargo criterion` (CBOR)",
                help: "run `cargo bench` instead of `cargo criterion`, then name `target/criterion`",
            });
        }
        if self.path.join("Cargo.toml").is_file() {
            return Some(NearMiss {
                saw: "it is a Cargo project without `target/criterion`",
                help: "run `cargo bench` first, or name the directory in which criterion wrote its results",
            });
        }
        is_too_large(&self.path).then_some(NearMiss {
            saw: "none of the first 100,000 files and directories in it is a result",
            help: "name the directory in which the results were written",
        })
    }

    fn near_file(&self) -> Option<NearMiss> {
        let head = self.head();
        let text = String::from_utf8_lossy(head);
        let trimmed = text.trim_start();
        let (saw, help) = if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            (
                "it is UTF-16 text",
                "write it in UTF-8; PowerShell's `>` needs `| Out-File -Encoding utf8`",
            )
        } else if head.starts_with(b"\x1f\x8b")
            || head.starts_with(b"PK\x03\x04")
            || head.starts_with(b"\x28\xb5\x2f\xfd")
        {
            ("it is compressed", "unpack it first")
        } else if self.is_cargo_criterion_messages() {
            (
                "it holds messages of `cargo criterion`",
                "run `cargo bench` instead, then name `target/criterion`",
            )
        } else if trimmed.starts_with('[') {
            ("it is a JSON array", "write one JSON object a line: `jq -c '.[]' FILE` does that")
        } else if trimmed.starts_with('{') {
            (
                "it begins with `{`, but no line is a JSON object of plain fields",
                "write one JSON object a line: `jq -c . FILE` does that",
            )
        } else if trimmed.contains("time:   [") {
            (
                "it is what criterion prints",
                "name the directory `target/criterion` instead: it holds the samples",
            )
        } else {
            return None;
        };
        Some(NearMiss { saw, help })
    }
}
