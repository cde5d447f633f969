//! Items in order onto a page.

use std::sync::Arc;

use krilla::surface::Surface;

use super::faces::Faces;
use super::pictures::Pictures;
use super::spaces::Shown;
use super::tags::Tags;
use super::{emoji, glyphs, groups, pictures, shapes, soft};
use crate::display::{DisplayPage, GlyphItem, Item};
use crate::error::RenderError;
use crate::fonts::{FaceId, FontLibrary};
use crate::images::ImageStore;
use crate::raster::RasterContext;

pub(super) struct Painter<'a> {
    pub(super) fonts: &'a FontLibrary,
    pub(super) images: &'a ImageStore,
    pub(super) faces: Faces<'a>,
    pub(super) pictures: Pictures<'a>,
    pub(super) emoji: emoji::Drawings,
    pub(super) signs: emoji::Signs,
    pub(super) tags: Tags<'a>,
    /// Text of this page: the same again on top of it (a second paint) is no second text.
    pub(super) texts: Vec<&'a GlyphItem>,
    pub(super) shown: Shown,
    /// The last face of letters: what emoji are said in.
    pub(super) voice: (FaceId, Arc<[i16]>),
    /// Masks that are being drawn: text in them is shape only.
    pub(super) masks: usize,
    /// The page with its bleed, layout pixels.
    pub(super) page_area: kurbo::Rect,
    pub(super) raster: &'a mut RasterContext,
    // The library's surface must be left in order, so a fault waits until the page is done.
    fault: Option<RenderError>,
}

impl<'a> Painter<'a> {
    pub(super) fn new(fonts: &'a FontLibrary, images: &'a ImageStore, raster: &'a mut RasterContext) -> Self {
        Painter {
            fonts,
            images,
            faces: Faces::new(fonts),
            pictures: Pictures::new(images),
            emoji: emoji::Drawings::new(),
            signs: emoji::Signs::default(),
            tags: Tags::new(0, kurbo::Affine::IDENTITY, None),
            texts: Vec::new(),
            shown: Shown::default(),
            voice: (FaceId(0), Arc::new([])),
            masks: 0,
            page_area: kurbo::Rect::ZERO,
            raster,
            fault: None,
        }
    }

    /// Looks ahead at all pages, before the first.
    pub(super) fn begin(&mut self, pages: &[DisplayPage]) {
        self.signs = emoji::Signs::beside(pages);
    }

    pub(super) fn begin_page(&mut self, page: &DisplayPage, tags: Tags<'a>) {
        self.page_area = kurbo::Rect::new(0.0, 0.0, page.width, page.height).inflate(page.bleed, page.bleed);
        self.shown = Shown::on(&page.items);
        self.tags = tags;
        self.texts.clear();
    }

    pub(super) fn end_page(&mut self, surface: &mut Surface<'_>) -> Tags<'a> {
        self.tags.unmark(surface);
        std::mem::replace(&mut self.tags, Tags::new(0, kurbo::Affine::IDENTITY, None))
    }

    pub(super) fn first_fault(&mut self) -> Result<(), RenderError> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// What a step gave; None, and the fault kept, when it failed.
    pub(super) fn keep<T>(&mut self, result: Result<T, RenderError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault.get_or_insert(fault);
                None
            }
        }
    }

    pub(super) fn items(&mut self, surface: &mut Surface<'_>, items: &'a [Item]) {
        for run in items.chunk_by(is_same_line) {
            let mut run: Vec<&'a Item> = run.iter().collect();
            // Lines come in visual order; many programs copy text in the order it is written in.
            run.sort_by_key(|item| if let Item::Glyphs(run) = item { start(run) } else { 0 });
            run.into_iter().for_each(|item| self.item(surface, item));
        }
    }

    fn item(&mut self, surface: &mut Surface<'_>, item: &'a Item) {
        match item {
            Item::Group(group) => groups::group(self, surface, group),
            Item::Glyphs(run) => glyphs::run(self, surface, run),
            Item::Fill(fill) => {
                self.tags.graphic(surface);
                shapes::fill(self, surface, fill);
            }
            Item::Stroke(stroke) => {
                self.tags.graphic(surface);
                shapes::stroke(self, surface, stroke);
            }
            Item::Image(image) => {
                self.tags.graphic(surface);
                pictures::image(self, surface, image);
            }
            Item::Shadow(shadow) => {
                self.tags.graphic(surface);
                soft::shadow(self, surface, shadow);
            }
            Item::Modules(code) => {
                self.tags.graphic(surface);
                shapes::modules(surface, code);
            }
        }
    }

    /// Draws what is neither text nor meaning of the page, in coordinates of which `area` is seen.
    pub(super) fn apart_from_page(&mut self, area: kurbo::Rect, draw: impl FnOnce(&mut Self)) {
        let page_area = std::mem::replace(&mut self.page_area, area);
        self.masks += 1;
        self.tags.pause();
        draw(self);
        self.tags.resume();
        self.masks -= 1;
        self.page_area = page_area;
    }

    /// Draws what `shape` draws as a mask, then what `inside` draws where it is opaque.
    pub(super) fn masked(
        &mut self,
        surface: &mut Surface<'_>,
        kind: krilla::mask::MaskType,
        shape: impl FnOnce(&mut Self, &mut Surface<'_>),
        inside: impl FnOnce(&mut Self, &mut Surface<'_>),
    ) {
        let stream = {
            let mut builder = surface.stream_builder();
            let mut mask = builder.surface();
            self.masks += 1;
            shape(self, &mut mask);
            self.masks -= 1;
            mask.finish();
            builder.finish()
        };
        surface.push_mask(krilla::mask::Mask::new(stream, kind));
        inside(self, surface);
        surface.pop();
    }
}

/// Whether two items are text of one line.
fn is_same_line(a: &Item, b: &Item) -> bool {
    let (Item::Glyphs(a), Item::Glyphs(b)) = (a, b) else { return false };
    let baseline = |run: &GlyphItem| run.glyphs.first().map(|glyph| glyph.y);
    Arc::ptr_eq(&a.text, &b.text) && a.transform == b.transform && baseline(a) == baseline(b)
}

/// Where in its paragraph the run's text begins.
fn start(run: &GlyphItem) -> usize {
    run.glyphs.iter().map(|glyph| glyph.range.start).min().unwrap_or_default()
}
