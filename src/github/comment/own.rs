//! Which comments are ours: a marker alone proves nothing, since anybody can write one.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::Conversation;
use super::marker::{BEGINS, Marker};
use crate::github::Failure;
use crate::github::context::RunRef;

/// The account that writes with a workflow's own token, and the app behind it.
const WORKFLOW_LOGIN: &str = "github-actions[bot]";
const WORKFLOW_APP: &str = "github-actions";

/// A comment as the API gives it; whatever can be missing may be.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) node_id: String,
    /// What it says, if it begins as a comment of ours does.
    #[serde(default, deserialize_with = "marked_body")]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) html_url: Option<String>,
    #[serde(default)]
    user: Option<User>,
    #[serde(default)]
    performed_via_github_app: Option<App>,
    #[serde(default)]
    minimized: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Deserialize)]
struct User {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Clone, Debug, Deserialize)]
struct App {
    #[serde(default)]
    slug: String,
}

/// A conversation can be as long as strangers like, so what they say is not kept.
fn marked_body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let body = Option::<String>::deserialize(deserializer)?;
    Ok(body.filter(|body| body.starts_with(BEGINS)))
}

impl Comment {
    /// The run in its marker, if it begins with the marker of this gate.
    pub(super) fn marked(&self, gate: &str) -> Option<Option<RunRef>> {
        let marker = Marker::of(self.body.as_deref()?)?;
        (marker.gate == gate).then_some(marker.run)
    }

    pub(super) fn is_minimized(&self) -> bool {
        self.minimized.as_ref().is_some_and(|value| !value.is_null())
    }

    /// Whether a workflow's own token wrote it: the account and the app, since either alone can be had by others.
    fn by_workflow(&self) -> bool {
        let user = self
            .user
            .as_ref()
            .is_some_and(|user| user.kind == "Bot" && user.login == WORKFLOW_LOGIN);
        user && self.performed_via_github_app.as_ref().is_some_and(|app| app.slug == WORKFLOW_APP)
    }
}

/// A comment of this gate.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) comment: Comment,
    /// The run that wrote it.
    pub(super) run: Option<RunRef>,
}

/// Whom the token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// The workflow's own token.
    Workflow,
    /// Another app or a person.
    Other,
}

impl Conversation<'_> {
    /// Our comments for this gate, oldest first.
    pub(super) async fn own(&self) -> Result<Vec<Own>, Failure> {
        let marked = self.marked().await?;
        self.ours_among(marked).await
    }

    /// The comments that begin with the marker of this gate, oldest first, whoever wrote them.
    pub(super) async fn marked(&self) -> Result<Vec<Own>, Failure> {
        let path = self.repository.path(format_args!("/issues/{}/comments", self.number));
        let all: Vec<Comment> = self.client.all(&path).await?;
        let marked = all.into_iter().filter_map(|comment| {
            let run = comment.marked(self.gate)?;
            Some(Own { comment, run })
        });
        let mut marked: Vec<Own> = marked.collect();
        marked.sort_by_key(|own| own.comment.id);
        Ok(marked)
    }

    /// Those of the marked comments that we wrote.
    pub(super) async fn ours_among(&self, mut marked: Vec<Own>) -> Result<Vec<Own>, Failure> {
        if marked.is_empty() {
            return Ok(marked);
        }
        match self.identity().await? {
            Identity::Workflow => marked.retain(|own| own.comment.by_workflow()),
            Identity::Other => {
                let written = self.written().await?;
                marked.retain(|own| written.contains(&own.comment.node_id));
            }
        }
        Ok(marked)
    }

    /// Whom the token speaks for; asked once.
    async fn identity(&self) -> Result<Identity, Failure> {
        #[derive(Deserialize)]
        struct Answer {
            viewer: Viewer,
        }
        #[derive(Deserialize)]
        struct Viewer {
            login: String,
        }
        if let Some(known) = self.identity.get() {
            return Ok(known);
        }
        let answer: Answer = self.client.graphql("query { viewer { login } }", json!({})).await?;
        let identity = if answer.viewer.login == WORKFLOW_LOGIN {
            Identity::Workflow
        } else {
            Identity::Other
        };
        self.identity.set(Some(identity));
        Ok(identity)
    }

    /// The comments that the token's account wrote, whatever kind of token it is.
    async fn written(&self) -> Result<BTreeSet<String>, Failure> {
        const QUERY: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) { \
            repository(owner: $owner, name: $name) { pullRequest(number: $number) { comments(first: 100, after: $after) { \
            nodes { id viewerDidAuthor } pageInfo { hasNextPage endCursor } } } } }";
        let mut written = BTreeSet::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let variables = json!({
                "owner": self.repository.owner(),
                "name": self.repository.name(),
                "number": self.number,
                "after": after,
            });
            let answer: Answer = self.client.graphql(QUERY, variables).await?;
            let Some(comments) = answer.comments() else { break };
            written.extend(
                comments.nodes.into_iter().flatten().filter(|n| n.viewer_did_author).map(|n| n.id),
            );
            after = comments.page_info.end_cursor.filter(|_| comments.page_info.has_next_page);
            if after.is_none() {
                break;
            }
        }
        Ok(written)
    }
}

/// Pages of a hundred comments that are read at most.
const MOST_PAGES: usize = 100;

#[derive(Deserialize)]
struct Answer {
    repository: Option<InRepository>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InRepository {
    pull_request: Option<InPullRequest>,
}

#[derive(Deserialize)]
struct InPullRequest {
    comments: Comments,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comments {
    nodes: Vec<Option<Node>>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    viewer_did_author: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl Answer {
    fn comments(self) -> Option<Comments> {
        Some(self.repository?.pull_request?.comments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_be_ours_is_kept() {
        let body = |body: serde_json::Value| {
            serde_json::from_value::<Comment>(json!({ "id": 1, "body": body })).unwrap().body
        };
        let ours = format!("{BEGINS}gate=a -->\nx");
        assert_eq!(body(json!(ours)), Some(ours.clone()));
        for other in [json!(null), json!("hello"), json!(format!(" {ours}"))] {
            assert_eq!(body(other), None);
        }
        assert_eq!(serde_json::from_value::<Comment>(json!({ "id": 1 })).unwrap().body, None);
    }
}
