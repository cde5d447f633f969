//! `POST /render`, line by line of the contract; and the vendor's flow from there to the result.

use std::collections::BTreeSet;

use handbill_db::db_test;
use handbill_server::store::token::{Scope, Scopes};
use serde_json::{Value, json};

use crate::support::{TestApp, page, test_app, test_app_with};

pub(crate) fn card() -> Value {
    json!({ "template_id": "og-blog", "content_update": [{ "type": "textbox", "label": "title", "value": "A title" }] })
}

fn small(title: &str) -> Value {
    json!({ "template_id": "small", "content_update": [{ "type": "textbox", "label": "title", "value": title }] })
}

/// Taken in.
pub(crate) async fn submitted(app: &TestApp, body: Value) -> Value {
    let answer = app.post("/render", &[], body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.text());
    answer.json()
}

/// Only takes in.
async fn idle_app(db: handbill_db::Db) -> TestApp {
    test_app_with(db, |setup| {
        setup.works = false;
        setup.templates.push(page("small", 60, 40));
    })
    .await
}

fn keys(body: &Value) -> Vec<&str> {
    body.as_object().unwrap().keys().map(String::as_str).collect()
}

db_test!(
    async fn it_is_taken_in_with_a_202(db: Db) {
        let app = idle_app(db).await;
        let body = submitted(&app, card()).await;
        let all = ["job_id", "status", "message", "check_status_url", "estimated_time", "estimated_seconds"];
        assert_eq!(keys(&body), all);
        let id = body["job_id"].as_str().unwrap();
        assert!(id.len() == 36 && id.as_bytes()[14] == b'7', "a UUIDv7: {id}");
        assert_eq!(body["status"], "queued");
        assert_eq!(body["message"], "Job has been queued for processing");
        assert_eq!(body["check_status_url"], format!("/job/{id}/status"));
        assert_eq!(body["estimated_time"], "about 1 second");
        assert_eq!(body["estimated_seconds"], 1);
    }
);

db_test!(
    async fn from_render_over_status_to_result(db: Db) {
        let app = test_app(db).await;
        let body = submitted(&app, card()).await;
        let id = body["job_id"].as_str().unwrap();
        let result = app.get_own(&format!("/job/{id}/result?wait=60")).await.ok();
        assert_eq!(result["type"], "normal");
        assert_eq!(app.download(&result["export_url"]).await.png_size(), (1200, 630));
        let status = app.get_own(body["check_status_url"].as_str().unwrap()).await.ok();
        assert_eq!(
            (&status["status"], &status["progress"]),
            (&json!("completed"), &json!("Job completed successfully"))
        );
    }
);

db_test!(
    async fn template_id_is_required_and_must_exist(db: Db) {
        let app = idle_app(db).await;
        let expected =
            json!({ "error": "Validation error", "message": "template_id is required", "type": "ValidationError" });
        let answer = app.post("/render", &[], json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
        let answer = app.post("/render", &[], json!({ "template_id": "og-blogg" })).await;
        assert_eq!(answer.json()["type"], "NotFoundError");
        assert!(answer.error(404, "Template not found").contains("did you mean 'og-blog'?"));
        for id in [json!("og-blog"), json!(2), json!("2"), json!("og-blog@1")] {
            let mut body = card();
            body["template_id"] = id;
            submitted(&app, body).await;
        }
    }
);

db_test!(
    async fn everything_that_is_wrong_is_found_at_submission(db: Db) {
        let app = idle_app(db).await;
        let entry =
            |title: &str| json!({ "content_fields": [{ "type": "textbox", "label": "slide_title", "value": title }] });
        let many: Vec<Value> = (0..19).map(|n| entry(&n.to_string())).collect();
        let title = json!([{ "type": "textbox", "label": "title", "value": "T" }]);
        for (body, words) in [
            (json!({ "template_id": "og-blog", "output": "gif" }), vec!["output must be one of png"]),
            (json!({ "template_id": "og-blog" }), vec!["'title'"]),
            (
                json!({ "template_id": "linkedin-tips", "carousel": [entry("One"), { "content_fields": [] }] }),
                vec!["'title' (slide 'intro')", "'slide_title'"],
            ),
            (
                json!({ "template_id": "linkedin-tips", "content_update": title, "carousel": many }),
                vec!["19", "1 to 18"],
            ),
            (
                json!({ "template_id": "small", "strict": true, "content_update": [
                    { "type": "textbox", "label": "titel", "value": "x" }] }),
                vec!["titel", "did you mean 'title'?"],
            ),
            (
                json!({ "template_id": "small", "content_update": [{ "type": "image", "label": "title", "value": "x" }] }),
                vec!["content_update[0]", "title"],
            ),
            (json!({ "template_id": "small", "webhook_url": "ftp://example.com" }), vec!["webhook_url", "http"]),
            (json!({ "template_id": "small", "webhook_url": "nonsense" }), vec!["webhook_url"]),
        ] {
            let message = app.post("/render", &[], body.clone()).await.error(400, "Validation error");
            for word in words {
                assert!(message.contains(word), "{body}: {message}");
            }
        }
        assert_eq!(app.get("/queue/stats", &[]).await.ok()["waiting"], 0, "nothing of it was taken in");
    }
);

db_test!(
    async fn bearer_tokens_with_the_scope_render(db: Db) {
        let app = idle_app(db).await;
        for header in ["", "Bearer", &format!("Bearer {}", app.unknown_token())] {
            let answer = app.post("/render", &[("authorization", header)], card()).await;
            let expected = json!({ "error": "Unauthorized", "message": "Invalid or missing Bearer token" });
            assert_eq!((answer.status.as_u16(), answer.json()), (401, expected), "{header}");
        }
        let (_, token) = app.new_token(1, Scopes::Only(BTreeSet::from([Scope::Batch]))).await;
        let answer = app.post("/render", &[("authorization", &format!("Bearer {token}"))], card()).await;
        answer.error(403, "Forbidden");
    }
);

db_test!(
    async fn what_clients_in_the_wild_send_is_no_error(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 60, 40))).await;
        let mut body = small("x");
        for (key, value) in
            [("token", json!("hb_x")), ("profile_id", json!(7)), ("ai_carousel", json!({})), ("tool", json!("magic"))]
        {
            body[key] = value;
        }
        let body = submitted(&app, body).await;
        let result = app.get_own(&format!("/job/{}/result?wait=60", body["job_id"].as_str().unwrap())).await.ok();
        let warned: Vec<&Value> = result["warnings"].as_array().unwrap().iter().map(|w| &w["label"]).collect();
        assert!(warned.contains(&&json!("ai_carousel")) && warned.contains(&&json!("tool")), "{result}");
        assert!(!warned.contains(&&json!("token")) && !warned.contains(&&json!("profile_id")), "{result}");
    }
);

db_test!(
    async fn metadata_is_echoed_and_a_webhook_kept(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 60, 40))).await;
        let mut body = small("x");
        body["metadata"] = json!({ "order": [7, null, "ä"] });
        body["webhook_url"] = json!("https://example.com/hook");
        let taken = submitted(&app, body.clone()).await;
        let id = taken["job_id"].as_str().unwrap();
        let result = app.get_own(&format!("/job/{id}/result?wait=60")).await.ok();
        let status = app.get_own(&format!("/job/{id}/status")).await.ok();
        for answer in [taken, result, status] {
            assert_eq!(answer["metadata"], body["metadata"], "{answer}");
        }
    }
);

db_test!(
    async fn the_same_key_and_body_is_the_same_job(db: Db) {
        let app = idle_app(db).await;
        let keyed = async |key: &str, body: Value| app.post("/render", &[("idempotency-key", key)], body).await;
        let first = keyed("k-1", small("x")).await;
        assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (202, ""));
        let again = keyed("k-1", small("x")).await;
        assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (202, "true"));
        assert_eq!(again.json()["job_id"], first.json()["job_id"]);
        keyed("k-1", small("y")).await.error(409, "Conflict");
        assert_ne!(keyed("k-2", small("x")).await.json()["job_id"], first.json()["job_id"]);
        let (_, stranger) = app.second_account().await;
        let bearer = format!("Bearer {stranger}");
        let headers = [("idempotency-key", "k-1"), ("authorization", bearer.as_str())];
        let other = app.post("/render", &headers, small("x")).await;
        assert_ne!(other.json()["job_id"], first.json()["job_id"], "another account's key");
        assert_eq!(app.get("/queue/stats", &[]).await.ok()["waiting"], 3);
        for key in ["", &"x".repeat(256), "ä"] {
            keyed(key, small("x")).await.error(400, "Validation error");
        }
    }
);

db_test!(
    async fn the_same_key_at_the_same_moment_is_one_job(db: Db) {
        let app = idle_app(db).await;
        let app = &app;
        let all = (0..6).map(|_| async move { app.post("/render", &[("idempotency-key", "k")], small("x")).await });
        let answers = crate::render::generate::futures_join(all).await;
        let ids: BTreeSet<String> = answers.iter().map(|answer| answer.json()["job_id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(app.get("/queue/stats", &[]).await.ok()["waiting"], 1);
    }
);

db_test!(
    async fn a_full_queue_and_a_full_share_are_a_429(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.works = false;
            setup.templates.push(page("small", 60, 40));
            setup.config.queue.max_waiting = 3;
            setup.config.queue.max_waiting_per_account = 2;
        })
        .await;
        let full = async |token: &str, words: &str| {
            let answer = app.post("/render", &[("authorization", &format!("Bearer {token}"))], small("x")).await;
            let message = answer.error(429, "Too Many Requests");
            assert!(message.contains(words), "{message}");
            assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
        };
        submitted(&app, small("1")).await;
        submitted(&app, small("2")).await;
        full(&app.token, "Your share of the queue is full").await;
        let (_, stranger) = app.second_account().await;
        let bearer = format!("Bearer {stranger}");
        assert_eq!(app.post("/render", &[("authorization", &bearer)], small("3")).await.status.as_u16(), 202);
        full(&stranger, "The queue is full").await;
    }
);

db_test!(
    async fn what_cannot_be_written_down_is_a_500_without_internals(db: Db) {
        let app = idle_app(db.clone()).await;
        let mut tx = db.begin().await.unwrap();
        tx.exec("ALTER TABLE queue_jobs RENAME TO queue_jobs_gone", ()).await.unwrap();
        tx.commit().await.unwrap();
        let message = app.post("/render", &[], small("x")).await.error(500, "Failed to queue job");
        assert_eq!(message, "Something went wrong on the server");
    }
);
