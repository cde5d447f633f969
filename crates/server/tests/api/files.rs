//! `GET /server/{profile_id}/uploads/…`

use axum::body::Body;
use axum::http::Method;
use handbill_db::db_test;
use handbill_server::actions::storage::{sweep, usage};
use handbill_server::blobs::{BlobKey, PrivatePlace};
use handbill_server::store::object::Usage;
use serde_json::json;

use crate::support::{BASE, page, test_app, test_app_with};

const KEY: &str = "server/1/uploads/00ff/frame-0.png";

db_test!(
    async fn a_file_is_served_with_its_type_and_for_ever(db: Db) {
        let app = test_app(db).await;
        app.app.blobs.put(&BlobKey::parse(KEY).unwrap(), b"0123456789").await.unwrap();
        let path = format!("/{KEY}");
        let whole = app.get(&path, &[]).await;
        assert_eq!((whole.status.as_u16(), whole.body.as_slice()), (200, &b"0123456789"[..]));
        for (header, value) in [
            ("content-type", "image/png"),
            ("content-length", "10"),
            ("accept-ranges", "bytes"),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("content-disposition", "inline; filename=\"frame-0.png\""),
        ] {
            assert_eq!(whole.header(header), value);
        }
        assert!(whole.header("content-security-policy").starts_with("sandbox;"));

        let head = app.send(Method::HEAD, &path, &[], Body::empty()).await;
        assert_eq!((head.header("content-length"), head.body.len()), ("10", 0));
        let tag = whole.header("etag");
        for (sent, status) in [(tag, 304), ("W/\"x\", *", 304), ("\"other\"", 200)] {
            assert_eq!(app.get(&path, &[("if-none-match", sent)]).await.status.as_u16(), status, "{sent}");
        }
    }
);

db_test!(
    async fn parts_are_served(db: Db) {
        let app = test_app(db).await;
        app.app.blobs.put(&BlobKey::parse(KEY).unwrap(), b"0123456789").await.unwrap();
        let path = format!("/{KEY}");
        let tag = app.get(&path, &[]).await.header("etag").to_owned();
        for (headers, status, body, range) in [
            (vec![("range", "bytes=2-4")], 206, "234", "bytes 2-4/10"),
            (vec![("range", "bytes=-2")], 206, "89", "bytes 8-9/10"),
            (vec![("range", "bytes=10-")], 416, "", "bytes */10"),
            (vec![("range", "bytes=0-0,2-2")], 200, "0123456789", ""),
            (vec![("range", "bytes=0-0"), ("if-range", tag.as_str())], 206, "0", "bytes 0-0/10"),
            (vec![("range", "bytes=0-0"), ("if-range", "\"older\"")], 200, "0123456789", ""),
        ] {
            let answer = app.get(&path, &headers).await;
            let got = (answer.status.as_u16(), answer.text(), answer.header("content-range"));
            assert_eq!(got, (status, body.to_owned(), range), "{headers:?}");
        }
    }
);

db_test!(
    async fn types_that_browsers_run_are_downloads(db: Db) {
        let app = test_app(db).await;
        for (name, content_type, policy) in [
            ("a.html", "application/octet-stream", "sandbox;"),
            ("a.svg", "application/octet-stream", "sandbox;"),
            ("a.pdf", "application/pdf", "default-src 'none';"),
        ] {
            let key = format!("server/1/uploads/{name}");
            app.app.blobs.put(&BlobKey::parse(&key).unwrap(), b"<script>alert(1)</script>").await.unwrap();
            let answer = app.get(&format!("/{key}"), &[]).await;
            assert_eq!(answer.header("content-type"), content_type);
            assert!(answer.header("content-security-policy").starts_with(policy));
            assert_eq!(answer.header("content-disposition").starts_with("inline"), name == "a.pdf");
        }
    }
);

db_test!(
    async fn nothing_else_of_the_disk_can_be_reached(db: Db) {
        let app = test_app(db).await;
        std::fs::write(app.data_dir.path().join("secret"), "s").unwrap();
        for path in [
            "/server/1/uploads/../../../secret",
            "/server/1/uploads/..%2f..%2f..%2fsecret",
            "/server/1/uploads/%2e%2e/%2e%2e/%2e%2e/secret",
            "/server/../secret",
            "/server/1/uploads//secret",
            "/server/1/uploads/",
            "/server/1/uploads/.tmp/x",
            "/server/1/uploads/a%00.png",
            "/server/1/uploads/a\\b",
        ] {
            assert_eq!(app.get(path, &[]).await.status.as_u16(), 404, "{path}");
        }
    }
);

db_test!(
    async fn a_private_file_takes_a_signed_address(db: Db) {
        let app = test_app(db).await;
        let key = PrivatePlace::new(1).unwrap().file("photo.jpg");
        app.app.blobs.put(&key, b"0123456789").await.unwrap();
        let now_ms = handbill_server::clock::now_ms();
        let link = app.app.links.private(&key, now_ms + 60_000);
        let path = link.strip_prefix(BASE).unwrap();
        let opened = app.get(path, &[]).await;
        assert_eq!((opened.status.as_u16(), opened.body.as_slice()), (200, &b"0123456789"[..]));
        assert_eq!(
            (opened.header("content-type"), opened.header("cache-control")),
            ("image/jpeg", "private, no-cache")
        );
        let tag = opened.header("etag");
        assert_eq!(app.get(path, &[("if-none-match", tag)]).await.status.as_u16(), 304);
        assert_eq!(app.get(path, &[("range", "bytes=1-2")]).await.text(), "12");

        let bare = format!("/{key}");
        let expired = app.app.links.private(&key, now_ms - 1000);
        let other = PrivatePlace::new(1).unwrap().file("photo.jpg");
        let moved = path.replace(key.as_str(), other.as_str());
        for (path, words) in [
            (bare.as_str(), "not whole"),
            (expired.strip_prefix(BASE).unwrap(), "expired"),
            (moved.as_str(), "not whole"),
            (path.replace("signature=", "signature=A").as_str(), "not whole"),
            ("/private/1/nothing/there.png", "not whole"),
        ] {
            let message = app.get(path, &[]).await.error(403, "Forbidden");
            assert!(message.contains(words), "{path}: {message}");
        }
        app.app.blobs.delete(&key).await.unwrap();
        assert_eq!(app.get(path, &[]).await.status.as_u16(), 404);
        // Nor is it reached by the way of the public ones.
        let roundabout = app.get(&format!("/server/1/uploads/../../../{key}"), &[]).await;
        assert_eq!(roundabout.status.as_u16(), 404);
    }
);

db_test!(
    async fn a_result_is_written_down(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 60, 40))).await;
        let result = app.generate(json!({ "template_id": "small" })).await.ok();
        let file = app.download(&result["export_url"]).await;
        let known = usage(&app.app, Some(1)).await.unwrap();
        let expected = Usage { account_id: 1, kind: "result".into(), files: 1, bytes: file.body.len() as i64 };
        assert_eq!(known, [expected]);
        // It is no orphan, however young files may be swept.
        let swept = sweep(&app.app, i64::MAX, true, None).await.unwrap();
        assert_eq!((swept.files, swept.orphans.files, swept.missing.len()), (1, 0, 0));
    }
);
