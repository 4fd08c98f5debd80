//! What an answer means: a result, a refusal, or a reason to try again.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::budget::between;
use super::{Failure, Token, permission};
use crate::report::escape::cut;

/// How many characters of a server's text are shown.
const SHOWN: usize = 300;

/// An answer, its body read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// Whether it came from another host than the API, such as the storage of artifacts.
    pub(super) elsewhere: bool,
}

/// How an attempt ended that brought no result.
#[derive(Debug)]
pub(super) enum Ending {
    /// Trying again would change nothing.
    Final(Failure),
    /// It may go better the next time.
    Again(Trouble),
}

/// What kept an attempt from its result.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) cause: String,
    pub(super) wait: Wait,
    /// Whether GitHub may have done what it was asked for.
    pub(super) done: Done,
    /// Whether an answer came that is none.
    pub(super) garbage: bool,
}

/// Whether what was asked for may have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    No,
    Perhaps,
    Yes,
}

/// How long to wait before the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Longer each time, and at least as long as the server asks for.
    Backoff(Duration),
    /// A rate limit; `None` where GitHub does not say for how long.
    Limit(Option<Duration>),
}

impl Trouble {
    /// No answer, or one that the server cannot answer.
    pub(super) fn new(cause: String, done: Done) -> Self {
        Self { cause, wait: Wait::Backoff(Duration::ZERO), done, garbage: false }
    }

    fn garbage(cause: String, done: Done) -> Ending {
        Ending::Again(Self { garbage: true, ..Self::new(cause, done) })
    }

    /// A rate limit. Of what GitHub says the first sentence is enough; advice on support follows.
    pub(super) fn limit(message: &str, wait: Option<Duration>) -> Self {
        let sentence = message.split(". ").next().unwrap_or_default().trim_end_matches('.');
        let cause = format!("GitHub limits the rate of requests ({sentence})");
        Self { wait: Wait::Limit(wait), ..Self::new(cause, Done::No) }
    }

    /// What it is when it is not tried again.
    pub(super) fn into_failure(self, attempts: u32) -> Failure {
        if self.garbage {
            Failure::Unexpected { what: self.cause }
        } else {
            Failure::Unreachable { cause: self.cause, attempts }
        }
    }
}

/// What the judge of an answer has to know of the request.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) token: &'a Token,
    pub(super) now: Timestamp,
}

impl Answer {
    /// The answer itself if it is a result.
    pub(super) fn judge(self, asked: &Asked<'_>) -> Result<Self, Ending> {
        if self.status.is_success() {
            return if self.is_html() {
                Err(Trouble::garbage(self.page(asked.token), Done::Perhaps))
            } else {
                Ok(self)
            };
        }
        Err(self.refusal(asked))
    }

    /// The body as JSON; an empty body is `null`.
    pub(super) fn json<T: DeserializeOwned>(&self, token: &Token) -> Result<T, Ending> {
        let body: &[u8] = if self.body.is_empty() { b"null" } else { &self.body };
        serde_json::from_slice(body).map_err(|error| {
            // A wrong type may stand before the place where the answer breaks off.
            let whole = || serde_json::from_slice::<IgnoredAny>(&self.body).is_ok();
            if error.is_data() && whole() {
                let what = format!("GitHub's answer has another form than expected: {error}");
                Ending::Final(Failure::Unexpected { what: shown(&what, token) })
            } else if looks_like_html(&self.body) {
                Trouble::garbage(self.page(token), Done::Perhaps)
            } else {
                let cause = format!("GitHub's answer is broken off or no JSON: {error}");
                Trouble::garbage(shown(&cause, token), Done::Yes)
            }
        })
    }

    fn refusal(&self, asked: &Asked<'_>) -> Ending {
        let message = self.message(asked.token);
        if self.elsewhere {
            // An address of the storage is good for a minute; the API gives a new one.
            let cause = format!("the storage of GitHub answers {}", self.status);
            return Ending::Again(Trouble::new(cause, Done::No));
        }
        if let Some(wait) = self.limit(&message, asked.now) {
            return Ending::Again(Trouble::limit(&message, wait));
        }
        Ending::Final(match self.status {
            StatusCode::UNAUTHORIZED => Failure::Unauthorized { message },
            StatusCode::FORBIDDEN if message.contains("is locked") => Failure::Locked { message },
            StatusCode::FORBIDDEN => Failure::Permission {
                message,
                needs: permission::needs(
                    self.header("x-accepted-github-permissions"),
                    asked.method,
                    asked.path,
                ),
            },
            StatusCode::NOT_FOUND => Failure::NotFound { message },
            StatusCode::GONE => Failure::Gone { message },
            StatusCode::REQUEST_TIMEOUT => return self.down(),
            status if status.is_client_error() => {
                Failure::Refused { status: status.as_u16(), message }
            }
            status if status.is_server_error() => return self.down(),
            status => Failure::Unexpected { what: format!("GitHub answers {status}") },
        })
    }

    /// The server is overloaded, restarting or broken. It may have done its work nevertheless.
    fn down(&self) -> Ending {
        let cause = format!("GitHub answers {}", self.status);
        let wait = Wait::Backoff(self.retry_after().unwrap_or_default());
        Ending::Again(Trouble { wait, ..Trouble::new(cause, Done::Perhaps) })
    }

    /// How long to wait if this is a rate limit: `Some(None)` is one without a time.
    fn limit(&self, message: &str, now: Timestamp) -> Option<Option<Duration>> {
        let asked_for = match self.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::FORBIDDEN => {
                let lower = message.to_lowercase();
                lower.contains("rate limit") || lower.contains("abuse detection")
            }
            _ => return None,
        };
        if !asked_for && message.starts_with("Resource not accessible") {
            return None;
        }
        let wait = self.asked_wait(now);
        (asked_for || wait.is_some()).then_some(wait)
    }

    /// How long the headers of a rate limit ask to wait.
    pub(super) fn asked_wait(&self, now: Timestamp) -> Option<Duration> {
        self.retry_after().or_else(|| {
            let used_up = self.header("x-ratelimit-remaining") == Some("0");
            let reset = self.header("x-ratelimit-reset").filter(|_| used_up)?;
            let reset = Timestamp::from_second(reset.parse().ok()?).ok()?;
            // The reset is given in whole seconds.
            Some(between(now, reset).saturating_add(Duration::from_secs(1)))
        })
    }

    fn retry_after(&self) -> Option<Duration> {
        self.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn is_html(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.to_lowercase().contains("text/html"))
    }

    fn page(&self, token: &Token) -> String {
        let title = title(&self.body).map_or_else(String::new, |title| format!(", {title:?},"));
        let what = format!(
            "an HTML page{title} came instead of GitHub's answer, as from a proxy that wants a login"
        );
        shown(&what, token)
    }

    /// What GitHub says about a refusal.
    fn message(&self, token: &Token) -> String {
        let text = match serde_json::from_slice::<Refusal>(&self.body) {
            Ok(refusal) => refusal.text(),
            Err(_) => title(&self.body),
        };
        shown(&text.unwrap_or_else(|| self.status.to_string()), token)
    }
}

/// The body of a refusal. Everything in it may be missing.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    errors: serde_json::Value,
}

impl Refusal {
    fn text(self) -> Option<String> {
        let details: Vec<String> = match &self.errors {
            serde_json::Value::Array(errors) => errors.iter().take(3).map(detail).collect(),
            serde_json::Value::String(text) => vec![text.clone()],
            _ => Vec::new(),
        };
        let message = self.message.filter(|message| !message.trim().is_empty());
        match (message, details.is_empty()) {
            (message, true) => message,
            (None, false) => Some(details.join(", ")),
            (Some(message), false) => Some(format!("{message}: {}", details.join(", "))),
        }
    }
}

/// One of the errors of a refusal: a text, or fields.
fn detail(error: &serde_json::Value) -> String {
    if let Some(text) = error.as_str() {
        return text.to_owned();
    }
    let field = |name: &str| error.get(name).and_then(serde_json::Value::as_str);
    let words: Vec<&str> = match field("message") {
        Some(message) => vec![message],
        None => ["resource", "field", "code"].into_iter().filter_map(field).collect(),
    };
    words.join(" ")
}

/// A server's text for a message: on one line, visible, cut, without the token.
pub(super) fn shown(text: &str, token: &Token) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&token.remove_from(&words.join(" ")), SHOWN)
}

fn looks_like_html(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// The title of an HTML page.
fn title(body: &[u8]) -> Option<String> {
    let start = body.get(..body.len().min(4096))?;
    let text = String::from_utf8_lossy(start);
    let (_, rest) = text.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    let title = title.replace("&middot;", "·");
    (!title.trim().is_empty()).then(|| title.trim().to_owned())
}
