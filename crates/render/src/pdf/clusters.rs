//! How a run is said as text: which glyphs are text, and what each stands for.
//!
//! Left to right, the shaper's clusters serve: where glyphs and characters do not match one to one, the PDF says the
//! cluster's text itself. Right to left, programs that copy text turn the characters around one by one, and what is
//! said for a cluster comes out backwards. So there each character of a cluster becomes a glyph of its own: the first
//! is the letter's, the others (vowels, the second letter of a ligature) are laid beneath it unseen, and what belongs
//! to the cluster besides is drawn as a shape.

use std::ops::Range;

use skrifa::{FontRef, MetadataProvider};

use crate::display::{Glyph, GlyphItem};

#[derive(Default)]
pub(super) struct Said {
    /// In the order they are written.
    pub(super) chunks: Vec<Chunk>,
    /// Drawn as shapes.
    pub(super) shapes: Vec<Glyph>,
}

/// Glyphs that are written together.
pub(super) struct Chunk {
    pub(super) seen: bool,
    /// Each with the bytes of the run's text that it stands for.
    pub(super) glyphs: Vec<Glyph>,
}

/// `glyphs`: of the run, in visual order.
pub(super) fn say(item: &GlyphItem, glyphs: &[Glyph], font: &FontRef<'_>) -> Said {
    let mut said = Said::default();
    for cluster in glyphs.chunk_by(|a, b| a.range == b.range) {
        let range = sound(&item.text, &cluster[0].range);
        let characters = item.text[range.clone()].chars().count();
        if item.right_to_left && (cluster.len() > 1 || characters > 1) {
            said.letter(&item.text, &range, cluster, font);
        } else {
            let ranges = one_to_one(&item.text, &range, cluster, font);
            for (n, glyph) in cluster.iter().enumerate() {
                let range = ranges.get(n).unwrap_or(&range).clone();
                said.put(true, Glyph { range, ..glyph.clone() });
            }
        }
    }
    said
}

/// The PDF library panics on a range outside the text or within a character.
fn sound(text: &str, range: &Range<usize>) -> Range<usize> {
    text.get(range.clone()).map_or(0..0, |_| range.clone())
}

/// The bytes of each glyph where the cluster is its characters' own glyphs in order; empty where it is not.
fn one_to_one(text: &str, range: &Range<usize>, cluster: &[Glyph], font: &FontRef<'_>) -> Vec<Range<usize>> {
    let charmap = font.charmap();
    let characters = text[range.clone()].char_indices();
    let own = |(at, c): (usize, char)| {
        (charmap.map(c).map(skrifa::GlyphId::to_u32), range.start + at..range.start + at + c.len_utf8())
    };
    let (ids, ranges): (Vec<_>, Vec<_>) = characters.map(own).unzip();
    let same = ids.into_iter().eq(cluster.iter().map(|glyph| Some(glyph.id)));
    if same { ranges } else { Vec::new() }
}

impl Said {
    fn put(&mut self, seen: bool, glyph: Glyph) {
        match self.chunks.last_mut().filter(|chunk| chunk.seen == seen) {
            Some(chunk) => chunk.glyphs.push(glyph),
            None => self.chunks.push(Chunk { seen, glyphs: vec![glyph] }),
        }
    }

    /// A cluster of a right-to-left run.
    fn letter(&mut self, text: &str, range: &Range<usize>, cluster: &[Glyph], font: &FontRef<'_>) {
        // The letter moves the pen, its dots and vowels do not.
        let letter = cluster.iter().max_by(|a, b| a.advance.total_cmp(&b.advance)).unwrap_or(&cluster[0]);
        let mut characters: Vec<(Range<usize>, char)> = text[range.clone()]
            .char_indices()
            .map(|(at, c)| (range.start + at..range.start + at + c.len_utf8(), c))
            .collect();
        let first = if characters.is_empty() { 0..0 } else { characters.remove(0).0 };
        let charmap = font.charmap();
        for (range, character) in characters.into_iter().rev() {
            let id = charmap.map(character).map_or(0, skrifa::GlyphId::to_u32);
            self.put(false, Glyph { id, range, advance: 0.0, ..letter.clone() });
        }
        self.put(true, Glyph { range: first, ..letter.clone() });
        self.shapes.extend(cluster.iter().filter(|glyph| !std::ptr::eq(*glyph, letter)).cloned());
    }
}
