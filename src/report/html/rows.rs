//! Comparisons as rows of the page.

use minijinja::{Value, context};

use super::picture::Scale;
use crate::model::{Display, Severity};
use crate::report::view::{Class, Row};

/// The kinds of rows, as the filter and the style call them.
pub(super) const KINDS: [&str; 12] = [
    "critical",
    "warning",
    "notice",
    "worse",
    "waived",
    "suspect",
    "missing",
    "added",
    "improved",
    "inconclusive",
    "unchanged",
    "derived",
];

/// The kind of a row.
pub(super) fn kind(class: Class) -> &'static str {
    match class {
        Class::Level(std::cmp::Reverse(severity)) => level(severity),
        Class::Worse => "worse",
        Class::Waived => "waived",
        Class::Suspect(_) => "suspect",
        Class::Removed => "missing",
        Class::Added => "added",
        Class::Improved => "improved",
        Class::Inconclusive => "inconclusive",
        Class::Unchanged => "unchanged",
        Class::Derived => "derived",
    }
}

/// The kind of a finding of this severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::None => "waived",
        severity => severity.name(),
    }
}

/// What a kind is called in the filter.
pub(super) fn kind_words<'d>(kind: &'static str, display: &'d Display) -> &'d str {
    match kind {
        "critical" => &display.critical,
        "warning" => &display.warning,
        "notice" => &display.notice,
        "worse" => "worse below every level",
        "derived" => "as its time",
        other => other,
    }
}

/// HTML that this program wrote and every word of which is escaped.
pub(super) fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}

/// A row; `place` is its place among all rows, by which the page links it. Without a scale it has no picture.
pub(super) fn row(place: usize, row: &Row<'_>, display: &Display, scale: Option<Scale>) -> Value {
    let (base, head) = row.values();
    let picture = scale.and_then(|scale| scale.picture(row.comparison));
    context! {
        place,
        kind => kind(row.class),
        label => safe(row.label(display).html()),
        name => safe(row.name().html()),
        change => row.change(),
        interval => row.interval(),
        at_most => row.at_most_text(),
        would_decide => row.would_decide(),
        base,
        head,
        picture => safe(picture.map(|picture| picture.svg()).unwrap_or_default()),
    }
}
