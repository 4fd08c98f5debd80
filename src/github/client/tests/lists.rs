use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use wiremock::matchers::{any, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::super::Failure;
use super::super::testing::{client, client_of, raw_server, run};
use super::{Thing, json, unicorn};

fn page(ids: &[u64], next: Option<&str>) -> ResponseTemplate {
    let things: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let answer = json(200, &format!("[{}]", things.join(",")));
    match next {
        Some(next) => {
            answer.insert_header("link", format!(r#"<{next}>; rel="next", </x>; rel="last""#))
        }
        None => answer,
    }
}

#[test]
fn all_pages_are_read() {
    run(async {
        let server = MockServer::start().await;
        let address =
            |number| format!("{}/things?per_page=100&state=open&page={number}", server.uri());
        Mock::given(path("/things"))
            .and(query_param("per_page", "100"))
            .and(query_param("state", "open"))
            .and(query_param_is_missing("page"))
            .respond_with(page(&[1, 2], Some(&address(2))))
            .mount(&server)
            .await;
        Mock::given(query_param("page", "2"))
            .respond_with(unicorn(502))
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(query_param("page", "2"))
            .respond_with(page(&[3], Some("/repositories/7/things?page=3")))
            .mount(&server)
            .await;
        Mock::given(path("/repositories/7/things"))
            .respond_with(page(&[4], None))
            .mount(&server)
            .await;
        let (client, _) = client(&server);
        let things: Vec<Thing> = client.all("/things?state=open").await.unwrap();
        assert_eq!(things.iter().map(|thing| thing.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
    });
}

#[test]
fn a_page_that_breaks_off_is_read_again() {
    run(async {
        let server = MockServer::start().await;
        let broken = json(200, r#"{"id": 1, "body": "tru"#);
        Mock::given(any())
            .respond_with(broken)
            .up_to_n_times(1)
            .with_priority(1)
            .mount(&server)
            .await;
        Mock::given(any()).respond_with(page(&[1], None)).mount(&server).await;
        let (client, clock) = client(&server);
        assert_eq!(client.all("/things").await, Ok(vec![Thing { id: 1 }]));
        assert_eq!(clock.slept(), [1]);
    });
}

#[test]
fn a_next_page_on_another_host_is_refused() {
    run(async {
        let (server, other) = (MockServer::start().await, MockServer::start().await);
        Mock::given(any()).respond_with(page(&[666], None)).expect(0).mount(&other).await;
        let userinfo = server.uri().replace("http://", "http://user@");
        for next in [other.uri(), server.uri().replace("127.0.0.1", "localhost"), userinfo] {
            Mock::given(any())
                .respond_with(page(&[1], Some(&next)))
                .up_to_n_times(1)
                .mount(&server)
                .await;
            let (client, _) = client(&server);
            let result = client.all::<Thing>("/things").await;
            assert!(matches!(result, Err(Failure::Unexpected { .. })), "{result:?}");
        }
    });
}

#[test]
fn a_list_without_an_end_is_an_error() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(page(&[1], Some("/things?again")))
            .expect(100)
            .mount(&server)
            .await;
        let (client, _) = client(&server);
        let failure = client.all::<Thing>("/things").await.unwrap_err();
        assert_eq!(failure.to_string(), "the list is larger than 10000 entries");
    });
}

#[test]
fn a_list_may_be_wrapped() {
    run(async {
        let server = MockServer::start().await;
        let wrapped = r#"{"total_count":1,"artifacts":[{"id":5}]}"#;
        Mock::given(any()).respond_with(json(200, wrapped)).mount(&server).await;
        let (client, _) = client(&server);
        assert_eq!(client.all_in("/x", "artifacts").await, Ok(vec![Thing { id: 5 }]));
        let other = client.all_in::<Thing>("/x", "check_runs").await;
        assert!(matches!(other, Err(Failure::Unexpected { .. })), "{other:?}");
    });
}

#[test]
fn a_path_that_leaves_the_api_is_not_asked_for() {
    run(async {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(page(&[], None)).expect(0).mount(&server).await;
        let (client, _) = client(&server);
        for path in ["/repos/o/n/../../user", "/a b", "//other.example/x/..", "x"] {
            let result = client.get::<Thing>(path).await;
            assert!(matches!(result, Err(Failure::Unexpected { .. })), "{path}: {result:?}");
        }
    });
}

#[test]
fn a_file_is_not_read_beyond_its_cap() {
    run(async {
        let announced =
            b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\nconnection: close\r\n\r\n";
        let mut unannounced = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        unannounced.extend([0; 11]);
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&[0; 1 << 20]).unwrap();
        let mut bomb =
            b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n".to_vec();
        bomb.extend(packed.finish().unwrap());
        for answer in [announced.to_vec(), unannounced, bomb] {
            let (uri, _) = raw_server(vec![answer]);
            let (client, _) = client_of(&uri, Duration::from_secs(90));
            let failure = client.raw("/repos/o/n/contents/benchgate.yml", 10).await.unwrap_err();
            assert_eq!(failure.to_string(), "the file is larger than 10 bytes");
        }
    });
}
