//! Where the strings of a node are that hold expressions: one walk for parsing them and for finding what they read.

use serde::Serialize;
use serde_json::{Map, Value};

/// One string that may hold expressions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'a> {
    /// The innermost property it stands in: `text`, `src`, `fill`, a prop's name.
    pub(crate) property: &'a str,
    pub(crate) text: &'a str,
    /// A bare expression (`when`, `each`), not a text with braces.
    pub(crate) bare: bool,
}

/// Properties of nodes and slides that never hold expressions, or belong to somebody else.
const SILENT: [&str; 10] = ["id", "type", "name", "note", "meta", "fields", "children", "component", "role", "svg"];

/// A node or slide as JSON, without its children.
pub(crate) fn own_json(node: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(node) {
        Ok(Value::Object(mut map)) => {
            map.shift_remove("children");
            map
        }
        _ => Map::new(),
    }
}

/// Visits the strings of a node's or slide's own JSON, those of `at` included.
pub(crate) fn scan_node<'a>(json: &'a Map<String, Value>, visit: &mut impl FnMut(Found<'a>)) {
    for (key, value) in json {
        match key.as_str() {
            key if SILENT.contains(&key) => {}
            "at" => {
                for set in value.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object) {
                    scan_node(set, visit);
                }
            }
            "when" => scan_bare(key, value, visit),
            "repeat" => {
                if let Some(each) = value.get("each") {
                    scan_bare("each", each, visit);
                }
            }
            key => scan_value(key, value, visit),
        }
    }
}

fn scan_bare<'a>(property: &'a str, value: &'a Value, visit: &mut impl FnMut(Found<'a>)) {
    if let Some(text) = value.as_str() {
        visit(Found { property, text, bare: true });
    }
}

/// Visits the strings anywhere in a property's value.
pub(crate) fn scan_value<'a>(property: &'a str, value: &'a Value, visit: &mut impl FnMut(Found<'a>)) {
    match value {
        Value::String(text) => visit(Found { property, text, bare: false }),
        Value::Array(items) => items.iter().for_each(|item| scan_value(property, item, visit)),
        Value::Object(map) => map.iter().for_each(|(key, value)| scan_value(key, value, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
