//! What machines ask that look after the server: `/healthz`, `/readyz`, `/metrics`.

use handbill_db::db_test;
use handbill_server::config::Secret;

use crate::support::{test_app, test_app_with};

db_test!(
    async fn a_server_that_can_work_says_so(db: Db) {
        let app = test_app(db).await;
        for path in ["/healthz", "/readyz"] {
            let answer = app.get(path, &[]).await.ok();
            assert_eq!((&answer["status"], &answer["version"]), (&"ok".into(), &env!("CARGO_PKG_VERSION").into()));
        }
    }
);

db_test!(
    async fn a_server_without_its_storage_is_alive_and_not_ready(db: Db) {
        let app = test_app(db).await;
        std::fs::remove_dir_all(app.app.config.storage.data_dir.join("files")).unwrap();
        app.get("/healthz", &[]).await.ok();
        let answer = app.get("/readyz", &[]).await.json_of(503);
        assert_eq!(answer["message"], "the storage for files does not answer");
    }
);

db_test!(
    async fn the_metrics_count_requests_by_their_route(db: Db) {
        let app = test_app(db).await;
        app.get("/server/1/uploads/nothing-template.png", &[]).await;
        app.get("/server/1/uploads/nothing-else-template.png", &[]).await;
        app.get("/there/is/no/such/path", &[]).await;
        let answer = app.get("/metrics", &[]).await;
        assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
        let text = String::from_utf8(answer.body.clone()).unwrap();
        for line in [
            "handbill_http_requests_total{method=\"GET\",route=\"/server/{profile_id}/uploads/{*file}\",status=\"404\"} 2\n",
            "handbill_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1\n",
            "handbill_http_request_seconds_count{method=\"GET\",route=\"none\"} 1\n",
            "handbill_database_up 1\n",
            "handbill_engine_orders{state=\"waiting\"} 0\n",
            "handbill_engine_orders{state=\"rendering\"} 0\n",
            "handbill_queue_jobs{state=\"waiting\"} 0\n",
            "handbill_queue_workers ",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
        assert!(!text.contains("nothing-template"), "a path is in the metrics");
    }
);

db_test!(
    async fn the_metrics_can_be_closed(db: Db) {
        let token = "a token for the scraper";
        let app = test_app_with(db, |setup| setup.config.metrics.token = Some(Secret::new(token))).await;
        app.get("/metrics", &[]).await.error(401, "Unauthorized");
        app.get("/metrics", &[("authorization", "Bearer wrong")]).await.error(401, "Unauthorized");
        let answer = app.get("/metrics", &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(answer.status, 200);
    }
);
