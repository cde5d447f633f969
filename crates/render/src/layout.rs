//! Layout: resolved slides in, a tree of boxes with placed texts out. Nothing is drawn or rounded here.
//!
//! taffy lays out rows, columns and grids; `free.rs` places what is free or absolute; `fit.rs` chooses font sizes and
//! lays out again until everything has its place.

mod boxes;
mod fit;
mod free;
mod overflow;
mod pins;
mod solve;
mod style;
#[cfg(test)]
mod tests;
mod text_box;

use handbill_template::resolved::{Document, Node, NodeKind, Slide};

use crate::fonts::FontLibrary;
use crate::text::{FontFallback, PlacedText, TextContext};
use boxes::{BoxId, Boxes, Content, Sources};
use text_box::TOLERANCE;

pub use boxes::NaturalSize;

/// A document with every box and glyph in its place.
pub struct LaidOut<'d> {
    pub slides: Vec<LaidSlide<'d>>,
}

pub struct LaidSlide<'d> {
    pub slide: &'d Slide,
    /// Layout pixels.
    pub width: f64,
    pub height: f64,
    /// In painting order.
    pub children: Vec<LaidBox<'d>>,
    /// Ids of the frames that something in their flow leaves; the slide's own id for the slide.
    pub overflowing: Vec<&'d str>,
}

/// A node's box, unrotated.
pub struct LaidBox<'d> {
    pub node: &'d Node,
    /// Layout pixels from the parent's top left.
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub content: LaidContent<'d>,
}

pub enum LaidContent<'d> {
    /// In painting order.
    Frame(Vec<LaidBox<'d>>),
    Text(Box<LaidText>),
    /// A picture, shape, drawing or code: the box says all.
    Leaf,
}

/// A text at its final size.
pub struct LaidText {
    /// Font sizes before fitting and after, layout pixels.
    pub designed_size: f64,
    pub chosen_size: f64,
    pub placed: PlacedText,
    /// Clusters that no face has.
    pub missing_glyphs: Vec<String>,
    /// Families that are not there.
    pub font_fallbacks: Vec<FontFallback>,
}

/// Lays out all slides of a document. `natural_size` gives the size of pictures, drawings and codes.
pub fn lay_out<'d>(
    document: &'d Document,
    fonts: &FontLibrary,
    context: &mut TextContext,
    natural_size: &mut dyn FnMut(&'d Node) -> Option<NaturalSize>,
) -> LaidOut<'d> {
    let (width, height) = (document.page.width, document.page.height);
    let mut slides = Vec::with_capacity(document.slides.len());
    for slide in &document.slides {
        let mut prepare = |text| context.prepare(fonts, text);
        let mut sources = Sources { natural_size, prepare: &mut prepare };
        slides.push(Boxes::new(slide, width, height, &mut sources));
    }
    fit::fit_all(&mut slides, context);
    let slides = slides.iter().map(|boxes| finish(boxes, context)).collect();
    LaidOut { slides }
}

fn finish<'d>(boxes: &Boxes<'d>, context: &mut TextContext) -> LaidSlide<'d> {
    let overflowing = fit::frames(boxes)
        .filter(|&(id, _)| overflow::children_leave(boxes, id))
        .map(|(id, _)| boxes.nodes[id].node.map_or(boxes.slide.id.as_str(), |node| node.id.as_str()))
        .collect();
    let root = &boxes.nodes[0];
    LaidSlide {
        slide: boxes.slide,
        width: f64::from(root.size.width),
        height: f64::from(root.size.height),
        children: finish_children(boxes, 0, context),
        overflowing,
    }
}

fn finish_children<'d>(boxes: &Boxes<'d>, parent: BoxId, context: &mut TextContext) -> Vec<LaidBox<'d>> {
    let children = &boxes.nodes[parent].children;
    children.iter().filter_map(|&child| finish_box(boxes, child, context)).collect()
}

fn finish_box<'d>(boxes: &Boxes<'d>, id: BoxId, context: &mut TextContext) -> Option<LaidBox<'d>> {
    let found = &boxes.nodes[id];
    let node = found.node?;
    let content = match (&node.kind, found.content) {
        (NodeKind::Frame(_), _) => LaidContent::Frame(finish_children(boxes, id, context)),
        (_, Content::Text(index)) => LaidContent::Text(Box::new(finish_text(boxes, index, context))),
        _ => LaidContent::Leaf,
    };
    Some(LaidBox {
        node,
        x: f64::from(found.location.x),
        y: f64::from(found.location.y),
        width: f64::from(found.size.width),
        height: f64::from(found.size.height),
        content,
    })
}

fn finish_text(boxes: &Boxes<'_>, index: usize, context: &mut TextContext) -> LaidText {
    let text = &boxes.texts[index];
    let size = boxes.nodes[text.id].size;
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    // What hugs its lines is not bounded by them, but one that is larger than they are has room to align them in.
    let mut has_room = || height > text.prepared.measure(context, text.factor, Some(width)).height + TOLERANCE;
    let bounded = fit::has_bounded_height(boxes, index) || has_room();
    let placed = text.prepared.place(context, text.factor, width, bounded.then_some(height));
    LaidText {
        designed_size: text.prepared.designed_size(),
        chosen_size: text.prepared.designed_size() * text.factor,
        placed,
        missing_glyphs: text.prepared.missing_glyphs().to_vec(),
        font_fallbacks: text.prepared.font_fallbacks().to_vec(),
    }
}
