//! Tiles as a paint, and groups that blend only with themselves.

use handbill_render::display::{FillItem, FillRule, Group, Item, Paint, Shape, StrokeItem, TilePaint};
use handbill_template::resolved::{Blend, Rgba};
use kurbo::{Affine, Rect, Stroke};

use crate::drawing::{BLUE, GREEN, RED, assert_pixel, fill, page, rect};

const NOTHING: [u8; 4] = [0; 4];

/// The upper left quarter of each tile is red, and green where it leaves the tile, which must not show.
fn tiles(side: f64, transform: Affine) -> TilePaint {
    let items = vec![rect(-side, -side, side * 2.0, 0.0, GREEN), rect(0.0, 0.0, side / 2.0, side / 2.0, RED)];
    TilePaint { items: items.into(), tile: Rect::new(0.0, 0.0, side, side), opacity: 1.0, transform }
}

fn square(paint: TilePaint) -> Item {
    fill(Shape::Rect(Rect::new(10.0, 10.0, 90.0, 90.0)), Paint::Tiles(paint))
}

/// Whether a point of the page is red when tiles of a side begin at (x, y).
fn is_red(at: f64, begin: f64, side: f64) -> bool {
    (at - begin).rem_euclid(side) < side / 2.0
}

#[test]
fn tiles_repeat_in_all_directions() {
    // 8: many, whole pixels; 8.3: many, resampled; 64: few, drawn one by one.
    for (side, begin, tolerance) in [(8.0, 2.0, 0), (8.3, 3.0, 90), (64.0, -20.0, 0)] {
        let drawn = page(vec![square(tiles(side, Affine::translate((begin, begin))))], 4);
        assert_pixel(&drawn, 36, 200, NOTHING, 0);
        for (x, y) in [(50, 50), (100, 61), (201, 300), (333, 333), (90, 222), (350, 44), (260, 257)] {
            let [px, py] = [x, y].map(|at| (f64::from(at) + 0.5) / 4.0);
            let near_edge = [px, py].iter().any(|&at| is_red(at - 0.4, begin, side) != is_red(at + 0.4, begin, side));
            if near_edge && tolerance > 0 {
                continue;
            }
            let red = is_red(px, begin, side) && is_red(py, begin, side);
            assert_pixel(&drawn, x, y, if red { [255, 0, 0, 255] } else { NOTHING }, tolerance);
        }
    }
}

#[test]
fn tiles_turn_with_what_they_paint_and_fade() {
    let quarter = Affine::translate((90.0, 10.0)) * Affine::new([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
    let paint = TilePaint { opacity: 0.5, ..tiles(10.0, Affine::IDENTITY) };
    let shape = Shape::Rect(Rect::new(0.0, 0.0, 80.0, 80.0));
    let item = FillItem { shape, rule: FillRule::NonZero, paint: Paint::Tiles(paint), transform: quarter };
    let drawn = page(vec![Item::Fill(item)], 2);
    // The tile's left is the page's top, its top the page's right.
    assert_pixel(&drawn, 175, 25, [128, 0, 0, 128], 1);
    assert_pixel(&drawn, 165, 25, NOTHING, 0);
    assert_pixel(&drawn, 175, 35, NOTHING, 0);
}

#[test]
fn strokes_are_tiled() {
    let item = StrokeItem {
        shape: Shape::Ellipse(Rect::new(20.0, 20.0, 80.0, 80.0)),
        stroke: Stroke::new(20.0),
        paint: Paint::Tiles(tiles(4.0, Affine::IDENTITY)),
        transform: Affine::IDENTITY,
    };
    let drawn = page(vec![Item::Stroke(item)], 1);
    assert_pixel(&drawn, 20, 48, [255, 0, 0, 255], 0);
    assert_pixel(&drawn, 22, 48, NOTHING, 0);
    assert_pixel(&drawn, 48, 48, NOTHING, 0);
}

#[test]
fn tiles_without_a_size_draw_nothing() {
    let flat = TilePaint { tile: Rect::new(0.0, 0.0, 0.0, 10.0), ..tiles(10.0, Affine::IDENTITY) };
    let crushed = tiles(10.0, Affine::scale_non_uniform(0.0, 1.0));
    for paint in [flat, crushed] {
        assert_pixel(&page(vec![square(paint)], 1), 50, 50, NOTHING, 0);
    }
}

#[test]
fn isolated_groups_do_not_see_what_is_beneath() {
    let multiplied = |isolated| {
        let inner =
            Group { items: vec![rect(0.0, 0.0, 100.0, 100.0, BLUE)], blend: Blend::Multiply, ..Group::default() };
        let outer = Group { items: vec![Item::Group(inner)], isolated, ..Group::default() };
        page(vec![rect(0.0, 0.0, 100.0, 100.0, Rgba([255, 255, 0, 255])), Item::Group(outer)], 1)
    };
    assert_pixel(&multiplied(false), 50, 50, [0, 0, 0, 255], 0);
    assert_pixel(&multiplied(true), 50, 50, [0, 0, 255, 255], 0);
}
