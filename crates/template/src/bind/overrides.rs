//! From a field's update with looks (font size, colour, opacity, …) to the nodes that show the field.

use serde_json::{Map, Value as Json};

use super::NodeOverride;
use crate::compiled::{Compiled, PreparedNode, own_json, scan_value};
use crate::document::{JsonObject, Node, Unit};
use crate::expression::{Expr, Interpolation};

/// How a request wants a field or node to look. Lengths are px.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Looks {
    pub(super) font_size: Option<f64>,
    /// Of a text, or of a shape.
    pub(super) fill: Option<String>,
    pub(super) max_height: Option<MaxHeight>,
    pub(super) opacity: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MaxHeight {
    Auto,
    Px(f64),
}

/// The properties through which a node shows a field.
const SHOWING: [&str; 5] = ["text", "spans", "src", "fill", "value"];

impl Looks {
    pub(super) fn is_empty(&self) -> bool {
        *self == Looks::default()
    }

    /// The properties for a node of a kind; None when none of them is for it.
    pub(super) fn for_node(&self, node: &Node, address: &str, unit: Unit) -> Option<NodeOverride> {
        let mut set = JsonObject::new();
        let mut font_size = None;
        match node {
            Node::Text(_) => {
                font_size = self.font_size.map(|px| px * font_units_per_px(unit));
                put(&mut set, "fill", self.fill.as_ref().map(|fill| Json::from(fill.clone())));
                let max_height = self.max_height.map(|height| match height {
                    MaxHeight::Auto => Json::Null,
                    MaxHeight::Px(px) => Json::from(px * units_per_px(unit)),
                });
                put(&mut set, "maxHeight", max_height);
            }
            Node::Shape(_) | Node::Frame(_) => {
                put(&mut set, "fill", self.fill.as_ref().map(|fill| Json::from(fill.clone())));
            }
            Node::Image(_) | Node::Svg(_) | Node::Code(_) | Node::Use(_) => {}
        }
        put(&mut set, "opacity", self.opacity.map(Json::from));
        let changes = !set.is_empty() || font_size.is_some();
        changes.then(|| NodeOverride { node: address.to_owned(), set, font_size })
    }

    /// The overrides of every node on these slides that shows a field.
    pub(super) fn for_field(&self, compiled: &Compiled, slides: &[&str], key: &str) -> Vec<NodeOverride> {
        let Ok(prepared) = compiled.prepared_as_designed() else { return Vec::new() };
        let unit = compiled.template().canvas.unit.unwrap_or(Unit::Px);
        let mut search = Search { compiled, looks: self, unit, found: Vec::new() };
        for slide in prepared.slides.iter().filter(|prepared| slides.contains(&prepared.slide.id.as_str())) {
            slide.children.iter().for_each(|node| search.node(node, None, key, 0));
        }
        search.found
    }
}

struct Search<'a> {
    compiled: &'a Compiled,
    looks: &'a Looks,
    unit: Unit,
    found: Vec<NodeOverride>,
}

impl Search<'_> {
    fn node(&mut self, prepared: &PreparedNode, outer: Option<&str>, key: &str, depth: usize) {
        let address = match outer {
            Some(outer) => format!("{outer}/{}", prepared.address),
            None => prepared.address.clone(),
        };
        let json = own_json(&prepared.node);
        if SHOWING.iter().any(|property| json.get(*property).is_some_and(|value| reads(value, key))) {
            self.found.extend(self.looks.for_node(&prepared.node, &address, self.unit));
        }
        if let Node::Use(placed) = &prepared.node {
            let props = Json::Object(placed.props.clone().into_iter().collect::<Map<_, _>>());
            let Ok(all) = self.compiled.prepared_as_designed() else { return };
            let Some(root) = all.components.get(&placed.component).filter(|_| depth < 16) else { return };
            for (prop, value) in props.as_object().into_iter().flatten() {
                if reads(value, key) {
                    self.node(root, Some(&address), prop, depth + 1);
                }
            }
        }
        prepared.children.iter().for_each(|child| self.node(child, outer, key, depth));
    }
}

/// Whether an expression in a property's value reads a name.
fn reads(value: &Json, key: &str) -> bool {
    let mut found = false;
    scan_value("", value, &mut |string| {
        found |= Interpolation::is_needed(string.text)
            && Interpolation::parse(string.text).is_ok_and(|parsed| parsed.expressions().any(|e| names(e, key)));
    });
    found
}

fn names(expr: &Expr, key: &str) -> bool {
    expr.paths().iter().any(|path| path[0] == key || (path[0] == "item" && path.get(1).is_some_and(|part| part == key)))
}

fn put(set: &mut JsonObject, key: &str, value: Option<Json>) {
    if let Some(value) = value {
        set.insert(key.to_owned(), value);
    }
}

/// Document units in one px of 1/96 inch.
fn units_per_px(unit: Unit) -> f64 {
    match unit {
        Unit::Px => 1.0,
        Unit::Mm => 25.4 / 96.0,
        Unit::Cm => 2.54 / 96.0,
        Unit::In => 1.0 / 96.0,
        Unit::Pt => 0.75,
    }
}

/// Font sizes are px in px documents, else points.
fn font_units_per_px(unit: Unit) -> f64 {
    if unit == Unit::Px { 1.0 } else { 0.75 }
}

/// A literal value as what a node shows: its text, its source, its fill. None for null, and for nodes that show nothing.
pub(super) fn content(node: &Node, json: &Json) -> Option<JsonObject> {
    let text = match json {
        Json::Null => return None,
        Json::String(text) => Interpolation::escape(text),
        other => Interpolation::escape(&other.to_string()),
    };
    let mut set = JsonObject::new();
    match node {
        Node::Text(_) => {
            put(&mut set, "spans", Some(Json::Null));
            put(&mut set, "text", Some(text.into()));
        }
        Node::Image(_) | Node::Svg(_) => put(&mut set, "src", Some(text.into())),
        Node::Shape(_) | Node::Frame(_) => put(&mut set, "fill", Some(text.into())),
        Node::Code(_) | Node::Use(_) => return None,
    }
    Some(set)
}

/// JSON of a request as a node's property: the texts in it mean themselves.
pub(super) fn literal(json: &Json) -> Json {
    match json {
        Json::String(text) => Json::String(Interpolation::escape(text)),
        Json::Array(items) => items.iter().map(literal).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(key, value)| (key.clone(), literal(value))).collect()),
        other => other.clone(),
    }
}
