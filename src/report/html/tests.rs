use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::report::{Form, Templates, render as render_form, samples};

fn html(report: &Report) -> String {
    let options = Options {
        date: Some(jiff::civil::date(2026, 11, 21)),
        docs_url: Some("https://example.org/read?a=1&b=2".into()),
        ..Options::default()
    };
    render_form(report, Form::Html, &options).unwrap()
}

/// The page without its style and script, which are files of their own.
fn bare(page: &str) -> String {
    page.replace(STYLE, "")
        .replace(SCRIPT, "")
        .replace(&hash(STYLE), "sha256-style")
        .replace(&hash(SCRIPT), "sha256-script")
}

#[test]
fn every_sample() {
    for (name, report) in samples::all() {
        insta::assert_snapshot!(format!("html_{name}"), bare(&html(&report)));
    }
}

#[test]
fn what_no_rule_speaks_of_is_not_inconclusive() {
    let mut report = samples::failing();
    let shown = |report: &Report| html(report).contains("<section id=\"inconclusive\"");
    assert!(shown(&report));
    for comparison in &mut report.comparisons {
        comparison.levels = crate::model::Levels::default();
    }
    assert!(!shown(&report));
}

#[test]
fn the_policy_names_this_style_and_this_script() {
    // echo -n abc | openssl dgst -sha256 -binary | base64
    assert_eq!(hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    let page = html(&samples::small());
    assert!(page.contains(&format!("<style>{STYLE}</style>")));
    assert!(page.contains(&format!("<script>{SCRIPT}</script>")));
    for text in [STYLE, SCRIPT] {
        assert!(page.contains(&format!("'{}'", hash(text))));
        assert!(!text.contains("</") && !text.contains("<!--"));
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = samples::failing();
    assert_eq!(html(&report), html(&report));
}

#[test]
fn ten_thousand_benchmarks_are_a_file_that_can_be_sent() {
    let page = html(&samples::huge());
    assert!(page.len() < 15_000_000, "{}", page.len());
    assert_eq!(page.matches("<tr role=\"row\" id=\"b").count(), 10_000);
    assert!(page.contains("…and 1,900 more in the table of all benchmarks."), "findings");
}

#[test]
fn a_template_can_be_replaced_and_its_errors_are_located() {
    let with = |source: &str| {
        let mut templates = Templates::new();
        templates.insert(PAGE, "templates/page.html.j2", source);
        render_form(&samples::small(), Form::Html, &Options { templates, ..Options::default() })
    };
    let source = "<p>{{ headline.text }}{% for row in all %} {{ row.name }} {{ row.change }}{% endfor %}</p>";
    assert_eq!(
        with(source).unwrap(),
        "<p>1 benchmark slower than allowed <code>parser/large</code> +23.1 %</p>"
    );
    let wrong = ["one\n{{ nothing_of_this_name }}", "one\ntwo\n{% if %}"];
    let wrong: Vec<String> = wrong
        .iter()
        .map(|source| crate::diag::render(&with(source).unwrap_err().to_diagnostic(), false))
        .collect();
    insta::assert_snapshot!(wrong.join("\n\n"));
}

/// Every element that a page may have, with the attributes that it may have.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("a", &["class", "href", "rel"]),
    ("body", &[]),
    ("br", &[]),
    ("button", &["class", "type"]),
    ("caption", &["class"]),
    ("circle", &["cx", "cy", "r"]),
    ("code", &["class"]),
    ("details", &["class"]),
    ("div", &["class", "role", "aria-label", "aria-labelledby", "tabindex"]),
    ("figcaption", &[]),
    ("figure", &[]),
    ("footer", &[]),
    ("form", &["aria-label", "hidden", "id", "role"]),
    ("g", &["class"]),
    ("h1", &[]),
    ("h2", &["id"]),
    ("head", &[]),
    ("header", &["class"]),
    ("html", &["lang"]),
    ("input", &["autocomplete", "id", "placeholder", "spellcheck", "type"]),
    ("label", &["hidden"]),
    ("li", &[]),
    ("link", &["href", "rel"]),
    ("main", &["id", "tabindex"]),
    ("meta", &["charset", "content", "http-equiv", "name"]),
    ("nav", &["aria-label"]),
    ("option", &["value"]),
    ("output", &["for", "id"]),
    ("p", &["class"]),
    ("path", &["class", "d"]),
    ("pre", &["tabindex"]),
    ("rect", &["class", "height", "width", "x"]),
    ("script", &["id", "type"]),
    ("section", &["aria-labelledby", "id"]),
    ("select", &["id"]),
    ("span", &["class", "hidden", "id", "title"]),
    ("strong", &[]),
    ("style", &[]),
    ("summary", &[]),
    ("svg", &["aria-hidden", "aria-label", "class", "role", "viewBox"]),
    ("table", &["class", "id", "role"]),
    ("tbody", &["role"]),
    ("td", &["class", "role"]),
    ("text", &["class", "x", "y"]),
    ("th", &["class", "data-sort", "role", "scope"]),
    ("thead", &["role"]),
    ("title", &[]),
    ("tr", &["class", "id", "role"]),
    ("ul", &["class"]),
];

/// Attributes in which words from a report stand. All others hold words of ours.
const FOREIGN: &[&str] = &["aria-label", "content"];

/// Reads a page as strictly as it is written, more strictly than any browser: `<` stands nowhere but before an element
/// of the list, and an attribute is `name="value"`. What is wrong, if anything is.
fn problem(page: &str) -> Option<String> {
    let rest = page.strip_prefix("<!doctype html>")?;
    let mut open = Vec::new();
    for part in rest.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else { return Some(format!("open: <{part}")) };
        if text.contains('>') && open.last() != Some(&"script") {
            return Some(format!("a bare > in {text}"));
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Some(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let Some((_, allowed)) = ELEMENTS.iter().find(|(known, _)| *known == name) else {
            return Some(format!("an element <{tag}>"));
        };
        if let Some(problem) = attributes_problem(attributes.trim_end_matches('/'), allowed) {
            return Some(format!("{problem} in <{tag}>"));
        }
        let empty = ["meta", "link", "br", "input"].contains(&name) || tag.ends_with('/');
        if !empty {
            open.push(name);
        }
    }
    (!open.is_empty()).then(|| format!("never closed: {open:?}"))
}

fn attributes_problem(mut attributes: &str, allowed: &[&str]) -> Option<String> {
    let mut seen = BTreeSet::new();
    while !attributes.is_empty() {
        attributes = attributes.trim_start();
        let end = attributes.find([' ', '=']).unwrap_or(attributes.len());
        let (name, rest) = attributes.split_at(end);
        if !allowed.contains(&name) || !seen.insert(name) {
            return Some(format!("the attribute {name}"));
        }
        attributes = match rest.strip_prefix("=\"") {
            None if name == "hidden" && !rest.starts_with('=') => rest,
            None => return Some(format!("{name} without quotes")),
            Some(rest) => {
                let Some((value, rest)) = rest.split_once('"') else {
                    return Some(format!("{name} without end"));
                };
                let ours = |c: char| c.is_ascii_alphanumeric() || " .,:;#_-/?=&".contains(c);
                if !FOREIGN.contains(&name) && !value.chars().all(ours) {
                    return Some(format!("{name}={value}"));
                }
                if name == "href"
                    && !["#", "data:,", "https://example.org/"]
                        .iter()
                        .any(|start| value.starts_with(start))
                {
                    return Some(format!("a link to {value}"));
                }
                rest
            }
        };
    }
    None
}

#[test]
fn the_strict_reader_sees_what_should_not_be_there() {
    let page = bare(&html(&samples::failing()));
    assert_eq!(problem(&page), None);
    for (place, with) in [
        ("</main>", "<img src=x></main>"),
        ("</main>", "<a href=\"javascript:x\">x</a></main>"),
        ("</main>", "</div></main>"),
        ("</main>", "a < b</main>"),
        ("<main ", "<main onclick=\"x\" "),
        ("<main ", "<main id=\"other\" "),
        ("<h1>", "<h1 id=x>"),
        ("</body>", "<!-- x --></body>"),
    ] {
        let wrong = page.replace(place, with);
        assert_ne!(wrong, page);
        assert!(problem(&wrong).is_some(), "{with}");
    }
}

#[test]
fn hostile_samples_make_nothing() {
    for (name, report) in samples::all() {
        assert_eq!(problem(&bare(&html(&report))), None, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn no_report_makes_an_element_an_attribute_or_a_script(report in samples::any_report()) {
        let page = bare(&html(&report));
        prop_assert_eq!(problem(&page), None);
        let scripts = if report.comparisons.is_empty() { 1 } else { 3 };
        prop_assert_eq!(page.matches("<script").count(), scripts);
        prop_assert_eq!(page.matches("<style").count(), 1);
        // Whatever the numbers, plots have coordinates.
        prop_assert!(!page.contains("NaN") && !page.contains("\"inf") && !page.contains("-inf"));
    }
}

#[test]
fn the_document_names_what_a_template_sees() {
    use crate::report::markdown::documented::{documented, paths};
    let mut seen = BTreeSet::new();
    for (_, report) in samples::all() {
        let options =
            Options { docs_url: Some("https://example.org/".into()), ..Options::default() };
        paths("", &page::page(&View::new(&report), &options), &mut seen);
    }
    let documented = documented(include_str!("../../../docs/page.md"));
    let missing: Vec<_> = seen.difference(&documented).collect();
    let gone: Vec<_> = documented.difference(&seen).collect();
    assert!(missing.is_empty(), "docs/page.md does not name {missing:?}");
    assert!(gone.is_empty(), "docs/page.md names what is not there: {gone:?}");
}
