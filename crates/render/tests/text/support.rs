//! Texts to lay out, and ways to look at what came of them.

use handbill_render::fonts::FontLibrary;
use handbill_render::text::{PlacedLine, PlacedText, TextContext};
use handbill_template::resolved::{
    CharStyle, Decoration, Direction, Fit, ListStyle, Span, Stroke, Text, TextAlign, TextCase, VerticalAlign, Wrap,
};

use crate::bundled::bundled;

/// All embedded fonts, the extra pack included.
pub(crate) fn fonts() -> &'static FontLibrary {
    bundled(true)
}

pub(crate) fn style(family: &str, size: f64) -> CharStyle {
    CharStyle {
        family: family.to_owned(),
        size,
        weight: 400.0,
        italic: false,
        axes: Vec::new(),
        features: Vec::new(),
        line_height: 1.2,
        letter_spacing: 0.0,
        text_case: TextCase::None,
        decoration: Decoration::None,
        hyphenate: false,
        fill: Vec::new(),
        stroke: Stroke::default(),
    }
}

/// Inter, 20 px.
pub(crate) fn text(words: &str) -> Text {
    let base = style("Inter", 20.0);
    Text {
        spans: vec![span(words, base.clone())],
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
    }
}

/// As `text`, in another family.
pub(crate) fn in_family(family: &str, words: &str) -> Text {
    let mut text = text(words);
    text.base = style(family, 20.0);
    text.spans[0].style = text.base.clone();
    text
}

pub(crate) fn span(text: &str, style: CharStyle) -> Span {
    Span { text: text.to_owned(), style, link: None, highlight: None }
}

pub(crate) fn place(text: &Text, width: f64, height: Option<f64>) -> PlacedText {
    let mut cx = TextContext::new();
    let prepared = cx.prepare(fonts(), text);
    prepared.place(&mut cx, 1.0, width, height)
}

/// What each line shows, in logical order.
pub(crate) fn shown_lines(placed: &PlacedText) -> Vec<&str> {
    placed.lines.iter().map(PlacedLine::shown).collect()
}

/// Where each line begins and ends, to a tenth of a pixel.
pub(crate) fn extents(placed: &PlacedText) -> Vec<(f64, f64)> {
    let round = |x: f64| (x * 10.0).round() / 10.0;
    placed.lines.iter().map(|line| (round(line.rect.x0), round(line.rect.x1))).collect()
}

/// Families that a text is drawn with, each once, in the order of its runs.
pub(crate) fn families(placed: &PlacedText) -> Vec<&'static str> {
    let mut found: Vec<&str> = Vec::new();
    for run in &placed.runs {
        let family = fonts().face(run.face).family();
        if !found.contains(&family) {
            found.push(family);
        }
    }
    found
}
