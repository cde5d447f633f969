//! The spaces at which lines were broken. Nothing of them is drawn, but whoever copies the text or has it read aloud
//! needs them between the words.

use std::collections::BTreeSet;

use super::faces::PdfFace;
use crate::display::{Glyph, GlyphItem, Item};

/// Where in their paragraphs the clusters begin that a page shows.
#[derive(Default)]
pub(super) struct Shown {
    /// A paragraph, by where its text lies in memory, and a byte of it.
    clusters: BTreeSet<(usize, usize)>,
    /// Texts of lines whose paragraphs go on in a line with a text of its own.
    continued: BTreeSet<usize>,
}

impl Shown {
    pub(super) fn on(items: &[Item]) -> Shown {
        let mut shown = Shown::default();
        shown.add(items);
        shown
    }

    fn add(&mut self, items: &[Item]) {
        for pair in items.windows(2) {
            if let [Item::Glyphs(run), Item::Glyphs(next)] = pair
                && run.paragraph == next.paragraph
                && !run.mark
                && paragraph(run) != paragraph(next)
            {
                self.continued.insert(paragraph(run));
            }
        }
        for item in items {
            match item {
                Item::Glyphs(run) => {
                    let paragraph = paragraph(run);
                    self.clusters.extend(run.glyphs.iter().map(|glyph| (paragraph, glyph.range.start)));
                }
                Item::Group(group) => self.add(&group.items),
                _ => {}
            }
        }
    }

    /// The run's glyphs, with a space at their end if a line was broken there.
    pub(super) fn with_space(&self, run: &GlyphItem, face: &PdfFace<'_>) -> Vec<Glyph> {
        let mut glyphs = run.glyphs.clone();
        if let Some(space) = self.broken_at(run).and_then(|range| space(run, range, face)) {
            let at = if run.right_to_left { 0 } else { glyphs.len() };
            glyphs.insert(at, space);
        }
        glyphs
    }

    /// The white space after a run that is not shown, although text behind it is.
    fn broken_at(&self, run: &GlyphItem) -> Option<std::ops::Range<usize>> {
        let end = run.glyphs.iter().map(|glyph| glyph.range.end).max()?;
        let next = run.text.get(end..)?.chars().next().filter(|next| next.is_whitespace())?;
        let paragraph = paragraph(run);
        let goes_on = match self.clusters.range((paragraph, end)..=(paragraph, usize::MAX)).next() {
            Some((_, following)) => *following > end,
            None => self.continued.contains(&paragraph),
        };
        goes_on.then(|| end..end + next.len_utf8())
    }
}

fn paragraph(run: &GlyphItem) -> usize {
    run.text.as_ptr() as usize
}

/// None for a face that has no space.
fn space(run: &GlyphItem, range: std::ops::Range<usize>, face: &PdfFace<'_>) -> Option<Glyph> {
    let (id, em) = face.space()?;
    let advance = em * run.size;
    let x = if run.right_to_left {
        run.glyphs.iter().map(|glyph| glyph.x).fold(f32::INFINITY, f32::min) - advance
    } else {
        run.glyphs.iter().map(|glyph| glyph.x + glyph.advance).fold(f32::NEG_INFINITY, f32::max)
    };
    Some(Glyph { id, x, y: run.glyphs.first()?.y, advance, range })
}
