//! Lines: from the box's top left to its bottom right, or through given stations, with heads at the ends.

use handbill_template::resolved::{self, ArrowHead};
use kurbo::{BezPath, Point, Rect, Vec2};

use super::{Painter, Site, outline};
use crate::display::{FillRule, Item, Shape};
use crate::outlines;

/// Sizes of heads, in widths of the line.
const ARROW_LENGTH: f64 = 4.0;
const ARROW_HALF_WIDTH: f64 = 2.0;
const KNOB_RADIUS: f64 = 2.0;

impl Painter<'_> {
    pub(super) fn line(&mut self, shape: &resolved::Shape, site: Site<'_>) -> Vec<Item> {
        let stroke = &shape.stroke;
        if stroke.paint.is_empty() || stroke.width <= 0.0 {
            return Vec::new();
        }
        let mut points = station_points(site.area(), &shape.points);
        let mut heads = Vec::new();
        heads.extend(head(&mut points, shape.start_head, stroke.width));
        points.reverse();
        heads.extend(head(&mut points, shape.end_head, stroke.width));
        points.reverse();
        let line = Shape::Path(open_path(&points));
        let mut items = self.stroke_centred(stroke, &line, stroke.width, site);
        for head in heads {
            items.extend(self.fill(&stroke.paint, &Shape::Path(head), FillRule::NonZero, site));
        }
        items
    }
}

/// The line as a path.
pub(super) fn stations(area: Rect, points: &[[f64; 2]]) -> BezPath {
    open_path(&station_points(area, points))
}

fn station_points(area: Rect, points: &[[f64; 2]]) -> Vec<Point> {
    if points.len() < 2 {
        return vec![area.origin(), Point::new(area.x1, area.y1)];
    }
    points.iter().map(|point| outline::fraction(area, *point)).collect()
}

fn open_path(points: &[Point]) -> BezPath {
    let mut path = BezPath::new();
    for (index, point) in points.iter().enumerate() {
        if index == 0 {
            path.move_to(*point);
        } else {
            path.line_to(*point);
        }
    }
    path
}

/// The head at the first of the points. An arrow's tip is the end; the line then ends inside the arrow.
fn head(points: &mut [Point], kind: ArrowHead, width: f64) -> Option<BezPath> {
    let (&end, &next) = (points.first()?, points.get(1)?);
    let along = next - end;
    let length = (along.x * along.x + along.y * along.y).sqrt();
    if length == 0.0 {
        return None;
    }
    let along = along / length;
    let across = Vec2::new(-along.y, along.x);
    let polygon = |corners: &[Point]| {
        let mut path = open_path(corners);
        path.close_path();
        Some(path)
    };
    match kind {
        ArrowHead::None => None,
        ArrowHead::Arrow => {
            let foot = end + along * (ARROW_LENGTH * width);
            let side = across * (ARROW_HALF_WIDTH * width);
            // Half a width of overlap, or a hair line shows between arrow and line.
            points[0] = end + along * (ARROW_LENGTH - 0.5).min(length / width) * width;
            polygon(&[end, foot + side, foot - side])
        }
        ArrowHead::Circle => {
            let knob = Rect::from_center_size(end, (2.0 * KNOB_RADIUS * width, 2.0 * KNOB_RADIUS * width));
            Some(outlines::ellipse(knob))
        }
        ArrowHead::Square => {
            let (along, across) = (along * (KNOB_RADIUS * width), across * (KNOB_RADIUS * width));
            polygon(&[end - along - across, end + along - across, end + along + across, end - along + across])
        }
        ArrowHead::Bar => {
            let (along, across) = (along * (width / 2.0), across * (ARROW_HALF_WIDTH * width));
            polygon(&[end - along - across, end + along - across, end + along + across, end - along + across])
        }
    }
}
