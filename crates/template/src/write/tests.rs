//! The canonical text: stable, complete, and changed by one line when one property changes.

mod edits;
mod generated;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{canonical_bytes, read, read_value, write};

const EXAMPLES: [(&str, &str); 5] = [
    ("certificate", include_str!("../../tests/examples/certificate.template.json")),
    ("event-card", include_str!("../../tests/examples/event-card.template.json")),
    ("linkedin-tips", include_str!("../../tests/examples/linkedin-tips.template.json")),
    ("product-ad", include_str!("../../tests/examples/product-ad.template.json")),
    ("quote-card", include_str!("../../tests/examples/quote-card.template.json")),
];

/// Every scalar of a document by its path.
fn scalars(path: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| scalars(&format!("{path}/{key}"), value, into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| scalars(&format!("{path}/{index}"), value, into));
        }
        scalar => {
            let scalar = scalar.as_f64().map_or(scalar.clone(), Value::from);
            into.insert(path.to_owned(), scalar);
        }
    }
}

#[test]
fn reading_and_writing_gives_the_same_bytes() {
    for (name, json) in EXAMPLES {
        let text = write(&read(json).expect(name));
        let again = write(&read(&text).expect(name));
        assert_eq!(text, again, "{name}");
        assert!(text.ends_with("}\n") && !text.contains("\t") && !text.contains(" \n"), "{name}");
    }
}

#[test]
fn nothing_is_lost_but_defaults() {
    let defaults =
        [("layout", json!("free")), ("fit", json!("cover")), ("x", json!(0.0)), ("color", json!("#00000040"))];
    for (name, json) in EXAMPLES {
        let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
        scalars("", &serde_json::from_str(json).expect(name), &mut before);
        scalars("", &serde_json::from_str(&write(&read(json).expect(name))).expect(name), &mut after);
        for (path, value) in &before {
            match after.remove(path) {
                Some(kept) => assert_eq!(&kept, value, "{name}{path}"),
                None => assert!(
                    defaults.iter().any(|(name, default)| path.ends_with(&format!("/{name}")) && value == default),
                    "{name}{path}: {value} is lost"
                ),
            }
        }
        assert!(after.is_empty(), "{name}: {after:?}");
    }
}

fn document(children: &Value) -> Value {
    json!({
        "slides": [{ "layout": "row", "children": children, "id": "s" }],
        "canvas": { "height": 100, "width": 100.0, "unit": "px", "dpi": 96 },
        "id": "t",
        "format": 1,
    })
}

#[test]
fn the_text_has_one_form() {
    let children = json!([
        { "opacity": 1, "text": "Grüße \u{2028} \"x\"", "type": "text", "fontSize": 32, "visible": true, "width": 33.333_333, "at": { "landscape": { "opacity": 1, "fontSize": 20 } } },
        { "children": [], "type": "frame", "layout": "row", "padding": [1.0, 2.005] },
        { "component": "c", "type": "use", "props": { "n": 1.123_456, "o": {} }, "rotation": 0 },
    ]);
    let mut document = document(&children);
    document["components"] = json!({ "c": { "node": { "type": "shape", "shape": "rect" }, "fields": [{ "key": "n", "type": "number", "required": false }, { "key": "o", "type": "text" }] } });
    document["sample"] = json!({ "list": [{ "b": 1.0, "a": 2 }], "plain": [1, 2] });
    document["components"]["c"]["fields"][1] =
        json!({ "of": [{ "type": "text", "key": "k" }], "type": "list", "key": "o", "group": "g" });
    document["slides"][0]["children"][2]["props"] = json!({ "n": 1.123_456 });
    let text = write(&read_value(document).expect("a right template"));
    assert_eq!(
        text,
        r##"{
  "format": 1,
  "id": "t",
  "canvas": { "width": 100, "height": 100 },
  "components": {
    "c": {
      "fields": [
        { "key": "n", "type": "number" },
        {
          "key": "o",
          "type": "list",
          "group": "g",
          "of": [
            { "key": "k", "type": "text" }
          ]
        }
      ],
      "node": { "type": "shape", "shape": "rect" }
    }
  },
  "sample": {
    "list": [
      { "b": 1, "a": 2 }
    ],
    "plain": [1, 2]
  },
  "slides": [
    {
      "id": "s",
      "layout": "row",
      "children": [
        { "type": "text", "text": "Grüße   \"x\"", "width": 33.33, "fontSize": 32, "at": { "landscape": { "opacity": 1, "fontSize": 20 } } },
        {
          "type": "frame",
          "layout": "row",
          "padding": [1, 2],
          "children": []
        },
        { "type": "use", "component": "c", "props": { "n": 1.123456 }, "rotation": 0 }
      ]
    }
  ]
}
"##
        .replace("Grüße   ", "Grüße \u{2028} ")
    );
    assert_eq!(canonical_bytes(&read(&text).expect("the same")), text.as_bytes());
}

#[test]
fn empty_lists_that_take_something_away_stay() {
    let mut document = document(&json!([
        { "type": "text", "text": "a", "shadow": [], "fontFeatures": [], "fontAxes": {} },
        { "type": "use", "component": "c", "shadow": [], "visible": true },
    ]));
    document["components"] = json!({ "c": { "node": { "type": "shape", "shape": "rect" } } });
    let text = write(&read_value(document).expect("a right template"));
    assert!(text.contains(r#"{ "type": "text", "text": "a", "fontAxes": {}, "fontFeatures": [] }"#), "{text}");
    assert!(text.contains(r#"{ "type": "use", "component": "c", "visible": true, "shadow": [] }"#), "{text}");
}

#[test]
fn lengths_keep_more_decimals_where_the_unit_is_larger() {
    for (unit, expected) in [("px", "1.23"), ("pt", "1.23"), ("mm", "1.235"), ("cm", "1.235"), ("in", "1.235")] {
        let mut document =
            document(&json!([{ "type": "text", "text": "a", "x": 1.234_56, "letterSpacing": 1.234_56 }]));
        document["canvas"]["unit"] = json!(unit);
        let text = write(&read_value(document).expect(unit));
        assert!(text.contains(&format!("\"x\": {expected}, \"letterSpacing\": 1.2346 }}")), "{unit}: {text}");
    }
}
