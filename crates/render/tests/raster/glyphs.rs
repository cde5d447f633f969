//! Letters and emoji.

use std::sync::Arc;

use handbill_render::display::{Glyph, GlyphItem, Item, Paint};
use handbill_render::fonts::FaceId;
use handbill_render::pixmap::Pixmap;
use handbill_template::resolved::Rgba;
use kurbo::{Affine, Rect, Stroke};
use skrifa::MetadataProvider;

use crate::drawing::{RED, SIDE, fonts, page};

/// The number of a bundled family's first upright face that has a character.
fn face(family: &str, character: char) -> FaceId {
    let faces = handbill_bundle::default_faces().iter();
    let at = faces.clone().position(|face| face.family == family && !face.italic && face.covers(character));
    FaceId(at.expect("the face is bundled") as u32)
}

/// One letter at (10, 70), 60 px large.
fn letter(family: &str, character: char) -> GlyphItem {
    let face = face(family, character);
    let id = fonts().face(face).font().charmap().map(character).expect("the face has it").to_u32();
    GlyphItem {
        face,
        size: 60.0,
        coords: Arc::from([]),
        skew: 0.0,
        glyphs: vec![Glyph { id, x: 10.0, y: 70.0, advance: 40.0, range: 0..1 }],
        text: Arc::from("I"),
        paragraph: 0,
        mark: false,
        right_to_left: false,
        paint: Paint::Solid(Rgba::BLACK),
        outline: None,
        transform: Affine::IDENTITY,
    }
}

/// The rectangle around all pixels of at least half opacity.
fn ink(pixmap: &Pixmap) -> Rect {
    let pixels = (0..pixmap.height()).flat_map(|y| (0..pixmap.width()).map(move |x| (x, y)));
    let dark = pixels.filter(|&(x, y)| pixmap.pixel(x, y)[3] >= 128);
    dark.map(|(x, y)| Rect::new(f64::from(x), f64::from(y), f64::from(x) + 1.0, f64::from(y) + 1.0))
        .reduce(|a, b| a.union(b))
        .expect("something is drawn")
}

#[test]
fn a_letter_stands_on_its_baseline() {
    let drawn = page(vec![Item::Glyphs(letter("Inter", 'I'))], 1);
    let ink = ink(&drawn);
    assert_eq!(ink.y1, 70.0);
    // Inter's capitals are 0.727 em high.
    assert!((ink.height() - 43.6).abs() <= 1.0, "{ink:?}");
}

#[test]
fn baselines_are_on_whole_pixels() {
    let at = |y: f32, transform: Affine| {
        let mut item = letter("Inter", 'I');
        item.glyphs[0].y = y;
        page(vec![Item::Glyphs(GlyphItem { transform, ..item })], 1)
    };
    let whole = at(70.0, Affine::IDENTITY);
    for y in [69.6, 70.3, 70.49] {
        assert_eq!(at(y, Affine::IDENTITY).data(), whole.data(), "{y}");
    }
    assert_ne!(at(70.5, Affine::IDENTITY).data(), whole.data());
    assert_eq!(at(60.0, Affine::translate((0.0, 9.7))).data(), whole.data());
}

#[test]
fn marks_keep_their_distance_to_the_baseline() {
    let mut item = letter("Inter", 'I');
    let [base, mut mark] = [item.glyphs[0].clone(), item.glyphs[0].clone()];
    mark.x += 30.0;
    mark.y = 60.3;
    item.glyphs = vec![mark, base.clone(), Glyph { x: 25.0, ..base }];
    item.glyphs.iter_mut().for_each(|glyph| glyph.y += 0.3);
    let drawn = page(vec![Item::Glyphs(item)], 1);
    let row = |y: u32, from: u32, to: u32| (from..to).any(|x| drawn.pixel(x, y)[3] == 255);
    assert!(row(69, 10, 30) && !row(70, 10, 30), "the letters stand on 70");
    assert!(row(59, 40, 60) && !row(60, 40, 60), "the mark hangs at 60.3, between pixels");
}

#[test]
fn weights_and_slants_are_drawn() {
    let width = |item: GlyphItem| ink(&page(vec![Item::Glyphs(item)], 1)).width();
    let regular = width(letter("Inter", 'I'));
    // Inter's second axis is the weight; in 2.14, 16,384 is the heaviest.
    let axes = fonts().face(face("Inter", 'I')).font().axes();
    let weight = axes.iter().position(|axis| axis.tag() == skrifa::Tag::new(b"wght")).expect("Inter is variable");
    let mut coords = vec![0; axes.len()];
    coords[weight] = 16_384;
    let heavy = width(GlyphItem { coords: coords.into(), ..letter("Inter", 'I') });
    assert!(heavy > regular * 1.5, "{heavy} is hardly wider than {regular}");
    let slanted = page(vec![Item::Glyphs(GlyphItem { skew: 0.25, ..letter("Inter", 'I') })], 1);
    let middle = |y: u32| {
        let xs: Vec<u32> = (0..SIDE).filter(|&x| slanted.pixel(x, y)[3] >= 128).collect();
        f64::from(xs[0] + xs[xs.len() - 1]) / 2.0
    };
    assert!((middle(30) - middle(66) - 9.0).abs() <= 1.5, "it leans to the right: {} {}", middle(30), middle(66));
}

#[test]
fn an_outline_lies_beneath_the_fill() {
    let plain = ink(&page(vec![Item::Glyphs(letter("Inter", 'I'))], 1));
    let outlined = GlyphItem { outline: Some((Stroke::new(6.0), Paint::Solid(RED))), ..letter("Inter", 'I') };
    let drawn = page(vec![Item::Glyphs(outlined)], 1);
    let around = ink(&drawn);
    assert_eq!(around, plain.inflate(3.0, 3.0));
    let (left, y) = (plain.x0 as u32, 50);
    assert_eq!(drawn.pixel(left - 2, y), [255, 0, 0, 255]);
    assert_eq!(drawn.pixel(left + 2, y), [0, 0, 0, 255]);
}

#[test]
fn emoji_bring_their_own_colours() {
    let item = letter(handbill_bundle::EMOJI_FAMILY, '❤');
    let drawn = page(vec![Item::Glyphs(GlyphItem { paint: Paint::Solid(Rgba([0, 0, 255, 255])), ..item })], 1);
    let ink = ink(&drawn);
    let [r, g, b, _] = drawn.pixel(ink.center().x as u32, ink.center().y as u32);
    assert!(r > 150 && g < 90 && b < 90, "a red heart, not a blue one: {:?}", (r, g, b));
    assert!(ink.width() > 40.0 && ink.width() < 75.0, "about 1 em: {ink:?}");
    let turned = page(
        vec![Item::Glyphs(GlyphItem {
            transform: Affine::rotate(0.2), ..letter(handbill_bundle::EMOJI_FAMILY, '🎉')
        })],
        1,
    );
    let colors: std::collections::BTreeSet<_> = turned.data().chunks(4).filter(|pixel| pixel[3] == 255).collect();
    assert!(colors.len() > 3, "{colors:?}");
}
