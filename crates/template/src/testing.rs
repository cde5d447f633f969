//! What the unit tests of binding and resolving share: the examples, and outlines of what comes out.

use serde_json::Value as Json;

use crate::bind::{BindError, BindFaultKind, Bound};
use crate::compiled::Compiled;
use crate::resolve::{Resolution, ResolveOptions, resolve};
use crate::resolved::{Node, NodeKind};
use crate::warning::{Warning, WarningCode};

pub(crate) fn compile(template: Json) -> Compiled {
    let template = crate::read_value(template).unwrap_or_else(|faults| panic!("{faults}"));
    Compiled::new(template).unwrap_or_else(|error| panic!("{error}"))
}

/// One of the five examples of the format.
pub(crate) fn example(name: &str) -> Compiled {
    let path = format!("{}/tests/examples/{name}.template.json", env!("CARGO_MANIFEST_DIR"));
    let json = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    compile(serde_json::from_str(&json).unwrap_or_else(|error| panic!("{path}: {error}")))
}

pub(crate) fn run(compiled: &Compiled, bound: &Bound) -> Resolution {
    resolve(compiled, bound, &ResolveOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// One line per slide and node: depth, id, and a text's text.
pub(crate) fn outline(resolution: &Resolution) -> Vec<String> {
    fn lines(nodes: &[Node], depth: usize, out: &mut Vec<String>) {
        for node in nodes {
            out.push(format!("{}{} {}", "  ".repeat(depth), node.id, content(node)).trim_end().to_owned());
            if let NodeKind::Frame(frame) = &node.kind {
                lines(&frame.children, depth + 1, out);
            }
        }
    }
    let mut out = Vec::new();
    for slide in &resolution.document.slides {
        out.push(format!("[{}]", slide.id));
        lines(&slide.frame.children, 1, &mut out);
    }
    out
}

/// What a text, picture or code shows.
pub(crate) fn content(node: &Node) -> String {
    match &node.kind {
        NodeKind::Text(text) => text.spans.iter().map(|span| span.text.as_str()).collect(),
        NodeKind::Image(image) => image.src.as_ref().map(|src| src.0.clone()).unwrap_or_default(),
        NodeKind::Code(code) => code.value.clone(),
        NodeKind::Frame(_) | NodeKind::Shape(_) | NodeKind::Svg(_) => String::new(),
    }
}

/// Per slide its id and what its texts, pictures and codes show: `intro: Title | assets/a.jpg`.
pub(crate) fn contents(resolution: &Resolution) -> Vec<String> {
    fn collect(nodes: &[Node], out: &mut Vec<String>) {
        for node in nodes {
            out.push(content(node));
            if let NodeKind::Frame(frame) = &node.kind {
                collect(&frame.children, out);
            }
        }
    }
    let show = |slide: &crate::resolved::Slide| {
        let mut found = Vec::new();
        collect(&slide.frame.children, &mut found);
        found.retain(|text| !text.is_empty());
        format!("{}: {}", slide.id, found.join(" | "))
    };
    resolution.document.slides.iter().map(show).collect()
}

/// The first node of that id, on any slide.
pub(crate) fn node<'a>(resolution: &'a Resolution, id: &str) -> &'a Node {
    fn find<'a>(nodes: &'a [Node], id: &str) -> Option<&'a Node> {
        nodes.iter().find_map(|node| match &node.kind {
            _ if node.id == id => Some(node),
            NodeKind::Frame(frame) => find(&frame.children, id),
            _ => None,
        })
    }
    let slides = &resolution.document.slides;
    slides.iter().find_map(|slide| find(&slide.frame.children, id)).unwrap_or_else(|| panic!("no node {id}"))
}

/// Code and label of each warning, without those about optional fields that were left empty.
pub(crate) fn notable(warnings: &[Warning]) -> Vec<(WarningCode, &str)> {
    let notable = warnings.iter().filter(|warning| warning.code != WarningCode::Unfilled);
    notable.map(|warning| (warning.code, warning.label.as_deref().unwrap_or_default())).collect()
}

pub(crate) fn kinds(error: &BindError) -> Vec<BindFaultKind> {
    error.faults.iter().map(|fault| fault.kind).collect()
}
