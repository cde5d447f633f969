//! What is sent: JSON with faults, zips with files beside the template, and zips that mean harm.

use std::io::{Cursor, Write as _};

use axum::http::Method;
use handbill_db::db_test;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::ALL;
use crate::support::{Answer, TestApp, page, test_app};

/// A red pixel.
const PNG: &[u8] = include_bytes!("red.png");

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

impl TestApp {
    async fn upload(&self, method: Method, path: &str, bytes: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/zip")];
        self.send(method, path, &headers, bytes).await
    }
}

/// A template that shows a file beside it all over.
fn poster(id: &str) -> Value {
    json!({
        "format": 1, "id": id, "canvas": { "width": 8, "height": 8 },
        "slides": [{ "id": "only", "children": [
            { "type": "image", "id": "photo", "src": "assets/red.png", "width": 8, "height": 8, "alt": "" },
        ] }],
    })
}

db_test!(
    async fn every_fault_is_told_with_its_line(db: Db) {
        let app = test_app(db).await;
        let bearer = format!("Bearer {}", app.token);
        let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let text = "{\n  \"format\": 1,\n  \"id\": \"x\",\n  \"canvas\": { \"width\": 10, \"hieght\": 10 },\n  \"slides\": \
                    [{ \"id\": \"a\", \"paddnig\": 3 }]\n}";
        let problem = app.send(Method::POST, ALL, &json, text).await.problem(422, "invalid");
        let errors = problem["errors"].as_array().unwrap();
        let misspelt = errors.iter().find(|error| error["suggestion"] == "height").expect("did you mean");
        assert_eq!((&misspelt["pointer"], &misspelt["line"]), (&json!("#/canvas"), &json!(4)), "{problem}");
        assert!(errors.iter().any(|error| error["suggestion"] == "padding" && error["line"] == 5), "{problem}");
        for text in ["", "{", "[]", "null", "\u{0}", "{\"format\": 99}"] {
            app.send(Method::POST, ALL, &json, text).await.problem(422, "invalid");
        }
        let plain = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
        app.send(Method::POST, ALL, &plain, "{}").await.problem(415, "unsupported-media-type");
        // Control characters are kept in the template and shown as spaces in lists.
        let mut odd = page("odd", 60, 40);
        odd["name"] = "a\u{0}b".into();
        odd["tags"] = json!(["\u{7}"]);
        let made = app.created(odd).await;
        assert_eq!((&made["name"], &made["template"]["name"]), (&json!("a b"), &json!("a\u{0}b")));
    }
);

db_test!(
    async fn a_zip_brings_files_that_render_and_come_back(db: Db) {
        let app = test_app(db).await;
        let text = poster("poster").to_string();
        let bytes = zipped(&[("poster/template.json", text.as_bytes()), ("poster/assets/red.png", PNG)]);
        let made = app.upload(Method::POST, ALL, bytes.clone()).await.json_of(201);
        assert_eq!(made["files"], json!([{ "path": "assets/red.png", "bytes": PNG.len() }]));
        assert_eq!(made["problems"], json!([]));
        let result = app.generate(json!({ "template_id": "poster", "content_update": [] })).await.ok();
        assert_eq!(result["warnings"].as_array().unwrap().iter().filter(|w| w["code"] == "image_failed").count(), 0);
        let zip = app.read("poster/zip").await;
        assert_eq!((zip.status.as_u16(), zip.header("content-type")), (200, "application/zip"));
        let same = app.upload(Method::PUT, &format!("{ALL}/poster"), zip.body).await.ok();
        assert_eq!((&same["version"], &same["hash"]), (&json!(1), &made["hash"]));
        // JSON keeps the files, a zip replaces them.
        let mut json = poster("poster");
        json["name"] = "Poster".into();
        assert_eq!(app.change("poster", json).await.ok()["files"].as_array().unwrap().len(), 1);
        let bare = zipped(&[("template.json", text.as_bytes())]);
        let lacking = app.upload(Method::PUT, &format!("{ALL}/poster"), bare).await.ok();
        assert_eq!(lacking["files"], json!([]));
        assert!(lacking["problems"][0].as_str().unwrap().contains("assets/red.png"), "{lacking}");
        assert_eq!(app.read("poster@1").await.ok()["files"].as_array().unwrap().len(), 1);
    }
);

db_test!(
    async fn zips_that_mean_harm_are_refused_in_words(db: Db) {
        let app = test_app(db).await;
        let template = poster("poster").to_string();
        let good = ("template.json", template.as_bytes());
        let zeros = vec![0_u8; (64 << 20) + 1];
        let mut linked = ZipWriter::new(Cursor::new(Vec::new()));
        linked.start_file("template.json", SimpleFileOptions::default()).unwrap();
        linked.write_all(template.as_bytes()).unwrap();
        linked.add_symlink("assets/red.png", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        for (bytes, words) in [
            (zipped(&[good, ("../../evil.png", PNG)]), "leads out"),
            (zipped(&[good, ("/etc/evil.png", PNG)]), "leads out"),
            (zipped(&[good, ("assets/zeros.png", &zeros)]), "larger than 64 MB"),
            (zipped(&[("assets/red.png", PNG)]), "no template.json"),
            (linked.finish().unwrap().into_inner(), "link"),
            (b"PK\x03\x04 nonsense".to_vec(), "not a zip"),
            (Vec::new(), "not a zip"),
        ] {
            let problem = app.upload(Method::POST, ALL, bytes).await.problem(422, "invalid");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
        let mut font = poster("poster");
        font["fonts"] = json!([{ "family": "Bad", "src": "fonts/bad.ttf" }]);
        let text = font.to_string();
        let bytes = zipped(&[("template.json", text.as_bytes()), ("fonts/bad.ttf", b"<html>")]);
        let problem = app.upload(Method::POST, ALL, bytes).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "#/fonts/0/src", "{problem}");
        app.read("poster").await.problem(404, "not-found");
    }
);

db_test!(
    async fn a_file_is_kept_once_and_swept_when_nothing_names_it(db: Db) {
        let app = test_app(db).await;
        let files = || {
            let folder = app.data_dir.path().join("files/private/1/assets");
            std::fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
        };
        for id in ["one", "two"] {
            let text = poster(id).to_string();
            let bytes = zipped(&[("template.json", text.as_bytes()), ("assets/red.png", PNG)]);
            app.upload(Method::POST, ALL, bytes).await.json_of(201);
        }
        assert_eq!(files(), 1);
        let delete = async |id: &str| app.v1(&app.token, Method::DELETE, &format!("{ALL}/{id}"), None).await.status;
        delete("one").await;
        let sweep = async || handbill_server::actions::template::sweep_assets(&app.app).await.unwrap();
        assert_eq!(sweep().await, 0);
        delete("two").await;
        assert_eq!((sweep().await, files()), (0, 1), "somebody may be about to name it");
        let mut tx = app.app.db.begin().await.unwrap();
        tx.exec("UPDATE assets SET touched_at_ms = 0", ()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((sweep().await, files()), (1, 0));
    }
);
