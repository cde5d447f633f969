//! The file: sound, with its boxes, the same twice.

use handbill_template::resolved::{Blend, Rgba};
use kurbo::{Affine, Point, Rect, RoundedRect, Stroke};

use super::support::{
    ask, fill, group, has, list, meaning, no_images, page, pages, rect, solid, style, text, try_write, write,
};
use crate::display::{
    Clip, ColorStop, DisplayPage, FillRule, Group, Item, LinearGradient, Mask, MeaningRole, ModulesItem, Paint,
    ShadowItem, Shape, StrokeItem,
};

/// Something of everything but pictures.
fn mixed() -> Vec<Item> {
    let stops = [(0.0, [255, 0, 0, 255]), (0.5, [0, 255, 0, 128]), (0.5, [0, 0, 255, 255]), (1.0, [0, 0, 0, 0])];
    let stops = stops.iter().map(|&(at, color)| ColorStop { at, color: Rgba(color) }).collect();
    let gradient = Paint::Linear(LinearGradient::new(Point::new(0.0, 0.0), Point::new(400.0, 300.0), stops));
    let circle = || fill(Shape::Ellipse(Rect::new(50.0, 50.0, 150.0, 150.0)), solid(0, 0, 0));
    let shadow = ShadowItem {
        shape: RoundedRect::new(200.0, 50.0, 300.0, 120.0, 12.0),
        sigma: 9.0,
        color: Rgba([0, 0, 0, 90]),
        knockout: Some(rect(200.0, 50.0, 100.0, 70.0)),
        transform: Affine::rotate(0.1),
    };
    let code = ModulesItem {
        node: "code".into(),
        size: 5,
        dark: (0..25).map(|n| n % 3 == 0).collect(),
        target: Rect::new(320.0, 20.0, 380.0, 80.0),
        color: Rgba::BLACK,
        transform: Affine::IDENTITY,
    };
    let masked = Group {
        items: vec![fill(rect(40.0, 40.0, 120.0, 120.0), gradient.clone())],
        mask: Some(Mask { items: vec![circle()], luminance: false }),
        clip: Some(Clip {
            shape: rect(40.0, 40.0, 100.0, 100.0),
            rule: FillRule::EvenOdd,
            transform: Affine::IDENTITY,
        }),
        opacity: 0.5,
        blend: Blend::Multiply,
        ..Group::default()
    };
    let outline = StrokeItem {
        shape: rect(10.0, 200.0, 100.0, 50.0),
        stroke: Stroke::new(3.0).with_dashes(1.0, [6.0, 2.0]),
        paint: gradient.clone(),
        transform: Affine::IDENTITY,
    };
    vec![
        fill(rect(0.0, 0.0, 400.0, 300.0), gradient),
        Item::Shadow(shadow),
        Item::Modules(code),
        Item::Group(masked),
        Item::Group(Group { items: vec![circle()], blur: 3.0, ..Group::default() }),
        Item::Stroke(outline),
        text("Words, كلمات 😀", style("Inter", 20.0, 600.0), 200.0, (150.0, 200.0)),
    ]
}

#[test]
fn files_are_sound() {
    if !has("qpdf") {
        return;
    }
    let pdf = write(&pages(vec![page(mixed()), page(Vec::new()), page(mixed())]), &no_images());
    let said = ask("qpdf", &["--check", "{}"], &pdf);
    assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    assert!(!said.contains("WARNING"), "{said}");
}

#[test]
fn pages_are_in_points_and_bleed_grows_the_media_box() {
    if !has("pdfinfo") {
        return;
    }
    let bled = DisplayPage { bleed: 12.0, ..page(mixed()) };
    let mut list = pages(vec![page(mixed()), bled]);
    let boxes = |pdf: &[u8], number: &str| -> Vec<String> {
        let said = ask("pdfinfo", &["-box", "-f", number, "-l", number, "{}"], pdf);
        let of = |name: &str| {
            let line = said.lines().find(|line| line.contains(name)).unwrap_or_default();
            line.split_whitespace().skip(3).collect::<Vec<_>>().join(" ")
        };
        ["MediaBox", "BleedBox", "TrimBox"].map(of).to_vec()
    };
    let pdf = write(&list, &no_images());
    assert_eq!(boxes(&pdf, "1"), ["0.00 0.00 300.00 225.00"; 3]);
    let media = "0.00 0.00 318.00 243.00";
    assert_eq!(boxes(&pdf, "2"), [media, media, "9.00 9.00 309.00 234.00"]);
    list.pt_per_px = 1.5;
    assert_eq!(boxes(&write(&list, &no_images()), "1"), ["0.00 0.00 600.00 450.00"; 3]);
}

#[test]
fn the_same_list_gives_the_same_bytes() {
    let list = pages(vec![page(mixed()), page(mixed())]);
    let pdf = write(&list, &no_images());
    assert_eq!(pdf, write(&list, &no_images()));
    for absent in ["CreationDate", "ModDate", "CreateDate", "ModifyDate"] {
        assert!(!pdf.windows(absent.len()).any(|part| part == absent.as_bytes()), "{absent}");
    }
}

#[test]
fn title_author_and_language_are_told() {
    if !has("pdfinfo") {
        return;
    }
    let mut list = list(mixed());
    (list.title, list.lang) = ("Größe – مرحبا".into(), "de-AT".into());
    list.author = Some("Jürgen Ærø".into());
    let pdf = write(&list, &no_images());
    let said = ask("pdfinfo", &["-enc", "UTF-8", "{}"], &pdf);
    assert!(said.lines().any(|line| line.starts_with("Title:") && line.ends_with("Größe – مرحبا")), "{said}");
    assert!(said.lines().any(|line| line.starts_with("Author:") && line.ends_with("Jürgen Ærø")), "{said}");
    assert!(pdf.windows(11).any(|part| part == b"/Lang(de-AT"), "the language is in the catalogue");
}

#[test]
fn a_page_without_a_size_is_an_error() {
    let empty = DisplayPage { width: 0.0, ..page(Vec::new()) };
    let error = try_write(&pages(vec![page(Vec::new()), empty]), &no_images()).expect_err("no such page");
    assert_eq!(error.to_string(), "the PDF could not be made: page 2 is 0 × 300 pixels");
}

#[test]
fn shadows_are_small() {
    let shadow = |sigma: f64| {
        Item::Shadow(ShadowItem {
            shape: RoundedRect::new(100.0, 100.0, 1100.0, 1300.0, 24.0),
            sigma,
            color: Rgba([10, 20, 80, 70]),
            knockout: None,
            transform: Affine::IDENTITY,
        })
    };
    let size = |items: Vec<Item>| {
        let page = DisplayPage { width: 1200.0, height: 1400.0, ..page(items) };
        write(&pages(vec![page]), &no_images()).len()
    };
    let without = size(Vec::new());
    for (sigma, most) in [(0.0, 600), (6.0, 12_000), (12.0, 8_000), (40.0, 4_000)] {
        let taken = size(vec![shadow(sigma)]) - without;
        assert!(taken < most, "σ {sigma} takes {taken} bytes");
    }
}

#[test]
fn empty_and_degenerate_things_do_no_harm() {
    let nothing = Rect::new(10.0, 10.0, 10.0, 10.0);
    let shadow = ShadowItem {
        shape: RoundedRect::from_rect(nothing, 0.0),
        sigma: 5.0,
        color: Rgba::BLACK,
        knockout: Some(Shape::Rect(nothing)),
        transform: Affine::scale(0.0),
    };
    let clip = Clip { shape: Shape::Rect(nothing), rule: FillRule::NonZero, transform: Affine::IDENTITY };
    let items = vec![
        fill(Shape::Rect(nothing), solid(1, 2, 3)),
        fill(Shape::Path(kurbo::BezPath::new()), solid(1, 2, 3)),
        Item::Shadow(shadow),
        Item::Group(Group { clip: Some(clip), items: mixed(), ..Group::default() }),
        Item::Group(Group { opacity: 0.0, items: mixed(), ..Group::default() }),
        Item::Group(Group { blur: 4.0, tint: Some(Rgba::BLACK), ..Group::default() }),
        group(Some(meaning(MeaningRole::Figure)), Vec::new()),
        text("", style("Inter", 20.0, 400.0), 100.0, (0.0, 0.0)),
    ];
    let pdf = write(&list(items), &no_images());
    if has("qpdf") {
        ask("qpdf", &["--check", "{}"], &pdf);
    }
}
