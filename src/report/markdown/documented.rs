//! `docs/templates.md` names everything that a template sees, and nothing else; its example works.

use std::collections::BTreeSet;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::{Parts, context, tables};
use crate::model::Report;
use crate::report::view::View;
use crate::report::{Form, Options, Templates, render, samples};

const DOCUMENT: &str = include_str!("../../../docs/templates.md");

fn options() -> Options {
    Options {
        report_url: Some("https://example.org".into()),
        docs_url: Some("https://example.org".into()),
        ..Options::default()
    }
}

/// The paths of everything in a value: `headline.sign`, `findings.rows.label`. Lists have the path of what they hold.
pub(in crate::report) fn paths(path: &str, value: &Value, into: &mut BTreeSet<String>) {
    match value.kind() {
        ValueKind::Map => {
            for key in value.try_iter().unwrap() {
                let name = key.as_str().unwrap();
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                paths(&path, &value.get_item(&key).unwrap(), into);
            }
        }
        ValueKind::Seq | ValueKind::Iterable => {
            for item in value.try_iter().unwrap() {
                paths(path, &item, into);
            }
        }
        _ => {
            into.insert(path.to_owned());
        }
    }
}

fn seen(report: &Report) -> BTreeSet<String> {
    let view = View::new(report);
    let options = options();
    let tables = (tables::tables(&view), view.sections().len());
    let parts = Parts::new(context::parts(&view, &options), tables, options.max_bytes);
    let mut all = BTreeSet::new();
    paths("", &parts.value(), &mut all);
    paths("", &context::fixed(&view, &options), &mut all);
    all
}

/// The paths in the tables of the document: the names in a heading before the name in the first cell.
pub(in crate::report) fn documented(document: &str) -> BTreeSet<String> {
    let names = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut prefixes = Vec::new();
    let mut all = BTreeSet::new();
    for line in document.lines() {
        if line.starts_with('#') {
            prefixes = names(line).iter().map(|name| format!("{name}.")).collect();
            if prefixes.is_empty() {
                prefixes.push(String::new());
            }
        } else if let Some(name) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next())
        {
            all.extend(prefixes.iter().map(|prefix| format!("{prefix}{name}")));
        }
    }
    all
}

#[test]
fn the_document_names_what_a_template_sees() {
    let seen: BTreeSet<String> =
        samples::all().iter().flat_map(|(_, report)| seen(report)).collect();
    let documented = documented(DOCUMENT);
    let missing: Vec<_> = seen.difference(&documented).collect();
    let gone: Vec<_> = documented.difference(&seen).collect();
    assert!(missing.is_empty(), "docs/templates.md does not name {missing:?}");
    assert!(gone.is_empty(), "docs/templates.md names what is not there: {gone:?}");
}

#[test]
fn the_example_of_the_document_works() {
    let example = DOCUMENT.split("```jinja\n").nth(1).unwrap().split("```").next().unwrap();
    let mut templates = Templates::new();
    templates.insert("comment.md.j2", "comment.md.j2", example);
    let options = Options { templates, ..options() };
    let written = render(&samples::rules(), Form::Markdown, &options).unwrap();
    insta::assert_snapshot!(written);
    for (name, report) in samples::all() {
        let written = render(&report, Form::Markdown, &options);
        assert!(written.is_ok_and(|text| text.len() <= options.max_bytes), "{name}");
    }
}
