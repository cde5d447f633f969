//! The inventories of the examples, and of what tokens declare.

use serde_json::{Value, json};

use super::{Inventory, Target};
use crate::document::FieldType;

fn inventory(template: &Value) -> Inventory {
    Inventory::of(&serde_json::from_value(template.clone()).expect("a template"))
}

fn example(name: &str) -> Inventory {
    let path = format!("{}/tests/examples/{name}.template.json", env!("CARGO_MANIFEST_DIR"));
    let json = std::fs::read_to_string(path).expect("an example");
    Inventory::of(&crate::read(&json).expect("a template"))
}

fn keys(fields: &[super::KnownField]) -> Vec<&str> {
    fields.iter().map(|known| known.field.key.as_str()).collect()
}

#[test]
fn scopes_of_a_carousel() {
    let found = example("linkedin-tips");
    assert_eq!(keys(&found.document), ["title", "subtitle", "main_image", "cta"]);
    assert_eq!(found.document[3].slide.as_deref(), Some("outro"));
    let group = found.group("slides").expect("a group");
    assert_eq!(group.slides, ["tip-image", "tip-text"]);
    assert_eq!((group.min, group.max), (Some(1), Some(18)));
    assert_eq!(keys(&group.fields), ["slide_title", "body", "image"]);
    assert!(found.document.iter().chain(&group.fields).all(|known| known.declared));
}

#[test]
fn tokens_declare_themselves() {
    let found = inventory(&json!({
        "format": 1, "id": "t", "canvas": { "width": 1, "height": 1, "background": "{{paper}}" },
        "theme": { "colors": { "tone": { "from": "{{photo}}", "fallback": "#fff" }, "x": "{{accent}}" } },
        "fields": [{ "key": "people", "type": "list", "of": [{ "key": "name", "type": "text" }, { "key": "roles", "type": "list", "of": [{ "key": "role", "type": "text" }] }] }],
        "components": { "c": { "fields": [{ "key": "p", "type": "text" }], "node": { "type": "text", "text": "{{p}} {{brand.name}}" } } },
        "slides": [
            { "id": "a", "when": "show_a", "children": [
                { "type": "text", "text": "{{headline | upper}} {{brand.name}} {{slide.number}} {{t.x}} {{size.width}}", "when": "photo" },
                { "type": "image", "src": "{{photo}}", "alt": "{{alt_text}}" },
                { "type": "image", "src": "https://cdn.example/{{file}}.png" },
                { "type": "frame", "repeat": { "each": "people", "as": "p" }, "children": [
                    { "type": "text", "text": "{{name}} {{p.name}} {{item.name}} {{outer}}" },
                    { "type": "text", "repeat": { "each": "p.roles", "as": "r" }, "text": "{{r.role}} {{role}}" } ] },
                { "type": "use", "component": "c", "props": { "p": "{{prop_value}}" }, "repeat": { "each": "stars" } },
                { "type": "text", "repeat": { "each": "links", "as": "l" }, "text": "{{l.label}}", "at": { "square": { "text": "{{narrow}}" } } },
                { "type": "image", "repeat": { "each": "shots", "as": "s" }, "src": "{{s.picture}}" } ] },
            { "id": "b", "repeat": { "each": "slides" }, "when": "picture", "children": [
                { "type": "text", "text": "{{point}} {{headline}} {{item.number}}" }, { "type": "image", "src": "{{picture}}" } ] } ]
    }));
    assert_eq!(
        keys(&found.document),
        [
            "people",
            "show_a",
            "photo",
            "headline",
            "alt_text",
            "file",
            "outer",
            "stars",
            "prop_value",
            "links",
            "narrow",
            "shots",
            "accent",
            "paper"
        ]
    );
    let kind = |key: &str| found.document_field(key).expect(key).field.kind;
    assert_eq!(kind("photo"), FieldType::Image);
    assert_eq!(kind("file"), FieldType::Text);
    assert_eq!(kind("links"), FieldType::List);
    let parts = |key: &str| {
        let field = &found.document_field(key).expect(key).field;
        field.of.iter().map(|part| (part.key.clone(), part.kind)).collect::<Vec<_>>()
    };
    assert_eq!(parts("links"), [("label".to_owned(), FieldType::Text)]);
    assert_eq!(parts("shots"), [("picture".to_owned(), FieldType::Image)]);
    let group = found.group("slides").expect("a group");
    assert_eq!(keys(&group.fields), ["picture", "point"]);
    assert_eq!(group.fields[0].field.kind, FieldType::Image);
    assert_eq!(found.on_slide["a"][..3], ["show_a", "photo", "headline"]);
}

#[test]
fn inputs_are_numbered_in_order() {
    let shown = |inventory: &Inventory| {
        let show = |input: &super::Input| match &input.target {
            Target::Document { key } => format!("{}:{key}", input.number),
            Target::Item { list: of, index, key } | Target::Entry { each: of, index, key } => {
                format!("{}:{of}.{index}.{key}", input.number)
            }
        };
        inventory.inputs().iter().map(show).collect::<Vec<_>>().join(" ")
    };
    let tips = shown(&example("linkedin-tips"));
    assert!(
        tips.starts_with("1:title 2:subtitle 3:main_image 4:cta 5:slides.0.slide_title 6:slides.0.body 7:slides.0.image 8:slides.1.slide_title"),
        "{tips}"
    );
    assert!(tips.ends_with("29:slides.8.slide_title 30:slides.8.body"), "{tips}");
    assert_eq!(
        shown(&example("event-card")),
        "1:title 2:starts 3:place 4:logo 5:speakers.0.name 6:speakers.0.job 7:speakers.0.photo 8:speakers.1.name \
         9:speakers.1.job 10:speakers.1.photo 11:speakers.2.name 12:speakers.2.job 13:speakers.2.photo \
         14:speakers.3.name 15:speakers.3.job 16:speakers.3.photo 17:speakers.4.name 18:speakers.4.job \
         19:speakers.4.photo 20:speakers.5.name 21:speakers.5.job 22:speakers.5.photo"
    );
    let mixed = inventory(&json!({
        "format": 1, "id": "t", "canvas": { "width": 1, "height": 1 },
        "fields": [{ "key": "a", "type": "text" }, { "key": "b", "type": "text", "input": 1 }, { "key": "c", "type": "text", "input": 3 }, { "key": "d", "type": "text" }],
        "slides": [{ "id": "s", "fields": [{ "key": "e", "type": "text" }], "children": [{ "type": "text", "text": "{{f}}" }] }]
    }));
    assert_eq!(shown(&mixed), "1:b 2:a 3:c 4:d 5:e 6:f");
}

#[test]
fn the_description_has_no_samples() {
    let json = serde_json::to_value(example("linkedin-tips").describe()).expect("json");
    assert!(!json.to_string().contains("7 habits"));
    assert_eq!(
        json["fields"][0],
        json!({ "key": "title", "type": "text", "label": "Cover title", "required": true, "maxLength": 90,
                "aliases": ["heading", "headline"], "slide": "intro", "declared": true })
    );
    assert_eq!(
        json["inputs"][7],
        json!({ "name": "input_8", "key": "slide_title", "label": "Tip", "type": "text", "required": true, "list": "slides", "entry": 2 })
    );
}
