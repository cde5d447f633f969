//! What the page means: marks content as it is drawn and grows the tree that screen readers and copying follow.
//!
//! The caller says when a group with a meaning begins and ends, and before each drawing whether it is text. Marks
//! stand in the page's own content only; what is drawn apart (a group with opacity, a mask) is marked as one piece.

mod inside;
mod tree;

use krilla::surface::Surface;
use krilla::tagging::{Artifact, ContentTag, Identifier, ListNumbering, SpanTag};

use super::headings::Heading;
use crate::display::{GlyphItem, Group, Meaning, MeaningRole};
use inside::Inside;
pub(super) use tree::Piece;
use tree::{Open, figure};

/// The tree of one page, as far as it has grown.
pub(super) struct Tags<'a> {
    to_points: kurbo::Affine,
    page: usize,
    heading: Option<Heading<'a>>,
    /// The page, and inside it the elements that are open.
    stack: Vec<Open<'a>>,
    /// Groups drawn apart that are open.
    apart: usize,
    /// The outermost of them opened an element of its own.
    apart_element: bool,
    mark: Option<Mark>,
    links: Vec<&'a Meaning>,
}

/// The marked content that is open on the surface.
#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Artifact,
    /// Belongs to the element at this depth of the stack; in text, to one paragraph.
    Content {
        depth: usize,
        paragraph: usize,
        /// It is the mark of a list item.
        label: Option<ListNumbering>,
    },
}

impl<'a> Tags<'a> {
    /// `to_points`: from layout pixels of the page to the surface.
    pub(super) fn new(page: usize, to_points: kurbo::Affine, heading: Option<Heading<'a>>) -> Self {
        let stack = vec![Open::page()];
        Tags { to_points, page, heading, stack, apart: 0, apart_element: false, mark: None, links: Vec::new() }
    }

    /// The page's elements, and the links that wait for their annotations.
    pub(super) fn finish(mut self) -> (Vec<Piece>, Vec<&'a Meaning>) {
        let pieces = self.stack.pop().map(Open::into_pieces).unwrap_or_default();
        (pieces, self.links)
    }

    pub(super) fn enter(&mut self, surface: &mut Surface<'_>, meaning: &'a Meaning) {
        if self.apart == 0 {
            self.unmark(surface);
            self.open(meaning);
        }
    }

    pub(super) fn leave(&mut self, surface: &mut Surface<'_>) {
        if self.apart == 0 {
            self.unmark(surface);
            self.close();
        }
    }

    /// Text of a paragraph follows.
    pub(super) fn text(&mut self, surface: &mut Surface<'_>, run: &GlyphItem) {
        if self.apart == 0 {
            let mark = self.text_mark(run);
            self.mark(surface, mark);
        }
    }

    /// Anything else follows.
    pub(super) fn graphic(&mut self, surface: &mut Surface<'_>) {
        if self.apart == 0 {
            let mark = self.graphic_mark();
            self.mark(surface, mark);
        }
    }

    /// What is drawn until `resume` has no meaning and is not on the page's own surface.
    pub(super) fn pause(&mut self) {
        self.apart += 1;
    }

    pub(super) fn resume(&mut self) {
        self.apart -= 1;
    }

    /// Ends what is marked: the surface's clip is about to change.
    pub(super) fn unmark(&mut self, surface: &mut Surface<'_>) {
        if self.apart == 0 && self.mark.take().is_some() {
            surface.end_tagged();
        }
    }

    /// A group drawn apart follows.
    pub(super) fn enter_apart(&mut self, surface: &mut Surface<'_>, group: &'a Group) {
        if self.apart == 0 {
            self.unmark(surface);
            let inside = Inside::of(group);
            self.apart_element = self.is_undecided() && inside.only_one();
            match inside.meanings.first() {
                Some(meaning) if self.apart_element => self.open(meaning),
                _ => self.extras(surface, &inside.meanings),
            }
            let mark = match inside.text {
                // A silhouette is a shadow.
                Some(run) if group.tint.is_none() => self.text_mark(run),
                _ => self.graphic_mark(),
            };
            self.mark(surface, mark);
        }
        self.apart += 1;
    }

    pub(super) fn leave_apart(&mut self, surface: &mut Surface<'_>) {
        self.apart -= 1;
        if self.apart == 0 {
            self.unmark(surface);
            if std::mem::take(&mut self.apart_element) {
                self.close();
            }
        }
    }

    /// Whether no element around has settled what the content is.
    fn is_undecided(&self) -> bool {
        self.stack.iter().all(|open| matches!(open.role(), None | Some(MeaningRole::Link)))
    }

    /// Several things in one group drawn apart cannot be marked one by one. Their pictures' words and their links go
    /// ahead of it, the rest is one paragraph.
    fn extras(&mut self, surface: &mut Surface<'_>, meanings: &[&'a Meaning]) {
        let undecided = self.is_undecided();
        for meaning in meanings {
            let figure = (undecided && meaning.role == MeaningRole::Figure).then(|| {
                let id = surface.start_tagged(ContentTag::Other);
                surface.end_tagged();
                figure(meaning, self.page, self.to_points, vec![Piece::Content(id)])
            });
            let pieces = self.linked(meaning, figure.into_iter().collect());
            if let Some(open) = self.stack.last_mut() {
                open.take(pieces);
            }
        }
    }

    /// Decoration, or content of the innermost element that means something, else of the page.
    fn text_mark(&self, run: &GlyphItem) -> Mark {
        if self.is_decoration() {
            return Mark::Artifact;
        }
        let depth = self.stack.iter().rposition(|open| open.role().is_some()).unwrap_or(self.stack.len() - 1);
        let in_text = self.stack.iter().any(|open| open.role() == Some(MeaningRole::Text));
        // Elsewhere, as in drawings, all that tells paragraphs apart is where their text lies.
        let paragraph = if in_text { run.paragraph } else { run.text.as_ptr() as usize };
        Mark::Content { depth, paragraph, label: (run.mark && in_text).then(|| numbering(&run.text)) }
    }

    /// Graphics mean something in figures only.
    fn graphic_mark(&self) -> Mark {
        let figure = self.stack.iter().rposition(|open| open.role() == Some(MeaningRole::Figure));
        match figure {
            Some(depth) if !self.is_decoration() => Mark::Content { depth, paragraph: 0, label: None },
            _ => Mark::Artifact,
        }
    }

    fn is_decoration(&self) -> bool {
        self.stack.iter().any(|open| open.role() == Some(MeaningRole::Artifact))
    }

    fn mark(&mut self, surface: &mut Surface<'_>, mark: Mark) {
        if self.mark == Some(mark) {
            return;
        }
        self.unmark(surface);
        self.mark = Some(mark);
        match mark {
            Mark::Artifact => {
                surface.start_tagged(ContentTag::Artifact(Artifact::default()));
            }
            Mark::Content { depth, paragraph, label } => {
                let in_figure = self.stack[depth].role() == Some(MeaningRole::Figure);
                let tag = if in_figure { ContentTag::Other } else { ContentTag::Span(SpanTag::empty()) };
                let id = surface.start_tagged(tag);
                match label {
                    Some(numbering) => self.stack[depth].begin_item(numbering, id),
                    None => self.put(id, depth, paragraph),
                }
            }
        }
    }

    /// Text goes into paragraphs: those of its own element, or of the text that an inline link stands in.
    fn put(&mut self, id: Identifier, depth: usize, paragraph: usize) {
        let outer = self.stack[..depth].iter().rposition(|open| open.role() == Some(MeaningRole::Text));
        match self.stack[depth].role() {
            Some(MeaningRole::Figure) => self.stack[depth].add(Piece::Content(id)),
            Some(MeaningRole::Link) if outer.is_some() => {
                let outer = outer.unwrap_or_default();
                self.stack[outer].in_paragraph(paragraph);
                self.stack[depth].inline = true;
                self.stack[depth].add(Piece::Content(id));
            }
            _ => {
                self.stack[depth].in_paragraph(paragraph);
                self.stack[depth].add(Piece::Content(id));
            }
        }
    }

    fn open(&mut self, meaning: &'a Meaning) {
        let heading = self.heading.as_ref().filter(|heading| heading.is(meaning));
        self.stack.push(Open::new(meaning, heading.map(|heading| heading.title.clone())));
    }

    /// Closes the innermost element and hands it to the one around.
    fn close(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        let Some(meaning) = open.meaning else { return };
        let inline = open.inline;
        let content = match meaning.role {
            MeaningRole::Artifact => Vec::new(),
            MeaningRole::Figure if open.is_empty() => Vec::new(),
            MeaningRole::Figure => vec![figure(meaning, self.page, self.to_points, open.into_pieces())],
            MeaningRole::Text | MeaningRole::Link => open.into_pieces(),
        };
        let pieces = self.linked(meaning, content);
        if let Some(around) = self.stack.last_mut() {
            if inline {
                pieces.into_iter().for_each(|piece| around.add(piece));
            } else {
                around.take(pieces);
            }
        }
    }

    /// Content inside its link, if it has one.
    fn linked(&mut self, meaning: &'a Meaning, content: Vec<Piece>) -> Vec<Piece> {
        if meaning.link.is_none() {
            return content;
        }
        self.links.push(meaning);
        vec![tree::link(meaning, content, self.links.len() - 1)]
    }
}

/// What kind of list a mark begins an item of.
fn numbering(mark: &str) -> ListNumbering {
    if mark.starts_with(|c: char| c.is_numeric()) { ListNumbering::Decimal } else { ListNumbering::Disc }
}
