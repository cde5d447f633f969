//! Which text is a page's heading: nobody says so in a template, but everybody sees it. It is the largest one with words
//! in it, when there is text that is clearly smaller.

use std::sync::Arc;

use crate::display::{GlyphItem, Group, Item, Meaning, MeaningRole};

/// A heading is at least so many times as large as the smallest text of its page.
const LARGER: f64 = 1.2;
/// Longer texts are no headings, however large; characters.
const LONGEST: usize = 200;

#[derive(Debug, Clone)]
pub(super) struct Heading<'a> {
    /// Of the text node, by which it is known again.
    meaning: &'a Meaning,
    /// What it says, on one line.
    pub(super) title: String,
}

impl Heading<'_> {
    pub(super) fn is(&self, meaning: &Meaning) -> bool {
        std::ptr::eq(self.meaning, meaning)
    }
}

/// A text node, as large as its largest letters.
struct Candidate<'a> {
    meaning: &'a Meaning,
    size: f64,
    /// Without those that draw the same letters again.
    runs: Vec<&'a GlyphItem>,
}

/// None when all texts look equally important.
pub(super) fn find(items: &[Item]) -> Option<Heading<'_>> {
    let mut texts = Vec::new();
    collect(items, &mut texts);
    let smallest = texts.iter().map(|text| text.size).fold(f64::INFINITY, f64::min);
    let (largest, title) = texts
        .iter()
        .map(|text| (text, text.words()))
        .filter(|(_, words)| {
            words.chars().filter(|c| c.is_alphabetic()).count() > 1 && words.chars().count() <= LONGEST
        })
        .reduce(|first, next| if next.0.size > first.0.size { next } else { first })?;
    (largest.size >= smallest * LARGER).then_some(Heading { meaning: largest.meaning, title })
}

fn collect<'a>(items: &'a [Item], found: &mut Vec<Candidate<'a>>) {
    for item in items {
        let Item::Group(group) = item else { continue };
        match &group.meaning {
            Some(meaning) if meaning.role == MeaningRole::Text => found.extend(Candidate::of(meaning, group)),
            Some(meaning) if matches!(meaning.role, MeaningRole::Artifact | MeaningRole::Figure) => {}
            // A silhouette is a shadow.
            _ if group.tint.is_some() => {}
            _ => collect(&group.items, found),
        }
    }
}

impl<'a> Candidate<'a> {
    /// None for a text without letters.
    fn of(meaning: &'a Meaning, group: &'a Group) -> Option<Self> {
        let mut text = Candidate { meaning, size: 0.0, runs: Vec::new() };
        text.look(&group.items);
        (text.size > 0.0).then_some(text)
    }

    fn look(&mut self, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Glyphs(run) => {
                    self.size = self.size.max(size_on_page(run));
                    let again = |other: &&GlyphItem| Arc::ptr_eq(&other.text, &run.text) && start(other) == start(run);
                    if !run.glyphs.is_empty() && !self.runs.iter().any(again) {
                        self.runs.push(run);
                    }
                }
                Item::Group(group) => self.look(&group.items),
                _ => {}
            }
        }
    }

    /// What is shown, on one line.
    fn words(&self) -> String {
        let mut words = String::new();
        for line in self.runs.chunk_by(|a, b| Arc::ptr_eq(&a.text, &b.text)) {
            let mut line = line.to_vec();
            line.sort_by_key(|run| start(run));
            for run in line {
                let end = run.glyphs.iter().map(|glyph| glyph.range.end).max().unwrap_or_default();
                words.push_str(run.text.get(start(run)..end).unwrap_or_default());
                let rest = run.text.get(end..).unwrap_or_default();
                if rest.is_empty() || rest.starts_with(char::is_whitespace) {
                    words.push(' ');
                }
            }
        }
        // A line that ends within a word ends in a soft hyphen.
        words.replace("\u{ad} ", "").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn start(run: &GlyphItem) -> usize {
    run.glyphs.iter().map(|glyph| glyph.range.start).min().unwrap_or_default()
}

fn size_on_page(run: &GlyphItem) -> f64 {
    f64::from(run.size) * run.transform.determinant().abs().sqrt()
}
