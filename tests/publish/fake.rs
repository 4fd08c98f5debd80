//! A small GitHub: comments, labels, statuses, check runs of one pull request, and hooks to misbehave.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

use crate::scene::HEAD;

/// The account and the app of a workflow's own token.
pub(crate) const WORKFLOW: Author =
    Author { login: "github-actions[bot]", app: Some("github-actions") };
pub(crate) const OTHER_APP: Author = Author { login: "other-app[bot]", app: Some("other-app") };
pub(crate) const MALLORY: Author = Author { login: "mallory", app: None };
pub(crate) const OCTOCAT: Author = Author { login: "octocat", app: None };

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) login: &'static str,
    pub(crate) app: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) author: Author,
    pub(crate) body: String,
    pub(crate) folded: bool,
}

/// Does something instead of answering, or nothing.
type Before = Box<dyn FnMut(&mut State, &Request) -> Option<ResponseTemplate> + Send>;
/// Changes an answer after everything was done.
type After = Box<dyn FnMut(&mut State, &Request, ResponseTemplate) -> ResponseTemplate + Send>;

pub(crate) struct State {
    pub(crate) uri: String,
    pub(crate) comments: Vec<Comment>,
    pub(crate) labels: Vec<String>,
    pub(crate) statuses: Vec<Value>,
    pub(crate) checks: Vec<Value>,
    pub(crate) events: Vec<Value>,
    pub(crate) locked: bool,
    /// The newest commit of the pull request's branch.
    pub(crate) head: &'static str,
    pub(crate) me: Author,
    pub(crate) may_write: bool,
    next: u64,
    /// Method, path and body of every request.
    pub(crate) requests: Vec<(String, String, Value)>,
    /// Whether each request carried the token.
    pub(crate) headers: Vec<Vec<(String, String)>>,
    pub(crate) before: Option<Before>,
    pub(crate) after: Option<After>,
}

impl State {
    pub(crate) fn add(&mut self, author: Author, body: &str) -> u64 {
        self.next += 1;
        self.comments.push(Comment { id: self.next, author, body: body.to_owned(), folded: false });
        self.next
    }

    pub(crate) fn comment(&self, id: u64) -> &Comment {
        self.comments.iter().find(|comment| comment.id == id).expect("the comment")
    }

    /// The requests that change something, as `POST /path`.
    pub(crate) fn writes(&self) -> Vec<String> {
        let changes = self.requests.iter().filter(|(method, path, body)| {
            method != "GET"
                && (path != "/graphql" || body["query"].as_str().unwrap().starts_with("mutation"))
        });
        changes.map(|(method, path, _)| format!("{method} {path}")).collect()
    }

    /// A comment as the API gives it.
    pub(crate) fn shown(&self, comment: &Comment) -> Value {
        let Comment { id, author, body, folded } = comment;
        let kind = if author.login.ends_with("[bot]") { "Bot" } else { "User" };
        let mut shown = json!({
            "id": id, "node_id": format!("IC_{id}"), "body": body, "user": { "login": author.login, "type": kind },
            "html_url": format!("https://github.com/octo-org/demo/pull/7#issuecomment-{id}"),
            "performed_via_github_app": author.app.map(|slug| json!({ "slug": slug })),
        });
        if *folded {
            shown["minimized"] = json!({ "reason": "outdated" });
        }
        shown
    }

    fn page(&self, request: &Request, all: &[Value]) -> ResponseTemplate {
        let page: usize = query(request, "page").map_or(1, |page| page.parse().unwrap());
        let per_page: usize =
            query(request, "per_page").map_or(30, |number| number.parse().unwrap());
        let part: Vec<&Value> = all.iter().skip((page - 1) * per_page).take(per_page).collect();
        let answer = ResponseTemplate::new(200).set_body_json(part);
        if page * per_page < all.len() {
            let next =
                format!("{}{}?per_page={per_page}&page={}", self.uri, request.url.path(), page + 1);
            answer.insert_header("link", format!("<{next}>; rel=\"next\""))
        } else {
            answer
        }
    }

    fn answer(&mut self, request: &Request) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let path = request.url.path().to_owned();
        if path.ends_with("/graphql") {
            return self.graphql(&body);
        }
        let method = request.method.to_string();
        if method != "GET" && !self.may_write {
            return refusal(403, "Resource not accessible by integration")
                .insert_header("x-accepted-github-permissions", accepted(&path));
        }
        let path = path.strip_prefix("/api/v3").unwrap_or(&path);
        let inside = ["/repos/octo-org/demo", "/repositories/1"];
        let rest =
            inside.iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or("/elsewhere");
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        match (method.as_str(), parts.as_slice()) {
            ("GET", ["issues", "7", "comments"]) => {
                let all: Vec<Value> =
                    self.comments.iter().map(|comment| self.shown(comment)).collect();
                self.page(request, &all)
            }
            ("POST", ["issues", "7", "comments"]) if self.locked => {
                refusal(403, "Unable to create comment because issue is locked.")
            }
            ("POST", ["issues", "7", "comments"]) => {
                let id = self.add(self.me, body["body"].as_str().unwrap());
                ResponseTemplate::new(201).set_body_json(self.shown(self.comment(id)))
            }
            (_, ["issues", "comments", id]) => {
                self.one_comment(&method, id.parse().unwrap(), &body)
            }
            ("GET", ["issues", "7", "labels"]) => {
                let all: Vec<Value> =
                    self.labels.iter().map(|name| json!({ "name": name })).collect();
                self.page(request, &all)
            }
            ("POST", ["issues", "7", "labels"]) => {
                let names = body["labels"].as_array().unwrap();
                self.labels.extend(names.iter().map(|name| name.as_str().unwrap().to_owned()));
                ResponseTemplate::new(200).set_body_json(json!([]))
            }
            ("DELETE", ["issues", "7", "labels", name]) => {
                let name = name.replace("%20", " ").replace("%3A", ":").replace("%3F", "?");
                assert!(self.labels.contains(&name), "{name}");
                self.labels.retain(|label| *label != name);
                ResponseTemplate::new(200).set_body_json(json!([]))
            }
            ("POST", ["statuses", commit]) => {
                assert!(body["description"].as_str().unwrap().chars().count() <= 140);
                let mut status = body.clone();
                status["sha"] = json!(commit);
                self.statuses.insert(0, status.clone());
                ResponseTemplate::new(201).set_body_json(status)
            }
            ("GET", ["commits", _, "statuses"]) => self.page(request, &self.statuses.clone()),
            ("GET", ["commits", _, "check-runs"]) => {
                ResponseTemplate::new(200).set_body_json(json!({ "check_runs": self.checks }))
            }
            ("POST", ["check-runs"]) => {
                self.next += 1;
                let mut check = body.clone();
                check["id"] = json!(self.next);
                self.checks.push(check.clone());
                ResponseTemplate::new(201).set_body_json(check)
            }
            ("PATCH", ["check-runs", id]) => {
                let id: u64 = id.parse().unwrap();
                let check = self.checks.iter_mut().find(|check| check["id"] == id).unwrap();
                for (key, value) in body.as_object().unwrap() {
                    check[key] = value.clone();
                }
                ResponseTemplate::new(200).set_body_json(check.clone())
            }
            ("GET", ["issues", "7", "events"]) => self.page(request, &self.events.clone()),
            ("GET", ["pulls", "7"]) => ResponseTemplate::new(200)
                .set_body_json(json!({ "number": 7, "head": { "sha": self.head } })),
            ("GET", ["pulls", "7", "reviews"]) => self.page(request, &[]),
            ("POST", ["pulls", "7", "requested_reviewers"]) => {
                for login in body["reviewers"].as_array().unwrap() {
                    let event = json!({ "event": "review_requested", "requested_reviewer": { "login": login } });
                    self.events.push(event);
                }
                for slug in body["team_reviewers"].as_array().unwrap() {
                    let event =
                        json!({ "event": "review_requested", "requested_team": { "slug": slug } });
                    self.events.push(event);
                }
                ResponseTemplate::new(201).set_body_json(json!({ "number": 7 }))
            }
            _ => refusal(404, "Not Found"),
        }
    }

    fn one_comment(&mut self, method: &str, id: u64, body: &Value) -> ResponseTemplate {
        let Some(comment) = self.comments.iter_mut().find(|comment| comment.id == id) else {
            return refusal(404, "Not Found");
        };
        if method == "PATCH" {
            comment.body = body["body"].as_str().unwrap().to_owned();
        }
        let comment = comment.clone();
        ResponseTemplate::new(200).set_body_json(self.shown(&comment))
    }

    fn graphql(&mut self, body: &Value) -> ResponseTemplate {
        let query = body["query"].as_str().unwrap();
        let data = if query.starts_with("mutation") {
            if !self.may_write {
                let error = json!({ "data": null, "errors": [{ "type": "FORBIDDEN", "message": "Resource not accessible by integration" }] });
                return ResponseTemplate::new(200).set_body_json(error);
            }
            let id = body["variables"]["id"].as_str().unwrap();
            let id: u64 = id.strip_prefix("IC_").unwrap().parse().unwrap();
            let folded = query.contains("classifier: OUTDATED");
            self.comments.iter_mut().find(|comment| comment.id == id).unwrap().folded = folded;
            json!({})
        } else if query.contains("viewer {") {
            json!({ "viewer": { "login": self.me.login } })
        } else {
            let nodes = self.comments.iter().map(|comment| {
                json!({ "id": format!("IC_{}", comment.id), "viewerDidAuthor": comment.author == self.me })
            });
            let nodes: Vec<Value> = nodes.collect();
            json!({ "repository": { "pullRequest": { "comments": {
                "nodes": nodes, "pageInfo": { "hasNextPage": false, "endCursor": null } } } } })
        };
        ResponseTemplate::new(200).set_body_json(json!({ "data": data }))
    }
}

fn accepted(path: &str) -> &'static str {
    match path {
        path if path.contains("/statuses/") => "statuses=write",
        path if path.contains("/check-runs") => "checks=write",
        _ => "issues=write; pull_requests=write",
    }
}

pub(crate) fn refusal(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "message": message }))
}

fn query(request: &Request, name: &str) -> Option<String> {
    request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

struct Answers(Arc<Mutex<State>>);

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut guard = lock(&self.0);
        let state = &mut *guard;
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let path = request.url.path().to_owned();
        state.requests.push((request.method.to_string(), path, body));
        let headers = request.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        state.headers.push(headers.collect());
        let mut before = state.before.take();
        let instead = before.as_mut().and_then(|before| before(state, request));
        state.before = before;
        if let Some(instead) = instead {
            return instead;
        }
        let answer = state.answer(request);
        let mut after = state.after.take();
        let answer = match after.as_mut() {
            Some(after) => after(state, request, answer),
            None => answer,
        };
        state.after = after;
        answer
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The server; it stops when it is dropped.
pub(crate) struct Fake {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = MockServer::start().await;
            let state = Arc::new(Mutex::new(State {
                uri: server.uri(),
                comments: Vec::new(),
                labels: Vec::new(),
                statuses: Vec::new(),
                checks: Vec::new(),
                events: Vec::new(),
                locked: false,
                head: HEAD,
                me: WORKFLOW,
                may_write: true,
                next: 100,
                requests: Vec::new(),
                headers: Vec::new(),
                before: None,
                after: None,
            }));
            Mock::given(matchers::any())
                .respond_with(Answers(Arc::clone(&state)))
                .mount(&server)
                .await;
            Self { server, state }
        })
    }

    pub(crate) fn uri(&self) -> String {
        self.server.uri()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Answers so many requests of a method (any, if empty) in another way; they are not done.
    pub(crate) fn instead(
        &self,
        method: &'static str,
        times: usize,
        answer: impl Fn() -> ResponseTemplate + Send + 'static,
    ) {
        let mut left = times;
        self.state().before = Some(Box::new(move |_, request| {
            let hit = left > 0 && (method.is_empty() || request.method.as_str() == method);
            hit.then(|| {
                left -= 1;
                answer()
            })
        }));
    }

    /// Answers the first request of a method in another way, after it was done.
    pub(crate) fn after_one(
        &self,
        method: &'static str,
        answer: impl Fn() -> ResponseTemplate + Send + 'static,
    ) {
        let mut done = false;
        self.state().after = Some(Box::new(move |_, request, normal| {
            if done || request.method.as_str() != method || request.url.path() == "/graphql" {
                return normal;
            }
            done = true;
            answer()
        }));
    }
}
