//! Pictures on pages.

use handbill_render::display::{ImageItem, ImagePaint, Item, Paint, Shape};
use handbill_render::images::ColorFilter;
use handbill_template::resolved::ImageFilters;
use kurbo::{Affine, Point, Rect};

use crate::drawing::{Pictures, assert_pixel, fill};

const RED: [u8; 4] = [255, 0, 0, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const GREY: [u8; 4] = [128, 128, 128, 255];

/// 20 × 20: red, green / blue, grey.
fn quarters() -> Pictures {
    let color = |x: u32, y: u32| match (x < 10, y < 10) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => GREY,
    };
    let pixels: Vec<u8> = (0..20).flat_map(|y| (0..20).flat_map(move |x| color(x, y))).collect();
    Pictures::of(20, 20, &pixels)
}

fn image(source: Rect, target: Rect) -> ImageItem {
    ImageItem {
        image: Pictures::ID,
        source,
        target,
        clip: None,
        cropped: false,
        filter: None,
        opacity: 1.0,
        transform: Affine::IDENTITY,
    }
}

const WHOLE: Rect = Rect::new(0.0, 0.0, 20.0, 20.0);
const TARGET: Rect = Rect::new(20.0, 20.0, 80.0, 80.0);
/// The middles of the target's quarters.
const MIDDLES: [(u32, u32); 4] = [(35, 35), (65, 35), (35, 65), (65, 65)];

fn assert_quarters(item: ImageItem, expected: [[u8; 4]; 4]) {
    let drawn = quarters().page(vec![Item::Image(item)], 1);
    for ((x, y), expected) in MIDDLES.into_iter().zip(expected) {
        assert_pixel(&drawn, x, y, expected, 2);
    }
}

#[test]
fn a_picture_fills_its_target_to_the_pixel() {
    let drawn = quarters().page(vec![Item::Image(image(WHOLE, Rect::new(20.4, 19.6, 40.4, 39.6)))], 1);
    // One to one: every pixel as it was.
    for (x, y, expected) in [(20, 20, RED), (29, 29, RED), (30, 29, GREEN), (29, 30, BLUE), (39, 39, GREY)] {
        assert_pixel(&drawn, x, y, expected, 0);
    }
    for (x, y) in [(19, 30), (40, 30), (30, 19), (30, 40)] {
        assert_pixel(&drawn, x, y, [0; 4], 0);
    }
    assert_quarters(image(WHOLE, TARGET), [RED, GREEN, BLUE, GREY]);
    assert_quarters(image(Rect::new(10.0, 0.0, 20.0, 20.0), TARGET), [GREEN, GREEN, GREY, GREY]);
}

#[test]
fn colours_are_filtered_once_the_picture_is_in_place() {
    let filters = ImageFilters { invert: Some(1.0), ..ImageFilters::default() };
    let inverted =
        |transform| ImageItem { filter: ColorFilter::new(&filters, None), transform, ..image(WHOLE, TARGET) };
    let expected = [[0, 255, 255, 255], [255, 0, 255, 255], [255, 255, 0, 255], [127, 127, 127, 255]];
    assert_quarters(inverted(Affine::IDENTITY), expected);
    let turned = inverted(Affine::rotate_about(0.1, Point::new(50.0, 50.0)));
    assert_quarters(turned, expected);
    let faint = quarters().page(vec![Item::Image(ImageItem { opacity: 0.5, ..inverted(Affine::IDENTITY) })], 1);
    assert_pixel(&faint, 35, 35, [0, 128, 128, 128], 1);
}

#[test]
fn pictures_are_mirrored_and_turned() {
    let about = |transform: Affine| {
        let center = Point::new(50.0, 50.0).to_vec2();
        ImageItem {
            transform: Affine::translate(center) * transform * Affine::translate(-center),
            ..image(WHOLE, TARGET)
        }
    };
    assert_quarters(about(Affine::scale_non_uniform(-1.0, 1.0)), [GREEN, RED, GREY, BLUE]);
    assert_quarters(about(Affine::scale_non_uniform(1.0, -1.0)), [BLUE, GREY, RED, GREEN]);
    let quarter = Affine::new([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]);
    assert_quarters(about(quarter), [BLUE, RED, GREY, GREEN]);
    assert_quarters(about(quarter * quarter), [GREY, BLUE, GREEN, RED]);
    // Mirrored to the very edge.
    let drawn = quarters().page(vec![Item::Image(about(Affine::scale_non_uniform(-1.0, 1.0)))], 1);
    assert_pixel(&drawn, 20, 35, GREEN, 2);
    assert_pixel(&drawn, 79, 35, RED, 2);
    assert_pixel(&drawn, 19, 35, [0; 4], 0);
    assert_pixel(&drawn, 80, 35, [0; 4], 0);
}

#[test]
fn turned_pictures_keep_soft_edges_of_their_own_colour() {
    let turn = Affine::rotate_about(0.7, Point::new(50.0, 50.0));
    let drawn = quarters().page(vec![Item::Image(ImageItem { transform: turn, ..image(WHOLE, TARGET) })], 1);
    let edge = turn * Point::new(20.0, 35.0);
    let pixel = drawn.pixel(edge.x as u32, edge.y as u32);
    assert!(pixel[3] > 20 && pixel[3] < 250, "{pixel:?}");
    assert!(pixel[0].abs_diff(pixel[3]) <= 2, "red, however thin: {pixel:?}");
}

#[test]
fn clips_and_opacity_hold() {
    let item = ImageItem { clip: Some(Shape::Ellipse(TARGET)), opacity: 0.5, ..image(WHOLE, TARGET) };
    let drawn = quarters().page(vec![Item::Image(item)], 1);
    assert_pixel(&drawn, 35, 35, [128, 0, 0, 128], 2);
    assert_pixel(&drawn, 22, 22, [0; 4], 0);
    assert_pixel(&drawn, 77, 77, [0; 4], 0);
}

#[test]
fn huge_and_far_pictures_show_their_part() {
    // 20 px across 200,000: what shows is a part of one pixel's neighbourhood.
    let item = image(WHOLE, Rect::new(-150_000.0, -150_000.0, 50_000.0, 50_000.0));
    let drawn = quarters().page(vec![Item::Image(item)], 1);
    assert_pixel(&drawn, 50, 50, GREY, 2);
    let drawn = quarters().page(vec![Item::Image(image(WHOLE, Rect::new(500.0, 0.0, 600.0, 100.0)))], 1);
    assert!(drawn.data().iter().all(|&byte| byte == 0));
    let mirrored = ImageItem {
        transform: Affine::new([-1.0, 0.0, 0.0, 1.0, 100.0, 0.0]),
        ..image(WHOLE, Rect::new(-300.0, 0.0, 100.0, 100.0))
    };
    // Mirrored, what shows is the picture's right quarter, its right end first.
    let drawn = quarters().page(vec![Item::Image(mirrored)], 1);
    assert_pixel(&drawn, 50, 20, GREEN, 2);
    assert_pixel(&drawn, 50, 80, GREY, 2);
}

#[test]
fn pictures_as_paint_end_at_their_target() {
    let paint = ImagePaint { image: Pictures::ID, source: WHOLE, target: TARGET, opacity: 1.0 };
    let item = fill(Shape::Rect(Rect::new(0.0, 0.0, 70.0, 70.0)), Paint::Image(paint));
    let drawn = quarters().page(vec![item], 1);
    assert_pixel(&drawn, 35, 35, RED, 2);
    assert_pixel(&drawn, 65, 65, GREY, 2);
    assert_pixel(&drawn, 19, 35, [0; 4], 0);
    assert_pixel(&drawn, 75, 65, [0; 4], 0);
}
