use serde_json::json as value;
use wiremock::matchers::{any, bearer_token, body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::super::Failure;
use super::super::testing::{TOKEN, client, run};
use super::{Thing, json, patch, thing};

fn to(status: u16, location: &str) -> ResponseTemplate {
    json(status, r#"{"message":"Moved Permanently"}"#).insert_header("location", location)
}

#[test]
fn a_renamed_repository_is_followed_with_method_body_and_token() {
    run(async {
        let server = MockServer::start().await;
        let new = format!("{}/repositories/7/issues/comments/1", server.uri());
        Mock::given(method("GET"))
            .and(path("/old"))
            .respond_with(to(301, "/repositories/7"))
            .mount(&server)
            .await;
        Mock::given(method("PATCH"))
            .and(path("/old"))
            .respond_with(to(307, &new))
            .mount(&server)
            .await;
        Mock::given(method("GET"))
            .and(path("/repositories/7"))
            .and(bearer_token(TOKEN))
            .respond_with(thing(7))
            .mount(&server)
            .await;
        Mock::given(method("PATCH"))
            .and(path("/repositories/7/issues/comments/1"))
            .and(bearer_token(TOKEN))
            .and(body_json(value!({"body": "x"})))
            .respond_with(thing(1))
            .mount(&server)
            .await;
        let (client, _) = client(&server);
        assert_eq!(client.get("/old").await, Ok(Thing { id: 7 }));
        assert_eq!(patch(&client, "/old", &value!({"body": "x"})).await, Ok(Thing { id: 1 }));
    });
}

#[test]
fn the_api_does_not_lead_to_another_host() {
    run(async {
        let (server, other) = (MockServer::start().await, MockServer::start().await);
        Mock::given(any()).respond_with(thing(666)).expect(0).mount(&other).await;
        let on_https = server.uri().replace("http:", "https:");
        for status in [301, 302, 307, 308] {
            for location in [other.uri(), on_https.clone(), format!("//{}", other.address())] {
                Mock::given(path(format!("/{status}")))
                    .respond_with(to(status, &location))
                    .up_to_n_times(2)
                    .mount(&server)
                    .await;
                let (client, _) = client(&server);
                let address = format!("/{status}");
                for result in [
                    client.get::<Thing>(&address).await,
                    client.post::<Thing>(&address, &value!({}), async || Ok(None)).await,
                ] {
                    assert!(matches!(result, Err(Failure::Unexpected { .. })), "{result:?}");
                }
            }
        }
    });
}

#[test]
fn redirects_end() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(path("/round")).respond_with(to(302, "/round")).expect(6).mount(&server).await;
        Mock::given(path("/nowhere")).respond_with(json(302, "")).mount(&server).await;
        Mock::given(path("/other")).respond_with(to(303, "/round")).mount(&server).await;
        let (client, _) = client(&server);
        let mut shown = Vec::new();
        for address in ["/round", "/nowhere", "/other"] {
            shown.push(client.get::<Thing>(address).await.unwrap_err().to_string());
        }
        insta::assert_snapshot!(shown.join("\n"));
    });
}

#[test]
fn files_are_fetched_from_another_host_without_the_token() {
    run(async {
        let (server, storage) = (MockServer::start().await, MockServer::start().await);
        let blob = format!("{}/blob?sig=secret", storage.uri());
        let back = format!("{}/back", server.uri());
        Mock::given(path("/zip"))
            .and(bearer_token(TOKEN))
            .respond_with(to(302, &blob))
            .mount(&server)
            .await;
        Mock::given(path("/blob")).respond_with(to(302, &back)).mount(&storage).await;
        Mock::given(path("/back"))
            .respond_with(
                ResponseTemplate::new(200).set_body_raw(vec![80, 75, 3, 4], "application/zip"),
            )
            .mount(&server)
            .await;
        let (client, _) = client(&server);
        assert_eq!(client.download("/zip", 4).await, Ok(vec![80, 75, 3, 4]));
        let mut later = storage.received_requests().await.unwrap();
        later.extend(server.received_requests().await.unwrap().into_iter().skip(1));
        assert_eq!(later.len(), 2);
        for request in later {
            assert!(!request.headers.contains_key("authorization"), "{request:?}");
            assert!(!request.headers.contains_key("referer"), "{request:?}");
        }
    });
}

/// It is as good as a token for a minute.
#[test]
fn the_signature_of_an_address_is_not_shown() {
    run(async {
        let server = MockServer::start().await;
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let blob = format!("http://{}/blob?sig=secret", gone.local_addr().unwrap());
        drop(gone);
        Mock::given(path("/zip")).respond_with(to(302, &blob)).mount(&server).await;
        let (client, _) = client(&server);
        let failure = client.download("/zip", 4).await.unwrap_err();
        let shown = format!("{failure:?} {failure}");
        assert!(shown.contains("no connection") && !shown.contains("secret"), "{shown}");
    });
}

#[test]
fn a_file_is_fetched_from_no_host_that_is_not_encrypted() {
    run(async {
        let server = MockServer::start().await;
        for location in
            ["http://storage.example/blob", "file:///etc/passwd", "ftp://storage.example/"]
        {
            Mock::given(path("/zip"))
                .respond_with(to(302, location))
                .up_to_n_times(1)
                .mount(&server)
                .await;
            let (client, _) = client(&server);
            let result = client.download("/zip", 10).await;
            assert!(matches!(result, Err(Failure::Unexpected { .. })), "{result:?}");
        }
    });
}

#[test]
fn a_link_of_the_storage_that_ran_out_is_asked_for_again() {
    run(async {
        let (server, storage) = (MockServer::start().await, MockServer::start().await);
        Mock::given(path("/zip"))
            .respond_with(to(302, &format!("{}/blob", storage.uri())))
            .expect(2)
            .mount(&server)
            .await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(403).set_body_raw("<Error/>", "application/xml"))
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&storage)
            .await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(200).set_body_bytes([1]))
            .mount(&storage)
            .await;
        let (client, clock) = client(&server);
        assert_eq!((client.download("/zip", 1).await, clock.slept()), (Ok(vec![1]), vec![1]));
    });
}
