//! The glyphs of one line: in visual order, aligned or justified.

use std::ops::Range;
use std::sync::Arc;

use handbill_template::resolved::{TextAlign, Wrap};
use kurbo::Rect;

use super::super::breaking::Line;
use super::super::lines::LineMetrics;
use super::super::paragraph::{Paragraph, Run};
use super::super::{PlacedLine, PlacedRun, PlacedText, PreparedText, bidi, shape};
use super::adorn::{self, Stretch};
use crate::display;

/// What a line shows: clusters of its paragraph, or of the paragraph that was cut for it.
#[derive(Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) paragraph: &'a Paragraph,
    /// Of the paragraph in the text.
    pub(super) number: usize,
    /// The mark of a list item.
    pub(super) mark: bool,
    pub(super) line: Line,
    pub(super) ellipsis: bool,
    /// The last line of its paragraph.
    pub(super) last: bool,
}

/// Places one line.
pub(super) struct LinePlacer<'a> {
    pub(super) text: &'a PreparedText,
    pub(super) k: f64,
    /// Of the text's box, layout pixels.
    pub(super) width: f64,
    /// Of the line's box, layout pixels.
    pub(super) top: f64,
    pub(super) metrics: LineMetrics,
    pub(super) content: Content<'a>,
}

/// Clusters of one run and one style.
struct Piece {
    clusters: Range<usize>,
    run: usize,
    style: u16,
}

impl LinePlacer<'_> {
    pub(super) fn place(&self, placed: &mut PlacedText) {
        let Content { paragraph, line, ellipsis, .. } = self.content;
        let natural = paragraph.width(line.start..line.end) * self.k;
        let gap = self.justifying_gap(natural);
        let width = if gap > 0.0 { self.room() } else { natural };
        let left = self.left(width);
        let baseline = self.baseline();
        placed.lines.push(PlacedLine {
            rect: Rect::new(left, self.top, left + width, self.top + self.metrics.height * self.k),
            baseline,
            text: Arc::clone(&paragraph.text),
            range: paragraph.bytes(line.start..line.end),
            ellipsis,
        });
        let stretches = self.place_runs(left, gap, placed);
        adorn::adorn(self.text, self.k, baseline, &stretches, placed);
    }

    /// Places the glyphs from `left` on; returns what of the line is in which style.
    pub(super) fn place_runs(&self, left: f64, gap: f64, placed: &mut PlacedText) -> Vec<Stretch> {
        let Content { paragraph, line, .. } = self.content;
        let pieces = pieces(paragraph, line.start..line.end);
        let levels: Vec<u8> = pieces.iter().map(|piece| paragraph.runs[piece.run].item.level).collect();
        let mut x = left;
        let mut stretches: Vec<Stretch> = Vec::new();
        for index in bidi::visual_order(&levels) {
            let piece = &pieces[index];
            let from = x;
            let (run, seen_until) = self.place_piece(piece, &mut x, gap);
            adorn::extend(&mut stretches, piece.style, from, seen_until);
            placed.runs.push(run);
        }
        stretches
    }

    fn baseline(&self) -> f64 {
        self.top + self.metrics.baseline * self.k
    }

    /// Places a piece at `x` and moves on; also says where its last cluster ends, without what is added after it.
    fn place_piece(&self, piece: &Piece, x: &mut f64, gap: f64) -> (PlacedRun, f64) {
        let paragraph = self.content.paragraph;
        let run = &paragraph.runs[piece.run];
        let mut placed = self.new_run(run, piece.style);
        let baseline = self.baseline();
        let mut seen_until = *x;
        let mut place = |at: usize| {
            let cluster = &paragraph.clusters[at];
            for glyph in &paragraph.glyphs[cluster.glyphs.clone()] {
                placed.glyphs.push(display::Glyph {
                    id: glyph.id,
                    x: (*x + glyph.x * self.k) as f32,
                    y: (baseline + glyph.y * self.k) as f32,
                    advance: (glyph.advance * self.k) as f32,
                    range: cluster.start..cluster.end,
                });
                *x += glyph.advance * self.k;
            }
            seen_until = *x;
            *x += cluster.spacing * self.k;
            if gap > 0.0 && stretches_after(paragraph, at, self.content.line.end) {
                *x += gap;
            }
        };
        if run.right_to_left() {
            piece.clusters.clone().rev().for_each(&mut place);
        } else {
            piece.clusters.clone().for_each(&mut place);
        }
        (placed, seen_until)
    }

    fn new_run(&self, run: &Run, style: u16) -> PlacedRun {
        PlacedRun {
            face: run.item.choice.found.face,
            size: (run.size * self.k) as f32,
            coords: Arc::clone(&run.coords),
            skew: shape::skew(self.text.fonts.face(run.item.choice.found.face), run.item.choice.found),
            glyphs: Vec::new(),
            text: Arc::clone(&self.content.paragraph.text),
            paragraph: self.content.number,
            mark: self.content.mark,
            right_to_left: run.right_to_left(),
            span: self.text.styles[usize::from(style)].span,
        }
    }

    /// The width that lines have: the box's, without the indent of lists.
    fn room(&self) -> f64 {
        self.width - self.text.settings.indent * self.k
    }

    /// Where a line of some width begins.
    fn left(&self, width: f64) -> f64 {
        let right_to_left = self.content.paragraph.right_to_left;
        let indent = if right_to_left { 0.0 } else { self.text.settings.indent * self.k };
        let free = self.room() - width;
        indent
            + match (self.text.settings.align, right_to_left) {
                (TextAlign::Center, _) => free / 2.0,
                (TextAlign::Start | TextAlign::Justify, false) | (TextAlign::End, true) => 0.0,
                (TextAlign::Start | TextAlign::Justify, true) | (TextAlign::End, false) => free,
            }
    }

    /// What is added at each place that stretches; 0 when the line is not justified.
    fn justifying_gap(&self, natural: f64) -> f64 {
        let Content { paragraph, line, ellipsis, last, .. } = self.content;
        let settings = &self.text.settings;
        if settings.align != TextAlign::Justify || settings.wrap == Wrap::None || last || ellipsis {
            return 0.0;
        }
        let places = (line.start..line.end).filter(|&at| stretches_after(paragraph, at, line.end)).count();
        let free = self.room() - natural;
        if places > 0 && free > 0.0 { free / places as f64 } else { 0.0 }
    }
}

/// Justified lines stretch after spaces, and between Chinese and Japanese characters.
fn stretches_after(paragraph: &Paragraph, at: usize, end: usize) -> bool {
    if at + 1 >= end {
        return false;
    }
    let first = |at: usize| {
        let cluster = &paragraph.clusters[at];
        paragraph.text[cluster.start..cluster.end].chars().next().unwrap_or(' ')
    };
    let (this, next) = (first(at), first(at + 1));
    let is_space = |character: char| matches!(character, ' ' | '\u{A0}' | '\u{3000}');
    is_space(this) || (!is_space(next) && (is_ideographic(this) || is_ideographic(next)))
}

fn is_ideographic(character: char) -> bool {
    matches!(character, '\u{2E80}'..='\u{2FFF}' | '\u{3001}'..='\u{312F}' | '\u{3190}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF01}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

fn pieces(paragraph: &Paragraph, clusters: Range<usize>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for at in clusters {
        let cluster = &paragraph.clusters[at];
        let run = cluster.run as usize;
        match pieces.last_mut() {
            Some(piece) if piece.run == run && piece.style == cluster.style => piece.clusters.end = at + 1,
            _ => pieces.push(Piece { clusters: at..at + 1, run, style: cluster.style }),
        }
    }
    pieces
}
