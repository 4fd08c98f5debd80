//! The report for a terminal: the verdict in the first line and in the last one, which is what people see of a log.

pub(super) mod page;
mod sections;

use anstyle::{AnsiColor, Style};

use super::interval::Axis;
use super::phrase::Phrase;
use super::quoted::Help;
use super::view::{self, Class, Row, Sign, View};
use super::words::{counted, thousands};
use super::{Options, escape, number};
use crate::model::{Finding, Outcome, Report, Severity};
use page::{Cell, Page};

/// Rows of a list that are shown unless all are asked for.
const MOST: usize = 20;
/// The same for what nobody has to act on.
const FEW: usize = 5;

pub(super) fn render(report: &Report, options: &Options) -> String {
    let view = View::new(report);
    let mut page = Page::new(options.width, options.colour);
    if !options.quiet {
        whole(&mut page, &view, options);
        page.gap();
    }
    outcome(&mut page, &view);
    page.finish()
}

/// Everything in front of the last line.
fn whole(page: &mut Page, view: &View<'_>, options: &Options) {
    let report = view.report;
    let style = sign_style(view.headline.sign);
    page.line(style, &format!("benchgate: {}", view.headline.text.plain()));
    let most = |most| if options.verbose { usize::MAX } else { most };

    errors(page, view, most(MOST));
    if let Some(shift) = &view.shift {
        page.gap();
        page.wrapped(colour(AnsiColor::Yellow), &shift.plain(), 0);
    }
    if view.suspects_first() {
        suspects(page, view, most(MOST));
    }
    if view.others_first() {
        others(page, view, most(MOST));
    }
    let improved = view.class(|class| class == Class::Improved);
    let findings = view.findings();
    let (mut rows, _) = split(&findings, most(MOST));
    rows.extend(split(&improved, most(FEW)).0);
    table(page, view, &rows);
    more(page, findings.len().saturating_sub(most(MOST)), "slower or worse");
    more(page, improved.len().saturating_sub(most(FEW)), "faster or better");
    if !view.others_first() {
        others(page, view, most(MOST));
    }
    if !view.suspects_first() {
        suspects(page, view, most(MOST));
    }
    if !report.comparisons.is_empty() || !report.measurements.is_empty() {
        page.gap();
        page.wrapped(Style::new(), &view.counts.plain(), 0);
    }
    for section in view.sections() {
        sections::section(page, section, most(MOST));
    }
    waived(page, view, most(MOST));
    inconclusive(page, view, most(FEW));
    if options.verbose {
        page.heading("All benchmarks");
        table(page, view, &view.rows.iter().collect::<Vec<_>>());
    }
    notes(page, view, most(FEW));
    // With an error nothing was decided, so there is nothing to accept and no decision to explain.
    if report.outcome != Outcome::Error {
        accept(page, view, options, most(FEW));
        how(page, view);
    }
}

/// The verdict with the exit code.
fn outcome(page: &mut Page, view: &View<'_>) {
    let report = view.report;
    let outcome = match report.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Inconclusive => "inconclusive",
        Outcome::Error => "error",
    };
    let text = view.headline.text.plain();
    let text = text.strip_prefix(outcome).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&text);
    let style = sign_style(view.headline.sign);
    page.line(style, &format!("{outcome} (exit code {}): {text}", report.exit_code));
}

fn colour(colour: AnsiColor) -> Style {
    colour.on_default()
}

fn sign_style(sign: Sign) -> Style {
    colour(match sign {
        Sign::Good => AnsiColor::Green,
        Sign::Look => AnsiColor::Yellow,
        Sign::Bad => AnsiColor::Red,
    })
    .bold()
}

fn class_style(class: Class) -> Style {
    match class {
        Class::Level(std::cmp::Reverse(severity)) => severity_style(severity),
        Class::Worse | Class::Removed => colour(AnsiColor::Yellow),
        Class::Suspect(_) => colour(AnsiColor::Magenta),
        Class::Improved => colour(AnsiColor::Green),
        Class::Waived | Class::Added | Class::Inconclusive | Class::Unchanged | Class::Derived => {
            Style::new()
        }
    }
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Critical => colour(AnsiColor::Red).bold(),
        Severity::Warning => colour(AnsiColor::Yellow),
        Severity::Notice => colour(AnsiColor::Cyan),
        Severity::None => Style::new(),
    }
}

fn split<T: Copy>(rows: &[T], most: usize) -> (Vec<T>, usize) {
    (rows.iter().copied().take(most).collect(), rows.len().saturating_sub(most))
}

fn more(page: &mut Page, count: usize, what: &str) {
    if count > 0 {
        page.wrapped(
            Style::new(),
            &format!("… and {} more {what}; -v lists all", thousands(count as u64)),
            2,
        );
    }
}

fn table(page: &mut Page, view: &View<'_>, rows: &[&Row<'_>]) {
    if rows.is_empty() {
        return;
    }
    let display = &view.report.config.display;
    let (better, worse) = view::directions(rows);
    let lines: Vec<[Cell; 5]> = rows
        .iter()
        .map(|row| {
            let (base, head) = row.values();
            [
                Cell::new(row.label(display).plain(), class_style(row.class)),
                Cell::plain(row.name().plain()),
                Cell::plain(base),
                Cell::plain(head),
                Cell::new(row.change(), class_style(row.class)),
            ]
        })
        .collect();
    page.gap();
    page.table(
        ["", "benchmark", "base", "head", "change"],
        &lines,
        &format!("← {better} · {worse} →"),
        |width| {
            let axis = Axis::new(rows.iter().map(|row| row.comparison), width);
            rows.iter().map(|row| axis.picture(row.comparison)).collect()
        },
    );
}

fn errors(page: &mut Page, view: &View<'_>, most: usize) {
    if view.errors.is_empty() {
        return;
    }
    page.gap();
    for error in view.errors.iter().take(most) {
        let place = view::place(error).map_or(String::new(), |place| {
            escape::terminal(&escape::cut_middle(&place, escape::NAME)) + ": "
        });
        let message = Phrase::new().words(error.message.as_str()).plain();
        page.wrapped(
            colour(AnsiColor::Red),
            &format!("error: {place}{message} [{}]", error.code),
            2,
        );
        if let Some(help) = error.help.as_deref().map(Help::of) {
            page.wrapped(
                Style::new(),
                &format!("  help: {}", Phrase::new().words(help.sentence).plain()),
                4,
            );
            for line in help.plain() {
                page.line(Style::new(), &format!("    | {line}"));
            }
        }
    }
    more(page, view.errors.len().saturating_sub(most), "errors");
}

fn others(page: &mut Page, view: &View<'_>, most: usize) {
    if view.others.is_empty() {
        return;
    }
    page.gap();
    for finding in view.others.iter().take(most) {
        page.wrapped(severity_style(finding.severity), &other(finding, view), 2);
    }
    more(page, view.others.len().saturating_sub(most), "findings");
}

fn other(finding: &Finding, view: &View<'_>) -> String {
    let mut line = match (finding.severity, &finding.waiver) {
        (_, Some(_)) => Phrase::of("waived"),
        (Severity::None, None) => Phrase::of("listed"),
        (severity, None) => Phrase::new().word(view.report.config.display.word(severity)),
    }
    .text(": ");
    if let Some(name) = view::finding_name(finding) {
        line = line.then(name).text(": ");
    }
    line = line.words(finding.message.as_str());
    if let Some(id) = &finding.id {
        line = line.text(" (").name(id.as_str()).text(")");
    }
    line.plain()
}

fn suspects(page: &mut Page, view: &View<'_>, most: usize) {
    let suspects = view.suspects();
    if suspects.is_empty() {
        return;
    }
    let title = format!("{}: may have changed, not proven", counted(suspects.len(), "suspect"));
    page.heading(&title);
    table(page, view, &split(&suspects, most).0);
    more(page, suspects.len().saturating_sub(most), "suspects");
    page.gap();
    for line in view::suspects_why(view.report) {
        page.wrapped(Style::new(), &line.plain(), 2);
    }
}

fn waived(page: &mut Page, view: &View<'_>, most: usize) {
    let rows = view.class(|class| class == Class::Waived);
    if rows.is_empty() {
        return;
    }
    page.heading("Waived");
    for row in rows.iter().take(most) {
        let mut line = row.name().text(format!(": {}", row.change()));
        if let Some(waiver) = row.finding.and_then(|finding| finding.waiver.as_ref()) {
            line = line
                .text(format!(
                    ", up to {} until {}: ",
                    number::setting(waiver.up_to),
                    waiver.expires
                ))
                .words(waiver.reason.as_str());
            if let Some(issue) = &waiver.issue {
                line = line.text(" (").name(issue.as_str()).text(")");
            }
        }
        page.wrapped(Style::new(), &format!("  {}", line.plain()), 4);
    }
    more(page, rows.len().saturating_sub(most), "waived");
}

fn inconclusive(page: &mut Page, view: &View<'_>, most: usize) {
    let rows = view.inconclusive();
    if rows.is_empty() {
        return;
    }
    page.heading(&format!(
        "{} inconclusive: what cannot be excluded",
        thousands(rows.len() as u64)
    ));
    for row in rows.iter().take(most) {
        let decide = match row.comparison.more_blocks {
            Some(_) => format!("; {} would decide", row.would_decide()),
            None => String::new(),
        };
        let line =
            row.name().text(format!(": {}, at most {}{decide}", row.change(), row.at_most_text()));
        page.wrapped(Style::new(), &format!("  {}", line.plain()), 4);
    }
    more(page, rows.len().saturating_sub(most), "inconclusive");
}

fn notes(page: &mut Page, view: &View<'_>, most: usize) {
    if view.notes().is_empty() {
        return;
    }
    page.heading("Notes");
    for note in view.notes().iter().take(most) {
        let line = view::some_names(&note.names, 3).text(": ").words(note.text);
        page.wrapped(Style::new(), &format!("  {}", line.plain()), 4);
    }
    more(page, view.notes().len().saturating_sub(most), "notes");
}

fn accept(page: &mut Page, view: &View<'_>, options: &Options, most: usize) {
    let waivers = view::waivers(view, options.date);
    if waivers.entries.is_empty() {
        return;
    }
    let source = view.report.config.source.as_str();
    let source = if matches!(source, "" | "built-in") { "benchgate.yml" } else { source };
    page.heading(
        &Phrase::of("To accept a change you meant to make, add to ")
            .name(source)
            .text(" on the base branch:")
            .plain(),
    );
    page.line(Style::new(), "  waivers:");
    for entry in waivers.entries.iter().take(most) {
        // Not wrapped: it is made to be copied.
        page.line(Style::new(), &format!("    {entry}"));
    }
    let left_out = waivers.entries.len().saturating_sub(most) + waivers.too_long;
    if left_out > 0 {
        page.line(Style::new(), &format!("… and {} more", thousands(left_out as u64)));
    }
}

fn how(page: &mut Page, view: &View<'_>) {
    page.heading("How this was measured and decided");
    for line in view::how(view.report) {
        page.wrapped(Style::new(), &format!("  {}", line.plain()), 4);
    }
    if let Some(legend) = view::legend(view.report).filter(|_| page.has_pictures()) {
        page.wrapped(Style::new(), &format!("  {}", legend.plain()), 4);
    }
    for row in view::environment(view.report).iter().filter(|row| row.differs()) {
        let line = Phrase::of("  The machines differ in ")
            .name(row.key)
            .text(": ")
            .name(row.base.as_str())
            .text(" on base, ")
            .name(row.head.as_str())
            .text(" on head.");
        page.wrapped(colour(AnsiColor::Yellow), &line.plain(), 4);
    }
    if !view.warnings.is_empty() {
        let count = counted(view.warnings.len(), "warning");
        page.wrapped(
            Style::new(),
            &format!("  {count} about the inputs and the configuration."),
            4,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use unicode_width::UnicodeWidthStr;

    fn text(report: &Report, width: usize, colour: bool) -> String {
        render(report, &Options { width, colour, ..Options::default() })
    }

    #[test]
    fn every_sample_at_eighty_columns() {
        for (name, report) in samples::all() {
            insta::assert_snapshot!(format!("text_{name}"), text(&report, 80, false));
        }
    }

    #[test]
    fn a_quiet_run_says_the_last_line() {
        for (name, report) in samples::all() {
            let whole = text(&report, 80, false);
            let quiet = render(&report, &Options { quiet: true, width: 80, ..Options::default() });
            assert_eq!(
                (quiet.lines().count(), quiet.lines().last()),
                (1, whole.lines().last()),
                "{name}"
            );
        }
    }

    #[test]
    fn narrow_wide_and_coloured() {
        let report = samples::failing();
        insta::assert_snapshot!("text_40_columns", text(&report, 40, false));
        insta::assert_snapshot!("text_60_columns", text(&report, 60, false));
        insta::assert_snapshot!("text_120_columns", text(&report, 120, false));
        insta::assert_snapshot!("text_coloured", text(&report, 100, true));
        let rules = samples::rules();
        insta::assert_snapshot!("text_rules_40_columns", text(&rules, 40, false));
        insta::assert_snapshot!("text_rules_120_columns", text(&rules, 120, true));
        let verbose = Options { verbose: true, ..Options::default() };
        insta::assert_snapshot!("text_verbose", render(&report, &verbose));
    }

    #[test]
    fn no_table_line_is_wider_than_the_terminal() {
        for (name, report) in samples::all() {
            for width in [1, 20, 40, 60, 80, 120] {
                let text = text(&report, width, false);
                let wide = text
                    .lines()
                    .filter(|line| !line.contains("benchmark: "))
                    .find(|line| line.width() > width.max(20));
                assert!(
                    wide.is_none_or(|line| !line.trim().contains(' ')
                        || line.starts_with("benchgate:")
                        || line.contains("exit code")),
                    "{name} {width}: {wide:?}"
                );
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_is_a_command(report in samples::any_report(), width in 0..140usize) {
            for line in text(&report, width, false).lines() {
                proptest::prop_assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line}");
                proptest::prop_assert!(crate::diag::visible(line) == line, "{line}");
            }
        }
    }
}
