//! The elements of a drawing as a graph: children, and what each refers to.

use std::collections::BTreeMap;

use usvg::roxmltree::{Document, Node};

use super::super::limits::{self, within};
use super::super::{DrawingProblem, Note};
use super::styles::{self, Property, Styles};

pub(super) struct Elements<'d> {
    /// The document's root first; numbered as in the document.
    pub(super) all: Vec<Element<'d>>,
    pub(super) notes: Vec<Note>,
}

#[derive(Default)]
pub(super) struct Element<'d> {
    tag: &'d str,
    id: &'d str,
    pub(super) children: Vec<usize>,
    /// What stands in its place or completes it: `href`.
    pub(super) links: Vec<usize>,
    /// What it is painted, clipped, masked and filtered with.
    pub(super) paints: Vec<usize>,
    pub(super) markers: Vec<usize>,
    /// Of its other attributes.
    pub(super) bytes: u64,
    /// See [`super::Cost`].
    pub(super) text: u64,
    /// Of the picture in its `href`.
    pub(super) pictures: u64,
    /// Of a text on a path.
    pub(super) characters: u64,
    in_text: bool,
    in_marker: bool,
    /// Lies in a marker and has markers itself.
    marked: bool,
}

impl Element<'_> {
    /// For people.
    pub(super) fn name(&self) -> String {
        if self.id.is_empty() { format!("<{}>", self.tag) } else { format!("<{} id=\"{}\">", self.tag, self.id) }
    }

    pub(super) fn is_use(&self) -> bool {
        self.tag == "use"
    }

    pub(super) fn is_text_path(&self) -> bool {
        self.tag == "textPath"
    }

    pub(super) fn is_leaf(&self) -> bool {
        matches!(
            self.tag,
            "path"
                | "rect"
                | "circle"
                | "ellipse"
                | "line"
                | "polyline"
                | "polygon"
                | "text"
                | "tspan"
                | "textPath"
                | "use"
                | "image"
        )
    }
}

/// Longest `class`, which is searched for every rule.
const MAX_CLASS_BYTES: usize = 1_000;
/// Of a marker that has markers on its own lines: each is drawn once in each other.
const MAX_MARKED_MARKER_BYTES: u64 = 400;
pub(super) const SVG: &str = "http://www.w3.org/2000/svg";
/// Marks an XML node that is not drawn.
const NONE: usize = usize::MAX;

/// # Errors
/// For what is never drawn.
pub(super) fn read<'d>(document: &'d Document<'_>, styles: &Styles<'_>) -> Result<Elements<'d>, DrawingProblem> {
    let (numbers, depth) = number(document);
    within("the number of elements inside each other", depth, limits::MAX_DEPTH)?;
    let count = numbers.iter().filter(|&&number| number != NONE).count() as u64;
    within("the number of selectors to try", styles.work(depth).saturating_mul(count), limits::MAX_STYLE_WORK)?;
    let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let drawn = || document.descendants().filter(|node| numbers[node.id().get_usize()] != NONE);
    for node in drawn() {
        if let Some(id) = node.attribute("id") {
            // Where several have one id, which of them is meant depends on who asks.
            by_id.entry(id).or_default().push(numbers[node.id().get_usize()]);
        }
    }
    let mut reader = Reader { styles, by_id, all: Vec::new(), inherited: Vec::new(), notes: styles.notes.clone() };
    for node in drawn() {
        let parent = node.parent().map(|parent| numbers[parent.id().get_usize()]).filter(|&number| number != NONE);
        reader.element(node, parent)?;
    }
    reader.check_markers()?;
    reader.note_foreign(document);
    Ok(Elements { all: reader.all, notes: reader.notes })
}

/// The number of each XML node among those that are drawn, in document order; and how deep they lie in each other.
fn number(document: &Document<'_>) -> (Vec<usize>, u64) {
    let mut numbers = vec![NONE; document.descendants().count()];
    let mut depths: Vec<u64> = Vec::new();
    for node in document.descendants() {
        let parent_drawn = node.parent().is_some_and(|p| p.is_root() || numbers[p.id().get_usize()] != NONE);
        if node.is_element() && is_svg(node) && parent_drawn && !is_passed_over(node) {
            let above = node.parent().and_then(|parent| depths.get(numbers[parent.id().get_usize()]));
            let depth = above.map_or(1, |depth| depth + 1);
            numbers[node.id().get_usize()] = depths.len();
            depths.push(depth);
        }
    }
    (numbers, depths.into_iter().max().unwrap_or(0))
}

fn is_svg(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().namespace(), None | Some(SVG))
}

fn is_passed_over(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().name(), "foreignObject" | "script" | "style" | "metadata" | "title" | "desc")
}

/// Numbers of elements that each property refers to.
type References = [Vec<usize>; Property::ALL.len()];

struct Reader<'s, 'd> {
    styles: &'s Styles<'s>,
    by_id: BTreeMap<&'d str, Vec<usize>>,
    all: Vec<Element<'d>>,
    /// What is in force on each element, inherited or its own.
    inherited: Vec<References>,
    notes: Vec<Note>,
}

impl<'d> Reader<'_, 'd> {
    /// Elements come in document order, each after its parent.
    fn element(&mut self, node: Node<'d, '_>, parent: Option<usize>) -> Result<(), DrawingProblem> {
        let tag = node.tag_name().name();
        if matches!(tag, "feImage" | "tref") {
            return Err(DrawingProblem::NotDrawn(format!("<{tag}>")));
        }
        if node.attribute("class").is_some_and(|class| class.len() > MAX_CLASS_BYTES) {
            return Err(DrawingProblem::NotDrawn("an element with hundreds of classes".to_owned()));
        }
        let number = self.all.len();
        let up = parent.map(|parent| &self.all[parent]);
        let in_text = up.is_some_and(|up| up.in_text || up.tag == "text");
        // Text on a path stands in a text directly, or is not drawn.
        let on_path = tag == "textPath" && up.is_some_and(|up| up.tag == "text" && !up.in_text);
        let in_marker = up.is_some_and(|up| up.in_marker || up.tag == "marker");
        let (bytes, pictures) = sizes(node);
        let references = self.references(node, parent);
        let mut element = Element {
            tag,
            id: node.attribute("id").unwrap_or_default(),
            links: self.links(node),
            bytes,
            pictures,
            characters: if on_path { text(node) / 10 } else { 0 },
            text: if tag == "text" && !in_text { text(node) } else { 0 },
            in_text,
            in_marker,
            ..Element::default()
        };
        for property in Property::ALL {
            let targets = &references[property as usize];
            match property {
                Property::Marker if in_marker => element.marked |= !targets.is_empty(),
                Property::Marker if element.is_leaf() => element.markers.extend(targets),
                Property::Fill | Property::Stroke if !element.is_leaf() => {}
                Property::Marker => {}
                _ => element.paints.extend(targets),
            }
        }
        self.all.push(element);
        self.inherited.push(references);
        if let Some(parent) = parent {
            self.all[parent].children.push(number);
        }
        Ok(())
    }

    /// What each property refers to on an element: what is said of it there, else what is inherited.
    fn references(&mut self, node: Node<'_, '_>, parent: Option<usize>) -> References {
        let mut found: References = Default::default();
        let mut said = [false; Property::ALL.len()];
        let mut outside = false;
        let above = |property: Property| parent.map_or(&[][..], |parent| &self.inherited[parent][property as usize]);
        self.styles.declared(node, |property, value| {
            let targets = &mut found[property as usize];
            said[property as usize] = true;
            outside |= styles::names_outside(value);
            if value.trim() == "inherit" {
                targets.extend(above(property));
            }
            for id in styles::urls(value).filter_map(|url| url.strip_prefix('#')) {
                targets.extend(self.by_id.get(id).into_iter().flatten());
            }
        });
        for property in Property::ALL {
            // One end of a line may have its own marker and the other the parent's.
            if property.is_inherited() && (!said[property as usize] || property == Property::Marker) {
                found[property as usize].extend(above(property));
            }
        }
        for targets in &mut found {
            targets.sort_unstable();
            // A filter may well be applied twice; markers stand at the beginning, between and at the end.
            if targets.len() > MANY {
                targets.dedup();
            }
        }
        if outside {
            self.note(styles::outside_note(&format!("a property of <{}>", node.tag_name().name())));
        }
        found
    }

    /// The elements that `href` names.
    fn links(&mut self, node: Node<'_, '_>) -> Vec<usize> {
        let tag = node.tag_name().name();
        let mut found = Vec::new();
        if tag == "a" {
            return found;
        }
        for attribute in node.attributes().filter(|attribute| attribute.name() == "href") {
            let href = attribute.value().trim();
            if let Some(id) = href.strip_prefix('#') {
                found.extend(self.by_id.get(id).into_iter().flatten());
            } else if !href.is_empty() && !href.starts_with("data:") {
                let start: String = href.chars().take(100).collect();
                self.note(styles::outside_note(&format!("<{tag}> '{start}'")));
            }
        }
        found
    }

    /// Markers on the lines of markers are drawn, but not inside themselves, which makes few and small ones harmless.
    fn check_markers(&self) -> Result<(), DrawingProblem> {
        let marked = self.all.iter().filter(|element| element.marked);
        let (count, bytes) = marked.fold((0, 0), |(count, bytes), element| (count + 1, bytes + element.bytes));
        if count > 2 || bytes > MAX_MARKED_MARKER_BYTES {
            return Err(DrawingProblem::NotDrawn("markers on the lines of markers".to_owned()));
        }
        Ok(())
    }

    fn note_foreign(&mut self, document: &Document<'_>) {
        let foreign = |node: &Node<'_, '_>| {
            // With `requiredExtensions` it is what one program keeps for itself.
            node.has_tag_name("foreignObject") && !node.has_attribute("requiredExtensions")
        };
        if document.descendants().any(|node| foreign(&node)) {
            self.note(Note::left_out("has a <foreignObject> (a piece of a web page), which is left out"));
        }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) && self.notes.len() < MANY {
            self.notes.push(note);
        }
    }
}

/// More of one thing than anybody reads or draws on purpose.
const MANY: usize = 20;

/// Bytes of an element's attributes, and of the picture it holds.
fn sizes(node: Node<'_, '_>) -> (u64, u64) {
    let is_picture = node.tag_name().name() == "image";
    node.attributes().fold((0, 0), |(bytes, pictures), attribute| {
        let length = attribute.value().len() as u64;
        if is_picture && attribute.name() == "href" { (bytes, pictures + length) } else { (bytes + length, pictures) }
    })
}

/// How much shaping a text takes, see [`super::Cost`]: all of a text is shaped once for each style in it.
fn text(node: Node<'_, '_>) -> u64 {
    let mut characters = 0u64;
    let mut styles = 0;
    for part in node.descendants() {
        if part.is_text() {
            let weigh = |character: char| if character.is_ascii() { 1 } else { 10 };
            characters += part.text().unwrap_or_default().chars().map(weigh).sum::<u64>();
        } else if !part.has_attribute("x") && !part.has_attribute("y") {
            styles += 1;
        }
    }
    characters.saturating_mul(10 + styles)
}
