//! The pull request that a workflow run belongs to, from what GitHub says and never from what the run left behind.

use serde::Deserialize;

use crate::github::context::{Repository, WorkflowRun};
use crate::github::{Client, Failure, encode};

/// A pull request, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    pub(super) head: Branch,
    pub(super) base: Branch,
    #[serde(default)]
    pub(super) user: Option<User>,
}

/// A branch of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Branch {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
    /// `None` for a repository that was deleted.
    #[serde(default)]
    pub(super) repo: Option<Repo>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Repo {
    pub(super) id: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct User {
    pub(super) login: String,
}

/// What the open pull requests of the run's branch say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// These have the run's commit at their head; at least one.
    Current(Vec<Pull>),
    /// This one is of the run's branch, but has a newer commit at its head.
    Moved(u64),
    /// This one has the run's commit at its head, but the repository of its branch was deleted.
    Orphan(u64),
    /// None is open.
    Closed,
}

/// Asks GitHub for the open pull requests of the run's branch and keeps those of exactly its commit.
pub(super) async fn find(
    client: &Client,
    repository: &Repository,
    run: &WorkflowRun,
) -> Result<Found, Failure> {
    let (Some(head), Some(branch)) = (&run.head_repository, &run.head_branch) else {
        return Ok(Found::Closed);
    };
    // Without the owner GitHub would take the filter for none and list every pull request.
    let filter = encode(&format!("{}:{branch}", head.owner));
    let path = repository.path(format!("/pulls?state=open&head={filter}"));
    Ok(choose(client.all(&path).await?, run))
}

/// Those of the run's commit, from the run's repository, into ours. Branch names are compared by nobody: whoever opened
/// the pull request chose them.
fn choose(pulls: Vec<Pull>, run: &WorkflowRun) -> Found {
    let is =
        |branch: &Branch, id: Option<u64>| id.is_some() && branch.repo.as_ref().map(|r| r.id) == id;
    let head = run.head_repository.as_ref().map(|head| head.id);
    let at_head = |pull: &Pull| pull.head.sha.eq_ignore_ascii_case(run.head_sha.as_str());
    let into_ours: Vec<Pull> =
        pulls.into_iter().filter(|pull| is(&pull.base, Some(run.repository_id))).collect();
    let orphan = into_ours.iter().find(|pull| pull.head.repo.is_none() && at_head(pull));
    let orphan = orphan.map(|pull| pull.number);
    let (current, moved): (Vec<Pull>, Vec<Pull>) =
        into_ours.into_iter().filter(|pull| is(&pull.head, head)).partition(at_head);
    match (current.is_empty(), orphan, moved.first()) {
        (false, ..) => Found::Current(current),
        (true, Some(number), _) => Found::Orphan(number),
        (true, None, Some(pull)) => Found::Moved(pull.number),
        (true, None, None) => Found::Closed,
    }
}

/// Of several pull requests of one commit the one into the branch or onto the commit that the report was made for. The
/// report's word is a hint at most: it only chooses among pull requests that GitHub vouches for.
pub(super) fn pick(
    mut pulls: Vec<Pull>,
    base: Option<(&str, Option<&str>)>,
) -> Result<Pull, Vec<Pull>> {
    if pulls.len() > 1 {
        let Some((name, commit)) = base else { return Err(pulls) };
        let by = |test: &dyn Fn(&Pull) -> bool| {
            let mut matching = pulls.iter().enumerate().filter(|(_, pull)| test(pull));
            match (matching.next(), matching.next()) {
                (Some((i, _)), None) => Some(i),
                _ => None,
            }
        };
        let same_commit =
            |pull: &Pull| commit.is_some_and(|c| pull.base.sha.eq_ignore_ascii_case(c));
        match by(&|pull| pull.base.name == name).or_else(|| by(&same_commit)) {
            Some(i) => pulls = vec![pulls.swap_remove(i)],
            None => return Err(pulls),
        }
    }
    pulls.pop().ok_or_else(Vec::new)
}

/// The branch that a merge queue tests for: `main` of `gh-readonly-queue/main/pr-7-<commit>`.
pub(super) fn queued_for(head_branch: &str) -> Option<&str> {
    let rest = head_branch.strip_prefix("gh-readonly-queue/")?;
    let (base, last) = rest.rsplit_once('/')?;
    (last.starts_with("pr-") && !base.is_empty()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::context::{HeadRepository, Sha};

    const HEAD: &str = "1111111111111111111111111111111111111111";
    const OLD: &str = "2222222222222222222222222222222222222222";

    fn run() -> WorkflowRun {
        WorkflowRun {
            id: 5,
            attempt: 1,
            event: "pull_request".into(),
            conclusion: Some("success".into()),
            head_sha: Sha::parse(HEAD).unwrap(),
            head_branch: Some("patch-1".into()),
            head_repository: Some(HeadRepository { id: 2, owner: "fork".into() }),
            repository_id: 1,
            html_url: None,
            started: None,
        }
    }

    fn pull(number: u64, head: (&str, Option<u64>), base: (&str, &str, u64)) -> Pull {
        let branch = |name: &str, sha: &str, repo: Option<u64>| Branch {
            name: name.into(),
            sha: sha.into(),
            repo: repo.map(|id| Repo { id }),
        };
        Pull {
            number,
            head: branch("patch-1", head.0, head.1),
            base: branch(base.0, base.1, Some(base.2)),
            user: None,
        }
    }

    #[test]
    fn only_the_runs_commit_from_the_runs_repository_counts() {
        let main = ("main", OLD, 1);
        let good = pull(7, (HEAD, Some(2)), main);
        let cases: [(&str, Vec<Pull>, Found); 9] = [
            ("one", vec![good.clone()], Found::Current(vec![good.clone()])),
            ("stale", vec![pull(7, (OLD, Some(2)), main)], Found::Moved(7)),
            (
                "other repository of the same owner",
                vec![pull(7, (HEAD, Some(3)), main)],
                Found::Closed,
            ),
            ("deleted repository", vec![pull(7, (HEAD, None), main)], Found::Orphan(7)),
            ("deleted, another commit", vec![pull(7, (OLD, None), main)], Found::Closed),
            ("deleted, into a fork", vec![pull(7, (HEAD, None), ("main", OLD, 2))], Found::Closed),
            ("into a fork", vec![pull(7, (HEAD, Some(2)), ("main", OLD, 2))], Found::Closed),
            ("none", Vec::new(), Found::Closed),
            (
                "one stale, one current",
                vec![pull(3, (OLD, Some(2)), main), good.clone()],
                Found::Current(vec![good.clone()]),
            ),
        ];
        for (name, pulls, expected) in cases {
            assert_eq!(choose(pulls, &run()), expected, "{name}");
        }
        let gone = WorkflowRun { head_repository: None, ..run() };
        assert_eq!(choose(vec![good], &gone), Found::Closed);
    }

    #[test]
    fn the_report_only_chooses_among_the_pull_requests_of_its_commit() {
        let main = pull(7, (HEAD, Some(2)), ("main", OLD, 1));
        let release = pull(8, (HEAD, Some(2)), ("release", HEAD, 1));
        let both = || vec![main.clone(), release.clone()];
        let number = |base| pick(both(), base).map(|pull| pull.number).map_err(|pulls| pulls.len());
        assert_eq!(number(Some(("release", None))), Ok(8));
        assert_eq!(number(Some(("v1", Some(OLD)))), Ok(7));
        assert_eq!(number(Some(("1", Some("7")))), Err(2));
        assert_eq!(number(None), Err(2));
        assert_eq!(pick(vec![main.clone()], Some(("release", Some(HEAD)))).unwrap().number, 7);
        let twice = vec![main.clone(), pull(9, (HEAD, Some(2)), ("main", OLD, 1))];
        assert!(pick(twice, Some(("main", None))).is_err());
    }

    #[test]
    fn a_queue_names_the_branch_it_merges_into() {
        for (branch, base) in [
            ("gh-readonly-queue/main/pr-7-1111", Some("main")),
            ("gh-readonly-queue/release/2.0/pr-7-1111", Some("release/2.0")),
            ("gh-readonly-queue/main/x", None),
            ("gh-readonly-queue/pr-7-1111", None),
            ("main", None),
        ] {
            assert_eq!(queued_for(branch), base, "{branch}");
        }
    }
}
