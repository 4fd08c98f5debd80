//! A clock that does not wait, and servers that misbehave.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use wiremock::MockServer;

use super::{Client, Clock, Token};
use crate::github::Server;

/// What the clock shows at first.
pub(crate) const START: i64 = 1_790_000_000;
/// The token of every client here.
pub(crate) const TOKEN: &str = "ghs_0123456789abcdef";

/// A clock that goes on when somebody sleeps, at once.
pub(crate) struct FakeClock {
    now: Mutex<Timestamp>,
    slept: Mutex<Vec<u64>>,
}

impl FakeClock {
    /// Every sleep, in whole seconds.
    pub(crate) fn slept(&self) -> Vec<u64> {
        self.slept.lock().unwrap().clone()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        *self.now.lock().unwrap() += time;
        self.slept.lock().unwrap().push(time.as_secs());
        Box::pin(async {})
    }
}

/// A client of a server that waits at most 90 s of its clock.
pub(crate) fn client(server: &MockServer) -> (Client, Arc<FakeClock>) {
    client_of(&server.uri(), Duration::from_secs(90))
}

/// A client of the server at an address of this machine.
pub(crate) fn client_of(uri: &str, max_wait: Duration) -> (Client, Arc<FakeClock>) {
    let server = Server::read(&|name| (name == "GITHUB_API_URL").then(|| uri.to_owned())).unwrap();
    let clock = Arc::new(FakeClock {
        now: Mutex::new(Timestamp::from_second(START).unwrap()),
        slept: Mutex::default(),
    });
    let token = Token::new(TOKEN).unwrap();
    let same: Arc<dyn Clock> = clock.clone();
    (Client::new(server, token, max_wait, same).unwrap(), clock)
}

/// Runs a test that waits for the network.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A server that answers each connection with the next of `answers`, byte for byte, and hangs up; after the last one
/// it is gone. Gives its address and the requests it got.
pub(crate) fn raw_server(answers: Vec<Vec<u8>>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            seen.lock().unwrap().push(read_request(&mut stream));
            let _ = stream.write_all(&answer);
        }
    });
    (uri, requests)
}

/// Reads the head of a request and as much of a body as it announces.
fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return text;
            }
        }
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the client hung up");
        request.extend_from_slice(buffer.get(..read).unwrap());
    }
}

/// An answer with a JSON body and, where given, a length that the body does not have.
pub(crate) fn answer(status: &str, body: &str, length: Option<usize>) -> Vec<u8> {
    let length = length.unwrap_or(body.len());
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}
