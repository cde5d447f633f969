//! The final lines: where every glyph of a text stands in its box.

use std::sync::Arc;

use handbill_template::resolved::{Overflow, TextAlign, VerticalAlign};

use kurbo::Rect;

use super::lines::{TextLine, lines, width_of};
use super::paragraph::{Cluster, Paragraph, Run};
use super::{PlacedLine, PlacedRun, PlacedText, PreparedText, TextContext, bidi, shape};
use crate::display;

pub(super) fn place(text: &PreparedText, _cx: &mut TextContext, k: f64, width: f64, height: Option<f64>) -> PlacedText {
    let all = lines(text, k, Some(width));
    let shown = shown_lines(text, &all, k, height);
    let total: f64 = all[..shown].iter().map(|line| line.gap + line.metrics.height).sum::<f64>() * k;
    let mut placed = PlacedText {
        width: all[..shown].iter().map(|line| width_of(text, line)).fold(0.0, f64::max) * k,
        height: total,
        overflows: shown < all.len() || height.is_some_and(|height| total > height + 0.05),
        clip: text.settings.overflow(height) == Overflow::Clip,
        ..PlacedText::default()
    };
    let mut y = top(text, total, height);
    for line in &all[..shown] {
        y += line.gap * k;
        LinePlacer { text, line, k, width, top: y }.place(&mut placed);
        y += line.metrics.height * k;
    }
    placed
}

/// How many lines show.
fn shown_lines(text: &PreparedText, all: &[TextLine], k: f64, height: Option<f64>) -> usize {
    let overflow = text.settings.overflow(height);
    let most = match overflow {
        Overflow::Visible | Overflow::Error => all.len(),
        Overflow::Ellipsis | Overflow::Clip => text.settings.max_lines.unwrap_or(usize::MAX).min(all.len()),
    };
    let Some(height) = height.filter(|_| overflow == Overflow::Ellipsis) else { return most };
    let mut bottom = 0.0;
    let within = all[..most].iter().take_while(|line| {
        bottom += (line.gap + line.metrics.height) * k;
        bottom <= height + 0.05
    });
    within.count().max(1)
}

/// Where the first line's box begins.
fn top(text: &PreparedText, total: f64, height: Option<f64>) -> f64 {
    let Some(height) = height else { return 0.0 };
    let free = height - total;
    let free = if text.settings.overflow(Some(height)) == Overflow::Visible { free } else { free.max(0.0) };
    match text.settings.vertical_align {
        VerticalAlign::Top => 0.0,
        VerticalAlign::Middle => free / 2.0,
        VerticalAlign::Bottom => free,
    }
}

/// Places the glyphs of one line.
struct LinePlacer<'a> {
    text: &'a PreparedText,
    line: &'a TextLine,
    k: f64,
    width: f64,
    top: f64,
}

impl LinePlacer<'_> {
    fn place(&self, placed: &mut PlacedText) {
        let paragraph = &self.text.paragraphs[self.line.paragraph];
        let baseline = self.top + self.line.metrics.baseline * self.k;
        let width = width_of(self.text, self.line) * self.k;
        let mut x = self.start(paragraph, width);
        placed.lines.push(PlacedLine {
            rect: Rect::new(x, self.top, x + width, self.top + self.line.metrics.height * self.k),
            baseline,
            text: Arc::clone(&paragraph.text),
            range: paragraph.bytes(self.line.line.start..self.line.line.end),
            ellipsis: false,
        });
        let pieces = pieces(paragraph, self.line.line.start, self.line.line.end);
        let levels: Vec<u8> = pieces.iter().map(|piece| paragraph.runs[piece.run].level).collect();
        for index in bidi::visual_order(&levels) {
            let piece = &pieces[index];
            let run = &paragraph.runs[piece.run];
            let mut out = self.new_run(paragraph, run, &paragraph.clusters[piece.start]);
            let mut place = |at: usize| {
                let cluster = &paragraph.clusters[at];
                for glyph in &paragraph.glyphs[cluster.glyphs.clone()] {
                    out.glyphs.push(display::Glyph {
                        id: glyph.id,
                        x: (x + glyph.x * self.k) as f32,
                        y: (baseline + glyph.y * self.k) as f32,
                        advance: (glyph.advance * self.k) as f32,
                        range: cluster.start..cluster.end,
                    });
                    x += glyph.advance * self.k;
                }
                x += cluster.spacing * self.k;
            };
            if run.level % 2 == 1 {
                (piece.start..piece.end).rev().for_each(&mut place);
            } else {
                (piece.start..piece.end).for_each(&mut place);
            }
            placed.runs.push(out);
        }
    }

    /// Where the line begins from the left.
    fn start(&self, paragraph: &Paragraph, width: f64) -> f64 {
        let free = self.width - width;
        match (self.text.settings.align, paragraph.right_to_left) {
            (TextAlign::Center, _) => free / 2.0,
            (TextAlign::Start | TextAlign::Justify, false) | (TextAlign::End, true) => 0.0,
            (TextAlign::Start | TextAlign::Justify, true) | (TextAlign::End, false) => free,
        }
    }

    fn new_run(&self, paragraph: &Paragraph, run: &Run, first: &Cluster) -> PlacedRun {
        PlacedRun {
            face: run.found.face,
            size: (run.size * self.k) as f32,
            coords: Arc::clone(&run.coords),
            skew: shape::skew(self.text.fonts.face(run.found.face), run.found),
            glyphs: Vec::new(),
            text: Arc::clone(&paragraph.text),
            right_to_left: run.level % 2 == 1,
            span: self.text.styles[usize::from(first.style)].span,
        }
    }
}

/// Clusters of one run and one style.
struct Piece {
    start: usize,
    end: usize,
    run: usize,
    style: u16,
}

fn pieces(paragraph: &Paragraph, start: usize, end: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, cluster) in paragraph.clusters[start..end].iter().enumerate() {
        let run = cluster.run as usize;
        match pieces.last_mut() {
            Some(piece) if piece.run == run && piece.style == cluster.style => piece.end = start + index + 1,
            _ => pieces.push(Piece { start: start + index, end: start + index + 1, run, style: cluster.style }),
        }
    }
    pieces
}
