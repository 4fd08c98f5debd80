//! The tables of the rules for a terminal.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::page::{GAP, Page};
use super::{colour, more, severity_style};
use crate::model::{Severity, Status, TableRow};
use crate::report::escape;
use crate::report::phrase::Phrase;
use crate::report::view::{Line, Section, most_important};

/// A name is not cut below this for the sake of other columns.
const NAME: usize = 16;

/// A table with its heading; rows that are met leave before others where there are too many.
pub(super) fn section(page: &mut Page, section: &Section<'_>, most: usize) {
    page.heading(&section.summary().plain());
    let places = most_important(section, most);
    let lines: Vec<&Line<'_>> =
        places.into_iter().filter_map(|place| section.rows.get(place)).collect();
    if !lines.is_empty() {
        let grid = Grid { section, lines: &lines };
        let written = grid.fitting(page, true) || grid.fitting(page, false);
        if !written {
            grid.records(page);
        }
    }
    more(page, section.rows.len() - lines.len(), "rows");
    for note in &section.notes {
        page.wrapped(Style::new(), &format!("  {}", note.plain()), 4);
    }
}

/// Rows of a section that are shown.
struct Grid<'g, 'a> {
    section: &'g Section<'a>,
    lines: &'g [&'g Line<'a>],
}

impl Grid<'_, '_> {
    /// Writes the rows in columns, if they fit; the widest name may be cut for it.
    fn fitting(&self, page: &mut Page, full: bool) -> bool {
        let columns = &self.section.columns;
        let texts: Vec<Vec<String>> = self
            .lines
            .iter()
            .map(|line| {
                let words = line.cells.iter().map(|w| if full { &w.full } else { &w.short });
                words.map(Phrase::plain).collect()
            })
            .collect();
        let titles: Vec<String> = columns.iter().map(|head| head.title.plain()).collect();
        let mut widths: Vec<usize> = titles.iter().map(|title| title.width()).collect();
        for row in &texts {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = (*width).max(text.width());
            }
        }
        let needed = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let over = needed.saturating_sub(page.width());
        if over > 0 {
            // Intervals go before names are cut.
            let widest = widths
                .iter_mut()
                .zip(columns)
                .filter(|(_, head)| !head.right)
                .map(|(width, _)| width)
                .max();
            match widest {
                Some(width) if !full && *width >= NAME + over => *width -= over,
                _ => return false,
            }
        }
        let dimmed = vec![Style::new().dimmed(); widths.len()];
        self.row(page, &titles, &widths, &dimmed);
        for (line, texts) in self.lines.iter().zip(&texts) {
            let styles: Vec<Style> = columns
                .iter()
                .map(|head| if head.key == "status" { style(line.row) } else { Style::new() })
                .collect();
            self.row(page, texts, &widths, &styles);
        }
        true
    }

    fn row(&self, page: &mut Page, texts: &[String], widths: &[usize], styles: &[Style]) {
        let mut out = String::new();
        let cells = texts.iter().zip(widths).zip(styles).zip(&self.section.columns);
        for (column, (((text, &width), &style), head)) in cells.enumerate() {
            let text = escape::terminal_cut(text, width);
            let padding = " ".repeat(width.saturating_sub(text.width()));
            let painted = page.painted(style, &text);
            if column > 0 {
                out.push_str(&" ".repeat(GAP));
            }
            out.push_str(&if head.right { padding + &painted } else { painted + &padding });
        }
        page.line(Style::new(), &out);
    }

    /// Writes each row as a paragraph, for a terminal too narrow for columns.
    fn records(&self, page: &mut Page) {
        for line in self.lines {
            let cells = line.cells.iter().zip(&self.section.columns).enumerate();
            let mut parts = Vec::new();
            let mut first = Phrase::new();
            for (column, (written, head)) in cells {
                if written.full.is_empty() {
                    continue;
                }
                match (column, head.key.as_str()) {
                    (0, _) => first = written.full.clone(),
                    (_, "status") => parts.push(written.full.clone()),
                    _ => parts.push(head.word.clone().text(" ").then(written.full.clone())),
                }
            }
            let text = match first.is_empty() {
                true => Phrase::join(parts, ", "),
                false => first.text(": ").then(Phrase::join(parts, ", ")),
            };
            page.wrapped(style(line.row), &format!("  {}", text.plain()), 4);
        }
    }
}

fn style(row: &TableRow) -> Style {
    match row.status {
        None => Style::new(),
        Some(Status::Met) => colour(AnsiColor::Green),
        Some(Status::Unproven) => colour(AnsiColor::Magenta),
        Some(Status::Close | Status::Missed | Status::NotMeasured) => match row.severity {
            Severity::None => colour(AnsiColor::Yellow),
            severity => severity_style(severity),
        },
    }
}
