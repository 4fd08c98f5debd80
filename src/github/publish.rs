//! Everything that is sent to GitHub for one report, in the order of its weight: the commit status that may be required,
//! the check run, the comment, labels, a request for review. What fails does not keep the rest from being sent.

use super::check_run::{self, Check};
use super::comment::{Conversation, Entry, Kept};
use super::context::{Event, Job, Repository, RunRef, Sha};
use super::labels::{self, Label};
use super::review::{self, Reviewer};
use super::status::{self, State, Status};
use super::{Client, Failure};
use crate::diag::{Code, Diagnostic, Level, quoted};
use crate::model::{Report, Severity};
use crate::report::{self, Options, escape};

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
            Event::None | Event::Other(_) => place,
        })
    }
}

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
                "there is no commit to set a status on; in a `workflow_run` job `--from-run` finds the one that was measured",
            );
        }
        sentences
    }
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// What was done, each in a few words.
    pub done: Vec<String>,
    /// What did not happen, without being a failure: warnings.
    pub notes: Vec<Diagnostic>,
    /// What could not be published: errors.
    pub failures: Vec<Diagnostic>,
    /// The address of the comment.
    pub comment_url: Option<String>,
}

impl Published {
    fn failed(&mut self, failure: &Failure, doing: &str, to: &Destination) {
        let mut diagnostic = failure.to_diagnostic(doing);
        if to.fork && matches!(failure, Failure::Permission { .. }) {
            diagnostic = diagnostic.help(FORK);
        }
        self.failures.push(diagnostic);
    }

    fn note(&mut self, message: impl Into<String>, help: &str) {
        self.notes.push(Diagnostic::warning(Code::Skipped, message).help(help));
    }
}

/// What to do where no permission can be added.
const FORK: &str = "the token of a pull request from a fork can only read, whatever `permissions:` says; \
    the report is in the summary of the job; publish it from a `workflow_run` workflow with `benchgate publish --from-run`";

/// Sends a report. Never fails as a whole: what could not be sent is in the result.
pub async fn publish(
    client: &Client,
    to: &Destination,
    report: &Report,
    wishes: &Wishes,
    options: &Options,
) -> Published {
    let mut published = Published::default();
    let options = &Options {
        run: to.run.map(|run| run.id),
        attempt: to.run.map(|run| run.attempt),
        ..options.clone()
    };
    if let Some(commit) = &to.commit {
        if wishes.status {
            publish_status(client, to, commit, report, options, &mut published).await;
        }
        if wishes.check_run {
            publish_check_run(client, to, commit, report, options, &mut published).await;
        }
    }
    let Some(number) = to.pull_request else { return published };
    let current = !wishes.comment
        || publish_comment(client, to, number, report, options, &mut published).await;
    if current {
        publish_labels(client, to, number, report, wishes, &mut published).await;
        publish_review(client, to, number, report, wishes, &mut published).await;
    }
    published
}

/// Sets the commit status of a gate on the commit of a destination; nothing where it has none.
///
/// # Errors
/// When GitHub does not take it.
pub async fn commit_status(
    client: &Client,
    to: &Destination,
    gate: &str,
    state: State,
    description: &str,
) -> Result<(), Failure> {
    let Some(commit) = &to.commit else { return Ok(()) };
    let target_url = to.run_url.as_deref();
    let status = Status { state, description, target_url };
    status::set_status(client, &to.repository, commit, gate, status).await
}

async fn publish_status(
    client: &Client,
    to: &Destination,
    commit: &Sha,
    report: &Report,
    options: &Options,
    published: &mut Published,
) {
    let headline = report::headline(report);
    let report_url = options.report_url.as_deref().and_then(escape::link);
    let status = Status {
        state: State::of(report),
        description: &headline,
        target_url: report_url.as_deref().or(to.run_url.as_deref()),
    };
    match status::set_status(client, &to.repository, commit, &options.gate_name, status).await {
        Ok(()) => published.done.push(format!(
            "commit status {} of {}: {}",
            quoted(&status::context(&options.gate_name)),
            commit.short(),
            status.state.name()
        )),
        Err(failure) => published.failed(&failure, "set the commit status", to),
    }
}

async fn publish_check_run(
    client: &Client,
    to: &Destination,
    commit: &Sha,
    report: &Report,
    options: &Options,
    published: &mut Published,
) {
    let Some(summary) = markdown(report, options, published) else { return };
    let check = Check {
        report,
        title: &report::headline(report),
        summary: &summary,
        run: to.run,
        details_url: to.run_url.as_deref(),
    };
    match check_run::write(client, &to.repository, commit, &options.gate_name, check).await {
        Ok(true) => published.done.push(format!(
            "check run {} of {} written",
            quoted(&check_run::name(&options.gate_name)),
            commit.short()
        )),
        Ok(false) => published.note(
            "the check run is from a newer run already and stays as it is",
            "nothing needs to be done",
        ),
        Err(failure) => published.failed(&failure, "write the check run", to),
    }
}

/// Whether labels and reviewers may follow: not where a newer run has spoken.
async fn publish_comment(
    client: &Client,
    to: &Destination,
    number: u64,
    report: &Report,
    options: &Options,
    published: &mut Published,
) -> bool {
    let Some(body) = markdown(report, options, published) else { return true };
    let conversation = Conversation::new(client, &to.repository, number, &options.gate_name);
    let entry = Entry { body: &body, run: to.run, expect_head: to.expect_head.as_ref() };
    let outcome = match conversation.keep(entry).await {
        Ok(outcome) => outcome,
        Err(Failure::Locked { .. }) => {
            published.note(
                format!("the conversation of pull request {number} is locked, so nothing was written there"),
                "the verdict is in the summary of the job and in its exit code",
            );
            return true;
        }
        Err(failure) => {
            published.failed(
                &failure,
                &format!("keep the comment on pull request {number} current"),
                to,
            );
            return true;
        }
    };
    for failure in outcome.beside {
        let mut warning = failure.to_diagnostic("fold a comment away that is out of date");
        warning.level = Level::Warning;
        published.notes.push(warning);
    }
    let (verb, url) = match outcome.kept {
        Kept::Created(url) => ("written", url),
        Kept::Updated(url) => ("updated", url),
        Kept::Unchanged(url) => ("unchanged", url),
        Kept::Newer(run, url) => {
            published.comment_url = web_address(url);
            published.note(
                format!(
                    "run {} has commented on pull request {number} already and is newer",
                    run.id
                ),
                "nothing needs to be done: what it says stays",
            );
            return false;
        }
        Kept::Moved(head) => {
            published.note(
                format!("the branch of pull request {number} has moved on to {}", quoted(&head)),
                "nothing needs to be done: the run of the newer commit will comment",
            );
            return false;
        }
    };
    published.comment_url = web_address(url);
    let place = published.comment_url.as_deref().map(|url| format!(": {url}")).unwrap_or_default();
    published.done.push(format!("comment on pull request {number} {verb}{place}"));
    true
}

async fn publish_labels(
    client: &Client,
    to: &Destination,
    number: u64,
    report: &Report,
    wishes: &Wishes,
    published: &mut Published,
) {
    match labels::keep(client, &to.repository, number, &wishes.labels, report).await {
        Ok(done) => published.done.extend(done),
        Err(failure) => published.failed(&failure, "keep the labels current", to),
    }
}

async fn publish_review(
    client: &Client,
    to: &Destination,
    number: u64,
    report: &Report,
    wishes: &Wishes,
    published: &mut Published,
) {
    if wishes.review.is_empty() || report.severity < Severity::Warning {
        return;
    }
    match review::request(client, &to.repository, number, &wishes.review, to.author.as_deref())
        .await
    {
        Ok(asked) if asked.is_empty() => {}
        Ok(asked) => published.done.push(format!("review requested from {}", asked.join(", "))),
        Err(failure) => published.failed(&failure, "request a review", to),
    }
}

/// The report as Markdown; what went wrong is noted.
fn markdown(report: &Report, options: &Options, published: &mut Published) -> Option<String> {
    match super::markdown::markdown(report, options) {
        Ok((text, warning)) => {
            published.notes.extend(warning);
            Some(text)
        }
        Err(error) => {
            published.failures.push(error.to_diagnostic());
            None
        }
    }
}

/// An address that GitHub sent, if it is one.
fn web_address(url: Option<String>) -> Option<String> {
    url.as_deref().and_then(escape::link)
}
