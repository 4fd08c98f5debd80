//! JUnit XML: a suite for each metric with a test case for each comparison, and one for each table of a rule with a
//! test case for each row that asks for something.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::phrase::Phrase;
use super::view::{self, Class, Line, Row, Section, View};
use super::{RenderError, escape, number};
use crate::diag::Diagnostic;
use crate::model::{Finding, Metric, Report, Severity, Status};

pub(super) fn render(report: &Report) -> Result<String, RenderError> {
    let view = View::new(report);
    let mut document = Document::new("benchgate");
    let mut by_metric: BTreeMap<&Metric, Vec<&Row<'_>>> = BTreeMap::new();
    for row in &view.rows {
        by_metric.entry(&row.comparison.metric).or_default().push(row);
    }
    for (metric, mut rows) in by_metric {
        // By name, so that a test case stays where it was when another one changes its verdict.
        rows.sort_by_key(|row| (&row.comparison.benchmark, row.comparison.statistic));
        let name = escape::xml(metric.as_str());
        let cases = rows.into_iter().map(|row| case(row, report, &name));
        add(&mut document, &name, cases);
    }
    for section in view.sections() {
        let name = section.title.plain();
        let lines = section.rows.iter().filter_map(|line| row_case(line, section, report));
        add(&mut document, &escape::xml(&name), lines);
    }
    let others = view.others.iter().filter(|finding| !has_row(finding, report));
    add(&mut document, "findings", others.map(|finding| finding_case(finding, report)));
    add(&mut document, "errors", view.errors.iter().map(|error| error_case(error)));
    document.to_string().map_err(|error| RenderError::Unwritable(error.to_string()))
}

fn add(document: &mut Document, name: &str, cases: impl Iterator<Item = TestCase>) {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(cases);
    if !suite.test_cases.is_empty() {
        document.add_test_suite(suite);
    }
}

fn failure(kind: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(message);
    status
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}

fn case(row: &Row<'_>, report: &Report, class: &str) -> TestCase {
    let label = row.label(&report.config.display).plain();
    let summary = row.summary();
    let status = match row.class {
        Class::Level(std::cmp::Reverse(severity)) if report.config.fail_on.fails(severity) => {
            failure(severity.name(), &format!("{label}: {summary}"))
        }
        Class::Suspect(_) => skipped(&format!("suspect, not proven: {label} {summary}")),
        Class::Inconclusive => {
            skipped(&format!("inconclusive: {summary}, at most {}", row.at_most_text()))
        }
        Class::Removed => skipped(&format!("missing: {summary}")),
        Class::Level(_)
        | Class::Worse
        | Class::Waived
        | Class::Added
        | Class::Improved
        | Class::Unchanged
        | Class::Derived => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(name(row), status);
    case.set_classname(format!("benchgate.{class}"));
    case.set_system_out(details(row, &label, &summary));
    case
}

/// The benchmark, and the statistic where it is not the median.
fn name(row: &Row<'_>) -> String {
    let comparison = row.comparison;
    view::full_name(comparison.benchmark.as_str(), None, Some(comparison.statistic)).plain()
}

fn details(row: &Row<'_>, label: &str, summary: &str) -> String {
    let mut lines = vec![format!("{label}: {summary}")];
    if let Some(p) = row.comparison.adjusted_p {
        lines.push(format!("p after correction: {}", number::probability(p)));
    }
    if row.comparison.margin > 0.0 {
        lines.push(format!("margin: {}", number::setting(row.comparison.margin)));
    }
    if let Some(waiver) = row.finding.and_then(|finding| finding.waiver.as_ref()) {
        let reason = Phrase::new().words(waiver.reason.as_str()).plain();
        lines.push(format!(
            "waived up to {} until {}: {reason}",
            number::setting(waiver.up_to),
            waiver.expires
        ));
    }
    lines
        .extend(row.comparison.notes.iter().map(|note| Phrase::new().words(note.as_str()).plain()));
    lines.join("\n")
}

/// A row of a table, where it asks for something.
fn row_case(line: &Line<'_>, section: &Section<'_>, report: &Report) -> Option<TestCase> {
    let status = line.row.status?;
    let cells = line.cells.iter().zip(&section.columns);
    let filled = cells.filter(|(written, _)| !written.full.is_empty());
    // What stands before the first number names the row.
    let mut names = true;
    let words: Vec<(Phrase, bool)> = filled
        .map(|(written, head)| {
            names &= !head.right && head.key != "status";
            let words = head.word.clone().text(": ").then(written.full.clone());
            (if names { written.full.clone() } else { words }, names)
        })
        .collect();
    let of = |name: bool| words.iter().filter(move |(_, n)| *n == name).map(|(w, _)| w.plain());
    let summary = of(false).collect::<Vec<_>>().join(", ");
    let fails = report.config.fail_on.fails(line.row.severity);
    let status = match status {
        Status::Missed | Status::NotMeasured if fails => {
            failure(line.row.severity.name(), &summary)
        }
        Status::Unproven | Status::NotMeasured => skipped(&summary),
        Status::Met | Status::Close | Status::Missed => TestCaseStatus::success(),
    };
    let mut case = TestCase::new(of(true).collect::<Vec<_>>().join(" "), status);
    let kind = Phrase::new().word(section.table.kind.as_str()).plain();
    case.set_classname(format!("benchgate.{kind}"));
    case.set_system_out(summary);
    Some(case)
}

/// Whether a row of a table is a test case that says the same.
fn has_row(finding: &Finding, report: &Report) -> bool {
    let Some(kind) = view::table_of(&finding.rule) else { return false };
    let tables = report.tables.iter().filter(|table| table.kind == kind);
    tables.flat_map(|table| &table.rows).any(|row| {
        matches!(row.status, Some(Status::Close | Status::Missed | Status::NotMeasured))
            && (finding.benchmark.is_none() || row.benchmark == finding.benchmark)
            && row.requirement == finding.id
            && row.severity >= finding.severity
    })
}

fn finding_case(finding: &Finding, report: &Report) -> TestCase {
    let message = Phrase::new().words(finding.message.as_str()).plain();
    let fails = finding.waiver.is_none() && report.config.fail_on.fails(finding.severity);
    let status = match finding.severity {
        severity if fails => failure(severity.name(), &message),
        _ => TestCaseStatus::success(),
    };
    let rule = Phrase::new().word(finding.rule.as_str()).plain();
    let name = match &finding.benchmark {
        Some(benchmark) => {
            view::full_name(benchmark.as_str(), finding.metric.as_ref(), finding.statistic).plain()
        }
        None => rule.clone(),
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("benchgate.{rule}"));
    let level = match finding.severity {
        Severity::None => "listed".to_owned(),
        severity => Phrase::new().word(report.config.display.word(severity)).plain(),
    };
    case.set_system_out(format!("{level}: {message}"));
    case
}

fn error_case(error: &Diagnostic) -> TestCase {
    let message = Phrase::new().words(error.message.as_str()).plain();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type(error.code.name()).set_message(message);
    if let Some(help) = &error.help {
        status.set_description(Phrase::new().words(help.as_str()).plain());
    }
    let name = view::place(error).unwrap_or_else(|| error.code.name().to_owned());
    let mut case = TestCase::new(Phrase::new().name(name).plain(), status);
    case.set_classname("benchgate.errors");
    case
}

#[cfg(test)]
mod tests {
    use crate::report::{Form, Options, render, samples};

    #[test]
    fn one_suite_a_metric_one_case_a_comparison() {
        for (name, report) in samples::all() {
            let xml = render(&report, Form::Junit, &Options::default()).unwrap();
            insta::assert_snapshot!(format!("junit_{name}"), xml);
        }
    }
}
