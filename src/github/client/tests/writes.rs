use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json as value;
use wiremock::matchers::{any, bearer_token, body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::super::Failure;
use super::super::testing::{TOKEN, answer, client, client_of, raw_server, run};
use super::{Thing, json, patch, secondary, thing, unicorn};

const COMMENTS: &str = "/repos/o/n/issues/1/comments";

/// Posts to a server that answers badly once and would then answer well. `found` is what looking finds. Gives the
/// result, how often it was posted and how often looked.
fn posted(bad: ResponseTemplate, found: Option<u64>) -> (Result<Thing, Failure>, usize, u32) {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(bad).up_to_n_times(1).with_priority(1).mount(&server).await;
        Mock::given(any()).respond_with(thing(8)).mount(&server).await;
        let (client, _) = client(&server);
        let looked = Cell::new(0);
        let result = client
            .post(COMMENTS, &value!({"body": "x"}), async || {
                looked.set(looked.get() + 1);
                Ok(found.map(|id| Thing { id }))
            })
            .await;
        (result, server.received_requests().await.unwrap().len(), looked.get())
    })
}

#[test]
fn nothing_is_made_twice() {
    // Made, but the answer was an outage.
    assert_eq!(posted(unicorn(502), Some(5)), (Ok(Thing { id: 5 }), 1, 1));
    // Not made: sent again after looking.
    assert_eq!(posted(unicorn(502), None), (Ok(Thing { id: 8 }), 2, 1));
    assert_eq!(posted(unicorn(200), None), (Ok(Thing { id: 8 }), 2, 1));
    // A limit refuses before anything is made: no need to look.
    let limited = secondary(403).insert_header("retry-after", "1");
    assert_eq!(posted(limited, Some(5)), (Ok(Thing { id: 8 }), 2, 0));
    // Refused for good.
    let (result, sent, looked) = posted(json(422, r#"{"message":"Validation Failed"}"#), Some(5));
    assert!(matches!(result, Err(Failure::Refused { status: 422, .. })), "{result:?}");
    assert_eq!((sent, looked), (1, 0));
}

#[test]
fn what_github_says_is_made_is_looked_for_until_it_shows() {
    run(async {
        let (uri, requests) = raw_server(vec![answer("201 Created", r#"{"id":"#, Some(400))]);
        let (client, clock) = client_of(&uri, Duration::from_secs(90));
        let looked = Cell::new(0);
        let result = client
            .post(COMMENTS, &value!({"body": "x"}), async || {
                looked.set(looked.get() + 1);
                Ok((looked.get() == 3).then_some(Thing { id: 5 }))
            })
            .await;
        assert_eq!(result, Ok(Thing { id: 5 }));
        assert_eq!((requests.lock().unwrap().len(), clock.slept()), (1, vec![1, 2, 4]));
    });
}

#[test]
fn a_connection_that_breaks_after_the_request_leaves_it_open() {
    run(async {
        let (uri, requests) =
            raw_server(vec![Vec::new(), answer("201 Created", r#"{"id":8}"#, None)]);
        let (client, _) = client_of(&uri, Duration::from_secs(90));
        let looked = Cell::new(0);
        let result = client
            .post(COMMENTS, &value!({"body": "x"}), async || {
                looked.set(looked.get() + 1);
                Ok(None)
            })
            .await;
        assert_eq!((result, looked.get()), (Ok(Thing { id: 8 }), 1));
        let requests = requests.lock().unwrap();
        assert_eq!(requests.len(), 2);
        assert!(requests.iter().all(|request| request.ends_with(r#"{"body":"x"}"#)));
    });
}

#[test]
fn looking_that_fails_ends_it() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(unicorn(504)).mount(&server).await;
        let (client, _) = client(&server);
        let gone = || Failure::Gone { message: "gone".to_owned() };
        let result: Result<Thing, _> = client.post(COMMENTS, &(), async || Err(gone())).await;
        assert_eq!(result, Err(gone()));
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    });
}

#[test]
fn changes_are_sent_again_as_they_were() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(unicorn(502))
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(method("PATCH"))
            .and(path("/repos/o/n/issues/comments/1"))
            .and(bearer_token(TOKEN))
            .and(header("x-github-api-version", "2022-11-28"))
            .and(header("accept", "application/vnd.github+json"))
            .and(header("content-type", "application/json"))
            .and(header("user-agent", concat!("benchgate/", env!("CARGO_PKG_VERSION"))))
            .and(body_json(value!({"body": "größer"})))
            .respond_with(thing(1))
            .expect(1)
            .mount(&server)
            .await;
        let (client, clock) = client(&server);
        let body = value!({"body": "größer"});
        let result = patch(&client, "/repos/o/n/issues/comments/1", &body).await;
        assert_eq!((result, clock.slept()), (Ok(Thing { id: 1 }), vec![1]));
    });
}

#[test]
fn an_answer_may_be_empty() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
        Mock::given(method("PATCH")).respond_with(thing(1)).mount(&server).await;
        let (client, _) = client(&server);
        assert_eq!(client.delete("/repos/o/n/issues/comments/1", &()).await, Ok(()));
        assert!(client.delete::<IgnoredAny>("/repos/o/n/issues/comments/1", &()).await.is_ok());
        assert!(patch(&client, "/repos/o/n/issues/1", &value!([])).await.is_ok());
        let requests = server.received_requests().await.unwrap();
        let bodies: Vec<&[u8]> = requests.iter().map(|request| request.body.as_slice()).collect();
        assert_eq!(bodies, [b"".as_slice(), b"".as_slice(), b"[]".as_slice()]);
    });
}

#[test]
fn writes_keep_a_distance_after_a_limit() {
    run(async {
        let server = MockServer::start().await;
        let limited = secondary(429).insert_header("retry-after", "2");
        Mock::given(any())
            .respond_with(limited)
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(any()).respond_with(thing(1)).mount(&server).await;
        let (client, clock) = client(&server);
        for _ in 0..3 {
            patch(&client, "/repos/o/n/issues/comments/1", &value!({})).await.unwrap();
            client.get::<Thing>("/repos/o/n").await.unwrap();
        }
        assert_eq!(clock.slept(), [2, 1, 1]);
    });
}

#[test]
fn nothing_more_is_asked_for_when_github_wants_a_long_pause() {
    run(async {
        let server = MockServer::start().await;
        let limited = secondary(429).insert_header("retry-after", "3600");
        Mock::given(method("PATCH")).respond_with(limited).expect(1).mount(&server).await;
        let (client, clock) = client(&server);
        let comment = "/repos/o/n/issues/comments/1";
        let first = patch(&client, comment, &value!({"body": "x"})).await.unwrap_err();
        assert!(matches!(first, Failure::OutOfTime { .. }), "{first}");
        let second = patch(&client, comment, &value!({"body": "x"})).await.unwrap_err();
        let read = client.get::<Thing>("/repos/o/n").await.unwrap_err();
        assert_eq!((&second, &read), (&first, &first));
        assert!(clock.slept().is_empty());
    });
}

/// Patches against a server that answers badly once. At each look it is told from the list whether anything is against
/// it. Gives the result, how often it was patched and the waits.
fn patched(
    bad: ResponseTemplate,
    against: &[Option<u64>],
) -> (Result<ControlFlow<u64, Thing>, Failure>, usize, Vec<u64>) {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(bad).up_to_n_times(1).with_priority(1).mount(&server).await;
        Mock::given(any()).respond_with(thing(8)).mount(&server).await;
        let (client, clock) = client(&server);
        let looked = Cell::new(0);
        let look = async || {
            looked.set(looked.get() + 1);
            Ok(against[looked.get() - 1])
        };
        let body = value!({"body": "x"});
        let result = client.patch_unless("/repos/o/n/issues/comments/1", &body, look).await;
        assert_eq!(looked.get(), against.len());
        (result, server.received_requests().await.unwrap().len(), clock.slept())
    })
}

#[test]
fn before_every_attempt_at_a_change_it_is_looked_again() {
    let limited = || secondary(429).insert_header("retry-after", "7");
    let done = || Ok(ControlFlow::Continue(Thing { id: 8 }));
    assert_eq!(patched(thing(8), &[None]), (done(), 1, vec![]));
    assert_eq!(patched(thing(8), &[Some(5)]), (Ok(ControlFlow::Break(5)), 0, vec![]));
    assert_eq!(patched(limited(), &[None, None]), (done(), 2, vec![7]));
    // Somebody wrote while the limit was waited for.
    assert_eq!(patched(limited(), &[None, Some(5)]), (Ok(ControlFlow::Break(5)), 1, vec![7]));
    assert_eq!(patched(unicorn(502), &[None, Some(5)]), (Ok(ControlFlow::Break(5)), 1, vec![1]));
}
