//! One attempt: send, follow, read, within its time.

use std::error::Error;
use std::io;

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{Method, StatusCode};
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use reqwest::{Response, Url};

use super::answer::{Answer, Asked, Done, Ending, Trouble, shown};
use super::budget::between;
use super::call::Call;
use super::{Client, Failure};
use crate::diag::quoted;

/// The version of the API that is spoken; GitHub supports each for years, and an Enterprise Server knows this one.
const API_VERSION: &str = "2022-11-28";
/// How many redirects are followed, one after the other.
const REDIRECTS: usize = 5;
/// How much of a refusal is read.
const LARGEST_REFUSAL: u64 = 64 << 10;

impl Client {
    /// Sends a request once and judges the answer.
    pub(super) async fn attempt(&self, call: &Call) -> Result<Answer, Ending> {
        let now = self.clock.now();
        if let Some(failure) = self.budget.blocked(now) {
            return Err(Ending::Final(failure));
        }
        if call.is_write() {
            let pause = self.budget.before_write(now);
            if !pause.is_zero() {
                self.budget.spend(pause);
                self.clock.sleep(pause).await;
            }
        }
        let Some(time) = self.budget.for_request(call.longest) else {
            return Err(Ending::Final(self.budget.used_up()));
        };
        let started = self.clock.now();
        let result = tokio::time::timeout(time, self.exchange(call)).await;
        let ended = self.clock.now();
        // A clock that was set while it took its time says nothing.
        let took = if result.is_ok() { between(started, ended).min(time) } else { time };
        self.budget.spend(took);
        if call.is_write() {
            self.budget.wrote(ended);
        }
        let answer = result.unwrap_or_else(|_| {
            let cause = format!("no answer in {:.1} s", time.as_secs_f64());
            Err(Ending::Again(Trouble::new(cause, Done::Perhaps)))
        })?;
        let (method, path) = (&call.method, call.path.as_str());
        answer.judge(&Asked { method, path, token: &self.token, now: ended })
    }

    async fn exchange(&self, call: &Call) -> Result<Answer, Ending> {
        let mut url = call.url.clone();
        let mut elsewhere = false;
        for _ in 0..=REDIRECTS {
            let response = if elsewhere {
                self.fetch(url.clone()).await?
            } else {
                self.send(call, &url).await?
            };
            let Some(next) = redirect(&response, &url)? else {
                return read(response, call, elsewhere).await;
            };
            elsewhere |= !self.server.owns(&next);
            if elsewhere && !(call.may_leave && self.server.may_lead_to(&next)) {
                let host = quoted(&shown(next.host_str().unwrap_or_default(), &self.token));
                return Err(unexpected(format!(
                    "the answer leads to another host, {host}, where the token must not go"
                )));
            }
            url = next;
        }
        Err(unexpected(format!("the answer leads on more than {REDIRECTS} times")))
    }

    /// Sends it to the API, with the token.
    async fn send(&self, call: &Call, url: &Url) -> Result<Response, Ending> {
        let mut request = http::Request::builder()
            .method(call.method.clone())
            .uri(url.as_str())
            .header(ACCEPT, call.accept)
            .header("x-github-api-version", API_VERSION);
        let body = match &call.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                OctoBody::from(body.to_string())
            }
            None => OctoBody::empty(),
        };
        let request = request
            .body(body)
            .map_err(|error| unexpected(format!("the request cannot be sent: {error}")))?;
        let response = self.octocrab().execute(request).await.map_err(|error| broken(&error))?;
        Ok(Response::from(response.map(reqwest::Body::wrap)))
    }

    /// Fetches from another host, where nothing of the job is sent.
    async fn fetch(&self, url: Url) -> Result<Response, Ending> {
        let request = reqwest::Request::new(Method::GET, url);
        // Its address holds a signature, which is as good as a token for a minute.
        self.transport.execute(request).await.map_err(|error| broken(&error.without_url()))
    }

    /// Octocrab's stack on our transport: its layer adds the token for the host of the API alone. It has no layer
    /// that repeats or follows anything. It wants a runtime, so it is made with the first request.
    fn octocrab(&self) -> &Octocrab {
        self.octocrab.get_or_init(|| {
            let authorization =
                AuthHeaderLayer::new(self.token.header(), self.origin.clone(), self.origin.clone());
            let Ok(octocrab) = OctocrabBuilder::new_empty()
                .with_service(ReqwestConnector::new(self.transport.clone()))
                .with_layer(&authorization)
                .with_auth(AuthState::None)
                .build();
            octocrab
        })
    }
}

fn unexpected(what: String) -> Ending {
    Ending::Final(Failure::Unexpected { what })
}

/// Where an answer leads, if it leads anywhere.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, Ending> {
    match response.status() {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {}
        _ => return Ok(None),
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    match location.and_then(|location| from.join(location).ok()) {
        Some(url) => Ok(Some(url)),
        None => Err(unexpected("the answer leads on, but does not say where to".to_owned())),
    }
}

/// Reads the body, not a byte more than it may have.
async fn read(mut response: Response, call: &Call, elsewhere: bool) -> Result<Answer, Ending> {
    let status = response.status();
    let most = if status.is_success() { call.most } else { LARGEST_REFUSAL };
    let too_large = || {
        let (what, most) = (call.what.to_owned(), format!("{most} bytes"));
        Err(Ending::Final(Failure::TooLarge { what, most }))
    };
    let announced = response.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced: u64 = announced.and_then(|length| length.parse().ok()).unwrap_or(0);
    if status.is_success() && announced > most {
        return too_large();
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if (body.len() + chunk.len()) as u64 <= most => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) if status.is_success() => return too_large(),
            // The start of a refusal says enough.
            Ok(_) => break,
            Err(_) if !status.is_success() => break,
            Err(error) => {
                let cause = format!("the answer broke off: {}", deepest(&error.without_url()));
                return Err(Ending::Again(Trouble::new(cause, Done::Yes)));
            }
        }
    }
    Ok(Answer { status, headers: response.headers().clone(), body, elsewhere })
}

/// What an error of the transport means. None of them shows an address: those of downloads hold a signature.
fn broken(error: &(dyn Error + 'static)) -> Ending {
    let mut connecting = false;
    let mut link = Some(error);
    while let Some(error) = link {
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            connecting |= error.is_connect();
        }
        if is_of_tls(error) {
            // Another attempt meets the same certificate.
            let cause = format!("no secure connection: {}", deepest(error));
            return Ending::Final(Failure::Unreachable { cause, attempts: 1 });
        }
        link = error.source();
    }
    let deepest = deepest(error);
    Ending::Again(if connecting {
        Trouble::new(format!("no connection: {deepest}"), Done::No)
    } else {
        Trouble::new(format!("the connection broke off: {deepest}"), Done::Perhaps)
    })
}

/// Whether an error is one of TLS, in however many errors of input and output it is wrapped: these do not give the
/// wrapped one as their source.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    if error.is::<rustls::Error>() {
        return true;
    }
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.is_some_and(|inner| is_of_tls(inner))
}

/// The text of the innermost error, which says what happened.
pub(super) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    crate::report::escape::cut(&error.to_string(), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_is_not_trusted_is_met_once() {
        let inner = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        for error in [io::Error::other(inner.clone()), io::Error::other(io::Error::other(inner))] {
            let Ending::Final(failure) = broken(&error) else { panic!("{error} is tried again") };
            assert_eq!(
                failure.to_string(),
                "no secure connection: invalid peer certificate: UnknownIssuer (tried once)"
            );
        }
        assert!(matches!(broken(&io::Error::other("other")), Ending::Again(_)));
    }
}
