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
    /// Whether something could not be sent.
    failed: bool,
    /// Whether this is a job, which has a page for annotations.
    in_job: bool,
    /// What was said already: nothing is said twice.
    said: Vec<Diagnostic>,
    comment_url: Option<String>,
}

/// The exit code that a report asks for.
pub(super) fn exit_of(report: &Report) -> ExitCode {
    ExitCode::from_code(report.exit_code).unwrap_or(ExitCode::Bug)
}

impl Said {
    fn new(exit: ExitCode, job: &Job) -> Self {
        let in_job = job.in_actions;
        Self { exit, failed: false, in_job, said: Vec::new(), comment_url: None }
    }

    /// Says why nothing is published where nothing is wrong with that; the outputs of the step stay empty.
    pub(super) fn nothing(
        notice: &Diagnostic,
        job: &Job,
        edge: &mut Edge<'_>,
    ) -> anyhow::Result<Self> {
        let mut said = Self::new(ExitCode::Pass, job);
        if let Some(path) = &job.output {
            let appended = outputs::append_outputs(path, &Outputs::none(), (edge.random)()?);
            said.say(appended.err(), edge);
        }
        if let Some(path) = &job.summary {
            said.say(outputs::append_note(path, notice).err(), edge);
        }
        Ok(said)
    }

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
        edge.print(&shown);
        let mut said = Self::new(exit_of(report), job);
        if let Some(path) = &job.output {
            let outputs = Outputs::of(report);
            let appended = outputs::append_outputs(path, &outputs, (edge.random)()?);
            said.say(appended.err(), edge);
        }
        if let Some(path) = &job.summary {
            said.say(outputs::append_summary(path, report, options).err(), edge);
        }
        Ok(said)
    }

    fn say(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>, edge: &mut Edge<'_>) {
        for diagnostic in diagnostics {
            if !self.said.contains(&diagnostic) {
                edge.say(std::slice::from_ref(&diagnostic));
                self.said.push(diagnostic);
            }
        }
    }

    /// Shows the worst findings on the page of the run.
    pub(super) fn annotate(&self, report: &Report, job: &Job, edge: &mut Edge<'_>) {
        if job.in_actions {
            edge.print(&outputs::annotations(report));
        }
    }

    /// Says what became of publishing.
    pub(super) fn published(&mut self, published: Published, edge: &mut Edge<'_>) {
        for line in &published.done {
            edge.print(&format!("{}\n", escape::terminal(line)));
        }
        self.say(published.notes, edge);
        for failure in published.failures {
            self.failed(failure, edge);
        }
        self.comment_url = published.comment_url.or(self.comment_url.take());
    }

    /// Says why something could not be published; in a job also on the page of its run, since the exit code may be
    /// passed over.
    pub(super) fn failed(&mut self, diagnostic: Diagnostic, edge: &mut Edge<'_>) {
        self.failed = true;
        let annotation = outputs::unpublished(&diagnostic);
        self.say([diagnostic], edge);
        if self.in_job {
            edge.print(&annotation);
        }
    }

    /// Counts something as not sent that was said already.
    pub(super) fn incomplete(&mut self) {
        self.failed = true;
    }

    /// Tells later steps what became of publishing, and gives the exit code: the report's, or that publishing failed
    /// where the gate passed.
    pub(super) fn end(mut self, job: &Job, edge: &mut Edge<'_>) -> anyhow::Result<ExitCode> {
        if let Some(path) = &job.output {
            let outputs = Outputs::published(self.comment_url.as_deref(), !self.failed);
            let appended = outputs::append_outputs(path, &outputs, (edge.random)()?);
            self.say(appended.err(), edge);
        }
        Ok(match self.exit {
            ExitCode::Pass if self.failed => ExitCode::Unpublished,
            exit => exit,
        })
    }
}
