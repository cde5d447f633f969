//! Glyphs with colours of their own: drawn as vectors, each kind put in once; the text they stand for is laid beneath
//! them unseen, as glyphs of a plain font that no text uses. (A PDF can also keep coloured glyphs in a font, but of a
//! kind whose text some programs put in the wrong place.)

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handbill_template::resolved::Rgba;
use krilla::geom::Point;
use krilla::graphic::Graphic;
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use kurbo::Affine;

use super::faces::PdfFace;
use super::painter::Painter;
use super::{geometry, paints};
use crate::display::{DisplayPage, FillRule, Glyph, GlyphItem, Item};
use crate::fonts::FaceId;

/// Drawings of glyphs, by face, variation, glyph and the colour of what the font leaves to the text.
pub(super) type Drawings = BTreeMap<(FaceId, Arc<[i16]>, u32, [u8; 4]), Graphic>;

/// Draws the glyphs in the run's coordinates; `color` is opaque.
pub(super) fn draw(
    painter: &mut Painter<'_>,
    surface: &mut Surface<'_>,
    item: &GlyphItem,
    face: &PdfFace<'_>,
    glyphs: &[Glyph],
    color: Rgba,
) {
    let to_run = f64::from(item.size / face.font.units_per_em());
    for glyph in glyphs {
        let key = (item.face, Arc::clone(&item.coords), glyph.id, color.0);
        let drawing = painter.emoji.entry(key).or_insert_with(|| drawing(surface, face, glyph.id, color)).clone();
        let place = Affine::translate((f64::from(glyph.x), f64::from(glyph.y))) * Affine::scale(to_run);
        surface.push_transform(&geometry::transform(place));
        surface.draw_graphic(drawing);
        surface.pop();
    }
}

/// A glyph in units of the font.
fn drawing(surface: &mut Surface<'_>, face: &PdfFace<'_>, id: u32, color: Rgba) -> Graphic {
    let mut builder = surface.stream_builder();
    let mut inner = builder.surface();
    let glyph = KrillaGlyph::new(GlyphId::new(id), 0.0, 0.0, 0.0, 0.0, 0..0, None);
    inner.set_fill(Some(paints::solid(color).fill(FillRule::NonZero)));
    inner.draw_glyphs(Point::from_xy(0.0, 0.0), &[glyph], face.font.clone(), "", face.font.units_per_em(), true);
    inner.finish();
    Graphic::new(builder.finish(), false)
}

/// The plain glyphs that stand for emoji in the document's text. One for each text: programs that know only what
/// a font says of its glyphs copy it right, too.
#[derive(Default)]
pub(super) struct Signs {
    /// Glyphs that are seen.
    used: BTreeSet<(FaceId, u32)>,
    /// By face and text: glyph, and its width in em.
    given: BTreeMap<(FaceId, String), (u32, f32)>,
}

impl Signs {
    pub(super) fn beside(pages: &[DisplayPage]) -> Signs {
        let mut signs = Signs::default();
        pages.iter().for_each(|page| signs.note(&page.items));
        signs
    }

    fn note(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Glyphs(run) => self.used.extend(run.glyphs.iter().map(|glyph| (run.face, glyph.id))),
                Item::Group(group) => self.note(&group.items),
                _ => {}
            }
        }
    }

    /// None when all glyphs of the face are in use.
    fn sign(&mut self, id: FaceId, face: &PdfFace<'_>, text: &str) -> Option<(u32, f32)> {
        let key = (id, text.to_owned());
        if let Some(sign) = self.given.get(&key) {
            return Some(*sign);
        }
        // From the end, where fonts keep what few texts need.
        let free = (1..face.glyph_count()).rev().filter(|&glyph| !self.used.contains(&(id, glyph)));
        let sign = free.filter_map(|glyph| Some((glyph, face.inked_width(glyph)?))).next()?;
        self.used.insert((id, sign.0));
        self.given.insert(key, sign);
        Some(sign)
    }
}

/// Says the glyphs' text: each cluster a glyph of the plain face `voice`, as wide as the cluster. False when it has
/// none to spare.
pub(super) fn say(
    signs: &mut Signs,
    surface: &mut Surface<'_>,
    item: &GlyphItem,
    (id, voice): (FaceId, &PdfFace<'_>),
    glyphs: &[Glyph],
) -> bool {
    surface.set_stroke(None);
    surface.set_fill(Some(paints::solid(Rgba::TRANSPARENT).fill(FillRule::NonZero)));
    for cluster in glyphs.chunk_by(|a, b| a.range == b.range) {
        let range = item.text.get(cluster[0].range.clone()).map_or(0..0, |_| cluster[0].range.clone());
        let Some((sign, em)) = signs.sign(id, voice, &item.text[range.clone()]) else { return false };
        let left = cluster.iter().map(|glyph| glyph.x).fold(f32::INFINITY, f32::min);
        let right = cluster.iter().map(|glyph| glyph.x + glyph.advance).fold(f32::NEG_INFINITY, f32::max);
        let stretch = f64::from((right - left) / (em * item.size)).max(1e-3);
        let glyph = KrillaGlyph::new(GlyphId::new(sign), em, 0.0, 0.0, 0.0, range, None);
        let place =
            Affine::translate((f64::from(left), f64::from(cluster[0].y))) * Affine::scale_non_uniform(stretch, 1.0);
        surface.push_transform(&geometry::transform(place));
        surface.draw_glyphs(Point::from_xy(0.0, 0.0), &[glyph], voice.font.clone(), &item.text, item.size, false);
        surface.pop();
    }
    true
}
