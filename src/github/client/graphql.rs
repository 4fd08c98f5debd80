use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Answer, Done, Ending, Trouble, shown};
use super::{Client, Failure, permission};

/// An answer of GraphQL, which refuses with the status 200.
#[derive(Deserialize)]
struct Reply {
    #[serde(default)]
    data: Value,
    #[serde(default)]
    errors: Option<Vec<Refusal>>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: String,
}

impl Client {
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<T, Failure> {
        let call = self.asking(query, variables);
        self.repeat(&call, |answer| {
            let reply: Reply = answer.json(&self.token)?;
            if let Some(refusal) = reply.errors.unwrap_or_default().into_iter().next() {
                return Err(self.refused(&answer, &refusal));
            }
            serde_json::from_value(reply.data).map_err(|error| {
                let what = format!("GitHub's answer has another form than expected: {error}");
                Ending::Final(Failure::Unexpected { what: shown(&what, &self.token) })
            })
        })
        .await
    }

    fn refused(&self, answer: &Answer, refusal: &Refusal) -> Ending {
        let message = shown(&refusal.message, &self.token);
        // The kind of a limit has had several names, and some limits have none.
        let limited = refusal.kind.as_deref() == Some("RATE_LIMITED")
            || refusal.message.to_lowercase().contains("rate limit")
            || answer.header("x-ratelimit-remaining") == Some("0");
        Ending::Final(match refusal.kind.as_deref() {
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Failure::Permission {
                message,
                needs: permission::needs(None, &Method::POST, "/graphql"),
            },
            Some("NOT_FOUND") => Failure::NotFound { message },
            _ if limited => {
                let wait = answer.asked_wait(self.clock.now());
                return Ending::Again(Trouble::limit(&message, wait));
            }
            // What GraphQL says where REST answers with 502.
            None if refusal.message.starts_with("Something went wrong") => {
                return Ending::Again(Trouble::new(message, Done::Perhaps));
            }
            _ => Failure::Refused { status: answer.status.as_u16(), message },
        })
    }
}
