use crate::diag::{Diagnostic, Level};
use crate::model::{Finding, Report, Severity, Statistic};
use crate::report::{escape, holds_limits};

/// So many lines are shown at most: of each kind a step may have ten.
const MOST: usize = 10;

/// The worst findings as workflow commands, one a line, which GitHub shows on the page of the run. Errors in the inputs
/// come first; findings that fail the build are errors, warnings are warnings, the rest are notices. What a waiver
/// covers is not among them.
#[must_use]
pub fn annotations(report: &Report) -> String {
    let errors = report.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
    let errors = errors.map(|diagnostic| {
        let place = diagnostic.file.as_deref().map(|file| format!("{file}: ")).unwrap_or_default();
        ("error", format!("{place}{}", diagnostic.message))
    });
    let mut findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::None && finding.waiver.is_none())
        .collect();
    // Stable: equal severities stay in the order of the report.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let findings = findings
        .into_iter()
        .map(|finding| (level(report, finding.severity), sentence(report, finding)));
    let lines = errors.chain(findings).take(MOST);
    lines.map(|(level, text)| format!("::{level} title=benchgate::{}\n", data(&text))).collect()
}

/// What could not be published as an annotation: where the exit code is passed over, nobody would see it otherwise.
#[must_use]
pub fn unpublished(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("::error title=benchgate::{}{}\n", data(&diagnostic.message), data(&help))
}

fn level(report: &Report, severity: Severity) -> &'static str {
    match severity {
        _ if report.config.fail_on.fails(severity) => "error",
        Severity::Critical | Severity::Warning => "warning",
        Severity::Notice | Severity::None => "notice",
    }
}

fn sentence(report: &Report, finding: &Finding) -> String {
    let message = match &finding.id {
        Some(id) => format!("{} ({})", finding.message, escape::cut(id, escape::WORD)),
        None => finding.message.clone(),
    };
    let message = match &finding.benchmark {
        Some(benchmark) => {
            let name = escape::cut_middle(benchmark.as_str(), escape::NAME);
            match finding.statistic {
                // The message of a rule that holds limits tells the statistic itself.
                Some(statistic) if statistic != Statistic::Median && !holds_limits(finding) => {
                    format!("{name} {statistic}: {message}")
                }
                _ => format!("{name}: {message}"),
            }
        }
        None => message,
    };
    // The level is in the kind of the annotation, unless the team has its own word for it.
    let word = report.config.display.word(finding.severity);
    if word == finding.severity.name() {
        message
    } else {
        format!("{}: {message}", escape::cut(word, escape::WORD))
    }
}

/// A sentence as the data of a command: on one line, with nothing invisible and no other command in it.
fn data(text: &str) -> String {
    escape::command_data(&escape::terminal(&escape::cut(text, escape::SENTENCE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::report::samples;

    #[test]
    fn every_sample() {
        let all: String = samples::all()
            .into_iter()
            .map(|(name, report)| format!("{name}\n{}\n", annotations(&report)))
            .collect();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn the_worst_ten_are_shown() {
        let mut report = samples::small();
        let finding = report.findings.first().unwrap().clone();
        let with = |severity| Finding { severity, ..finding.clone() };
        report.findings = vec![with(Severity::Notice); 8];
        report.findings.extend(vec![with(Severity::Critical); 8]);
        let text = annotations(&report);
        let count = |level: &str| {
            text.lines().filter(|line| line.starts_with(&format!("::{level} "))).count()
        };
        assert_eq!((count("error"), count("notice")), (8, 2));
    }

    #[test]
    fn what_could_not_be_published_is_one_command() {
        let hostile = "no: 50 %\n::stop-commands::x\r##[error]y";
        let diagnostic = Diagnostic::error(Code::NotPublished, hostile).help("::debug::z");
        insta::assert_snapshot!(unpublished(&diagnostic), @r"::error title=benchgate::no: 50 %25\n::stop-commands::x\r##\u{5b}error]y; ::debug::z");
    }

    #[test]
    fn a_finding_is_one_command_whatever_its_name() {
        let mut report = samples::small();
        for name in [
            "a\n::error::b",
            "a%0A::set-output name=x::y",
            "##[command]x",
            "\r::stop-commands::x",
            "a::b,c=d",
        ] {
            let finding = report.findings.first_mut().unwrap();
            finding.benchmark = Some(name.into());
            finding.message = name.to_owned();
            let text = annotations(&report);
            let first = text.lines().next().unwrap();
            assert!(
                first.starts_with("::error title=benchgate::")
                    || first.starts_with("::warning title=benchgate::")
            );
            assert!(
                !text.contains("##[") && !text.contains('\r') && !text.contains("%0A"),
                "{text}"
            );
            assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
        }
    }
}
