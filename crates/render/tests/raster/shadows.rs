//! Shadows against the integral they stand for.

use handbill_render::display::{Item, ShadowItem, Shape};
use handbill_template::resolved::Rgba;
use kurbo::{Affine, Point, Rect, RoundedRect, RoundedRectRadii};

use crate::drawing::{RED, SIDE, assert_pixel, fill, page};
use handbill_render::display::Paint;

fn shadow(shape: RoundedRect, sigma: f64, color: Rgba) -> ShadowItem {
    ShadowItem { shape, sigma, color, knockout: None, transform: Affine::IDENTITY }
}

/// The share of a normal distribution below `x`.
fn normal(x: f64) -> f64 {
    0.5 * (1.0 + libm::erf(x / std::f64::consts::SQRT_2))
}

/// The blurred shape at a point: rows exactly, columns summed in steps of a tenth of a pixel.
fn exact(shape: RoundedRect, sigma: f64, at: Point) -> f64 {
    let (rect, radii) = (shape.rect(), shape.radii());
    let step = 0.1;
    let rows = (rect.height() / step).round() as usize;
    (0..rows)
        .map(|row| {
            let y = rect.y0 + (row as f64 + 0.5) * step;
            let cut = |top: f64, bottom: f64| {
                let corner = |radius: f64, into: f64| {
                    if into < radius { radius - (radius * radius - (radius - into).powi(2)).sqrt() } else { 0.0 }
                };
                corner(top, y - rect.y0).max(corner(bottom, rect.y1 - y))
            };
            let left = rect.x0 + cut(radii.top_left, radii.bottom_left);
            let right = rect.x1 - cut(radii.top_right, radii.bottom_right);
            let across = normal((right - at.x) / sigma) - normal((left - at.x) / sigma);
            across * (normal((y + step / 2.0 - at.y) / sigma) - normal((y - step / 2.0 - at.y) / sigma))
        })
        .sum()
}

#[test]
fn soft_shadows_are_gaussian() {
    let uneven = RoundedRectRadii::new(20.0, 4.0, 0.0, 11.0);
    let cases = [
        (RoundedRect::new(30.0, 30.0, 70.0, 60.0, 0.0), 1.0),
        (RoundedRect::new(30.0, 30.0, 70.0, 60.0, 8.0), 2.5),
        (RoundedRect::new(30.0, 30.0, 70.0, 60.0, 8.0), 6.0),
        (RoundedRect::new(25.0, 30.0, 75.0, 70.0, uneven), 3.0),
        (RoundedRect::new(25.0, 25.0, 75.0, 75.0, 25.0), 9.0),
        (RoundedRect::new(30.0, 45.0, 70.0, 55.0, 5.0), 16.0),
        (RoundedRect::new(49.0, 10.0, 50.0, 90.0, 0.0), 4.0),
        (RoundedRect::new(-400.0, 31.0, 73.0, 700.0, 30.0), 33.0),
        (RoundedRect::new(-300.0, 20.0, 70.0, 400.0, 77.0), 150.0),
    ];
    for (shape, sigma) in cases {
        for scale in [1, 2] {
            let drawn = page(vec![Item::Shadow(shadow(shape, sigma, Rgba::BLACK))], scale);
            for (x, y) in (0..SIDE * scale).step_by(7).flat_map(|x| (0..SIDE * scale).step_by(5).map(move |y| (x, y))) {
                let at = Affine::scale(1.0 / f64::from(scale)) * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                let expected = 255.0 * exact(shape, sigma, at);
                let found = f64::from(drawn.pixel(x, y)[3]);
                assert!(
                    (found - expected).abs() <= 2.0,
                    "{shape:?}, σ {sigma}, ({x}, {y}): {found}, not {expected:.1}"
                );
            }
        }
    }
}

#[test]
fn turned_shadows_are_gaussian_too() {
    let shape = RoundedRect::new(30.0, 35.0, 70.0, 65.0, 8.0);
    let turn = Affine::rotate_about(0.5, Point::new(50.0, 50.0));
    let drawn = page(vec![Item::Shadow(ShadowItem { transform: turn, ..shadow(shape, 4.0, Rgba::BLACK) })], 1);
    for (x, y) in (0..SIDE).step_by(7).flat_map(|x| (0..SIDE).step_by(5).map(move |y| (x, y))) {
        let at = turn.inverse() * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
        let expected = 255.0 * exact(shape, 4.0, at);
        let found = f64::from(drawn.pixel(x, y)[3]);
        assert!((found - expected).abs() <= 3.0, "({x}, {y}): {found}, not {expected:.1}");
    }
}

#[test]
fn a_shadow_without_blur_is_the_shape() {
    let drawn = page(vec![Item::Shadow(shadow(RoundedRect::new(20.4, 20.0, 40.0, 40.0, 0.0), 0.0, RED))], 1);
    assert_pixel(&drawn, 20, 30, [255, 0, 0, 255], 0);
    assert_pixel(&drawn, 19, 30, [0; 4], 0);
}

#[test]
fn colour_and_opacity_are_the_shadows() {
    let drawn =
        page(vec![Item::Shadow(shadow(RoundedRect::new(20.0, 20.0, 80.0, 80.0, 0.0), 3.0, Rgba([0, 0, 255, 128])))], 1);
    assert_pixel(&drawn, 50, 50, [0, 0, 128, 128], 1);
    assert_pixel(&drawn, 20, 50, [0, 0, 72, 72], 2);
}

#[test]
fn nothing_shows_through_the_knockout() {
    let shape = RoundedRect::new(30.0, 30.0, 70.0, 70.0, 10.0);
    let knockout = Some(Shape::RoundedRect(shape));
    let item = |transform| ShadowItem { knockout: knockout.clone(), transform, ..shadow(shape, 5.0, Rgba::BLACK) };
    let drawn = page(vec![Item::Shadow(item(Affine::IDENTITY))], 1);
    assert_pixel(&drawn, 50, 50, [0; 4], 0);
    assert_pixel(&drawn, 31, 50, [0; 4], 0);
    assert!(drawn.pixel(28, 50)[3] > 80);
    assert!(drawn.pixel(31, 31)[3] > 20, "outside of the round corner");
    // With the shape itself on top no seam is left.
    let whole = page(
        vec![
            fill(Shape::Rect(Rect::new(0.0, 0.0, 100.0, 100.0)), Paint::Solid(Rgba::BLACK)),
            Item::Shadow(item(Affine::IDENTITY)),
            fill(Shape::RoundedRect(shape), Paint::Solid(Rgba::BLACK)),
        ],
        1,
    );
    assert!(whole.opaque());
    let other = whole.data().chunks(4).enumerate().find(|(_, pixel)| *pixel != [0, 0, 0, 255]);
    assert_eq!(other, None);
    let turned = page(vec![Item::Shadow(item(Affine::rotate_about(0.8, Point::new(50.0, 50.0))))], 1);
    assert_pixel(&turned, 50, 50, [0; 4], 0);
}
