//! The event that started a workflow, read leniently: only the fields that are needed, each checked.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Sha;
use crate::diag::{Code, Diagnostic, quoted};

/// What started the workflow.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Outside of a job of GitHub Actions.
    None,
    /// `pull_request` or `pull_request_target`.
    PullRequest(PullRequest),
    /// `merge_group`: the merge queue tests a commit that may hold several pull requests.
    MergeGroup {
        /// The commit that is tested.
        head: Sha,
    },
    /// `push`.
    Push {
        /// The commit that was pushed; `None` where the branch was deleted.
        after: Option<Sha>,
    },
    /// `workflow_run`: another workflow has ended.
    WorkflowRun(Box<WorkflowRun>),
    /// Any other event: `workflow_dispatch`, `schedule` …
    Other(String),
}

/// The pull request of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// The newest commit of its branch: not the merge commit that is checked out.
    pub head: Sha,
    /// Whether its branch is in another repository, or in one that was deleted.
    pub fork: bool,
    /// Who opened it; `None` for a deleted account.
    pub author: Option<String>,
    /// Whether the event was `pull_request_target`, which runs with the rights of the base repository.
    pub target: bool,
}

/// The workflow run that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowRun {
    /// Its id.
    pub id: u64,
    /// Its attempt, from 1.
    pub attempt: u32,
    /// The event that started it.
    pub event: String,
    /// How it ended: `success`, `failure` …; `None` while GitHub does not say.
    pub conclusion: Option<String>,
    /// The commit it ran for: for a pull request the newest commit of its branch.
    pub head_sha: Sha,
    /// The branch it ran for. Whoever opened the pull request chose its name.
    pub head_branch: Option<String>,
    /// The repository of that branch; `None` where it was deleted.
    pub head_repository: Option<HeadRepository>,
    /// The repository the run belongs to.
    pub repository_id: u64,
    /// Its page.
    pub html_url: Option<String>,
    /// When this attempt began; `None` where GitHub does not say.
    pub started: Option<Timestamp>,
}

/// The repository that a branch comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRepository {
    /// Its id, which survives a new name.
    pub id: u64,
    /// The account it belongs to.
    pub owner: String,
}

impl Event {
    /// Reads the payload of an event.
    ///
    /// # Errors
    /// When a field that publishing needs is missing or is not what it should be.
    pub fn parse(name: &str, payload: &Value) -> Result<Self, Diagnostic> {
        let bad = |what: &str| {
            Diagnostic::error(
                Code::BadEvent,
                format!("the payload of the event {} is unusable: {what}", quoted(name)),
            )
            .help("GITHUB_EVENT_PATH must name the payload that GitHub wrote for GITHUB_EVENT_NAME")
        };
        let unreadable = |error: serde_json::Error| bad(&error.to_string());
        let part = |key: &str| match payload.get(key) {
            Some(part) if part.is_object() => Ok(part),
            _ => Err(bad(&format!("it has no {}", quoted(key)))),
        };
        match name {
            "pull_request" | "pull_request_target" => {
                let payload =
                    RawPullRequest::deserialize(part("pull_request")?).map_err(unreadable)?;
                payload
                    .checked(name == "pull_request_target")
                    .ok_or_else(|| bad("a commit is no full id"))
            }
            "merge_group" => {
                let group = RawGroup::deserialize(part("merge_group")?).map_err(unreadable)?;
                let head = Sha::parse(&group.head_sha);
                let head = head.ok_or_else(|| bad("a commit is no full id"))?;
                Ok(Self::MergeGroup { head })
            }
            "push" => {
                let push = RawPush::deserialize(payload).map_err(unreadable)?;
                let after = Sha::parse(&push.after).ok_or_else(|| bad("a commit is no full id"))?;
                Ok(Self::Push { after: (!after.is_zero()).then_some(after) })
            }
            "workflow_run" => {
                let run = RawRun::deserialize(part("workflow_run")?).map_err(unreadable)?;
                run.checked().ok_or_else(|| bad("`head_sha` is no full id"))
            }
            other => Ok(Self::Other(other.to_owned())),
        }
    }

    /// Whether reading the event needs its payload.
    #[must_use]
    pub fn has_payload(name: &str) -> bool {
        matches!(
            name,
            "pull_request" | "pull_request_target" | "merge_group" | "push" | "workflow_run"
        )
    }
}

#[derive(Deserialize)]
struct RawPullRequest {
    number: u64,
    head: RawSide,
    base: RawSide,
    #[serde(default)]
    user: Option<RawUser>,
}

#[derive(Deserialize)]
struct RawSide {
    #[serde(default)]
    sha: String,
    #[serde(default)]
    repo: Option<RawRepo>,
}

#[derive(Deserialize)]
struct RawRepo {
    id: u64,
}

#[derive(Deserialize)]
struct RawUser {
    login: String,
}

impl RawPullRequest {
    fn checked(self, target: bool) -> Option<Event> {
        let id = |side: &RawSide| side.repo.as_ref().map(|repo| repo.id);
        Some(Event::PullRequest(PullRequest {
            number: self.number,
            fork: id(&self.head).is_none() || id(&self.head) != id(&self.base),
            head: Sha::parse(&self.head.sha)?,
            author: self.user.map(|user| user.login),
            target,
        }))
    }
}

#[derive(Deserialize)]
struct RawGroup {
    head_sha: String,
}

#[derive(Deserialize)]
struct RawPush {
    after: String,
}

#[derive(Deserialize)]
struct RawRun {
    id: u64,
    #[serde(default)]
    run_attempt: Option<u32>,
    event: String,
    #[serde(default)]
    conclusion: Option<String>,
    head_sha: String,
    #[serde(default)]
    head_branch: Option<String>,
    #[serde(default)]
    head_repository: Option<RawHeadRepository>,
    repository: RawRepo,
    #[serde(default)]
    html_url: Option<String>,
    #[serde(default)]
    run_started_at: Option<String>,
}

#[derive(Deserialize)]
struct RawHeadRepository {
    id: u64,
    owner: RawUser,
}

impl RawRun {
    fn checked(self) -> Option<Event> {
        let head_repository = self
            .head_repository
            .map(|head| HeadRepository { id: head.id, owner: head.owner.login });
        Some(Event::WorkflowRun(Box::new(WorkflowRun {
            id: self.id,
            attempt: self.run_attempt.unwrap_or(1),
            event: self.event,
            conclusion: self.conclusion,
            head_sha: Sha::parse(&self.head_sha)?,
            head_branch: self.head_branch,
            head_repository,
            repository_id: self.repository.id,
            html_url: self.html_url,
            started: self.run_started_at.and_then(|text| text.parse().ok()),
        })))
    }
}
