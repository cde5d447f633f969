//! Display lists by hand, and the tools that read PDFs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use handbill_template::resolved::{
    AssetRef, CharStyle, Decoration, Direction, Fit, ListStyle, Rgba, Span, Stroke, Text, TextAlign, TextCase,
    VerticalAlign, Wrap,
};
use kurbo::{Affine, Rect};

use crate::bundled::bundled;
use crate::display::{
    DisplayList, DisplayPage, FillItem, FillRule, GlyphItem, Group, ImageItem, Item, Meaning, MeaningRole, Paint, Shape,
};
use crate::error::RenderError;
use crate::fonts::FontLibrary;
use crate::images::{ImageCache, ImageId, ImageStore};
use crate::input::{Asset, Limits};
use crate::raster::RasterContext;
use crate::text::TextContext;

/// All embedded fonts, the extra pack included.
pub(super) fn fonts() -> &'static FontLibrary {
    bundled(true)
}

/// A store of files, and the ids of its pictures.
pub(super) fn store(files: &[&[u8]]) -> (ImageStore, Vec<ImageId>) {
    let name = |n: usize| AssetRef(format!("{n:03}"));
    let assets: BTreeMap<_, _> =
        files.iter().enumerate().map(|(n, &file)| (name(n), Asset::Bytes(file.into()))).collect();
    let store = ImageStore::new(&assets, &Limits::default(), &ImageCache::new(64 << 20));
    let ids = (0..files.len()).map(|n| store.get(&name(n)).expect("the file is a picture")).collect();
    (store, ids)
}

pub(super) fn no_images() -> ImageStore {
    store(&[]).0
}

/// One page of 400 × 300 layout pixels.
pub(super) fn list(items: Vec<Item>) -> DisplayList {
    pages(vec![page(items)])
}

pub(super) fn page(items: Vec<Item>) -> DisplayPage {
    DisplayPage { name: None, width: 400.0, height: 300.0, bleed: 0.0, items }
}

pub(super) fn pages(pages: Vec<DisplayPage>) -> DisplayList {
    DisplayList { title: "A document".into(), author: None, lang: "en".into(), pt_per_px: 0.75, pages }
}

pub(super) fn fill(shape: Shape, paint: Paint) -> Item {
    Item::Fill(FillItem { shape, rule: FillRule::NonZero, paint, transform: Affine::IDENTITY })
}

pub(super) fn rect(x: f64, y: f64, width: f64, height: f64) -> Shape {
    Shape::Rect(Rect::new(x, y, x + width, y + height))
}

pub(super) fn solid(r: u8, g: u8, b: u8) -> Paint {
    Paint::Solid(Rgba([r, g, b, 255]))
}

pub(super) fn image(id: ImageId, source: Rect, target: Rect) -> ImageItem {
    ImageItem {
        image: id,
        source,
        target,
        clip: None,
        cropped: false,
        filter: None,
        opacity: 1.0,
        transform: Affine::IDENTITY,
    }
}

pub(super) fn meaning(role: MeaningRole) -> Meaning {
    Meaning { role, alt: None, link: None, lang: None, bounds: Rect::new(10.0, 10.0, 110.0, 60.0) }
}

pub(super) fn group(meaning: Option<Meaning>, items: Vec<Item>) -> Item {
    Item::Group(Group { items, meaning, ..Group::default() })
}

pub(super) fn style(family: &str, size: f64, weight: f64) -> CharStyle {
    CharStyle {
        family: family.to_owned(),
        size,
        weight,
        italic: false,
        axes: Vec::new(),
        features: Vec::new(),
        line_height: 1.3,
        letter_spacing: 0.0,
        text_case: TextCase::None,
        decoration: Decoration::None,
        hyphenate: false,
        fill: Vec::new(),
        stroke: Stroke::default(),
    }
}

/// The glyphs of a text in a box of this width, its top left at a place.
pub(super) fn glyphs(words: &str, base: CharStyle, width: f64, at: (f64, f64)) -> Vec<GlyphItem> {
    let text = Text {
        spans: vec![Span { text: words.to_owned(), style: base.clone(), link: None, highlight: None }],
        base,
        align: TextAlign::Start,
        vertical_align: VerticalAlign::Top,
        wrap: Wrap::Normal,
        lang: "en".to_owned(),
        direction: Direction::Auto,
        list: ListStyle::None,
        paragraph_spacing: 0.0,
        fit: Fit::default(),
        max_lines: None,
        overflow: None,
        highlight: None,
    };
    let mut cx = TextContext::new();
    let placed = cx.prepare(fonts(), &text).place(&mut cx, 1.0, width, None);
    let item = |run: crate::text::PlacedRun| GlyphItem {
        face: run.face,
        size: run.size,
        coords: run.coords,
        skew: run.skew,
        glyphs: run.glyphs,
        text: run.text,
        paragraph: run.paragraph,
        mark: run.mark,
        right_to_left: run.right_to_left,
        paint: Paint::Solid(Rgba::BLACK),
        outline: None,
        transform: Affine::translate(at),
    };
    placed.runs.into_iter().map(item).collect()
}

/// A text node.
pub(super) fn text(words: &str, base: CharStyle, width: f64, at: (f64, f64)) -> Item {
    let items = glyphs(words, base, width, at).into_iter().map(Item::Glyphs).collect();
    group(Some(meaning(MeaningRole::Text)), items)
}

pub(super) fn write(list: &DisplayList, images: &ImageStore) -> Vec<u8> {
    try_write(list, images).expect("a PDF")
}

pub(super) fn try_write(list: &DisplayList, images: &ImageStore) -> Result<Vec<u8>, RenderError> {
    super::super::write(list, fonts(), images, &mut RasterContext::new(), &mut |_| {})
}

/// Whether a program that tests use is there. In CI it must be.
pub(super) fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    assert!(found || std::env::var("CI").as_deref() != Ok("true"), "{program} is not installed");
    if !found {
        eprintln!("left out: {program} is not installed");
    }
    found
}

/// What a program prints about a PDF. `{}` among the arguments stands for its file.
pub(super) fn ask(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder for the PDF");
    let path = folder.path().join("it.pdf");
    std::fs::write(&path, pdf).expect("the PDF is written");
    run(program, arguments, &path)
}

fn run(program: &str, arguments: &[&str], pdf: &Path) -> String {
    let mut command = Command::new(program);
    for &argument in arguments {
        if argument == "{}" {
            command.arg(pdf)
        } else {
            command.arg(argument)
        };
    }
    let output = command.output().expect("the program runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program}: {out}{err}");
    format!("{out}{err}")
}

/// What copying the whole document gives, lines and white space levelled, without the marks that pdftotext puts around
/// right-to-left text.
pub(super) fn copied(pdf: &[u8]) -> String {
    let text = ask("pdftotext", &["-enc", "UTF-8", "{}", "-"], pdf);
    let text = text.replace(|c| matches!(c, '\u{202a}'..='\u{202e}'), "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
