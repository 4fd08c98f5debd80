//! The one comment on a pull request that is kept current.

mod head;
mod marker;
mod own;

pub(crate) use head::moved_on;

use std::cell::Cell;
use std::cmp::Ordering;
use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::context::{Repository, RunRef, Sha};
use super::{Client, Failure};
use own::{Comment, Identity, Own};

/// The comments of one pull request, as one gate sees them.
pub(crate) struct Conversation<'a> {
    client: &'a Client,
    repository: &'a Repository,
    number: u64,
    gate: &'a str,
    identity: Cell<Option<Identity>>,
}

/// What became of the comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// There was none: it was written.
    Created(Option<String>),
    /// It was brought up to date.
    Updated(Option<String>),
    /// It says the same already, so nothing was sent.
    Unchanged(Option<String>),
    /// A newer run has written it: that stays.
    Newer(RunRef, Option<String>),
    /// The branch has moved on from the commit that the report speaks of, to this one.
    Moved(String),
}

/// What became of the comment, and what went wrong beside it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) kept: Kept,
    /// Comments of ours that are out of date and could not be folded.
    pub(crate) beside: Vec<Failure>,
}

/// What is to be written, by which run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// The Markdown, which begins with the marker.
    pub(crate) body: &'a str,
    /// The run in that marker.
    pub(crate) run: Option<RunRef>,
    /// The commit that must still be the newest of the branch when it is written.
    pub(crate) expect_head: Option<&'a Sha>,
}

impl<'a> Conversation<'a> {
    pub(crate) fn new(
        client: &'a Client,
        repository: &'a Repository,
        number: u64,
        gate: &'a str,
    ) -> Self {
        Self { client, repository, number, gate, identity: Cell::new(None) }
    }

    /// Keeps the comment current: writes it, updates the newest of ours, folds older ones of ours away. Never touches
    /// a comment of somebody else, nor one that a newer run wrote.
    pub(crate) async fn keep(&self, entry: Entry<'_>) -> Result<Outcome, Failure> {
        let own = self.own().await?;
        if let Some(newer) = own.iter().find_map(|own| newer(own, entry.run)) {
            return Ok(Outcome { kept: newer, beside: Vec::new() });
        }
        let Some(current) = own.last() else { return self.create(entry).await };
        if is_same(current.comment.body.as_deref(), entry.body) {
            let kept = Kept::Unchanged(current.comment.html_url.clone());
            return Ok(Outcome { kept, beside: self.fold(&own, current.comment.id).await });
        }
        match self.update(&current.comment, entry).await? {
            None => self.create(entry).await,
            Some(kept @ Kept::Moved(_)) => Ok(Outcome { kept, beside: Vec::new() }),
            Some(kept) => {
                let mut beside = self.fold(&own, current.comment.id).await;
                if current.comment.is_minimized() && matches!(kept, Kept::Updated(_)) {
                    beside.extend(self.unfold(&current.comment).await.err());
                }
                Ok(Outcome { kept, beside })
            }
        }
    }

    /// Writes over a comment of ours; `None` where it is not there any more.
    async fn update(&self, current: &Comment, entry: Entry<'_>) -> Result<Option<Kept>, Failure> {
        let path = self.repository.path(format_args!("/issues/comments/{}", current.id));
        // Many pages may have been read since, or a limit been waited for, and another run may have written.
        let against = async || {
            let now: Comment = self.client.get(&path).await?;
            let now = Own { run: now.marked(self.gate).flatten(), comment: now };
            match newer(&now, entry.run) {
                None => self.moved(entry.expect_head).await,
                newer => Ok(newer),
            }
        };
        let body = json!({ "body": entry.body });
        match self.client.patch_unless::<Comment, _>(&path, &body, against).await {
            Ok(ControlFlow::Continue(updated)) => Ok(Some(Kept::Updated(updated.html_url))),
            Ok(ControlFlow::Break(kept)) => Ok(Some(kept)),
            Err(Failure::NotFound { .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Writes a new comment, and folds away what another run may have written at the same time.
    async fn create(&self, entry: Entry<'_>) -> Result<Outcome, Failure> {
        if let Some(moved) = self.moved(entry.expect_head).await? {
            return Ok(Outcome { kept: moved, beside: Vec::new() });
        }
        let path = self.repository.path(format_args!("/issues/{}/comments", self.number));
        let already = async || {
            let own = self.own().await?;
            let written =
                own.into_iter().rev().find(|own| is_same(own.comment.body.as_deref(), entry.body));
            Ok(written.map(|own| own.comment))
        };
        let created: Comment =
            self.client.post(&path, &json!({ "body": entry.body }), already).await?;
        let others = match self.beside(created.id).await {
            Ok(others) => others,
            Err(failure) => {
                let kept = Kept::Created(created.html_url);
                return Ok(Outcome { kept, beside: vec![failure] });
            }
        };
        // The list may not show ours yet.
        let created = Own { comment: created, run: entry.run };
        let best = others.iter().fold(&created, |best, other| match later(other, best) {
            Ordering::Greater => other,
            _ => best,
        });
        let kept =
            newer(best, entry.run).unwrap_or_else(|| Kept::Created(best.comment.html_url.clone()));
        let mut beside = self.fold(&others, best.comment.id).await;
        beside.extend(self.fold(std::slice::from_ref(&created), best.comment.id).await);
        Ok(Outcome { kept, beside })
    }

    /// Our other comments after one of them was written. Where no other has a marker, nobody needs to be asked who wrote
    /// it.
    async fn beside(&self, created: u64) -> Result<Vec<Own>, Failure> {
        let mut marked = self.marked().await?;
        marked.retain(|own| own.comment.id != created);
        self.ours_among(marked).await
    }

    /// Whether the branch has moved on.
    async fn moved(&self, expected: Option<&Sha>) -> Result<Option<Kept>, Failure> {
        let Some(expected) = expected else { return Ok(None) };
        let moved = moved_on(self.client, self.repository, self.number, expected).await?;
        Ok(moved.map(Kept::Moved))
    }

    /// Folds every comment of ours away but one.
    async fn fold(&self, own: &[Own], keep: u64) -> Vec<Failure> {
        const MUTATION: &str = "mutation($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { \
            minimizedComment { isMinimized } } }";
        let mut failures = Vec::new();
        for other in own.iter().filter(|own| own.comment.id != keep && !own.comment.is_minimized())
        {
            let id = json!({ "id": other.comment.node_id });
            failures.extend(self.client.graphql::<Value>(MUTATION, id).await.err());
        }
        failures
    }

    async fn unfold(&self, comment: &Comment) -> Result<(), Failure> {
        const MUTATION: &str = "mutation($id: ID!) { unminimizeComment(input: { subjectId: $id }) { \
            unminimizedComment { isMinimized } } }";
        self.client.graphql::<Value>(MUTATION, json!({ "id": comment.node_id })).await.map(drop)
    }
}

/// That a comment is from a newer run. Where either run is unknown, nobody can say, and the comment is written.
fn newer(own: &Own, run: Option<RunRef>) -> Option<Kept> {
    let (theirs, ours) = (own.run?, run?);
    (theirs > ours).then(|| Kept::Newer(theirs, own.comment.html_url.clone()))
}

/// Which of two comments is of the later run. Where a run is unknown, or both are of one, it is the one written later.
fn later(a: &Own, b: &Own) -> Ordering {
    let by_id = a.comment.id.cmp(&b.comment.id);
    match (a.run, b.run) {
        (Some(a), Some(b)) => a.cmp(&b).then(by_id),
        _ => by_id,
    }
}

/// Whether a comment says this already; line ends and blank ends are GitHub's to change.
fn is_same(body: Option<&str>, new: &str) -> bool {
    let lines = |text: &str| text.trim().replace("\r\n", "\n");
    body.is_some_and(|body| lines(body) == lines(new))
}
