//! Runs of glyphs: outlines and colour glyphs of one face, baseline on a whole device pixel.

use kurbo::Affine;
use vello_cpu::Glyph;

use super::canvas::Canvas;
use super::snap::{is_upright, nearest};
use super::{Scene, paints};
use crate::display::{GlyphItem, Paint};
use crate::error::RenderError;

pub(super) fn run(canvas: &mut Canvas, scene: &mut Scene<'_>, item: &GlyphItem) -> Result<(), RenderError> {
    let transform = snapped(canvas.to_device * item.transform, item);
    if let Some((stroke, paint)) = &item.outline {
        canvas.cx.set_stroke(stroke.clone());
        draw(canvas, scene, item, paint, transform, Part::Outline)?;
    }
    draw(canvas, scene, item, &item.paint, transform, Part::Fill)
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Fill,
    Outline,
}

fn draw(
    canvas: &mut Canvas,
    scene: &mut Scene<'_>,
    item: &GlyphItem,
    paint: &Paint,
    transform: Affine,
    part: Part,
) -> Result<(), RenderError> {
    let font = scene.fonts.face(item.face).data();
    let Some(paint) = paints::device(canvas, scene, paint, item.transform)? else { return Ok(()) };
    let resources = &mut scene.context.resources;
    paint.apply(canvas, |canvas, paint, paint_transform| {
        canvas.cx.set_transform(transform);
        // The library applies the paint's transform within the geometry's.
        canvas.cx.set_paint_transform(transform.inverse() * paint_transform);
        canvas.cx.set_paint(paint);
        let mut run =
            canvas.cx.glyph_run(resources, font).font_size(item.size).hint(false).normalized_coords(&item.coords);
        if item.skew != 0.0 {
            run = run.glyph_transform(Affine::new([1.0, 0.0, f64::from(-item.skew), 1.0, 0.0, 0.0]));
        }
        let glyphs = item.glyphs.iter().map(|glyph| Glyph { id: glyph.id, x: glyph.x, y: glyph.y });
        // A glyph that the face has damaged stays blank; faces are looked through when they are added.
        let _ = if part == Part::Outline { run.stroke_glyphs(glyphs) } else { run.fill_glyphs(glyphs) };
    });
    Ok(())
}

/// Moves an unrotated run by less than a pixel so that its baseline is on a whole one.
fn snapped(to_device: Affine, item: &GlyphItem) -> Affine {
    let Some(baseline) = baseline(item).filter(|_| is_upright(to_device)) else { return to_device };
    let [_, _, _, d, _, f] = to_device.as_coeffs();
    let device = d * baseline + f;
    Affine::translate((0.0, nearest(device) - device)) * to_device
}

/// The height at which most glyphs of the run stand; marks stand above and below it.
fn baseline(item: &GlyphItem) -> Option<f64> {
    let mut heights: Vec<(f32, usize)> = Vec::new();
    for glyph in &item.glyphs {
        match heights.iter().position(|(y, _)| *y == glyph.y) {
            Some(known) => heights[known].1 += 1,
            None if heights.len() < 16 => heights.push((glyph.y, 1)),
            None => {}
        }
    }
    let most = heights.iter().map(|&(_, count)| count).max()?;
    heights.into_iter().find(|&(_, count)| count == most).map(|(y, _)| f64::from(y))
}
