//! `GET /job/{job_id}/result`, line by line of the contract. Failed jobs are in `status.rs`, files in `generate.rs`.

use std::time::{Duration, Instant};

use handbill_db::db_test;
use serde_json::json;

use crate::support::{test_app, test_app_with};

use super::submit::{card, submitted};

db_test!(
    async fn a_job_that_is_not_done_is_a_202(db: Db) {
        let app = test_app_with(db, |setup| setup.works = false).await;
        let job = submitted(&app, card()).await;
        let id = job["job_id"].as_str().unwrap();
        let answer = app.get_own(&format!("/job/{id}/result")).await;
        let expected = json!({
            "job_id": id, "status": "queued", "message": "Job not yet completed", "check_again_in": "1 second",
        });
        assert_eq!((answer.status.as_u16(), answer.json()), (202, expected));
        assert_eq!(answer.header("retry-after"), "1");
    }
);

db_test!(
    async fn a_wait_ends_with_the_job_or_with_its_time(db: Db) {
        let app = test_app_with(db, |setup| setup.works = false).await;
        let job = submitted(&app, card()).await;
        let path = format!("/job/{}/result", job["job_id"].as_str().unwrap());
        let began = Instant::now();
        assert_eq!(app.get_own(&format!("{path}?wait=1")).await.status.as_u16(), 202);
        assert!(began.elapsed() >= Duration::from_secs(1));
        let long = format!("{path}?wait=60");
        let (answer, _worker) =
            tokio::join!(app.get_own(&long), async { handbill_server::workers::start(&app.app).await.unwrap() });
        assert_eq!(answer.ok()["type"], "normal");
        for wait in ["", "x", "-1", "1.5"] {
            app.get_own(&format!("{path}?wait={wait}")).await.error(400, "Validation error");
        }
        app.get_own(&format!("{path}?wait=9999&other=1")).await.ok();
    }
);

db_test!(
    async fn images_of_a_carousel_are_in_slide_order(db: Db) {
        let app = test_app(db).await;
        let entry =
            |title: &str| json!({ "content_fields": [{ "type": "textbox", "label": "slide_title", "value": title }] });
        let title = json!([{ "type": "textbox", "label": "title", "value": "T" }]);
        let body = json!({ "template_id": "linkedin-tips", "content_update": title, "carousel": [entry("One")] });
        let job = submitted(&app, body).await;
        let path = format!("/job/{}/result?wait=60", job["job_id"].as_str().unwrap());
        let result = app.get_own(&path).await.ok();
        assert_eq!(result["type"], "carousel");
        let urls = result["export_url"].as_array().unwrap();
        let folder = urls[0].as_str().unwrap().strip_suffix("/frame-0.png").unwrap();
        let random = folder.strip_prefix("https://handbill.test/server/1/uploads/").unwrap();
        assert!(random.len() == 32 && random.bytes().all(|byte| byte.is_ascii_hexdigit()), "{random}");
        for (index, url) in urls.iter().enumerate() {
            assert_eq!(*url, format!("{folder}/frame-{index}.png"));
            app.download(url).await.png_size();
        }
        assert_eq!(urls.len(), 3);
        assert_eq!(app.get_own(&path).await.ok(), result, "it stays what it is");
    }
);
