//! The commit status: one line beside a commit, which a branch rule can require.

use serde::Deserialize;
use serde_json::json;

use super::context::{Repository, Sha};
use super::{Client, Failure};
use crate::model::{Outcome, Report};

/// What a commit status says at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The gate passes.
    Success,
    /// The gate fails.
    Failure,
    /// Nothing could be decided.
    Error,
}

impl State {
    /// The state of a finished report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        match (report.outcome, report.exit_code) {
            (Outcome::Error, _) => Self::Error,
            (Outcome::Pass | Outcome::Inconclusive, 0) => Self::Success,
            _ => Self::Failure,
        }
    }

    /// The word of the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
        }
    }
}

/// What to set.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    /// What it says at a glance.
    pub state: State,
    /// The same in words; what is over 140 characters is cut.
    pub description: &'a str,
    /// Where it leads to; an `http` or `https` address.
    pub target_url: Option<&'a str>,
}

/// The name of the commit status of a gate, which is what a branch rule names.
#[must_use]
pub fn context(gate: &str) -> String {
    match gate {
        "default" => "benchgate".to_owned(),
        gate => format!("benchgate/{gate}"),
    }
}

/// Sets the commit status of a gate on a commit.
///
/// # Errors
/// When GitHub does not take it.
pub async fn set_status(
    client: &Client,
    repository: &Repository,
    commit: &Sha,
    gate: &str,
    status: Status<'_>,
) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Set {
        #[serde(default)]
        state: String,
        #[serde(default)]
        context: String,
        #[serde(default)]
        description: Option<String>,
    }
    let context = context(gate);
    let description = shortened(status.description);
    let body = json!({
        "state": status.state.name(),
        "context": context,
        "description": description,
        "target_url": status.target_url,
    });
    let already = async || {
        let path = repository.path(format_args!("/commits/{commit}/statuses?per_page=100"));
        let newest_first: Vec<Set> = client.get(&path).await?;
        let newest =
            newest_first.into_iter().find(|set| set.context.eq_ignore_ascii_case(&context));
        Ok(newest.filter(|set| {
            set.state == status.state.name()
                && set.description.as_deref() == Some(description.as_str())
        }))
    };
    let path = repository.path(format_args!("/statuses/{commit}"));
    client.post::<Set>(&path, &body, already).await.map(drop)
}

/// A description of at most 140 characters.
fn shortened(text: &str) -> String {
    const MOST: usize = 140;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_description_is_cut_to_what_github_takes() {
        assert_eq!(shortened("fine"), "fine");
        let long = shortened(&"µ".repeat(141));
        assert_eq!((long.chars().count(), long.chars().last()), (140, Some('…')));
        assert_eq!(shortened(&"µ".repeat(140)).chars().count(), 140);
    }

    #[test]
    fn the_state_follows_outcome_and_exit_code() {
        let mut report = samples::small();
        let cases = [
            (Outcome::Pass, 0, State::Success),
            (Outcome::Inconclusive, 0, State::Success),
            (Outcome::Inconclusive, 5, State::Failure),
            (Outcome::Fail, 1, State::Failure),
            // Nothing that contradicts itself is a success.
            (Outcome::Fail, 0, State::Failure),
            (Outcome::Pass, 1, State::Failure),
            (Outcome::Error, 3, State::Error),
            (Outcome::Error, 0, State::Error),
        ];
        for (outcome, exit_code, state) in cases {
            (report.outcome, report.exit_code) = (outcome, exit_code);
            assert_eq!(State::of(&report), state, "{outcome:?} {exit_code}");
        }
    }

    #[test]
    fn each_gate_has_its_own_context() {
        assert_eq!(context("default"), "benchgate");
        assert_eq!(context("arm"), "benchgate/arm");
    }
}
