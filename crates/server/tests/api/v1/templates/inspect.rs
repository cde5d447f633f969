//! What a template takes, whether data fits it, and how it looks.

use axum::http::Method;
use handbill_db::db_test;
use serde_json::{Value, json};

use super::ALL;
use crate::support::{page, test_app};

db_test!(
    async fn data_is_checked_without_a_render(db: Db) {
        let app = test_app(db).await;
        let mut card = page("card", 60, 40);
        card["fields"][0]["required"] = true.into();
        app.created(card).await;
        let check =
            async |body: Value| app.v1(&app.token, Method::POST, &format!("{ALL}/card/check"), Some(body)).await;
        let good = check(json!({ "data": { "title": "Hello" } })).await.ok();
        assert_eq!((&good["valid"], &good["errors"]), (&json!(true), &json!([])));
        let missing = check(json!({ "data": { "titel": "Hello" } })).await.ok();
        assert_eq!((&missing["valid"], &missing["errors"][0]["pointer"]), (&json!(false), &json!("#/data/title")));
        assert_eq!(missing["warnings"][0]["to"], "title", "{missing}");
        let size = check(json!({ "data": { "title": "Hello" }, "size": "huge" })).await.ok();
        assert_eq!(size["errors"][0]["pointer"], "#/size", "{size}");
        let shape = check(json!({ "data": 7 })).await.problem(422, "invalid");
        assert_eq!(shape["errors"][0]["pointer"], "#/data");
        let key = check(json!({ "dta": {} })).await.problem(422, "invalid");
        assert_eq!(key["errors"][0]["suggestion"], "data");
    }
);

db_test!(
    async fn the_schema_and_the_inputs_name_the_fields(db: Db) {
        let app = test_app(db).await;
        app.created(page("card", 60, 40)).await;
        let answer = app.read("card/schema").await;
        assert_eq!(answer.header("content-type"), "application/schema+json");
        let schema: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(schema["properties"]["title"]["type"], "string");
        assert_eq!(schema["properties"]["photo"]["format"], "uri-reference");
        let inputs = app.read("card/inputs").await.ok();
        let names: Vec<_> =
            inputs["data"].as_array().unwrap().iter().map(|input| (&input["name"], &input["key"])).collect();
        assert_eq!(names, [(&json!("input_1"), &json!("title")), (&json!("input_2"), &json!("photo"))]);
    }
);

db_test!(
    async fn a_thumbnail_is_drawn_once_for_each_content(db: Db) {
        let app = test_app(db).await;
        app.created(page("card", 60, 40)).await;
        let first = app.read("card/thumbnail?size=120").await;
        assert_eq!(first.png_size(), (120, 80));
        let folder = app.data_dir.path().join("files/private/1/thumbnails");
        let kept = || std::fs::read_dir(&folder).unwrap().count();
        assert_eq!((app.read("card/thumbnail?size=120").await.body, kept()), (first.body.clone(), 1));
        let bearer = format!("Bearer {}", app.token);
        let headers = [("authorization", bearer.as_str()), ("if-none-match", first.header("etag"))];
        let same = app.get("/v1/templates/card/thumbnail?size=120", &headers).await;
        assert_eq!((same.status.as_u16(), same.body.len()), (304, 0));
        app.change("card", page("card", 40, 60)).await.ok();
        let next = app.read("card/thumbnail?size=120").await;
        assert_eq!(next.png_size(), (80, 120));
        assert_ne!(next.header("etag"), first.header("etag"));
        let starter = app.read("linkedin-tips/thumbnail?format=jpg").await;
        assert_eq!((starter.status.as_u16(), starter.header("content-type")), (200, "image/jpeg"));
        for query in ["size=1", "size=9999", "size=x", "format=gif"] {
            app.read(&format!("card/thumbnail?{query}")).await.problem(400, "malformed");
        }
    }
);
