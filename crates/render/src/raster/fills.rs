//! Filled and stroked shapes.

use kurbo::{Affine, BezPath, Dashes, PathSeg, Rect, Shape as _, Stroke};

use super::canvas::{Canvas, Outline};
use super::snap::{Snap, is_upright, nearest};
use super::{Scene, paints, tiles};
use crate::display::{FillItem, Paint, Shape, StrokeItem};
use crate::error::RenderError;
use crate::outlines;

pub(super) fn fill(canvas: &mut Canvas, scene: &mut Scene<'_>, item: &FillItem) -> Result<(), RenderError> {
    if let Paint::Tiles(tiles) = &item.paint
        && tiles::draw_few(canvas, scene, item, tiles)?
    {
        return Ok(());
    }
    let Some(paint) = paints::device(canvas, scene, &item.paint, item.transform)? else { return Ok(()) };
    let outline = canvas.outline(&item.shape, item.transform);
    paint.apply(canvas, |canvas, paint, transform| canvas.paint(&outline, item.rule, paint, transform));
    Ok(())
}

pub(super) fn stroke(canvas: &mut Canvas, scene: &mut Scene<'_>, item: &StrokeItem) -> Result<(), RenderError> {
    let Some(paint) = paints::device(canvas, scene, &item.paint, item.transform)? else { return Ok(()) };
    let to_device = canvas.to_device * item.transform;
    let (path, stroke, transform) = match snapped(&item.shape, &item.stroke, to_device) {
        Some((outline, stroke)) => (outline.to_path(), stroke, Affine::IDENTITY),
        None => (outlines::path(&item.shape), item.stroke.clone(), to_device),
    };
    let stroke = if dashes(&path, &stroke) > MOST_DASHES {
        Stroke { dash_pattern: Dashes::default(), ..stroke }
    } else {
        stroke
    };
    paint.apply(canvas, |canvas, paint, paint_transform| {
        canvas.cx.set_transform(transform);
        // The library applies the paint's transform within the geometry's.
        canvas.cx.set_paint_transform(transform.inverse() * paint_transform);
        canvas.cx.set_paint(paint);
        canvas.cx.set_stroke(stroke);
        canvas.cx.stroke_path(&path);
    });
    Ok(())
}

/// More dashes than this are drawn as a line: they are too fine to see, or nearly all off the page.
const MOST_DASHES: f64 = 100_000.0;

/// About how many dashes a stroke has, rather too many than too few.
fn dashes(path: &BezPath, stroke: &Stroke) -> f64 {
    if stroke.dash_pattern.is_empty() {
        return 0.0;
    }
    let around = |segment: PathSeg| segment.bounding_box().size();
    let length: f64 = path.segments().map(around).map(|size| 2.0 * (size.width + size.height)).sum();
    length / stroke.dash_pattern.iter().sum::<f64>()
}

/// The stroke of an upright box in device pixels, its outer edge where a fill of the same box has it, and a whole number
/// of pixels wide.
fn snapped(shape: &Shape, stroke: &Stroke, to_device: Affine) -> Option<(Outline, Stroke)> {
    let [a, _, _, d, _, _] = to_device.as_coeffs();
    let scale = a.abs();
    if !is_upright(to_device) || (d.abs() - scale).abs() > 1e-3 * scale {
        return None;
    }
    let half = stroke.width / 2.0;
    let width = match stroke.width * scale {
        thin if thin < 1.0 => thin,
        width => nearest(width),
    };
    let inner = |rect: Rect| to_device.snap(rect.inflate(half, half)).inset(-width / 2.0);
    let outline = match shape {
        Shape::Rect(rect) => Outline::Rect(inner(*rect)),
        Shape::RoundedRect(rounded) => Outline::Path(outlines::rounded(
            inner(rounded.rect()),
            outlines::device_radii(rounded.radii(), rounded.rect(), to_device),
        )),
        Shape::Ellipse(rect) => Outline::Path(outlines::ellipse(inner(*rect))),
        Shape::Path(_) => return None,
    };
    let mut stroke = stroke.clone();
    stroke.width = width;
    stroke.dash_offset *= scale;
    stroke.dash_pattern.iter_mut().for_each(|dash| *dash *= scale);
    Some((outline, stroke))
}
