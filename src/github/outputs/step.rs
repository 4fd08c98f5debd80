use std::path::Path;

use super::append;
use crate::diag::Diagnostic;
use crate::github::labels::regressions;
use crate::model::{Outcome, Report};

/// The outputs of the step: a fixed set of names, each with a value on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    values: Vec<(&'static str, String)>,
}

impl Outputs {
    /// What a report says: `outcome`, `severity`, `regressions`.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let outcome = match report.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Inconclusive => "inconclusive",
            Outcome::Error => "error",
        };
        let values = vec![
            ("outcome", outcome.to_owned()),
            ("severity", report.severity.name().to_owned()),
            ("regressions", regressions(report).to_string()),
        ];
        Self { values }
    }

    /// What [`of`](Self::of) gives where there is no report: the same names, all empty.
    #[must_use]
    pub fn none() -> Self {
        let values = ["outcome", "severity", "regressions"].map(|name| (name, String::new()));
        Self { values: values.into() }
    }

    /// What became of publishing: `comment-url`, empty where there is no comment, and `published`, which is `true`
    /// where all that was to be sent was sent.
    #[must_use]
    pub fn published(comment_url: Option<&str>, complete: bool) -> Self {
        let url = comment_url.unwrap_or_default().to_owned();
        Self { values: vec![("comment-url", url), ("published", complete.to_string())] }
    }

    /// The lines for the runner. `random` makes a delimiter that nobody who wrote a value could know.
    ///
    /// A value with a line break or with the delimiter in it is left empty: no value of ours has either.
    #[must_use]
    pub fn render(&self, random: u128) -> String {
        let delimiter = format!("benchgate_{random:032x}");
        let mut text = String::new();
        for (name, value) in &self.values {
            let safe = !value.contains(['\n', '\r']) && !value.contains(&delimiter);
            let value = if safe { value.as_str() } else { "" };
            text.push_str(&format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"));
        }
        text
    }
}

/// Appends outputs to the file that the runner reads them from.
///
/// # Errors
/// When the file cannot be written.
pub fn append_outputs(path: &Path, outputs: &Outputs, random: u128) -> Result<(), Diagnostic> {
    append(path, &outputs.render(random), "the outputs of the step")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn outputs_stand_between_random_delimiters() {
        insta::assert_snapshot!(Outputs::of(&samples::small()).render(7));
    }

    #[test]
    fn no_value_can_end_itself() {
        let delimiter = format!("benchgate_{:032x}", 7);
        for url in ["https://x/\nevil=1", &format!("x{delimiter}"), "a\rb"] {
            let text = Outputs::published(Some(url), false).render(7);
            let rest = format!("published<<{delimiter}\nfalse\n{delimiter}\n");
            assert_eq!(text, format!("comment-url<<{delimiter}\n\n{delimiter}\n{rest}"));
        }
        let url = "https://github.com/o/r/pull/1#issuecomment-2";
        assert!(Outputs::published(Some(url), true).render(7).contains(&format!("\n{url}\n")));
    }

    #[test]
    fn what_other_steps_wrote_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        std::fs::write(&path, "other=1\n").unwrap();
        append_outputs(&path, &Outputs::published(None, true), 1).unwrap();
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .starts_with("other=1\ncomment-url<<benchgate_0")
        );
        let refused = append_outputs(folder.path(), &Outputs::default(), 1).unwrap_err();
        assert_eq!(refused.level, crate::diag::Level::Warning);
    }
}
