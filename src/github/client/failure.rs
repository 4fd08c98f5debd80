use std::time::Duration;

use thiserror::Error;

use crate::diag::{Code, Diagnostic};

/// Why GitHub did not do what it was asked for. Texts of the server are cut, made visible and free of the token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// The token is good but may not do this.
    #[error("the token lacks a permission: {message}")]
    Permission {
        /// What GitHub says.
        message: String,
        /// The lines that are missing under `permissions:`, as in `pull-requests: write`; empty where nobody knows.
        needs: Vec<String>,
    },
    /// The token is not accepted at all.
    #[error("the token is not accepted: {message}")]
    Unauthorized {
        /// What GitHub says.
        message: String,
    },
    /// It is not there, or the token may not see it: GitHub does not tell the two apart.
    #[error("not found, or not visible to the token: {message}")]
    NotFound {
        /// What GitHub says.
        message: String,
    },
    /// It was there once, like an expired artifact, or is switched off, like issues.
    #[error("gone: {message}")]
    Gone {
        /// What GitHub says.
        message: String,
    },
    /// The conversation is locked: nobody without write access may comment.
    #[error("the conversation is locked: {message}")]
    Locked {
        /// What GitHub says.
        message: String,
    },
    /// GitHub understood and refused it: a text too long, a name taken.
    #[error("GitHub refuses it with {status}: {message}")]
    Refused {
        /// The HTTP status, 400 to 499; 200 where GraphQL refuses.
        status: u16,
        /// What GitHub says.
        message: String,
    },
    /// Waiting as long as GitHub asks for would take more than the client may wait.
    #[error("{}", out_of_time(.asked, .left, .most, .cause))]
    OutOfTime {
        /// What had to be waited for.
        cause: String,
        /// How long GitHub asks to wait; `None` when no time was left to ask at all.
        asked: Option<Duration>,
        /// How much of the time was left.
        left: Duration,
        /// How long the client may wait in all.
        most: Duration,
    },
    /// No answer came, or only answers that the server is down.
    #[error("{cause} ({})", tried(.attempts))]
    Unreachable {
        /// What the last attempt ended with.
        cause: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The answer is not GitHub's, not in its form, or leads to where it must not lead.
    #[error("{what}")]
    Unexpected {
        /// What is wrong with it.
        what: String,
    },
    /// The answer is larger than it may be.
    #[error("{what} is larger than {most}")]
    TooLarge {
        /// What it is.
        what: String,
        /// How large it may be, as in `1024 bytes`.
        most: String,
    },
}

fn out_of_time(asked: &Option<Duration>, left: &Duration, most: &Duration, cause: &str) -> String {
    let most = seconds(*most);
    match asked {
        Some(asked) => format!(
            "{cause}: waiting it out takes {} s, and {} s of {most} s are left for it",
            seconds(*asked),
            left.as_secs()
        ),
        None => format!("the {most} s for waiting on GitHub are used up: {cause}"),
    }
}

fn tried(count: &u32) -> String {
    if *count == 1 { "tried once".to_owned() } else { format!("tried {count} times") }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl Failure {
    /// An error that says what could not be done and how to mend it. `doing` goes on after "cannot": "write the
    /// comment".
    #[must_use]
    pub fn to_diagnostic(&self, doing: &str) -> Diagnostic {
        Diagnostic::error(self.code(), format!("cannot {doing}: {self}")).help(self.help())
    }

    fn code(&self) -> Code {
        match self {
            Self::Permission { .. } => Code::MissingPermission,
            Self::Unauthorized { .. } => Code::BadToken,
            Self::OutOfTime { .. } => Code::RateLimited,
            Self::Unreachable { .. } => Code::GithubUnreachable,
            Self::NotFound { .. }
            | Self::Gone { .. }
            | Self::Locked { .. }
            | Self::Refused { .. } => Code::GithubRefused,
            Self::Unexpected { .. } | Self::TooLarge { .. } => Code::UnexpectedAnswer,
        }
    }

    fn help(&self) -> String {
        let help = match self {
            Self::Permission { message, needs } => return permission_help(message, needs),
            Self::Unauthorized { .. } => {
                "pass a token that is still valid, as in `env: { GITHUB_TOKEN: ${{ github.token }} }`"
            }
            Self::NotFound { .. } => {
                "look whether it still exists; in a private repository the token needs the permission to read it"
            }
            Self::Locked { .. } => "unlock the conversation, or read the report in the job summary",
            Self::OutOfTime { .. } => "run the job again later, or raise `--max-wait`",
            Self::Unreachable { cause, .. } if cause.contains("certificate") => {
                "install the root certificate of the server on the runner, or name its file in SSL_CERT_FILE"
            }
            Self::Unreachable { .. } => {
                "run the job again; look at https://www.githubstatus.com, and behind a proxy at HTTPS_PROXY and NO_PROXY"
            }
            Self::Unexpected { .. } => {
                "look at GITHUB_API_URL, and at what stands between the runner and GitHub"
            }
            Self::Gone { .. } => {
                "look whether it has expired or is switched off in the settings of the repository"
            }
            Self::Refused { .. } => {
                "mend what GitHub names; where that is nothing of yours, it is a bug in benchgate: please report it"
            }
            Self::TooLarge { .. } => "make it smaller: benchgate reads no more of it than that",
        };
        help.to_owned()
    }
}

/// What to do about the pull requests of forks.
pub(crate) const FORK: &str = "the token of a pull request from a fork can only read, whatever `permissions:` says: \
    publish those from a `workflow_run` workflow with `benchgate publish --from-run`";

fn permission_help(message: &str, needs: &[String]) -> String {
    if message.contains("authenticate via a GitHub App") {
        return "use the token of a GitHub App, such as the GITHUB_TOKEN of a workflow: GitHub lets no other write \
                check runs"
            .to_owned();
    }
    if message.contains("personal access token") {
        return match needs {
            [] => "give the personal access token access to this repository".to_owned(),
            _ => format!("give the personal access token the permission `{}`", needs.join("`, `")),
        };
    }
    let lines = match needs {
        [] => "give the job the permission under `permissions:`".to_owned(),
        _ => format!("add `{}` under `permissions:` of the job", needs.join("` and `")),
    };
    format!("{lines}; {FORK}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag;

    #[test]
    fn every_failure_says_what_happened_and_what_to_do() {
        let s = Duration::from_secs;
        let message = || "Resource not accessible by integration".to_owned();
        let failures = [
            Failure::Permission {
                message: message(),
                needs: vec!["pull-requests: write".to_owned()],
            },
            Failure::Permission { message: message(), needs: Vec::new() },
            Failure::Permission {
                message: "You must authenticate via a GitHub App.".to_owned(),
                needs: vec!["checks: write".to_owned()],
            },
            Failure::Permission {
                message: "Resource not accessible by personal access token".to_owned(),
                needs: vec!["statuses: write".to_owned()],
            },
            Failure::Unauthorized { message: "Bad credentials".to_owned() },
            Failure::NotFound { message: "Not Found".to_owned() },
            Failure::Gone { message: "Artifact has expired".to_owned() },
            Failure::Locked {
                message: "Unable to create comment because issue is locked.".to_owned(),
            },
            Failure::Refused {
                status: 422,
                message: "Validation Failed: body is too long".to_owned(),
            },
            Failure::OutOfTime {
                cause: "rate limit".to_owned(),
                asked: Some(s(3600)),
                left: Duration::from_millis(88_500),
                most: s(90),
            },
            Failure::OutOfTime {
                cause: "no answer in 30 s".to_owned(),
                asked: None,
                left: s(0),
                most: s(90),
            },
            Failure::Unreachable {
                cause: "GitHub answers 502 Bad Gateway".to_owned(),
                attempts: 7,
            },
            Failure::Unreachable {
                cause: "no secure connection: invalid peer certificate: UnknownIssuer".to_owned(),
                attempts: 1,
            },
            Failure::Unexpected { what: "the next page is on another host".to_owned() },
            Failure::TooLarge { what: "the file".to_owned(), most: "1024 bytes".to_owned() },
        ];
        let shown: Vec<String> = failures
            .iter()
            .map(|failure| diag::render(&failure.to_diagnostic("write the comment"), false))
            .collect();
        insta::assert_snapshot!(shown.join("\n\n"));
    }
}
