//! Where the lines of a paragraph break: greedily at a width, or evenly.

use std::ops::Range;

use handbill_template::resolved::Wrap;

use super::alone::AloneShaper;
use super::paragraph::{Break, Paragraph};

/// Rounding in layout must not push a word to the next line. Layout pixels.
pub(super) const TOLERANCE: f64 = 0.01;

/// Paragraphs of more lines are not balanced.
const MAX_BALANCED_LINES: usize = 10;

/// How near the balanced width is found, layout pixels.
const BALANCE_STEP: f64 = 0.5;

/// A line: clusters of its paragraph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) start: usize,
    /// After the last cluster that is seen.
    pub(super) end: usize,
    /// Where the next line begins.
    pub(super) next: usize,
    /// Ends within a word that is wider than the line.
    pub(super) breaks_word: bool,
    /// The width that the hyphen adds that it ends in; else 0. Designed pixels.
    pub(super) hyphen: f64,
    /// Of all that is drawn, designed pixels.
    pub(super) width: f64,
}

impl Line {
    /// All of a paragraph that is on one line.
    pub(super) fn whole(paragraph: &Paragraph) -> Line {
        let next = paragraph.clusters.len();
        let end = paragraph.breaks.last().map_or(next, |last| last.end);
        Line { start: 0, end, next, breaks_word: false, hyphen: 0.0, width: paragraph.width(0..end) }
    }

    fn without_hyphen(&self) -> f64 {
        self.width - self.hyphen
    }
}

/// Breaks a paragraph. `width` in designed pixels, None: one line; `k` is the factor that it will be drawn at.
pub(super) fn break_lines(
    paragraph: &Paragraph,
    alone: &mut AloneShaper,
    width: Option<f64>,
    wrap: Wrap,
    k: f64,
) -> Vec<Line> {
    let Some(width) = width.filter(|_| wrap != Wrap::None) else {
        return vec![Line::whole(paragraph)];
    };
    let width = width + TOLERANCE / k;
    let mut breaker = Breaker { paragraph, alone, width };
    let lines = breaker.greedy();
    let even = match wrap {
        Wrap::Balance => true,
        Wrap::Pretty => lines.last().is_some_and(|last| last.width < width / 4.0),
        Wrap::Normal | Wrap::Anywhere | Wrap::None => false,
    };
    if even && (2..=MAX_BALANCED_LINES).contains(&lines.len()) { breaker.balanced(lines, k) } else { lines }
}

/// How many lines there are at a width, without keeping them; stops counting above `limit`.
pub(super) fn count_lines(paragraph: &Paragraph, alone: &mut AloneShaper, width: f64, limit: usize) -> usize {
    Breaker { paragraph, alone, width }.count(limit).lines
}

/// Of the lines at some width.
struct Count {
    lines: usize,
    hyphens: usize,
}

/// Breaks a paragraph at a width, designed pixels.
struct Breaker<'a, 'b> {
    paragraph: &'a Paragraph,
    alone: &'a mut AloneShaper<'b>,
    width: f64,
}

impl Breaker<'_, '_> {
    fn greedy(&mut self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut start = 0;
        loop {
            let line = self.next_line(start);
            lines.push(line);
            start = line.next;
            if start >= self.paragraph.clusters.len() {
                return lines;
            }
        }
    }

    fn count(&mut self, limit: usize) -> Count {
        let mut line = self.next_line(0);
        let mut count = Count { lines: 1, hyphens: usize::from(line.hyphen > 0.0) };
        while line.next < self.paragraph.clusters.len() && count.lines <= limit {
            line = self.next_line(line.next);
            count.lines += 1;
            count.hyphens += usize::from(line.hyphen > 0.0);
        }
        count
    }

    /// The lines at the narrowest width that needs neither more of them nor more hyphens.
    fn balanced(&mut self, lines: Vec<Line>, k: f64) -> Vec<Line> {
        if lines.iter().any(|line| line.breaks_word) {
            return lines;
        }
        let count = lines.len();
        let hyphens = lines.iter().filter(|line| line.hyphen > 0.0).count();
        let (mut low, mut high) = (self.paragraph.widest_word.min(self.width), self.width);
        low = low.max(self.paragraph.edges.last().copied().unwrap_or(0.0) / count as f64 * 0.5);
        while high - low > BALANCE_STEP / k {
            self.width = f64::midpoint(low, high);
            let found = self.count(count);
            if found.lines <= count && found.hyphens <= hyphens {
                high = self.width;
            } else {
                low = self.width;
            }
        }
        self.width = high;
        self.greedy()
    }

    /// The longest line from a cluster on: up to the last break that fits, else within the word.
    fn next_line(&mut self, start: usize) -> Line {
        let Breaker { paragraph, width, .. } = *self;
        let first = paragraph.breaks.partition_point(|piece| piece.next <= start);
        let breaks = &paragraph.breaks[first..];
        let fitting = fitting(
            breaks.len(),
            width,
            |index| paragraph.width(start..breaks[index].end.max(start)),
            |index| self.line_to(start, breaks[index]).without_hyphen(),
        );
        // A hyphen may be too wide where what follows it fits: it is looked at last.
        let lines = breaks[..fitting].iter().rev().map(|&last| self.line_to(start, last));
        if let Some(line) = lines.into_iter().find(|line| line.width <= width) {
            return line;
        }
        // Not even the first word fits.
        let Some(&word) = breaks.first() else { return Line::whole(paragraph) };
        match self.cut_within(start..word.end) {
            Some(at) => Line { breaks_word: true, ..self.line_to(start, Break { end: at, next: at, hyphen: 0.0 }) },
            None => self.line_to(start, word),
        }
    }

    fn line_to(&mut self, start: usize, Break { end, next, hyphen }: Break) -> Line {
        let end = end.max(start);
        let width = self.alone.width(self.paragraph, start, end, next) + hyphen;
        Line { start, end, next, breaks_word: false, hyphen, width }
    }

    /// The last grapheme of a word before which a line may be cut so that it fits; when none fits, the first.
    fn cut_within(&mut self, word: Range<usize>) -> Option<usize> {
        let Breaker { paragraph, width, .. } = *self;
        let first = word.start + 1;
        let grapheme_at = |at: usize| (first..=at).rev().find(|&at| paragraph.clusters[at].grapheme_start);
        let fitting = fitting(
            word.end.saturating_sub(first),
            width,
            |index| paragraph.width(word.start..first + index),
            |index| grapheme_at(first + index).map_or(0.0, |at| self.alone.width(paragraph, word.start, at, at)),
        );
        let last_fitting = word.start + fitting;
        grapheme_at(last_fitting)
            .or_else(|| (last_fitting + 1..word.end).find(|&at| paragraph.clusters[at].grapheme_start))
    }
}

/// How many of `count` places, from the nearest on, fit a line. `rough` is its width by the paragraph's sums; it leads
/// near to what `exact`, the width as it will be drawn, says; that may have to shape.
fn fitting(count: usize, width: f64, rough: impl Fn(usize) -> f64, mut exact: impl FnMut(usize) -> f64) -> usize {
    let near = partition(0..count, |place| rough(place) <= width);
    if near > 0 && exact(near - 1) > width {
        return partition(0..near - 1, |place| exact(place) <= width);
    }
    // A line is never half as wide alone; to shape all that follows would take too long.
    let mut fits = |place: usize| rough(place) <= 2.0 * width && exact(place) <= width;
    let (mut low, mut step) = (near, 1);
    while low + step <= count && fits(low + step - 1) {
        low += step;
        step *= 2;
    }
    partition(low..(low + step - 1).min(count), fits)
}

/// The first of some places that does not fit.
fn partition(places: Range<usize>, mut fits: impl FnMut(usize) -> bool) -> usize {
    let Range { start: mut low, end: mut high } = places;
    while low < high {
        let middle = usize::midpoint(low, high);
        if fits(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
