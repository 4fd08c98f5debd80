use std::net::TcpListener;
use std::time::Duration;

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::super::testing::{FakeClock, START, answer, client, client_of, raw_server, run};
use super::super::{Client, Failure};
use super::{Thing, json, secondary, thing, unicorn};

/// Reads once from a server that answers `times` times in one way, then well. Gives the result and the waits.
fn after(times: u64, bad: ResponseTemplate) -> (Result<Thing, Failure>, Vec<u64>) {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(bad)
            .up_to_n_times(times)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(any()).respond_with(thing(7)).mount(&server).await;
        let (client, clock) = client(&server);
        (client.get("/repos/o/n").await, clock.slept())
    })
}

const FOREVER: u64 = 1000;

#[test]
fn outages_are_waited_out() {
    let fine = |waits: &[u64]| (Ok(Thing { id: 7 }), waits.to_vec());
    assert_eq!(after(2, unicorn(502)), fine(&[1, 2]));
    assert_eq!(after(3, json(503, r#"{"message":"Service unavailable"}"#)), fine(&[1, 2, 4]));
    assert_eq!(after(1, json(503, "").insert_header("retry-after", "7")), fine(&[7]));
    assert_eq!(after(1, json(200, r#"{"id": 1, "body": "tru"#)), fine(&[1]));
    assert_eq!(after(1, unicorn(200)), fine(&[1]));
    assert_eq!(after(1, json(200, " <html></html>")), fine(&[1]));
    assert_eq!(after(1, json(200, "")), fine(&[1]));
}

#[test]
fn rate_limits_are_waited_for_as_long_as_github_asks() {
    let fine = |waits: &[u64]| (Ok(Thing { id: 7 }), waits.to_vec());
    assert_eq!(after(1, secondary(403).insert_header("retry-after", "5")), fine(&[5]));
    assert_eq!(after(1, secondary(429).insert_header("retry-after", "1")), fine(&[1]));
    assert_eq!(after(1, secondary(429).insert_header("retry-after", "0")), fine(&[1]));
    assert_eq!(after(1, json(429, "")), fine(&[60]));
    assert_eq!(after(1, secondary(403)), fine(&[60]));
    let used_up = json(403, r#"{"message":"API rate limit exceeded for installation ID 1."}"#)
        .insert_header("x-ratelimit-remaining", "0");
    let at = |reset: i64| used_up.clone().insert_header("x-ratelimit-reset", reset.to_string());
    assert_eq!(after(1, at(START + 20)), fine(&[21]));
    assert_eq!(after(1, at(START - 20)), fine(&[1]));
    assert_eq!(after(1, used_up.clone()), fine(&[60]));
    let both = at(START + 20).insert_header("retry-after", "3");
    assert_eq!(after(1, both), fine(&[3]));
}

/// What is said when it does not get better, with the waits before.
#[test]
fn waiting_ends_at_the_cap() {
    let cases = [
        ("retry-after-huge", secondary(429).insert_header("retry-after", "3600")),
        ("secondary-bare", secondary(403)),
        (
            "primary",
            json(403, r#"{"message":"API rate limit exceeded"}"#)
                .insert_header("x-ratelimit-remaining", "0")
                .insert_header("x-ratelimit-reset", (START + 1800).to_string()),
        ),
        ("secondary-1", secondary(429).insert_header("retry-after", "1")),
        ("flaky", unicorn(502)),
        ("invalid-json", json(200, r#"{"id": 1"#)),
        ("html-200", unicorn(200)),
    ];
    let shown: Vec<String> = cases
        .into_iter()
        .map(|(name, bad)| {
            let (result, waits) = after(FOREVER, bad);
            format!("{name}: {}\n  waited {waits:?}", result.unwrap_err())
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn who_wants_to_be_left_alone_is_not_even_read_from() {
    run(async {
        let server = MockServer::start().await;
        let limited = secondary(429).insert_header("retry-after", "3600");
        Mock::given(any()).respond_with(limited).expect(1).mount(&server).await;
        let (client, _) = client(&server);
        let first = client.get::<Thing>("/repos/o/n").await.unwrap_err();
        assert!(matches!(first, Failure::OutOfTime { .. }), "{first:?}");
        assert_eq!(client.get::<Thing>("/repos/o/n/pulls").await.unwrap_err(), first);
        assert_eq!(client.download("/zip", 4).await.unwrap_err(), first);
    });
}

#[test]
fn a_permission_is_no_rate_limit_even_when_the_last_request_was_used() {
    let refused = json(403, r#"{"message":"Resource not accessible by integration"}"#)
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-reset", (START + 5).to_string());
    let (result, waits) = after(FOREVER, refused);
    assert!(matches!(result, Err(Failure::Permission { .. })), "{result:?}");
    assert!(waits.is_empty(), "{waits:?}");
}

#[test]
fn broken_connections_are_tried_again() {
    run(async {
        let body = r#"{"id":7}"#;
        let (uri, requests) = raw_server(vec![
            Vec::new(),
            b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(),
            answer("200 OK", r#"{"id":"#, Some(body.len())),
            answer("200 OK", body, None),
        ]);
        let (client, clock) = client_of(&uri, Duration::from_secs(90));
        assert_eq!(client.get("/repos/o/n").await, Ok(Thing { id: 7 }));
        assert_eq!((requests.lock().unwrap().len(), clock.slept()), (4, vec![1, 2, 4]));
    });
}

#[test]
fn a_server_that_is_not_there_is_named_so() {
    run(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let (client, _) = client_of(&uri, Duration::from_secs(4));
        let failure = client.get::<Thing>("/repos/o/n").await.unwrap_err();
        let Failure::Unreachable { cause, attempts } = failure else { panic!("{failure:?}") };
        assert!(cause.starts_with("no connection: "), "{cause}");
        assert_eq!(attempts, 3);
    });
}

#[test]
fn a_server_that_hangs_is_given_up_at_the_cap() {
    run(async {
        // Connections are taken, but nobody answers.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let (client, clock): (Client, std::sync::Arc<FakeClock>) =
            client_of(&uri, Duration::from_millis(300));
        let first = client.get::<Thing>("/repos/o/n").await.unwrap_err();
        let second = client.get::<Thing>("/repos/o/n").await.unwrap_err();
        insta::assert_snapshot!(format!("{first}\n{second}\nwaited {:?}", clock.slept()));
    });
}
