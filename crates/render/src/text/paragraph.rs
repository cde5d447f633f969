//! A shaped paragraph at its designed size: clusters in logical order, where lines may break, and sums for measuring.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::emoji::needs_no_glyph;
use super::itemize::{GraphemeStart, Item};
use super::shape::Shaped;
use super::source::Source;
use super::style::Style;

/// What is not seen but where a line ends.
pub(super) const SOFT_HYPHEN: char = '\u{AD}';

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
    /// The widest piece between two breaks; where words may break anywhere, the widest grapheme. Designed pixels.
    pub(super) widest_word: f64,
    pub(super) alone: AloneWidths,
}

/// Widths of parts that were shaped alone to measure lines, so that fitting and balancing shape each only once.
#[derive(Debug, Default)]
pub(super) struct AloneWidths(Mutex<BTreeMap<(usize, usize, usize), f64>>);

impl AloneWidths {
    pub(super) fn get(&self, start: usize, end: usize, next: usize) -> Option<f64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(start, end, next)).copied()
    }

    pub(super) fn keep(&self, start: usize, end: usize, next: usize, width: f64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((start, end, next), width);
    }
}

/// What was found out about a paragraph's text besides its shapes.
pub(super) struct Found<'a> {
    pub(super) graphemes: &'a [GraphemeStart],
    /// Bytes before which a word may be divided, ascending.
    pub(super) divisions: Vec<usize>,
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
    /// A line that begins here looks different from this: it is to be shaped anew.
    pub(super) unsafe_to_break: bool,
    /// White space that hangs at the end of a line.
    pub(super) hangs: bool,
    /// A line may begin here.
    pub(super) may_wrap: bool,
}

impl Cluster {
    /// It takes no room: a soft hyphen, a mark of direction.
    fn is_unseen(&self) -> bool {
        self.advance == 0.0 && self.spacing == 0.0
    }
}

/// Glyphs of one face and size.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// What was shaped.
    pub(super) item: Item,
    /// Designed pixels per em.
    pub(super) size: f64,
    pub(super) coords: Arc<[i16]>,
}

impl Run {
    pub(super) fn right_to_left(&self) -> bool {
        self.item.level % 2 == 1
    }
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
    /// The width that the hyphen adds when a line ends here, within a word; else 0. Designed pixels.
    pub(super) hyphen: f64,
}

impl Paragraph {
    /// `hyphen` gives the width of a style's hyphen. The widest word is still to be found.
    pub(super) fn new(
        source: Source,
        right_to_left: bool,
        mut shaped: Shaped,
        found: &Found<'_>,
        styles: &[Style],
        hyphen: &mut dyn FnMut(u16) -> f64,
    ) -> Paragraph {
        let base_style = u16::try_from(styles.len() - 1).unwrap_or(u16::MAX);
        mark_graphemes(&mut shaped.clusters, found.graphemes);
        let style_at = |byte| source.style_at(byte, base_style);
        describe(&mut shaped, &source.text, source.text.len(), styles, style_at);
        let mut paragraph = Paragraph::assemble(source.text.into(), right_to_left, shaped, base_style);
        paragraph.breaks = breaks(&paragraph.text, &paragraph.clusters, &found.divisions, hyphen);
        paragraph
    }

    /// A part of this paragraph that was shaped anew. It is not for breaking.
    pub(super) fn part(&self, bytes: &Range<usize>, mut shaped: Shaped, styles: &[Style]) -> Paragraph {
        let style_at = |byte| {
            let after = self.clusters.partition_point(|cluster| cluster.start <= byte);
            after.checked_sub(1).map_or(self.base_style, |cluster| self.clusters[cluster].style)
        };
        describe(&mut shaped, &self.text, bytes.end, styles, style_at);
        Paragraph::assemble(Arc::clone(&self.text), self.right_to_left, shaped, self.base_style)
    }

    fn assemble(text: Arc<str>, right_to_left: bool, shaped: Shaped, base_style: u16) -> Paragraph {
        let mut edges = Vec::with_capacity(shaped.clusters.len() + 1);
        let mut x = 0.0;
        for cluster in &shaped.clusters {
            edges.push(x);
            x += cluster.advance + cluster.spacing;
        }
        edges.push(x);
        Paragraph {
            text,
            right_to_left,
            styles: style_starts(&shaped.clusters),
            clusters: shaped.clusters,
            runs: shaped.runs,
            glyphs: shaped.glyphs,
            edges,
            breaks: Vec::new(),
            base_style,
            widest_word: 0.0,
            alone: AloneWidths::default(),
        }
    }

    /// The same look for another character; a mark of one run.
    pub(super) fn standing_for(mut self, character: char) -> Paragraph {
        self.text = character.to_string().into();
        let whole = 0..self.text.len();
        self.runs.iter_mut().for_each(|run| run.item.range = whole.clone());
        self.clusters.iter_mut().for_each(|cluster| (cluster.start, cluster.end) = (whole.start, whole.end));
        self
    }

    /// The first clusters of a line that was shaped alone, up to `end`, and the mark that it ends in.
    pub(super) fn ending_in(mut self, end: usize, mark: Paragraph) -> Paragraph {
        let (seen_until, first_run) = (self.bytes(0..end).end, self.runs.len());
        let level = self.runs.last().map_or(0, |run| run.item.level);
        self.clusters.truncate(end);
        for mut run in mark.runs {
            run.item.level = level;
            run.item.range = run.item.range.start + seen_until..run.item.range.end + seen_until;
            self.runs.push(run);
        }
        for cluster in mark.clusters {
            self.clusters.push(Cluster {
                start: cluster.start + seen_until,
                end: cluster.end + seen_until,
                glyphs: cluster.glyphs.start + self.glyphs.len()..cluster.glyphs.end + self.glyphs.len(),
                run: cluster.run + u32::try_from(first_run).unwrap_or(u32::MAX),
                ..cluster
            });
        }
        self.glyphs.extend(mark.glyphs);
        let text = format!("{}{}", &self.text[..seen_until], mark.text).into();
        let shaped = Shaped { runs: self.runs, clusters: self.clusters, glyphs: self.glyphs, damaged: Vec::new() };
        Paragraph::assemble(text, self.right_to_left, shaped, self.base_style)
    }

    /// A line that begins at a cluster looks different from its part of the paragraph.
    pub(super) fn is_unsafe(&self, at: usize) -> bool {
        at > 0 && self.clusters.get(at).is_some_and(|cluster| cluster.unsafe_to_break)
    }

    /// The runs that have any of some bytes.
    pub(super) fn runs_of(&self, bytes: &Range<usize>) -> Range<usize> {
        let first = self.runs.partition_point(|run| run.item.range.end <= bytes.start);
        let after = self.runs.partition_point(|run| run.item.range.start < bytes.end);
        first..after.max(first)
    }

    /// The width of clusters on one line, designed pixels. The last one's letter spacing is not there.
    pub(super) fn width(&self, clusters: Range<usize>) -> f64 {
        if clusters.is_empty() {
            return 0.0;
        }
        self.edges[clusters.end] - self.edges[clusters.start] - trailing(&self.clusters[clusters])
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
        let end = self.clusters.last().map_or(self.text.len(), |last| last.end);
        let at = |index: usize| self.clusters.get(index).map_or(end, |cluster| cluster.start);
        at(clusters.start)..at(clusters.end)
    }
}

/// The letter spacing after the last cluster that takes room.
fn trailing(clusters: &[Cluster]) -> f64 {
    clusters.iter().rev().find(|cluster| !cluster.is_unseen()).map_or(0.0, |cluster| cluster.spacing)
}

/// Gives clusters what their first grapheme says.
fn mark_graphemes(clusters: &mut [Cluster], graphemes: &[GraphemeStart]) {
    let mut graphemes = graphemes.iter().peekable();
    for cluster in clusters {
        while graphemes.next_if(|grapheme| grapheme.byte < cluster.start).is_some() {}
        let grapheme = graphemes.peek().filter(|grapheme| grapheme.byte == cluster.start);
        cluster.grapheme_start = grapheme.is_some();
        cluster.may_wrap = grapheme.is_some_and(|grapheme| grapheme.may_wrap);
    }
}

/// Gives clusters their ends (the last one's is `end`), their styles, and what follows from both.
fn describe(shaped: &mut Shaped, text: &str, end: usize, styles: &[Style], style_at: impl Fn(usize) -> u16) {
    let mut end = end;
    for cluster in shaped.clusters.iter_mut().rev() {
        cluster.end = end;
        end = cluster.start;
        cluster.style = style_at(cluster.start);
        let characters = &text[cluster.start..cluster.end];
        cluster.hangs = !characters.is_empty() && characters.chars().all(hangs);
        let joined =
            shaped.runs[cluster.run as usize].right_to_left() && characters.chars().next().is_some_and(is_joined);
        let unseen = characters.chars().all(needs_no_glyph);
        cluster.spacing = if joined || unseen { 0.0 } else { styles[usize::from(cluster.style)].letter_spacing };
    }
}

/// Spaces that are not seen at the end of a line.
fn hangs(character: char) -> bool {
    matches!(character, ' ' | '\u{1680}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200B}' | '\u{205F}' | '\u{3000}')
}

/// Letters of scripts whose letters join and that letter spacing would tear apart: Arabic, Syriac, N'Ko, Mandaic, Adlam, Hanifi Rohingya.
fn is_joined(character: char) -> bool {
    matches!(character,
        '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D3}' | '\u{6FA}'..='\u{6FC}' | '\u{710}'..='\u{77F}'
        | '\u{7CA}'..='\u{7EA}' | '\u{840}'..='\u{858}' | '\u{860}'..='\u{8BD}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}' | '\u{10D00}'..='\u{10D23}' | '\u{1E900}'..='\u{1E943}')
}

fn breaks(text: &str, clusters: &[Cluster], divisions: &[usize], hyphen: &mut dyn FnMut(u16) -> f64) -> Vec<Break> {
    let mut found = Vec::new();
    let mut end = 0;
    for (index, cluster) in clusters.iter().enumerate() {
        let divides = cluster.grapheme_start && divisions.binary_search(&cluster.start).is_ok();
        if (cluster.may_wrap || divides) && index > 0 {
            let before = &clusters[index - 1];
            let soft = text[before.start..before.end].ends_with(SOFT_HYPHEN);
            let hyphen = if soft || divides { trailing(&clusters[..index]) + hyphen(before.style) } else { 0.0 };
            found.push(Break { end, next: index, hyphen });
        }
        if !cluster.hangs {
            end = index + 1;
        }
    }
    found.push(Break { end, next: clusters.len(), hyphen: 0.0 });
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
