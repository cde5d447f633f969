//! `at`: names of sizes or classes, and what must not differ there.

use serde_json::{Map, Value};

use super::outline::Outline;
use super::unknown;
use crate::document::{Common, Node};
use crate::fault::{Fault, FaultKind, join};
use crate::nearest::nearest;

/// What any output is one of.
const CLASSES: [&str; 3] = ["landscape", "portrait", "square"];

pub(super) fn check(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    for (index, slide) in outline.template.slides.iter().enumerate() {
        names(outline, &format!("slides/{index}"), slide.at.keys(), faults);
    }
    for placed in &outline.nodes {
        let common = placed.node.common();
        names(outline, &placed.path, common.at.keys(), faults);
        match placed.node {
            Node::Text(text) => {
                let base = if text.text.is_some() { "text" } else { "spans" };
                other_source(&placed.path, common, ["text", "spans"], base, faults);
            }
            Node::Svg(svg) => {
                let base = if svg.src.is_some() { "src" } else { "svg" };
                other_source(&placed.path, common, ["src", "svg"], base, faults);
            }
            _ => {}
        }
    }
}

fn names<'a>(outline: &Outline<'_>, path: &str, at: impl Iterator<Item = &'a String>, faults: &mut Vec<Fault>) {
    let sizes = &outline.template.sizes;
    for name in at.filter(|name| !sizes.contains_key(*name) && !CLASSES.contains(&name.as_str())) {
        let known = sizes.keys().map(String::as_str).chain(CLASSES);
        let message =
            format!("there is no size '{name}'; 'at' takes the name of a size or landscape, portrait, square");
        faults.push(unknown(&join(&join(path, "at"), name), message, nearest(name, known)));
    }
}

/// A text given by `text` cannot be given by `spans` elsewhere: both would be there.
fn other_source(path: &str, common: &Common, pair: [&str; 2], base: &str, faults: &mut Vec<Fault>) {
    let other = if pair[0] == base { pair[1] } else { pair[0] };
    let gives_other = |at: &Map<String, Value>| at.contains_key(other);
    for (name, _) in common.at.iter().filter(|(_, at)| gives_other(at)) {
        let message = format!("'{other}' would stand beside the node's '{base}'; say it with '{base}' here, too");
        faults.push(Fault::new(FaultKind::Conflict, join(&join(&join(path, "at"), name), other), message));
    }
}
