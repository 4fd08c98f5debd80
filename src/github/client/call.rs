use std::time::Duration;

use http::Method;
use reqwest::Url;
use serde::Serialize;
use serde_json::Value;

use super::{Client, Failure};

/// The largest answer of the API that is read: a page of 100 comments of the largest size fits.
const LARGEST_ANSWER: u64 = 128 << 20;
/// How long one request of the API may take.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);
/// How long one download may take.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(60);

/// One request, as it is sent and sent again.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    /// The path as it was asked for.
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) accept: &'static str,
    /// What the answer is, for a message.
    pub(super) what: &'static str,
    /// The most bytes of an answer.
    pub(super) most: u64,
    /// The longest time for an answer.
    pub(super) longest: Duration,
    /// Whether the answer may lie on another host, where it is fetched without the token.
    pub(super) may_leave: bool,
}

impl Call {
    pub(super) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    fn to(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            path: String::new(),
            body: None,
            accept: "application/vnd.github+json",
            what: "GitHub's answer",
            most: LARGEST_ANSWER,
            longest: LONGEST_REQUEST,
            may_leave: false,
        }
    }
}

impl Client {
    pub(super) fn reading(&self, path: &str) -> Result<Call, Failure> {
        self.call(Method::GET, path, None)
    }

    pub(super) fn writing(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Call, Failure> {
        let body = serde_json::to_value(body).map_err(|error| Failure::Unexpected {
            what: format!("the request cannot be written as JSON: {error}"),
        })?;
        self.call(method, path, (!body.is_null()).then_some(body))
    }

    /// A file, which the API has on another host.
    pub(super) fn fetching(
        &self,
        path: &str,
        accept: &'static str,
        most: u64,
    ) -> Result<Call, Failure> {
        let call = self.call(Method::GET, path, None)?;
        let (what, longest) = ("the file", LONGEST_DOWNLOAD);
        Ok(Call { accept, most, what, longest, may_leave: true, ..call })
    }

    pub(super) fn asking(&self, query: &str, variables: Value) -> Call {
        Call {
            method: Method::POST,
            path: "/graphql".to_owned(),
            body: Some(serde_json::json!({ "query": query, "variables": variables })),
            ..Call::to(self.server.graphql().clone())
        }
    }

    fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Call, Failure> {
        let url = self.server.api(path).ok_or_else(|| Failure::Unexpected {
            what: format!("{} is not a path of the API", crate::diag::quoted(path)),
        })?;
        Ok(Call { method, path: path.to_owned(), body, ..Call::to(url) })
    }
}
