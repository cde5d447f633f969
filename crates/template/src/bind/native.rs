//! Our own request: `{"template", "size", "format", "data", "brand", "nodes", …}`, and data alone as the command line
//! and the editor have it.

use serde_json::{Map, Value as Json};

use super::finish::finish;
use super::given::{Given, GivenEntry, put};
use super::labels::{Hit, LabelScope};
use super::overrides::{content, literal};
use super::{BRAND_KEYS, BindError, BindFault, BindFaultKind, BindOptions, Bound, NodeOverride, samples};
use crate::color;
use crate::compiled::Compiled;
use crate::document::{JsonObject, Node};
use crate::nearest::nearest;
use crate::read::check_property;
use crate::value::Value;
use crate::warning::{Warning, WarningCode};

/// What the native request gives a template. Its other keys (`template`, `size`, …) are for whoever answers it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NativeData {
    /// Labels and values; a repeat group's name has a list of entries.
    pub data: JsonObject,
    /// The five branding keys, `colors` and `fonts`.
    pub brand: JsonObject,
    /// Node id → the properties that it is to have.
    pub nodes: JsonObject,
}

impl NativeData {
    /// Data alone.
    pub fn from_data(data: JsonObject) -> NativeData {
        NativeData { data, ..NativeData::default() }
    }

    /// Takes `data`, `brand` and `nodes` out of a request's body.
    ///
    /// # Errors
    /// Each of them that is no object.
    pub fn parse(body: &Json) -> Result<NativeData, BindError> {
        let mut faults = Vec::new();
        let mut object = |key: &str| match body.get(key) {
            None | Some(Json::Null) => JsonObject::new(),
            Some(Json::Object(object)) => object.clone(),
            Some(_) => {
                faults.push(BindFault::new(BindFaultKind::Shape, key, format!("{key} must be an object")));
                JsonObject::new()
            }
        };
        let parsed = NativeData { data: object("data"), brand: object("brand"), nodes: object("nodes") };
        if faults.is_empty() { Ok(parsed) } else { Err(faults.into()) }
    }
}

/// Binds native data to its template.
///
/// # Errors
/// Every fault at once, as for the other families.
pub fn bind(compiled: &Compiled, native: &NativeData, options: &BindOptions) -> Result<Bound, BindError> {
    let mut given = Given::default();
    given.notes.strict = options.strict;
    let mut binder = Binder { compiled, given };
    binder.data(&native.data);
    binder.brand(&native.brand);
    binder.nodes(&native.nodes);
    let mut given = binder.given;
    if options.preview {
        samples::fill(compiled, &mut given);
    }
    finish(compiled, given, options)
}

/// The name of the entries of a template that has no repeating slide.
const ENTRIES: &str = "slides";

struct Binder<'a> {
    compiled: &'a Compiled,
    given: Given,
}

impl Binder<'_> {
    fn data(&mut self, data: &JsonObject) {
        let (template, inventory) = (self.compiled.template(), self.compiled.fields());
        let document = LabelScope::document(template, inventory);
        for (label, json) in data {
            let place = format!("data.{label}");
            if let Some(group) = inventory.group(label) {
                let scope = LabelScope::group(template, inventory, &group.each);
                let entries = self.entries(&place, json, &[scope, LabelScope::document(template, inventory)]);
                self.given.carousel |= !entries.is_empty();
                self.given.entries.insert(group.each.clone(), entries);
            } else if label == ENTRIES && json.is_array() && document.find(label).is_none() {
                let scopes = [LabelScope::document(template, inventory)];
                self.given.loose = self.entries(&place, json, &scopes);
                self.given.carousel |= !self.given.loose.is_empty();
            } else if let Some(hit) = self.find(std::slice::from_ref(&document), label, &place) {
                match hit {
                    Hit::Field(known) => self.given.put(&known.field.key, json, &place),
                    Hit::Node(node) => self.given.overrides.extend(content_of(node, json)),
                }
            }
        }
    }

    fn entries(&mut self, place: &str, json: &Json, scopes: &[LabelScope<'_>]) -> Vec<GivenEntry> {
        let entries = match json {
            Json::Array(entries) => entries,
            Json::Null => return Vec::new(),
            _ => {
                let message = format!("{place} must be a list of entries");
                self.given.notes.fault(BindFault::new(BindFaultKind::Shape, place, message));
                return Vec::new();
            }
        };
        let mut read = Vec::with_capacity(entries.len());
        for (index, json) in entries.iter().enumerate() {
            let place = format!("{place}[{index}]");
            match json {
                Json::Object(values) => read.push(self.entry(&place, values, scopes)),
                _ => {
                    let message = format!("{place} must be an object of labels and values");
                    self.given.notes.fault(BindFault::new(BindFaultKind::Shape, &place, message));
                }
            }
        }
        read
    }

    fn entry(&mut self, place: &str, values: &Map<String, Json>, scopes: &[LabelScope<'_>]) -> GivenEntry {
        let mut entry = GivenEntry { place: place.to_owned(), ..GivenEntry::default() };
        for (label, json) in values {
            let place = format!("{place}.{label}");
            if label == "slide" {
                entry.slide = json.as_str().map(str::to_owned);
                continue;
            }
            match self.find(scopes, label, &place) {
                Some(Hit::Field(known)) => put(&mut entry.values, &known.field.key, json, &place),
                Some(Hit::Node(node)) => entry.overrides.extend(content_of(node, json)),
                None => {}
            }
        }
        entry
    }

    /// What a label means; an unknown one is noted.
    fn find<'a>(&mut self, scopes: &[LabelScope<'a>], label: &str, place: &str) -> Option<Hit<'a>> {
        let found = scopes.iter().find_map(|scope| scope.find(label));
        let Some(found) = found else {
            let nearest = scopes.iter().find_map(|scope| scope.nearest(label));
            let hint = match nearest {
                Some(nearest) => format!("did you mean '{nearest}'?"),
                None => {
                    format!("there are {}", scopes.iter().flat_map(LabelScope::keys).collect::<Vec<_>>().join(", "))
                }
            };
            let message = format!("{place}: the template has no '{label}'; {hint}");
            let mut warning = Warning::new(WarningCode::UnknownLabel, message).for_label(label);
            warning.to = nearest.map(Into::into);
            self.given.notes.warn_or_fault(warning, BindFaultKind::UnknownLabel, place);
            return None;
        };
        if found.others > 0 {
            let message = format!("'{label}' means {} things; the first one was taken", found.others + 1);
            self.given.notes.warnings.push(Warning::new(WarningCode::AmbiguousLabel, message).for_label(label));
        }
        Some(found.hit)
    }

    fn brand(&mut self, brand: &JsonObject) {
        for (key, json) in brand {
            let place = format!("brand.{key}");
            match (key.as_str(), json) {
                (_, Json::Null) => {}
                ("colors" | "fonts", Json::Object(entries)) => self.theme(&place, key == "colors", entries),
                (key, Json::String(text)) if BRAND_KEYS.contains(&key) => {
                    self.given.brand.values.insert(key.to_owned(), Value::Text(text.clone()));
                }
                (key, _) if BRAND_KEYS.contains(&key) || key == "colors" || key == "fonts" => {
                    let right = if BRAND_KEYS.contains(&key) { "a string" } else { "an object" };
                    let message = format!("{place} must be {right}");
                    self.given.notes.fault(BindFault::new(BindFaultKind::Shape, &place, message));
                }
                _ => {
                    let message =
                        format!("{place} is not known and ignored; there are {}, colors, fonts", BRAND_KEYS.join(", "));
                    self.given.notes.ignored(&place, message);
                }
            }
        }
    }

    fn theme(&mut self, place: &str, is_color: bool, entries: &Map<String, Json>) {
        for (name, json) in entries {
            let text = json.as_str().filter(|text| !text.is_empty() && (!is_color || color::parse(text).is_ok()));
            let Some(text) = text else {
                let right = if is_color { "a colour" } else { "a family name" };
                let message = format!("{place}.{name} is left out: it takes {right}, not {json}");
                let warning = Warning::new(WarningCode::InvalidValue, message).for_label(format!("{place}.{name}"));
                self.given.notes.warn_or_fault(warning, BindFaultKind::InvalidValue, place);
                continue;
            };
            let brand = &mut self.given.brand;
            let entries = if is_color { &mut brand.colors } else { &mut brand.fonts };
            entries.insert(name.clone(), text.to_owned());
        }
    }

    fn nodes(&mut self, nodes: &JsonObject) {
        for (address, json) in nodes {
            let place = format!("nodes.{address}");
            let Json::Object(set) = json else {
                let message = format!("{place} must be an object of properties");
                self.given.notes.fault(BindFault::new(BindFaultKind::Shape, &place, message));
                continue;
            };
            match self.compiled.node_at(address) {
                Some(node) => {
                    let set = self.properties(node.kind(), &place, set);
                    self.given.overrides.push(NodeOverride { node: address.clone(), set, font_size: None });
                }
                None => self.unknown_node(address, &place),
            }
        }
    }

    fn unknown_node(&mut self, address: &str, place: &str) {
        let near = nearest(address, self.compiled.node_addresses()).map(str::to_owned);
        let hint = near.as_ref().map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        let message = format!("{place}: the template has no node '{address}'{hint}");
        let mut warning = Warning::new(WarningCode::UnknownLabel, message).for_label(address);
        warning.to = near.map(Into::into);
        self.given.notes.warn_or_fault(warning, BindFaultKind::UnknownLabel, place);
    }

    /// The properties that a node of this kind can be given; the others are named and left out.
    fn properties(&mut self, kind: &str, place: &str, given: &JsonObject) -> JsonObject {
        let definition = kind[..1].to_uppercase() + &kind[1..] + "At";
        let mut set = JsonObject::new();
        for (key, json) in given {
            let reason = match key.as_str() {
                "when" => Some("a request sets 'visible', not 'when'".to_owned()),
                _ if json.is_null() => None,
                _ => check_property(&definition, key, json).into_iter().next().map(|fault| fault.message),
            };
            if let Some(reason) = reason {
                let message = format!("{place}.{key} is left out: {reason}");
                let warning = Warning::new(WarningCode::InvalidValue, message).for_label(format!("{place}.{key}"));
                self.given.notes.warn_or_fault(warning, BindFaultKind::InvalidValue, place);
                continue;
            }
            // A text has either one or the other.
            let other = [("text", "spans"), ("spans", "text")].into_iter().find(|(one, _)| key == one);
            if let Some((_, other)) = other.filter(|(_, other)| !given.contains_key(*other)) {
                set.insert(other.to_owned(), Json::Null);
            }
            set.insert(key.clone(), literal(json));
        }
        set
    }
}

/// A value for a node that a label means.
fn content_of(node: &Node, json: &Json) -> Option<NodeOverride> {
    Some(NodeOverride { node: node.common().id.clone()?, set: content(node, json)?, font_size: None })
}

#[cfg(test)]
mod tests;
