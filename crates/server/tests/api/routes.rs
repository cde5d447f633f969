//! What every route owes, walked over the router's own list, so that a new one can't be forgotten: who may use it, and
//! that nobody finds anything of another account's behind it.

use axum::http::Method;
use handbill_db::db_test;
use handbill_server::router::{Access, Route, routes};
use handbill_server::store::token::Scopes;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, test_app};

/// The first account's thing that a parameter of a path stands for. A new parameter is taught here.
async fn made(app: &TestApp, parameter: &str) -> String {
    match parameter {
        "brand_kit_id" => {
            let count = app.v1(&app.token, Method::GET, "/v1/brand-kits?limit=100", None).await.ok()["data"]
                .as_array()
                .unwrap()
                .len();
            let body = json!({ "name": format!("Kit {count}") });
            app.v1(&app.token, Method::POST, "/v1/brand-kits", Some(body)).await.json_of(201)["id"].to_string()
        }
        "font_id" => {
            let bytes = handbill_bundle::default_faces()[0].data.to_vec();
            let count = app.v1(&app.token, Method::GET, "/v1/fonts?limit=100", None).await.ok()["data"]
                .as_array()
                .unwrap()
                .len();
            let bearer = format!("Bearer {}", app.token);
            let headers = [("authorization", bearer.as_str()), ("content-type", "font/ttf")];
            let answer = app.send(Method::POST, &format!("/v1/fonts?family=F{count}"), &headers, bytes).await;
            answer.json_of(201)["id"].to_string()
        }
        "template" => {
            let path = "/v1/templates/quote-card/duplicate";
            app.v1(&app.token, Method::POST, path, Some(json!({}))).await.json_of(201)["id"].to_string()
        }
        "render_id" => {
            let body = json!({ "template": "og-blog", "data": { "title": "A title" } });
            let answer = app.v1(&app.token, Method::POST, "/v1/renders", Some(body)).await;
            answer.json_of(202)["id"].as_str().unwrap().to_owned()
        }
        "token_id" => app.new_token(1, Scopes::All).await.0.to_string(),
        "job_id" => {
            let title = json!([{ "type": "textbox", "label": "title", "value": "A title" }]);
            let asked = json!({ "template_id": "og-blog", "content_update": title });
            let answer = app.post("/render", &[], asked).await;
            answer.json()["job_id"].as_str().expect("it is taken in").to_owned()
        }
        _ => panic!("a route has the parameter {{{parameter}}}: say here how to make one"),
    }
}

/// The names between braces.
fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(|name| name.trim_start_matches('*')).collect()
}

async fn send(app: &TestApp, route: &Route, path: &str, token: Option<&str>) -> Answer {
    let bearer = format!("Bearer {}", token.unwrap_or_default());
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(token.map(|_| ("authorization", bearer.as_str())));
    let body = if route.method == Method::GET { String::new() } else { json!({}).to_string() };
    app.send(route.method.clone(), path, &headers, body).await
}

#[test]
fn what_needs_no_token_is_on_purpose() {
    let open: Vec<(String, Access)> = routes()
        .iter()
        .filter(|route| route.access != Access::Token)
        .map(|route| (format!("{} {}", route.method, route.path), route.access))
        .collect();
    let expected = [
        ("GET /healthz", Access::Health),
        ("GET /readyz", Access::Health),
        // Nothing of any account is in them: health.rs.
        ("GET /metrics", Access::Health),
        ("GET /", Access::Public),
        ("GET /licenses", Access::Public),
        ("GET /schema/template.v1.json", Access::Public),
        ("GET /openapi/{file}", Access::Public),
        ("GET /problems/{kind}", Access::Public),
        ("GET /server/{profile_id}/uploads/{*file}", Access::Public),
        // What it answers without a signature: files.rs.
        ("GET /private/{*file}", Access::Public),
        ("GET /queue/stats", Access::Public),
    ];
    assert_eq!(open, expected.map(|(route, access)| (route.to_owned(), access)));
}

db_test!(
    async fn without_a_token_all_others_are_a_401(db: Db) {
        let app = test_app(db).await;
        for route in routes().iter().filter(|route| route.access == Access::Token) {
            let path = parameters(&route.path)
                .iter()
                .fold(route.path.clone(), |path, name| path.replace(&format!("{{{name}}}"), "1"));
            for token in [None, Some(app.unknown_token().as_str())] {
                let answer = send(&app, route, &path, token).await;
                assert_eq!(answer.status.as_u16(), 401, "{} {path}: {}", route.method, answer.text());
            }
        }
    }
);

db_test!(
    async fn what_is_another_accounts_is_not_there(db: Db) {
        let app = test_app(db).await;
        let (_, stranger) = app.second_account().await;
        let mut made_ids: Vec<(String, String)> = Vec::new();
        for route in routes().iter().filter(|route| route.access == Access::Token) {
            let mut path = route.path.clone();
            for name in parameters(&route.path) {
                let id = made(&app, name).await;
                path = path.replace(&format!("{{{name}}}"), &id);
                made_ids.push((route.path.clone(), id));
            }
            if path != route.path {
                let answer = send(&app, route, &path, Some(&stranger)).await;
                assert_eq!(answer.status.as_u16(), 404, "{} {path}: {}", route.method, answer.text());
            }
        }
        // The lists that these things are in have none of them either.
        for route in routes().iter().filter(|route| route.method == Method::GET && parameters(&route.path).is_empty()) {
            let below = format!("{}/{{", route.path);
            let own: Vec<_> = made_ids.iter().filter(|(path, _)| path.starts_with(&below)).collect();
            if own.is_empty() {
                continue;
            }
            let list = send(&app, route, &route.path, Some(&stranger)).await.ok();
            let listed: Vec<String> = list["data"].as_array().unwrap().iter().map(|row| shown(&row["id"])).collect();
            let leaked: Vec<_> = own.into_iter().filter(|(_, id)| listed.contains(id)).collect();
            assert!(leaked.is_empty(), "GET {}: {leaked:?}", route.path);
        }
    }
);

/// An id as it stands in a path.
fn shown(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}
