//! The client of GitHub's API: waiting, repeating, redirects and pages are settled here, once.
//!
//! The token goes to the host of the API and to no other. A request that makes something new is never repeated
//! blindly. All waiting together, for answers and between attempts, stays below one cap.

mod answer;
mod budget;
mod call;
mod clock;
mod failure;
mod graphql;
mod pages;
mod path;
mod permission;
mod retry;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod token;
mod transport;

pub use clock::Clock;
pub(crate) use failure::FORK;
pub use failure::Failure;
pub use path::encode;
pub use token::Token;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{Method, Uri};
use octocrab::Octocrab;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::budget::Budget;
use super::Server;
use crate::diag::{Code, Diagnostic};

/// How benchgate introduces itself; GitHub refuses who does not.
const USER_AGENT: &str = concat!("benchgate/", env!("CARGO_PKG_VERSION"));

/// A client of GitHub's API.
///
/// Paths begin with a slash and belong to the API: `/repos/octo-org/octo-repo/pulls/1`. Parts of them that are neither
/// numbers nor checked names go through [`encode`]. Results are read leniently: fields that nobody asked for do not
/// matter, and an empty body is `null`.
pub struct Client {
    server: Server,
    origin: Uri,
    token: Token,
    transport: reqwest::Client,
    octocrab: OnceLock<Octocrab>,
    budget: Budget,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// A client that waits at most `max_wait` in its whole life. All of its requests go through one runtime of tokio,
    /// which needs time and network.
    ///
    /// # Errors
    /// When no secure transport can be set up, for instance because the machine has no root certificates.
    pub fn new(
        server: Server,
        token: Token,
        max_wait: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Diagnostic> {
        // Somebody else in the process may have chosen a provider already; that one serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut transport = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        if server.is_loopback() {
            // Nothing on this machine is reached through a proxy, or with a certificate.
            transport = transport.no_proxy().tls_certs_only([]);
        }
        let unusable = |why: String| {
            Diagnostic::error(Code::GithubUnreachable, format!("no client for GitHub can be made: {why}"))
                .help("install the root certificates of the system (`ca-certificates`); look at the proxy's variables")
        };
        let transport = transport.build().map_err(|error| unusable(transport::deepest(&error)))?;
        let origin = server.origin().parse().map_err(|error| unusable(format!("{error}")))?;
        Ok(Self {
            server,
            origin,
            token,
            transport,
            octocrab: OnceLock::new(),
            budget: Budget::new(max_wait),
            clock,
        })
    }

    /// Reads one thing.
    ///
    /// # Errors
    /// Every [`Failure`]; outages and rate limits only after they were waited for.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.repeat(&self.reading(path)?, |answer| answer.json(&self.token)).await
    }

    /// Reads a list, all of its pages: 100 entries a page, at most 10,000 entries. A list that is longer is an
    /// error, for what is not seen would be taken for missing.
    ///
    /// # Errors
    /// As [`get`](Self::get); [`Failure::Unexpected`] where the next page is on another host, [`Failure::TooLarge`] where
    /// the list is longer than 10,000 entries.
    pub async fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Failure> {
        self.list(path, None).await
    }

    /// [`all`](Self::all) of a list that GitHub wraps into an object: `artifacts`, `check_runs`.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn all_in<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
    ) -> Result<Vec<T>, Failure> {
        self.list(path, Some(key)).await
    }

    /// Changes a thing, unless `against` finds a reason not to, which it gives as `Break`. It looks before every attempt:
    /// while an outage or a limit was waited for, somebody else may have written. The same change may be sent twice, so
    /// it must say what is to be, not what is to be added.
    ///
    /// # Errors
    /// As [`get`](Self::get), and what `against` fails with.
    pub async fn patch_unless<T: DeserializeOwned, W>(
        &self,
        path: &str,
        body: &impl Serialize,
        against: impl AsyncFn() -> Result<Option<W>, Failure>,
    ) -> Result<ControlFlow<W, T>, Failure> {
        self.repeat_unless(&self.writing(Method::PATCH, path, body)?, against).await
    }

    /// The same for something new. After an end that leaves open whether it was made, it is sent again where `against`
    /// does not find it, so one too many must do no harm.
    ///
    /// # Errors
    /// As [`patch_unless`](Self::patch_unless).
    pub async fn post_unless<T: DeserializeOwned, W>(
        &self,
        path: &str,
        body: &impl Serialize,
        against: impl AsyncFn() -> Result<Option<W>, Failure>,
    ) -> Result<ControlFlow<W, T>, Failure> {
        self.repeat_unless(&self.writing(Method::POST, path, body)?, against).await
    }

    /// Removes a thing. `&()` is no body.
    ///
    /// # Errors
    /// As [`get`](Self::get). [`Failure::NotFound`] may also mean that an attempt removed it whose answer got lost.
    pub async fn delete<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        self.write(Method::DELETE, path, body).await
    }

    /// Makes something new. After an end that leaves open whether it was made (an outage, a broken connection, a
    /// broken answer) `already` looks for it, and only if it finds nothing is the request sent again.
    ///
    /// # Errors
    /// As [`get`](Self::get), and what `already` fails with.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        already: impl AsyncFn() -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        self.create(&self.writing(Method::POST, path, body)?, already).await
    }

    /// Asks GraphQL and reads its `data`. A mutation is sent again after an outage, so it must do the same however
    /// often it arrives.
    ///
    /// # Errors
    /// As [`get`](Self::get); the errors in an answer with the status 200 count as refusals.
    pub async fn graphql<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<T, Failure> {
        self.ask(query, variables).await
    }

    /// Reads a file of at most `most` bytes. GitHub keeps files on another host; they are fetched from there without
    /// the token. The size is looked at before and during the download, and after decompression.
    ///
    /// # Errors
    /// As [`get`](Self::get), and [`Failure::TooLarge`].
    pub async fn download(&self, path: &str, most: u64) -> Result<Vec<u8>, Failure> {
        let call = self.fetching(path, "application/vnd.github+json", most)?;
        self.repeat(&call, |answer| Ok(answer.body)).await
    }

    /// [`download`](Self::download) of a file in a repository, as it is: `/repos/OWNER/NAME/contents/PATH?ref=SHA`.
    ///
    /// # Errors
    /// As [`download`](Self::download).
    pub async fn raw(&self, path: &str, most: u64) -> Result<Vec<u8>, Failure> {
        let call = self.fetching(path, "application/vnd.github.raw+json", most)?;
        self.repeat(&call, |answer| Ok(answer.body)).await
    }

    async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let call = self.writing(method, path, body)?;
        self.repeat(&call, |answer| answer.json(&self.token)).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("server", &self.server).finish_non_exhaustive()
    }
}
