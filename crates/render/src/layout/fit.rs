//! Text fit: each text in its box, one factor for `fitContent` frames, the smallest size for groups.
//!
//! Every pass lays the slide out again, so that what gets smaller makes room for its neighbours.

use std::collections::BTreeMap;

use handbill_template::resolved::{FitMode, Frame, FrameLayout, Length, NodeKind};

use super::boxes::{BoxId, Boxes};
use super::overflow;
use super::solve::solve;
use super::text_box::TOLERANCE;
use crate::text::TextContext;

/// Layouts that the search for a frame's factor may take, the first and the last included.
const FRAME_PASSES: usize = 9;

/// Lays out all slides with every text at its final size.
pub(crate) fn fit_all(slides: &mut [Boxes<'_>], context: &mut TextContext) {
    for boxes in slides.iter_mut() {
        fit_slide(boxes, context);
    }
    let smallest = smallest_of_groups(slides);
    for boxes in slides.iter_mut() {
        if take_group_sizes(boxes, &smallest) {
            solve(boxes, context);
        }
    }
}

fn fit_slide(boxes: &mut Boxes<'_>, context: &mut TextContext) {
    let everything: Vec<usize> = (0..boxes.texts.len()).collect();
    fit_texts(boxes, context, &everything);
    let mut shrunk = false;
    // Parents come before their children, so backwards is inner frames first.
    for id in (0..boxes.nodes.len()).rev() {
        if let Some(least) = boxes.frame(id).and_then(|frame| frame.shrink_to_fit) {
            shrunk |= fit_frame(boxes, context, id, least);
        }
    }
    if shrunk {
        fit_texts(boxes, context, &everything);
    }
}

/// Gives the texts the largest sizes that their boxes and caps allow, and leaves the slide laid out with them.
fn fit_texts(boxes: &mut Boxes<'_>, context: &mut TextContext, texts: &[usize]) {
    let fitting: Vec<usize> = texts.iter().copied().filter(|&index| boxes.texts[index].fits()).collect();
    for &index in &fitting {
        let cap = boxes.texts[index].cap;
        // Under `fill` a text is first measured as designed; it grows from there.
        set_factor(boxes, index, cap.min(1.0));
    }
    solve(boxes, context);
    // Lines and word widths first: they need no height, and the heights of the others depend on them.
    let (bounded, unbounded): (Vec<usize>, Vec<usize>) =
        fitting.into_iter().partition(|&index| has_bounded_height(boxes, index));
    let growing: Vec<usize> = bounded.iter().copied().filter(|&index| grows_to_its_greatest(boxes, index)).collect();
    for (round, may_grow) in [(unbounded, false), (bounded, true), (growing, false)] {
        let mut changed = false;
        for index in round {
            let factor = best_factor(boxes, context, index, may_grow);
            changed |= set_factor(boxes, index, factor);
        }
        if changed {
            solve(boxes, context);
        }
    }
}

/// `may_grow`: a box that hugs its text up to a greatest height counts as that high. What its neighbours then leave it
/// shows once everything is laid out again.
fn best_factor(boxes: &Boxes<'_>, context: &mut TextContext, index: usize, may_grow: bool) -> f64 {
    let found = &boxes.texts[index];
    let own = f64::from(boxes.nodes[found.id].size.height);
    let greatest = greatest_height(boxes, index).filter(|_| grows_to_its_greatest(boxes, index));
    let height = match greatest {
        Some(greatest) if may_grow => Some(greatest),
        // A box that is as high as its lines is not what bounds them.
        Some(greatest) => Some(if leaves_its_box(boxes, context, index) { own } else { greatest }),
        None => has_bounded_height(boxes, index).then_some(own),
    };
    found.prepared.fit(context, wrap_width(boxes, index), height).min(found.cap)
}

/// Whether only a greatest height bounds a text that fills its box.
fn grows_to_its_greatest(boxes: &Boxes<'_>, index: usize) -> bool {
    let found = &boxes.texts[index];
    found.text.fit.mode == FitMode::Fill && !boxes.nodes[found.id].bounded.height
}

/// A text's `maxHeight`, layout pixels.
fn greatest_height(boxes: &Boxes<'_>, index: usize) -> Option<f64> {
    let node = &boxes.nodes[boxes.texts[index].id];
    let parent = node.parent?;
    let room = || {
        let [top, _, bottom, _] = boxes.frame(parent).map_or([0.0; 4], |frame| frame.padding);
        (f64::from(boxes.nodes[parent].size.height) - top - bottom).max(0.0)
    };
    match node.node?.placement.max_height? {
        Length::Px(px) => Some(px),
        Length::Fraction(fraction) => Some(fraction * room()),
        Length::Fill => Some(room()),
        Length::Auto => None,
    }
}

fn set_factor(boxes: &mut Boxes<'_>, index: usize, factor: f64) -> bool {
    let found = &mut boxes.texts[index];
    let factor = factor.max(found.floor);
    if found.factor == factor {
        return false;
    }
    found.factor = factor;
    let id = found.id;
    boxes.mark_dirty(id);
    true
}

/// The width that a text's lines may take: its box, or what the box could grow to if it hugs its text.
pub(crate) fn wrap_width(boxes: &Boxes<'_>, index: usize) -> f64 {
    let found = &boxes.texts[index];
    let node = &boxes.nodes[found.id];
    let width = f64::from(node.size.width);
    let in_row = node.parent.and_then(|parent| boxes.frame(parent)).is_some_and(is_row);
    match found.room {
        Some(room) if !node.bounded.width && !in_row => width.max(room),
        _ => width,
    }
}

fn is_row(frame: &Frame) -> bool {
    matches!(frame.layout, FrameLayout::Row(_))
}

/// Whether a text's height is set by something else than its lines.
pub(crate) fn has_bounded_height(boxes: &Boxes<'_>, index: usize) -> bool {
    let id = boxes.texts[index].id;
    let has_max = boxes.nodes[id].node.is_some_and(|node| node.placement.max_height.is_some());
    has_max || boxes.nodes[id].bounded.height
}

/// A text whose height is what its neighbours leave it, so that smaller neighbours help it.
fn has_elastic_height(boxes: &Boxes<'_>, index: usize) -> bool {
    let id = boxes.texts[index].id;
    let Some(node) = boxes.nodes[id].node else { return false };
    let given = matches!(node.placement.height, Length::Px(_) | Length::Fraction(_));
    boxes.nodes[id].bounded.height && !given && node.placement.max_height.is_none()
}

/// Finds the largest factor from `least` to 1 with which nothing leaves the frame; true if it is not 1.
fn fit_frame(boxes: &mut Boxes<'_>, context: &mut TextContext, frame: BoxId, least: f64) -> bool {
    let inside: Vec<usize> =
        (0..boxes.texts.len()).filter(|&index| boxes.is_inside(boxes.texts[index].id, frame)).collect();
    if !inside.iter().any(|&index| boxes.texts[index].fits()) || !content_leaves(boxes, context, frame) {
        return false;
    }
    let caps: Vec<f64> = inside.iter().map(|&index| boxes.texts[index].cap).collect();
    let mut try_factor = |boxes: &mut Boxes<'_>, factor: f64| {
        for (&index, cap) in inside.iter().zip(&caps) {
            let found = &mut boxes.texts[index];
            found.cap = cap.min(found.ceiling * factor);
        }
        fit_texts(boxes, context, &inside);
        !content_leaves(boxes, context, frame)
    };
    let least = least.clamp(0.0, 1.0);
    let (mut fits, mut too_large) = (least, 1.0);
    let mut last_fits = try_factor(boxes, least);
    if !last_fits {
        return true;
    }
    // The present layout was the first pass, the least factor the second; one is kept to come back to the best.
    for _ in 0..FRAME_PASSES - 3 {
        let middle = f64::midpoint(fits, too_large);
        last_fits = try_factor(boxes, middle);
        if last_fits {
            fits = middle;
        } else {
            too_large = middle;
        }
    }
    if !last_fits {
        try_factor(boxes, fits);
    }
    true
}

/// Whether anything in the flow leaves its frame, or a text the room it was left.
fn content_leaves(boxes: &Boxes<'_>, context: &mut TextContext, frame: BoxId) -> bool {
    overflow::flow_leaves(boxes, frame)
        || (0..boxes.texts.len()).any(|index| {
            let found = &boxes.texts[index];
            let inside = boxes.is_inside(found.id, frame);
            inside && has_elastic_height(boxes, index) && leaves_its_box(boxes, context, index)
        })
}

/// Whether a text's lines are higher than its box.
fn leaves_its_box(boxes: &Boxes<'_>, context: &mut TextContext, index: usize) -> bool {
    let found = &boxes.texts[index];
    let size = boxes.nodes[found.id].size;
    let measured = found.prepared.measure(context, found.factor, Some(f64::from(size.width)));
    measured.height > f64::from(size.height) + TOLERANCE
}

fn smallest_of_groups(slides: &[Boxes<'_>]) -> BTreeMap<String, f64> {
    let mut smallest = BTreeMap::new();
    for found in slides.iter().flat_map(|boxes| &boxes.texts) {
        if let Some(group) = &found.text.fit.group {
            let size = found.factor * found.prepared.designed_size();
            smallest.entry(group.clone()).and_modify(|least: &mut f64| *least = least.min(size)).or_insert(size);
        }
    }
    smallest
}

fn take_group_sizes(boxes: &mut Boxes<'_>, smallest: &BTreeMap<String, f64>) -> bool {
    let mut changed = false;
    for index in 0..boxes.texts.len() {
        let found = &mut boxes.texts[index];
        let Some(size) = found.text.fit.group.as_ref().and_then(|group| smallest.get(group)) else { continue };
        let factor = size / found.prepared.designed_size();
        if factor < found.factor {
            found.factor = factor;
            let id = found.id;
            boxes.mark_dirty(id);
            changed = true;
        }
    }
    changed
}

/// All frames of a slide that can hold something, the slide itself first.
pub(crate) fn frames<'b, 'd>(boxes: &'b Boxes<'d>) -> impl Iterator<Item = (BoxId, &'d Frame)> + use<'b, 'd> {
    (0..boxes.nodes.len()).filter_map(|id| match boxes.nodes[id].node.map(|node| &node.kind) {
        None => Some((id, &boxes.slide.frame)),
        Some(NodeKind::Frame(frame)) => Some((id, frame)),
        Some(_) => None,
    })
}

#[cfg(test)]
mod tests;
