use crate::diag::{Code, Diagnostic, quoted};
use crate::github::context::{Event, Job, Repository, RunRef, Sha};
use crate::github::labels::Label;
use crate::github::review::Reviewer;

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The repository.
    pub repository: Repository,
    /// The pull request; `None` where there is none, so that nothing is commented on, labelled or reviewed.
    pub pull_request: Option<u64>,
    /// The commit that gets a status or a check run; on a pull request the newest commit of its branch.
    pub commit: Option<Sha>,
    /// The run that measured, which stands in the marker of the comment.
    pub run: Option<RunRef>,
    /// The page of that run.
    pub run_url: Option<String>,
    /// Whether the token of this job can probably only read: the pull request is from a fork.
    pub fork: bool,
    /// Who opened the pull request.
    pub author: Option<String>,
    /// The commit that must still be the newest of the branch when the comment is written.
    pub expect_head: Option<Sha>,
}

impl Destination {
    /// Where the report of a job goes, by the event that started it.
    ///
    /// # Errors
    /// When the job does not say which repository it belongs to.
    pub fn of(job: &Job) -> Result<Self, Diagnostic> {
        let Some(repository) = job.repository.clone() else {
            return Err(Diagnostic::error(Code::BadEvent, "there is no repository to publish to")
                .help("run it in a job of GitHub Actions, which sets GITHUB_REPOSITORY; `--dry-run` shows what would be sent"));
        };
        let place = Self {
            repository,
            pull_request: None,
            commit: job.sha.clone(),
            run: job.run,
            run_url: job.run_url.clone(),
            fork: false,
            author: None,
            expect_head: None,
        };
        Ok(match &job.event {
            Event::PullRequest(pull) => Self {
                pull_request: Some(pull.number),
                commit: Some(pull.head.clone()),
                fork: pull.fork && !pull.target,
                author: pull.author.clone(),
                ..place
            },
            Event::MergeGroup { head, .. } => Self { commit: Some(head.clone()), ..place },
            Event::Push { after, .. } => Self { commit: after.clone(), ..place },
            // Its own commit is the tip of the default branch, which the report does not speak of.
            Event::WorkflowRun(_) => Self { commit: None, ..place },
            // These are about the commit they run for. Of others, such as a comment on an issue, it is the tip of the
            // default branch, too.
            Event::Other(name) if !RUNS_FOR_A_COMMIT.contains(&name.as_str()) => {
                Self { commit: None, ..place }
            }
            Event::None | Event::Other(_) => place,
        })
    }
}

/// The events without a payload of interest whose commit is what the workflow was started for.
const RUNS_FOR_A_COMMIT: [&str; 3] = ["workflow_dispatch", "schedule", "repository_dispatch"];

/// What is to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The comment.
    pub comment: bool,
    /// The commit status.
    pub status: bool,
    /// The check run.
    pub check_run: bool,
    /// Labels and when they hold.
    pub labels: Vec<Label>,
    /// Whom to ask for a review where a finding is a warning or worse.
    pub review: Vec<Reviewer>,
}

impl Wishes {
    /// Whether anything of it can be sent there, so that a token is needed.
    #[must_use]
    pub fn any(&self, to: &Destination) -> bool {
        let on_commit = to.commit.is_some() && (self.status || self.check_run);
        let on_pull_request = self.comment || !self.labels.is_empty() || !self.review.is_empty();
        on_commit || (to.pull_request.is_some() && on_pull_request)
    }

    /// What cannot be sent there, and why, in sentences.
    #[must_use]
    pub fn left_out(&self, to: &Destination) -> Vec<&'static str> {
        let mut sentences = Vec::new();
        if self.comment && to.pull_request.is_none() {
            sentences.push(
                "there is no pull request to comment on; the report is in the summary of the job",
            );
        }
        if (self.status || self.check_run) && to.commit.is_none() {
            sentences.push(
                "this event is about no commit that a status or a check run could stand on; in a `workflow_run` job \
                 `--from-run` finds the one that was measured",
            );
        }
        sentences
    }

    /// Who can be asked for a review there, and warnings about the others.
    pub(crate) fn reviewers(&self, to: Option<&Destination>) -> (Vec<Reviewer>, Vec<Diagnostic>) {
        let (mut asked, mut foreign) = (Vec::new(), Vec::new());
        for reviewer in &self.review {
            match to {
                Some(to) if !reviewer.can_be_asked(&to.repository) => foreign.push(
                    Diagnostic::warning(
                        Code::Skipped,
                        format!(
                            "the team {} is of another organisation than {}, so it is not asked for a review",
                            quoted(reviewer.name()),
                            to.repository
                        ),
                    )
                    .help("name a team of the organisation that owns the repository"),
                ),
                _ => asked.push(reviewer.clone()),
            }
        }
        (asked, foreign)
    }
}
