//! `/v1/tokens` and `/v1/account`; and by their example what holds for every resource: problems, scopes, parts of lists.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Method;
use handbill_db::db_test;
use handbill_server::store::token::{Scope, Scopes};
use serde_json::{Value, json};

use crate::support::test_app;

db_test!(
    async fn a_token_is_made_used_and_revoked(db: Db) {
        let app = test_app(db).await;
        let body = json!({ "name": "Zapier", "scopes": ["render"], "expires_at": "2999-01-01T00:00:00Z" });
        let made = app.v1(&app.token, Method::POST, "/v1/tokens", Some(body)).await.json_of(201);
        let token = made["token"].as_str().unwrap();
        assert_eq!((&made["scopes"], &made["expires_at"]), (&json!(["render"]), &json!("2999-01-01T00:00:00Z")));
        assert!(made["webhook_secret"].as_str().unwrap().starts_with("whsec_"));
        let account = app.v1(token, Method::GET, "/v1/account", None).await.ok();
        assert_eq!(account["name"], "First account");
        let path = format!("/v1/tokens/{}", made["id"]);
        let revoked = app.v1(&app.token, Method::DELETE, &path, None).await.ok();
        assert!(revoked["revoked_at"].is_string() && revoked["token"].is_null());
        app.v1(token, Method::GET, "/v1/account", None).await.problem(401, "unauthorized");
    }
);

db_test!(
    async fn a_token_opens_what_its_scopes_say_and_gives_no_more_on(db: Db) {
        let app = test_app(db).await;
        let own = app.v1(&app.token, Method::GET, "/v1/account", None).await.ok()["id"].as_i64().unwrap();
        let only = |scope| Scopes::Only(BTreeSet::from([scope]));
        let (_, render) = app.new_token(own, only(Scope::Render)).await;
        let (_, manage) = app.new_token(own, only(Scope::Manage)).await;
        let (_, batch) = app.new_token(own, only(Scope::Batch)).await;
        app.v1(&render, Method::GET, "/v1/account", None).await.ok();
        app.v1(&manage, Method::GET, "/v1/tokens", None).await.ok();
        for (token, path) in [(&render, "/v1/tokens"), (&batch, "/v1/account")] {
            let problem = app.v1(token, Method::GET, path, None).await.problem(403, "forbidden");
            assert!(problem["detail"].as_str().unwrap().contains("manage"), "{problem}");
        }
        for scopes in [json!(["all"]), json!(["manage", "render"])] {
            let body = json!({ "name": "More", "scopes": scopes });
            let problem = app.v1(&manage, Method::POST, "/v1/tokens", Some(body)).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "#/scopes", "{problem}");
        }
        let made = app.v1(&manage, Method::POST, "/v1/tokens", Some(json!({ "name": "Same" }))).await.json_of(201);
        assert_eq!(made["scopes"], json!(["manage"]));
    }
);

db_test!(
    async fn what_is_wrong_is_named_with_its_place(db: Db) {
        let app = test_app(db).await;
        let bearer = format!("Bearer {}", app.token);
        let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        for (body, status, kind, pointer) in [
            (r#"{"nmae":"x"}"#, 422, "invalid", Some("#/nmae")),
            (r#"{"name":7}"#, 422, "invalid", Some("#/name")),
            (r#"{"name":" ","expires_at":"2000-01-01T00:00:00Z"}"#, 422, "invalid", Some("#/name")),
            (r#"{"name":"x","expires_at":"soon"}"#, 422, "invalid", Some("#/expires_at")),
            (r#"{"name":"x","scopes":["rendre"]}"#, 422, "invalid", Some("#/scopes")),
            ("[]", 422, "invalid", Some("#")),
            ("{", 400, "malformed", None),
            ("", 400, "malformed", None),
        ] {
            let problem = app.send(Method::POST, "/v1/tokens", &json, body).await.problem(status, kind);
            assert_eq!(problem["errors"][0]["pointer"].as_str(), pointer, "{body}: {problem}");
        }
        let both = r#"{"name":" ","webhook_url":"ftp://x"}"#;
        let problem = app.send(Method::POST, "/v1/tokens", &json, both).await.problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
        let problem = app.send(Method::POST, "/v1/tokens", &json, r#"{"nmae":"x"}"#).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["suggestion"], "name");
        app.send(Method::POST, "/v1/tokens", &json[..1], "{}").await.problem(415, "unsupported-media-type");
        app.send(Method::PUT, "/v1/tokens", &json, "{}").await.problem(405, "method-not-allowed");
        app.send(Method::GET, "/v1/nothing", &json, Body::empty()).await.problem(404, "not-found");
        app.send(Method::GET, "/v1/tokens", &[], Body::empty()).await.problem(401, "unauthorized");
        for query in ["limit=0", "limit=101", "limit=many", "cursor=zzz", "cursor="] {
            let path = format!("/v1/tokens?{query}");
            let problem = app.v1(&app.token, Method::GET, &path, None).await.problem(400, "malformed");
            assert_eq!(problem["errors"][0]["parameter"].as_str(), query.split('=').next(), "{problem}");
        }
    }
);

db_test!(
    async fn lists_come_in_parts_and_only_of_the_own_account(db: Db) {
        let app = test_app(db).await;
        let (_, second) = app.second_account().await;
        for n in 0..4 {
            let body = json!({ "name": format!("T{n}") });
            app.v1(&app.token, Method::POST, "/v1/tokens", Some(body)).await.json_of(201);
        }
        let (mut path, mut names) = ("/v1/tokens?limit=2".to_owned(), Vec::new());
        loop {
            let part = app.v1(&app.token, Method::GET, &path, None).await.ok();
            names.extend(part["data"].as_array().unwrap().iter().map(|token| token["name"].clone()));
            let Some(cursor) = part["next_cursor"].as_str() else { break };
            path = format!("/v1/tokens?limit=2&cursor={cursor}");
        }
        assert_eq!(names, ["First token", "T0", "T1", "T2", "T3"]);
        let others = app.v1(&second, Method::GET, "/v1/tokens", None).await.ok();
        assert_eq!((others["data"].as_array().unwrap().len(), &others["next_cursor"]), (1, &Value::Null));
        let first = app.v1(&app.token, Method::GET, "/v1/tokens?limit=1", None).await.ok()["data"][0]["id"].clone();
        for id in [first.to_string(), "x".to_owned(), "-1".to_owned(), "99999999999999999999".to_owned()] {
            app.v1(&second, Method::DELETE, &format!("/v1/tokens/{id}"), None).await.problem(404, "not-found");
        }
        app.v1(&app.token, Method::GET, "/v1/account", None).await.ok();
    }
);
