//! Cutting a line with an ellipsis.

use super::super::alone::AloneShaper;
use super::super::breaking::{Line, TOLERANCE};
use super::super::lines::TextLine;
use super::super::paragraph::Paragraph;
use super::super::source::Source;
use super::super::{PreparedText, TextContext, prepare};

const ELLIPSIS: &str = "…";

/// For fonts without an ellipsis.
const DOTS: &str = "...";

/// A line that ends in an ellipsis. It is shaped anew, so that letters join and brackets mirror as they should.
pub(super) struct Cut {
    /// The paragraph up to the ellipsis.
    pub(super) paragraph: Paragraph,
    pub(super) line: Line,
}

/// Cuts a line at a grapheme so that it and the ellipsis are no wider than `width` (designed pixels). Spaces and
/// punctuation before the ellipsis go. When nothing fits, the ellipsis stands alone.
pub(super) fn cut(text: &PreparedText, cx: &mut TextContext, line: &TextLine, width: f64) -> Cut {
    let paragraph = &text.paragraphs[line.paragraph];
    let start = line.line.start;
    let mut end = line.line.end;
    let mut mark: Option<(u16, f64)> = None;
    loop {
        while end > start && is_dropped(paragraph, end - 1) {
            end -= 1;
        }
        let style =
            paragraph.clusters.get(end.saturating_sub(1).max(start)).map_or(paragraph.base_style, |last| last.style);
        let mark_width = match mark {
            Some((known, width)) if known == style => width,
            _ => ellipsis_width(text, cx, style),
        };
        mark = Some((style, mark_width));
        let spacing = if end > start { paragraph.clusters[end - 1].spacing } else { 0.0 };
        if end == start || paragraph.width(start..end) + spacing + mark_width <= width + TOLERANCE {
            let (cut, cut_line) = end_with_ellipsis(text, cx, line, end, style);
            if end == start || cut_line.width <= width + TOLERANCE {
                return Cut { paragraph: cut, line: cut_line };
            }
        }
        end = (start..end).rev().find(|&at| paragraph.clusters[at].grapheme_start).unwrap_or(start);
    }
}

/// The paragraph up to a cluster, ending in an ellipsis of some style; and the line in it.
fn end_with_ellipsis(
    text: &PreparedText,
    cx: &mut TextContext,
    line: &TextLine,
    end: usize,
    style: u16,
) -> (Paragraph, Line) {
    let paragraph = &text.paragraphs[line.paragraph];
    let bytes = paragraph.bytes(line.line.start..end);
    let mut source = Source { text: paragraph.text[..bytes.end].to_owned(), styles: Vec::new() };
    for &(cluster, number) in paragraph.styles.iter().take_while(|&&(cluster, _)| cluster < end) {
        source.styles.push((paragraph.clusters[cluster].start, number));
    }
    source.styles.push((source.text.len(), style));
    source.text.push_str(mark_text(text));
    let cut = prepare::reshape(cx, text, source, paragraph.right_to_left);
    let start = cut.clusters.partition_point(|cluster| cluster.start < bytes.start);
    let mut line = Line { start, ..Line::whole(&cut) };
    line.width = AloneShaper::of(cx, text).width(&cut, line.start, line.end, line.next);
    (cut, line)
}

fn ellipsis_width(text: &PreparedText, cx: &mut TextContext, style: u16) -> f64 {
    let source = Source { text: mark_text(text).to_owned(), styles: vec![(0, style)] };
    let mark = prepare::reshape(cx, text, source, false);
    mark.width(0..mark.clusters.len())
}

fn mark_text(text: &PreparedText) -> &'static str {
    if text.fonts.has_character('…') { ELLIPSIS } else { DOTS }
}

/// Spaces, and punctuation that makes no sense before an ellipsis. Signs that belong to a word (% # &) and closing
/// brackets and quotes stay.
fn is_dropped(paragraph: &Paragraph, cluster: usize) -> bool {
    let cluster = &paragraph.clusters[cluster];
    paragraph.text[cluster.start..cluster.end].chars().all(|character| {
        character.is_whitespace()
            || matches!(
                character,
                '.' | ','
                    | ';'
                    | ':'
                    | '!'
                    | '?'
                    | '-'
                    | '('
                    | '['
                    | '{'
                    | '/'
                    | '…'
                    | '·'
                    | '•'
                    | '¡'
                    | '¿'
                    | '|'
                    | '‐'
                    ..='―'
                        | '‘'
                        | '‚'
                        | '“'
                        | '„'
                        | '«'
                        | '‹'
                        | '،'
                        | '؛'
                        | '؟'
                        | '۔'
                        | '।'
                        | '॥'
                        | '、'
                        | '。'
                        | '，'
                        | '．'
                        | '：'
                        | '；'
                        | '！'
                        | '？'
                        | '・'
                        | '「'
                        | '『'
                        | '（'
                        | '【'
                        | '《'
                        | '〈'
                        | '［'
                        | '\u{200B}'
            )
    })
}
