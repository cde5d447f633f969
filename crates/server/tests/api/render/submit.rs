//! `POST /render`, line by line of the contract.

use handbill_db::db_test;
use serde_json::{Value, json};

use crate::support::{TestApp, test_app, test_app_with};

fn card() -> Value {
    json!({ "template_id": "og-blog", "content_update": [{ "type": "textbox", "label": "title", "value": "A title" }] })
}

async fn submit(app: &TestApp, body: Value) -> Value {
    let answer = app.post("/render", &[], body).await;
    assert_eq!(answer.status.as_u16(), 202, "{}", answer.text());
    answer.json()
}

db_test!(
    async fn it_is_taken_in_with_a_202(db: Db) {
        let app = test_app_with(db, |setup| setup.works = false).await;
        let body = submit(&app, card()).await;
        let id = body["job_id"].as_str().unwrap();
        assert!(id.len() == 36 && id.as_bytes()[14] == b'7', "a UUIDv7: {id}");
        assert_eq!(body["status"], "queued");
        assert_eq!(body["message"], "Job has been queued for processing");
        assert_eq!(body["check_status_url"], format!("/job/{id}/status"));
        assert!(body["estimated_time"].as_str().unwrap().contains("second"), "{body}");
        assert!(body["estimated_seconds"].as_u64().unwrap() >= 1);
    }
);

db_test!(
    async fn from_render_over_status_to_result(db: Db) {
        let app = test_app(db).await;
        let body = submit(&app, card()).await;
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
