//! Tiles as a paint: drawn once as a picture that repeats, or, where few of them show, each where it is.

use kurbo::{Affine, Rect};
use vello_cpu::peniko::{Extend, ImageQuality, ImageSampler};
use vello_cpu::{Image, ImageSource};

use super::Scene;
use super::canvas::Canvas;
use super::paints::DevicePaint;
use super::snap::is_upright;
use crate::bounds;
use crate::display::{Clip, FillItem, FillRule, Shape, TilePaint};
use crate::error::RenderError;

/// So many tiles are drawn one by one: mostly it is one, a picture that fills a shape.
const FEW: f64 = 4.0;
/// Pixels of a tile's side, and of a tile.
const LARGEST_SIDE: f64 = 4096.0;
const LARGEST_AREA: f64 = 8_000_000.0;

/// `to_device` leads there from local coordinates. None: nothing shows.
pub(super) fn paint(
    scene: &mut Scene<'_>,
    tiles: &TilePaint,
    to_device: Affine,
) -> Result<Option<DevicePaint>, RenderError> {
    let to_device = to_device * tiles.transform;
    let Some((width, height, quality)) = pixels(tiles.tile, to_device) else { return Ok(None) };
    let to_pixels =
        Affine::scale_non_uniform(f64::from(width) / tiles.tile.width(), f64::from(height) / tiles.tile.height())
            * Affine::translate(-tiles.tile.origin().to_vec2());
    let mut canvas = Canvas::new(width, height, to_pixels);
    canvas.items(scene, &tiles.items)?;
    let pixmap = canvas.finish(scene, false);
    let alpha = tiles.opacity.clamp(0.0, 1.0) as f32;
    let sampler = ImageSampler { x_extend: Extend::Repeat, y_extend: Extend::Repeat, quality, alpha };
    let paint = Image { image: ImageSource::Pixmap(pixmap.shared()), sampler }.into();
    Ok(Some(DevicePaint { paint, transform: to_device * to_pixels.inverse(), clip: None }))
}

/// How many pixels a tile is drawn with, and how they are looked at: one for one where its edges are whole device
/// pixels, else twice as many as are seen, so that nothing gets soft.
fn pixels(tile: Rect, to_device: Affine) -> Option<(u16, u16, ImageQuality)> {
    let [a, b, c, d, ..] = to_device.as_coeffs();
    let (width, height) = (tile.width() * a.hypot(b), tile.height() * c.hypot(d));
    if !(width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()) {
        return None;
    }
    let whole = |length: f64| (length - length.round()).abs() < 1e-3;
    let corner = to_device * tile.origin();
    let exact = is_upright(to_device) && [width, height, corner.x, corner.y].into_iter().all(whole);
    let finer = if exact { 1.0 } else { 2.0 };
    let fit = (LARGEST_AREA / (width * height * finer * finer)).sqrt().min(1.0) * finer;
    let side = |length: f64| (length * fit).round().clamp(1.0, LARGEST_SIDE) as u16;
    let quality = if exact { ImageQuality::Low } else { ImageQuality::Medium };
    Some((side(width), side(height), quality))
}

/// Fills a shape tile by tile, if few of them show. Says whether it did.
pub(super) fn draw_few(
    canvas: &mut Canvas,
    scene: &mut Scene<'_>,
    item: &FillItem,
    tiles: &TilePaint,
) -> Result<bool, RenderError> {
    let to_device = canvas.to_device * item.transform;
    let to_tiles = (to_device * tiles.transform).inverse();
    let shown = bounds::overlap(to_device.transform_rect_bbox(bounds::shape(&item.shape)), canvas.area());
    let shown = to_tiles.transform_rect_bbox(shown) - tiles.tile.origin().to_vec2();
    let size = tiles.tile.size();
    let cells = Affine::scale_non_uniform(1.0 / size.width, 1.0 / size.height).transform_rect_bbox(shown);
    // What only touches an edge does not show what is beyond.
    let cells = cells.inset(-1e-6).expand();
    if !cells.is_finite() || cells.width() * cells.height() > FEW {
        return Ok(false);
    }
    canvas.clip(&Clip { shape: item.shape.clone(), rule: item.rule, transform: item.transform });
    let faint = tiles.opacity < 1.0;
    if faint {
        canvas.cx.reset_transform();
        canvas.cx.push_layer(None, None, Some(tiles.opacity as f32), None, None);
    }
    let leaves = !tiles.tile.inflate(1.0, 1.0).contains_rect(bounds::items(&tiles.items, Affine::IDENTITY));
    let to_device = canvas.to_device;
    let mut drawn = Ok(());
    for (row, column) in (0..cells.height() as i32).flat_map(|row| (0..cells.width() as i32).map(move |n| (row, n))) {
        let shift = (cells.origin() + (f64::from(column), f64::from(row))).to_vec2();
        let shift = Affine::translate((shift.x * size.width, shift.y * size.height));
        canvas.to_device = to_device * item.transform * tiles.transform * shift;
        drawn = drawn.and(tile(canvas, scene, tiles, leaves));
    }
    canvas.to_device = to_device;
    if faint {
        canvas.cx.pop_layer();
    }
    canvas.unclip();
    drawn.map(|()| true)
}

/// One tile, cut at its edges where its items leave it. The canvas is in the tile's coordinates.
fn tile(canvas: &mut Canvas, scene: &mut Scene<'_>, tiles: &TilePaint, cut: bool) -> Result<(), RenderError> {
    if !cut {
        return canvas.items(scene, &tiles.items);
    }
    canvas.clip(&Clip { shape: Shape::Rect(tiles.tile), rule: FillRule::NonZero, transform: Affine::IDENTITY });
    let drawn = canvas.items(scene, &tiles.items);
    canvas.unclip();
    drawn
}
