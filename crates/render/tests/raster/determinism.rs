//! The same bytes twice, and figures to compare between machines: run this program with `determinism --nocapture` on
//! two processors (or under two of `qemu-x86_64 -cpu`), and every line that begins with "digest" must be the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_render::display::{
    ColorStop, Glyph, GlyphItem, Group, ImageItem, Item, LinearGradient, Paint, RadialGradient, ShadowItem, Shape,
    StrokeItem,
};
use handbill_render::encode;
use handbill_render::fonts::FaceId;
use handbill_render::images::{ImageCache, ImageStore};
use handbill_render::input::{Asset, Compression, Limits};
use handbill_template::resolved::{AssetRef, Blend, Rgba};
use kurbo::{Affine, Point, Rect, RoundedRect, Stroke, Vec2};
use sha2::{Digest, Sha256};

use crate::drawing::{GREEN, Pictures, RED, fill, fonts, page, rect};

const WIDTH: u16 = 203;
const HEIGHT: u16 = 149;

/// Waves and noise, so that every kernel has something to round.
fn photo() -> Vec<u8> {
    let mut noise = 12_345_u32;
    let pixels = (0..u32::from(HEIGHT)).flat_map(|y| (0..u32::from(WIDTH)).map(move |x| (x, y)));
    let pixels = pixels.flat_map(|(x, y)| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wave = |n: u32| ((x * n + y * (7 - n)) * 3 % 200 + (noise >> (24 + n)) % 56) as u8;
        [wave(1), wave(3), wave(5)]
    });
    pixels.collect()
}

fn jpeg(sampling: jpeg_encoder::SamplingFactor, profile: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 85);
    encoder.set_sampling_factor(sampling);
    if let Some(profile) = profile {
        encoder.add_icc_profile(profile).unwrap();
    }
    encoder.encode(&photo(), WIDTH, HEIGHT, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

/// Name and bytes of everything that is computed.
fn all() -> Vec<(String, Vec<u8>)> {
    let mut out = pictures();
    for (name, items) in pages() {
        let file = jpeg(jpeg_encoder::SamplingFactor::F_2_2, None);
        out.push((name.to_string(), Pictures::file(&file).page(items, 3).data().to_vec()));
    }
    let drawn = Pictures::file(&jpeg(jpeg_encoder::SamplingFactor::F_2_2, None)).page(vec![image(Affine::IDENTITY)], 2);
    for compression in Compression::ALL {
        out.push((format!("PNG {}", compression.name()), encode::png::encode(&drawn, compression).unwrap()));
    }
    for quality in [50, 90, 95] {
        out.push((format!("JPEG {quality}"), encode::jpeg::encode(&drawn, quality).unwrap()));
    }
    for quality in [40, 75, 95, 100] {
        out.push((format!("WebP {quality}"), encode::webp::encode(&drawn, quality).unwrap()));
    }
    #[cfg(feature = "avif-encode")]
    for quality in [50, 80] {
        out.push((format!("AVIF {quality}"), encode::avif::encode(&drawn, quality).unwrap()));
    }
    out
}

fn pictures() -> Vec<(String, Vec<u8>)> {
    let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut out = Vec::new();
    let samplings = [
        jpeg_encoder::SamplingFactor::F_1_1,
        jpeg_encoder::SamplingFactor::F_2_1,
        jpeg_encoder::SamplingFactor::F_1_2,
        jpeg_encoder::SamplingFactor::F_2_2,
    ];
    for sampling in samplings {
        let file = jpeg(sampling, None);
        out.push((format!("jpeg written {sampling:?}"), file.clone()));
        out.push((format!("jpeg read {sampling:?}"), copy(&file, None)));
    }
    out.push(("display P3".into(), copy(&jpeg(samplings[0], Some(&p3)), None)));
    for size in [(100, 70), (57, 149), (202, 148), (400, 300), (31, 300)] {
        out.push((format!("scaled {size:?}"), copy(&jpeg(samplings[0], None), Some(size))));
    }
    out
}

fn copy(file: &[u8], size: Option<(u16, u16)>) -> Vec<u8> {
    let asset = AssetRef("picture".into());
    let assets = BTreeMap::from([(asset.clone(), Asset::Bytes(Arc::from(file)))]);
    let store = ImageStore::new(&assets, &Limits::default(), &ImageCache::new(0));
    let id = store.get(&asset).unwrap();
    let source = Rect::new(1.5, 0.25, 201.0, 149.0);
    match size {
        Some((width, height)) => store.scaled(id, source, width, height).unwrap().unwrap().data().to_vec(),
        None => store.pixels(id).unwrap().data().to_vec(),
    }
}

fn pages() -> Vec<(&'static str, Vec<Item>)> {
    let turn = Affine::rotate_about(0.3, Point::new(50.0, 50.0));
    let ground = || rect(0.0, 0.0, 100.0, 100.0, Rgba([250, 240, 220, 255]));
    vec![
        ("gradients", gradients()),
        ("strokes", vec![ground(), strokes(Affine::IDENTITY), strokes(turn)]),
        ("shadows", vec![ground(), shadow(1.3, Affine::IDENTITY), shadow(9.0, turn)]),
        ("pictures", vec![ground(), image(Affine::IDENTITY), image(turn)]),
        ("text", vec![ground(), text(Affine::IDENTITY), text(turn)]),
        ("groups", vec![ground(), group(Blend::Multiply, 0.0), group(Blend::SoftLight, 3.0), group(Blend::Hue, 0.0)]),
    ]
}

fn stops() -> Vec<ColorStop> {
    [(0.0, RED), (0.3, Rgba([20, 200, 90, 100])), (0.7, GREEN), (1.0, Rgba([9, 33, 190, 255]))]
        .map(|(at, color)| ColorStop { at, color })
        .to_vec()
}

fn gradients() -> Vec<Item> {
    let linear = LinearGradient::new(Point::new(3.0, 5.0), Point::new(80.0, 97.0), stops());
    let radial = RadialGradient::new(Point::new(60.0, 40.0), Vec2::new(37.0, 23.0), stops());
    vec![
        fill(Shape::Rect(Rect::new(0.0, 0.0, 100.0, 100.0)), Paint::Linear(linear)),
        fill(Shape::Ellipse(Rect::new(10.3, 8.7, 91.0, 77.7)), Paint::Radial(radial)),
    ]
}

fn strokes(transform: Affine) -> Item {
    Item::Stroke(StrokeItem {
        shape: Shape::RoundedRect(RoundedRect::new(10.3, 20.7, 80.0, 60.0, 13.0)),
        stroke: Stroke::new(3.3).with_dashes(1.0, [7.0, 3.5]).with_caps(kurbo::Cap::Round),
        paint: Paint::Solid(RED),
        transform,
    })
}

fn shadow(sigma: f64, transform: Affine) -> Item {
    Item::Shadow(ShadowItem {
        shape: RoundedRect::new(20.0, 30.0, 77.0, 71.0, 9.0),
        sigma,
        color: Rgba([10, 20, 60, 180]),
        knockout: None,
        transform,
    })
}

fn image(transform: Affine) -> Item {
    Item::Image(ImageItem {
        image: Pictures::ID,
        source: Rect::new(10.0, 20.0, 190.0, 140.0),
        cropped: false,
        filter: None,
        target: Rect::new(7.0, 9.0, 92.0, 71.0),
        clip: Some(Shape::RoundedRect(RoundedRect::new(7.0, 9.0, 92.0, 71.0, 8.0))),
        opacity: 0.9,
        transform,
    })
}

fn text(transform: Affine) -> Item {
    // Glyphs of the first face by number: what they say does not matter.
    let glyphs = (0..12_u8).map(|n| Glyph {
        id: u32::from(n) * 7 + 30,
        x: 5.0 + f32::from(n) * 7.3,
        y: 60.0,
        advance: 7.3,
        range: 0..0,
    });
    Item::Glyphs(GlyphItem {
        face: FaceId(0),
        size: 17.3,
        coords: Arc::from([3_000_i16]),
        skew: 0.2,
        glyphs: glyphs.collect(),
        text: Arc::from(""),
        paragraph: 0,
        mark: false,
        right_to_left: false,
        paint: Paint::Linear(LinearGradient::new(Point::ZERO, Point::new(100.0, 50.0), stops())),
        outline: Some((Stroke::new(1.1), Paint::Solid(Rgba([0, 0, 0, 200])))),
        transform,
    })
}

fn group(blend: Blend, blur: f64) -> Item {
    let items = gradients().into_iter().chain([text(Affine::IDENTITY)]).collect();
    Item::Group(Group { items, opacity: 0.6, blend, blur, ..Group::default() })
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let first = all();
    for ((name, once), (_, again)) in first.iter().zip(all()) {
        assert!(*once == again, "{name} differs");
        println!("digest {name}: {}", hex(&Sha256::digest(once)));
    }
    assert!(first.iter().all(|(_, bytes)| !bytes.is_empty()));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A warm context gives what a cold one gives.
#[test]
fn a_second_page_is_drawn_as_the_first() {
    let items = || vec![shadow(2.0, Affine::IDENTITY), text(Affine::IDENTITY)];
    let images = ImageStore::new(&BTreeMap::new(), &Limits::default(), &ImageCache::new(0));
    let mut context = handbill_render::raster::RasterContext::new();
    let page_of =
        |items| handbill_render::display::DisplayPage { name: None, width: 100.0, height: 100.0, bleed: 0.0, items };
    let mut draw = || handbill_render::raster::draw(&page_of(items()), fonts(), &images, &mut context, 100, 100);
    let (first, second) = (draw().unwrap(), draw().unwrap());
    assert_eq!(first.data(), second.data());
    assert_eq!(first.data(), page(items(), 1).data());
}
