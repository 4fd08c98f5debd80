//! What the template of the page sees.

use minijinja::{Value, context};

use super::picture::Scale;
use super::rows::{KINDS, kind, kind_words, level, row, safe};
use super::{data, table};
use crate::diag::Diagnostic;
use crate::model::{Display, Finding, Outcome, Severity};
use crate::report::phrase::Phrase;
use crate::report::quoted::Help;
use crate::report::view::{self, Class, Row, Sign, View};
use crate::report::{Options, escape, number};

/// Rows of each part in front of the table of all benchmarks, which has every one of them.
const OPEN: usize = 100;
/// Other entries that are listed: findings without a row, notes, diagnostics, entries of the environment.
const LISTED: usize = 500;

/// The whole view model.
pub(super) fn page(view: &View<'_>, options: &Options) -> Value {
    let (report, display) = (view.report, &view.report.config.display);
    let scale = Scale::new(&view.rows);
    let rows = |of: &[&Row<'_>]| part(view, scale, of);
    let waivers = view::waivers(view, options.date);
    let needs: Vec<&Row<'_>> = view.findings().into_iter().chain(view.suspects()).collect();
    let (better, worse) = view::directions(&needs);
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    context! {
        headline => context! { sign => sign(view.headline.sign), text => safe(view.headline.text.html()), plain => view.headline.text.plain() },
        outcome => outcome(report.outcome),
        exit_code => report.exit_code,
        counts => safe(view.counts.html()),
        shift => view.shift.as_ref().map(|shift| safe(shift.html())),
        better,
        worse,
        confidence => view::confidence(report),
        errors => diagnostics(&view.errors),
        others_first => view.others_first(),
        suspects_first => view.suspects_first(),
        others => list(view.others.iter().map(|finding| other(finding, display)), view.others.len()),
        findings => rows(&view.findings()),
        suspects => rows(&view.suspects()),
        suspects_why => view::suspects_why(report).iter().map(|why| safe(why.html())).collect::<Vec<_>>(),
        improved => rows(&view.class(|class| class == Class::Improved)),
        waived => waived(view, display),
        waivers => list(waivers.entries.iter().map(|entry| safe(escape::html(entry))), waivers.entries.len() + waivers.too_long),
        config => safe(escape::html_code(&escape::cut_middle(config_file(view), escape::NAME))),
        inconclusive => rows(&view.inconclusive()),
        tables => table::tables(view),
        all => all(view),
        kinds => kinds(view),
        metrics => data::metrics(view).keys().map(|metric| escape::cut(metric, escape::WORD)).collect::<Vec<_>>(),
        notes => list(view.notes().iter().map(note), view.notes().len()),
        warnings => diagnostics(&view.warnings),
        how => view::how(report).iter().map(|line| safe(line.html())).collect::<Vec<_>>(),
        environment => environment(view),
        docs_url => options.docs_url.as_deref().and_then(escape::link).map(|url| safe(escape::html(&url))),
        tool => escape::cut(&tool, escape::WORD),
        columns => safe(data::columns(view, scale)),
        plots => safe(data::plots(view)),
        ..super::assets()
    }
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Good => "good",
        Sign::Look => "look",
        Sign::Bad => "bad",
    }
}

/// The outcome as it stands in the report file.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Inconclusive => "inconclusive",
        Outcome::Error => "error",
    }
}

/// The file that a waiver goes into.
fn config_file<'a>(view: &View<'a>) -> &'a str {
    match view.report.config.source.as_str() {
        "" | "built-in" => "benchgate.yml",
        source => source,
    }
}

/// The first of some entries, and how many there are.
fn list(entries: impl Iterator<Item = Value>, total: usize) -> Value {
    let rows: Vec<Value> = entries.take(LISTED).collect();
    context! { left_out => total.saturating_sub(rows.len()), total, rows }
}

/// The first of some rows of the view, each with its place among all; they are in the same order.
fn part(view: &View<'_>, scale: Scale, of: &[&Row<'_>]) -> Value {
    let display = &view.report.config.display;
    let mut left = of.iter().take(OPEN).peekable();
    let places = view.rows.iter().enumerate();
    let places =
        places.filter(|(_, row)| left.next_if(|next| std::ptr::eq(**next, *row)).is_some());
    let rows: Vec<Value> = places.map(|(place, r)| row(place, r, display, Some(scale))).collect();
    let kind = of.first().map(|row| kind(row.class));
    context! { left_out => of.len().saturating_sub(rows.len()), total => of.len(), rows, kind }
}

/// Every row; their pictures are drawn by the script, of what is in sight.
fn all(view: &View<'_>) -> Value {
    let display = &view.report.config.display;
    let rows = view.rows.iter().enumerate();
    rows.map(|(place, r)| row(place, r, display, None)).collect::<Vec<_>>().into()
}

/// The kinds that have rows, with how many.
fn kinds(view: &View<'_>) -> Vec<Value> {
    let display = &view.report.config.display;
    let count = |of: &str| view.rows.iter().filter(|row| kind(row.class) == of).count();
    KINDS
        .into_iter()
        .map(|kind| (kind, count(kind)))
        .filter(|&(_, count)| count > 0)
        .map(|(kind, count)| {
            let label = escape::cut(kind_words(kind, display), escape::WORD);
            context! { kind, count, label }
        })
        .collect()
}

/// A finding that has no row.
fn other(finding: &Finding, display: &Display) -> Value {
    let name = view::finding_name(finding).map(|name| name.html());
    let waived = finding.waiver.as_ref().map(|waiver| escape::html_prose(&waiver.reason));
    let label = match finding.severity {
        Severity::None => Phrase::of(if waived.is_some() { "waived" } else { "listed" }),
        severity => Phrase::new().word(display.word(severity)),
    };
    context! {
        kind => level(finding.severity),
        label => safe(label.html()),
        rule => escape::cut(&finding.rule, escape::WORD),
        id => finding.id.as_deref().map(|id| safe(escape::html_code(&escape::cut(id, escape::NAME)))),
        name => name.map(safe),
        message => safe(escape::html_prose(&finding.message)),
        waived => waived.map(safe),
    }
}

/// Rows that waivers cover.
fn waived(view: &View<'_>, display: &Display) -> Value {
    let of = || view.rows.iter().enumerate().filter(|(_, row)| row.class == Class::Waived);
    let entry = |(place, row): (usize, &Row<'_>)| {
        let waiver = row.finding.and_then(|finding| finding.waiver.as_ref());
        context! {
            place,
            name => safe(row.name().html()),
            change => row.change(),
            label => waiver.map(|w| escape::cut(display.word(w.severity), escape::WORD)),
            up_to => waiver.map(|w| number::setting(w.up_to)),
            expires => waiver.map(|w| w.expires.to_string()),
            reason => waiver.map(|w| safe(escape::html_prose(&w.reason))),
            issue => waiver.and_then(|w| w.issue.as_deref()).map(|issue| safe(escape::html_code(&escape::cut(issue, escape::NAME)))),
        }
    };
    list(of().map(entry), of().count())
}

fn note(note: &view::Note<'_>) -> Value {
    context! {
        text => safe(escape::html_prose(note.text)),
        names => safe(view::some_names(&note.names, 5).html()),
    }
}

fn diagnostics(diagnostics: &[&Diagnostic]) -> Value {
    let entry = |d: &&Diagnostic| {
        let help = d.help.as_deref().map(Help::of);
        context! {
            code => d.code.name(),
            place => view::place(d).map(|place| safe(escape::html_code(&escape::cut_middle(&place, escape::NAME)))),
            message => safe(escape::html_prose(&d.message)),
            help => help.as_ref().map(|help| safe(escape::html_prose(help.sentence))),
            output => help.as_ref().map(|help| help.plain().collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty()),
        }
    };
    list(diagnostics.iter().map(entry), diagnostics.len())
}

fn environment(view: &View<'_>) -> Value {
    let rows = view::environment(view.report);
    let cell = |text: &str| escape::cut(text, escape::SENTENCE);
    let entry = |row: &view::Environment<'_>| {
        context! { key => cell(row.key), base => cell(&row.base), head => cell(&row.head), differs => row.differs() }
    };
    list(rows.iter().map(entry), rows.len())
}
