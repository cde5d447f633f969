//! Text: shaped once at its designed size, then measured, fitted and placed at any factor and width.
//!
//! ```text
//! resolved::Text ─ source (case, paragraphs) ─► itemize (bidi, script, face) ─► shape ─► Paragraph
//!                                                   Paragraph ─ breaking ─► fit, measure, place ─► PlacedText
//! ```
//!
//! Everything about a text scales with its font size, so that lines at factor k of a width are the lines at factor 1 of
//! width / k: fitting only breaks again. What it shapes are the few words beside a break that look different alone, once
//! each. Unquantised; snapping to pixels is the rasteriser's.

mod alone;
mod bidi;
mod breaking;
mod choose;
mod emoji;
mod fit;
mod hyphenate;
mod itemize;
mod lines;
mod paragraph;
mod place;
mod prepare;
mod shape;
mod source;
mod style;

use std::sync::Arc;

use handbill_template::resolved;
use kurbo::{Affine, BezPath, Rect, Stroke};

use crate::display;
use crate::fonts::{FaceId, FontLibrary};

/// What is kept warm between texts: buffers, instances of variable fonts, shaping plans. One per thread.
#[derive(Default)]
pub struct TextContext {
    analyzer: parley_engine::Analyzer,
    analysis: parley_engine::Analysis,
    shaper: shape::Shaper,
}

impl TextContext {
    pub fn new() -> TextContext {
        TextContext::default()
    }

    /// Shapes a text at its designed sizes.
    pub fn prepare(&mut self, fonts: &FontLibrary, text: &resolved::Text) -> PreparedText {
        prepare::prepare(self, fonts, text)
    }
}

/// A shaped text, ready to be broken into lines at any width and any factor on its font sizes.
#[derive(Debug)]
pub struct PreparedText {
    fonts: FontLibrary,
    paragraphs: Vec<paragraph::Paragraph>,
    /// One per span of the text, then its base style.
    styles: Vec<style::Style>,
    settings: style::Settings,
    language: Option<harfrust::Language>,
    /// Clusters that no face has, each once.
    missing: Vec<String>,
    fallbacks: Vec<FontFallback>,
}

/// A family that does not exist here, and what stands in for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFallback {
    pub asked: String,
    pub used: String,
}

/// The size of a text broken into lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Of the widest line, layout pixels.
    pub width: f64,
    /// Of all lines that may show (`maxLines`), layout pixels.
    pub height: f64,
    /// Lines that may show.
    pub lines: usize,
    /// What cannot be broken: no box should be narrower. Layout pixels.
    pub widest_word: f64,
}

/// The final lines. All coordinates are layout pixels from the top left of the text's box.
#[derive(Debug, Clone, Default)]
pub struct PlacedText {
    pub runs: Vec<PlacedRun>,
    /// Underlines and strikethroughs.
    pub decorations: Vec<PlacedRule>,
    /// Boxes behind the text, in painting order.
    pub highlights: Vec<PlacedBox>,
    /// Shapes to fill with the text's base paint: the checks of a list.
    pub marks: Vec<PlacedMark>,
    /// Lines drawn, from the top.
    pub lines: Vec<PlacedLine>,
    /// Of the widest line drawn.
    pub width: f64,
    /// Of all lines drawn.
    pub height: f64,
    /// The text was cut with an ellipsis, or lines beyond `maxLines` were left out.
    pub truncated: Option<Truncation>,
    /// A word wider than the box, which was broken.
    pub word_broken: Option<String>,
    /// The text does not fit its box or its `maxLines`, whatever was done about it.
    pub overflows: bool,
    /// The box cuts what is drawn (`overflow: clip`).
    pub clip: bool,
}

/// The mark of a list, as a closed outline.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedMark {
    pub path: BezPath,
}

/// A line that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedLine {
    /// Its box: what is seen of the text from side to side, the line height from top to bottom.
    pub rect: Rect,
    /// From the top of the text's box.
    pub baseline: f64,
    /// The paragraph, cases applied; up to the ellipsis when the line ends in one.
    pub text: Arc<str>,
    /// Bytes of `text` that the line shows; hanging white space is left out.
    pub range: std::ops::Range<usize>,
    /// It ends in an ellipsis.
    pub ellipsis: bool,
}

impl PlacedLine {
    /// What the line shows, in logical order.
    pub fn shown(&self) -> &str {
        &self.text[self.range.clone()]
    }
}

/// What was given, and what of it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truncation {
    pub from: String,
    pub to: String,
}

/// Glyphs of one face, size and span on one line, in visual order.
#[derive(Debug, Clone)]
pub struct PlacedRun {
    pub face: FaceId,
    /// Layout pixels per em.
    pub size: f32,
    /// Normalized variation coordinates (2.14); empty: the font's defaults.
    pub coords: Arc<[i16]>,
    /// tan of the angle of a missing italic; 0 for none.
    pub skew: f32,
    pub glyphs: Vec<display::Glyph>,
    /// The paragraph, which the glyphs' ranges index.
    pub text: Arc<str>,
    /// Of the text, from 0.
    pub paragraph: usize,
    /// It is the mark of a list item.
    pub mark: bool,
    pub right_to_left: bool,
    /// The span of the text whose paint it takes; None: the text's base style (list marks).
    pub span: Option<usize>,
}

impl PlacedRun {
    /// The run as something to draw; `transform` leads from the text's box to the page.
    pub(crate) fn to_item(
        &self,
        paint: display::Paint,
        outline: Option<(Stroke, display::Paint)>,
        transform: Affine,
    ) -> display::Item {
        display::Item::Glyphs(display::GlyphItem {
            face: self.face,
            size: self.size,
            coords: Arc::clone(&self.coords),
            skew: self.skew,
            glyphs: self.glyphs.clone(),
            text: Arc::clone(&self.text),
            paragraph: self.paragraph,
            mark: self.mark,
            right_to_left: self.right_to_left,
            paint,
            outline,
            transform,
        })
    }
}

/// A line drawn with text, in its span's paint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedRule {
    pub rect: Rect,
    pub span: Option<usize>,
}

/// A box behind text, padding included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedBox {
    pub rect: Rect,
    /// The span whose highlight it is; None: the text's own.
    pub span: Option<usize>,
}

impl PreparedText {
    /// The number of the text's own style.
    fn base_style(&self) -> u16 {
        u16::try_from(self.styles.len() - 1).unwrap_or(u16::MAX)
    }

    /// The font size that fitting scales, layout pixels.
    pub fn designed_size(&self) -> f64 {
        self.settings.base_size
    }

    /// Clusters that no face has, each once, in the text's order. They are drawn as the box for missing characters.
    pub fn missing_glyphs(&self) -> &[String] {
        &self.missing
    }

    /// Families that do not exist, each once.
    pub fn font_fallbacks(&self) -> &[FontFallback] {
        &self.fallbacks
    }

    /// The size of the lines at a factor `k` on all font sizes, within a width in layout pixels. None: not wrapped.
    pub fn measure(&self, cx: &mut TextContext, k: f64, width: Option<f64>) -> Measured {
        lines::measure(self, cx, k, width)
    }

    /// The factor that `fit` chooses for a box: within the text's bounds the greatest at which its lines, its height
    /// and its widest word fit, found to a quarter pixel of font size. 1 when the text does not fit itself.
    /// When not even the least size fits, the factor of that size.
    pub fn fit(&self, cx: &mut TextContext, width: f64, height: Option<f64>) -> f64 {
        fit::fit(self, cx, width, height)
    }

    /// The least and greatest factor that `fit` may choose. Both 1 when the text does not fit itself.
    pub fn fit_bounds(&self) -> (f64, f64) {
        fit::bounds(&self.settings)
    }

    /// The lines at a factor `k` in a box. `height`: the box's when it is bounded, else None.
    pub fn place(&self, cx: &mut TextContext, k: f64, width: f64, height: Option<f64>) -> PlacedText {
        place::place(self, cx, k, width, height)
    }
}
