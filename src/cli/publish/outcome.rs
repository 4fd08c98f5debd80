use anyhow::Context;

use crate::cli::{Common, Edge};
use crate::diag::{Diagnostic, ExitCode};
use crate::github::context::Job;
use crate::github::outputs::{self, Outputs};
use crate::github::publish::Published;
use crate::model::Report;
use crate::report::{self, Form, Options, escape};

/// What a job has said of a report, and how it will end. The job's own channels (log, summary, outputs) come first:
/// they need no token, and they stand whatever becomes of the rest.
#[derive(Debug)]
pub(super) struct Said {
    exit: ExitCode,
    failed: bool,
    /// What was said already: nothing is said twice.
    said: Vec<Diagnostic>,
    comment_url: Option<String>,
}

/// The exit code that a report asks for.
pub(super) fn exit_of(report: &Report) -> ExitCode {
    ExitCode::from_code(report.exit_code).unwrap_or(ExitCode::Bug)
}

impl Said {
    /// Prints the report, appends it to the summary of the job and its verdict to the outputs of the step.
    pub(super) fn begin(
        report: &Report,
        job: &Job,
        options: &Options,
        common: Common,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<Self> {
        let text = report::render(report, Form::Text, options).context("cannot show the report")?;
        let shown = match text.lines().last() {
            Some(last) if !common.verbose => format!("{last}\n"),
            _ => text,
        };
        edge.print(&shown)?;
        let mut said =
            Self { exit: exit_of(report), failed: false, said: Vec::new(), comment_url: None };
        if let Some(path) = &job.output {
            let outputs = Outputs::of(report);
            let appended = outputs::append_outputs(path, &outputs, (edge.random)()?);
            said.say(appended.err(), edge)?;
        }
        if let Some(path) = &job.summary {
            said.say(outputs::append_summary(path, report, options).err(), edge)?;
        }
        Ok(said)
    }

    fn say(
        &mut self,
        diagnostics: impl IntoIterator<Item = Diagnostic>,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<()> {
        for diagnostic in diagnostics {
            if !self.said.contains(&diagnostic) {
                edge.say(std::slice::from_ref(&diagnostic))?;
                self.said.push(diagnostic);
            }
        }
        Ok(())
    }

    /// Shows the worst findings on the page of the run.
    pub(super) fn annotate(
        &self,
        report: &Report,
        job: &Job,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<()> {
        if job.in_actions {
            edge.print(&outputs::annotations(report))?;
        }
        Ok(())
    }

    /// Says what became of publishing.
    pub(super) fn published(
        &mut self,
        published: Published,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<()> {
        for line in &published.done {
            edge.print(&format!("{}\n", escape::terminal(line)))?;
        }
        self.failed |= !published.failures.is_empty();
        self.say(published.notes, edge)?;
        self.say(published.failures, edge)?;
        self.comment_url = published.comment_url.or(self.comment_url.take());
        Ok(())
    }

    /// Says why something could not be published.
    pub(super) fn failed(
        &mut self,
        diagnostic: Diagnostic,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<()> {
        self.failed = true;
        self.say([diagnostic], edge)
    }

    /// Gives the address of the comment to later steps, and the exit code: the report's, or that publishing failed
    /// where the gate passed.
    pub(super) fn end(mut self, job: &Job, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        if let Some(path) = &job.output {
            let outputs = Outputs::comment_url(self.comment_url.as_deref());
            let appended = outputs::append_outputs(path, &outputs, (edge.random)()?);
            self.say(appended.err(), edge)?;
        }
        Ok(match self.exit {
            ExitCode::Pass if self.failed => ExitCode::Unpublished,
            exit => exit,
        })
    }
}
