//! Free and absolute children: placed by us once their parent's size is known, on its border box.

use handbill_template::resolved::{DesignedSize, Length, Node, Pin, PinTo};
use taffy::style_helpers::TaffyMaxContent;
use taffy::{AvailableSpace, Point, Size};

use super::boxes::BoxId;
use super::pins::{self, Pinned, PinnedSize, Span, Start};
use super::solve::Solver;
use super::style;

/// How far the children of a free frame reach that has no size of its own.
pub(crate) fn extent(solver: &mut Solver<'_, '_>, parent: BoxId) -> Size<f32> {
    let mut extent = Size::ZERO;
    for index in 0..solver.boxes.nodes[parent].placed.len() {
        let child = solver.boxes.nodes[parent].placed[index];
        let Some(node) = solver.boxes.nodes[child].node else { continue };
        let (width, height) = (px(node.placement.width), px(node.placement.height));
        let size = if let (Some(width), Some(height)) = (width, height) {
            Size { width, height }
        } else {
            solver.measure(child, Size { width, height }, Size::MAX_CONTENT, Size::ZERO)
        };
        extent.width = f32::max(extent.width, node.placement.x as f32 + size.width);
        extent.height = f32::max(extent.height, node.placement.y as f32 + size.height);
    }
    extent
}

fn px(given: Length) -> Option<f32> {
    match given {
        Length::Px(px) => Some(px as f32),
        _ => None,
    }
}

/// Places all children of `parent` that are not in its flow, and lays them out.
pub(crate) fn place_children(solver: &mut Solver<'_, '_>, parent: BoxId, size: Size<f32>) {
    for index in 0..solver.boxes.nodes[parent].placed.len() {
        let child = solver.boxes.nodes[parent].placed[index];
        let Some(node) = solver.boxes.nodes[child].node else { continue };
        let area = Area::of(solver, parent, size);
        let (location, child_size) = place(solver, child, node, &area);
        solver.boxes.nodes[child].location = location;
        solver.boxes.nodes[child].size = child_size;
        solver.lay_out_at(child, child_size, size);
    }
}

/// What a child is placed in.
struct Area {
    /// The parent's border box.
    size: Size<f32>,
    /// The part that percentages refer to.
    content: Size<f32>,
}

impl Area {
    fn of(solver: &Solver<'_, '_>, parent: BoxId, size: Size<f32>) -> Self {
        let [top, right, bottom, left] = solver.boxes.frame(parent).map_or([0.0; 4], |frame| frame.padding);
        let content = Size {
            width: (size.width - (left + right) as f32).max(0.0),
            height: (size.height - (top + bottom) as f32).max(0.0),
        };
        Area { size, content }
    }
}

fn place(solver: &mut Solver<'_, '_>, child: BoxId, node: &Node, area: &Area) -> (Point<f32>, Size<f32>) {
    let at = &node.placement;
    let designed = at.designed_parent.unwrap_or(DesignedSize { width: None, height: None });
    let Pin { x: pin_x, y: pin_y } = at.pin;
    let axis = |offset: f64, length: Length, pin: PinTo, designed: Option<f64>, parent: f32, content: f32| {
        pins::place(&Pinned {
            offset,
            size: pinned_size(length),
            pin,
            designed_parent: designed,
            placed_for_size: at.placed_for_size,
            parent: f64::from(parent),
            parent_content: f64::from(content),
        })
    };
    let x = axis(at.x, at.width, pin_x, designed.width, area.size.width, area.content.width);
    let y = axis(at.y, at.height, pin_y, designed.height, area.size.height, area.content.height);
    let size = child_size(solver, child, node, x, y, area);
    let location = Point { x: x.start.of(f64::from(size.width)) as f32, y: y.start.of(f64::from(size.height)) as f32 };
    (location, size)
}

fn pinned_size(length: Length) -> PinnedSize {
    match length {
        Length::Px(px) => PinnedSize::Px(px),
        Length::Fraction(fraction) => PinnedSize::Fraction(fraction),
        Length::Fill => PinnedSize::Fill,
        Length::Auto => PinnedSize::Auto,
    }
}

fn child_size(solver: &mut Solver<'_, '_>, child: BoxId, node: &Node, x: Span, y: Span, area: &Area) -> Size<f32> {
    let at = &node.placement;
    let widths = Bounds::new(at.min_width, at.max_width, area.content.width);
    let heights = Bounds::new(at.min_height, at.max_height, area.content.height);
    let mut width = x.size.map(|width| widths.clamp(width as f32));
    let mut height = y.size.map(|height| heights.clamp(height as f32));
    // A picture's own ratio is known to the measuring; one that was given holds for everything.
    if let Some(ratio) = style::aspect_ratio(at, None).map(|ratio| ratio as f32) {
        match (width, height) {
            (Some(known), None) => height = Some(heights.clamp(known / ratio)),
            (None, Some(known)) => width = Some(widths.clamp(known * ratio)),
            _ => {}
        }
    }
    if let (Some(width), Some(height)) = (width, height) {
        return Size { width, height };
    }
    let room = Size {
        width: AvailableSpace::Definite(widths.clamp(room(x.start, area.size.width))),
        height: AvailableSpace::MaxContent,
    };
    let measured = solver.measure(child, Size { width, height }, room, area.size);
    let final_width = width.unwrap_or_else(|| widths.clamp(measured.width));
    let measured = if final_width == measured.width || height.is_some() {
        measured
    } else {
        solver.measure(child, Size { width: Some(final_width), height }, room, area.size)
    };
    Size { width: final_width, height: height.unwrap_or_else(|| heights.clamp(measured.height)) }
}

/// The greatest width that what hugs its content may take before it wraps.
fn room(start: Start, parent: f32) -> f32 {
    let room = match start {
        Start::At(start) => f64::from(parent) - start,
        Start::EndAt(end) => end,
        Start::CenterAt(center) => 2.0 * center.min(f64::from(parent) - center),
    };
    room.max(0.0) as f32
}

/// The least and greatest size along an axis; percentages are of the parent's content box.
struct Bounds {
    min: f32,
    max: f32,
}

impl Bounds {
    fn new(min: Option<Length>, max: Option<Length>, parent: f32) -> Self {
        let px = |given: Option<Length>| match given? {
            Length::Px(px) => Some(px as f32),
            Length::Fraction(fraction) => Some(fraction as f32 * parent),
            Length::Fill => Some(parent),
            Length::Auto => None,
        };
        Bounds { min: px(min).unwrap_or(0.0), max: px(max).unwrap_or(f32::INFINITY) }
    }

    /// As in CSS, the least size wins over the greatest.
    fn clamp(&self, size: f32) -> f32 {
        size.min(self.max).max(self.min)
    }
}
