//! The PDF, drawn again by poppler, against the rasteriser's picture of the same list.

use std::process::Command;

use handbill_template::resolved::{Blend, ImageFilters, Rgba};
use kurbo::{Affine, Point, Rect, RoundedRect, Stroke, Vec2};

use super::pictures::{exif, glass, photo};
use super::support::{fill, fonts, glyphs, has, image, list, rect, solid, store, style, write};
use crate::display::{
    Clip, ColorStop, FillItem, FillRule, Focus, GlyphItem, Group, ImageItem, ImagePaint, Item, LinearGradient, Mask,
    ModulesItem, Paint, RadialGradient, ShadowItem, Shape, Spread, StrokeItem, TilePaint,
};
use crate::images::{ColorFilter, ImageId, ImageStore};
use crate::raster::{self, RasterContext};

/// What is drawn; by how much (mean of all channels of all pixels, 0 to 255) the two may differ.
type Case = (&'static str, f64, Vec<Item>);

const AREA: Rect = Rect::new(60.0, 40.0, 340.0, 260.0);

fn rounded() -> RoundedRect {
    RoundedRect::from_rect(AREA, (10.0, 30.0, 60.0, 0.0))
}

fn turn() -> Affine {
    Affine::rotate_about(0.3, AREA.center())
}

fn stops(stops: &[(f32, [u8; 4])]) -> Vec<ColorStop> {
    stops.iter().map(|&(at, color)| ColorStop { at, color: Rgba(color) }).collect()
}

fn linear(of: &[(f32, [u8; 4])]) -> Paint {
    Paint::Linear(LinearGradient::new(Point::new(20.0, 20.0), Point::new(380.0, 280.0), stops(of)))
}

/// Squares of this side, with a disc that leaves its square.
fn tiles(side: f64, turn: Affine) -> Paint {
    let disc = Rect::new(0.3, 0.3, 1.1, 0.9).scale_from_origin(side);
    let ground = fill(rect(0.0, 0.0, side, side), solid(200, 230, 255));
    let items = vec![ground, fill(Shape::Ellipse(disc), solid(200, 30, 60))].into();
    let transform = Affine::translate((33.0, 21.0)) * turn;
    Paint::Tiles(TilePaint { items, tile: Rect::new(0.0, 0.0, side, side), opacity: 0.8, transform })
}

fn part_of_photo(ids: &[ImageId]) -> Paint {
    let (source, target) = (Rect::new(20.0, 10.0, 100.0, 70.0), Rect::new(0.0, 0.0, 400.0, 300.0));
    Paint::Image(ImagePaint { image: ids[0], source, target, opacity: 0.9 })
}

fn shapes(photo: &Paint) -> Vec<Case> {
    let turned = |shape: Shape, paint: Paint| {
        vec![Item::Fill(FillItem { shape, rule: FillRule::NonZero, paint, transform: turn() })]
    };
    let stroke = |paint: Paint| {
        let stroke = Stroke::new(20.0).with_join(kurbo::Join::Round).with_caps(kurbo::Cap::Butt);
        vec![Item::Stroke(StrokeItem { shape: Shape::RoundedRect(rounded()), stroke, paint, transform: turn() })]
    };
    let four = [(0.0, [255, 220, 0, 255]), (0.5, [0, 80, 200, 255]), (0.5, [255, 0, 0, 255]), (1.0, [0, 0, 0, 0])];
    let radial = Paint::Radial(RadialGradient::new(Point::new(180.0, 150.0), Vec2::new(150.0, 80.0), stops(&four)));
    let opaque = || linear(&[(0.2, [255, 0, 0, 255]), (1.0, [0, 0, 255, 255])]);
    let fading = linear(&[(0.0, [255, 0, 0, 0]), (1.0, [0, 0, 255, 255])]);
    let code = ModulesItem {
        node: "code".into(),
        size: 25,
        dark: (0..625).map(|n| n * n % 11 < 5).collect(),
        target: Rect::new(50.0, 25.0, 300.0, 275.0),
        color: Rgba([0, 0, 60, 255]),
        transform: Affine::IDENTITY,
    };
    let two = || stops(&[(0.1, [255, 220, 0, 255]), (0.9, [0, 80, 200, 255])]);
    let skewed = |spread: Spread| {
        let line = LinearGradient::new(Point::new(5.0, 5.0), Point::new(9.0, 6.0), two());
        Paint::Linear(LinearGradient { spread, transform: Affine::new([12.0, 3.0, -4.0, 9.0, 30.0, 20.0]), ..line })
    };
    let off_centre = |spread: Spread, radius: f64| {
        let circle = RadialGradient::new(Point::new(2.0, 1.5), Vec2::new(0.5, 0.3), two());
        let focus = Some(Focus { center: Point::new(1.8, 1.4), radius });
        let transform = Affine::scale(100.0) * Affine::skew(0.1, 0.0);
        Paint::Radial(RadialGradient { focus, spread, transform, ..circle })
    };
    let tiled_stroke = Item::Stroke(StrokeItem {
        shape: Shape::Ellipse(AREA),
        stroke: Stroke::new(30.0),
        paint: tiles(10.0, Affine::IDENTITY),
        transform: Affine::IDENTITY,
    });
    vec![
        ("a skewed gradient", 0.5, turned(Shape::Ellipse(AREA), skewed(Spread::Pad))),
        // Poppler smooths what repeats, and rounds turned tiles to whole pixels.
        ("a repeated gradient", 3.0, turned(Shape::Ellipse(AREA), skewed(Spread::Repeat))),
        ("a reflected gradient", 2.0, turned(Shape::Ellipse(AREA), skewed(Spread::Reflect))),
        ("a focus", 1.0, turned(Shape::Ellipse(AREA), off_centre(Spread::Pad, 0.2))),
        ("soft rings", 2.0, turned(Shape::Ellipse(AREA), off_centre(Spread::Reflect, 0.0))),
        ("few tiles", 1.0, turned(Shape::Ellipse(AREA), tiles(160.0, Affine::rotate(0.2)))),
        ("many tiles", 1.0, vec![fill(Shape::Ellipse(AREA), tiles(20.0, Affine::IDENTITY))]),
        ("a stroke of tiles", 1.0, vec![tiled_stroke]),
        ("a fill", 0.5, turned(Shape::RoundedRect(rounded()), solid(0, 120, 90))),
        ("a gradient", 0.5, vec![fill(rect(0.0, 0.0, 400.0, 300.0), opaque())]),
        ("alpha in a gradient", 0.5, turned(Shape::Ellipse(AREA), fading)),
        ("a radial gradient", 1.5, turned(Shape::RoundedRect(rounded()), radial)),
        ("a stroke", 0.5, stroke(opaque())),
        ("a stroke of a picture", 2.0, stroke(photo.clone())),
        ("a fill of a picture", 3.0, turned(Shape::Ellipse(AREA), photo.clone())),
        ("a code", 1.0, vec![Item::Modules(code)]),
    ]
}

fn shadows() -> Vec<Case> {
    let shadow = |sigma: f64, transform: Affine| {
        vec![Item::Shadow(ShadowItem {
            shape: RoundedRect::from_rect(AREA.inset(-40.0), 20.0),
            sigma,
            color: Rgba([0, 40, 120, 200]),
            knockout: Some(Shape::Rect(AREA.inset(-60.0))),
            transform,
        })]
    };
    vec![
        ("a sharp shadow", 0.5, shadow(0.0, turn())),
        ("a narrow shadow", 1.5, shadow(2.0, Affine::IDENTITY)),
        ("a soft shadow", 1.0, shadow(12.0, turn())),
        ("a wide shadow", 2.0, shadow(30.0, Affine::IDENTITY)),
    ]
}

fn pictures(ids: &[ImageId]) -> Vec<Case> {
    let plain = |n: usize, source: Rect| image(ids[n], source, AREA);
    let shaped = ImageItem {
        clip: Some(Shape::RoundedRect(rounded())),
        transform: turn(),
        opacity: 0.7,
        ..plain(0, Rect::new(30.0, 20.0, 90.0, 60.0))
    };
    let cut = ImageItem { cropped: true, ..plain(1, Rect::new(10.0, 30.0, 60.0, 80.0)) };
    let negative = || ColorFilter::new(&ImageFilters { invert: Some(0.9), ..ImageFilters::default() }, None);
    let whole = |n: usize| plain(n, Rect::new(0.0, 0.0, 120.0, 80.0));
    let tall = plain(1, Rect::new(0.0, 0.0, 80.0, 120.0));
    let glass = plain(3, Rect::new(0.0, 0.0, 64.0, 64.0));
    vec![
        ("a photo", 3.0, vec![Item::Image(whole(0))]),
        ("a part of a photo in a shape", 4.0, vec![Item::Image(shaped)]),
        ("a turned photo", 3.0, vec![Item::Image(tall.clone())]),
        ("a mirrored photo", 3.0, vec![Item::Image(plain(2, Rect::new(10.0, 10.0, 70.0, 110.0)))]),
        ("a photo in other colours", 3.0, vec![Item::Image(ImageItem { filter: negative(), ..whole(0) })]),
        ("a turned photo in other colours", 3.0, vec![Item::Image(ImageItem { filter: negative(), ..tall.clone() })]),
        ("glass in other colours", 2.0, vec![Item::Image(ImageItem { filter: negative(), ..glass.clone() })]),
        ("a cut photo", 4.0, vec![Item::Image(cut)]),
        ("a picture with alpha", 2.0, vec![Item::Image(glass)]),
    ]
}

/// A group over something, changed.
fn together(change: impl FnOnce(&mut Group)) -> Vec<Item> {
    let circle = fill(Shape::Ellipse(AREA), solid(255, 40, 40));
    let bar = fill(rect(150.0, 100.0, 220.0, 90.0), solid(40, 40, 255));
    let mut group = Group { items: vec![circle, bar], ..Group::default() };
    change(&mut group);
    vec![fill(rect(0.0, 0.0, 220.0, 300.0), solid(250, 220, 90)), Item::Group(group)]
}

fn groups(glass: ImageId) -> Vec<Case> {
    let clip = || Clip { shape: Shape::RoundedRect(rounded()), rule: FillRule::NonZero, transform: turn() };
    let mask = |luminance: bool| {
        let paint = linear(&[(0.0, [255, 255, 255, 255]), (1.0, [0, 0, 0, 40])]);
        Mask { items: vec![fill(Shape::RoundedRect(rounded()), paint)], luminance }
    };
    let by_picture =
        Mask { items: vec![Item::Image(image(glass, Rect::new(0.0, 0.0, 64.0, 64.0), AREA))], luminance: true };
    let masked_shadow = |group: &mut Group| {
        group.mask = Some(mask(false));
        group.blur = 3.0;
        group.tint = Some(Rgba([90, 0, 0, 200]));
    };
    vec![
        ("opacity", 0.5, together(|group| group.opacity = 0.5)),
        ("a blend mode", 0.5, together(|group| group.blend = Blend::Multiply)),
        ("a faded blend mode", 0.5, together(|group| (group.blend, group.opacity) = (Blend::Difference, 0.6))),
        ("a clip", 0.5, together(|group| group.clip = Some(clip()))),
        ("a mask", 1.0, together(|group| group.mask = Some(mask(false)))),
        ("a mask by brightness", 1.0, together(|group| group.mask = Some(mask(true)))),
        ("a mask by a picture's brightness", 1.0, together(|group| group.mask = Some(by_picture))),
        ("a silhouette", 0.5, together(|group| group.tint = Some(Rgba([0, 90, 0, 150])))),
        ("a blur", 1.0, together(|group| (group.blur, group.opacity) = (7.0, 0.8))),
        ("a masked silhouette, blurred", 1.0, together(masked_shadow)),
    ]
}

fn texts(photo: &Paint) -> Vec<Case> {
    let words = |paint: &Paint| -> Vec<Item> {
        let runs = glyphs("Words مرحبًا नमस्ते 😀", style("Inter", 40.0, 800.0), 380.0, (10.0, 40.0));
        runs.into_iter().map(|run| Item::Glyphs(GlyphItem { paint: paint.clone(), ..run })).collect()
    };
    vec![
        ("text", 2.5, words(&solid(20, 20, 60))),
        ("text in a gradient", 2.5, words(&linear(&[(0.0, [255, 0, 0, 255]), (1.0, [0, 0, 255, 120])]))),
        ("text of a picture", 2.5, words(photo)),
    ]
}

/// Edges lie between pixels in PDF, and on them when rasterised; and poppler smooths small pictures half a pixel off
/// their place.
#[test]
fn pages_look_as_they_do_rasterised() {
    if !has("pdftoppm") {
        return;
    }
    let turned = [6, 7].map(|orientation| self::photo(120, 80, &exif(orientation)));
    let (images, ids) = store(&[&photo(120, 80, &[]), &turned[0], &turned[1], &glass()]);
    let photo = part_of_photo(&ids);
    let cases = [shapes(&photo), shadows(), pictures(&ids), groups(ids[3]), texts(&photo)].concat();
    for (name, most, items) in cases {
        let items = [vec![fill(rect(0.0, 0.0, 400.0, 300.0), solid(255, 255, 255))], items].concat();
        let difference = difference(items, &images);
        assert!(difference <= most, "{name}: {difference}");
    }
}

fn difference(items: Vec<Item>, images: &ImageStore) -> f64 {
    let list = list(items);
    let drawn = raster::draw(&list.pages[0], fonts(), images, &mut RasterContext::new(), 400, 300).expect("a picture");
    let again = rasterised(&write(&list, images));
    let drawn: Vec<u8> = drawn.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    assert_eq!(drawn.len(), again.len());
    let sum: u64 = drawn.iter().zip(&again).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / drawn.len() as f64
}

/// The first page at one pixel per layout pixel, RGB.
fn rasterised(pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder for the PDF");
    let path = folder.path().join("it.pdf");
    std::fs::write(&path, pdf).expect("the PDF is written");
    let output = Command::new("pdftoppm").args(["-r", "96"]).arg(&path).output().expect("pdftoppm runs");
    let head = b"P6\n400 300\n255\n";
    assert!(output.stdout.starts_with(head), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout[head.len()..].to_vec()
}
