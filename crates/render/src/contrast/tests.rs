//! Texts on grounds of all kinds, and what is said of them.

use handbill_template::resolved::{
    AssetRef, Blend, Color, FrameLayout, Highlight, HighlightPer, Node, Paint, Rgba, Shadow, Stop, Stroke, TextAlign,
};
use handbill_template::{Warning, WarningCode};

use crate::fixtures::{document, fonts, frame, image, page, placed, rect, slide, solid, text, with, with_text};
use crate::input::{Asset, Compression, Format, Input, Options};
use crate::pixmap::Pixmap;
use crate::{Engine, encode};
use handbill_template::resolved::{Document, Frame, NodeKind};

fn render(document: Document, format: Format) -> Vec<Warning> {
    let assets = [(AssetRef("photo".to_owned()), Asset::Bytes(photo().into()))].into();
    let input = Input { document, assets, options: Options::with_format(format) };
    let rendered = Engine::new(fonts()).render(&input, &mut |_| {}).expect("the page can be drawn");
    let is_low = |warning: &Warning| warning.code == WarningCode::LowContrast;
    rendered.report.warnings.into_iter().filter(is_low).collect()
}

/// The ratio that is told of the text `t`, if any.
fn told(nodes: impl AsRef<[Node]>) -> Option<f64> {
    let document = || page(400.0, 200.0, FrameLayout::Free, nodes.as_ref().to_vec());
    let found = render(document(), Format::Png);
    assert_eq!(found, render(document(), Format::Pdf), "the same in a PDF");
    found.iter().find(|warning| warning.node.as_deref() == Some("t")).map(|warning| {
        assert_eq!(warning.slide, Some(0));
        warning.from.as_ref().and_then(serde_json::Value::as_f64).expect("a ratio")
    })
}

/// Black on its left half, white on its right.
fn photo() -> Vec<u8> {
    let row = [[0, 0, 0, 255].repeat(200), [255; 4].repeat(200)].concat();
    let pixmap = Pixmap::from_premultiplied(row.repeat(200), 400, 200, true);
    encode::png::encode(&pixmap, Compression::default()).expect("a PNG")
}

fn words(content: &str, size: f64, gray: u8, [x, y]: [f64; 2]) -> Node {
    let node = placed(text("t", content, size), [x, y, 180.0, 60.0]);
    painted(node, vec![solid(gray, gray, gray)])
}

fn painted(node: Node, fill: Vec<Paint>) -> Node {
    with_text(node, |text| text.spans[0].style.fill = fill)
}

fn ground(fill: Paint) -> Node {
    filled(placed(rect("ground"), [0.0, 0.0, 400.0, 200.0]), fill)
}

fn filled(mut node: Node, fill: Paint) -> Node {
    if let NodeKind::Shape(shape) = &mut node.kind {
        shape.fill = vec![fill];
    }
    node
}

fn gradient(from: u8, to: u8) -> Paint {
    let stop = |at, gray| Stop { at, color: Color::Rgba(Rgba([gray, gray, gray, 255])) };
    Paint::Linear { angle: 90.0, stops: vec![stop(0.0, from), stop(1.0, to)] }
}

#[test]
fn plain_colours_need_the_contrast_of_their_size() {
    let at = [10.0, 10.0];
    for (gray, size, bold, expected) in [
        (0x11, 16.0, false, None),
        (0x76, 16.0, false, None),
        (0x77, 16.0, false, Some(4.47)),
        // Large from 24 px, bold from 18.66 px.
        (0x80, 23.9, false, Some(3.94)),
        (0x80, 24.0, false, None),
        (0x80, 18.7, true, None),
        (0x80, 18.6, true, Some(3.94)),
        (0x99, 40.0, true, Some(2.84)),
        (0xff, 40.0, false, Some(1.0)),
    ] {
        let node = with_text(words("Words", size, gray, at), |text| {
            text.spans[0].style.weight = if bold { 700.0 } else { 400.0 };
        });
        assert_eq!(told(vec![node]), expected, "{gray:x} of {size} px");
    }
}

#[test]
fn what_lies_beneath_counts_and_what_lies_beside_does_not() {
    let white = || words("Words", 30.0, 0xff, [10.0, 10.0]);
    let card = |[x, y, width, height]: [f64; 4]| placed(rect("card"), [x, y, width, height]);
    assert_eq!(told(vec![ground(solid(0, 0, 0)), white()]), None);
    assert_eq!(told(vec![card([5.0, 5.0, 200.0, 80.0]), white()]), None);
    assert_eq!(told(vec![card([250.0, 5.0, 100.0, 80.0]), white()]), Some(1.0), "a card beside it");
    assert_eq!(told(vec![white(), card([5.0, 5.0, 200.0, 80.0])]), Some(1.0), "a card above it");
    let half = Paint::Solid(Color::Rgba(Rgba([0, 0, 0, 128])));
    assert_eq!(told(vec![ground(half), white()]), None, "grey 127 is enough for large letters");
    let partly = card([5.0, 5.0, 60.0, 80.0]);
    assert_eq!(told(vec![partly, words("Words that reach beyond", 30.0, 0xff, [10.0, 10.0])]), Some(1.0));
    let inside = frame("f", FrameLayout::Free, vec![white()]);
    let mut dark = placed(inside, [0.0, 0.0, 300.0, 100.0]);
    if let NodeKind::Frame(frame) = &mut dark.kind {
        (frame.fill, frame.corner_radius, frame.clip) = (vec![solid(10, 10, 10)], [12.0; 4], true);
    }
    assert_eq!(told(vec![dark]), None, "a frame with round corners");
    let shadow = Shadow { x: 0.0, y: 2.0, blur: 8.0, spread: 0.0, color: Color::Rgba(Rgba::BLACK), inset: false };
    let lifted = with(card([5.0, 5.0, 200.0, 80.0]), |effects| effects.shadows = vec![shadow]);
    assert_eq!(told(vec![lifted, white()]), None, "a card with a shadow");
    let marked = with_text(white(), |text| {
        text.highlight =
            Some(Highlight { fill: solid(0, 0, 0), padding: [8.0; 4], corner_radius: 4.0, per: HighlightPer::Line });
    });
    assert_eq!(told(vec![marked]), None, "a box of its own");
}

#[test]
fn pictures_and_gradients_are_looked_at() {
    let photo = || placed(image("photo", "photo"), [0.0, 0.0, 400.0, 200.0]);
    let white = |x: f64| words("Words", 30.0, 0xff, [x, 10.0]);
    assert_eq!(told(vec![photo(), white(10.0)]), None, "on its dark half");
    assert_eq!(told(vec![photo(), white(210.0)]), Some(1.0), "on its light half");
    assert_eq!(told(vec![photo(), white(160.0)]), Some(1.0), "across both");
    assert_eq!(told(vec![photo(), white(115.0)]), None, "nine of ten places are dark");
    assert_eq!(told(vec![ground(gradient(0, 90)), white(10.0)]), None);
    let ratio = told(vec![ground(gradient(0, 255)), words("Words", 30.0, 0xff, [200.0, 10.0])]).expect("is told");
    assert!(ratio > 2.0 && ratio < 3.0, "{ratio}");
    // The picture's light half, darkened by what is above it.
    let veil =
        filled(placed(rect("veil"), [200.0, 0.0, 200.0, 200.0]), Paint::Solid(Color::Rgba(Rgba([0, 0, 0, 190]))));
    assert_eq!(told(vec![photo(), veil.clone(), white(210.0)]), None);
    let later = told(vec![photo(), white(210.0), veil]);
    assert_eq!(later, Some(1.0), "what is above the letters is not behind them");
    assert_eq!(told(vec![with(photo(), |effects| effects.opacity = 0.1), white(10.0)]), Some(1.25));
}

#[test]
fn the_paint_of_the_letters_counts() {
    let at = || words("Words", 30.0, 0, [10.0, 10.0]);
    let faint = |alpha: u8| painted(at(), vec![Paint::Solid(Color::Rgba(Rgba([0, 0, 0, alpha])))]);
    assert_eq!(told(vec![faint(255)]), None);
    assert_eq!(told(vec![faint(102)]), Some(2.84));
    assert_eq!(told(vec![faint(40)]), None, "decoration");
    assert_eq!(told(vec![with(at(), |effects| effects.opacity = 0.4)]), Some(2.84));
    let inside = placed(frame("f", FrameLayout::Free, vec![at()]), [0.0, 0.0, 300.0, 100.0]);
    assert_eq!(told(vec![with(inside, |effects| effects.opacity = 0.4)]), Some(2.84));
    assert_eq!(told(vec![painted(at(), vec![gradient(0, 100)])]), None);
    assert!(told(vec![painted(at(), vec![gradient(120, 255)])]).is_some(), "its light end cannot be read");
    assert_eq!(told(vec![painted(at(), vec![solid(255, 255, 255), solid(0, 0, 0)])]), None, "the upper paint");
    let outlined = with_text(painted(at(), vec![solid(255, 255, 255)]), |text| {
        text.spans[0].style.stroke = Stroke { paint: vec![solid(0, 0, 0)], width: 4.0, ..Stroke::default() };
    });
    assert_eq!(told(vec![outlined]), None, "white letters with a black outline");
    let hollow = with_text(painted(at(), vec![]), |text| {
        text.spans[0].style.stroke = Stroke { paint: vec![solid(0, 0, 0)], width: 2.0, ..Stroke::default() };
    });
    assert_eq!(told(vec![hollow]), None, "black outlines");
}

#[test]
fn decoration_is_not_judged() {
    let pale = |content: &str| words(content, 30.0, 0xee, [10.0, 10.0]);
    assert_eq!(told(vec![pale("“ ” • →")]), None);
    assert_eq!(told(vec![pale("😀 ❤️")]), None);
    assert!(told(vec![pale("1")]).is_some());
    assert_eq!(told(vec![with(pale("Words"), |effects| effects.blend = Blend::Multiply)]), None);
    assert_eq!(told(vec![with(pale("Words"), |effects| effects.blur = 4.0)]), None);
}

#[test]
fn a_text_is_told_once_with_its_worst_place_on_its_slide() {
    let lines = with_text(words("Words on two lines, and yet only one warning", 20.0, 0x90, [10.0, 10.0]), |text| {
        text.align = TextAlign::Center;
    });
    let good = slide("a", Frame { children: vec![words("Words", 20.0, 0, [10.0, 10.0])], ..Frame::default() });
    let bad = slide("b", Frame { children: vec![ground(solid(250, 250, 250)), lines], ..Frame::default() });
    let found = render(document(400.0, 200.0, vec![good, bad]), Format::Png);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].slide, found[0].node.as_deref()), (Some(1), Some("t")));
    assert_eq!(found[0].to, Some(4.5.into()));
    assert!(found[0].message.contains("3.0"), "{}", found[0].message);
}

#[test]
fn turned_letters_are_looked_at_where_they_are() {
    let photo = placed(image("photo", "photo"), [0.0, 0.0, 400.0, 200.0]);
    let turned = |x: f64| {
        let node = placed(text("t", "Words upright", 30.0), [x - 100.0, 85.0, 200.0, 30.0]);
        with(painted(node, vec![solid(255, 255, 255)]), |effects| effects.rotation = 90.0)
    };
    assert_eq!(told(vec![photo.clone(), turned(150.0)]), None);
    assert_eq!(told(vec![photo, turned(300.0)]), Some(1.0));
}
