//! The way from a resolved text to shaped paragraphs.

use std::collections::BTreeMap;

use handbill_template::resolved::{self, CharStyle, Direction, Wrap};
use harfrust::Language;
use hypher::Lang;
use parley_engine::break_overrides::CHROMIUM_LINE_BREAK_OVERRIDE;
use parley_engine::{AnalysisOptions, BaseDirection};

use super::alone::AloneShaper;
use super::choose::Chooser;
use super::hyphenate::{self, divisions};
use super::itemize::{itemize, note_missing};
use super::paragraph::{Found, Paragraph};
use super::shape::Shaped;
use super::source::{self, Source};
use super::style::{self, HighlightBox, Settings, Style};
use super::{FontFallback, PreparedText, TextContext};
use crate::fonts::{FamilyId, FontLibrary, substitutes};

/// What is drawn where a word is divided, and in fonts without that sign.
const HYPHEN: &str = "\u{2010}";
const PLAIN_HYPHEN: &str = "-";

pub(super) fn prepare(cx: &mut TextContext, fonts: &FontLibrary, text: &resolved::Text) -> PreparedText {
    cx.shaper.tidy();
    let mut fallbacks = Vec::new();
    let styles = styles(cx, fonts, text, &mut fallbacks);
    let base_direction = match text.direction {
        Direction::Auto => BaseDirection::Auto,
        Direction::Ltr => BaseDirection::Ltr,
        Direction::Rtl => BaseDirection::Rtl,
    };
    let mut shaping = Shaping {
        fonts,
        styles: &styles,
        chooser: Chooser::new(fonts, &text.lang),
        language: Language::new(&text.lang),
        breaks_anywhere: text.wrap == Wrap::Anywhere,
        patterns: hyphenate::patterns(&text.lang),
        hyphens: BTreeMap::new(),
        missing: Vec::new(),
    };
    let sources = source::paragraphs(&text.spans, &text.lang);
    let paragraphs = sources.into_iter().map(|source| shaping.paragraph(cx, source, base_direction)).collect();
    let Shaping { language, missing, .. } = shaping;
    PreparedText {
        fonts: fonts.clone(),
        paragraphs,
        styles,
        settings: Settings::of(text),
        language,
        missing,
        fallbacks,
    }
}

/// Shapes other words in the styles of a prepared text: a cut line, a list's mark.
pub(super) fn reshape(cx: &mut TextContext, text: &PreparedText, source: Source, right_to_left: bool) -> Paragraph {
    let mut shaping = Shaping {
        fonts: &text.fonts,
        styles: &text.styles,
        chooser: Chooser::new(&text.fonts, &text.settings.language),
        language: text.language.clone(),
        breaks_anywhere: false,
        patterns: None,
        hyphens: BTreeMap::new(),
        missing: Vec::new(),
    };
    shaping.paragraph(cx, source, if right_to_left { BaseDirection::Rtl } else { BaseDirection::Ltr })
}

/// What the paragraphs of a text have in common.
struct Shaping<'a> {
    fonts: &'a FontLibrary,
    styles: &'a [Style],
    chooser: Chooser<'a>,
    language: Option<Language>,
    /// Words may break anywhere (`wrap: anywhere`).
    breaks_anywhere: bool,
    /// Those of the text's language; None for what is not to be broken.
    patterns: Option<Lang>,
    /// Widths of the styles' hyphens that are known.
    hyphens: BTreeMap<u16, f64>,
    missing: Vec<String>,
}

impl Shaping<'_> {
    fn paragraph(&mut self, cx: &mut TextContext, source: Source, base_direction: BaseDirection) -> Paragraph {
        let options = AnalysisOptions {
            base_direction,
            line_break_override: Some(CHROMIUM_LINE_BREAK_OVERRIDE),
            ..AnalysisOptions::default()
        };
        cx.analyzer.analyze(&source.text, &options, &mut cx.analysis);
        let itemized = itemize(&source, &cx.analysis, self.styles, &mut self.chooser);
        for cluster in &itemized.missing {
            note_missing(&mut self.missing, cluster);
        }
        let mut shaped = Shaped::default();
        for item in &itemized.items {
            cx.shaper.shape(self.fonts, &source.text, item, self.styles, self.language.as_ref(), &mut shaped);
        }
        for cluster in &shaped.damaged {
            note_missing(&mut self.missing, cluster);
        }
        let right_to_left = cx.analysis.paragraph_level().is_rtl();
        let styles = self.styles;
        let found = Found { graphemes: &itemized.graphemes, divisions: divisions(&source, styles, self.patterns) };
        let mut paragraph =
            Paragraph::new(source, right_to_left, shaped, &found, styles, &mut |style| self.hyphen(cx, style));
        let mut alone = AloneShaper::new(&mut cx.shaper, self.fonts, styles, self.language.as_ref());
        paragraph.widest_word =
            if self.breaks_anywhere { alone.widest_grapheme(&paragraph) } else { alone.widest_word(&paragraph) };
        paragraph
    }

    /// The width of a style's hyphen, designed pixels.
    fn hyphen(&mut self, cx: &mut TextContext, style: u16) -> f64 {
        if let Some(&known) = self.hyphens.get(&style) {
            return known;
        }
        let source = Source { text: self.styles[usize::from(style)].hyphen.to_owned(), styles: vec![(0, style)] };
        let patterns = self.patterns.take();
        let mark = self.paragraph(cx, source, BaseDirection::Ltr);
        self.patterns = patterns;
        let width = mark.width(0..mark.clusters.len());
        self.hyphens.insert(style, width);
        width
    }
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
        let has_hyphen = fonts.family(family).find(weight, own.italic, &['\u{2010}'], fonts).is_some();
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
            hyphenate: own.hyphenate,
            hyphen: if has_hyphen { HYPHEN } else { PLAIN_HYPHEN },
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
