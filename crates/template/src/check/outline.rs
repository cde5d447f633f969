//! The document, walked once: every node with its place, and which names its expressions see.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Bound, Component, Field, FieldType, Layout, Node, Repeat, Slide, Template};
use crate::expression::Expr;
use crate::fault::join;

/// Names that every expression sees, and no field may have.
pub(super) const RESERVED: [&str; 5] = ["brand", "slide", "item", "size", "t"];

pub(super) struct Outline<'a> {
    pub(super) template: &'a Template,
    /// In document order: components, then slides.
    pub(super) nodes: Vec<Placed<'a>>,
    pub(super) scopes: Vec<Scope<'a>>,
    /// The scope of each slide.
    pub(super) slides: Vec<usize>,
    by_path: BTreeMap<String, usize>,
}

/// A node in its place.
pub(super) struct Placed<'a> {
    pub(super) path: String,
    pub(super) node: &'a Node,
    /// The component it belongs to; none on slides.
    pub(super) component: Option<&'a str>,
    pub(super) parent: Parent,
    /// What its own expressions see (with the item of its `repeat`), and what `repeat.each` sees.
    pub(super) scope: usize,
    pub(super) outer_scope: usize,
}

/// What a node lies in.
#[derive(Clone, Copy)]
pub(super) enum Parent {
    /// A frame or slide; with its layout when that is the same at every size.
    Frame { layout: Option<Layout>, stretches: bool },
    /// It is a component's own node: whoever uses the component places it.
    User,
}

/// Names that expressions see, from the inside out.
#[derive(Default)]
pub(super) struct Scope<'a> {
    pub(super) outer: Option<usize>,
    pub(super) names: BTreeMap<&'a str, Seen<'a>>,
    /// The component whose props these are: nothing outside is seen.
    pub(super) component: Option<&'a str>,
    /// The entries are of an unknown kind: any name may be one of theirs.
    pub(super) open: bool,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum Seen<'a> {
    Field(&'a Field),
    /// The entry of a repeat, under its own name; its fields if they are known.
    Entry(Option<&'a [Field]>),
}

/// The scope of what stands outside slides and components, and of slides that don't repeat.
pub(super) const DOCUMENT: usize = 0;

impl<'a> Outline<'a> {
    pub(super) fn of(template: &'a Template) -> Outline<'a> {
        let mut outline =
            Outline { template, nodes: Vec::new(), scopes: Vec::new(), slides: Vec::new(), by_path: BTreeMap::new() };
        let single = template.slides.iter().filter(|slide| slide.repeat.is_none());
        let fields = template.fields.iter().chain(single.flat_map(|slide| &slide.fields));
        outline.scopes.push(Scope { names: seen(fields), ..Scope::default() });
        for (name, component) in &template.components {
            outline.component(name, component);
        }
        for (index, slide) in template.slides.iter().enumerate() {
            outline.slide(&format!("slides/{index}"), slide);
        }
        outline.by_path = outline.nodes.iter().enumerate().map(|(index, node)| (node.path.clone(), index)).collect();
        outline
    }

    fn component(&mut self, name: &'a str, component: &'a Component) {
        let names = seen(component.fields.iter());
        self.scopes.push(Scope { names, component: Some(name), ..Scope::default() });
        let scope = self.scopes.len() - 1;
        let path = join(&join("components", name), "node");
        self.node(path, &component.node, Some(name), Parent::User, scope);
    }

    fn slide(&mut self, path: &str, slide: &'a Slide) {
        let mut scope = DOCUMENT;
        if let Some(repeat) = &slide.repeat {
            let mut names = seen(slide.fields.iter());
            if let Some(name) = &repeat.name {
                names.insert(name, Seen::Entry(Some(&slide.fields)));
            }
            self.scopes.push(Scope { outer: Some(DOCUMENT), names, ..Scope::default() });
            scope = self.scopes.len() - 1;
        }
        self.slides.push(scope);
        let changes = slide.at.values().any(|at| at.contains_key("layout") || at.contains_key("alignItems"));
        let parent = frame(slide.layout.as_ref(), changes, slide.align_items == Some(STRETCH));
        for (index, child) in slide.children.iter().enumerate() {
            self.node(format!("{path}/children/{index}"), child, None, parent, scope);
        }
    }

    fn node(&mut self, path: String, node: &'a Node, component: Option<&'a str>, parent: Parent, outer_scope: usize) {
        let scope = node.common().repeat.as_ref().map_or(outer_scope, |repeat| self.repeated(repeat, outer_scope));
        if let Node::Frame(frame_node) = node {
            let changes =
                node.common().at.values().any(|at| at.contains_key("layout") || at.contains_key("alignItems"));
            let stretches = frame_node.align_items == Some(STRETCH);
            let inside = frame(frame_node.layout.as_ref(), changes, stretches);
            self.nodes.push(Placed { path: path.clone(), node, component, parent, scope, outer_scope });
            for (index, child) in frame_node.children.iter().enumerate() {
                self.node(format!("{path}/children/{index}"), child, component, inside, scope);
            }
        } else {
            self.nodes.push(Placed { path, node, component, parent, scope, outer_scope });
        }
    }

    /// The scope inside a node's `repeat`: the fields of the list's items, if that list is declared.
    fn repeated(&mut self, repeat: &'a Repeat, outer: usize) -> usize {
        let each = Expr::parse(&repeat.each.0).ok();
        let path = each.as_ref().and_then(Expr::as_path);
        let list = path.and_then(|path| match path.as_slice() {
            [name] => self.find(outer, name),
            _ => None,
        });
        let items = match list {
            Some(Seen::Field(Field { kind: FieldType::List, of, .. })) => Some(of.as_slice()),
            _ => None,
        };
        let mut names = seen(items.unwrap_or_default().iter());
        if let Some(name) = &repeat.name {
            names.insert(name, Seen::Entry(items));
        }
        // A number, or a list that nobody declared: then nobody knows its fields, either.
        let open = items.is_none() && path.is_some();
        self.scopes.push(Scope { outer: Some(outer), names, component: None, open });
        self.scopes.len() - 1
    }

    /// What a name stands for, looking from a scope outwards.
    pub(super) fn find(&self, scope: usize, name: &str) -> Option<Seen<'a>> {
        self.chain(scope).find_map(|scope| scope.names.get(name).copied())
    }

    /// A scope and those around it.
    pub(super) fn chain(&self, scope: usize) -> impl Iterator<Item = &Scope<'a>> {
        std::iter::successors(self.scopes.get(scope), |scope| self.scopes.get(scope.outer?))
    }

    /// Every name that is seen from a scope.
    pub(super) fn names_in(&self, scope: usize) -> BTreeSet<&'a str> {
        self.chain(scope).flat_map(|scope| scope.names.keys().copied()).collect()
    }

    /// What the text at a path sees, and whether it stands in an `at`.
    pub(super) fn place_of(&self, path: &str) -> (usize, bool) {
        let mut at = path;
        loop {
            let rest = &path[at.len()..];
            if let Some(index) = self.by_path.get(at) {
                let placed = &self.nodes[*index];
                let scope = if rest.starts_with("/repeat/") { placed.outer_scope } else { placed.scope };
                return (scope, rest.starts_with("/at/"));
            }
            let slide = at.strip_prefix("slides/").and_then(|index| index.parse::<usize>().ok());
            if let Some(scope) = slide.and_then(|index| self.slides.get(index)) {
                return (*scope, rest.starts_with("/at/"));
            }
            match at.rsplit_once('/') {
                Some((before, _)) => at = before,
                None => return (DOCUMENT, false),
            }
        }
    }
}

const STRETCH: Bound<crate::document::Align> = Bound::Value(crate::document::Align::Stretch);

fn frame(layout: Option<&Bound<Layout>>, changes: bool, stretches: bool) -> Parent {
    let layout = match layout {
        _ if changes => None,
        None => Some(Layout::default()),
        Some(Bound::Value(layout)) => Some(*layout),
        Some(Bound::Binding(_)) => None,
    };
    Parent::Frame { layout, stretches }
}

fn seen<'a>(fields: impl Iterator<Item = &'a Field>) -> BTreeMap<&'a str, Seen<'a>> {
    fields.map(|field| (field.key.as_str(), Seen::Field(field))).collect()
}
