//! `/v1/brand-kits`: keeping them, and what they fill.

use axum::http::Method;
use handbill_db::db_test;
use serde_json::{Value, json};

use crate::support::{TestApp, test_app};

const ALL: &str = "/v1/brand-kits";

impl TestApp {
    async fn kit(&self, body: Value) -> Value {
        self.v1(&self.token, Method::POST, ALL, Some(body)).await.json_of(201)
    }

    async fn picture(&self, body: Value) -> Vec<u8> {
        let result = self.generate(body).await.ok();
        let file = self.download(&result["export_url"]).await;
        file.png_size();
        file.body
    }
}

/// A page with the brand's name on it, in its colour.
fn badge(id: &str, color: &str) -> Value {
    json!({
        "format": 1, "id": id, "canvas": { "width": 60, "height": 40 },
        "theme": { "colors": { "accent": color } },
        "slides": [{ "id": "only", "background": "$accent", "children": [
            { "type": "text", "id": "name", "text": "{{brand.name}}", "fontSize": 12 },
            { "type": "image", "id": "logo", "src": "{{brand.logos.dark}}", "width": 5, "height": 5, "alt": "" },
        ] }],
    })
}

db_test!(
    async fn a_kit_is_kept_changed_and_deleted(db: Db) {
        let app = test_app(db).await;
        let body = json!({
            "name": "Ada's Bakery", "handle": "@ada", "bio": "Bread\nand butter", "website_url": "ada.example",
            "avatar_image_url": "https://ada.example/me.png", "colors": { "primary": "#c0ffee" },
            "fonts": { "heading": "Anton" }, "logos": { "dark": "https://ada.example/logo.svg" },
        });
        let made = app.kit(body.clone()).await;
        for (key, value) in body.as_object().unwrap() {
            assert_eq!(&made[key], value, "{key}");
        }
        assert_eq!(made["is_default"], true, "the first one is");
        let path = format!("{ALL}/{}", made["id"]);
        let other = app.kit(json!({ "name": "Other", "is_default": true })).await;
        assert_eq!(app.v1(&app.token, Method::GET, &path, None).await.ok()["is_default"], false);
        let changed =
            app.v1(&app.token, Method::PUT, &path, Some(json!({ "name": "Ada", "is_default": true }))).await.ok();
        assert_eq!(
            (&changed["name"], &changed["handle"], &changed["colors"]),
            (&json!("Ada"), &Value::Null, &json!({}))
        );
        let list = app.v1(&app.token, Method::GET, ALL, None).await.ok();
        let defaults: Vec<_> = list["data"].as_array().unwrap().iter().map(|kit| kit["is_default"].clone()).collect();
        assert_eq!(defaults, [json!(true), json!(false)]);
        assert_eq!(app.v1(&app.token, Method::DELETE, &path, None).await.status.as_u16(), 204);
        app.v1(&app.token, Method::GET, &path, None).await.problem(404, "not-found");
        let left = app.v1(&app.token, Method::GET, &format!("{ALL}/{}", other["id"]), None).await.ok();
        assert_eq!(left["is_default"], true, "there is always a default one");
    }
);

db_test!(
    async fn what_is_wrong_with_a_kit_is_told_at_once(db: Db) {
        let app = test_app(db).await;
        app.kit(json!({ "name": "Ada" })).await;
        let wrong = json!({
            "name": " ", "avatar_image_url": "me.png", "colors": { "primary": "reddish", "a b": "#fff" },
            "fonts": { "heading": "" }, "logos": { "dark": "file:///etc/passwd" },
        });
        let problem = app.v1(&app.token, Method::POST, ALL, Some(wrong)).await.problem(422, "invalid");
        let places: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(
            places,
            ["#/name", "#/avatar_image_url", "#/colors/primary", "#/colors/a b", "#/fonts/heading", "#/logos/dark"]
        );
        app.v1(&app.token, Method::POST, ALL, Some(json!({ "name": "Ada" }))).await.problem(409, "conflict");
        app.v1(&app.token, Method::POST, ALL, Some(json!({ "name": "7" }))).await.problem(422, "invalid");
        let typo = json!({ "name": "B", "colours": {} });
        let problem = app.v1(&app.token, Method::POST, ALL, Some(typo)).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["suggestion"], "colors");
    }
);

db_test!(
    async fn a_kit_fills_what_the_request_leaves_open(db: Db) {
        let app = test_app(db).await;
        for (id, color) in [("plain", "#0000ff"), ("red", "#ff0000"), ("green", "#00ff00")] {
            app.v1(&app.token, Method::POST, "/v1/templates", Some(badge(id, color))).await.json_of(201);
        }
        let branded = |template: &str, name: &str| json!({ "template_id": template, "branding": { "name": name } });
        let (blue_ada, red_ada, green_bob) = (
            app.picture(branded("plain", "Ada")).await,
            app.picture(branded("red", "Ada")).await,
            app.picture(branded("green", "Bob")).await,
        );
        let bare = json!({ "template_id": "plain", "content_update": [] });
        assert_ne!(app.picture(bare.clone()).await, blue_ada, "there is no name yet");
        app.kit(json!({ "name": "Ada", "colors": { "accent": "#ff0000" } })).await;
        let bob = app.kit(json!({ "name": "Bob", "colors": { "accent": "#00ff00" } })).await;
        assert!(app.picture(bare.clone()).await == red_ada, "the default kit fills name and colour");
        assert!(app.picture(branded("plain", "Ada")).await == red_ada, "the request says the name, the kit the colour");
        for chosen in [bob["id"].clone(), json!("Bob"), json!(bob["id"].to_string())] {
            let mut request = bare.clone();
            request["brand_kit"] = chosen.clone();
            assert!(app.picture(request).await == green_bob, "{chosen}");
        }
        let mut request = bare.clone();
        request["brand_kit"] = "Bib".into();
        let message = app.generate(request).await.error(400, "Validation error");
        assert!(message.contains("did you mean 'Bob'?"), "{message}");
        let (_, stranger) = app.second_account().await;
        let bearer = format!("Bearer {stranger}");
        app.v1(&stranger, Method::POST, "/v1/templates", Some(badge("plain", "#0000ff"))).await.json_of(201);
        let request = json!({ "template_id": "plain", "brand_kit": bob["id"] });
        app.post("/generate", &[("authorization", &bearer)], request).await.error(400, "Validation error");
    }
);

db_test!(
    async fn a_kits_picture_that_is_gone_is_a_warning_and_no_failure(db: Db) {
        let app = test_app(db).await;
        app.v1(&app.token, Method::POST, "/v1/templates", Some(badge("badge", "#0000ff"))).await.json_of(201);
        app.kit(json!({ "name": "Ada", "logos": { "dark": "data:image/png;base64,AAAA" } })).await;
        let result = app.generate(json!({ "template_id": "badge", "content_update": [] })).await.ok();
        let codes: Vec<_> = result["warnings"].as_array().unwrap().iter().map(|w| w["code"].clone()).collect();
        assert!(codes.contains(&json!("image_failed")), "{result}");
    }
);
