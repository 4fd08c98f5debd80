//! What a template sees, every string escaped for Markdown.

use minijinja::{Value, context};

use super::budget::Part;
use crate::diag::Diagnostic;
use crate::model::{Display, Finding, Outcome, Severity};
use crate::report::interval::Axis;
use crate::report::phrase::Phrase;
use crate::report::quoted::Help;
use crate::report::view::{self, Class, Row, Sign, View, severity_sign};
use crate::report::{Options, escape, number};

/// Columns of the picture of an interval.
const PICTURE: usize = 24;
/// Rows of each part that are shown without unfolding, and of the folded parts except the last.
const OPEN: usize = 20;
const IMPROVED: usize = 5;
const WAIVERS: usize = 10;
const FOLDED: usize = 50;

/// A space that does not break, so that a number stays beside its unit.
pub(super) fn nbsp(text: &str) -> String {
    text.replace(' ', "&nbsp;")
}

fn row(row: &Row<'_>, display: &Display, axis: &Axis) -> Value {
    let (base, head) = row.values();
    let picture = axis.picture(row.comparison);
    context! {
        sign => row.sign(),
        label => row.label(display).cell(),
        name => row.name().cell(),
        base => nbsp(&base),
        head => nbsp(&head),
        base_spread => nbsp(&row.spread(0).unwrap_or_default()),
        head_spread => nbsp(&row.spread(1).unwrap_or_default()),
        change => nbsp(&row.change()),
        strong => matches!(row.class, Class::Level(_) | Class::Worse),
        interval => nbsp(&row.interval()),
        p => nbsp(&row.comparison.adjusted_p.map_or("–".to_owned(), number::probability)),
        at_most => nbsp(&row.at_most_text()),
        would_decide => row.would_decide(),
        picture => if picture.is_empty() { String::new() } else { format!("`{picture}`") },
    }
}

/// Rows with an axis of their own.
fn table(rows: &[&Row<'_>], most: usize, display: &Display, axis: &Axis) -> Part {
    Part {
        rows: rows.iter().take(most).map(|r| row(r, display, axis)).collect(),
        total: rows.len(),
    }
}

/// What does not grow with the number of benchmarks.
pub(super) fn fixed(view: &View<'_>, options: &Options) -> Value {
    let sign = match view.headline.sign {
        Sign::Good => "✅",
        Sign::Look => "⚠️",
        Sign::Bad => "❌",
    };
    let mut marker = format!("gate={}", options.gate_name);
    if let Some(run) = options.run {
        marker.push_str(&format!(" run={run}"));
    }
    if let Some(attempt) = options.attempt {
        marker.push_str(&format!(" attempt={attempt}"));
    }
    let shown: Vec<_> = view
        .findings()
        .into_iter()
        .chain(view.suspects())
        .chain(view.class(|c| c == Class::Improved))
        .collect();
    let (better, worse) = view::directions(&shown);
    let tool = &view.report.tool;
    let entries = view::waivers(view, options.date).entries;
    let backquotes = entries.iter().map(|entry| escape::longest_run(entry, '`')).max().unwrap_or(0);
    context! {
        marker,
        headline => context! { sign, text => view.headline.text.markdown() },
        outcome => outcome(view.report.outcome),
        counts => view.counts.markdown(),
        shift => view.shift.as_ref().map(Phrase::markdown),
        confidence => view::confidence(view.report).map(|confidence| nbsp(&confidence)),
        scale => format!("← {better} · {worse} →"),
        others_first => view.others_first(),
        suspects_first => view.suspects_first(),
        suspects_why => view::suspects_why(view.report).iter().map(Phrase::markdown).collect::<Vec<_>>(),
        legend => view::legend(view.report).map(|legend| legend.markdown()),
        fence => "`".repeat(backquotes.max(2) + 1),
        config => config_file(view),
        report_url => options.report_url.as_deref().and_then(escape::link),
        docs_url => options.docs_url.as_deref().and_then(escape::link),
        tool => escape::prose(&escape::cut(&format!("{} {}", tool.name, tool.version), escape::WORD)),
    }
}

/// The outcome as it stands in the report file, for templates that want to tell them apart.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Inconclusive => "inconclusive",
        Outcome::Error => "error",
    }
}

/// The file that a waiver goes into.
fn config_file(view: &View<'_>) -> String {
    let source = view.report.config.source.as_str();
    escape::code(if matches!(source, "" | "built-in") { "benchgate.yml" } else { source })
}

/// What grows, each part with its rows.
pub(super) fn parts(view: &View<'_>, options: &Options) -> Vec<(&'static str, Part)> {
    let display = &view.report.config.display;
    let findings = view.findings();
    let improved = view.class(|class| class == Class::Improved);
    let suspects = view.suspects();
    let waived = view.class(|class| class == Class::Waived);
    let inconclusive = view.inconclusive();
    let all: Vec<&Row<'_>> = view.rows.iter().collect();
    let shown = [(&findings, OPEN), (&improved, IMPROVED), (&suspects, OPEN)];
    let shown = shown.into_iter().flat_map(|(rows, most)| rows.iter().take(most));
    let axis = Axis::new(shown.map(|row| row.comparison), PICTURE);
    let waivers = view::waivers(view, options.date);
    let total = waivers.entries.len() + waivers.too_long;
    let list = |rows: Vec<Value>, total| Part { rows, total };
    vec![
        ("findings", table(&findings, OPEN, display, &axis)),
        (
            "others",
            list(
                view.others.iter().take(OPEN).map(|f| other(f, display)).collect(),
                view.others.len(),
            ),
        ),
        ("improved", table(&improved, IMPROVED, display, &axis)),
        ("suspects", table(&suspects, OPEN, display, &axis)),
        (
            "waived",
            list(
                waived.iter().take(FOLDED).map(|row| waived_row(row, display)).collect(),
                waived.len(),
            ),
        ),
        (
            "waivers",
            list(waivers.entries.into_iter().take(WAIVERS).map(Value::from).collect(), total),
        ),
        ("inconclusive", table(&inconclusive, FOLDED, display, &axis)),
        ("all", table(&all, usize::MAX, display, &axis)),
        ("notes", list(view.notes().iter().take(FOLDED).map(note).collect(), view.notes().len())),
        ("errors", diagnostics(&view.errors)),
        ("warnings", diagnostics(&view.warnings)),
        ("how", {
            let lines: Vec<Value> =
                view::how(view.report).iter().map(|line| Value::from(line.markdown())).collect();
            let total = lines.len();
            list(lines, total)
        }),
        ("environment", environment(view)),
    ]
}

/// A finding that has no row.
fn other(finding: &Finding, display: &Display) -> Value {
    let name = view::finding_name(finding).map(|name| name.markdown());
    let waived = finding
        .waiver
        .as_ref()
        .map(|waiver| Phrase::new().words(waiver.reason.as_str()).markdown());
    let level = match finding.severity {
        Severity::None => Phrase::of(if waived.is_some() { "waived" } else { "listed" }),
        severity => Phrase::new().word(display.word(severity)),
    };
    context! {
        sign => severity_sign(finding.severity),
        label => level.markdown(),
        rule => escape::prose(&escape::cut(&finding.rule, escape::WORD)),
        id => finding.id.as_deref().map(escape::code),
        name => name,
        message => escape::prose(&finding.message),
        waived => waived,
    }
}

/// A row that a waiver covers.
fn waived_row(row: &Row<'_>, display: &Display) -> Value {
    let waiver = row.finding.and_then(|finding| finding.waiver.as_ref());
    context! {
        name => row.name().markdown(),
        change => nbsp(&row.change()),
        label => waiver.map(|w| Phrase::new().word(display.word(w.severity)).markdown()),
        up_to => waiver.map(|w| nbsp(&number::setting(w.up_to))),
        expires => waiver.map(|w| w.expires.to_string()),
        reason => waiver.map(|w| escape::prose(&w.reason)),
        issue => waiver.and_then(|w| w.issue.as_deref()).map(escape::code),
    }
}

fn note(note: &view::Note<'_>) -> Value {
    context! { text => escape::prose(note.text), names => view::some_names(&note.names, 3).markdown() }
}

fn diagnostics(diagnostics: &[&Diagnostic]) -> Part {
    let rows = diagnostics.iter().take(OPEN).map(|d| {
        let help = d.help.as_deref().map(Help::of);
        context! {
            code => d.code.name(),
            place => view::place(d).map(|place| escape::code(&place)),
            message => escape::prose(&d.message),
            help => help.as_ref().map(|help| escape::prose(help.sentence)),
            output => help.as_ref().and_then(Help::block),
        }
    });
    Part { rows: rows.collect(), total: diagnostics.len() }
}

fn environment(view: &View<'_>) -> Part {
    let rows = view::environment(view.report);
    let total = rows.len();
    let cell = |text: &str| escape::prose_cell(&escape::cut(text, escape::NAME));
    let rows = rows.iter().take(FOLDED).map(|row| {
        context! { key => cell(row.key), base => cell(&row.base), head => cell(&row.head), differs => row.differs() }
    });
    Part { rows: rows.collect(), total }
}
