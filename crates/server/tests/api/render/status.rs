//! `GET /job/{job_id}/status`, line by line of the contract.

use handbill_db::db_test;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{TestApp, page, test_app, test_app_with};

use super::submit::{card, submitted};

async fn status(app: &TestApp, job: &Value) -> Value {
    app.get_own(job["check_status_url"].as_str().unwrap()).await.ok()
}

fn is_time(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.'
}

db_test!(
    async fn a_job_that_waits(db: Db) {
        let app = test_app_with(db, |setup| setup.works = false).await;
        let first = submitted(&app, card()).await;
        let second = submitted(&app, card()).await;
        let body = status(&app, &second).await;
        assert_eq!(body["job_id"], second["job_id"]);
        assert_eq!((&body["status"], &body["startedAt"]), (&json!("queued"), &Value::Null));
        assert_eq!(body["progress"], "Job is waiting in queue");
        assert!(is_time(&body["updated_at"]) && body["updated_at"] == body["updatedAt"], "{body}");
        assert_eq!((status(&app, &first).await["position"].as_i64(), body["position"].as_i64()), (Some(1), Some(2)));
        assert!(body["estimated_seconds"].as_u64().unwrap() >= 1);
        assert!(body.get("completedAt").is_none() && body.get("error").is_none(), "{body}");
    }
);

db_test!(
    async fn a_job_that_is_done(db: Db) {
        let app = test_app(db).await;
        let job = submitted(&app, card()).await;
        let id = job["job_id"].as_str().unwrap();
        app.get_own(&format!("/job/{id}/result?wait=60")).await.ok();
        let body = status(&app, &job).await;
        assert_eq!((&body["status"], &body["progress"]), (&json!("completed"), &json!("Job completed successfully")));
        for key in ["updated_at", "updatedAt", "startedAt", "completedAt"] {
            assert!(is_time(&body[key]), "{key}: {body}");
        }
        assert!(body["startedAt"].as_str() <= body["completedAt"].as_str());
        assert!(body.get("position").is_none() && body.get("error").is_none(), "{body}");
    }
);

db_test!(
    async fn a_picture_that_cannot_be_had_fails_the_job(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 60, 40))).await;
        let photo = json!({ "type": "image", "label": "photo", "value": "http://10.0.0.1/a.png" });
        let job = submitted(&app, json!({ "template_id": "small", "content_update": [photo] })).await;
        let id = job["job_id"].as_str().unwrap();
        let result = app.get_own(&format!("/job/{id}/result?wait=60")).await.ok();
        let body = status(&app, &job).await;
        assert_eq!((&body["status"], &body["error"]), (&json!("failed"), &json!("Validation error")));
        let details = body["error_details"].as_str().unwrap();
        assert!(details.contains("closed to this server"), "{details}");
        assert_eq!(body["progress"], format!("Error: {details}"));
        assert!(is_time(&body["completedAt"]) && !body["message"].as_str().unwrap().is_empty(), "{body}");
        assert_eq!((&result["job_id"], &result["status"]), (&job["job_id"], &json!("failed")));
        assert_eq!((&result["message"], &result["error_details"]), (&body["message"], &body["error_details"]));
        assert_eq!(result.as_object().unwrap().len(), 4);
    }
);

db_test!(
    async fn a_template_that_is_deleted_meanwhile_fails_the_job(db: Db) {
        let app = test_app_with(db, |setup| setup.works = false).await;
        let template = page("mine", 60, 40);
        let made = app.v1(&app.token, axum::http::Method::POST, "/v1/templates", Some(template)).await;
        assert!(made.status.is_success(), "{}", made.text());
        let job = submitted(&app, json!({ "template_id": "mine" })).await;
        let deleted = app.v1(&app.token, axum::http::Method::DELETE, "/v1/templates/mine", None).await;
        assert!(deleted.status.is_success(), "{}", deleted.text());
        let worker = handbill_server::workers::start(&app.app).await.unwrap();
        let id = job["job_id"].as_str().unwrap();
        let result = app.get_own(&format!("/job/{id}/result?wait=60")).await.ok();
        let expected = json!({
            "job_id": id, "status": "failed",
            "message": "Template not found or processing error occurred",
            "error_details": "Invalid template ID provided",
        });
        assert_eq!(result, expected);
        let body = status(&app, &job).await;
        assert_eq!(body["status"], "failed");
        assert_eq!(body["progress"], "Error: Template not found");
        assert_eq!(body["error_details"], "Invalid template ID provided");
        assert_eq!(body["error"], "Template not found");
        drop(worker);
    }
);

db_test!(
    async fn another_version_that_was_saved_meanwhile_changes_nothing(db: Db) {
        let app = test_app_with(db, |setup| setup.works = false).await;
        let v1 = async |method, path: &str, body| {
            let answer = app.v1(&app.token, method, path, Some(body)).await;
            assert!(answer.status.is_success(), "{}", answer.text());
        };
        v1(axum::http::Method::POST, "/v1/templates", page("mine", 60, 40)).await;
        let job = submitted(&app, json!({ "template_id": "mine" })).await;
        v1(axum::http::Method::PUT, "/v1/templates/mine", page("mine", 80, 50)).await;
        let _worker = handbill_server::workers::start(&app.app).await.unwrap();
        let id = job["job_id"].as_str().unwrap();
        let result = app.get_own(&format!("/job/{id}/result?wait=60")).await.ok();
        assert_eq!(app.download(&result["export_url"]).await.png_size(), (60, 40));
    }
);

db_test!(
    async fn what_is_no_job_is_not_found(db: Db) {
        let app = test_app(db).await;
        for id in
            ["invalid-job-id", "1", &Uuid::now_v7().to_string(), &Uuid::now_v7().simple().to_string(), "%FF", "a%20b"]
        {
            for what in ["status", "result", "result?wait=60"] {
                let answer = app.get_own(&format!("/job/{id}/{what}")).await;
                let sent = if id == "a%20b" { "a b" } else { id };
                let expected = json!({ "error": "Job not found", "job_id": sent });
                assert_eq!((answer.status.as_u16(), answer.json()), (404, expected), "{id}");
            }
        }
    }
);

db_test!(
    async fn a_job_that_is_canceled_at_work_stops_and_leaves_nothing(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(crate::render::hostile::endless())).await;
        let job = submitted(&app, json!({ "template_id": "endless" })).await;
        let mut body = status(&app, &job).await;
        while body["status"] == "queued" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            body = status(&app, &job).await;
        }
        assert_eq!((&body["status"], &body["progress"]), (&json!("processing"), &json!("Rendering slide 1 of 1")));
        assert!(is_time(&body["startedAt"]) && body.get("completedAt").is_none(), "{body}");
        let mut tx = app.app.db.begin().await.unwrap();
        // The first job of a new database.
        app.app.queue.cancel(&mut tx, &[handbill_queue::JobId(1)]).await.unwrap();
        tx.commit().await.unwrap();
        let body = status(&app, &job).await;
        assert_eq!((&body["status"], &body["error"]), (&json!("failed"), &json!("Job canceled")));
        assert_eq!(body["progress"], "Error: The render was canceled");
        // Its engine process is free again long before the drawing would have ended.
        let limit = std::time::Duration::from_secs(20);
        tokio::time::timeout(limit, app.generate(card())).await.unwrap().ok();
        let uploads = app.data_dir.path().join("files/server/1/uploads");
        assert_eq!(std::fs::read_dir(uploads).unwrap().count(), 1, "the card's picture and nothing else");
    }
);
