//! The JSON Schema of the format, generated from the document types.
//!
//! schemars describes what serde would accept; this module makes that what the format allows: unknown keys
//! are refused, `null` is not a value, `at` is typed, and a node is told apart by its `type`. The order of
//! `properties` in it is the canonical order of keys. Reading and writing both follow this schema, so there
//! is no second description of the format.

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::document::Template;
use crate::warning::WarningCode;

/// Where the schema is published, below the server's own address.
pub const SCHEMA_PATH: &str = "/schema/template.v1.json";

/// What `at` may never change.
const NOT_IN_AT: [&str; 6] = ["id", "type", "children", "repeat", "fields", "at"];

/// What a node is and says stands first in it, what differs elsewhere and what it holds last.
const FIRST: [&str; 16] = [
    "type",
    "id",
    "name",
    "note",
    "locked",
    "component",
    "props",
    "shape",
    "kind",
    "layout",
    "style",
    "text",
    "spans",
    "src",
    "svg",
    "value",
];
const LAST: [&str; 2] = ["at", "children"];

/// The schema, with the relative `$id` [`SCHEMA_PATH`].
pub fn schema() -> Value {
    GENERATED.clone()
}

/// The schema with an absolute `$id`: `base` is the server's address without a final slash.
pub fn schema_at(base: &str) -> Value {
    let mut schema = schema();
    schema["$id"] = Value::String(format!("{base}{SCHEMA_PATH}"));
    schema
}

pub(crate) static GENERATED: LazyLock<Value> = LazyLock::new(generate);

fn generate() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let root = Template::json_schema(&mut generator);
    WarningCode::json_schema(&mut generator);
    let codes = generator.subschema_for::<WarningCode>();
    debug_assert!(codes.as_object().is_some_and(|codes| codes.contains_key("$ref")));
    let mut defs = generator.take_definitions(true);
    let mut root = root.to_value();

    tidy(&mut root);
    defs.values_mut().for_each(tidy);
    name_bindings(&mut root, &mut defs);
    text_styles(&mut defs);
    node_kinds(&mut defs);
    exactly_one(&mut defs, "TextNode", &["text", "spans"]);
    exactly_one(&mut defs, "SvgNode", &["src", "svg"]);
    typed_at(&mut defs);

    let mut document = Map::new();
    document.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".into(), json!(SCHEMA_PATH));
    document.insert("title".into(), json!("Handbill template, format 1"));
    document.extend(object(root));
    document.insert("$defs".into(), Value::Object(defs));
    Value::Object(document)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Takes out what only serde knows of (`null` for absent, Rust's number formats) and closes every object that
/// lists its properties.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(map) => {
            map.values_mut().for_each(tidy);
            if map.get("format").is_some_and(Value::is_string) {
                map.shift_remove("format");
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            drop_null(map);
            if map.contains_key("properties") && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".into(), Value::Bool(false));
            }
        }
        _ => {}
    }
}

fn drop_null(map: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = map.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            map.insert("type".into(), only);
        }
    }
    let Some(Value::Array(choices)) = map.get_mut("anyOf") else { return };
    choices.retain(|choice| choice != &json!({ "type": "null" }));
    if let [only] = choices.as_slice() {
        let only = object(only.clone());
        map.shift_remove("anyOf");
        for (key, value) in only {
            map.entry(key).or_insert(value);
        }
    }
}

/// Gives the definitions of `Bound<…>` names for people: `Number`, `Whole`, `Boolean`, and `…OrBinding` for
/// the keywords.
fn name_bindings(root: &mut Value, defs: &mut Map<String, Value>) {
    let names: Vec<(String, String)> = defs
        .keys()
        .filter_map(|name| {
            let inner = name.strip_prefix("Bound_")?;
            let better = match inner {
                "double" => "Number".to_owned(),
                "uint32" => "Whole".to_owned(),
                "boolean" => "Boolean".to_owned(),
                keyword => format!("{keyword}OrBinding"),
            };
            Some((name.clone(), better))
        })
        .collect();
    let renamed =
        std::mem::take(defs).into_iter().map(|(name, mut def)| match names.iter().find(|(old, _)| *old == name) {
            Some((_, better)) => {
                def["description"] = match better.as_str() {
                    "Number" => json!("A number, or a binding to one."),
                    "Whole" => json!("A whole number from 0, or a binding to one."),
                    "Boolean" => json!("`true`, `false`, or a binding to one of them."),
                    _ => json!("One of the keywords, or a binding to one."),
                };
                (better.clone(), def)
            }
            None => (name, def),
        });
    *defs = renamed.collect();
    for schema in defs.values_mut().chain([root]) {
        rename_references(schema, &names);
    }
}

fn rename_references(schema: &mut Value, names: &[(String, String)]) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| rename_references(item, names)),
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get_mut("$ref")
                && let Some((_, better)) = names.iter().find(|(old, _)| reference.strip_prefix("#/$defs/") == Some(old))
            {
                *reference = format!("#/$defs/{better}");
            }
            map.values_mut().for_each(|value| rename_references(value, names));
        }
        _ => {}
    }
}

/// `extends` belongs to the text styles of the theme; marks, spans and texts name a `style` instead. Marks and spans are
/// pieces of a paragraph and have no say in how paragraphs stand.
fn text_styles(defs: &mut Map<String, Value>) {
    let theme_style = defs["TextStyle"].clone();
    defs["Theme"]["properties"]["textStyles"]["additionalProperties"] = reference("ThemeStyle");
    let of_paragraphs: &[&str] = &["extends", "align", "paragraphSpacing"];
    for (name, foreign) in
        [("TextNode", &of_paragraphs[..1]), ("TextStyle", of_paragraphs), ("SpanObject", of_paragraphs)]
    {
        if let Some(properties) = defs[name]["properties"].as_object_mut() {
            properties.retain(|property, _| !foreign.contains(&property.as_str()));
        }
    }
    defs.insert("ThemeStyle".into(), theme_style);
}

fn reference(def: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{def}") })
}

/// Moves `type` into the definition of each kind of node, where people and editors look for it, and puts the
/// properties in their canonical order.
fn node_kinds(defs: &mut Map<String, Value>) {
    let Some(Value::Array(kinds)) = defs["Node"].get("oneOf").cloned() else { return };
    let mut branches = Vec::new();
    for kind in kinds {
        let target = kind["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")).unwrap_or_default().to_owned();
        let def = &mut defs[&target];
        let mut properties = object(def["properties"].take());
        properties.insert("type".into(), kind["properties"]["type"].clone());
        def["properties"] = Value::Object(ordered(properties));
        let mut required = vec![json!("type")];
        required.extend(def["required"].as_array().cloned().unwrap_or_default());
        def["required"] = Value::Array(required);
        branches.push(reference(&target));
    }
    defs["Node"]["oneOf"] = Value::Array(branches);
}

fn ordered(mut properties: Map<String, Value>) -> Map<String, Value> {
    let mut take = |names: &[&str]| -> Vec<(String, Value)> {
        names.iter().filter_map(|name| properties.shift_remove_entry(*name)).collect()
    };
    let (first, last) = (take(&FIRST), take(&LAST));
    first.into_iter().chain(properties).chain(last).collect()
}

fn exactly_one(defs: &mut Map<String, Value>, def: &str, names: &[&str]) {
    defs[def]["oneOf"] = names.iter().map(|name| json!({ "required": [name] })).collect();
}

/// What `at` may say about each kind of node and about slides: their properties, none of them required, none
/// with a default (a value in `at` replaces whatever stands outside).
fn typed_at(defs: &mut Map<String, Value>) {
    let targets: Vec<String> = defs
        .iter()
        .filter(|(_, def)| def["properties"].get("at").is_some_and(|at| at["additionalProperties"].is_object()))
        .map(|(name, _)| name.clone())
        .collect();
    for target in targets {
        let mut properties = object(defs[&target]["properties"].clone());
        properties.retain(|name, _| !NOT_IN_AT.contains(&name.as_str()));
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            property.shift_remove("default");
        }
        let at = format!("{}At", target.trim_end_matches("Node"));
        defs[&target]["properties"]["at"]["additionalProperties"] = reference(&at);
        let description =
            format!("What differs at a size or class for a {}.", target.trim_end_matches("Node").to_lowercase());
        defs.insert(
            at,
            json!({ "description": description, "type": "object", "properties": properties, "additionalProperties": false }),
        );
    }
    // A `use` leaves what it does not say to its component, so none of its properties has a default either.
    if let Some(properties) = defs["UseNode"]["properties"].as_object_mut() {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            property.shift_remove("default");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, schema, schema_at};

    /// Calls `look` with every schema inside `schema`.
    fn each(path: &str, schema: &Value, look: &mut impl FnMut(&str, &Value)) {
        look(path, schema);
        match schema {
            Value::Object(map) => map.iter().for_each(|(key, value)| each(&format!("{path}/{key}"), value, look)),
            Value::Array(list) => list.iter().for_each(|value| each(path, value, look)),
            _ => {}
        }
    }

    #[test]
    fn every_object_is_closed_or_free_on_purpose() {
        let mut free = Vec::new();
        each("", &schema(), &mut |path, schema| {
            if schema["type"] == "object" {
                match &schema["additionalProperties"] {
                    Value::Bool(true) => free.push(path.rsplit('/').next().unwrap_or_default().to_owned()),
                    Value::Bool(false) => assert!(schema["properties"].is_object(), "{path}"),
                    other => assert!(other.is_object(), "{path} is open"),
                }
            }
        });
        free.sort();
        free.dedup();
        assert_eq!(free, ["meta", "props", "sample"]);
    }

    #[test]
    fn references_resolve_and_null_is_no_value() {
        let whole = schema();
        each("", &whole, &mut |path, schema| {
            if let Some(reference) = schema["$ref"].as_str() {
                let name = reference.strip_prefix("#/$defs/").expect(reference);
                assert!(whole["$defs"].get(name).is_some(), "{path}: {reference}");
            }
            assert_ne!(schema["type"], "null", "{path}");
            assert_ne!(schema["format"], "double", "{path}");
        });
    }

    #[test]
    fn at_is_typed_and_holds_no_structure() {
        let defs = schema()["$defs"].clone();
        for (node, at) in [("TextNode", "TextAt"), ("FrameNode", "FrameAt"), ("UseNode", "UseAt"), ("Slide", "SlideAt")]
        {
            let wanted = format!("#/$defs/{at}");
            assert_eq!(defs[node]["properties"]["at"]["additionalProperties"]["$ref"], wanted.as_str());
            let names: Vec<&String> = defs[at]["properties"].as_object().expect(at).keys().collect();
            for name in super::NOT_IN_AT {
                assert!(!names.iter().any(|other| *other == name), "{at} has {name}");
            }
            let outside = defs[node]["properties"].as_object().expect(node).len();
            let kept_out =
                super::NOT_IN_AT.iter().filter(|name| defs[node]["properties"].get(**name).is_some()).count();
            assert_eq!(names.len(), outside - kept_out);
            assert!(defs[at].get("required").is_none());
        }
    }

    #[test]
    fn nodes_are_told_apart_by_type_and_texts_have_one_source() {
        let defs = schema()["$defs"].clone();
        let kinds: Vec<&str> = defs["Node"]["oneOf"]
            .as_array()
            .expect("kinds")
            .iter()
            .map(|kind| kind["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")).expect("a reference"))
            .map(|name| defs[name]["properties"]["type"]["const"].as_str().expect(name))
            .collect();
        assert_eq!(kinds, ["frame", "text", "image", "shape", "svg", "code", "use"]);
        assert_eq!(defs["TextNode"]["oneOf"].to_string(), r#"[{"required":["text"]},{"required":["spans"]}]"#);
        assert!(defs["TextNode"]["properties"].get("extends").is_none());
        assert!(defs["ThemeStyle"]["properties"].get("extends").is_some());
        assert!(defs["SpanObject"]["properties"].get("align").is_none());
        assert!(defs["TextStyle"]["properties"].get("paragraphSpacing").is_none());
        assert!(defs["WarningCode"].to_string().contains("text_shrunk"));
    }

    #[test]
    fn the_address_can_be_absolute() {
        assert_eq!(schema()["$id"], "/schema/template.v1.json");
        assert_eq!(schema_at("https://cards.example")["$id"], "https://cards.example/schema/template.v1.json");
    }
}
