//! The slides of a template with the `at` entries of one output merged, and what only the unmerged design tells.

use indexmap::IndexMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{AtKeys, CompileError, CompileFault, SizeClass};
use crate::document::{JsonObject, Length, Node, Slide, Template};

/// Slides and components, merged for one output.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) slides: Vec<PreparedSlide>,
    pub(crate) components: IndexMap<String, PreparedNode>,
}

#[derive(Debug)]
pub(crate) struct PreparedSlide {
    /// Without its children.
    pub(crate) slide: Slide,
    pub(crate) children: Vec<PreparedNode>,
}

#[derive(Debug, Clone)]
pub(crate) struct PreparedNode {
    /// Without its children.
    pub(crate) node: Node,
    pub(crate) children: Vec<PreparedNode>,
    /// Its id, or its path from the nearest id; inside a component, without the `use` it is placed by.
    pub(crate) address: String,
    /// `x`, `y`, `width` or `height` came from `at`.
    pub(crate) placed_for_size: bool,
    /// Width and height before any `at`.
    pub(crate) designed: [Option<Length>; 2],
}

/// What `at` never replaces.
const KEPT: [&str; 6] = ["id", "type", "children", "repeat", "fields", "at"];
const GEOMETRY: [&str; 4] = ["x", "y", "width", "height"];

impl Prepared {
    pub(super) fn new(template: &Template, keys: &AtKeys) -> Result<Prepared, CompileError> {
        let names: Vec<&str> = keys.class.map(SizeClass::name).into_iter().chain(keys.name.as_deref()).collect();
        let mut faults = Vec::new();
        let slides = template.slides.iter().map(|slide| prepare_slide(slide.clone(), &names, &mut faults)).collect();
        let components = template.components.iter().map(|(name, component)| {
            let root = component.node.clone();
            let address = root.common().id.clone().unwrap_or_else(|| "0".to_owned());
            (name.clone(), prepare_node(root, address, &names, &mut faults))
        });
        let components = components.collect();
        if faults.is_empty() { Ok(Prepared { slides, components }) } else { Err(CompileError { faults }) }
    }
}

impl Prepared {
    /// The node at an address, into components too.
    pub(super) fn find<'a>(&'a self, nodes: &'a [PreparedNode], address: &str) -> Option<&'a Node> {
        nodes.iter().find_map(|prepared| {
            if prepared.address == address {
                return Some(&prepared.node);
            }
            let rest = address.strip_prefix(prepared.address.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let inside = match (&prepared.node, rest) {
                (Node::Use(placed), Some(rest)) => {
                    self.components.get(&placed.component).and_then(|root| self.find(std::slice::from_ref(root), rest))
                }
                _ => None,
            };
            inside.or_else(|| self.find(&prepared.children, address))
        })
    }
}

fn prepare_slide(mut slide: Slide, names: &[&str], faults: &mut Vec<CompileFault>) -> PreparedSlide {
    let children = std::mem::take(&mut slide.children);
    let id = slide.id.clone();
    let sets: Vec<JsonObject> = names.iter().filter_map(|name| slide.at.get(*name).cloned()).collect();
    let slide = merged(slide, &id, &sets, faults);
    PreparedSlide { children: prepare_children(children, &slide.id, names, faults), slide }
}

fn prepare_children(
    children: Vec<Node>,
    parent: &str,
    names: &[&str],
    faults: &mut Vec<CompileFault>,
) -> Vec<PreparedNode> {
    let prepare = |(index, child): (usize, Node)| {
        let address = child.common().id.clone().unwrap_or_else(|| format!("{parent}/{index}"));
        prepare_node(child, address, names, faults)
    };
    children.into_iter().enumerate().map(prepare).collect()
}

fn prepare_node(mut node: Node, address: String, names: &[&str], faults: &mut Vec<CompileFault>) -> PreparedNode {
    let children = match &mut node {
        Node::Frame(frame) => std::mem::take(&mut frame.children),
        _ => Vec::new(),
    };
    let common = node.common();
    let designed = [common.width.clone(), common.height.clone()];
    let sets: Vec<JsonObject> = names.iter().filter_map(|name| common.at.get(*name).cloned()).collect();
    PreparedNode {
        placed_for_size: sets.iter().any(moves),
        node: merged(node, &address, &sets, faults),
        children: prepare_children(children, &address, names, faults),
        address,
        designed,
    }
}

/// Whether a set of properties says where or how large a node is.
pub(crate) fn moves(set: &JsonObject) -> bool {
    GEOMETRY.iter().any(|key| set.contains_key(*key))
}

/// The node or slide with whole properties replaced, the last set on top; null takes a property away.
fn merged<T>(whole: T, place: &str, sets: &[JsonObject], faults: &mut Vec<CompileFault>) -> T
where
    T: Serialize + DeserializeOwned,
{
    match replace_properties(&whole, sets) {
        Ok(Some(changed)) => changed,
        Ok(None) => whole,
        Err(message) => {
            faults.push(CompileFault { place: format!("{place}.at"), message });
            whole
        }
    }
}

/// None when the sets change nothing.
pub(crate) fn replace_properties<T>(whole: &T, sets: &[JsonObject]) -> Result<Option<T>, String>
where
    T: Serialize + DeserializeOwned,
{
    if sets.iter().all(JsonObject::is_empty) {
        return Ok(None);
    }
    let Ok(Value::Object(mut json)) = serde_json::to_value(whole) else { return Ok(None) };
    for (key, value) in sets.iter().flatten() {
        if KEPT.contains(&key.as_str()) {
            continue;
        }
        if value.is_null() {
            json.shift_remove(key);
        } else {
            json.insert(key.clone(), value.clone());
        }
    }
    serde_json::from_value(Value::Object(json)).map(Some).map_err(|error| error.to_string())
}
