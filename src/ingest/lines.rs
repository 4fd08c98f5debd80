//! Files of lines, read in batches so that their size does not matter.

use std::fs::File;
use std::io::{self, Read};
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

/// Hands the lines of a file to `each`, a batch at a time, and says what cannot be read. The next batch is read
/// meanwhile.
pub(super) fn batches(
    path: &Path,
    output: &Output<'_>,
    each: &mut (dyn FnMut(&[Line<'_>]) + Send),
) {
    let opened =
        path.metadata().and_then(|kind| refuse_pipe(&kind)).and_then(|()| File::open(path));
    let mut batches = match opened {
        Ok(file) => Batches { file, begun: Vec::new(), ended: false },
        Err(error) => return output.say(unreadable(path, &error)),
    };
    let mut number = 1;
    let mut next = batches.next();
    loop {
        let bytes = match next {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return,
            Err(Stop::System(error)) => return output.say(unreadable(path, &error)),
            Err(Stop::LongLine) => {
                let error = Diagnostic::error(Code::BadLine, "the line is longer than 64 MiB")
                    .file(shown(path))
                    .at(number, 1)
                    .help("write one JSON object a line");
                return output.say(error);
            }
        };
        let lines = split(&bytes, &mut number);
        ((), next) = rayon::join(|| each(&lines), || batches.next());
    }
}

/// A file as batches of whole lines.
struct Batches {
    file: File,
    /// The line that the last batch broke off.
    begun: Vec<u8>,
    ended: bool,
}

/// Why a file is not read on.
enum Stop {
    System(io::Error),
    LongLine,
}

impl Batches {
    /// The next batch; `None` behind the last.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Stop> {
        if self.ended {
            return Ok(None);
        }
        let mut bytes = std::mem::take(&mut self.begun);
        loop {
            let before = bytes.len();
            bytes.reserve(BATCH);
            let read = self.file.by_ref().take(BATCH as u64).read_to_end(&mut bytes);
            self.ended = read.map_err(Stop::System)? < BATCH;
            if self.ended {
                return Ok(Some(bytes));
            }
            // What was begun before holds no end of a line.
            let fresh = bytes.get(before..).unwrap_or_default();
            if let Some(last) = memchr::memrchr(b'\n', fresh) {
                self.begun = bytes.split_off(before + last + 1);
                return Ok(Some(bytes));
            }
            if bytes.len() > LONGEST_LINE {
                return Err(Stop::LongLine);
            }
        }
    }
}

/// The lines that are not blank; `number` is that of the first line and becomes that of the next batch.
pub(super) fn split<'a>(bytes: &'a [u8], number: &mut u32) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest);
        let (line, behind) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        let ended = end.is_some();
        rest = behind;
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
