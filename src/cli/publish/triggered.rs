use std::path::Path;

use clap::Args;
use jiff::civil::Date;

use super::outcome::Said;
use super::{Publish, Requests, preview};
use crate::cli::{Common, Edge};
use crate::config::{CANDIDATES, Config};
use crate::diag::{Code, Diagnostic, ExitCode};
use crate::gate;
use crate::github::Client;
use crate::github::context::Job;
use crate::github::from_run::{self, Asked, BaseFiles, Fetched, Measured, Unsettled};
use crate::github::publish;
use crate::github::status::State;
use crate::model::Report;

/// Where the report of the triggering run is, and what decides it again.
#[derive(Debug, Args)]
#[command(next_help_heading = "With --from-run")]
pub(super) struct TriggeredArgs {
    /// The artifact that holds the report.
    #[arg(long, value_name = "NAME", default_value = "benchgate-report")]
    artifact: String,
    /// The file in that artifact.
    #[arg(long, value_name = "FILE", default_value = "benchgate-report.json")]
    member: String,
    /// The configuration in the base branch; left out, benchgate.yml, .github/benchgate.yml, or the built-in rules.
    #[arg(long, value_name = "FILE", requires = "from_run")]
    config: Option<String>,
    /// A base without any measurement is fine: the first benchmarks of a project.
    #[arg(long, requires = "from_run")]
    allow_empty_base: bool,
}

impl Publish {
    pub(super) fn publish_triggering_run(
        &self,
        job: &Job,
        date: Date,
        common: Common,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<ExitCode> {
        let client = match self.connect(edge) {
            Ok(client) => client,
            Err(diagnostic) => {
                let nothing = |_: &mut Said, _: &mut Edge<'_>| Ok(false);
                return self.none(vec![diagnostic], job, common, date, edge, nothing);
            }
        };
        let asked = Asked {
            artifact: self.triggered.artifact.clone(),
            member: self.triggered.member.clone(),
            config: self.triggered.config.clone(),
            candidates: CANDIDATES.iter().map(|path| (*path).to_owned()).collect(),
            templates: self.templates.templates.as_deref().map(slashes),
            own_templates: self
                .templates
                .template
                .iter()
                .map(|own| (own.name.to_owned(), slashes(&own.file)))
                .collect(),
        };
        let requests = Requests::start()?;
        let empty = self.triggered.allow_empty_base;
        let mut decide =
            |measured: Measured, files: &BaseFiles| decide(measured, files, date, empty);
        match requests.run(from_run::from_run(&client, job, &asked, &mut decide))? {
            Fetched::Report { report, templates, destination } => {
                let options = self.options(common, edge, date, templates);
                let wishes = self.wishes(!self.what.no_status);
                edge.say(&report.diagnostics);
                if self.what.dry_run {
                    return preview(Some(&destination), &report, job, &wishes, &options, edge);
                }
                let mut said = Said::begin(&report, job, &options, common, edge)?;
                for sentence in wishes.left_out(&destination) {
                    edge.print(&format!("{sentence}\n"));
                }
                let published = publish::publish(&client, &destination, &report, &wishes, &options);
                said.published(requests.run(published)?, edge);
                said.end(job, edge)
            }
            Fetched::Nothing { notice, unsettled } => {
                edge.say(std::slice::from_ref(&notice));
                if self.what.dry_run {
                    return Ok(ExitCode::Pass);
                }
                let mut said = Said::nothing(&notice, job, edge)?;
                self.settle(&client, unsettled, &requests, &mut said, edge)?;
                said.end(job, edge)
            }
            Fetched::Failed { diagnostics, unsettled } => {
                let settle = |said: &mut Said, edge: &mut Edge<'_>| {
                    self.settle(&client, unsettled, &requests, said, edge)
                };
                self.none(diagnostics, job, common, date, edge, settle)
            }
        }
    }

    /// Nothing was decided: says so in the log, in the summary and the outputs of the job and on the page of its run.
    /// `settle` tells those who wait for a status, and whether it could.
    fn none(
        &self,
        diagnostics: Vec<Diagnostic>,
        job: &Job,
        common: Common,
        date: Date,
        edge: &mut Edge<'_>,
        settle: impl FnOnce(&mut Said, &mut Edge<'_>) -> anyhow::Result<bool>,
    ) -> anyhow::Result<ExitCode> {
        edge.say(&diagnostics);
        let not_here = diagnostics.iter().any(|diagnostic| diagnostic.code == Code::BadEvent);
        let exit = if not_here { ExitCode::Usage } else { ExitCode::Input };
        if self.what.dry_run {
            return Ok(exit);
        }
        let report = gate::refuse(&Config::built_in(), diagnostics, exit);
        let options = self.options(common, edge, date, Default::default());
        let mut said = Said::begin(&report, job, &options, common, edge)?;
        said.annotate(&report, job, edge);
        if !settle(&mut said, edge)? {
            said.incomplete();
        }
        said.end(job, edge)
    }

    /// A commit status that others may wait for is set all the same. Whether it was.
    fn settle(
        &self,
        client: &Client,
        unsettled: Option<Unsettled>,
        requests: &Requests,
        said: &mut Said,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<bool> {
        let Some(Unsettled { destination, description }) = unsettled else { return Ok(false) };
        if self.what.no_status {
            return Ok(false);
        }
        let gate = self.comment.gate_name();
        let set = publish::commit_status(client, &destination, gate, State::Error, &description);
        match requests.run(set)? {
            Ok(note) => {
                edge.say(note.as_slice());
                Ok(true)
            }
            Err(failure) => {
                said.failed(failure.to_diagnostic("set the commit status"), edge);
                Ok(false)
            }
        }
    }
}

/// The report as the rules of the base branch decide it, whatever its writer says.
fn decide(measured: Measured, files: &BaseFiles, date: Date, allow_empty_base: bool) -> Report {
    let revision = Some(files.revision.as_str());
    let config = match &files.configuration {
        Some((path, text)) => Config::parse(path, text, revision),
        None => Ok(Config { revision: revision.map(str::to_owned), ..Config::built_in() }),
    };
    match (config, measured) {
        (Err(mistakes), _) => gate::refuse(&Config::built_in(), mistakes, ExitCode::Usage),
        (Ok(config), Err(diagnostics)) => gate::refuse(&config, diagnostics, ExitCode::Input),
        (Ok(config), Ok(report)) => gate::decide_again(report, &config, date, allow_empty_base),
    }
}

/// A path as it stands in a repository.
fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
