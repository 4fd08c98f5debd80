//! The commit status: one line beside a commit, which a branch rule can require.

use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::context::{Repository, RunRef, Sha};
use super::{Client, Failure};
use crate::model::{Outcome, Report};
use crate::report::escape;

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
    /// The run that measured. It stands in the fragment of the address, so that an older run knows better.
    pub run: Option<RunRef>,
}

/// The name of the commit status of a gate, which is what a branch rule names.
#[must_use]
pub fn context(gate: &str) -> String {
    match gate {
        "default" => "benchgate".to_owned(),
        gate => format!("benchgate/{gate}"),
    }
}

/// Sets the commit status of a gate on a commit. Where a newer run has set it, that stays: gives this run.
///
/// # Errors
/// When GitHub does not take it.
pub async fn set_status(
    client: &Client,
    repository: &Repository,
    commit: &Sha,
    gate: &str,
    status: Status<'_>,
) -> Result<Option<RunRef>, Failure> {
    let context = context(gate);
    let description = escape::cut(status.description, LONGEST_DESCRIPTION - 1);
    let target_url = status.target_url.map(|url| match status.run {
        Some(run) => marked(url, run),
        None => url.to_owned(),
    });
    let body = json!({
        "state": status.state.name(),
        "context": context,
        "description": description,
        "target_url": target_url,
    });
    let statuses = repository.path(format_args!("/commits/{commit}/statuses"));
    // What the newest says already, or that it is of a newer run.
    let against = async || {
        let newest_first: Vec<Set> = client.all(&statuses).await?;
        let newest = newest_first.into_iter().find(|set| set.is_of(&context));
        Ok(newest.and_then(|set| {
            let newer = set.run().filter(|theirs| status.run.is_some_and(|ours| *theirs > ours));
            let same = set.state == status.state.name()
                && set.description.as_deref() == Some(description.as_str())
                && set.target_url == target_url;
            (newer.is_some() || same).then_some(newer)
        }))
    };
    let path = repository.path(format_args!("/statuses/{commit}"));
    match client.post_unless::<IgnoredAny, _>(&path, &body, against).await? {
        ControlFlow::Break(newer) => Ok(newer),
        ControlFlow::Continue(_) => Ok(None),
    }
}

/// The most characters of a description that GitHub takes.
const LONGEST_DESCRIPTION: usize = 140;
/// What stands before the run in the fragment of an address.
const RUN: &str = "benchgate-run=";

/// A status that is there.
#[derive(Deserialize)]
struct Set {
    #[serde(default)]
    state: String,
    #[serde(default)]
    context: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    target_url: Option<String>,
}

impl Set {
    /// Whether it has this name; for GitHub, `A` and `a` are one.
    fn is_of(&self, context: &str) -> bool {
        self.context.eq_ignore_ascii_case(context)
    }

    /// The run that set it, where one did.
    fn run(&self) -> Option<RunRef> {
        let (_, run) = self.target_url.as_deref()?.rsplit_once(RUN)?;
        let (id, attempt) = run.split_once('.')?;
        Some(RunRef { id: id.parse().ok()?, attempt: attempt.parse().ok()? })
    }
}

/// An address with a run in its fragment, which leads to the same page.
fn marked(url: &str, run: RunRef) -> String {
    let joint = if url.contains('#') { '&' } else { '#' };
    format!("{url}{joint}{RUN}{}.{}", run.id, run.attempt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn the_run_stands_in_the_fragment() {
        let run = RunRef { id: 12, attempt: 3 };
        let set = |url: Option<String>| Set {
            state: String::new(),
            context: String::new(),
            description: None,
            target_url: url,
        };
        for (url, expected) in [
            ("https://x/a", "https://x/a#benchgate-run=12.3"),
            ("https://x/a?b=c", "https://x/a?b=c#benchgate-run=12.3"),
            ("https://x/a#part", "https://x/a#part&benchgate-run=12.3"),
        ] {
            assert_eq!(marked(url, run), expected);
            assert_eq!(set(Some(marked(url, run))).run(), Some(run));
            assert_eq!(set(Some(url.to_owned())).run(), None);
        }
        // One that was there before is not ours.
        let twice = marked(&marked("https://x/", RunRef { id: 99, attempt: 9 }), run);
        assert_eq!(set(Some(twice)).run(), Some(run));
        for other in
            ["#benchgate-run=", "#benchgate-run=1", "#benchgate-run=x.1", "#benchgate-run=1.-1"]
        {
            assert_eq!(set(Some(format!("https://x/{other}"))).run(), None, "{other}");
        }
        assert_eq!(set(None).run(), None);
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
