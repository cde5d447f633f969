//! A shaped paragraph at its designed size: clusters in logical order, where lines may break, and sums for measuring.

use std::ops::Range;
use std::sync::Arc;

use super::itemize::GraphemeStart;
use super::shape::Shaped;
use super::source::Source;
use super::style::Style;
use crate::fonts::Match;

/// A paragraph, ready to be broken.
#[derive(Debug)]
pub(super) struct Paragraph {
    /// Cases applied; byte ranges index it.
    pub(super) text: Arc<str>,
    /// Its base direction.
    pub(super) right_to_left: bool,
    pub(super) clusters: Vec<Cluster>,
    pub(super) runs: Vec<Run>,
    pub(super) glyphs: Vec<Glyph>,
    /// x of each cluster's beginning if all stood on one line in logical order, letter spacing included; one more than
    /// clusters. Designed pixels.
    pub(super) edges: Vec<f64>,
    /// Where lines may end, ascending; the last is the paragraph's end.
    pub(super) breaks: Vec<Break>,
    /// Cluster where each style begins, and its number.
    pub(super) styles: Vec<(usize, u16)>,
    /// The style of an empty paragraph.
    pub(super) base_style: u16,
    /// The widest piece between two breaks. Designed pixels.
    pub(super) widest_word: f64,
}

/// One or more characters that are drawn as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Cluster {
    /// Bytes of the paragraph.
    pub(super) start: usize,
    pub(super) end: usize,
    /// From left to right.
    pub(super) glyphs: Range<usize>,
    /// Designed pixels, without letter spacing.
    pub(super) advance: f64,
    /// Designed pixels after it, when another cluster follows on the line.
    pub(super) spacing: f64,
    pub(super) run: u32,
    pub(super) style: u16,
    pub(super) grapheme_start: bool,
    pub(super) unsafe_to_break: bool,
    /// White space that hangs at the end of a line.
    pub(super) hangs: bool,
    /// A line may begin here.
    pub(super) may_wrap: bool,
}

/// Glyphs of one face and size.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) found: Match,
    /// Designed pixels per em.
    pub(super) size: f64,
    pub(super) coords: Arc<[i16]>,
    pub(super) level: u8,
}

/// A glyph, offset and advance in designed pixels, y down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub(super) id: u32,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) advance: f64,
}

/// A place where a line may end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Break {
    /// The cluster after the last one that is seen: hanging white space is left out.
    pub(super) end: usize,
    /// The cluster that begins the next line.
    pub(super) next: usize,
}

impl Paragraph {
    pub(super) fn new(
        source: Source,
        right_to_left: bool,
        mut shaped: Shaped,
        graphemes: &[GraphemeStart],
        styles: &[Style],
        base_style: u16,
    ) -> Paragraph {
        describe(&mut shaped.clusters, &source, graphemes, base_style);
        space(&mut shaped.clusters, styles, &shaped.runs, &source.text);
        let mut edges = Vec::with_capacity(shaped.clusters.len() + 1);
        let mut x = 0.0;
        for cluster in &shaped.clusters {
            edges.push(x);
            x += cluster.advance + cluster.spacing;
        }
        edges.push(x);
        let mut paragraph = Paragraph {
            text: source.text.into(),
            right_to_left,
            breaks: breaks(&shaped.clusters),
            styles: style_starts(&shaped.clusters),
            clusters: shaped.clusters,
            runs: shaped.runs,
            glyphs: shaped.glyphs,
            edges,
            base_style,
            widest_word: 0.0,
        };
        paragraph.widest_word = paragraph.find_widest_word();
        paragraph
    }

    /// The width of clusters on one line, designed pixels. The last one's letter spacing is not there.
    pub(super) fn width(&self, clusters: Range<usize>) -> f64 {
        if clusters.is_empty() {
            return 0.0;
        }
        self.edges[clusters.end] - self.edges[clusters.start] - self.clusters[clusters.end - 1].spacing
    }

    /// Styles of the clusters, each stretch once.
    pub(super) fn styles_of(&self, clusters: Range<usize>) -> impl Iterator<Item = u16> + '_ {
        let first = self.styles.partition_point(|&(start, _)| start <= clusters.start).saturating_sub(1);
        let empty = clusters.is_empty().then_some(self.style_of_empty(clusters.start));
        let stretches = if clusters.is_empty() { &[][..] } else { &self.styles[first..] };
        let found = stretches.iter().take_while(move |&&(start, _)| start < clusters.end).map(|&(_, style)| style);
        empty.into_iter().chain(found)
    }

    /// A line without clusters takes the style of what stands there, or of the text.
    fn style_of_empty(&self, cluster: usize) -> u16 {
        self.clusters.get(cluster).map_or(self.base_style, |cluster| cluster.style)
    }

    /// The bytes of clusters.
    pub(super) fn bytes(&self, clusters: Range<usize>) -> Range<usize> {
        let at = |index: usize| self.clusters.get(index).map_or(self.text.len(), |cluster| cluster.start);
        at(clusters.start)..at(clusters.end)
    }

    fn find_widest_word(&self) -> f64 {
        let mut start = 0;
        let mut widest: f64 = 0.0;
        for piece in &self.breaks {
            widest = widest.max(self.width(start..piece.end.max(start)));
            start = piece.next;
        }
        widest
    }
}

/// Gives clusters their ends, their styles, and what their first grapheme says.
fn describe(clusters: &mut [Cluster], source: &Source, graphemes: &[GraphemeStart], base_style: u16) {
    let mut end = source.text.len();
    for cluster in clusters.iter_mut().rev() {
        cluster.end = end;
        end = cluster.start;
    }
    let mut graphemes = graphemes.iter().peekable();
    for cluster in clusters {
        while graphemes.next_if(|grapheme| grapheme.byte < cluster.start).is_some() {}
        let grapheme = graphemes.peek().filter(|grapheme| grapheme.byte == cluster.start);
        cluster.grapheme_start = grapheme.is_some();
        cluster.may_wrap = grapheme.is_some_and(|grapheme| grapheme.may_wrap);
        cluster.style = source.style_at(cluster.start, base_style);
        let text = &source.text[cluster.start..cluster.end];
        cluster.hangs = !text.is_empty() && text.chars().all(hangs);
    }
}

/// Spaces that are not seen at the end of a line.
fn hangs(character: char) -> bool {
    matches!(character, ' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200B}' | '\u{205F}' | '\u{3000}')
}

/// Letter spacing. Joined scripts have none: it would tear their letters apart.
fn space(clusters: &mut [Cluster], styles: &[Style], runs: &[Run], text: &str) {
    for index in 0..clusters.len() {
        let spacing = styles[usize::from(clusters[index].style)].letter_spacing;
        let bytes = clusters[index].start..clusters[index].end;
        let right_to_left = runs[clusters[index].run as usize].level % 2 == 1;
        let joined = right_to_left && text[bytes].chars().next().is_some_and(is_joined);
        clusters[index].spacing = if joined { 0.0 } else { spacing };
    }
}

/// Letters of scripts whose letters join: Arabic, Syriac, N'Ko, Mandaic, Adlam, Hanifi Rohingya.
fn is_joined(character: char) -> bool {
    matches!(character,
        '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D3}' | '\u{6FA}'..='\u{6FC}' | '\u{710}'..='\u{77F}'
        | '\u{7CA}'..='\u{7EA}' | '\u{840}'..='\u{858}' | '\u{860}'..='\u{8BD}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}' | '\u{10D00}'..='\u{10D23}' | '\u{1E900}'..='\u{1E943}')
}

fn breaks(clusters: &[Cluster]) -> Vec<Break> {
    let mut found = Vec::new();
    let mut end = 0;
    for (index, cluster) in clusters.iter().enumerate() {
        if cluster.may_wrap && index > 0 {
            found.push(Break { end, next: index });
        }
        if !cluster.hangs {
            end = index + 1;
        }
    }
    found.push(Break { end, next: clusters.len() });
    found
}

fn style_starts(clusters: &[Cluster]) -> Vec<(usize, u16)> {
    let mut starts: Vec<(usize, u16)> = Vec::new();
    for (index, cluster) in clusters.iter().enumerate() {
        if starts.last().is_none_or(|&(_, style)| style != cluster.style) {
            starts.push((index, cluster.style));
        }
    }
    starts
}
