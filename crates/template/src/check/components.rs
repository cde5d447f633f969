//! Components: those that are used exist, get what they need, and don't hold themselves.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::value_fault;
use super::outline::Outline;
use super::unknown;
use crate::document::{Component, Node, UseNode};
use crate::expression::Interpolation;
use crate::fault::{Fault, FaultKind, join};
use crate::limits::{MAX_NODE_DEPTH, MAX_NODES};
use crate::nearest::nearest;

pub(super) fn check(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    for placed in &outline.nodes {
        let Node::Use(used) = placed.node else { continue };
        known(outline, &join(&placed.path, "component"), &used.component, faults);
        if let Some(component) = outline.template.components.get(&used.component) {
            props(outline, &placed.path, used, component, faults);
        }
        for (name, at) in &placed.node.common().at {
            let path = join(&join(&placed.path, "at"), name);
            if let Some(component) = at.get("component").and_then(Value::as_str) {
                known(outline, &join(&path, "component"), component, faults);
            }
        }
    }
    let before = faults.len();
    circles(outline, faults);
    if faults.len() == before {
        placed_size(outline, faults);
    }
}

fn known(outline: &Outline<'_>, path: &str, name: &str, faults: &mut Vec<Fault>) {
    let components = &outline.template.components;
    if !components.contains_key(name) {
        let meant = nearest(name, components.keys().map(String::as_str));
        faults.push(unknown(path, format!("there is no component '{name}'"), meant));
    }
}

fn props(outline: &Outline<'_>, path: &str, used: &UseNode, component: &Component, faults: &mut Vec<Fault>) {
    let path = join(path, "props");
    for (name, value) in &used.props {
        let here = join(&path, name);
        let Some(field) = component.fields.iter().find(|field| &field.key == name) else {
            let meant = nearest(name, component.fields.iter().map(|field| field.key.as_str()));
            faults.push(unknown(&here, format!("the component '{}' has no field '{name}'", used.component), meant));
            continue;
        };
        let bound = value.as_str().is_some_and(Interpolation::is_needed);
        if !bound && !value.is_null() {
            faults.extend(value_fault(outline.template, field, value, &here));
        }
    }
    let needed = component.fields.iter().filter(|field| field.required == Some(true) && field.default.is_none());
    for field in needed.filter(|field| !used.props.contains_key(&field.key)) {
        let message = format!("the component '{}' needs the prop '{}'", used.component, field.key);
        faults.push(Fault::new(FaultKind::Missing, path.clone(), message));
    }
}

/// Components that hold themselves, by way of others or straight away.
fn circles(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    let mut holds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for placed in &outline.nodes {
        if let (Node::Use(used), Some(name)) = (placed.node, placed.component) {
            holds.entry(name).or_default().push(&used.component);
        }
    }
    for start in outline.template.components.keys() {
        if let Some(chain) = way_back(&holds, start) {
            let message = format!("the component holds itself: {}", chain.join(" → "));
            faults.push(Fault::new(FaultKind::Cycle, join("components", start), message));
        }
    }
}

/// The way from a component to itself, if there is one.
fn way_back<'a>(holds: &BTreeMap<&'a str, Vec<&'a str>>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut chains = vec![vec![start]];
    let mut seen = Vec::new();
    while let Some(chain) = chains.pop() {
        for next in chain.last().and_then(|name| holds.get(name)).into_iter().flatten() {
            let mut chain = chain.clone();
            chain.push(next);
            if *next == start {
                return Some(chain);
            }
            if !seen.contains(next) {
                seen.push(next);
                chains.push(chain);
            }
        }
    }
    None
}

/// How many nodes there are once components are placed, and how deep they lie; the ways out of a few lines of
/// JSON into millions of nodes.
fn placed_size(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    let mut inside: BTreeMap<Option<&str>, Vec<(usize, Option<&str>)>> = BTreeMap::new();
    for placed in &outline.nodes {
        let used = match placed.node {
            Node::Use(used) => Some(used.component.as_str()),
            _ => None,
        };
        let depth = placed.path.matches("/children/").count() - usize::from(placed.component.is_none());
        inside.entry(placed.component).or_default().push((depth, used));
    }
    let (nodes, depth) = size_of(None, &inside, &mut BTreeMap::new());
    if nodes > MAX_NODES {
        let message =
            format!("with its components placed the template has {nodes} nodes; at most {MAX_NODES} are possible");
        faults.push(Fault::new(FaultKind::TooLarge, "slides", message));
    }
    if depth > MAX_NODE_DEPTH {
        let message =
            format!("frames and components lie {depth} deep in each other; at most {MAX_NODE_DEPTH} are possible");
        faults.push(Fault::new(FaultKind::TooLarge, "slides", message));
    }
}

/// Nodes and depth of a component, or of the slides. There is no circle.
fn size_of<'a>(
    component: Option<&'a str>,
    inside: &BTreeMap<Option<&'a str>, Vec<(usize, Option<&'a str>)>>,
    known: &mut BTreeMap<Option<&'a str>, (usize, usize)>,
) -> (usize, usize) {
    if let Some(size) = known.get(&component) {
        return *size;
    }
    let mut size = (0usize, 0);
    for (depth, used) in inside.get(&component).into_iter().flatten() {
        let (nodes, below) = used.map_or((0, 0), |used| size_of(Some(used), inside, known));
        size = (size.0.saturating_add(1).saturating_add(nodes), size.1.max(depth + 1 + below));
    }
    known.insert(component, size);
    size
}
