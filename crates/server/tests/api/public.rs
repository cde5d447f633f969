//! What anybody may ask, and what every path has in common.

use std::io::Cursor;

use axum::body::Body;
use axum::http::Method;
use handbill_db::db_test;
use serde_json::json;
use tokio_util::io::ReaderStream;

use crate::support::test_app;

db_test!(
    async fn schema_and_licences_need_no_token(db: Db) {
        let app = test_app(db).await;
        let schema = app.get("/schema/template.v1.json", &[]).await.ok();
        assert_eq!(schema, handbill_template::schema::schema());
        let licences = app.get("/licenses", &[]).await;
        assert_eq!(licences.header("content-type"), "text/plain; charset=utf-8");
        let text = String::from_utf8(licences.body).unwrap();
        for words in ["Inter (OFL-1.1)", "SIL OPEN FONT LICENSE", "Twemoji"] {
            assert!(text.contains(words), "{words}");
        }
        let welcome = app.get("/", &[]).await;
        assert!(welcome.text().contains("POST /generate"));
    }
);

db_test!(
    async fn faults_of_every_kind_are_json(db: Db) {
        let app = test_app(db).await;
        let long = "x".repeat(40_000);
        for (method, path, headers, status, error) in [
            (Method::GET, "/nope", vec![], 404, "Not found"),
            (Method::POST, "/", vec![], 405, "Method not allowed"),
            (Method::GET, "/generate", vec![], 405, "Method not allowed"),
            (Method::PUT, "/server/1/uploads/a", vec![], 405, "Method not allowed"),
            (Method::GET, "/server/1/uploads/a-template.png", vec![], 404, "Not found"),
            (Method::GET, "/healthz", vec![("x-long", long.as_str())], 431, "Request header fields too large"),
            (Method::GET, "/healthz", vec![("x-many", "1"); 101], 431, "Request header fields too large"),
        ] {
            let answer = app.send(method, path, &headers, Body::empty()).await;
            answer.error(status, error);
            if status == 405 {
                assert!(!answer.header("allow").is_empty());
            }
        }
    }
);

db_test!(
    async fn bodies_are_bounded(db: Db) {
        let app = crate::support::test_app_with(db, |setup| setup.config.server.body_limit_bytes = 2000).await;
        let bearer = format!("Bearer {}", app.token);
        let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let deep = "[".repeat(200) + &"]".repeat(200);
        let deep = format!("{{\"template_id\":\"a\",\"metadata\":{deep}}}");
        for (headers, body, status, error, words) in [
            (&json[..1], "{}".to_owned(), 415, "Unsupported Media Type", "application/json"),
            (&json[..], "x".repeat(2001), 413, "Payload Too Large", "2000 bytes"),
            (&json[..], String::new(), 400, "Validation error", "empty"),
            (&json[..], "{\"a\":".to_owned(), 400, "Validation error", "JSON: it ends in the middle"),
            (&json[..], "[]".to_owned(), 400, "Validation error", "object"),
            (&json[..], "{\"a\":\"\u{0}\"}".to_owned(), 400, "Validation error", "JSON"),
            (&json[..], deep, 400, "Validation error", "recursion limit"),
        ] {
            let message = app.send(Method::POST, "/generate", headers, body).await.error(status, error);
            assert!(message.contains(words), "{message}");
        }
        // Without a length in front, too.
        let chunks = ReaderStream::with_capacity(Cursor::new(vec![b'x'; 3000]), 1000);
        let answer = app.send(Method::POST, "/generate", &json, Body::from_stream(chunks)).await;
        answer.error(413, "Payload Too Large");
    }
);

db_test!(
    async fn a_request_id_goes_through(db: Db) {
        let app = test_app(db).await;
        assert_eq!(app.get("/healthz", &[("x-request-id", "my-id.7")]).await.header("x-request-id"), "my-id.7");
        let bad = app.get("/healthz", &[("x-request-id", "a b")]).await;
        assert_eq!(bad.header("x-request-id").len(), 36);
        let (one, other) = (app.get("/nope", &[]).await, app.post("/generate", &[], json!({})).await);
        assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    }
);
