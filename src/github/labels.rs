//! Labels on a pull request that hold as long as what they say.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::json;

use super::context::Repository;
use super::{Client, Failure, encode};
use crate::diag::quoted;
use crate::model::{Outcome, Report, Severity, Verdict};

/// When a label is on a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regression reaches a level, and no waiver covers it.
    Regression,
    /// Something became better.
    Improvement,
    /// The gate is inconclusive.
    Inconclusive,
}

impl Kind {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Regression, "regression"),
        (Self::Improvement, "improvement"),
        (Self::Inconclusive, "inconclusive"),
    ];

    /// Whether a label of this kind belongs on the pull request of a report.
    pub(super) fn holds(self, report: &Report) -> bool {
        match self {
            Self::Regression => regressions(report) > 0,
            Self::Improvement => report.comparisons.iter().any(|c| c.verdict == Verdict::Improved),
            Self::Inconclusive => report.outcome == Outcome::Inconclusive,
        }
    }
}

/// How many regressions reach a level that no waiver covers.
#[must_use]
pub fn regressions(report: &Report) -> usize {
    let counts = |finding: &&crate::model::Finding| {
        finding.rule == "regression"
            && finding.waiver.is_none()
            && finding.severity > Severity::None
    };
    report.findings.iter().filter(counts).count()
}

/// A label and when it is on a pull request, written `regression=performance: regression`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// When it is there.
    pub kind: Kind,
    /// Its name: 1 to 50 characters.
    pub name: String,
}

impl FromStr for Label {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|(_, name)| *name).collect();
        let kinds = kinds.join(", ");
        let (kind, name) = text
            .split_once('=')
            .ok_or_else(|| format!("write it as KIND=LABEL; kinds are {kinds}"))?;
        let found = Kind::ALL.iter().find(|(_, known)| *known == kind.trim());
        let &(kind, _) =
            found.ok_or_else(|| format!("there is no kind {}; kinds are {kinds}", quoted(kind)))?;
        let name = name.trim();
        // A name of dots alone would be taken for a folder of a path.
        if !(1..=50).contains(&name.chars().count())
            || name.chars().all(|c| c == '.')
            || name.chars().any(char::is_control)
        {
            return Err(
                "a label has 1 to 50 characters, none of them a control character".to_owned()
            );
        }
        Ok(Self { kind, name: name.to_owned() })
    }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Puts labels on a pull request and takes them off, as the report says: what was done in words, and what kept the rest
/// from being done. After an error of the inputs nobody knows, so they stay as they are.
pub(crate) async fn keep(
    client: &Client,
    repository: &Repository,
    number: u64,
    labels: &[Label],
    report: &Report,
) -> (Vec<String>, Option<Failure>) {
    let mut done = Vec::new();
    if labels.is_empty() || report.outcome == Outcome::Error {
        return (done, None);
    }
    let kept = change(client, repository, number, labels, report, &mut done).await;
    (done, kept.err())
}

async fn change(
    client: &Client,
    repository: &Repository,
    number: u64,
    labels: &[Label],
    report: &Report,
    done: &mut Vec<String>,
) -> Result<(), Failure> {
    let path = repository.path(format_args!("/issues/{number}/labels"));
    let there: Vec<Named> = client.all(&path).await?;
    let has = |name: &str| there.iter().any(|label| label.name.eq_ignore_ascii_case(name));
    // A label of two kinds is there while either holds.
    let wanted = |name: &str| {
        labels.iter().any(|label| label.name.eq_ignore_ascii_case(name) && label.kind.holds(report))
    };
    let mut seen: Vec<&str> = Vec::new();
    for Label { name, .. } in labels {
        if seen.iter().any(|seen| seen.eq_ignore_ascii_case(name)) {
            continue;
        }
        seen.push(name);
        match (wanted(name), has(name)) {
            (true, false) => {
                let already = async || {
                    let there: Vec<Named> = client.all(&path).await?;
                    let found = there.iter().any(|label| label.name.eq_ignore_ascii_case(name));
                    Ok(found.then_some(there))
                };
                client.post::<Vec<Named>>(&path, &json!({ "labels": [name] }), already).await?;
                done.push(format!("label {} added", quoted(name)));
            }
            (false, true) => {
                let label = format!("{path}/{}", encode(name));
                match client.delete::<serde::de::IgnoredAny>(&label, &()).await {
                    // Somebody else was faster.
                    Ok(_) | Err(Failure::NotFound { .. }) => {}
                    Err(failure) => return Err(failure),
                }
                done.push(format!("label {} removed", quoted(name)));
            }
            (true, true) | (false, false) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_kind_and_a_name() {
        let label: Label = "regression=performance: regression".parse().unwrap();
        assert_eq!(
            (label.kind, label.name.as_str()),
            (Kind::Regression, "performance: regression")
        );
        assert_eq!("improvement=a=b".parse::<Label>().unwrap().name, "a=b");
        let long = format!("regression={}", "x".repeat(51));
        let refused: Vec<String> =
            ["regression", "slower=x", "regression=", "regression=..", "regression=a\nb", &long]
                .into_iter()
                .map(|text| text.parse::<Label>().unwrap_err())
                .collect();
        insta::assert_snapshot!(refused.join("\n"));
    }
}
