mod lists;
mod outages;
mod redirects;
mod refusals;
mod writes;

use std::ops::ControlFlow;

use serde::Deserialize;
use serde_json::Value;
use wiremock::ResponseTemplate;

use super::{Client, Failure};

/// What most of the servers here give.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Thing {
    id: u64,
}

/// Changes a thing, with nothing against it.
async fn patch(client: &Client, path: &str, body: &Value) -> Result<Thing, Failure> {
    match client.patch_unless(path, body, async || Ok(None::<()>)).await? {
        ControlFlow::Continue(thing) => Ok(thing),
        ControlFlow::Break(()) => panic!("nothing was against it"),
    }
}

fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json; charset=utf-8")
}

fn thing(id: u64) -> ResponseTemplate {
    json(200, &format!(r#"{{"id":{id},"something":"else"}}"#))
}

/// GitHub's page when it is overloaded.
fn unicorn(status: u16) -> ResponseTemplate {
    let page = "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head></html>";
    ResponseTemplate::new(status).set_body_raw(page, "text/html")
}

/// The refusal of a secondary rate limit.
fn secondary(status: u16) -> ResponseTemplate {
    json(status, r#"{"message":"You have exceeded a secondary rate limit. Please wait."}"#)
}
