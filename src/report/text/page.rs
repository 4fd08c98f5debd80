//! Lines, wrapped paragraphs and tables of a given width, with or without colours.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::report::escape;

/// Widths of the picture of an interval, from most to least; below the least there is none.
const PICTURES: [usize; 4] = [36, 24, 16, 12];
/// A name is not cut below this for the sake of another column.
const NAME: usize = 20;
/// Between columns.
pub(super) const GAP: usize = 2;
/// Narrower terminals are treated as this.
const NARROWEST: usize = 20;

/// Text with its style.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(super) fn new(text: String, style: Style) -> Self {
        Self { text, style }
    }

    pub(super) fn plain(text: String) -> Self {
        Self::new(text, Style::new())
    }
}

/// What has been written so far.
#[derive(Debug)]
pub(in crate::report) struct Page {
    width: usize,
    colour: bool,
    pictures: bool,
    out: String,
}

impl Page {
    pub(in crate::report) fn new(width: usize, colour: bool) -> Self {
        Self { width: width.max(NARROWEST), colour, pictures: false, out: String::new() }
    }

    pub(in crate::report) fn finish(self) -> String {
        self.out
    }

    /// Whether any table had room for pictures.
    pub(super) fn has_pictures(&self) -> bool {
        self.pictures
    }

    /// Columns of the terminal.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn painted(&self, style: Style, text: &str) -> String {
        if self.colour && style != Style::new() && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// One line, however long.
    pub(in crate::report) fn line(&mut self, style: Style, text: &str) {
        // Two harmless pieces can make a command of a runner together, where one ends and the other begins with a colon.
        let painted = self.painted(style, &escape::commandless(text.trim_end()));
        self.out.push_str(&painted);
        self.out.push('\n');
    }

    /// An empty line, never two.
    pub(in crate::report) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A line that names what follows.
    pub(in crate::report) fn heading(&mut self, text: &str) {
        self.gap();
        self.wrapped(Style::new().bold(), text, 2);
    }

    /// A paragraph, broken between words; lines after the first are indented.
    pub(in crate::report) fn wrapped(&mut self, style: Style, text: &str, indent: usize) {
        let lead = text.len() - text.trim_start().len();
        let mut line = " ".repeat(lead);
        let mut empty = true;
        for word in text.split_whitespace() {
            if !empty && line.width() + 1 + word.width() > self.width {
                self.line(style, &line);
                line = " ".repeat(indent);
                line.push_str(word);
                continue;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        self.line(style, &line);
    }

    /// A table of label, name, base, head and change, with a picture where there is room for one.
    ///
    /// What does not fit goes in this order: the picture becomes narrower, then it goes; base and head go; the name
    /// is cut.
    pub(super) fn table(
        &mut self,
        titles: [&str; 5],
        rows: &[[Cell; 5]],
        scale: &str,
        pictures: impl Fn(usize) -> Vec<String>,
    ) {
        let mut widths = titles.map(UnicodeWidthStr::width);
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.text.width());
            }
        }
        let [label, name, base, head, change] = widths;
        let label = label.min(self.width / 3);
        let rest = |numbers: usize| self.width.saturating_sub(label + GAP + change + GAP + numbers);
        let numbers = base + GAP + head + GAP;
        let needed = name.min(NAME);
        let room = |picture: usize| rest(numbers).checked_sub(picture + 1 + GAP);
        let picture = PICTURES
            .into_iter()
            .find(|&picture| room(picture).is_some_and(|room| room >= name))
            .or_else(|| {
                PICTURES
                    .into_iter()
                    .rev()
                    .find(|&picture| room(picture).is_some_and(|room| room >= needed))
            });
        let (has_numbers, name_room) = match picture {
            Some(picture) => (true, room(picture).unwrap_or(needed)),
            None if rest(numbers) >= needed => (true, rest(numbers)),
            None => (false, rest(0)),
        };
        let name = name.min(name_room).max(1);
        self.pictures |= picture.is_some();
        let pictures = picture.map(pictures).unwrap_or_default();
        let widths = [label, name, base, head, change];

        let header = titles.map(|title| Cell::new(title.to_owned(), Style::new().dimmed()));
        let scale = picture
            .map_or("", |picture| if scale.width() <= picture + 1 { scale } else { "← · →" });
        self.row(&header, widths, has_numbers, scale);
        for (i, row) in rows.iter().enumerate() {
            self.row(row, widths, has_numbers, pictures.get(i).map_or("", String::as_str));
        }
    }

    fn row(&mut self, cells: &[Cell; 5], widths: [usize; 5], has_numbers: bool, picture: &str) {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if matches!(column, 2 | 3) && !has_numbers {
                continue;
            }
            let text = escape::terminal_cut(&cell.text, width);
            let padding = " ".repeat(width.saturating_sub(text.width()));
            let painted = self.painted(cell.style, &text);
            if column > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            // Label and name stand left, numbers right.
            if column < 2 {
                line.push_str(&(painted + &padding))
            } else {
                line.push_str(&(padding + &painted))
            }
        }
        if !picture.is_empty() {
            line.push_str(&" ".repeat(GAP));
            line.push_str(picture);
        }
        self.line(Style::new(), &line);
    }
}
