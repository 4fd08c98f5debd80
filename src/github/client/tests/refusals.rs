use serde_json::json as value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::super::Failure;
use super::super::testing::{START, TOKEN, client, run};
use super::{Thing, json};

/// What a client makes of one answer to `POST path`.
fn refused(path: &str, answer: ResponseTemplate) -> Failure {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).expect(1).mount(&server).await;
        let (client, _) = client(&server);
        client.post::<Thing>(path, &value!({}), async || Ok(None)).await.unwrap_err()
    })
}

#[test]
fn every_refusal_is_told_apart() {
    let comments = "/repos/o/n/issues/1/comments";
    let integration = || json(403, r#"{"message":"Resource not accessible by integration"}"#);
    let cases = [
        (
            comments,
            integration().insert_header(
                "x-accepted-github-permissions",
                "issues=write; pull_requests=write",
            ),
        ),
        ("/repos/o/n/statuses/abc", integration()),
        (comments, json(401, r#"{"message":"Bad credentials"}"#)),
        (comments, json(404, r#"{"message":"Not Found"}"#)),
        (comments, json(410, r#"{"message":"Issues are disabled for this repo"}"#)),
        (comments, json(403, r#"{"message":"Unable to create comment because issue is locked."}"#)),
        (
            comments,
            json(
                422,
                r#"{"message":"Validation Failed","errors":[{"resource":"IssueComment","code":"unprocessable",
                    "field":"data","message":"Body is too long (maximum is 65536 characters)"},
                    {"resource":"Status","code":"custom","field":"state"}, "text"]}"#,
            ),
        ),
        (comments, json(422, r#"{"errors":"Invalid request.\n\n\"body\" wasn't supplied."}"#)),
        (comments, json(409, "")),
        (comments, json(400, "no JSON")),
        (
            comments,
            ResponseTemplate::new(407).set_body_raw("<title>Proxy \u{1b}[31m</title>", "text/html"),
        ),
        (comments, json(304, "")),
        (comments, json(200, r#"{"id":"::error::text \u001b[31m"}"#)),
    ];
    let shown: Vec<String> =
        cases.into_iter().map(|(path, answer)| format!("{:?}", refused(path, answer))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_token_that_comes_back_is_not_shown() {
    for answer in [
        json(401, &format!(r#"{{"message":"Bad credentials: Bearer {TOKEN}"}}"#)),
        json(403, &format!(r#"{{"message":"no: {TOKEN}"}}"#))
            .insert_header("x-accepted-github-permissions", TOKEN),
        json(422, &format!(r#"{{"message":"no","errors":["{TOKEN}"]}}"#)),
        json(200, &format!(r#"{{"id":"{TOKEN}"}}"#)),
        ResponseTemplate::new(400).set_body_raw(format!("<title>{TOKEN}</title>"), "text/html"),
        ResponseTemplate::new(307).insert_header("location", format!("https://{TOKEN}.example/")),
    ] {
        let failure = refused("/repos/o/n/issues/1/comments", answer);
        let shown = format!("{failure:?} {:?}", failure.to_diagnostic("write the comment"));
        assert!(!shown.contains(TOKEN), "{shown}");
    }
}

#[test]
fn a_client_does_not_show_its_token() {
    run(async {
        let server = MockServer::start().await;
        let (client, _) = client(&server);
        assert!(!format!("{client:?}").contains(TOKEN));
    });
}

#[test]
fn graphql_refuses_with_the_status_200() {
    let answers = [
        r#"{"data":{"minimizeComment":null},"errors":[{"type":"FORBIDDEN","path":["minimizeComment"],"message":"Resource not accessible by integration"}]}"#,
        r#"{"data":null,"errors":[{"type":"NOT_FOUND","message":"Could not resolve to a node"}]}"#,
        r#"{"errors":[{"message":"Field 'x' doesn't exist on type 'Query'"}]}"#,
        r#"{"data":{"id":"x"}}"#,
        r#"{"data":{"id":3}}"#,
    ];
    let shown: Vec<String> = answers
        .into_iter()
        .map(|answer| {
            run(async {
                let server = MockServer::start().await;
                Mock::given(any()).respond_with(json(200, answer)).expect(1).mount(&server).await;
                let (client, _) = client(&server);
                let result = client.graphql::<Thing>("query { id }", value!({})).await;
                format!("{result:?}")
            })
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn graphql_is_asked_again_after_a_limit_or_an_outage() {
    run(async {
        let server = MockServer::start().await;
        for bad in [
            json(
                200,
                r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#,
            )
            .insert_header("retry-after", "3"),
            json(
                200,
                r#"{"errors":[{"type":"OTHER","message":"You have exceeded a secondary rate limit."}]}"#,
            )
            .insert_header("retry-after", "4"),
            json(200, r#"{"errors":[{"message":"No more today"}]}"#)
                .insert_header("x-ratelimit-remaining", "0")
                .insert_header("x-ratelimit-reset", (START + 12).to_string()),
            json(
                200,
                r#"{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}"#,
            ),
        ] {
            Mock::given(any())
                .respond_with(bad)
                .up_to_n_times(1)
                .with_priority(1)
                .mount(&server)
                .await;
        }
        Mock::given(any()).respond_with(json(200, r#"{"data":{"id":3}}"#)).mount(&server).await;
        let (client, clock) = client(&server);
        let result = client.graphql("query { id }", value!({"n": 1})).await;
        assert_eq!((result, clock.slept()), (Ok(Thing { id: 3 }), vec![3, 4, 6, 8]));
        let requests = server.received_requests().await.unwrap();
        assert!(requests.iter().all(|r| r.url.path() == "/graphql"));
    });
}
