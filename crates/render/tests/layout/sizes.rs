//! Sizes that a template declares and sizes that a request asks for, at scales of 1 to 4.

use handbill_render::{Format, Options};
use serde_json::{Value as Json, json};

use crate::drawing::{Pixels, render};

const RED: [u8; 3] = [255, 0, 0];

/// A page of 100 × 50 with a red box, which stands elsewhere in portrait and in the size `story`.
fn boxed() -> Json {
    json!({
        "format": 1, "id": "t",
        "canvas": { "width": 100, "height": 50 },
        "sizes": { "story": { "width": 45, "height": 80 }, "wide": { "width": 150, "height": 50 } },
        "slides": [{ "id": "s", "children": [{
            "type": "shape", "id": "box", "shape": "rect", "fill": "#ff0000",
            "x": 10, "y": 5, "width": 20, "height": 15, "pin": "left top",
            "at": { "portrait": { "x": 5, "y": 50 }, "story": { "width": 25 } },
        }] }],
    })
}

fn scaled(scale: f64) -> Options {
    Options { scale, ..Options::default() }
}

#[test]
fn pictures_have_their_size_times_the_scale() {
    // size asked for, its pixels, where the box stands in them
    for (size, pixels, [left, top, right, bottom]) in [
        ("", [100, 50], [10, 5, 30, 20]),
        // declared: `at` of its class, and over it that of its name
        ("story", [45, 80], [5, 50, 30, 65]),
        ("wide", [150, 50], [10, 5, 30, 20]),
        // undeclared: the shorter side decides by how much everything grows, the class is the request's
        ("200x100", [200, 100], [20, 10, 60, 40]),
        ("300x150", [300, 150], [30, 15, 90, 60]),
        ("350x100", [350, 100], [20, 10, 60, 40]),
        ("100x350", [100, 350], [10, 100, 50, 130]),
        ("150x150", [150, 150], [30, 15, 90, 60]),
        // the aspect of a declared size: that size, larger
        ("90x160", [90, 160], [10, 100, 60, 130]),
    ] {
        for scale in [1, 2, 3, 4] {
            let rendered = render(&boxed(), size, scaled(f64::from(scale)));
            let found = Pixels::of(&rendered.pictures[0]);
            let scale = scale as usize;
            assert_eq!([found.width, found.height], pixels.map(|side: usize| side * scale), "{size} × {scale}");
            let expected = [left, top, right, bottom].map(|edge: usize| edge * scale);
            assert_eq!(found.extent(RED), Some(expected), "{size} × {scale}");
        }
    }
}

#[test]
fn scales_need_not_be_whole() {
    // scale, size of the picture, where the box stands in it, to the nearest pixel
    for (scale, pixels, expected) in [
        (1.2, [120, 60], [12, 6, 36, 24]),
        (2.4, [240, 120], [24, 12, 72, 48]),
        (1.333, [133, 67], [13, 7, 40, 27]),
        (2.756, [276, 138], [28, 14, 83, 55]),
    ] {
        let found = Pixels::of(&render(&boxed(), "", scaled(scale)).pictures[0]);
        assert_eq!(([found.width, found.height], found.extent(RED)), (pixels, Some(expected)), "{scale}");
    }
}

#[test]
fn all_formats_but_pdf_are_scaled() {
    for format in [Format::Png, Format::Jpeg, Format::WebP] {
        let picture = &render(&boxed(), "", Options { format, ..scaled(3.0) }).pictures[0];
        assert_eq!((picture.width, picture.height), (300, 150), "{format:?}");
    }
    let picture = &render(&boxed(), "", Options { format: Format::Pdf, ..scaled(3.0) }).pictures[0];
    assert_eq!((picture.width, picture.height), (75, 38), "points, rounded");
}

/// Text, curves, gradients, blurs and strokes: a larger scale shows the same in more detail, and moves nothing.
#[test]
fn a_larger_scale_reduced_is_the_picture_at_scale_1() {
    let page = |nodes: &Json| {
        json!({ "format": 1, "id": "t", "canvas": { "width": 320, "height": 200, "background": "#f4f1ea" },
                "slides": [{ "id": "s", "children": nodes }] })
    };
    let stops = |from: &str, to: &str| json!([{ "at": 0, "color": from }, { "at": 1, "color": to }]);
    let shapes = json!([
        { "type": "shape", "id": "band", "shape": "rect", "x": 0, "y": 0, "width": 320, "height": 56,
          "fill": { "type": "linear", "angle": 90, "stops": stops("#1d3557", "#e63946") } },
        { "type": "shape", "id": "card", "shape": "rect", "x": 16, "y": 72, "width": 180, "height": 104,
          "cornerRadius": 14, "fill": "#ffffff", "stroke": "#1d3557", "strokeWidth": 2,
          "shadow": [{ "x": 0, "y": 4, "blur": 10, "color": "#00000066" }] },
        { "type": "shape", "id": "sun", "shape": "ellipse", "x": 216, "y": 76, "width": 84, "height": 84,
          "fill": { "type": "radial", "stops": stops("#ffd166", "#ef476f") } },
        { "type": "shape", "id": "star", "shape": "star", "x": 232, "y": 96, "width": 52, "height": 48,
          "rotation": 17, "opacity": 0.8, "fill": "#06d6a0" },
    ]);
    // Baselines are on whole pixels of their scale. These are so at every scale, so that the words stand alike.
    let words = json!([
        { "type": "text", "id": "words", "text": "Everything stays where it is, whatever the scale.",
          "x": 28, "y": 81.7246, "lineHeight": 1.3, "width": 156, "height": 84, "fontSize": 20,
          "fill": "#1d3557" },
    ]);
    for (what, nodes) in [("shapes", shapes), ("words", words)] {
        let template = page(&nodes);
        let at = |scale: u8| Pixels::of(&render(&template, "", scaled(f64::from(scale))).pictures[0]);
        let once = at(1);
        for scale in [2, 3, 4] {
            let differences = once.differences(&at(scale).reduced(usize::from(scale)));
            let mean = differences.iter().map(|&by| f64::from(by)).sum::<f64>() / differences.len() as f64;
            let most = differences[differences.len() * 99 / 100];
            assert!(mean < 0.2 && most <= 8, "{what} at {scale}: {mean} on average, {most} but for a hundredth");
        }
    }
}
