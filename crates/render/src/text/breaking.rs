//! Where the lines of a paragraph break: greedily at a width, or evenly.

use std::ops::Range;

use handbill_template::resolved::Wrap;

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
    /// The width of the hyphen that it ends in; else 0. Designed pixels.
    pub(super) hyphen: f64,
}

impl Line {
    /// All of a paragraph that is on one line.
    pub(super) fn whole(paragraph: &Paragraph) -> Line {
        let next = paragraph.clusters.len();
        Line {
            start: 0,
            end: paragraph.breaks.last().map_or(next, |last| last.end),
            next,
            breaks_word: false,
            hyphen: 0.0,
        }
    }

    /// Its width in a paragraph, designed pixels.
    pub(super) fn width(&self, paragraph: &Paragraph) -> f64 {
        paragraph.width(self.start..self.end) + self.hyphen
    }
}

/// Breaks a paragraph. `width` in designed pixels, None: one line; `k` is the factor that it will be drawn at.
pub(super) fn break_lines(paragraph: &Paragraph, width: Option<f64>, wrap: Wrap, k: f64) -> Vec<Line> {
    let Some(width) = width.filter(|_| wrap != Wrap::None) else {
        return vec![Line::whole(paragraph)];
    };
    let width = width + TOLERANCE / k;
    let lines = greedy(paragraph, width);
    let even = match wrap {
        Wrap::Balance => true,
        Wrap::Pretty => lines.last().is_some_and(|last| last.width(paragraph) < width / 4.0),
        Wrap::Normal | Wrap::Anywhere | Wrap::None => false,
    };
    if even && (2..=MAX_BALANCED_LINES).contains(&lines.len()) { balanced(paragraph, width, lines, k) } else { lines }
}

/// How many lines there are at a width, without keeping them; stops counting above `limit`.
pub(super) fn count_lines(paragraph: &Paragraph, width: f64, limit: usize) -> usize {
    let mut count = 1;
    let mut line = next_line(paragraph, 0, width);
    while line.next < paragraph.clusters.len() && count <= limit {
        line = next_line(paragraph, line.next, width);
        count += 1;
    }
    count
}

pub(super) fn greedy(paragraph: &Paragraph, width: f64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    loop {
        let line = next_line(paragraph, start, width);
        lines.push(line);
        start = line.next;
        if start >= paragraph.clusters.len() {
            return lines;
        }
    }
}

/// The longest line from a cluster on: up to the last break that fits, else within the word.
fn next_line(paragraph: &Paragraph, start: usize, width: f64) -> Line {
    let breaks = &paragraph.breaks;
    let first = breaks.partition_point(|piece| piece.next <= start);
    let fits = |end: usize, hyphen: f64| paragraph.width(start..end.max(start)) + hyphen <= width;
    let fitting = breaks[first..].partition_point(|piece| fits(piece.end, piece.hyphen));
    if let Some(&Break { end, next, hyphen }) = fitting.checked_sub(1).map(|index| &breaks[first + index]) {
        return Line { start, end: end.max(start), next, breaks_word: false, hyphen };
    }
    // Not even the first word fits.
    let Some(&Break { end, next, hyphen }) = breaks.get(first) else { return Line::whole(paragraph) };
    match cut_within(paragraph, start..end, |at| fits(at, 0.0)) {
        Some(at) => Line { start, end: at, next: at, breaks_word: true, hyphen: 0.0 },
        None => Line { start, end: end.max(start), next, breaks_word: false, hyphen },
    }
}

/// The last grapheme of a word before which a line may be cut so that it fits; when none fits, the first.
fn cut_within(paragraph: &Paragraph, word: Range<usize>, fits: impl Fn(usize) -> bool) -> Option<usize> {
    let starts_grapheme = |&at: &usize| paragraph.clusters[at].grapheme_start;
    let (mut low, mut high) = (word.start, word.end);
    while low + 1 < high {
        let middle = usize::midpoint(low, high);
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    let fitting = (word.start + 1..=low).rev().find(starts_grapheme);
    fitting.or_else(|| (low + 1..word.end).find(starts_grapheme))
}

/// The lines at the narrowest width that does not need more of them.
fn balanced(paragraph: &Paragraph, width: f64, lines: Vec<Line>, k: f64) -> Vec<Line> {
    if lines.iter().any(|line| line.breaks_word) {
        return lines;
    }
    let count = lines.len();
    let (mut low, mut high) = (paragraph.widest_word.min(width), width);
    low = low.max(paragraph.edges.last().copied().unwrap_or(0.0) / count as f64 * 0.5);
    while high - low > BALANCE_STEP / k {
        let middle = f64::midpoint(low, high);
        if count_lines(paragraph, middle, count) <= count {
            high = middle;
        } else {
            low = middle;
        }
    }
    greedy(paragraph, high)
}
