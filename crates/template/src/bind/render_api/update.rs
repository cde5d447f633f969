//! Content updates: `{type, label, value}` with optional looks, and what they set.

use serde_json::{Map, Value as Json};

use super::super::given::{GivenEntry, put};
use super::super::labels::{ContentKind, Hit, LabelScope};
use super::super::overrides::{Looks, MaxHeight, content};
use super::super::{BindFault, BindFaultKind, NodeOverride};
use super::Binder;
use super::request::Reader;
use crate::color;
use crate::document::{Node, Unit};
use crate::warning::{Warning, WarningCode};

/// One content update.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub kind: UpdateKind,
    pub label: String,
    /// Null when absent.
    pub value: Json,
    pub(super) looks: Looks,
    /// Where it stands in the request: `content_update[1]`.
    pub place: String,
}

/// What an update says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateKind {
    Textbox,
    Image,
    Shape,
    /// The object shapes of a carousel need not say.
    Unsaid,
}

impl UpdateKind {
    fn content(self) -> ContentKind {
        match self {
            UpdateKind::Textbox => ContentKind::Text,
            UpdateKind::Image => ContentKind::Image,
            UpdateKind::Shape => ContentKind::Shape,
            UpdateKind::Unsaid => ContentKind::Any,
        }
    }

    fn name(self) -> &'static str {
        match self {
            UpdateKind::Textbox => "a textbox",
            UpdateKind::Image => "an image",
            UpdateKind::Shape => "a shape",
            UpdateKind::Unsaid => "a value",
        }
    }
}

/// Reads a list of updates; what is wrong with any of them is a fault that names it.
pub(super) fn parse_list(reader: &mut Reader, place: &str, value: Option<&Json>) -> Vec<Update> {
    match value {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => {
            let parse = |(index, item)| parse_update(reader, &format!("{place}[{index}]"), item);
            items.iter().enumerate().filter_map(parse).collect()
        }
        Some(_) => {
            reader.fault(place, format!("{place} must be an array"));
            Vec::new()
        }
    }
}

fn parse_update(reader: &mut Reader, place: &str, item: &Json) -> Option<Update> {
    let Some(item) = item.as_object() else {
        reader.fault(place, format!("{place} must be an object with type, label and value"));
        return None;
    };
    let kind = match item.get("type") {
        Some(Json::String(kind)) => match kind.as_str() {
            "textbox" | "text" => Some(UpdateKind::Textbox),
            "image" => Some(UpdateKind::Image),
            "shape" => Some(UpdateKind::Shape),
            other => {
                reader.fault(
                    &format!("{place}.type"),
                    format!("{place}.type must be textbox, image or shape, not '{other}'"),
                );
                None
            }
        },
        None | Some(Json::Null) => {
            reader.fault(&format!("{place}.type"), format!("{place}.type is required"));
            None
        }
        Some(_) => {
            reader.fault(&format!("{place}.type"), format!("{place}.type must be textbox, image or shape"));
            None
        }
    };
    let label = match item.get("label") {
        Some(Json::String(label)) if !label.trim().is_empty() => Some(label.clone()),
        Some(Json::Number(label)) => Some(label.to_string()),
        None | Some(Json::Null | Json::String(_)) => {
            reader.fault(&format!("{place}.label"), format!("{place}.label is required"));
            None
        }
        Some(_) => {
            reader.fault(&format!("{place}.label"), format!("{place}.label must be a string"));
            None
        }
    };
    let (kind, label) = (kind?, label?);
    let looks = parse_looks(reader, place, kind, item);
    Some(Update { kind, label, value: item.get("value").cloned().unwrap_or_default(), looks, place: place.to_owned() })
}

/// The looks that belong to the update's kind; one that cannot be read is a warning.
pub(super) fn parse_looks(reader: &mut Reader, place: &str, kind: UpdateKind, item: &Map<String, Json>) -> Looks {
    let mut looks = Looks::default();
    let given = |key: &str| item.get(key).filter(|value| !value.is_null());
    let mut wrong = |key: &str, value: &Json, right: &str| {
        let message = format!("{place}.{key} is ignored: it takes {right}, not {value}");
        reader.warn(WarningCode::InvalidValue, &format!("{place}.{key}"), message);
    };
    if matches!(kind, UpdateKind::Textbox | UpdateKind::Unsaid) {
        if let Some(value) = given("fontSize") {
            looks.font_size = px(value).filter(|size| *size > 0.0);
            if looks.font_size.is_none() {
                wrong("fontSize", value, "a number of px above 0");
            }
        }
        if let Some(value) = given("textboxMaxHeight") {
            looks.max_height = match value {
                Json::String(text) if text == "auto" => Some(MaxHeight::Auto),
                value => px(value).map(MaxHeight::Px),
            };
            if looks.max_height.is_none() {
                wrong("textboxMaxHeight", value, "\"auto\" or a number of px");
            }
        }
    }
    if matches!(kind, UpdateKind::Image | UpdateKind::Shape)
        && let Some(value) = given("opacity")
    {
        looks.opacity = px(value).filter(|opacity| *opacity <= 1.0);
        if looks.opacity.is_none() {
            wrong("opacity", value, "a number from 0 to 1");
        }
    }
    let color_key = if kind == UpdateKind::Shape { "fill" } else { "fontColor" };
    if kind != UpdateKind::Image
        && let Some(value) = given(color_key)
    {
        looks.fill = value.as_str().filter(|text| color::parse(text).is_ok()).map(str::to_owned);
        if looks.fill.is_none() {
            wrong(color_key, value, "a CSS colour");
        }
    }
    looks
}

/// A number of px, from `24`, `"24"` or `"24px"`.
fn px(value: &Json) -> Option<f64> {
    let number = match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().trim_end_matches("px").trim_end().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// What an update comes to: a field's value, and properties of nodes.
enum Outcome<'a> {
    Field { key: &'a str, looks: Vec<NodeOverride> },
    Nodes(Vec<NodeOverride>),
    Nothing,
}

impl<'a> Binder<'a> {
    /// An update of `content_update`: it holds for the whole document.
    pub(super) fn document_update(&mut self, scopes: &[LabelScope<'a>], update: &Update) {
        let slides: Vec<&str> = self.compiled.template().slides.iter().map(|slide| slide.id.as_str()).collect();
        match self.resolve(scopes, update, &slides) {
            Outcome::Field { key, looks } => {
                if update.kind != UpdateKind::Shape || !update.value.is_null() {
                    self.given.put(key, &update.value, &update.place);
                }
                self.given.overrides.extend(looks);
            }
            Outcome::Nodes(overrides) => self.given.overrides.extend(overrides),
            Outcome::Nothing => {}
        }
    }

    /// An update of one entry or slide: it holds for the slides given, and there only.
    pub(super) fn entry_update(
        &mut self,
        scopes: &[LabelScope<'a>],
        update: &Update,
        slides: &[&str],
        entry: &mut GivenEntry,
    ) {
        match self.resolve(scopes, update, slides) {
            Outcome::Field { key, looks } => {
                put(&mut entry.values, key, &update.value, &update.place);
                entry.overrides.extend(looks);
            }
            Outcome::Nodes(overrides) => entry.overrides.extend(overrides),
            Outcome::Nothing => {}
        }
    }

    /// Finds the label in the first scope that has it.
    fn resolve(&mut self, scopes: &[LabelScope<'a>], update: &Update, slides: &[&str]) -> Outcome<'a> {
        let Some(found) = scopes.iter().find_map(|scope| scope.find(&update.label)) else {
            self.unknown(scopes, update);
            return Outcome::Nothing;
        };
        if let Some(is) = found.hit.mismatch(update.kind.content()) {
            let (place, label, kind) = (&update.place, &update.label, update.kind.name());
            let message = match found.hit.right_type() {
                Some(right) => {
                    format!("{place}: '{label}' is {is}, and {kind} cannot fill it; its type is \"{right}\"")
                }
                None => format!("{place}: '{label}' is {is}, which no update can fill; give the fields that it shows"),
            };
            let fault = BindFault::new(BindFaultKind::WrongKind, format!("{}.type", update.place), message);
            self.given.notes.fault(fault.for_label(&update.label));
            return Outcome::Nothing;
        }
        if found.others > 0 {
            let message = format!("'{}' means {} things; the first one was taken", update.label, found.others + 1);
            self.warn(WarningCode::AmbiguousLabel, &update.label, message);
        }
        match found.hit {
            Hit::Field(known) => {
                let key = known.field.key.as_str();
                let looks = match update.looks.is_empty() {
                    true => Vec::new(),
                    false => update.looks.for_field(self.compiled, slides, key),
                };
                Outcome::Field { key, looks }
            }
            Hit::Node(node) => Outcome::Nodes(self.node_overrides(node, update)),
        }
    }

    /// A hit on a node sets its text, its source or its fill, as the literal value.
    fn node_overrides(&self, node: &Node, update: &Update) -> Vec<NodeOverride> {
        let Some(id) = node.common().id.clone().or_else(|| self.path_of(node)) else { return Vec::new() };
        let unit = self.compiled.template().canvas.unit.unwrap_or(Unit::Px);
        let mut overrides = Vec::new();
        if let Some(set) = content(node, &update.value) {
            overrides.push(NodeOverride { node: id.clone(), set, font_size: None });
        }
        overrides.extend(update.looks.for_node(node, &id, unit));
        overrides
    }

    /// The path of a node without an id (it was found by its name).
    fn path_of(&self, wanted: &Node) -> Option<String> {
        fn search(nodes: &[Node], parent: &str, wanted: &Node) -> Option<String> {
            nodes.iter().enumerate().find_map(|(index, node)| {
                let address = node.common().id.clone().unwrap_or_else(|| format!("{parent}/{index}"));
                if std::ptr::eq(node, wanted) {
                    return Some(address);
                }
                search(node.children(), &address, wanted)
            })
        }
        self.compiled.template().slides.iter().find_map(|slide| search(&slide.children, &slide.id, wanted))
    }

    fn unknown(&mut self, scopes: &[LabelScope<'a>], update: &Update) {
        let mut message = format!("{}: the template has no '{}'", update.place, update.label);
        let nearest = scopes.iter().find_map(|scope| scope.nearest(&update.label));
        let (template, inventory) = (self.compiled.template(), self.compiled.fields());
        let group = inventory
            .groups
            .iter()
            .find(|group| LabelScope::group(template, inventory, &group.each).find(&update.label).is_some());
        match (nearest, group) {
            (_, Some(_)) => message.push_str("; it is a field of the carousel's slides: give it in their entries"),
            (Some(nearest), None) => message.push_str(&format!("; did you mean '{nearest}'?")),
            (None, None) => {
                let keys: Vec<&str> = scopes.iter().flat_map(LabelScope::keys).collect();
                message.push_str(&format!("; there are {}", keys.join(", ")));
            }
        }
        let mut warning = Warning::new(WarningCode::UnknownLabel, message).for_label(&update.label);
        warning.to = nearest.map(Into::into);
        self.given.notes.warn_or_fault(warning, BindFaultKind::UnknownLabel, &update.place);
    }
}
