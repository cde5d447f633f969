//! `POST /generate`, line by line of the contract.

use std::collections::BTreeSet;

use handbill_db::db_test;
use handbill_server::actions::token::revoke_token;
use handbill_server::store::Whose;
use handbill_server::store::token::{Scope, Scopes};
use serde_json::{Value, json};

use crate::support::{TestApp, page, test_app, test_app_with};

fn text(label: &str, value: &str) -> Value {
    json!({ "type": "textbox", "label": label, "value": value })
}

/// A good request for one picture.
fn card() -> Value {
    json!({ "template_id": "og-blog", "content_update": [text("title", "A title")] })
}

fn entry(title: &str) -> Value {
    json!({ "content_fields": [text("slide_title", title)] })
}

/// A good request for a carousel of four slides.
fn tips() -> Value {
    json!({
        "template_id": "linkedin-tips",
        "content_update": [text("title", "A title")],
        "carousel": [entry("One"), entry("Two")],
    })
}

fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

fn warnings(result: &Value) -> Vec<(String, String)> {
    let list = result["warnings"].as_array().unwrap();
    let part = |warning: &Value, key: &str| warning[key].as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = list.iter().map(|one| (part(one, "code"), part(one, "label"))).collect();
    all.retain(|(code, _)| code != "unfilled");
    all
}

db_test!(
    async fn every_other_token_is_a_401(db: Db) {
        let app = test_app(db).await;
        let (id, revoked) = app.new_token(1, Scopes::All).await;
        revoke_token(&app.app, Whose::Anybody, id).await.unwrap();
        let unknown = format!("Bearer {}", app.unknown_token());
        for header in ["", "Bearer", "Bearer ", "Bearer nonsense", &app.token, &unknown, &format!("Bearer {revoked}")] {
            let answer = app.post("/generate", &[("authorization", header)], card()).await;
            assert_eq!(answer.status.as_u16(), 401, "{header}");
            let expected = json!({ "error": "Unauthorized", "message": "Invalid or missing Bearer token" });
            assert_eq!(answer.json(), expected);
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
);

db_test!(
    async fn a_token_for_something_else_is_a_403(db: Db) {
        let app = test_app(db).await;
        let (_, token) = app.new_token(1, Scopes::Only(BTreeSet::from([Scope::Batch]))).await;
        let answer = app.post("/generate", &[("authorization", &format!("Bearer {token}"))], card()).await;
        assert!(answer.error(403, "Forbidden").contains("scope render"));
    }
);

db_test!(
    async fn template_id_is_required_and_must_exist(db: Db) {
        let app = test_app(db).await;
        let expected =
            json!({ "error": "Validation error", "message": "template_id is required", "type": "ValidationError" });
        for body in [json!({}), json!({ "template_id": null }), json!({ "template_id": "" })] {
            let answer = app.generate(body).await;
            assert_eq!((answer.status.as_u16(), answer.json()), (400, expected.clone()));
        }
        for id in [json!("og-blogg"), json!(999), json!("x".repeat(5000))] {
            let answer = app.generate(json!({ "template_id": id })).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["type"]), (404, &json!("NotFoundError")));
            assert!(answer.error(404, "Template not found").len() < 400);
        }
        let message = app.generate(json!({ "template_id": "nix" })).await.error(404, "Template not found");
        assert!(message.starts_with("There is no template 'nix'; there are linkedin-tips, og-blog"), "{message}");
        assert!(app.generate(json!({ "template_id": "og-blogg" })).await.text().contains("did you mean 'og-blog'?"));
        for id in [json!("og-blog"), json!(2), json!("2")] {
            app.generate(with(card(), "template_id", id)).await.ok();
        }
    }
);

db_test!(
    async fn one_image_is_a_normal_result(db: Db) {
        let app = test_app(db).await;
        let result = app.generate(card()).await.ok();
        assert_eq!(result["type"], "normal");
        let date = result["date"].as_str().unwrap();
        assert!(date.len() == 24 && date.ends_with('Z') && date.as_bytes()[19] == b'.', "{date}");
        let url = result["export_url"].as_str().unwrap();
        let random = url.strip_prefix("https://handbill.test/server/1/uploads/").unwrap();
        assert!(random.strip_suffix("-template.png").is_some_and(|random| random.len() == 32), "{url}");
        assert_eq!(app.download(&result["export_url"]).await.png_size(), (1200, 630));
        assert_eq!(result["report"]["text_sizes"][0]["node"], "title");
        let again = app.generate(card()).await.ok();
        assert_ne!(again["export_url"], result["export_url"]);
    }
);

db_test!(
    async fn every_output_has_its_file(db: Db) {
        let app = test_app(db).await;
        for (output, ending, start) in [
            ("PNG", "-template.png", &b"\x89PNG"[..]),
            ("jpg", "-template.jpg", b"\xff\xd8\xff"),
            ("jpeg", "-template.jpg", b"\xff\xd8\xff"),
            ("webp", "-template.webp", b"RIFF"),
            ("pdf", "-template.pdf", b"%PDF-"),
        ] {
            let result = app.generate(with(card(), "output", json!(output))).await.ok();
            assert_eq!(result["type"], "normal");
            assert!(result["export_url"].as_str().unwrap().ends_with(ending), "{result}");
            let file = app.download(&result["export_url"]).await;
            assert!(file.status.is_success() && file.body.starts_with(start), "{output}");
        }
        let avif = app.generate(with(card(), "output", json!("avif"))).await;
        if cfg!(feature = "avif") {
            let file = app.download(&avif.ok()["export_url"]).await;
            assert!(file.body[4..].starts_with(b"ftypavif"));
            assert_eq!(file.header("content-type"), "image/avif");
        } else {
            let message = avif.error(400, "Validation error");
            assert!(message.contains("this build of Handbill makes no avif"), "{message}");
        }
        for (output, words) in [
            (json!("gif"), "must be one of png, jpg, jpeg, pdf, webp, avif"),
            (json!(7), "must be one of png, jpg, jpeg, pdf, webp, avif"),
        ] {
            let message = app.generate(with(card(), "output", output)).await.error(400, "Validation error");
            assert!(message.contains(words), "{message}");
        }
    }
);

/// The carousel's files, each downloaded.
async fn frames(app: &TestApp, body: Value) -> Vec<Vec<u8>> {
    let result = app.generate(body).await.ok();
    assert_eq!(result["type"], "carousel");
    let mut files = Vec::new();
    for (index, url) in result["export_url"].as_array().expect("a list").iter().enumerate() {
        assert!(url.as_str().unwrap().ends_with(&format!("/frame-{index}.png")), "{url}");
        let file = app.download(url).await;
        file.png_size();
        files.push(file.body);
    }
    files
}

db_test!(
    async fn all_shapes_of_a_carousel_make_the_same_pictures(db: Db) {
        let app = test_app(db).await;
        let list = frames(&app, tips()).await;
        assert_eq!(list.len(), 4, "intro, two entries, outro");
        let object = json!({ "slides": [{ "slide_title": "One" }, { "heading": "Two" }] });
        assert!(frames(&app, with(tips(), "carousel", object)).await == list);
        let element = |title: &str| json!({ "elements": { "slide_title": { "type": "text", "value": title } } });
        let mut content = with(tips(), "carousel_content", json!({ "slides": [element("One"), element("Two")] }));
        content.as_object_mut().unwrap().shift_remove("carousel");
        assert!(frames(&app, content).await == list);

        let mut own = with(
            tips(),
            "carousel",
            json!({
                "intro_slide": { "heading": "A title" }, "slides": [{ "heading": "One" }, { "heading": "Two" }],
                "ending_slide": { "heading": "Bye" },
            }),
        );
        own.as_object_mut().unwrap().shift_remove("content_update");
        let own = frames(&app, own).await;
        assert!(own[..3] == list[..3] && own[3] != list[3]);
    }
);

db_test!(
    async fn a_carousel_as_pdf_is_one_address(db: Db) {
        let app = test_app(db).await;
        let result = app.generate(with(tips(), "output", json!("pdf"))).await.ok();
        assert_eq!(result["type"], "carousel");
        assert!(result["export_url"].as_str().unwrap().ends_with("-carousel-output.pdf"), "{result}");
        let file = app.download(&result["export_url"]).await;
        assert_eq!(file.header("content-type"), "application/pdf");
        assert!(file.body.starts_with(b"%PDF-"));
    }
);

db_test!(
    async fn tool_makes_a_list_of_one(db: Db) {
        let app = test_app(db).await;
        let body = with(card(), "tool", json!("carousel-maker"));
        assert_eq!(frames(&app, body).await.len(), 1);
        let asked = app.post("/generate?tool=carousel-maker", &[], card()).await.ok();
        assert_eq!((&asked["type"], asked["export_url"].as_array().map(Vec::len)), (&json!("carousel"), Some(1)));
        for body in [with(card(), "tool", json!("")), with(card(), "tool", Value::Null)] {
            assert_eq!(app.generate(body).await.ok()["type"], "normal");
        }
        let other = app.post("/generate?tool=%zz&tool=b", &[], with(card(), "tool", json!("magic"))).await.ok();
        assert_eq!(other["type"], "normal");
        assert_eq!(warnings(&other), [("invalid_value".to_owned(), "tool".to_owned())]);
    }
);

db_test!(
    async fn branding_fills_its_places(db: Db) {
        let app = test_app(db).await;
        let plain = frames(&app, tips()).await;
        let branded = frames(&app, with(tips(), "branding", json!({ "name": "Ada", "handle": "@ada" }))).await;
        assert!(plain.iter().zip(&branded).take(3).all(|(one, other)| one != other));
        let result = app.generate(with(card(), "branding", json!({ "name": "Ada", "email": "x" }))).await.ok();
        assert_eq!(warnings(&result), [("unknown_label".to_owned(), "branding.email".to_owned())]);
    }
);

db_test!(
    async fn all_faults_are_named_at_once(db: Db) {
        let app = test_app(db).await;
        let message = app
            .generate(json!({
                "template_id": "og-blog", "output": "gif", "strict": "yes",
                "content_update": [{ "label": "title" }, { "type": "textbox" }, { "type": "video", "label": "x" }],
            }))
            .await
            .error(400, "Validation error");
        for words in ["output", "strict", "content_update[0].type", "content_update[1].label", "content_update[2].type"]
        {
            assert!(message.contains(words), "{words}: {message}");
        }
        let missing = json!({ "template_id": "linkedin-tips", "carousel": [entry("One"), { "content_fields": [] }] });
        let message = app.generate(missing).await.error(400, "Validation error");
        for words in ["'title' (slide 'intro')", "'slide_title'"] {
            assert!(message.contains(words), "{words}: {message}");
        }
        let empty = json!({ "template_id": "og-blog", "content_update": [text("title", "")] });
        assert!(app.generate(empty).await.error(400, "Validation error").contains("'title'"));
    }
);

db_test!(
    async fn an_unknown_label_is_a_warning_unless_strict(db: Db) {
        let app = test_app(db).await;
        let body = json!({ "template_id": "og-blog", "content_update": [text("title", "A"), text("subtitel", "B")] });
        let result = app.generate(body.clone()).await.ok();
        assert_eq!(warnings(&result), [("unknown_label".to_owned(), "subtitel".to_owned())]);
        let told = result["warnings"].as_array().unwrap().iter().find(|one| one["label"] == "subtitel").unwrap();
        assert_eq!(told["to"], "subtitle");
        let codes: Vec<&Value> = result["warnings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        let first = codes.iter().position(|code| *code == "unfilled").expect("fields are left open");
        assert!(codes[first..].iter().all(|code| *code == "unfilled"), "{codes:?}");
        let message = app.generate(with(body, "strict", json!(true))).await.error(400, "Validation error");
        assert!(message.contains("subtitel") && message.contains("did you mean 'subtitle'?"), "{message}");
    }
);

db_test!(
    async fn a_type_that_does_not_match_is_a_400(db: Db) {
        let app = test_app(db).await;
        let wrong = json!({ "type": "image", "label": "title", "value": "https://example.com/a.png" });
        let body = json!({ "template_id": "og-blog", "content_update": [wrong] });
        let message = app.generate(body).await.error(400, "Validation error");
        assert!(message.contains("content_update[0]") && message.contains("title"), "{message}");
    }
);

db_test!(
    async fn more_slides_than_allowed_is_a_400_with_the_bounds(db: Db) {
        let app = test_app(db).await;
        let entries: Vec<Value> = (0..19).map(|n| entry(&n.to_string())).collect();
        let message = app.generate(with(tips(), "carousel", json!(entries))).await.error(400, "Validation error");
        assert!(message.contains("19") && message.contains("1 to 18"), "{message}");
    }
);

db_test!(
    async fn the_server_has_a_limit_of_its_own(db: Db) {
        let app = test_app_with(db, |setup| setup.config.limits.max_slides = 3).await;
        let message = app.generate(tips()).await.error(400, "Validation error");
        assert!(message.contains('3'), "{message}");
    }
);

db_test!(
    async fn other_keys_are_ignored_and_named(db: Db) {
        let app = test_app(db).await;
        let mut body = with(card(), "ai_carousel", json!({ "topic": "x" }));
        body["token"] = json!("hb_x");
        body["profile_id"] = json!(7);
        body["webhook_url"] = json!("https://example.com/hook");
        body["metadata"] = json!({ "a": 1 });
        let result = app.generate(body).await.ok();
        assert_eq!(warnings(&result), [("unknown_label".to_owned(), "ai_carousel".to_owned())]);
    }
);

db_test!(
    async fn the_bytes_themselves_are_answered_when_asked_for(db: Db) {
        let app = test_app(db).await;
        let png = app.post("/generate", &[("accept", "image/png")], card()).await;
        assert_eq!(png.png_size(), (1200, 630));
        assert_eq!((png.header("vary"), png.header("handbill-warnings")), ("accept", "unfilled"));
        let any = app.post("/generate", &[("accept", "*/*")], card()).await;
        assert_eq!(app.download(&any.ok()["export_url"]).await.body, png.body);
        let webp = app.post("/generate", &[("accept", "image/webp")], with(card(), "output", json!("webp"))).await;
        assert_eq!(webp.header("content-type"), "image/webp");
        assert_eq!(webp.header("content-disposition"), "inline; filename=\"template.webp\"");
        assert!(webp.body.starts_with(b"RIFF") && webp.body[8..].starts_with(b"WEBP"));
        let pdf = with(tips(), "output", json!("pdf"));
        let pdf = app.post("/generate", &[("accept", "application/pdf")], pdf).await;
        assert_eq!(pdf.header("content-type"), "application/pdf");
        assert!(pdf.body.starts_with(b"%PDF-"));
        // Several pictures are no single file; a type that was not made is not what was asked for.
        assert_eq!(app.post("/generate", &[("accept", "image/png")], tips()).await.ok()["type"], "carousel");
        assert_eq!(app.post("/generate", &[("accept", "image/webp")], card()).await.ok()["type"], "normal");
    }
);

db_test!(
    async fn accounts_have_folders_of_their_own(db: Db) {
        let app = test_app(db).await;
        let (id, token) = app.second_account().await;
        let own = app.generate(card()).await.ok();
        let others = app.post("/generate", &[("authorization", &format!("Bearer {token}"))], card()).await.ok();
        assert!(own["export_url"].as_str().unwrap().contains("/server/1/uploads/"));
        assert!(others["export_url"].as_str().unwrap().contains(&format!("/server/{id}/uploads/")));
    }
);

db_test!(
    async fn a_full_queue_is_a_429(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.works = false;
            setup.config.queue.max_waiting = 2;
            setup.config.generate.timeout_ms = 300;
        })
        .await;
        for _ in 0..2 {
            assert_eq!(app.generate(card()).await.status.as_u16(), 408);
        }
        let answer = app.generate(card()).await;
        assert!(answer.error(429, "Too Many Requests").contains("The queue is full"));
        assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    }
);

db_test!(
    async fn a_busy_engine_is_waited_for(db: Db) {
        let app = test_app_with(db, |setup| setup.engine.max_waiting = 0).await;
        for answer in futures_join((0..4).map(|_| app.generate(card()))).await {
            answer.ok();
        }
    }
);

/// All at once, on one task.
pub(crate) async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        let mut all_done = true;
        for (future, output) in &mut waiting {
            if output.is_none() {
                match future.as_mut().poll(cx) {
                    std::task::Poll::Ready(done) => *output = Some(done),
                    std::task::Poll::Pending => all_done = false,
                }
            }
        }
        if all_done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}

db_test!(
    async fn storage_that_fails_is_a_500_without_internals(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 60, 40))).await;
        std::fs::write(app.data_dir.path().join("files/server"), "in the way").unwrap();
        let message = app.generate(json!({ "template_id": "small" })).await.error(500, "Internal Server Error");
        assert_eq!(message, "Something went wrong on the server");
        std::fs::remove_file(app.data_dir.path().join("files/server")).unwrap();
        app.generate(json!({ "template_id": "small" })).await.ok();
    }
);

db_test!(
    async fn texts_are_never_evaluated(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(page("small", 600, 40))).await;
        let drawn = async |title: &str| {
            let body = json!({ "template_id": "small", "content_update": [text("title", title)] });
            app.download(&app.generate(body).await.ok()["export_url"]).await.body
        };
        assert_ne!(drawn("{{ 1 + 1 }}").await, drawn("2").await);
        assert_ne!(drawn("$ink").await, drawn("#111111").await);
    }
);
