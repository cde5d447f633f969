//! `/v1/templates`: keeping, finding, listing, copying and deleting. What was before is in `versions`, what is sent in
//! `uploads`, what a template takes and how it looks in `inspect`.

mod inspect;
mod uploads;
mod versions;

use axum::http::Method;
use handbill_db::db_test;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, page, test_app};

const ALL: &str = "/v1/templates";

impl TestApp {
    async fn created(&self, template: Value) -> Value {
        self.v1(&self.token, Method::POST, ALL, Some(template)).await.json_of(201)
    }

    async fn read(&self, path: &str) -> Answer {
        self.v1(&self.token, Method::GET, &format!("{ALL}/{path}"), None).await
    }

    async fn change(&self, path: &str, template: Value) -> Answer {
        self.v1(&self.token, Method::PUT, &format!("{ALL}/{path}"), Some(template)).await
    }
}

/// A page with another title size, so that it is another version.
fn sized(id: &str, font_size: u32) -> Value {
    let mut template = page(id, 60, 40);
    template["slides"][0]["children"][0]["fontSize"] = font_size.into();
    template
}

fn slugs(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap()).collect()
}

db_test!(
    async fn a_kept_template_is_found_by_all_its_names_and_renders(db: Db) {
        let app = test_app(db).await;
        let mut card = page("my-card", 60, 40);
        card["name"] = "My card".into();
        card["aliases"] = json!([90_210, "old-card"]);
        let answer = app.v1(&app.token, Method::POST, ALL, Some(card)).await;
        assert_eq!(answer.header("location"), "/v1/templates/my-card");
        let made = answer.json_of(201);
        assert_eq!((&made["slug"], &made["version"], &made["origin"]), (&json!("my-card"), &json!(1), &json!("own")));
        assert!(made["id"].as_i64().unwrap() >= 10_000 && made["hash"].as_str().unwrap().len() == 64, "{made}");
        assert_eq!(made["template"]["canvas"]["width"], 60);
        assert_eq!(made["fields"]["fields"][0]["key"], "title");
        assert_eq!(answer_tag(&made), app.read("my-card").await.header("etag"));
        let hash = &made["hash"].as_str().unwrap()[..8];
        let names =
            [made["id"].to_string(), "90210".into(), "old-card".into(), "my-card@1".into(), format!("old-card@{hash}")];
        for name in &names {
            assert_eq!(app.read(name).await.ok()["id"], made["id"], "{name}");
            let body = json!({ "template_id": name, "content_update": [] });
            let result = app.generate(body).await.ok();
            assert_eq!(app.download(&result["export_url"]).await.png_size(), (60, 40), "{name}");
        }
        let etag = app.read("my-card").await.header("etag").to_owned();
        let bearer = format!("Bearer {}", app.token);
        let same = app.get("/v1/templates/my-card", &[("authorization", &bearer), ("if-none-match", &etag)]).await;
        assert_eq!((same.status.as_u16(), same.body.len()), (304, 0));
    }
);

fn answer_tag(view: &Value) -> String {
    format!("\"{}-{}\"", view["version"], &view["hash"].as_str().unwrap()[..12])
}

db_test!(
    async fn what_is_not_there_is_a_404_that_says_what_was_meant(db: Db) {
        let app = test_app(db).await;
        app.created(page("spring-sale", 60, 40)).await;
        for (reference, words) in [
            ("spring-sael", "did you mean 'spring-sale'?"),
            ("quote-crad", "did you mean 'quote-card'?"),
            ("spring-sale@7", "the newest of 'spring-sale' is spring-sale@1"),
            ("spring-sale@ffffffff", "spring-sale@1"),
            ("quote-card@2", "quote-card@1"),
            ("..", "There is no"),
            ("0", "There is no template '0'"),
            ("%00", "There is no template"),
        ] {
            let problem = app.read(reference).await.problem(404, "not-found");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        }
        let message = app.generate(json!({ "template_id": "spring-sael" })).await.error(404, "Template not found");
        assert!(message.contains("spring-sale"), "{message}");
    }
);

db_test!(
    async fn names_mean_one_template_in_an_account_and_nothing_in_another(db: Db) {
        let app = test_app(db).await;
        let (_, second) = app.second_account().await;
        let mut card = page("card", 60, 40);
        card["aliases"] = json!(["7777"]);
        let made = app.created(card.clone()).await;
        let again = app.v1(&app.token, Method::POST, ALL, Some(card.clone())).await.problem(409, "conflict");
        assert!(again["detail"].as_str().unwrap().contains("PUT"), "{again}");
        for (id, aliases) in [("other", json!([7777])), ("other", json!(["card"])), ("7777", json!([]))] {
            let mut other = page(id, 60, 40);
            other["aliases"] = aliases;
            app.v1(&app.token, Method::POST, ALL, Some(other)).await.problem(409, "conflict");
        }
        app.v1(&app.token, Method::POST, ALL, Some(page("og-blog", 60, 40))).await.problem(409, "conflict");
        for name in ["card".to_owned(), "7777".to_owned(), made["id"].to_string()] {
            let path = format!("{ALL}/{name}");
            app.v1(&second, Method::GET, &path, None).await.problem(404, "not-found");
            app.v1(&second, Method::PUT, &path, Some(page("card", 1, 1))).await.problem(404, "not-found");
            app.v1(&second, Method::DELETE, &path, None).await.problem(404, "not-found");
            let body = json!({ "template_id": name });
            let bearer = format!("Bearer {second}");
            app.post("/generate", &[("authorization", &bearer)], body).await.error(404, "Template not found");
        }
        let own = app.v1(&second, Method::POST, ALL, Some(card)).await.json_of(201);
        assert_ne!(own["id"], made["id"]);
        app.v1(&second, Method::DELETE, &format!("{ALL}/card"), None).await;
        assert_eq!(app.read("card").await.ok()["id"], made["id"]);
    }
);

db_test!(
    async fn lists_have_starters_then_own_and_can_be_searched(db: Db) {
        let app = test_app(db).await;
        let (_, second) = app.second_account().await;
        for (id, name, tags) in
            [("sale-a", "Spring 100% sale", json!(["Shop"])), ("sale-b", "Autumn_sale", json!(["shop", "fall"]))]
        {
            let mut template = page(id, 60, 40);
            template["name"] = name.into();
            template["tags"] = tags;
            app.created(template).await;
        }
        let list = async |query: &str| app.v1(&app.token, Method::GET, &format!("{ALL}?{query}"), None).await.ok();
        let all = list("limit=100").await;
        assert_eq!(slugs(&all).first(), Some(&"linkedin-tips"));
        assert_eq!(slugs(&all)[slugs(&all).len() - 2..], ["sale-a", "sale-b"]);
        for (query, expected) in [
            ("search=SPRING", vec!["sale-a"]),
            ("search=sale-&origin=own", vec!["sale-a", "sale-b"]),
            ("search=100%25", vec!["sale-a"]),
            ("search=_sale", vec!["sale-b"]),
            ("search=%5C", vec![]),
            ("search=nothing", vec![]),
            ("tag=shop", vec!["sale-b"]),
            ("tag=Shop", vec!["sale-a"]),
            ("search=youtube-TH&origin=starter", vec!["youtube-thumbnail"]),
            ("origin=own", vec!["sale-a", "sale-b"]),
        ] {
            assert_eq!(slugs(&list(query).await), expected, "{query}");
        }
        let (mut query, mut found) = ("limit=2".to_owned(), Vec::new());
        loop {
            let part = list(&query).await;
            found.extend(slugs(&part).into_iter().map(str::to_owned));
            let Some(cursor) = part["next_cursor"].as_str() else { break };
            query = format!("limit=2&cursor={cursor}");
        }
        assert_eq!(found, slugs(&all));
        let others = app.v1(&second, Method::GET, &format!("{ALL}?origin=own"), None).await.ok();
        assert_eq!(slugs(&others), Vec::<&str>::new());
        app.v1(&app.token, Method::GET, &format!("{ALL}?origin=mine"), None).await.problem(400, "malformed");
    }
);

db_test!(
    async fn a_starter_is_copied_by_its_first_change_and_comes_back(db: Db) {
        let app = test_app(db).await;
        let (_, second) = app.second_account().await;
        let before = app.read("og-blog").await.ok();
        assert_eq!((&before["origin"], &before["version"]), (&json!("starter"), &json!(1)));
        app.v1(&app.token, Method::DELETE, &format!("{ALL}/og-blog"), None).await.problem(409, "conflict");
        let same = app.change("og-blog", before["template"].clone()).await.ok();
        assert_eq!(same["origin"], "starter", "what changes nothing copies nothing");
        let mut template = before["template"].clone();
        template["name"] = "Ours".into();
        let after = app.change("og-blog", template).await.ok();
        assert_eq!((&after["origin"], &after["version"], &after["name"]), (&json!("own"), &json!(2), &json!("Ours")));
        assert_eq!(after["files"], before["files"]);
        let number = before["id"].to_string();
        for name in ["og-blog", &number, &format!("{number}@2")] {
            assert_eq!(app.read(name).await.ok()["id"], after["id"], "{name}");
        }
        assert_eq!(app.read("og-blog@1").await.ok()["hash"], before["hash"]);
        let result = app
            .generate(json!({ "template_id": "og-blog", "content_update": [
            { "type": "textbox", "label": "title", "value": "x" }
        ] }))
            .await
            .ok();
        app.download(&result["export_url"]).await.png_size();
        let all = app.v1(&app.token, Method::GET, &format!("{ALL}?limit=100"), None).await.ok();
        assert_eq!(slugs(&all).iter().filter(|slug| **slug == "og-blog").count(), 1);
        let others = app.v1(&second, Method::GET, &format!("{ALL}/og-blog"), None).await.ok();
        assert_eq!(others["origin"], "starter");
        let gone = app.v1(&app.token, Method::DELETE, &format!("{ALL}/og-blog"), None).await;
        assert_eq!(gone.status.as_u16(), 204);
        assert_eq!(app.read("og-blog").await.ok()["origin"], "starter");
    }
);

db_test!(
    async fn a_duplicate_has_a_name_of_its_own(db: Db) {
        let app = test_app(db).await;
        let copy = async |body: Value| {
            app.v1(&app.token, Method::POST, &format!("{ALL}/linkedin-tips/duplicate"), Some(body)).await
        };
        let first = copy(json!({})).await.json_of(201);
        assert_eq!((&first["slug"], &first["version"]), (&json!("linkedin-tips-copy"), &json!(1)));
        assert_eq!(copy(json!({})).await.json_of(201)["slug"], "linkedin-tips-copy-2");
        let named = copy(json!({ "slug": "our-tips", "name": "Our tips" })).await.json_of(201);
        assert_eq!((&named["slug"], &named["name"]), (&json!("our-tips"), &json!("Our tips")));
        assert!(named["template"].get("aliases").is_none() && !named["files"].as_array().unwrap().is_empty());
        copy(json!({ "slug": "our-tips" })).await.problem(409, "conflict");
        let wrong = copy(json!({ "slug": "Our Tips!" })).await.problem(422, "invalid");
        assert_eq!(wrong["errors"][0]["pointer"], "#/id", "{wrong}");
        assert_eq!(copy(json!({ "slg": "x" })).await.problem(422, "invalid")["errors"][0]["suggestion"], "slug");
    }
);

db_test!(
    async fn a_deleted_template_is_gone_with_its_versions(db: Db) {
        let app = test_app(db).await;
        let made = app.created(page("card", 60, 40)).await;
        app.change("card", sized("card", 30)).await.ok();
        let gone = app.v1(&app.token, Method::DELETE, &format!("{ALL}/card"), None).await;
        assert_eq!((gone.status.as_u16(), gone.body.len()), (204, 0));
        let number = made["id"].to_string();
        for name in ["card", "card@1", &number] {
            app.read(name).await.problem(404, "not-found");
        }
        let again = app.created(page("card", 60, 40)).await;
        assert_eq!(again["version"], 1);
        assert_ne!(again["id"], made["id"], "numbers are not used twice");
    }
);
