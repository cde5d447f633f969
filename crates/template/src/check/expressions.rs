//! Expressions: they parse, and the names they read mean something.
//!
//! A name that nobody declared becomes a field by itself (that is advice, in [`super::lint`]), but not inside a
//! component, which sees only its props, and not in an `at`, where it can only be a slip.

use std::collections::BTreeSet;

use serde_json::Value;

use super::outline::{DOCUMENT, Outline, RESERVED, Seen};
use super::unknown;
use crate::document::{Field, Node};
use crate::expression::{Expr, Interpolation, Path};
use crate::fault::{Fault, FaultKind, join};
use crate::nearest::nearest;
use crate::read::Leaf;

const SLIDE: [&str; 4] = ["index", "number", "count", "id"];
const ITEM: [&str; 3] = ["index", "number", "count"];
const SIZE: [&str; 3] = ["name", "width", "height"];
/// The branding keys, and the logos of a stored brand kit by their names.
const BRAND: [&str; 6] = ["name", "handle", "bio", "website_url", "avatar_image_url", "logos"];

/// A path that some expression reads, and where.
pub(super) struct Read {
    pub(super) at: String,
    pub(super) path: Path,
    pub(super) scope: usize,
    /// It stands in an `at`.
    pub(super) differs: bool,
    /// It is the source of a picture.
    pub(super) image: bool,
}

pub(super) fn check(outline: &Outline<'_>, leaves: &[Leaf<'_>], faults: &mut Vec<Fault>) {
    let reads = reads(outline, leaves, faults);
    let becomes_field: BTreeSet<(usize, &str)> = reads
        .iter()
        .filter(|read| !read.differs && matches!(meaning(outline, read), Meaning::Undeclared))
        .map(|read| (read.scope, read.path[0].as_str()))
        .collect();
    for read in &reads {
        match meaning(outline, read) {
            Meaning::Known => {}
            Meaning::Wrong(fault) => faults.push(*fault),
            Meaning::Undeclared => {
                let name = &read.path[0];
                if read.differs && !becomes_field.contains(&(read.scope, name.as_str())) {
                    let message = format!("nothing else in the template reads '{name}', and no field declares it");
                    faults.push(unknown(&read.at, message, similar(outline, read.scope, name)));
                }
            }
        }
    }
}

/// Everything that expressions read, in document order. Those that don't parse are faults.
pub(super) fn reads(outline: &Outline<'_>, leaves: &[Leaf<'_>], faults: &mut Vec<Fault>) -> Vec<Read> {
    let mut reads = Vec::new();
    for leaf in leaves {
        let image = matches!(leaf.property, "src" | "from" | "fallback");
        match leaf.kind {
            // The entries of a slide's repeat have a name, which is no expression.
            "Expression" if is_entries(&leaf.path) => {}
            "Expression" => match Expr::parse(leaf.text) {
                Ok(expr) => note(outline, &leaf.path, [&expr].into_iter(), image, &mut reads),
                Err(error) => faults.push(syntax(&leaf.path, error.message)),
            },
            "TextTemplate" => template(outline, &leaf.path, leaf.text, image, &mut reads, faults),
            "Binding" | "ColorText" | "Length" if leaf.text.starts_with("{{") => {
                let before = faults.len();
                template(outline, &leaf.path, leaf.text, image, &mut reads, faults);
                let single = Interpolation::parse(leaf.text).is_ok_and(|text| text.single().is_some());
                if !single && faults.len() == before {
                    let message =
                        format!("'{}' is more than one binding; here one stands for the whole value", leaf.text);
                    faults.push(syntax(&leaf.path, message));
                }
            }
            _ => {}
        }
    }
    for placed in &outline.nodes {
        if let Node::Use(used) = placed.node {
            let path = join(&placed.path, "props");
            for (name, value) in &used.props {
                free(outline, &join(&path, name), value, &mut reads, faults);
            }
        }
    }
    reads
}

fn is_entries(path: &str) -> bool {
    path.strip_prefix("slides/").and_then(|rest| rest.split_once('/')).is_some_and(|(_, rest)| rest == "repeat/each")
}

/// Texts in the props of a `use`, at any depth.
fn free(outline: &Outline<'_>, path: &str, value: &Value, reads: &mut Vec<Read>, faults: &mut Vec<Fault>) {
    match value {
        Value::String(text) => template(outline, path, text, false, reads, faults),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| free(outline, &join(path, index), item, reads, faults));
        }
        Value::Object(map) => map.iter().for_each(|(key, value)| free(outline, &join(path, key), value, reads, faults)),
        _ => {}
    }
}

fn template(
    outline: &Outline<'_>,
    path: &str,
    text: &str,
    image: bool,
    reads: &mut Vec<Read>,
    faults: &mut Vec<Fault>,
) {
    if !Interpolation::is_needed(text) {
        return;
    }
    match Interpolation::parse(text) {
        Ok(text) => note(outline, path, text.expressions(), image && text.single().is_some(), reads),
        Err(error) => faults.push(syntax(path, error.message)),
    }
}

fn syntax(path: &str, message: String) -> Fault {
    Fault::new(FaultKind::Expression, path, message)
}

fn note<'e>(
    outline: &Outline<'_>,
    at: &str,
    expressions: impl Iterator<Item = &'e Expr>,
    image: bool,
    reads: &mut Vec<Read>,
) {
    let (scope, differs) = outline.place_of(at);
    for path in expressions.flat_map(|expr| expr.paths().into_iter().cloned().collect::<Vec<_>>()) {
        reads.push(Read { at: at.to_owned(), path, scope, differs, image });
    }
}

/// What a name turned out to be.
pub(super) enum Meaning {
    Known,
    /// It becomes an optional field.
    Undeclared,
    Wrong(Box<Fault>),
}

pub(super) fn meaning(outline: &Outline<'_>, read: &Read) -> Meaning {
    let [root, rest @ ..] = read.path.as_slice() else { return Meaning::Known };
    if RESERVED.contains(&root.as_str()) {
        return reserved(outline, read, root, rest);
    }
    // A colour of the theme is picked on every slide, so its picture may be a field of any.
    let scopes = if read.at.starts_with("theme/") { 0..outline.scopes.len() } else { read.scope..read.scope + 1 };
    match scopes.clone().find_map(|scope| outline.find(scope, root)) {
        Some(Seen::Field(field)) => match rest.first() {
            None => Meaning::Known,
            Some(key) => {
                let message = format!("'{}' has no '{key}': it is not an object", field.key);
                Meaning::Wrong(Box::new(unknown(&read.at, message, None)))
            }
        },
        Some(Seen::Entry(Some(fields))) => match rest.first() {
            Some(key) => entry(fields, root, key, &read.at),
            None => Meaning::Known,
        },
        Some(Seen::Entry(None)) => Meaning::Known,
        None if outline.chain(read.scope).any(|scope| scope.open) => Meaning::Known,
        None => match outline.chain(read.scope).find_map(|scope| scope.component) {
            Some(component) => {
                let message = format!("the component '{component}' has no field '{root}', and sees no other");
                Meaning::Wrong(Box::new(unknown(&read.at, message, similar(outline, read.scope, root))))
            }
            None => Meaning::Undeclared,
        },
    }
}

fn entry(fields: &[Field], name: &str, key: &str, at: &str) -> Meaning {
    let known = || fields.iter().map(|field| field.key.as_str()).chain(ITEM);
    if known().any(|other| other == key) {
        return Meaning::Known;
    }
    Meaning::Wrong(Box::new(unknown(at, format!("an entry '{name}' has no field '{key}'"), nearest(key, known()))))
}

fn reserved(outline: &Outline<'_>, read: &Read, root: &str, rest: &[String]) -> Meaning {
    let strings = || outline.template.strings.values().flat_map(|texts| texts.keys().map(String::as_str));
    let names: Vec<&str> = match root {
        "slide" => SLIDE.to_vec(),
        "size" => SIZE.to_vec(),
        "brand" => BRAND.to_vec(),
        "t" => strings().collect(),
        _ => ITEM.into_iter().chain(outline.names_in(read.scope)).collect(),
    };
    let Some(key) = rest.first() else {
        let example = names.first().copied().unwrap_or("key");
        let message = format!("'{root}' is not a value by itself; write '{root}.{example}' for example");
        return Meaning::Wrong(Box::new(unknown(&read.at, message, None)));
    };
    let free_item = root == "item"
        && (read.scope == DOCUMENT || outline.chain(read.scope).any(|s| s.open || s.component.is_some()));
    if free_item || names.contains(&key.as_str()) {
        return Meaning::Known;
    }
    let what = if root == "t" { format!("'strings' has no text '{key}'") } else { format!("'{root}' has no '{key}'") };
    Meaning::Wrong(Box::new(unknown(&read.at, what, nearest(key, names))))
}

/// A name that is seen there and was probably meant.
pub(super) fn similar<'a>(outline: &Outline<'a>, scope: usize, name: &str) -> Option<&'a str> {
    nearest(name, outline.names_in(scope).into_iter().chain(RESERVED))
}
