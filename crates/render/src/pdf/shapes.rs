//! Filled and stroked shapes, and QR codes.

use krilla::mask::MaskType;
use krilla::surface::Surface;
use kurbo::{BezPath, Rect};

use super::geometry;
use super::painter::Painter;
use super::paints::{self, Coat};
use super::{pictures, tiles};
use crate::display::{FillItem, FillRule, ModulesItem, StrokeItem};
use crate::outlines;
use handbill_template::resolved::Rgba;

pub(super) fn fill<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, item: &'a FillItem) {
    let Some(path) = geometry::shape(&item.shape) else { return };
    surface.push_transform(&geometry::transform(item.transform));
    match paints::coat(&item.paint) {
        Coat::Color(color) => draw_fill(surface, &path, &color, item.rule),
        Coat::Tiles(tiles) => {
            let color = tiles::color(painter, surface, tiles);
            draw_fill(surface, &path, &color, item.rule);
        }
        Coat::Picture(image) => {
            surface.push_clip_path(&path, &geometry::fill_rule(item.rule));
            pictures::paint(painter, surface, image);
            surface.pop();
        }
    }
    surface.pop();
}

fn draw_fill(surface: &mut Surface<'_>, path: &krilla::geom::Path, color: &paints::Color, rule: FillRule) {
    surface.set_stroke(None);
    surface.set_fill(Some(color.fill(rule)));
    surface.draw_path(path);
}

pub(super) fn stroke<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, item: &'a StrokeItem) {
    let Some(path) = geometry::shape(&item.shape) else { return };
    surface.push_transform(&geometry::transform(item.transform));
    match paints::coat(&item.paint) {
        Coat::Color(color) => draw_stroke(surface, &path, &color, &item.stroke),
        Coat::Tiles(tiles) => {
            let color = tiles::color(painter, surface, tiles);
            draw_stroke(surface, &path, &color, &item.stroke);
        }
        Coat::Picture(image) => painter.masked(
            surface,
            MaskType::Alpha,
            |_, mask| draw_stroke(mask, &path, &paints::solid(Rgba::BLACK), &item.stroke),
            |painter, surface| pictures::paint(painter, surface, image),
        ),
    }
    surface.pop();
}

fn draw_stroke(surface: &mut Surface<'_>, path: &krilla::geom::Path, color: &paints::Color, stroke: &kurbo::Stroke) {
    if let Some(stroke) = color.stroke(stroke) {
        surface.set_fill(None);
        surface.set_stroke(Some(stroke));
        surface.draw_path(path);
    }
}

/// A QR code as one path.
pub(super) fn modules(surface: &mut Surface<'_>, item: &ModulesItem) {
    let Some(path) = geometry::path(&bars(item)) else { return };
    surface.push_transform(&geometry::transform(item.transform));
    surface.set_stroke(None);
    surface.set_fill(Some(paints::solid(item.color).fill(FillRule::NonZero)));
    surface.draw_path(&path);
    surface.pop();
}

/// Dark modules side by side as one bar, and equal bars below each other as one, so that no seam shows.
fn bars(item: &ModulesItem) -> BezPath {
    let mut path = BezPath::new();
    if item.size == 0 {
        return path;
    }
    let step = item.target.width() / item.size as f64;
    let mut put = |bar: &Bar, to_row: usize| {
        let (left, top) = (item.target.x0, item.target.y0);
        let rect = Rect::new(bar.from as f64, bar.row as f64, bar.to as f64, to_row as f64).scale_from_origin(step);
        path.extend(outlines::rect(rect + kurbo::Vec2::new(left, top)));
    };
    let mut open: Vec<Bar> = Vec::new();
    let rows: Vec<&[bool]> = item.dark.chunks(item.size).collect();
    for (row, modules) in rows.iter().enumerate() {
        let mut now = runs(modules, row);
        for bar in open {
            match now.iter_mut().find(|new| (new.from, new.to) == (bar.from, bar.to)) {
                Some(same) => same.row = bar.row,
                None => put(&bar, row),
            }
        }
        open = now;
    }
    open.iter().for_each(|bar| put(bar, rows.len()));
    path
}

/// Dark modules from column `from` to before `to`, beginning at `row`.
struct Bar {
    from: usize,
    to: usize,
    row: usize,
}

fn runs(modules: &[bool], row: usize) -> Vec<Bar> {
    let mut bars = Vec::new();
    let mut at = 0;
    while let Some(from) = modules[at..].iter().position(|&dark| dark).map(|skip| at + skip) {
        at = modules[from..].iter().position(|&dark| !dark).map_or(modules.len(), |length| from + length);
        bars.push(Bar { from, to: at, row });
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;
    use kurbo::{Affine, Point, Shape};

    #[test]
    fn bars_cover_exactly_the_dark_modules() {
        let size = 9;
        let dark: Vec<bool> = (0..size * size).map(|n| n * n % 7 < 3 || n % 9 < 2).collect();
        let target = Rect::new(10.0, 20.0, 10.0 + 27.0, 20.0 + 27.0);
        let item = ModulesItem {
            node: "code".into(),
            size,
            dark: dark.clone().into(),
            target,
            color: Rgba::BLACK,
            transform: Affine::IDENTITY,
        };
        let path = bars(&item);
        for (n, dark) in dark.into_iter().enumerate() {
            let center = Point::new(11.5 + (n % size) as f64 * 3.0, 21.5 + (n / size) as f64 * 3.0);
            assert_eq!(path.winding(center), i32::from(dark), "{n}");
        }
    }
}
