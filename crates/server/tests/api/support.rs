//! An app to send requests to. What holds for every answer is asserted with every answer.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use handbill_db::Db;
use handbill_queue::Working;
use handbill_server::actions::account::{CreateAccount, create_account};
use handbill_server::actions::first_start::first_token;
use handbill_server::actions::token::{CreateToken, create_token};
use handbill_server::app::App;
use handbill_server::config::{Config, PublicUrl, Secret};
use handbill_server::engine::EngineOptions;
use handbill_server::renderer::{Renderer, engine_options};
use handbill_server::router::router;
use handbill_server::store::token::Scopes;
use handbill_server::templates::{StoredTemplate, TemplateFiles, Templates};
use handbill_server::workers;
use handbill_template::{Compiled, read_value};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// What links in answers begin with.
pub(crate) const BASE: &str = "https://handbill.test";

pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) token: String,
    pub(crate) data_dir: TempDir,
    router: Router,
    /// Works on jobs; nothing where a test asked for an app that doesn't.
    _worker: Option<Working>,
}

/// What a test may change before the app is made.
pub(crate) struct Setup {
    pub(crate) config: Config,
    pub(crate) engine: EngineOptions,
    /// Beside the starters.
    pub(crate) templates: Vec<Value>,
    /// Whether it works on jobs, too.
    pub(crate) works: bool,
}

pub(crate) async fn test_app(db: Db) -> TestApp {
    test_app_with(db, |_| ()).await
}

pub(crate) async fn test_app_with(db: Db, change: impl FnOnce(&mut Setup)) -> TestApp {
    let data_dir = tempfile::tempdir().unwrap();
    let mut config = Config::defaults();
    config.storage.data_dir = data_dir.path().to_owned();
    config.server.public_url = Some(PublicUrl::try_from(BASE.to_owned()).unwrap());
    config.server.secret_key = Some(Secret::new("a secret for tests, and for them alone"));
    config.engine.workers = 1;
    let engine = EngineOptions { program: env!("CARGO_BIN_EXE_handbill").into(), ..engine_options(&config).unwrap() };
    let mut setup = Setup { config, engine, templates: Vec::new(), works: true };
    change(&mut setup);
    let mut renderer = Renderer::with_engine(&setup.config, setup.engine).unwrap();
    let mut all: Vec<_> = renderer.templates.iter().cloned().collect();
    all.extend(setup.templates.into_iter().enumerate().map(|(index, json)| stored(100 + index, json)));
    renderer.templates = Templates::of(all);
    let app = App::with(setup.config, db, renderer).await.unwrap();
    let _worker = if setup.works { Some(workers::start(&app).await.unwrap()) } else { None };
    let token = first_token(&app).await.unwrap().unwrap().plain.reveal().to_owned();
    TestApp { router: router(app.clone()), app, token, data_dir, _worker }
}

fn stored(id: usize, json: Value) -> Arc<StoredTemplate> {
    let compiled = Compiled::new(read_value(json).unwrap_or_else(|faults| panic!("{faults}"))).unwrap();
    Arc::new(StoredTemplate::new(i64::try_from(id).unwrap(), 1, compiled, TemplateFiles::Embedded(&[])))
}

/// A template of one text field, `title`, on a page.
pub(crate) fn page(id: &str, width: u32, height: u32) -> Value {
    json!({
        "format": 1, "id": id, "canvas": { "width": width, "height": height },
        "fields": [{ "key": "title", "type": "text" }, { "key": "photo", "type": "image" }],
        "slides": [{ "id": "only", "layout": "column", "children": [
            { "type": "text", "id": "title", "text": "{{title}}", "fontSize": 20 },
            { "type": "image", "id": "photo", "src": "{{photo}}", "when": "photo", "width": 20, "height": 20, "alt": "" },
        ] }],
    })
}

impl TestApp {
    /// A second account and a token for it.
    pub(crate) async fn second_account(&self) -> (i64, String) {
        let input = CreateAccount {
            name: "Second".into(),
            email: "second@example.com".into(),
            first_name: String::new(),
            last_name: String::new(),
            time_zone: "UTC".into(),
        };
        let account = create_account(&self.app, input).await.unwrap();
        (account.id, self.new_token(account.id, Scopes::All).await.1)
    }

    /// Its number and itself.
    pub(crate) async fn new_token(&self, account_id: i64, scopes: Scopes) -> (i64, String) {
        let input = CreateToken { account_id, name: "Test".into(), scopes, webhook_url: None, expires_at_ms: None };
        let made = create_token(&self.app, input).await.unwrap();
        (made.token.id, made.plain.reveal().to_owned())
    }

    /// A token that nobody has, one letter from one that somebody has.
    pub(crate) fn unknown_token(&self) -> String {
        let (all_but_last, last) = self.token.split_at(self.token.len() - 1);
        format!("{all_but_last}{}", if last == "x" { "y" } else { "x" })
    }

    pub(crate) async fn generate(&self, body: Value) -> Answer {
        self.post("/generate", &[], body).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let own = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let missing = own.into_iter().filter(|(name, _)| headers.iter().all(|(given, _)| given != name));
        let all: Vec<(&str, &str)> = missing.chain(headers.iter().copied()).collect();
        self.send(Method::POST, path, &all, body.to_string()).await
    }

    /// A request to our own API, with a token; a body is JSON.
    pub(crate) async fn v1(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let headers = &headers[..if body.is_some() { 2 } else { 1 }];
        self.send(method, path, headers, body.map(|body| body.to_string()).unwrap_or_default()).await
    }

    /// With the first account's token.
    pub(crate) async fn get_own(&self, path: &str) -> Answer {
        self.get(path, &[("authorization", &format!("Bearer {}", self.token))]).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        answer.is_protected();
        answer
    }

    /// The file behind an address of an answer.
    pub(crate) async fn download(&self, url: &Value) -> Answer {
        let path = url.as_str().unwrap().strip_prefix(BASE).expect("an absolute address on the public URL");
        self.get(path, &[]).await
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The JSON of an answer that went well.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    /// The message of an error, of which everything else is as the contract has it.
    #[track_caller]
    pub(crate) fn error(&self, status: u16, error: &str) -> String {
        let body = self.json();
        assert_eq!((self.status.as_u16(), body["error"].as_str()), (status, Some(error)), "{body}");
        let keys = body.as_object().unwrap().keys();
        assert!(keys.into_iter().all(|key| ["error", "message", "type"].contains(&key.as_str())), "{body}");
        body["message"].as_str().unwrap().to_owned()
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub(crate) fn json_of(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }

    /// A problem of our own API, whole in its form.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text());
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["type"], format!("/problems/{kind}"), "{body}");
        assert_eq!((self.status.as_u16(), body["status"].as_u64()), (status, Some(status.into())), "{body}");
        assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty(), "{body}");
        let known = ["type", "title", "status", "detail", "errors"];
        assert!(body.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{body}");
        for error in body["errors"].as_array().into_iter().flatten() {
            assert!(error["pointer"].is_string() || error["parameter"].is_string(), "{body}");
            assert!(!error["detail"].as_str().unwrap().is_empty(), "{body}");
        }
        body
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]).into_owned()
    }

    /// A PNG's width and height.
    #[track_caller]
    pub(crate) fn png_size(&self) -> (u32, u32) {
        assert_eq!((self.status.as_u16(), self.header("content-type")), (200, "image/png"), "{}", self.text());
        assert!(self.body.starts_with(b"\x89PNG\r\n\x1a\n") && self.body.ends_with(b"IEND\xaeB`\x82"));
        let number = |at: usize| u32::from_be_bytes(self.body[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    }

    fn is_protected(&self) {
        let policy = self.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("referrer-policy"), "no-referrer");
        assert!(!self.header("x-request-id").is_empty() && !self.header("cache-control").is_empty());
    }
}
