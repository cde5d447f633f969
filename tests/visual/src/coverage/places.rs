//! The schema as places with names: walked alone it gives the list of all properties, walked along a template it gives
//! those that the template has.

use std::collections::BTreeSet;

use handbill_template::schema::schema;
use serde_json::{Map, Value};

use super::Use;

/// Definitions that stand in several places and are listed once, by this name.
const SHARED: [(&str, &str); 4] =
    [("Field", "field"), ("SpanObject", "span"), ("TextStyle", "mark"), ("ThemeStyle", "textStyle")];

/// Their keywords are those of the text's own style.
const WITHOUT_VALUES: [&str; 3] = ["span", "mark", "textStyle"];

/// What a length can be beside a number and `auto`, its default.
const LENGTHS: [&str; 2] = ["%", "fill"];
const TRACKS: [&str; 3] = ["%", "fr", "auto"];
const PIN_X: [&str; 5] = ["left", "right", "center", "stretch", "scale"];
const PIN_Y: [&str; 5] = ["top", "bottom", "center", "stretch", "scale"];

pub(super) struct Places {
    schema: Value,
    /// What every kind of node can say.
    common: BTreeSet<String>,
}

/// One of the things that may stand at a place.
struct Alternative<'a> {
    definition: &'a str,
    schema: &'a Value,
}

impl Places {
    pub(super) fn of_the_format() -> Places {
        let schema = schema();
        let kinds = references(&schema["$defs"]["Node"]);
        let properties = |kind: &&str| -> BTreeSet<String> {
            let properties = schema["$defs"][*kind]["properties"].as_object();
            properties.into_iter().flat_map(Map::keys).filter(|name| *name != "type").cloned().collect()
        };
        let common = kinds.iter().map(properties).reduce(|all, one| &all & &one).unwrap_or_default();
        Places { schema, common }
    }

    pub(super) fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.list_object("", &self.schema, &mut names);
        names
    }

    pub(super) fn uses(&self, template: &Value) -> Vec<Use> {
        let mut uses = Vec::new();
        self.find_object("", &self.schema, template, "", &mut uses);
        uses
    }

    fn list_object(&self, owner: &str, schema: &Value, names: &mut BTreeSet<String>) {
        for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
            let name = joined(owner, property);
            if property == "type" || !names.insert(name.clone()) || property == "at" && is_node_or_slide(schema) {
                continue;
            }
            self.list(self.base(owner, property, &name), inner, inner.get("default"), names);
        }
    }

    fn list(&self, name: &str, schema: &Value, default: Option<&Value>, names: &mut BTreeSet<String>) {
        names.extend(forms(name).into_iter().map(|form| format!("{name}{form}")));
        for alternative in self.alternatives(schema) {
            let inner = alternative.schema;
            if inner["properties"].is_object() {
                self.list_object(&owner(&alternative, name), inner, names);
            } else if inner["additionalProperties"].is_object() {
                self.list(name, &inner["additionalProperties"], None, names);
            } else if inner["items"].is_object() {
                self.list(name, &inner["items"], None, names);
            }
            if has_values(name) {
                let values = keywords(inner).into_iter().filter(|value| default != Some(*value));
                names.extend(values.filter_map(Value::as_str).map(|value| format!("{name}={value}")));
            }
        }
    }

    fn find_object(&self, owner: &str, schema: &Value, value: &Value, pointer: &str, uses: &mut Vec<Use>) {
        for (property, given) in value.as_object().into_iter().flatten() {
            let inner = &schema["properties"][property];
            if property == "type" || inner.is_null() {
                continue;
            }
            let name = joined(owner, property);
            let pointer = format!("{pointer}/{}", property.replace('~', "~0").replace('/', "~1"));
            uses.push(Use { name: name.clone(), pointer: pointer.clone() });
            if property != "at" || !is_node_or_slide(schema) {
                self.find(self.base(owner, property, &name), inner, inner.get("default"), given, &pointer, uses);
            }
        }
    }

    fn find(
        &self,
        name: &str,
        schema: &Value,
        default: Option<&Value>,
        given: &Value,
        pointer: &str,
        uses: &mut Vec<Use>,
    ) {
        let here = |name: String| Use { name, pointer: pointer.to_owned() };
        uses.extend(given_forms(name, given).into_iter().map(|form| here(format!("{name}{form}"))));
        for alternative in self.alternatives(schema) {
            let inner = alternative.schema;
            match given {
                Value::Object(entries) if inner["properties"].is_object() && fits(inner, entries) => {
                    self.find_object(&owner(&alternative, name), inner, given, pointer, uses);
                    break;
                }
                Value::Object(entries) if inner["additionalProperties"].is_object() => {
                    for (key, entry) in entries {
                        let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                        self.find(name, &inner["additionalProperties"], None, entry, &pointer, uses);
                    }
                }
                Value::Array(items) if inner["items"].is_object() => {
                    for (at, item) in items.iter().enumerate() {
                        self.find(name, &inner["items"], None, item, &format!("{pointer}/{at}"), uses);
                    }
                    break;
                }
                Value::String(text)
                    if has_values(name) && default != Some(given) && keywords(inner).contains(&given) =>
                {
                    uses.push(here(format!("{name}={text}")));
                }
                _ => {}
            }
        }
    }

    /// What the parts of a property are named after: of a common one by its own name, whichever node has it.
    fn base<'a>(&self, owner: &str, property: &'a str, name: &'a str) -> &'a str {
        let is_kind = !owner.is_empty()
            && references(&self.schema["$defs"]["Node"])
                .iter()
                .any(|kind| self.schema["$defs"][kind]["properties"]["type"]["const"] == owner);
        if is_kind && self.common.contains(property) { property } else { name }
    }

    fn alternatives<'a>(&'a self, schema: &'a Value) -> Vec<Alternative<'a>> {
        let mut found = Vec::new();
        self.collect("", schema, &mut found);
        found
    }

    fn collect<'a>(&'a self, definition: &'a str, schema: &'a Value, found: &mut Vec<Alternative<'a>>) {
        if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/$defs/")) {
            return self.collect(name, &self.schema["$defs"][name], found);
        }
        let choices = [&schema["anyOf"], &schema["oneOf"]].into_iter().find_map(Value::as_array);
        match choices {
            Some(choices) if !schema["properties"].is_object() => {
                choices.iter().for_each(|choice| self.collect(definition, choice, found));
            }
            _ => found.push(Alternative { definition, schema }),
        }
    }
}

fn joined(owner: &str, property: &str) -> String {
    if owner.is_empty() { property.to_owned() } else { format!("{owner}.{property}") }
}

fn is_node_or_slide(schema: &Value) -> bool {
    schema["properties"]["at"]["additionalProperties"]["$ref"].is_string()
}

/// What an object's properties are named after: a node by its kind, a paint by its own, else the place it stands in.
fn owner(alternative: &Alternative, place: &str) -> String {
    if let Some(kind) = alternative.schema["properties"]["type"]["const"].as_str() {
        return if alternative.definition == "PaintObject" { format!("paint.{kind}") } else { kind.to_owned() };
    }
    let shared = SHARED.iter().find(|(definition, _)| *definition == alternative.definition);
    shared.map_or(place, |(_, name)| name).to_owned()
}

fn references(schema: &Value) -> Vec<&str> {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    choices.filter_map(|choice| choice["$ref"].as_str()?.strip_prefix("#/$defs/")).collect()
}

/// The object has this kind's `type`, nothing that the kind does not know, and all that it needs.
fn fits(schema: &Value, entries: &Map<String, Value>) -> bool {
    let right_type = match schema["properties"]["type"]["const"].as_str() {
        Some(kind) => entries.get("type").is_some_and(|given| given == kind),
        None => true,
    };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    right_type
        && entries.keys().all(|key| schema["properties"].get(key).is_some())
        && required.into_iter().all(|key| entries.contains_key(key))
}

fn keywords(schema: &Value) -> Vec<&Value> {
    let many = schema["enum"].as_array().into_iter().flatten();
    many.chain(schema.get("const")).collect()
}

fn has_values(name: &str) -> bool {
    !WITHOUT_VALUES.contains(&name.split('.').next().unwrap_or_default())
}

/// Words that stand inside strings, where the schema has a pattern and no keywords.
fn forms(name: &str) -> Vec<String> {
    let prefixed = |prefix: &str, words: &[&str]| words.iter().map(|word| format!("{prefix}={word}")).collect();
    match name.rsplit('.').next().unwrap_or_default() {
        "width" | "height" if !name.contains('.') => prefixed("", &LENGTHS),
        "columns" | "rows" => prefixed("", &TRACKS),
        "pin" => {
            let (x, y): (Vec<String>, Vec<String>) = (prefixed(".x", &PIN_X), prefixed(".y", &PIN_Y));
            [x, y].concat()
        }
        _ => Vec::new(),
    }
}

fn given_forms(name: &str, given: &Value) -> Vec<String> {
    let Some(text) = given.as_str() else { return Vec::new() };
    let words: Vec<String> = match text.split_once(' ') {
        Some((x, y)) if name == "pin" => vec![format!(".x={x}"), format!(".y={y}")],
        None if name == "pin" => vec![format!(".x={text}")],
        _ => vec![format!(
            "={}",
            text.trim_start_matches(|character: char| character.is_ascii_digit() || character == '.')
        )],
    };
    let forms = forms(name);
    words.into_iter().filter(|word| forms.contains(word)).collect()
}
