//! What would be sent, for `--dry-run` and for looking at it before.

use super::check_run;
use super::markdown::markdown;
use super::publish::{Destination, Wishes};
use super::review::Reviewer;
use super::status::{self, State};
use crate::diag::{Diagnostic, quoted};
use crate::model::{Outcome, Report, Severity};
use crate::report::{self, Options, RenderError, escape};

/// What would be sent: lines about everything but the comment, and the comment itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Lines for people, harmless in a log.
    pub lines: String,
    /// The comment as Markdown; `None` where none would be written. It is not harmless in the log of a job.
    pub comment: Option<String>,
    /// What publishing would warn of.
    pub notes: Vec<Diagnostic>,
}

/// What [`publish`](super::publish::publish) would send, without asking GitHub anything. Without a destination the
/// comment is shown all the same.
///
/// # Errors
/// When the comment cannot be rendered.
pub fn preview(
    to: Option<&Destination>,
    report: &Report,
    wishes: &Wishes,
    options: &Options,
) -> Result<Preview, RenderError> {
    let run = to.and_then(|to| to.run);
    let options = Options {
        run: run.map(|run| run.id),
        attempt: run.map(|run| run.attempt),
        ..options.clone()
    };
    let mut lines = vec![match to {
        Some(to) => format!("nothing is sent; this would be, to {}:", to.repository),
        None => "nothing is sent; this would be:".to_owned(),
    }];
    let gate = options.gate_name.as_str();
    if let Some(commit) = to.and_then(|to| to.commit.as_ref()) {
        if wishes.status {
            let (state, headline) = (State::of(report).name(), report::headline(report));
            lines.push(format!(
                "- commit status {} of {commit}: {state}, {headline}",
                quoted(&status::context(gate))
            ));
        }
        if wishes.check_run {
            lines.push(format!("- check run {} of {commit}", quoted(&check_run::name(gate))));
        }
    }
    let mut notes = Vec::new();
    let number = to.and_then(|to| to.pull_request);
    if let Some(number) = number {
        // After an error nobody knows, so labels stay as they are.
        let labels = wishes.labels.iter().filter(|_| report.outcome != Outcome::Error);
        for label in labels {
            let verb = if label.kind.holds(report) {
                "added where missing"
            } else {
                "removed where present"
            };
            lines.push(format!("- label {}: {verb}", quoted(&label.name)));
        }
        if !wishes.review.is_empty() && report.severity >= Severity::Warning {
            let (asked, foreign) = wishes.reviewers(to);
            notes.extend(foreign);
            let names: Vec<&str> = asked.iter().map(Reviewer::name).collect();
            if !names.is_empty() {
                lines.push(format!("- request for review: {}", names.join(", ")));
            }
        }
        if wishes.comment {
            lines.push(format!("- comment on pull request {number}:"));
        }
    }
    let mut comment = None;
    if wishes.comment && (number.is_some() || to.is_none()) {
        let (text, warning) = markdown(report, &options)?;
        notes.extend(warning);
        comment = Some(text);
    }
    if lines.len() == 1 && comment.is_none() {
        lines = vec!["nothing would be sent".to_owned()];
    }
    let lines = lines.iter().map(|line| format!("{}\n", escape::terminal(line))).collect();
    Ok(Preview { lines, comment, notes })
}
