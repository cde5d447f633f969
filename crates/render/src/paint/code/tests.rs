//! QR codes, read by a decoder that knows nothing of how they were made; and what is said of those that scanners cannot read.

use handbill_template::resolved::{Code, Color, ErrorCorrection, FrameLayout, Node, NodeKind, Rgba, Shadow};
use handbill_template::{Warning, WarningCode};
use kurbo::Rect;

use super::{MODULE, modules_area, natural_size};
use crate::fixtures::{fonts, frame, node, page, placed, rect, solid, with, with_frame};
use crate::input::{Input, Options};
use crate::output::Rendered;
use crate::{Engine, RenderError};

const BLACK: [u8; 4] = [0, 0, 0, 255];
const WHITE: [u8; 4] = [255; 4];

struct Drawn {
    rendered: Rendered,
}

impl Drawn {
    fn of(nodes: Vec<Node>, scale: f64) -> Drawn {
        let document = page(300.0, 300.0, FrameLayout::Free, nodes);
        let options = Options { scale, ..Options::default() };
        let input = Input { document, assets: [].into(), options };
        Drawn { rendered: Engine::new(fonts()).render(&input, &mut |_| {}).expect("the page can be drawn") }
    }

    /// What the codes on the picture say.
    fn read(&self) -> Vec<String> {
        let mut reader =
            png::Decoder::new(std::io::Cursor::new(&self.rendered.pictures[0].bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("pixels");
        let channels = info.line_size / info.width as usize;
        let luma = |x: usize, y: usize| {
            let at = (y * info.width as usize + x) * channels;
            let of = |channel: usize| f64::from(pixels[at + channel]);
            if channels < 3 { pixels[at] } else { (0.299 * of(0) + 0.587 * of(1) + 0.114 * of(2)) as u8 }
        };
        let (width, height) = (info.width as usize, info.height as usize);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, luma);
        prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, says)| says).collect()
    }

    fn told(&self) -> Vec<&Warning> {
        self.rendered.report.warnings.iter().collect()
    }

    fn codes(&self) -> Vec<WarningCode> {
        self.told().iter().map(|warning| warning.code).collect()
    }
}

fn code(value: &str, side: f64) -> Node {
    colored(value, side, BLACK, WHITE)
}

fn colored(value: &str, side: f64, fill: [u8; 4], background: [u8; 4]) -> Node {
    let code = Code {
        value: value.to_owned(),
        fill: Color::Rgba(Rgba(fill)),
        background: Color::Rgba(Rgba(background)),
        level: ErrorCorrection::M,
        quiet_zone: 4,
    };
    placed(node("code", NodeKind::Code(code)), [20.0, 20.0, side, side])
}

fn with_code(mut node: Node, change: impl FnOnce(&mut Code)) -> Node {
    if let NodeKind::Code(code) = &mut node.kind {
        change(code);
    }
    node
}

/// Along a side of the code, its quiet zone included.
fn modules(value: &str, level: ErrorCorrection) -> f64 {
    let NodeKind::Code(code) = with_code(code(value, 0.0), |code| code.level = level).kind else { unreachable!() };
    natural_size(&code).expect("it can be encoded").width / MODULE
}

#[test]
fn codes_say_what_they_were_given() {
    let long = format!("https://example.org/{}?q=1&r=%20#end", "a-long-path/".repeat(18));
    let values = [
        "1",
        "HANDBILL 2024",
        "https://example.org/",
        &long,
        "Grüße aus Köln, ¿qué tal?",
        "日本語とעבריתと😀",
        "WIFI:T:WPA;S:Net;P:pass\\;word;;",
        "BEGIN:VCARD\nVERSION:3.0\nN:Núñez;Ana\nEND:VCARD",
    ];
    for value in values {
        for level in [ErrorCorrection::L, ErrorCorrection::M, ErrorCorrection::Q, ErrorCorrection::H] {
            // Three pixels a module, and six: as few pixels to read as there may be.
            for scale in if level == ErrorCorrection::M { &[1.0, 2.0][..] } else { &[1.0] } {
                let side = 3.0 * modules(value, level);
                let drawn = Drawn::of(vec![with_code(code(value, side), |code| code.level = level)], *scale);
                assert_eq!(drawn.read(), [value], "{level:?} at {scale}");
                assert!(drawn.codes().is_empty(), "{value}: {:?}", drawn.told());
            }
        }
    }
}

#[test]
fn codes_in_colours_and_frames_can_be_read() {
    let value = "https://example.org/colours";
    let rounded = |child: Node| {
        let card = placed(frame("card", FrameLayout::Free, vec![child]), [30.0, 30.0, 240.0, 240.0]);
        let card = with_frame(card, |frame| {
            (frame.fill, frame.corner_radius, frame.clip) = (vec![solid(255, 255, 255)], [40.0; 4], true);
        });
        let shadow =
            Shadow { x: 0.0, y: 6.0, blur: 20.0, spread: 0.0, color: Color::Rgba(Rgba([0, 0, 0, 90])), inset: false };
        with(card, |effects| effects.shadows = vec![shadow])
    };
    let night = || placed(rect("night"), [0.0, 0.0, 300.0, 300.0]);
    let clear = || colored(value, 200.0, [0x22, 0x32, 0x5a, 255], [0; 4]);
    let cases: Vec<(&str, Vec<Node>)> = vec![
        ("blue on cream", vec![colored(value, 200.0, [0x3b, 0x5b, 0xfd, 255], [0xfd, 0xf3, 0xd8, 255])]),
        ("dark red on white", vec![colored(value, 200.0, [0xb0, 0x10, 0x20, 255], WHITE)]),
        ("without a ground of its own", vec![clear()]),
        ("in a rounded frame", vec![night(), rounded(clear())]),
        ("with a white ground on black", vec![night(), code(value, 200.0)]),
        ("at odd places", vec![placed(code(value, 0.0), [20.3, 33.7, 151.4, 160.2])]),
        ("turned", vec![with(code(value, 200.0), |effects| effects.rotation = 12.0)]),
        ("small", vec![code(value, 37.0 * 3.0)]),
    ];
    for (name, nodes) in cases {
        let drawn = Drawn::of(nodes, 1.0);
        assert_eq!(drawn.read(), [value], "{name}");
        assert!(drawn.codes().is_empty(), "{name}: {:?}", drawn.told());
    }
}

#[test]
fn what_scanners_cannot_tell_apart_is_told() {
    let value = "https://example.org";
    let night = || placed(rect("night"), [0.0, 0.0, 300.0, 300.0]);
    let stripe = || placed(rect("stripe"), [0.0, 0.0, 300.0, 30.0]);
    let narrow = |node: Node| with_code(node, |code| code.quiet_zone = 0);
    let clear = || colored(value, 200.0, BLACK, [0; 4]);
    let cases: Vec<(&str, Vec<Node>, Option<f64>)> = vec![
        ("pale", vec![colored(value, 200.0, [0xb0, 0xb0, 0xb0, 255], WHITE)], Some(2.16)),
        ("light on dark", vec![colored(value, 200.0, WHITE, BLACK)], Some(0.04)),
        ("black on what is black", vec![night(), clear()], Some(1.0)),
        ("faint", vec![with(code(value, 200.0), |effects| effects.opacity = 0.3)], Some(2.12)),
        ("no quiet zone on black", vec![night(), narrow(code(value, 200.0))], Some(1.0)),
        ("a stripe in its quiet zone", vec![stripe(), narrow(clear())], Some(1.0)),
        ("no quiet zone on white", vec![narrow(code(value, 200.0))], None),
        ("a stripe above it", vec![code(value, 200.0), stripe()], None),
    ];
    for (name, nodes, expected) in cases {
        let drawn = Drawn::of(nodes, 1.0);
        let told = drawn.told().into_iter().find(|warning| warning.code == WarningCode::LowContrast);
        let ratio = told.map(|warning| warning.from.as_ref().and_then(serde_json::Value::as_f64).expect("a ratio"));
        assert_eq!(ratio, expected, "{name}: {told:?}");
        assert!(told.is_none_or(|warning| warning.node.as_deref() == Some("code")));
    }
}

#[test]
fn modules_that_are_too_small_are_told_and_refused_when_strict() {
    let small = || code("https://example.org/a-rather-long-address", 60.0);
    let drawn = Drawn::of(vec![small()], 1.0);
    assert_eq!(drawn.codes(), [WarningCode::CodeTooSmall]);
    assert_eq!((drawn.told()[0].from.clone(), drawn.told()[0].to.clone()), (Some(1.0.into()), Some(3.0.into())));
    assert!(Drawn::of(vec![small()], 3.0).codes().is_empty(), "three times the pixels");
    let document = page(400.0, 400.0, FrameLayout::Free, vec![small()]);
    let options = Options { strict: true, ..Options::default() };
    let refused = Engine::new(fonts()).render(&Input { document, assets: [].into(), options }, &mut |_| {});
    assert!(matches!(refused, Err(RenderError::Strict(warnings)) if warnings[0].code == WarningCode::CodeTooSmall));
}

#[test]
fn the_quiet_zone_is_part_of_the_box() {
    let cases = [
        (Rect::new(0.0, 0.0, 58.0, 58.0), Rect::new(8.0, 8.0, 50.0, 50.0)),
        (Rect::new(0.0, 0.0, 158.0, 58.0), Rect::new(58.0, 8.0, 100.0, 50.0)),
    ];
    for (area, expected) in cases {
        assert_eq!(modules_area(area, 21, 4), expected);
    }
}
