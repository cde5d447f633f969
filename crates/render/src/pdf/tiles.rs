//! Tiles as a paint: PDF has patterns of its own.

use krilla::paint::Pattern;
use krilla::surface::Surface;
use kurbo::Affine;

use super::geometry;
use super::painter::Painter;
use super::paints::{self, Color};
use crate::display::TilePaint;

pub(super) fn color<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, tiles: &'a TilePaint) -> Color {
    let tile = tiles.tile;
    if !(tile.width() > 0.0 && tile.height() > 0.0) {
        return paints::solid(handbill_template::resolved::Rgba::TRANSPARENT);
    }
    let stream = {
        let mut builder = surface.stream_builder();
        let mut inside = builder.surface();
        inside.push_transform(&geometry::transform(Affine::translate(-tile.origin().to_vec2())));
        painter.apart_from_page(tile, |painter| painter.items(&mut inside, &tiles.items));
        inside.pop();
        inside.finish();
        builder.finish()
    };
    let pattern = Pattern {
        stream,
        transform: geometry::transform(tiles.transform * Affine::translate(tile.origin().to_vec2())),
        width: tile.width() as f32,
        height: tile.height() as f32,
    };
    Color::new(pattern, tiles.opacity)
}
