//! The display list → a PDF: one page a slide, everything that PDF can say said in its own words.
//!
//! Pages are in points. With bleed the MediaBox is larger than the page and the TrimBox is the page. No date and no
//! random number goes in: the same list gives the same bytes.
//!
//! ```text
//! painter    items in order onto a page; knows nothing of what an item is made of
//!   shapes, pictures, glyphs, groups, soft     one file per kind of item; `soft` is what PDF lacks (blur), as a picture
//!   clusters, spaces, emoji                    what a run says besides what it shows
//!   paints, faces, jpeg, geometry              our types in the PDF library's
//!   tags, headings                             the tree of meaning: headings, paragraphs, figures, links
//!   bookmarks                                  the list of pages beside them
//! ```

mod bookmarks;
mod clusters;
mod emoji;
mod faces;
mod geometry;
mod glyphs;
mod groups;
mod headings;
mod jpeg;
mod painter;
mod paints;
mod pictures;
mod shapes;
mod soft;
mod spaces;
mod tags;
mod tiles;

#[cfg(test)]
mod tests;

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::configure::Configuration;
use krilla::metadata::{Metadata, PageLayout};
use krilla::page::{Page, PageSettings};
use krilla::tagging::{Identifier, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};
use kurbo::{Affine, Rect};

use crate::display::{DisplayList, DisplayPage, Meaning};
use crate::error::RenderError;
use crate::fonts::FontLibrary;
use crate::images::ImageStore;
use crate::raster::RasterContext;
use bookmarks::Bookmarks;
use headings::Heading;
use painter::Painter;
use tags::Tags;

/// The PDF of a document. `progress` is told how many pages are drawn, after each.
///
/// # Errors
/// When a page has no size, or a font or picture cannot be put in.
pub fn write(
    list: &DisplayList,
    fonts: &FontLibrary,
    images: &ImageStore,
    raster: &mut RasterContext,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<u8>, RenderError> {
    let mut painter = Painter::new(fonts, images, raster);
    let document = compose(list, &mut painter, Configuration::default(), progress)?;
    document.finish().map_err(|error| failed(error.to_string()))
}

/// The document with all its pages; finishing it checks it against the configuration's standard.
fn compose<'a>(
    list: &'a DisplayList,
    painter: &mut Painter<'a>,
    configuration: Configuration,
    progress: &mut dyn FnMut(usize),
) -> Result<Document, RenderError> {
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(list));
    let mut tree = TagTree::new();
    let mut bookmarks = Bookmarks::default();
    painter.begin(&list.pages);
    for (index, page) in list.pages.iter().enumerate() {
        let heading = headings::find(&page.items);
        bookmarks.next_page(page.name.as_deref(), heading.as_ref().map(|heading| heading.title.as_str()));
        tree.push(self::page(&mut document, painter, list, index, heading)?);
        painter.first_fault()?;
        progress(index + 1);
    }
    document.set_tag_tree(tree);
    document.set_outline(bookmarks.into_outline());
    Ok(document)
}

fn failed(reason: impl Into<String>) -> RenderError {
    RenderError::Output { what: "the PDF".into(), reason: reason.into() }
}

fn metadata(list: &DisplayList) -> Metadata {
    Metadata::new()
        .title(list.title.clone())
        .authors(list.author.iter().cloned().collect())
        .language(list.lang.clone())
        .creator("Handbill".into())
        .page_layout(PageLayout::SinglePage)
}

/// Draws a page; what it means comes back.
fn page<'a>(
    document: &mut Document,
    painter: &mut Painter<'a>,
    list: &'a DisplayList,
    index: usize,
    heading: Option<Heading<'a>>,
) -> Result<TagGroup, RenderError> {
    let page = &list.pages[index];
    let settings = boxes(page, list.pt_per_px)
        .ok_or_else(|| failed(format!("page {} is {} × {} pixels", index + 1, page.width, page.height)))?;
    let to_points = Affine::scale(list.pt_per_px) * Affine::translate((page.bleed, page.bleed));
    let mut target = document.start_page_with(settings);
    let mut surface = target.surface();
    surface.push_transform(&geometry::transform(to_points));
    painter.begin_page(page, Tags::new(index, to_points, heading));
    painter.items(&mut surface, &page.items);
    let tags = painter.end_page(&mut surface);
    surface.pop();
    surface.finish();

    let (pieces, links) = tags.finish();
    let annotations: Vec<_> = links.iter().map(|meaning| annotate(&mut target, meaning, to_points)).collect();
    target.finish();
    let nodes = pieces.into_iter().filter_map(|piece| piece.into_node(&annotations)).collect();
    Ok(TagGroup::with_children(Tag::Section, nodes))
}

/// None for a page without a size.
fn boxes(page: &DisplayPage, pt_per_px: f64) -> Option<PageSettings> {
    let media = Rect::new(0.0, 0.0, page.width + 2.0 * page.bleed, page.height + 2.0 * page.bleed);
    let points = |rect: Rect| geometry::rect(rect.scale_from_origin(pt_per_px));
    let settings = PageSettings::from_wh((media.x1 * pt_per_px) as f32, (media.y1 * pt_per_px) as f32)?;
    if page.bleed <= 0.0 {
        return Some(settings);
    }
    let settings = settings.with_bleed_box(points(media));
    Some(settings.with_trim_box(points(media.inset(-page.bleed))))
}

/// Puts a link on the page.
fn annotate(page: &mut Page<'_>, meaning: &Meaning, to_points: Affine) -> Option<Identifier> {
    let link = meaning.link.as_ref()?;
    let area = geometry::rect(to_points.transform_rect_bbox(meaning.bounds))?;
    let target = Target::Action(Action::Link(LinkAction::new(ascii(link))));
    let words = meaning.alt.clone().filter(|alt| !alt.is_empty()).unwrap_or_else(|| link.clone());
    Some(page.add_tagged_annotation(Annotation::new_link(LinkAnnotation::new(area, target), Some(words))))
}

/// PDF addresses are 7-bit: the rest percent-encoded, as browsers do.
fn ascii(link: &str) -> String {
    let mut out = String::with_capacity(link.len());
    for byte in link.bytes() {
        match byte {
            0x21..=0x7e => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
