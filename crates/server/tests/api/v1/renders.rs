//! `/v1/renders`: rendering now and later, several outputs at once, lists, and canceling.

use std::collections::BTreeSet;

use axum::http::Method;
use handbill_db::{Db, db_test};
use handbill_server::store::token::{Scope, Scopes};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, page, test_app_with};

const ALL: &str = "/v1/renders";

/// A page of 60 × 40 with two sizes beside its own.
fn small() -> Value {
    let mut small = page("small", 60, 40);
    small["sizes"] = json!({ "square": { "width": 50, "height": 50 }, "wide": { "width": 120, "height": 40 } });
    small["fields"][0]["required"] = true.into();
    small["slides"][0]["background"] = "#ffffff".into();
    small
}

/// One slide for each entry.
fn steps() -> Value {
    json!({
        "format": 1, "id": "steps", "canvas": { "width": 40, "height": 40 },
        "slides": [{ "id": "step", "repeat": { "each": "steps" }, "fields": [{ "key": "text", "type": "text" }],
          "background": "#ffffff", "children": [
            { "type": "text", "id": "text", "text": "{{text}}", "fontSize": 10 },
        ] }],
    })
}

async fn app(db: Db) -> TestApp {
    test_app_with(db, |setup| setup.templates.push(small())).await
}

/// Only takes in.
async fn idle_app(db: Db) -> TestApp {
    test_app_with(db, |setup| {
        setup.works = false;
        setup.templates.push(small());
    })
    .await
}

fn titled(title: &str) -> Value {
    json!({ "template": "small", "data": { "title": title } })
}

impl TestApp {
    async fn ask(&self, body: Value) -> Answer {
        self.post(ALL, &[], body).await
    }

    /// And wait until it has ended.
    async fn rendered(&self, body: Value) -> Value {
        let answer = self.post(ALL, &[("prefer", "wait=60")], body).await;
        assert_eq!(answer.header("preference-applied"), "wait=60");
        answer.json_of(201)
    }

    async fn render(&self, id: &Value) -> Value {
        self.get_own(&format!("{ALL}/{}", id.as_str().unwrap())).await.ok()
    }

    async fn cancel(&self, id: &Value) -> Answer {
        let path = format!("{ALL}/{}/cancel", id.as_str().unwrap());
        self.v1(&self.token, Method::POST, &path, None).await
    }

    /// The numbers in a list.
    async fn listed(&self, query: &str) -> Vec<Value> {
        let list = self.get_own(&format!("{ALL}?{query}")).await.ok();
        list["data"].as_array().unwrap().iter().map(|render| render["id"].clone()).collect()
    }
}

/// The places of all faults.
fn pointers(problem: &Value) -> BTreeSet<&str> {
    problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect()
}

db_test!(
    async fn a_render_is_taken_in_and_told_how_it_stands(db: Db) {
        let app = idle_app(db).await;
        let mut body = titled("Hi");
        body["metadata"] = json!({ "order": 7 });
        body["webhook_url"] = "https://example.com/hook".into();
        let answer = app.ask(body).await;
        let render = answer.json_of(202);
        let id = render["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), format!("{ALL}/{id}"));
        assert_eq!((&render["status"], &render["position"]), (&json!("queued"), &json!(1)));
        assert!(render["estimated_seconds"].as_u64().unwrap() >= 1);
        assert_eq!(render["metadata"], json!({ "order": 7 }));
        assert_eq!(render["webhook_url"], "https://example.com/hook");
        assert_eq!((&render["template"], &render["origin"]), (&json!("small"), &json!("v1")));
        assert!(render["template_version"].as_str().unwrap().ends_with("@1"), "{render}");
        assert_eq!(render["progress"], json!({ "slides_done": 0, "slides": 1 }));
        for key in ["started_at", "finished_at", "report", "error"] {
            assert_eq!(render[key], Value::Null, "{key}");
        }
        assert_eq!(render["outputs"], json!([]));
        let later = app.render(&render["id"]).await;
        assert_eq!((&later["id"], &later["status"]), (&render["id"], &json!("queued")));
    }
);

db_test!(
    async fn who_waits_gets_the_finished_render(db: Db) {
        let app = app(db).await;
        let render = app.rendered(titled("Hi")).await;
        assert_eq!(render["status"], "completed", "{render}");
        assert!(render["started_at"].is_string() && render["finished_at"].is_string(), "{render}");
        assert_eq!(render["progress"], json!({ "slides_done": 1, "slides": 1 }));
        let output = &render["outputs"][0];
        assert_eq!((&output["size"], &output["format"]), (&Value::Null, &json!("png")));
        let file = app.download(&output["files"][0]["url"]).await;
        assert_eq!(file.png_size(), (60, 40));
        assert_eq!(output["files"][0]["bytes"], file.body.len());
        assert_eq!(output["files"][0]["content_type"], "image/png");
        assert_eq!(app.render(&render["id"]).await, render);
    }
);

db_test!(
    async fn a_wait_that_is_over_is_a_202(db: Db) {
        let app = idle_app(db).await;
        let answer = app.post(ALL, &[("prefer", "respond-async, wait=1")], titled("Hi")).await;
        assert_eq!(answer.json_of(202)["status"], "queued");
        assert_eq!(answer.header("preference-applied"), "wait=1");
        let problem = app.post(ALL, &[("prefer", "wait=soon")], titled("Hi")).await.problem(400, "malformed");
        assert_eq!(problem["errors"][0]["parameter"], "Prefer");
    }
);

db_test!(
    async fn every_size_comes_in_every_format(db: Db) {
        let app = app(db).await;
        let mut body = titled("Hi");
        body["sizes"] = json!(["square", "wide", "90x30"]);
        body["formats"] = json!(["png", "jpg", "pdf"]);
        body["scale"] = json!(2);
        body["quality"] = json!(70);
        let render = app.rendered(body).await;
        assert_eq!(render["status"], "completed", "{render}");
        assert_eq!(render["progress"], json!({ "slides_done": 9, "slides": 9 }));
        let outputs = render["outputs"].as_array().unwrap();
        let sizes = [("square", (100, 100)), ("wide", (240, 80)), ("90x30", (180, 60))];
        let wanted = sizes.iter().flat_map(|(name, side)| ["png", "jpg", "pdf"].map(|format| (*name, format, *side)));
        let mut urls = BTreeSet::new();
        for ((name, format, side), output) in wanted.zip(outputs) {
            assert_eq!((&output["size"], &output["format"]), (&json!(name), &json!(format)));
            let [file] = &output["files"].as_array().unwrap()[..] else { panic!("{output}") };
            assert!(urls.insert(file["url"].to_string()));
            let got = app.download(&file["url"]).await;
            assert_eq!((got.status.as_u16(), got.body.len()), (200, file["bytes"].as_u64().unwrap() as usize));
            assert_eq!(got.header("content-type"), file["content_type"].as_str().unwrap());
            match format {
                "png" => assert_eq!(got.png_size(), side),
                "jpg" => assert_eq!(jpeg_size(&got.body), side),
                _ => assert!(got.body.starts_with(b"%PDF-")),
            }
            if format != "pdf" {
                assert_eq!((&output["width"], &output["height"]), (&json!(side.0), &json!(side.1)));
            }
        }
        assert_eq!((outputs.len(), urls.len()), (9, 9));
    }
);

/// Of the frame's header.
fn jpeg_size(bytes: &[u8]) -> (u32, u32) {
    assert!(bytes.starts_with(&[0xff, 0xd8]));
    let mut at = 2;
    loop {
        let (marker, len) = (bytes[at + 1], usize::from(bytes[at + 2]) << 8 | usize::from(bytes[at + 3]));
        if (0xc0..=0xc2).contains(&marker) {
            let number = |at: usize| u32::from(bytes[at]) << 8 | u32::from(bytes[at + 1]);
            return (number(at + 7), number(at + 5));
        }
        at += 2 + len;
    }
}

db_test!(
    async fn slides_are_files_in_their_order(db: Db) {
        let app = test_app_with(db, |setup| setup.templates.push(steps())).await;
        let steps = json!([{ "text": "One" }, { "text": "Two" }, { "text": "Three" }]);
        let body = json!({ "template": "steps", "data": { "steps": steps }, "formats": ["png", "pdf"] });
        let render = app.rendered(body).await;
        assert_eq!(render["progress"]["slides"], 6, "{render}");
        let slides: Vec<_> =
            render["outputs"][0]["files"].as_array().unwrap().iter().map(|f| f["slide"].clone()).collect();
        assert_eq!(slides, [json!(0), json!(1), json!(2)]);
        for file in render["outputs"][0]["files"].as_array().unwrap() {
            assert_eq!(app.download(&file["url"]).await.png_size(), (40, 40));
        }
        let pdf = render["outputs"][1]["files"].as_array().unwrap();
        assert_eq!((pdf.len(), &pdf[0]["slide"]), (1, &Value::Null));
    }
);

db_test!(
    async fn the_report_tells_what_came_out_otherwise(db: Db) {
        let app = app(db).await;
        let mut body = titled("Hi");
        body["data"]["phto"] = "https://example.com/a.png".into();
        body["sizes"] = json!(["square", "wide"]);
        let render = app.rendered(body).await;
        let warnings = render["report"]["warnings"].as_array().unwrap();
        let unknown: Vec<_> = warnings.iter().filter(|warning| warning["code"] == "unknown_label").collect();
        let of: Vec<_> = unknown.iter().map(|warning| warning["output"].clone()).collect();
        assert_eq!(of, [json!(0), json!(1)], "{render}");
        assert_eq!(unknown[0]["to"], "photo");
        assert!(render["report"]["text_sizes"].is_array());
    }
);

db_test!(
    async fn everything_that_is_wrong_is_told_at_once(db: Db) {
        let app = idle_app(db).await;
        let wrong = json!({
            "template": "small", "data": { "titel": "Hi" }, "sizes": ["squar", "0x5", 7], "formats": ["png", "tiff", "png"],
            "scale": 9, "quality": 0, "compression": "smal", "transparent": "yes", "locale": 5, "strict": 1,
            "brand_kit": "None", "webhook_url": "nowhere", "colour": 1, "nodes": [],
        });
        let problem = app.ask(wrong).await.problem(422, "invalid");
        let expected = [
            "#/brand_kit",
            "#/colour",
            "#/compression",
            "#/data/titel",
            "#/data/title",
            "#/formats/1",
            "#/formats/2",
            "#/locale",
            "#/nodes",
            "#/quality",
            "#/scale",
            "#/sizes/0",
            "#/sizes/2",
            "#/strict",
            "#/transparent",
            "#/webhook_url",
        ];
        assert_eq!(pointers(&problem), BTreeSet::from(expected), "{problem}");
        let suggested = |pointer: &str| {
            let errors = problem["errors"].as_array().unwrap();
            errors.iter().find(|error| error["pointer"] == pointer).unwrap()["suggestion"].clone()
        };
        assert_eq!(suggested("#/sizes/0"), "square");
        assert_eq!(suggested("#/compression"), "small");
        assert_eq!(suggested("#/data/titel"), "title");
        assert!(app.listed("").await.is_empty(), "nothing was taken in");
    }
);

db_test!(
    async fn faults_have_their_status_and_place(db: Db) {
        let app = idle_app(db).await;
        let many: Vec<String> = (1..=11).map(|side| format!("{side}0x10")).collect();
        for (change, pointer) in [
            (json!({ "template": null }), "#/template"),
            (json!({ "template": true }), "#/template"),
            (json!({ "sizes": many, "formats": ["png", "jpg"] }), "#/sizes"),
            (json!({ "size": "square", "sizes": ["wide"] }), "#/sizes"),
            (json!({ "formats": [] }), "#/formats"),
            (json!({ "size": "0x10" }), "#/size"),
            (json!({ "size": "60000x60000" }), "#/size"),
            (json!({ "data": [] }), "#/data"),
            (json!({ "data": { "title": "Hi", "titel": "Hi" }, "strict": true }), "#/data/titel"),
        ] {
            let mut body = titled("Hi");
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let problem = app.ask(body).await.problem(422, "invalid");
            assert!(pointers(&problem).contains(pointer), "{change}: {problem}");
        }
        let problem = app.ask(json!({ "template": "smal" })).await.problem(404, "not-found");
        assert!(problem["detail"].as_str().unwrap().contains("did you mean 'small'?"), "{problem}");
        app.ask(json!([])).await.problem(422, "invalid");
        let bearer = format!("Bearer {}", app.new_token(1, Scopes::Only([Scope::Manage].into())).await.1);
        app.post(ALL, &[("authorization", &bearer)], titled("Hi")).await.problem(403, "forbidden");
        app.get(ALL, &[("authorization", &bearer)]).await.ok();
        app.get_own(&format!("{ALL}/nope")).await.problem(404, "not-found");
    }
);

db_test!(
    async fn a_full_queue_says_when_to_come_again(db: Db) {
        let app = test_app_with(db, |setup| {
            setup.works = false;
            setup.config.queue.max_waiting = 2;
            setup.templates.push(small());
        })
        .await;
        for title in ["One", "Two"] {
            app.ask(titled(title)).await.json_of(202);
        }
        let answer = app.ask(titled("Three")).await;
        answer.problem(429, "busy");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
);

db_test!(
    async fn the_same_key_is_the_same_render(db: Db) {
        let app = app(db).await;
        let headers = [("idempotency-key", "k-1"), ("prefer", "wait=60")];
        let first = app.post(ALL, &headers, titled("Hi")).await.json_of(201);
        let again = app.post(ALL, &headers, titled("Hi")).await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.ok()["id"], first["id"]);
        app.post(ALL, &headers, titled("Other")).await.problem(409, "conflict");
        assert_eq!(app.listed("").await, [first["id"].clone()]);
    }
);

db_test!(
    async fn lists_are_newest_first_in_parts_and_by_what_is_asked(db: Db) {
        let app = idle_app(db).await;
        let mut ids = Vec::new();
        for title in ["One", "Two", "Three"] {
            ids.push(app.ask(titled(title)).await.json_of(202)["id"].clone());
        }
        let card = json!({ "template_id": "og-blog", "content_update": [{ "type": "textbox", "label": "title", "value": "A" }] });
        ids.push(app.post("/render", &[], card).await.json()["job_id"].clone());
        let newest: Vec<Value> = ids.iter().rev().cloned().collect();
        assert_eq!(app.listed("").await, newest);
        let mut gathered = Vec::new();
        let mut cursor = String::new();
        loop {
            let list = app.get_own(&format!("{ALL}?limit=3{cursor}")).await.ok();
            gathered.extend(list["data"].as_array().unwrap().iter().map(|render| render["id"].clone()));
            let Some(next) = list["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(gathered, newest);
        app.cancel(&ids[0]).await.ok();
        assert_eq!(app.listed("status=canceled").await, ids[..1]);
        assert_eq!(app.listed("status=queued").await, newest[..3]);
        for status in ["processing", "completed", "failed"] {
            assert!(app.listed(&format!("status={status}")).await.is_empty(), "{status}");
        }
        assert_eq!(app.listed("origin=render").await, ids[3..]);
        assert_eq!(app.listed("origin=v1&limit=2").await, newest[1..3]);
        let version = app.render(&ids[0]).await["template_version"].as_str().unwrap().replace('#', "%23");
        for same in ["small", "small@1", &version] {
            assert_eq!(app.listed(&format!("template={same}")).await, newest[1..], "{same}");
        }
        assert!(app.listed("template=none").await.is_empty());
        let created = app.render(&ids[0]).await["created_at"].as_str().unwrap().to_owned();
        assert_eq!(app.listed(&format!("created_after={created}")).await, newest);
        assert!(app.listed(&format!("created_before={created}")).await.is_empty());
        for bad in ["status=done", "origin=web", "created_after=today", "limit=0", "cursor=x", "template=%00"] {
            let problem = app.get_own(&format!("{ALL}?{bad}")).await.problem(400, "malformed");
            assert_eq!(problem["errors"][0]["parameter"], bad.split('=').next().unwrap());
        }
    }
);

db_test!(
    async fn what_waits_can_be_canceled_and_what_has_ended_cannot(db: Db) {
        let app = idle_app(db).await;
        let id = app.ask(titled("Hi")).await.json_of(202)["id"].clone();
        let canceled = app.cancel(&id).await.ok();
        assert_eq!((&canceled["status"], &canceled["error"]["code"]), (&json!("canceled"), &json!("canceled")));
        assert!(canceled["finished_at"].is_string() && canceled["position"].is_null(), "{canceled}");
        let problem = app.cancel(&id).await.problem(409, "conflict");
        assert!(problem["detail"].as_str().unwrap().contains("canceled already"), "{problem}");
        app.cancel(&json!("01990000-0000-7000-8000-000000000000")).await.problem(404, "not-found");
    }
);

db_test!(
    async fn a_render_that_fails_says_why(db: Db) {
        let app = app(db).await;
        let mut body = titled("Hi");
        body["data"]["photo"] = "data:image/png;base64,AAAA".into();
        let render = app.rendered(body).await;
        assert_eq!((&render["status"], &render["error"]["code"]), (&json!("failed"), &json!("invalid")), "{render}");
        assert!(!render["error"]["message"].as_str().unwrap().is_empty());
        assert_eq!(app.listed("status=failed").await, [render["id"].clone()]);
        app.cancel(&render["id"]).await.problem(409, "conflict");
    }
);

db_test!(
    async fn what_the_render_api_was_asked_for_is_here_too(db: Db) {
        let app = app(db).await;
        let body = json!({ "template_id": "small", "content_update": [{ "type": "textbox", "label": "title", "value": "A" }] });
        let result = app.generate(body).await.ok();
        let list = app.get_own(&format!("{ALL}?origin=generate&status=completed")).await.ok();
        assert_eq!(list["data"][0]["outputs"][0]["files"][0]["url"], result["export_url"]);
        let render = app.render(&list["data"][0]["id"]).await;
        assert_eq!((&render["status"], &render["template"]), (&json!("completed"), &json!("small")));
        let job = app.rendered(titled("Hi")).await;
        let seen = app.get_own(&format!("/job/{}/result", job["id"].as_str().unwrap())).await.ok();
        assert_eq!(seen["export_url"], job["outputs"][0]["files"][0]["url"]);
    }
);

db_test!(
    async fn another_account_sees_and_stops_nothing(db: Db) {
        let app = idle_app(db).await;
        let id = app.ask(titled("Hi")).await.json_of(202)["id"].clone();
        let (_, stranger) = app.second_account().await;
        let path = format!("{ALL}/{}", id.as_str().unwrap());
        app.v1(&stranger, Method::GET, &path, None).await.problem(404, "not-found");
        app.v1(&stranger, Method::POST, &format!("{path}/cancel"), None).await.problem(404, "not-found");
        assert_eq!(app.v1(&stranger, Method::GET, ALL, None).await.ok()["data"], json!([]));
        assert_eq!(app.render(&id).await["status"], "queued");
    }
);
