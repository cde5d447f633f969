//! The documentation is right: its tables are those of the schema, its examples are accepted.

use handbill_template::reference::reference;
use handbill_template::{read, write};
use serde_json::{Value, json};

const GUIDE: &str = include_str!("../../../docs/template-format.md");

/// The fenced examples of the guide with this word behind `json`.
fn examples(kind: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = GUIDE.lines();
    while let Some(line) = lines.next() {
        if line == format!("```json {kind}") {
            found.push(lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n"));
        }
    }
    found
}

fn value(kind: &str, text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{kind}: {error} in\n{text}"))
}

/// A template in which the examples of the guide have what they refer to.
fn around(slide: &Value) -> Value {
    json!({
        "format": 1,
        "id": "example",
        "canvas": { "width": 1080, "height": 1080 },
        "sizes": { "story": { "width": 1080, "height": 1920 } },
        "theme": {
            "colors": { "accent": "#c4501b" },
            "fonts": { "hand": "Caveat" },
            "textStyles": { "title": { "fontSize": 80 }, "body": { "fontSize": 32 } },
        },
        "strings": { "en": { "join": "Join" } },
        "components": {
            "badge": {
                "fields": [{ "key": "who", "type": "text", "required": true }, { "key": "photo", "type": "image" }],
                "node": { "type": "text", "text": "{{who}}" },
            },
        },
        "slides": [slide],
    })
}

fn accepted(kind: &str, text: &str, document: &Value) {
    if let Err(faults) = read(&document.to_string()) {
        panic!("an example of kind {kind} is not accepted:\n{faults}\n{text}");
    }
}

#[test]
fn the_reference_is_current() {
    let page = include_str!("../../../docs/template-reference.md");
    assert!(
        page == reference(),
        "run: cargo run -p handbill-template --example reference > docs/template-reference.md"
    );
}

#[test]
fn every_property_has_a_meaning() {
    let rows = reference();
    let empty: Vec<&str> = rows.lines().filter(|row| row.ends_with("|  |") && !row.starts_with("| `type`")).collect();
    assert_eq!(empty, Vec::<&str>::new());
}

#[test]
fn whole_templates_of_the_guide_are_accepted_and_canonical() {
    let examples = examples("template");
    assert!(!examples.is_empty());
    for text in examples {
        let template = read(&text).unwrap_or_else(|faults| panic!("{faults}\n{text}"));
        assert_eq!(write(&template).trim_end(), text);
    }
}

#[test]
fn pieces_of_the_guide_are_accepted() {
    let mut count = 0;
    for text in examples("node") {
        let slide = json!({ "id": "slide", "layout": "column", "children": [value("node", &text)] });
        accepted("node", &text, &around(&slide));
        count += 1;
    }
    for text in examples("free") {
        accepted("free", &text, &around(&json!({ "id": "slide", "children": [value("free", &text)] })));
        count += 1;
    }
    for text in examples("slide") {
        accepted("slide", &text, &around(&value("slide", &text)));
        count += 1;
    }
    for text in examples("document") {
        let mut document = around(&json!({ "id": "slide" }));
        let given = value("document", &text);
        for (key, value) in given.as_object().expect("an object of properties") {
            document[key] = value.clone();
        }
        accepted("document", &text, &document);
        count += 1;
    }
    assert!(count >= 15, "only {count} pieces were found");
}
