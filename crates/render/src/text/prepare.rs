//! The way from a resolved text to shaped paragraphs.

use handbill_template::resolved::{self, CharStyle, Direction};
use harfrust::Language;
use parley_engine::break_overrides::CHROMIUM_LINE_BREAK_OVERRIDE;
use parley_engine::{AnalysisOptions, BaseDirection};

use super::choose::Chooser;
use super::itemize::{itemize, note_missing};
use super::paragraph::Paragraph;
use super::shape::Shaped;
use super::source::{self, Source};
use super::style::{self, HighlightBox, Settings, Style};
use super::{FontFallback, PreparedText, TextContext};
use crate::fonts::{FamilyId, FontLibrary, substitutes};

pub(super) fn prepare(cx: &mut TextContext, fonts: &FontLibrary, text: &resolved::Text) -> PreparedText {
    cx.shaper.tidy();
    let mut fallbacks = Vec::new();
    let styles = styles(cx, fonts, text, &mut fallbacks);
    let mut chooser = Chooser::new(fonts, &text.lang);
    let mut missing = Vec::new();
    let paragraphs = source::paragraphs(&text.spans, &text.lang)
        .into_iter()
        .map(|source| paragraph(cx, fonts, text, source, &styles, &mut chooser, &mut missing))
        .collect();
    PreparedText { fonts: fonts.clone(), paragraphs, styles, settings: Settings::of(text), missing, fallbacks }
}

fn paragraph(
    cx: &mut TextContext,
    fonts: &FontLibrary,
    text: &resolved::Text,
    source: Source,
    styles: &[Style],
    chooser: &mut Chooser,
    missing: &mut Vec<String>,
) -> Paragraph {
    let options = AnalysisOptions {
        base_direction: match text.direction {
            Direction::Auto => BaseDirection::Auto,
            Direction::Ltr => BaseDirection::Ltr,
            Direction::Rtl => BaseDirection::Rtl,
        },
        line_break_override: Some(CHROMIUM_LINE_BREAK_OVERRIDE),
        ..AnalysisOptions::default()
    };
    cx.analyzer.analyze(&source.text, &options, &mut cx.analysis);
    let itemized = itemize(&source, &cx.analysis, styles, chooser);
    for cluster in &itemized.missing {
        note_missing(missing, cluster);
    }
    let language = Language::new(&text.lang);
    let mut shaped = Shaped::default();
    for item in &itemized.items {
        cx.shaper.shape(fonts, &source.text, item, styles, language.as_ref(), &mut shaped);
    }
    let right_to_left = cx.analysis.paragraph_level().is_rtl();
    let base = u16::try_from(styles.len() - 1).unwrap_or(u16::MAX);
    Paragraph::new(source, right_to_left, shaped, &itemized.graphemes, styles, base)
}

/// One style per span, then the text's own.
fn styles(
    cx: &mut TextContext,
    fonts: &FontLibrary,
    text: &resolved::Text,
    fallbacks: &mut Vec<FontFallback>,
) -> Vec<Style> {
    let spans =
        text.spans.iter().enumerate().map(|(number, span)| (Some(number), &span.style, span.highlight.as_ref()));
    let mut styles: Vec<Style> = Vec::with_capacity(text.spans.len() + 1);
    let mut shaping: Vec<&CharStyle> = Vec::new();
    for (span, own, highlight) in spans.chain([(None, &text.base, None)]) {
        let family = family(fonts, &own.family, span.is_some(), fallbacks);
        let weight = own.weight.round().clamp(1.0, 1000.0) as u16;
        let axes = style::axes(own);
        let metrics = cx.shaper.metrics(fonts, fonts.family(family).nearest(weight, own.italic), &axes);
        let shape_key = shaping.iter().position(|known| shapes_alike(known, own)).unwrap_or_else(|| {
            shaping.push(own);
            shaping.len() - 1
        });
        styles.push(Style {
            span,
            family,
            size: own.size,
            weight,
            italic: own.italic,
            axes,
            features: style::features(own),
            line_height: own.line_height * own.size,
            letter_spacing: own.letter_spacing * own.size,
            decoration: own.decoration,
            metrics,
            highlight: highlight.map(HighlightBox::of),
            shape_key: u16::try_from(shape_key).unwrap_or(u16::MAX),
        });
    }
    styles
}

/// Whether two styles may share a run: their glyphs and advances are the same.
fn shapes_alike(a: &CharStyle, b: &CharStyle) -> bool {
    a.family == b.family
        && a.size == b.size
        && a.weight == b.weight
        && a.italic == b.italic
        && a.axes == b.axes
        && a.features == b.features
        && (a.letter_spacing == 0.0) == (b.letter_spacing == 0.0)
}

/// The family asked for, or the first of its substitutes that exists.
fn family(fonts: &FontLibrary, asked: &str, is_used: bool, fallbacks: &mut Vec<FontFallback>) -> FamilyId {
    if let Some(family) = fonts.find_family(asked) {
        return family;
    }
    let family = substitutes(asked).find_map(|name| fonts.find_family(name)).unwrap_or_else(|| fonts.first_family());
    if is_used && !fallbacks.iter().any(|known| known.asked == asked) {
        fallbacks.push(FontFallback { asked: asked.to_owned(), used: fonts.family(family).name.clone() });
    }
    family
}
