//! What a drawing would cost, found out before anything is made of it. References (`use`, patterns, clips, masks,
//! markers, filters) make a small file a huge drawing; here they are followed on the XML alone, each element once.
//!
//! ```text
//! elements   what is in the file, who refers to whom           styles   what style sheets say, and what they cost
//! ```
//!
//! More is counted rather than less: what is hidden, or defined and not used, counts too. Not here: limits on what is
//! finally drawn (`draw` has them), and on the text before it is XML (`source`).

mod elements;
mod styles;

use usvg::roxmltree::Document;

use super::limits::{self, within};
use super::{DrawingProblem, Note};
use elements::{Element, Elements, SVG};

/// What elements with all that they are made of add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) elements: u64,
    /// Bytes of attributes, but for pictures.
    pub(super) bytes: u64,
    /// Bytes of pictures.
    pub(super) pictures: u64,
    /// Characters times how often each is shaped, in tenths; those that come from many fonts count tenfold.
    pub(super) text: u64,
    /// Shapes, texts and pictures.
    leaves: u64,
    /// Elements inside each other.
    depth: u64,
}

impl Cost {
    /// Adds a part that is drawn `times`.
    fn add(&mut self, part: Cost, times: u64) {
        let sum = |own: u64, part: u64| own.saturating_add(part.saturating_mul(times));
        self.elements = sum(self.elements, part.elements);
        self.bytes = sum(self.bytes, part.bytes);
        self.pictures = sum(self.pictures, part.pictures);
        self.text = sum(self.text, part.text);
        self.depth = self.depth.max(part.depth + 1);
    }

    /// Adds another drawing beside it.
    pub(super) fn include(&mut self, other: Cost) {
        let depth = self.depth.max(other.depth);
        self.add(other, 1);
        self.depth = depth;
    }

    /// # Errors
    /// When it is more than is drawn.
    pub(super) fn check(&self) -> Result<(), DrawingProblem> {
        within("the number of elements", self.elements, limits::MAX_ELEMENTS)?;
        within("the number of bytes of its paths", self.bytes, limits::MAX_BYTES)?;
        within("the number of bytes of its pictures", self.pictures, limits::MAX_PICTURE_BYTES)?;
        within("the amount of text", self.text, limits::MAX_TEXT)?;
        within("the number of elements inside each other", self.depth, limits::MAX_DEPTH)
    }
}

/// What drawing this document costs, and what of it will be left out.
///
/// # Errors
/// When it costs too much, needs itself, or has something that is never drawn.
pub(super) fn check(document: &Document<'_>) -> Result<(Cost, Vec<Note>), DrawingProblem> {
    let root = document.root_element().tag_name();
    if root.name() != "svg" {
        return Err(DrawingProblem::NotSvg(format!("its outermost element is <{}>", root.name())));
    }
    if root.namespace() != Some(SVG) {
        return Err(DrawingProblem::NotSvg(format!("its outermost element is not of the namespace {SVG}")));
    }
    let styles = styles::read(document)?;
    let elements = elements::read(document, &styles)?;
    let mut walk = Walk { known: vec![State::New; elements.all.len()], elements: &elements };
    let cost = walk.cost(0, 0)?;
    cost.check()?;
    within(
        "the number of selectors to try",
        styles.work(cost.depth).saturating_mul(cost.elements),
        limits::MAX_STYLE_WORK,
    )?;
    Ok((cost, elements.notes))
}

#[derive(Clone, Copy)]
enum State {
    New,
    Begun,
    Done(Cost),
}

struct Walk<'e, 'd> {
    elements: &'e Elements<'d>,
    known: Vec<State>,
}

impl Walk<'_, '_> {
    /// `level`: how deep this function is in itself.
    fn cost(&mut self, index: usize, level: u64) -> Result<Cost, DrawingProblem> {
        within("the number of elements inside each other", level, limits::MAX_DEPTH)?;
        let element = &self.elements.all[index];
        match self.known[index] {
            State::Done(cost) => return Ok(cost),
            State::Begun => return Err(DrawingProblem::Recursive(element.name())),
            State::New => self.known[index] = State::Begun,
        }
        let mut cost = Cost {
            elements: 1,
            bytes: element.bytes,
            pictures: element.pictures,
            text: element.text,
            leaves: u64::from(element.is_leaf()),
            depth: 0,
        };
        for &child in &element.children {
            let child = self.cost(child, level + 1)?;
            cost.leaves = cost.leaves.saturating_add(child.leaves);
            cost.add(child, 1);
        }
        for &target in &element.links {
            let target = self.cost(target, level + 1)?;
            cost.leaves = cost.leaves.saturating_add(target.leaves);
            cost.add(target, 1);
            if element.is_text_path() {
                // Each piece of the path is held against each character.
                cost.text = cost.text.saturating_add((target.bytes / 2).saturating_mul(element.characters) / 100);
            }
        }
        // What is used inherits how it is painted, so each of its shapes may be painted with what is named here.
        let painted = if element.is_use() { cost.leaves.saturating_add(1) } else { 1 };
        for &target in &element.paints {
            let target = self.cost(target, level + 1)?;
            cost.add(target, painted);
        }
        let points = points(element, &cost);
        for &target in &element.markers {
            let target = self.cost(target, level + 1)?;
            cost.add(target, painted.saturating_mul(points));
        }
        self.known[index] = State::Done(cost);
        Ok(cost)
    }
}

/// No fewer than the points of a path, or of those that an element uses.
fn points(element: &Element<'_>, cost: &Cost) -> u64 {
    let bytes = if element.is_use() { cost.bytes } else { element.bytes };
    bytes / 2 + 1
}
