//! Closed addresses, in every field of a request and every place of a template that takes a URL. A listener on such an
//! address must see nothing; an open one must see every field, so that the table cannot be idle. How addresses can be
//! spelled, and how names and redirects lead to them, is in `src/fetch/tests.rs`; the S3 endpoint in `src/blobs/s3/tests.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use handbill_db::db_test;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::origin::{origin, picture};
use crate::support::{TestApp, test_app_with};

/// Counts connections, and answers none.
struct Closed {
    port: u16,
    connections: Arc<AtomicUsize>,
}

async fn closed() -> Closed {
    let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let (port, connections) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    Closed { port, connections }
}

impl Closed {
    fn spellings(&self) -> Vec<String> {
        let hosts = ["127.0.0.2", "2130706434", "0x7f.2", "[::ffff:127.0.0.2]", "[64:ff9b::127.0.0.2]"];
        hosts.map(|host| format!("http://{host}:{}/p.jpg", self.port)).to_vec()
    }
}

/// A slide with one node, small.
fn slide(node: Value) -> Value {
    let mut slide = json!({ "id": "only", "layout": "column" });
    slide["children"] = Value::Array(vec![node]);
    slide
}

fn template(id: &str, slides: Value) -> Value {
    let mut template = json!({
        "format": 1, "id": id, "canvas": { "width": 40, "height": 40 },
        "fields": [{ "key": "photo", "type": "image" }, { "key": "none", "type": "image" }],
    });
    template["slides"] = slides;
    template
}

fn image(src: &str) -> Value {
    json!({ "type": "image", "id": "photo", "src": src, "width": 20, "height": 20, "alt": "" })
}

/// A template for each place that takes a URL, which is there a field, `photo`, or (as in fixed templates) the URL itself.
fn places(photo: &str) -> Vec<(&'static str, Value)> {
    let shape = |extra: Value| {
        let mut node =
            json!({ "type": "shape", "id": "s", "shape": "rect", "width": 20, "height": 20, "fill": "#f00" });
        node.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        node
    };
    let paint = json!({ "type": "image", "src": photo });
    let mut fallback = image("{{none}}");
    fallback["fallback"] = photo.into();
    let mut overlaid = image(photo);
    overlaid["overlay"] = paint.clone();
    let mut background = slide(shape(json!({})));
    background["background"] = paint.clone();
    let nodes = [
        ("image", image(photo)),
        ("fallback", fallback),
        ("overlay", overlaid),
        ("fill", shape(json!({ "fill": paint }))),
        ("stroke", shape(json!({ "stroke": paint, "strokeWidth": 2 }))),
        ("text-fill", json!({ "type": "text", "id": "t", "text": "Text", "fontSize": 12, "fill": paint })),
        ("mask", shape(json!({ "mask": { "src": photo } }))),
        ("svg", json!({ "type": "svg", "id": "v", "src": photo, "width": 20, "height": 20, "alt": "" })),
    ];
    let mut all: Vec<_> = nodes.into_iter().map(|(name, node)| (name, template(name, json!([slide(node)])))).collect();
    all.push(("background", template("background", json!([background]))));
    let mut picked = template("picked", json!([slide(shape(json!({ "fill": "$tone" })))]));
    picked["theme"] = json!({ "colors": { "tone": { "from": photo, "pick": "vibrant", "fallback": "#888" } } });
    all.push(("picked", picked));
    all
}

/// Slides with a picture each: first, repeated, last; and one that shows the brand's.
fn others() -> [Value; 2] {
    let with_role = |role: &str, key: &str, extra: Value| {
        let mut node = image(&format!("{{{{{key}}}}}"));
        node["id"] = format!("photo-{role}").into();
        let mut slide = slide(node);
        slide["id"] = role.into();
        slide["role"] = role.into();
        let aliases: &[&str] = if key == "image" { &[] } else { &["image"] };
        slide["fields"] = json!([{ "key": key, "type": "image", "aliases": aliases }]);
        slide.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        slide
    };
    let repeat = json!({ "repeat": { "each": "slides", "min": 1, "max": 9 } });
    let (intro, outro) = (with_role("intro", "cover", json!({})), with_role("outro", "back", json!({})));
    let slides = [intro, with_role("content", "image", repeat), outro];
    [template("slides", json!(slides)), template("branded", json!([slide(image("{{brand.avatar_image_url}}"))]))]
}

/// Every field of a request that takes a URL, with this one in it.
fn requests(url: &str) -> Vec<(String, Value)> {
    let photo = json!([{ "type": "image", "label": "photo", "value": url }]);
    let fields = json!([{ "type": "image", "label": "image", "value": url }]);
    let places = places("{{photo}}").into_iter();
    let mut all: Vec<(String, Value)> = places
        .map(|(name, _)| (format!("content_update: {name}"), json!({ "template_id": name, "content_update": photo })))
        .collect();
    for (name, key, value) in [
        ("carousel as a list", "carousel", json!([{ "content_fields": fields }])),
        ("intro_slide", "carousel", json!({ "intro_slide": { "image": url }, "slides": [{}] })),
        ("slides", "carousel", json!({ "slides": [{ "image": url }] })),
        ("ending_slide", "carousel", json!({ "slides": [{}], "ending_slide": { "image": url } })),
        (
            "carousel_content",
            "carousel_content",
            json!({ "slides": [{ "elements": { "image": { "type": "image", "value": url } } }] }),
        ),
    ] {
        all.push((name.to_owned(), json!({ "template_id": "slides", key: value })));
    }
    let branding = json!({ "avatar_image_url": url });
    all.push(("branding".to_owned(), json!({ "template_id": "branded", "branding": branding })));
    all
}

/// Places of templates that hold the URL themselves; they are numbered.
fn fixed(urls: &[String]) -> Vec<Value> {
    let mut all = Vec::new();
    for (index, url) in urls.iter().enumerate() {
        for (name, mut template) in places(url) {
            template["id"] = format!("fixed-{index}-{name}").into();
            all.push(template);
        }
    }
    all
}

async fn ask(app: &TestApp, name: &str, body: Value) -> String {
    let answer = app.generate(body).await;
    assert!(matches!(answer.status.as_u16(), 200 | 400), "{name}: {}", answer.text());
    answer.text()
}

db_test!(
    async fn no_field_of_a_request_leads_to_a_closed_address(db: Db) {
        let closed = closed().await;
        let to_closed = format!("http://127.0.0.2:{}/p.jpg", closed.port);
        let open = origin("127.0.0.1", vec![("/p.jpg", picture()), ("/to", to_closed.into_bytes())]).await;
        let app = test_app_with(db, |setup| {
            setup.templates.extend(places("{{photo}}").into_iter().map(|(_, template)| template).chain(others()));
            setup.config.outbound.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .await;
        let mut urls = closed.spellings();
        urls.push(open.url("/to"));
        for url in &urls {
            for (name, body) in requests(url) {
                let told = ask(&app, &name, body).await;
                // A colour that is picked from a picture that cannot be had is its fallback, and nothing is told.
                assert!(told.contains("closed to this server") || name.ends_with("picked"), "{name}, {url}: {told}");
            }
        }
        assert_eq!(closed.connections.load(Ordering::SeqCst), 0);
        // The same fields are fetched from where it is open; each has an address of its own, so that none is kept.
        for (index, (name, _)) in requests("").into_iter().enumerate() {
            let visits = open.visits();
            let (_, body) = requests(&open.url(&format!("/p.jpg?{index}"))).swap_remove(index);
            ask(&app, &name, body).await;
            assert_eq!(open.visits(), visits + 1, "{name}");
        }
    }
);

db_test!(
    async fn no_place_of_a_template_leads_to_a_closed_address(db: Db) {
        let closed = closed().await;
        let open = origin("127.0.0.1", vec![("/p.jpg", picture())]).await;
        let urls = [closed.spellings().swap_remove(3), open.url("/p.jpg")];
        let app = test_app_with(db, |setup| {
            setup.templates.extend(fixed(&urls));
            setup.config.outbound.allow_networks = vec!["127.0.0.1/32".parse().unwrap()];
            setup.config.outbound.cache_bytes = 0;
        })
        .await;
        for (index, _) in urls.iter().enumerate() {
            for (name, _) in places("") {
                let visits = open.visits();
                let told = ask(&app, name, json!({ "template_id": format!("fixed-{index}-{name}") })).await;
                if index + 1 < urls.len() {
                    assert!(told.contains("closed to this server") || name == "picked", "{name}: {told}");
                } else {
                    assert_eq!(open.visits(), visits + 1, "{name}");
                }
            }
        }
        assert_eq!(closed.connections.load(Ordering::SeqCst), 0);
    }
);
