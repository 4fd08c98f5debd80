use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Event, Repository, RunRef, Sha};
use crate::diag::{Code, Diagnostic, quoted};
use crate::report::escape;

/// Far more than GitHub writes, whose payloads have at most 25 MB, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// A job of GitHub Actions, as its environment tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Whether this is a job of GitHub Actions at all.
    pub in_actions: bool,
    /// What started it.
    pub event: Event,
    /// The repository it runs for.
    pub repository: Option<Repository>,
    /// The id of that repository, which survives a new name.
    pub repository_id: Option<u64>,
    /// The workflow run and its attempt.
    pub run: Option<RunRef>,
    /// The page of the run.
    pub run_url: Option<String>,
    /// The commit the workflow ran for; on a pull request that is the merge commit.
    pub sha: Option<Sha>,
    /// The file that the job's summary is appended to.
    pub summary: Option<PathBuf>,
    /// The file that the outputs of the step are appended to.
    pub output: Option<PathBuf>,
}

impl Job {
    /// Reads the environment; `variable` gives the value of a variable.
    ///
    /// # Errors
    /// When a variable is not what GitHub writes there, or the payload of the event cannot be read.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Diagnostic> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let file = |name: &str| set(name).map(PathBuf::from);
        let repository = set("GITHUB_REPOSITORY")
            .map(|text| {
                Repository::parse(&text)
                    .ok_or_else(|| unusable("GITHUB_REPOSITORY", &text, "owner/name"))
            })
            .transpose()?;
        let run = number(&set, "GITHUB_RUN_ID")?;
        let attempt = number(&set, "GITHUB_RUN_ATTEMPT")?.unwrap_or(1);
        let attempt = u32::try_from(attempt).map_err(|_| {
            unusable("GITHUB_RUN_ATTEMPT", &attempt.to_string(), "a small whole number")
        })?;
        let server = set("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
        let run_url = match (&repository, run) {
            (Some(repository), Some(run)) => escape::link(&format!(
                "{}/{repository}/actions/runs/{run}",
                server.trim_end_matches('/')
            )),
            _ => None,
        };
        Ok(Self {
            in_actions: set("GITHUB_ACTIONS").as_deref() == Some("true"),
            event: event(set("GITHUB_EVENT_NAME"), file("GITHUB_EVENT_PATH"))?,
            repository,
            repository_id: number(&set, "GITHUB_REPOSITORY_ID")?,
            run: run.map(|id| RunRef { id, attempt }),
            run_url,
            sha: set("GITHUB_SHA").and_then(|text| Sha::parse(&text)),
            summary: file("GITHUB_STEP_SUMMARY"),
            output: file("GITHUB_OUTPUT"),
        })
    }
}

fn number(set: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<u64>, Diagnostic> {
    let parse = |text: String| text.parse().map_err(|_| unusable(name, &text, "a whole number"));
    set(name).map(parse).transpose()
}

fn unusable(name: &str, value: &str, expected: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadEvent,
        format!("{name} is {}, which is not {expected}", quoted(value)),
    )
    .help("GitHub sets it in every job; leave it as it is")
}

/// The event with its payload, where it needs one.
fn event(name: Option<String>, path: Option<PathBuf>) -> Result<Event, Diagnostic> {
    let Some(name) = name else { return Ok(Event::None) };
    if !Event::has_payload(&name) {
        return Ok(Event::Other(name));
    }
    let Some(path) = path else {
        let message = format!("there is no payload of the event {}", quoted(&name));
        return Err(Diagnostic::error(Code::BadEvent, message)
            .help("set GITHUB_EVENT_PATH to the payload, as GitHub does in every job"));
    };
    Event::parse(&name, &payload(&path)?)
}

fn payload(path: &Path) -> Result<serde_json::Value, Diagnostic> {
    let bad = |what: String| {
        Diagnostic::error(Code::BadEvent, format!("cannot read the payload of the event: {what}"))
            .file(path.display().to_string())
            .help("GITHUB_EVENT_PATH must name the payload that GitHub wrote")
    };
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
    read.map_err(|error| bad(error.to_string()))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(bad("it is larger than 64 MiB".to_owned()));
    }
    serde_json::from_str(&text).map_err(|error| bad(error.to_string()))
}
