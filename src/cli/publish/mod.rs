//! `benchgate publish`: a finished report on GitHub.

mod outcome;
mod triggered;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use jiff::civil::Date;
use tokio::runtime::{Builder, Runtime};

use super::load::{self, TemplateArgs, Where};
use super::output::CommentArgs;
use super::{Common, Edge};
use crate::config::Config;
use crate::diag::{Code, Diagnostic, ExitCode};
use crate::gate;
use crate::github::context::Job;
use crate::github::labels::Label;
use crate::github::publish::{self, Destination, Wishes};
use crate::github::review::Reviewer;
use crate::github::{Client, Server, Token, outputs, preview};
use crate::model::Report;
use crate::report::{Options, RenderError, Templates, is_gate_name};

/// Put a finished report on GitHub: a comment, the summary of the job, and what else is asked for.
#[derive(Debug, Args)]
#[command(override_usage = "benchgate publish [OPTIONS] --report <FILE>
       benchgate publish [OPTIONS] --from-run")]
pub(super) struct Publish {
    /// The report, as `--out json=FILE` wrote it.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "from_run",
        conflicts_with = "from_run"
    )]
    report: Option<PathBuf>,
    /// Fetch the report from the workflow run that triggered this one, and decide it again by the rules of the base
    /// branch: for pull requests from forks.
    #[arg(long)]
    from_run: bool,
    /// The day on which waivers must hold, and from which a proposed one counts; left out, today in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,
    #[command(flatten)]
    templates: TemplateArgs,
    #[command(flatten)]
    triggered: triggered::TriggeredArgs,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    comment: CommentArgs,
}

/// What is published.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is published")]
struct What {
    /// No comment on the pull request: only the summary and the outputs of the job, and what else is asked for.
    #[arg(long)]
    no_comment: bool,
    /// Also set the commit status `benchgate`; with --from-run it is set without being asked for.
    #[arg(long, overrides_with = "no_status")]
    status: bool,
    /// With --from-run, set no commit status.
    #[arg(long, overrides_with = "status")]
    no_status: bool,
    /// Also write the check run `benchgate report`; only apps may, such as the token of a workflow.
    #[arg(long)]
    check_run: bool,
    /// Keep a label on the pull request as long as what it says: regression, improvement or inconclusive. Can be repeated.
    #[arg(long, value_name = "KIND=LABEL")]
    labels: Vec<Label>,
    /// Where a finding is a warning or worse, request a review from a person or a team. Can be repeated.
    #[arg(long, value_name = "LOGIN|ORG/TEAM")]
    request_review: Vec<Reviewer>,
    /// Send nothing and write nothing: print what would be sent.
    #[arg(long)]
    dry_run: bool,
}

/// How GitHub is reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "GitHub")]
struct Access {
    /// The variable of the environment that holds the token.
    #[arg(long, value_name = "NAME", default_value = "GITHUB_TOKEN")]
    token_env: String,
    /// The most seconds that are spent waiting for GitHub, outages and rate limits included.
    #[arg(long, value_name = "SECONDS", default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=3600))]
    max_wait: u64,
}

impl Publish {
    pub(super) fn run(self, common: Common, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        let gate = self.comment.gate_name();
        let named =
            if is_gate_name(gate) { Ok(()) } else { Err(RenderError::GateName(gate.to_owned())) };
        let job =
            named.map_err(|error| error.to_diagnostic()).and_then(|()| Job::read(edge.variable));
        let job = match job {
            Ok(job) => job,
            Err(diagnostic) => {
                edge.say(&[diagnostic]);
                return Ok(ExitCode::Usage);
            }
        };
        let date = self.date.unwrap_or(edge.today);
        match &self.report {
            Some(file) => self.publish_file(file, &job, date, common, edge),
            None => self.publish_triggering_run(&job, date, common, edge),
        }
    }

    fn publish_file(
        &self,
        file: &Path,
        job: &Job,
        date: Date,
        common: Common,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<ExitCode> {
        let templates = Where { templates: self.templates.clone(), ..Where::default() }.templates();
        let templates = match templates {
            Ok(templates) => templates,
            Err(diagnostic) => {
                edge.say(&[diagnostic]);
                return Ok(ExitCode::Usage);
            }
        };
        let report = match load::report(file) {
            Ok(report) => report,
            // Whoever waits for a verdict is told that there is none.
            Err(diagnostic) => {
                edge.say(std::slice::from_ref(&diagnostic));
                gate::refuse(&Config::built_in(), vec![diagnostic], ExitCode::Input)
            }
        };
        let options = self.options(common, edge, date, templates);
        let wishes = self.wishes(self.what.status);
        if self.what.dry_run {
            return preview(
                Destination::of(job).ok().as_ref(),
                &report,
                job,
                &wishes,
                &options,
                edge,
            );
        }
        let mut said = outcome::Said::begin(&report, job, &options, common, edge)?;
        said.annotate(&report, job, edge);
        let destination = match Destination::of(job) {
            Ok(destination) => destination,
            Err(diagnostic) => {
                edge.say(&[diagnostic]);
                return Ok(ExitCode::Usage);
            }
        };
        for sentence in wishes.left_out(&destination) {
            edge.print(&format!("{sentence}\n"));
        }
        if wishes.any(&destination) {
            match self.connect(edge) {
                Ok(client) => {
                    let published =
                        publish::publish(&client, &destination, &report, &wishes, &options);
                    said.published(Requests::start()?.run(published)?, edge);
                }
                Err(diagnostic) => said.failed(diagnostic, edge),
            }
        }
        said.end(job, edge)
    }

    fn options(
        &self,
        common: Common,
        edge: &Edge<'_>,
        date: Date,
        templates: Templates,
    ) -> Options {
        self.comment.options(common, edge, date, templates)
    }

    fn wishes(&self, status: bool) -> Wishes {
        Wishes {
            comment: !self.what.no_comment,
            status,
            check_run: self.what.check_run,
            labels: self.what.labels.clone(),
            review: self.what.request_review.clone(),
        }
    }

    /// The client of the job's GitHub.
    fn connect(&self, edge: &Edge<'_>) -> Result<Client, Diagnostic> {
        let name = &self.access.token_env;
        let token = (edge.variable)(name).filter(|text| !text.trim().is_empty()).ok_or_else(|| {
            Diagnostic::error(Code::BadToken, format!("there is no token in {}", crate::diag::quoted(name)))
                .help("pass one to the step, as in `env: { GITHUB_TOKEN: ${{ github.token }} }`; without one, `--no-comment` keeps to the summary and the outputs of the job")
        })?;
        let wait = Duration::from_secs(self.access.max_wait);
        Client::new(Server::read(edge.variable)?, Token::new(&token)?, wait, edge.clock.clone())
    }
}

/// Prints what would be sent.
fn preview(
    destination: Option<&Destination>,
    report: &Report,
    job: &Job,
    wishes: &Wishes,
    options: &Options,
    edge: &mut Edge<'_>,
) -> anyhow::Result<ExitCode> {
    let preview = match preview::preview(destination, report, wishes, options) {
        Ok(preview) => preview,
        Err(error) => {
            edge.say(&[error.to_diagnostic()]);
            return Ok(ExitCode::Usage);
        }
    };
    edge.say(&preview.notes);
    edge.print(&preview.lines);
    if let Some(comment) = preview.comment {
        let comment =
            if job.in_actions { outputs::unheard(&comment, (edge.random)()?) } else { comment };
        edge.print(&format!("\n{comment}"));
    }
    Ok(outcome::exit_of(report))
}

/// What requests run on: one for all requests of a client.
struct Requests(Option<Runtime>);

impl Requests {
    fn start() -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self(Some(runtime.context("cannot start what requests run on")?)))
    }

    fn run<T>(&self, work: impl Future<Output = T>) -> anyhow::Result<T> {
        Ok(self.0.as_ref().context("what requests run on has ended")?.block_on(work))
    }
}

impl Drop for Requests {
    /// A name look-up that hangs must not keep the program waiting.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
