//! Fills, strokes, gradients, QR modules.

use std::sync::Arc;

use handbill_render::display::{
    ColorStop, FillItem, FillRule, Item, LinearGradient, ModulesItem, Paint, RadialGradient, Shape, StrokeItem,
};
use handbill_template::resolved::Rgba;
use kurbo::{Affine, BezPath, Point, Rect, RoundedRect, Stroke, Vec2};

use crate::drawing::{BLUE, GREEN, RED, assert_pixel, fill, page, rect};

const NOTHING: [u8; 4] = [0; 4];

fn stops(stops: &[(f32, Rgba)]) -> Vec<ColorStop> {
    stops.iter().map(|&(at, color)| ColorStop { at, color }).collect()
}

fn across(stops: Vec<ColorStop>) -> Item {
    let gradient = LinearGradient::new(Point::ZERO, Point::new(100.0, 0.0), stops);
    fill(Shape::Rect(Rect::new(0.0, 0.0, 100.0, 100.0)), Paint::Linear(gradient))
}

#[test]
fn colours_lie_over_each_other() {
    let drawn =
        page(vec![rect(0.0, 0.0, 100.0, 100.0, Rgba::WHITE), rect(10.0, 10.0, 20.0, 20.0, Rgba([255, 0, 0, 128]))], 1);
    assert!(drawn.opaque());
    assert_pixel(&drawn, 15, 15, [255, 127, 127, 255], 1);
    assert_pixel(&drawn, 25, 15, [255; 4], 0);
    let clear = page(vec![rect(10.0, 10.0, 20.0, 20.0, Rgba([255, 0, 0, 128]))], 1);
    assert!(!clear.opaque());
    assert_pixel(&clear, 15, 15, [128, 0, 0, 128], 0);
    assert_pixel(&clear, 50, 50, NOTHING, 0);
}

#[test]
fn unrotated_edges_are_on_whole_pixels() {
    let shapes = [
        Shape::Rect(Rect::new(10.4, 20.6, 30.5, 40.4)),
        Shape::RoundedRect(RoundedRect::new(10.4, 20.6, 30.5, 40.4, 3.0)),
        Shape::Ellipse(Rect::new(10.4, 20.6, 30.5, 40.4)),
    ];
    for shape in shapes {
        let drawn = page(vec![fill(shape.clone(), Paint::Solid(RED))], 1);
        // The middles of all four sides: full inside, nothing outside.
        for (inside, outside) in [((10, 30), (9, 30)), ((30, 30), (31, 30)), ((20, 21), (20, 20)), ((20, 39), (20, 40))]
        {
            let full = if matches!(shape, Shape::Ellipse(_)) { 40 } else { 0 };
            assert_pixel(&drawn, inside.0, inside.1, [255, 0, 0, 255], full);
            assert_pixel(&drawn, outside.0, outside.1, NOTHING, 0);
        }
    }
    let thin = page(vec![rect(10.2, 0.0, 10.4, 100.0, RED)], 1);
    assert_pixel(&thin, 10, 50, [255, 0, 0, 255], 0);
}

#[test]
fn turned_shapes_are_not_snapped() {
    let item = FillItem {
        shape: Shape::Rect(Rect::new(10.5, 10.5, 20.5, 20.5)),
        rule: FillRule::NonZero,
        paint: Paint::Solid(RED),
        transform: Affine::new([0.0, 1.0, -1.0, 0.0, 100.0, 0.0]),
    };
    let drawn = page(vec![Item::Fill(item)], 1);
    assert_pixel(&drawn, 79, 15, [128, 0, 0, 128], 2);
    assert_pixel(&drawn, 85, 15, [255, 0, 0, 255], 0);
}

#[test]
fn even_odd_leaves_holes() {
    let mut path = BezPath::new();
    for (low, high) in [(10.0, 90.0), (30.0, 70.0)] {
        path.move_to((low, low));
        path.line_to((high, low));
        path.line_to((high, high));
        path.line_to((low, high));
        path.close_path();
    }
    for (rule, middle) in [(FillRule::EvenOdd, NOTHING), (FillRule::NonZero, [255, 0, 0, 255])] {
        let item =
            FillItem { shape: Shape::Path(path.clone()), rule, paint: Paint::Solid(RED), transform: Affine::IDENTITY };
        let drawn = page(vec![Item::Fill(item)], 1);
        assert_pixel(&drawn, 50, 50, middle, 0);
        assert_pixel(&drawn, 20, 50, [255, 0, 0, 255], 0);
    }
}

#[test]
fn linear_gradients_mix_straight_colours_in_srgb() {
    let drawn = page(vec![across(stops(&[(0.0, RED), (1.0, BLUE)]))], 4);
    for x in [0_u32, 40, 133, 200, 399] {
        let part = (f64::from(x) + 0.5) / 400.0;
        let expected = [255.0 * (1.0 - part), 0.0, 255.0 * part, 255.0].map(|channel| channel.round() as u8);
        assert_pixel(&drawn, x, 100, expected, 2);
    }
    // Half way to a transparent blue: half transparent and violet. Mixed premultiplied it would stay red.
    let fading = page(vec![across(stops(&[(0.0, RED), (1.0, Rgba([0, 0, 255, 0]))]))], 4);
    assert_pixel(&fading, 200, 100, [64, 0, 64, 128], 2);
}

#[test]
fn gradients_pad_and_step() {
    let drawn = page(vec![across(stops(&[(0.25, RED), (0.5, RED), (0.5, GREEN), (0.75, BLUE)]))], 4);
    assert_pixel(&drawn, 0, 0, [255, 0, 0, 255], 0);
    assert_pixel(&drawn, 198, 0, [255, 0, 0, 255], 0);
    assert_pixel(&drawn, 201, 0, [0, 253, 2, 255], 3);
    assert_pixel(&drawn, 250, 0, [0, 128, 128, 255], 3);
    assert_pixel(&drawn, 399, 0, [0, 0, 255, 255], 0);
    let point = LinearGradient::new(Point::ZERO, Point::ZERO, stops(&[(0.0, RED), (1.0, GREEN)]));
    let drawn = page(vec![fill(Shape::Rect(Rect::new(0.0, 0.0, 9.0, 9.0)), Paint::Linear(point))], 1);
    assert_pixel(&drawn, 4, 4, [0, 255, 0, 255], 0);
}

#[test]
fn radial_gradients_are_ellipses() {
    let (center, radius) = (Point::new(50.0, 50.0), Vec2::new(40.0, 20.0));
    let gradient = RadialGradient::new(center, radius, stops(&[(0.0, RED), (1.0, BLUE)]));
    let drawn = page(vec![fill(Shape::Rect(Rect::new(0.0, 0.0, 100.0, 100.0)), Paint::Radial(gradient))], 4);
    for (x, y) in [(200, 200), (280, 200), (120, 200), (200, 240), (260, 220), (10, 10), (359, 200), (200, 282)] {
        let along = |at: u32, radius: f64| ((f64::from(at) + 0.5) / 4.0 - 50.0) / radius;
        let part = along(x, 40.0).hypot(along(y, 20.0)).min(1.0);
        let expected = [255.0 * (1.0 - part), 0.0, 255.0 * part, 255.0].map(|channel| channel.round() as u8);
        assert_pixel(&drawn, x, y, expected, 3);
    }
}

#[test]
fn paints_stay_with_their_shapes() {
    // The gradient is in local coordinates: moved and turned with the shape.
    let item = FillItem {
        shape: Shape::Rect(Rect::new(0.0, 0.0, 40.0, 40.0)),
        rule: FillRule::NonZero,
        paint: Paint::Linear(LinearGradient::new(
            Point::ZERO,
            Point::new(40.0, 0.0),
            stops(&[(0.0, RED), (1.0, BLUE)]),
        )),
        transform: Affine::new([0.0, 1.0, -1.0, 0.0, 90.0, 10.0]),
    };
    let drawn = page(vec![Item::Fill(item)], 1);
    assert_pixel(&drawn, 70, 11, [245, 0, 10, 255], 3);
    assert_pixel(&drawn, 70, 48, [10, 0, 245, 255], 3);
}

#[test]
fn strokes_are_centred_and_box_strokes_snapped() {
    let stroke = |shape: Shape, width: f64| {
        let stroke = Stroke::new(width).with_caps(kurbo::Cap::Butt);
        page(vec![Item::Stroke(StrokeItem { shape, stroke, paint: Paint::Solid(RED), transform: Affine::IDENTITY })], 1)
    };
    // An inside stroke of 2 px on a box that begins at 10.3: its outline runs at 11.3, its edges are 10 and 12.
    let drawn = stroke(Shape::Rect(Rect::new(11.3, 11.3, 49.3, 49.3)), 2.0);
    for (x, expected) in [(9, NOTHING), (10, [255, 0, 0, 255]), (11, [255, 0, 0, 255]), (12, NOTHING)] {
        assert_pixel(&drawn, x, 30, expected, 0);
    }
    let drawn = stroke(Shape::Rect(Rect::new(11.2, 11.2, 49.2, 49.2)), 2.4);
    for (x, expected) in [(9, NOTHING), (10, [255, 0, 0, 255]), (11, [255, 0, 0, 255]), (12, NOTHING)] {
        assert_pixel(&drawn, x, 30, expected, 0);
    }
    let mut line = BezPath::new();
    line.move_to((10.0, 50.0));
    line.line_to((90.0, 50.0));
    let drawn = stroke(Shape::Path(line), 4.0);
    for (y, expected) in [(47, NOTHING), (48, [255, 0, 0, 255]), (51, [255, 0, 0, 255]), (52, NOTHING)] {
        assert_pixel(&drawn, 30, y, expected, 0);
    }
    assert_pixel(&drawn, 9, 50, NOTHING, 0);
}

#[test]
fn qr_modules_are_whole_pixels() {
    // A chessboard of 5 × 5 in 33 px: 6 px a module, centred with 1 and 2 px left over.
    let code = |transform| {
        let dark: Vec<bool> = (0..25).map(|n| n % 2 == 0).collect();
        Item::Modules(ModulesItem {
            node: "code".into(),
            size: 5,
            dark: Arc::from(dark),
            target: Rect::new(10.2, 10.2, 43.2, 43.2),
            color: Rgba::BLACK,
            transform,
        })
    };
    let drawn = page(vec![code(Affine::IDENTITY)], 1);
    let levels: Vec<u8> = (0..100).map(|x| drawn.pixel(x, 15)[3]).collect();
    assert!(levels.iter().all(|&level| level == 0 || level == 255), "{levels:?}");
    let edges: Vec<usize> = (1..100).filter(|&x| levels[x] != levels[x - 1]).collect();
    assert_eq!(edges, [12, 18, 24, 30, 36, 42]);
}
