//! Random reports for property tests.

use proptest::prelude::*;
use serde_json::json;

use super::tables::any_table;
use super::{HOSTILE, comparison, presence, report};
use crate::diag::{Code, Diagnostic};
use crate::model::*;

/// Any report: nasty names, any verdict, any finite number.
pub(in crate::report) fn any_report() -> impl Strategy<Value = Report> {
    let text = || {
        prop_oneof![
            prop::sample::select(HOSTILE).prop_map(str::to_owned),
            any::<String>(),
            "[a-z/]{1,300}"
        ]
    };
    let number = || {
        prop_oneof![
            -1.0..2.0f64,
            prop::num::f64::NORMAL.prop_map(|n| n.clamp(-1e300, 1e300)),
            Just(0.0)
        ]
    };
    let verdict = prop::sample::select(vec![
        Verdict::Regressed,
        Verdict::Improved,
        Verdict::Unchanged,
        Verdict::Inconclusive,
        Verdict::Suspect,
        Verdict::Added,
        Verdict::Removed,
    ]);
    let severity = || {
        prop::sample::select(vec![
            Severity::None,
            Severity::Notice,
            Severity::Warning,
            Severity::Critical,
        ])
    };
    let row = (
        text(),
        number(),
        number(),
        [number(), number(), number()],
        verdict,
        [severity(), severity()],
        any::<[bool; 4]>(),
    )
        .prop_map(
            |(
                name,
                base,
                head,
                [estimate, low, high],
                verdict,
                [severity, would_be],
                [more, up, has_low, has_note],
            )| {
                let mut c = comparison(&name, base, head, (low, high));
                c.change = Some(Change {
                    estimate,
                    low: has_low.then_some(low),
                    high: Some(high),
                    confidence: 0.98,
                });
                (c.verdict, c.severity, c.would_be) = (verdict, severity, would_be);
                c.better = if up { Better::Higher } else { Better::Lower };
                if more {
                    c.head = None;
                }
                if has_note {
                    c.notes.push(name);
                }
                c
            },
        );
    let outcome = prop::sample::select(vec![
        (Outcome::Pass, 0),
        (Outcome::Fail, 1),
        (Outcome::Inconclusive, 0),
        (Outcome::Inconclusive, 5),
        (Outcome::Error, 2),
        (Outcome::Error, 3),
    ]);
    let tables = prop::collection::vec(any_table(text(), number()), 0..5);
    (prop::collection::vec(row, 0..60), prop::collection::vec(text(), 8), outcome, tables).prop_map(
        |(rows, words, (outcome, exit_code), tables)| {
            let mut report = report(rows);
            report.tables = tables;
            let word = |i: usize| words.get(i).cloned().unwrap_or_default();
            report.outcome = outcome;
            report.exit_code = exit_code;
            report.config.display =
                Display { notice: word(0), warning: word(1), critical: word(2) };
            report.base.name = word(3);
            report.base.commit = Some(word(4));
            report.head.environment.insert(word(5), json!(word(6)));
            report.findings.push(presence(&word(7), Severity::Notice, &word(0)));
            report.diagnostics = words
                .iter()
                .map(|word| Diagnostic::warning(Code::Malformed, word).file(word))
                .collect();
            report
        },
    )
}
