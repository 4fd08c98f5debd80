//! The report that a workflow run left as an artifact.

use jiff::Timestamp;
use serde::Deserialize;

use super::archive::{self, MOST_ARCHIVE, MOST_MEMBER};
use super::{Asked, Measured, strict, told};
use crate::diag::{Code, Diagnostic, quoted};
use crate::github::context::{Repository, WorkflowRun};
use crate::github::{Client, Failure, encode};
use crate::model::Report;

/// An artifact as GitHub lists it. Its name is what the run called it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Artifact {
    id: u64,
    name: String,
    #[serde(default)]
    size_in_bytes: u64,
    #[serde(default)]
    expired: bool,
    #[serde(default)]
    created_at: Option<String>,
}

/// Fetches the report of a run: in the inner result why the run has none, which is an answer as well.
///
/// # Errors
/// Where GitHub does not give what it has: the permission is missing, or it cannot be reached.
pub(super) async fn fetch(
    client: &Client,
    repository: &Repository,
    run: &WorkflowRun,
    asked: &Asked,
) -> Result<Measured, Diagnostic> {
    let doing = |what: &str| format!("{what} the artifact {}", quoted(&asked.artifact));
    let path = repository.path(format!(
        "/actions/runs/{}/artifacts?name={}",
        run.id,
        encode(&asked.artifact)
    ));
    let listed: Vec<Artifact> = client
        .all_in(&path, "artifacts")
        .await
        .map_err(|failure| told(&failure, &doing("find")))?;
    let artifact = match newest(listed, &asked.artifact) {
        Some(artifact) if is_of_an_earlier_attempt(&artifact, run) => {
            return Ok(Err(vec![missing(asked, run)]));
        }
        Some(artifact) if artifact.expired => return Ok(Err(vec![expired(asked)])),
        Some(artifact) if artifact.size_in_bytes > MOST_ARCHIVE => {
            return Ok(Err(vec![too_large(asked, Some(artifact.size_in_bytes))]));
        }
        Some(artifact) => artifact,
        None => return Ok(Err(vec![missing(asked, run)])),
    };
    let path = repository.path(format!("/actions/artifacts/{}/zip", artifact.id));
    match client.download(&path, MOST_ARCHIVE).await {
        Ok(bytes) => Ok(unpack(&bytes, asked).map_err(|diagnostic| vec![diagnostic])),
        Err(Failure::Gone { .. } | Failure::NotFound { .. }) => Ok(Err(vec![expired(asked)])),
        Err(Failure::TooLarge { .. }) => Ok(Err(vec![too_large(asked, None)])),
        Err(failure) => Err(told(&failure, &doing("download"))),
    }
}

/// A run that is repeated leaves one artifact an attempt: the last one counts.
fn newest(artifacts: Vec<Artifact>, name: &str) -> Option<Artifact> {
    artifacts
        .into_iter()
        .filter(|artifact| artifact.name == name)
        .max_by_key(|artifact| artifact.id)
}

/// Whether an artifact was left by an attempt before this one, which then did not get as far. The list is one of the
/// run, not of the attempt. Where the run has succeeded such an artifact counts: the job that left it was not repeated.
fn is_of_an_earlier_attempt(artifact: &Artifact, run: &WorkflowRun) -> bool {
    let created: Option<Timestamp> =
        artifact.created_at.as_deref().and_then(|text| text.parse().ok());
    let earlier = created.zip(run.started).is_some_and(|(created, started)| created < started);
    run.conclusion.as_deref() != Some("success") && earlier
}

/// The report in the bytes of an artifact.
///
/// # Errors
/// Why there is none that can be used.
pub(super) fn unpack(bytes: &[u8], asked: &Asked) -> Result<Report, Diagnostic> {
    let report = archive::member(bytes, &asked.member, MOST_MEMBER)
        .map_err(|error| error.to_diagnostic(&asked.artifact))?;
    strict::report(report, &format!("{}/{}", asked.artifact, asked.member))
}

fn missing(asked: &Asked, run: &WorkflowRun) -> Diagnostic {
    let artifact = quoted(&asked.artifact);
    let message = match run.conclusion.as_deref() {
        Some("success") => format!("the measuring run left no artifact {artifact}"),
        ended => format!(
            "the measuring run ended with {} and left no artifact {artifact}",
            quoted(ended.unwrap_or("nothing"))
        ),
    };
    let log = run
        .html_url
        .as_deref()
        .map_or("look at its log".to_owned(), |url| format!("look at its log: {url}"));
    Diagnostic::error(Code::NoArtifact, message)
        .help(format!("{log}; it must upload the report even when the gate fails (`if: always()`)"))
}

fn expired(asked: &Asked) -> Diagnostic {
    let message = format!("the artifact {} has expired or was deleted", quoted(&asked.artifact));
    Diagnostic::error(Code::NoArtifact, message).help(
        "run the measuring workflow again; `retention-days` says how long its artifacts are kept",
    )
}

fn too_large(asked: &Asked, bytes: Option<u64>) -> Diagnostic {
    let artifact = quoted(&asked.artifact);
    let message = match bytes {
        Some(bytes) => {
            format!(
                "the artifact {artifact} has {bytes} bytes, more than the {MOST_ARCHIVE} that are downloaded"
            )
        }
        None => format!(
            "the artifact {artifact} has more than the {MOST_ARCHIVE} bytes that are downloaded"
        ),
    };
    Diagnostic::error(Code::BadArtifact, message)
        .help("upload the report alone, without the measured data")
}
