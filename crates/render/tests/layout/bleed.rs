//! Bleed: what lies beyond the page's edge belongs to a PDF, whose page box says where to cut, and to no picture.

use handbill_render::{Format, Options};
use serde_json::{Value as Json, json};

use crate::drawing::{Pixels, render};

const BLUE: [u8; 3] = [0, 0, 255];
const RED: [u8; 3] = [255, 0, 0];

/// A blue page of 100 × 50 with a red band over its left edge, and a box that lies in the bleed alone.
fn printed(canvas: &Json) -> Json {
    json!({
        "format": 1, "id": "t", "canvas": canvas,
        "slides": [{ "id": "s", "children": [
            { "type": "shape", "id": "band", "shape": "rect", "fill": "#ff0000",
              "x": -8, "y": 10, "width": 18, "height": 20, "pin": "left top" },
            { "type": "shape", "id": "beyond", "shape": "rect", "fill": "#00ff00",
              "x": 20, "y": -8, "width": 20, "height": 8, "pin": "left top" },
        ] }],
    })
}

#[test]
fn pictures_end_at_the_page() {
    for scale in [1, 2] {
        let canvas = |bleed: u32| json!({ "width": 100, "height": 50, "background": "#0000ff", "bleed": bleed });
        let options = || Options { scale: f64::from(scale), ..Options::default() };
        let picture = |bleed: u32| render(&printed(&canvas(bleed)), "", options()).pictures.swap_remove(0);
        let (bled, pixels) = (picture(10), Pixels::of(&picture(10)));
        let scale = scale as usize;
        assert_eq!((pixels.width, pixels.height), (100 * scale, 50 * scale));
        assert_eq!(pixels.extent(RED), Some([0, 10, 10, 30].map(|edge| edge * scale)));
        assert_eq!(pixels.extent(BLUE), Some([0, 0, 100, 50].map(|edge| edge * scale)));
        assert_eq!(pixels.extent([0, 255, 0]), None, "what lies in the bleed is not seen");
        assert!(bled.bytes == picture(0).bytes, "a picture is the same without a bleed");
    }
}

#[test]
fn a_pdf_has_the_bleed_around_its_trim_box() {
    let pdf = |canvas: &Json| {
        let file = render(&printed(canvas), "", Options::with_format(Format::Pdf)).pictures.swap_remove(0);
        String::from_utf8_lossy(&file.bytes).into_owned()
    };
    // canvas, media box, trim box in points
    for (canvas, media, trim) in [
        (json!({ "width": 100, "height": 50, "bleed": 8 }), [0.0, 0.0, 87.0, 49.5], Some([6.0, 6.0, 81.0, 43.5])),
        (
            json!({ "width": 297, "height": 210, "unit": "mm", "bleed": 3 }),
            [0.0, 0.0, 303.0, 216.0].map(|mm| mm * 72.0 / 25.4),
            Some([3.0, 3.0, 300.0, 213.0].map(|mm| mm * 72.0 / 25.4)),
        ),
        (
            json!({ "width": 600, "height": 400, "unit": "pt", "bleed": 9 }),
            [0.0, 0.0, 618.0, 418.0],
            Some([9.0, 9.0, 609.0, 409.0]),
        ),
        (json!({ "width": 100, "height": 50 }), [0.0, 0.0, 75.0, 37.5], None),
    ] {
        let file = pdf(&canvas);
        let found = |name: &str| page_box(&file, name);
        assert!(near(found("MediaBox"), Some(media)), "{canvas}: {:?}", found("MediaBox"));
        assert!(near(found("TrimBox"), trim), "{canvas}: {:?}", found("TrimBox"));
        if trim.is_some() {
            assert!(near(found("BleedBox"), Some(media)), "{canvas}: {:?}", found("BleedBox"));
        }
    }
}

/// Left, bottom, right, top of a box of the first page.
fn page_box(pdf: &str, name: &str) -> Option<[f64; 4]> {
    let (_, after) = pdf.split_once(&format!("/{name}"))?;
    let (inside, _) = after.trim_start().strip_prefix('[')?.split_once(']')?;
    let numbers: Vec<f64> = inside.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().ok()
}

fn near(found: Option<[f64; 4]>, expected: Option<[f64; 4]>) -> bool {
    match (found, expected) {
        (Some(found), Some(expected)) => found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.01),
        (found, expected) => found.is_none() && expected.is_none(),
    }
}
