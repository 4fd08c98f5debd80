//! Everything that is sent to GitHub for one report, in the order of its weight: the commit status that may be required,
//! the check run, the comment, labels, a request for review. What fails does not keep the rest from being sent.

mod destination;

pub use destination::{Destination, Wishes};

use super::check_run::{self, Check};
use super::client::FORK;
use super::comment::{Conversation, Entry, Kept, moved_on};
use super::context::{RunRef, Sha};
use super::labels;
use super::review;
use super::status::{self, State, Status};
use super::{Client, Failure};
use crate::diag::{Code, Diagnostic, Level, quoted};
use crate::model::{Report, Severity};
use crate::report::{self, Options, escape};

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
    let mut current = Current::Unknown;
    if let Some(commit) = &to.commit {
        if wishes.status {
            current.hear(publish_status(client, to, commit, report, options, &mut published).await);
        }
        if wishes.check_run {
            let heard = publish_check_run(client, to, commit, report, options, &mut published);
            current.hear(heard.await);
        }
    }
    let Some(number) = to.pull_request else { return published };
    if wishes.comment {
        let heard = publish_comment(client, to, number, report, options, &mut published).await;
        current.hear(heard);
    }
    let review = !wishes.review.is_empty() && report.severity >= Severity::Warning;
    if wishes.labels.is_empty() && !review {
        return published;
    }
    if current == Current::Unknown {
        current = ask_whether_current(client, to, number, &mut published).await;
    }
    if current == Current::Yes {
        publish_labels(client, to, number, report, wishes, &mut published).await;
        if review {
            publish_review(client, to, number, wishes, &mut published).await;
        }
    }
    published
}

/// Whether a report is still the last word on its pull request, so that labels and a request for review may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Current {
    /// Nothing has said.
    Unknown,
    /// The comment is that of this run.
    Yes,
    /// A newer run has spoken, or the branch has moved on.
    No,
}

impl Current {
    /// Takes in what was seen; what is outdated once stays so.
    fn hear(&mut self, heard: Self) {
        match (*self, heard) {
            (Self::No, _) | (_, Self::Unknown) => {}
            (_, heard) => *self = heard,
        }
    }
}

/// Without a comment that tells, the newest commit of the branch does.
async fn ask_whether_current(
    client: &Client,
    to: &Destination,
    number: u64,
    published: &mut Published,
) -> Current {
    let Some(expected) = to.expect_head.as_ref().or(to.commit.as_ref()) else {
        return Current::Yes;
    };
    match moved_on(client, &to.repository, number, expected).await {
        Ok(None) => Current::Yes,
        Ok(Some(head)) => {
            published.note(
                format!(
                    "the branch of pull request {number} has moved on to {}, so labels and reviewers stay as they are",
                    quoted(&head)
                ),
                "nothing needs to be done: the run of the newer commit will see to them",
            );
            Current::No
        }
        Err(failure) => {
            let doing = format!("see whether the branch of pull request {number} has moved on");
            published.failed(&failure, &doing, to);
            Current::No
        }
    }
}

/// Sets the commit status of a gate on the commit of a destination; nothing where it has none. A note where a newer run
/// has set it, which stays.
///
/// # Errors
/// When GitHub does not take it.
pub async fn commit_status(
    client: &Client,
    to: &Destination,
    gate: &str,
    state: State,
    description: &str,
) -> Result<Option<Diagnostic>, Failure> {
    let Some(commit) = &to.commit else { return Ok(None) };
    let target_url = to.run_url.as_deref();
    let status = Status { state, description, target_url, run: to.run };
    let newer = status::set_status(client, &to.repository, commit, gate, status).await?;
    Ok(newer.map(newer_status))
}

/// That the commit status of a newer run stays.
fn newer_status(run: RunRef) -> Diagnostic {
    let message = format!(
        "the commit status is from run {} already, which is newer: it stays as it is",
        run.id
    );
    Diagnostic::warning(Code::Skipped, message).help("nothing needs to be done")
}

async fn publish_status(
    client: &Client,
    to: &Destination,
    commit: &Sha,
    report: &Report,
    options: &Options,
    published: &mut Published,
) -> Current {
    let headline = report::headline(report);
    let report_url = options.report_url.as_deref().and_then(escape::link);
    let status = Status {
        state: State::of(report),
        description: &headline,
        target_url: report_url.as_deref().or(to.run_url.as_deref()),
        run: to.run,
    };
    match status::set_status(client, &to.repository, commit, &options.gate_name, status).await {
        Ok(None) => published.done.push(format!(
            "commit status {} of {}: {}",
            quoted(&status::context(&options.gate_name)),
            commit.short(),
            status.state.name()
        )),
        Ok(Some(newer)) => {
            published.notes.push(newer_status(newer));
            return Current::No;
        }
        Err(failure) => published.failed(&failure, "set the commit status", to),
    }
    Current::Unknown
}

async fn publish_check_run(
    client: &Client,
    to: &Destination,
    commit: &Sha,
    report: &Report,
    options: &Options,
    published: &mut Published,
) -> Current {
    let Some(summary) = markdown(report, options, published) else { return Current::Unknown };
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
        Ok(false) => {
            published.note(
                "the check run is from a newer run already and stays as it is",
                "nothing needs to be done",
            );
            return Current::No;
        }
        Err(failure) => published.failed(&failure, "write the check run", to),
    }
    Current::Unknown
}

async fn publish_comment(
    client: &Client,
    to: &Destination,
    number: u64,
    report: &Report,
    options: &Options,
    published: &mut Published,
) -> Current {
    let Some(body) = markdown(report, options, published) else { return Current::Unknown };
    let conversation = Conversation::new(client, &to.repository, number, &options.gate_name);
    let entry = Entry { body: &body, run: to.run, expect_head: to.expect_head.as_ref() };
    let outcome = match conversation.keep(entry).await {
        Ok(outcome) => outcome,
        Err(Failure::Locked { .. }) => {
            published.note(
                format!("the conversation of pull request {number} is locked, so nothing was written there"),
                "the verdict is in the summary of the job and in its exit code",
            );
            return Current::Unknown;
        }
        Err(failure) => {
            published.failed(
                &failure,
                &format!("keep the comment on pull request {number} current"),
                to,
            );
            return Current::Unknown;
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
            return Current::No;
        }
        Kept::Moved(head) => {
            published.note(
                format!("the branch of pull request {number} has moved on to {}", quoted(&head)),
                "nothing needs to be done: the run of the newer commit will comment",
            );
            return Current::No;
        }
    };
    published.comment_url = web_address(url);
    let place = published.comment_url.as_deref().map(|url| format!(": {url}")).unwrap_or_default();
    published.done.push(format!("comment on pull request {number} {verb}{place}"));
    Current::Yes
}

async fn publish_labels(
    client: &Client,
    to: &Destination,
    number: u64,
    report: &Report,
    wishes: &Wishes,
    published: &mut Published,
) {
    let (done, failure) =
        labels::keep(client, &to.repository, number, &wishes.labels, report).await;
    published.done.extend(done);
    if let Some(failure) = failure {
        published.failed(&failure, "keep the labels current", to);
    }
}

async fn publish_review(
    client: &Client,
    to: &Destination,
    number: u64,
    wishes: &Wishes,
    published: &mut Published,
) {
    let (reviewers, foreign) = wishes.reviewers(Some(to));
    published.notes.extend(foreign);
    if reviewers.is_empty() {
        return;
    }
    match review::request(client, &to.repository, number, &reviewers, to.author.as_deref()).await {
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
