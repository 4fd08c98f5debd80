//! The comment on a pull request, from a minijinja template that the user can replace.
//!
//! Everything a template gets is already escaped for where it stands. A comment that would be too long loses its
//! least important rows first, and says how many.

mod budget;
mod context;
#[cfg(test)]
pub(super) mod documented;
mod tables;

use minijinja::{AutoEscape, Value};

use super::view::View;
use super::{Options, RenderError, template};
use crate::model::Report;
use budget::Parts;

/// The template that is rendered.
pub(super) const COMMENT: &str = "comment.md.j2";
/// The templates that are embedded.
const EMBEDDED: &[(&str, &str)] = &[
    (COMMENT, include_str!("../../templates/comment.md.j2")),
    ("table.md.j2", include_str!("../../templates/table.md.j2")),
];

pub(super) fn render(report: &Report, options: &Options) -> Result<String, RenderError> {
    if !super::is_gate_name(&options.gate_name) {
        return Err(RenderError::GateName(options.gate_name.clone()));
    }
    let environment = template::environment(EMBEDDED, &options.templates, AutoEscape::None)?;
    let wrong = |error: &minijinja::Error, context: Option<&Value>| {
        template::describe(error, &options.templates, COMMENT, context)
    };
    let template = environment.get_template(COMMENT).map_err(|error| wrong(&error, None))?;
    let view = View::new(report);
    let fixed = context::fixed(&view, options);
    let tables = (tables::tables(&view), view.sections().len());
    let mut parts = Parts::new(context::parts(&view, options), tables, options.max_bytes);
    parts.fit(options.max_bytes, |parts| {
        let context = minijinja::context! { ..parts, ..fixed.clone() };
        template.render(&context).map_err(|error| wrong(&error, Some(&context)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Form, Templates, render as render_form, samples};
    use proptest::prelude::*;

    fn markdown(report: &Report, options: &Options) -> String {
        render_form(report, Form::Markdown, options).unwrap()
    }

    #[test]
    fn every_sample() {
        let options = Options {
            run: Some(123),
            attempt: Some(1),
            date: Some(jiff::civil::date(2026, 11, 21)),
            report_url: Some("https://example.org/report".into()),
            docs_url: Some("javascript:alert(1)".into()),
            ..Options::default()
        };
        for (name, report) in samples::all() {
            insta::assert_snapshot!(format!("markdown_{name}"), markdown(&report, &options));
        }
    }

    #[test]
    fn tables_end_before_text_begins() {
        for (name, report) in samples::all() {
            let text = markdown(&report, &Options::default());
            let lines: Vec<&str> = text.lines().collect();
            for (line, next) in lines.iter().zip(lines.iter().skip(1)) {
                let ends = next.is_empty() || next.starts_with('|') || *next == "</details>";
                assert!(!line.starts_with('|') || ends, "{name}: {next}");
                assert!(
                    line.is_empty() || !next.starts_with("| |"),
                    "{name}: a table after {line}"
                );
                assert!(line.is_empty() || !next.starts_with("<details"), "{name}: {line}");
            }
            assert!(!text.contains("\n\n\n"), "{name}");
        }
    }

    #[test]
    fn ten_thousand_benchmarks_fit_and_the_rest_is_counted() {
        let text = markdown(&samples::huge(), &Options::default());
        assert!(text.len() <= 60_000 && text.len() > 55_000, "{}", text.len());
        assert!(text.contains("**10,000 benchmarks**"));
        assert!(text.contains("left out to keep this comment short"));
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        let short = markdown(&samples::huge(), &Options { max_bytes: 8_192, ..Options::default() });
        assert!(short.len() <= 8_192);
        assert!(short.contains("**+30.0&nbsp;%**"), "{short}");
    }

    #[test]
    fn one_huge_name_is_cut() {
        let report = samples::all().into_iter().find(|(name, _)| *name == "hostile").unwrap().1;
        let text = markdown(&report, &Options { max_bytes: 8_192, ..Options::default() });
        assert!(text.len() <= 8_192);
    }

    #[test]
    fn what_can_never_fit_is_an_error() {
        let error = render_form(
            &samples::small(),
            Form::Markdown,
            &Options { max_bytes: 100, ..Options::default() },
        );
        assert!(matches!(error, Err(RenderError::TooLong { .. })));
        let error = render_form(
            &samples::small(),
            Form::Markdown,
            &Options { gate_name: "a b".into(), ..Options::default() },
        );
        assert_eq!(error, Err(RenderError::GateName("a b".into())));
    }

    fn with_template(source: &str) -> Result<String, RenderError> {
        let mut templates = Templates::new();
        templates.insert("comment.md.j2", "templates/own.md.j2", source);
        render_form(&samples::small(), Form::Markdown, &Options { templates, ..Options::default() })
    }

    #[test]
    fn a_template_can_be_replaced() {
        let source = "{% from 'table.md.j2' import pictures %}<!-- benchgate:report {{ marker }} -->\n{{ outcome }}: {{ headline.text }}\n{{ pictures(findings.rows, scale) }}";
        insta::assert_snapshot!(with_template(source).unwrap());
    }

    #[test]
    fn a_wrong_template_is_a_located_error() {
        let wrong = [
            "one\n{{ nothing_of_this_name }}\n",
            "one\ntwo\n{% if %}\n",
            "{% include 'no.md.j2' %}",
            "{{ headline.colour }}",
            "one\n{{ heading.text }}",
            "{{ findings.totals }}",
            "{% for %}",
        ];
        let all: String = wrong
            .iter()
            .map(|source| {
                crate::diag::render(&with_template(source).unwrap_err().to_diagnostic(), false)
                    + "\n\n"
            })
            .collect();
        insta::assert_snapshot!(all);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn never_longer_than_allowed(report in samples::any_report(), max_bytes in 8_192..70_000usize) {
            let text = markdown(&report, &Options { max_bytes, ..Options::default() });
            prop_assert!(text.len() <= max_bytes);
            prop_assert!(text.starts_with("<!-- benchgate:report gate=default -->\n### "));
            let lines = |start| text.lines().filter(|line| line.starts_with(start)).count();
            prop_assert_eq!(lines("<details"), lines("</details>"));
        }
    }
}
