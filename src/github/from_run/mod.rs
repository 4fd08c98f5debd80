//! Publishing what another workflow run measured: the way for pull requests from forks.
//!
//! The run that measures has a stranger's code in it and a token that can only read. The run that publishes has a token
//! that can write, and takes nothing of the first on trust: the pull request is found by what GitHub says of the run,
//! the rules come from the tip of the base branch, and the report is strict data of limited size that is decided again.

pub mod archive;
mod artifact;
mod base;
mod pull_request;
pub mod strict;

use super::context::{Event, Job, Repository, RunRef, WorkflowRun};
use super::publish::Destination;
use super::{Client, Failure};
use crate::diag::{Code, Diagnostic, quoted};
use crate::model::Report;
use crate::report::{Templates, escape};
use base::BaseBranch;
use pull_request::{Found, Pull};

/// What to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The name of the artifact.
    pub artifact: String,
    /// The name of the report in it.
    pub member: String,
    /// The configuration, a path in the base branch; left out, the first of `candidates` that is there.
    pub config: Option<String>,
    /// Where a configuration is looked for, in this order.
    pub candidates: Vec<String>,
    /// A directory of templates in the base branch.
    pub templates: Option<String>,
    /// Single templates: the name of the embedded one that each replaces, and its path in the base branch.
    pub own_templates: Vec<(String, String)>,
}

/// What stands at the tip of the base branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseFiles {
    /// The path and the text of the configuration; `None` where there is none, so that the built-in rules hold.
    pub configuration: Option<(String, String)>,
    /// The commit they were read from.
    pub revision: String,
    /// The templates by their file names.
    pub templates: Templates,
}

/// The report of a run, or why it left none: no artifact, one that has expired, one that cannot be used.
pub type Measured = Result<Report, Vec<Diagnostic>>;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Fetched {
    /// A report that was decided again, or that says why there is none.
    Report {
        /// The report.
        report: Box<Report>,
        /// The templates to render it with.
        templates: Templates,
        /// Where it goes.
        destination: Destination,
    },
    /// There is nothing to publish, and nothing wrong with that.
    Nothing {
        /// Why.
        notice: Diagnostic,
        /// What is left to be settled.
        unsettled: Option<Unsettled>,
    },
    /// It could not be found out what to publish or by which rules.
    Failed {
        /// Why.
        diagnostics: Vec<Diagnostic>,
        /// What is left to be settled.
        unsettled: Option<Unsettled>,
    },
}

/// A commit whose status a branch rule may wait for, and that nobody will decide: its status is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// The commit.
    pub destination: Destination,
    /// Why nobody will, in a few words.
    pub description: String,
}

/// Fetches the report of the run that started this `workflow_run` job and has it decided again.
///
/// `decide` gets the report, or why there is none, and the rules of the base branch; it must not believe what the report
/// says of itself.
pub async fn from_run(
    client: &Client,
    job: &Job,
    asked: &Asked,
    decide: &mut dyn FnMut(Measured, &BaseFiles) -> Report,
) -> Fetched {
    let mut fetched = fetch(client, job, asked, decide).await;
    if let Fetched::Nothing { unsettled: Some(left), .. }
    | Fetched::Failed { unsettled: Some(left), .. } = &mut fetched
    {
        // Why nobody will decide stands in the log of this job, not in that of the run that measured.
        left.destination.run_url = job.run_url.clone().or(left.destination.run_url.take());
    }
    fetched
}

async fn fetch(
    client: &Client,
    job: &Job,
    asked: &Asked,
    decide: &mut dyn FnMut(Measured, &BaseFiles) -> Report,
) -> Fetched {
    let (repository, run) = match trigger(job) {
        Ok(trigger) => trigger,
        Err(diagnostic) => return failed(diagnostic, None),
    };
    let place = place(repository, run);
    match run.event.as_str() {
        "pull_request" => {}
        "merge_group" => return queued(client, place, run, asked, decide).await,
        other => {
            return Fetched::Nothing {
                notice: notice(format!(
                    "the run that triggered this job was started by {}, not by a pull request",
                    quoted(other)
                )),
                unsettled: None,
            };
        }
    }
    let pulls = match pull_request::find(client, repository, run).await {
        Ok(Found::Current(pulls)) => pulls,
        Ok(other) => return outdated(other, place, run),
        Err(failure) => return failed(told(&failure, "find the pull request"), Some(place)),
    };
    let measured = match artifact::fetch(client, repository, run, asked).await {
        Ok(measured) => measured,
        Err(diagnostic) => return failed(diagnostic, Some(place)),
    };
    let hint = measured.as_ref().ok().map(|r| (r.base.name.as_str(), r.base.commit.as_deref()));
    let pull = match pull_request::pick(pulls, hint) {
        Ok(pull) => pull,
        Err(pulls) => {
            let mut diagnostics = vec![ambiguous(&pulls)];
            diagnostics.extend(measured.err().unwrap_or_default());
            return Fetched::Failed { diagnostics, unsettled: Some(unsettled(place)) };
        }
    };
    let place = Destination {
        pull_request: Some(pull.number),
        author: pull.user.as_ref().map(|user| user.login.clone()),
        expect_head: Some(run.head_sha.clone()),
        ..place
    };
    let branch = BaseBranch { name: &pull.base.name, known: Some(&pull.base.sha) };
    match base::fetch(client, repository, &branch, asked).await {
        Ok(files) => decided(place, run, measured, files, decide),
        Err(diagnostic) => failed(diagnostic, Some(place)),
    }
}

/// The repository of the job and the run that triggered it.
fn trigger(job: &Job) -> Result<(&Repository, &WorkflowRun), Diagnostic> {
    let bad = |message: &str| {
        Diagnostic::error(Code::BadEvent, message)
            .help("`--from-run` belongs into a workflow that another one triggers: `on: { workflow_run: { workflows: [bench], types: [completed] } }`")
    };
    let Event::WorkflowRun(run) = &job.event else {
        return Err(bad("this job was not triggered by a workflow run"));
    };
    let Some(repository) = &job.repository else {
        return Err(bad("there is no repository to publish to"));
    };
    if job.repository_id.is_some_and(|id| id != run.repository_id) {
        return Err(bad("the run that triggered this job belongs to another repository"));
    }
    Ok((repository, run))
}

/// The commit of a run, as a place that no pull request is known for.
fn place(repository: &Repository, run: &WorkflowRun) -> Destination {
    Destination {
        repository: repository.clone(),
        pull_request: None,
        commit: Some(run.head_sha.clone()),
        run: Some(RunRef { id: run.id, attempt: run.attempt }),
        run_url: run.html_url.as_deref().and_then(escape::link),
        fork: false,
        author: None,
        expect_head: None,
    }
}

/// A run of the merge queue: a status on the commit it tested, which may hold several pull requests.
async fn queued(
    client: &Client,
    place: Destination,
    run: &WorkflowRun,
    asked: &Asked,
    decide: &mut dyn FnMut(Measured, &BaseFiles) -> Report,
) -> Fetched {
    let ours = run.head_repository.as_ref().is_some_and(|head| head.id == run.repository_id);
    let base = run.head_branch.as_deref().and_then(pull_request::queued_for).filter(|_| ours);
    let Some(base) = base else {
        let branch = quoted(run.head_branch.as_deref().unwrap_or_default());
        let diagnostic = Diagnostic::error(
            Code::BadEvent,
            format!("the branch {branch} of the run is none of a merge queue"),
        );
        return failed(diagnostic, Some(place));
    };
    let repository = place.repository.clone();
    // The queue's commit holds the pull requests themselves, so it must not stand in for the branch.
    let branch = BaseBranch { name: base, known: None };
    let files = base::fetch(client, &repository, &branch, asked).await;
    let measured = artifact::fetch(client, &repository, run, asked).await;
    match (files, measured) {
        (Ok(files), Ok(measured)) => decided(place, run, measured, files, decide),
        (files, measured) => Fetched::Failed {
            diagnostics: files.err().into_iter().chain(measured.err()).collect(),
            unsettled: Some(unsettled(place)),
        },
    }
}

/// Has the report decided again, and puts in what GitHub says of it.
fn decided(
    destination: Destination,
    run: &WorkflowRun,
    measured: Measured,
    files: BaseFiles,
    decide: &mut dyn FnMut(Measured, &BaseFiles) -> Report,
) -> Fetched {
    let measured = measured.map(|mut report| {
        report.head.commit = Some(run.head_sha.as_str().to_owned());
        report
    });
    let report = Box::new(decide(measured, &files));
    Fetched::Report { report, templates: files.templates, destination }
}

/// No open pull request has the run's commit at its head.
fn outdated(found: Found, place: Destination, run: &WorkflowRun) -> Fetched {
    let sha = run.head_sha.short();
    let (message, description) = match found {
        Found::Moved(number) => (
            format!("pull request {number} has a newer commit than {sha}, which this run measured"),
            Some("not decided: the pull request has a newer commit"),
        ),
        Found::Orphan(number) => (
            format!("the repository that pull request {number} comes from was deleted"),
            Some("not decided: its repository was deleted"),
        ),
        Found::Current(_) | Found::Closed if run.head_repository.is_none() => (
            format!("the repository that {sha} comes from was deleted"),
            Some("not decided: its repository was deleted"),
        ),
        Found::Current(_) | Found::Closed => {
            (format!("no open pull request has {sha} as its newest commit"), None)
        }
    };
    Fetched::Nothing {
        notice: notice(message),
        unsettled: description
            .map(|text| Unsettled { destination: place, description: text.to_owned() }),
    }
}

/// What GitHub did not give, with the permissions that such a job needs.
fn told(failure: &Failure, doing: &str) -> Diagnostic {
    let told = failure.to_diagnostic(doing);
    match failure {
        Failure::Permission { needs, .. } if !needs.is_empty() => {
            // Reading alone would only lead to the next refusal.
            let lines =
                needs.join("` and `").replace("pull-requests: read", "pull-requests: write");
            told.help(format!(
                "add `{lines}` under `permissions:` of the job; in all, `--from-run` needs `actions: read`, `contents: read`, \
                 `pull-requests: write` and `statuses: write`"
            ))
        }
        _ => told,
    }
}

fn notice(message: String) -> Diagnostic {
    Diagnostic::warning(Code::Skipped, format!("nothing is published: {message}"))
}

fn failed(diagnostic: Diagnostic, place: Option<Destination>) -> Fetched {
    Fetched::Failed { diagnostics: vec![diagnostic], unsettled: place.map(unsettled) }
}

fn unsettled(destination: Destination) -> Unsettled {
    Unsettled {
        destination,
        description: "not decided: see the log of the publishing job".to_owned(),
    }
}

fn ambiguous(pulls: &[Pull]) -> Diagnostic {
    let numbers: Vec<String> = pulls.iter().map(|pull| format!("#{}", pull.number)).collect();
    let message = format!(
        "several pull requests have this commit: {}; the report does not say which of their base branches it is for",
        numbers.join(", ")
    );
    Diagnostic::error(Code::SeveralPullRequests, message)
        .help("let the measuring job say it: `benchgate compare --base-label \"$GITHUB_BASE_REF\"`")
}
