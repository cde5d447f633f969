//! One property of a node, slide, field, style or size is changed, removed or added: one line differs.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::EXAMPLES;
use crate::document::Template;
use crate::grammar::{GRAMMAR, Property, RuleId, Shape};
use crate::{read, write};

/// Calls `edit` with each object of the kinds that people edit, its rule's properties and its path.
fn each(rule: RuleId, value: &Value, path: &str, visit: &mut impl FnMut(&str, &str, &Map<String, Value>)) {
    let Some(picked) = GRAMMAR.pick(rule, value) else { return };
    match (&picked.shape, value) {
        (Shape::Object(object), Value::Object(map)) => {
            visit(&picked.name, path, map);
            for (key, value) in map {
                if let Some(property) = object.properties.get(key) {
                    each(property.rule, value, &format!("{path}/{key}"), visit);
                }
            }
        }
        (Shape::Map { value: rule, .. }, Value::Object(map)) => {
            map.iter().for_each(|(key, value)| each(*rule, value, &format!("{path}/{key}"), visit));
        }
        (Shape::List { item, .. }, Value::Array(items)) => {
            items.iter().enumerate().for_each(|(index, value)| each(*item, value, &format!("{path}/{index}"), visit));
        }
        _ => {}
    }
}

/// Another value that the property takes, if one is easily found.
fn another(property: &Property, value: &Value) -> Option<Value> {
    match value {
        Value::Bool(value) => Some(json!(!value)),
        Value::Number(number) => Some(json!(number.as_f64()? + 1.0))
            .filter(|_| number.as_i64().is_none())
            .or_else(|| Some(json!(number.as_i64()? + 1))),
        Value::String(text) => match &GRAMMAR.pick(property.rule, value)?.shape {
            Shape::Keywords(words) => words.iter().find(|word| *word != text).map(|word| json!(word)),
            Shape::Text(None) => Some(json!(format!("{text} x"))),
            _ => None,
        },
        _ => None,
    }
}

/// Lines that are not the same in both, counting a changed line once.
fn lines_changed(before: &str, after: &str) -> usize {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let shorter = before.len().min(after.len());
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count().min(shorter - same);
    before.len().max(after.len()) - same - end
}

#[test]
fn an_edit_of_one_property_is_one_line() {
    let mut edits = 0;
    for (name, json) in EXAMPLES {
        let before = write(&read(json).expect(name));
        let document: Value = serde_json::from_str(&before).expect(name);
        let mut tries: Vec<(String, Value)> = Vec::new();
        each(GRAMMAR.root, &document, "", &mut |kind, path, map| {
            let edited = kind.ends_with("Node") || ["Slide", "Field", "ThemeStyle", "Size", "Canvas"].contains(&kind);
            let Some(Shape::Object(object)) = GRAMMAR.rule_named(kind).map(|rule| &rule.shape) else { return };
            if !edited {
                return;
            }
            let mut try_one = |edit: &dyn Fn(&mut Map<String, Value>)| {
                let mut changed = document.clone();
                edit(changed.pointer_mut(path).and_then(Value::as_object_mut).expect(path));
                tries.push((format!("{name}{path}"), changed));
            };
            for (key, value) in map {
                if ["children", "fields", "of", "type"].contains(&key.as_str()) {
                    continue;
                }
                if let Some(value) = another(&object.properties[key], value) {
                    try_one(&|map| drop(map.insert(key.clone(), value.clone())));
                }
                if !object.required.contains(key) {
                    try_one(&|map| drop(map.shift_remove(key)));
                }
            }
            for (key, value) in [
                ("note", json!("new")),
                ("label", json!("new")),
                ("opacity", json!(0.5)),
                ("at", json!({ "square": { "opacity": 0.5 } })),
                ("meta", json!({ "by": { "hand": true } })),
                ("bleed", json!(3)),
                ("group", json!("new")),
                ("italic", json!(true)),
                ("repeat", json!({ "each": "3" })),
            ] {
                if object.properties.contains_key(key) && !map.contains_key(key) {
                    try_one(&|map| drop(map.insert(key.to_owned(), value.clone())));
                }
            }
        });
        for (what, changed) in tries {
            let Ok(template) = Template::deserialize(&changed) else { continue };
            let after = write(&template);
            assert_eq!(lines_changed(&before, &after), 1, "{what}\n{before}\n{after}");
            edits += 1;
        }
    }
    assert!(edits > 1500, "only {edits} edits were tried");
}

#[test]
fn lines_are_counted() {
    for (before, after, count) in
        [("a\nb\nc", "a\nx\nc", 1), ("a\nc", "a\nb\nc", 1), ("a\nb", "a\nb,\nc", 2), ("a", "a", 0), ("a\na", "a", 1)]
    {
        assert_eq!(lines_changed(before, after), count, "{before:?} {after:?}");
    }
}
