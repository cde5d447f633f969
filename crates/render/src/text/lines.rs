//! A text's lines at a factor and a width: how many, how wide, how high.

use handbill_template::resolved::Wrap;

use super::alone::AloneShaper;
use super::breaking::{Line, break_lines};
use super::paragraph::Paragraph;
use super::style::Style;
use super::{Measured, PreparedText, TextContext};

/// A line of a text, with its height. Designed pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextLine {
    pub(super) paragraph: usize,
    pub(super) line: Line,
    /// Space above, between paragraphs.
    pub(super) gap: f64,
    pub(super) metrics: LineMetrics,
}

/// A line's box: lineHeight × its largest font size, leading split around that size's own face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineMetrics {
    pub(super) height: f64,
    /// From the top of the box.
    pub(super) baseline: f64,
}

/// All lines, broken within a width in layout pixels.
pub(super) fn lines(text: &PreparedText, cx: &mut TextContext, k: f64, width: Option<f64>) -> Vec<TextLine> {
    let mut lines = Vec::new();
    let mut alone = AloneShaper::of(cx, text);
    for (index, paragraph) in text.paragraphs.iter().enumerate() {
        let width = width.map(|width| (width / k - text.settings.indent).max(0.0));
        for (number, line) in break_lines(paragraph, &mut alone, width, text.settings.wrap, k).into_iter().enumerate() {
            let gap = if number == 0 && index > 0 { text.settings.paragraph_spacing } else { 0.0 };
            lines.push(TextLine { paragraph: index, line, gap, metrics: metrics(paragraph, &line, &text.styles) });
        }
    }
    lines
}

pub(super) fn metrics(paragraph: &Paragraph, line: &Line, styles: &[Style]) -> LineMetrics {
    let mut height: f64 = 0.0;
    let mut largest: Option<&Style> = None;
    for number in paragraph.styles_of(line.start..line.end) {
        let style = &styles[usize::from(number)];
        height = height.max(style.line_height);
        if largest.is_none_or(|known| style.size > known.size) {
            largest = Some(style);
        }
    }
    let (ascent, descent) =
        largest.map_or((0.0, 0.0), |style| (style.metrics.ascent * style.size, style.metrics.descent * style.size));
    LineMetrics { height, baseline: (height - ascent - descent) / 2.0 + ascent }
}

pub(super) fn measure(text: &PreparedText, cx: &mut TextContext, k: f64, width: Option<f64>) -> Measured {
    let lines = lines(text, cx, k, width);
    let shown = text.settings.max_lines.unwrap_or(usize::MAX).min(lines.len());
    let widest = lines[..shown].iter().map(|line| line.line.width).fold(0.0, f64::max);
    Measured {
        width: (widest + text.settings.indent) * k,
        height: lines[..shown].iter().map(|line| line.gap + line.metrics.height).sum::<f64>() * k,
        lines: shown,
        widest_word: (widest_word(text) + text.settings.indent) * k,
    }
}

/// The widest piece that does not break, without the indent of lists. Designed pixels.
pub(super) fn widest_word(text: &PreparedText) -> f64 {
    let of = |paragraph: &Paragraph| match text.settings.wrap {
        Wrap::None => Line::whole(paragraph).width,
        Wrap::Anywhere | Wrap::Normal | Wrap::Balance | Wrap::Pretty => paragraph.widest_word,
    };
    text.paragraphs.iter().map(of).fold(0.0, f64::max)
}
