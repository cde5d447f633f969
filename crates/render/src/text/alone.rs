//! Parts of a paragraph shaped as lines of their own: where a line breaks, kerning and joining end. How wide such lines
//! are, and what is drawn of them. Most lines begin and end where shaping may be cut; nothing is shaped for those.

use std::collections::BTreeMap;
use std::ops::Range;

use harfrust::Language;

use super::breaking::Line;
use super::itemize::Item;
use super::paragraph::Paragraph;
use super::shape::{Shaped, Shaper};
use super::style::Style;
use super::{PreparedText, TextContext};
use crate::fonts::FontLibrary;

/// Shapes parts of the paragraphs of one text.
pub(super) struct AloneShaper<'a> {
    shaper: &'a mut Shaper,
    fonts: &'a FontLibrary,
    styles: &'a [Style],
    language: Option<&'a Language>,
}

impl<'a> AloneShaper<'a> {
    pub(super) fn new(
        shaper: &'a mut Shaper,
        fonts: &'a FontLibrary,
        styles: &'a [Style],
        language: Option<&'a Language>,
    ) -> AloneShaper<'a> {
        AloneShaper { shaper, fonts, styles, language }
    }

    pub(super) fn of(cx: &'a mut TextContext, text: &'a PreparedText) -> AloneShaper<'a> {
        AloneShaper::new(&mut cx.shaper, &text.fonts, &text.styles, text.language.as_ref())
    }

    /// The width of a line from the cluster `start` to before `end`, when the next one begins at `next`. Designed
    /// pixels, without a hyphen.
    pub(super) fn width(&mut self, paragraph: &Paragraph, start: usize, end: usize, next: usize) -> f64 {
        if start >= end {
            return 0.0;
        }
        let within = paragraph.width(start..end);
        if !paragraph.is_unsafe(start) && !paragraph.is_unsafe(next) {
            return within;
        }
        // Only what stands between an end and the nearest place where shaping may be cut looks different.
        let head = (start..=end).find(|&at| at > start && !paragraph.is_unsafe(at));
        let head = if paragraph.is_unsafe(start) { head } else { Some(start) };
        let tail = (start..next).rev().find(|&at| !paragraph.is_unsafe(at));
        let tail = if paragraph.is_unsafe(next) { tail } else { Some(next) };
        match (head, tail) {
            (Some(head), Some(tail)) if head <= tail.min(end) => {
                within + self.change(paragraph, start, head, head) + self.change(paragraph, tail, end, next)
            }
            _ => self.known_width(paragraph, start, end, next),
        }
    }

    /// The widest piece between two breaks. Designed pixels.
    pub(super) fn widest_word(&mut self, paragraph: &Paragraph) -> f64 {
        let mut start = 0;
        let mut widest: f64 = 0.0;
        for piece in &paragraph.breaks {
            widest = widest.max(self.width(paragraph, start, piece.end, piece.next) + piece.hyphen);
            start = piece.next;
        }
        widest
    }

    /// The widest grapheme that can stand on a line of its own. Designed pixels.
    pub(super) fn widest_grapheme(&mut self, paragraph: &Paragraph) -> f64 {
        let mut known: BTreeMap<(&str, u16), f64> = BTreeMap::new();
        let starts = || paragraph.clusters.iter().enumerate().filter(|(_, cluster)| cluster.grapheme_start);
        let ends = starts().skip(1).map(|(at, _)| at).chain([paragraph.clusters.len()]);
        for ((start, cluster), end) in starts().zip(ends).filter(|((_, cluster), _)| !cluster.hangs) {
            let words = &paragraph.text[paragraph.bytes(start..end)];
            known.entry((words, cluster.style)).or_insert_with(|| self.width(paragraph, start, end, end));
        }
        known.into_values().fold(0.0, f64::max)
    }

    /// A line whose ends are not where shaping may be cut, shaped on its own; None: it is as it is in its paragraph.
    pub(super) fn line(&mut self, paragraph: &Paragraph, line: Line) -> Option<(Paragraph, Line)> {
        if line.start == line.end || !(paragraph.is_unsafe(line.start) || paragraph.is_unsafe(line.next)) {
            return None;
        }
        Some(self.shaped_line(paragraph, line))
    }

    /// A line shaped on its own.
    pub(super) fn shaped_line(&mut self, paragraph: &Paragraph, line: Line) -> (Paragraph, Line) {
        let seen_until = paragraph.bytes(line.start..line.end).end;
        let part = self.part(paragraph, &paragraph.bytes(line.start..line.next));
        let end = part.clusters.partition_point(|cluster| cluster.start < seen_until);
        let line = Line { start: 0, end, next: part.clusters.len(), ..line };
        (part, line)
    }

    /// By how much the clusters `start..end` are wider when `start..next` stand alone.
    fn change(&mut self, paragraph: &Paragraph, start: usize, end: usize, next: usize) -> f64 {
        if start >= end || start == next {
            return 0.0;
        }
        self.known_width(paragraph, start, end, next) - paragraph.width(start..end)
    }

    /// The width of the clusters `start..end` when `start..next` stand alone, shaped at most once.
    fn known_width(&mut self, paragraph: &Paragraph, start: usize, end: usize, next: usize) -> f64 {
        if let Some(width) = paragraph.alone.get(start, end, next) {
            return width;
        }
        let line = Line { start, end, next, breaks_word: false, hyphen: 0.0, width: 0.0 };
        let (part, line) = self.shaped_line(paragraph, line);
        let width = part.width(0..line.end);
        paragraph.alone.keep(start, end, next, width);
        width
    }

    fn part(&mut self, paragraph: &Paragraph, bytes: &Range<usize>) -> Paragraph {
        let mut shaped = Shaped::default();
        for run in &paragraph.runs[paragraph.runs_of(bytes)] {
            let range = run.item.range.start.max(bytes.start)..run.item.range.end.min(bytes.end);
            if !range.is_empty() {
                let item = Item { range, ..run.item.clone() };
                self.shaper.shape(self.fonts, &paragraph.text, &item, self.styles, self.language, &mut shaped);
            }
        }
        paragraph.part(bytes, shaped, self.styles)
    }
}
