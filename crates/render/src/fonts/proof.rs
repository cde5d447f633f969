//! Whether a font's glyphs can be drawn at all: what draws them for good takes it for granted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use skrifa::color::{Brush, ColorGlyphCollection, ColorPainter, CompositeMode, Transform};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlineGlyphCollection, OutlinePen};
use skrifa::raw::types::BoundingBox;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

/// Draws glyphs of one font to nowhere.
pub struct Proof<'f> {
    outlines: OutlineGlyphCollection<'f>,
    colors: ColorGlyphCollection<'f>,
}

impl<'f> Proof<'f> {
    pub fn new(font: &FontRef<'f>) -> Proof<'f> {
        Proof { outlines: font.outline_glyphs(), colors: font.color_glyphs() }
    }

    /// False when the glyph is damaged; a glyph that is not there, or has no look, draws.
    pub fn draws<'l>(&self, glyph: GlyphId, location: impl Into<LocationRef<'l>>) -> bool {
        let location = location.into();
        // Some damage makes the reading code itself panic.
        catch_unwind(AssertUnwindSafe(|| self.try_glyph(glyph, location))).unwrap_or(false)
    }

    fn try_glyph(&self, glyph: GlyphId, location: LocationRef<'_>) -> bool {
        let settings = DrawSettings::unhinted(Size::unscaled(), location);
        let outline = self.outlines.get(glyph);
        let color = self.colors.get(glyph);
        outline.is_none_or(|outline| outline.draw(settings, &mut Nowhere).is_ok())
            && color.is_none_or(|color| color.paint(location, &mut Nowhere).is_ok())
    }
}

/// Takes what is drawn, and forgets it.
struct Nowhere;

impl OutlinePen for Nowhere {
    fn move_to(&mut self, _: f32, _: f32) {}
    fn line_to(&mut self, _: f32, _: f32) {}
    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {}
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {}
    fn close(&mut self) {}
}

impl ColorPainter for Nowhere {
    fn push_transform(&mut self, _: Transform) {}
    fn pop_transform(&mut self) {}
    fn push_clip_glyph(&mut self, _: GlyphId) {}
    fn push_clip_box(&mut self, _: BoundingBox<f32>) {}
    fn pop_clip(&mut self) {}
    fn fill(&mut self, _: Brush<'_>) {}
    fn push_layer(&mut self, _: CompositeMode) {}
}
