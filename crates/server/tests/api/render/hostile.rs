//! Requests and templates that mean harm, or could as well: each is a clear error, and the next request is unharmed.

use std::time::{Duration, Instant};

use handbill_db::db_test;
use serde_json::{Value, json};

use super::submit::submitted;
use crate::origin::{origin, picture};
use crate::support::{TestApp, page, test_app, test_app_with};

/// A picture of a field on the small page.
fn with_photo(url: &str) -> Value {
    json!({ "template_id": "small", "content_update": [{ "type": "image", "label": "photo", "value": url }] })
}

/// Through the queue, which knows no time limit of a test's.
async fn is_unharmed(app: &TestApp) {
    let asked = submitted(app, json!({ "template_id": "small" })).await;
    let path = format!("/job/{}/result?wait=60", asked["job_id"].as_str().unwrap());
    let result = app.get_own(&path).await.ok();
    assert_eq!(app.download(&result["export_url"]).await.png_size(), (60, 40));
}

db_test!(
    async fn a_template_that_eats_memory(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.templates.extend([page("small", 60, 40), page("huge", 7_000, 7_000)]);
            setup.engine.memory_mb = 128;
        })
        .await;
        for _ in 0..2 {
            let message = app.generate(json!({ "template_id": "huge" })).await.error(500, "Render failed");
            assert!(message.contains("more than 128 MB of memory"), "{message}");
            is_unharmed(&app).await;
        }
    }
);

/// Layers upon layers, each blurred by itself.
pub(crate) fn endless() -> Value {
    let mut node =
        json!({ "type": "shape", "id": "dot", "shape": "rect", "width": 3000, "height": 3000, "fill": "#f00" });
    for depth in 0..30 {
        node = json!({ "type": "frame", "id": format!("f{depth}"), "width": 3000, "height": 3000,
            "blur": 40, "children": [node] });
    }
    let mut template = page("endless", 3_000, 3_000);
    template["slides"][0]["children"] = json!([node]);
    template
}

db_test!(
    async fn a_template_that_runs_for_ever(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.templates.extend([page("small", 60, 40), endless()]);
            setup.engine.deadline_ms = 700;
            setup.engine.memory_mb = 4_096;
        })
        .await;
        for _ in 0..2 {
            let started = Instant::now();
            let message = app.generate(json!({ "template_id": "endless" })).await.error(500, "Render failed");
            assert!(message.contains("longer than 700 ms"), "{message}");
            assert!(started.elapsed() < Duration::from_secs(20));
            is_unharmed(&app).await;
        }
    }
);

db_test!(
    async fn past_the_servers_limit_it_is_a_408_and_the_render_goes_on(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.templates.extend([page("small", 60, 40), endless()]);
            setup.config.generate.timeout_ms = 700;
            setup.engine.deadline_ms = 3_000;
            setup.engine.memory_mb = 4_096;
        })
        .await;
        let answer = app.generate(json!({ "template_id": "endless" })).await;
        let body = answer.json();
        assert_eq!((answer.status.as_u16(), &body["error"]), (408, &json!("Request Timeout")));
        assert!(body["message"].as_str().unwrap().contains("700 ms"), "{body}");
        let id = body["job_id"].as_str().unwrap();
        assert_eq!(body["check_status_url"], format!("/job/{id}/status"));
        let result = app.get_own(&format!("/job/{id}/result?wait=20")).await.ok();
        assert_eq!(result["status"], "failed");
        assert!(result["error_details"].as_str().unwrap().contains("longer than 3000 ms"), "{result}");
        is_unharmed(&app).await;
    }
);

db_test!(
    async fn pictures_that_cannot_be_had(db: Db) {
        let mut cut = picture();
        cut.truncate(40);
        let files = vec![
            ("/good.jpg", picture()),
            ("/cut.jpg", cut),
            ("/page", b"<!doctype html><html></html>".to_vec()),
            ("/empty", Vec::new()),
            ("/a.avif", b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf".to_vec()),
        ];
        let origin = origin("127.0.0.1", files).await;
        let app = test_app_with(db, |setup| {
            setup.templates.push(page("small", 60, 40));
            setup.config.outbound.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .await;
        app.generate(with_photo(&origin.url("/good.jpg"))).await.ok();
        for (url, words) in [
            (origin.url("/cut.jpg"), "cut.jpg"),
            (origin.url("/page"), "HTML"),
            (origin.url("/empty"), "empty"),
            (origin.url("/a.avif"), "a.avif"),
            (origin.url("/gone.png"), "404"),
            ("http://127.0.0.1:1/a.png".to_owned(), "could not be reached"),
            ("data:image/png;base64,iVBORw0KGgo=".to_owned(), "photo"),
        ] {
            let message = app.generate(with_photo(&url)).await.error(400, "Validation error");
            assert!(message.contains(words), "{url}: {message}");
            assert!(message.starts_with("The picture '") && !message.contains("in its place"), "{message}");
            is_unharmed(&app).await;
        }
    }
);

db_test!(
    async fn a_picture_with_a_header_that_lies(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 60, 40))).await;
        // A PNG that says it is 60,000 pixels square.
        let header = "iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAYAAAA=";
        let message = app.generate(with_photo(&format!("data:image/png;base64,{header}"))).await;
        message.error(400, "Validation error");
        is_unharmed(&app).await;
    }
);

db_test!(
    async fn closed_addresses_and_redirects_to_them(db: Db) {
        let closed = origin("127.0.0.2", vec![("/a.jpg", picture())]).await;
        let open = origin("127.0.0.1", vec![("/to", closed.url("/a.jpg").into_bytes())]).await;
        let app = test_app_with(db, |setup| {
            setup.templates.push(page("small", 60, 40));
            setup.config.outbound.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .await;
        for url in [
            closed.url("/a.jpg"),
            open.url("/to"),
            "http://169.254.169.254/latest/meta-data".to_owned(),
            "http://[::1]/a.png".to_owned(),
            "http://10.0.0.1/a.png".to_owned(),
        ] {
            let message = app.generate(with_photo(&url)).await.error(400, "Validation error");
            assert!(message.contains("closed to this server"), "{url}: {message}");
            is_unharmed(&app).await;
        }
        assert_eq!((open.visits(), closed.visits()), (1, 0));
    }
);

db_test!(
    async fn a_picture_is_never_a_file_of_the_server(db: Db) {
        let app = test_app(db).await;
        for path in ["/etc/passwd", "../og-blog/assets/desk.jpg", "file:///etc/passwd", "assets/../template.json"] {
            let body = json!({ "template_id": "og-blog", "content_update": [
                { "type": "textbox", "label": "title", "value": "t" },
                { "type": "image", "label": "image", "value": path },
            ] });
            let answer = app.generate(body).await;
            let told = answer.text();
            assert!(told.contains("invalid_value") || answer.status.as_u16() == 400, "{path}: {told}");
        }
    }
);

db_test!(
    async fn a_picture_is_fetched_once_for_each_account(db: Db) {
        let origin = origin("127.0.0.1", vec![("/good.jpg", picture())]).await;
        let app = test_app_with(db, |setup| {
            setup.templates.push(page("small", 60, 40));
            setup.config.outbound.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .await;
        let (_, other) = app.second_account().await;
        let bearer = format!("Bearer {other}");
        for visits in [1, 1, 1] {
            app.generate(with_photo(&origin.url("/good.jpg"))).await.ok();
            assert_eq!(origin.visits(), visits);
        }
        app.post("/generate", &[("authorization", &bearer)], with_photo(&origin.url("/good.jpg"))).await.ok();
        assert_eq!(origin.visits(), 2);
    }
);

db_test!(
    async fn a_fallback_takes_the_place_of_a_picture_that_cannot_be_had(db: Db) {
        let origin = origin("127.0.0.1", vec![("/good.jpg", picture())]).await;
        let mut template = page("small", 60, 40);
        template["slides"][0]["children"][1]["fallback"] = origin.url("/good.jpg").into();
        let app = test_app_with(db, |setup| {
            setup.templates.push(template);
            setup.config.outbound.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .await;
        for url in [origin.url("/gone.jpg"), "http://10.0.0.1/a.png".to_owned()] {
            let result = app.generate(with_photo(&url)).await.ok();
            let warnings = result["warnings"].as_array().unwrap();
            assert!(warnings.iter().any(|warning| warning["code"] == "image_replaced"), "{url}: {result}");
        }
    }
);
