//! What is drawn with text besides glyphs: underlines, strikethroughs, and the boxes of highlights.

use std::collections::BTreeMap;

use handbill_template::resolved::{Decoration, HighlightPer};
use kurbo::Rect;

use super::super::style::{HighlightBox, Style};
use super::super::{PlacedBox, PlacedRule, PlacedText, PreparedText};

/// A part of a line in one style, from left to right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    style: u16,
    left: f64,
    right: f64,
}

/// Adds a piece of a line; pieces of one style that follow each other are one stretch.
pub(super) fn extend(stretches: &mut Vec<Stretch>, style: u16, left: f64, right: f64) {
    match stretches.last_mut() {
        Some(last) if last.style == style => last.right = right,
        _ => stretches.push(Stretch { style, left, right }),
    }
}

/// Decorations and highlights of one line. Boxes of highlights around a whole block are made one later.
pub(super) fn adorn(text: &PreparedText, k: f64, baseline: f64, stretches: &[Stretch], placed: &mut PlacedText) {
    if let Some(highlight) = text.settings.highlight
        && let (Some(first), Some(last)) = (stretches.first(), stretches.last())
    {
        let heights = stretches.iter().map(|stretch| extent(&text.styles[usize::from(stretch.style)], k));
        let (above, below) =
            heights.fold((0.0, 0.0), |(a, b): (f64, f64), (above, below)| (a.max(above), b.max(below)));
        let seen = Rect::new(first.left, baseline - above, last.right, baseline + below);
        placed.highlights.push(PlacedBox { rect: padded(seen, highlight), span: None });
    }
    for stretch in stretches {
        let style = &text.styles[usize::from(stretch.style)];
        if let Some(highlight) = style.highlight {
            let (above, below) = extent(style, k);
            let seen = Rect::new(stretch.left, baseline - above, stretch.right, baseline + below);
            placed.highlights.push(PlacedBox { rect: padded(seen, highlight), span: style.span });
        }
        let rule = match style.decoration {
            Decoration::None => continue,
            Decoration::Underline => style.metrics.underline,
            Decoration::LineThrough => style.metrics.strikethrough,
        };
        let em = style.size * k;
        let top = baseline - rule.top * em;
        let rect = Rect::new(stretch.left, top, stretch.right, top + rule.thickness * em);
        placed.decorations.push(PlacedRule { rect, span: style.span });
    }
}

/// Makes one box of all boxes of a highlight that goes around its whole block, and puts the text's own first.
pub(super) fn finish_blocks(text: &PreparedText, placed: &mut PlacedText) {
    let is_block = |span: Option<usize>| {
        let highlight = span.map_or(text.settings.highlight, |span| text.styles[span].highlight);
        highlight.is_some_and(|highlight| highlight.per == HighlightPer::Block)
    };
    let mut blocks: BTreeMap<Option<usize>, Rect> = BTreeMap::new();
    let mut finished: Vec<PlacedBox> = Vec::new();
    for found in placed.highlights.drain(..) {
        if is_block(found.span) {
            blocks.entry(found.span).and_modify(|rect| *rect = rect.union(found.rect)).or_insert(found.rect);
        } else {
            finished.push(found);
        }
    }
    finished.extend(blocks.into_iter().map(|(span, rect)| PlacedBox { rect, span }));
    finished.sort_by_key(|found| found.span);
    placed.highlights = finished;
}

/// How far a style reaches above and below the baseline: its font's ascent and descent.
fn extent(style: &Style, k: f64) -> (f64, f64) {
    (style.metrics.ascent * style.size * k, style.metrics.descent * style.size * k)
}

fn padded(rect: Rect, highlight: HighlightBox) -> Rect {
    let [top, right, bottom, left] = highlight.padding;
    Rect::new(rect.x0 - left, rect.y0 - top, rect.x1 + right, rect.y1 + bottom)
}
