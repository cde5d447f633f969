//! The OpenAPI documents: they describe every route and nothing else, and they are whole.

use std::collections::BTreeSet;

use handbill_db::db_test;
use handbill_server::router::{Access, routes};
use serde_json::Value;

use crate::support::test_app;

db_test!(
    async fn every_route_is_described_and_what_is_described_is_there(db: Db) {
        let app = test_app(db).await;
        let mut described = BTreeSet::new();
        for family in ["v1", "render"] {
            let document = app.get(&format!("/openapi/{family}.json"), &[]).await.ok();
            assert_eq!(document["openapi"].as_str().unwrap().split('.').next(), Some("3"));
            for (path, operations) in document["paths"].as_object().unwrap() {
                for (method, operation) in operations.as_object().unwrap() {
                    let place = format!("{} {path}", method.to_uppercase());
                    assert!(operation["summary"].is_string(), "{place} is not told");
                    assert!(operation["responses"]["4XX"].is_object(), "{place} tells of no failure");
                    assert!(described.insert(place.clone()), "{place} is described twice");
                }
            }
        }
        let of_access = |access: fn(Access) -> bool| -> BTreeSet<String> {
            let routes = routes().into_iter().filter(|route| access(route.access));
            routes.map(|route| format!("{} {}", route.method, route.path)).collect()
        };
        let (all, with_token) = (of_access(|_| true), of_access(|access| access == Access::Token));
        assert_eq!(with_token.difference(&described).collect::<Vec<_>>(), Vec::<&String>::new(), "not described");
        assert_eq!(described.difference(&all).collect::<Vec<_>>(), Vec::<&String>::new(), "not there");
    }
);

db_test!(
    async fn every_reference_of_the_document_leads_somewhere(db: Db) {
        let app = test_app(db).await;
        for family in ["v1", "render"] {
            let document = app.get(&format!("/openapi/{family}.json"), &[]).await.ok();
            let mut references = Vec::new();
            collect(&document, &mut references);
            assert!(!references.is_empty());
            for reference in references {
                let pointer = reference.strip_prefix('#').unwrap();
                assert!(document.pointer(pointer).is_some(), "{family}: {reference} leads nowhere");
            }
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
