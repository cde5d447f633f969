//! What a template was before: pinned, listed, compared, restored; and changes that meet each other.

use axum::http::Method;
use handbill_db::db_test;
use serde_json::{Value, json};

use super::{ALL, sized};
use crate::support::{Answer, TestApp, page, test_app};

impl TestApp {
    /// A change on condition.
    async fn change_if(&self, tag: &str, template: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", tag)];
        self.send(Method::PUT, &format!("{ALL}/card"), &headers, template.to_string()).await
    }
}

db_test!(
    async fn every_change_is_a_version_and_a_request_pins_one(db: Db) {
        let app = test_app(db).await;
        let first = app.created(page("card", 60, 40)).await;
        let path = "card?note=Larger";
        let second = app.change(path, page("card", 80, 40)).await.ok();
        assert_eq!((&second["version"], &second["id"]), (&json!(2), &first["id"]));
        let same = app.change("card", page("card", 80, 40)).await.ok();
        assert_eq!(same["version"], 2, "what changes nothing is no version");
        let hash = &first["hash"].as_str().unwrap()[..10];
        for (reference, width) in
            [("card".to_owned(), 80), ("card@1".into(), 60), ("card@2".into(), 80), (format!("card@{hash}"), 60)]
        {
            let result = app.generate(json!({ "template_id": reference, "content_update": [] })).await.ok();
            assert_eq!(app.download(&result["export_url"]).await.png_size(), (width, 40), "{reference}");
        }
        let list = app.read("card/versions").await.ok();
        let shown: Vec<_> = list["data"].as_array().unwrap().iter().map(|v| (&v["version"], &v["note"])).collect();
        assert_eq!(shown, [(&json!(2), &json!("Larger")), (&json!(1), &Value::Null)]);
        assert_eq!(list["data"][0]["author"], "First token");
        let part = app.read("card/versions?limit=1").await.ok();
        let cursor = part["next_cursor"].as_str().unwrap();
        assert_eq!(app.read(&format!("card/versions?limit=1&cursor={cursor}")).await.ok()["data"][0]["version"], 1);
        assert_eq!(app.read("quote-card/versions").await.ok()["data"][0]["version"], 1);
    }
);

db_test!(
    async fn a_render_is_of_the_template_it_was_asked_for_whatever_the_aliases(db: Db) {
        let app = test_app(db).await;
        let starter = app.read("og-blog").await.ok();
        let mut thief = page("thief", 60, 40);
        thief["aliases"] = json!([starter["id"]]);
        app.created(thief).await;
        let card = json!([{ "type": "textbox", "label": "title", "value": "A" }]);
        let result = app.generate(json!({ "template_id": "og-blog", "content_update": card })).await.ok();
        assert_eq!(app.download(&result["export_url"]).await.png_size(), (1200, 630));
    }
);

db_test!(
    async fn a_change_meets_another_one(db: Db) {
        let app = test_app(db).await;
        app.created(page("card", 60, 40)).await;
        let tag = app.read("card").await.header("etag").to_owned();
        let changed = app.change_if(&tag, &sized("card", 30)).await;
        assert_eq!(changed.ok()["version"], 2);
        let problem = app.change_if(&tag, &sized("card", 31)).await.problem(412, "changed");
        assert!(problem["detail"].as_str().unwrap().contains(changed.header("etag")), "{problem}");
        app.change_if("nonsense", &sized("card", 31)).await.problem(400, "malformed");
        assert_eq!(app.change_if("*", &sized("card", 31)).await.ok()["version"], 3);
        let bearer = format!("Bearer {}", app.token);
        let headers = [("authorization", bearer.as_str()), ("if-match", &tag)];
        app.send(Method::DELETE, "/v1/templates/card", &headers, "").await.problem(412, "changed");
    }
);

db_test!(
    async fn changes_at_the_same_moment_are_all_kept(db: Db) {
        let app = test_app(db).await;
        app.created(page("card", 60, 40)).await;
        let changes = (0..6).map(|n| app.change("card", sized("card", 21 + n)));
        let answers = futures_join(changes).await;
        let mut versions: Vec<i64> = answers.iter().map(|answer| answer.ok()["version"].as_i64().unwrap()).collect();
        versions.sort_unstable();
        assert_eq!(versions, [2, 3, 4, 5, 6, 7]);
    }
);

async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in futures.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(done) = future.as_mut().poll(context) {
                *output = Some(done);
            }
        }
        if futures.iter().all(|(_, output)| output.is_some()) {
            return std::task::Poll::Ready(());
        }
        std::task::Poll::Pending
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

db_test!(
    async fn versions_are_compared_by_nodes_and_properties(db: Db) {
        let app = test_app(db).await;
        app.created(page("card", 60, 40)).await;
        let mut next = sized("card", 30);
        next["slides"][0]["children"].as_array_mut().unwrap().remove(1);
        next["fields"].as_array_mut().unwrap().remove(1);
        next["slides"].as_array_mut().unwrap().push(json!({ "id": "more" }));
        app.change("card", next).await.ok();
        let compared = app.read("card/compare?from=1").await.ok();
        assert_eq!((&compared["from"]["version"], &compared["to"]["version"]), (&json!(1), &json!(2)));
        let changes: Vec<(&str, &str)> = compared["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| (change["path"].as_str().unwrap(), change["kind"].as_str().unwrap()))
            .collect();
        assert_eq!(
            changes,
            [
                ("fields/photo", "removed"),
                ("slides/only/children/photo", "removed"),
                ("slides/only/children/title/fontSize", "changed"),
                ("slides/more", "added"),
            ]
        );
        let back = app.read("card/compare?from=2&to=1").await.ok();
        assert_eq!(back["changes"].as_array().unwrap().len(), 4);
        app.read("card/compare").await.problem(400, "malformed");
        app.read("card/compare?from=9").await.problem(404, "not-found");
    }
);

db_test!(
    async fn an_older_version_comes_back_as_the_newest(db: Db) {
        let app = test_app(db).await;
        let first = app.created(page("card", 60, 40)).await;
        app.change("card", sized("card", 30)).await.ok();
        let restore =
            async |body: Value| app.v1(&app.token, Method::POST, &format!("{ALL}/card/restore"), Some(body)).await;
        let back = restore(json!({ "version": 1 })).await.ok();
        assert_eq!((&back["version"], &back["hash"]), (&json!(3), &first["hash"]));
        assert_eq!(app.read("card/versions").await.ok()["data"][0]["note"], "Back to version 1");
        let hash = &first["hash"].as_str().unwrap()[..8];
        assert_eq!(restore(json!({ "version": hash })).await.ok()["version"], 3, "it is so already");
        restore(json!({ "version": 99 })).await.problem(404, "not-found");
        restore(json!({ "version": true })).await.problem(422, "invalid");
    }
);
