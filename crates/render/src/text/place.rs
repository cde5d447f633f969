//! The final lines: which of them show, where they are cut, and where each stands in the box.

mod adorn;
mod ellipsis;
mod line;
mod list;

use std::collections::BTreeMap;

use handbill_template::resolved::{Overflow, VerticalAlign, Wrap};

use super::alone::AloneShaper;
use super::breaking::{Line, TOLERANCE};
use super::lines::{TextLine, lines};
use super::paragraph::{Break, Paragraph, SOFT_HYPHEN};
use super::source::Source;
use super::{PlacedText, PreparedText, TextContext, Truncation, prepare};
use ellipsis::Cut;
use line::{Content, LinePlacer};
use list::MarkPlacer;

/// A line box may reach this far below the box: rounding on the way. Layout pixels.
const HEIGHT_TOLERANCE: f64 = 0.05;

pub(super) fn place(text: &PreparedText, cx: &mut TextContext, k: f64, width: f64, height: Option<f64>) -> PlacedText {
    let overflow = text.settings.overflow(height);
    let all = lines(text, cx, k, Some(width));
    let shown = &all[..shown_lines(text, &all, k, height)];
    let cuts =
        if overflow == Overflow::Ellipsis { cut(text, cx, shown, all.len(), width / k) } else { BTreeMap::new() };
    let total: f64 = shown.iter().map(|line| line.gap + line.metrics.height).sum::<f64>() * k;
    let mut placed = PlacedText {
        height: total,
        overflows: overflows(text, &all, k, width, height),
        clip: overflow == Overflow::Clip,
        truncated: truncation(text, shown, &cuts, all.len()),
        word_broken: broken_word(text, shown),
        ..PlacedText::default()
    };
    let mut y = top(text, total, height);
    let mut items = 0;
    for (index, line) in shown.iter().enumerate() {
        y += line.gap * k;
        let cut = cuts.get(&index);
        let hyphenated = (line.line.hyphen > 0.0 && cut.is_none()).then(|| hyphenated(text, cx, line));
        let (paragraph, at) = match (cut, &hyphenated) {
            (Some(cut), _) => (&cut.paragraph, cut.line),
            (None, Some((paragraph, line))) => (paragraph, *line),
            (None, None) => (&text.paragraphs[line.paragraph], line.line),
        };
        let last = line.line.next >= text.paragraphs[line.paragraph].clusters.len();
        let fresh = AloneShaper::of(cx, text).line(paragraph, at);
        let (paragraph, at) = fresh.as_ref().map_or((paragraph, at), |(paragraph, line)| (paragraph, *line));
        // Marks come first, as they are read.
        if line.line.start == 0 && !text.paragraphs[line.paragraph].clusters.is_empty() {
            items += 1;
            MarkPlacer { text, line, number: items, k, width, top: y }.place(cx, &mut placed);
        }
        let ellipsis = cut.is_some();
        let content = Content { paragraph, number: line.paragraph, mark: false, line: at, ellipsis, last };
        LinePlacer { text, k, width, top: y, metrics: line.metrics, content }.place(&mut placed);
        y += line.metrics.height * k;
    }
    placed.width = placed.lines.iter().map(|line| line.rect.width()).fold(0.0, f64::max) + text.settings.indent * k;
    adorn::finish_blocks(text, &mut placed);
    placed
}

/// A line that ends within a word, with a hyphen to see. The hyphen is shaped apart: its width is known when the line
/// is broken. It stands for a soft hyphen, so that whoever copies the text gets the word as it was.
fn hyphenated(text: &PreparedText, cx: &mut TextContext, line: &TextLine) -> (Paragraph, Line) {
    let paragraph = &text.paragraphs[line.paragraph];
    let style = paragraph.clusters[line.line.end - 1].style;
    let (part, at) = AloneShaper::of(cx, text).shaped_line(paragraph, line.line);
    let hyphen = Source { text: text.styles[usize::from(style)].hyphen.to_owned(), styles: vec![(0, style)] };
    let hyphen = prepare::reshape(cx, text, hyphen, false).standing_for(SOFT_HYPHEN);
    let its_own = part.text[part.bytes(at.end - 1..at.end)].starts_with(SOFT_HYPHEN);
    let ended = part.ending_in(at.end - usize::from(its_own), hyphen);
    let end = ended.clusters.len();
    (ended, Line { start: 0, end, next: end, ..line.line })
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
        bottom <= height + HEIGHT_TOLERANCE
    });
    within.count().max(1)
}

/// The lines that end in an ellipsis: the last that shows when more would follow, and unwrapped ones that are too wide.
/// By their place among the shown lines.
fn cut(text: &PreparedText, cx: &mut TextContext, shown: &[TextLine], all: usize, width: f64) -> BTreeMap<usize, Cut> {
    let room = (width - text.settings.indent).max(0.0);
    let mut cuts = BTreeMap::new();
    for (index, line) in shown.iter().enumerate() {
        let last_of_more = index + 1 == shown.len() && shown.len() < all && has_more(text, line);
        let too_wide = text.settings.wrap == Wrap::None && line.line.width > room + TOLERANCE;
        if last_of_more || too_wide {
            cuts.insert(index, ellipsis::cut(text, cx, line, room));
        }
    }
    cuts
}

/// Whether anything that can be seen comes after a line.
fn has_more(text: &PreparedText, line: &TextLine) -> bool {
    let is_seen = |words: &str| words.chars().any(|character| !character.is_whitespace());
    let paragraph = &text.paragraphs[line.paragraph];
    let rest = paragraph.bytes(line.line.next..paragraph.clusters.len());
    is_seen(&paragraph.text[rest]) || text.paragraphs[line.paragraph + 1..].iter().any(|later| is_seen(&later.text))
}

fn overflows(text: &PreparedText, all: &[TextLine], k: f64, width: f64, height: Option<f64>) -> bool {
    let total: f64 = all.iter().map(|line| line.gap + line.metrics.height).sum::<f64>() * k;
    let room = width - text.settings.indent * k;
    text.settings.max_lines.is_some_and(|most| all.len() > most)
        || height.is_some_and(|height| total > height + HEIGHT_TOLERANCE)
        || all.iter().any(|line| line.line.width * k > room + HEIGHT_TOLERANCE)
}

/// What was given and what shows, when that is not all.
fn truncation(text: &PreparedText, shown: &[TextLine], cuts: &BTreeMap<usize, Cut>, all: usize) -> Option<Truncation> {
    let last = shown.last()?;
    let dropped = shown.len() < all && has_more(text, last);
    if cuts.is_empty() && !dropped {
        return None;
    }
    let mut to: Vec<&str> = Vec::new();
    for (index, line) in shown.iter().enumerate() {
        let paragraph = &text.paragraphs[line.paragraph];
        let is_last_of_paragraph = shown.get(index + 1).is_none_or(|next| next.paragraph != line.paragraph);
        if let Some(cut) = cuts.get(&index) {
            to.push(&cut.paragraph.text);
        } else if is_last_of_paragraph {
            to.push(&paragraph.text[..paragraph.bytes(0..line.line.end).end]);
        }
    }
    let from: Vec<&str> = text.paragraphs.iter().map(|paragraph| &*paragraph.text).collect();
    Some(Truncation { from: from.join("\n"), to: to.join("\n") })
}

/// The first word that is broken because it is wider than the box.
fn broken_word(text: &PreparedText, shown: &[TextLine]) -> Option<String> {
    if text.settings.wrap == Wrap::Anywhere {
        return None;
    }
    let line = shown.iter().find(|line| line.line.breaks_word)?;
    let paragraph = &text.paragraphs[line.paragraph];
    let at = paragraph.breaks.partition_point(|piece| piece.next <= line.line.start);
    let between_words = |piece: &&Break| piece.hyphen == 0.0;
    let start = paragraph.breaks[..at].iter().rev().find(between_words).map_or(0, |before| before.next);
    let end = paragraph.breaks[at..].iter().find(between_words).map_or(paragraph.clusters.len(), |piece| piece.end);
    Some(paragraph.text[paragraph.bytes(start..end)].to_owned())
}

/// Where the first line's box begins. Text that is higher than its box begins at the top, unless it may be seen outside.
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
