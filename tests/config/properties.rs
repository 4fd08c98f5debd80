use benchgate::config::{Config, STARTER};
use proptest::prelude::*;

/// Pieces of files, so that nonsense comes near to sense.
const PIECES: &[&str] = &[
    "version: 1",
    "gate:",
    "rules:",
    "waivers:",
    "metrics:",
    "inputs:",
    "jsonl:",
    "regression:",
    "presence:",
    "metric: time",
    "critical: 20%",
    "critical:",
    "  ",
    "    ",
    "- ",
    "{ ",
    " }",
    "[",
    "]",
    ", ",
    ": ",
    "\"",
    "'",
    "&a ",
    "*a",
    "<<: *a",
    "!t ",
    "---\n",
    "\n",
    "\t",
    "# x",
    "|",
    ">",
    "? ",
    "5%",
    "null",
    "~",
    "é",
    "\u{feff}",
    "\r\n",
    "\u{0}",
    "%",
    "@",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every diagnostic has a place inside the text and something underlined that is there.
    #[test]
    fn any_text_is_read_or_refused_with_places(
        text in prop_oneof![
            any::<String>(),
            proptest::collection::vec(proptest::sample::select(PIECES), 0..40).prop_map(|p| p.concat()),
        ]
    ) {
        if let Err(diagnostics) = Config::parse("x.yml", &text, None) {
            prop_assert!(!diagnostics.is_empty());
            let mut last = 0;
            for diagnostic in &diagnostics {
                let line = diagnostic.line.unwrap_or(0);
                prop_assert!(line >= last.max(1), "{diagnostic:?}");
                prop_assert!(line as usize <= text.lines().count().max(1) + 1);
                prop_assert!(!diagnostic.message.is_empty());
                prop_assert!(diagnostic.help.as_ref().is_some_and(|help| !help.is_empty()), "{diagnostic:?}");
                let excerpt = diagnostic.excerpt.as_ref().expect("an excerpt");
                prop_assert!(excerpt.text.get(excerpt.span.clone()).is_some());
                let _ = benchgate::diag::render(diagnostic, true);
                last = line;
            }
        }
    }

    /// A file cut off anywhere, or with a character changed, is read or refused, and never a panic.
    #[test]
    fn a_damaged_starter_is_read_or_refused(at in 0..STARTER.len(), with in proptest::option::of(any::<char>())) {
        let at = (0..=at).rev().find(|&at| STARTER.is_char_boundary(at)).unwrap_or(0);
        let (before, after) = STARTER.split_at(at);
        let text = match with {
            Some(c) => format!("{before}{c}{}", after.chars().skip(1).collect::<String>()),
            None => before.to_owned(),
        };
        let _ = Config::parse("x.yml", &text, None);
    }

    /// One misspelt key is one diagnostic, on its line.
    #[test]
    fn a_misspelt_key_is_found_at_its_line(
        settings in proptest::sample::subsequence(vec![
            "gate:", "  alpha: 2%", "  margin: 1%", "  fail-on: warning", "  inconclusive: fail", "  one-run: decide",
        ], 0..=6),
        rules in proptest::collection::vec(prop_oneof![
            Just("  - regression: { metric: time, critical: 20% }"),
            Just("  - regression:\n      metric: throughput\n      warning: 5%\n      critical: 20%\n      evidence: estimate"),
            Just("  - presence: { missing: critical }"),
            Just("  - presence:\n      zero: none\n      added: notice"),
        ], 1..6),
        pick in any::<proptest::sample::Index>(),
        letter in any::<proptest::sample::Index>(),
    ) {
        let gate = if settings.first() == Some(&"gate:") && settings.len() > 1 { settings.join("\n") } else { "# no gate".into() };
        let text = format!("version: 1\n{gate}\nrules:\n{}\n", rules.join("\n"));
        prop_assert!(Config::parse("x.yml", &text, None).is_ok(), "{}", text);

        // The last key of a line is misspelt by doubling one of its letters.
        let lines: Vec<&str> = text.lines().collect();
        let keyed: Vec<usize> = (1..lines.len()).filter(|&n| lines[n].contains(':')).collect();
        let line = keyed[pick.index(keyed.len())];
        let whole = lines[line];
        let colon = whole.rfind(':').expect("a colon");
        let start = whole[..colon].rfind(|c: char| !(c.is_ascii_alphabetic() || c == '-')).map_or(0, |at| at + 1);
        let at = start + letter.index(colon - start);
        let mut wrong: Vec<String> = lines.iter().map(|&l| l.to_owned()).collect();
        wrong[line] = format!("{}x{}", &whole[..at], &whole[at..]);
        let found = Config::parse("x.yml", &wrong.join("\n"), None).expect_err("a mistake");
        // A required key that is misspelt is missing as well.
        let unknown: Vec<_> = found.iter().filter(|d| d.code.name() == "unknown-key").collect();
        prop_assert_eq!(unknown.len(), 1, "{:?}", found);
        prop_assert_eq!(unknown[0].line.map(|l| l as usize), Some(line + 1));
        prop_assert!(found.iter().all(|d| d.code.name() == "unknown-key" || d.code.name() == "missing-key"));
        prop_assert!(found.len() <= 2, "{:?}", found);
    }
}
