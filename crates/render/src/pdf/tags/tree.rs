//! The pieces of the tree, and elements that are still open.

use std::num::NonZeroU16;

use krilla::tagging::{BBox, Identifier, ListNumbering, Node, Tag, TagGroup, TagKind};
use kurbo::Affine;

use super::super::geometry;
use crate::display::{Meaning, MeaningRole};

/// A part of the tree. Links are numbers until the page is drawn, because their annotations come after it.
pub(in crate::pdf) enum Piece {
    Content(Identifier),
    Element(TagKind, Vec<Piece>),
    Annotation(usize),
}

impl Piece {
    /// None for an annotation that could not be made.
    pub(in crate::pdf) fn into_node(self, annotations: &[Option<Identifier>]) -> Option<Node> {
        match self {
            Piece::Content(id) => Some(id.into()),
            Piece::Annotation(number) => annotations.get(number).copied().flatten().map(Node::from),
            Piece::Element(tag, pieces) => {
                let nodes = pieces.into_iter().filter_map(|piece| piece.into_node(annotations)).collect();
                Some(TagGroup::with_children(tag, nodes).into())
            }
        }
    }
}

/// An element whose content is being drawn.
pub(super) struct Open<'a> {
    /// None: the page.
    pub(super) meaning: Option<&'a Meaning>,
    /// What the page's heading says, if this is it. All of it is one paragraph.
    heading: Option<String>,
    /// A link inside a paragraph.
    pub(super) inline: bool,
    pieces: Vec<Piece>,
    /// The items of the list that is open, and the mark of the item that follows.
    list: Option<(ListNumbering, Vec<Piece>)>,
    label: Option<Identifier>,
    /// The paragraph that content goes into now.
    paragraph: Option<(usize, Vec<Piece>)>,
}

impl<'a> Open<'a> {
    pub(super) fn page() -> Self {
        Open {
            meaning: None,
            heading: None,
            inline: false,
            pieces: Vec::new(),
            list: None,
            label: None,
            paragraph: None,
        }
    }

    pub(super) fn new(meaning: &'a Meaning, heading: Option<String>) -> Self {
        Open { meaning: Some(meaning), heading, ..Open::page() }
    }

    pub(super) fn role(&self) -> Option<MeaningRole> {
        self.meaning.map(|meaning| meaning.role)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.paragraph.is_none() && self.list.is_none()
    }

    /// Content goes into this paragraph from here on.
    pub(super) fn in_paragraph(&mut self, paragraph: usize) {
        let paragraph = if self.heading.is_some() { 0 } else { paragraph };
        if self.paragraph.as_ref().is_none_or(|&(open, _)| open != paragraph) {
            self.end_paragraph();
            if self.label.is_none() {
                self.end_list();
            }
            self.paragraph = Some((paragraph, Vec::new()));
        }
    }

    /// The next paragraph is an item of a list and begins with this mark.
    pub(super) fn begin_item(&mut self, numbering: ListNumbering, mark: Identifier) {
        self.end_paragraph();
        self.list.get_or_insert((numbering, Vec::new()));
        self.label = Some(mark);
    }

    /// Adds to the open paragraph, or to the element itself.
    pub(super) fn add(&mut self, piece: Piece) {
        match &mut self.paragraph {
            Some((_, pieces)) => pieces.push(piece),
            None => self.pieces.push(piece),
        }
    }

    /// Adds whole elements.
    pub(super) fn take(&mut self, elements: Vec<Piece>) {
        if !elements.is_empty() {
            self.end_paragraph();
            self.end_list();
            self.pieces.extend(elements);
        }
    }

    pub(super) fn into_pieces(mut self) -> Vec<Piece> {
        self.end_paragraph();
        self.end_list();
        self.pieces
    }

    fn end_list(&mut self) {
        if let Some((numbering, items)) = self.list.take() {
            self.pieces.push(Piece::Element(Tag::L(numbering).into(), items));
        }
    }

    fn end_paragraph(&mut self) {
        if let Some((_, pieces)) = self.paragraph.take() {
            if let (Some(mark), Some((_, items))) = (self.label.take(), &mut self.list) {
                let label = Piece::Element(Tag::Lbl.into(), vec![Piece::Content(mark)]);
                let body = Piece::Element(Tag::LBody.into(), pieces);
                items.push(Piece::Element(Tag::LI.into(), vec![label, body]));
                return;
            }
            let lang = self.meaning.and_then(|meaning| meaning.lang.clone());
            let tag = match self.heading.clone() {
                Some(title) => Tag::Hn(NonZeroU16::MIN, Some(title)).with_lang(lang).into(),
                None => Tag::P.with_lang(lang).into(),
            };
            self.pieces.push(Piece::Element(tag, pieces));
        }
    }
}

pub(super) fn figure(meaning: &Meaning, page: usize, to_points: Affine, pieces: Vec<Piece>) -> Piece {
    let bounds = geometry::rect(to_points.transform_rect_bbox(meaning.bounds));
    let tag = Tag::Figure(meaning.alt.clone())
        .with_bbox(bounds.map(|bounds| BBox::new(page, bounds)))
        .with_lang(meaning.lang.clone());
    Piece::Element(tag.into(), pieces)
}

pub(super) fn link(meaning: &Meaning, mut pieces: Vec<Piece>, annotation: usize) -> Piece {
    pieces.push(Piece::Annotation(annotation));
    Piece::Element(Tag::Link.with_lang(meaning.lang.clone()).into(), pieces)
}
