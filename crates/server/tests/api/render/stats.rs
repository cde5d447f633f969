//! `GET /queue/stats`, line by line of the contract.

use handbill_db::db_test;
use serde_json::json;

use crate::support::{page, test_app_with};

use super::submit::{card, submitted};

db_test!(
    async fn anybody_may_read_counts_and_pace(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.works = false;
            setup.templates.push(page("small", 60, 40));
        })
        .await;
        submitted(&app, card()).await;
        let waiting = app.get("/queue/stats", &[]).await.ok();
        let expected = json!({
            "waiting": 1, "active": 0, "completed": 0, "failed": 0, "delayed": 0, "workers": 0,
            "throughput_per_minute": 0, "average_render_ms": null, "estimated_wait_seconds": 1,
        });
        assert_eq!(waiting, expected);

        let _worker = handbill_server::workers::start(&app.app).await.unwrap();
        app.generate(json!({ "template_id": "small" })).await.ok();
        let photo = json!([{ "type": "image", "label": "photo", "value": "http://10.0.0.1/a.png" }]);
        app.generate(json!({ "template_id": "small", "content_update": photo })).await.error(400, "Validation error");
        let done = app.get("/queue/stats", &[]).await.ok();
        let ended: Vec<Option<i64>> = ["completed", "failed"].iter().map(|key| done[*key].as_i64()).collect();
        assert!(ended[0] >= Some(1) && ended[1] == Some(1), "{done}");
        assert_eq!((&done["workers"], &done["delayed"]), (&json!(1), &json!(0)));
        assert!(done["throughput_per_minute"].as_i64() >= Some(2), "{done}");
        assert!(done["estimated_wait_seconds"].is_u64() && done["average_render_ms"].is_u64(), "{done}");
    }
);
