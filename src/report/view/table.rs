//! The tables of the rules in the words that all forms share.

use super::cell::{Units, stands_right};
use super::severity_sign;
use crate::model::{Display, Report, Severity, Status, Table, TableRow};
use crate::report::phrase::Phrase;
use crate::report::words::thousands;

/// The key of the column that the view adds where rows ask for something.
const STATUS: &str = "status";
/// The key of the column that the view adds where rows carry the id of a requirement.
const REQUIREMENT: &str = "requirement";

/// A table, ready to be written.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    pub(crate) table: &'a Table,
    /// Its heading.
    pub(crate) title: Phrase,
    /// Its columns: those of the table, one for the status where rows have one, one for ids of requirements where no
    /// column has them.
    pub(crate) columns: Vec<Head>,
    /// Its rows in their order.
    pub(crate) rows: Vec<Line<'a>>,
    /// `5 of 6 met, 1 missed`; empty where nothing is asked for.
    pub(crate) tally: String,
    /// Sentences that it should be read with.
    pub(crate) notes: Vec<Phrase>,
}

/// The head of a column.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// The key of its cells in the table.
    pub(crate) key: String,
    pub(crate) title: Phrase,
    /// The same inside a sentence.
    pub(crate) word: Phrase,
    /// Whether its cells stand at its right side, as numbers do.
    pub(crate) right: bool,
}

/// A row with a cell for each column.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) row: &'a TableRow,
    pub(crate) cells: Vec<Written>,
}

/// A cell in words.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// Everything that is known: a number with its interval.
    pub(crate) full: Phrase,
    /// The same without the interval, where room is scarce.
    pub(crate) short: Phrase,
}

impl Line<'_> {
    /// Whether it may be left out before others: what it asks for holds.
    pub(crate) fn is_met(&self) -> bool {
        self.row.status == Some(Status::Met)
    }
}

impl<'a> Section<'a> {
    fn new(table: &'a Table, display: &Display) -> Self {
        let mut columns: Vec<Head> =
            table.columns.iter().map(|column| head(table, &column.key, &column.title)).collect();
        let has = |columns: &[Head], key: &str| columns.iter().any(|head| head.key == key);
        if !has(&columns, REQUIREMENT) && table.rows.iter().any(|row| row.requirement.is_some()) {
            columns.insert(0, head(table, REQUIREMENT, "Id"));
        }
        if !has(&columns, STATUS) && table.rows.iter().any(|row| row.status.is_some()) {
            columns.push(head(table, STATUS, "Status"));
        }
        let rows = table.rows.iter().map(|row| line(row, &columns, display)).collect();
        Self {
            table,
            title: Phrase::new().words(table.title.as_str()),
            columns,
            rows,
            tally: tally(table.statuses()),
            notes: table.notes.iter().map(|note| Phrase::new().words(note.as_str())).collect(),
        }
    }

    /// `Targets: 5 of 6 met, 1 missed`.
    pub(crate) fn summary(&self) -> Phrase {
        match self.tally.as_str() {
            "" => self.title.clone(),
            tally if self.table.title.contains(':') => {
                self.title.clone().text(format!(", {tally}"))
            }
            tally => self.title.clone().text(format!(": {tally}")),
        }
    }
}

/// The places of the rows of a section that are shown where there is room for `most`, in their order: those that are
/// met go first.
pub(crate) fn most_important(section: &Section<'_>, most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = by_importance(section).take(most).collect();
    places.sort_unstable();
    places
}

/// The places of all rows of a section, those that are not met before the others.
pub(crate) fn by_importance(section: &Section<'_>) -> impl Iterator<Item = usize> {
    let places =
        |met: bool| section.rows.iter().enumerate().filter(move |(_, line)| line.is_met() == met);
    places(false).chain(places(true)).map(|(place, _)| place)
}

/// The tables of a report, in their order.
pub(crate) fn sections(report: &Report) -> Vec<Section<'_>> {
    let tables = report.tables.iter().filter(|t| !t.rows.is_empty() || !t.notes.is_empty());
    tables.map(|table| Section::new(table, &report.config.display)).collect()
}

fn head(table: &Table, key: &str, title: &str) -> Head {
    let mut cells = table.rows.iter().filter_map(|row| row.cells.get(key)).peekable();
    let right = cells.peek().is_some() && cells.all(stands_right);
    let words = |text: &str| match text {
        "" => Phrase::new(),
        text => Phrase::new().words(text),
    };
    let heading = capital(title);
    Head {
        key: key.to_owned(),
        title: words(&heading),
        word: words(&inside_sentence(title)),
        right,
    }
}

/// A heading of plain words begins with a capital.
fn capital(title: &str) -> String {
    let plain = title.chars().all(|c| c.is_alphabetic() || c == ' ');
    let mut chars = title.chars();
    match chars.next().filter(|_| plain) {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => title.to_owned(),
    }
}

/// A heading with a small first letter, unless it is an abbreviation.
fn inside_sentence(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(title.chars().skip(1)).collect()
        }
        _ => title.to_owned(),
    }
}

fn line<'a>(row: &'a TableRow, columns: &[Head], display: &Display) -> Line<'a> {
    let units = Units::of(row.cells.values());
    let written = |head: &Head| match (row.cells.get(&head.key), head.key.as_str()) {
        (Some(cell), _) => Written { full: units.words(cell), short: units.short(cell) },
        (None, STATUS) => Written {
            full: status(row, display),
            short: Phrase::of(row.status.map_or("", status_word)),
        },
        (None, REQUIREMENT) => {
            both(row.requirement.as_deref().map_or_else(Phrase::new, |id| Phrase::new().name(id)))
        }
        (None, _) => Written::default(),
    };
    Line { row, cells: columns.iter().map(written).collect() }
}

fn both(words: Phrase) -> Written {
    Written { full: words.clone(), short: words }
}

/// The status of a row, with the team's word for how bad that is: `met`, `missed (critical)`.
fn status(row: &TableRow, display: &Display) -> Phrase {
    let Some(status) = row.status else { return Phrase::new() };
    let words = Phrase::of(status_word(status));
    match (status, row.severity) {
        (Status::Met | Status::Unproven, _) | (_, Severity::None) => words,
        (_, severity) => words.text(" (").word(display.word(severity)).text(")"),
    }
}

/// A status in words.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Met => "met",
        Status::Close => "close",
        Status::Unproven => "unproven",
        Status::Missed => "missed",
        Status::NotMeasured => "not measured",
    }
}

/// The sign of a row's status; empty where it has none.
pub(crate) fn status_sign(row: &TableRow) -> &'static str {
    match row.status {
        None => "",
        Some(Status::Met) => "✅",
        Some(Status::Unproven) => "❔",
        Some(Status::Close) if row.severity == Severity::None => "🟡",
        Some(Status::Close | Status::Missed | Status::NotMeasured) => severity_sign(row.severity),
    }
}

/// `5 of 6 met, 2 of them close, 1 missed`; empty where no row asks for anything.
pub(crate) fn tally(statuses: impl Iterator<Item = Status>) -> String {
    let mut counts = [0_u64; 5];
    for status in statuses {
        if let Some(count) = counts.get_mut(status as usize) {
            *count += 1;
        }
    }
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return String::new();
    }
    let [met, close, unproven, missed, not_measured] = counts;
    let mut text = format!("{} of {} met", thousands(met + close), thousands(total));
    if close > 0 {
        text.push_str(&format!(", {} of them close", thousands(close)));
    }
    for (count, status) in [
        (missed, Status::Missed),
        (unproven, Status::Unproven),
        (not_measured, Status::NotMeasured),
    ] {
        if count > 0 {
            text.push_str(&format!(", {} {}", thousands(count), status_word(status)));
        }
    }
    text
}
