//! Which names a slide or the theme reads from its data: the tokens that are no reserved root, no entry of a
//! repeating node and no prop.

use indexmap::IndexMap;

use super::RESERVED;
use crate::compiled::{Found, own_json, scan_node, scan_value};
use crate::document::{Field, FieldType, Node, Repeat, Slide, Template};
use crate::expression::{Expr, Interpolation, Path};

/// One name that is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Read {
    pub(super) name: String,
    /// It is the whole source of a picture somewhere.
    pub(super) is_image: bool,
    /// A node repeats over it.
    pub(super) is_list: bool,
    /// What is read from the entries of a list that is not declared.
    pub(super) parts: IndexMap<String, FieldType>,
}

impl Read {
    pub(super) fn kind(&self) -> FieldType {
        match (self.is_list, self.is_image) {
            (true, _) => FieldType::List,
            (false, true) => FieldType::Image,
            (false, false) => FieldType::Text,
        }
    }
}

/// The entry of a repeating node, as its expressions see it.
struct Loop<'a> {
    name: Option<&'a str>,
    fields: &'a [Field],
    /// The undeclared list that the entries come from.
    undeclared: Option<String>,
}

struct Reader<'a> {
    declared: Vec<&'a Field>,
    found: IndexMap<String, Read>,
}

/// What a slide reads, in order of first use.
pub(super) fn reads_of_slide(template: &Template, slide: &Slide) -> Vec<Read> {
    let plain = template.slides.iter().filter(|other| other.repeat.is_none() || other.id == slide.id);
    let declared = template.fields.iter().chain(plain.flat_map(|slide| &slide.fields)).collect();
    let mut reader = Reader { declared, found: IndexMap::new() };
    let json = own_json(slide);
    let name = slide.repeat.as_ref().and_then(|repeat| repeat.name.as_deref());
    let mut loops: Vec<Loop> =
        name.map(|name| Loop { name: Some(name), fields: &[], undeclared: None }).into_iter().collect();
    scan_node(&json, &mut |found| {
        // A slide's `each` names its entries in requests; it reads nothing.
        if found.property != "each" {
            reader.found(found, &loops);
        }
    });
    for node in &slide.children {
        reader.node(node, &mut loops);
    }
    reader.found.into_values().collect()
}

/// What the theme and the canvas read.
pub(super) fn reads_of_document(template: &Template) -> Vec<Read> {
    let declared = template.fields.iter().chain(template.slides.iter().flat_map(|slide| &slide.fields)).collect();
    let mut reader = Reader { declared, found: IndexMap::new() };
    for json in [serde_json::to_value(&template.theme), serde_json::to_value(&template.canvas.background)] {
        scan_value("theme", &json.unwrap_or_default(), &mut |found| reader.found(found, &[]));
    }
    reader.found.into_values().collect()
}

impl<'a> Reader<'a> {
    fn node(&mut self, node: &'a Node, loops: &mut Vec<Loop<'a>>) {
        let json = own_json(node);
        let repeat = node.common().repeat.as_ref();
        if let Some(repeat) = repeat {
            self.found(Found { property: "each", text: &repeat.each.0, bare: true }, loops);
            let inner = self.entry_of(repeat, loops);
            loops.push(inner);
        }
        scan_node(&json, &mut |found| {
            if found.property != "each" {
                self.found(found, loops);
            }
        });
        for child in node.children() {
            self.node(child, loops);
        }
        if repeat.is_some() {
            loops.pop();
        }
    }

    /// What the entries of a repeating node have: the fields of the list it repeats over.
    fn entry_of(&self, repeat: &'a Repeat, loops: &[Loop<'a>]) -> Loop<'a> {
        let name = repeat.name.as_deref();
        let parsed = Expr::parse(&repeat.each.0).ok();
        let path = parsed.as_ref().and_then(Expr::as_path);
        let mut entry = Loop { name, fields: &[], undeclared: None };
        match path.map(Vec::as_slice) {
            Some([list]) => match self.list_fields(list, loops) {
                Some(fields) => entry.fields = fields,
                None => entry.undeclared = Some(list.clone()),
            },
            Some([outer, list]) => {
                let outer = loops.iter().rev().find(|l| l.name == Some(outer) || outer == "item");
                let inner = outer.and_then(|outer| outer.fields.iter().find(|field| field.key == *list));
                entry.fields = inner.map_or(&[], |field| &field.of);
            }
            _ => {}
        }
        entry
    }

    fn list_fields(&self, list: &str, loops: &[Loop<'a>]) -> Option<&'a [Field]> {
        let inner = loops.iter().rev().flat_map(|l| l.fields);
        let declared = inner.chain(self.declared.iter().copied());
        declared.into_iter().find(|field| field.key == list).map(|field| field.of.as_slice())
    }

    fn found(&mut self, found: Found<'_>, loops: &[Loop<'_>]) {
        if found.bare {
            if let Ok(expr) = Expr::parse(found.text) {
                let is_list = found.property == "each" && expr.as_path().is_some_and(|path| path.len() == 1);
                expr.paths().into_iter().for_each(|path| self.path(path, false, is_list, loops));
            }
            return;
        }
        if !Interpolation::is_needed(found.text) {
            return;
        }
        let Ok(parsed) = Interpolation::parse(found.text) else { return };
        let is_source = matches!(found.property, "src" | "fallback" | "from");
        let source = parsed.single().and_then(Expr::as_path).filter(|_| is_source);
        for path in parsed.expressions().flat_map(Expr::paths) {
            self.path(path, source == Some(path), false, loops);
        }
    }

    fn path(&mut self, path: &Path, is_image: bool, is_list: bool, loops: &[Loop<'_>]) {
        let name = path[0].as_str();
        let entry =
            loops.iter().rev().find(|l| l.name == Some(name)).or_else(|| loops.last().filter(|_| name == "item"));
        if let Some(entry) = entry {
            if let (Some(list), Some(part)) = (&entry.undeclared, path.get(1)) {
                self.part(list, part, is_image);
            }
            return;
        }
        let in_entry = loops.iter().any(|l| l.fields.iter().any(|field| field.key == name));
        if in_entry || RESERVED.contains(&name) {
            return;
        }
        let blank = Read { name: name.to_owned(), is_image: false, is_list: false, parts: IndexMap::new() };
        let read = self.found.entry(name.to_owned()).or_insert(blank);
        read.is_image |= is_image;
        read.is_list |= is_list && !self.declared.iter().any(|field| field.key == name);
    }

    fn part(&mut self, list: &str, part: &str, is_image: bool) {
        if matches!(part, "index" | "number" | "count") {
            return;
        }
        if let Some(read) = self.found.get_mut(list) {
            let kind = read.parts.entry(part.to_owned()).or_insert(FieldType::Text);
            if is_image {
                *kind = FieldType::Image;
            }
        }
    }
}
