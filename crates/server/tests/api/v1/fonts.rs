//! `/v1/fonts`: uploading, vetting, using and deleting them; and that they are one account's alone.

use axum::http::Method;
use handbill_db::db_test;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, test_app};

const ALL: &str = "/v1/fonts";

fn anton() -> Vec<u8> {
    handbill_bundle::default_faces().iter().find(|face| face.family == "Anton").unwrap().data.to_vec()
}

impl TestApp {
    async fn upload_font(&self, query: &str, bytes: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "font/ttf")];
        self.send(Method::POST, &format!("{ALL}?{query}"), &headers, bytes).await
    }

    /// The picture, and whether another font had to stand in.
    async fn set_in(&self, token: &str, family: &str) -> (Vec<u8>, bool) {
        let id = family.to_lowercase().replace(' ', "-");
        let template = json!({
            "format": 1, "id": id, "canvas": { "width": 80, "height": 40 },
            "slides": [{ "id": "only", "children": [
                { "type": "text", "id": "t", "text": "Hello", "fontFamily": family, "fontSize": 20 },
            ] }],
        });
        self.v1(token, Method::POST, "/v1/templates", Some(template)).await;
        let bearer = format!("Bearer {token}");
        let body = json!({ "template_id": id, "content_update": [] });
        let result = self.post("/generate", &[("authorization", &bearer)], body).await.ok();
        let fell_back = result["warnings"].as_array().unwrap().iter().any(|w| w["code"] == "font_fallback");
        (self.download(&result["export_url"]).await.body, fell_back)
    }
}

db_test!(
    async fn an_uploaded_font_draws_for_its_account_alone(db: Db) {
        let app = test_app(db).await;
        let (_, stranger) = app.second_account().await;
        let own = app.token.clone();
        let (anton_picture, fell_back) = app.set_in(&own, "Anton").await;
        assert!(!fell_back);
        assert!(app.set_in(&own, "Brand Sans").await.1, "it is not there yet");
        let font = app.upload_font("family=Brand%20Sans", anton()).await.json_of(201);
        assert_eq!(
            (&font["family"], &font["weight"], &font["italic"]),
            (&json!("Brand Sans"), &json!([400, 400]), &json!(false))
        );
        assert!(font["characters"].as_u64().unwrap() > 50 && font["bytes"].as_u64().unwrap() > 1000, "{font}");
        assert_eq!((&font["axes"], font["format"].is_string()), (&json!([]), true));
        assert!(app.set_in(&own, "Brand Sans").await == (anton_picture, false));
        assert!(app.set_in(&stranger, "Brand Sans").await.1, "nobody else has it");
        let path = format!("{ALL}/{}", font["id"]);
        app.v1(&stranger, Method::GET, &path, None).await.problem(404, "not-found");
        app.v1(&stranger, Method::DELETE, &path, None).await.problem(404, "not-found");
        assert_eq!(app.v1(&stranger, Method::GET, ALL, None).await.ok()["data"], json!([]));
        assert_eq!(app.v1(&own, Method::GET, ALL, None).await.ok()["data"], json!([font]));
        assert_eq!(app.v1(&own, Method::DELETE, &path, None).await.status.as_u16(), 204);
        app.v1(&own, Method::GET, &path, None).await.problem(404, "not-found");
        assert!(app.set_in(&own, "Brand Sans").await.1, "it is gone");
    }
);

db_test!(
    async fn what_is_no_good_font_is_refused_in_words(db: Db) {
        let app = test_app(db).await;
        let whole = anton();
        let cut = whole[..whole.len() / 2].to_vec();
        for (query, bytes, words) in [
            ("", b"<html>".to_vec(), "not a font"),
            ("", Vec::new(), "not a font"),
            ("", cut, "damaged"),
            ("family=..%2Fevil", whole.clone(), "family's name"),
            ("family=%20", whole.clone(), "family's name"),
        ] {
            let problem = app.upload_font(query, bytes).await.problem(422, "invalid");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
        let made: Value = app.upload_font("", whole.clone()).await.json_of(201);
        assert_eq!(made["family"], "Anton");
        app.upload_font("", whole.clone()).await.problem(409, "conflict");
        app.upload_font("family=Other", whole).await.json_of(201);
        let body = Some(json!({ "url": "https://example.com/a.ttf" }));
        app.v1(&app.token, Method::POST, ALL, body).await.problem(415, "unsupported-media-type");
    }
);
