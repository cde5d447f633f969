//! Tables of documents of the right shape that mean something wrong, and what is said about them.

mod fitting;
mod names;

use serde_json::{Value, json};

use crate::read_value;

/// A right document, with the given keys over it.
fn with(keys: Value) -> Value {
    let mut document = json!({
        "format": 1,
        "id": "t",
        "canvas": { "width": 100, "height": 100 },
        "sizes": { "story": { "width": 100, "height": 200 } },
        "theme": {
            "colors": { "accent": "#f00" },
            "fonts": { "hand": "Caveat" },
            "textStyles": { "title": { "fontSize": 20 } },
        },
        "strings": { "en": { "by": "by" } },
        "components": {
            "badge": {
                "fields": [{ "key": "name", "type": "text", "required": true }, { "key": "size_px", "type": "number" }],
                "node": { "type": "text", "id": "root", "text": "{{name}}" },
            },
        },
        "slides": [{ "id": "s", "layout": "column", "children": [] }],
    });
    let Value::Object(keys) = keys else { panic!("keys") };
    for (key, value) in keys {
        document[key] = value;
    }
    document
}

fn with_node(node: &Value) -> Value {
    with(json!({
        "fields": [
            { "key": "headline", "type": "text" },
            { "key": "people", "type": "list", "of": [{ "key": "name", "type": "text" }] },
        ],
        "slides": [{ "id": "s", "layout": "column", "children": [node] }],
    }))
}

fn with_fields(fields: &Value) -> Value {
    with(json!({ "fields": fields }))
}

fn faults_of(document: Value) -> Vec<String> {
    read_value(document).err().into_iter().flat_map(|faults| faults.0).map(|fault| fault.to_string()).collect()
}

/// Each document has exactly one fault: at this path, with a message that begins so.
fn assert_faults(table: Vec<(Value, &str, &str)>) {
    for (document, path, message) in table {
        let faults = faults_of(document.clone());
        let wanted = format!("{path}: {message}");
        assert!(
            faults.len() == 1 && faults[0].starts_with(&wanted),
            "wanted\n  {wanted}\ngot\n  {}\nfor {document}",
            faults.join("\n  ")
        );
    }
}

#[test]
fn right_documents_are_right() {
    for document in [
        with(json!({})),
        with_node(
            &json!({ "type": "text", "style": "title", "text": "{{headline}} {{t.by}} {{brand.name}}", "fill": "$accent/40", "fontFamily": "$hand" }),
        ),
        with_node(
            &json!({ "type": "use", "component": "badge", "props": { "name": "{{headline}}", "size_px": 3 }, "at": { "story": { "width": 40 }, "portrait": {} } }),
        ),
        with_node(
            &json!({ "type": "text", "text": "{{p.name}} {{name}} {{item.name}} {{item.number}}", "repeat": { "each": "people", "as": "p" } }),
        ),
        with_node(&json!({ "type": "text", "text": "★", "repeat": { "each": "3" } })),
        with_node(&json!({ "type": "text", "text": "{{anything}}", "repeat": { "each": "unheard_of" } })),
        with_node(
            &json!({ "type": "text", "text": "{{self_declared}}", "at": { "story": { "text": "{{self_declared|upper}}" } } }),
        ),
        with(
            json!({ "theme": { "colors": { "tone": { "from": "{{photo}}", "fallback": "$accent" }, "accent": "$ink" } } }),
        ),
        with(
            json!({ "slides": [{ "id": "s", "repeat": { "each": "slides" }, "when": "image", "fields": [{ "key": "image", "type": "image" }] }] }),
        ),
    ] {
        assert_eq!(faults_of(document.clone()), Vec::<String>::new(), "{document}");
    }
}

#[test]
fn advice_is_given_about_right_documents() {
    let document = with(json!({
        "canvas": { "width": 100, "height": 100, "dpi": 300 },
        "fields": [{ "key": "headline", "type": "text" }, { "key": "unread", "type": "text" }],
        "slides": [{ "id": "s", "layout": "column", "children": [
            { "type": "text", "text": "{{headlin}}", "x": 3 },
            { "type": "image", "src": "{{photo}}" },
            { "type": "text", "text": "{{headline}}", "column": 1 },
        ] }],
    }));
    let mut document = document;
    document["sample"] = json!({ "headline": "a", "photo": "a.jpg", "hedline": "b", "slides": [] });
    let template = read_value(document).expect("a right template");
    let advice: Vec<String> =
        crate::lint(&template).into_iter().map(|lint| format!("{}: {}", lint.path, lint.message)).collect();
    assert_eq!(
        advice,
        [
            "slides/0/children/0/text: 'headlin' is not declared; it becomes an optional text field; did you mean 'headline'?",
            "slides/0/children/1/src: 'photo' is not declared; it becomes an optional picture field",
            "fields/1: nothing reads the field 'unread'",
            "components/badge/fields/1: nothing reads the field 'size_px'",
            "sample/hedline: the template has no field 'hedline'; did you mean 'headline'?",
            "sample/slides: the template has no field 'slides'",
            "theme/textStyles/title: nothing has the text style 'title'",
            "components/badge: nothing uses the component 'badge'",
            "slides/0/children/0/x: 'x' does nothing in a frame that lays out its children, unless 'absolute' is true",
            "slides/0/children/1: say what it shows in 'alt', for those who cannot see it; \"\" if it is only decoration",
            "slides/0/children/2/column: 'column' does nothing outside a grid",
            "canvas/dpi: 'dpi' does nothing in a px document; ask for a scale instead",
        ]
    );
}
