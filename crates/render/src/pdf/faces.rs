//! Faces at their variations as fonts of the PDF. Each is put in once a document, with the glyphs that are used.

use std::collections::BTreeMap;
use std::sync::Arc;

use krilla::text::{Font, Tag};
use skrifa::instance::{NormalizedCoord, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::failed;
use crate::error::RenderError;
use crate::fonts::{FaceId, FontLibrary};

pub(super) struct Faces<'a> {
    fonts: &'a FontLibrary,
    made: BTreeMap<(FaceId, Arc<[i16]>), Font>,
}

/// A face ready to be drawn with.
pub(super) struct PdfFace<'a> {
    pub(super) font: Font,
    pub(super) parsed: FontRef<'a>,
    location: Vec<NormalizedCoord>,
}

impl<'a> Faces<'a> {
    pub(super) fn new(fonts: &'a FontLibrary) -> Self {
        Faces { fonts, made: BTreeMap::new() }
    }

    pub(super) fn get(&mut self, id: FaceId, coords: &Arc<[i16]>) -> Result<PdfFace<'a>, RenderError> {
        let face = self.fonts.face(id);
        let parsed = face.font();
        let font = match self.made.get(&(id, Arc::clone(coords))) {
            Some(font) => font.clone(),
            None => {
                let data: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(face.data().data.clone());
                let font = Font::new_variable(data.into(), face.data().index, &settings(&parsed, coords))
                    .ok_or_else(|| failed(format!("the font '{}' cannot be put in", face.family())))?;
                self.made.insert((id, Arc::clone(coords)), font.clone());
                font
            }
        };
        let location = coords.iter().map(|&bits| NormalizedCoord::from_bits(bits)).collect();
        Ok(PdfFace { font, parsed, location })
    }
}

impl PdfFace<'_> {
    /// What the PDF's reader moves on by after each glyph, in units of the font.
    pub(super) fn metrics(&self) -> GlyphMetrics<'_> {
        self.parsed.glyph_metrics(Size::unscaled(), self.location.as_slice())
    }

    /// The glyph of a space, and its width in em.
    pub(super) fn space(&self) -> Option<(u32, f32)> {
        let id = self.parsed.charmap().map(' ')?;
        Some((id.to_u32(), self.metrics().advance_width(id)? / self.font.units_per_em()))
    }

    pub(super) fn glyph_count(&self) -> u32 {
        self.metrics().glyph_count()
    }

    /// The width in em of a glyph that draws something; None for others. (Programs pass over text without ink.)
    pub(super) fn inked_width(&self, glyph: u32) -> Option<f32> {
        let metrics = self.metrics();
        let bounds = metrics.bounds(GlyphId::new(glyph))?;
        let width = metrics.advance_width(GlyphId::new(glyph))? / self.font.units_per_em();
        let has_ink = bounds.x_max > bounds.x_min && bounds.y_max > bounds.y_min;
        (has_ink && width > 0.05 && !self.is_colored(glyph)).then_some(width)
    }

    /// Whether the glyph brings its own colours.
    pub(super) fn is_colored(&self, glyph: u32) -> bool {
        self.parsed.color_glyphs().get(GlyphId::new(glyph)).is_some()
    }
}

/// The variation axes' values for normalized coordinates. The PDF library takes values in the axes' own units only.
fn settings(font: &FontRef<'_>, coords: &[i16]) -> Vec<(Tag, f32)> {
    let axes = font.axes();
    let mut settings = Vec::new();
    for (index, (axis, &wanted)) in axes.iter().zip(coords).enumerate() {
        let normalized = |value: f32| {
            let location = axes.location([(axis.tag(), value)]);
            location.coords().get(index).map_or(0, |coord| coord.to_bits())
        };
        if wanted != normalized(axis.default_value()) {
            let value = value_for(wanted, axis.min_value(), axis.max_value(), normalized);
            settings.push((Tag::new(&axis.tag().to_be_bytes()), value));
        }
    }
    settings
}

/// The value that `normalized`, which never falls, takes to `wanted`; a whole number if one does.
fn value_for(wanted: i16, min: f32, max: f32, normalized: impl Fn(f32) -> i16) -> f32 {
    let (mut low, mut high) = (min, max);
    for _ in 0..32 {
        let middle = low + (high - low) / 2.0;
        match normalized(middle).cmp(&wanted) {
            std::cmp::Ordering::Less => low = middle,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                let whole = middle.round();
                return if normalized(whole) == wanted { whole } else { middle };
            }
        }
    }
    if normalized(max) == wanted { max } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_again() {
        // A weight axis of 100 to 900 around 400 with a bent map between, as `avar` makes it.
        let normalized = |value: f32| {
            let share = if value < 400.0 { (value - 400.0) / 300.0 } else { (value - 400.0) / 500.0 };
            let bent = if share > 0.0 { share * share } else { share };
            (bent * 16384.0).round() as i16
        };
        for weight in [100.0, 150.0, 399.0, 401.0, 500.0, 650.0, 899.0, 900.0] {
            let found = value_for(normalized(weight), 100.0, 900.0, normalized);
            assert_eq!(normalized(found), normalized(weight));
            assert!((found - weight).abs() <= 20.0, "{weight}: {found}");
        }
        assert_eq!(value_for(normalized(700.0), 100.0, 900.0, normalized), 700.0);
    }
}
