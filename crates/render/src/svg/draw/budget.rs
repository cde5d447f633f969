//! How much the drawings of a render may draw, all together. What a file asks for is counted before it is read; what
//! comes of it, and on how much of the page, only here.

use kurbo::{Affine, Rect};

use super::super::DrawingProblem;
use super::super::limits::within;
use crate::bounds;
use crate::display::{Group, Item, Paint};

/// Items and groups.
const MAX_ITEMS: u64 = 200_000;
/// Pieces of paths.
const MAX_SEGMENTS: u64 = 4_000_000;
/// Layout pixels painted, one over another: about two thousand full pages.
const MAX_AREA: u64 = 3_000_000_000;
/// A mask or blur makes a picture of its own, and more than one.
const APART: f64 = 20.0;
/// A layer is blended pixel by pixel.
const LAYER: f64 = 3.0;

#[derive(Debug, Default)]
pub(crate) struct Budget {
    items: u64,
    segments: u64,
    area: f64,
}

impl Budget {
    pub(super) fn item(&mut self) -> Result<(), DrawingProblem> {
        self.items += 1;
        within("the number of elements of all drawings", self.items, MAX_ITEMS)
    }

    pub(super) fn segments(&mut self, count: usize) -> Result<(), DrawingProblem> {
        self.segments += count as u64;
        within("the number of path segments of all drawings", self.segments, MAX_SEGMENTS)
    }

    /// `seen`: where on the page the items show.
    pub(super) fn paint(&mut self, items: &[Item], seen: Rect) -> Result<(), DrawingProblem> {
        self.area += area(items, Affine::IDENTITY, seen);
        within("the number of pixels painted by all drawings", self.area as u64, MAX_AREA)
    }
}

fn area(items: &[Item], to_page: Affine, seen: Rect) -> f64 {
    items.iter().map(|item| item_area(item, to_page, seen)).sum()
}

fn item_area(item: &Item, to_page: Affine, seen: Rect) -> f64 {
    let reach = bounds::overlap(bounds::items(std::slice::from_ref(item), to_page), seen).area();
    match item {
        Item::Group(group) => reach * weight(group) + inside(group, to_page, seen),
        Item::Fill(fill) => reach + tiles(&fill.paint),
        Item::Stroke(stroke) => reach + tiles(&stroke.paint),
        _ => reach,
    }
}

fn inside(group: &Group, to_page: Affine, seen: Rect) -> f64 {
    let mask = group.mask.as_ref().map_or(0.0, |mask| area(&mask.items, to_page, seen));
    mask + area(&group.items, to_page, seen)
}

fn weight(group: &Group) -> f64 {
    if group.mask.is_some() || group.blur > 0.0 || group.tint.is_some() {
        APART
    } else if group.isolates() {
        LAYER
    } else {
        0.0
    }
}

/// A tile is drawn a few times at most; it may be larger than what shows of it.
fn tiles(paint: &Paint) -> f64 {
    match paint {
        Paint::Tiles(tiles) => 4.0 * area(&tiles.items, Affine::IDENTITY, tiles.tile),
        _ => 0.0,
    }
}
