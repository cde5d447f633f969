//! The OpenAPI document: what it describes is there, and it is whole.

use axum::body::Body;
use axum::http::Method;
use handbill_db::db_test;
use serde_json::Value;

use crate::support::test_app;

db_test!(
    async fn every_operation_of_the_document_is_there_and_asks_for_a_token(db: Db) {
        let app = test_app(db).await;
        let document = app.get("/openapi/v1.json", &[]).await.ok();
        assert_eq!(document["openapi"].as_str().unwrap().split('.').next(), Some("3"));
        let mut count = 0;
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let place = path.replace(['{', '}'], "");
                app.send(method.clone(), &place, &[], Body::empty()).await.problem(401, "unauthorized");
                assert!(operation["summary"].is_string(), "{method} {path} is not described");
                assert!(operation["responses"]["4XX"].is_object(), "{method} {path} tells of no failure");
                count += 1;
            }
        }
        assert!(count >= 4);
    }
);

db_test!(
    async fn every_reference_of_the_document_leads_somewhere(db: Db) {
        let app = test_app(db).await;
        let document = app.get("/openapi/v1.json", &[]).await.ok();
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        app.get("/openapi/nope.json", &[]).await.error(404, "Not found");
        assert!(app.get("/problems/not-found", &[]).await.text().contains("another account"));
        app.get("/problems/nope", &[]).await.error(404, "Not found");
    }
);

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}
