//! Things that must fit together for anything to be drawn: shapes and their paths, pins and sizes, crops.

use super::outline::{Outline, Parent, Placed};
use crate::document::{
    Bound, Common, Fit, FitObject, FrameNode, Layout, Length, Mask, Node, Number, ShapeKind, ShapeNode, TextTemplate,
};
use crate::fault::{Fault, FaultKind, join};

pub(super) fn check(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    for placed in &outline.nodes {
        let common = placed.node.common();
        match placed.node {
            Node::Shape(shape) => self::shape(placed, shape, faults),
            Node::Image(image) => crop(&placed.path, image.crop.as_ref(), faults),
            Node::Svg(svg) => crop(&placed.path, svg.crop.as_ref(), faults),
            Node::Text(text) => {
                if let Some(Fit::Object(fit)) = &text.fit {
                    fit_bounds(&placed.path, fit, faults);
                }
            }
            Node::Frame(frame) => hollow(placed, frame, faults),
            Node::Code(_) | Node::Use(_) => {}
        }
        if let Some(Mask::Path(mask)) = &common.mask {
            view_box(&join(&placed.path, "mask"), mask.view_box.as_ref(), faults);
        }
        if let Some(matrix) = &common.matrix {
            self::matrix(&placed.path, matrix, faults);
        }
        pins(placed, common, faults);
    }
}

fn shape(placed: &Placed<'_>, shape: &ShapeNode, faults: &mut Vec<Fault>) {
    let mut missing = |message: &str| faults.push(Fault::new(FaultKind::Missing, placed.path.clone(), message));
    let points = shape.points.len();
    match shape.shape {
        ShapeKind::Path if shape.path.is_none() => missing("a path needs 'path': its data, as in SVG"),
        ShapeKind::Polygon if (1..3).contains(&points) => missing("a polygon needs at least 3 'points', or 'sides'"),
        ShapeKind::Line if points == 1 => missing("a line needs at least 2 'points', or none"),
        _ => {}
    }
    view_box(&placed.path, shape.view_box.as_ref(), faults);
}

fn view_box(path: &str, view_box: Option<&[f64; 4]>, faults: &mut Vec<Fault>) {
    if view_box.is_some_and(|[_, _, width, height]| *width <= 0.0 || *height <= 0.0) {
        let message = "the width and height of a 'viewBox', its last two numbers, are above 0";
        faults.push(Fault::new(FaultKind::WrongValue, join(path, "viewBox"), message));
    }
}

/// A matrix that makes a line or a point of every box leaves nothing to see.
fn matrix(path: &str, matrix: &[Number; 6], faults: &mut Vec<Fault>) {
    let [Bound::Value(a), Bound::Value(b), Bound::Value(c), Bound::Value(d), ..] = matrix else { return };
    if (a * d - b * c).abs() < 1e-9 {
        let message = "'matrix' is [a, b, c, d, e, f] as in CSS, and a × d − b × c is not 0: else nothing would show";
        faults.push(Fault::new(FaultKind::WrongValue, join(path, "matrix"), message));
    }
}

fn crop(path: &str, crop: Option<&[Number; 4]>, faults: &mut Vec<Fault>) {
    let Some([Bound::Value(x), Bound::Value(y), Bound::Value(width), Bound::Value(height)]) = crop else { return };
    let beyond = |start: &f64, length: &f64| start + length > 1.000_1 || *length <= 0.0;
    if beyond(x, width) || beyond(y, height) {
        let message = "'crop' is [x, y, width, height] as fractions of the picture; it stays within 1 and is not empty";
        faults.push(Fault::new(FaultKind::WrongValue, join(path, "crop"), message));
    }
}

fn fit_bounds(path: &str, fit: &FitObject, faults: &mut Vec<Fault>) {
    if let (Some(Bound::Value(min)), Some(Bound::Value(max))) = (&fit.min, &fit.max)
        && min > max
    {
        let path = join(&join(path, "fit"), "min");
        faults.push(Fault::new(FaultKind::Conflict, path, "'min' is greater than 'max'"));
    }
}

/// A side that a pin can be measured from: not left to the content.
fn is_sized(side: Option<&Length>) -> bool {
    !matches!(side, None | Some(Length::Text(_))) || matches!(side, Some(Length::Text(text)) if text != "auto")
}

/// Whether a node's place comes from `x`, `y` and `pin`.
fn is_free(placed: &Placed<'_>) -> bool {
    matches!(placed.parent, Parent::Frame { layout: Some(Layout::Free), .. })
        || placed.node.common().absolute == Some(Bound::Value(true))
}

/// Pins other than left and top measure from a size that must be there.
fn pins(placed: &Placed<'_>, common: &Common, faults: &mut Vec<Fault>) {
    let Some(TextTemplate(pin)) = common.pin.as_ref().filter(|_| is_free(placed)) else { return };
    let mut words = pin.split(' ');
    let (x, y) = (words.next().unwrap_or_default(), words.next().unwrap_or("auto"));
    let by_ratio =
        common.aspect_ratio.is_some() && (is_sized(common.width.as_ref()) || is_sized(common.height.as_ref()));
    for (word, side, near, length) in [(x, "width", "left", &common.width), (y, "height", "top", &common.height)] {
        let measured = matches!(word, "right" | "bottom" | "center" | "stretch" | "scale");
        if measured && !is_sized(length.as_ref()) && !by_ratio {
            let message = format!("the pin '{word}' needs a '{side}'; give one, or pin it to the {near}");
            faults.push(Fault::new(FaultKind::Conflict, join(&placed.path, "pin"), message));
        }
    }
}

/// A free frame does not grow around its children: without a size it has none.
fn hollow(placed: &Placed<'_>, frame: &FrameNode, faults: &mut Vec<Fault>) {
    let common = &frame.common;
    let changes = common.at.values().any(|at| ["layout", "width", "height"].iter().any(|key| at.contains_key(*key)));
    let is_free_frame = matches!(frame.layout, None | Some(Bound::Value(Layout::Free)));
    if !is_free_frame || changes || frame.children.is_empty() || common.aspect_ratio.is_some() {
        return;
    }
    let grows = common.grow.is_some();
    let stretches = common.align_self == Some(Bound::Value(crate::document::AlignSelf::Stretch));
    let (across, along) = match placed.parent {
        _ if is_free(placed) => (false, false),
        Parent::Frame { layout: Some(Layout::Row), stretches: all, .. } => (grows, all || stretches),
        Parent::Frame { layout: Some(Layout::Column), stretches: all, .. } => (all || stretches, grows),
        // In a grid items fill their cell; a component's root takes what its users say.
        _ => return,
    };
    let missing: Vec<&str> = [
        ("width", across || is_sized(common.width.as_ref()) || common.min_width.is_some()),
        ("height", along || is_sized(common.height.as_ref()) || common.min_height.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, there)| (!there).then_some(name))
    .collect();
    if !missing.is_empty() {
        let message = format!(
            "a frame with free layout does not grow around its children, so it needs a {}; or give it a layout such as \"column\"",
            missing.join(" and a ")
        );
        faults.push(Fault::new(FaultKind::Missing, placed.path.clone(), message));
    }
}
