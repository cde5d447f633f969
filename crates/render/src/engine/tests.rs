//! Whole renders: what colour ends up where, what the report says, what is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use handbill_template::WarningCode;
use handbill_template::resolved::{
    ArrowHead, AssetRef, Blend, Code, Color, Decoration, Document, ErrorCorrection, Flip, Focus, FrameLayout, Image,
    ImageFit, ListStyle, Mask, MaskShapeKind, Node, NodeKind, Overflow, Paint, Pick, Rgba, Shadow, Shape, ShapeKind,
    Stop, Stroke, StrokeAlign, WantedSize,
};

use kurbo::Rect;

use super::Engine;
use crate::display::{self, Item};
use crate::error::RenderError;
use crate::fixtures::{
    char_style, column, fonts, frame, image, node, page, placed, rect, shape, shrinking, solid, text, with, with_frame,
    with_text,
};
use crate::input::{Asset, Format, Input, Options};
use crate::output::{Progress, Rendered};

const FREE: FrameLayout = FrameLayout::Free;

/// 40 × 20: left half red, right half blue.
static PHOTO: LazyLock<Arc<[u8]>> = LazyLock::new(|| {
    let row = [[255, 0, 0].repeat(20), [0, 0, 255].repeat(20)].concat();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 40, 20);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().and_then(|mut png| png.write_image_data(&row.repeat(20))).expect("a PNG in memory");
    file.into()
});

fn render(document: Document, options: Options) -> Result<Rendered, RenderError> {
    // One engine for all tests, as one serves all requests: nothing that it keeps may show.
    static ENGINE: LazyLock<Mutex<Engine>> = LazyLock::new(|| Mutex::new(Engine::new(fonts())));
    let assets = BTreeMap::from([
        (AssetRef("photo".to_owned()), Asset::Bytes(PHOTO.clone())),
        (AssetRef("gone".to_owned()), Asset::Failed("the server answered 404".to_owned())),
        (AssetRef("broken".to_owned()), Asset::Bytes(PHOTO[..60].into())),
    ]);
    let mut engine = ENGINE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    engine.render(&Input { document, assets, options }, &mut |_| {})
}

struct Pixels {
    width: usize,
    data: Vec<u8>,
}

impl Pixels {
    fn of(document: Document) -> Pixels {
        let rendered = render(document, Options::default()).expect("it can be drawn");
        let mut reader =
            png::Decoder::new(std::io::Cursor::new(&rendered.pictures[0].bytes)).read_info().expect("a PNG");
        let mut data = vec![0; reader.output_buffer_size().expect("its size is known")];
        let info = reader.next_frame(&mut data).expect("a whole PNG");
        let channels = info.color_type.samples();
        let rgb = data.chunks_exact(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Pixels { width: info.width as usize, data: rgb }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let start = (y * self.width + x) * 3;
        [self.data[start], self.data[start + 1], self.data[start + 2]]
    }
}

const WHITE: [u8; 3] = [255, 255, 255];
const BLACK: [u8; 3] = [0, 0, 0];
const RED: [u8; 3] = [255, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const GREEN: [u8; 3] = [0, 128, 0];

fn paint([r, g, b]: [u8; 3]) -> Paint {
    solid(r, g, b)
}

fn color(rgb: [u8; 3], alpha: u8) -> Color {
    Color::Rgba(Rgba([rgb[0], rgb[1], rgb[2], alpha]))
}

/// A shape at 20 20, 60 × 60, on a page of 100 × 100.
fn drawn(kind: ShapeKind, change: impl FnOnce(&mut Shape)) -> Node {
    let mut node = placed(shape("shape", kind), [20.0, 20.0, 60.0, 60.0]);
    if let NodeKind::Shape(shape) = &mut node.kind {
        change(shape);
    }
    node
}

fn filled(rgb: [u8; 3]) -> Node {
    drawn(ShapeKind::Rect, |shape| shape.fill = vec![paint(rgb)])
}

fn photo(geometry: [f64; 4], change: impl FnOnce(&mut Image)) -> Node {
    let mut node = placed(image("photo", "photo"), geometry);
    if let NodeKind::Image(image) = &mut node.kind {
        change(image);
    }
    node
}

fn stroke(width: f64, align: Option<StrokeAlign>) -> Stroke {
    Stroke { paint: vec![paint(GREEN)], width, align, ..Stroke::default() }
}

fn shadow(x: f64, y: f64, blur: f64, spread: f64, inset: bool) -> Shadow {
    Shadow { x, y, blur, spread, color: color(BLUE, 255), inset }
}

#[test]
fn what_ends_up_where() {
    let two_stops = |from, to| vec![Stop { at: 0.0, color: color(from, 255) }, Stop { at: 1.0, color: color(to, 255) }];
    let half = [128, 128, 128];
    #[rustfmt::skip]
    let cases: Vec<Case> = vec![
        ("a rectangle", filled(RED), vec![((20, 20), RED), ((79, 79), RED), ((19, 20), WHITE), ((80, 79), WHITE)]),
        ("round corners", drawn(ShapeKind::Rect, |s| s.corner_radius = [30., 0., 0., 0.]),
            vec![((22, 22), WHITE), ((78, 22), BLACK), ((50, 50), BLACK)]),
        ("an ellipse", drawn(ShapeKind::Ellipse, |_| {}), vec![((24, 24), WHITE), ((50, 21), BLACK)]),
        ("a triangle", drawn(ShapeKind::Polygon, |s| s.sides = 3), vec![((50, 30), BLACK), ((30, 30), WHITE), ((50, 62), BLACK)]),
        ("a star", drawn(ShapeKind::Star, |_| {}), vec![((50, 30), BLACK), ((35, 30), WHITE)]),
        ("a path", drawn(ShapeKind::Path, |s| s.path = Some("M0 0H10L0 10Z".to_owned())), vec![((25, 25), BLACK), ((75, 75), WHITE)]),
        ("even-odd", drawn(ShapeKind::Path, |s| {
            s.path = Some("M0 0H9V9H0Z M3 3H6V6H3Z".to_owned());
            s.fill_rule = handbill_template::resolved::FillRule::Evenodd;
        }), vec![((25, 25), BLACK), ((50, 50), WHITE)]),
        ("a line", drawn(ShapeKind::Line, |s| s.stroke = stroke(6., None)), vec![((50, 50), GREEN), ((30, 60), WHITE), ((30, 30), GREEN)]),
        ("an arrow", drawn(ShapeKind::Line, |s| {
            s.stroke = stroke(4., None);
            s.points = vec![[0., 0.5], [1., 0.5]];
            s.end_head = ArrowHead::Arrow;
        }), vec![((67, 55), GREEN), ((30, 55), WHITE), ((79, 55), WHITE)]),
        ("a stroke inside", drawn(ShapeKind::Rect, |s| s.stroke = stroke(10., None)),
            vec![((20, 20), GREEN), ((29, 50), GREEN), ((30, 50), BLACK), ((19, 50), WHITE)]),
        ("a stroke centred", drawn(ShapeKind::Rect, |s| s.stroke = stroke(10., Some(StrokeAlign::Center))),
            vec![((15, 50), GREEN), ((24, 50), GREEN), ((25, 50), BLACK), ((14, 50), WHITE)]),
        ("a stroke outside", drawn(ShapeKind::Rect, |s| s.stroke = stroke(10., Some(StrokeAlign::Outside))),
            vec![((10, 50), GREEN), ((20, 50), BLACK), ((9, 50), WHITE)]),
        ("a polygon's stroke inside", drawn(ShapeKind::Polygon, |s| { s.sides = 4; s.stroke = stroke(10., None); }),
            vec![((50, 24), GREEN), ((50, 50), BLACK), ((50, 17), WHITE)]),
        ("a polygon's stroke outside", drawn(ShapeKind::Polygon, |s| { s.sides = 4; s.stroke = stroke(10., Some(StrokeAlign::Outside)); }),
            vec![((50, 15), GREEN), ((50, 24), BLACK)]),
        ("a gradient to the right", drawn(ShapeKind::Rect, |s| s.fill = vec![Paint::Linear { angle: 90., stops: two_stops(RED, RED) }]),
            vec![((50, 50), RED)]),
        ("paints over each other", drawn(ShapeKind::Rect, |s| s.fill = vec![paint(RED), Paint::Solid(color(BLUE, 0)), paint(GREEN)]),
            vec![((50, 50), GREEN)]),
        ("opacity", with(filled(BLACK), |e| e.opacity = 127.0 / 255.0), vec![((50, 50), half)]),
        ("a quarter turn", with(drawn(ShapeKind::Path, |s| s.path = Some("M0 0H10L0 10Z".to_owned())), |e| e.rotation = 90.0),
            vec![((75, 25), BLACK), ((25, 75), WHITE), ((40, 25), BLACK)]),
        ("an eighth of a turn", with(filled(BLACK), |e| e.rotation = 45.0), vec![((50, 12), BLACK), ((22, 22), WHITE)]),
        ("mirrored", with(photo([20., 20., 60., 60.], |i| i.fit = ImageFit::Fill), |e| e.flip = Some(Flip::X)),
            vec![((30, 50), BLUE), ((70, 50), RED)]),
        ("multiply", with(filled(RED), |e| e.blend = Blend::Multiply), vec![((50, 50), RED)]),
        ("difference", with(filled(RED), |e| e.blend = Blend::Difference), vec![((50, 50), [0, 255, 255])]),
        ("a sharp shadow", with(filled(RED), |e| e.shadows = vec![shadow(10., 10., 0., 0., false)]),
            vec![((50, 50), RED), ((85, 85), BLUE), ((85, 25), WHITE), ((15, 50), WHITE)]),
        ("a shadow with spread", with(filled(RED), |e| e.shadows = vec![shadow(0., 0., 0., 5., false)]),
            vec![((16, 50), BLUE), ((84, 50), BLUE), ((14, 50), WHITE)]),
        ("a star's shadow", with(drawn(ShapeKind::Star, |_| {}), |e| e.shadows = vec![shadow(0., 18., 0., 0., false)]),
            vec![((50, 50), BLACK), ((50, 75), BLUE)]),
        ("an inner shadow", with(filled(RED), |e| e.shadows = vec![shadow(10., 0., 0., 0., true)]),
            vec![((25, 50), BLUE), ((35, 50), RED), ((15, 50), WHITE)]),
        ("shadows turn with their node", with(filled(RED), |e| { e.shadows = vec![shadow(10., 0., 0., 0., false)]; e.rotation = 90.; }),
            vec![((50, 85), BLUE), ((85, 50), WHITE)]),
        ("a mask", with(filled(RED), |e| e.mask = Some(Mask::Shape { shape: MaskShapeKind::Ellipse, corner_radius: [0.; 4], sides: 5, inner_radius: 0.4 })),
            vec![((24, 24), WHITE), ((50, 50), RED)]),
        ("a path as mask", with(filled(RED), |e| e.mask = Some(Mask::Path { path: "M0 0H5V5H0Z".to_owned(), view_box: Some([0., 0., 10., 10.]) })),
            vec![((25, 25), RED), ((75, 25), WHITE)]),
        ("a picture as mask", with(filled(GREEN), |e| e.mask = Some(Mask::Image { src: AssetRef("photo".to_owned()), luminance: false })),
            vec![((30, 50), GREEN), ((70, 50), GREEN)]),
        ("a picture's brightness as mask", with(filled(BLACK), |e| e.mask = Some(Mask::Image { src: AssetRef("photo".to_owned()), luminance: true })),
            vec![((30, 50), [201, 201, 201]), ((70, 50), [237, 237, 237])]),
        ("a mask that is not there", with(filled(RED), |e| e.mask = Some(Mask::Image { src: AssetRef("gone".to_owned()), luminance: false })),
            vec![((21, 21), RED), ((79, 79), RED)]),
        ("a blurred picture is cut at its box", photo([20., 20., 60., 60.], |i| i.filters.blur = Some(8.0)),
            vec![((18, 50), WHITE), ((81, 50), WHITE), ((28, 50), [255, 37, 38])]),
        ("a shadow of what the mask leaves", with(filled(RED), |e| {
            e.mask = Some(Mask::Path { path: "M0 0H5V5H0Z".to_owned(), view_box: Some([0., 0., 10., 10.]) });
            e.shadows = vec![shadow(35., 0., 0., 0., false)];
        }), vec![((25, 25), RED), ((70, 25), BLUE), ((70, 70), WHITE)]),
        ("a picture covering", photo([20., 20., 60., 60.], |_| {}), vec![((22, 50), RED), ((48, 50), RED), ((52, 50), BLUE), ((78, 50), BLUE)]),
        ("a picture contained", photo([20., 20., 60., 60.], |i| i.fit = ImageFit::Contain), vec![((30, 30), WHITE), ((30, 50), RED), ((70, 50), BLUE)]),
        ("a picture's focus", photo([20., 20., 60., 60.], |i| i.focus = Focus::Point(1., 0.5)), vec![((22, 50), BLUE), ((78, 50), BLUE)]),
        ("a crop", photo([20., 20., 60., 60.], |i| i.crop = Some([0., 0., 0.5, 1.])), vec![((22, 50), RED), ((78, 50), RED)]),
        ("a picture's corners", photo([20., 20., 60., 60.], |i| i.corner_radius = [30.; 4]), vec![((23, 23), WHITE), ((30, 50), RED)]),
        ("an overlay", photo([20., 20., 60., 60.], |i| i.overlay = vec![paint(GREEN)]), vec![((30, 50), GREEN)]),
        ("a picked colour", drawn(ShapeKind::Rect, |s| s.fill = vec![Paint::Solid(Color::Picked {
            src: AssetRef("photo".to_owned()), pick: Pick::Dominant, fallback: Rgba([0, 128, 0, 255]), alpha: 0.0 })]), vec![((50, 50), WHITE)]),
        ("a picked colour's fallback", drawn(ShapeKind::Rect, |s| s.fill = vec![Paint::Solid(Color::Picked {
            src: AssetRef("gone".to_owned()), pick: Pick::Dominant, fallback: Rgba([0, 128, 0, 255]), alpha: 1.0 })]), vec![((50, 50), GREEN)]),
        ("contrast", drawn(ShapeKind::Rect, |s| s.fill = vec![Paint::Contrast { on: color([255, 255, 0], 255), light: color(RED, 255), dark: color(BLACK, 255) }]),
            vec![((50, 50), BLACK)]),
        ("a picture as paint", drawn(ShapeKind::Ellipse, |s| s.fill = vec![Paint::Image {
            src: AssetRef("photo".to_owned()), fit: ImageFit::Fill, focus: Focus::Center, opacity: 1.0 }]), vec![((24, 24), WHITE), ((30, 50), RED), ((70, 50), BLUE)]),
        ("a QR code", placed(code("QR", 4), [21., 21., 58., 58.]), vec![((29, 29), BLACK), ((30, 30), BLACK), ((31, 31), WHITE), ((22, 22), WHITE)]),
    ];
    colours_are(cases);
}

#[test]
fn a_matrix_is_applied_about_the_centre() {
    #[rustfmt::skip]
    let cases: Vec<Case> = vec![
        ("a matrix", with(filled(BLACK), |e| e.matrix = Some([1.0, 0.0, 0.5, 1.0, 0.0, 0.0])),
            vec![((4, 22), WHITE), ((8, 22), BLACK), ((64, 22), BLACK), ((68, 22), WHITE), ((92, 77), BLACK), ((31, 77), WHITE)]),
        ("a matrix that moves", with(filled(BLACK), |e| e.matrix = Some([1.0, 0.0, 0.0, 1.0, 15.0, -5.0])),
            vec![((36, 16), BLACK), ((34, 16), WHITE), ((94, 74), BLACK), ((94, 76), WHITE)]),
        ("a matrix before a turn", with(filled(BLACK), |e| { e.matrix = Some([1.0, 0.0, 0.0, 0.5, 0.0, 0.0]); e.rotation = 90.0; }),
            vec![((50, 22), BLACK), ((36, 50), BLACK), ((22, 50), WHITE)]),
        ("a flat matrix", with(filled(BLACK), |e| e.matrix = Some([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])), vec![((50, 50), WHITE)]),
    ];
    colours_are(cases);
}

/// What is drawn on a page of 100 × 100, and colours at places of it.
type Case = (&'static str, Node, Vec<((usize, usize), [u8; 3])>);

fn colours_are(cases: Vec<Case>) {
    for (name, node, expected) in cases {
        let pixels = Pixels::of(page(100.0, 100.0, FREE, vec![node]));
        for ((x, y), wanted) in expected {
            let actual = pixels.at(x, y);
            let close = actual.iter().zip(wanted).all(|(actual, wanted)| actual.abs_diff(wanted) <= 1);
            assert!(close, "{name}: {actual:?} at {x} {y}, expected {wanted:?}");
        }
    }
}

fn code(value: &str, quiet_zone: u32) -> Node {
    let (fill, background) = (color(BLACK, 255), color(WHITE, 255));
    let code = Code { value: value.to_owned(), fill, background, level: ErrorCorrection::M, quiet_zone };
    node("code", NodeKind::Code(code))
}

#[test]
fn frames_clip_and_lie_beneath_their_children() {
    let wide = placed(rect("wide"), [-10.0, 20.0, 200.0, 20.0]);
    let card = |clip: bool| {
        let card = with_frame(frame("card", FREE, vec![wide.clone()]), |frame| {
            frame.fill = vec![paint(RED)];
            frame.stroke = stroke(4.0, None);
            frame.clip = clip;
        });
        Pixels::of(page(100.0, 100.0, FREE, vec![placed(card, [20.0, 20.0, 60.0, 60.0])]))
    };
    let (open, clipped) = (card(false), card(true));
    assert_eq!([open.at(50, 70), open.at(50, 50), open.at(90, 50)], [RED, BLACK, BLACK]);
    assert_eq!([clipped.at(50, 70), clipped.at(50, 50), clipped.at(90, 50)], [RED, BLACK, WHITE]);
    assert_eq!([open.at(22, 50), clipped.at(22, 50)], [BLACK, GREEN], "a cut frame's stroke stays visible");
}

#[test]
fn texts_are_painted_span_by_span() {
    let title = with_text(text("t", "", 40.0), |text| {
        let span = |content: &str, rgb| {
            let mut style = char_style(40.0);
            style.weight = 900.0;
            style.fill = vec![paint(rgb)];
            style.decoration = Decoration::Underline;
            handbill_template::resolved::Span { text: content.to_owned(), style, link: None, highlight: None }
        };
        text.spans = vec![span("III", RED), span("III", BLUE)];
    });
    let pixels = Pixels::of(page(100.0, 60.0, column(), vec![title]));
    let count = |rgb| (0..100 * 60).filter(|index| pixels.at(index % 100, index / 100) == rgb).count();
    assert!(count(RED) > 100 && count(BLUE) > 100, "{} {}", count(RED), count(BLUE));
    let first = |rgb| (0..100).find(|x| (0..60).any(|y| pixels.at(*x, y) == rgb));
    assert!(first(RED) < first(BLUE));
}

#[test]
fn backgrounds_cover_the_bleed() {
    let mut document = page(100.0, 50.0, FREE, vec![]);
    document.page.bleed = 10.0;
    let picture =
        Paint::Image { src: AssetRef("photo".to_owned()), fit: ImageFit::Cover, focus: Focus::Center, opacity: 1.0 };
    let stops = vec![Stop { at: 0.0, color: color(RED, 255) }, Stop { at: 1.0, color: color(BLUE, 255) }];
    document.slides[0].background = vec![Paint::Linear { angle: 90.0, stops }, picture];
    let assets = BTreeMap::from([(AssetRef("photo".to_owned()), Asset::Bytes(PHOTO.clone()))]);
    let input = Input { document, assets, options: Options::default() };
    let mut engine = Engine::new(fonts());
    let drawings = super::read_drawings(&input, &fonts());
    let images = engine.open_images(&input, &drawings);
    let laid = engine.lay_out(&input.document, &fonts(), &images, &drawings);
    let painted = super::paint(&input.document, &input.options, &laid, &images, &drawings).expect("it can be painted");
    let everything = Rect::new(-10.0, -10.0, 110.0, 60.0);
    let [Item::Fill(gradient), Item::Fill(picture)] = painted.list.pages[0].items.as_slice() else {
        panic!("two fills: {:?}", painted.list.pages[0].items)
    };
    assert_eq!([&gradient.shape, &picture.shape], [&display::Shape::Rect(everything); 2]);
    let display::Paint::Linear(line) = &gradient.paint else { panic!("a gradient") };
    assert_eq!((line.from.x, line.to.x), (0.0, 100.0), "the gradient is the page's");
    let display::Paint::Image(image) = &picture.paint else { panic!("a picture") };
    assert_eq!(image.target, everything);
}

#[test]
fn slides_cut_at_the_edge_of_the_bleed() {
    let mut document = page(100.0, 50.0, FREE, vec![placed(rect("band"), [-20.0, -20.0, 140.0, 90.0])]);
    document.page.bleed = 10.0;
    document.slides[0].frame.clip = true;
    let input = Input { document, assets: BTreeMap::new(), options: Options::default() };
    let mut engine = Engine::new(fonts());
    let drawings = super::read_drawings(&input, &fonts());
    let images = engine.open_images(&input, &drawings);
    let laid = engine.lay_out(&input.document, &fonts(), &images, &drawings);
    let painted = super::paint(&input.document, &input.options, &laid, &images, &drawings).expect("it can be painted");
    let [Item::Fill(_), Item::Group(group)] = painted.list.pages[0].items.as_slice() else {
        panic!("a ground and what stands on it: {:?}", painted.list.pages[0].items)
    };
    let paper = display::Shape::Rect(Rect::new(-10.0, -10.0, 110.0, 60.0));
    assert_eq!(group.clip.as_ref().map(|clip| &clip.shape), Some(&paper));
}

fn codes(rendered: &Rendered) -> Vec<WarningCode> {
    rendered.report.warnings.iter().map(|warning| warning.code).collect()
}

fn pictured(change: impl FnOnce(&mut Image)) -> Document {
    page(100.0, 100.0, FREE, vec![photo([0.0, 0.0, 20.0, 20.0], change)])
}

#[test]
fn pictures_that_fail_are_replaced_and_told() {
    let src = |src: &str| Some(AssetRef(src.to_owned()));
    let wanted = |min_width| Some(WantedSize { field: "cover".to_owned(), min_width, min_height: 0 });
    type Case = (&'static str, Document, Vec<WarningCode>, &'static str);
    let cases: Vec<Case> = vec![
        ("all well", pictured(|_| {}), vec![], ""),
        ("not fetched", pictured(|i| i.src = src("gone")), vec![WarningCode::ImageFailed], "answered 404"),
        ("damaged", pictured(|i| i.src = src("broken")), vec![WarningCode::ImageFailed], "'broken'"),
        (
            "never given",
            pictured(|i| i.src = src("other")),
            vec![WarningCode::ImageFailed],
            "'other' of 'photo' was not fetched",
        ),
        (
            "replaced",
            pictured(|i| (i.src, i.fallback) = (src("gone"), src("photo"))),
            vec![WarningCode::ImageReplaced],
            "its fallback is shown",
        ),
        ("only a fallback", pictured(|i| (i.src, i.fallback) = (None, src("photo"))), vec![], ""),
        (
            "both gone",
            pictured(|i| (i.src, i.fallback) = (src("gone"), src("broken"))),
            vec![WarningCode::ImageFailed, WarningCode::ImageFailed],
            "",
        ),
        (
            "smaller than asked for",
            pictured(|i| i.wanted = wanted(800)),
            vec![WarningCode::ImageUpscaled],
            "'cover' asks",
        ),
        ("as large as asked for", pictured(|i| i.wanted = wanted(40)), vec![], ""),
        (
            "enlarged",
            page(100.0, 100.0, FREE, vec![photo([0.0, 0.0, 60.0, 30.0], |_| {})]),
            vec![WarningCode::ImageUpscaled],
            "60×30",
        ),
    ];
    for (name, document, expected, says) in cases {
        let rendered = render(document, Options::default()).expect("a picture is no reason to fail");
        assert_eq!(codes(&rendered), expected, "{name}");
        let message = rendered.report.warnings.first().map_or("", |warning| warning.message.as_str());
        assert!(message.contains(says), "{name}: {message}");
    }
}

#[test]
fn scale_makes_larger_pictures_and_can_enlarge_theirs() {
    let options = Options { scale: 3.0, ..Options::default() };
    let rendered = render(pictured(|_| {}), options).expect("it can be drawn");
    assert_eq!((rendered.pictures[0].width, rendered.pictures[0].height), (300, 300));
    assert_eq!(codes(&rendered), [WarningCode::ImageUpscaled]);
}

#[test]
fn texts_report_their_sizes_and_what_is_cut() {
    let long = "A sentence that is much too long for one line of this page";
    let title = with_text(shrinking(text("title", long, 20.0), 18.0, None), |text| text.max_lines = Some(1));
    let document = page(200.0, 100.0, column(), vec![title, text("other", "中", 10.0)]);
    let rendered = render(document, Options::default()).expect("it can be drawn");
    let size = &rendered.report.text_sizes[0];
    assert_eq!((size.node.as_str(), size.designed, size.chosen, size.lines), ("title", 20.0, 18.0, 1));
    let expected = [WarningCode::TextShrunk, WarningCode::TextTruncated, WarningCode::MissingGlyph];
    assert_eq!(codes(&rendered), expected);
    let cut = &rendered.report.warnings[1];
    assert_eq!(cut.from.as_ref().and_then(|from| from.as_str()), Some(long));
    assert!(cut.to.as_ref().and_then(|to| to.as_str()).is_some_and(|to| to.ends_with('…') && to.len() < long.len()));
    assert_eq!((cut.node.as_deref(), cut.slide), (Some("title"), Some(0)));
}

#[test]
fn strict_refuses_what_spoils_the_picture() {
    let strict = || Options { strict: true, ..Options::default() };
    assert!(render(pictured(|_| {}), strict()).is_ok());
    let shrunk = with_text(shrinking(text("t", "Some words to shrink", 20.0), 4.0, None), |t| t.max_lines = Some(1));
    assert!(render(page(100.0, 100.0, column(), vec![shrunk]), strict()).is_ok(), "smaller type spoils nothing");
    match render(pictured(|i| i.src = Some(AssetRef("gone".to_owned()))), strict()) {
        Err(RenderError::Strict(warnings)) => assert_eq!(warnings[0].code, WarningCode::ImageFailed),
        other => panic!("{:?}", other.map(|_| "rendered")),
    }
}

#[test]
fn checks_of_a_list_take_the_texts_paint() {
    let list = with_text(placed(text("list", "", 40.0), [0.0, 0.0, 100.0, 60.0]), |text| {
        text.spans[0].text = "x".to_owned();
        text.list = ListStyle::Check;
        text.base.fill = vec![paint(RED)];
    });
    let pixels = Pixels::of(page(100.0, 60.0, FREE, vec![list]));
    let reds = |from: usize, to: usize| {
        (from..to).flat_map(|x| (0..60).map(move |y| (x, y))).filter(|&(x, y)| pixels.at(x, y) == RED).count()
    };
    assert!(reds(0, 60) > 50, "{} red pixels where the check should be", reds(0, 60));
    assert_eq!(reds(60, 100), 0);
}

#[test]
fn what_cannot_be_drawn_is_an_error() {
    let overflowing = with_text(placed(text("tight", "Some words", 20.0), [0.0, 0.0, 30.0, 10.0]), |text| {
        text.overflow = Some(Overflow::Error);
    });
    let bad_path = drawn(ShapeKind::Path, |shape| shape.path = Some("M0 0 Q".to_owned()));
    let endless = placed(code(&"x".repeat(3000), 4), [0.0, 0.0, 50.0, 50.0]);
    for (node, says) in [
        (overflowing, "tight on slide 0: the text does not fit"),
        (bad_path, "shape: 'path' could not be made: its path is not SVG path data"),
        (endless, "code: the QR code could not be made: its text has 3000 bytes"),
    ] {
        match render(page(100.0, 100.0, FREE, vec![node]), Options::default()) {
            Err(error) => assert!(error.to_string().contains(says), "{error}"),
            Ok(_) => panic!("rendered, where this was expected: {says}"),
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let nodes = || {
        let soft = |node| with(node, |effects| effects.shadows = vec![shadow(2.0, 4.0, 9.0, 1.0, false)]);
        vec![
            soft(filled(RED)),
            with(drawn(ShapeKind::Star, |_| {}), |effects| (effects.rotation, effects.opacity) = (13.0, 0.7)),
            soft(placed(text("t", "Grüße 👩‍👩‍👧‍👦", 22.0), [0.0, 0.0, 100.0, 40.0])),
            photo([5.0, 5.0, 33.0, 33.0], |image| image.focus = Focus::Auto),
        ]
    };
    for format in [Format::Png, Format::Jpeg, Format::Pdf] {
        let once = |fresh: bool| {
            let document = page(100.0, 100.0, FREE, nodes());
            if !fresh {
                return render(document, Options::with_format(format)).expect("it can be drawn");
            }
            let assets = BTreeMap::from([(AssetRef("photo".to_owned()), Asset::Bytes(PHOTO.clone()))]);
            let input = Input { document, assets, options: Options::with_format(format) };
            Engine::with_image_cache(fonts(), 0).render(&input, &mut |_| {}).expect("it can be drawn")
        };
        let (warm, again, cold) = (once(false), once(false), once(true));
        assert_eq!(warm.pictures[0].bytes, again.pictures[0].bytes, "{format:?}");
        assert_eq!(warm.pictures[0].bytes, cold.pictures[0].bytes, "{format:?}: a fresh engine without a cache");
    }
}

#[test]
fn progress_is_told_slide_by_slide() {
    let mut document = page(10.0, 10.0, FREE, vec![]);
    document.slides.push(document.slides[0].clone());
    for (format, files) in [(Format::Png, 2), (Format::Pdf, 1)] {
        let input =
            Input { document: document.clone(), assets: BTreeMap::new(), options: Options::with_format(format) };
        let mut told = Vec::new();
        let rendered = Engine::new(fonts()).render(&input, &mut |progress| told.push(progress));
        assert_eq!(told, [Progress { done: 1, total: 2 }, Progress { done: 2, total: 2 }]);
        assert_eq!(rendered.expect("it can be drawn").pictures.len(), files);
    }
}

#[test]
fn a_pdf_is_one_file_of_pages_in_points() {
    let mut document = page(120.0, 80.0, FREE, vec![placed(text("t", "Grüße", 22.0), [0.0, 0.0, 100.0, 40.0])]);
    document.slides.push(document.slides[0].clone());
    let rendered = render(document, Options::with_format(Format::Pdf)).expect("it can be drawn");
    let [file] = rendered.pictures.as_slice() else { panic!("one file") };
    assert!(file.bytes.starts_with(b"%PDF-1.7"));
    assert_eq!((file.width, file.height), (90, 60));
    assert!(file.bytes.windows(8).any(|part| part == b"/Count 2"), "two pages");
}
