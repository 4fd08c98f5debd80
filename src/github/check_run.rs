//! The check run: the report on the page of checks. Only apps may write one.

use std::ops::ControlFlow;

use serde::Deserialize;
use serde_json::{Value, json};

use super::context::{Repository, RunRef, Sha};
use super::{Client, Failure, encode};
use crate::model::{Outcome, Report};
use crate::report::escape;

/// How a check run ends.
fn conclusion(report: &Report) -> &'static str {
    match (report.outcome, report.exit_code) {
        (Outcome::Pass, 0) => "success",
        // Neutral does not block a merge; whoever set `inconclusive: fail` wants it blocked.
        (Outcome::Inconclusive, 0) => "neutral",
        _ => "failure",
    }
}

/// The name of the check run of a gate. It is not that of the commit status: a rule that requires a name that both
/// have requires both.
#[must_use]
pub(super) fn name(gate: &str) -> String {
    match gate {
        "default" => "benchgate report".to_owned(),
        gate => format!("benchgate report: {gate}"),
    }
}

/// What to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check<'a> {
    pub(crate) report: &'a Report,
    /// The verdict in words.
    pub(crate) title: &'a str,
    /// The report as Markdown, at most 65,535 bytes.
    pub(crate) summary: &'a str,
    pub(crate) run: Option<RunRef>,
    pub(crate) details_url: Option<&'a str>,
}

#[derive(Deserialize)]
struct Known {
    id: u64,
    #[serde(default)]
    external_id: Option<String>,
}

/// What GitHub keeps beside the check run for us: how a later run knows it again.
fn external_id(gate: &str, run: Option<RunRef>) -> String {
    let (id, attempt) = run.map_or((0, 0), |run| (run.id, run.attempt));
    format!("benchgate:{gate}:{id}:{attempt}")
}

impl Known {
    /// The run that wrote it, if this gate did.
    fn written_by(&self, gate: &str) -> Option<RunRef> {
        let rest = self.external_id.as_deref()?.strip_prefix("benchgate:")?.strip_prefix(gate)?;
        let (id, attempt) = rest.strip_prefix(':')?.split_once(':')?;
        Some(RunRef { id: id.parse().ok()?, attempt: attempt.parse().ok()? })
    }
}

/// Writes the check run of a gate on a commit, over the one that an earlier run wrote there. Whether it was written: a
/// newer run's stays.
pub(crate) async fn write(
    client: &Client,
    repository: &Repository,
    commit: &Sha,
    gate: &str,
    check: Check<'_>,
) -> Result<bool, Failure> {
    let name = name(gate);
    let external = external_id(gate, check.run);
    let newest = async || find(client, repository, commit, gate, &name).await;
    let is_newer = |known: &Known| {
        let (theirs, ours) = (known.written_by(gate), check.run);
        ours.is_some_and(|ours| theirs.is_some_and(|theirs| theirs > ours))
    };
    let known = newest().await?;
    if known.as_ref().is_some_and(is_newer) {
        return Ok(false);
    }
    let body = json!({
        "name": name,
        "status": "completed",
        "conclusion": conclusion(check.report),
        "external_id": external,
        "details_url": check.details_url,
        "output": { "title": escape::cut(check.title, LONGEST_TITLE - 1), "summary": check.summary },
    });
    let body = without_nulls(body);
    if let Some(Known { id, .. }) = known {
        let path = repository.path(format_args!("/check-runs/{id}"));
        let against = async || Ok(newest().await?.filter(is_newer));
        match client.patch_unless::<Known, _>(&path, &body, against).await {
            Ok(patched) => return Ok(matches!(patched, ControlFlow::Continue(_))),
            // Another app's, or gone: a new one is written beside it.
            Err(Failure::Refused { .. } | Failure::NotFound { .. }) => {}
            Err(Failure::Permission { message, .. }) if message.contains("app_id") => {}
            Err(failure) => return Err(failure),
        }
    }
    let mut body = body;
    body["head_sha"] = json!(commit.as_str());
    let already = async || {
        let is_ours = |known: &Known| known.external_id.as_deref() == Some(external.as_str());
        Ok(newest().await?.filter(is_ours))
    };
    client.post::<Known>(&repository.path("/check-runs"), &body, already).await.map(|_| true)
}

/// The newest check run of this gate on a commit.
async fn find(
    client: &Client,
    repository: &Repository,
    commit: &Sha,
    gate: &str,
    name: &str,
) -> Result<Option<Known>, Failure> {
    let path = repository.path(format_args!(
        "/commits/{commit}/check-runs?check_name={}&filter=latest",
        encode(name)
    ));
    let known: Vec<Known> = client.all_in(&path, "check_runs").await?;
    let ours = known.into_iter().filter(|known| known.written_by(gate).is_some());
    Ok(ours.max_by_key(|known| (known.written_by(gate), known.id)))
}

/// The most characters of a title that GitHub takes.
const LONGEST_TITLE: usize = 255;

/// GitHub takes a missing address, but none that is null.
fn without_nulls(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_check_run_is_known_again_by_gate_and_run() {
        let known = |external: String| Known { id: 1, external_id: Some(external) };
        let run = RunRef { id: 12, attempt: 3 };
        assert_eq!(known(external_id("a.b", Some(run))).written_by("a.b"), Some(run));
        assert_eq!(known(external_id("a.b", Some(run))).written_by("a"), None);
        assert_eq!(known("benchgate:a:x:1".into()).written_by("a"), None);
        assert_eq!(known(String::new()).written_by("a"), None);
        assert_eq!(Known { id: 1, external_id: None }.written_by("a"), None);
    }

    #[test]
    fn inconclusive_is_neutral_unless_it_fails_the_build() {
        let mut report = samples::small();
        for (outcome, exit_code, expected) in [
            (Outcome::Pass, 0, "success"),
            (Outcome::Inconclusive, 0, "neutral"),
            (Outcome::Inconclusive, 5, "failure"),
            (Outcome::Fail, 1, "failure"),
            (Outcome::Fail, 0, "failure"),
            (Outcome::Error, 3, "failure"),
        ] {
            (report.outcome, report.exit_code) = (outcome, exit_code);
            assert_eq!(conclusion(&report), expected);
        }
    }
}
