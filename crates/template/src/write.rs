//! Canonical writing: one template, one text. Reading what was written and writing it again gives the same
//! bytes, and a change of one property is a change of one line.
//!
//! The order of keys, the defaults and the kinds of numbers come from the grammar, that is from the document
//! types. What stands on a line of its own is decided by what a thing is, never by how long it is: see
//! `docs/adr/0003-canonical-writing.md`.

mod numbers;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::document::{Template, Unit};
use crate::grammar::{GRAMMAR, Grammar, ObjectRule, Property, Rule, RuleId, Shape};

/// The canonical text of a template, with a final newline.
pub fn write(template: &Template) -> String {
    let Ok(document) = serde_json::to_value(template) else {
        unreachable!("every document type is a JSON value; their maps have text keys")
    };
    let fine = matches!(template.canvas.unit, Some(Unit::Mm | Unit::Cm | Unit::In));
    let writer = Writer { grammar: &GRAMMAR, length_decimals: if fine { 3 } else { 2 } };
    let mut out = String::new();
    writer.value(&mut out, Place { rule: GRAMMAR.root, owner: "", property: "", depth: 0 }, &document);
    out.push('\n');
    out
}

/// The bytes whose SHA-256, together with the assets', is the template's version.
pub fn canonical_bytes(template: &Template) -> Vec<u8> {
    write(template).into_bytes()
}

/// Where a value stands: its rule, the object and property it belongs to, and how far it is indented.
#[derive(Clone, Copy)]
struct Place<'a> {
    rule: RuleId,
    owner: &'a str,
    property: &'a str,
    depth: usize,
}

struct Writer {
    grammar: &'static Grammar,
    length_decimals: usize,
}

impl Writer {
    /// A value over as many lines as its kind takes.
    fn value(&self, out: &mut String, place: Place<'_>, value: &Value) {
        let rule = self.grammar.pick(place.rule, value);
        match (rule.map(|rule| &rule.shape), value) {
            (Some(Shape::Object(object)), Value::Object(map)) if is_block(rule, map) => {
                self.block(out, place, rule, object, map);
            }
            (Some(Shape::Map { value: inside, .. }), Value::Object(map)) if has_lines(place) && !map.is_empty() => {
                let lines =
                    map.iter().map(|(key, value)| (Some(key.as_str()), Place { rule: *inside, ..place }, value));
                self.lines(out, '{', '}', place.depth, lines);
            }
            (Some(Shape::List { item, .. }), Value::Array(items)) if has_lines(place) && !items.is_empty() => {
                self.lines(
                    out,
                    '[',
                    ']',
                    place.depth,
                    items.iter().map(|value| (None, Place { rule: *item, ..place }, value)),
                );
            }
            (_, Value::Array(items)) if is_rows(place, items) => {
                self.lines(out, '[', ']', place.depth, items.iter().map(|value| (None, place, value)));
            }
            _ => self.inline(out, place, value),
        }
    }

    /// An object with one property a line.
    fn block(
        &self,
        out: &mut String,
        place: Place<'_>,
        rule: Option<&'static Rule>,
        object: &'static ObjectRule,
        map: &Map<String, Value>,
    ) {
        let owner = rule.map_or("", |rule| rule.name.as_str());
        let mut lines: Vec<(Option<&str>, Place<'_>, &Value)> = Vec::new();
        for (key, value, property) in self.entries(object, map) {
            let rule = property.map_or(place.rule, |property| property.rule);
            lines.push((Some(key), Place { rule, owner, property: key, depth: place.depth }, value));
        }
        // Last in every frame and slide, also when empty, so that no other property is ever the last line.
        let children = Value::Array(Vec::new());
        if let Some(property) = object.properties.get("children").filter(|_| !map.contains_key("children")) {
            let place = Place { rule: property.rule, owner, property: "children", depth: place.depth };
            lines.push((Some("children"), place, &children));
        }
        self.lines(out, '{', '}', place.depth, lines.into_iter());
    }

    fn lines<'v>(
        &self,
        out: &mut String,
        open: char,
        close: char,
        depth: usize,
        lines: impl Iterator<Item = (Option<&'v str>, Place<'v>, &'v Value)>,
    ) {
        out.push(open);
        for (index, (key, place, value)) in lines.enumerate() {
            out.push_str(if index > 0 { ",\n" } else { "\n" });
            indent(out, depth + 1);
            if let Some(key) = key {
                push_text(out, key);
                out.push_str(": ");
            }
            self.value(out, Place { depth: depth + 1, ..place }, value);
        }
        out.push('\n');
        indent(out, depth);
        out.push(close);
    }

    /// A value on one line, whatever its length.
    fn inline(&self, out: &mut String, place: Place<'_>, value: &Value) {
        let rule = self.grammar.pick(place.rule, value);
        match value {
            Value::Object(map) => {
                let owner = rule.map_or("", |rule| rule.name.as_str());
                let mut members: Vec<(&str, &Value, Place<'_>)> = Vec::new();
                match rule.map(|rule| &rule.shape) {
                    Some(Shape::Object(object)) => {
                        for (key, value, property) in self.entries(object, map) {
                            let rule = property.map_or(place.rule, |property| property.rule);
                            members.push((key, value, Place { rule, owner, property: key, depth: place.depth }));
                        }
                    }
                    Some(Shape::Map { value: inside, .. }) => {
                        members.extend(
                            map.iter().map(|(key, value)| (key.as_str(), value, Place { rule: *inside, ..place })),
                        );
                    }
                    _ => members.extend(map.iter().map(|(key, value)| (key.as_str(), value, place))),
                }
                self.members(out, &members);
            }
            Value::Array(items) => {
                let item = match rule.map(|rule| &rule.shape) {
                    Some(Shape::List { item, .. }) => *item,
                    _ => place.rule,
                };
                out.push('[');
                for (index, value) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    self.inline(out, Place { rule: item, ..place }, value);
                }
                out.push(']');
            }
            Value::Number(number) => {
                let decimals = match rule.map(|rule| &rule.shape) {
                    Some(Shape::Number(_)) => numbers::decimals(place.owner, place.property, self.length_decimals),
                    _ => None,
                };
                out.push_str(&numbers::text(number, decimals));
            }
            Value::String(text) => push_text(out, text),
            Value::Bool(_) | Value::Null => out.push_str(&value.to_string()),
        }
    }

    fn members(&self, out: &mut String, members: &[(&str, &Value, Place<'_>)]) {
        if members.is_empty() {
            out.push_str("{}");
            return;
        }
        for (index, (key, value, place)) in members.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "{ " });
            push_text(out, key);
            out.push_str(": ");
            self.inline(out, *place, value);
        }
        out.push_str(" }");
    }

    /// What an object says, in canonical order, without what it need not say. Keys that the grammar does not
    /// know (a document that was never checked may have some) stand at the end.
    fn entries<'v>(
        &self,
        object: &'static ObjectRule,
        map: &'v Map<String, Value>,
    ) -> Vec<(&'v str, &'v Value, Option<&'static Property>)> {
        let known = object.properties.iter().filter_map(|(name, property)| {
            let (key, value) = map.get_key_value(name)?;
            let needless = self.is_default(property, name, value);
            (!needless).then_some((key.as_str(), value, Some(property)))
        });
        let unknown = map.iter().filter(|(key, _)| !object.properties.contains_key(*key));
        known.chain(unknown.map(|(key, value)| (key.as_str(), value, None))).collect()
    }

    /// Compared as written: a number that is rounded to its default is the default.
    fn is_default(&self, property: &Property, name: &str, value: &Value) -> bool {
        let Some(default) = &property.default else { return false };
        let place = Place { rule: property.rule, owner: "", property: name, depth: 0 };
        let (mut given, mut meant) = (String::new(), String::new());
        self.inline(&mut given, place, value);
        self.inline(&mut meant, place, default);
        given == meant
    }
}

/// What holds other blocks is a block itself: the document, the theme, components, slides, frames, and fields of
/// the type list. Everything else is a leaf on one line.
fn is_block(rule: Option<&Rule>, map: &Map<String, Value>) -> bool {
    match rule.map(|rule| rule.name.as_str()) {
        Some("Template" | "Theme" | "Component" | "Slide" | "FrameNode") => true,
        Some("Field") => map.get("type").is_some_and(|kind| kind == "list"),
        _ => false,
    }
}

/// Lists and maps with one entry a line: those of the document, the theme, slides and frames.
fn has_lines(place: Place<'_>) -> bool {
    match place.property {
        "sizes" | "colors" | "textStyles" | "strings" | "components" | "slides" | "children" | "fields" | "of" => {
            matches!(place.owner, "Template" | "Theme" | "Component" | "Slide" | "FrameNode" | "Field")
        }
        "fonts" => matches!(place.owner, "Template" | "Theme"),
        "sample" | "meta" => place.owner == "Template" && place.depth == 1,
        _ => false,
    }
}

/// The lists of entries in sample data: one entry a line.
fn is_rows(place: Place<'_>, items: &[Value]) -> bool {
    place.owner == "Template"
        && matches!(place.property, "sample" | "meta")
        && place.depth == 2
        && items.iter().any(Value::is_object)
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// A JSON string; letters of all scripts as they are.
fn push_text(out: &mut String, text: &str) {
    out.push_str(&Value::from(text).to_string());
}
