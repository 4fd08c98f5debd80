//! The text of a configuration file, cut into lines to be shown.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use crate::diag::Place;

/// The file: its name and its lines.
pub(super) struct Source<'a> {
    name: Arc<str>,
    text: &'a str,
    lines: Vec<Line>,
}

struct Line {
    /// The bytes it takes up without its line break.
    range: Range<usize>,
    /// Its text, once it was asked for: many places share it.
    shown: OnceCell<Arc<str>>,
}

impl<'a> Source<'a> {
    /// Cuts the text into lines.
    pub(super) fn new(name: &str, text: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            lines.push(Line { range: start..start + bare.len(), shown: OnceCell::new() });
            start += line.len();
        }
        if lines.is_empty() {
            lines.push(Line { range: 0..0, shown: OnceCell::new() });
        }
        Self { name: name.into(), text, lines }
    }

    /// The whole text.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The byte at a line and a column in characters, both from 1; the nearest one where there is no such place.
    pub(super) fn offset(&self, line: u64, column: u64) -> usize {
        let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(Line { range, .. }) = self.lines.get(index).or(self.lines.last()) else {
            return 0;
        };
        if index >= self.lines.len() {
            return range.end;
        }
        let skip = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        let text = self.text.get(range.clone()).unwrap_or_default();
        range.start + text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at)
    }

    /// The line from 1 that a byte stands on.
    pub(super) fn line(&self, byte: usize) -> u32 {
        u32::try_from(self.index(byte) + 1).unwrap_or(u32::MAX)
    }

    fn index(&self, byte: usize) -> usize {
        self.lines.partition_point(|line| line.range.start <= byte).saturating_sub(1)
    }

    /// Where these bytes stand. Of a value that goes over several lines the first one is underlined.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        let Some(Line { range, shown }) = self.lines.get(self.index(span.start)) else {
            return Place { file: self.name.clone(), line: 1, column: 1, ..Place::default() };
        };
        let whole = self.text.get(range.clone()).unwrap_or_default();
        let start = floor(whole, span.start.saturating_sub(range.start));
        let end = floor(whole, span.end.min(range.end).saturating_sub(range.start));
        let mut inside = whole.get(start..end).unwrap_or_default();
        if span.end > range.end {
            inside = inside.trim_end();
        }
        let column = whole.get(..start).unwrap_or_default().chars().count() + 1;
        Place {
            file: self.name.clone(),
            line: self.line(span.start),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            text: shown.get_or_init(|| whole.into()).clone(),
            span: start..start + inside.len(),
        }
    }
}

/// The nearest character boundary at or before a byte.
pub(super) fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
