//! Files of lines, read in batches so that their size does not matter.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::document::{BOM, located, shown, unreadable};
use super::format::Output;
use super::probe::refuse_pipe;
use crate::diag::{Code, Diagnostic};

/// How much of a file is held at once, in bytes.
const BATCH: usize = 4 << 20;

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 64 << 20;

/// One line that is not blank, without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: u32,
    /// What stands in it.
    pub(super) bytes: &'a [u8],
    /// Whether an end of line follows.
    pub(super) ended: bool,
}

impl<'a> Line<'a> {
    /// The text.
    ///
    /// # Errors
    /// A diagnostic where it is not UTF-8.
    pub(super) fn text(self, file: &str) -> Result<&'a str, Diagnostic> {
        std::str::from_utf8(self.bytes).map_err(|error| {
            let text = String::from_utf8_lossy(self.bytes);
            let at = error.valid_up_to();
            located(Code::BadLine, file, self.number, &text, at, "not UTF-8")
                .help("write the file in UTF-8")
        })
    }
}

/// Hands the lines of a file to `each`, a batch at a time, and says what cannot be read.
pub(super) fn batches(path: &Path, output: &Output<'_>, each: &mut dyn FnMut(&[Line<'_>])) {
    let opened =
        path.metadata().and_then(|kind| refuse_pipe(&kind)).and_then(|()| File::open(path));
    let mut file = match opened {
        Ok(file) => file,
        Err(error) => return output.say(unreadable(path, &error)),
    };
    let mut buffer = Vec::with_capacity(BATCH);
    let mut number = 1;
    loop {
        let before = buffer.len();
        match file.by_ref().take(BATCH as u64).read_to_end(&mut buffer) {
            Ok(_) => {}
            Err(error) => return output.say(unreadable(path, &error)),
        }
        let at_end = buffer.len() < before + BATCH;
        // What is left of the last batch holds no end of a line.
        let fresh = buffer.get(before..).unwrap_or_default();
        let whole = match fresh.iter().rposition(|&b| b == b'\n') {
            _ if at_end => buffer.len(),
            Some(last) => before + last + 1,
            None => 0,
        };
        let (ready, rest) = buffer.split_at(whole);
        if !ready.is_empty() {
            each(&split(ready, &mut number));
        }
        if at_end {
            return;
        }
        if rest.len() > LONGEST_LINE {
            let error = Diagnostic::error(Code::BadLine, "the line is longer than 64 MiB")
                .file(shown(path))
                .at(number, 1)
                .help("write one JSON object a line");
            return output.say(error);
        }
        buffer.drain(..whole);
    }
}

/// The lines that are not blank; `number` is that of the first line and becomes that of the next batch.
pub(super) fn split<'a>(bytes: &'a [u8], number: &mut u32) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let ended = line.ends_with(b"\n");
        let line = if *number == 1 { line.strip_prefix(BOM).unwrap_or(line) } else { line };
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.trim_ascii().is_empty() {
            lines.push(Line { number: *number, bytes: line, ended });
        }
        if ended {
            *number = number.saturating_add(1);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Diagnostics;

    #[test]
    fn lines_keep_their_numbers_across_blank_lines_and_batches() {
        let mut number = 1;
        let lines = split(b"\xef\xbb\xbf{}\r\n\n  \n{1}", &mut number);
        let shown: Vec<_> = lines.iter().map(|l| (l.number, l.bytes, l.ended)).collect();
        assert_eq!(shown, [(1, &b"{}"[..], true), (4, &b"{1}"[..], false)]);
        assert_eq!(number, 4);
    }

    #[test]
    fn a_file_longer_than_a_batch_comes_in_several_without_loss() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("long.jsonl");
        let line = "x".repeat(999);
        std::fs::write(&path, format!("{line}\n").repeat(10_000)).unwrap();
        let diagnostics = Diagnostics::new();
        let output = Output::new(&|_| {}, &diagnostics);
        let (mut calls, mut seen) = (0, 0);
        batches(&path, &output, &mut |lines| {
            calls += 1;
            for found in lines {
                seen += 1;
                assert_eq!(found.number, seen);
                assert_eq!(found.bytes, line.as_bytes());
            }
        });
        assert_eq!(seen, 10_000);
        assert!(calls >= 3);
    }
}
